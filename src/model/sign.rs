//! Signs: how word lists, which are data, are matched in short texts. A sign has one or more parts, separated by
//! spaces, each with its spellings, separated by bars: `pole|wire fallen|hanging`. Its parts must stand near each
//! other, in any order, each in a word of its own. Signs are in the form of [`text::search_key`].

use crate::text;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// A list of signs whose spellings match the beginnings of words, since words take endings in every language here. A
/// text's words tell which of them to look for, so that a long list costs little.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<String>", into = "Vec<String>")]
pub struct Signs {
    signs: Vec<Sign>,
    /// Spellings in [`GROUPS`] groups by their first letter, each with its part's number in the whole list. Not a map by letter:
    /// the code of one would weigh more in the browser than what it saves.
    spellings: Vec<Vec<(String, usize)>>,
}

/// Groups of spellings.
const GROUPS: usize = 64;

/// The group of spellings that begin as this word does.
fn group(word: &str) -> Option<usize> {
    word.chars().next().map(|letter| letter as usize % GROUPS)
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Sign {
    written: String,
    /// Numbers of its parts.
    parts: Range<usize>,
}

impl From<Vec<String>> for Signs {
    fn from(list: Vec<String>) -> Self {
        let mut all = Self { signs: Vec::with_capacity(list.len()), spellings: vec![Vec::new(); GROUPS] };
        let mut number = 0;
        for written in list {
            let first = number;
            for part in written.split(' ') {
                for spelling in part.split('|') {
                    if let Some(group) = group(spelling).and_then(|group| all.spellings.get_mut(group)) {
                        group.push((spelling.to_owned(), number));
                    }
                }
                number += 1;
            }
            all.signs.push(Sign { written, parts: first..number });
        }
        all
    }
}

impl From<Signs> for Vec<String> {
    fn from(signs: Signs) -> Self {
        signs.signs.into_iter().map(|sign| sign.written).collect()
    }
}

impl Signs {
    /// The signs as they are written.
    pub(crate) fn written(&self) -> impl Iterator<Item = &str> {
        self.signs.iter().map(|sign| sign.written.as_str())
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.signs.is_empty()
    }

    /// Keeps only some of them.
    pub fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        *self = self.written().filter(|sign| keep(sign)).map(str::to_owned).collect::<Vec<_>>().into();
    }

    /// Those of which each part begins one of these words, near each other or not: no others can stand here.
    pub(crate) fn possible(&self, words: &[&str]) -> Vec<&str> {
        let mut found = vec![false; self.signs.last().map_or(0, |sign| sign.parts.end)];
        for word in words {
            let spellings = group(word).and_then(|group| self.spellings.get(group));
            for (_, part) in spellings.into_iter().flatten().filter(|(spelling, _)| word.starts_with(spelling)) {
                if let Some(part) = found.get_mut(*part) {
                    *part = true;
                }
            }
        }
        let is_possible =
            |sign: &&Sign| found.get(sign.parts.clone()).is_some_and(|parts| parts.iter().all(|part| *part));
        self.signs.iter().filter(is_possible).map(|sign| sign.written.as_str()).collect()
    }

    /// Those that stand among these words, all their parts within `near` words of each other.
    pub(crate) fn standing<'a>(&'a self, words: &[&str], near: usize) -> impl Iterator<Item = &'a str> {
        self.possible(words).into_iter().filter(move |sign| stands_in(sign, words, near))
    }
}

/// Whether a sign's parts begin words within `near` words of each other.
pub(crate) fn stands_in(sign: &str, words: &[&str], near: usize) -> bool {
    places(sign, words, near, |word, spelling| word.starts_with(spelling)).is_some()
}

/// Indexes of the words that match the parts of a sign, all within `near` words of each other; `None` where there are
/// none. `fits` compares a word with a spelling.
pub(crate) fn places(sign: &str, words: &[&str], near: usize, fits: impl Fn(&str, &str) -> bool) -> Option<Vec<usize>> {
    let has = |word: &str, part: &str| part.split('|').any(|spelling| !spelling.is_empty() && fits(word, spelling));
    // Most signs fail here, which saves going through a long text window by window.
    let first = sign.split(' ').next()?;
    words.iter().position(|word| has(word, first))?;
    (0..words.len()).find_map(|from| {
        let mut taken = Vec::new();
        for part in sign.split(' ') {
            let free = |at: &usize| !taken.contains(at) && words.get(*at).is_some_and(|word| has(word, part));
            let at = (from..words.len().min(from + near)).find(free)?;
            taken.push(at);
        }
        Some(taken)
    })
}

/// The form that a sign must have to be found.
pub(crate) fn folded(sign: &str) -> String {
    let parts = sign.split(' ').map(|part| part.split('|').map(text::search_key).collect::<Vec<_>>().join("|"));
    parts.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parts_stand_near_each_other_in_any_order_and_in_words_of_their_own() {
        let words: Vec<&str> = "the wire over the school gate has fallen".split(' ').collect();
        let whole = |word: &str, spelling: &str| word == spelling;
        assert_eq!(places("fallen wire", &words, 8, whole), Some(vec![7, 1]));
        assert_eq!(places("fallen wire", &words, 6, whole), None, "too far");
        assert_eq!(places("the|gate the|gate the|gate", &words, 8, whole), Some(vec![0, 3, 5]));
        assert_eq!(places("wire wire", &words, 8, whole), None, "one word is one part");
        assert_eq!(places("wir", &words, 8, |word, spelling| word.starts_with(spelling)), Some(vec![1]));
        assert_eq!(places("", &words, 8, |word, spelling| word.starts_with(spelling)), None);
        assert_eq!(folded("In-Laws|১৪ beat"), "in laws|14 beat");
    }

    /// The signs of a list that stand among these words, looked for one by one.
    fn one_by_one<'a>(list: &'a [String], words: &[&str], near: usize) -> Vec<&'a str> {
        list.iter().map(String::as_str).filter(|sign| stands_in(sign, words, near)).collect()
    }

    #[test]
    fn a_list_finds_what_its_signs_find_one_by_one_in_real_sentences() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
        let read = |path: &str| std::fs::read_to_string(format!("{root}/{path}")).expect("a table");
        let reasons: serde_json::Value = serde_json::from_str(&read("public/reference/reasons.json")).expect("JSON");
        let list: Vec<String> = serde_json::from_value(reasons["danger"]["words"].clone()).expect("signs");
        let signs = Signs::from(list.clone());
        let mut standing = 0;
        for name in ["danger", "danger-held", "danger-held2", "danger-held3", "danger-held4", "danger-unseen"] {
            for line in read(&format!("tests/tables/{name}.tsv")).lines() {
                let key = text::search_key(line);
                let words: Vec<&str> = key.split(' ').collect();
                let expected = one_by_one(&list, &words, 6);
                standing += expected.len();
                assert_eq!(signs.standing(&words, 6).collect::<Vec<_>>(), expected, "{line}");
            }
        }
        assert!(standing > 500, "{standing} signs in all sentences");
    }

    proptest! {
        #[test]
        fn a_list_finds_what_its_signs_find_one_by_one(
            list in prop::collection::vec("[abআ |]{0,7}", 0..12),
            words in prop::collection::vec("[abআ]{0,3}", 0..9),
            near in 1_usize..5,
        ) {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let signs = Signs::from(list.clone());
            prop_assert_eq!(signs.standing(&words, near).collect::<Vec<_>>(), one_by_one(&list, &words, near));
            prop_assert_eq!(Vec::<String>::from(signs), list);
        }
    }
}
