//! The languages of screens, messages and citizens' texts.

use serde::{Deserialize, Serialize};

/// A language that a citizen may write or read in. Screens exist for those in [`Language::CITIZEN`].
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
    /// The languages of the citizen's screens and messages, each with a complete catalogue.
    pub const CITIZEN: [Self; 5] = [Self::Bengali, Self::English, Self::Hindi, Self::Nepali, Self::Urdu];
    /// The languages of the staff's screens.
    pub const STAFF: [Self; 2] = [Self::Bengali, Self::English];

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

    /// What its readers call it.
    #[must_use]
    pub fn own_name(self) -> &'static str {
        match self {
            Self::Bengali => "বাংলা",
            Self::English => "English",
            Self::BengaliLatin => "Bangla",
            Self::Hindi => "हिन्दी",
            Self::Nepali => "नेपाली",
            Self::Urdu => "اردو",
            Self::Santali => "ᱥᱟᱱᱛᱟᱲᱤ",
        }
    }

    /// As `dir` attributes want it.
    #[must_use]
    pub fn direction(self) -> &'static str {
        if self == Self::Urdu { "rtl" } else { "ltr" }
    }

    /// Digit zero as the language writes it in prose (L10N-01).
    #[must_use]
    pub fn zero(self) -> char {
        match self {
            Self::Bengali => '\u{09E6}',
            Self::English | Self::BengaliLatin | Self::Hindi => '0',
            Self::Nepali => '\u{0966}',
            Self::Urdu => '\u{06F0}',
            Self::Santali => '\u{1C50}',
        }
    }

    /// ASCII digits as the language writes them in prose (L10N-01).
    #[must_use]
    pub fn digits(self, text: &str) -> String {
        let zero = u32::from(self.zero());
        text.chars().map(|c| c.to_digit(10).and_then(|digit| char::from_u32(zero + digit)).unwrap_or(c)).collect()
    }

    /// A number in lakh grouping, 46,00,000, in the language's digits (L10N-02).
    #[must_use]
    pub fn number(self, value: u32) -> String {
        let plain = value.to_string();
        let (head, tail) = plain.split_at(plain.len().saturating_sub(3));
        if head.is_empty() {
            return self.digits(tail);
        }
        let mut grouped = String::new();
        for (index, digit) in head.chars().enumerate() {
            if index > 0 && (head.len() - index) % 2 == 0 {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        self.digits(&format!("{grouped},{tail}"))
    }

    /// The first part of the paths in this language; Bengali has none.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Bengali | Self::BengaliLatin => "",
            Self::English => "/en",
            Self::Hindi => "/hi",
            Self::Nepali => "/ne",
            Self::Urdu => "/ur",
            Self::Santali => "/sat",
        }
    }

    /// The language of a path, and the path without its prefix.
    #[must_use]
    pub fn of_path(path: &str) -> (Self, &str) {
        let rest_of = |language: Self| {
            let rest = path.strip_prefix(language.prefix())?;
            (language.prefix() != "" && (rest.is_empty() || rest.starts_with('/'))).then_some((language, rest))
        };
        let (language, rest) = Self::CITIZEN.into_iter().find_map(rest_of).unwrap_or((Self::Bengali, path));
        (language, if rest.is_empty() { "/" } else { rest })
    }

    /// This path, which has no prefix, in the language.
    #[must_use]
    pub fn path(self, path: &str) -> String {
        match (self.prefix(), path) {
            ("", path) => path.to_owned(),
            (prefix, "/") => prefix.to_owned(),
            (prefix, path) => format!("{prefix}{path}"),
        }
    }

    /// The language of a tag, where it is one of ours.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// Guesses the language of a citizen's text from its script, so that it carries its own `lang`
    /// (A11Y-18). Latin letters are read as English and Devanagari as Hindi; telling Bengali in Latin letters or
    /// Nepali from them takes a model.
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
    fn paths_round_trip() {
        for language in Language::CITIZEN {
            for path in ["/", "/lodge", "/case/483190275516"] {
                assert_eq!(Language::of_path(&language.path(path)), (language, path));
            }
        }
        assert_eq!(Language::of_path("/english"), (Language::Bengali, "/english"));
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

    #[test]
    fn numbers_are_grouped_by_lakh_in_the_language_s_digits() {
        let table = [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (99_999, "99,999"),
            (100_000, "1,00,000"),
            (4_600_000, "46,00,000"),
        ];
        for (value, expected) in table {
            assert_eq!(Language::English.number(value), expected);
        }
        assert_eq!(Language::Bengali.number(4_600_000), "৪৬,০০,০০০");
        assert_eq!(Language::Urdu.digits("12:30"), "۱۲:۳۰");
    }
}
