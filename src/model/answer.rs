//! Reads what a citizen sends by text message: an answer, a request for a code, STOP and the like. The word lists are
//! data.
//!
//! Where a message is ambiguous the citizen is asked again, never guessed at: a wrong "yes" closes a grievance.

use crate::{Reference, sign, text};
use serde::{Deserialize, Serialize};

/// The meaning of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// An answer to the question whether the work is done.
    Answer(Answer),
    /// Asks for a one-time code.
    Code,
    /// Wants no more messages.
    Stop,
    /// Wants messages again.
    Start,
    /// The messages reach somebody else than the citizen.
    WrongNumber,
    /// None of these, or several at once.
    Unclear,
}

/// An answer to the question whether the work is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// Whether it says yes.
    pub done: bool,
    /// The number of the reply (see [`codes`]), which names the report it is about; `None` where the answer was in
    /// words.
    pub code: Option<u8>,
    /// The grievance that the message names; `None` where it names none.
    pub reference: Option<Reference>,
}

/// The numbers with which a citizen answers yes and no to a report, from 1 to 98. Every report has two of its own, so
/// that a late answer to an earlier report is not taken for an answer to this one; after 49 reports they repeat.
///
/// A person's `first` grievance starts with 1 and 2. Every other one starts at an offset taken from its reference. These
/// are the preferred ones: whose grievance is the first can change, so a question offers what is free on its telephone
/// ([`free_codes`]), and an answer is held against what was offered ([`offered`]).
#[must_use]
pub fn codes(of: Reference, first: bool, report: u8) -> (u8, u8) {
    let start = if first { 0 } else { 1 + (of.as_u64() / 10 % 48) };
    pair((start + u64::from(report.saturating_sub(1))) % 49)
}

/// The codes at a place, from 0 to 48.
fn pair(at: u64) -> (u8, u8) {
    let yes = u8::try_from(at).unwrap_or(0) * 2 + 1;
    (yes, yes + 1)
}

/// Codes for a question to a telephone: the preferred ones, or the next that no question there has `offered` so far. Once
/// all are taken they repeat; a reply that fits several questions is asked about again.
#[must_use]
pub fn free_codes(preferred: (u8, u8), offered: &[(u8, u8)]) -> (u8, u8) {
    let first = u64::from(preferred.0 / 2);
    let mut following = (first..first + 49).map(|at| pair(at % 49));
    following.find(|codes| !offered.contains(codes)).unwrap_or(preferred)
}

/// The codes that a question offers, read from its text: what stands on the telephone counts, whatever has become of the
/// grievance since. `None` where it offers none.
#[must_use]
pub fn offered(question: &str) -> Option<(u8, u8)> {
    let mut numbers = question.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty());
    let mut before: Option<u8> = None;
    numbers.find_map(|digits| {
        let number = digits.parse::<u8>().ok().filter(|_| digits.len() <= 2);
        let yes = std::mem::replace(&mut before, number)?;
        (number? == yes + 1 && yes % 2 == 1 && yes <= 97).then_some((yes, yes + 1))
    })
}

/// The word lists by which short messages are understood (`public/reference/answers.json`), in the form that
/// [`text::search_key`] gives. Signs are described in `sign.rs`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Whole messages that ask for a code.
    pub code: Vec<String>,
    /// Whole messages that ask for messages again.
    pub start: Vec<String>,
    /// Whole messages that ask for no more messages.
    pub stop: Vec<String>,
    /// Signs of a wish for no more messages.
    pub stop_signs: Vec<String>,
    /// Phrases that say the message reached somebody else, matched word for word in messages of up to eight words.
    pub wrong_number: Vec<String>,
    /// Signs that the message reached somebody else.
    pub wrong_signs: Vec<String>,
    /// Signs of doubt: but, half, will, who, they say. Where one is found the citizen is asked again.
    pub doubt: Vec<String>,
    /// Signs such as "no problem", in which "no" is no denial.
    pub no_trouble: Vec<String>,
    /// Signs that the work is not done.
    pub not_done: Vec<String>,
    /// Signs that the work is done.
    pub done: Vec<String>,
    /// Words for no.
    pub no: Vec<String>,
    /// Words for yes.
    pub yes: Vec<String>,
    /// Units of time and months: a number before one of them is not an answer.
    pub times: Vec<String>,
    /// Words around an answer that carry no meaning: "reply 2".
    pub fillers: Vec<String>,
}

/// All parts of a sign must stand within so many words.
const NEAR: usize = 5;
/// Longest message, in words, that is read as "wrong number".
const SHORT: usize = 8;
/// Longest message, in words, that is read as an answer.
const LONG: usize = 14;

impl Words {
    /// Reads a message such as "1", "2 না", "yes 4831 9027 5516" or "STOP".
    #[must_use]
    pub fn read(&self, message: &str) -> Said {
        let key = text::search_key(message);
        let words: Vec<&str> = key.split(' ').filter(|word| !word.is_empty()).collect();
        let whole = |list: &[String]| list.contains(&key);
        if whole(&self.code) {
            return Said::Code;
        }
        if whole(&self.stop) || any(&self.stop_signs, &words) {
            return Said::Stop;
        }
        if whole(&self.start) {
            return Said::Start;
        }
        let padded = format!(" {key} ");
        let wrong = self.wrong_number.iter().any(|entry| padded.contains(&format!(" {entry} ")));
        if words.len() <= SHORT && (wrong || any(&self.wrong_signs, &words)) {
            return Said::WrongNumber;
        }
        // A number with a suffix for counting ("1টা of 2টা") counts things and is no answer.
        let counts =
            |word: &&str| word.contains(|c: char| c.is_ascii_digit()) && !word.bytes().all(|c| c.is_ascii_digit());
        if words.len() > LONG || message.contains(['?', '؟']) || words.iter().any(counts) {
            return Said::Unclear;
        }
        self.answer(&words).map_or(Said::Unclear, Said::Answer)
    }

    fn answer(&self, words: &[&str]) -> Option<Answer> {
        let is_number = |word: &str| word.bytes().all(|c| c.is_ascii_digit());
        let (mut numbers, mut said) = (Vec::new(), Vec::new());
        let mut left = words.iter().copied().peekable();
        while let Some(word) = left.next() {
            let is_time = |next: &&str| self.times.iter().any(|time| time == next);
            if !is_number(word) {
                said.push(word);
            } else if left.next_if(is_time).is_none() {
                numbers.push(word);
            }
        }
        let (code, reference) = numbered(&numbers)?;
        said.retain(|word| !self.fillers.iter().any(|filler| filler == word));
        for sign in &self.no_trouble {
            if let Some(places) = places(sign, &said) {
                let mut place = 0..;
                said.retain(|_| !place.next().is_some_and(|at| places.contains(&at)));
            }
        }
        if any(&self.doubt, &said) {
            return None;
        }
        let one_of = |list: &[String]| said.iter().any(|word| list.iter().any(|entry| entry == word));
        let (yes, no) = (one_of(&self.yes), one_of(&self.no));
        let (done, not_done) = (any(&self.done, &said), self.not_done.iter().find_map(|sign| places(sign, &said)));
        let silent = said.is_empty();
        // Only words of this meaning, each once: "جی ہاں" is two words for one yes.
        let alone = said.iter().enumerate().all(|(at, word)| {
            let one = |list: &[String]| list.iter().any(|entry| entry == word);
            (one(&self.yes) || one(&self.no)) && !said.get(..at).unwrap_or_default().contains(word)
        });
        let done = match (code, not_done) {
            (Some(0 | 99..), _) => return None,
            (Some(code), not_done) if code % 2 == 1 => {
                (not_done.is_none() && !no && (done || yes || silent)).then_some(true)?
            }
            (Some(_), not_done) => (!yes && (not_done.is_some() || ((no || silent) && !done))).then_some(false)?,
            // "Not done" counts only where nothing in the message says "done".
            (None, Some(places)) => {
                let rest = said.iter().enumerate().filter(|(at, _)| !places.contains(at)).map(|(_, word)| *word);
                (!yes && !any(&self.done, &rest.collect::<Vec<_>>())).then_some(false)?
            }
            (None, None) if done => (!no).then_some(true)?,
            // "No, no" and "ha ha" are said for other reasons as well.
            (None, None) => (alone && yes != no).then_some(yes)?,
        };
        Some(Answer { done, code, reference })
    }

    /// Entries that could never match because they are not in the form of a search key; empty where there are none.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let lists = [
            &self.code,
            &self.start,
            &self.stop,
            &self.stop_signs,
            &self.wrong_number,
            &self.wrong_signs,
            &self.doubt,
            &self.no_trouble,
            &self.not_done,
            &self.done,
            &self.no,
            &self.yes,
            &self.times,
            &self.fillers,
        ];
        let entries = lists.into_iter().flatten().filter(|entry| sign::folded(entry) != **entry);
        entries.map(|entry| format!("\"{entry}\" is found as \"{}\"", sign::folded(entry))).collect()
    }
}

/// The reply's number and the grievance in these groups of digits; `None` where they are something else, such as "1/2"
/// or half of a grievance number.
fn numbered(numbers: &[&str]) -> Option<(Option<u8>, Option<Reference>)> {
    let code = |word: &str| (word.len() <= 2).then(|| word.parse().ok()).flatten();
    let grievance = |words: &[&str]| Reference::parse(&words.concat()).ok();
    match numbers {
        [] => Some((None, None)),
        [only] if only.len() <= 2 => Some((Some(code(only)?), None)),
        [first, rest @ ..] if first.len() <= 2 => Some((Some(code(first)?), Some(grievance(rest)?))),
        [rest @ .., last] if last.len() <= 2 => Some((Some(code(last)?), Some(grievance(rest)?))),
        all => Some((None, Some(grievance(all)?))),
    }
}

/// Where the parts of a sign stand; only whole words match.
fn places(sign: &str, words: &[&str]) -> Option<Vec<usize>> {
    sign::places(sign, words, NEAR, |word, spelling| word == spelling)
}

fn any(signs: &[String], words: &[&str]) -> bool {
    signs.iter().any(|sign| places(sign, words).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_report_has_numbers_of_its_own() {
        let of = Reference::from_payload(7);
        let first = |report| codes(of, true, report);
        assert_eq!((first(1), first(2), first(49), first(50)), ((1, 2), (3, 4), (97, 98), (1, 2)));
        assert_eq!(first(0), (1, 2));
        for payload in 0..200 {
            let (yes, no) = codes(Reference::from_payload(payload), false, 1);
            assert!(yes > 2 && no == yes + 1 && no <= 98, "{yes}: another grievance begins with other numbers");
        }
    }

    #[test]
    fn no_two_questions_to_a_telephone_share_a_number_as_long_as_there_are_some() {
        let mut offered = Vec::new();
        for _ in 0..49 {
            let codes = free_codes((95, 96), &offered);
            assert!(!offered.contains(&codes) && codes.0 % 2 == 1 && codes.1 == codes.0 + 1 && codes.1 <= 98);
            offered.push(codes);
        }
        assert_eq!(offered[..3], [(95, 96), (97, 98), (1, 2)]);
        assert_eq!(free_codes((95, 96), &offered), (95, 96), "all are taken");
    }

    #[test]
    fn what_a_question_offers_is_read_from_its_text() {
        let read = |text: &str| offered(text);
        assert_eq!(
            read("Grievance 4831 9027 5516: done? Reply 57 for yes, 58 for no. http://10.1.2.3/l/a1b2"),
            Some((57, 58))
        );
        assert_eq!(read("4831 9027 5516: 1, 2"), Some((1, 2)));
        for none in ["", "4831 9027 5516", "Reply 2 or 3", "Reply 1 or 3", "99 100", "within 30 days", "1 4831 2"] {
            assert_eq!(read(none), None, "{none}");
        }
    }
}
