//! Signs: how lists of words, which are data, are found in short texts. A sign is one or more parts, parted by spaces, each
//! with its spellings, parted by bars: `pole|wire fallen|hanging`. Its parts stand near each other, in any order, each in a
//! word of its own. Signs are written as [`text::search_key`] gives words.

use crate::text;

/// Where the parts of a sign stand among words, all within `near` of them; none where they do not. `fits` compares a word
/// with a spelling.
pub(crate) fn places(sign: &str, words: &[&str], near: usize, fits: impl Fn(&str, &str) -> bool) -> Option<Vec<usize>> {
    let has = |word: &str, part: &str| part.split('|').any(|spelling| !spelling.is_empty() && fits(word, spelling));
    // Most signs end here, and a long text is not gone through window by window.
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

/// A sign as it has to be written to be found.
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
