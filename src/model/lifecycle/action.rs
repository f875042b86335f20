//! Actions: what somebody wants to do to a case.

use super::{Hearing, Party};
use crate::Reference;
use crate::atr::{Atr, ContactMeans, Outcome};
use crate::clock::Lane;
use crate::names::vocabulary;
use crate::visit::{Shot, Visit};
use crate::{AttachmentId, CategoryCode, DepartmentCode, Lgd, OfficeId, PersonId, Role, Time};
use serde::{Deserialize, Serialize};

vocabulary! {
    /// The kind of an action, without its content.
    ActionKind {
        /// Lodge a new case.
        Lodge,
        /// Ask the citizen for missing information.
        RequestInformation,
        /// Give the information that was asked for.
        ProvideInformation,
        /// Ask a citizen who has not answered once more.
        RemindInformation,
        /// Return the case without an answer to the desk or office that asked.
        ReturnUnanswered,
        /// Add information without being asked.
        AddInformation,
        /// Ask the holder for haste.
        Remind,
        /// Set category and department.
        Categorise,
        /// Pass it to an office of the department.
        Forward,
        /// Offer it to another department or office.
        OfferTransfer,
        /// Accept an offered transfer.
        AcceptTransfer,
        /// Decline an offered transfer.
        RefuseTransfer,
        /// Move an unanswered offer to the common superior.
        BounceTransfer,
        /// Record a contact with the citizen.
        RecordContact,
        /// File the Action Taken Report.
        SubmitAtr,
        /// Send the report back to the office.
        ReturnAtr,
        /// Accept the report, which leads to verification.
        AcceptAtr,
        /// Record a verification call.
        RecordCall,
        /// Order a visit by a field validator.
        OrderVisit,
        /// Record a visit.
        RecordVisit,
        /// Yes from the citizen to what the report says: that it is done, that part is, or that the reason is accepted.
        Confirm,
        /// No from the citizen to what the report says.
        Dispute,
        /// Close as not admissible.
        Reject,
        /// Let it follow another case of the same cause.
        Merge,
        /// Let it no longer follow another case.
        Unmerge,
        /// Make a case of its own of a part that is about something else.
        Split,
        /// Reopen a closed case.
        Reopen,
        /// Appeal to the appellate authority.
        Appeal,
        /// Answer an appeal for the department.
        AnswerAppeal,
        /// Call both sides to a hearing, or move it.
        SetHearing,
        /// Record what was said at a hearing.
        RecordHearing,
        /// Decide an appeal.
        DecideAppeal,
        /// Put it into an emergency lane, or back into a slower one.
        SetEmergency,
        /// Tell the holder's superior that a limit has passed.
        Escalate,
        /// Withdraw the grievance.
        Withdraw,
        /// Rate how well it went.
        Rate,
        /// Write a note.
        Note,
        /// Say that the case's mobile number is not one's own.
        DisownNumber,
        /// Ask, for a citizen at a counter, to replace a lost number by another.
        RequestNumberChange,
        /// Approve the change of number.
        ApproveNumberChange,
        /// Refuse the change of number.
        RefuseNumberChange,
    }
}

impl ActionKind {
    /// Whether it can be done by the link in a message. The link may have been passed on, even to the office concerned,
    /// so nobody can confirm, withdraw or use up a right by it.
    #[must_use]
    pub fn is_open_to_links(self) -> bool {
        matches!(
            self,
            Self::ProvideInformation | Self::AddInformation | Self::Remind | Self::Dispute | Self::DisownNumber
        )
    }

    /// Whether it concerns only the citizen's number, in whatever stage the case is.
    #[must_use]
    pub fn is_of_number(self) -> bool {
        matches!(
            self,
            Self::DisownNumber | Self::RequestNumberChange | Self::ApproveNumberChange | Self::RefuseNumberChange
        )
    }
}

/// An action on an existing case, with its content. Texts are checked by [`super::decide`]: cleaned, not blank where
/// they are required, not longer than [`crate::lodging::TEXT_LIMIT`].
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
    /// `district` and `place` complete a grievance that lacked them; what does not exist is ignored.
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
    /// `call_id` is the telephone exchange's id of the call, at most 64 letters; empty where there is none. `later` is when
    /// the citizen would like to be called, for [`CallOutcome::CallLater`] alone. A remark is required for a no.
    RecordCall {
        outcome: CallOutcome,
        #[serde(default)]
        remark: String,
        #[serde(default)]
        call_id: String,
        #[serde(default)]
        later: Option<Time>,
    },
    OrderVisit {
        reason: String,
    },
    RecordVisit(Visit),
    Confirm {
        #[serde(default)]
        remark: String,
    },
    /// `partly` where something was done, but not everything.
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
    /// `text` is the part, in the citizen's words: the new case begins with it. `about_office` where it is about an officer or
    /// office.
    Split {
        text: String,
        #[serde(default)]
        about_office: bool,
    },
    Reopen {
        reason: String,
    },
    Appeal {
        reason: String,
    },
    AnswerAppeal {
        text: String,
        #[serde(default)]
        photos: Vec<AttachmentId>,
    },
    /// `text` is the place and what to bring; required for a hearing at an office.
    SetHearing {
        hearing: Hearing,
        #[serde(default)]
        text: String,
    },
    /// `citizen` and `office`: whether that side was heard.
    RecordHearing {
        citizen: bool,
        office: bool,
        text: String,
    },
    /// What was found and the reason are required, and what must be done where the appeal is upheld.
    DecideAppeal {
        upheld: bool,
        reason: String,
        found: String,
        #[serde(default)]
        ordered: String,
    },
    SetEmergency {
        lane: Lane,
        reason: String,
    },
    /// `lane` tells which limit has passed, the ordinary one or an emergency's; `level` is 1 to 4.
    Escalate {
        #[serde(default)]
        lane: Lane,
        level: u8,
    },
    Withdraw {
        reason: String,
    },
    /// One to five stars.
    Rate {
        stars: u8,
    },
    Note {
        /// Who can read it besides the cell; `None` for the writer's own side.
        #[serde(default)]
        side: Option<Side>,
        text: String,
    },
    DisownNumber,
    /// Only through an endpoint of its own, since the server knows which person a number belongs to.
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
    /// The kind of this action.
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
            Self::RecordVisit(_) => ActionKind::RecordVisit,
            Self::Confirm { .. } => ActionKind::Confirm,
            Self::Dispute { .. } => ActionKind::Dispute,
            Self::Reject { .. } => ActionKind::Reject,
            Self::Merge { .. } => ActionKind::Merge,
            Self::Unmerge { .. } => ActionKind::Unmerge,
            Self::Split { .. } => ActionKind::Split,
            Self::Reopen { .. } => ActionKind::Reopen,
            Self::Appeal { .. } => ActionKind::Appeal,
            Self::AnswerAppeal { .. } => ActionKind::AnswerAppeal,
            Self::SetHearing { .. } => ActionKind::SetHearing,
            Self::RecordHearing { .. } => ActionKind::RecordHearing,
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

    /// The photos that the action names.
    #[must_use]
    pub fn photos(&self) -> &[AttachmentId] {
        match self {
            Self::ProvideInformation { photos, .. }
            | Self::AddInformation { photos, .. }
            | Self::AnswerAppeal { photos, .. }
            | Self::Dispute { photos, .. } => photos,
            Self::SubmitAtr(atr) => &atr.photos,
            Self::RecordVisit(visit) => &visit.photos,
            _ => &[],
        }
    }

    /// Those of its photos that were taken with the app's camera.
    #[must_use]
    pub fn shots(&self) -> &[Shot] {
        match self {
            Self::SubmitAtr(atr) => &atr.shots,
            Self::RecordVisit(visit) => &visit.shots,
            _ => &[],
        }
    }
}

vocabulary! {
    /// Who can read a note. Each side includes the ones before.
    Side {
        /// Only the cell.
        Cell,
        /// The department and the cell.
        Department,
        /// The citizen, the department and the cell.
        Citizen,
    }
}

impl Side {
    /// The side of a role, for notes that name none.
    #[must_use]
    pub fn of(role: Role) -> Self {
        if role.is_of_department() { Self::Department } else { Self::Cell }
    }

    /// Whether a role can read notes of this side.
    #[must_use]
    pub fn is_read_by(self, role: Role) -> bool {
        match role {
            Role::Citizen => self == Self::Citizen,
            role if role.is_of_department() => self != Self::Cell,
            _ => true,
        }
    }
}

vocabulary! {
    /// Outcome of a verification call.
    CallOutcome {
        /// The citizen confirms that the work is done.
        Confirmed,
        /// The citizen agrees with a report that does not say "done". [`super::decide`] writes it in the place of
        /// [`Self::Confirmed`].
        Agreed,
        /// The citizen says that only part of what is reported as done is done.
        PartlyDone,
        /// The citizen says that the report is not true, or does not accept its reason.
        Disputed,
        /// It rang, and nobody answered, or somebody else. The only outcome that counts as a try.
        NotReached,
        /// Whoever answered does not know the citizen.
        WrongNumber,
        /// The citizen would like to be called at another time.
        CallLater,
        /// The citizen does not want to say anything about it; counts as a try, for it confirms nothing.
        Refused,
        /// It did not ring: the line, the network or the telephone failed.
        LineFault,
    }
}

impl CallOutcome {
    /// Whether the citizen says no: the case goes back, and the office must read what is missing.
    #[must_use]
    pub fn is_no(self) -> bool {
        matches!(self, Self::PartlyDone | Self::Disputed)
    }

    /// Whether it counts as one of the tries after which a case is closed without confirmation.
    #[must_use]
    pub fn is_try(self) -> bool {
        matches!(self, Self::NotReached | Self::Refused)
    }

    /// The digit that chooses it, 1 to 8; the same whatever the report says, so that fingers can learn it.
    #[must_use]
    pub fn digit(self) -> u8 {
        match self {
            Self::Confirmed | Self::Agreed => 1,
            Self::PartlyDone => 2,
            Self::Disputed => 3,
            Self::NotReached => 4,
            Self::WrongNumber => 5,
            Self::CallLater => 6,
            Self::Refused => 7,
            Self::LineFault => 8,
        }
    }

    /// Those that fit the outcome of a report, in the order of their digits.
    #[must_use]
    pub fn about(report: Option<Outcome>) -> Vec<Self> {
        let done = !matches!(report, Some(Outcome::PartlyDone | Outcome::CannotBeDone));
        // Part of what cannot be done, or of a part, is no answer.
        let other = if done { [Self::Agreed, Self::Agreed] } else { [Self::Confirmed, Self::PartlyDone] };
        let mut fitting: Vec<Self> = Self::ALL.into_iter().filter(|outcome| !other.contains(outcome)).collect();
        fitting.sort_by_key(|outcome| outcome.digit());
        fitting
    }
}

vocabulary! {
    /// Finding of a field validator.
    VisitFinding {
        /// Done, and the citizen, whom the validator met, agrees. The only finding that redresses.
        DoneCitizenAgrees,
        /// As reported, where the report does not say "done", and the citizen, whom the validator met, agrees.
        /// [`super::decide`] writes it in the place of [`Self::DoneCitizenAgrees`].
        CitizenAgrees,
        /// It looks done, but the citizen was not met: a call must follow.
        DoneCitizenNotMet,
        /// Not done.
        NotDone,
    }
}

/// A position as measured by the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Position {
    /// Degrees north, in millionths.
    pub latitude_micro: i32,
    /// Degrees east, in millionths.
    pub longitude_micro: i32,
    /// Radius of 68 % confidence, in metres.
    pub accuracy_m: u32,
}

/// Largest radius, in metres, within which a position still tells where somebody is: that of a telephone mast in the country.
const TELLS: u32 = 2_000;

impl Position {
    /// Whether there is such a place on earth. Where the two meridians of zero meet is the sea, and what a broken receiver says.
    #[must_use]
    pub fn is_possible(&self) -> bool {
        let (north, east) = (self.latitude_micro, self.longitude_micro);
        (-90_000_000..=90_000_000).contains(&north)
            && (-180_000_000..=180_000_000).contains(&east)
            && (north, east) != (0, 0)
    }

    /// Whether it is exact enough to tell where somebody is.
    #[must_use]
    pub fn tells_the_place(&self) -> bool {
        self.is_possible() && self.accuracy_m <= TELLS
    }

    /// Rounded down to about ten metres, which is enough to identify the site.
    #[must_use]
    pub fn to_ten_metres(self) -> Self {
        let cut = |micro: i32| micro / 100 * 100;
        Self { latitude_micro: cut(self.latitude_micro), longitude_micro: cut(self.longitude_micro), ..self }
    }
}

vocabulary! {
    /// Legal grounds on which a grievance is not admissible. "Not ours" is not among them: that is a transfer. Their names,
    /// their order, and which of them are in use are administered (`grounds.tsv`).
    Ground {
        /// It is before a court or tribunal.
        BeforeCourt,
        /// It asks for information under the Right to Information Act.
        RightToInformation,
        /// It is an employee's service matter.
        ServiceMatter,
        /// It concerns the security of the state.
        StateSecurity,
        /// It is a suggestion and asks for no redress.
        Suggestion,
    }
}
