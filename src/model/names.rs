//! A name in the languages of the screens.

use crate::Language;
use serde::{Deserialize, Serialize};

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
