//! Visits: whom a field validator met, what they looked at, and photos that prove where and when they were taken.

use crate::lifecycle::{Position, VisitFinding};
use crate::names::vocabulary;
use crate::wire::Names;
use crate::{AttachmentId, Time};
use chrono::Duration;
use serde::{Deserialize, Serialize};

vocabulary! {
    /// Whether a validator met the citizen, or why not.
    Meeting {
        /// Met there.
        MetThere,
        /// Nobody was at home, or somebody else.
        NotAtHome,
        /// They live elsewhere now.
        MovedAway,
        /// The place, or the citizen at it, was not found.
        NotFound,
        /// They did not want to speak.
        WouldNotSpeak,
    }
}

impl Meeting {
    /// Whether a finding can rest on it: nobody agrees who was not met.
    #[must_use]
    pub const fn fits(self, finding: VisitFinding) -> bool {
        match finding {
            VisitFinding::DoneCitizenAgrees | VisitFinding::CitizenAgrees => matches!(self, Self::MetThere),
            VisitFinding::DoneCitizenNotMet => !matches!(self, Self::MetThere),
            VisitFinding::NotDone => true,
        }
    }
}

/// A photo that was taken with the app's own camera.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Shot {
    /// The photo.
    pub photo: AttachmentId,
    /// When the shutter was released, by the server's clock as the device knew it.
    pub at: Time,
    /// Where; `None` where the device did not know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// The token that came with the case ([`crate::wire::CaseView::shutter`]), which proves that the photo is no older than
    /// that; empty once it has been verified.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub token: String,
}

/// Hours for which a token, and a case taken along, can be used.
pub const TAKEN_ALONG_HOURS: i64 = 72;
/// Minutes by which the clock of a device may be wrong after it has heard the server's.
const SKEW_MINUTES: i64 = 5;

impl Shot {
    /// Whether it can have been taken with a token that was issued then, and sent now.
    #[must_use]
    pub fn fits(&self, issued: Time, now: Time) -> bool {
        let skew = Duration::minutes(SKEW_MINUTES);
        issued - skew <= self.at && self.at <= now + skew && now <= issued + Duration::hours(TAKEN_ALONG_HOURS)
    }

    /// As it goes on record at this moment: no later than that, the position to about ten metres and only where it is possible,
    /// without the token.
    #[must_use]
    pub fn on_record(self, now: Time) -> Self {
        let position = self.position.filter(Position::is_possible).map(Position::to_ten_metres);
        Self { at: self.at.min(now), position, token: String::new(), ..self }
    }

    /// Whether it was taken where its taker can be found on a map.
    #[must_use]
    pub fn tells_the_place(&self) -> bool {
        self.position.is_some_and(|position| position.tells_the_place())
    }
}

/// What is known of how the photos of a visit or a report were taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shutter<'a> {
    /// Nobody could tell: visits from before there was a camera in the app.
    #[default]
    Unknown,
    /// The shots whose tokens hold.
    Verified(&'a [Shot]),
}

impl Shutter<'_> {
    /// The shots as they go on record; none that was not verified.
    #[must_use]
    pub fn on_record(self, now: Time) -> Vec<Shot> {
        match self {
            Self::Unknown => Vec::new(),
            Self::Verified(shots) => shots.iter().cloned().map(|shot| shot.on_record(now)).collect(),
        }
    }
}

/// A question that a validator answers at the place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Check {
    /// Its code, unique in the table.
    pub code: String,
    /// The question.
    pub ask: Names,
    /// Whether nothing is done as long as the answer is no.
    #[serde(default)]
    pub must: bool,
}

vocabulary! {
    /// What a validator saw.
    CheckAnswer {
        /// Yes.
        Yes,
        /// No.
        No,
        /// It could not be seen.
        Unclear,
    }
}

/// A question with its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Checked {
    /// Code of the question.
    pub check: String,
    /// What was seen.
    pub answer: CheckAnswer,
}

/// The answers to these questions, in their order; `None` where one is missing.
#[must_use]
pub fn answered(checks: &[Check], given: &[Checked]) -> Option<Vec<Checked>> {
    checks.iter().map(|check| given.iter().find(|given| given.check == check.code).cloned()).collect()
}

/// Whether the answers leave it open that the work is done: none says no to a question on which that rests.
#[must_use]
pub fn can_be_done(checks: &[Check], answers: &[Checked]) -> bool {
    let no = |check: &Check| answers.iter().any(|given| given.check == check.code && given.answer == CheckAnswer::No);
    !checks.iter().any(|check| check.must && no(check))
}

/// What a validator records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Visit {
    /// What was found.
    pub finding: VisitFinding,
    /// What was seen, 1 to 4,000 letters.
    pub text: String,
    /// Whether the citizen was met.
    #[serde(default)]
    pub meeting: Option<Meeting>,
    /// Answers to the questions of the category.
    #[serde(default)]
    pub checks: Vec<Checked>,
    /// Where the device was.
    #[serde(default)]
    pub position: Option<Position>,
    /// Photos, at least one of them taken with the app's camera at a known place.
    #[serde(default)]
    pub photos: Vec<AttachmentId>,
    /// Those of the photos that were taken with the app's camera.
    #[serde(default)]
    pub shots: Vec<Shot>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shot_is_as_old_as_its_token_at_most() {
        let issued: Time = "2026-11-02T04:30:00Z".parse().expect("a moment");
        let shot = |minutes: i64| Shot {
            photo: "p".into(),
            at: issued + Duration::minutes(minutes),
            position: None,
            token: "t".into(),
        };
        let hours = |hours: i64| issued + Duration::hours(hours);
        for (taken, sent, fits) in [
            (0, hours(0), true),
            (-4, hours(1), true),
            (-6, hours(1), false),
            (60, hours(72), true),
            (60, hours(72) + Duration::minutes(1), false),
            (66, hours(1), false),
            (64, hours(1), true),
        ] {
            assert_eq!(shot(taken).fits(issued, sent), fits, "taken after {taken} minutes, sent at {sent}");
        }
    }

    #[test]
    fn nobody_agrees_who_was_not_met() {
        for meeting in Meeting::ALL {
            let met = meeting == Meeting::MetThere;
            assert_eq!(meeting.fits(VisitFinding::DoneCitizenAgrees), met);
            assert_eq!(meeting.fits(VisitFinding::DoneCitizenNotMet), !met);
            assert!(meeting.fits(VisitFinding::NotDone));
        }
    }
}
