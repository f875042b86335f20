//! Both clocks against a simulation that counts step by step.
//!
//! The walker follows the definition alone: it notes who had the case in each step and which days are worked, and adds
//! up steps until a limit is used up. It shares no arithmetic with calendar and clocks.

use super::*;
use crate::atr::Outcome;
use chrono::{Days, NaiveDate};

/// Days that the walker looks ahead; no limit of [`random_rules`] lasts as long.
const HORIZON_DAYS: usize = 70;
const DAY_MINUTES: usize = 24 * 60;
const LANES: [Lane; 3] = [Lane::Ordinary, Lane::Emergency24, Lane::Emergency2];

/// `SplitMix64` (Steele, Lea and Flood 2014), so that a run can be repeated from its number.
struct Draws(u64);

impl Draws {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        for factor in [0xBF58_476D_1CE4_E5B9_u64, 0x94D0_49BB_1331_11EB] {
            z = (z ^ (z >> 30)).wrapping_mul(factor);
        }
        usize::try_from((z ^ (z >> 31)) % count as u64).expect("small")
    }

    fn one<T: Clone>(&mut self, things: &[T]) -> T {
        things[self.below(things.len())].clone()
    }
}

/// Monday 14 December 2026, midnight in India: minute 0 of every life.
fn moment(minute: usize) -> Time {
    let monday: Time = "2026-12-13T18:30:00Z".parse().expect("a moment");
    monday + Duration::minutes(i64::try_from(minute).expect("small"))
}

/// What the walker notes of an event.
struct Note {
    minute: usize,
    holder: Holder,
    stage: Stage,
}

/// The walker: its notes and settings.
struct Walker {
    /// Minutes of a step; everything happens on whole steps.
    step: usize,
    /// For each day, whether it is a working day.
    worked: Vec<bool>,
    notes: Vec<Note>,
    /// Emergencies in force, with the minute of their declaration.
    emergencies: Vec<(Lane, usize)>,
}

impl Walker {
    fn note(&mut self, minute: usize, case: &Case) {
        self.notes.push(Note { minute, holder: case.holder(), stage: case.stage });
    }

    fn declare(&mut self, lane: Lane, minute: usize) {
        self.emergencies.retain(|(declared, _)| match lane {
            Lane::Ordinary => false,
            Lane::Emergency24 => *declared == Lane::Emergency24,
            Lane::Emergency2 => true,
        });
        if lane != Lane::Ordinary && !self.emergencies.iter().any(|(declared, _)| *declared == lane) {
            self.emergencies.push((lane, minute));
        }
    }

    fn last(&self) -> &Note {
        self.notes.last().expect("at least the lodging")
    }

    /// Walks from `from` on and counts the steps in which a clock ran, as `runs` says of the note in force. Returns for
    /// each limit, in minutes, when it was used up; in working time that is the last second of the day.
    fn walk(&self, from: usize, lane: Lane, limits: &[usize], runs: impl Fn(&Note) -> bool) -> Vec<Option<Time>> {
        let mut found = vec![None; limits.len()];
        let mut counted = 0;
        let (mut minute, mut at) = (from.max(self.notes[0].minute), 0);
        while minute < HORIZON_DAYS * DAY_MINUTES && found.contains(&None) {
            while self.notes.get(at + 1).is_some_and(|note| note.minute <= minute) {
                at += 1;
            }
            if at + 1 == self.notes.len() && !runs(&self.notes[at]) {
                break;
            }
            let worked = lane != Lane::Ordinary || self.worked[minute / DAY_MINUTES];
            if worked && runs(&self.notes[at]) {
                let before = counted;
                counted += self.step;
                for (found, limit) in found.iter_mut().zip(limits) {
                    if found.is_none() && counted >= *limit {
                        *found = Some(if lane == Lane::Ordinary {
                            moment((minute / DAY_MINUTES + 1) * DAY_MINUTES) - Duration::seconds(1)
                        } else {
                            moment(minute + *limit - before)
                        });
                    }
                }
            }
            minute += self.step;
        }
        found
    }

    /// Minutes for which the present holder had it between two minutes, in working time or plain hours.
    fn held(&self, lane: Lane, from: usize, to: usize) -> usize {
        let holder = &self.last().holder;
        let mut counted = 0;
        for (index, note) in self.notes.iter().enumerate().filter(|(_, note)| note.holder == *holder) {
            let end = self.notes.get(index + 1).map_or(to, |next| next.minute.min(to));
            for minute in (note.minute.max(from)..end).step_by(self.step) {
                if lane != Lane::Ordinary || self.worked[minute / DAY_MINUTES] {
                    counted += self.step;
                }
            }
        }
        counted
    }

    /// The minute in which the present holder got it from another.
    fn turn_start(&self) -> usize {
        let holder = &self.last().holder;
        let other = |note: &Note| note.holder != *holder && !matches!(note.holder, Holder::Citizen | Holder::Nobody);
        let first = self.notes.iter().rposition(other).map_or(0, |index| index + 1);
        self.notes[first..].iter().find(|note| note.holder == *holder).expect("it has it now").minute
    }

    fn due(&self, limit_days: i64) -> Option<Time> {
        let last = self.last();
        if !last.stage.is_open() {
            return None;
        }
        let runs = |note: &Note| note.stage.is_open() && note.stage != Stage::NeedsInformation;
        let ordinary = self.walk(0, Lane::Ordinary, &[minutes_of_days(limit_days)], runs)[0];
        let asked = self.notes.iter().rev().take_while(|note| note.stage == Stage::NeedsInformation).last();
        let urgent = self.emergencies.iter().filter_map(|(lane, since)| {
            let due = since + minutes(*lane, 0);
            asked.is_none_or(|asked| due <= asked.minute).then(|| moment(due))
        });
        urgent.chain(ordinary).min()
    }

    /// When the holder's limit by a lane ends, and when its four levels of escalation are reached.
    fn holder(&self, lane: Lane, rules: &Rules) -> (Option<Time>, [Option<Time>; 4]) {
        let holder = &self.last().holder;
        let limits = &rules.holder_limit_days;
        let share = match holder {
            Holder::Desk => minutes(lane, limits.desk),
            Holder::Department(_) => minutes(lane, limits.department),
            Holder::Office(_) => minutes(lane, limits.office),
            Holder::Verification => minutes(lane, limits.verification),
            Holder::Appellate => minutes(lane, limits.appellate),
            Holder::Citizen | Holder::Nobody => return (None, [None; 4]),
        };
        let since = match lane {
            Lane::Ordinary => 0,
            _ => match self.emergencies.iter().find(|(declared, _)| *declared == lane) {
                Some((_, since)) => *since,
                None => return (None, [None; 4]),
            },
        };
        let start = self.turn_start().max(since);
        let turns = usize::try_from(rules.holder_turns).expect("positive");
        let earlier = self.held(lane, since, start);
        let left = share.min((turns * share).saturating_sub(earlier));
        let mut wanted = vec![share];
        for level in 0..4 {
            let percent = match lane {
                Lane::Ordinary => rules.escalation_percent[level],
                _ => rules.emergency_escalation_percent * (1 + i64::try_from(level).expect("small")),
            };
            let percent = usize::try_from(percent).expect("positive");
            wanted.push((left + share * percent / 100).saturating_sub(share));
        }
        let runs = |note: &Note| note.holder == *holder;
        let turn = self.walk(start, lane, &wanted, runs);
        let all = self.walk(since, lane, &[turns * share], runs)[0];
        (turn[0].min(all), [turn[1], turn[2], turn[3], turn[4]])
    }
}

fn minutes_of_days(days: i64) -> usize {
    usize::try_from(days).expect("positive") * DAY_MINUTES
}

/// Minutes of a limit that has so many days in the ordinary lane.
fn minutes(lane: Lane, days: i64) -> usize {
    match lane {
        Lane::Ordinary => minutes_of_days(days),
        Lane::Emergency24 => 24 * 60,
        Lane::Emergency2 => 2 * 60,
    }
}

/// Short limits, so that many pass in a short life, and two holidays besides Sundays.
fn random_rules(draws: &mut Draws) -> (Rules, Vec<usize>) {
    let days_off = vec![draws.below(14), 11];
    let monday = NaiveDate::from_ymd_opt(2026, 12, 14).expect("a day");
    let holidays = days_off.iter().map(|day| monday + Days::new(*day as u64)).collect();
    let mut few = || 1 + i64::try_from(draws.below(2)).expect("small");
    let rules = Rules {
        calendar: Calendar { holidays },
        default_limit_days: few() + few(),
        holder_limit_days: crate::rules::HolderLimits {
            desk: few(),
            department: few(),
            office: few(),
            verification: few(),
            appellate: few(),
        },
        holder_turns: i32::try_from(few()).expect("small"),
        categories: std::collections::BTreeMap::new(),
        ..rules()
    };
    (rules, days_off)
}

/// An event that can happen to a case in its stage.
fn random_event(draws: &mut Draws, case: &Case, at: Time) -> Event {
    use EventBody as B;
    let lane = draws.one(&LANES);
    let categorised = B::Categorised {
        category: "water.tubewell".into(),
        department: draws.one(&["PHE", "HHA"]).into(),
        lane: if draws.below(4) == 0 { lane } else { case.lane },
        district: None,
        place: None,
        shielded: false,
        complained_of: None,
    };
    let forwarded = B::Forwarded { office: draws.one(&[OfficeId::new(1), OfficeId::new(2)]) };
    let offered = B::TransferOffered { to: draws.one(&[office("PHE", 1), office("HHA", 3)]) };
    let outcome = draws.one(&[Outcome::Done, Outcome::Done, Outcome::PartlyDone, Outcome::CannotBeDone]);
    let report =
        |own| B::AtrSubmitted { outcome, findings: vec![], photos: vec![], own, next_date: None, shots: vec![] };
    let yes = match case.atr {
        Some(Outcome::PartlyDone | Outcome::CannotBeDone) => B::Agreed,
        _ => B::Confirmed,
    };
    let disputed = B::CallRecorded {
        outcome: CallOutcome::Disputed,
        call_id: String::new(),
        closes: false,
        later: None,
        seconds: None,
    };
    let merged = B::Merged { root: Reference::from_payload(2) };
    let bounced = B::TransferBounced { to_cell: draws.below(2) == 0 };
    let upheld = B::AppealDecided { upheld: draws.below(3) > 0 };
    let asked = B::InformationRequested;
    let escalated = B::Escalated { level: 1, lane: Some(Lane::Ordinary) };
    let body = match case.stage {
        stage if stage.is_open() && draws.below(6) == 0 => B::EmergencySet { lane },
        Stage::Registered => draws.one(&[categorised.clone(), categorised, asked, merged, escalated]),
        Stage::WithDepartment => draws.one(&[forwarded.clone(), forwarded, asked, offered, report(true), merged]),
        Stage::WithOffice => draws.one(&[asked, offered, report(false), report(false), escalated]),
        Stage::NeedsInformation => {
            let provided = B::InformationProvided { photos: vec![] };
            draws.one(&[provided.clone(), provided, B::InformationReminded, B::InformationOverdue])
        }
        Stage::TransferOffered => draws.one(&[B::TransferAccepted, B::TransferRefused, bounced]),
        Stage::AtrReview => draws.one(&[B::AtrReturned, B::AtrReturned, B::AtrAccepted, merged]),
        Stage::Verification => draws.one(&[disputed.clone(), disputed, yes]),
        Stage::Redressed | Stage::Explained => draws.one(&[B::Reopened, B::Appealed]),
        Stage::Appealed => upheld,
        Stage::Merged => B::Unmerged,
        Stage::ClosedUnconfirmed | Stage::NotAdmissible | Stage::Withdrawn => B::Noted,
    };
    Event { at, by: By::from(&Actor::system()), body, statement: None }
}

/// One random life, compared at its end.
fn live_and_compare(number: u64, step: usize) {
    let mut draws = Draws(number);
    let (rules, days_off) = random_rules(&mut draws);
    let mut minute = draws.below(7 * DAY_MINUTES / step) * step;
    let mut event = lodge(lodged(1), &citizen(), &rules, moment(minute)).expect("lodged");
    let lane = if draws.below(8) == 0 { draws.one(&LANES) } else { Lane::Ordinary };
    if let EventBody::Lodged { lane: given, .. } = &mut event.body {
        *given = lane;
    }
    let mut case = Case::open(&event).expect("a case");
    let worked = (0..HORIZON_DAYS).map(|day| day % 7 != 6 && !days_off.contains(&day)).collect();
    let mut walker = Walker { step, worked, notes: vec![], emergencies: vec![] };
    walker.declare(lane, minute);
    walker.note(minute, &case);
    for _ in 0..draws.below(12) {
        // Usually hours, sometimes days, sometimes at once, and often exactly at midnight.
        minute += match draws.below(8) {
            0 => 0,
            1 => draws.below(4 * DAY_MINUTES / step) * step,
            2 => DAY_MINUTES - minute % DAY_MINUTES,
            _ => draws.below(14 * 60 / step) * step,
        };
        let event = random_event(&mut draws, &case, moment(minute));
        case.apply(&event);
        if let EventBody::EmergencySet { lane } | EventBody::Categorised { lane, .. } = event.body {
            walker.declare(lane, minute);
        }
        walker.note(minute, &case);
    }
    assert_eq!(case.due(&rules), walker.due(rules.default_limit_days), "due in life {number}: {case:#?}");
    let mut earliest: Option<Time> = None;
    for lane in LANES {
        let (due, levels) = walker.holder(lane, &rules);
        earliest = earliest.into_iter().chain(due).min();
        let own = [1, 2, 3, 4].map(|level| case.escalates_at(lane, level, &rules));
        assert_eq!(own, levels, "escalation by {lane:?} in life {number}: {case:#?}");
    }
    assert_eq!(case.holder_due(&rules), earliest, "the holder's due in life {number}: {case:#?}");
}

#[test]
fn both_clocks_agree_with_a_walker_in_a_hundred_thousand_lives() {
    for number in 0..100_000 {
        live_and_compare(number, 10);
    }
}

#[test]
fn both_clocks_agree_with_a_walker_that_goes_by_minutes() {
    for number in 1_000_000..1_005_000 {
        live_and_compare(number, 1);
    }
}
