//! Near-copies of earlier reports: how many runs of letters two texts share.

use crate::text;

/// Letters of a run.
const RUN: usize = 5;
/// Share of common runs, 0 to 1, from which a report is a near-copy. Two honest reports of the same kind of work at two
/// places share about two thirds.
const COPY: f64 = 0.8;
/// Letters of the shorter text, below which nothing is said: short reports of the same work are alike by nature.
const FEWEST: usize = 30;

/// The runs of letters of a text, each as one number, each once and in order. All digits count as one, so that another day
/// makes no other report.
fn runs(text: &str) -> Vec<u128> {
    let letters: Vec<char> = text::search_key(text).chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let number = |run: &[char]| run.iter().fold(0, |number, c| number << 21 | u128::from(u32::from(*c)));
    let mut runs: Vec<u128> = letters.windows(RUN).map(number).collect();
    runs.sort_unstable();
    runs.dedup();
    runs
}

/// Whether a report is a near-copy of one of these.
pub(super) fn is_copy(report: &str, earlier: &[String]) -> bool {
    let own = runs(report);
    own.len() + RUN > FEWEST
        && earlier.iter().any(|other| {
            let other = runs(other);
            let common = own.iter().filter(|run| other.binary_search(run).is_ok()).count();
            #[allow(clippy::cast_precision_loss)] // thousands at most
            let share = common as f64 / (own.len() + other.len() - common).max(1) as f64;
            share >= COPY
        })
}
