//! The time by which the server acts: the wall clock, as long as it agrees with the time that has passed.
//!
//! A wrong clock does lasting damage: escalations in the ledger, deleted uploads, sessions that never end. So the wall
//! clock is compared with the time since boot, which no setting changes. Where they differ, the server continues by the
//! counted time, raises an alarm, and does nothing that cannot be undone until they agree again or the server is
//! restarted.

use chrono::{Duration, Utc};
use model::Time;
use rustix::time::{ClockId, clock_gettime};
use std::sync::{Arc, Mutex, PoisonError};

/// The present time; passed in, so that tests can set it.
pub type Clock = Arc<dyn Fn() -> Time + Send + Sync>;

/// Tolerated difference between the wall clock and the counted time since the last comparison point.
const TOLERANCE: Duration = Duration::seconds(5);
/// Age of the comparison point: the clock may drift by [`TOLERANCE`] in this time and no faster.
const ANCHORED: Duration = Duration::seconds(60);
/// A step of at most this size, as time servers make them, is accepted once the clock has run evenly for as long as
/// [`ANCHORED`].
const STEP: Duration = Duration::minutes(2);
/// How far the last entry of the ledger may be ahead of the clock at the start.
const AHEAD: Duration = Duration::minutes(2);
/// Time without a sign of life after which the clock is doubted at the start. A machine that was off for longer needs
/// `--trust-clock`.
const UNSEEN: Duration = Duration::days(7);

/// Why the wall clock is not trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// It jumped while the server was running.
    Jumped,
    /// It is behind the last entry of the ledger.
    BehindLedger,
    /// It is far ahead of the time when the server was last seen running.
    FarAhead,
}

impl std::fmt::Display for Doubt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Jumped => "the clock has jumped: set it right, or start the server anew where it is right now",
            Self::BehindLedger => "the clock is behind the last entry of the ledger: set it right and start anew",
            Self::FarAhead => {
                "the clock is far ahead of when this server last ran: where it is right, start with --trust-clock"
            }
        })
    }
}

#[derive(Debug)]
struct Anchor {
    wall: Time,
    counted: Duration,
    doubt: Option<Doubt>,
    /// Since when, by counted time, the wall clock differs, and by how much.
    off: Option<(Duration, Duration)>,
    /// The time of the last entry, where the wall clock was behind it at the start.
    ledger: Option<Time>,
}

/// A wall clock that is checked whenever it is read.
pub struct Guarded {
    wall: Clock,
    counted: Box<dyn Fn() -> Duration + Send + Sync>,
    anchor: Mutex<Anchor>,
}

/// Time since boot including suspension, which no setting of the clock changes.
fn since_boot() -> Duration {
    let counted = clock_gettime(ClockId::Boottime);
    Duration::seconds(counted.tv_sec) + Duration::nanoseconds(counted.tv_nsec)
}

/// The wall clock, in milliseconds.
fn wall() -> Clock {
    Arc::new(|| {
        let now = Utc::now();
        Time::from_timestamp_millis(now.timestamp_millis()).unwrap_or(now)
    })
}

impl Guarded {
    /// The machine's clock.
    #[must_use]
    pub fn of_machine() -> Self {
        Self::new(wall(), Box::new(since_boot))
    }

    /// A clock made of the given parts.
    #[must_use]
    pub fn new(wall: Clock, counted: Box<dyn Fn() -> Duration + Send + Sync>) -> Self {
        let anchor = Anchor { wall: wall(), counted: counted(), doubt: None, off: None, ledger: None };
        Self { wall, counted, anchor: Mutex::new(anchor) }
    }

    /// Compares the clock with what the data folder knows at the start: the time of the last entry, and when a server
    /// was last seen running.
    pub fn compare(&self, last_entry: Option<Time>, last_seen: Option<Time>) {
        let mut anchor = self.anchor.lock().unwrap_or_else(PoisonError::into_inner);
        let known = last_entry.max(last_seen);
        if let Some(entry) = last_entry.filter(|entry| *entry > anchor.wall + AHEAD) {
            anchor.ledger = Some(entry);
            anchor.doubt = Some(Doubt::BehindLedger);
        } else if known.is_some_and(|known| anchor.wall > known + UNSEEN) {
            anchor.doubt = Some(Doubt::FarAhead);
        }
        if let Some(doubt) = anchor.doubt {
            let by_seconds = known.map(|known| (anchor.wall - known).num_seconds());
            tracing::error!(by_seconds, "{doubt}");
        }
    }

    /// The time to act by, and why the wall clock is not trusted; `None` where it is.
    #[must_use]
    pub fn read(&self) -> (Time, Option<Doubt>) {
        let (wall, counted) = ((self.wall)(), (self.counted)());
        let mut anchor = self.anchor.lock().unwrap_or_else(PoisonError::into_inner);
        let expected = anchor.wall + (counted - anchor.counted);
        let expected = Time::from_timestamp_millis(expected.timestamp_millis()).unwrap_or(expected);
        let by = wall - expected;
        if by.abs() > TOLERANCE {
            let evenly = anchor.off.filter(|(_, before)| (*before - by).abs() <= Duration::seconds(1));
            let (since, _) = *anchor.off.insert(evenly.map_or((counted, by), |(since, _)| (since, by)));
            if by.abs() <= STEP && counted - since > ANCHORED {
                (anchor.wall, anchor.counted, anchor.off) = (wall, counted, None);
                tracing::warn!(by_seconds = by.num_seconds(), "the clock was set, and is believed");
                return (wall, anchor.doubt);
            }
            if evenly.is_none() && anchor.doubt.is_none() {
                tracing::error!(by_seconds = by.num_seconds(), "{}", Doubt::Jumped);
            }
            return (expected, Some(anchor.doubt.unwrap_or(Doubt::Jumped)));
        }
        anchor.off = None;
        if counted - anchor.counted > ANCHORED {
            (anchor.wall, anchor.counted) = (wall, counted);
        }
        if anchor.doubt == Some(Doubt::BehindLedger) && anchor.ledger.is_none_or(|entry| entry <= wall) {
            anchor.doubt = None;
        }
        (wall, anchor.doubt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

    struct Hands {
        wall: Arc<AtomicI64>,
        counted: Arc<AtomicI64>,
        clock: Guarded,
    }

    fn hands() -> Hands {
        let (wall, counted) = (Arc::new(AtomicI64::new(1_800_000_000)), Arc::new(AtomicI64::new(0)));
        let (one, other) = (wall.clone(), counted.clone());
        let clock = Guarded::new(
            Arc::new(move || Time::from_timestamp(one.load(Relaxed), 0).expect("a moment")),
            Box::new(move || Duration::seconds(other.load(Relaxed))),
        );
        Hands { wall, counted, clock }
    }

    impl Hands {
        fn pass(&self, wall: i64, counted: i64) -> (i64, Option<Doubt>) {
            self.wall.fetch_add(wall, Relaxed);
            self.counted.fetch_add(counted, Relaxed);
            let (now, doubt) = self.clock.read();
            (now.timestamp() - 1_800_000_000, doubt)
        }
    }

    #[test]
    fn a_jump_is_not_followed_and_its_end_is_seen() {
        for jump in [86_400, 31 * 86_400, 366 * 86_400, -86_400] {
            let hands = hands();
            assert_eq!(hands.pass(10, 10), (10, None));
            assert_eq!(hands.pass(jump, 1), (11, Some(Doubt::Jumped)), "{jump}");
            assert_eq!(hands.pass(100, 100), (111, Some(Doubt::Jumped)));
            assert_eq!(hands.pass(-jump, 1), (110, None), "back again, by what the wall clock counted");
        }
    }

    #[test]
    fn a_small_step_is_believed_once_the_clock_goes_on_evenly() {
        let hands = hands();
        assert_eq!(hands.pass(31, 1), (1, Some(Doubt::Jumped)));
        assert_eq!(hands.pass(30, 30), (31, Some(Doubt::Jumped)));
        assert_eq!(hands.pass(40, 40), (101, None));
        assert_eq!(hands.pass(1_001, 1).1, Some(Doubt::Jumped), "a large one never");
        assert_eq!(hands.pass(400, 400).1, Some(Doubt::Jumped));
    }

    #[test]
    fn a_clock_that_is_corrected_slowly_is_followed() {
        let hands = hands();
        for _ in 0..100 {
            assert_eq!(hands.pass(62, 61).1, None);
        }
        assert_eq!(hands.pass(0, 0).0, 6_200);
    }

    #[test]
    fn what_the_data_folder_knows_is_compared_at_the_start() {
        let now = Time::from_timestamp(1_800_000_000, 0).expect("a moment");
        let table = [
            (None, None, None),
            (Some(now - Duration::hours(1)), Some(now), None),
            (Some(now - Duration::days(20)), Some(now - Duration::days(20)), Some(Doubt::FarAhead)),
            (Some(now + Duration::days(1)), None, Some(Doubt::BehindLedger)),
            (Some(now - Duration::days(40)), Some(now - Duration::days(2)), None),
            (Some(now - Duration::days(400)), Some(now - Duration::days(366)), Some(Doubt::FarAhead)),
        ];
        for (entry, seen, doubt) in table {
            let hands = hands();
            hands.clock.compare(entry, seen);
            assert_eq!(hands.clock.read().1, doubt, "{entry:?} {seen:?}");
        }
    }
}
