//! The languages of screens, messages and citizens' texts: tags, digits, grouping, plurals, dates.

use serde::{Deserialize, Serialize};

/// A language that a citizen may write or read in. [`Language::CITIZEN`] are those of screens and messages.
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
    /// Every language.
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

    /// Its name in itself, as its readers know it.
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

    /// `ltr` or `rtl`, for `dir` attributes.
    #[must_use]
    pub fn direction(self) -> &'static str {
        if self == Self::Urdu { "rtl" } else { "ltr" }
    }

    /// The digit zero that the language uses in prose (L10N-01).
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

    /// The text with its ASCII digits replaced by the language's digits in prose (L10N-01).
    #[must_use]
    pub fn digits(self, text: &str) -> String {
        let zero = u32::from(self.zero());
        text.chars().map(|c| c.to_digit(10).and_then(|digit| char::from_u32(zero + digit)).unwrap_or(c)).collect()
    }

    /// A number in lakh grouping (46,00,000), with the language's digits and separator (L10N-02).
    #[must_use]
    pub fn number(self, value: u32) -> String {
        let mark = if self == Self::Urdu { '\u{066C}' } else { ',' };
        let plain = value.to_string();
        let (head, tail) = plain.split_at(plain.len().saturating_sub(3));
        if head.is_empty() {
            return self.digits(tail);
        }
        let mut grouped = String::new();
        for (index, digit) in head.chars().enumerate() {
            if index > 0 && (head.len() - index) % 2 == 0 {
                grouped.push(mark);
            }
            grouped.push(digit);
        }
        self.digits(&format!("{grouped}{mark}{tail}"))
    }

    /// A day in full, in the order and with the punctuation of the language: `২১ আগস্ট, ২০২৬`. `month` is the month's
    /// name.
    #[must_use]
    pub fn day_in_full(self, year: i32, month: &str, day: u32) -> String {
        let text = match self {
            Self::Nepali => format!("{year} {month} {day}"),
            Self::Bengali => format!("{day} {month}, {year}"),
            Self::Urdu => format!("{day} {month}، {year}"),
            _ => format!("{day} {month} {year}"),
        };
        self.digits(&text)
    }

    /// A day without its year.
    #[must_use]
    pub fn day_of_year(self, month: &str, day: u32) -> String {
        let text = if self == Self::Nepali { format!("{month} {day}") } else { format!("{day} {month}") };
        self.digits(&text)
    }

    /// A time of day as people say it: the part of the day and the hour of 12. `hour` is 0 to 23, `minute` 0 to 59.
    #[must_use]
    pub fn time_of_day(self, hour: u32, minute: u32) -> String {
        let part = |parts: &[(u32, &'static str)]| {
            parts.iter().rev().find(|(from, _)| hour >= *from).map_or("", |(_, name)| *name)
        };
        let clock = format!("{}:{minute:02}", (hour + 11) % 12 + 1);
        let text = match self {
            Self::Bengali => {
                let parts = [(0, "রাত"), (4, "ভোর"), (6, "সকাল"), (12, "দুপুর"), (15, "বিকেল"), (18, "সন্ধ্যা"), (20, "রাত")];
                let minutes = if minute == 0 { String::new() } else { format!(" {minute}") };
                format!("{} {}টা{minutes}", part(&parts), (hour + 11) % 12 + 1)
            }
            Self::Hindi => {
                format!("{} {clock}", part(&[(0, "रात"), (4, "सुबह"), (12, "दोपहर"), (16, "शाम"), (20, "रात")]))
            }
            Self::Nepali => {
                format!("{} {clock}", part(&[(0, "राति"), (4, "बिहान"), (12, "दिउँसो"), (16, "साँझ"), (20, "राति")]))
            }
            Self::Urdu => {
                format!("{} {clock}", part(&[(0, "رات"), (4, "صبح"), (12, "دوپہر"), (16, "شام"), (20, "رات")]))
            }
            _ => format!("{clock} {}", part(&[(0, "am"), (12, "pm")])),
        };
        self.digits(&text)
    }

    /// The plural form for a count (L10N-03), by CLDR's rules for whole numbers.
    #[must_use]
    pub fn plural(self, count: u32) -> Plural {
        match (self, count) {
            (Self::Bengali | Self::Hindi, 0) | (_, 1) => Plural::One,
            (Self::Santali, 2) => Plural::Two,
            _ => Plural::Other,
        }
    }

    /// The plural forms that the language has; each catalogue must have a text for every one.
    #[must_use]
    pub fn plurals(self) -> &'static [Plural] {
        match self {
            Self::Santali => &[Plural::One, Plural::Two, Plural::Other],
            _ => &[Plural::One, Plural::Other],
        }
    }

    /// Prefix of the paths in this language, such as `/en`; empty for Bengali.
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

    /// The language of a path, and the path without the language's prefix.
    #[must_use]
    pub fn of_path(path: &str) -> (Self, &str) {
        let rest_of = |language: Self| {
            let rest = path.strip_prefix(language.prefix())?;
            (language.prefix() != "" && (rest.is_empty() || rest.starts_with('/'))).then_some((language, rest))
        };
        let (language, rest) = Self::CITIZEN.into_iter().find_map(rest_of).unwrap_or((Self::Bengali, path));
        (language, if rest.is_empty() { "/" } else { rest })
    }

    /// This path, given without prefix, in the language.
    #[must_use]
    pub fn path(self, path: &str) -> String {
        match (self.prefix(), path) {
            ("", path) => path.to_owned(),
            (prefix, "/") => prefix.to_owned(),
            (prefix, path) => format!("{prefix}{path}"),
        }
    }

    /// The language of a BCP 47 tag; `None` where it is none of ours.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// Guesses the language of a citizen's text, so that it carries its own `lang` (A11Y-18): by its script and, where
    /// languages share that, by the language of the page on which it was written and by common small words.
    #[must_use]
    pub fn of_text(text: &str, page: Self) -> Self {
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
        let script = counts.into_iter().zip(scripts).max_by_key(|(count, _)| *count).filter(|(count, _)| *count > 0);
        match (script, page) {
            (Some((_, Self::Hindi)), Self::Nepali) => Self::Nepali,
            (Some((_, language)), _) => language,
            (None, Self::Bengali | Self::BengaliLatin) if is_bengali_in_latin(text) => Self::BengaliLatin,
            (None, _) => Self::English,
        }
    }
}

/// Plural forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Plural {
    /// One thing; in Bengali and Hindi also none.
    One,
    /// Two things, where a language has a dual.
    Two,
    /// Any other number.
    Other,
}

impl Plural {
    /// Suffix of a catalogue's key for this form; empty for the form that every text has.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::One => ".one",
            Self::Two => ".two",
            Self::Other => "",
        }
    }
}

/// Whether a text in Latin letters is Bengali: it has words that English lacks, and none of those that every English
/// sentence has.
fn is_bengali_in_latin(text: &str) -> bool {
    const ENGLISH: [&str; 16] =
        ["the", "is", "are", "was", "has", "have", "not", "and", "of", "to", "in", "for", "my", "our", "we", "it"];
    const BENGALI: [&str; 30] = [
        "nei", "hoy", "hoye", "hocche", "hoche", "hoyni", "kharap", "amar", "amader", "amra", "ache", "achhe", "kore",
        "korun", "korchhe", "din", "mas", "dhore", "keu", "ekhono", "ekta", "jol", "bari", "er", "theke", "geche",
        "bochor", "paini", "pachhi", "asche",
    ];
    let words: Vec<String> = text.split(|c: char| !c.is_ascii_alphabetic()).map(str::to_ascii_lowercase).collect();
    let any = |of: &[&str]| words.iter().any(|word| of.contains(&word.as_str()));
    any(&BENGALI) && !any(&ENGLISH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_the_day_is_said_as_people_say_it() {
        let table = [
            (Language::Bengali, 10, 48, "সকাল ১০টা ৪৮"),
            (Language::Bengali, 14, 0, "দুপুর ২টা"),
            (Language::Bengali, 0, 5, "রাত ১২টা ৫"),
            (Language::English, 0, 5, "12:05 am"),
            (Language::English, 12, 0, "12:00 pm"),
            (Language::Hindi, 18, 30, "शाम 6:30"),
            (Language::Nepali, 23, 59, "राति ११:५९"),
            (Language::Urdu, 5, 0, "صبح ۵:۰۰"),
        ];
        for (language, hour, minute, expected) in table {
            assert_eq!(language.time_of_day(hour, minute), expected);
        }
    }

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
    fn the_script_and_the_page_tell_the_language() {
        let table = [
            ("টিউবওয়েল খারাপ", Language::English, Language::Bengali),
            ("The tube well is broken", Language::Bengali, Language::English),
            ("Broken tube well, no water in our para", Language::Bengali, Language::English),
            ("Amader parar kol kharap, jol nei", Language::Bengali, Language::BengaliLatin),
            ("Amader parar kol kharap, jol nei", Language::English, Language::English),
            ("Street light broken near school", Language::Bengali, Language::English),
            ("पानी नहीं आता", Language::Bengali, Language::Hindi),
            ("धारामा पानी आउँदैन", Language::Nepali, Language::Nepali),
            ("پانی نہیں ہے", Language::Bengali, Language::Urdu),
            ("ᱫᱟᱜ ᱵᱟᱝ", Language::Bengali, Language::Santali),
            ("12 345", Language::Bengali, Language::English),
            ("OK", Language::Bengali, Language::English),
        ];
        for (text, page, expected) in table {
            assert_eq!(Language::of_text(text, page), expected, "{text}");
        }
    }

    #[test]
    fn numbers_days_and_plurals_are_those_of_the_golden_table() {
        use Plural::{One, Other, Two};
        // Language, 46,00,000, its month, 21 August 2026, the forms of 0, 1, 2 and 5.
        let table = [
            (Language::Bengali, "৪৬,০০,০০০", "আগস্ট", "২১ আগস্ট, ২০২৬", [One, One, Other, Other]),
            (Language::English, "46,00,000", "August", "21 August 2026", [Other, One, Other, Other]),
            (Language::Hindi, "46,00,000", "अगस्त", "21 अगस्त 2026", [One, One, Other, Other]),
            (Language::Nepali, "४६,००,०००", "अगस्ट", "२०२६ अगस्ट २१", [Other, One, Other, Other]),
            (Language::Urdu, "۴۶٬۰۰٬۰۰۰", "اگست", "۲۱ اگست، ۲۰۲۶", [Other, One, Other, Other]),
            (Language::Santali, "᱔᱖,᱐᱐,᱐᱐᱐", "ᱟᱜᱟᱥᱛ", "᱒᱑ ᱟᱜᱟᱥᱛ ᱒᱐᱒᱖", [Other, One, Two, Other]),
        ];
        for (language, number, month, day, plurals) in table {
            assert_eq!(language.number(4_600_000), number);
            assert_eq!(language.day_in_full(2026, month, 21), day);
            assert_eq!([0, 1, 2, 5].map(|count| language.plural(count)), plurals, "{}", language.tag());
            assert!(plurals.iter().all(|form| language.plurals().contains(form)));
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
