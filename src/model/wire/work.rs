//! Worklists, calls, desks, and the server's own state.

use super::{CaseLine, CaseView, Endpoint, Method, query};
use crate::duty::{Duty, Needs};
use crate::lifecycle::Stage;
use crate::{DepartmentCode, Role, Time};
use serde::{Deserialize, Serialize};

endpoint!(
    /// A worklist of the signed-in staff member, most urgent first.
    GetQueue {
        /// Which.
        queue: Queue,
        /// Where to go on; from the page before.
        #[serde(default)]
        cursor: String,
        /// Which part of it; none for all.
        #[serde(default)]
        due: Option<Due>,
    } Get "/api/queues/{queue}", Needs::Duty(Duty::WorkList), () => QueuePage,
    path = |call| {
        let due = call.due.map_or("", Due::code);
        format!("/api/queues/{}{}", call.queue.code(), query([("cursor", &*call.cursor), ("due", due)]))
    }
);

endpoint!(
    /// What somebody must look after: for those who see the desks, and the administrator.
    GetHealth {} Get "/api/health", Needs::Duty(Duty::WatchHealth), () => Health
);

/// The server's own state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Health {
    /// What is not as it should be; empty where all is well.
    pub alarms: Vec<Alarm>,
}

/// Something that somebody must look after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Alarm {
    /// The clock is not believed: no limit is acted on until it is right.
    Clock,
    /// Room on the disk is short: photos are turned away.
    DiskLow,
    /// The disk is full.
    DiskFull,
    /// The database is damaged.
    Damaged,
    /// Messages have waited for long.
    MessagesStuck,
    /// The last backup is too old.
    BackupLate,
    /// The calendar of holidays ends soon.
    CalendarEnds,
}

endpoint!(
    /// The next case for a verification call; nobody else is given it for ten minutes.
    NextCall {} Post "/api/calls/next", Needs::Duty(Duty::CallToVerify), () => Option<CaseView>
);

endpoint!(
    /// Earlier grievances from a number, for whoever takes the call.
    Caller {} Post "/api/callers", Needs::Duty(Duty::TakeIntake), CallerRequest => Vec<CaseLine>
);

endpoint!(
    /// How loaded the desks are.
    Desks {} Get "/api/desks", Needs::Duty(Duty::WatchDesks), () => Vec<Desk>
);

/// Which worklist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Queue {
    /// The cell's desk: to be categorised.
    Desk,
    /// A nodal officer's: to forward, reports to check, transfers offered.
    Department,
    /// An office's.
    Office,
    /// To be called.
    Verification,
    /// To be visited.
    Visits,
    /// Appeals.
    Appeals,
    /// Citizens to be called who have owed an answer for long ([`crate::lifecycle::Case::call_owed`]).
    Answers,
}

impl Queue {
    /// Every worklist.
    pub const ALL: [Self; 7] =
        [Self::Desk, Self::Department, Self::Office, Self::Verification, Self::Visits, Self::Appeals, Self::Answers];

    /// Its name in paths.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Desk => "desk",
            Self::Department => "department",
            Self::Office => "office",
            Self::Verification => "verification",
            Self::Visits => "visits",
            Self::Appeals => "appeals",
            Self::Answers => "answers",
        }
    }

    /// The worklist of a role; none where the role has none.
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
}

/// How near the citizen's limit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Due {
    /// Passed.
    Over,
    /// Ends today.
    Today,
    /// Ends within seven days.
    Week,
    /// Later.
    Later,
}

impl Due {
    /// All of them, most urgent first.
    pub const ALL: [Self; 4] = [Self::Over, Self::Today, Self::Week, Self::Later];

    /// Its name in a query.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Over => "over",
            Self::Today => "today",
            Self::Week => "week",
            Self::Later => "later",
        }
    }
}

/// A page of a worklist.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct QueuePage {
    /// At most 50.
    pub rows: Vec<CaseLine>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// Cases over the limit, due today, due this week, later; in the order of [`Due::ALL`].
    pub by_due: [u32; 4],
    /// When the oldest of all was lodged.
    pub oldest: Option<Time>,
}

/// Body of [`Caller`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CallerRequest {
    /// As typed.
    pub mobile: String,
}

/// How loaded one desk is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Desk {
    /// Which.
    pub stage: Stage,
    /// Of which department, where it is one's.
    pub department: Option<DepartmentCode>,
    /// Cases there.
    pub open: u32,
    /// Of these, past the citizen's limit.
    pub overdue: u32,
    /// When the oldest of them came there.
    pub oldest: Option<Time>,
}
