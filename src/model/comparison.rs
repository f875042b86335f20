//! Offices of a department compared fairly, by what citizens answered when somebody outside asked whether it is done.
//!
//! A league table names offices that had bad luck: of forty answers, thirty or thirty-six "yes" may come from the same
//! work. So an office is named only where chance does not explain how far it is from the others: outside 99.8 % limits,
//! which are wider where offices differ more than chance does (Spiegelhalter, Funnel plots for comparing institutional
//! performance, 2005). Everybody else cannot be told apart, and is said to be so, which is no praise: few answers show
//! large differences only.

use crate::counts::{per_mille, share};
use crate::names::vocabulary;
use serde::{Deserialize, Serialize};

/// Standard deviations of the 95 % limits.
pub const WATCHED: f64 = 1.96;
/// Standard deviations of the 99.8 % limits, outside of which an office is named.
pub const NAMED: f64 = 3.09;

/// What citizens answered about the reports of an office. One "no" counts, whatever was said before or after it: work that
/// had to be sent back was not done when the office said so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Answers {
    /// Cases in which somebody outside the department got an answer.
    pub answered: u32,
    /// Of those, cases in which the citizen has agreed, and has never said "not done", reopened it or appealed.
    pub agreed: u32,
    /// Cases that were closed because the citizen was not reached; not among those answered.
    pub unreached: u32,
}

impl Answers {
    /// Adds those of another office.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            answered: self.answered + other.answered,
            agreed: self.agreed + other.agreed,
            unreached: self.unreached + other.unreached,
        }
    }

    /// The share that agreed, in per mille; `None` below [`FEWEST_FOR_A_SHARE`](crate::counts::FEWEST_FOR_A_SHARE) answers.
    #[must_use]
    pub fn share(&self) -> Option<u32> {
        share(self.agreed, self.answered)
    }

    /// The 95 % interval of that share, in per mille (Wilson); `None` as for [`Self::share`].
    #[must_use]
    pub fn interval(&self) -> Option<(u32, u32)> {
        self.share()?;
        let (n, p) = (f64::from(self.answered), f64::from(self.agreed) / f64::from(self.answered));
        let square = WATCHED * WATCHED;
        let middle = p + square / (2.0 * n);
        let half = WATCHED * (p * (1.0 - p) / n + square / (4.0 * n * n)).sqrt();
        let whole = 1.0 + square / n;
        Some((per_mille((middle - half) / whole), per_mille((middle + half) / whole)))
    }

    /// The share of those not reached among all who were asked, in per mille; `None` below [`FEWEST_FOR_A_SHARE`](crate::counts::FEWEST_FOR_A_SHARE) cases.
    #[must_use]
    pub fn unreached_share(&self) -> Option<u32> {
        share(self.unreached, self.answered + self.unreached)
    }

    /// The share that agreed if none of those not reached had, and if all had, in per mille; `None` as for
    /// [`Self::unreached_share`].
    #[must_use]
    pub fn bounds(&self) -> Option<(u32, u32)> {
        let asked = self.answered + self.unreached;
        share(self.agreed, asked).zip(share(self.agreed + self.unreached, asked))
    }
}

vocabulary! {
    /// How an office stands among the others of its department.
    Verdict {
        /// Too few answers to say anything.
        TooFew,
        /// It cannot be told apart from the others.
        Alike,
        /// More citizens agree than chance explains.
        Better,
        /// Fewer citizens agree than chance explains.
        Worse,
    }
}

impl Verdict {
    /// Its place where offices are listed: those that stand out first. Within it they are listed by name, for an order by
    /// share would be a league table.
    #[must_use]
    pub fn rank(self) -> u8 {
        match self {
            Self::Worse => 0,
            Self::Better => 1,
            Self::Alike => 2,
            Self::TooFew => 3,
        }
    }
}

/// What a comparison says in a sentence; the numbers are those of offices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sentence {
    /// Too few answers to compare.
    Few,
    /// None of so many can be told apart.
    Alike(usize),
    /// They differ, but which of so many do cannot be said.
    Spread(usize),
    /// Some stand out.
    Differ {
        /// Those where fewer citizens agree.
        worse: usize,
        /// Those where more agree.
        better: usize,
        /// Those that cannot be told apart.
        alike: usize,
    },
}

impl Sentence {
    /// The sentence about offices with these verdicts.
    #[must_use]
    pub fn of(peers: Option<Peers>, verdicts: &[Verdict]) -> Self {
        let count = |wanted: Verdict| verdicts.iter().filter(|verdict| **verdict == wanted).count();
        let [worse, better, alike] = [Verdict::Worse, Verdict::Better, Verdict::Alike].map(count);
        match peers {
            None => Self::Few,
            Some(_) if worse + better > 0 => Self::Differ { worse, better, alike },
            Some(peers) if peers.differ() => Self::Spread(alike),
            Some(_) => Self::Alike(alike),
        }
    }
}

/// The offices of a department as a whole. Each office is held against the others, without itself, and none counts for more
/// than the middle one of those with answers enough: a large one would otherwise be its own measure, and everybody's.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Peers {
    /// The share of citizens that agreed, 0 to 1, of all offices, those with few answers included.
    pub share: f64,
    /// How many answers that share stands for: those of each office up to `most`.
    pub answers: f64,
    /// How many answers of an office count at the most.
    pub most: f64,
    /// By how much their spread exceeds that of chance: standard deviations as a multiple; 1 where it does not.
    pub spread: f64,
}

/// Fewest offices of which a spread can be told. Of fewer, one that stands out would hide itself by it.
const FEWEST_FOR_A_SPREAD: usize = 10;
/// Share of the largest and of the smallest distances that are drawn in before the spread is measured, so that those
/// who stand out do not hide themselves.
const DRAWN_IN: f64 = 0.1;
/// What drawing in leaves of the spread of a normal distribution.
const LEFT: f64 = 0.824;

impl Peers {
    /// The whole of these offices; `None` where fewer than two of them have answers enough.
    #[must_use]
    pub fn of(offices: &[Answers]) -> Option<Self> {
        let mut enough: Vec<&Answers> = offices.iter().filter(|office| office.share().is_some()).collect();
        enough.sort_unstable_by_key(|office| office.answered);
        if enough.len() < 2 {
            return None;
        }
        let most = f64::from(enough.get(enough.len() / 2)?.answered);
        let mut plain = Self { share: 0.0, answers: 0.0, most, spread: 1.0 };
        for office in offices {
            let (answers, agreed) = plain.counted(office);
            plain.answers += answers;
            plain.share += agreed;
        }
        plain.share /= plain.answers;
        let mut distances: Vec<f64> = enough.iter().map(|office| plain.distance(office)).collect();
        Some(Self { spread: spread(&mut distances), ..plain })
    }

    /// How many answers of an office count, and how many of those agree.
    fn counted(&self, office: &Answers) -> (f64, f64) {
        let (answered, agreed) = (f64::from(office.answered), f64::from(office.agreed));
        let answers = answered.min(self.most);
        (answers, agreed * answers / answered.max(1.0))
    }

    /// Whether offices differ by more than chance, whoever they are.
    #[must_use]
    pub fn differ(&self) -> bool {
        self.spread > 1.0
    }

    /// How an office stands among them.
    #[must_use]
    pub fn verdict(&self, office: &Answers) -> Verdict {
        if office.share().is_none() {
            return Verdict::TooFew;
        }
        match self.distance(office) {
            distance if distance > NAMED => Verdict::Better,
            distance if distance < -NAMED => Verdict::Worse,
            _ => Verdict::Alike,
        }
    }

    /// The limits of the funnel for so many answers, in per mille, at so many standard deviations: about those of
    /// [`Self::verdict`], which leaves out the office itself.
    #[must_use]
    pub fn limits(&self, answered: u32, deviations: f64) -> (u32, u32) {
        let half = deviations * self.spread / (2.0 * (f64::from(answered) + 0.5).sqrt());
        let middle = self.share.sqrt().asin();
        let at = |angle: f64| per_mille(angle.clamp(0.0, std::f64::consts::FRAC_PI_2).sin().powi(2));
        (at(middle - half), at(middle + half))
    }

    /// How many standard deviations an office is from the others. Shares are compared by the arcsine of their root, whose
    /// spread is the same for every share, so that the limits hold near 0 and 1 as well (Anscombe, 1948).
    fn distance(&self, office: &Answers) -> f64 {
        let (counted, agreed) = self.counted(office);
        let (others, of_others) = (self.answers - counted, self.share * self.answers - agreed);
        let own = angle(f64::from(office.answered), f64::from(office.agreed));
        let other = angle(others.max(0.0), of_others.clamp(0.0, others.max(0.0)));
        (own.0 - other.0) / (self.spread * (own.1 + other.1).sqrt())
    }
}

/// The arcsine of the root of a share, and its variance.
fn angle(answered: f64, agreed: f64) -> (f64, f64) {
    (((agreed + 0.375) / (answered + 0.75)).sqrt().asin(), 0.25 / (answered + 0.5))
}

/// By how much distances spread beyond chance; 1 where that is no more than luck would do, or where they are few.
fn spread(distances: &mut [f64]) -> f64 {
    if distances.len() < FEWEST_FOR_A_SPREAD {
        return 1.0;
    }
    distances.sort_unstable_by(f64::total_cmp);
    let last = distances.len() - 1;
    #[allow(clippy::cast_precision_loss)] // thousands at most
    let count = distances.len() as f64;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a tenth of them
    let drawn = (count * DRAWN_IN).ceil() as usize;
    let (Some(lowest), Some(highest)) = (distances.get(drawn), distances.get(last.saturating_sub(drawn))) else {
        return 1.0;
    };
    let squares = distances.iter().map(|distance| distance.clamp(*lowest, *highest).powi(2));
    let variance = squares.sum::<f64>() / count / (LEFT * LEFT);
    // Two standard deviations of what luck does to a variance (Spiegelhalter, 2005).
    if variance > 1.0 + 2.0 * (2.0 / count).sqrt() { variance.sqrt() } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::counts::FEWEST_FOR_A_SHARE;

    fn office(answered: u32, agreed: u32) -> Answers {
        Answers { answered, agreed, unreached: 0 }
    }

    /// Made-up offices that all work alike: each citizen agrees with the same chance.
    fn alike(rng: &mut fastrand::Rng, count: u32, chance: f64) -> Vec<Answers> {
        let one = |rng: &mut fastrand::Rng| {
            let answered = 30 + rng.u32(..270);
            let agreed = (0..answered).filter(|_| rng.f64() < chance).count();
            office(answered, u32::try_from(agreed).expect("few"))
        };
        (0..count).map(|_| one(rng)).collect()
    }

    #[test]
    fn of_4505_equal_offices_three_in_a_thousand_are_named_at_most() {
        let mut rng = fastrand::Rng::with_seed(7);
        for chance in [0.3, 0.5, 0.6, 0.8, 0.9, 0.95] {
            let (mut named, mut all) = (0, 0);
            for _ in 0..10 {
                let offices = alike(&mut rng, 4_505, chance);
                let peers = Peers::of(&offices).expect("peers");
                named += offices.iter().filter(|office| peers.verdict(office) != Verdict::Alike).count();
                all += offices.len();
            }
            assert!(named * 1_000 <= all * 3, "at {chance}: {named} of {all}");
        }
    }

    #[test]
    fn an_office_that_is_another_is_named_and_its_peers_are_not() {
        let mut rng = fastrand::Rng::with_seed(11);
        for (other, verdict) in [(office(200, 60), Verdict::Worse), (office(200, 190), Verdict::Better)] {
            let mut offices = alike(&mut rng, 30, 0.6);
            offices.push(other);
            let peers = Peers::of(&offices).expect("peers");
            assert_eq!(peers.verdict(&other), verdict);
            assert_eq!(offices.iter().filter(|office| peers.verdict(office) != Verdict::Alike).count(), 1);
        }
    }

    #[test]
    fn of_few_offices_one_that_is_another_is_named() {
        for few in 2..=9 {
            let mut offices = vec![office(1_000, 950); few - 1];
            offices.push(office(1_000, 300));
            let peers = Peers::of(&offices).expect("peers");
            assert_eq!(peers.verdict(&office(1_000, 300)), Verdict::Worse, "{few}");
            assert_eq!(peers.verdict(&office(1_000, 950)), Verdict::Better, "the others are above the rest, {few}");
        }
    }

    #[test]
    fn a_giant_is_not_its_own_measure() {
        let mut rng = fastrand::Rng::with_seed(17);
        for others in [5, 9, 22, 200] {
            let mut offices = alike(&mut rng, others, 0.6);
            let giant = office(20_000, 8_000);
            offices.push(giant);
            let peers = Peers::of(&offices).expect("peers");
            assert_eq!(peers.verdict(&giant), Verdict::Worse, "{others}: {peers:?}");
        }
    }

    #[test]
    fn where_all_differ_the_funnel_is_wider() {
        let mut rng = fastrand::Rng::with_seed(13);
        let mut offices = Vec::new();
        for chance in [0.5, 0.55, 0.6, 0.65, 0.7] {
            offices.extend(alike(&mut rng, 60, chance));
        }
        let peers = Peers::of(&offices).expect("peers");
        assert!(peers.differ() && peers.spread > 1.1, "{peers:?}");
        let plain = Peers { spread: 1.0, ..peers };
        let named = |peers: Peers| offices.iter().filter(|office| peers.verdict(office) != Verdict::Alike).count();
        assert!(named(peers) * 3 < named(plain), "{} and {}", named(peers), named(plain));
    }

    #[test]
    fn few_answers_say_nothing_and_few_offices_have_no_peers() {
        assert_eq!(Peers::of(&[]), None);
        let peers = Peers::of(&[office(100, 60), office(100, 62), office(20, 0)]).expect("peers");
        assert!((peers.share - 122.0 / 220.0).abs() < 1e-9, "all answers are the measure: {peers:?}");
        assert_eq!(Peers::of(&[office(100, 60), office(FEWEST_FOR_A_SHARE - 1, 3)]), None);
        let peers = Peers::of(&[office(100, 60), office(100, 62), office(29, 0)]).expect("peers");
        assert_eq!(peers.verdict(&office(29, 0)), Verdict::TooFew);
        assert_eq!(peers.verdict(&office(30, 18)), Verdict::Alike);
        // Everybody agrees, or nobody: no share is beyond the limits of itself.
        for agreed in [0, 50] {
            let peers = Peers::of(&[office(50, agreed); 3]).expect("peers");
            assert_eq!(peers.verdict(&office(50, agreed)), Verdict::Alike, "{agreed}");
        }
    }

    #[test]
    fn the_limits_narrow_around_the_share_and_are_those_of_the_verdict() {
        let peers = Peers { share: 0.6, answers: 1e6, most: 1e3, spread: 1.2 };
        let mut before = (0, 1000);
        for answered in [30, 60, 120, 500, 5_000] {
            let (low, high) = peers.limits(answered, NAMED);
            assert!(before.0 <= low && low < 600 && 600 < high && high <= before.1, "{answered}: {low} {high}");
            before = (low, high);
            for agreed in 0..=answered {
                let per_mille = agreed * 1000 / answered;
                let expected = match peers.verdict(&office(answered, agreed)) {
                    Verdict::Worse => per_mille <= low,
                    Verdict::Better => per_mille + 1 >= high,
                    // The correction for small numbers and rounding: the line and the verdict may differ by one answer.
                    _ => per_mille + 1_000 / answered + 1 >= low && per_mille <= high + 1_000 / answered + 1,
                };
                assert!(expected, "{agreed} of {answered}: {per_mille} and {low} to {high}");
            }
        }
    }

    #[test]
    fn an_estimate_has_its_error_and_what_is_not_known() {
        let office = Answers { answered: 100, agreed: 60, unreached: 25 };
        assert_eq!(office.share(), Some(600));
        // As R's prop.test(60, 100, correct = FALSE) gives it.
        assert_eq!(office.interval(), Some((502, 691)));
        assert_eq!(office.unreached_share(), Some(200));
        assert_eq!(office.bounds(), Some((480, 680)));
        let few = Answers { answered: 20, agreed: 15, unreached: 20 };
        assert_eq!((few.share(), few.interval(), few.bounds()), (None, None, Some((375, 875))));
        assert_eq!(Answers { answered: 30, agreed: 30, unreached: 0 }.interval(), Some((886, 1000)));
    }
}
