//! Random actions by random roles against simple invariants.

use super::*;
use crate::role::{self, Standing};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// Possible actors, among them people of another department, district and office, and another citizen.
fn actors() -> Vec<Actor> {
    let staff = |id, role, scope| Actor::of_staff(StaffId::new(id), role, scope);
    vec![
        citizen(),
        Actor::citizen(PersonId::new(1)),
        analyst(),
        nodal(),
        other_nodal(),
        officer(),
        staff(10, Role::OfficeOfficer, Scope::Office(office("PHE", 2))),
        staff(11, Role::OfficeOfficer, Scope::Office(office("HHA", 3))),
        caller(),
        validator(),
        staff(12, Role::FieldValidator, Scope::District(Lgd::new(1))),
        appellate(),
        staff(13, Role::TeleCaller, Scope::State),
        staff(14, Role::CmoOfficial, Scope::State),
        staff(15, Role::Auditor, Scope::State),
        Actor::system(),
    ]
}

fn actions() -> impl Strategy<Value = Action> {
    let reason = || "কারণ আছে".to_owned();
    let party = prop_oneof![
        Just(Party { department: "PHE".into(), office: None }),
        Just(Party { department: "HHA".into(), office: None }),
        (1u32..=4).prop_map(|id| office(if id < 3 { "PHE" } else { "HHA" }, id)),
    ];
    let outcome = prop_oneof![
        Just(crate::atr::Outcome::Done),
        Just(crate::atr::Outcome::PartlyDone),
        Just(crate::atr::Outcome::CannotBeDone)
    ];
    let called = prop_oneof![
        1 => Just(CallOutcome::Confirmed),
        2 => Just(CallOutcome::Disputed),
        3 => Just(CallOutcome::NotReached)
    ];
    let found = prop_oneof![
        Just(VisitFinding::DoneCitizenAgrees),
        Just(VisitFinding::DoneCitizenNotMet),
        Just(VisitFinding::NotDone)
    ];
    let lane = prop_oneof![Just(Lane::Ordinary), Just(Lane::Emergency24), Just(Lane::Emergency2)];
    prop_oneof![
        1 => Just(Action::RequestInformation { missing: reason() }),
        2 => Just(Action::ProvideInformation { text: reason(), photos: vec![] }),
        4 => prop_oneof![Just("PHE"), Just("HHA")].prop_map(categorise),
        4 => (1u32..=5).prop_map(move |office| Action::Forward { office: OfficeId::new(office), remark: reason() }),
        2 => party.prop_map(move |to| Action::OfferTransfer { to, reason: reason() }),
        2 => Just(Action::AcceptTransfer),
        1 => Just(Action::RefuseTransfer { reason: reason() }),
        1 => Just(Action::BounceTransfer),
        4 => Just(contact()),
        6 => outcome.prop_map(|outcome| Action::SubmitAtr(crate::atr::Atr {
            outcome, next_date: chrono::NaiveDate::from_ymd_opt(2040, 1, 1), ..report()
        })),
        1 => Just(Action::ReturnAtr { reason: reason() }),
        5 => Just(Action::AcceptAtr { remark: String::new() }),
        5 => called.prop_map(call),
        1 => Just(Action::OrderVisit { reason: reason() }),
        3 => found.prop_map(visit),
        2 => Just(Action::Confirm { remark: String::new() }),
        2 => Just(Action::Dispute { reason: reason(), partly: false, photos: vec![] }),
        1 => Just(Action::Reject { ground: Ground::Suggestion, reason: reason() }),
        1 => Just(Action::Merge { root: Reference::from_payload(2), reason: reason() }),
        3 => Just(Action::Unmerge { reason: reason() }),
        1 => Just(Action::Split { text: reason(), about_office: false }),
        4 => Just(Action::Reopen { reason: reason() }),
        2 => Just(Action::Appeal { reason: reason() }),
        3 => any::<bool>().prop_map(decide_appeal),
        2 => Just(hearing(start())),
        2 => any::<bool>().prop_map(move |citizen| Action::RecordHearing { citizen, office: true, text: reason() }),
        1 => Just(Action::AnswerAppeal { text: reason(), photos: vec![] }),
        1 => lane.prop_map(move |lane| Action::SetEmergency { lane, reason: reason() }),
        2 => (0usize..3, 1u8..=4).prop_map(|(lane, level)| Action::Escalate {
            lane: [Lane::Ordinary, Lane::Emergency24, Lane::Emergency2][lane], level
        }),
        1 => prop_oneof![Just(Action::RemindInformation), Just(Action::ReturnUnanswered)],
        1 => Just(Action::Note { side: None, text: reason() }),
        1 => Just(Action::AddInformation { text: reason(), photos: vec![] }),
        1 => Just(Action::Remind),
        1 => (1u8..=5).prop_map(|stars| Action::Rate { stars }),
    ]
}

/// A run: at each step somebody, usually the holder, tries an action after some hours.
fn runs() -> impl Strategy<Value = Vec<(usize, bool, Action, i64)>> {
    proptest::collection::vec((0usize..16, any::<bool>(), actions(), 0i64..40), 1_000)
}

#[test]
fn a_hundred_thousand_random_steps_keep_the_promises() {
    let mut runner = TestRunner::new(Config { cases: 100, max_shrink_iters: 2_000, ..Config::default() });
    let accepted = std::cell::Cell::new(0usize);
    let reached = std::cell::RefCell::new(std::collections::BTreeSet::new());
    let outcome = runner.run(&runs(), |steps| {
        let root = Life::new(2).case;
        let mut life = Life::new(1);
        let mut clock = Duration::zero();
        let mut idle = 0;
        for (who, fitting, action, hours) in steps {
            life.now += Duration::hours(hours);
            let able: Vec<Actor> = actors()
                .into_iter()
                .filter(|actor| !fitting || role::allows(actor.role, action.kind(), actor.standing(&life.case)))
                .collect();
            let Some(actor) = able.get(who % able.len().max(1)) else { continue };
            let action = if matches!(action, Action::SetHearing { .. }) { hearing(life.now) } else { action };
            let before = life.case.clone();
            let standing = actor.standing(&before);
            let known = life.events.len();
            let answer = life.act_with(actor, action.clone(), Some(&root));
            let new = &life.events[known..];

            if answer.is_err() {
                prop_assert_eq!(&life.case, &before, "a refusal changes nothing");
                idle += 1;
                if idle > 40 {
                    // Nothing more can happen in this life; the next steps use a new one.
                    prop_assert_eq!(Case::replay(&life.events), Some(life.case));
                    (life, clock, idle) = (Life::new(1), Duration::zero(), 0);
                }
                continue;
            }
            idle = 0;
            prop_assert!(standing != Standing::Outside, "nobody acts outside their scope");
            prop_assert!(role::allows(actor.role, action.kind(), standing));
            if life.case.stage == Stage::Redressed
                && before.stage != Stage::Redressed
                && before.stage != Stage::Appealed
            {
                let confirmed = new.iter().any(|event| {
                    event.body.redresses()
                        && event.by.department.is_none()
                        && matches!(event.by.role, Role::Citizen | Role::VerificationCaller | Role::FieldValidator)
                });
                prop_assert!(confirmed, "redressed only by confirmation from outside the department");
            }
            if before.stage == Stage::Merged {
                let own = actor.role == Role::Citizen || action.kind() == ActionKind::AddInformation;
                prop_assert!(
                    own || matches!(action.kind(), ActionKind::Unmerge | ActionKind::Note),
                    "it moves with its root"
                );
            }
            if actor.role.is_of_department() && before.stage.is_open() {
                prop_assert!(life.case.stage.is_open(), "no department closes anything, \"not ours\" least of all");
                let due = before.due(&life.rules).zip(life.case.due(&life.rules));
                prop_assert!(due.is_none_or(|(before, after)| after <= before), "no department moves a limit away");
            }
            prop_assert_eq!(life.case.offered.is_some(), life.case.stage == Stage::TransferOffered);
            if matches!(action, Action::DecideAppeal { upheld: false, .. }) {
                prop_assert!(before.appeal.heard, "nobody is dismissed unheard");
            }
            prop_assert!(life.case.appeal.is_new() || life.case.stage == Stage::Appealed);
            prop_assert_eq!(life.case.root.is_some(), life.case.stage == Stage::Merged);
            let lane = life.case.lane;
            if before.lane == lane {
                let elapsed = life.case.citizen_clock.elapsed(life.now, &life.rules.calendar, lane);
                prop_assert!(elapsed >= clock, "the citizen's clock never decreases");
            }
            clock = life.case.citizen_clock.elapsed(life.now, &life.rules.calendar, lane);
            prop_assert_eq!(life.case.version as usize, life.events.len());
            accepted.set(accepted.get() + 1);
            reached.borrow_mut().insert(life.case.stage);
        }
        prop_assert_eq!(Case::replay(&life.events), Some(life.case), "replaying the events gives the same case");
        Ok(())
    });
    if let Err(why) = outcome {
        let why = format!("{why}");
        panic!("{}", why.get(..600.min(why.len())).unwrap_or("a promise is broken"));
    }
    let (accepted, reached) = (accepted.get(), reached.into_inner());
    assert!(accepted > 5_000, "only {accepted} of 100,000 steps did anything: the run proves little");
    assert!(reached.len() >= 11, "only {reached:?} were reached");
}
