//! A case: what its events add up to. It holds no name, number or text.

use super::{CallOutcome, Event, EventBody, VisitFinding};
use crate::atr::Outcome;
use crate::clock::{Clock, Lane, ist_date};
use crate::{
    Actor, CategoryCode, DepartmentCode, Language, Lgd, OfficeId, PersonId, Reference, Role, Scope, StaffId, Time,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Stage {
    /// Lodged, not yet categorised.
    Registered,
    /// The citizen owes an answer.
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
    /// Confirmed as done from outside the department.
    Redressed,
    /// It cannot be done; the citizen, asked from outside the department, has accepted the reason.
    Explained,
    /// The office says done; the citizen could not be reached.
    ClosedUnconfirmed,
    /// Outside the law's scope.
    NotAdmissible,
    /// Follows its root case.
    Merged,
    /// Before the appellate authority.
    Appealed,
    /// Taken back by the citizen.
    Withdrawn,
}

impl Stage {
    /// Every stage.
    pub const ALL: [Self; 14] = [
        Self::Registered,
        Self::NeedsInformation,
        Self::WithDepartment,
        Self::WithOffice,
        Self::TransferOffered,
        Self::AtrReview,
        Self::Verification,
        Self::Redressed,
        Self::Explained,
        Self::ClosedUnconfirmed,
        Self::NotAdmissible,
        Self::Merged,
        Self::Appealed,
        Self::Withdrawn,
    ];

    /// Whether somebody still owes the citizen something.
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

macro_rules! names {
    ($(#[$doc:meta])* $type:ident { $($(#[$variant:meta])* $name:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum $type { $($(#[$variant])* $name),+ }
        impl $type {
            /// All of them, in the order of their declaration.
            pub const ALL: [Self; [$(Self::$name),+].len()] = [$(Self::$name),+];
        }
    };
}

names! {
    /// How a grievance came in.
    Channel {
        /// The app.
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

names! {
    /// What the citizen said of themselves, for the dashboards' shares alone (FLD-07).
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
    /// The office; none means the nodal officer's desk, or, where a department is complained of, all of it.
    #[serde(default)]
    pub office: Option<OfficeId>,
}

/// Who has the case now.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
    /// The citizen owes an answer.
    Citizen,
    /// Nobody: it is closed, or follows its root.
    Nobody,
}

impl Holder {
    /// Its name among [`Case::holder_clocks`].
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

/// A transfer that waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// To whom.
    pub to: Party,
    /// When.
    pub at: Time,
}

/// An emergency that is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emergency {
    /// Which: never the ordinary lane.
    pub lane: Lane,
    /// When it was declared; its hours count from then.
    pub since: Time,
    /// Level of escalation that its limit has reached in the present turn.
    pub escalation: u8,
}

/// From when a holder got the case until another gets it. Waiting for the citizen and a transfer that is refused are
/// part of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Turn {
    /// Whose, as a key of [`Case::holder_clocks`].
    pub holder: String,
    /// How many spans of that clock are older than this turn.
    pub earlier_spans: usize,
}

/// Another number that waits to take the place of the citizen's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberChange {
    /// Who holds it.
    pub to: PersonId,
    /// Who asked for it at a counter; somebody else decides.
    pub by: Option<StaffId>,
}

/// What the events of one grievance add up to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)] // each field is named after the event that sets it
pub struct Case {
    pub reference: Reference,
    /// Number of events so far; the case's ETag.
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
    /// The emergencies in force, none faster than `lane`; a slower one that was declared before stays in force
    /// beside a faster one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emergencies: Vec<Emergency>,
    pub department: Option<DepartmentCode>,
    pub office: Option<OfficeId>,
    /// Whether the department must not learn who lodged it.
    pub shielded: bool,
    /// Whether the citizen asked that the department must not.
    #[serde(default)]
    pub confidential: bool,
    /// Whether it is about an officer or office, which the desk must then name.
    #[serde(default)]
    pub about_office: bool,
    /// To whom it is never routed.
    pub complained_of: Option<Party>,
    pub offered: Option<Offer>,
    /// The stage to which it returns from NeedsInformation, a refused transfer, a dismissed appeal or a merger.
    pub returns_to: Option<Stage>,
    /// Who has asked the citizen already: each may ask once.
    pub asked: BTreeSet<String>,
    /// Whether the citizen who owes an answer was asked a second time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub asked_again: bool,
    /// Contacts with the citizen since the case came to the present office.
    pub contacts: u16,
    pub atr: Option<Outcome>,
    /// Whether the lapse check found something in the last report.
    pub atr_flagged: bool,
    /// Of work reported as partly done: the day by which the rest is promised, in Indian time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_date: Option<NaiveDate>,
    /// Whether the department has reported it done at least once.
    pub reported_done: bool,
    /// Whether the citizen has agreed that part of it is done, and the rest is awaited.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partly_done: bool,
    /// Days on which the citizen could not be reached since the last accepted report.
    pub missed_calls: BTreeSet<NaiveDate>,
    /// A visit is ordered and not yet made.
    pub visit_due: bool,
    /// How often the citizen said "not done".
    pub disputes: u8,
    /// How often the citizen reopened it.
    pub reopened: u8,
    pub appealed: bool,
    /// When the citizen last asked the holder to hurry.
    #[serde(default)]
    pub reminded_at: Option<Time>,
    /// How well it went, one to five.
    #[serde(default)]
    pub rating: Option<u8>,
    pub root: Option<Reference>,
    /// Level of escalation that the ordinary limit has reached in the present turn.
    pub escalation: u8,
    /// Whoever took it down for the citizen.
    #[serde(default)]
    pub lodged_by: Option<StaffId>,
    /// Staff who have acted on it.
    pub handlers: BTreeSet<StaffId>,
    pub lodged_at: Time,
    /// When it came into its present stage.
    pub stage_since: Time,
    pub closed_at: Option<Time>,
    /// Runs from registration, pauses only in NeedsInformation, ends with the case.
    pub citizen_clock: Clock,
    /// How long each holder has had it, never reset.
    pub holder_clocks: BTreeMap<String, Clock>,
    /// The turn of the present holder; while it waits for the citizen or is closed, of the last one.
    #[serde(default)]
    pub turn: Turn,
    pub rules_version: u32,
    /// Accepted reports about which the citizen was asked: an answer names the one that it is about.
    #[serde(default)]
    pub reports: u8,
    /// When a superior was last told.
    #[serde(default)]
    pub escalated_at: Option<Time>,
    /// Whether somebody at its number has said that it is not theirs: no message goes there.
    #[serde(default)]
    pub disowned: bool,
    #[serde(default)]
    pub number_change: Option<NumberChange>,
    /// How often its number was changed: links from before open nothing.
    #[serde(default)]
    pub number_changes: u8,
}

impl Case {
    /// A case from its first event; `None` where that is no lodging.
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
            partly_done: false,
            missed_calls: BTreeSet::new(),
            visit_due: false,
            disputes: 0,
            reopened: 0,
            appealed: false,
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
        case.citizen_clock.start(event.at);
        case.hand_to(case.holder(), event.at);
        Some(case)
    }

    /// The case that a run of events adds up to.
    pub fn replay<'a>(events: impl IntoIterator<Item = &'a Event>) -> Option<Self> {
        let mut events = events.into_iter();
        let mut case = Self::open(events.next()?)?;
        for event in events {
            case.apply(event);
        }
        Some(case)
    }

    /// Takes one event into account. Total: what `decide` returned is never refused here.
    pub fn apply(&mut self, event: &Event) {
        let (stage_before, holder_before) = (self.stage, self.holder());
        self.version += 1;
        // Writing a note, deciding the appeal or seeing to a number is not handling the case that an appeal is about.
        if !matches!(
            event.body,
            EventBody::Noted
                | EventBody::NotedFor { .. }
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
            // As older versions wrote it: whoever said yes to a report that it cannot be done confirmed no work.
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

    /// Lets the holder's clock run; a turn begins where another holder had it before.
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

    /// Whose it is. A citizen acts with a code or by text message, and so proves the number of this very case.
    fn apply_number(&mut self, event: &Event) {
        match &event.body {
            EventBody::NumberDisowned => self.disowned = true,
            EventBody::NumberChanged { citizen } => {
                self.citizen = *citizen;
                self.number_verified &= event.by.role == Role::Citizen;
                self.disowned = false;
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
            EventBody::CallRecorded { outcome: CallOutcome::Disputed, .. } | EventBody::Disputed { .. } => {
                self.disputes = self.disputes.saturating_add(1);
                self.send_back();
            }
            EventBody::CallRecorded { outcome: CallOutcome::NotReached, .. } => {
                self.missed_calls.insert(ist_date(event.at));
            }
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
            EventBody::CallRecorded { outcome: CallOutcome::Confirmed | CallOutcome::Agreed, .. }
            | EventBody::Agreed
            | EventBody::Lodged { .. }
            | EventBody::VisitNotDrawn { .. }
            | EventBody::Confirmed
            | EventBody::Rejected { .. }
            | EventBody::InformationAdded { .. }
            | EventBody::Withdrawn
            | EventBody::Noted
            | EventBody::NotedFor { .. }
            | EventBody::NumberDisowned
            | EventBody::NumberChanged { .. }
            | EventBody::NumberChangeRequested { .. }
            | EventBody::NumberChangeRefused => {}
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
        self.reports = self.reports.saturating_add(1);
        self.missed_calls.clear();
        self.visit_due = false;
        self.reported_done |= outcome == Outcome::Done;
    }

    /// Back to whoever reported, for the rest of the work.
    fn await_rest(&mut self) {
        self.visit_due = false;
        self.missed_calls.clear();
        match self.office {
            Some(office) => self.go_to_office(office),
            None => self.stage = Stage::WithDepartment,
        }
    }

    /// Back to the department; to the cell's desk where no department has had it yet.
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

    /// Declares an emergency, or takes back the faster ones; those that stay count on from their declaration.
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

    /// Whether this role is not told who lodged it: neither name nor number nor voice.
    #[must_use]
    pub fn hides_citizen_from(&self, role: Role) -> bool {
        self.shielded && role.is_of_department()
    }

    /// Whether this actor came by the link in a message to a number that nobody has proved: it may have gone to a
    /// stranger, who is shown the stage and nothing else.
    #[must_use]
    pub fn is_limited_for(&self, actor: &Actor) -> bool {
        let unproved = !self.number_verified && matches!(actor.scope, Scope::Case { .. });
        // Whoever has the number has said that the grievance is not theirs: it is no longer shown to them.
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

    /// Whether this department or office is complained of; a department complained of covers all its offices.
    #[must_use]
    pub fn is_complained_of(&self, party: &Party) -> bool {
        self.complained_of.as_ref().is_some_and(|complained| {
            complained.department == party.department
                && (complained.office.is_none() || complained.office == party.office)
        })
    }
}
