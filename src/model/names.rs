//! Names: of things in the languages of the screens, and of the values of an enum wherever programs exchange them.

use crate::Language;
use serde::{Deserialize, Serialize};

/// Defines an enum without content whose names are known to others: on the wire, in the ledger, in tables and lists of words.
/// Gives it the list of all its values.
macro_rules! vocabulary {
    ($(#[$doc:meta])* $type:ident { $($(#[$variant:meta])* $name:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(serde::Serialize, serde::Deserialize, strum::IntoStaticStr, strum::EnumString)]
        #[serde(rename_all = "snake_case")]
        #[strum(serialize_all = "snake_case")]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum $type { $($(#[$variant])* $name),+ }
        impl $type {
            /// All of them, in order of declaration.
            pub const ALL: [Self; [$(Self::$name),+].len()] = [$(Self::$name),+];
        }
    };
}
pub(crate) use vocabulary;

/// The name of a value on the wire, in the ledger, in tables and lists of words: that of its variant, in snake case.
#[must_use]
pub fn code_of<'v, T>(value: &'v T) -> &'static str
where
    &'static str: From<&'v T>,
{
    value.into()
}

/// A name in the languages of the screens. English and Bengali are always given, the others may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Names {
    /// English.
    pub en: String,
    /// Bengali.
    pub bn: String,
    /// Hindi; empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hi: String,
    /// Nepali; empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ne: String,
    /// Urdu; empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ur: String,
}

impl Names {
    /// The name in a language; in English where that language has none.
    #[must_use]
    pub fn of(&self, language: Language) -> &str {
        let own = match language {
            Language::Bengali => &self.bn,
            Language::Hindi => &self.hi,
            Language::Nepali => &self.ne,
            Language::Urdu => &self.ur,
            Language::English | Language::BengaliLatin | Language::Santali => &self.en,
        };
        if own.is_empty() { &self.en } else { own }
    }
}

#[cfg(test)]
mod tests {
    use super::code_of;
    use crate::Role;
    use crate::atr::{Finding, Outcome};
    use crate::attachment::AttachmentKind;
    use crate::clock::Lane;
    use crate::counts::Dimension;
    use crate::lifecycle::{
        ActionKind, CallOutcome, Channel, ContactMeans, EventKind, Gender, Ground, Side, Stage, VisitFinding,
    };
    use crate::lodging::Affected;
    use crate::message::Template;
    use crate::wire::{Alarm, Due, ProblemCode, Queue};

    #[test]
    fn a_value_has_the_same_name_on_the_wire_and_in_words() {
        macro_rules! same {
            ($($values:expr),+ $(,)?) => {$(
                for value in $values {
                    assert_eq!(serde_json::to_value(value).expect("JSON"), code_of(&value));
                }
            )+};
        }
        same!(
            ActionKind::ALL,
            Affected::ALL,
            Alarm::ALL,
            [AttachmentKind::Photo, AttachmentKind::Voice],
            CallOutcome::ALL,
            Channel::ALL,
            ContactMeans::ALL,
            Dimension::ALL,
            Due::ALL,
            EventKind::ALL,
            Finding::ALL,
            Gender::ALL,
            Ground::ALL,
            Lane::ALL,
            [Outcome::Done, Outcome::PartlyDone, Outcome::CannotBeDone],
            ProblemCode::ALL,
            Queue::ALL,
            Role::ALL,
            Side::ALL,
            Stage::ALL,
            Template::ALL,
            VisitFinding::ALL,
        );
    }
}
