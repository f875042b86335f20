//! The Action Taken Report (ATR), and the check for the lapses that citizens complain of most.
//!
//! The lapses are those that an audit of 2,298 closed cases in Andhra Pradesh found: no contact with the citizen, blank
//! or future-tense reports, "not my jurisdiction", closing by forwarding.

use crate::names::vocabulary;
use crate::text;
use crate::{AttachmentId, Time, clock};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

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
    /// Why nobody spoke to the citizen; empty where somebody did.
    #[serde(default)]
    pub no_contact_reason: String,
    /// Photos of the work, at most [`crate::lodging::PHOTO_LIMIT`].
    #[serde(default)]
    pub photos: Vec<AttachmentId>,
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

vocabulary! {
    /// A lapse found in a report.
    Finding {
        /// The text is empty or has fewer than [`SHORTEST`] letters.
        Blank,
        /// It promises instead of reporting.
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
    }
}

impl Finding {
    /// Whether a report with this lapse is refused. The other lapses are recorded, and such a case is always visited.
    #[must_use]
    pub fn blocks(self) -> bool {
        self != Self::NoPhoto
    }
}

/// Days within which the rest of partly done work must be promised. A day years ahead would close the case in all but name.
pub const REST_DAYS: i64 = 90;

/// Fewest letters of a report.
pub const SHORTEST: usize = 20;

/// Phrases that promise, in the form of search keys.
const FUTURE: [&str; 13] = [
    "করা হবে",
    "হয়ে যাবে",
    "দেওয়া হবে",
    "নেওয়া হবে",
    "শীঘ্রই",
    "will be",
    "shall be",
    "would be",
    "kora hobe",
    "hoye jabe",
    "শুরু হবে",
    "soon",
    "করা হইবে",
];
/// Phrases that hold somebody else responsible.
const NOT_OURS: [&str; 9] = [
    "এক্তিয়ার",
    "আমাদের নয়",
    "অন্য দপ্তরের",
    "এই দপ্তরের নয়",
    "not our jurisdiction",
    "does not pertain",
    "not pertaining",
    "not under this",
    "jurisdiction",
];
/// Phrases that say it was passed on.
const PASSED_ON: [&str; 8] = [
    "অগ্রেষিত",
    "পাঠানো হয়েছে",
    "জানানো হয়েছে সংশ্লিষ্ট",
    "forwarded to",
    "has been forwarded",
    "sent to concerned",
    "referred to",
    "প্রেরণ করা",
];

/// Whether one of the phrases stands in the text and begins at the start of a word. Both are search keys with spaces
/// around them, with ড়, ঢ়, য় decomposed.
fn has_any(padded: &str, phrases: &[String]) -> bool {
    phrases.iter().any(|phrase| padded.contains(phrase.as_str()))
}

/// Phrases as search keys, each with a space before it, at which a word begins.
fn keys(phrases: &[&str]) -> Vec<String> {
    phrases.iter().map(|phrase| format!(" {}", text::search_key(&decompose(phrase)))).collect()
}

static FUTURE_KEYS: LazyLock<Vec<String>> = LazyLock::new(|| keys(&FUTURE));
static NOT_OURS_KEYS: LazyLock<Vec<String>> = LazyLock::new(|| keys(&NOT_OURS));
static PASSED_ON_KEYS: LazyLock<Vec<String>> = LazyLock::new(|| keys(&PASSED_ON));

/// Writes ড়, ঢ়, য় as letter and nukta, as NFC does.
fn decompose(text: &str) -> String {
    text.replace('\u{09DC}', "\u{09A1}\u{09BC}")
        .replace('\u{09DD}', "\u{09A2}\u{09BC}")
        .replace('\u{09DF}', "\u{09AF}\u{09BC}")
}

/// The lapses of a report, most serious first; empty where there are none. `contacts` is the number of contacts that
/// the office has recorded since it got the case.
#[must_use]
pub fn check(atr: &Atr, contacts: u16, now: Time) -> Vec<Finding> {
    let key = format!(" {} ", text::search_key(&decompose(&atr.text)));
    let mut findings = Vec::new();
    if text::length(&text::clean(&atr.text)) < SHORTEST {
        findings.push(Finding::Blank);
    }
    if atr.outcome == Outcome::Done && has_any(&key, &FUTURE_KEYS) {
        findings.push(Finding::FutureTense);
    }
    if has_any(&key, &NOT_OURS_KEYS) {
        findings.push(Finding::NotOurs);
    }
    if has_any(&key, &PASSED_ON_KEYS) {
        findings.push(Finding::PassedOn);
    }
    if contacts == 0 && text::is_blank(&atr.no_contact_reason) {
        findings.push(Finding::NoContact);
    }
    let today = clock::ist_date(now);
    let fits = |date: NaiveDate| (1..=REST_DAYS).contains(&(date - today).num_days());
    if atr.outcome == Outcome::PartlyDone && !atr.next_date.is_some_and(fits) {
        findings.push(Finding::NoNextDate);
    }
    if atr.outcome == Outcome::Done && atr.photos.is_empty() {
        findings.push(Finding::NoPhoto);
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(outcome: Outcome, text: &str) -> Atr {
        Atr { outcome, text: text.into(), next_date: None, no_contact_reason: String::new(), photos: vec!["p".into()] }
    }

    fn now() -> Time {
        "2026-11-23T06:00:00Z".parse().expect("a moment")
    }

    #[test]
    fn the_known_lapses_are_found_in_both_languages() {
        let table = [
            ("নলকূপের পাইপ ও ওয়াশার ২২ নভেম্বর বদলানো হয়েছে, জল আসছে।", None),
            ("The pipe and washer were replaced on 22 November; water flows.", None),
            ("করা হল।", Some(Finding::Blank)),
            ("আগামী সপ্তাহে নলকূপটি মেরামত করা হবে বলে ঠিক হয়েছে।", Some(Finding::FutureTense)),
            ("The tube well will be repaired as soon as funds arrive.", Some(Finding::FutureTense)),
            ("বিষয়টি এই দপ্তরের নয়, তাই কিছু করার নেই এখানে।", Some(Finding::NotOurs)),
            ("This matter does not pertain to this office at all.", Some(Finding::NotOurs)),
            ("The complaint has been forwarded to the block office for action.", Some(Finding::PassedOn)),
        ];
        for (text, expected) in table {
            assert_eq!(check(&report(Outcome::Done, text), 1, now()).first().copied(), expected, "{text}");
        }
    }

    #[test]
    fn contact_next_date_and_photo_are_asked_for() {
        let text = "নলকূপের পাইপ ও ওয়াশার ২২ নভেম্বর বদলানো হয়েছে, জল আসছে।";
        let mut atr = report(Outcome::Done, text);
        atr.photos.clear();
        assert_eq!(check(&atr, 0, now()), [Finding::NoContact, Finding::NoPhoto]);
        assert!(!Finding::NoPhoto.blocks() && Finding::NoContact.blocks());
        atr.no_contact_reason = "ফোন বন্ধ, বাড়িতে তালা".into();
        assert_eq!(check(&atr, 0, now()), [Finding::NoPhoto]);
        let mut atr = report(Outcome::PartlyDone, text);
        assert_eq!(check(&atr, 1, now()), [Finding::NoNextDate]);
        for (year, month, day, findings) in [
            (2026, 11, 23, vec![Finding::NoNextDate]),
            (2026, 11, 24, vec![]),
            (2027, 2, 21, vec![]),
            (2027, 2, 22, vec![Finding::NoNextDate]),
            (9999, 12, 31, vec![Finding::NoNextDate]),
        ] {
            atr.next_date = NaiveDate::from_ymd_opt(year, month, day);
            assert_eq!(check(&atr, 1, now()), findings, "{year}-{month}-{day}");
        }
    }
}
