//! How alike two grievances are, in any script: words are reduced to the consonants that are heard, so that "টিউবওয়েল
//! খারাপ", "tubewell kharap" and "ट्यूबवेल खराब" are the same.

use std::collections::{BTreeMap, BTreeSet};

// The four numbers below were set on made-up grievances of known causes (`tests/duplicates.rs`), where they find 93 of 100
// with a precision of 96 in 100. A deployment sets them again on its own closed grievances.

/// Share of common weight, 0 to 1, from which two grievances count as alike.
pub const ALIKE: f32 = 0.4;
/// Fewest words that they must have in common.
const COMMON: usize = 2;
/// Percentage of the grievances of a category and place up to which a word counts as rare and tells which trouble is
/// meant, such as the name of a hamlet or road. More frequent words only tell the kind of trouble.
const RARE_IN_A_HUNDRED: usize = 12;
/// So many grievances may always share a rare word, since a few are a large share in a small place.
const RARE: usize = 3;
/// Up to so many grievances, rarity is judged by half of them instead.
const FEW: usize = 20;
/// Imaginary grievances without the word that are added to those of the place, so that where there are few no word
/// counts as rare by chance.
const BEHIND: f32 = 20.0;

/// The consonants of a word as they are heard, in Latin letters; aspiration, length, vowels and doubling are dropped.
/// Empty where nothing is left.
#[must_use]
pub fn skeleton(word: &str) -> String {
    let mut heard = String::new();
    let mut before = ' ';
    for c in word.chars().flat_map(char::to_lowercase) {
        let sound = match c {
            // A dot below (nukta) changes the sound of the letter before it.
            '\u{09BC}' | '\u{093C}' => {
                match before {
                    'ড' | 'ঢ' | 'ड' | 'ढ' => {
                        heard.pop();
                        push(&mut heard, 'r');
                    }
                    'য' | 'य' => {
                        heard.pop();
                    }
                    _ => {}
                }
                before = c;
                continue;
            }
            // h after a consonant is aspiration; "ng" is one sound.
            'h' if before == 'c' => {
                heard.pop();
                Some('c')
            }
            'h' if before.is_ascii_alphabetic() && !"aeiou".contains(before) => None,
            'g' if before == 'n' => None,
            _ => sound(c),
        };
        if let Some(sound) = sound {
            push(&mut heard, sound);
        }
        before = c;
    }
    heard
}

fn push(heard: &mut String, sound: char) {
    if !heard.ends_with(sound) {
        heard.push(sound);
    }
}

fn sound(c: char) -> Option<char> {
    Some(match c {
        'ক' | 'খ' | 'क' | 'ख' | 'ک' | 'ك' | 'ق' | 'خ' | 'k' | 'q' | 'c' => 'k',
        'গ' | 'ঘ' | 'ग' | 'घ' | 'گ' | 'غ' | 'g' => 'g',
        'চ' | 'ছ' | 'च' | 'छ' | 'چ' => 'c',
        'জ' | 'ঝ' | 'য' | 'ज' | 'झ' | 'ج' | 'ز' | 'ذ' | 'ض' | 'ظ' | 'ژ' | 'j' | 'z' => 'j',
        'ট' | 'ঠ' | 'ত' | 'থ' | 'ৎ' | 'ट' | 'ठ' | 'त' | 'थ' | 'ت' | 'ٹ' | 'ط' | 't' => 't',
        'ড' | 'ঢ' | 'দ' | 'ধ' | 'ड' | 'ढ' | 'द' | 'ध' | 'د' | 'ڈ' | 'd' => 'd',
        'ণ' | 'ন' | 'ঙ' | 'ং' | 'ঞ' | 'ण' | 'न' | 'ङ' | 'ं' | 'ञ' | 'ن' | 'n' => 'n',
        'প' | 'ফ' | 'प' | 'फ' | 'پ' | 'ف' | 'p' | 'f' => 'p',
        'ব' | 'ভ' | 'ৱ' | 'ब' | 'भ' | 'ب' | 'b' | 'v' => 'b',
        'ম' | 'म' | 'م' | 'm' => 'm',
        'র' | 'ৰ' | '\u{09DC}' | '\u{09DD}' | 'र' | '\u{095C}' | '\u{095D}' | 'ر' | 'ڑ' | 'r' => 'r',
        'ল' | 'ल' | 'ळ' | 'ل' | 'l' => 'l',
        'শ' | 'ষ' | 'স' | 'श' | 'ष' | 'स' | 'س' | 'ش' | 'ص' | 'ث' | 's' | 'x' => 's',
        'হ' | 'ह' | 'ح' | 'ہ' | 'ه' | 'h' => 'h',
        c => return crate::text::ascii_digit(c),
    })
}

/// Words of most grievances, which tell nothing apart, as skeletons.
const COMMONPLACE: [&str; 23] = [
    "kr", "krn", "krt", "hc", "hn", "nk", "mr", "mdr", "mdrn", "pn", "bl", "blc", "dn", "mn", "ts", "th", "krb", "hy",
    "hb", "cl", "ck", "nh", "br",
];

/// Whether it only separates words, in any script.
pub(crate) fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation() || "।॥،؛؟…–—“”‘’".contains(c)
}

/// The distinguishing words of a text: from each skeleton to the word as typed.
#[must_use]
pub fn words(text: &str) -> BTreeMap<String, String> {
    let mut words = BTreeMap::new();
    for word in text.split(|c: char| c.is_whitespace() || is_punctuation(c)) {
        let heard = skeleton(word);
        // A number (of months, of families) does not tell one trouble from another.
        let counts = heard.bytes().all(|byte| byte.is_ascii_digit());
        if heard.len() >= 2 && !counts && !COMMONPLACE.contains(&heard.as_str()) {
            words.entry(heard).or_insert_with(|| word.to_owned());
        }
    }
    words
}

/// A grievance found to be alike.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Its index in the list that was searched.
    pub index: usize,
    /// Weight of the common words over the weight of the shorter text, 0 to 1.
    pub share: f32,
    /// Words of the searched text that it has too, as typed, the rarest first.
    pub words: Vec<String>,
}

/// Those of `others` that are like `text`, the most alike first. A word weighs more the fewer of the others have it.
#[must_use]
pub fn find(text: &str, others: &[String]) -> Vec<Found> {
    let own = words(text);
    let others: Vec<BTreeSet<String>> = others.iter().map(|other| words(other).into_keys().collect()).collect();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for word in others.iter().flatten() {
        *seen.entry(word).or_default() += 1;
    }
    let having = |word: &str| seen.get(word).copied().unwrap_or(0);
    // Of a handful of grievances half may be neighbours with the same trouble.
    let few = if others.len() <= FEW { others.len() / 2 } else { 0 };
    let rare = (others.len() * RARE_IN_A_HUNDRED / 100).max(RARE).max(few);
    #[allow(clippy::cast_precision_loss)] // hundreds of texts
    let weight = |word: &str| {
        let rarity = (1.0 + (others.len() as f32 + BEHIND + 1.0) / (having(word) as f32 + 1.0)).ln();
        rarity * rarity * rarity
    };
    let total: f32 = own.keys().map(|word| weight(word)).sum();
    let mut found: Vec<Found> = others
        .iter()
        .enumerate()
        .filter_map(|(index, other)| {
            let mut common: Vec<(&String, &String)> = own.iter().filter(|(heard, _)| other.contains(*heard)).collect();
            if common.len() < COMMON || !common.iter().any(|(heard, _)| having(heard) <= rare) {
                return None;
            }
            let shared: f32 = common.iter().map(|(heard, _)| weight(heard)).sum();
            let its: f32 = other.iter().map(|word| weight(word)).sum();
            let share = shared / total.min(its).max(f32::EPSILON);
            // Of two equally rare words the longer one says more.
            common.sort_by(|a, b| weight(b.0).total_cmp(&weight(a.0)).then(b.0.len().cmp(&a.0.len())));
            let words = common.into_iter().map(|(_, word)| word.clone()).collect();
            (share >= ALIKE).then_some(Found { index, share, words })
        })
        .collect();
    found.sort_by(|a, b| b.share.total_cmp(&a.share));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_word_meets_in_every_script() {
        let table = [
            ["টিউবওয়েল", "tubewell", "ट्यूबवेल"],
            ["খারাপ", "kharap", "خراب"],
            ["রাস্তা", "rasta", "रास्ता"],
            ["স্কুল", "school", "اسکول"],
            ["পানি", "paani", "پانی"],
            ["ঝড়", "jhor", "झड़"],
            ["গাড়ি", "gari", "गाड़ी"],
        ];
        for row in table {
            let heard = row.map(skeleton);
            assert!(heard.iter().skip(1).filter(|other| **other == heard[0]).count() >= 1, "{row:?}: {heard:?}");
        }
        assert_eq!(skeleton("রাস্তা"), skeleton("rasta"));
        assert_eq!(skeleton("স্কুলে"), "skl");
        assert_eq!(skeleton("school"), "scl");
    }

    #[test]
    fn the_same_grievance_in_other_words_is_found_and_another_is_not() {
        let others = [
            "School para r tubewell tin mas dhore kharap, jol nei".to_owned(),
            "হাসপাতালে ডাক্তার নেই, ওষুধ কিনতে বলছে".to_owned(),
            "রাস্তায় বড় বড় গর্ত, বাজারের কাছে সাইকেল চালানো যায় না".to_owned(),
        ];
        let found = find("স্কুল পাড়ার টিউবওয়েল তিন মাস ধরে খারাপ হয়ে আছে।", &others);
        assert_eq!(found.iter().map(|found| found.index).collect::<Vec<_>>(), [0]);
        assert!(found[0].words.iter().any(|word| word == "টিউবওয়েল"), "{:?}", found[0].words);
        assert_eq!(find("", &others), []);
        assert_eq!(find("জল", &others), []);
    }

    #[test]
    fn neighbours_find_each_other_where_few_have_lodged() {
        let mut others = vec![
            "সুরুল গ্রামের টিউবওয়েল খারাপ, জল আনতে দূরে যাই".to_owned();
            5
        ];
        others.extend(["কসবা গ্রামের পুকুরের জল নোংরা".to_owned(), "রূপপুর গ্রামে পাইপ ফেটে জল নষ্ট".to_owned()]);
        others.extend(["বিনুরিয়ায় জলের চাপ কম".to_owned(), "মোলডাঙায় নতুন সংযোগ চাই".to_owned(), "শিয়ান: জলে আয়রন".to_owned()]);
        let found = find("আমাদের সুরুল গ্রামে টিউবওয়েল খারাপ হয়ে পড়ে আছে", &others);
        assert_eq!(found.len(), 5, "{found:?}");
    }

    #[test]
    fn the_same_kind_of_trouble_elsewhere_is_not_the_same() {
        let hamlets = ["রূপপুর", "কসবা", "বিনুরিয়া", "মোলডাঙা", "সুরুল", "তালতোড়", "আদিত্যপুর", "গোয়ালপাড়া", "বনডাঙা", "শিয়ান"];
        let others: Vec<String> =
            hamlets.iter().map(|hamlet| format!("{hamlet} গ্রামের টিউবওয়েল ৩ মাস ধরে খারাপ, খাবার জল নেই")).collect();
        let found = find("Surul gram er tubewell kharap, khabar jol nei", &others);
        assert_eq!(found.iter().map(|found| found.index).collect::<Vec<_>>(), [4]);
        assert_eq!(find("Anyo grame tubewell kharap, 3 mas dhore khabar jol nei", &others), []);
    }
}
