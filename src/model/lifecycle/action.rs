//! What people ask to be done to a case.

use super::Party;
use crate::Reference;
use crate::atr::Atr;
use crate::clock::Lane;
use crate::{AttachmentId, CategoryCode, DepartmentCode, Lgd, OfficeId, PersonId, Role};
use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// The name of an action, without its content.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum ActionKind { $($(#[$doc])* $name),+ }

        impl ActionKind {
            /// Every kind of action.
            pub const ALL: [Self; [$(Self::$name),+].len()] = [$(Self::$name),+];
        }
    };
}

kinds! {
    /// Make a new case.
    Lodge,
    /// Ask the citizen for what is missing.
    RequestInformation,
    /// Answer that.
    ProvideInformation,
    /// Ask a citizen who has not answered again.
    RemindInformation,
    /// Take it back to whoever asked, without an answer.
    ReturnUnanswered,
    /// Say more without being asked.
    AddInformation,
    /// Ask whoever has it to hurry.
    Remind,
    /// Say what it is about and whose it is.
    Categorise,
    /// Pass it to an office of the department.
    Forward,
    /// Offer it to another department or office.
    OfferTransfer,
    /// Take what was offered.
    AcceptTransfer,
    /// Decline what was offered.
    RefuseTransfer,
    /// Take an unanswered offer to the common superior.
    BounceTransfer,
    /// Write down that the citizen was spoken to.
    RecordContact,
    /// File the Action Taken Report.
    SubmitAtr,
    /// Send the report back to the office.
    ReturnAtr,
    /// Let the report go to verification.
    AcceptAtr,
    /// Write down a verification call.
    RecordCall,
    /// Send somebody to look.
    OrderVisit,
    /// Write down what was seen.
    RecordVisit,
    /// The citizen says yes to what the report asks: that it is done, that part is, or that the reason is accepted.
    Confirm,
    /// The citizen says that it is not.
    Dispute,
    /// Close as outside the law's scope.
    Reject,
    /// Let it follow another case of the same cause.
    Merge,
    /// Let it go its own way again.
    Unmerge,
    /// Take up a closed case again.
    Reopen,
    /// Ask the appellate authority.
    Appeal,
    /// Decide that.
    DecideAppeal,
    /// Put it in an emergency lane, or back in the ordinary one.
    SetEmergency,
    /// Tell the holder's superior.
    Escalate,
    /// Take the grievance back.
    Withdraw,
    /// Say how well it went.
    Rate,
    /// Write something down.
    Note,
    /// Say that the number of a grievance is not one's own.
    DisownNumber,
    /// Ask, for a citizen at a counter, that another number takes the place of the lost one.
    RequestNumberChange,
    /// Let it.
    ApproveNumberChange,
    /// Do not let it.
    RefuseNumberChange,
}

impl ActionKind {
    /// Whether whoever has the link in a message may do it. It may have been passed on, to the very office: nobody confirms
    /// by it, takes back, or uses up a right.
    #[must_use]
    pub fn is_open_to_links(self) -> bool {
        matches!(
            self,
            Self::ProvideInformation | Self::AddInformation | Self::Remind | Self::Dispute | Self::DisownNumber
        )
    }

    /// Whether it is about the citizen's number alone, whatever becomes of the grievance.
    #[must_use]
    pub fn is_of_number(self) -> bool {
        matches!(
            self,
            Self::DisownNumber | Self::RequestNumberChange | Self::ApproveNumberChange | Self::RefuseNumberChange
        )
    }
}

/// What is to be done to a case that exists. Texts are checked by [`super::decide`]: cleaned, not blank, not
/// longer than [`crate::lodging::TEXT_LIMIT`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)] // the fields say what the kinds above explain
pub enum Action {
    RequestInformation {
        missing: String,
    },
    ProvideInformation {
        text: String,
        #[serde(default)]
        photos: Vec<AttachmentId>,
    },
    RemindInformation,
    ReturnUnanswered,
    AddInformation {
        text: String,
        #[serde(default)]
        photos: Vec<AttachmentId>,
    },
    Remind,
    /// `district` and `place` complete a grievance that came without them.
    Categorise {
        category: CategoryCode,
        department: DepartmentCode,
        lane: Lane,
        #[serde(default)]
        district: Option<Lgd>,
        #[serde(default)]
        place: Option<Lgd>,
        #[serde(default)]
        complained_of: Option<Party>,
        #[serde(default)]
        remark: String,
    },
    Forward {
        office: OfficeId,
        #[serde(default)]
        remark: String,
    },
    OfferTransfer {
        to: Party,
        reason: String,
    },
    AcceptTransfer,
    RefuseTransfer {
        reason: String,
    },
    BounceTransfer,
    RecordContact {
        means: ContactMeans,
        text: String,
    },
    SubmitAtr(Atr),
    ReturnAtr {
        reason: String,
    },
    AcceptAtr {
        #[serde(default)]
        remark: String,
    },
    /// `call_id` is the telephone exchange's name of the call.
    RecordCall {
        outcome: CallOutcome,
        #[serde(default)]
        remark: String,
        #[serde(default)]
        call_id: String,
    },
    OrderVisit {
        reason: String,
    },
    RecordVisit {
        finding: VisitFinding,
        text: String,
        #[serde(default)]
        position: Option<Position>,
        #[serde(default)]
        photos: Vec<AttachmentId>,
    },
    Confirm {
        #[serde(default)]
        remark: String,
    },
    /// `partly` where something was done, but not all.
    Dispute {
        reason: String,
        #[serde(default)]
        partly: bool,
        #[serde(default)]
        photos: Vec<AttachmentId>,
    },
    Reject {
        ground: Ground,
        reason: String,
    },
    Merge {
        root: Reference,
        reason: String,
    },
    Unmerge {
        reason: String,
    },
    Reopen {
        reason: String,
    },
    Appeal {
        reason: String,
    },
    DecideAppeal {
        upheld: bool,
        reason: String,
    },
    SetEmergency {
        lane: Lane,
        reason: String,
    },
    /// `lane` says whose limit has passed: the ordinary one or an emergency's.
    Escalate {
        #[serde(default)]
        lane: Lane,
        level: u8,
    },
    Withdraw {
        reason: String,
    },
    /// One to five.
    Rate {
        stars: u8,
    },
    Note {
        /// Who reads it besides the cell; the writer's own side where nothing is said.
        #[serde(default)]
        side: Option<Side>,
        text: String,
    },
    DisownNumber,
    /// Has an endpoint of its own: who holds a number is the server's to say.
    #[serde(skip)]
    RequestNumberChange {
        to: PersonId,
        reason: String,
    },
    ApproveNumberChange {
        reason: String,
    },
    RefuseNumberChange {
        reason: String,
    },
}

impl Action {
    /// The name of this action.
    #[must_use]
    pub fn kind(&self) -> ActionKind {
        match self {
            Self::RequestInformation { .. } => ActionKind::RequestInformation,
            Self::ProvideInformation { .. } => ActionKind::ProvideInformation,
            Self::RemindInformation => ActionKind::RemindInformation,
            Self::ReturnUnanswered => ActionKind::ReturnUnanswered,
            Self::AddInformation { .. } => ActionKind::AddInformation,
            Self::Remind => ActionKind::Remind,
            Self::Categorise { .. } => ActionKind::Categorise,
            Self::Forward { .. } => ActionKind::Forward,
            Self::OfferTransfer { .. } => ActionKind::OfferTransfer,
            Self::AcceptTransfer => ActionKind::AcceptTransfer,
            Self::RefuseTransfer { .. } => ActionKind::RefuseTransfer,
            Self::BounceTransfer => ActionKind::BounceTransfer,
            Self::RecordContact { .. } => ActionKind::RecordContact,
            Self::SubmitAtr(_) => ActionKind::SubmitAtr,
            Self::ReturnAtr { .. } => ActionKind::ReturnAtr,
            Self::AcceptAtr { .. } => ActionKind::AcceptAtr,
            Self::RecordCall { .. } => ActionKind::RecordCall,
            Self::OrderVisit { .. } => ActionKind::OrderVisit,
            Self::RecordVisit { .. } => ActionKind::RecordVisit,
            Self::Confirm { .. } => ActionKind::Confirm,
            Self::Dispute { .. } => ActionKind::Dispute,
            Self::Reject { .. } => ActionKind::Reject,
            Self::Merge { .. } => ActionKind::Merge,
            Self::Unmerge { .. } => ActionKind::Unmerge,
            Self::Reopen { .. } => ActionKind::Reopen,
            Self::Appeal { .. } => ActionKind::Appeal,
            Self::DecideAppeal { .. } => ActionKind::DecideAppeal,
            Self::SetEmergency { .. } => ActionKind::SetEmergency,
            Self::Escalate { .. } => ActionKind::Escalate,
            Self::Withdraw { .. } => ActionKind::Withdraw,
            Self::Rate { .. } => ActionKind::Rate,
            Self::Note { .. } => ActionKind::Note,
            Self::DisownNumber => ActionKind::DisownNumber,
            Self::RequestNumberChange { .. } => ActionKind::RequestNumberChange,
            Self::ApproveNumberChange { .. } => ActionKind::ApproveNumberChange,
            Self::RefuseNumberChange { .. } => ActionKind::RefuseNumberChange,
        }
    }

    /// The photos that the action brings along.
    #[must_use]
    pub fn photos(&self) -> &[AttachmentId] {
        match self {
            Self::ProvideInformation { photos, .. }
            | Self::AddInformation { photos, .. }
            | Self::RecordVisit { photos, .. }
            | Self::Dispute { photos, .. } => photos,
            Self::SubmitAtr(atr) => &atr.photos,
            _ => &[],
        }
    }
}

/// Who reads a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Side {
    /// The cell alone.
    Cell,
    /// The department as well.
    Department,
    /// The citizen as well.
    Citizen,
}

impl Side {
    /// The side of a role that says nothing.
    #[must_use]
    pub fn of(role: Role) -> Self {
        if role.is_of_department() { Self::Department } else { Self::Cell }
    }

    /// Whether a role reads what is written for this side.
    #[must_use]
    pub fn is_read_by(self, role: Role) -> bool {
        match role {
            Role::Citizen => self == Self::Citizen,
            role if role.is_of_department() => self != Self::Cell,
            _ => true,
        }
    }
}

/// How an officer reached the citizen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ContactMeans {
    /// By telephone.
    Phone,
    /// At the citizen's place.
    Visit,
    /// At the office.
    AtOffice,
}

/// What a verification call brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum CallOutcome {
    /// The citizen says that it is done.
    Confirmed,
    /// The citizen agrees with a report that does not say "done"; [`super::decide`] writes it for [`Self::Confirmed`].
    Agreed,
    /// The citizen says that it is not as the report says.
    Disputed,
    /// Nobody answered, or somebody else did.
    NotReached,
}

/// What a field validator found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum VisitFinding {
    /// It is done, and the citizen, met there, agrees: only this redresses.
    DoneCitizenAgrees,
    /// It is as a report says that does not say "done", and the citizen, met there, agrees; [`super::decide`] writes it for
    /// [`Self::DoneCitizenAgrees`].
    CitizenAgrees,
    /// It looks done, but the citizen was not met: a call must still ask.
    DoneCitizenNotMet,
    /// It is not done.
    NotDone,
}

/// A place on the ground, as the browser measured it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Position {
    /// Degrees north, times a million.
    pub latitude_micro: i32,
    /// Degrees east, times a million.
    pub longitude_micro: i32,
    /// Radius of 68 % certainty in metres.
    pub accuracy_m: u32,
}

impl Position {
    /// Cut to about ten metres: enough to tell the site, no more.
    #[must_use]
    pub fn to_ten_metres(self) -> Self {
        let cut = |micro: i32| micro / 100 * 100;
        Self { latitude_micro: cut(self.latitude_micro), longitude_micro: cut(self.longitude_micro), ..self }
    }
}

/// The legal grounds on which a grievance is not admissible. "Not ours" is none of them: that is a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Ground {
    /// A court or tribunal has it.
    BeforeCourt,
    /// It asks for information under the Right to Information Act.
    RightToInformation,
    /// It is an employee's matter of service.
    ServiceMatter,
    /// It touches the security of the state.
    StateSecurity,
    /// It is a suggestion and asks for no redress.
    Suggestion,
}

impl Ground {
    /// Every ground.
    pub const ALL: [Self; 5] =
        [Self::BeforeCourt, Self::RightToInformation, Self::ServiceMatter, Self::StateSecurity, Self::Suggestion];
}
