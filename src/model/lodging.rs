//! The grievance form: what is asked, and every problem of an answer. The browser and the server run this same
//! code (ERR-04).

use crate::lifecycle::{Channel, Gender};
use crate::phone::NotAMobile;
use crate::{AttachmentId, CategoryCode, Language, Lgd, Mobile, text};
use serde::{Deserialize, Serialize};

/// Letters that a text may have, as a reader counts them.
pub const TEXT_LIMIT: usize = 4_000;
/// Letters that a name may have.
pub const NAME_LIMIT: usize = 100;
/// Letters that a landmark may have.
pub const LANDMARK_LIMIT: usize = 200;
/// Photos that a grievance or report may have (UPL-04).
pub const PHOTO_LIMIT: usize = 5;
/// Bytes that a photo may have (UPL-04).
pub const PHOTO_BYTES: usize = 10 * 1024 * 1024;

/// A grievance as it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Lodging {
    /// What happened.
    pub text: String,
    /// What it is about; none means "I do not know".
    pub category: Option<CategoryCode>,
    /// District.
    pub district: Option<Lgd>,
    /// Block or town.
    pub place: Option<Lgd>,
    /// The rest of where, in the citizen's words.
    pub landmark: String,
    /// Photos uploaded before.
    pub photos: Vec<AttachmentId>,
    /// Full name.
    pub name: String,
    /// Mobile number, as typed.
    pub mobile: String,
    /// Only for the shares on dashboards.
    pub gender: Option<Gender>,
    /// The language of the messages that follow.
    pub language: Language,
    /// How it came in; only staff may say, others are told by their way in.
    pub channel: Option<Channel>,
}

/// A field of the form, for pointing at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
pub enum Field {
    Text,
    Category,
    Place,
    Landmark,
    Photos,
    Name,
    Mobile,
}

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
pub enum Problem {
    TextEmpty,
    TextTooLong,
    CategoryUnknown,
    PlaceUnknown,
    LandmarkTooLong,
    PhotosTooMany,
    PhotoUnknown,
    NameEmpty,
    NameTooLong,
    MobileEmpty,
    MobileLetters,
    MobileWrongDigits,
}

impl Problem {
    /// The field that it stands at.
    #[must_use]
    pub fn field(self) -> Field {
        match self {
            Self::TextEmpty | Self::TextTooLong => Field::Text,
            Self::CategoryUnknown => Field::Category,
            Self::PlaceUnknown => Field::Place,
            Self::LandmarkTooLong => Field::Landmark,
            Self::PhotosTooMany | Self::PhotoUnknown => Field::Photos,
            Self::NameEmpty | Self::NameTooLong => Field::Name,
            Self::MobileEmpty | Self::MobileLetters | Self::MobileWrongDigits => Field::Mobile,
        }
    }
}

impl From<NotAMobile> for Problem {
    fn from(why: NotAMobile) -> Self {
        match why {
            NotAMobile::Empty => Self::MobileEmpty,
            NotAMobile::Letters => Self::MobileLetters,
            NotAMobile::WrongDigits => Self::MobileWrongDigits,
        }
    }
}

/// A grievance whose answers are good.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Parsed {
    pub text: String,
    pub landmark: String,
    pub name: String,
    pub mobile: Mobile,
}

impl Lodging {
    /// All problems of one field.
    #[must_use]
    pub fn problems_of(&self, field: Field) -> Vec<Problem> {
        self.problems().into_iter().filter(|problem| problem.field() == field).collect()
    }

    /// Every problem that can be told without looking anything up, in the order of the form.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        self.parse().err().unwrap_or_default()
    }

    /// Reads the answers.
    ///
    /// # Errors
    /// All problems at once, in the order of the form; never empty.
    pub fn parse(&self) -> Result<Parsed, Vec<Problem>> {
        let mut problems = Vec::new();
        let text = text::clean(&self.text);
        if text::is_blank(&text) {
            problems.push(Problem::TextEmpty);
        } else if text::length(&text) > TEXT_LIMIT {
            problems.push(Problem::TextTooLong);
        }
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
        if name.is_empty() {
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
        let bad =
            Lodging {
                place: Some(1), photos: vec![String::new(); 6], landmark: "ক".repeat(201), ..Lodging::default()
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
}
