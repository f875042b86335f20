//! The Action Taken Report (ATR), and the check for the lapses that citizens complain of most.
//!
//! The lapses are those that an audit of 2,298 closed cases in Andhra Pradesh found: no contact with the citizen, blank,
//! unrelated or future-tense reports, scolding, "not my jurisdiction", closing by forwarding.
//!
//! What is judged are clauses: a completed act with a date outweighs a promise beside it, and a word of the citizen's
//! that a report quotes is not the office's. Only an empty report and an insult stop a report; any other finding may be
//! wrong, so it can be answered in a line, and the report is filed with it.

mod clause;
mod copy;
mod judge;
mod matter;
mod words;

pub use matter::Matter;

use crate::names::vocabulary;
use crate::text;
use crate::visit::Shot;
use crate::{AttachmentId, Reference, Time, clock};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A report as the office files it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Atr {
    /// How much of the work is done.
    pub outcome: Outcome,
    /// What was done, when and by whom, or why it cannot be done. At least [`SHORTEST`] letters.
    pub text: String,
    /// Where the work is partly done: the day by which the rest follows, after today and within [`REST_DAYS`]. `None`
    /// otherwise.
    #[serde(default)]
    pub next_date: Option<NaiveDate>,
    /// A contact with the citizen that is recorded together with the report; `None` where it was recorded before, or where
    /// there was none.
    #[serde(default)]
    pub contact: Option<Contact>,
    /// Why nobody spoke to the citizen; empty where somebody did.
    #[serde(default)]
    pub no_contact_reason: String,
    /// Photos of the work, at most [`crate::lodging::PHOTO_LIMIT`].
    #[serde(default)]
    pub photos: Vec<AttachmentId>,
    /// Those of the photos that were taken with the app's camera.
    #[serde(default)]
    pub shots: Vec<Shot>,
    /// What the officer says to findings, at most one answer for each. Answers to what was not found are left out.
    #[serde(default)]
    pub answers: Vec<Answer>,
}

/// That somebody of the office spoke to the citizen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Contact {
    /// How.
    pub means: ContactMeans,
    /// What was said; may be empty. At most [`crate::lodging::TEXT_LIMIT`] letters.
    #[serde(default)]
    pub text: String,
}

vocabulary! {
    /// How an officer contacted the citizen.
    ContactMeans {
        /// By telephone.
        Phone,
        /// At the citizen's home or at the place concerned.
        Visit,
        /// At an office.
        AtOffice,
    }
}

/// What an officer says to a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Answer {
    /// The finding.
    pub finding: Finding,
    /// Why the report stands all the same, in a line. At most [`crate::lodging::TEXT_LIMIT`] letters.
    pub text: String,
}

vocabulary! {
    /// How much of the work is done.
    Outcome {
        /// All of it.
        Done,
        /// Part of it; the report names the day for the rest.
        PartlyDone,
        /// It cannot be done; the report names the reason.
        CannotBeDone,
    }
}

impl Outcome {
    /// Suffix of the catalogue keys of the question about a report and of its answers: a report that does not say "done" is
    /// not asked about as done.
    #[must_use]
    pub fn ending(report: Option<Self>) -> &'static str {
        match report {
            Some(Self::PartlyDone) => ".partly",
            Some(Self::CannotBeDone) => ".cannot",
            Some(Self::Done) | None => "",
        }
    }
}

vocabulary! {
    /// A lapse found in a report.
    Finding {
        /// The text is empty, has fewer than [`SHORTEST`] letters, or repeats the same letters and words.
        Blank,
        /// It promises, or says what is not done yet, instead of reporting.
        FutureTense,
        /// It says that somebody else is responsible: the right action is a transfer.
        NotOurs,
        /// It says that the grievance was passed on: the right action is forwarding.
        PassedOn,
        /// Nobody spoke to the citizen, and no reason is given.
        NoContact,
        /// Partly done without a day for the rest, or with one that is not after today or after [`REST_DAYS`].
        NoNextDate,
        /// Done, but without a photo.
        NoPhoto,
        /// It has only words that every report could have: no thing, place, day or person.
        BoilerPlate,
        /// It is a near-copy of an earlier report of the same office.
        NearCopy,
        /// It is about another matter than the grievance.
        OtherMatter,
        /// It insults or scolds the citizen.
        Abuse,
        /// It has a [`GAP`] of a template that was not filled.
        Gap,
        /// A photo of it was sent before: by the citizen, or with another case.
        UsedBefore,
        /// Its photos were taken far from the place of the grievance.
        Elsewhere,
    }
}

impl Finding {
    /// Whether a report with this lapse is refused. The others are recorded, and such a case is always visited.
    /// [`Self::NoNextDate`] is no judgement but a field that is missing.
    #[must_use]
    pub fn blocks(self) -> bool {
        matches!(self, Self::Blank | Self::Abuse | Self::NoNextDate | Self::Gap)
    }
}

/// A lapse, with the words that show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lapse {
    /// The lapse.
    pub finding: Finding,
    /// The part of the report's text that decided; empty where a field is missing or wrong.
    pub because: String,
}

impl Lapse {
    /// A lapse of a field.
    fn of(finding: Finding) -> Self {
        Self { finding, because: String::new() }
    }
}

/// A lapse with which a report was filed, and what the officer said to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FiledLapse {
    /// The lapse.
    pub finding: Finding,
    /// The part of the report's text that decided; empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub because: String,
    /// The officer's answer; empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub answer: String,
}

/// What a check needs besides the report.
#[derive(Debug, Clone, Copy)]
pub struct Background<'a> {
    /// Contacts with the citizen that the office has recorded since it got the case.
    pub contacts: u16,
    /// The present moment.
    pub now: Time,
    /// What the report should be about; `None` where that cannot be judged, as in the browser.
    pub matter: Option<Matter<'a>>,
    /// Texts of the office's earlier reports, as far as they are known.
    pub earlier: &'a [String],
    /// What is known of its photos.
    pub photos: PhotoFacts,
}

/// What is known of the photos of a report besides what they show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PhotoFacts {
    /// Whether one of them was sent before, and with which other case; `Some(None)` where the citizen has sent it with this one.
    pub used_in: Option<Option<Reference>>,
    /// Metres between the place of the grievance and the farthest of those that were taken at a known place; `None` where either
    /// is not known.
    pub metres: Option<u32>,
}

impl PhotoFacts {
    /// Whether one was taken too far away to show the place.
    #[must_use]
    pub fn is_elsewhere(self) -> bool {
        self.metres.is_some_and(|metres| metres > NEAR)
    }
}

/// Metres from the middle of its block or town within which a photo can show the place. Blocks are up to forty kilometres wide.
pub const NEAR: u32 = 40_000;

/// Days within which the rest of partly done work must be promised. A day years ahead would close the case in all but name.
pub const REST_DAYS: i64 = 90;

/// Fewest letters of a report.
pub const SHORTEST: usize = 20;

/// What a template leaves to be filled in.
pub const GAP: &str = "___";

/// The lapses of a report: those that its words show, most serious first, then those of its fields. Empty where there
/// are none.
#[must_use]
pub fn check(atr: &Atr, known: &Background<'_>) -> Vec<Lapse> {
    if let Some(gap) = gap(&atr.text) {
        return vec![Lapse { finding: Finding::Gap, because: gap.to_owned() }];
    }
    let mut lapses = judge::Reading::of(&atr.text).lapses(atr.outcome);
    let has_words = lapses.iter().all(|lapse| lapse.finding != Finding::Blank);
    let whole = |finding| Lapse { finding, because: atr.text.trim().to_owned() };
    if has_words && known.matter.is_some_and(|matter| matter.is_missed_by(&atr.text)) {
        lapses.push(whole(Finding::OtherMatter));
    }
    if has_words && copy::is_copy(&atr.text, known.earlier) {
        lapses.push(whole(Finding::NearCopy));
    }
    if known.contacts == 0 && atr.contact.is_none() && text::is_blank(&atr.no_contact_reason) {
        lapses.push(Lapse::of(Finding::NoContact));
    }
    let today = clock::ist_date(known.now);
    let fits = |date: NaiveDate| (1..=REST_DAYS).contains(&(date - today).num_days());
    if atr.outcome == Outcome::PartlyDone && !atr.next_date.is_some_and(fits) {
        lapses.push(Lapse::of(Finding::NoNextDate));
    }
    if atr.outcome == Outcome::Done && atr.photos.is_empty() {
        lapses.push(Lapse::of(Finding::NoPhoto));
    }
    if let Some(case) = known.photos.used_in {
        let case = case.map(|case| case.grouped()).unwrap_or_default();
        lapses.push(Lapse { finding: Finding::UsedBefore, because: case });
    }
    if let Some(metres) = known.photos.metres.filter(|_| known.photos.is_elsewhere()) {
        lapses.push(Lapse { finding: Finding::Elsewhere, because: format!("{} km", metres / 1_000) });
    }
    lapses
}

/// The first gap of a template that was not filled, with the words after it.
fn gap(text: &str) -> Option<&str> {
    let rest = &text[text.find(GAP)?..];
    let end = rest.match_indices(' ').nth(3).map_or(rest.len(), |(end, _)| end);
    Some(&rest[..end])
}

#[cfg(test)]
mod tests;
