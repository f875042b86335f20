//! What each clause of a report says, and what follows for the whole: a completed act with a date outweighs a promise
//! beside it.

use super::clause::{Word, has_date, sentences, words};
use super::words::{Found, Kind, TABLE};
use super::{Finding, Lapse, Outcome, SHORTEST};
use crate::text;
use std::collections::BTreeSet;
use std::ops::Range;

/// So many words before a verb a "will", "not" or "to be" still belongs to it.
const NEAR: usize = 3;
/// Of so many words one that is not in the list of empty ones may be a typing error.
const WORDS_PER_MISSPELT: usize = 10;
/// Fewest letters of its different words, below which a text is filler.
const FEWEST_DIFFERENT: usize = 6;

/// What a clause says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // a clause may say several things
struct Says {
    /// A completed act, with a word that tells which.
    act: bool,
    /// How things are now.
    state: bool,
    /// A day.
    date: bool,
    /// A promise.
    promise: bool,
    /// What follows from completed work, or what happens in a case that may never come: a promise only where no act
    /// stands beside it.
    follows: bool,
    undone: bool,
    not_ours: bool,
    passed_on: bool,
    reason: bool,
    abuse: bool,
}

impl Says {
    fn of(text: &str, words: &[Word]) -> Self {
        let own: Vec<&Word> = words.iter().filter(|word| !word.quoted).collect();
        let (find, has) = (|kind| TABLE.find(kind, &own), |kind| TABLE.has(kind, &own));
        let without = |found: Vec<Found>, not: &[Found]| -> Vec<Found> {
            found.into_iter().filter(|found| !not.iter().any(|not| not.overlaps(found))).collect()
        };
        let follows = find(Kind::Follows);
        let promises = without(without(find(Kind::Promise), &find(Kind::NoPromise)), &follows);
        let undone = without(find(Kind::Undone), &find(Kind::NoUndone));
        let passed_on = without(find(Kind::PassedOn), &find(Kind::NoPassedOn));
        let (weak, modal) = (find(Kind::Weak), find(Kind::Modal));
        let is_act = |done: &Found| {
            let covers = |by: &Found| by.reach.start < done.words.end && done.words.start < by.reach.end;
            let before = |by: &Found| (1..=NEAR).any(|back| by.words.start + back == done.words.start);
            let promised = |by: &Found| (0..2).any(|on| done.words.end + on == by.words.start) || by.overlaps(done);
            !weak.iter().chain(&passed_on).any(covers)
                && !modal.iter().any(before)
                && !promises.iter().chain(&follows).any(promised)
                && !undone.iter().any(|by| by.overlaps(done))
        };
        let conditional = has(Kind::If);
        Self {
            act: find(Kind::Done).iter().any(is_act) && contents(&own, &weak, &passed_on) > 0,
            state: has(Kind::State),
            date: has_date(text, &own),
            promise: !promises.is_empty() && !conditional,
            follows: !follows.is_empty() || (!promises.is_empty() && conditional),
            undone: !undone.is_empty(),
            not_ours: has(Kind::NotOurs),
            passed_on: !passed_on.is_empty(),
            reason: has(Kind::Reason),
            abuse: has(Kind::Abuse) && !has(Kind::Reported),
        }
    }

    /// Whether it has a verb of its own; other parts of a sentence belong to the next clause.
    fn is_clause(&self) -> bool {
        self.act || self.promise || self.follows || self.undone || self.not_ours || self.passed_on || self.abuse
    }
}

/// How many words tell something: which thing, place, person or work. Numbers and days, of which every report has some,
/// do not count.
fn contents(words: &[&Word], weak: &[Found], passed_on: &[Found]) -> usize {
    let empty = [Kind::Stock, Kind::Office, Kind::Month, Kind::Day, Kind::Modal, Kind::And];
    let empty: Vec<Found> = empty.into_iter().flat_map(|kind| TABLE.find(kind, words)).collect();
    let tells = |at: &usize| {
        let covered = empty.iter().chain(weak).chain(passed_on).any(|found| found.words.contains(at));
        !covered && words.get(*at).is_some_and(|word| word.number().is_none())
    };
    (0..words.len()).filter(tells).count()
}

/// A clause of a text, with what it says.
#[derive(Debug)]
struct Clause {
    /// Its bytes in the text.
    at: Range<usize>,
    says: Says,
}

/// A report as it is read.
#[derive(Debug)]
pub(super) struct Reading<'t> {
    text: &'t str,
    words: Vec<Word>,
    clauses: Vec<Clause>,
}

impl<'t> Reading<'t> {
    /// Reads a text.
    pub fn of(text: &'t str) -> Self {
        let words = words(text);
        let clauses = sentences(text, &words).into_iter().flat_map(|parts| clauses(text, &words, &parts)).collect();
        Self { text, words, clauses }
    }

    /// The lapses of its words, most serious first.
    pub fn lapses(&self, outcome: Outcome) -> Vec<Lapse> {
        if self.is_blank() {
            return vec![self.because(Finding::Blank, 0..self.text.len())];
        }
        let act = self.first(|says| says.act).is_some();
        let dated = self.first(|says| says.act && says.date).is_some();
        let reason = self.first(|says| says.reason).is_some();
        let empty = if act { None } else { self.first(|says| says.follows).or(self.first(|says| says.undone)) };
        let promise = match outcome {
            Outcome::Done if !dated => self.first(|says| says.promise).or(empty),
            Outcome::PartlyDone if !act => self.first(|says| says.promise).or(empty),
            _ => None,
        };
        let not_ours = self.first(|says| says.not_ours).filter(|_| !act);
        let passed_on = self.first(|says| says.passed_on);
        let excused = act || (outcome == Outcome::CannotBeDone && reason);
        let found = [
            (Finding::Abuse, self.first(|says| says.abuse)),
            (Finding::FutureTense, promise),
            (Finding::NotOurs, not_ours),
            (Finding::PassedOn, passed_on.filter(|_| !excused)),
        ];
        let mut lapses: Vec<Lapse> =
            found.into_iter().filter_map(|(finding, at)| Some(self.because(finding, at?))).collect();
        let state = self.first(|says| says.state).is_some();
        let without_act = outcome == Outcome::Done && !act && !state;
        let finding = match () {
            () if !lapses.is_empty() => None,
            () if self.is_stock() => Some(Finding::BoilerPlate),
            () if without_act && self.has(Kind::Office) => Some(Finding::PassedOn),
            () if without_act && self.is_mostly_empty() => Some(Finding::BoilerPlate),
            () => None,
        };
        lapses.extend(finding.map(|finding| self.because(finding, 0..self.text.len())));
        lapses
    }

    fn has(&self, kind: Kind) -> bool {
        TABLE.has(kind, &self.all())
    }

    fn all(&self) -> Vec<&Word> {
        self.words.iter().collect()
    }

    /// Whether fewer than half of its words tell something.
    fn is_mostly_empty(&self) -> bool {
        let all = self.all();
        let (weak, passed_on) = (TABLE.find(Kind::Weak, &all), TABLE.find(Kind::PassedOn, &all));
        let words = self.words.iter().filter(|word| word.number().is_none()).count();
        2 * contents(&all, &weak, &passed_on) < words
    }

    /// The first clause that says something.
    fn first(&self, says: impl Fn(&Says) -> bool) -> Option<Range<usize>> {
        self.clauses.iter().find(|clause| says(&clause.says)).map(|clause| clause.at.clone())
    }

    fn because(&self, finding: Finding, at: Range<usize>) -> Lapse {
        let words = self.text.get(at).unwrap_or_default().trim();
        Lapse { finding, because: words.to_owned() }
    }

    /// Whether it is empty, too short, or filled up with letters and words again and again.
    fn is_blank(&self) -> bool {
        let all = self.all();
        let filler: BTreeSet<usize> =
            TABLE.find(Kind::Filler, &all).into_iter().map(|found| found.words.start).collect();
        let kept = all.iter().enumerate().filter(|(at, _)| !filler.contains(at)).map(|(_, word)| unrepeated(&word.key));
        let different: BTreeSet<String> = kept.collect();
        let letters: usize = different.iter().map(|word| text::length(word)).sum();
        text::length(&text::clean(self.text)) < SHORTEST || letters < FEWEST_DIFFERENT
    }

    /// Whether it consists of words that every report could have.
    fn is_stock(&self) -> bool {
        let all = self.all();
        let stock = TABLE.find(Kind::Stock, &all).into_iter().map(|found| found.words.start);
        let others = all.len().saturating_sub(stock.collect::<BTreeSet<_>>().len());
        let number = self.words.iter().any(|word| word.number().is_some());
        !number && others <= usize::from(all.len() >= WORDS_PER_MISSPELT)
    }
}

/// The clauses of a sentence: parts without a verb belong to the next part, the last ones to the one before.
fn clauses(text: &str, words: &[Word], parts: &[Range<usize>]) -> Vec<Clause> {
    let mut clauses: Vec<Clause> = Vec::new();
    let mut begin = None;
    let clause = |range: Range<usize>| -> Option<Clause> {
        let within = words.get(range)?;
        let at = within.first()?.at.start..within.last()?.at.end;
        Some(Clause { at, says: Says::of(text, within) })
    };
    let mut last = 0;
    for part in parts {
        let from = begin.unwrap_or(part.start);
        match clause(from..part.end) {
            Some(found) if found.says.is_clause() => {
                clauses.push(found);
                (begin, last) = (None, from);
            }
            _ => begin = Some(from),
        }
    }
    if let (Some(_), Some(end)) = (begin, parts.last()) {
        let from = if clauses.pop().is_some() { last } else { begin.unwrap_or_default() };
        clauses.extend(clause(from..end.end));
    }
    // A day that stands in a clause without promise is the day of the act beside it: "We came on 3 May and replaced it".
    if clauses.iter().any(|clause| clause.says.date && !clause.says.promise) {
        clauses.iter_mut().filter(|clause| clause.says.act).for_each(|clause| clause.says.date = true);
    }
    clauses
}

/// The word without its repetitions: `cccc` is `c`, `hahaha` is `ha`; without digits, which say nothing alone.
fn unrepeated(word: &str) -> String {
    let letters: Vec<char> = word.chars().filter(|c| !c.is_ascii_digit()).collect();
    let repeats =
        |size: &usize| letters.len() >= 3 * size && letters.iter().zip(letters.iter().skip(*size)).all(|(a, b)| a == b);
    let size = (1..=3).find(repeats).unwrap_or(letters.len());
    letters.into_iter().take(size).collect()
}
