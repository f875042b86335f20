//! How a call is scored: criteria with words for each mark, agreement between those who score, and which calls are drawn.

use crate::names::vocabulary;
use serde::{Deserialize, Serialize};

vocabulary! {
    /// What kind of call is scored.
    CallKind {
        /// Somebody rang, and their grievance was taken.
        Intake,
        /// A citizen was asked whether it is done.
        Verification,
    }
}

/// Most letters of a note, a correction, a dispute and a decision.
pub const CALL_WORDS: usize = 500;

vocabulary! {
    /// Why a lead hears a certain call, apart from those that are drawn. What was chosen says nothing about how somebody works as a
    /// rule, so it stands apart from what was drawn.
    WhyChosen {
        /// Somebody has complained about it.
        Complaint,
        /// The caller has asked for it.
        Asked,
        /// The caller is new.
        Newcomer,
        /// To see whether what was agreed on has helped.
        Coaching,
    }
}

vocabulary! {
    /// What is scored. Each has words of its own for each mark.
    Criterion {
        /// Greets, and says who calls or answers.
        Greeting,
        /// Lets them finish.
        Listening,
        /// Asks whether somebody is in danger.
        Danger,
        /// Offers to hide the name.
        Privacy,
        /// Keeps their own words.
        Words,
        /// Finds what it is about.
        Matter,
        /// Asks only once for what is needed.
        Asking,
        /// Reads the number back.
        ReadingBack,
        /// Reads the questions as they stand.
        Script,
        /// Does not lead them to an answer.
        Neutral,
        /// Puts on record what was said.
        Record,
        /// Says what comes next.
        Next,
        /// Is kind to the end.
        Kindness,
    }
}

impl CallKind {
    /// What is scored in a call of this kind, in the order of a call; at most 12.
    #[must_use]
    pub fn criteria(self) -> &'static [Criterion] {
        use Criterion as C;
        match self {
            Self::Intake => &[
                C::Greeting,
                C::Listening,
                C::Danger,
                C::Privacy,
                C::Words,
                C::Matter,
                C::Asking,
                C::ReadingBack,
                C::Next,
                C::Kindness,
            ],
            Self::Verification => &[C::Greeting, C::Script, C::Listening, C::Neutral, C::Record, C::Next, C::Kindness],
        }
    }
}

vocabulary! {
    /// How well a criterion was met.
    Mark {
        /// Not.
        Not,
        /// In part.
        Partly,
        /// Fully.
        Fully,
    }
}

impl Mark {
    /// Points: 0, 1 or 2.
    #[must_use]
    pub const fn points(self) -> u32 {
        match self {
            Self::Not => 0,
            Self::Partly => 1,
            Self::Fully => 2,
        }
    }
}

/// A mark for a criterion; `None` where the call gave no occasion for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Marked {
    /// What.
    pub criterion: Criterion,
    /// How well.
    pub mark: Option<Mark>,
}

/// Whether these are the marks of a call of this kind: each criterion once, in any order.
#[must_use]
pub fn is_complete(kind: CallKind, marks: &[Marked]) -> bool {
    let criteria = kind.criteria();
    marks.len() == criteria.len()
        && criteria.iter().all(|criterion| marks.iter().any(|marked| marked.criterion == *criterion))
}

/// The share of all points that the marks reach, in percent; `None` where nothing could be marked.
#[must_use]
pub fn percent(marks: &[Marked]) -> Option<u32> {
    let points: Vec<u32> = marks.iter().filter_map(|marked| marked.mark).map(Mark::points).collect();
    let most = 2 * u32::try_from(points.len()).ok()?;
    (most > 0).then(|| (points.iter().sum::<u32>() * 100 + most / 2) / most)
}

/// Fewest scores from which something is said about a person or a desk.
pub const FEW: usize = 8;

/// The mean of scores in percent, and the points either side within which it lies in 19 of 20 such samples; `None` for fewer than
/// [`FEW`].
#[must_use]
pub fn estimate(percents: &[u32]) -> Option<(u32, u32)> {
    if percents.len() < FEW {
        return None;
    }
    #[allow(clippy::cast_precision_loss)] // far fewer scores than a float counts
    let count = percents.len() as f64;
    let mean = percents.iter().copied().map(f64::from).sum::<f64>() / count;
    let squares: f64 = percents.iter().map(|percent| (f64::from(*percent) - mean).powi(2)).sum();
    // The normal distribution's 1.96 is too narrow for so few; 2.36 is Student's for eight, and wide enough for more.
    let margin = 2.36 * (squares / (count - 1.0) / count).sqrt();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 to 100, and some multiple of that
    Some((mean.round() as u32, margin.ceil() as u32))
}

/// By how many points two scores of the same call differ on average; `None` for fewer than [`FEW`] calls.
#[must_use]
pub fn apart(pairs: &[(u32, u32)]) -> Option<u32> {
    if pairs.len() < FEW {
        return None;
    }
    let sum: u32 = pairs.iter().map(|(one, other)| one.abs_diff(*other)).sum();
    let count = u32::try_from(pairs.len()).ok()?;
    Some((sum + count / 2) / count)
}

/// How two who scored the same calls agree beyond chance: Cohen's kappa with quadratic weights, from -1 to 1 (Cohen 1968), in
/// per mille, over all criteria that both marked. `None` where there are too few pairs to say, or all marks are the same.
#[must_use]
pub fn kappa(pairs: &[(Mark, Mark)]) -> Option<i32> {
    if pairs.len() < PAIRS {
        return None;
    }
    let distance = |a: Mark, b: Mark| f64::from(a.points().abs_diff(b.points())).powi(2);
    #[allow(clippy::cast_precision_loss)] // far fewer pairs than a float counts
    let count = pairs.len() as f64;
    let seen: f64 = pairs.iter().map(|(a, b)| distance(*a, *b)).sum::<f64>() / count;
    let mut by_chance = 0.0;
    for a in Mark::ALL {
        for b in Mark::ALL {
            #[allow(clippy::cast_precision_loss)]
            let share =
                |is: &dyn Fn(&(Mark, Mark)) -> bool| pairs.iter().filter(|pair| is(pair)).count() as f64 / count;
            by_chance += share(&|pair| pair.0 == a) * share(&|pair| pair.1 == b) * distance(a, b);
        }
    }
    #[allow(clippy::cast_possible_truncation)] // between -1,000 and 1,000
    (by_chance > 0.0).then(|| ((1.0 - seen / by_chance) * 1_000.0).round() as i32)
}

/// Fewest pairs of marks from which agreement is told.
pub const PAIRS: usize = 20;
/// Per mille of agreement under which the words of the criteria need to be clearer.
pub const AGREED: i32 = 600;
/// Of so many calls that a lead scores, one has been scored by another before.
pub const SECOND_OF: u64 = 20;
/// Days after a score within which it can be disputed.
pub const DISPUTE_DAYS: i64 = 5;
/// Days for which calls are drawn.
pub const DRAWN_DAYS: i64 = 7;

/// Seconds of sound for which loudness is told, by [`silences`].
pub const SLICE: f64 = 0.1;
/// Shortest silence that is skipped, in seconds.
const SILENCE: f64 = 1.5;
/// Seconds of a silence that are heard at its beginning and at its end, so that no syllable is cut and one hears that there was one.
const HEARD: f64 = 0.3;
/// A slice is silent where it is this much quieter than speech in the same recording: 26 dB.
const QUIET: f32 = 0.05;
/// Loudness below which there is no speech at all, of 1: 56 dB below the loudest sound there is.
const NOTHING: f32 = 0.0015;

/// The parts of a recording in which nobody speaks and that a listener can skip, as seconds from its beginning: where they begin and
/// where they end. `loudness` is the effective value of each [`SLICE`] of it, of 1. Speech is taken to be as loud as the loudest
/// twentieth of the slices.
#[must_use]
pub fn silences(loudness: &[f32]) -> Vec<(f64, f64)> {
    let mut sorted = loudness.to_vec();
    sorted.sort_unstable_by(|one, other| other.total_cmp(one));
    let Some(speech) = sorted.get(sorted.len() / 20).copied() else { return Vec::new() };
    let quiet = (speech * QUIET).max(NOTHING);
    #[allow(clippy::cast_precision_loss)] // hours of slices are few
    let second = |slice: usize| slice as f64 * SLICE;
    let mut silences = Vec::new();
    let mut at = 0;
    for run in loudness.chunk_by(|one, other| (*one < quiet) == (*other < quiet)) {
        let end = at + run.len();
        if run.first().is_some_and(|first| *first < quiet) && second(run.len()) >= SILENCE {
            silences.push((second(at) + HEARD, second(end) - HEARD));
        }
        at = end;
    }
    silences
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_call_has_at_most_twelve_criteria_and_each_once() {
        for kind in CallKind::ALL {
            let criteria = kind.criteria();
            assert!((5..=12).contains(&criteria.len()), "{kind:?}");
            let mut known = criteria.to_vec();
            known.sort();
            known.dedup();
            assert_eq!(known.len(), criteria.len());
        }
        let used = |criterion: &Criterion| CallKind::ALL.iter().any(|kind| kind.criteria().contains(criterion));
        assert!(Criterion::ALL.iter().all(used));
    }

    fn marks(kind: CallKind, mark: Option<Mark>) -> Vec<Marked> {
        kind.criteria().iter().map(|criterion| Marked { criterion: *criterion, mark }).collect()
    }

    #[test]
    fn marks_are_complete_where_each_criterion_stands_once() {
        let whole = marks(CallKind::Verification, None);
        assert!(is_complete(CallKind::Verification, &whole) && !is_complete(CallKind::Intake, &whole));
        let mut twice = whole.clone();
        twice[1] = twice[0];
        assert!(!is_complete(CallKind::Verification, &twice));
        assert!(!is_complete(CallKind::Verification, &whole[1..]));
    }

    #[test]
    fn what_gave_no_occasion_counts_neither_way() {
        assert_eq!(percent(&marks(CallKind::Intake, None)), None);
        assert_eq!(percent(&marks(CallKind::Intake, Some(Mark::Fully))), Some(100));
        let mut mixed = marks(CallKind::Verification, None);
        mixed[0].mark = Some(Mark::Partly);
        mixed[1].mark = Some(Mark::Fully);
        assert_eq!(percent(&mixed), Some(75));
        mixed[2].mark = Some(Mark::Not);
        assert_eq!(percent(&mixed), Some(50));
    }

    #[test]
    fn kappa_is_one_for_agreement_and_nought_for_chance() {
        use Mark::{Fully, Not, Partly};
        let cycle = [Not, Partly, Fully];
        let same: Vec<(Mark, Mark)> = (0..30).map(|at| (cycle[at % 3], cycle[at % 3])).collect();
        assert_eq!(kappa(&same), Some(1_000));
        assert_eq!(kappa(&same[..PAIRS - 1]), None, "too few");
        let independent: Vec<(Mark, Mark)> = (0..36).map(|at| (cycle[at % 3], cycle[at / 3 % 3])).collect();
        assert_eq!(kappa(&independent), Some(0));
        let against: Vec<(Mark, Mark)> = (0..30).map(|at| (cycle[at % 3], cycle[2 - at % 3])).collect();
        assert_eq!(kappa(&against), Some(-1_000));
        assert_eq!(kappa(&[(Fully, Fully); 40]), None, "where everybody is perfect nothing is told apart");
        // Worked out by hand: 20 pairs, 14 equal, 6 one step apart; both have 10 fully, 6 partly, 4 not.
        let mut near = vec![(Fully, Fully); 8];
        near.extend([(Partly, Partly); 3]);
        near.extend([(Not, Not); 3]);
        near.extend([(Fully, Partly), (Fully, Partly), (Partly, Fully), (Partly, Fully), (Partly, Not), (Not, Partly)]);
        assert_eq!(kappa(&near), Some(754));
    }

    #[test]
    fn silence_is_what_is_long_and_much_quieter_than_speech() {
        let sound = |parts: &[(usize, f32)]| -> Vec<f32> {
            parts.iter().flat_map(|(slices, loudness)| std::iter::repeat_n(*loudness, *slices)).collect()
        };
        let near = |found: Vec<(f64, f64)>, wanted: &[(f64, f64)]| {
            assert_eq!(found.len(), wanted.len(), "{found:?}");
            for ((from, to), (first, last)) in found.into_iter().zip(wanted) {
                assert!((from - first).abs() < 1e-6 && (to - last).abs() < 1e-6, "{from} {to}");
            }
        };
        near(silences(&[]), &[]);
        // Two seconds between two sentences, and a pause for breath.
        near(silences(&sound(&[(20, 0.2), (20, 0.002), (10, 0.2), (5, 0.002), (10, 0.2)])), &[(2.3, 3.7)]);
        // A bad line hums; who speaks softly is still heard.
        near(silences(&sound(&[(20, 0.4), (20, 0.015), (20, 0.4)])), &[(2.3, 3.7)]);
        near(silences(&sound(&[(20, 0.4), (20, 0.03), (20, 0.4)])), &[]);
        // Nobody has spoken at all; the end is silent.
        near(silences(&sound(&[(30, 0.0)])), &[(0.3, 2.7)]);
        near(silences(&sound(&[(30, 0.1), (15, 0.0)])), &[(3.3, 4.2)]);
        near(silences(&sound(&[(30, 0.1), (14, 0.0)])), &[]);
        // Words are a twentieth of a long wait.
        near(silences(&sound(&[(300, 0.0), (20, 0.3)])), &[(0.3, 29.7)]);
    }

    #[test]
    fn little_is_said_about_few_scores() {
        assert_eq!(estimate(&[80; 7]), None);
        assert_eq!(estimate(&[80; 8]), Some((80, 0)));
        // A spread of 26.7 points, by the root of eight, times 2.36.
        assert_eq!(estimate(&[50, 50, 50, 50, 100, 100, 100, 100]), Some((75, 23)));
        let many: Vec<u32> = [50, 100].repeat(50);
        assert_eq!(estimate(&many), Some((75, 6)), "more scores, and it is surer");
        assert_eq!(apart(&[(50, 60); 7]), None);
        assert_eq!(apart(&[(50, 60), (60, 50), (70, 70), (70, 70), (50, 60), (60, 50), (70, 70), (70, 70)]), Some(5));
    }
}
