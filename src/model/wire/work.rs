//! Worklists, calls, desks, and the state of the server.

use super::{CaseLine, CaseView, Endpoint, Method, PlaceAt, query};
use crate::clock::{ist_date, ist_midnight};
use crate::duty::{Duty, Needs};
use crate::lifecycle::{Action, Gender, Hearing, Stage};
use crate::names::{Names, code_of, vocabulary};
use crate::{DepartmentCode, Language, Lgd, Reference, Role, Time};
use serde::{Deserialize, Serialize};

endpoint!(
    /// A worklist of the signed-in staff member, most urgent first.
    GetQueue {
        /// Which worklist.
        queue: Queue,
        /// Where the page begins, from [`QueuePage::next`]; empty for the first page.
        #[serde(default)]
        cursor: String,
        /// Only cases whose limit is this near; `None` for all.
        #[serde(default)]
        due: Option<Due>,
    } Get "/api/queues/{queue}", Needs::Duty(Duty::WorkList), () => QueuePage,
    path = |call| {
        let due = call.due.map_or("", |due| code_of(&due));
        format!("/api/queues/{}{}", code_of(&call.queue), query([("cursor", &*call.cursor), ("due", due)]))
    }
);

endpoint!(
    /// The first 50 cases of the sender's worklist in full, to be kept on their device for 72 hours; each reading is recorded.
    TakeAlong {} Post "/api/pack", Needs::Duty(Duty::TakeAlong), () => Pack
);

endpoint!(
    /// The hearings that were called and are not recorded yet, by their day and hour.
    GetHearings {} Get "/api/hearings", Needs::Duty(Duty::HearAppeals), () => Hearings
);

/// Answer of [`GetHearings`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Hearings {
    /// At most [`HEARINGS`] of them, the earliest first.
    pub rows: Vec<HearingLine>,
    /// Appeals for which none is called.
    pub uncalled: u32,
}

/// Most hearings of the calendar.
pub const HEARINGS: usize = 500;

/// A hearing in the calendar.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HearingLine {
    /// When and how.
    pub hearing: Hearing,
    /// Whether the department has answered the appeal.
    pub answered: bool,
    /// The case.
    pub line: CaseLine,
}

/// Most cases that are taken along.
pub const PACK: usize = 50;

/// Cases that are taken along to where there is no line. All or none: whoever is on the way cannot fetch what is missing.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Pack {
    /// The first page of the worklist, at most [`PACK`] rows.
    pub page: QueuePage,
    /// Every case of it, in the same order.
    pub cases: Vec<CaseView>,
    /// About where their blocks and towns lie.
    #[serde(default)]
    pub positions: Vec<PlaceAt>,
    /// When it was made.
    pub made_at: Option<Time>,
    /// Until when it may be kept.
    pub until: Option<Time>,
}

endpoint!(
    /// Alarms about the server, for those who see the desks and for the administrator.
    GetHealth {} Get "/api/health", Needs::Duty(Duty::WatchHealth), () => Health
);

/// The state of the server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Health {
    /// What needs attention; empty where nothing does.
    pub alarms: Vec<Alarm>,
}

vocabulary! {
    /// Something that needs attention.
    Alarm {
        /// The clock is not trusted; no deadlines are acted on until it is.
        Clock,
        /// Little room on the disk: uploads are refused.
        DiskLow,
        /// The disk is full.
        DiskFull,
        /// The database is damaged.
        Damaged,
        /// Messages have waited for more than 15 minutes.
        MessagesStuck,
        /// No backup for twice its interval.
        BackupLate,
        /// The calendar knows fewer than 60 days of holidays ahead.
        CalendarEnds,
        /// The last check of the ledger that an auditor asked for has found faults, or could not be finished.
        LedgerNotWhole,
    }
}

endpoint!(
    /// Earlier grievances from a number, for the member of staff who takes the call; recorded.
    Caller {} Post "/api/callers", Needs::Duty(Duty::TakeIntake), CallerRequest => KnownCaller
);

endpoint!(
    /// The load of every desk.
    Desks {} Get "/api/desks", Needs::Duty(Duty::WatchDesks), () => Vec<Desk>
);

endpoint!(
    /// Takes a case up for two minutes, or says that it is done with: meanwhile [`QueuePage::with_others`] shows everybody
    /// else who has it, and nobody is handed it as their next. A lease stops nobody who opens the case on purpose.
    LeaseCase {
        /// Number of the case.
        reference: Reference,
    } Post "/api/grievances/{reference}/lease", Needs::Duty(Duty::WorkList), LeaseRequest => Lease,
    path = |call| format!("/api/grievances/{}/lease", call.reference)
);

vocabulary! {
    /// How somebody has a case open.
    Interest {
        /// They read it.
        Reading,
        /// They have begun to write about it.
        Writing,
        /// They are done with it.
        Done,
    }
}

/// Body of [`LeaseCase`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LeaseRequest {
    /// What for.
    pub interest: Interest,
}

/// Answer of [`LeaseCase`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Lease {
    /// Who else has the case; `None` where it is now the sender's, or nobody's.
    pub other: Option<Colleague>,
}

/// A member of staff who has a case open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Colleague {
    /// Their name.
    pub name: String,
    /// Whether they have begun to write.
    pub writing: bool,
}

endpoint!(
    /// What an action would do, without doing it: refused as [`Act`](super::Act) would be. Needs `If-Match`.
    PreviewAction {
        /// Number of the case.
        reference: Reference,
    } Post "/api/grievances/{reference}/preview", Needs::Staff, Action => Preview,
    path = |call| format!("/api/grievances/{}/preview", call.reference)
);

/// Answer of [`PreviewAction`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Preview {
    /// Where the case would stand.
    pub stage: Stage,
    /// Name of the office that would have it; `None` where none would.
    pub office_name: Option<Names>,
    /// What its citizen would be told by text message, in order, in their language; empty where nothing would be sent.
    pub told: Vec<String>,
    /// The language of [`Preview::told`].
    pub language: Language,
}

vocabulary! {
    /// A worklist.
    Queue {
        /// The cell's desk: cases to categorise.
        Desk,
        /// A nodal officer's: cases to forward, reports to check, transfers to answer.
        Department,
        /// An office's: cases to act on.
        Office,
        /// Cases to call about.
        Verification,
        /// Cases to visit.
        Visits,
        /// Appeals to decide.
        Appeals,
        /// Citizens to call because they have not answered for long ([`crate::lifecycle::Case::call_owed`]).
        Answers,
    }
}

impl Queue {
    /// The worklist of a role; `None` where it has none.
    #[must_use]
    pub fn of(role: Role) -> Option<Self> {
        Some(match role {
            Role::OperationalAnalyst => Self::Desk,
            Role::NodalOfficer => Self::Department,
            Role::OfficeOfficer => Self::Office,
            Role::VerificationCaller => Self::Verification,
            Role::FieldValidator => Self::Visits,
            Role::AppellateAuthority => Self::Appeals,
            Role::TeleCaller => Self::Answers,
            _ => return None,
        })
    }

    /// The stages of its cases.
    #[must_use]
    pub const fn stages(self) -> &'static [Stage] {
        match self {
            Self::Desk => &[Stage::Registered],
            Self::Department => &[Stage::WithDepartment, Stage::AtrReview],
            Self::Office => &[Stage::WithOffice],
            Self::Verification | Self::Visits => &[Stage::Verification],
            Self::Appeals => &[Stage::Appealed],
            Self::Answers => &[Stage::NeedsInformation],
        }
    }
}

vocabulary! {
    /// How near the citizen's limit is.
    Due {
        /// It has passed.
        Over,
        /// It ends today.
        Today,
        /// It ends within seven days.
        Week,
        /// It ends later, or there is none.
        Later,
    }
}

impl Due {
    /// The span in which a limit ends that is this near now: from (inclusive), to; `None` for no bound. Of a case without
    /// a limit the end counts as never, and so as later.
    #[must_use]
    pub fn span(self, now: Time) -> (Option<Time>, Option<Time>) {
        let midnight = |days: u64| ist_date(now).checked_add_days(chrono::Days::new(days)).map(ist_midnight);
        match self {
            Self::Over => (None, Some(now)),
            Self::Today => (Some(now), midnight(1)),
            Self::Week => (midnight(1), midnight(8)),
            Self::Later => (midnight(8), None),
        }
    }
}

/// A page of a worklist.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct QueuePage {
    /// At most 50 cases.
    pub rows: Vec<CaseLine>,
    /// Cursor of the next page; `None` on the last.
    pub next: Option<String>,
    /// Number of cases for each of [`Due::ALL`], in that order.
    pub by_due: [u32; 4],
    /// When the oldest of all was lodged; `None` where the worklist is empty.
    pub oldest: Option<Time>,
    /// Cases of this page that somebody else has open, with who that is.
    #[serde(default)]
    pub with_others: Vec<(Reference, Colleague)>,
}

/// Answer of [`Caller`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KnownCaller {
    /// Who has lodged from this number, as far as the reader may know it; the latest first. Many share a telephone.
    pub people: Vec<KnownPerson>,
    /// Its grievances, newest first.
    pub cases: Vec<CaseLine>,
}

/// Somebody who has lodged from a number, with what they said of themselves last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KnownPerson {
    /// Full name.
    pub name: String,
    /// Gender.
    pub gender: Gender,
    /// Language of the messages to them.
    pub language: Language,
    /// District.
    pub district: Option<Lgd>,
    /// Block or town.
    pub place: Option<Lgd>,
    /// Village or locality.
    pub landmark: String,
    /// How many grievances they have lodged from it.
    pub cases: u32,
    /// When the latest was lodged.
    pub latest: Time,
}

/// Body of [`Caller`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CallerRequest {
    /// Mobile number, as typed.
    pub mobile: String,
}

/// The load of one desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Desk {
    /// Stage, which stands for the desk.
    pub stage: Stage,
    /// Department, for desks of a department.
    pub department: Option<DepartmentCode>,
    /// Cases there.
    pub open: u32,
    /// Those of them past the citizen's limit.
    pub overdue: u32,
    /// When the oldest of them arrived there.
    pub oldest: Option<Time>,
}
