//! A case: the state that follows from its events. It contains no name, number or text.

use super::{Appeal, CallOutcome, Event, EventBody, Hearing, VisitFinding};
use crate::atr::Outcome;
use crate::clock::{Clock, DayPart, Lane, ist_date, ist_midnight};
use crate::names::vocabulary;
use crate::{
    Actor, CategoryCode, DepartmentCode, Language, Lgd, OfficeId, PersonId, Reference, Role, Scope, StaffId, Time,
};
use chrono::{Days, Duration, NaiveDate};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Minutes after a line has failed until the citizen is called again.
const LINE_FAULT_MINUTES: i64 = 60;

vocabulary! {
    /// The stage of a case.
    Stage {
        /// Lodged, not yet categorised.
        Registered,
        /// The citizen must answer a question.
        NeedsInformation,
        /// At the nodal officer's desk.
        WithDepartment,
        /// At a sub-office.
        WithOffice,
        /// Offered to another department or office, not yet accepted.
        TransferOffered,
        /// The report is written and being checked by the nodal officer.
        AtrReview,
        /// The report is accepted; the citizen is being asked.
        Verification,
        /// Confirmed as done, from outside the department.
        Redressed,
        /// It cannot be done, and the citizen has accepted the reason, from outside the department.
        Explained,
        /// The office reports it done; the citizen could not be reached.
        ClosedUnconfirmed,
        /// Outside the scope of the law.
        NotAdmissible,
        /// Follows its root case.
        Merged,
        /// An appeal is being decided.
        Appealed,
        /// Taken back by the citizen.
        Withdrawn,
    }
}

impl Stage {
    /// Whether somebody still has to act for the citizen. A merged case counts as closed: its root is worked on.
    #[must_use]
    pub fn is_open(self) -> bool {
        !matches!(
            self,
            Self::Redressed
                | Self::Explained
                | Self::ClosedUnconfirmed
                | Self::NotAdmissible
                | Self::Merged
                | Self::Withdrawn
        )
    }
}

vocabulary! {
    /// The channel by which a grievance came in.
    Channel {
        /// The citizen app.
        Web,
        /// The plain HTML form.
        WebForm,
        /// The call centre.
        Call,
        /// A service counter.
        Counter,
        /// A letter.
        Letter,
        /// An e-mail.
        Email,
    }
}

vocabulary! {
    /// Gender as the citizen gave it, for the dashboards' shares only (FLD-07).
    Gender {
        /// A woman.
        Woman,
        /// A man.
        Man,
        /// Another gender.
        Other,
        /// Not said.
        Unstated,
    }
}

/// A department's desk, or one of its offices.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Party {
    /// The department.
    pub department: DepartmentCode,
    /// The office; `None` for the nodal officer's desk or, where a department is complained of, for all of it.
    #[serde(default)]
    pub office: Option<OfficeId>,
}

/// Who has to act on the case now.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Holder {
    /// The cell's desk.
    Desk,
    /// A department's nodal officer.
    Department(DepartmentCode),
    /// An office.
    Office(OfficeId),
    /// The cell's verification callers and field validators.
    Verification,
    /// The appellate authority.
    Appellate,
    /// The citizen, who must answer a question.
    Citizen,
    /// Nobody: the case is closed, or follows its root.
    Nobody,
}

impl Holder {
    /// Its key in [`Case::holder_clocks`].
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Department(code) => format!("department {code}"),
            Self::Office(office) => format!("office {office}"),
            Self::Desk => "desk".into(),
            Self::Verification => "verification".into(),
            Self::Appellate => "appellate".into(),
            Self::Citizen => "citizen".into(),
            Self::Nobody => "nobody".into(),
        }
    }
}

/// A transfer that has been offered and not answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// To whom it is offered.
    pub to: Party,
    /// When it was offered.
    pub at: Time,
}

/// An emergency that is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emergency {
    /// Its lane, never the ordinary one.
    pub lane: Lane,
    /// When it was declared; its hours count from here.
    pub since: Time,
    /// Level of escalation that its limit has reached in the present turn, 0 to 4.
    pub escalation: u8,
}

/// The time from when a holder gets the case until another does. Waiting for the citizen and a declined transfer do not
/// end it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Turn {
    /// The holder, as a key of [`Case::holder_clocks`].
    pub holder: String,
    /// How many spans of that clock lie before this turn.
    pub earlier_spans: usize,
}

/// A change of the citizen's number that has not been decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberChange {
    /// The person who has the new number.
    pub to: PersonId,
    /// The member of staff who asked for it; somebody else must decide.
    pub by: Option<StaffId>,
}

/// The state of one grievance after its events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)] // each field is named after the event that sets it
pub struct Case {
    pub reference: Reference,
    /// Number of events so far, from 1; the case's ETag.
    pub version: u32,
    pub stage: Stage,
    pub citizen: PersonId,
    pub number_verified: bool,
    pub channel: Channel,
    pub language: Language,
    pub gender: Gender,
    pub urban: Option<bool>,
    pub district: Option<Lgd>,
    pub place: Option<Lgd>,
    pub category: Option<CategoryCode>,
    pub lane: Lane,
    /// Emergencies in force, none faster than `lane`. A slower one that was declared earlier stays in force beside a
    /// faster one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emergencies: Vec<Emergency>,
    pub department: Option<DepartmentCode>,
    pub office: Option<OfficeId>,
    /// Whether the department must not learn who lodged it.
    pub shielded: bool,
    /// Whether the citizen asked for that.
    #[serde(default)]
    pub confidential: bool,
    /// Whether it is about an officer or office, whom the desk must then name before it categorises.
    #[serde(default)]
    pub about_office: bool,
    /// The department or office complained of, to which it is never routed.
    pub complained_of: Option<Party>,
    pub offered: Option<Offer>,
    /// The stage to which it returns after NeedsInformation, a declined transfer, a dismissed appeal or a merger.
    pub returns_to: Option<Stage>,
    /// Keys of the holders that have asked the citizen; each may ask once.
    pub asked: BTreeSet<String>,
    /// Whether the citizen who must answer has been asked a second time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub asked_again: bool,
    /// Contacts with the citizen since the present office got the case.
    pub contacts: u16,
    pub atr: Option<Outcome>,
    /// Whether the lapse check found something in the latest report.
    pub atr_flagged: bool,
    /// Where the latest report says "partly done": the day, in India, by which the rest is promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_date: Option<NaiveDate>,
    /// Whether the department has reported it as done at least once.
    pub reported_done: bool,
    /// The office whose report was the first that the citizen was asked about; `None` before, and where the department's own
    /// desk reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported_by: Option<OfficeId>,
    /// Whether the citizen has agreed that part is done and is waiting for the rest.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partly_done: bool,
    /// Days, in India, on which the citizen could not be reached since the latest accepted report.
    pub missed_calls: BTreeSet<NaiveDate>,
    /// The parts of the day in which that was, in order, without repeating the one before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missed_in: Vec<DayPart>,
    /// When the citizen can be called again, where that was said or a line failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_after: Option<Time>,
    /// How often somebody else answered at the present number who did not know the citizen.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub wrong_numbers: u8,
    /// Whether a visit is ordered and not yet made.
    pub visit_due: bool,
    /// How often the citizen has said "not done".
    pub disputes: u8,
    /// How often the citizen has reopened it.
    pub reopened: u8,
    pub appealed: bool,
    /// Where the appeal stands that is being decided.
    #[serde(default, skip_serializing_if = "Appeal::is_new")]
    pub appeal: Appeal,
    /// When the citizen last asked for haste.
    #[serde(default)]
    pub reminded_at: Option<Time>,
    /// The citizen's rating, 1 to 5.
    #[serde(default)]
    pub rating: Option<u8>,
    pub root: Option<Reference>,
    /// Level of escalation that the ordinary limit has reached in the present turn, 0 to 4.
    pub escalation: u8,
    /// The member of staff who lodged it for the citizen.
    #[serde(default)]
    pub lodged_by: Option<StaffId>,
    /// Staff who have acted on it.
    pub handlers: BTreeSet<StaffId>,
    pub lodged_at: Time,
    /// When it entered its present stage.
    pub stage_since: Time,
    pub closed_at: Option<Time>,
    /// Runs from registration, pauses only in NeedsInformation, stops when the case is closed.
    pub citizen_clock: Clock,
    /// How long each holder has had it; never reset.
    pub holder_clocks: BTreeMap<String, Clock>,
    /// The turn of the present holder; of the last one while the case waits for the citizen or is closed.
    #[serde(default)]
    pub turn: Turn,
    pub rules_version: u32,
    /// Number of accepted reports about which the citizen was asked. An answer names its report by this.
    #[serde(default)]
    pub reports: u8,
    /// When a superior was last told of an escalation.
    #[serde(default)]
    pub escalated_at: Option<Time>,
    /// Whether somebody at its number has said that the case is not theirs: no messages go there.
    #[serde(default)]
    pub disowned: bool,
    #[serde(default)]
    pub number_change: Option<NumberChange>,
    /// How often its number was changed; links from before a change no longer open it.
    #[serde(default)]
    pub number_changes: u8,
}

// Serde asks by reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(count: &u8) -> bool {
    *count == 0
}

impl Case {
    /// A case from its first event; `None` where that is not [`EventBody::Lodged`].
    #[must_use]
    pub fn open(event: &Event) -> Option<Self> {
        let EventBody::Lodged {
            reference,
            citizen,
            number_verified,
            channel,
            language,
            gender,
            category,
            district,
            place,
            urban,
            lane,
            photos: _,
            voice: _,
            rules_version,
            reasons: _,
            affected: _,
            about_office,
            confidential,
            origin,
        } = &event.body
        else {
            return None;
        };
        let mut case = Self {
            reference: *reference,
            version: 1,
            stage: Stage::Registered,
            citizen: *citizen,
            number_verified: *number_verified,
            channel: *channel,
            language: *language,
            gender: *gender,
            urban: *urban,
            district: *district,
            place: *place,
            category: category.clone(),
            lane: Lane::Ordinary,
            emergencies: Vec::new(),
            department: None,
            office: None,
            shielded: *confidential || *about_office,
            confidential: *confidential || *about_office,
            about_office: *about_office,
            complained_of: None,
            offered: None,
            returns_to: None,
            asked: BTreeSet::new(),
            asked_again: false,
            contacts: 0,
            atr: None,
            atr_flagged: false,
            next_date: None,
            reported_done: false,
            reported_by: None,
            partly_done: false,
            missed_calls: BTreeSet::new(),
            missed_in: Vec::new(),
            call_after: None,
            wrong_numbers: 0,
            visit_due: false,
            disputes: 0,
            reopened: 0,
            appealed: false,
            appeal: Appeal::default(),
            reminded_at: None,
            rating: None,
            root: None,
            escalation: 0,
            lodged_by: event.by.staff,
            handlers: event.by.staff.into_iter().collect(),
            lodged_at: event.at,
            stage_since: event.at,
            closed_at: None,
            citizen_clock: Clock::default(),
            holder_clocks: BTreeMap::new(),
            turn: Turn::default(),
            rules_version: *rules_version,
            reports: 0,
            escalated_at: None,
            disowned: false,
            number_change: None,
            number_changes: 0,
        };
        case.set_lane(*lane, event.at);
        // The citizen has been waiting for a part of an earlier case since that was lodged.
        case.citizen_clock.start(origin.map_or(event.at, |origin| origin.since.min(event.at)));
        case.hand_to(case.holder(), event.at);
        Some(case)
    }

    /// The case after a sequence of events; `None` where the first is not a lodging.
    pub fn replay<'a>(events: impl IntoIterator<Item = &'a Event>) -> Option<Self> {
        let mut events = events.into_iter();
        let mut case = Self::open(events.next()?)?;
        for event in events {
            case.apply(event);
        }
        Some(case)
    }

    /// Applies one event. Never fails: what `decide` returned is valid here.
    pub fn apply(&mut self, event: &Event) {
        let (stage_before, holder_before) = (self.stage, self.holder());
        self.version += 1;
        // Writing a note, deciding the appeal with its hearing, or changing a number does not count as handling the case.
        if !matches!(
            event.body,
            EventBody::Noted
                | EventBody::NotedFor { .. }
                | EventBody::HearingSet { .. }
                | EventBody::HearingHeld { .. }
                | EventBody::AppealDecided { .. }
                | EventBody::NumberChanged { .. }
                | EventBody::NumberChangeRequested { .. }
                | EventBody::NumberChangeRefused
        ) {
            self.handlers.extend(event.by.staff);
        }
        self.apply_number(event);
        self.apply_body(event);
        match event.body.closes_as() {
            // Older versions wrote "confirmed" for a yes to "cannot be done" as well, which confirms no work.
            Some(Stage::Redressed) if self.atr == Some(Outcome::CannotBeDone) => self.stage = Stage::Explained,
            Some(closed) => self.stage = closed,
            None => {}
        }
        if matches!(self.stage, Stage::Redressed | Stage::Explained) {
            self.partly_done = false;
        }
        if self.stage != Stage::TransferOffered {
            self.offered = None;
        }
        if self.stage != Stage::Appealed {
            self.appeal = Appeal::default();
        }
        if self.stage != Stage::Merged {
            self.root = None;
        }
        let holder = self.holder();
        if holder != holder_before {
            if let Some(clock) = self.holder_clocks.get_mut(&holder_before.key()) {
                clock.stop(event.at);
            }
            self.hand_to(holder, event.at);
        }
        if self.stage != stage_before {
            self.stage_since = event.at;
            self.asked_again = false;
            if self.stage.is_open() && self.stage != Stage::NeedsInformation {
                self.citizen_clock.start(event.at);
            } else {
                self.citizen_clock.stop(event.at);
            }
            self.closed_at = (!self.stage.is_open()).then_some(event.at);
        }
    }

    /// Starts the holder's clock; a turn begins where another holder had the case before.
    fn hand_to(&mut self, holder: Holder, at: Time) {
        if matches!(holder, Holder::Nobody | Holder::Citizen) {
            return;
        }
        let key = holder.key();
        let clock = self.holder_clocks.entry(key.clone()).or_default();
        if self.turn.holder != key {
            self.turn = Turn { holder: key, earlier_spans: clock.ended.len() };
            self.escalation = 0;
            self.emergencies.iter_mut().for_each(|emergency| emergency.escalation = 0);
        }
        clock.start(at);
    }

    /// Applies what concerns the number. A citizen acts with a code or by text message, and so proves the number of
    /// this case.
    fn apply_number(&mut self, event: &Event) {
        match &event.body {
            EventBody::NumberDisowned => self.disowned = true,
            EventBody::CallRecorded { outcome: CallOutcome::WrongNumber, .. } => {
                self.wrong_numbers = self.wrong_numbers.saturating_add(1);
                // A number that was proved is not lost by one slip of a finger.
                self.disowned |= !self.number_verified || self.wrong_numbers > 1;
            }
            EventBody::NumberChanged { citizen } => {
                self.citizen = *citizen;
                self.number_verified &= event.by.role == Role::Citizen;
                self.disowned = false;
                self.wrong_numbers = 0;
                self.number_change = None;
                self.number_changes = self.number_changes.saturating_add(1);
            }
            EventBody::NumberChangeRequested { to } => {
                self.number_change = Some(NumberChange { to: *to, by: event.by.staff });
            }
            EventBody::NumberChangeRefused => self.number_change = None,
            _ if event.by.role == Role::Citizen && !self.disowned => self.number_verified = true,
            _ => {}
        }
    }

    fn apply_body(&mut self, event: &Event) {
        match &event.body {
            EventBody::InformationRequested => {
                self.asked.insert(self.holder().key());
                self.returns_to = Some(self.stage);
                self.stage = Stage::NeedsInformation;
            }
            EventBody::InformationProvided { .. } | EventBody::InformationOverdue | EventBody::TransferRefused => {
                self.go_back();
            }
            EventBody::InformationReminded => self.asked_again = true,
            EventBody::Categorised { category, department, lane, district, place, shielded, complained_of } => {
                self.category = Some(category.clone());
                self.set_lane(*lane, event.at);
                self.district = district.or(self.district);
                self.place = place.or(self.place);
                self.shielded = *shielded || self.confidential;
                self.complained_of.clone_from(complained_of);
                self.go_to_department(department.clone());
            }
            EventBody::Forwarded { office } => self.go_to_office(*office),
            EventBody::TransferOffered { to } => {
                self.offered = Some(Offer { to: to.clone(), at: event.at });
                self.returns_to = Some(self.stage);
                self.stage = Stage::TransferOffered;
            }
            EventBody::TransferAccepted => {
                if let Some(offer) = self.offered.take() {
                    self.go_to_department(offer.to.department);
                    if let Some(office) = offer.to.office {
                        self.go_to_office(office);
                    }
                }
                self.returns_to = None;
            }
            EventBody::TransferBounced { to_cell } => {
                self.offered = None;
                self.returns_to = None;
                self.office = None;
                self.stage = if *to_cell { Stage::Registered } else { Stage::WithDepartment };
                if *to_cell {
                    self.department = None;
                }
            }
            EventBody::ContactRecorded { .. } => self.contacts = self.contacts.saturating_add(1),
            EventBody::AtrSubmitted { outcome, findings, own, next_date, .. } => {
                self.atr = Some(*outcome);
                self.next_date = *next_date;
                self.atr_flagged = !findings.is_empty();
                if *own {
                    self.enter_verification(*outcome);
                } else {
                    self.stage = Stage::AtrReview;
                }
            }
            body if body.agrees() => match self.atr {
                Some(Outcome::PartlyDone) => {
                    self.partly_done = true;
                    self.await_rest();
                }
                _ => self.stage = Stage::Explained,
            },
            EventBody::RestAwaited => self.await_rest(),
            EventBody::AtrReturned => self.stage = Stage::WithOffice,
            EventBody::AtrAccepted => {
                if let Some(outcome) = self.atr {
                    self.enter_verification(outcome);
                }
            }
            EventBody::VisitOrdered { .. } => self.visit_due = true,
            EventBody::Disputed { .. } => {
                self.disputes = self.disputes.saturating_add(1);
                self.send_back();
            }
            EventBody::CallRecorded { outcome, later, .. } => self.apply_call(*outcome, *later, event.at),
            EventBody::VisitRecorded { finding, .. } => {
                self.visit_due = false;
                if *finding == VisitFinding::NotDone {
                    self.disputes = self.disputes.saturating_add(1);
                    self.send_back();
                }
            }
            EventBody::Merged { root } => {
                self.returns_to = Some(self.stage);
                self.root = Some(*root);
                self.stage = Stage::Merged;
            }
            EventBody::Unmerged => {
                self.root = None;
                self.go_back();
            }
            EventBody::Reopened => {
                if event.by.role == crate::Role::Citizen {
                    self.reopened = self.reopened.saturating_add(1);
                }
                self.rating = None;
                self.send_back();
            }
            EventBody::Appealed => {
                self.appealed = true;
                self.returns_to = Some(self.stage);
                self.stage = Stage::Appealed;
            }
            EventBody::AppealAnswered { .. } => self.appeal.answered = true,
            EventBody::HearingSet { at, means } => self.appeal.hearing = Some(Hearing { at: *at, means: *means }),
            EventBody::HearingHeld { .. } => {
                self.appeal.heard = true;
                self.appeal.hearing = None;
            }
            EventBody::AppealDecided { upheld: true } => {
                self.returns_to = None;
                self.send_back();
            }
            EventBody::AppealDecided { upheld: false } => self.go_back(),
            EventBody::EmergencySet { lane } => self.set_lane(*lane, event.at),
            EventBody::Escalated { level, lane } => {
                self.escalated_at = Some(event.at);
                self.escalate(lane.unwrap_or(self.lane), *level);
            }
            EventBody::Reminded => self.reminded_at = Some(event.at),
            EventBody::Rated { stars } => self.rating = Some(*stars),
            EventBody::Agreed
            | EventBody::Lodged { .. }
            | EventBody::VisitNotDrawn { .. }
            | EventBody::Confirmed
            | EventBody::Rejected { .. }
            | EventBody::InformationAdded { .. }
            | EventBody::Withdrawn
            | EventBody::Split { .. }
            | EventBody::Noted
            | EventBody::NotedFor { .. }
            | EventBody::NumberDisowned
            | EventBody::NumberChanged { .. }
            | EventBody::NumberChangeRequested { .. }
            | EventBody::NumberChangeRefused => {}
        }
    }

    fn apply_call(&mut self, outcome: CallOutcome, later: Option<Time>, at: Time) {
        self.call_after = match outcome {
            CallOutcome::CallLater => later,
            CallOutcome::LineFault => Some(at + Duration::minutes(LINE_FAULT_MINUTES)),
            CallOutcome::WrongNumber => Some(ist_midnight(ist_date(at) + Days::new(1))),
            _ => None,
        };
        if outcome.is_try() {
            self.missed_calls.insert(ist_date(at));
            if self.missed_in.last() != Some(&DayPart::of(at)) {
                self.missed_in.push(DayPart::of(at));
            }
        }
        if outcome.is_no() {
            self.disputes = self.disputes.saturating_add(1);
            self.send_back();
        }
    }

    fn go_back(&mut self) {
        self.offered = None;
        if let Some(stage) = self.returns_to.take() {
            self.stage = stage;
        }
    }

    fn go_to_department(&mut self, department: DepartmentCode) {
        self.department = Some(department);
        self.office = None;
        self.contacts = 0;
        self.stage = Stage::WithDepartment;
    }

    fn go_to_office(&mut self, office: OfficeId) {
        self.office = Some(office);
        self.contacts = 0;
        self.stage = Stage::WithOffice;
    }

    fn enter_verification(&mut self, outcome: Outcome) {
        self.stage = Stage::Verification;
        if self.reports == 0 {
            self.reported_by = self.office;
        }
        self.reports = self.reports.saturating_add(1);
        self.call_anew();
        self.visit_due = false;
        self.reported_done |= outcome == Outcome::Done;
    }

    fn call_anew(&mut self) {
        self.missed_calls.clear();
        self.missed_in.clear();
        self.call_after = None;
    }

    /// Whether a verification caller can ring the citizen now: not twice on a day in vain, not twice running in the same
    /// part of the day, and not before the citizen would like it.
    #[must_use]
    pub fn can_be_rung(&self, now: Time) -> bool {
        self.stage == Stage::Verification
            && !self.disowned
            && self.call_after.is_none_or(|at| at <= now)
            && !self.missed_calls.contains(&ist_date(now))
            && self.missed_in.last() != Some(&DayPart::of(now))
    }

    /// Back to the office or desk that reported, for the rest of the work.
    fn await_rest(&mut self) {
        self.visit_due = false;
        self.call_anew();
        match self.office {
            Some(office) => self.go_to_office(office),
            None => self.stage = Stage::WithDepartment,
        }
    }

    /// Back to the department, or to the cell's desk where no department has had the case.
    fn send_back(&mut self) {
        self.visit_due = false;
        self.atr = None;
        self.atr_flagged = false;
        self.partly_done = false;
        match self.department.clone() {
            Some(department) => self.go_to_department(department),
            None => self.stage = Stage::Registered,
        }
    }

    /// Declares an emergency or ends faster ones; those that remain keep counting from their declaration.
    fn set_lane(&mut self, lane: Lane, at: Time) {
        self.emergencies.retain(|emergency| emergency.lane <= lane);
        if lane.is_emergency() && self.emergencies.iter().all(|emergency| emergency.lane != lane) {
            self.emergencies.push(Emergency { lane, since: at, escalation: 0 });
        }
        self.lane = lane;
    }

    fn escalate(&mut self, lane: Lane, level: u8) {
        match self.emergencies.iter_mut().find(|emergency| emergency.lane == lane) {
            Some(emergency) => emergency.escalation = level,
            None => self.escalation = level,
        }
    }

    /// Whether this role must not learn who lodged it: no name, number or voice.
    #[must_use]
    pub fn hides_citizen_from(&self, role: Role) -> bool {
        self.shielded && role.is_of_department()
    }

    /// Whether this actor came by a link that was sent to a number nobody has proved. It may have gone to a stranger,
    /// who is shown only the stage.
    #[must_use]
    pub fn is_limited_for(&self, actor: &Actor) -> bool {
        let unproved = !self.number_verified && matches!(actor.scope, Scope::Case { .. });
        // The holder of the number has said that the grievance is not theirs, so it is no longer shown to them.
        let disowned = self.disowned && actor.role == Role::Citizen;
        unproved || disowned
    }

    /// Who has it now.
    #[must_use]
    pub fn holder(&self) -> Holder {
        let party = || match (self.office, &self.department) {
            (Some(office), _) => Holder::Office(office),
            (None, Some(department)) => Holder::Department(department.clone()),
            (None, None) => Holder::Desk,
        };
        match self.stage {
            Stage::Registered => Holder::Desk,
            Stage::NeedsInformation => Holder::Citizen,
            Stage::WithOffice | Stage::TransferOffered => party(),
            Stage::WithDepartment | Stage::AtrReview => {
                self.department.clone().map_or(Holder::Desk, Holder::Department)
            }
            Stage::Verification => Holder::Verification,
            Stage::Appealed => Holder::Appellate,
            Stage::Redressed
            | Stage::Explained
            | Stage::ClosedUnconfirmed
            | Stage::NotAdmissible
            | Stage::Merged
            | Stage::Withdrawn => Holder::Nobody,
        }
    }

    /// The party besides the holder that has to do with it now: to which it is offered, or whose department is asked to answer
    /// an appeal, or called to a hearing.
    #[must_use]
    pub fn asked_party(&self) -> Option<Party> {
        let asked = !self.appeal.answered || self.appeal.hearing.is_some();
        let answers = self.stage == Stage::Appealed && asked;
        let department = self.department.clone().filter(|_| answers);
        let appealed = department.map(|department| Party { department, office: None });
        self.offered.as_ref().map(|offer| offer.to.clone()).or(appealed)
    }

    /// Whether this department or office is complained of; a department complained of includes all its offices.
    #[must_use]
    pub fn is_complained_of(&self, party: &Party) -> bool {
        self.complained_of.as_ref().is_some_and(|complained| {
            complained.department == party.department
                && (complained.office.is_none() || complained.office == party.office)
        })
    }
}
