//! What needs attention, for monitoring (`/readyz`) and for the managers' page.

use crate::disk::Room;
use crate::state::App;
use crate::store;
use chrono::Duration;
use model::clock::ist_date;
use model::wire::Alarm;

/// Longest time for which a message may wait.
const STUCK: Duration = Duration::minutes(15);
/// Fewest days of known holidays ahead.
const CALENDAR_DAYS: i64 = 60;

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
    if store::is_damaged() {
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
        let last = app.health.last_backup().map_or(0, |at| at.timestamp_millis());
        let started = app.started.timestamp_millis();
        if now.timestamp_millis() - last.max(started) > 2 * schedule.every.num_milliseconds() {
            alarms.push(Alarm::BackupLate);
        }
    }
    let last = app.facts.rules.calendar.holidays.last();
    if last.is_none_or(|last| (*last - ist_date(now)).num_days() < CALENDAR_DAYS) {
        alarms.push(Alarm::CalendarEnds);
    }
    if super::audit::ledger_found(app).await.is_some_and(|found| found.wrong > 0) {
        alarms.push(Alarm::LedgerNotWhole);
    }
    alarms
}

/// Whether the server should get no more requests while this lasts.
#[must_use]
pub fn forbids_traffic(alarm: Alarm) -> bool {
    matches!(alarm, Alarm::Clock | Alarm::DiskFull | Alarm::Damaged)
}
