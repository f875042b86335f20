//! How time is counted: working days of the state's calendar for ordinary cases, plain hours for emergencies.
//!
//! A working day counts from midnight to midnight in Asia/Kolkata. A limit in working time ends with the last second of
//! the working day in which it is used up, so the day that was promised is still in time. A clock keeps the spans in
//! which it ran, not a sum, so that a later change of calendar or rules counts them correctly.

use crate::Time;
use crate::names::vocabulary;
use chrono::{DateTime, Datelike, Days, Duration, FixedOffset, NaiveDate, TimeZone, Timelike, Utc, Weekday};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use strum::IntoStaticStr;

/// Seconds by which Asia/Kolkata is ahead of UTC; unchanged since 1945.
const IST_SECONDS: i32 = 5 * 3600 + 1800;

/// The moment in Indian time.
#[must_use]
pub fn ist(at: Time) -> DateTime<FixedOffset> {
    match FixedOffset::east_opt(IST_SECONDS) {
        Some(offset) => at.with_timezone(&offset),
        None => at.fixed_offset(),
    }
}

/// The calendar day of a moment, in India.
#[must_use]
pub fn ist_date(at: Time) -> NaiveDate {
    ist(at).date_naive()
}

/// Midnight (IST) at the start of a calendar day.
#[must_use]
pub fn ist_midnight(day: NaiveDate) -> Time {
    let midnight = day.and_time(chrono::NaiveTime::MIN) - Duration::seconds(i64::from(IST_SECONDS));
    Utc.from_utc_datetime(&midnight)
}

vocabulary! {
    /// A part of the day in India. Whoever is out at one hour is often out at that hour again, so citizens are called at
    /// different ones.
    DayPart {
        /// Before noon.
        Morning,
        /// From noon to 17:00.
        Afternoon,
        /// From 17:00.
        Evening,
    }
}

impl DayPart {
    /// The part of the day in which a moment lies.
    #[must_use]
    pub fn of(at: Time) -> Self {
        match ist(at).hour() {
            0..12 => Self::Morning,
            12..17 => Self::Afternoon,
            _ => Self::Evening,
        }
    }
}

/// Which days are working days.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Calendar {
    /// Holidays besides Sundays.
    pub holidays: BTreeSet<NaiveDate>,
}

impl Calendar {
    /// Whether the clocks of ordinary cases run on this day: every day but Sundays and holidays.
    #[must_use]
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        day.weekday() != Weekday::Sun && !self.holidays.contains(&day)
    }

    /// Working time between two moments, 24 hours for each whole working day; zero where `to` is before `from`.
    #[must_use]
    pub fn working_time(&self, from: Time, to: Time) -> Duration {
        let mut sum = Duration::zero();
        let mut day = ist_date(from);
        while ist_midnight(day) < to {
            let Some(next) = day.checked_add_days(Days::new(1)) else { break };
            if self.is_working_day(day) {
                let (start, end) = (ist_midnight(day).max(from), ist_midnight(next).min(to));
                sum += (end - start).max(Duration::zero());
            }
            day = next;
        }
        sum
    }

    /// When a limit of this much working time, counted from `from`, ends: at 23:59:59 IST of the working day in which
    /// it is used up. If it is used up exactly at the end of a working day it ends with that day; a limit of zero ends
    /// with the first working day.
    #[must_use]
    pub fn limit_end(&self, from: Time, time: Duration) -> Time {
        let mut left = time;
        let mut day = ist_date(from);
        let mut at = from;
        loop {
            let Some(next) = day.checked_add_days(Days::new(1)) else { return at };
            if self.is_working_day(day) {
                let available = ist_midnight(next) - at;
                if left <= available {
                    return ist_midnight(next) - Duration::seconds(1);
                }
                left -= available;
            }
            at = ist_midnight(next);
            day = next;
        }
    }
}

/// How fast a case must be handled. Ordered: a faster lane is greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Lane {
    /// The working days of its category.
    #[default]
    Ordinary,
    /// 24 hours, day and night.
    Emergency24,
    /// 2 hours, day and night.
    Emergency2,
}

impl Lane {
    /// Every lane.
    pub const ALL: [Self; 3] = [Self::Ordinary, Self::Emergency24, Self::Emergency2];

    /// Whether it counts plain hours instead of working days.
    #[must_use]
    pub fn is_emergency(self) -> bool {
        self != Self::Ordinary
    }

    /// The faster of two lanes.
    #[must_use]
    pub fn faster(self, other: Self) -> Self {
        match (self.hours(), other.hours()) {
            (Some(own), Some(others)) if others < own => other,
            (None, Some(_)) => other,
            _ => self,
        }
    }

    /// Hours that an emergency has; `None` for the ordinary lane.
    #[must_use]
    pub fn hours(self) -> Option<i64> {
        match self {
            Self::Ordinary => None,
            Self::Emergency24 => Some(24),
            Self::Emergency2 => Some(2),
        }
    }
}

/// A clock that can be paused but never reset.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Clock {
    /// Spans (start, end) that have ended, in order.
    pub ended: Vec<(Time, Time)>,
    /// Start of the running span; `None` while paused.
    pub since: Option<Time>,
}

impl Clock {
    /// Starts it at `at`; does nothing where it runs already.
    pub fn start(&mut self, at: Time) {
        self.since.get_or_insert(at);
    }

    /// Pauses it at `at`; does nothing where it is paused.
    pub fn stop(&mut self, at: Time) {
        if let Some(since) = self.since.take() {
            self.ended.push((since, at.max(since)));
        }
    }

    /// Time counted up to `now`: working time, or plain hours where `lane` is an emergency.
    #[must_use]
    pub fn elapsed(&self, now: Time, calendar: &Calendar, lane: Lane) -> Duration {
        let measure = |from: Time, to: Time| {
            if lane.is_emergency() { (to - from).max(Duration::zero()) } else { calendar.working_time(from, to) }
        };
        let ended: Duration = self.ended.iter().map(|(from, to)| measure(*from, *to)).sum();
        ended + self.since.map_or(Duration::zero(), |since| measure(since, now))
    }

    /// When it has counted `limit`. A running clock is assumed to run on without a pause. Working time ends with its
    /// day ([`Calendar::limit_end`]), plain hours to the second. `None` where it is paused and has counted less.
    #[must_use]
    pub fn reaches(&self, limit: Duration, calendar: &Calendar, lane: Lane) -> Option<Time> {
        let end = |from: Time, left: Duration| {
            if lane.is_emergency() { from + left } else { calendar.limit_end(from, left) }
        };
        let mut left = limit.max(Duration::zero());
        for (from, to) in &self.ended {
            let span = if lane.is_emergency() { *to - *from } else { calendar.working_time(*from, *to) };
            if left <= span && span > Duration::zero() {
                return Some(end(*from, left));
            }
            left -= span;
        }
        self.since.map(|since| end(since, left))
    }

    /// The same clock without its first spans.
    #[must_use]
    pub fn without_first(&self, spans: usize) -> Self {
        Self { ended: self.ended.get(spans..).unwrap_or_default().to_vec(), since: self.since }
    }

    /// The same clock without the time before a moment.
    #[must_use]
    pub fn after(&self, moment: Time) -> Self {
        let later = self.ended.iter().filter(|(_, to)| *to > moment);
        Self {
            ended: later.map(|(from, to)| ((*from).max(moment), *to)).collect(),
            since: self.since.map(|since| since.max(moment)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Time {
        text.parse().expect("a moment")
    }

    fn calendar() -> Calendar {
        Calendar { holidays: BTreeSet::from([NaiveDate::from_ymd_opt(2026, 8, 15).expect("a day")]) }
    }

    #[test]
    fn sundays_and_holidays_do_not_count() {
        // Friday 14 August noon IST to Tuesday 18 August noon IST; Saturday is a holiday, then Sunday.
        let elapsed = calendar().working_time(at("2026-08-14T06:30:00Z"), at("2026-08-18T06:30:00Z"));
        assert_eq!(elapsed, Duration::hours(48));
    }

    #[test]
    fn a_limit_ends_with_the_working_day_in_which_it_is_used_up() {
        let christmas = NaiveDate::from_ymd_opt(2026, 12, 25).expect("a day");
        let calendar = Calendar { holidays: BTreeSet::from([christmas]) };
        let table = [
            // (from, working hours, the day whose last second it is), all in Indian time.
            ("2026-12-20T15:00:00+05:30", 120, "2026-12-26"), // a Sunday; 25 December is a holiday
            ("2026-12-14T10:00:00+05:30", 120, "2026-12-19"), // a Monday: over after Saturday, not at its 10:00
            ("2026-12-14T00:00:00+05:30", 120, "2026-12-18"), // five whole days: Friday, not the Saturday after
            ("2026-12-14T00:00:01+05:30", 120, "2026-12-19"),
            ("2026-12-14T00:00:00+05:30", 144, "2026-12-19"), // used up as Saturday ends: never the Sunday after
            ("2026-12-24T00:00:00+05:30", 24, "2026-12-24"),  // nor the holiday after
            ("2026-12-24T23:59:59+05:30", 24, "2026-12-26"),
            ("2026-12-20T15:00:00+05:30", 0, "2026-12-21"),
            ("2026-12-19T20:00:00+05:30", 4, "2026-12-19"),
            ("2026-12-19T20:00:00+05:30", 5, "2026-12-21"),
        ];
        for (from, hours, day) in table {
            let end = calendar.limit_end(at(from), Duration::hours(hours));
            assert_eq!(end, at(&format!("{day}T23:59:59+05:30")), "{hours} hours from {from}");
        }
    }

    #[test]
    fn the_day_is_the_indian_one() {
        assert_eq!(ist_date(at("2026-11-23T18:29:59Z")).to_string(), "2026-11-23");
        assert_eq!(ist_date(at("2026-11-23T18:30:00Z")).to_string(), "2026-11-24");
        assert_eq!(ist_midnight(ist_date(at("2026-11-23T20:00:00Z"))), at("2026-11-23T18:30:00Z"));
    }

    #[test]
    fn a_clock_pauses_and_goes_on_and_never_resets() {
        let mut clock = Clock::default();
        clock.start(at("2026-08-17T00:00:00Z"));
        clock.stop(at("2026-08-17T06:00:00Z"));
        clock.start(at("2026-08-18T00:00:00Z"));
        clock.start(at("2026-08-18T03:00:00Z"));
        let elapsed = clock.elapsed(at("2026-08-18T04:00:00Z"), &calendar(), Lane::Ordinary);
        assert_eq!(elapsed, Duration::hours(10));
        assert_eq!(
            clock.reaches(Duration::hours(10), &calendar(), Lane::Emergency24),
            Some(at("2026-08-18T04:00:00Z"))
        );
        assert_eq!(clock.reaches(Duration::hours(10), &calendar(), Lane::Ordinary), Some(at("2026-08-18T18:29:59Z")));
        clock.stop(at("2026-08-18T05:00:00Z"));
        assert_eq!(clock.reaches(Duration::hours(99), &calendar(), Lane::Ordinary), None);
    }

    #[test]
    fn what_a_clock_has_reached_it_has_reached_for_ever() {
        let mut clock = Clock::default();
        clock.start(at("2026-08-17T00:00:00Z"));
        clock.stop(at("2026-08-17T06:00:00Z"));
        clock.start(at("2026-08-18T00:00:00Z"));
        clock.stop(at("2026-08-18T06:00:00Z"));
        let reached = |clock: &Clock, hours, lane| clock.reaches(Duration::hours(hours), &calendar(), lane);
        let before = clock.clone();
        clock.start(at("2026-09-01T00:00:00Z"));
        for clock in [before, clock] {
            assert_eq!(reached(&clock, 4, Lane::Emergency24), Some(at("2026-08-17T04:00:00Z")));
            assert_eq!(reached(&clock, 6, Lane::Emergency24), Some(at("2026-08-17T06:00:00Z")));
            assert_eq!(reached(&clock, 6, Lane::Ordinary), Some(at("2026-08-17T18:29:59Z")));
            assert_eq!(reached(&clock, 7, Lane::Emergency24), Some(at("2026-08-18T01:00:00Z")));
        }
    }

    #[test]
    fn a_part_of_a_clock_counts_its_part_alone() {
        let mut clock = Clock::default();
        for (from, to) in
            [("2026-08-17T00:00:00Z", "2026-08-17T06:00:00Z"), ("2026-08-18T00:00:00Z", "2026-08-18T06:00:00Z")]
        {
            clock.start(at(from));
            clock.stop(at(to));
        }
        clock.start(at("2026-08-19T00:00:00Z"));
        let now = at("2026-08-19T01:00:00Z");
        let hours = |clock: Clock| clock.elapsed(now, &calendar(), Lane::Emergency24).num_hours();
        assert_eq!([0, 1, 2, 9].map(|spans| hours(clock.without_first(spans))), [13, 7, 1, 1]);
        let after = |moment: &str| hours(clock.after(at(moment)));
        assert_eq!(after("2026-08-17T02:00:00Z"), 11);
        assert_eq!(after("2026-08-18T05:00:00Z"), 2);
        assert_eq!(after("2026-08-19T00:30:00Z"), 0);
    }

    proptest! {
        #[test]
        fn a_limit_is_over_just_after_its_end_and_not_a_day_before(start in 1_780_000_000i64..1_800_000_000, hours in 1i64..400) {
            let start = DateTime::from_timestamp(start, 0).expect("a moment");
            let end = calendar().limit_end(start, Duration::hours(hours)) + Duration::seconds(1);
            prop_assert!(calendar().is_working_day(ist_date(end - Duration::seconds(1))));
            prop_assert!(calendar().working_time(start, end) >= Duration::hours(hours));
            prop_assert!(calendar().working_time(start, end - Duration::days(1)) < Duration::hours(hours));
        }

        #[test]
        fn elapsed_never_decreases(start in 1_780_000_000i64..1_800_000_000, a in 0i64..1_000_000, b in 0i64..1_000_000) {
            let start = DateTime::from_timestamp(start, 0).expect("a moment");
            let clock = Clock { ended: vec![], since: Some(start) };
            let (early, late) = (start + Duration::seconds(a.min(b)), start + Duration::seconds(a.max(b)));
            for lane in [Lane::Ordinary, Lane::Emergency24] {
                prop_assert!(clock.elapsed(early, &calendar(), lane) <= clock.elapsed(late, &calendar(), lane));
            }
        }
    }
}
