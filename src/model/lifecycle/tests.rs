//! The rulebook, transition by transition, and under 100,000 random actions.

mod clocks;
mod guards;
mod random;
mod transitions;
mod walker;

use super::*;
use crate::atr::Outcome;
use crate::clock::{Calendar, Lane};
use crate::rules::CategoryRule;
use crate::visit::{Meeting, Visit};
use crate::{
    Actor, AttachmentId, CategoryCode, DepartmentCode, Language, Lgd, OfficeId, PersonId, Reference, Role, Rules,
    Scope, StaffId, Time,
};
use chrono::Duration;

pub(super) const CITIZEN: PersonId = PersonId::new(77);

pub(super) fn start() -> Time {
    "2026-11-02T04:30:00Z".parse().expect("a Monday morning in India")
}

/// Two departments with two offices each, a water and a shielded police category, no chance of a random visit.
pub(super) fn rules() -> Rules {
    let category = |department: &str, lane, shielded| CategoryRule {
        department: department.into(),
        department_urban: None,
        limit_days: 7,
        lane,
        shielded,
    };
    Rules {
        calendar: Calendar::default(),
        categories: [
            (CategoryCode::from("water.tubewell"), category("PHE", Lane::Ordinary, false)),
            (CategoryCode::from("police.inaction"), category("HHA", Lane::Ordinary, true)),
            (CategoryCode::from("disaster.food"), category("HHA", Lane::Emergency24, false)),
        ]
        .into(),
        departments: vec!["PHE".into(), "HHA".into()],
        offices: [
            (OfficeId::new(1), DepartmentCode::from("PHE")),
            (OfficeId::new(2), DepartmentCode::from("PHE")),
            (OfficeId::new(3), DepartmentCode::from("HHA")),
            (OfficeId::new(4), DepartmentCode::from("HHA")),
        ]
        .into(),
        visit_floor_per_mille: 0,
        draw_seed: 1,
        ..Rules::default()
    }
}

pub(super) fn office(department: &str, office: u32) -> Party {
    Party { department: department.into(), office: Some(OfficeId::new(office)) }
}

fn staff(id: u32, role: Role, scope: Scope) -> Actor {
    Actor::of_staff(StaffId::new(id), role, scope)
}

pub(super) fn citizen() -> Actor {
    Actor::citizen(CITIZEN)
}
pub(super) fn analyst() -> Actor {
    staff(1, Role::OperationalAnalyst, Scope::State)
}
pub(super) fn nodal() -> Actor {
    staff(2, Role::NodalOfficer, Scope::Department("PHE".into()))
}
pub(super) fn officer() -> Actor {
    staff(3, Role::OfficeOfficer, Scope::Office(office("PHE", 1)))
}
pub(super) fn caller() -> Actor {
    staff(4, Role::VerificationCaller, Scope::State)
}
pub(super) fn validator() -> Actor {
    staff(5, Role::FieldValidator, Scope::District(Lgd::new(307)))
}
pub(super) fn appellate() -> Actor {
    staff(6, Role::AppellateAuthority, Scope::State)
}
pub(super) fn other_nodal() -> Actor {
    staff(7, Role::NodalOfficer, Scope::Department("HHA".into()))
}

pub(super) fn lodged(payload: u64) -> Lodged {
    Lodged {
        reference: Reference::from_payload(payload),
        citizen: CITIZEN,
        number_verified: true,
        channel: Channel::Web,
        language: Language::Bengali,
        gender: Gender::Woman,
        category: None,
        district: Some(Lgd::new(307)),
        place: Some(Lgd::new(2827)),
        urban: Some(false),
        photos: vec![],
        details: Details::default(),
        statement: Statement::new("টিউবওয়েল তিন মাস ধরে খারাপ।".into(), Language::Bengali),
    }
}

/// A case with its ledger, moved by the rulebook alone.
pub(super) struct Life {
    pub case: Case,
    pub events: Vec<Event>,
    pub rules: Rules,
    pub now: Time,
}

impl Life {
    pub fn new(payload: u64) -> Self {
        let (rules, now) = (rules(), start());
        let event = lodge(lodged(payload), &citizen(), &rules, now).expect("lodged");
        let case = Case::open(&event).expect("a case");
        Self { case, events: vec![event], rules, now }
    }

    pub fn act(&mut self, actor: &Actor, action: Action) -> Result<Stage, Refusal> {
        self.act_with(actor, action, None)
    }

    pub fn act_with(&mut self, actor: &Actor, action: Action, root: Option<&Case>) -> Result<Stage, Refusal> {
        self.now += Duration::minutes(7);
        let setting = Setting { root, number_shown: true, ..Setting::new(&self.rules, self.now) };
        for event in decide(&self.case, actor, action, &setting)? {
            self.case.apply(&event);
            self.events.push(event);
        }
        Ok(self.case.stage)
    }

    /// Leads the case to a stage by the usual steps.
    pub fn at(stage: Stage) -> Self {
        let mut life = Self::new(1);
        let steps: &[(Actor, Action, Stage)] = &[
            (analyst(), categorise("PHE"), Stage::WithDepartment),
            (nodal(), Action::Forward { office: OfficeId::new(1), remark: String::new() }, Stage::WithOffice),
            (officer(), contact(), Stage::WithOffice),
            (officer(), Action::SubmitAtr(report()), Stage::AtrReview),
            (nodal(), Action::AcceptAtr { remark: String::new() }, Stage::Verification),
            (caller(), call(CallOutcome::Confirmed), Stage::Redressed),
        ];
        if stage == Stage::Explained {
            let mut life = Self::asked_about(Outcome::CannotBeDone);
            assert_eq!(life.act(&caller(), call(CallOutcome::Confirmed)), Ok(stage));
            return life;
        }
        match stage {
            Stage::NeedsInformation => {
                life.act(&analyst(), Action::RequestInformation { missing: "কোন পাড়া?".into() }).expect("asked");
            }
            Stage::NotAdmissible => {
                life.act(&analyst(), Action::Reject { ground: Ground::BeforeCourt, reason: "মামলা চলছে".into() })
                    .expect("rejected");
            }
            Stage::Withdrawn => {
                life.act(&citizen(), Action::Withdraw { reason: String::new() }).expect("withdrawn");
            }
            Stage::Merged => {
                let root = Self::new(2).case;
                let merge = Action::Merge { root: root.reference, reason: "একই কল".into() };
                life.act_with(&analyst(), merge, Some(&root)).expect("merged");
            }
            _ => {
                for (actor, action, reached) in steps {
                    if life.case.stage == stage {
                        break;
                    }
                    assert_eq!(life.act(actor, action.clone()), Ok(*reached));
                    if *reached == Stage::WithOffice && stage == Stage::TransferOffered {
                        let to = Party { department: "HHA".into(), office: None };
                        life.act(&officer(), Action::OfferTransfer { to, reason: "থানার কাজ".into() }).expect("offered");
                        break;
                    }
                    if *reached == Stage::Verification && stage == Stage::ClosedUnconfirmed {
                        for _ in 0..3 {
                            life.now += Duration::hours(32);
                            life.act(&caller(), call(CallOutcome::NotReached)).expect("called");
                        }
                        break;
                    }
                }
                if stage == Stage::Appealed {
                    life.act(&citizen(), Action::Appeal { reason: "কাজ হয়নি".into() }).expect("appealed");
                }
            }
        }
        assert_eq!(life.case.stage, stage);
        life
    }

    /// Holds a hearing about the appeal.
    pub fn hear(&mut self) {
        let called = hearing(self.now);
        self.act(&appellate(), called).expect("called");
        self.now += Duration::days(5);
        let heard = Action::RecordHearing {
            citizen: true, office: true, text: "দুই পক্ষই বললেন".into()
        };
        self.act(&appellate(), heard).expect("heard");
    }

    /// Leads the case to the question about a report with this outcome.
    pub fn asked_about(outcome: Outcome) -> Self {
        let mut life = Self::at(Stage::WithOffice);
        life.act(&officer(), contact()).expect("spoken to");
        life.act(&officer(), Action::SubmitAtr(report_of(outcome, life.now))).expect("reported");
        assert_eq!(life.act(&nodal(), Action::AcceptAtr { remark: String::new() }), Ok(Stage::Verification));
        life
    }
}

/// A report without lapses, with this outcome.
pub(super) fn report_of(outcome: Outcome, now: Time) -> crate::atr::Atr {
    let done = report();
    match outcome {
        Outcome::Done => done,
        Outcome::PartlyDone => crate::atr::Atr {
            outcome,
            text: "২ নভেম্বর পাইপ বদলানো হয়েছে, পাম্প এখনও বসেনি।".into(),
            next_date: Some(crate::clock::ist_date(now + Duration::days(7))),
            ..done
        },
        Outcome::CannotBeDone => {
            crate::atr::Atr {
                outcome, text: "জমিটি বন দপ্তরের, সেখানে নলকূপ বসানোর অনুমতি নেই।".into(), ..done
            }
        }
    }
}

pub(super) fn categorise(department: &str) -> Action {
    Action::Categorise {
        category: "water.tubewell".into(),
        department: department.into(),
        lane: Lane::Ordinary,
        district: None,
        place: None,
        complained_of: None,
        remark: String::new(),
    }
}

/// A call to a hearing by telephone three days later, at eleven in India.
pub(super) fn hearing(now: Time) -> Action {
    let midnight = crate::clock::ist_midnight(crate::clock::ist_date(now + Duration::days(3)));
    let hearing = Hearing { at: midnight + Duration::hours(11), means: HearingMeans::Phone };
    Action::SetHearing { hearing, text: String::new() }
}

pub(super) fn decide_appeal(upheld: bool) -> Action {
    let ordered = "৭ দিনের মধ্যে পাম্প বদলাতে হবে".into();
    Action::DecideAppeal {
        upheld, reason: "কারণ".into(), found: "যা পাওয়া গেল".into(), ordered
    }
}

pub(super) fn contact() -> Action {
    Action::RecordContact {
        means: ContactMeans::Phone, text: "ফোনে কথা হয়েছে, জল নেই।".into()
    }
}

pub(super) fn report() -> crate::atr::Atr {
    crate::atr::Atr {
        outcome: crate::atr::Outcome::Done,
        text: "২ নভেম্বর পাইপ ও ওয়াশার বদলানো হয়েছে, জল আসছে।".into(),
        next_date: None,
        contact: None,
        no_contact_reason: String::new(),
        photos: vec!["photo".into()],
        answers: Vec::new(),
        shots: Vec::new(),
    }
}

pub(super) fn call(outcome: CallOutcome) -> Action {
    Action::RecordCall { outcome, remark: "জল আসছে না".into(), call_id: "call 1".into(), later: None }
}

pub(super) fn recorded(finding: VisitFinding) -> Visit {
    let (meeting, text) = (Some(Meeting::MetThere), "কল দেখলাম".into());
    Visit { finding, text, meeting, checks: vec![], position: None, photos: vec![], shots: vec![] }
}

pub(super) fn visit(finding: VisitFinding) -> Action {
    Action::RecordVisit(recorded(finding))
}
