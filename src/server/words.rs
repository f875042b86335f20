//! The texts of a language, for pages and receipts rendered by the server.

use crate::catalogue::Catalogue;
use chrono::{Datelike, NaiveDate, Timelike};
use model::clock::{Lane, ist};
use model::names::code_of;
use model::{Language, Time};

/// The texts of a language.
#[derive(Debug, Clone)]
pub struct Words {
    language: Language,
    catalogue: Catalogue,
}

impl Words {
    /// Those of a catalogue.
    #[must_use]
    pub fn new(language: Language, catalogue: Catalogue) -> Self {
        Self { language, catalogue }
    }

    /// The text of a key; the key itself where there is none.
    #[must_use]
    pub fn say<'a>(&'a self, key: &'a str) -> &'a str {
        self.catalogue.get(key).map_or(key, String::as_str)
    }

    /// The text of a key with its `{placeholders}` filled in.
    #[must_use]
    pub fn fill(&self, key: &str, marks: &[(&str, &str)]) -> String {
        marks.iter().fold(self.say(key).to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }

    /// The text for a value of the wire format.
    #[must_use]
    pub fn name_of<'v, T>(&self, prefix: &str, value: &'v T) -> String
    where
        &'static str: From<&'v T>,
    {
        self.say(&format!("{prefix}.{}", code_of(value))).to_owned()
    }

    /// The label of an optional field.
    #[must_use]
    pub fn optional(&self, key: &str) -> String {
        format!("{} {}", self.say(key), self.say("optional"))
    }

    /// Whether a key has a text.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.catalogue.contains_key(key)
    }

    /// A day: `২৪ নভেম্বর, ২০২৬`.
    #[must_use]
    pub fn date(&self, at: Time) -> String {
        self.day(ist(at).date_naive())
    }

    /// A day in full, with its year.
    #[must_use]
    pub fn day(&self, date: NaiveDate) -> String {
        let month = self.say("date.months").split('|').nth(date.month0() as usize).unwrap_or_default();
        self.language.day_in_full(date.year(), month, date.day())
    }

    /// A day and time of day: `২৪ নভেম্বর, ২০২৬, সকাল ১১টা`.
    #[must_use]
    pub fn moment(&self, at: Time) -> String {
        let local = ist(at);
        format!("{}, {}", self.date(at), self.language.time_of_day(local.hour(), local.minute()))
    }

    /// A deadline: its day, or in an emergency its time (with the day where it is not today).
    #[must_use]
    pub fn by_when(&self, due: Time, lane: Lane, now: Time) -> String {
        if !lane.is_emergency() {
            return self.date(due);
        }
        let local = ist(due);
        if ist(now).date_naive() == local.date_naive() {
            let time = self.language.time_of_day(local.hour(), local.minute());
            return self.fill("time.today", &[("time", &time)]);
        }
        self.moment(due)
    }

    /// A number with lakh grouping.
    #[must_use]
    pub fn number(&self, value: u32) -> String {
        self.language.number(value)
    }

    /// The address of a path in this language.
    #[must_use]
    pub fn path(&self, path: &str) -> String {
        self.language.path(path)
    }

    /// The language.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }
}
