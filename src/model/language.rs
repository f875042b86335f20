//! The languages of screens, messages and citizens' texts.

use serde::{Deserialize, Serialize};

/// A language that a citizen may write or read in. Screens exist for those in [`Language::SCREEN`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Language {
    /// Bengali in Bengali script.
    #[default]
    #[serde(rename = "bn")]
    Bengali,
    /// English.
    #[serde(rename = "en")]
    English,
    /// Bengali as typed in Latin letters; a language of texts, not of screens.
    #[serde(rename = "bn-Latn")]
    BengaliLatin,
    /// Hindi.
    #[serde(rename = "hi")]
    Hindi,
    /// Nepali.
    #[serde(rename = "ne")]
    Nepali,
    /// Urdu, right to left.
    #[serde(rename = "ur")]
    Urdu,
    /// Santali in Ol Chiki.
    #[serde(rename = "sat")]
    Santali,
}

impl Language {
    /// Every language, in the order of their first appearance on screens.
    pub const ALL: [Self; 7] =
        [Self::Bengali, Self::English, Self::BengaliLatin, Self::Hindi, Self::Nepali, Self::Urdu, Self::Santali];
    /// The languages that have a complete catalogue.
    pub const SCREEN: [Self; 2] = [Self::Bengali, Self::English];

    /// The BCP 47 tag, as `lang` attributes want it.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Bengali => "bn",
            Self::English => "en",
            Self::BengaliLatin => "bn-Latn",
            Self::Hindi => "hi",
            Self::Nepali => "ne",
            Self::Urdu => "ur",
            Self::Santali => "sat",
        }
    }

    /// The language of a tag, where it is one of ours.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// Guesses the language of a citizen's text from its script, so that it carries its own `lang`
    /// (A11Y-18). Latin letters are read as English; telling Bengali in Latin letters from it takes a model.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        let mut counts = [0usize; 4];
        for c in text.chars() {
            match c {
                '\u{0980}'..='\u{09FF}' => counts[0] += 1,
                '\u{0900}'..='\u{097F}' => counts[1] += 1,
                '\u{0600}'..='\u{06FF}' => counts[2] += 1,
                '\u{1C50}'..='\u{1C7F}' => counts[3] += 1,
                _ => {}
            }
        }
        let scripts = [Self::Bengali, Self::Hindi, Self::Urdu, Self::Santali];
        counts
            .into_iter()
            .zip(scripts)
            .max_by_key(|(count, _)| *count)
            .filter(|(count, _)| *count > 0)
            .map_or(Self::English, |(_, language)| language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_round_trip() {
        for language in Language::ALL {
            assert_eq!(Language::from_tag(language.tag()), Some(language));
        }
        assert_eq!(Language::from_tag("xx"), None);
    }

    #[test]
    fn the_script_tells_the_language() {
        let table = [
            ("টিউবওয়েল খারাপ", Language::Bengali),
            ("The tube well is broken", Language::English),
            ("पानी नहीं आता", Language::Hindi),
            ("پانی نہیں ہے", Language::Urdu),
            ("ᱫᱟᱜ ᱵᱟᱝ", Language::Santali),
            ("12 345", Language::English),
        ];
        for (text, expected) in table {
            assert_eq!(Language::of_text(text), expected, "{text}");
        }
    }
}
