//! Events: what has happened to a case; each is an entry of the ledger.

use super::{CallOutcome, HearingMeans, Order, action};
use super::{Channel, ContactMeans, Gender, Ground, Party, Position, Side, Stage, VisitFinding};
use crate::Reference;
use crate::atr::{FiledLapse, Finding, Outcome};
use crate::clock::Lane;
use crate::lodging::{Affected, Reason};
use crate::names::code_of;
use crate::visit::{Checked, Meeting, Shot};
use crate::{
    Actor, AttachmentId, CategoryCode, DepartmentCode, Language, Lgd, OfficeId, PersonId, Role, StaffId, Time,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

/// An event. The ledger contains all of it except the statement, for which it contains a commitment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When it happened.
    pub at: Time,
    /// Who did it.
    pub by: By,
    /// What happened.
    pub body: EventBody,
    /// The words that belong to it: personal data, stored apart from the ledger.
    pub statement: Option<Statement>,
}

/// Who did it: role and account, without a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct By {
    /// The role.
    pub role: Role,
    /// The account; `None` for citizens and the system.
    pub staff: Option<StaffId>,
    /// The department, where the role belongs to one.
    pub department: Option<DepartmentCode>,
    /// The office, where the role belongs to one.
    pub office: Option<OfficeId>,
}

impl From<&Actor> for By {
    fn from(actor: &Actor) -> Self {
        Self { role: actor.role, staff: actor.staff, department: actor.department().cloned(), office: actor.office() }
    }
}

/// A text with its language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The words, as typed.
    pub text: String,
    /// Their language.
    pub language: Language,
    /// Where it is, in the citizen's words; only in the first statement of a case.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub landmark: String,
    /// The citizen's name; only in the first statement of a case.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Why nobody spoke to the citizen; only in a report.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub no_contact: String,
    /// Findings about a report that quote its words or that its officer has answered; only in a report.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lapses: Vec<FiledLapse>,
    /// What was found and what must be done now; only in a decision on an appeal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
}

impl Statement {
    /// A text whose language is guessed from its script and from the language of the page on which it was written.
    #[must_use]
    pub fn new(text: String, page: Language) -> Self {
        let language = Language::of_text(&text, page);
        let (landmark, name, no_contact) = (String::new(), String::new(), String::new());
        Self { text, language, landmark, name, no_contact, lapses: Vec::new(), order: None }
    }
}

/// The case of which another was a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Its number.
    pub reference: Reference,
    /// When it was lodged: the citizen has been waiting since then.
    pub since: Time,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // the fields are those of the actions
pub enum EventBody {
    Lodged {
        reference: Reference,
        citizen: PersonId,
        number_verified: bool,
        channel: Channel,
        language: Language,
        gender: Gender,
        category: Option<CategoryCode>,
        district: Option<Lgd>,
        place: Option<Lgd>,
        urban: Option<bool>,
        lane: Lane,
        photos: Vec<AttachmentId>,
        rules_version: u32,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        reasons: Vec<Reason>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        affected: Option<Affected>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        about_office: bool,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        confidential: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        voice: Option<AttachmentId>,
        /// For a case that was a part of another.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        origin: Option<Origin>,
    },
    InformationRequested,
    InformationProvided {
        photos: Vec<AttachmentId>,
    },
    /// The citizen has not answered and was asked again.
    InformationReminded,
    /// The citizen has not answered: back to the desk or office that asked.
    InformationOverdue,
    InformationAdded {
        photos: Vec<AttachmentId>,
    },
    Reminded,
    Categorised {
        category: CategoryCode,
        department: DepartmentCode,
        lane: Lane,
        district: Option<Lgd>,
        place: Option<Lgd>,
        shielded: bool,
        complained_of: Option<Party>,
    },
    Forwarded {
        office: OfficeId,
    },
    TransferOffered {
        to: Party,
    },
    TransferAccepted,
    TransferRefused,
    /// To the department's desk, or to the cell's where the two are of different departments.
    TransferBounced {
        to_cell: bool,
    },
    ContactRecorded {
        means: ContactMeans,
    },
    AtrSubmitted {
        outcome: Outcome,
        findings: Vec<Finding>,
        photos: Vec<AttachmentId>,
        own: bool,
        /// Where part is done: the day by which the rest is promised. Versions before 0.9 wrote it at the end of the
        /// text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_date: Option<NaiveDate>,
        /// Those of its photos that were taken with the app's camera.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        shots: Vec<Shot>,
    },
    AtrReturned,
    AtrAccepted,
    /// A visit is ordered, by somebody or by the draw. The chance, 0 to 1000, allows estimates to be weighted.
    VisitOrdered {
        chance_per_mille: u16,
    },
    /// The draw did not order a visit.
    VisitNotDrawn {
        chance_per_mille: u16,
    },
    /// `call_id` and `seconds`, for which they spoke, are the telephone exchange's; `later` is when the citizen would like
    /// to be called.
    CallRecorded {
        outcome: CallOutcome,
        call_id: String,
        closes: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        later: Option<Time>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seconds: Option<u32>,
    },
    VisitRecorded {
        finding: VisitFinding,
        position: Option<Position>,
        photos: Vec<AttachmentId>,
        /// Whether the citizen was met; `None` where that was not asked yet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        meeting: Option<Meeting>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        checks: Vec<Checked>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        shots: Vec<Shot>,
    },
    Confirmed,
    /// The citizen agrees with a report that does not say "done": accepts the reason, or waits for the rest.
    Agreed,
    /// The citizen could not be reached about a report of part of the work: the office continues with the rest.
    RestAwaited,
    Disputed {
        photos: Vec<AttachmentId>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        partly: bool,
    },
    Rejected {
        ground: Ground,
    },
    Merged {
        root: Reference,
    },
    Unmerged,
    /// A part has become a case of its own. The words are that part.
    Split {
        into: Reference,
    },
    Reopened,
    Appealed,
    AppealAnswered {
        photos: Vec<AttachmentId>,
    },
    HearingSet {
        at: Time,
        means: HearingMeans,
    },
    /// Which sides were heard.
    HearingHeld {
        citizen: bool,
        office: bool,
    },
    AppealDecided {
        upheld: bool,
    },
    EmergencySet {
        lane: Lane,
    },
    Escalated {
        level: u8,
        /// Which limit has passed. `None` in entries from before each limit had its own levels; it then means the lane
        /// in which the case was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lane: Option<Lane>,
    },
    Withdrawn,
    Rated {
        stars: u8,
    },
    /// A note from before notes had sides: for the writer's own.
    Noted,
    NotedFor {
        side: Side,
    },
    NumberDisowned,
    /// The person who has the citizen's new number.
    NumberChanged {
        citizen: PersonId,
    },
    NumberChangeRequested {
        to: PersonId,
    },
    NumberChangeRefused,
}

macro_rules! event_kinds {
    ($($name:ident),+ $(,)?) => {
        /// The kind of an event, without its content.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, IntoStaticStr)]
        #[serde(rename_all = "snake_case")]
        #[strum(serialize_all = "snake_case")]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[allow(missing_docs)] // the same names as [`EventBody`]
        pub enum EventKind { $($name),+ }

        impl EventKind {
            /// Every kind of event.
            pub const ALL: [Self; [$(Self::$name),+].len()] = [$(Self::$name),+];
        }

        impl EventBody {
            /// The kind of this event.
            #[must_use]
            pub fn kind(&self) -> EventKind {
                match self { $(Self::$name { .. } => EventKind::$name),+ }
            }
        }
    };
}

event_kinds!(
    Lodged,
    InformationRequested,
    InformationProvided,
    InformationReminded,
    InformationOverdue,
    InformationAdded,
    Reminded,
    Categorised,
    Forwarded,
    TransferOffered,
    TransferAccepted,
    TransferRefused,
    TransferBounced,
    ContactRecorded,
    AtrSubmitted,
    AtrReturned,
    AtrAccepted,
    VisitOrdered,
    VisitNotDrawn,
    CallRecorded,
    VisitRecorded,
    Confirmed,
    Agreed,
    RestAwaited,
    Disputed,
    Rejected,
    Merged,
    Unmerged,
    Split,
    Reopened,
    Appealed,
    AppealAnswered,
    HearingSet,
    HearingHeld,
    AppealDecided,
    EmergencySet,
    Escalated,
    Withdrawn,
    Rated,
    Noted,
    NotedFor,
    NumberDisowned,
    NumberChanged,
    NumberChangeRequested,
    NumberChangeRefused,
);

impl EventBody {
    /// The photos that belong to it.
    #[must_use]
    pub fn photos(&self) -> &[AttachmentId] {
        match self {
            Self::Lodged { photos, .. }
            | Self::InformationProvided { photos }
            | Self::InformationAdded { photos }
            | Self::AtrSubmitted { photos, .. }
            | Self::VisitRecorded { photos, .. }
            | Self::AppealAnswered { photos }
            | Self::Disputed { photos, .. } => photos,
            _ => &[],
        }
    }

    /// Those of its photos that were taken with the app's camera.
    #[must_use]
    pub fn shots(&self) -> &[Shot] {
        match self {
            Self::AtrSubmitted { shots, .. } | Self::VisitRecorded { shots, .. } => shots,
            _ => &[],
        }
    }

    /// Where a report says "partly done": the day by which the rest is promised.
    #[must_use]
    pub fn next_date(&self) -> Option<NaiveDate> {
        match self {
            Self::AtrSubmitted { next_date, .. } => *next_date,
            _ => None,
        }
    }

    /// What the check found in a report; empty for all other events.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        match self {
            Self::AtrSubmitted { findings, .. } => findings,
            _ => &[],
        }
    }

    /// The other case that it names: the one followed, the one that a part has become, or the one of which this was a part.
    #[must_use]
    pub fn other(&self) -> Option<Reference> {
        match self {
            Self::Lodged { origin, .. } => origin.map(|origin| origin.reference),
            Self::Merged { root } => Some(*root),
            Self::Split { into } => Some(*into),
            _ => None,
        }
    }

    /// The spoken note that belongs to it.
    #[must_use]
    pub fn voice(&self) -> Option<&AttachmentId> {
        match self {
            Self::Lodged { voice, .. } => voice.as_ref(),
            _ => None,
        }
    }

    /// All photos and spoken notes that belong to it.
    pub fn attachments(&self) -> impl Iterator<Item = &AttachmentId> {
        self.photos().iter().chain(self.voice())
    }

    /// Whether it redresses the case: somebody outside the department has heard from the citizen that it is done.
    #[must_use]
    pub fn redresses(&self) -> bool {
        matches!(
            self,
            Self::Confirmed
                | Self::CallRecorded { outcome: action::CallOutcome::Confirmed, .. }
                | Self::VisitRecorded { finding: VisitFinding::DoneCitizenAgrees, .. }
        )
    }

    /// Whether the citizen, asked from outside the department, agrees with a report that does not say "done".
    #[must_use]
    pub fn agrees(&self) -> bool {
        matches!(
            self,
            Self::Agreed
                | Self::CallRecorded { outcome: action::CallOutcome::Agreed, .. }
                | Self::VisitRecorded { finding: VisitFinding::CitizenAgrees, .. }
        )
    }

    /// Whether it sends the case back or marks it late; shown in red on the timeline.
    #[must_use]
    pub fn is_setback(&self) -> bool {
        matches!(
            self,
            Self::Disputed { .. }
                | Self::AtrReturned
                | Self::Reopened
                | Self::Escalated { .. }
                | Self::CallRecorded { outcome: action::CallOutcome::PartlyDone | action::CallOutcome::Disputed, .. }
                | Self::VisitRecorded { finding: VisitFinding::NotDone, .. }
        )
    }

    /// A word that a timeline shows beside the kind: an outcome, a means of contact, a ground.
    #[must_use]
    pub fn detail(&self) -> Option<&'static str> {
        Some(match self {
            Self::ContactRecorded { means } => match means {
                ContactMeans::Phone => "phone",
                ContactMeans::Visit => "visit",
                ContactMeans::AtOffice => "at_office",
            },
            Self::AtrSubmitted { outcome, .. } => code_of(outcome),
            Self::CallRecorded { outcome, .. } => code_of(outcome),
            Self::VisitRecorded { finding, .. } => match finding {
                VisitFinding::DoneCitizenAgrees => "done_citizen_agrees",
                VisitFinding::CitizenAgrees => "citizen_agrees",
                VisitFinding::DoneCitizenNotMet => "done_citizen_not_met",
                VisitFinding::NotDone => "not_done",
            },
            Self::Disputed { partly: true, .. } => "partly",
            Self::Rated { stars } => match stars {
                1 => "stars1",
                2 => "stars2",
                3 => "stars3",
                4 => "stars4",
                _ => "stars5",
            },
            Self::HearingSet { means, .. } => code_of(means),
            Self::HearingHeld { citizen, office } => match (citizen, office) {
                (true, true) => "both",
                (true, false) => "citizen",
                (false, true) => "office",
                (false, false) => "nobody",
            },
            Self::Lodged { origin: Some(_), .. } => "split_off",
            Self::AppealDecided { upheld: true } => "upheld",
            Self::AppealDecided { upheld: false } => "dismissed",
            Self::Rejected { ground } => match ground {
                Ground::BeforeCourt => "before_court",
                Ground::RightToInformation => "right_to_information",
                Ground::ServiceMatter => "service_matter",
                Ground::StateSecurity => "state_security",
                Ground::Suggestion => "suggestion",
            },
            _ => return None,
        })
    }

    /// For a note by this role: who can read it. `None` for all other events.
    #[must_use]
    pub fn side(&self, by: Role) -> Option<Side> {
        match self {
            Self::Noted => Some(Side::of(by)),
            Self::NotedFor { side } => Some(*side),
            _ => None,
        }
    }

    /// For an event that closes the case: the stage to which it leads.
    #[must_use]
    pub(super) fn closes_as(&self) -> Option<Stage> {
        match self {
            body if body.redresses() => Some(Stage::Redressed),
            Self::CallRecorded { closes: true, .. } => Some(Stage::ClosedUnconfirmed),
            Self::Rejected { .. } => Some(Stage::NotAdmissible),
            Self::Withdrawn => Some(Stage::Withdrawn),
            _ => None,
        }
    }
}
