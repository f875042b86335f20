//! When something is due: for the citizen, for the present holder, for the system.
//!
//! These are pure functions of a case's clocks and the rules. The ordinary limit and each emergency in force have their
//! own deadline, of which the earliest counts. No holder can remove a limit: only the cell ends an emergency, and the
//! turns of a holder are bounded by their sum.

use super::{Case, Holder, Stage};
use crate::clock::{Clock, Lane};
use crate::{Rules, Time};
use chrono::Duration;

/// The next level of escalation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Escalation {
    /// When it is reached.
    pub at: Time,
    /// Which limit it belongs to: the ordinary one or an emergency's.
    pub lane: Lane,
    /// 1 to 4.
    pub level: u8,
}

/// The present holder's part of one limit.
struct Share {
    lane: Lane,
    /// The limit for one turn.
    time: Duration,
    /// The clock of the present turn, as far as it counts for this limit.
    turn: Clock,
    /// The clock of all turns of the holder, as far as it counts for this limit.
    all: Clock,
}

impl Case {
    /// When the citizen may expect an answer: at the end of the category's working days or of an emergency's hours from
    /// its declaration, whichever is earlier. `None` while the case is closed, and while the citizen must answer,
    /// unless it was overdue already.
    #[must_use]
    pub fn due(&self, rules: &Rules) -> Option<Time> {
        if !self.stage.is_open() {
            return None;
        }
        let waits = self.stage == Stage::NeedsInformation;
        let days = self
            .category
            .as_ref()
            .and_then(|category| rules.categories.get(category))
            .map_or(rules.default_limit_days, |category| category.limit_days);
        let ordinary = self.citizen_clock.reaches(Duration::days(days), &rules.calendar, Lane::Ordinary);
        self.emergencies
            .iter()
            .filter_map(|emergency| Some(emergency.since + Duration::hours(emergency.lane.hours()?)))
            .filter(|due| !waits || *due <= self.stage_since)
            .chain(ordinary)
            .min()
    }

    /// The present holder's part of a lane's limit; `None` where nobody holds the case or no such limit is in force.
    fn share(&self, lane: Lane, rules: &Rules) -> Option<Share> {
        let limits = &rules.holder_limit_days;
        let holder = self.holder();
        let days = match holder {
            Holder::Desk => limits.desk,
            Holder::Department(_) => limits.department,
            Holder::Office(_) => limits.office,
            Holder::Verification => limits.verification,
            Holder::Appellate => limits.appellate,
            Holder::Citizen | Holder::Nobody => return None,
        };
        let key = holder.key();
        let all = self.holder_clocks.get(&key)?;
        let turn = all.without_first(if self.turn.holder == key { self.turn.earlier_spans } else { 0 });
        Some(match lane.hours() {
            None => Share { lane, time: Duration::days(days), turn, all: all.clone() },
            Some(hours) => {
                let since = self.emergencies.iter().find(|emergency| emergency.lane == lane)?.since;
                Share { lane, time: Duration::hours(hours), turn: turn.after(since), all: all.after(since) }
            }
        })
    }

    /// The lanes whose limits are in force, with the level of escalation that each has reached in this turn.
    fn limits(&self) -> impl Iterator<Item = (Lane, u8)> {
        let emergencies = self.emergencies.iter().map(|emergency| (emergency.lane, emergency.escalation));
        std::iter::once((Lane::Ordinary, self.escalation)).chain(emergencies)
    }

    /// How long the present holder has had the case in all its turns together.
    #[must_use]
    pub fn holder_elapsed(&self, rules: &Rules, now: Time) -> Duration {
        self.holder_clocks
            .get(&self.holder().key())
            .map_or(Duration::zero(), |clock| clock.elapsed(now, &rules.calendar, self.lane))
    }

    /// When the present holder's limit ends: that of this turn or, if earlier, that of all its turns.
    #[must_use]
    pub fn holder_due(&self, rules: &Rules) -> Option<Time> {
        let due = |lane| {
            let Share { lane, time, turn, all } = self.share(lane, rules)?;
            let turn = turn.reaches(time, &rules.calendar, lane)?;
            Some(turn.min(all.reaches(time * rules.holder_turns, &rules.calendar, lane)?))
        };
        self.limits().filter_map(|(lane, _)| due(lane)).min()
    }

    /// When the present turn reaches a level of escalation (1 to 4) by a lane's limit. Levels lie before or after the
    /// end of the turn's limit as their percentages differ from 100. Where earlier turns have used up some of the sum,
    /// the limit of this turn is what remains.
    #[must_use]
    pub fn escalates_at(&self, lane: Lane, level: u8, rules: &Rules) -> Option<Time> {
        let share = self.share(lane, rules)?;
        let ordinary = *rules.escalation_percent.get(usize::from(level.checked_sub(1)?))?;
        let percent =
            if lane.is_emergency() { rules.emergency_escalation_percent * i64::from(level) } else { ordinary };
        // Up to the lodging, so that the running span adds nothing.
        let elapsed = |clock: &Clock| clock.elapsed(self.lodged_at, &rules.calendar, lane);
        let earlier = elapsed(&share.all) - elapsed(&share.turn);
        let left = (share.time * rules.holder_turns - earlier).clamp(Duration::zero(), share.time);
        let beyond = Duration::seconds(share.time.num_seconds() * (percent - 100) / 100);
        share.turn.reaches(left + beyond, &rules.calendar, lane)
    }

    /// The next level of escalation of any limit in force; `None` where none is left.
    #[must_use]
    pub fn next_escalation(&self, rules: &Rules) -> Option<Escalation> {
        self.limits()
            .filter_map(|(lane, reached)| {
                let level = reached.saturating_add(1);
                // One superior at a time: the one told last gets some time to act, however many levels were reached at
                // once by the end of a day or while the server was down.
                let gap = if lane.is_emergency() { Duration::minutes(30) } else { Duration::hours(12) };
                let told = self.escalated_at.filter(|_| level > 1).map(|told| told + gap);
                let at = self.escalates_at(lane, level, rules)?;
                Some(Escalation { at: told.map_or(at, |told| told.max(at)), lane, level })
            })
            .min()
    }

    /// When an unanswered transfer goes to the common superior; `None` where none is offered.
    #[must_use]
    pub fn bounces_at(&self, rules: &Rules) -> Option<Time> {
        let offer = self.offered.as_ref()?;
        Some(rules.calendar.limit_end(offer.at, Duration::days(rules.transfer_answer_days)))
    }

    /// So many days after the citizen was asked; `None` unless an answer is awaited.
    fn days_after_asking(&self, days: i64) -> Option<Time> {
        (self.stage == Stage::NeedsInformation).then(|| self.stage_since + Duration::days(days))
    }

    /// When a citizen who must answer is asked again: at the time of day of the first question, which is not at night.
    #[must_use]
    pub fn asks_again_at(&self, rules: &Rules) -> Option<Time> {
        self.days_after_asking(rules.information_remind_days).filter(|_| !self.asked_again)
    }

    /// When a case goes back without an answer to the desk or office that asked.
    #[must_use]
    pub fn returns_unanswered_at(&self, rules: &Rules) -> Option<Time> {
        self.days_after_asking(rules.information_back_days)
    }

    /// Whether the citizen has not answered for so long that somebody should call.
    #[must_use]
    pub fn call_owed(&self, rules: &Rules, now: Time) -> bool {
        self.days_after_asking(rules.information_call_days).is_some_and(|at| at <= now)
    }

    /// When the system must act next; `None` where it need not.
    #[must_use]
    pub fn next_deadline(&self, rules: &Rules) -> Option<Time> {
        let escalation = self.next_escalation(rules).map(|escalation| escalation.at);
        [self.bounces_at(rules), escalation, self.asks_again_at(rules), self.returns_unanswered_at(rules)]
            .into_iter()
            .flatten()
            .min()
    }
}
