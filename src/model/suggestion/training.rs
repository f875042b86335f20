//! Learns from grievances whose category is known.

use super::features::{BUCKETS, Read, hashed, mixed, rarity};
use super::{Classifier, softmax};
use crate::likeness;
use crate::topic::Topics;
use crate::{CategoryCode, Language};
use std::collections::{BTreeSet, HashMap};

/// Times that all examples are gone through.
const ROUNDS: usize = 12;
/// Length of the first steps.
const STEP: f32 = 0.8;
/// What is kept of each weight after a round, so that what was seen once or wrongly labelled counts for little.
const KEPT: f32 = 0.96;
/// Most grievances of one kind that are learned from: a campaign sends the same letter a thousand times.
const OF_A_KIND: usize = 20;
/// Most examples, the newest. More take gigabytes and teach little.
const MOST: usize = 40_000;
/// Parts of the kinds, each of which is held back once to calibrate by.
const PARTS: u64 = 3;
/// Share of the suggestions above the threshold whose first category must be right.
const PRECISION: f32 = 0.8;
/// Shares of wrong labels that are tried.
const WRONG: [f32; 6] = [0.001, 0.02, 0.05, 0.1, 0.15, 0.2];
/// Where there is nothing to calibrate by.
const THRESHOLD: f32 = 0.5;

/// A grievance whose category is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// Its words.
    pub text: String,
    /// Its category.
    pub category: CategoryCode,
    /// The language of its citizen.
    pub language: Language,
    /// Grievances of the same wording have the same kind; see [`kind_of`].
    pub kind: u64,
}

impl Example {
    /// Whether it is Bengali in Latin letters.
    #[must_use]
    pub fn is_latin_bengali(&self) -> bool {
        let letters = || self.text.chars().filter(|c| c.is_alphabetic());
        self.language == Language::Bengali && letters().filter(char::is_ascii).count() * 2 > letters().count()
    }
}

/// The kind of a grievance: the same for texts that differ only in numbers and in the words of the landmark. What is
/// learned is tried on kinds that were not learned from; the same letter of a neighbour would flatter it.
#[must_use]
pub fn kind_of(text: &str, landmark: &str) -> u64 {
    let without: BTreeSet<String> = likeness::words(landmark).into_keys().collect();
    let words = likeness::words(text).into_keys().filter(|word| !without.contains(word));
    hashed(words.flat_map(|word| word.into_bytes().into_iter().chain([b' '])))
}

/// An example as it is learned from.
struct Lesson {
    class: usize,
    values: Vec<(u32, f32)>,
}

/// Learns from examples, oldest first. `known` are the categories with their names and usual words, from which is
/// learned where there are no examples. `None` where no category is known.
#[must_use]
pub fn train(examples: &[Example], known: &[Example], topics: &Topics) -> Option<Classifier> {
    let examples = few_of_a_kind(examples);
    let mut scored = Vec::new();
    for part in 0..PARTS {
        let (held, taught): (Vec<&Example>, Vec<&Example>) =
            examples.iter().partition(|example| mixed(example.kind ^ 1) % PARTS == part);
        let taught: Vec<&Example> = taught.into_iter().chain(known).collect();
        if !held.is_empty() {
            scored.extend(scored_by(&fitted(&taught, topics)?, &held, topics));
        }
    }
    let all: Vec<&Example> = examples.iter().chain(known).collect();
    let mut classifier = fitted(&all, topics)?;
    if !scored.is_empty() {
        (classifier.head.temperature, classifier.head.threshold) = calibrate(&scored, classifier.head.classes.len());
    }
    Some(classifier)
}

/// The newest examples, at most [`OF_A_KIND`] of each kind, whatever their categories: else the few wrong ones of a kind
/// would count as much as the many right ones.
fn few_of_a_kind(examples: &[Example]) -> Vec<Example> {
    let mut seen: HashMap<u64, usize> = HashMap::new();
    let newest = examples.iter().rev().filter(|example| {
        let times = seen.entry(example.kind).or_default();
        *times += 1;
        *times <= OF_A_KIND
    });
    newest.take(MOST).cloned().collect()
}

/// Fits the weights.
fn fitted(examples: &[&Example], topics: &Topics) -> Option<Classifier> {
    let classes: Vec<CategoryCode> =
        examples.iter().map(|example| example.category.clone()).collect::<BTreeSet<_>>().into_iter().collect();
    if classes.is_empty() {
        return None;
    }
    let read: Vec<Read> = examples.iter().map(|example| Read::of(&example.text, topics)).collect();
    let mut having: HashMap<u32, u32> = HashMap::new();
    for bucket in read.iter().flat_map(Read::buckets) {
        *having.entry(bucket).or_default() += 1;
    }
    let mut rare = vec![rarity(0, examples.len()); BUCKETS];
    for (bucket, times) in having {
        if let Some(known) = rare.get_mut(bucket as usize) {
            *known = rarity(times, examples.len());
        }
    }
    let lessons: Vec<Lesson> = examples
        .iter()
        .zip(&read)
        .filter_map(|(example, read)| {
            let class = classes.binary_search(&example.category).ok()?;
            Some(Lesson { class, values: read.values(&rare) })
        })
        .collect();
    let (weights, biases) = learned(&lessons, classes.len());
    let (weights, scales) = rounded(&weights, classes.len());
    let head = super::Head { classes, scales, biases, temperature: 1.0, threshold: THRESHOLD };
    Some(Classifier { head, rarity: rare, weights })
}

/// Weights, bucket by bucket, and biases: stochastic descent of the logarithmic loss, with steps that grow shorter for
/// each bucket the more it has been moved (AdaGrad).
fn learned(lessons: &[Lesson], classes: usize) -> (Vec<f32>, Vec<f32>) {
    let mut weights = vec![0.0_f32; BUCKETS * classes];
    let mut moved = vec![0.01_f32; BUCKETS];
    let (mut biases, mut bias_moved) = (vec![0.0_f32; classes], 0.01_f32);
    let mut order: Vec<usize> = (0..lessons.len()).collect();
    for round in 0..ROUNDS as u64 {
        // Another order in each round, the same at every training.
        order.sort_by_key(|index| mixed(*index as u64 ^ (round << 40)));
        for lesson in order.iter().filter_map(|index| lessons.get(*index)) {
            let mut scores = biases.clone();
            for (bucket, value) in &lesson.values {
                let from = *bucket as usize * classes;
                for (score, weight) in scores.iter_mut().zip(weights.get(from..from + classes).unwrap_or_default()) {
                    *score += value * weight;
                }
            }
            let mut slope = softmax(&scores, 1.0);
            if let Some(right) = slope.get_mut(lesson.class) {
                *right -= 1.0;
            }
            let steep: f32 = slope.iter().map(|slope| slope * slope).sum();
            bias_moved += steep;
            let step = STEP / bias_moved.sqrt();
            biases.iter_mut().zip(&slope).for_each(|(bias, slope)| *bias -= step * slope);
            for (bucket, value) in &lesson.values {
                let Some(moved) = moved.get_mut(*bucket as usize) else { continue };
                *moved += steep * value * value;
                let step = STEP * value / moved.sqrt();
                let from = *bucket as usize * classes;
                for (weight, slope) in weights.get_mut(from..from + classes).unwrap_or_default().iter_mut().zip(&slope)
                {
                    *weight -= step * slope;
                }
            }
        }
        weights.iter_mut().for_each(|weight| *weight *= KEPT);
    }
    (weights, biases)
}

/// Weights in 255 steps for each class, a quarter of the memory.
#[allow(clippy::cast_possible_truncation)] // -127 to 127
fn rounded(weights: &[f32], classes: usize) -> (Vec<i8>, Vec<f32>) {
    let mut scales = vec![f32::MIN_POSITIVE; classes];
    for row in weights.chunks_exact(classes) {
        scales.iter_mut().zip(row).for_each(|(scale, weight)| *scale = scale.max(weight.abs() / 127.0));
    }
    let steps = weights.chunks_exact(classes).flat_map(|row| row.iter().zip(&scales));
    (steps.map(|(weight, scale)| (weight / scale).round() as i8).collect(), scales)
}

/// The scores of a grievance that was held back, and the index of its category.
type Scored = (Vec<f32>, Option<usize>);

fn scored_by(trial: &Classifier, held: &[&Example], topics: &Topics) -> Vec<Scored> {
    let scored = held.iter().map(|example| {
        let class = trial.head.classes.binary_search(&example.category).ok();
        (trial.scores(&Read::of(&example.text, topics)), class)
    });
    scored.collect()
}

/// Temperature and threshold by grievances that were held back.
fn calibrate(scored: &[Scored], classes: usize) -> (f32, f32) {
    #[allow(clippy::cast_precision_loss)] // dozens
    let classes = classes as f32;
    let loss = |(temperature, wrong): (f32, f32)| -> f32 {
        let right = scored.iter().map(|(scores, class)| {
            class.and_then(|class| softmax(scores, temperature).get(class).copied()).unwrap_or(0.0)
        });
        right.map(|probability| -((1.0 - wrong) * probability + wrong / classes).ln()).sum()
    };
    // From a quarter to eight, in steps of a tenth. People are wrong, too: a share of the labels is any category. Without it
    // every probability would be lowered for the sake of a few labels that nothing could foresee.
    let temperatures = (0..37).map(|step| 0.25 * 1.1_f32.powi(step));
    let pairs = temperatures.flat_map(|temperature| WRONG.map(|wrong| (temperature, wrong)));
    let (temperature, _) = pairs.min_by(|one, other| loss(*one).total_cmp(&loss(*other))).unwrap_or((1.0, 0.0));
    let mut firsts: Vec<(f32, bool)> = scored
        .iter()
        .map(|(scores, class)| {
            let best =
                softmax(scores, temperature).into_iter().enumerate().max_by(|one, other| one.1.total_cmp(&other.1));
            best.map_or((0.0, false), |(index, probability)| (probability, Some(index) == *class))
        })
        .collect();
    (temperature, threshold(&mut firsts))
}

/// The lowest probability from which on so many of the suggestions are right.
#[allow(clippy::cast_precision_loss)] // tens of thousands
fn threshold(firsts: &mut [(f32, bool)]) -> f32 {
    firsts.sort_by(|one, other| other.0.total_cmp(&one.0));
    let mut right = 0_usize;
    let mut lowest = None;
    for (index, (probability, is_right)) in firsts.iter().enumerate() {
        right += usize::from(*is_right);
        if right as f32 >= PRECISION * (index + 1) as f32 {
            lowest = Some(*probability);
        }
    }
    lowest.unwrap_or(THRESHOLD).max(0.2)
}
