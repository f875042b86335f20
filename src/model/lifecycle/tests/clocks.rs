//! Deadlines in the cases where counting is easily wrong.

use super::*;
use crate::clock::ist_date;
use chrono::NaiveDate;

/// A moment in Indian time.
fn ist(text: &str) -> Time {
    format!("{text}+05:30").parse().expect("a moment")
}

/// The last second of a day in India.
fn end_of(day: &str) -> Time {
    ist(&format!("{day}T23:59:59"))
}

fn lodged_at(moment: &str) -> Life {
    let (rules, now) = (rules(), ist(moment));
    let event = lodge(lodged(1), &citizen(), &rules, now).expect("lodged");
    let case = Case::open(&event).expect("a case");
    Life { case, events: vec![event], rules, now }
}

impl Life {
    /// Acts at a moment, before which the system has done what fell due.
    fn on(&mut self, moment: &str, actor: &Actor, action: Action) -> Stage {
        self.until(moment);
        // `act_with` lets some minutes pass first.
        self.now = ist(moment) - Duration::minutes(7);
        self.act(actor, action).expect(moment)
    }

    /// Lets the system do what falls due up to a moment; returns how many actions that were.
    fn until(&mut self, moment: &str) -> usize {
        let mut done = 0;
        while let Some(at) = self.case.next_deadline(&self.rules).filter(|at| *at <= ist(moment)) {
            let action = due_action(&self.case, &self.rules, at).expect("what a deadline is for");
            self.now = at - Duration::minutes(7);
            self.act(&Actor::system(), action).expect("the system may");
            done += 1;
        }
        self.now = self.now.max(ist(moment));
        done
    }

    fn due(&self) -> Option<Time> {
        self.case.due(&self.rules)
    }

    fn holder_due(&self) -> Option<Time> {
        self.case.holder_due(&self.rules)
    }

    fn escalations(&self) -> Vec<(Lane, u8, Time)> {
        let escalated = |event: &Event| match event.body {
            EventBody::Escalated { level, lane } => Some((lane.expect("a lane"), level, event.at)),
            _ => None,
        };
        self.events.iter().filter_map(escalated).collect()
    }
}

fn forward() -> Action {
    Action::Forward { office: OfficeId::new(1), remark: String::new() }
}

fn emergency(lane: Lane) -> Action {
    Action::SetEmergency { lane, reason: "আগুন".into() }
}

fn ask() -> Action {
    Action::RequestInformation { missing: "কোন পাড়া?".into() }
}

fn answer() -> Action {
    Action::ProvideInformation { text: "পূর্বপাড়া".into(), photos: vec![] }
}

#[test]
fn the_day_promised_is_a_working_day_and_the_whole_of_it() {
    let mut life = lodged_at("2026-12-20T15:00:00");
    life.rules.default_limit_days = 5;
    life.rules.calendar.holidays.insert(NaiveDate::from_ymd_opt(2026, 12, 25).expect("a day"));
    assert_eq!(life.due(), Some(end_of("2026-12-26")), "from a Sunday, over a holiday, not to the next Sunday");
    assert_eq!(life.due().map(ist_date), NaiveDate::from_ymd_opt(2026, 12, 26));
    let mut life = lodged_at("2026-12-14T10:00:00");
    life.rules.default_limit_days = 5;
    assert_eq!(life.due(), Some(end_of("2026-12-19")), "not over at 10:00 of the day that was promised");
    assert_eq!(life.holder_due(), Some(end_of("2026-12-15")), "the desk's one day likewise");
    let levels = [1, 2, 3, 4].map(|level| life.case.escalates_at(Lane::Ordinary, level, &life.rules));
    let days = ["2026-12-15", "2026-12-15", "2026-12-16", "2026-12-17"];
    assert_eq!(levels, days.map(|day| Some(end_of(day))));
}

#[test]
fn an_offered_transfer_is_waited_for_until_the_end_of_the_day() {
    let mut life = Life::at(Stage::TransferOffered);
    assert_eq!(life.case.bounces_at(&life.rules), Some(end_of("2026-11-04")));
    assert_eq!(life.until("2026-11-04T23:59:58"), 0);
    assert_eq!(life.until("2026-11-04T23:59:59"), 1);
    assert_eq!(life.case.stage, Stage::Registered);
}

#[test]
fn an_overdue_case_stays_overdue_while_and_after_the_citizen_is_asked() {
    let mut life = lodged_at("2026-11-02T10:00:00");
    life.on("2026-11-02T11:00:00", &analyst(), categorise("PHE"));
    let due = Some(end_of("2026-11-10"));
    assert_eq!(life.due(), due);
    life.on("2026-11-12T10:00:00", &nodal(), ask());
    assert_eq!(life.due(), due, "while it waits");
    life.on("2026-11-13T10:00:00", &citizen(), answer());
    assert_eq!(life.due(), due, "and after");
    // Asked in time, so the days of waiting are added.
    let mut life = lodged_at("2026-11-02T10:00:00");
    life.on("2026-11-02T11:00:00", &analyst(), categorise("PHE"));
    life.on("2026-11-03T10:00:00", &nodal(), ask());
    assert_eq!(life.due(), None);
    life.on("2026-11-05T10:00:00", &citizen(), answer());
    assert_eq!(life.due(), Some(end_of("2026-11-12")));
}

#[test]
fn an_emergency_counts_from_its_declaration_for_the_holder_too() {
    let mut life = lodged_at("2026-11-02T10:00:00");
    life.on("2026-11-02T11:00:00", &analyst(), categorise("PHE"));
    life.on("2026-11-02T12:00:00", &nodal(), forward());
    life.on("2026-11-05T12:00:00", &nodal(), emergency(Lane::Emergency24));
    assert_eq!(life.due(), Some(ist("2026-11-06T12:00:00")));
    assert_eq!(life.holder_due(), Some(ist("2026-11-06T12:00:00")));
    assert_eq!(life.until("2026-11-05T23:59:00"), 0, "no burst of escalations");
    life.until("2026-11-06T13:00:00");
    let levels =
        [(Lane::Emergency24, 1, ist("2026-11-06T00:00:00")), (Lane::Emergency24, 2, ist("2026-11-06T12:00:00"))];
    assert_eq!(life.escalations(), levels);
}

#[test]
fn back_in_the_ordinary_lane_the_ordinary_limit_goes_on_where_it_was() {
    let mut life = lodged_at("2026-11-02T10:00:00");
    let ordinary = life.due();
    life.on("2026-11-02T11:00:00", &analyst(), categorise("PHE"));
    life.on("2026-11-02T12:00:00", &nodal(), forward());
    let holder = life.holder_due();
    life.on("2026-11-03T12:00:00", &nodal(), emergency(Lane::Emergency2));
    life.until("2026-11-04T12:00:00");
    assert_eq!(life.escalations().len(), 4, "all of the emergency's, none of the ordinary ones");
    life.on("2026-11-04T12:30:00", &analyst(), emergency(Lane::Ordinary));
    assert_eq!((life.due(), life.holder_due()), (ordinary, holder));
    life.until("2026-11-30T12:00:00");
    let levels: Vec<_> = life.escalations().into_iter().skip(4).map(|(lane, level, _)| (lane, level)).collect();
    assert_eq!(levels, [1, 2, 3, 4].map(|level| (Lane::Ordinary, level)), "and it is escalated as ever");
    // A new declaration brings new hours.
    life.on("2026-12-01T12:00:00", &analyst(), emergency(Lane::Emergency2));
    assert_eq!(life.case.next_escalation(&life.rules).map(|next| next.at), Some(ist("2026-12-01T13:00:00")));
}

#[test]
fn only_the_cell_puts_a_case_in_a_slower_lane() {
    let mut life = Life::at(Stage::WithDepartment);
    life.act(&nodal(), emergency(Lane::Emergency24)).expect("declared");
    let first = life.now;
    assert_eq!(life.act(&nodal(), emergency(Lane::Ordinary)), Err(Refusal::LaneLowered));
    life.act(&nodal(), emergency(Lane::Emergency2)).expect("faster");
    let second = life.now;
    for lane in [Lane::Ordinary, Lane::Emergency24] {
        assert_eq!(life.act(&nodal(), emergency(lane)), Err(Refusal::LaneLowered));
    }
    assert_eq!(may(&life.case, &nodal(), ActionKind::SetEmergency, &life.rules, life.now), Err(Refusal::LaneLowered));
    assert_eq!(life.due(), Some(second + Duration::hours(2)));
    life.act(&analyst(), emergency(Lane::Emergency24)).expect("the cell may");
    assert_eq!(life.due(), Some(first + Duration::hours(24)), "what was declared first has never stopped counting");
    life.act(&analyst(), emergency(Lane::Ordinary)).expect("the cell may");
    assert_eq!(life.due(), Some(end_of("2026-11-10")));
}

#[test]
fn an_emergency_moves_nothing_later() {
    let mut life = lodged_at("2026-11-02T10:00:00");
    life.on("2026-11-02T11:00:00", &analyst(), categorise("PHE"));
    life.until("2026-11-03T23:00:00");
    let (due, next) = (life.holder_due(), life.case.next_escalation(&life.rules));
    assert_eq!(due, Some(end_of("2026-11-03")));
    life.on("2026-11-03T23:00:00", &nodal(), emergency(Lane::Emergency24));
    assert_eq!((life.holder_due(), life.case.next_escalation(&life.rules)), (due, next));
}

#[test]
fn a_reviewer_has_a_turn_of_its_own_from_when_the_report_arrives() {
    let mut life = lodged_at("2026-11-02T10:00:00");
    life.on("2026-11-02T11:00:00", &analyst(), categorise("PHE"));
    // The department uses up its day with forwarding.
    life.on("2026-11-03T10:30:00", &nodal(), forward());
    life.on("2026-11-05T10:00:00", &officer(), contact());
    life.on("2026-11-05T11:00:00", &officer(), Action::SubmitAtr(report()));
    assert_eq!(life.holder_due(), Some(end_of("2026-11-06")), "not late the second the report arrives");
    assert_eq!(life.case.escalation, 0);
}

#[test]
fn the_turns_of_a_holder_are_bounded_by_their_sum() {
    let mut life = lodged_at("2026-11-02T10:00:00");
    life.on("2026-11-02T10:00:00", &analyst(), categorise("PHE"));
    let remark = String::new;
    for day in ["03", "05"] {
        // Each turn takes exactly one working day; two days in all are twice the limit.
        life.on(&format!("2026-11-{day}T10:00:00"), &nodal(), forward());
        life.on(&format!("2026-11-{day}T10:00:00"), &officer(), contact());
        let next = if day == "03" { "04" } else { "06" };
        life.on(&format!("2026-11-{next}T10:00:00"), &officer(), Action::SubmitAtr(report()));
        if day == "03" {
            assert_eq!(life.holder_due(), Some(end_of("2026-11-05")));
            life.on("2026-11-05T10:00:00", &nodal(), Action::AcceptAtr { remark: remark() });
            life.on("2026-11-05T10:00:00", &caller(), call(CallOutcome::Disputed));
        }
    }
    assert_eq!(life.case.stage, Stage::AtrReview);
    assert_eq!(life.holder_due(), Some(end_of("2026-11-05")), "the sum was used up in an earlier turn");
    // All late at once, but told one level at a time.
    let levels = [1, 2, 3, 4].map(|level| life.case.escalates_at(Lane::Ordinary, level, &life.rules));
    let days = ["2026-11-06", "2026-11-06", "2026-11-07", "2026-11-09"];
    assert_eq!(levels, days.map(|day| Some(end_of(day))));
}

#[test]
fn asking_the_citizen_and_a_refused_transfer_go_on_with_the_same_turn() {
    let mut life = lodged_at("2026-11-02T10:00:00");
    life.on("2026-11-02T11:00:00", &analyst(), categorise("PHE"));
    life.on("2026-11-02T12:00:00", &nodal(), forward());
    assert_eq!(life.until("2026-11-07T23:59:59"), 1, "the office's five days are over");
    life.on("2026-11-09T12:00:00", &officer(), ask());
    assert_eq!(life.case.escalation, 1);
    life.on("2026-11-10T12:00:00", &citizen(), answer());
    assert_eq!(life.case.escalation, 1, "its superior is not told of the same lateness again");
    assert_eq!(life.holder_due(), Some(end_of("2026-11-07")));
    let to = Party { department: "HHA".into(), office: None };
    life.on("2026-11-10T13:00:00", &officer(), Action::OfferTransfer { to, reason: "থানার কাজ".into() });
    life.on("2026-11-10T14:00:00", &other_nodal(), Action::RefuseTransfer { reason: "না".into() });
    assert_eq!((life.case.holder(), life.case.escalation), (Holder::Office(OfficeId::new(1)), 1));
    assert_eq!(life.holder_due(), Some(end_of("2026-11-07")));
}

#[test]
fn a_citizen_who_does_not_answer_is_asked_again_called_and_then_not_waited_for() {
    let mut life = lodged_at("2026-11-02T10:00:00");
    life.on("2026-11-02T11:00:00", &analyst(), ask());
    assert_eq!(life.until("2026-11-05T10:59:59"), 0);
    assert_eq!(life.until("2026-11-05T11:00:00"), 1);
    let last = life.events.last().expect("an event");
    assert_eq!(last.body, EventBody::InformationReminded);
    assert_eq!(crate::message::for_citizen(&life.case, last), Some(crate::message::Template::Asked));
    let calls = |life: &Life, moment| life.case.call_owed(&life.rules, ist(moment));
    assert!(!calls(&life, "2026-11-09T10:59:59") && calls(&life, "2026-11-09T11:00:00"));
    assert_eq!(life.until("2026-11-16T10:59:59"), 0, "asked again only once");
    assert_eq!(life.due(), None);
    assert_eq!(life.until("2026-11-16T11:00:00"), 1);
    assert_eq!(life.events.last().map(|event| event.body.kind()), Some(EventKind::InformationOverdue));
    assert_eq!(life.case.stage, Stage::Registered, "back to who asked");
    assert_eq!(life.due(), Some(end_of("2026-11-24")), "the clock runs again");
    assert!(!calls(&life, "2026-11-30T11:00:00"));
    assert_eq!(life.act(&analyst(), ask()), Err(Refusal::AskedAlready));
    assert_eq!(Case::replay(&life.events), Some(life.case));
}

#[test]
fn a_system_that_comes_too_late_to_ask_again_does_not() {
    let mut life = Life::at(Stage::NeedsInformation);
    let again = Action::RemindInformation;
    assert_eq!(life.act(&Actor::system(), again.clone()), Err(Refusal::NotYet));
    assert_eq!(life.act(&Actor::system(), Action::ReturnUnanswered), Err(Refusal::NotYet));
    assert_eq!(life.act(&analyst(), again), Err(Refusal::NotPermitted));
    let late = life.now + Duration::days(15);
    assert_eq!(due_action(&life.case, &life.rules, late), Some(Action::ReturnUnanswered));
}

#[test]
fn a_bounce_does_not_reset_the_holders_clock() {
    let mut life = Life::at(Stage::WithOffice);
    life.now += Duration::days(2);
    let before = life.case.holder_elapsed(&life.rules, life.now);
    let to = Party { department: "HHA".into(), office: None };
    life.act(&officer(), Action::OfferTransfer { to, reason: "থানার কাজ".into() }).expect("offered");
    life.act(&other_nodal(), Action::RefuseTransfer { reason: "না".into() }).expect("refused");
    assert!(life.case.holder_elapsed(&life.rules, life.now) >= before);
    assert_eq!(life.case.holder(), Holder::Office(OfficeId::new(1)));
}

#[test]
fn escalation_climbs_level_by_level_and_emergencies_at_half_their_time() {
    let mut life = Life::at(Stage::WithOffice);
    let escalate = |level| Action::Escalate { lane: Lane::Ordinary, level };
    assert_eq!(life.act(&Actor::system(), escalate(1)), Err(Refusal::NotYet));
    life.now = life.case.escalates_at(Lane::Ordinary, 1, &life.rules).expect("a time");
    assert_eq!(life.now, end_of("2026-11-07"));
    assert_eq!(life.act(&Actor::system(), escalate(2)), Err(Refusal::NotYet));
    assert_eq!(life.act(&Actor::system(), escalate(1)), Ok(Stage::WithOffice));
    assert_eq!(life.case.escalation, 1);
    life.now += Duration::days(60);
    // However late, one superior is told at a time.
    for level in 2..=4 {
        life.act(&Actor::system(), escalate(level)).expect("the next level");
        assert_eq!(life.act(&Actor::system(), escalate(level + 1)), Err(Refusal::NotYet));
        life.now += Duration::hours(12);
    }
    assert_eq!(life.act(&Actor::system(), escalate(5)), Err(Refusal::NotYet));

    let mut event = lodged(3);
    event.category = Some("disaster.food".into());
    let event = lodge(event, &citizen(), &rules(), start()).expect("lodged");
    let case = Case::open(&event).expect("a case");
    assert_eq!(case.due(&rules()), Some(start() + Duration::hours(24)));
    assert_eq!(case.escalates_at(Lane::Emergency24, 1, &rules()), Some(start() + Duration::hours(12)));
}

#[test]
fn entries_from_before_each_limit_had_its_levels_stay_readable() {
    let mut life = Life::at(Stage::WithDepartment);
    let old: EventBody = serde_json::from_str(r#"{"escalated":{"level":2}}"#).expect("an old entry");
    let by = By::from(&Actor::system());
    life.case.apply(&Event { at: life.now, by: by.clone(), body: old.clone(), statement: None });
    assert_eq!(life.case.escalation, 2);
    life.act(&nodal(), emergency(Lane::Emergency24)).expect("declared");
    life.case.apply(&Event { at: life.now, by, body: old, statement: None });
    assert_eq!(life.case.emergencies.first().map(|emergency| emergency.escalation), Some(2));
}
