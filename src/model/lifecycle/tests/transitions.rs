//! Each allowed and each refused transition with its reason.

use super::*;
use crate::atr::{Answer, Atr, FiledLapse, Finding, Outcome};
use crate::role::Standing;
use crate::visit::{Check, CheckAnswer, Checked, Shot, Shutter};

/// One action of every kind with good content, by the role that usually does it.
fn examples() -> Vec<(Actor, Action)> {
    let to = Party { department: "HHA".into(), office: None };
    let receiver = other_nodal();
    let reason = || "কারণ".to_owned();
    vec![
        (analyst(), Action::RequestInformation { missing: reason() }),
        (citizen(), Action::ProvideInformation { text: reason(), photos: vec![] }),
        (analyst(), categorise("PHE")),
        (nodal(), Action::Forward { office: OfficeId::new(2), remark: reason() }),
        (officer(), Action::OfferTransfer { to, reason: reason() }),
        (receiver.clone(), Action::AcceptTransfer),
        (receiver, Action::RefuseTransfer { reason: reason() }),
        (officer(), contact()),
        (officer(), Action::SubmitAtr(Atr { no_contact_reason: "ফোন বন্ধ".into(), ..report() })),
        (nodal(), Action::ReturnAtr { reason: reason() }),
        (nodal(), Action::AcceptAtr { remark: String::new() }),
        (caller(), call(CallOutcome::NotReached)),
        (analyst(), Action::OrderVisit { reason: reason() }),
        (citizen(), Action::Confirm { remark: String::new() }),
        (citizen(), Action::Dispute { reason: reason(), partly: false, photos: vec![] }),
        (analyst(), Action::Reject { ground: Ground::ServiceMatter, reason: reason() }),
        (analyst(), Action::Merge { root: Reference::from_payload(2), reason: reason() }),
        (analyst(), Action::Unmerge { reason: reason() }),
        (analyst(), Action::Split { text: reason(), about_office: false }),
        (citizen(), Action::Reopen { reason: reason() }),
        (citizen(), Action::Appeal { reason: reason() }),
        (nodal(), Action::AnswerAppeal { text: reason(), photos: vec![] }),
        (appellate(), hearing(start() + Duration::days(40))),
        (appellate(), decide_appeal(true)),
        (analyst(), Action::SetEmergency { lane: Lane::Emergency24, reason: reason() }),
        (citizen(), Action::Withdraw { reason: reason() }),
        (citizen(), Action::AddInformation { text: reason(), photos: vec![] }),
        (citizen(), Action::Remind),
        (citizen(), Action::Rate { stars: 4 }),
        (analyst(), Action::Note { side: None, text: reason() }),
    ]
}

/// The stage to which each kind of action leads from each stage; `None` where it is refused.
fn expected(kind: ActionKind, from: Stage) -> Option<Stage> {
    use ActionKind as A;
    use Stage as S;
    let stays = Some(from);
    match (kind, from) {
        (A::RequestInformation, S::Registered) => Some(S::NeedsInformation),
        (A::ProvideInformation, S::NeedsInformation) => Some(S::Registered),
        (A::Categorise, S::Registered) => Some(S::WithDepartment),
        (A::Forward, S::WithDepartment | S::WithOffice) => Some(S::WithOffice),
        (A::OfferTransfer, S::WithOffice) => Some(S::TransferOffered),
        (A::AcceptTransfer, S::TransferOffered) => Some(S::WithDepartment),
        (A::RefuseTransfer, S::TransferOffered) => Some(S::WithOffice),
        (A::RecordContact, S::WithOffice) => stays,
        (A::SubmitAtr, S::WithOffice) => Some(S::AtrReview),
        (A::ReturnAtr, S::AtrReview) => Some(S::WithOffice),
        (A::AcceptAtr, S::AtrReview) => Some(S::Verification),
        (A::RecordCall | A::OrderVisit, S::Verification) => stays,
        (A::Confirm, S::Verification | S::ClosedUnconfirmed) => Some(S::Redressed),
        (A::Dispute, S::Verification | S::ClosedUnconfirmed) => Some(S::WithDepartment),
        (A::Dispute, S::Merged) => Some(S::Registered),
        (A::Reject, S::Registered | S::WithDepartment) => Some(S::NotAdmissible),
        (A::Merge, S::Registered | S::WithDepartment | S::WithOffice | S::AtrReview | S::Verification) => {
            Some(S::Merged)
        }
        (A::Unmerge, S::Merged) => Some(S::Registered),
        (A::Split, stage) if stage.is_open() && stage != S::Appealed => stays,
        (A::Reopen, S::Redressed | S::Explained | S::ClosedUnconfirmed) => Some(S::WithDepartment),
        (A::Appeal, S::Redressed | S::Explained | S::ClosedUnconfirmed | S::NotAdmissible) => Some(S::Appealed),
        (A::AnswerAppeal | A::SetHearing, S::Appealed) => stays,
        (A::DecideAppeal, S::Appealed) => Some(S::WithDepartment),
        (A::SetEmergency, stage) if stage.is_open() => stays,
        (A::Withdraw, stage) if stage.is_open() || stage == S::Merged => Some(S::Withdrawn),
        (A::AddInformation | A::Remind, S::Merged) => stays,
        (A::AddInformation, stage) if stage.is_open() && stage != S::NeedsInformation => stays,
        (A::Remind, S::Registered | S::WithDepartment | S::WithOffice | S::AtrReview) => stays,
        (A::Rate, S::Redressed) => stays,
        (A::Note, _) => stays,
        _ => None,
    }
}

#[test]
fn every_stage_allows_what_the_design_says_and_refuses_the_rest() {
    let root = Life::new(2).case;
    for from in Stage::ALL {
        for (actor, action) in examples() {
            let (kind, mut life) = (action.kind(), Life::at(from));
            let answer = life.act_with(&actor, action, Some(&root));
            match expected(kind, from) {
                Some(stage) => assert_eq!(answer, Ok(stage), "{kind:?} from {from:?}"),
                None => {
                    let refusal = answer.expect_err("a refusal");
                    let fits = match refusal {
                        Refusal::WrongStage => true,
                        Refusal::FollowsRoot => from == Stage::Merged,
                        // An office or department that does not have the case cannot even see it.
                        Refusal::OutOfScope => actor.role.is_of_department(),
                        _ => false,
                    };
                    assert!(fits, "{kind:?} from {from:?}: {refusal:?}");
                }
            }
        }
    }
}

#[test]
fn the_whole_way_with_one_false_report() {
    let mut life = Life::at(Stage::Verification);
    assert!(life.case.reported_done);
    assert_eq!(life.act(&caller(), call(CallOutcome::Disputed)), Ok(Stage::WithDepartment));
    assert_eq!(
        life.act(&nodal(), Action::Forward { office: OfficeId::new(1), remark: String::new() }),
        Ok(Stage::WithOffice)
    );
    life.act(&officer(), contact()).expect("contact");
    life.act(&officer(), Action::SubmitAtr(report())).expect("report");
    life.act(&nodal(), Action::AcceptAtr { remark: String::new() }).expect("accepted");
    assert!(life.case.visit_due, "a disputed case is always visited");
    assert_eq!(life.act(&validator(), visit(VisitFinding::DoneCitizenAgrees)), Ok(Stage::Redressed));
    assert_eq!(Case::replay(&life.events).as_ref(), Some(&life.case));
}

#[test]
fn a_visit_redresses_only_when_the_citizen_was_met() {
    let table = [
        (VisitFinding::DoneCitizenAgrees, Stage::Redressed),
        (VisitFinding::DoneCitizenNotMet, Stage::Verification),
        (VisitFinding::NotDone, Stage::WithDepartment),
    ];
    for (finding, reached) in table {
        let mut life = Life::at(Stage::Verification);
        assert_eq!(life.act(&validator(), visit(finding)), Err(Refusal::NoVisitOrdered));
        life.act(&analyst(), Action::OrderVisit { reason: "দেখা দরকার".into() }).expect("ordered");
        assert_eq!(
            life.act(&analyst(), Action::OrderVisit { reason: "আবার".into() }),
            Err(Refusal::VisitOrderedAlready)
        );
        assert_eq!(life.act(&validator(), visit(finding)), Ok(reached));
    }
}

#[test]
fn a_call_decides_and_only_the_third_missed_day_closes() {
    assert_eq!(Life::at(Stage::Verification).act(&caller(), call(CallOutcome::Confirmed)), Ok(Stage::Redressed));
    assert_eq!(Life::at(Stage::Verification).act(&caller(), call(CallOutcome::Disputed)), Ok(Stage::WithDepartment));
    let mut life = Life::at(Stage::Verification);
    for _ in 0..5 {
        assert_eq!(life.act(&caller(), call(CallOutcome::NotReached)), Ok(Stage::Verification), "the same day");
    }
    life.now += Duration::days(1);
    assert_eq!(life.act(&caller(), call(CallOutcome::NotReached)), Ok(Stage::Verification));
    life.act(&analyst(), Action::OrderVisit { reason: "দেখা দরকার".into() }).expect("ordered");
    life.now += Duration::days(1);
    assert_eq!(life.act(&caller(), call(CallOutcome::NotReached)), Ok(Stage::Verification), "a visit is outstanding");
}

/// A moment in India.
fn at(moment: &str) -> Time {
    format!("{moment}+05:30").parse().expect("a time")
}

/// A case at which the citizen is asked, without a visit that would keep it open; at ten in the morning of a day.
fn to_be_called(outcome: Outcome) -> Life {
    let mut life = Life::asked_about(outcome);
    if life.case.visit_due {
        life.act(&validator(), visit(VisitFinding::DoneCitizenNotMet)).expect("visited");
    }
    // `act` lets seven minutes pass.
    life.now = at("2027-01-11T09:53:00");
    life
}

#[test]
fn three_tries_at_the_same_hour_close_nothing() {
    let mut life = to_be_called(Outcome::Done);
    for _ in 0..5 {
        assert_eq!(life.act(&caller(), call(CallOutcome::NotReached)), Ok(Stage::Verification));
        life.now += Duration::days(1);
    }
    life.now += Duration::hours(3);
    assert_eq!(life.act(&caller(), call(CallOutcome::NotReached)), Ok(Stage::ClosedUnconfirmed));
}

#[test]
fn only_what_rang_in_vain_or_was_refused_counts_as_a_try() {
    use CallOutcome as C;
    for outcome in C::ALL {
        let mut life = to_be_called(Outcome::Done);
        for _ in 0..3 {
            let later = (outcome == C::CallLater).then(|| life.now + Duration::hours(5));
            let action = Action::RecordCall { outcome, remark: "x".into(), call_id: String::new(), later };
            if life.case.stage == Stage::Verification && !life.case.disowned {
                life.act(&caller(), action).expect("recorded");
            }
            life.now += Duration::hours(32);
        }
        let closes = matches!(outcome, C::NotReached | C::Refused);
        assert_eq!(life.case.stage == Stage::ClosedUnconfirmed, closes, "{outcome:?}");
        assert_eq!(life.case.stage == Stage::Redressed, matches!(outcome, C::Confirmed | C::Agreed), "{outcome:?}");
    }
}

#[test]
fn a_citizen_is_rung_when_it_suits_and_not_where_it_was_in_vain() {
    let ring = |outcome, later: Option<&str>| Action::RecordCall {
        outcome,
        remark: String::new(),
        call_id: String::new(),
        later: later.map(at),
    };
    let mut life = to_be_called(Outcome::Done);
    assert!(life.case.can_be_rung(life.now));
    life.act(&caller(), ring(CallOutcome::NotReached, None)).expect("recorded");
    for (time, can) in [
        ("2027-01-11T18:00:00", false), // the same day
        ("2027-01-12T09:00:00", false), // the same part of the day
        ("2027-01-12T12:00:00", true),
        ("2027-01-12T17:00:00", true),
    ] {
        assert_eq!(life.case.can_be_rung(at(time)), can, "{time}");
    }
    let mut life = to_be_called(Outcome::Done);
    life.act(&caller(), ring(CallOutcome::CallLater, Some("2027-01-13T18:30:00"))).expect("recorded");
    assert!(!life.case.can_be_rung(at("2027-01-13T18:29:59")));
    assert!(life.case.can_be_rung(at("2027-01-13T18:30:00")));
    let mut life = to_be_called(Outcome::Done);
    life.act(&caller(), ring(CallOutcome::LineFault, None)).expect("recorded");
    assert!(!life.case.can_be_rung(at("2027-01-11T10:59:59")));
    assert!(life.case.can_be_rung(at("2027-01-11T11:00:00")), "the same day and hour");
    for wrong in [None, Some("2027-01-11T10:00:00"), Some("2027-01-18T10:00:01")] {
        let mut life = to_be_called(Outcome::Done);
        assert_eq!(life.act(&caller(), ring(CallOutcome::CallLater, wrong)), Err(Refusal::WrongTime), "{wrong:?}");
    }
    let mut life = to_be_called(Outcome::Done);
    for no in [CallOutcome::Disputed, CallOutcome::PartlyDone] {
        assert_eq!(
            life.act(&caller(), ring(no, None)),
            Err(Refusal::TextMissing),
            "the office must read what is missing"
        );
    }
    life.act(&caller(), call(CallOutcome::PartlyDone)).expect("recorded");
    assert_eq!((life.case.stage, life.case.disputes), (Stage::WithDepartment, 1));
}

#[test]
fn a_proved_number_is_wrong_only_the_second_time() {
    let mut life = to_be_called(Outcome::Done);
    life.case.number_verified = false;
    life.act(&caller(), call(CallOutcome::WrongNumber)).expect("recorded");
    assert!(life.case.disowned);
    let mut life = to_be_called(Outcome::Done);
    assert!(life.case.number_verified);
    life.act(&caller(), call(CallOutcome::WrongNumber)).expect("recorded");
    assert!(!life.case.disowned && !life.case.can_be_rung(life.now));
    life.now += Duration::days(1);
    assert!(life.case.can_be_rung(life.now));
    life.act(&caller(), call(CallOutcome::WrongNumber)).expect("recorded");
    assert!(life.case.disowned && life.case.stage == Stage::Verification, "nothing is closed by it");
}

#[test]
fn what_is_recorded_of_a_call_is_what_the_exchange_heard() {
    use CallOutcome as C;
    let outcomes = [C::Confirmed, C::Disputed, C::Refused, C::WrongNumber, C::NotReached, C::LineFault];
    for (rung, allowed) in [
        (Rung::Unknown, &outcomes[..]),
        (Rung::Never, &[]),
        (Rung::Ringing, &[]),
        (Rung::Going, &[C::Confirmed, C::Disputed, C::Refused, C::WrongNumber, C::NotReached]),
        (Rung::Failed, &[C::LineFault]),
        (Rung::Unanswered, &[C::NotReached]),
        (Rung::Answered(42), &[C::Confirmed, C::Disputed, C::Refused, C::WrongNumber, C::NotReached]),
    ] {
        for outcome in outcomes {
            let life = to_be_called(Outcome::Done);
            let setting = Setting { rung, number_shown: true, ..Setting::new(&life.rules, life.now) };
            let decided = decide(&life.case, &caller(), call(outcome), &setting);
            let refusal = if rung == Rung::Never { Refusal::NotCalled } else { Refusal::NotAsHeard };
            match decided {
                Ok(events) => {
                    assert!(allowed.contains(&outcome), "{rung:?} {outcome:?}");
                    let EventBody::CallRecorded { seconds, .. } = events[0].body else { panic!("{events:?}") };
                    assert_eq!(seconds, (rung == Rung::Answered(42)).then_some(42));
                }
                Err(refused) => assert!(!allowed.contains(&outcome) && refused == refusal, "{rung:?} {outcome:?}"),
            }
        }
    }
}

#[test]
fn a_contact_and_a_report_are_filed_together() {
    let mut life = Life::at(Stage::WithOffice);
    let contact = crate::atr::Contact { means: ContactMeans::Visit, text: " জল আসছে ".into() };
    let atr = Atr { contact: Some(contact), ..report() };
    let setting = Setting::new(&life.rules, life.now);
    let events = decide(&life.case, &officer(), Action::SubmitAtr(atr.clone()), &setting).expect("filed");
    let [spoken, filed] = &events[..] else { panic!("{events:?}") };
    assert_eq!(spoken.body, EventBody::ContactRecorded { means: ContactMeans::Visit });
    assert_eq!(spoken.statement.as_ref().map(|said| said.text.as_str()), Some("জল আসছে"));
    assert!(filed.body.findings().is_empty());
    assert_eq!(life.act(&officer(), Action::SubmitAtr(atr)), Ok(Stage::AtrReview));
    assert_eq!(life.case.contacts, 1);
}

#[test]
fn a_finding_is_answered_and_the_report_filed_flagged() {
    let mut life = Life::at(Stage::WithOffice);
    let answers = [Finding::NoContact, Finding::NotOurs, Finding::FutureTense]
        .map(|finding| Answer { finding, text: format!("answer to {finding:?} ") });
    let text = "চাতালটি আগামী সপ্তাহে মেরামত করা হবে।";
    let atr = Atr { text: text.into(), answers: answers.into(), ..report() };
    let setting = Setting::new(&life.rules, life.now);
    let events = decide(&life.case, &officer(), Action::SubmitAtr(atr.clone()), &setting).expect("filed");
    let [event] = &events[..] else { panic!("{events:?}") };
    assert_eq!(event.body.findings(), [Finding::FutureTense, Finding::NoContact]);
    let filed = event.statement.clone().expect("words").lapses;
    let of =
        |finding, because: &str, answer: &str| FiledLapse { finding, because: because.into(), answer: answer.into() };
    let quoted = text.trim_end_matches('।');
    assert_eq!(
        filed,
        [of(Finding::FutureTense, quoted, "answer to FutureTense"), of(Finding::NoContact, "", "answer to NoContact"),],
        "an answer to what was not found is left out"
    );
    life.act(&officer(), Action::SubmitAtr(atr)).expect("filed");
    life.act(&nodal(), Action::AcceptAtr { remark: String::new() }).expect("accepted");
    assert!(life.case.visit_due, "a flagged report is always visited");
}

#[test]
fn an_insult_and_an_empty_report_are_not_filed() {
    let mut life = Life::at(Stage::WithOffice);
    for (text, finding) in
        [("অভিযোগকারী মিথ্যাবাদী। ২ নভেম্বর পাইপ বদলানো হয়েছে।", Finding::Abuse), ("cccccccccccccccccccccc", Finding::Blank)]
    {
        let atr = Atr { text: text.into(), ..report() };
        assert_eq!(life.act(&officer(), Action::SubmitAtr(atr)), Err(Refusal::ReportLapses(vec![finding])), "{text}");
    }
}

#[test]
fn not_ours_is_a_transfer_and_a_report_that_says_it_is_flagged() {
    let mut life = Life::at(Stage::WithOffice);
    life.act(&officer(), contact()).expect("contact");
    let mut atr = report();
    atr.text = "বিষয়টি এই দপ্তরের নয়, অন্য জায়গায় যান।".into();
    let mut told = Life::at(Stage::WithOffice);
    told.act(&officer(), contact()).expect("contact");
    told.act(&officer(), Action::SubmitAtr(atr)).expect("filed, but flagged");
    assert!(told.case.atr_flagged);
    let to = Party { department: "HHA".into(), office: Some(OfficeId::new(3)) };
    assert_eq!(life.act(&officer(), Action::OfferTransfer { to, reason: "থানার কাজ".into() }), Ok(Stage::TransferOffered));
    let receiver = Actor::of_staff(StaffId::new(8), Role::OfficeOfficer, Scope::Office(office("HHA", 3)));
    assert_eq!(life.act(&receiver, Action::AcceptTransfer), Ok(Stage::WithOffice));
    assert_eq!((life.case.department.as_deref(), life.case.office), (Some("HHA"), Some(OfficeId::new(3))));
}

#[test]
fn an_unanswered_transfer_goes_to_the_common_superior() {
    for (to, reached) in [(office("PHE", 2), Stage::WithDepartment), (office("HHA", 3), Stage::Registered)] {
        let mut life = Life::at(Stage::WithOffice);
        life.act(&officer(), Action::OfferTransfer { to, reason: "ওদের এলাকা".into() }).expect("offered");
        assert_eq!(life.act(&Actor::system(), Action::BounceTransfer), Err(Refusal::NotYet));
        life.now += Duration::days(4);
        assert_eq!(life.act(&Actor::system(), Action::BounceTransfer), Ok(reached));
    }
}

#[test]
fn a_complaint_about_an_office_never_reaches_it() {
    let mut life = Life::new(1);
    let mut action = categorise("PHE");
    if let Action::Categorise { complained_of, .. } = &mut action {
        *complained_of = Some(office("PHE", 1));
    }
    life.act(&analyst(), action).expect("categorised");
    assert_eq!(
        life.act(&nodal(), Action::Forward { office: OfficeId::new(1), remark: String::new() }),
        Err(Refusal::ComplainedOf)
    );
    life.act(&nodal(), Action::Forward { office: OfficeId::new(2), remark: String::new() })
        .expect("to the other office");
    let party = office("PHE", 1);
    let second = Actor::of_staff(StaffId::new(9), Role::OfficeOfficer, Scope::Office(office("PHE", 2)));
    assert_eq!(
        life.act(&second, Action::OfferTransfer { to: party, reason: "ওরা দেখুক".into() }),
        Err(Refusal::ComplainedOf)
    );
    let mut life = Life::new(1);
    let mut action = categorise("PHE");
    if let Action::Categorise { complained_of, .. } = &mut action {
        *complained_of = Some(Party { department: "PHE".into(), office: None });
    }
    assert_eq!(life.act(&analyst(), action), Err(Refusal::ComplainedOf));
}

#[test]
fn a_nodal_officer_gives_a_case_to_another_office_and_says_why() {
    let forward = |office, remark: &str| Action::Forward { office: OfficeId::new(office), remark: remark.into() };
    let mut life = Life::at(Stage::WithOffice);
    life.act(&officer(), contact()).expect("they spoke");
    let clock = life.case.citizen_clock.clone();
    assert_eq!(life.act(&nodal(), forward(1, "আবার")), Err(Refusal::SameParty));
    assert_eq!(life.act(&nodal(), forward(2, " ")), Err(Refusal::TextMissing));
    assert_eq!(life.act(&nodal(), forward(2, "অফিসার ছুটিতে")), Ok(Stage::WithOffice));
    assert_eq!((life.case.office, life.case.contacts), (Some(OfficeId::new(2)), 0));
    assert_eq!(life.case.citizen_clock, clock, "no clock begins anew");
    assert_eq!(life.act(&officer(), contact()), Err(Refusal::OutOfScope), "it is another's now");
    // Not while a report is being read, nor by the office itself.
    assert_eq!(Life::at(Stage::AtrReview).act(&nodal(), forward(2, "x")), Err(Refusal::WrongStage));
    assert_eq!(Life::at(Stage::WithOffice).act(&officer(), forward(2, "x")), Err(Refusal::NotPermitted));
}

#[test]
fn reopening_and_appeal_have_their_windows_and_numbers() {
    let reopen = || Action::Reopen { reason: "আবার খারাপ".into() };
    let mut life = Life::at(Stage::Redressed);
    for _ in 0..2 {
        assert_eq!(life.act(&citizen(), reopen()), Ok(Stage::WithDepartment));
        for (actor, action) in [
            (nodal(), Action::Forward { office: OfficeId::new(1), remark: String::new() }),
            (officer(), contact()),
            (officer(), Action::SubmitAtr(report())),
            (nodal(), Action::AcceptAtr { remark: String::new() }),
            (caller(), call(CallOutcome::Confirmed)),
        ] {
            life.act(&actor, action).expect("the way again");
        }
    }
    assert_eq!(life.act(&citizen(), reopen()), Err(Refusal::TooOften));
    assert_eq!(life.act(&analyst(), reopen()), Ok(Stage::WithDepartment), "the desk may at any time");

    let mut late = Life::at(Stage::Redressed);
    late.now += Duration::days(31);
    assert_eq!(late.act(&citizen(), reopen()), Err(Refusal::TooLate));
    assert_eq!(late.act(&citizen(), Action::Appeal { reason: "না".into() }), Err(Refusal::TooLate));
    assert_eq!(late.act(&analyst(), reopen()), Ok(Stage::WithDepartment));
}

#[test]
fn an_appeal_is_decided_by_somebody_who_never_handled_it_and_only_once() {
    let mut life = Life::at(Stage::Appealed);
    let handled = Actor::of_staff(StaffId::new(4), Role::AppellateAuthority, Scope::State);
    assert_eq!(life.act(&handled, decide_appeal(true)), Err(Refusal::OutOfScope));
    life.hear();
    assert_eq!(life.act(&appellate(), decide_appeal(false)), Ok(Stage::Redressed));
    assert_eq!(life.act(&citizen(), Action::Appeal { reason: "আবার".into() }), Err(Refusal::TooOften));
    let mut life = Life::at(Stage::NotAdmissible);
    life.act(&citizen(), Action::Appeal { reason: "মামলা নেই".into() }).expect("appealed");
    assert_eq!(life.act(&appellate(), decide_appeal(true)), Ok(Stage::Registered), "no department has had it yet");
}

#[test]
fn both_sides_are_heard_before_an_appeal_is_dismissed() {
    let mut life = Life::at(Stage::Appealed);
    let answer = || Action::AnswerAppeal {
        text: "পাম্প বদলানো হয়েছে".into(), photos: vec![]
    };
    let record = || Action::RecordHearing { citizen: true, office: false, text: "কী বলা হল".into() };
    let desk = Some(Party { department: "PHE".into(), office: None });
    assert_eq!(life.case.asked_party(), desk, "the department is asked");
    assert_eq!(life.act(&appellate(), decide_appeal(false)), Err(Refusal::NotHeard));
    assert_eq!(life.act(&nodal(), answer()), Ok(Stage::Appealed));
    assert_eq!(life.act(&nodal(), answer()), Err(Refusal::AnsweredAlready));
    assert_eq!(life.case.asked_party(), None);
    assert_eq!(life.act(&officer(), answer()), Err(Refusal::NotPermitted));
    assert_eq!(life.act(&appellate(), record()), Err(Refusal::NoHearing));
    let soon = Hearing { at: life.now + Duration::hours(20), means: HearingMeans::Phone };
    let call = |hearing, text: &str| Action::SetHearing { hearing, text: text.into() };
    assert_eq!(life.act(&appellate(), call(soon, "")), Err(Refusal::WrongHearing));
    let Action::SetHearing { hearing: at, .. } = hearing(life.now) else { unreachable!("a hearing") };
    let office = Hearing { means: HearingMeans::AtOffice, ..at };
    assert_eq!(life.act(&appellate(), call(office, " ")), Err(Refusal::TextMissing), "people must know where to come");
    assert_eq!(life.act(&appellate(), call(office, "সিএমও, ঘর ১২")), Ok(Stage::Appealed));
    assert_eq!(life.act(&appellate(), call(at, "")), Ok(Stage::Appealed), "it is moved");
    assert_eq!(life.case.appeal.hearing, Some(at));
    assert_eq!(life.act(&appellate(), record()), Err(Refusal::NoHearing), "it has not begun");
    assert_eq!(life.act(&appellate(), decide_appeal(true)), Err(Refusal::HearingPending));
    life.now = at.at;
    assert_eq!(life.act(&appellate(), record()), Ok(Stage::Appealed));
    let unreasoned = |found: &str, ordered: &str| Action::DecideAppeal {
        upheld: true,
        reason: "কারণ".into(),
        found: found.into(),
        ordered: ordered.into(),
    };
    for lacks in [unreasoned(" ", "পাম্প বদলান"), unreasoned("পাম্প খারাপ", "")]
    {
        assert_eq!(life.act(&appellate(), lacks), Err(Refusal::TextMissing));
    }
    assert_eq!(life.act(&appellate(), decide_appeal(false)), Ok(Stage::Redressed), "whoever heard it may decide it");
    let order = life.events.last().and_then(|event| event.statement.as_ref()).and_then(|words| words.order.clone());
    assert_eq!(order.map(|order| order.found).as_deref(), Some("যা পাওয়া গেল"));
    assert!(life.case.appeal.is_new());
}

#[test]
fn nobody_of_the_staff_acts_on_their_own_grievance_unless_the_number_is_not_theirs() {
    let mut life = Life::new(1);
    let own = |of: Actor, person: PersonId| Actor { person: Some(person), ..of };
    let (citizen_of_it, other) = (life.case.citizen, PersonId::new(life.case.citizen.get() + 1));
    for actor in [analyst(), nodal(), officer(), appellate()] {
        assert_eq!(own(actor.clone(), citizen_of_it).standing(&life.case), Standing::Outside, "{actor:?}");
        assert_eq!(own(actor.clone(), other).standing(&life.case), actor.standing(&life.case), "{actor:?}");
    }
    let theirs = own(analyst(), citizen_of_it);
    assert_eq!(life.act(&theirs, categorise("PHE")), Err(Refusal::OutOfScope));
    assert_eq!(life.act(&own(analyst(), other), categorise("PHE")), Ok(Stage::WithDepartment));
    life.case.disowned = true;
    assert_eq!(theirs.standing(&life.case), Standing::Cell);
}

#[test]
fn each_holder_asks_the_citizen_once() {
    let ask = || Action::RequestInformation { missing: "কোন পাড়া?".into() };
    let answer = || Action::ProvideInformation { text: "পূর্বপাড়া".into(), photos: vec![] };
    let mut life = Life::new(1);
    life.act(&analyst(), ask()).expect("asked");
    life.act(&citizen(), answer()).expect("answered");
    assert_eq!(life.act(&analyst(), ask()), Err(Refusal::AskedAlready));
    life.act(&analyst(), categorise("PHE")).expect("categorised");
    assert_eq!(life.act(&nodal(), ask()), Ok(Stage::NeedsInformation));
    assert_eq!(life.act(&citizen(), answer()), Ok(Stage::WithDepartment), "back to who asked");
}

#[test]
fn texts_are_wanted_and_bounded() {
    let mut life = Life::at(Stage::Registered);
    let reject = |reason: String| Action::Reject { ground: Ground::BeforeCourt, reason };
    assert_eq!(life.act(&analyst(), reject(" \u{200B}।".into())), Err(Refusal::TextMissing));
    assert_eq!(life.act(&analyst(), reject("ক".repeat(4_001))), Err(Refusal::TextTooLong));
    let mut life = Life::at(Stage::WithOffice);
    let mut atr = report();
    atr.photos = vec![AttachmentId::default(); 6];
    assert_eq!(life.act(&officer(), Action::SubmitAtr(atr)), Err(Refusal::TooManyPhotos));
}

#[test]
fn what_does_not_exist_is_named() {
    let mut life = Life::new(1);
    assert_eq!(life.act(&analyst(), categorise("XXX")), Err(Refusal::UnknownDepartment));
    let mut action = categorise("PHE");
    if let Action::Categorise { category, .. } = &mut action {
        *category = "x.y".into();
    }
    assert_eq!(life.act(&analyst(), action), Err(Refusal::UnknownCategory));
    let mut life = Life::at(Stage::WithDepartment);
    for office in [3, 99].map(OfficeId::new) {
        assert_eq!(life.act(&nodal(), Action::Forward { office, remark: String::new() }), Err(Refusal::UnknownOffice));
    }
    let same = Party { department: "PHE".into(), office: None };
    assert_eq!(life.act(&nodal(), Action::OfferTransfer { to: same, reason: "x".into() }), Err(Refusal::SameParty));
}

#[test]
fn a_merged_case_goes_only_with_a_fit_root() {
    let merge = |root: &Case| Action::Merge { root: root.reference, reason: "একই কল".into() };
    let mut life = Life::new(1);
    let own = life.case.clone();
    assert_eq!(life.act_with(&analyst(), merge(&own), Some(&own)), Err(Refusal::UnfitRoot), "itself");
    let closed = Life::at(Stage::Withdrawn).case;
    assert_eq!(life.act_with(&analyst(), merge(&closed), Some(&closed)), Err(Refusal::UnfitRoot), "closed");
    let root = Life::new(2).case;
    assert_eq!(life.act_with(&analyst(), merge(&root), None), Err(Refusal::UnfitRoot), "unknown");
    assert_eq!(life.act_with(&analyst(), merge(&root), Some(&root)), Ok(Stage::Merged));
    let emergency = Action::SetEmergency { lane: Lane::Emergency2, reason: "আগুন".into() };
    assert_eq!(life.act(&analyst(), emergency), Err(Refusal::FollowsRoot));
    let more = Action::AddInformation { text: "আরও লিখছি".into(), photos: vec![] };
    assert_eq!(life.act(&citizen(), more), Ok(Stage::Merged));
    assert_eq!(life.act(&citizen(), Action::Remind), Ok(Stage::Merged));
    assert_eq!(life.act(&citizen(), Action::Withdraw { reason: String::new() }), Ok(Stage::Withdrawn));
}

#[test]
fn a_partly_done_report_names_the_next_date() {
    let mut life = Life::at(Stage::WithOffice);
    life.act(&officer(), contact()).expect("contact");
    let mut atr = report();
    atr.outcome = Outcome::PartlyDone;
    assert_eq!(
        life.act(&officer(), Action::SubmitAtr(atr.clone())),
        Err(Refusal::ReportLapses(vec![Finding::NoNextDate]))
    );
    atr.next_date = Some(crate::clock::ist_date(life.now + Duration::days(3)));
    life.act(&officer(), Action::SubmitAtr(atr)).expect("report");
    life.act(&nodal(), Action::AcceptAtr { remark: String::new() }).expect("accepted");
    assert!(!life.case.reported_done, "part of it is not all of it");
}

#[test]
fn a_nodal_officers_own_report_goes_straight_to_verification() {
    let mut life = Life::at(Stage::WithDepartment);
    life.act(&nodal(), contact()).expect("contact");
    assert_eq!(life.act(&nodal(), Action::SubmitAtr(report())), Ok(Stage::Verification));
    assert!(life.case.reported_done);
}

#[test]
fn lodging_is_for_those_who_may() {
    let rules = rules();
    assert!(lodge(lodged(1), &analyst(), &rules, start()).is_ok());
    assert_eq!(lodge(lodged(1), &Actor::citizen(PersonId::new(1)), &rules, start()).err(), Some(Refusal::NotPermitted));
    assert_eq!(lodge(lodged(1), &officer(), &rules, start()).err(), Some(Refusal::NotPermitted));
    let mut unknown = lodged(1);
    unknown.category = Some("x".into());
    assert_eq!(lodge(unknown, &citizen(), &rules, start()).err(), Some(Refusal::UnknownCategory));
}

fn unproved() -> Life {
    let mut event = lodged(1);
    event.number_verified = false;
    let event = lodge(event, &citizen(), &rules(), start()).expect("lodged");
    let case = Case::open(&event).expect("a case");
    Life { case, events: vec![event], rules: rules(), now: start() }
}

#[test]
fn the_link_to_an_unproved_number_does_one_thing_alone() {
    let mut life = unproved();
    let scope = Scope::Case { person: CITIZEN, reference: life.case.reference };
    let linked = Actor::anybody(Role::Citizen, scope);
    assert_eq!(open_actions(&life.case, &linked, &life.rules, life.now), [ActionKind::DisownNumber]);
    assert_eq!(life.act(&linked, Action::Withdraw { reason: String::new() }), Err(Refusal::NotPermitted));
    life.act(&linked, Action::DisownNumber).expect("disowned");
    assert!(life.case.disowned && !life.case.number_verified);
    assert_eq!(life.act(&linked, Action::DisownNumber), Err(Refusal::NumberProved));
    // Not even with a code: the holder of the number has said that the case is not theirs.
    assert_eq!(life.act(&citizen(), Action::Withdraw { reason: String::new() }), Err(Refusal::NotPermitted));
    assert!(life.case.disowned && !life.case.number_verified);
    assert_eq!(Case::replay(&life.events).as_ref(), Some(&life.case));
}

#[test]
fn whoever_answers_at_a_disowned_number_redresses_nothing() {
    let mut life = Life::asked_about(Outcome::Done);
    life.case.disowned = true;
    assert_eq!(life.act(&caller(), call(CallOutcome::Confirmed)), Err(Refusal::NumberDisowned));
    assert_eq!(life.act(&caller(), call(CallOutcome::NotReached)), Err(Refusal::NumberDisowned));
    life.case.disowned = false;
    life.act(&caller(), call(CallOutcome::Confirmed)).expect("the desk has found the right one");
}

#[test]
fn a_number_is_changed_by_two_of_the_cell_or_by_its_holder() {
    let mut life = Life::at(Stage::WithOffice);
    let request = Action::RequestNumberChange { to: PersonId::new(99), reason: "SIM lost".into() };
    let approve = Action::ApproveNumberChange { reason: "card seen".into() };
    assert_eq!(life.act(&analyst(), approve.clone()), Err(Refusal::NoNumberChange));
    assert!(life.act(&nodal(), request.clone()).is_err(), "never a department");
    life.act(&analyst(), request.clone()).expect("requested");
    assert_eq!(life.act(&analyst(), request), Err(Refusal::NumberChangePending));
    assert_eq!(life.act(&analyst(), approve.clone()), Err(Refusal::OwnRequest));
    let other = staff(42, Role::OperationalAnalyst, Scope::State);
    life.act(&other, approve).expect("approved");
    assert_eq!((life.case.citizen, life.case.number_verified, life.case.number_changes), (PersonId::new(99), false, 1));
    assert_eq!(life.case.stage, Stage::WithOffice, "the grievance stays where it is");
    assert_eq!(change_number(&life.case, &citizen(), PersonId::new(5), life.now), Err(Refusal::OutOfScope));
    let event =
        change_number(&life.case, &Actor::citizen(PersonId::new(99)), PersonId::new(5), life.now).expect("changed");
    life.case.apply(&event);
    assert_eq!(life.case.citizen, PersonId::new(5));
}

#[test]
fn every_question_after_a_report_is_counted() {
    let mut life = Life::at(Stage::Verification);
    assert_eq!(life.case.reports, 1);
    life.act(&citizen(), Action::Dispute { reason: "না".into(), partly: false, photos: vec![] }).expect("disputed");
    life.act(&nodal(), Action::Forward { office: OfficeId::new(1), remark: String::new() }).expect("forwarded");
    assert_eq!(life.case.reports, 1);
}

/// Who may say yes, and how.
fn yeses() -> Vec<(Actor, Action)> {
    vec![
        (citizen(), Action::Confirm { remark: String::new() }),
        (caller(), call(CallOutcome::Confirmed)),
        (caller(), call(CallOutcome::Agreed)),
        (validator(), visit(VisitFinding::DoneCitizenAgrees)),
        (validator(), visit(VisitFinding::CitizenAgrees)),
    ]
}

fn asked_about(outcome: Outcome) -> Life {
    let mut life = Life::asked_about(outcome);
    if !life.case.visit_due {
        life.act(&analyst(), Action::OrderVisit { reason: "দেখে আসুন".into() }).expect("ordered");
    }
    life
}

#[test]
fn a_yes_confirms_done_work_alone() {
    for (outcome, reached) in [
        (Outcome::Done, Stage::Redressed),
        (Outcome::PartlyDone, Stage::WithOffice),
        (Outcome::CannotBeDone, Stage::Explained),
    ] {
        for (actor, action) in yeses() {
            let mut life = asked_about(outcome);
            assert_eq!(life.act(&actor, action.clone()), Ok(reached), "{outcome:?}, {action:?}");
            let event = life.events.last().expect("an event");
            assert_eq!(event.body.redresses(), outcome == Outcome::Done, "{action:?}");
            assert_eq!(event.body.agrees(), outcome != Outcome::Done, "{action:?}");
            assert_eq!(life.case.partly_done, outcome == Outcome::PartlyDone);
            assert_eq!(life.case.disputes, 0);
            assert!(!life.case.visit_due || reached != Stage::WithOffice, "what was to be seen is not finished");
        }
        let mut life = asked_about(outcome);
        let no = Action::Dispute { reason: "না".into(), partly: false, photos: vec![] };
        assert_eq!(life.act(&citizen(), no), Ok(Stage::WithDepartment), "{outcome:?}");
        assert_eq!((life.case.disputes, life.case.partly_done), (1, false));
    }
}

#[test]
fn the_rest_of_a_work_is_reported_and_asked_about_again() {
    let mut life = Life::asked_about(Outcome::PartlyDone);
    life.act(&citizen(), Action::Confirm { remark: String::new() }).expect("agreed");
    assert_eq!(
        (life.case.office, life.case.stage),
        (Some(OfficeId::new(1)), Stage::WithOffice),
        "the office that began it"
    );
    assert_eq!(life.act(&citizen(), Action::Rate { stars: 5 }), Err(Refusal::WrongStage), "it is not over");
    life.act(&officer(), contact()).expect("spoken to");
    life.act(&officer(), Action::SubmitAtr(report())).expect("reported");
    assert_eq!(life.act(&nodal(), Action::AcceptAtr { remark: String::new() }), Ok(Stage::Verification));
    assert_eq!(life.act(&citizen(), Action::Confirm { remark: String::new() }), Ok(Stage::Redressed));
    assert!(!life.case.partly_done);
}

#[test]
fn what_is_not_finished_is_not_closed_because_nobody_picks_up() {
    for (outcome, reached) in [
        (Outcome::Done, Stage::ClosedUnconfirmed),
        (Outcome::PartlyDone, Stage::WithOffice),
        (Outcome::CannotBeDone, Stage::ClosedUnconfirmed),
    ] {
        let mut life = Life::asked_about(outcome);
        // Whether a visit is made is drawn; a validator without an answer leaves the decision to the calls.
        if life.case.visit_due {
            life.act(&validator(), visit(VisitFinding::DoneCitizenNotMet)).expect("visited");
        }
        for _ in 0..3 {
            life.now += Duration::hours(32);
            life.act(&caller(), call(CallOutcome::NotReached)).expect("called");
        }
        assert_eq!(life.case.stage, reached, "{outcome:?}");
        assert!(!life.case.partly_done, "nobody has agreed");
    }
}

#[test]
fn older_entries_say_what_they_can() {
    // Earlier versions wrote "confirmed" whatever the report said, after asking "is it done?".
    let yes = |at| Event { at, by: By::from(&caller()), body: EventBody::Confirmed, statement: None };
    for (outcome, stage) in [
        (Outcome::Done, Stage::Redressed),
        (Outcome::PartlyDone, Stage::Redressed),
        (Outcome::CannotBeDone, Stage::Explained),
    ] {
        let mut life = Life::asked_about(outcome);
        life.case.apply(&yes(life.now));
        assert_eq!(life.case.stage, stage, "{outcome:?}");
    }
}

/// One district with one block.
#[derive(Debug)]
struct Birbhum;

impl Places for Birbhum {
    fn has(&self, district: Lgd, place: Option<Lgd>) -> bool {
        district == Lgd::new(307) && place.is_none_or(|place| place == Lgd::new(2827))
    }
}

#[test]
fn a_place_that_is_none_of_its_district_is_left_out() {
    for ((district, place), expected) in [
        ((Some(307), Some(2827)), (Some(307), Some(2827))),
        ((Some(307), Some(1)), (Some(307), None)),
        ((Some(1), Some(2827)), (None, None)),
        ((None, Some(2827)), (None, None)),
    ] {
        let life = Life::new(1);
        let mut action = categorise("PHE");
        if let Action::Categorise { district: of, place: at, .. } = &mut action {
            (*of, *at) = (district.map(Lgd::new), place.map(Lgd::new));
        }
        let setting = Setting { places: &Birbhum, ..Setting::new(&life.rules, life.now) };
        let events = decide(&life.case, &analyst(), action, &setting).expect("categorised");
        let EventBody::Categorised { district, place, .. } = &events[0].body else { panic!("{events:?}") };
        assert_eq!((*district, *place), (expected.0.map(Lgd::new), expected.1.map(Lgd::new)));
    }
}

#[test]
fn a_call_is_recorded_by_whoever_had_the_number_shown() {
    let life = Life::at(Stage::Verification);
    let setting = Setting::new(&life.rules, life.now);
    let outcome = call(CallOutcome::Confirmed);
    assert_eq!(decide(&life.case, &caller(), outcome.clone(), &setting).err(), Some(Refusal::NumberNotShown));
    let shown = Setting { number_shown: true, ..setting };
    assert!(decide(&life.case, &caller(), outcome, &shown).is_ok());
}

#[test]
fn a_part_is_the_same_citizen_s_and_counts_from_when_they_first_came() {
    let life = Life::new(1);
    let setting =
        Setting { into: Reference::from_payload(3), ..Setting::new(&life.rules, life.now + Duration::days(9)) };
    let split = Action::Split { text: "রাস্তাও ভাঙা".into(), about_office: false };
    let events = decide(&life.case, &analyst(), split.clone(), &setting).expect("split");
    assert_eq!(events[0].body, EventBody::Split { into: setting.into });
    assert_eq!(events[0].statement.as_ref().map(|said| said.text.as_str()), Some("রাস্তাও ভাঙা"));
    let empty = Action::Split { text: " ".into(), about_office: false };
    assert_eq!(decide(&life.case, &analyst(), empty, &setting).err(), Some(Refusal::TextMissing));
    let disowned = Case { disowned: true, ..life.case.clone() };
    assert_eq!(decide(&disowned, &analyst(), split, &setting).err(), Some(Refusal::NumberDisowned));

    // A part of a part counts from the first as well.
    let words = Statement::new("রাস্তাও ভাঙা".into(), Language::Bengali);
    let opened = |of: &Case, first: &Event, into| {
        let lodged = part(of, first, Reference::from_payload(into), words.clone(), false).expect("a part");
        let event = lodge(lodged, &analyst(), &life.rules, setting.now).expect("lodged");
        (Case::open(&event).expect("a case"), event)
    };
    let shielded = Case { shielded: true, about_office: true, ..life.case.clone() };
    let (one, first) = opened(&shielded, &life.events[0], 3);
    let (two, _) = opened(&one, &first, 4);
    for case in [&one, &two] {
        assert_eq!((case.citizen, case.number_verified, case.place), (CITIZEN, true, life.case.place));
        assert!(case.shielded, "who is withheld stays withheld");
        assert!(!case.about_office, "what it is about is told anew");
        assert_eq!(case.due(&life.rules), life.case.due(&life.rules));
        assert_eq!(case.lodged_at, setting.now);
    }
    assert_eq!(first.body.other(), Some(life.case.reference));
    let accusing = part(&life.case, &life.events[0], Reference::from_payload(5), words.clone(), true).expect("a part");
    assert!(accusing.details.about_office, "the desk must name whom it is about before it goes anywhere");
    assert_eq!(part(&life.case, &events[0], setting.into, words, false), None, "no case begins with a split");
}

#[test]
fn what_others_follow_follows_nobody() {
    let (life, root) = (Life::new(1), Life::new(2));
    let merge = Action::Merge { root: root.case.reference, reason: "same".into() };
    let alone = Setting { root: Some(&root.case), ..Setting::new(&life.rules, life.now) };
    assert!(decide(&life.case, &analyst(), merge.clone(), &alone).is_ok());
    let followed = Setting { followed: true, ..alone };
    assert_eq!(decide(&life.case, &analyst(), merge, &followed).err(), Some(Refusal::UnfitRoot));
}

#[test]
fn whoever_proved_a_number_is_not_disowned_by_its_link() {
    let life = unproved();
    let scope = Scope::Case { person: CITIZEN, reference: life.case.reference };
    let linked = Actor::anybody(Role::Citizen, scope);
    let setting = Setting { number_proved: true, ..Setting::new(&life.rules, life.now) };
    assert_eq!(decide(&life.case, &linked, Action::DisownNumber, &setting).err(), Some(Refusal::NumberProved));
}

#[test]
fn a_position_is_kept_to_ten_metres() {
    let measured = Position { latitude_micro: 23_668_877, longitude_micro: -87_682_399, accuracy_m: 12 };
    let kept = Position { latitude_micro: 23_668_800, longitude_micro: -87_682_300, accuracy_m: 12 };
    let mut life = Life::at(Stage::Verification);
    life.case.visit_due = true;
    let visit = Action::RecordVisit(Visit { position: Some(measured), ..recorded(VisitFinding::DoneCitizenAgrees) });
    life.act(&validator(), visit).expect("visited");
    let last = life.events.iter().rev().find_map(|event| match &event.body {
        EventBody::VisitRecorded { position, .. } => *position,
        _ => None,
    });
    assert_eq!(last, Some(kept));
}

#[test]
fn a_visit_is_proved_by_a_photo_that_was_taken_there() {
    let place = Position { latitude_micro: 23_668_877, longitude_micro: 87_682_399, accuracy_m: 12 };
    let shot = |photo: &str, position| Shot { photo: photo.into(), at: start(), position, token: "t".into() };
    let mut life = Life::at(Stage::Verification);
    life.case.visit_due = true;
    let recorded = |finding, meeting, photos: &[&str]| {
        let photos = photos.iter().map(|photo| AttachmentId::from(*photo)).collect();
        Action::RecordVisit(Visit { meeting, photos, ..recorded(finding) })
    };
    let decided = |action: Action, verified: &[Shot]| {
        let setting = Setting { shutter: Shutter::Verified(verified), ..Setting::new(&life.rules, life.now) };
        decide(&life.case, &validator(), action, &setting)
    };
    use Meeting::{MetThere, NotAtHome};
    use VisitFinding::{DoneCitizenAgrees, DoneCitizenNotMet, NotDone};
    let here = shot("a", Some(place));
    for (finding, meeting, photos, shots, refusal) in [
        (DoneCitizenAgrees, Some(MetThere), &["a"][..], vec![here.clone()], None),
        (DoneCitizenNotMet, Some(NotAtHome), &["a", "b"], vec![here.clone()], None),
        (NotDone, Some(MetThere), &["a"], vec![here.clone()], None),
        (NotDone, Some(NotAtHome), &["a"], vec![here.clone()], None),
        // Chosen from the phone, taken without a place, or of another report.
        (NotDone, Some(MetThere), &["a"], vec![], Some(Refusal::NoPhotoTakenHere)),
        (NotDone, Some(MetThere), &["a"], vec![shot("a", None)], Some(Refusal::NoPhotoTakenHere)),
        (NotDone, Some(MetThere), &["b"], vec![here.clone()], Some(Refusal::NoPhotoTakenHere)),
        // Nobody agrees who was not met.
        (DoneCitizenAgrees, Some(NotAtHome), &["a"], vec![here.clone()], Some(Refusal::MeetingDoesNotFit)),
        (DoneCitizenNotMet, Some(MetThere), &["a"], vec![here.clone()], Some(Refusal::MeetingDoesNotFit)),
        (NotDone, None, &["a"], vec![here.clone()], Some(Refusal::MeetingDoesNotFit)),
    ] {
        let answer = decided(recorded(finding, meeting, photos), &shots);
        assert_eq!(answer.clone().err(), refusal, "{finding:?} {meeting:?} {photos:?}");
        if let Ok(events) = answer {
            let EventBody::VisitRecorded { position, shots, .. } = &events[0].body else { panic!("{events:?}") };
            assert_eq!(*position, Some(place.to_ten_metres()), "the place of the photo is that of the visit");
            assert!(shots.iter().all(|shot| shot.token.is_empty() && shot.position == Some(place.to_ten_metres())));
        }
    }
}

#[test]
fn every_question_of_the_category_is_answered_at_the_place() {
    let mut life = Life::at(Stage::Verification);
    life.case.visit_due = true;
    let check = |code: &str| Check { code: code.into(), ..Check::default() };
    let checks = [check("water.flows"), check("water.clean")];
    let saw = |check: &str, answer| Checked { check: check.into(), answer };
    let decided = |given: Vec<Checked>| {
        let setting = Setting { checks: &checks, ..Setting::new(&life.rules, life.now) };
        let visit = Visit { checks: given, ..recorded(VisitFinding::NotDone) };
        decide(&life.case, &validator(), Action::RecordVisit(visit), &setting)
    };
    let both = vec![saw("water.flows", CheckAnswer::No), saw("water.clean", CheckAnswer::Unclear)];
    assert_eq!(decided(both[..1].to_vec()).err(), Some(Refusal::ChecksUnanswered));
    let other = vec![saw("roads.even", CheckAnswer::Yes)];
    let events = decided([other, vec![both[1].clone(), both[0].clone()]].concat()).expect("recorded");
    let EventBody::VisitRecorded { checks, .. } = &events[0].body else { panic!("{events:?}") };
    assert_eq!(*checks, both, "in the order of the table, without what was not asked");
}
