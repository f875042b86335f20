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
}
