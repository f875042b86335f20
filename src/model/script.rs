//! Digits, dates and place names of a text in the script of somebody who reads another: what rules can tell, and nothing else. No
//! word is translated.

use crate::Language;

/// A piece of a text, with how it is read in the other script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// As written. All pieces together are the text.
    pub text: String,
    /// In the reader's script; `None` where no rule tells.
    pub reading: Option<String>,
}

/// A name as it is written in the text, and as the reader writes it.
pub type Name<'a> = (&'a str, &'a str);

/// Months, in Bengali and in English.
const MONTHS: [Name<'static>; 12] = [
    ("জানুয়ারি", "January"),
    ("ফেব্রুয়ারি", "February"),
    ("মার্চ", "March"),
    ("এপ্রিল", "April"),
    ("মে", "May"),
    ("জুন", "June"),
    ("জুলাই", "July"),
    ("আগস্ট", "August"),
    ("সেপ্টেম্বর", "September"),
    ("অক্টোবর", "October"),
    ("নভেম্বর", "November"),
    ("ডিসেম্বর", "December"),
];

/// What may follow a name within its word, as [`plain`] writes it: the cases of Bengali, and the English possessive.
const ENDINGS: [&str; 15] = ["", "র", "ের", "এর", "-এর", "-র", "তে", "ে", "এ", "কে", "েই", "েও", "য়", "য়ের", "'s"];

/// The text in pieces, for somebody who reads this language: English for the Latin script, any other for Bengali's. `names`: places
/// that may be meant, each as it is written in the other script and in the reader's.
#[must_use]
pub fn pieces(text: &str, reader: Language, names: &[Name<'_>]) -> Vec<Piece> {
    let parts: Vec<Part<'_>> = split(text).into_iter().map(Part::of).collect();
    let places: Vec<Known<'_>> = names.iter().filter_map(|(written, read)| Known::of(written, read)).collect();
    let months = MONTHS.map(|(bengali, english)| match reader {
        Language::English => (bengali, english),
        _ => (english, bengali),
    });
    let months: Vec<Known<'_>> = months.iter().filter_map(|(written, read)| Known::of(written, read)).collect();
    let (mut pieces, mut at) = (Vec::<Piece>::new(), 0);
    while let Some(part) = parts.get(at) {
        let rest = parts.get(at..).unwrap_or_default();
        let longest = || places.iter().filter(|place| place.begins(rest)).max_by_key(|place| place.words.len());
        let month = || {
            let month = months.iter().find(|month| month.begins(rest))?;
            (part.is_named() && is_dated(&parts, at)).then_some(month)
        };
        let known = if part.is_word { longest().or_else(month) } else { None };
        let (count, reading) = match known {
            Some(known) => (known.words.len(), Some(known.read.to_owned())),
            None => (1, in_digits_of(part.text, reader)),
        };
        let text: String = rest.iter().take(count).map(|part| part.text).collect();
        at += count;
        match pieces.last_mut().filter(|last| last.reading.is_none() && reading.is_none()) {
            Some(last) => last.text.push_str(&text),
            None => pieces.push(Piece { text, reading }),
        }
    }
    pieces
}

/// A word of a text, or what stands between two.
struct Part<'t> {
    text: &'t str,
    /// As words are compared.
    plain: String,
    is_word: bool,
}

impl<'t> Part<'t> {
    fn of(text: &'t str) -> Self {
        Self { text, plain: plain(text), is_word: text.starts_with(|letter: char| letter.is_alphanumeric()) }
    }

    /// Whether it may be a name: in the Latin script those begin with a capital ("may" is none).
    fn is_named(&self) -> bool {
        !self.text.starts_with(|letter: char| letter.is_ascii_lowercase())
    }
}

/// A name with the words of which it consists, and what stands between them.
struct Known<'n> {
    words: Vec<String>,
    read: &'n str,
}

impl<'n> Known<'n> {
    fn of(written: &str, read: &'n str) -> Option<Self> {
        let words: Vec<String> = split(written).into_iter().map(plain).collect();
        (!words.is_empty()).then_some(Self { words, read })
    }

    /// Whether a text begins with it; the last word may have an ending.
    fn begins(&self, parts: &[Part<'_>]) -> bool {
        let Some((last, before)) = self.words.split_last() else { return false };
        let (Some(start), Some(end)) = (parts.get(..before.len()), parts.get(before.len())) else { return false };
        let ending = end.plain.strip_prefix(last.as_str());
        ending.is_some_and(|ending| ENDINGS.contains(&ending))
            && before.iter().zip(start).all(|(word, part)| *word == part.plain)
    }
}

/// Whether a day or a year stands beside a word, with nothing but spaces or a hyphen between.
fn is_dated(parts: &[Part<'_>], at: usize) -> bool {
    let beside = [(at.checked_sub(1), at.checked_sub(2)), (Some(at + 1), Some(at + 2))];
    beside.into_iter().any(|(between, near)| {
        let part = |at: Option<usize>| at.and_then(|at| parts.get(at));
        let is_close = part(between).is_some_and(|part| part.text.chars().all(|c| c.is_whitespace() || c == '-'));
        is_close && part(near).is_some_and(|part| part.text.chars().any(|c| digit(c).is_some()))
    })
}

/// Words and what stands between them, in turn. A hyphen, a stroke, a full stop or an apostrophe within a word belongs to it.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut from, mut within) = (Vec::new(), 0, None);
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let goes_on = letters.peek().is_some_and(|(_, next)| next.is_alphanumeric());
        let joins = matches!(letter, '-' | '\'' | '/' | '.') && within == Some(true) && goes_on;
        let is_word = letter.is_alphanumeric() || is_mark(letter) || joins;
        if within.is_some_and(|within| within != is_word) {
            parts.extend(text.get(from..at));
            from = at;
        }
        within = Some(is_word);
    }
    parts.extend(text.get(from..).filter(|rest| !rest.is_empty()));
    parts
}

/// A sign of Bengali that is no letter by itself: vowel signs, hasanta, nukta, and the joiners.
fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{981}'..='\u{983}' | '\u{9BC}'..='\u{9D7}' | '\u{200C}' | '\u{200D}')
}

/// A word as words are compared: without capitals, and each letter with a nukta written in one way.
fn plain(word: &str) -> String {
    let word = word.to_lowercase();
    if !word.contains(['\u{9DF}', '\u{9DC}', '\u{9DD}']) {
        return word;
    }
    word.replace('\u{9DF}', "\u{9AF}\u{9BC}").replace('\u{9DC}', "\u{9A1}\u{9BC}").replace('\u{9DD}', "\u{9A2}\u{9BC}")
}

/// The value of a digit, and the zero of its script: Latin, Bengali, Devanagari, or Urdu's.
fn digit(letter: char) -> Option<(u32, char)> {
    let of = |zero: char| {
        let value = u32::from(letter).checked_sub(u32::from(zero))?;
        (value < 10).then_some((value, zero))
    };
    ['0', '০', '०', '۰'].into_iter().find_map(of)
}

/// A word with the reader's digits; `None` where it has no others.
fn in_digits_of(word: &str, reader: Language) -> Option<String> {
    let zero = if reader == Language::English { '0' } else { '০' };
    let read = |letter| match digit(letter) {
        Some((value, _)) => char::from_u32(u32::from(zero) + value).unwrap_or(letter),
        None => letter,
    };
    let other = word.chars().any(|letter| digit(letter).is_some_and(|(_, of)| of != zero));
    // Where letters stand beside the digits, the digits alone are read.
    let kept = |letter: &char| digit(*letter).is_some() || !letter.is_alphabetic() && !is_mark(*letter);
    let digits: String = word.chars().filter(kept).map(read).collect();
    other.then(|| digits.trim_matches(|letter| digit(letter).is_none()).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PLACES: [Name<'static>; 4] = [
        ("বীরভূম", "Birbhum"),
        ("বোলপুর-শ্রীনিকেতন", "Bolpur-Sriniketan"),
        ("দক্ষিণ দিনাজপুর", "Dakshin Dinajpur"),
        ("নদিয়া", "Nadia"),
    ];

    /// What is read of a text, in order.
    fn read(text: &str, reader: Language, names: &[Name<'_>]) -> Vec<(String, String)> {
        let pieces = pieces(text, reader, names);
        pieces.into_iter().filter_map(|piece| Some((piece.text, piece.reading?))).collect()
    }

    #[test]
    fn digits_dates_and_places_are_read_and_no_word_else() {
        let named =
            |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<Vec<_>>();
        for (text, expected) in [
            ("টিউবওয়েল ৩ মাস ধরে খারাপ।", &[("৩", "3")][..]),
            ("৫ নভেম্বর থেকে জল নেই", &[("৫", "5"), ("নভেম্বর", "November")]),
            ("১২/১১/২০২৬ তারিখে", &[("১২/১১/২০২৬", "12/11/2026")]),
            ("বীরভূমের লোক", &[("বীরভূমের", "Birbhum")]),
            ("দক্ষিণ দিনাজপুরে ২ বার", &[("দক্ষিণ দিনাজপুরে", "Dakshin Dinajpur"), ("২", "2")]),
            ("বোলপুর-শ্রীনিকেতন ব্লকে", &[("বোলপুর-শ্রীনিকেতন", "Bolpur-Sriniketan")]),
            // However the letter with its dot is written.
            ("নদি\u{9DF}ায় থাকি", &[("নদি\u{9DF}ায়", "Nadia")]),
            ("নদি\u{9AF}\u{9BC}া", &[("নদি\u{9AF}\u{9BC}া", "Nadia")]),
            // A month only where a day or a year stands beside it; a place only as a whole word.
            ("আমার মে অসুস্থ", &[]),
            ("বীরভূমবাসী", &[]),
            ("৭ম শ্রেণি", &[("৭ম", "7")]),
            ("Road broken since 2024", &[]),
            ("५ दिन से", &[("५", "5")]),
            ("২০২৪-এর ১২.৫ টাকা", &[("২০২৪-এর", "2024"), ("১২.৫", "12.5")]),
        ] {
            assert_eq!(read(text, Language::English, &PLACES), named(expected), "{text}");
        }
        let back = PLACES.map(|(bengali, english)| (english, bengali));
        for (text, expected) in [
            ("No water in Birbhum since 5 May.", &[("Birbhum", "বীরভূম"), ("5", "৫"), ("May", "মে")][..]),
            ("only 5 may work, in ward 5, may be", &[("5", "৫"), ("5", "৫")]),
            ("Rs.500 at house-34", &[("Rs.500", "৫০০"), ("house-34", "৩৪")]),
            ("dakshin dinajpur's road", &[("dakshin dinajpur's", "দক্ষিণ দিনাজপুর")]),
            ("জল নেই ৩ দিন", &[]),
        ] {
            assert_eq!(read(text, Language::Bengali, &back), named(expected), "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_of_a_text_is_lost(text in "[a-z ০-৯0-9ক-হ\u{9BE}\u{9DF}.,/'-]{0,40}", english in any::<bool>()) {
            let reader = if english { Language::English } else { Language::Bengali };
            let all: String = pieces(&text, reader, &PLACES).into_iter().map(|piece| piece.text).collect();
            prop_assert_eq!(all, text);
        }
    }
}
