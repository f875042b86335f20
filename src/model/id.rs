//! Identifiers, each a type of its own: a department cannot be mistaken for a category, nor an office for an account.
//!
//! On the wire and in the ledger each is the bare text or number.

use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

macro_rules! text_ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The text as it stands on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(Self)
            }
        }

        impl Deref for $name {
            type Target = str;
            fn deref(&self) -> &str {
                &self.0
            }
        }

        // So that a map with these keys can be looked up by a text from outside.
        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }
    )+ };
}

macro_rules! number_ids {
    ($($(#[$doc:meta])* $name:ident($number:ty)),+ $(,)?) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(transparent)]
        pub struct $name($number);

        impl $name {
            /// The identifier with this number.
            #[must_use]
            pub const fn new(number: $number) -> Self {
                Self(number)
            }

            /// The number as it stands on the wire.
            #[must_use]
            pub const fn get(self) -> $number {
                self.0
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <$number>::deserialize(deserializer).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<$number> for $name {
            fn from(number: $number) -> Self {
                Self(number)
            }
        }

        impl FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+ };
}

text_ids! {
    /// Code of a department, such as `PHE`; the list is data (`public/reference/departments.tsv`).
    DepartmentCode,
    /// Code of a leaf category, such as `water.tubewell`; the list is data (`public/reference/categories.tsv`).
    CategoryCode,
    /// Random name of a stored photo or spoken note: 32 hexadecimal digits, 128 bits.
    AttachmentId,
}

number_ids! {
    /// Number of an office (sub-office of a department).
    OfficeId(u32),
    /// Number of a staff account.
    StaffId(u32),
    /// Local Government Directory code of a district, block or town; all three share one range of numbers.
    Lgd(u32),
    /// The holder of a mobile number: a keyed hash of the number, so that the ledger says nothing about the person.
    PersonId(u64),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_bare_on_the_wire() {
        assert_eq!(serde_json::to_string(&DepartmentCode::from("PHE")).expect("json"), "\"PHE\"");
        assert_eq!(serde_json::to_string(&Some(PersonId::new(7))).expect("json"), "7");
        assert_eq!(serde_json::from_str::<Lgd>("307").expect("a code"), Lgd::new(307));
        assert!(serde_json::from_str::<Lgd>("\"307\"").is_err() && "x".parse::<OfficeId>().is_err());
        let map: std::collections::HashMap<CategoryCode, u8> =
            serde_json::from_str("{\"water.tap\": 1}").expect("a map");
        assert_eq!(map.get("water.tap"), Some(&1));
    }
}
