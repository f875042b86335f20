//! Signs: how word lists, which are data, are matched in short texts. A sign has one or more parts, separated by
//! spaces, each with its spellings, separated by bars: `pole|wire fallen|hanging`. Its parts must stand near each
//! other, in any order, each in a word of its own. Signs are in the form of [`text::search_key`].

use crate::text;

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
}
