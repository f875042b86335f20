//! Hiding who somebody is in what others have written: on shielded cases neither the citizen's name nor any telephone
//! number reaches the department, in whichever text it stands.

use crate::{Mobile, likeness, text};

/// What stands where something was hidden.
const HIDDEN: &str = "▪▪▪";
/// Letters that a case ending may add to a name.
const ENDING: usize = 4;
/// Sounds that a name must have to be known by them in another script.
const SOUNDS: usize = 3;

/// The text without the name's parts and without mobile numbers. Names are known with their endings, and by their sounds in
/// other scripts; a word that only sounds like the name goes with it.
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

/// Whether [`masked`] would hide something.
#[must_use]
pub fn finds(said: &str, name: &str) -> bool {
    masked(said, name) != said
}

fn names(word: &str, parts: &[(String, String)]) -> bool {
    let (key, sounds) = (text::search_key(word), likeness::skeleton(word));
    parts.iter().any(|(part, heard)| {
        let ends = key.strip_prefix(part.as_str()).is_some_and(|ending| ending.chars().count() <= ENDING);
        let sounds_alike = heard.len() >= SOUNDS && sounds == *heard;
        (ends && !part.is_empty()) || sounds_alike
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
    let joins = |c: char| matches!(c, ' ' | '-' | '.' | '(' | ')' | '+' | '\u{A0}');
    let mut shown = String::with_capacity(said.len());
    let mut run = String::new();
    let flush = |run: &mut String, shown: &mut String| {
        let digits = run.trim_end_matches(joins);
        let after = run.get(digits.len()..).unwrap_or_default();
        if holds_number(digits) {
            shown.push_str(HIDDEN);
            shown.push_str(after);
        } else {
            shown.push_str(run);
        }
        run.clear();
    };
    for c in said.chars() {
        if text::ascii_digit(c).is_some() || (joins(c) && !run.is_empty()) || c == '+' {
            run.push(c);
        } else {
            flush(&mut run, &mut shown);
            shown.push(c);
        }
    }
    flush(&mut run, &mut shown);
    shown
}

/// Whether a run of digits is a mobile number or has one among its groups.
fn holds_number(run: &str) -> bool {
    Mobile::parse(run).is_ok() || run.split([' ', '\u{A0}']).any(|group| Mobile::parse(group).is_ok()) || {
        let digits = text::digits(run);
        digits.len() > 10
            && digits.len() <= 24
            && (0..=digits.len() - 10).any(|at| digits.get(at..at + 10).is_some_and(|ten| Mobile::parse(ten).is_ok()))
            && run.chars().filter(|c| *c == ' ').count() == 0
    }
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
            ("", "+91-98300-12345", "▪▪▪"),
            ("", "3 May 2026, case 4831 9027 5516", "3 May 2026, case 4831 9027 5516"),
            ("রহিমা বিবি", "জল নেই তিন মাস", "জল নেই তিন মাস"),
        ];
        for (name, said, shown) in table {
            assert_eq!(masked(said, name), shown, "{said}");
            assert_eq!(finds(said, name), said != shown);
        }
    }
}
