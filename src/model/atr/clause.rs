//! Splits a report into clauses, so that a promise is told from the completed act beside it.

use super::words::{Kind, TABLE};
use crate::text;
use std::ops::Range;

/// A word of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// Its search key.
    pub key: String,
    /// The patterns of the table that may begin with it.
    pub begins: Vec<usize>,
    /// Its bytes in the text.
    pub at: Range<usize>,
    /// Whether it stands in quotation marks: somebody else's word.
    pub quoted: bool,
}

impl Word {
    /// Its digits, if it begins with one: `8th` gives 8.
    pub fn number(&self) -> Option<u32> {
        let digits: String = self.key.chars().take_while(char::is_ascii_digit).take(9).collect();
        digits.parse().ok()
    }

    /// Whether it consists of digits.
    fn is_number(&self) -> bool {
        self.key.bytes().all(|byte| byte.is_ascii_digit())
    }
}

/// The search key of a word, the same for every way of typing its vowels and apostrophes.
pub(super) fn key(word: &str) -> String {
    if word.contains(['\'', '’']) {
        text::search_key(&word.replace(['\'', '’'], ""))
    } else {
        text::search_key(word)
    }
}

/// The words of a text.
pub(super) fn words(text: &str) -> Vec<Word> {
    let quoted = quotations(text);
    let mut words: Vec<Word> = Vec::new();
    let mut begin = None;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let apostrophe = matches!(c, '\'' | '’') && begin.is_some() && next.is_some_and(char::is_alphabetic);
        let belongs = text::is_of_word(c) || apostrophe;
        if belongs && begin.is_none() {
            begin = Some(at);
        }
        let ends = if belongs { next.is_none().then(|| at + c.len_utf8()) } else { Some(at) };
        if let (Some(from), Some(to)) = (begin, ends) {
            let key = key(text.get(from..to).unwrap_or_default());
            let quoted = quoted.iter().any(|span| span.contains(&from));
            // A lone mark has no key.
            if !key.is_empty() && !key.contains(' ') {
                let begins = TABLE.begun_by(&key);
                words.push(Word { key, begins, at: from..to, quoted });
            }
            begin = None;
        }
    }
    words
}

/// The spans between quotation marks. A straight mark opens only where a word begins: in `6" pipe` it means inches.
fn quotations(text: &str) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    let mut open: Option<(usize, char)> = None;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        match (c, open) {
            ('“' | '«' | '„', None) => open = Some((at, if c == '«' { '»' } else { '”' })),
            ('"', None) if !text::is_of_word(before) => open = Some((at, '"')),
            (c, Some((from, close))) if c == close => {
                spans.push(from..at);
                open = None;
            }
            _ => {}
        }
        before = c;
    }
    spans
}

/// What separates a word from the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Break {
    None,
    /// A comma: another clause, if that has a verb.
    Clause,
    Sentence,
}

fn break_between(text: &str, word: &Word, next: &Word) -> Break {
    let gap = text.get(word.at.end..next.at.start).unwrap_or_default();
    let both_numbers = word.is_number() && next.is_number();
    if gap.contains(['।', '॥', '\n', '?', '!', ';', '؟', '۔', '|']) {
        return Break::Sentence;
    }
    if gap.starts_with('.') {
        // Not in `Dr. Sen`, `A.E.`, `No. 4`, `3.11.26`, `pwd.gov.in`.
        let short = text::length(&word.key) == 1 || TABLE.has(Kind::Short, &[word]);
        let joined = gap == "." && (both_numbers || text::length(&word.key) < 4 || text::length(&next.key) < 3);
        return if short || joined { Break::None } else { Break::Sentence };
    }
    if gap.contains(". ") || gap.contains(".)") {
        return Break::Sentence;
    }
    // Not in `1,00,000`.
    if gap.contains(',') && !(gap == "," && both_numbers) { Break::Clause } else { Break::None }
}

/// A sentence, as ranges of words that may be clauses of their own.
pub(super) fn sentences(text: &str, words: &[Word]) -> Vec<Vec<Range<usize>>> {
    let mut sentences = Vec::new();
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, word) in words.iter().enumerate() {
        let gap = words.get(at + 1).map_or(Break::Sentence, |next| break_between(text, word, next));
        let conjunction = words.get(at + 1).is_some_and(|next| TABLE.has(Kind::And, &[next]));
        if gap != Break::None || conjunction {
            parts.push(from..at + 1);
            from = at + 1;
        }
        if gap == Break::Sentence {
            sentences.push(std::mem::take(&mut parts));
        }
    }
    sentences
}

/// Whether the words name a day: `3/5/26`, `২২ নভেম্বর`, `on Monday`.
pub(super) fn has_date(text: &str, words: &[&Word]) -> bool {
    let numbered = |at: Option<usize>| at.and_then(|at| words.get(at)).is_some_and(|word| word.number().is_some());
    let months = TABLE.find(Kind::Month, words);
    TABLE.has(Kind::Day, words)
        || months.iter().any(|month| numbered(month.words.start.checked_sub(1)) || numbered(Some(month.words.end)))
        || words.windows(2).enumerate().any(|(at, pair)| is_date(text, pair, words.get(at + 2).copied()))
}

/// Whether two numbers, with the word after them, are a day and a month.
fn is_date(text: &str, pair: &[&Word], third: Option<&Word>) -> bool {
    let [first, second] = pair else { return false };
    let sign = |word: &Word, next: &Word| text.get(word.at.end..next.at.start).unwrap_or_default().to_owned();
    let between = sign(first, second);
    let fits = first.number().is_some_and(|day| (1..=31).contains(&day))
        && second.number().is_some_and(|month| (1..=12).contains(&month))
        && first.is_number();
    // `2.1` alone is a quantity.
    let year = third.is_some_and(|third| third.number().is_some() && sign(second, third) == between);
    fits && (matches!(between.as_str(), "/" | "-") || (between == "." && year))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<Vec<String>> {
        let words = words(text);
        let said = |range: Range<usize>| words[range].iter().map(|word| word.key.clone()).collect::<Vec<_>>().join(" ");
        sentences(text, &words).into_iter().map(|parts| parts.into_iter().map(said).collect()).collect()
    }

    #[test]
    fn full_stops_in_short_words_numbers_and_dates_end_no_sentence() {
        assert_eq!(split("Dr. Sen came on 3.11.26. Rs. 1,200 paid"), [["dr sen came on 3 11 26"], ["rs 1 200 paid"]]);
        assert_eq!(split("ড. সেন বসছেন। ওষুধ আছে"), [["ড সেন বসছেন"], ["ওষুধ আছে"]]);
        assert_eq!(split("Marked to the A.E. for compliance").len(), 1);
        assert_eq!(split("The doctor doesn't come"), [["the doctor doesnt come"]]);
        assert_eq!(split("Pump repaired.Water flows").len(), 2);
    }

    #[test]
    fn commas_and_conjunctions_may_begin_another_clause() {
        assert_eq!(split("Pump replaced, but platform will be made"), [["pump replaced", "but platform will be made"]]);
        assert_eq!(split("পাইপ বদলানো হয়েছে কিন্তু চাতাল হবে"), [["পাইপ বদলানো হয়েছে", "কিন্তু চাতাল হবে"]]);
    }

    #[test]
    fn dates_are_seen_in_any_digits() {
        for text in
            ["on 3/5/26", "৩-৫-২৬ এ", "२ नवंबर को", "22nd November", "Nov 4", "২৩ তারিখ", "3.11.26", "on Monday", "গতকাল"]
        {
            assert!(has_date(text, &words(text).iter().collect::<Vec<_>>()), "{text}");
        }
        for text in ["Rs 2.1 lakh", "FIR 212/26", "it may be", "14-16 houses", "2026-27", ""] {
            assert!(!has_date(text, &words(text).iter().collect::<Vec<_>>()), "{text}");
        }
    }

    #[test]
    fn quoted_words_are_somebody_else_s() {
        let quoted = |text: &str| words(text).iter().filter(|word| word.quoted).count();
        assert_eq!(quoted("He said “never come” and left"), 2);
        assert_eq!(quoted("He said \"never come\" and left"), 2);
        assert_eq!(quoted("4\" and 6\" pipe laid"), 0);
        assert_eq!(quoted("\"unfinished"), 0);
    }
}
