//! Suggests the category of a grievance from its words, as learned from grievances whose category is known.
//!
//! A multinomial logistic regression over hashed words, pairs of words, runs of letters and the consonants that are heard
//! in a word, by which Bengali in its own letters and in Latin ones meet. The hand-made signs of [`Topics`] are features
//! like any other, so that a language or category without closed grievances is not lost. Probabilities are calibrated on
//! grievances that were held back; below a threshold nothing is suggested.

mod evaluation;
mod features;
mod training;

pub use evaluation::{Evaluation, Judged, evaluate};
pub use training::{Example, kind_of, train};

use crate::CategoryCode;
use crate::topic::Topics;
use features::Read;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most categories that are suggested.
pub const SUGGESTED: usize = 3;
/// Probability below which a second or third category is not worth reading.
const LEAST: f32 = 0.05;
/// Most words that are shown as a reason.
const WORDS: usize = 4;
/// One in so many grievances is categorised without a suggestion, so that the error of suggestions can be measured and
/// learned from: a suggestion that was accepted only teaches what was suggested.
const BLIND: u64 = 20;

/// Whether the desk categorises this grievance without a suggestion. It follows from the number, so that all nodes and
/// all times agree.
#[must_use]
pub fn is_blind(reference: crate::Reference) -> bool {
    features::mixed(reference.as_u64()).is_multiple_of(BLIND)
}

/// A likely category.
#[derive(Debug, Clone, PartialEq)]
pub struct Likely {
    /// The category.
    pub category: CategoryCode,
    /// Calibrated probability, 0 to 1.
    pub probability: f32,
    /// Words of the text, as typed, that speak most for it, the strongest first.
    pub words: Vec<String>,
}

/// What was learned.
#[derive(Debug, Clone, PartialEq)]
pub struct Classifier {
    /// What is kept for each category, and for all.
    pub head: Head,
    /// Rarity of each bucket in sixteenths.
    pub rarity: Vec<u8>,
    /// Weight of each bucket for each category, bucket by bucket, in units of the category's scale.
    pub weights: Vec<i8>,
}

/// What a classifier keeps beside its weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// The categories, sorted.
    pub classes: Vec<CategoryCode>,
    /// Unit of the weights of each category.
    pub scales: Vec<f32>,
    /// The score of each category before a word is read.
    pub biases: Vec<f32>,
    /// Divides the scores, so that probabilities are as often right as they say.
    pub temperature: f32,
    /// Probability of the first category from which anything is suggested, 0 to 1.
    pub threshold: f32,
}

impl Classifier {
    /// The likely categories, best first, at most [`SUGGESTED`]; none where even the best is too uncertain.
    #[must_use]
    pub fn suggest(&self, said: &str, topics: &Topics) -> Vec<Likely> {
        let read = Read::of(said, topics);
        let ranked = self.ranked(&read);
        if ranked.first().is_none_or(|(_, probability)| *probability < self.head.threshold) {
            return Vec::new();
        }
        ranked
            .into_iter()
            .take(SUGGESTED)
            .enumerate()
            .filter(|(place, (_, probability))| *place == 0 || *probability >= LEAST)
            .filter_map(|(_, (class, probability))| {
                let category = self.head.classes.get(class)?.clone();
                Some(Likely { category, probability, words: self.reasons(&read, class) })
            })
            .collect()
    }

    /// Indexes of the classes with their probabilities, most likely first.
    fn ranked(&self, read: &Read) -> Vec<(usize, f32)> {
        let mut ranked: Vec<_> = self.probabilities(read).into_iter().enumerate().collect();
        ranked.sort_by(|one, other| other.1.total_cmp(&one.1));
        ranked
    }

    fn probabilities(&self, read: &Read) -> Vec<f32> {
        softmax(&self.scores(read), self.head.temperature)
    }

    /// The score of each class, before calibration.
    fn scores(&self, read: &Read) -> Vec<f32> {
        let mut sums = vec![0.0_f32; self.head.classes.len()];
        for (bucket, value) in read.values(&self.rarity) {
            for (sum, weight) in sums.iter_mut().zip(self.row(bucket)) {
                *sum += value * f32::from(*weight);
            }
        }
        let scaled = sums.into_iter().zip(&self.head.scales).zip(&self.head.biases);
        scaled.map(|((sum, scale), bias)| sum * scale + bias).collect()
    }

    /// The weights of a bucket, one for each class.
    fn row(&self, bucket: u32) -> &[i8] {
        let from = bucket as usize * self.head.classes.len();
        self.weights.get(from..from + self.head.classes.len()).unwrap_or_default()
    }

    /// The words that speak most for a class: those whose features favour it over the average class.
    fn reasons(&self, read: &Read, class: usize) -> Vec<String> {
        let favours = |bucket: u32| {
            let row = self.row(bucket);
            let scaled = || row.iter().zip(&self.head.scales).map(|(weight, scale)| f32::from(*weight) * scale);
            #[allow(clippy::cast_precision_loss)] // dozens of classes
            let average = scaled().sum::<f32>() / row.len().max(1) as f32;
            scaled().nth(class).unwrap_or(0.0) - average
        };
        let mut by_word: BTreeMap<&str, f32> = BTreeMap::new();
        for (word, bucket, value) in read.shares(&self.rarity) {
            *by_word.entry(word).or_default() += value * favours(bucket);
        }
        let mut words: Vec<_> = by_word.into_iter().filter(|(_, favour)| *favour > 0.0).collect();
        words.sort_by(|one, other| other.1.total_cmp(&one.1));
        let strongest = words.first().map_or(0.0, |(_, favour)| *favour);
        // A word that hardly counted is no reason.
        let told = words.into_iter().filter(|(_, favour)| *favour >= strongest / 5.0);
        told.take(WORDS).map(|(word, _)| word.to_owned()).collect()
    }

    /// Whether it has the shape that its categories demand: what was read from a file may have another.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let classes = self.head.classes.len();
        let of_class = |list: &[f32]| list.len() == classes && list.iter().all(|value| value.is_finite());
        self.rarity.len() == features::BUCKETS
            && self.weights.len() == features::BUCKETS * classes
            && of_class(&self.head.scales)
            && of_class(&self.head.biases)
            && self.head.temperature > 0.0
    }
}

/// Probabilities of scores.
fn softmax(scores: &[f32], temperature: f32) -> Vec<f32> {
    let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f32> = scores.iter().map(|score| ((score - highest) / temperature).exp()).collect();
    let sum: f32 = powers.iter().sum();
    powers.into_iter().map(|power| power / sum).collect()
}

#[cfg(test)]
mod tests;
