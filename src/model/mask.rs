//! Hides the citizen's identity in texts that others wrote: in shielded cases neither the citizen's name nor any
//! telephone number reaches the department.

use crate::{Mobile, likeness, text};

/// Replaces what is hidden.
const HIDDEN: &str = "▪▪▪";
/// Most letters that a case ending adds to a name.
const ENDING: usize = 4;
/// Fewest letters of a part of a name that is looked for within longer words.
const WITHIN: usize = 5;
/// Fewest sounds of a name that is looked for by sound in another script.
const SOUNDS: usize = 3;

/// The text without the parts of the name and without mobile numbers. Names are recognised with case endings, and by
/// sound in other scripts; a word that merely sounds like the name is hidden as well.
#[must_use]
pub fn masked(said: &str, name: &str) -> String {
    let parts: Vec<(String, String)> = words(name)
        .filter(|(word, is_word)| *is_word && text::length(word) >= 2)
        .map(|(word, _)| (text::search_key(word), likeness::skeleton(word)))
        .collect();
    let mut shown = String::with_capacity(said.len());
    for (word, is_word) in words(&without_numbers(said)) {
        shown.push_str(if is_word && names(word, &parts) { HIDDEN } else { word });
    }
    shown
}

/// Whether [`masked`] would hide anything.
#[must_use]
pub fn finds(said: &str, name: &str) -> bool {
    masked(said, name) != said
}

fn names(word: &str, parts: &[(String, String)]) -> bool {
    // Characters without width separate nothing for a reader.
    let word: String = word.chars().filter(|c| !matches!(c, '\u{200B}'..='\u{200D}' | '\u{FEFF}')).collect();
    let (key, sounds) = (text::search_key(&word), likeness::skeleton(&word));
    // The nasal of "Hansda" may be written or not.
    let plain = |heard: &str| heard.replace('n', "");
    parts.iter().any(|(part, heard)| {
        let ends = key.strip_prefix(part.as_str()).is_some_and(|ending| ending.chars().count() <= ENDING);
        let within = part.chars().count() >= WITHIN && key.contains(part.as_str());
        let alike = |own: &str, heard: &str| {
            heard.len() >= SOUNDS && own.strip_prefix(heard).is_some_and(|ending| ending.len() <= 1)
        };
        let sounds_alike = alike(&sounds, heard) || alike(&plain(&sounds), &plain(heard));
        (ends && !part.is_empty()) || within || sounds_alike
    })
}

/// The text in pieces: words, and what stands between them.
fn words(said: &str) -> impl Iterator<Item = (&str, bool)> {
    let between = |c: char| c.is_whitespace() || c.is_ascii_punctuation() || "।॥،؛؟…–—“”‘’".contains(c);
    let mut rest = said;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end = rest.find(|c| between(c) != between(first)).unwrap_or(rest.len());
        let (piece, after) = rest.split_at_checked(end)?;
        rest = after;
        Some((piece, !between(first)))
    })
}

/// The text without mobile numbers, however their digits are written and grouped.
fn without_numbers(said: &str) -> String {
    let joins = |c: char| {
        c.is_whitespace() || "-.()+/,_\u{200B}\u{200C}\u{200D}\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}".contains(c)
    };
    let (mut shown, mut run) = (String::with_capacity(said.len()), String::new());
    for c in said.chars() {
        if text::ascii_digit(c).is_some() || (joins(c) && (!run.is_empty() || c == '+')) {
            run.push(c);
        } else {
            shown.push_str(&masked_run(&run));
            run.clear();
            shown.push(c);
        }
    }
    shown.push_str(&masked_run(&run));
    shown
}

/// A run of digits and separators without the mobile numbers among its groups.
fn masked_run(run: &str) -> String {
    // Start and end of each group of digits.
    let mut groups: Vec<(usize, usize)> = Vec::new();
    for (at, c) in run.char_indices().filter(|(_, c)| text::ascii_digit(*c).is_some()) {
        match groups.last_mut() {
            Some((_, end)) if *end == at => *end = at + c.len_utf8(),
            _ => groups.push((at, at + c.len_utf8())),
        }
    }
    let (mut shown, mut kept, mut first) = (String::new(), 0, 0);
    while let Some((start, _)) = groups.get(first).copied() {
        let until = groups.iter().enumerate().skip(first).find_map(|(index, (_, end))| {
            let digits = text::digits(run.get(start..*end)?);
            Mobile::parse(&digits).is_ok().then_some((index, *end))
        });
        match until {
            Some((index, end)) => {
                shown.push_str(run.get(kept..start).unwrap_or_default());
                shown.push_str(HIDDEN);
                (kept, first) = (end, index + 1);
            }
            None => first += 1,
        }
    }
    shown.push_str(run.get(kept..).unwrap_or_default());
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_are_hidden_however_they_are_written() {
        let table = [
            ("রহিমা বিবি", "রহিমা বিবিকে মারধর করা হয়", "▪▪▪ ▪▪▪ মারধর করা হয়"),
            ("রহিমা বিবি", "রহিমার স্বামী", "▪▪▪ স্বামী"),
            ("রহিমা বিবি", "Rahima was beaten", "▪▪▪ was beaten"),
            ("Rahima Bibi", "রহিমা, থানার সামনে", "▪▪▪, থানার সামনে"),
            ("", "call 98300 12345 now", "call ▪▪▪ now"),
            ("", "ফোন: ৯৮৩০০১২৩৪৫।", "ফোন: ▪▪▪।"),
            ("Malati Hansda", "মালতীর স্বামী, হাঁসদা, Hasda, MalatiHansda", "▪▪▪ স্বামী, ▪▪▪, ▪▪▪, ▪▪▪"),
            ("", "98765_00818 98765\n00819", "▪▪▪ ▪▪▪"),
            ("", "+91-98300-12345", "+▪▪▪"),
            ("", "ওয়ার্ড ১২ ৯৮৩০০ ১২৩৪৫", "ওয়ার্ড ১২ ▪▪▪"),
            ("", "1. 98300 12345", "1. ▪▪▪"),
            ("", "98300 12345 98311 22334", "▪▪▪ ▪▪▪"),
            ("", "98300–12345, 98300/12345", "▪▪▪, ▪▪▪"),
            ("", "3 May 2026, case 4831 9027 5516", "3 May 2026, case 4831 9027 5516"),
            ("রহিমা বিবি", "জল নেই তিন মাস", "জল নেই তিন মাস"),
        ];
        for (name, said, shown) in table {
            assert_eq!(masked(said, name), shown, "{said}");
            assert_eq!(finds(said, name), said != shown);
        }
    }
}
