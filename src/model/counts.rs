//! The figures of the dashboards: by what they can be cut, and what each of them means.
//!
//! Every figure has one definition, here, whether it stands on a tile, in a table or in a file (DSH-02). Those of a *stock* are
//! all there are within the filter, whenever they were lodged; the others are a *flow* and belong to the period: they are of
//! the grievances lodged within it.
//! - *lodged*: grievances registered (flow);
//! - *open*: in an open stage now (stock);
//! - *overdue*: open and past the citizen's limit (stock);
//! - *emergencies*: open in an emergency lane (stock);
//! - *closed by offices*: those whose department has reported them done at least once;
//! - *confirmed by citizens*: those in stage Redressed, which only a confirmation from outside the department that it is
//!   done reaches;
//! - *explained*: those in stage Explained: it cannot be done, and the citizen has accepted the reason;
//! - *partly*: open, and the citizen has agreed that part of it is done (stock);
//! - *median days*: of the redressed, calendar days in India from lodging to closing.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

macro_rules! dimensions {
    ($($(#[$doc:meta])* $name:ident = $code:literal),+ $(,)?) => {
        /// Something by which cases are grouped or filtered.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum Dimension { $($(#[$doc])* $name),+ }
        impl Dimension {
            /// Every dimension.
            pub const ALL: [Self; [$(Self::$name),+].len()] = [$(Self::$name),+];
            /// Its name in a query.
            #[must_use]
            pub fn code(self) -> &'static str { match self { $(Self::$name => $code),+ } }
            /// The dimension of a name.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$name),)+ _ => None }
            }
        }
    };
}

dimensions! {
    /// District, by its LGD code.
    District = "district",
    /// Block or town, by its LGD code.
    Place = "place",
    /// Department, by its code.
    Department = "department",
    /// Office, by its number.
    Office = "office",
    /// Leaf category.
    Category = "category",
    /// Stage.
    Stage = "stage",
    /// How it came in.
    Channel = "channel",
    /// What the citizen said of themselves.
    Gender = "gender",
    /// `rural`, `urban` or `unknown`.
    Area = "area",
    /// How fast it must go.
    Lane = "lane",
    /// Indian calendar day of lodging, `2026-11-23`.
    Day = "day",
}

/// Which cases: all of its conditions must hold. As text, on the wire and in addresses: `district:307,department:PHE`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter(Vec<(Dimension, String)>);

impl Filter {
    /// With one more condition.
    #[must_use]
    pub fn and(mut self, dimension: Dimension, code: impl Into<String>) -> Self {
        self.0.push((dimension, code.into()));
        self
    }

    /// Its conditions: a dimension, and the code that a case must have in it.
    pub fn conditions(&self) -> impl Iterator<Item = (Dimension, &str)> {
        self.0.iter().map(|(dimension, code)| (*dimension, code.as_str()))
    }

    /// Whether every case fits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (dimension, code)) in self.conditions().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(f, "{comma}{}:{code}", dimension.code())?;
        }
        Ok(())
    }
}

impl FromStr for Filter {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let conditions = text.split(',').filter(|part| !part.is_empty()).map(|part| {
            let (dimension, code) = part.split_once(':')?;
            Some((Dimension::from_code(dimension)?, code.to_owned()))
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

/// The figures of a set of cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Figures {
    /// All of them.
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
    /// It cannot be done, and the citizen has accepted the reason.
    #[serde(default)]
    pub explained: u32,
    /// Part of it is done, and the citizen, who agrees, awaits the rest.
    #[serde(default)]
    pub partly: u32,
    /// Days from lodging to closing of the redressed; none where there are none.
    pub median_days: Option<u16>,
    /// Lodged by women.
    pub women: u32,
    /// Lodged where the gender is known.
    pub gender_known: u32,
    /// From rural blocks.
    pub rural: u32,
    /// Where the place is known.
    pub area_known: u32,
}

impl Figures {
    /// With the stock of others: what is there now, whatever the period of these.
    #[must_use]
    pub fn with_stock_of(self, all: &Self) -> Self {
        Self { open: all.open, overdue: all.overdue, emergencies: all.emergencies, partly: all.partly, ..self }
    }
}

/// Cases below which no share is shown.
pub const FEWEST_FOR_A_SHARE: u32 = 30;

/// The share of `part` in `whole` in per mille; none below 30 cases, where a share says nothing (DSH-04). All cases are counted,
/// none is sampled, so it has no error.
#[must_use]
pub fn share(part: u32, whole: u32) -> Option<u32> {
    (whole >= FEWEST_FOR_A_SHARE).then(|| per_mille(f64::from(part) / f64::from(whole)))
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // between 0 and 1000 by construction
fn per_mille(share: f64) -> u32 {
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
            assert_eq!(Dimension::from_code(dimension.code()), Some(dimension));
        }
    }
}
