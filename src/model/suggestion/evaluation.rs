//! How good suggestions are, on grievances of kinds that were not learned from.

use super::features::Read;
use super::training::{Example, train};
use super::{Classifier, SUGGESTED};
use crate::CategoryCode;
use crate::topic::Topics;
use std::collections::BTreeMap;

/// Intervals of probability by which calibration is measured.
const INTERVALS: usize = 10;

/// What was measured.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evaluation {
    /// Grievances that were learned from.
    pub learned: usize,
    /// Grievances that were judged, and how.
    pub all: Judged,
    /// Of these, Bengali in Latin letters.
    pub latin: Judged,
    /// Mean over the categories of the F1 of the first suggestion, 0 to 1; what is below the threshold included.
    pub macro_f1: f64,
    /// Expected calibration error of the first suggestion, 0 to 1.
    pub calibration_error: f64,
    /// Threshold, and for each of these the share that gets a suggestion and the share of them whose first is right.
    pub coverage: Vec<(f32, f64, f64)>,
    /// Category that was right, category that was most likely, and how often; the most frequent errors first.
    pub confusion: Vec<(CategoryCode, CategoryCode, usize)>,
}

/// Judged grievances.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Judged {
    /// All.
    pub all: usize,
    /// Those whose most likely category was right.
    pub first: usize,
    /// Those of which one of the three most likely was right.
    pub among_three: usize,
}

/// Learns from some grievances and judges the others. Answers also what was learned.
#[must_use]
pub fn evaluate(
    examples: &[Example],
    is_judged: impl Fn(&Example) -> bool,
    known: &[Example],
    topics: &Topics,
) -> Option<(Evaluation, Classifier)> {
    let (judged, learned): (Vec<Example>, Vec<Example>) = examples.iter().cloned().partition(is_judged);
    let classifier = train(&learned, known, topics)?;
    Some((classifier.judge(&judged, learned.len(), topics), classifier))
}

impl Classifier {
    /// How it judges these grievances, from none of which it learned.
    #[must_use]
    #[allow(clippy::cast_precision_loss)] // counts
    pub fn judge(&self, judged: &[Example], learned: usize, topics: &Topics) -> Evaluation {
        let mut evaluation = Evaluation { learned, ..Evaluation::default() };
        let mut firsts: Vec<(f32, bool)> = Vec::new();
        let mut confusion: BTreeMap<(CategoryCode, CategoryCode), usize> = BTreeMap::new();
        for example in judged {
            let ranked = self.ranked(&Read::of(&example.text, topics));
            let class = |index: usize| self.head.classes.get(index);
            let first = ranked.first().and_then(|(index, probability)| Some((class(*index)?, *probability)));
            let Some((first, probability)) = first else { continue };
            let is_right = *first == example.category;
            let mut three = ranked.iter().take(SUGGESTED).filter_map(|(index, _)| class(*index));
            let among_three = three.any(|category| *category == example.category);
            let latin = example.is_latin_bengali().then_some(&mut evaluation.latin);
            for counts in [Some(&mut evaluation.all), latin].into_iter().flatten() {
                counts.all += 1;
                counts.first += usize::from(is_right);
                counts.among_three += usize::from(among_three);
            }
            firsts.push((probability, is_right));
            *confusion.entry((example.category.clone(), first.clone())).or_default() += 1;
        }
        evaluation.macro_f1 = macro_f1(&by_category(judged), &confusion);
        evaluation.calibration_error = calibration_error(&firsts);
        let thresholds = (2..10_u8).map(|step| f32::from(step) / 10.0).chain([self.head.threshold]);
        evaluation.coverage = thresholds.map(|threshold| covered(&firsts, threshold)).collect();
        evaluation.coverage.sort_by(|one, other| one.0.total_cmp(&other.0));
        evaluation.confusion = confusion.into_iter().map(|((right, first), times)| (right, first, times)).collect();
        evaluation.confusion.sort_by_key(|(right, first, times)| (right == first, std::cmp::Reverse(*times)));
        evaluation
    }
}

/// Mean over the categories that were judged of the harmonic mean of precision and recall.
#[allow(clippy::cast_precision_loss)] // counts
fn macro_f1(
    categories: &BTreeMap<&CategoryCode, usize>,
    confusion: &BTreeMap<(CategoryCode, CategoryCode), usize>,
) -> f64 {
    let of = |category: &CategoryCode, having: &usize| {
        let right = confusion.get(&(category.clone(), category.clone())).copied().unwrap_or(0);
        let said: usize = confusion.iter().filter(|((_, first), _)| first == category).map(|(_, times)| times).sum();
        2.0 * right as f64 / (having + said).max(1) as f64
    };
    let scores = categories.iter().map(|(category, having)| of(category, having));
    scores.sum::<f64>() / categories.len().max(1) as f64
}

/// Mean distance between what was said and how often it was right, over intervals of probability, by their sizes.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 to 10
fn calibration_error(firsts: &[(f32, bool)]) -> f64 {
    let mut intervals = [(0.0_f64, 0_usize, 0_usize); INTERVALS];
    for (probability, is_right) in firsts {
        let index = ((probability * INTERVALS as f32) as usize).min(INTERVALS - 1);
        if let Some((said, right, all)) = intervals.get_mut(index) {
            *said += f64::from(*probability);
            *right += usize::from(*is_right);
            *all += 1;
        }
    }
    let apart = intervals.iter().map(|(said, right, _)| (said - *right as f64).abs());
    apart.sum::<f64>() / firsts.len().max(1) as f64
}

#[allow(clippy::cast_precision_loss)] // counts
fn covered(firsts: &[(f32, bool)], threshold: f32) -> (f32, f64, f64) {
    let above: Vec<bool> = firsts.iter().filter(|(said, _)| *said >= threshold).map(|(_, right)| *right).collect();
    let right = above.iter().filter(|right| **right).count();
    (threshold, above.len() as f64 / firsts.len().max(1) as f64, right as f64 / above.len().max(1) as f64)
}

/// For each category the number of its examples.
fn by_category(examples: &[Example]) -> BTreeMap<&CategoryCode, usize> {
    let mut counts = BTreeMap::new();
    for example in examples {
        *counts.entry(&example.category).or_default() += 1;
    }
    counts
}
