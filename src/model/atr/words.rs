//! The words by which reports are judged: a table (`words.tsv`), so that a misread report is mended without new code.
//!
//! A line is a kind, a language and a pattern. A pattern is words that follow each other; a word has its spellings,
//! separated by bars; `*` at its beginning or end stands for any letters, since verbs take endings; `_` stands for up to
//! [`GAP`] words. The first word of a pattern is known by its beginning or its end, by which it is looked up.
//! Of the kinds `stock` and `filler` each word counts by itself.

use super::clause::{Word, key};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;
use strum::EnumString;

/// Most words for which a `_` stands.
const GAP: usize = 3;

/// What a pattern tells of the clause in which it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString)]
#[strum(serialize_all = "snake_case")]
pub(super) enum Kind {
    /// Something was done.
    Done,
    /// A word before a verb by which that was not done.
    Modal,
    /// A step before the work itself, such as an inspection, or talk about it: no completed act.
    Weak,
    /// Something is going to be done, or being done.
    Promise,
    /// Looks like a promise and is none.
    NoPromise,
    /// What follows from completed work, such as regular service.
    Follows,
    /// The clause is a condition.
    If,
    /// Something is not done yet.
    Undone,
    /// Looks undone and is not.
    NoUndone,
    /// Somebody else is responsible.
    NotOurs,
    /// It was passed on.
    PassedOn,
    /// Something went to the citizen: looks passed on and is not.
    NoPassedOn,
    /// An office or officer, to whom things are passed on.
    Office,
    /// How things are now, such as "water is coming".
    State,
    /// A reason why something cannot be done.
    Reason,
    /// Insults or scolds the citizen.
    Abuse,
    /// Somebody else's words are reported.
    Reported,
    /// Begins another clause where a verb follows.
    And,
    /// With a number beside it, a date.
    Month,
    /// A date by itself.
    Day,
    /// A full stop after it ends no sentence.
    Short,
    /// A word typed to fill the field.
    Filler,
    /// A word that reports need and that names no thing, place, day or person.
    Stock,
}

/// One spelling of a word.
#[derive(Debug)]
struct Spelling {
    letters: String,
    any_before: bool,
    any_after: bool,
}

impl Spelling {
    fn of(written: &str) -> Self {
        let (any_before, any_after) = (written.starts_with('*'), written.ends_with('*'));
        Self { letters: key(written.trim_matches('*')), any_before, any_after }
    }

    /// Whether a word that fits begins or ends with its letters.
    fn has_an_end(&self) -> bool {
        !(self.any_before && self.any_after)
    }

    fn fits(&self, word: &str) -> bool {
        match (self.any_before, self.any_after) {
            (false, false) => word == self.letters,
            (false, true) => word.starts_with(&self.letters),
            (true, false) => word.ends_with(&self.letters),
            (true, true) => word.contains(&self.letters),
        }
    }
}

#[derive(Debug)]
enum Part {
    Word(Vec<Spelling>),
    Gap,
}

#[derive(Debug)]
struct Pattern {
    kind: Kind,
    parts: Vec<Part>,
    /// In languages whose verb comes last: how many words after it belong to it.
    reach: usize,
}

impl Pattern {
    fn of(line: &str) -> Option<Self> {
        let mut cells = line.split('\t');
        let kind = cells.next()?.parse().ok()?;
        let reach = match cells.next()? {
            "hi" => 3,
            "en" => 0,
            _ => 2,
        };
        let part = |part: &str| match part {
            "_" => Part::Gap,
            word => Part::Word(word.split('|').map(Spelling::of).collect()),
        };
        let parts: Vec<Part> = cells.next()?.split(' ').map(part).collect();
        let is_first =
            |part: &Part| matches!(part, Part::Word(spellings) if spellings.iter().all(Spelling::has_an_end));
        parts.first().is_some_and(is_first).then_some(Self { kind, parts, reach })
    }
}

/// Where the parts end that begin at a word.
fn end_of(parts: &[Part], words: &[&Word], at: usize) -> Option<usize> {
    match parts.split_first() {
        None => Some(at),
        Some((Part::Gap, rest)) => (at..=at + GAP).find_map(|at| end_of(rest, words, at)),
        Some((Part::Word(spellings), rest)) => {
            let word = words.get(at)?;
            spellings.iter().any(|spelling| spelling.fits(&word.key)).then(|| end_of(rest, words, at + 1))?
        }
    }
}

/// Where a pattern stands among the words of a clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// Its words.
    pub words: Range<usize>,
    /// Its words and those that belong to it.
    pub reach: Range<usize>,
}

impl Found {
    /// Whether the two share a word.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.words.start < other.words.end && other.words.start < self.words.end
    }
}

/// The table. A report is compared with it clause by clause, but each of its words only once: see [`Table::begun_by`].
#[derive(Debug)]
pub(super) struct Table {
    patterns: Vec<Pattern>,
    /// Patterns by the letters of the words with which they begin.
    whole: Beginnings,
    /// The same where any letters may follow those.
    heads: Beginnings,
    /// The same where any letters may stand before those.
    tails: Beginnings,
}

/// Patterns by letters.
type Beginnings = HashMap<String, Vec<usize>>;

/// The table as it is delivered.
pub(super) static TABLE: LazyLock<Table> = LazyLock::new(|| Table::of(include_str!("words.tsv")));

impl Table {
    fn of(text: &str) -> Self {
        let patterns: Vec<Pattern> = text.lines().skip(1).filter_map(Pattern::of).collect();
        let mut table = Self { patterns, whole: HashMap::new(), heads: HashMap::new(), tails: HashMap::new() };
        for (at, pattern) in table.patterns.iter().enumerate() {
            let Some(Part::Word(spellings)) = pattern.parts.first() else { continue };
            for spelling in spellings {
                let beginnings = match (spelling.any_before, spelling.any_after) {
                    (true, _) => &mut table.tails,
                    (false, true) => &mut table.heads,
                    (false, false) => &mut table.whole,
                };
                beginnings.entry(spelling.letters.clone()).or_default().push(at);
            }
        }
        table
    }

    /// The patterns that may begin with a word, by its key, in the order of the table.
    pub fn begun_by(&self, word: &str) -> Vec<usize> {
        let ends = || word.char_indices().map(|(at, c)| at + c.len_utf8());
        let heads = ends().filter_map(|end| self.heads.get(word.get(..end)?));
        let tails = word.char_indices().filter_map(|(at, _)| self.tails.get(word.get(at..)?));
        let mut begun: Vec<usize> =
            self.whole.get(word).into_iter().chain(heads).chain(tails).flatten().copied().collect();
        begun.sort_unstable();
        begun.dedup();
        begun
    }

    /// Every place where a pattern of this kind stands among the words.
    pub fn find(&self, kind: Kind, words: &[&Word]) -> Vec<Found> {
        self.places(kind, words).collect()
    }

    /// Whether a pattern of this kind stands among the words.
    pub fn has(&self, kind: Kind, words: &[&Word]) -> bool {
        self.places(kind, words).next().is_some()
    }

    fn places(&self, kind: Kind, words: &[&Word]) -> impl Iterator<Item = Found> {
        let begun = words.iter().enumerate().flat_map(|(at, word)| word.begins.iter().map(move |begun| (at, *begun)));
        begun.filter_map(move |(at, begun)| {
            let pattern = self.patterns.get(begun).filter(|pattern| pattern.kind == kind)?;
            let end = end_of(&pattern.parts, words, at)?;
            Some(Found { words: at..end, reach: at..end + pattern.reach })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::clause::words;
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        let lines: Vec<&str> = include_str!("words.tsv").lines().skip(1).collect();
        for line in &lines {
            let pattern = Pattern::of(line).unwrap_or_else(|| panic!("{line}"));
            for part in pattern.parts {
                let Part::Word(spellings) = part else { continue };
                for spelling in spellings {
                    assert!(!spelling.letters.is_empty() && !spelling.letters.contains(' '), "{line}: {spelling:?}");
                }
            }
        }
        assert!(lines.len() > 100, "{} lines", lines.len());
    }

    #[test]
    fn patterns_have_spellings_endings_and_gaps() {
        let table = Table::of("kind\tlanguage\tpattern\npassed_on\ten\tsent|given to _ office*\ndone\tbn\t*েছে");
        let found = |kind, said: &str| {
            let words = words(said).into_iter().map(|word| Word { begins: table.begun_by(&word.key), ..word });
            let words: Vec<Word> = words.collect();
            let found = table.find(kind, &words.iter().collect::<Vec<_>>());
            found.into_iter().map(|found| (found.words.start, found.words.end)).collect::<Vec<_>>()
        };
        assert_eq!(found(Kind::PassedOn, "It was sent to the nearest block office."), [(2, 8)]);
        assert_eq!(found(Kind::PassedOn, "sent to a b c d office"), [], "too far");
        assert_eq!(found(Kind::Done, "কাজ হয়েছে আছে"), [(1, 2)]);
    }
}
