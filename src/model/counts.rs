//! The figures of the dashboards: the dimensions by which they are cut, and the definition of each.
//!
//! Every figure has one definition, this one, for tile, table and file (DSH-02). A *stock* counts all cases within the
//! filter, whenever they were lodged. A *flow* belongs to the period and counts the grievances lodged within it.
//! - *lodged*: grievances registered (flow);
//! - *open*: in an open stage now (stock);
//! - *overdue*: open and past the citizen's limit (stock);
//! - *emergencies*: open in an emergency lane (stock);
//! - *closed by offices*: those that the department has reported as done at least once (flow);
//! - *confirmed by citizens*: those in stage Redressed, which is reached only by a confirmation from outside the
//!   department that the work is done (flow);
//! - *explained*: those in stage Explained: it cannot be done, and the citizen has accepted the reason (flow);
//! - *partly*: open, and the citizen has agreed that part of it is done (stock);
//! - *median days*: calendar days in India from lodging to closing, of the redressed (flow).

use crate::names::{code_of, vocabulary};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

vocabulary! {
    /// A dimension by which cases are grouped or filtered.
    Dimension {
        /// District (LGD code).
        District,
        /// Block or town (LGD code).
        Place,
        /// Department (code).
        Department,
        /// Office (number).
        Office,
        /// Leaf category (code).
        Category,
        /// Stage (name, such as `with_office`).
        Stage,
        /// Channel by which it was lodged (name).
        Channel,
        /// Gender that the citizen gave (name).
        Gender,
        /// `rural` or `urban`; empty where the place is not known.
        Area,
        /// Lane (name).
        Lane,
        /// Calendar day of lodging in India, `2026-11-23`.
        Day,
    }
}

/// A conjunction of conditions. As text, on the wire and in addresses: `district:307,department:PHE`; empty for all
/// cases.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter(Vec<(Dimension, String)>);

impl Filter {
    /// The same filter with one more condition.
    #[must_use]
    pub fn and(mut self, dimension: Dimension, code: impl Into<String>) -> Self {
        self.0.push((dimension, code.into()));
        self
    }

    /// Its conditions: a dimension, and the code that a case must have in it.
    pub fn conditions(&self) -> impl Iterator<Item = (Dimension, &str)> {
        self.0.iter().map(|(dimension, code)| (*dimension, code.as_str()))
    }

    /// Whether it has no condition, so that every case matches.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (dimension, code)) in self.conditions().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(f, "{comma}{}:{code}", code_of(&dimension))?;
        }
        Ok(())
    }
}

impl FromStr for Filter {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let conditions = text.split(',').filter(|part| !part.is_empty()).map(|part| {
            let (dimension, code) = part.split_once(':')?;
            Some((dimension.parse().ok()?, code.to_owned()))
        });
        conditions.collect::<Option<_>>().map(Self).ok_or("conditions are written dimension:code, with commas between")
    }
}

impl Serialize for Filter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Filter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The figures of a set of cases; the module defines each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Figures {
    /// Grievances lodged.
    pub lodged: u32,
    /// In an open stage.
    pub open: u32,
    /// Open and past the citizen's limit.
    pub overdue: u32,
    /// Open in an emergency lane.
    pub emergencies: u32,
    /// Reported done by the department at least once.
    pub closed_by_offices: u32,
    /// Confirmed from outside the department.
    pub confirmed_by_citizens: u32,
    /// Cannot be done, and the citizen has accepted the reason.
    #[serde(default)]
    pub explained: u32,
    /// Open, and the citizen has agreed that part is done.
    #[serde(default)]
    pub partly: u32,
    /// Median of calendar days from lodging to closing, of the redressed; `None` where there are none.
    pub median_days: Option<u16>,
    /// Lodged by women.
    pub women: u32,
    /// Lodged by people whose gender is known: the whole of which `women` is a share.
    pub gender_known: u32,
    /// Lodged from rural blocks.
    pub rural: u32,
    /// Lodged from a known place: the whole of which `rural` is a share.
    pub area_known: u32,
}

impl Figures {
    /// These figures with the stock (open, overdue, emergencies, partly) of `all`, which has no period.
    #[must_use]
    pub fn with_stock_of(self, all: &Self) -> Self {
        Self { open: all.open, overdue: all.overdue, emergencies: all.emergencies, partly: all.partly, ..self }
    }
}

/// Fewest cases for which a share is shown.
pub const FEWEST_FOR_A_SHARE: u32 = 30;

/// The share of `part` in `whole` in per mille; `None` below [`FEWEST_FOR_A_SHARE`] cases (DSH-04). All cases are
/// counted, none is sampled, so it has no sampling error.
#[must_use]
pub fn share(part: u32, whole: u32) -> Option<u32> {
    (whole >= FEWEST_FOR_A_SHARE).then(|| per_mille(f64::from(part) / f64::from(whole)))
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // between 0 and 1000 by construction
pub(crate) fn per_mille(share: f64) -> u32 {
    (share.clamp(0.0, 1.0) * 1000.0).round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_cases_have_no_share() {
        assert_eq!(share(10, 29), None);
        assert_eq!(share(50, 100), Some(500));
        assert_eq!(share(0, 100), Some(0));
    }

    #[test]
    fn a_filter_is_written_as_it_is_read() {
        for text in ["", "district:307", "district:307,department:PHE,stage:"] {
            assert_eq!(text.parse::<Filter>().expect("a filter").to_string(), text);
        }
        for wrong in ["district", "planet:3", "district:1,department"] {
            assert!(wrong.parse::<Filter>().is_err(), "{wrong}");
        }
        let built = Filter::default().and(Dimension::District, "307").and(Dimension::Department, "PHE");
        assert_eq!(built.to_string(), "district:307,department:PHE");
    }

    #[test]
    fn dimension_names_round_trip() {
        for dimension in Dimension::ALL {
            assert_eq!(code_of(&dimension).parse(), Ok(dimension));
        }
    }
}
