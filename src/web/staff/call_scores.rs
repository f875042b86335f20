//! What scores of calls say, in words: an estimate with its margin, or that there are too few to say.

use model::wire::CallScores;
use web::format::{counted, digits};
use web::i18n::{fill, key, t};

/// How well calls were made.
pub fn well(scores: &CallScores) -> String {
    let n = |count: u32| digits(&count.to_string());
    match scores.percent.zip(scores.margin) {
        Some((percent, margin)) => {
            let values = [("percent", n(percent)), ("margin", n(margin)), ("n", n(scores.scored))];
            fill(key::CALLS_WELL, &values.each_ref().map(|(name, value)| (*name, &**value)))
        }
        None if scores.scored == 0 => t(key::CALLS_UNSCORED),
        None => counted(key::CALLS_FEW, scores.scored),
    }
}

/// How far two scores of the same call differ.
pub fn differ(scores: &CallScores) -> String {
    let n = |count: u32| digits(&count.to_string());
    match scores.apart {
        Some(apart) => fill(key::CALLS_APART, &[("points", &n(apart)), ("n", &n(scores.twice))]),
        None => fill(key::CALLS_APART_FEW, &[("n", &n(scores.twice))]),
    }
}
