//! The grievance form: its fields, and every problem that an answer can have. Browser and server run this same code
//! (ERR-04).

use crate::lifecycle::{Channel, Gender};
use crate::names::vocabulary;
use crate::phone::NotAMobile;
use crate::{AttachmentId, CategoryCode, Language, Lgd, Mobile, text};
use serde::{Deserialize, Serialize};

/// Longest text, in letters as a reader counts them ([`crate::text::length`]).
pub const TEXT_LIMIT: usize = 4_000;
/// Longest text in bytes: no letter of our scripts needs 24, and combining marks could be piled up without end.
pub const TEXT_BYTES: usize = 24 * TEXT_LIMIT;
/// Longest name, in letters.
pub const NAME_LIMIT: usize = 100;
/// Longest landmark, in letters.
pub const LANDMARK_LIMIT: usize = 200;
/// Most photos that a grievance, report or other action may have (UPL-04).
pub const PHOTO_LIMIT: usize = 5;

/// A grievance as it is sent. Empty texts and `None` mean that the question was not answered.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Lodging {
    /// What happened; may be empty where there is a spoken note.
    pub text: String,
    /// Leaf category; `None` means "I do not know".
    pub category: Option<CategoryCode>,
    /// District.
    pub district: Option<Lgd>,
    /// Block or town.
    pub place: Option<Lgd>,
    /// Where it is, in the citizen's words.
    pub landmark: String,
    /// Photos, uploaded or announced before; at most [`PHOTO_LIMIT`].
    pub photos: Vec<AttachmentId>,
    /// A spoken note, uploaded or announced before; with one, `text` may be empty.
    pub voice: Option<AttachmentId>,
    /// Full name; not needed where somebody is in danger ([`Lodging::parse_as`]).
    pub name: String,
    /// Mobile number, as typed.
    pub mobile: String,
    /// Answers to the questions of the category's reason tree.
    pub reasons: Vec<Reason>,
    /// Whom the grievance concerns.
    pub affected: Option<Affected>,
    /// Whether it is about the conduct of an officer or office, to whom it is then never routed.
    pub about_office: Option<bool>,
    /// Whether the citizen wants the name kept from the department.
    pub confidential: Option<bool>,
    /// Token of a likely duplicate that this grievance joins ([`crate::wire::Duplicate::token`]).
    pub same_as: Option<String>,
    /// Gender, for the shares on dashboards only.
    pub gender: Option<Gender>,
    /// Language of the messages to the citizen.
    pub language: Language,
    /// How it came in; heeded only from staff, otherwise the way in decides.
    pub channel: Option<Channel>,
}

/// An answer to a question of a reason tree, both by their names in `public/reference/reasons.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reason {
    /// Name of the question.
    pub question: String,
    /// Name of the chosen option.
    pub option: String,
}

vocabulary! {
    /// Whom a grievance concerns.
    Affected {
        /// The person who lodges it.
        Myself,
        /// Somebody of their family.
        Family,
        /// Many people: a hamlet, a group.
        Group,
        /// Somebody else, on whose behalf it is lodged.
        OnBehalf,
    }
}

/// A field of the form, at which a problem is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
pub enum Field {
    Text,
    Category,
    Reasons,
    Place,
    Landmark,
    Photos,
    Name,
    Mobile,
}

vocabulary! {
    /// A problem of one answer.
    #[allow(missing_docs)]
    Problem {
        TextEmpty,
        TextTooLong,
        VoiceUnknown,
        CategoryUnknown,
        ReasonUnknown,
        PlaceUnknown,
        LandmarkTooLong,
        PhotosTooMany,
        PhotoUnknown,
        NameEmpty,
        NameTooLong,
        MobileEmpty,
        MobileLetters,
        MobileWrongDigits,
        MobileLandline,
    }
}

impl Problem {
    /// The field at which it is shown.
    #[must_use]
    pub fn field(self) -> Field {
        match self {
            Self::TextEmpty | Self::TextTooLong | Self::VoiceUnknown => Field::Text,
            Self::CategoryUnknown => Field::Category,
            Self::ReasonUnknown => Field::Reasons,
            Self::PlaceUnknown => Field::Place,
            Self::LandmarkTooLong => Field::Landmark,
            Self::PhotosTooMany | Self::PhotoUnknown => Field::Photos,
            Self::NameEmpty | Self::NameTooLong => Field::Name,
            Self::MobileEmpty | Self::MobileLetters | Self::MobileWrongDigits | Self::MobileLandline => Field::Mobile,
        }
    }
}

impl From<NotAMobile> for Problem {
    fn from(why: NotAMobile) -> Self {
        match why {
            NotAMobile::Empty => Self::MobileEmpty,
            NotAMobile::Letters => Self::MobileLetters,
            NotAMobile::WrongDigits => Self::MobileWrongDigits,
            NotAMobile::Landline => Self::MobileLandline,
        }
    }
}

/// A grievance whose answers have no problems, cleaned.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Parsed {
    pub text: String,
    pub landmark: String,
    pub name: String,
    pub mobile: Mobile,
}

/// The problem of the text; `None` where it has none.
#[must_use]
pub fn text_problem(typed: &str) -> Option<Problem> {
    let text = text::clean(typed);
    if text::is_blank(&text) { Some(Problem::TextEmpty) } else { is_too_long(&text).then_some(Problem::TextTooLong) }
}

/// Whether a text is longer than [`TEXT_LIMIT`] letters or [`TEXT_BYTES`] bytes.
#[must_use]
pub fn is_too_long(text: &str) -> bool {
    text.len() > TEXT_BYTES || text::length(text) > TEXT_LIMIT
}

impl Lodging {
    /// All problems of one field.
    #[must_use]
    pub fn problems_of(&self, field: Field) -> Vec<Problem> {
        self.problems().into_iter().filter(|problem| problem.field() == field).collect()
    }

    /// Every problem that can be found without looking anything up, in the order of the form.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        self.parse().err().unwrap_or_default()
    }

    /// Reads and cleans the answers.
    ///
    /// # Errors
    /// All problems at once, in the order of the form; never empty.
    pub fn parse(&self) -> Result<Parsed, Vec<Problem>> {
        self.parse_as(false)
    }

    /// As [`Lodging::parse`]. Where it is `urgent`, because somebody is in danger, no name is needed: it is asked for
    /// afterwards.
    ///
    /// # Errors
    /// All problems at once, in the order of the form; never empty.
    pub fn parse_as(&self, urgent: bool) -> Result<Parsed, Vec<Problem>> {
        let mut problems = Vec::new();
        let text = text::clean(&self.text);
        problems.extend(text_problem(&text).filter(|problem| *problem != Problem::TextEmpty || self.voice.is_none()));
        if self.place.is_some() && self.district.is_none() {
            problems.push(Problem::PlaceUnknown);
        }
        let landmark = text::clean_line(&self.landmark);
        if text::length(&landmark) > LANDMARK_LIMIT {
            problems.push(Problem::LandmarkTooLong);
        }
        if self.photos.len() > PHOTO_LIMIT {
            problems.push(Problem::PhotosTooMany);
        }
        let name = text::clean_line(&self.name);
        if name.is_empty() && !urgent {
            problems.push(Problem::NameEmpty);
        } else if text::length(&name) > NAME_LIMIT {
            problems.push(Problem::NameTooLong);
        }
        match Mobile::parse(&self.mobile) {
            Ok(mobile) if problems.is_empty() => Ok(Parsed { text, landmark, name, mobile }),
            Ok(_) => Err(problems),
            Err(why) => {
                problems.push(why.into());
                Err(problems)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Lodging {
        Lodging {
            text: "টিউবওয়েল তিন মাস ধরে খারাপ।".into(),
            name: "মোঃ".into(),
            mobile: "+৯১ ৯৮৩০০ ১২৩৪৫".into(),
            ..Lodging::default()
        }
    }

    #[test]
    fn a_good_form_has_no_problems() {
        let parsed = good().parse().expect("parsed");
        assert_eq!(parsed.mobile.as_str(), "9830012345");
    }

    #[test]
    fn all_problems_come_at_once_in_the_order_of_the_form() {
        let bad = Lodging {
            place: Some(Lgd::new(1)),
            photos: vec![AttachmentId::default(); 6],
            landmark: "ক".repeat(201),
            ..Lodging::default()
        };
        assert_eq!(
            bad.problems(),
            [
                Problem::TextEmpty,
                Problem::PlaceUnknown,
                Problem::LandmarkTooLong,
                Problem::PhotosTooMany,
                Problem::NameEmpty,
                Problem::MobileEmpty
            ]
        );
    }

    #[test]
    fn each_field_says_what_is_wrong() {
        type Change = fn(&mut Lodging);
        let change: [(Change, Problem); 7] = [
            (|form| form.text = " \n\u{200B} ।".into(), Problem::TextEmpty),
            (|form| form.text = "ক্ষ".repeat(4_001), Problem::TextTooLong),
            (|form| form.name = " \u{7} ".into(), Problem::NameEmpty),
            (|form| form.name = "ন".repeat(101), Problem::NameTooLong),
            (|form| form.mobile = "98300".into(), Problem::MobileWrongDigits),
            (|form| form.mobile = "phone".into(), Problem::MobileLetters),
            (|form| form.landmark = "x".repeat(201), Problem::LandmarkTooLong),
        ];
        for (break_it, expected) in change {
            let mut form = good();
            break_it(&mut form);
            assert_eq!(form.problems(), [expected]);
            assert_eq!(form.problems_of(expected.field()), [expected]);
        }
        let mut form = good();
        form.text = "ক্ষ".repeat(4_000);
        assert_eq!(form.problems(), []);
    }

    #[test]
    fn whoever_is_in_danger_need_not_give_a_name() {
        let form = Lodging { name: " ".into(), ..good() };
        assert_eq!(form.problems(), [Problem::NameEmpty]);
        assert_eq!(form.parse_as(true).expect("parsed").name, "");
        let long = Lodging { name: "ন".repeat(101), ..good() };
        assert_eq!(long.parse_as(true), Err(vec![Problem::NameTooLong]));
    }

    #[test]
    fn who_has_spoken_need_not_write() {
        let mut form = Lodging { text: " ".into(), voice: Some("a".into()), ..good() };
        assert_eq!(form.problems(), []);
        form.voice = None;
        assert_eq!(form.problems(), [Problem::TextEmpty]);
    }
}
