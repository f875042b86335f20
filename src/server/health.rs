//! What needs attention, for monitoring (`/readyz`) and for the managers' page.

use crate::disk::Room;
use crate::state::App;
use chrono::Duration;
use model::clock::ist_date;
use model::wire::Alarm;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Set wherever the database reports a damaged page.
static DAMAGED: AtomicBool = AtomicBool::new(false);

/// Longest time for which a message may wait.
const STUCK: Duration = Duration::minutes(15);
/// Fewest days of known holidays ahead.
const CALENDAR_DAYS: i64 = 60;

/// The state of the server.
#[derive(Debug, Default)]
pub struct Health {
    /// Time of the last backup, in milliseconds since 1970; 0 where none was made since the start.
    backup: AtomicI64,
    /// When a write was last tried and whether it succeeded; kept because strangers can ask as well.
    written: Mutex<Option<(Instant, bool)>>,
    /// Whether the start has checked the whole database for damage.
    looked: bool,
}

/// Shortest time between two checks of the database for damage.
const LOOKED_EVERY: std::time::Duration = std::time::Duration::from_secs(600);
/// Pause after a check, as a multiple of its duration, so that a large database is checked for a hundredth of the time.
const REST: u32 = 100;

/// Remembers that the database has reported damage.
pub fn is_damaged() {
    DAMAGED.store(true, Ordering::Relaxed);
}

/// Pause after a check of this duration.
fn rest_after(look: std::time::Duration) -> std::time::Duration {
    LOOKED_EVERY.max(look * REST)
}

/// Checks the database for damaged pages now and then, until the program stops.
pub async fn watch_for_damage(app: &App) {
    let mut stopping = app.stopping.subscribe();
    let mut rest = if app.health.looked { LOOKED_EVERY } else { std::time::Duration::ZERO };
    loop {
        tokio::select! {
            () = tokio::time::sleep(rest) => {}
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
        let began = Instant::now();
        match app.store.damage().await {
            Ok(None) => DAMAGED.store(false, Ordering::Relaxed),
            Ok(Some(what)) => {
                tracing::error!(what, "the database is damaged: restore a backup");
                is_damaged();
            }
            Err(error) => tracing::warn!(%error, "the database could not be looked through"),
        }
        rest = rest_after(began.elapsed());
    }
}

impl Health {
    /// The state of a server that has (`looked`) or has not checked the whole database at the start.
    #[must_use]
    pub fn new(looked: bool) -> Self {
        Self { looked, ..Self::default() }
    }

    /// When the last backup since the start was made; `None` where none was.
    #[must_use]
    pub fn last_backup(&self) -> Option<model::Time> {
        model::Time::from_timestamp_millis(self.backup.load(Ordering::Relaxed)).filter(|at| at.timestamp_millis() > 0)
    }

    /// Whether the store can be written; tried at most once a second.
    pub async fn writes(&self, app: &App) -> bool {
        let last = *self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, taken)) = last
            && at.elapsed() < std::time::Duration::from_secs(1)
        {
            return taken;
        }
        // The sign of life is a real write; a time in doubt is not recorded.
        let taken = match app.doubt() {
            None => app.store.ping(app.now()).await,
            Some(_) => app.store.put_fact("probe", Vec::new()).await,
        };
        *self.written.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), taken.is_ok()));
        taken.is_ok()
    }

    /// Records that a backup was made.
    pub fn backed_up(&self, at: model::Time) {
        self.backup.store(at.timestamp_millis(), Ordering::Relaxed);
    }
}

/// Everything that needs attention.
pub async fn alarms(app: &App) -> Vec<Alarm> {
    let now = app.now();
    let mut alarms = Vec::new();
    if app.doubt().is_some() {
        alarms.push(Alarm::Clock);
    }
    match app.disk.room() {
        Room::Ample => {}
        Room::Low => alarms.push(Alarm::DiskLow),
        Room::Full => alarms.push(Alarm::DiskFull),
    }
    if DAMAGED.load(Ordering::Relaxed) {
        alarms.push(Alarm::Damaged);
    }
    // Without a gateway no messages are sent.
    if app.config.gateway.is_some() {
        let oldest = app.store.oldest_waiting().await.ok().flatten();
        if oldest.is_some_and(|oldest| now - oldest > STUCK) {
            alarms.push(Alarm::MessagesStuck);
        }
    }
    if let Some(schedule) = &app.config.backup {
        let last = app.health.backup.load(Ordering::Relaxed);
        let started = app.started.timestamp_millis();
        if now.timestamp_millis() - last.max(started) > 2 * schedule.every.num_milliseconds() {
            alarms.push(Alarm::BackupLate);
        }
    }
    let last = app.facts.rules.calendar.holidays.last();
    if last.is_some_and(|last| (*last - ist_date(now)).num_days() < CALENDAR_DAYS) {
        alarms.push(Alarm::CalendarEnds);
    }
    alarms
}

/// Whether the server should get no more requests while this lasts.
#[must_use]
pub fn forbids_traffic(alarm: Alarm) -> bool {
    matches!(alarm, Alarm::Clock | Alarm::DiskFull | Alarm::Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_database_is_read_through_for_a_hundredth_of_the_time() {
        let seconds = std::time::Duration::from_secs;
        assert_eq!(rest_after(seconds(0)), seconds(600));
        assert_eq!(rest_after(seconds(6)), seconds(600));
        assert_eq!(rest_after(seconds(60)), seconds(6_000));
    }
}
