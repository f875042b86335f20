//! Figures, and the cases behind them.

use super::{CaseLine, Endpoint, Method, query};
use crate::Time;
use crate::counts::{Dimension, Figures, Filter};
use crate::duty::{Duty, Needs};
use serde::{Deserialize, Serialize};

endpoint!(
    /// Figures of any slice.
    GetCounts {
        /// By what to group them; none for the total alone.
        #[serde(default)]
        by: Option<Dimension>,
        /// Of which cases: `district:307,department:PHE`.
        #[serde(default, rename = "where")]
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        filter: Filter,
        /// Lodged within so many Indian calendar days, today included: 1 to 3660; none for all.
        #[serde(default)]
        days: Option<u16>,
    } Get "/api/counts", Needs::Duty(Duty::WatchFigures), () => Counts,
    path = |call| {
        let by = call.by.map_or("", Dimension::code);
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
        /// Where to go on.
        #[serde(default)]
        cursor: String,
    } Get "/api/cases", Needs::Duty(Duty::WatchFigures), () => CasePage,
    path = |call| {
        let days = call.days.map(|days| days.to_string()).unwrap_or_default();
        format!("/api/cases{}", query([("where", &*call.filter.to_string()), ("days", &*days), ("cursor", &*call.cursor)]))
    }
);

/// The path of the server-sent events: `figures`, each a [`LiveFrame`], as they change; `beat`, the server's time, every ten
/// seconds; `end` where the session is over.
pub const LIVE: &str = "/api/live";

/// Figures as of a ledger sequence number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Counts {
    /// The last ledger entry that they reflect.
    pub seq: u64,
    /// When they were counted.
    pub as_of: Option<Time>,
    /// Of the whole slice.
    pub total: Figures,
    /// Of each group, largest first; days in order.
    pub groups: Vec<Group>,
}

/// The figures of one group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Group {
    /// Code of the group within its dimension; empty where it is unknown.
    pub key: String,
    /// Its figures.
    pub figures: Figures,
}

/// A page of cases.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CasePage {
    /// At most 50.
    pub rows: Vec<CaseLine>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// How many there are in all.
    pub total: u32,
}

/// What a live dashboard is told, at most four times a second.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LiveFrame {
    /// The last ledger entry that it reflects.
    pub seq: u64,
    /// When it was made.
    pub as_of: Option<Time>,
    /// Lodged today.
    pub lodged_today: u32,
    /// Of all cases.
    pub total: Figures,
    /// Of those lodged within the last 30 days; what is open is all that is.
    pub month: Figures,
}
