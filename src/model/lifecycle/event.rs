//! What has happened to a case: the lines of the ledger.

use super::{CallOutcome, action};
use super::{Channel, ContactMeans, Gender, Ground, Party, Position, Side, Stage, VisitFinding};
use crate::Reference;
use crate::atr::{Finding, Outcome};
use crate::clock::Lane;
use crate::lodging::{Affected, Reason};
use crate::{
    Actor, AttachmentId, CategoryCode, DepartmentCode, Language, Lgd, OfficeId, PersonId, Role, StaffId, Time,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// One thing that happened. The ledger holds all of it but the statement, of which it holds a commitment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    pub at: Time,
    /// Through whom.
    pub by: By,
    /// What.
    pub body: EventBody,
    /// The words that go with it: personal data, kept apart from the ledger.
    pub statement: Option<Statement>,
}

/// Who did it, without a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct By {
    /// In which role.
    pub role: Role,
    /// With which account.
    pub staff: Option<StaffId>,
    /// For which department.
    pub department: Option<DepartmentCode>,
    /// For which office.
    pub office: Option<OfficeId>,
}

impl From<&Actor> for By {
    fn from(actor: &Actor) -> Self {
        Self { role: actor.role, staff: actor.staff, department: actor.department().cloned(), office: actor.office() }
    }
}

/// What somebody wrote, with its own language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The words, as typed.
    pub text: String,
    /// Their language.
    pub language: Language,
    /// Where it is, in the citizen's words; of the first statement only.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub landmark: String,
    /// The citizen's name; of the first statement only.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Why nobody spoke to the citizen; of a report only.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub no_contact: String,
}

impl Statement {
    /// Words whose language is told from their script and from the page on which they were written.
    #[must_use]
    pub fn new(text: String, page: Language) -> Self {
        let language = Language::of_text(&text, page);
        Self { text, language, landmark: String::new(), name: String::new(), no_contact: String::new() }
    }
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
    },
    InformationRequested,
    InformationProvided {
        photos: Vec<AttachmentId>,
    },
    /// The citizen has not answered and is asked again.
    InformationReminded,
    /// The citizen has not answered: back to whoever asked.
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
    /// To the department's desk, or to the cell's where the departments differ.
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
        /// Of work partly done: the day by which the rest is promised. Until 0.9 it stood at the end of the words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_date: Option<NaiveDate>,
    },
    AtrReturned,
    AtrAccepted,
    /// The draw for a visit stands beside what it decided, so that estimates can be weighted.
    VisitOrdered {
        chance_per_mille: u16,
    },
    /// The draw that did not lead to a visit.
    VisitNotDrawn {
        chance_per_mille: u16,
    },
    CallRecorded {
        outcome: CallOutcome,
        call_id: String,
        closes: bool,
    },
    VisitRecorded {
        finding: VisitFinding,
        position: Option<Position>,
        photos: Vec<AttachmentId>,
    },
    Confirmed,
    /// The citizen agrees with a report that does not say "done": the reason is accepted, or the rest awaited.
    Agreed,
    /// Nobody could be reached about a report of part of the work: the office goes on with the rest.
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
    Reopened,
    Appealed,
    AppealDecided {
        upheld: bool,
    },
    EmergencySet {
        lane: Lane,
    },
    Escalated {
        level: u8,
        /// Whose limit has passed; entries from before each limit had levels of its own do not say, and mean the
        /// lane in which the case was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lane: Option<Lane>,
    },
    Withdrawn,
    Rated {
        stars: u8,
    },
    /// As notes were kept before they had sides: for the writer's own.
    Noted,
    NotedFor {
        side: Side,
    },
    NumberDisowned,
    /// To whom the number that the citizen has from now on belongs.
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
        /// The name of an event, without its content.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[allow(missing_docs)] // the same names as [`EventBody`]
        pub enum EventKind { $($name),+ }

        impl EventKind {
            /// Every kind of event.
            pub const ALL: [Self; [$(Self::$name),+].len()] = [$(Self::$name),+];
        }

        impl EventBody {
            /// The name of this event.
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
    Reopened,
    Appealed,
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
    /// The photos that came with it.
    #[must_use]
    pub fn photos(&self) -> &[AttachmentId] {
        match self {
            Self::Lodged { photos, .. }
            | Self::InformationProvided { photos }
            | Self::InformationAdded { photos }
            | Self::AtrSubmitted { photos, .. }
            | Self::VisitRecorded { photos, .. }
            | Self::Disputed { photos, .. } => photos,
            _ => &[],
        }
    }

    /// Of a report of part of the work: the day by which the rest is promised.
    #[must_use]
    pub fn next_date(&self) -> Option<NaiveDate> {
        match self {
            Self::AtrSubmitted { next_date, .. } => *next_date,
            _ => None,
        }
    }

    /// The spoken note that came with it.
    #[must_use]
    pub fn voice(&self) -> Option<&AttachmentId> {
        match self {
            Self::Lodged { voice, .. } => voice.as_ref(),
            _ => None,
        }
    }

    /// Everything that came with it.
    pub fn attachments(&self) -> impl Iterator<Item = &AttachmentId> {
        self.photos().iter().chain(self.voice())
    }

    /// Whether this alone makes a case redressed: somebody outside the department has heard it from the citizen.
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

    /// Whether it sends the case back or marks it late: red on the thread.
    #[must_use]
    pub fn is_setback(&self) -> bool {
        matches!(
            self,
            Self::Disputed { .. }
                | Self::AtrReturned
                | Self::Reopened
                | Self::Escalated { .. }
                | Self::CallRecorded { outcome: action::CallOutcome::Disputed, .. }
                | Self::VisitRecorded { finding: VisitFinding::NotDone, .. }
        )
    }

    /// A short word beside the kind that a timeline needs: an outcome, a means, a ground.
    #[must_use]
    pub fn detail(&self) -> Option<&'static str> {
        Some(match self {
            Self::ContactRecorded { means } => match means {
                ContactMeans::Phone => "phone",
                ContactMeans::Visit => "visit",
                ContactMeans::AtOffice => "at_office",
            },
            Self::AtrSubmitted { outcome, .. } => outcome.name(),
            Self::CallRecorded { outcome, .. } => match outcome {
                CallOutcome::Confirmed => "confirmed",
                CallOutcome::Agreed => "agreed",
                CallOutcome::Disputed => "disputed",
                CallOutcome::NotReached => "not_reached",
            },
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

    /// Who reads it, of a note by this role; none of anything else.
    #[must_use]
    pub fn side(&self, by: Role) -> Option<Side> {
        match self {
            Self::Noted => Some(Side::of(by)),
            Self::NotedFor { side } => Some(*side),
            _ => None,
        }
    }

    /// The stage to which a closing event leads, where it closes.
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
