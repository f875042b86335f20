//! Formats numbers, days and durations for the page's language; always in Asia/Kolkata.

use crate::i18n::{fill, key, language, t};
use chrono::{Datelike, NaiveDate, Timelike};
use model::clock::{Lane, ist};
use model::{Language, Time};

/// ASCII digits as the language writes them in prose (L10N-01).
#[must_use]
pub fn digits(text: &str) -> String {
    language().digits(text)
}

/// A number with lakh grouping: 46,00,000 (L10N-02).
#[must_use]
pub fn number(value: u32) -> String {
    language().number(value)
}

/// The text of a key for a count, in the plural form of the language (L10N-03). `{n}` in the text is replaced by the
/// count.
#[must_use]
pub fn counted(key: &str, count: impl TryInto<u32>) -> String {
    let count = count.try_into().unwrap_or(0);
    let form = format!("{key}{}", language().plural(count).ending());
    fill(&form, &[("n", &number(count))])
}

/// A share given in per mille, as percent with one decimal.
#[must_use]
pub fn percent(per_mille: u32) -> String {
    digits(&format!("{}.{}%", per_mille / 10, per_mille % 10))
}

/// A day: `২৩ নভেম্বর`, with the year where it is not the current one.
#[must_use]
pub fn day(date: NaiveDate) -> String {
    let months = t(key::DATE_MONTHS);
    let month = months.split('|').nth(date.month0() as usize).unwrap_or_default();
    if Some(date.year()) == now().map(|now| ist(now).year()) {
        language().day_of_year(month, date.day())
    } else {
        language().day_in_full(date.year(), month, date.day())
    }
}

/// The Indian day of a moment.
#[must_use]
pub fn date(at: Time) -> String {
    day(ist(at).date_naive())
}

/// Day and time of a moment.
#[must_use]
pub fn moment(at: Time) -> String {
    let comma = if language() == Language::Urdu { "،" } else { "," };
    format!("{}{comma} {}", date(at), time(at))
}

/// A deadline: its day, or in an emergency its time (with the day where it is not today).
#[must_use]
pub fn by_when(due: Time, lane: Lane) -> String {
    let today = now().is_some_and(|now| ist(now).date_naive() == ist(due).date_naive());
    match (lane.is_emergency(), today) {
        (false, _) => date(due),
        (true, true) => fill(key::TIME_TODAY, &[("time", &time(due))]),
        (true, false) => moment(due),
    }
}

/// The time of a moment, as people say it.
#[must_use]
pub fn time(at: Time) -> String {
    let local = ist(at);
    language().time_of_day(local.hour(), local.minute())
}

/// The time of a moment to the second, as a clock shows it.
#[must_use]
pub fn clock(at: Time) -> String {
    let local = ist(at);
    digits(&format!("{}:{:02}:{:02}", local.hour(), local.minute(), local.second()))
}

/// The current time by the server's clock, as well as this phone knows it.
#[must_use]
pub fn now() -> Option<Time> {
    Time::from_timestamp_millis(crate::clock::now())
}

/// The time left until a deadline, in words, and how close it is. `None` for a paused clock.
#[must_use]
pub fn left(due: Option<Time>) -> (String, Left) {
    let (Some(due), Some(now)) = (due, now()) else { return (t(key::DUE_PAUSED), Left::Paused) };
    let hours = (due - now).num_hours();
    if due <= now {
        let days = ((now - due).num_hours() + 23) / 24;
        return (counted(key::DUE_DAYS_OVER, days.max(1)), Left::Over);
    }
    if hours < 48 {
        let text = counted(key::DUE_HOURS_LEFT, hours.max(1));
        return (text, if hours < 24 { Left::Soon } else { Left::Enough });
    }
    (counted(key::DUE_DAYS_LEFT, hours / 24), Left::Enough)
}

/// How close a deadline is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// It has passed.
    Over,
    /// Less than a day is left.
    Soon,
    /// A day or more is left.
    Enough,
    /// The clock is paused.
    Paused,
}

impl Left {
    /// The CSS class that colours it.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Self::Over => "late",
            Self::Soon => "soon",
            Self::Enough => "enough",
            Self::Paused => "paused",
        }
    }
}

/// A duration of the deadlines: in days, or in hours below two days.
#[must_use]
pub fn span(seconds: i64) -> String {
    let hours = seconds / 3600;
    if hours < 48 { counted(key::SCASE_HOURS, hours) } else { counted(key::SCASE_DAYS, hours / 24) }
}
