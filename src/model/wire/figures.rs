//! Figures, and the cases behind them.

use super::{CaseLine, Endpoint, Method, Names, query};
use crate::comparison::{Answers, Peers, Sentence, Verdict};
use crate::counts::{Dimension, Figures, Filter};
use crate::duty::{Duty, Needs};
use crate::names::code_of;
use crate::{DepartmentCode, OfficeId, Time};
use serde::{Deserialize, Serialize};

endpoint!(
    /// Figures of a slice of the cases.
    GetCounts {
        /// Dimension by which they are grouped; `None` for the total alone.
        #[serde(default)]
        by: Option<Dimension>,
        /// Which cases: `district:307,department:PHE`; empty for all.
        #[serde(default, rename = "where")]
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        filter: Filter,
        /// Only cases lodged in the last so many calendar days in India, today included: 1 to 3660; `None` for all.
        #[serde(default)]
        days: Option<u16>,
    } Get "/api/counts", Needs::Duty(Duty::WatchFigures), () => Counts,
    path = |call| {
        let by = call.by.map_or("", |by| code_of(&by));
        let days = call.days.map(|days| days.to_string()).unwrap_or_default();
        format!("/api/counts{}", query([("by", by), ("where", &*call.filter.to_string()), ("days", &*days)]))
    }
);

endpoint!(
    /// The cases behind a figure, newest first.
    CasesBehind {
        /// As in [`GetCounts`].
        #[serde(default, rename = "where")]
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        filter: Filter,
        /// As in [`GetCounts`].
        #[serde(default)]
        days: Option<u16>,
        /// Where the page begins, from [`CasePage::next`]; empty for the first page.
        #[serde(default)]
        cursor: String,
    } Get "/api/cases", Needs::Duty(Duty::WatchFigures), () => CasePage,
    path = |call| {
        let days = call.days.map(|days| days.to_string()).unwrap_or_default();
        format!("/api/cases{}", query([("where", &*call.filter.to_string()), ("days", &*days), ("cursor", &*call.cursor)]))
    }
);

endpoint!(
    /// The offices of a department, for its weekly report: what waits at each, and how they compare by what citizens
    /// answered (see [`crate::comparison`]). Nodal officers read their own department.
    CompareOffices {
        /// Code of the department.
        department: DepartmentCode,
        /// As in [`GetCounts`]; limits what was reported and answered, not what waits.
        #[serde(default)]
        days: Option<u16>,
    } Get "/api/departments/{department}/offices", Needs::Duty(Duty::CompareOffices), () => Comparison,
    path = |call| {
        let days = call.days.map(|days| days.to_string()).unwrap_or_default();
        format!("/api/departments/{}/offices{}", call.department, query([("days", &*days)]))
    }
);

/// The offices of a department beside each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Comparison {
    /// When it was counted.
    pub as_of: Time,
    /// The department as a whole, with what is at its own desk.
    pub total: OfficeFigures,
    /// Against what its offices are held; `None` where fewer than two have answers enough.
    pub peers: Option<Peers>,
    /// Its offices that have or had cases, in the order of their numbers.
    pub offices: Vec<ComparedOffice>,
}

/// One of the offices compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ComparedOffice {
    /// Its number.
    pub office: OfficeId,
    /// Its name.
    pub name: Names,
    /// Its figures.
    pub figures: OfficeFigures,
    /// How it stands among the others.
    pub verdict: Verdict,
    /// Whether somebody can sign in for it. Where nobody can, its open cases wait for nobody.
    pub attended: bool,
}

impl ComparedOffice {
    /// Whether cases wait at it for which nobody can sign in.
    #[must_use]
    pub fn is_unattended(&self) -> bool {
        !self.attended && self.figures.open() > 0
    }
}

impl Comparison {
    /// What it says, in a sentence.
    #[must_use]
    pub fn sentence(&self) -> Sentence {
        let verdicts: Vec<Verdict> = self.offices.iter().map(|office| office.verdict).collect();
        Sentence::of(self.peers, &verdicts)
    }

    /// Open cases that no office has, and how many of them are past the citizen's limit: without them the offices do not add
    /// up to the department.
    #[must_use]
    pub fn without_office(&self) -> (u32, u32) {
        let rest = |of: fn(&OfficeFigures) -> u32| {
            let offices = self.offices.iter().map(|office| of(&office.figures)).sum();
            of(&self.total).saturating_sub(offices)
        };
        (rest(OfficeFigures::open), rest(|figures| figures.overdue))
    }
}

/// What waits at an office, and what became of what it reported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OfficeFigures {
    /// Open cases by calendar days since they were lodged: fewer than 7, 7 to 14, 15 to 29, 30 and more.
    pub waiting: [u32; 4],
    /// Open cases past the citizen's limit.
    pub overdue: u32,
    /// Cases lodged in the period about which the citizen was first asked because of its report, whatever it said.
    pub reported: u32,
    /// What the citizens of cases lodged in the period and first reported by it answered.
    pub answers: Answers,
}

impl OfficeFigures {
    /// Open cases, whenever they were lodged.
    #[must_use]
    pub fn open(&self) -> u32 {
        self.waiting.iter().sum()
    }

    /// Adds those of another office.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let [a, b, c, d] = self.waiting;
        let [e, f, g, h] = other.waiting;
        Self {
            waiting: [a + e, b + f, c + g, d + h],
            overdue: self.overdue + other.overdue,
            reported: self.reported + other.reported,
            answers: self.answers.and(other.answers),
        }
    }
}

/// Path of the server-sent events: `figures`, each a [`LiveFrame`], when they change; `beat`, with the server's time,
/// every ten seconds; `end` when the session ends; `reset` where `Last-Event-ID` is later than the server's ledger.
pub const LIVE: &str = "/api/live";

/// Figures at a position of the ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Counts {
    /// Number of the last ledger entry that they include.
    pub seq: u64,
    /// When they were counted.
    pub as_of: Option<Time>,
    /// Figures of the whole slice.
    pub total: Figures,
    /// Figures of each group, largest first; days in order.
    pub groups: Vec<Group>,
}

/// The figures of one group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Group {
    /// Code of the group in its dimension; empty for unknown.
    pub key: String,
    /// Its figures.
    pub figures: Figures,
}

/// A page of cases.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CasePage {
    /// At most 50 cases.
    pub rows: Vec<CaseLine>,
    /// Cursor of the next page; `None` on the last.
    pub next: Option<String>,
    /// Number of cases on all pages.
    pub total: u32,
}

/// A frame for live dashboards, sent at most four times a second.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LiveFrame {
    /// Number of the last ledger entry that it includes.
    pub seq: u64,
    /// When it was made.
    pub as_of: Option<Time>,
    /// Cases lodged today (IST).
    pub lodged_today: u32,
    /// Figures of all cases.
    pub total: Figures,
    /// Figures of the cases lodged in the last 30 days; its stock (open and the like) is of all cases.
    pub month: Figures,
}
