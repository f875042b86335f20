//! Finding an entry of a list while typing: by any part of a name, in any script in use, and by sound where it is spelt
//! otherwise. Used by the apps' lists of places, categories and departments.

use crate::likeness::skeleton;
use crate::text::search_key;

/// What an entry is found by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Key {
    words: String,
    sounds: Vec<String>,
    pins: Vec<(u32, u32)>,
}

impl Key {
    /// The key of one or several names in one text. Expects NFC, as [`search_key`] does.
    #[must_use]
    pub fn of(names: &str) -> Self {
        let words = search_key(names);
        // A name in five languages has few sounds; sorting them would cost the download more bytes than it saves time.
        let mut sounds: Vec<String> = Vec::new();
        for sound in words.split(' ').map(skeleton) {
            if sound.len() > 1 && !sounds.contains(&sound) {
                sounds.push(sound);
            }
        }
        Self { words, sounds, pins: Vec::new() }
    }

    /// The same key, found by PIN codes as well: first and last of each span.
    #[must_use]
    pub fn with_pins(self, pins: &[(u32, u32)]) -> Self {
        Self { pins: pins.to_vec(), ..self }
    }
}

/// The rank of an entry whose sound is only nearly the same.
pub const NEARLY: u32 = 8;

/// What has been typed so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    words: String,
    parts: Vec<(String, String)>,
}

impl Query {
    /// Reads what was typed; expects NFC.
    #[must_use]
    pub fn of(typed: &str) -> Self {
        let words = search_key(typed);
        let parts = words.split(' ').filter(|part| !part.is_empty());
        let parts = parts.map(|part| (part.to_owned(), skeleton(part))).collect();
        Self { words, parts }
    }

    /// Whether nothing was typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// How well an entry matches, 0 best; `None` where it does not. Every word typed must match, and the worst counts:
    /// 1 at the start of a later word, 2 within one, 4 by sound, [`NEARLY`] nearly by sound.
    #[must_use]
    pub fn rank(&self, key: &Key) -> Option<u32> {
        let mut rank = u32::from(!key.words.starts_with(&self.words));
        for (part, sound) in &self.parts {
            rank = rank.max(rank_of(part, sound, key)?);
        }
        Some(rank)
    }
}

fn rank_of(part: &str, sound: &str, key: &Key) -> Option<u32> {
    let starts = |at: usize| at == 0 || key.words.get(..at).is_some_and(|before| before.ends_with(' '));
    let found = key.words.match_indices(part).map(|(at, _)| if starts(at) { 0 } else { 2 }).min();
    if found.is_some() {
        return found;
    }
    if part.len() >= 3 && part.bytes().all(|byte| byte.is_ascii_digit()) {
        return is_pin(part, &key.pins).then_some(0);
    }
    if sound.len() < 2 {
        return None;
    }
    if key.sounds.iter().any(|known| known.starts_with(sound)) {
        return Some(4);
    }
    key.sounds.iter().any(|known| is_near(sound, known)).then_some(NEARLY)
}

/// Whether a PIN code beginning with these digits lies in one of the spans.
fn is_pin(typed: &str, pins: &[(u32, u32)]) -> bool {
    let Some(missing) = 6u32.checked_sub(u32::try_from(typed.len()).unwrap_or(u32::MAX)) else { return false };
    let Ok(typed) = typed.parse::<u32>() else { return false };
    let (first, span) = (typed * 10u32.pow(missing), 10u32.pow(missing));
    pins.iter().any(|(from, to)| first <= *to && first + span > *from)
}

/// Whether two sounds of at least three letters differ by one letter added, missing or changed.
fn is_near(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.len() < 2 || long.len() < 3 || long.len() - short.len() > 1 {
        return false;
    }
    let same = short.bytes().zip(long.bytes()).take_while(|(a, b)| a == b).count();
    let rest = usize::from(short.len() == long.len());
    short.get(same + rest..) == long.get(same + 1..)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rank(typed: &str, names: &str) -> Option<u32> {
        Query::of(typed).rank(&Key::of(names))
    }

    #[test]
    fn what_is_spelt_right_comes_before_what_only_sounds_right() {
        assert_eq!(rank("bol", "Bolpur-Sriniketan বোলপুর-শ্রীনিকেতন Birbhum"), Some(0));
        assert_eq!(rank("birbhum", "Bolpur-Sriniketan Birbhum"), Some(1));
        assert_eq!(rank("niketan", "Bolpur-Sriniketan"), Some(2));
        assert_eq!(
            rank("pur", "Kashipur Purulia"),
            Some(1),
            "the start of a word, though not of the first that has it"
        );
        assert_eq!(rank("শান্তি", "Bolpur"), None);
        assert_eq!(rank("বোলপুর", "Bolpur"), Some(4));
        assert_eq!(rank("jalpaigudi", "Jalpaiguri"), Some(8));
        assert_eq!(rank("", "Bolpur"), Some(0), "nothing typed fits everything");
        assert_eq!(rank("zz", "Bolpur"), None);
    }

    #[test]
    fn a_pin_code_finds_where_it_lies_from_its_third_digit() {
        let birbhum = Key::of("Birbhum").with_pins(&[(731_101, 731_304)]);
        for typed in ["731", "7312", "731204", "৭৩১২০৪"] {
            assert_eq!(Query::of(typed).rank(&birbhum), Some(1), "{typed}");
        }
        for typed in ["732", "7314", "731305", "7312045"] {
            assert_eq!(Query::of(typed).rank(&birbhum), None, "{typed}");
        }
        assert_eq!(Query::of("731204 bir").rank(&birbhum), Some(1));
    }

    #[test]
    fn one_slip_is_near_and_two_are_not() {
        for (a, b, near) in [
            ("brdn", "brdmn", true),
            ("jlpgd", "jlpgr", true),
            ("hr", "hrh", true),
            ("mdnpr", "mdnpr", true),
            ("hr", "hg", false),
            ("brdn", "mrdm", false),
            ("ab", "abcd", false),
        ] {
            assert_eq!(is_near(a, b), near, "{a} and {b}");
            assert_eq!(is_near(b, a), near, "{b} and {a}");
        }
    }
}
