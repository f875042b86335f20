//! What a text is judged by: numbers of buckets, each with a value. Features are hashed, so that no list of words must be
//! kept and any script is as good as another.

use crate::likeness::{is_punctuation, skeleton};
use crate::text::search_key;
use crate::topic::Topics;
use std::ops::RangeInclusive;

/// Buckets. More would tell few features better apart and cost a download of megabytes at each node.
pub(super) const BUCKETS: usize = 1 << 17;
/// Words of a text that are read: its subject stands near the beginning.
const READ: usize = 400;
/// Lengths of the runs of letters.
const RUNS: RangeInclusive<usize> = 3..=5;
/// What the signs weigh together, where the words weigh 1 together.
const SIGNS: f32 = 1.0;
/// Steps of rarity to a unit.
const STEPS: f32 = 16.0;

/// A text as it was read.
pub(super) struct Read<'t> {
    /// Its words as typed.
    words: Vec<&'t str>,
    /// Bucket and index of the word, for each feature that a word has; sorted.
    found: Vec<(u32, u16)>,
    /// Bucket, weight, and words of the signs that stand in it; sorted.
    signs: Vec<(u32, f32, Vec<u16>)>,
}

impl<'t> Read<'t> {
    /// Reads a text.
    pub(super) fn of(said: &'t str, topics: &Topics) -> Self {
        // A piece such as "road/drain" is several words, each of which stands for the piece.
        let mut words = Vec::new();
        let mut keys: Vec<String> = Vec::new();
        for piece in said.split_whitespace() {
            for key in search_key(piece).split(' ').filter(|key| !key.is_empty()) {
                words.push(piece.trim_matches(is_punctuation));
                keys.push(key.to_owned());
            }
        }
        words.truncate(READ);
        keys.truncate(READ);
        let mut read = Self { words, found: Vec::new(), signs: Vec::new() };
        let mut before = "";
        for (index, key) in (0..).zip(&keys) {
            // A number (of months, of families) tells nothing.
            if key.bytes().all(|byte| byte.is_ascii_digit()) {
                continue;
            }
            read.add_word(key, before, index);
            before = key;
        }
        read.found.sort_unstable();
        read.add_signs(&keys, topics);
        read
    }

    fn add_word(&mut self, key: &str, before: &str, index: u16) {
        let mut add = |kind: u8, parts: &[&str]| self.found.push((bucket(kind, parts), index));
        add(b'w', &[key]);
        let heard = skeleton(key);
        if heard.len() >= 2 {
            add(b's', &[&heard]);
        }
        if !before.is_empty() {
            add(b'p', &[before, key]);
        }
        let edged = format!("^{key}$");
        let starts: Vec<usize> = edged.char_indices().map(|(at, _)| at).chain([edged.len()]).collect();
        for length in RUNS {
            for window in starts.windows(length + 1) {
                if let (Some(from), Some(to)) = (window.first(), window.last()) {
                    add(b'r', &[edged.get(*from..*to).unwrap_or_default()]);
                }
            }
        }
    }

    fn add_signs(&mut self, keys: &[String], topics: &Topics) {
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        for (code, sign) in topics.standing(&keys) {
            let parts = u8::try_from(sign.split(' ').count()).unwrap_or(u8::MAX);
            let spellings = || sign.split([' ', '|']).filter(|spelling| !spelling.is_empty());
            let words = (0..).zip(&keys).filter(|(_, key)| spellings().any(|spelling| key.starts_with(spelling)));
            let words: Vec<u16> = words.map(|(index, _)| index).collect();
            let bucket = bucket(b't', &[code]);
            match self.signs.iter_mut().find(|(known, ..)| *known == bucket) {
                Some((_, weight, at)) => {
                    *weight += f32::from(parts);
                    at.extend(words);
                }
                None => self.signs.push((bucket, f32::from(parts), words)),
            }
        }
        for (_, _, words) in &mut self.signs {
            words.sort_unstable();
            words.dedup();
        }
        self.signs.sort_unstable_by_key(|(bucket, ..)| *bucket);
    }

    /// The buckets, each once.
    pub(super) fn buckets(&self) -> impl Iterator<Item = u32> {
        let words = self.found.chunk_by(|one, other| one.0 == other.0).filter_map(|same| Some(same.first()?.0));
        words.chain(self.signs.iter().map(|(bucket, ..)| *bucket))
    }

    /// Each bucket with its value. The words' values have length 1 together, so that a long text counts as much as a
    /// short one; the signs' likewise.
    pub(super) fn values(&self, rarity: &[u8]) -> Vec<(u32, f32)> {
        let mut values: Vec<(u32, f32)> = self
            .found
            .chunk_by(|one, other| one.0 == other.0)
            .filter_map(|same| Some((same.first()?.0, value(same.len(), rarity_of(rarity, same.first()?.0)))))
            .collect();
        scale(&mut values, 1.0);
        let mut signs: Vec<(u32, f32)> = self.signs.iter().map(|(bucket, weight, _)| (*bucket, *weight)).collect();
        scale(&mut signs, SIGNS);
        values.extend(signs);
        values
    }

    /// What each word has of each value: the word, the bucket, its share.
    pub(super) fn shares(&self, rarity: &[u8]) -> Vec<(&'t str, u32, f32)> {
        let mut shares = Vec::new();
        let word = |index: u16| self.words.get(usize::from(index)).copied();
        for (bucket, value) in self.values(rarity) {
            let from = self.found.partition_point(|(known, _)| *known < bucket);
            let same: Vec<u16> = self
                .found
                .iter()
                .skip(from)
                .take_while(|(known, _)| *known == bucket)
                .map(|(_, index)| *index)
                .collect();
            let signs = self.signs.iter().find(|(known, ..)| *known == bucket).map(|(.., words)| words.clone());
            let words = if same.is_empty() { signs.unwrap_or_default() } else { same };
            #[allow(clippy::cast_precision_loss)] // hundreds of words
            let share = value / words.len().max(1) as f32;
            shares.extend(words.into_iter().filter_map(|index| Some((word(index)?, bucket, share))));
        }
        shares
    }
}

/// The value of a feature that stands so often in a text.
#[allow(clippy::cast_precision_loss)] // hundreds of words
fn value(times: usize, rarity: f32) -> f32 {
    (1.0 + (times as f32).ln()) * rarity
}

fn scale(values: &mut [(u32, f32)], to: f32) {
    let length = values.iter().map(|(_, value)| value * value).sum::<f32>().sqrt();
    if length > 0.0 {
        values.iter_mut().for_each(|(_, value)| *value *= to / length);
    }
}

fn rarity_of(rarity: &[u8], bucket: u32) -> f32 {
    f32::from(rarity.get(bucket as usize).copied().unwrap_or(u8::MAX)) / STEPS
}

/// The rarity of a feature that so many of all texts have, in steps.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 12 at most
pub(super) fn rarity(having: u32, all: usize) -> u8 {
    let rare = ((1.0 + all as f32) / (1.0 + having as f32)).ln() + 1.0;
    (rare * STEPS).clamp(1.0, 255.0) as u8
}

/// The bucket of a feature.
#[allow(clippy::cast_possible_truncation)] // 17 bits
fn bucket(kind: u8, parts: &[&str]) -> u32 {
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([b' ']));
    (hashed(std::iter::once(kind).chain(bytes)) % BUCKETS as u64) as u32
}

/// A hash that stays the same at every later build, since a file that was learned goes by it: FNV-1a, mixed.
pub(super) fn hashed(bytes: impl Iterator<Item = u8>) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    mixed(bytes.fold(0xcbf2_9ce4_8422_2325, step))
}

/// Mixes the bits of a number (the finaliser of SplitMix64).
pub(super) const fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}
