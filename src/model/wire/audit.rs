//! What an auditor reads: who has read what, and whether the ledger is whole.

use super::{Endpoint, Method};
use crate::duty::{Duty, Needs};
use crate::lifecycle::EventKind;
use crate::names::code_of;
use crate::reading::ReadingOf;
use crate::{DepartmentCode, OfficeId, Reference, Role, Time};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Rows on a page of readings.
pub const READING_ROWS: usize = 50;

/// Most days that readings are looked for in where neither an account nor a case is given.
pub const READING_DAYS: i64 = 31;

endpoint!(
    /// Who has read what, or done what, newest first. Looking here is on record as well, as a reading of `readings`.
    ///
    /// A POST, although it changes nothing: addresses of calls are written into logs, and these name people.
    ///
    /// Answers 404 where nobody has ever signed in by the account's name, and 400 `wrong_query` where the days are more than
    /// [`READING_DAYS`] apart and neither an account nor a case is given (of what was done: no case), where the last day is
    /// before the first,
    /// where there is no such department or office, or where the cursor cannot be read.
    ListReadings {} Post "/api/readings", Needs::Duty(Duty::Audit), ReadingsRequest => ReadingPage
);

/// Body of [`ListReadings`]. All that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReadingsRequest {
    /// Only by the account with this name to sign in with; empty for all.
    #[serde(default)]
    pub account: String,
    /// Only about this case; `None` for all.
    #[serde(default)]
    pub case: Option<Reference>,
    /// Only by people who acted for this department; `None` for all.
    #[serde(default)]
    pub department: Option<DepartmentCode>,
    /// Only by accounts that are of this office now; `None` for all.
    #[serde(default)]
    pub office: Option<OfficeId>,
    /// Only this kind; `None` for all but `readings`, which are listed where an account or they themselves are asked for.
    #[serde(default)]
    pub what: Option<ReadingOf>,
    /// First day, in India; `None` for six days before the last, or without limit where an account or a case is given.
    #[serde(default)]
    pub from: Option<NaiveDate>,
    /// Last day, in India; `None` for today.
    #[serde(default)]
    pub to: Option<NaiveDate>,
    /// Whether what was done is listed, instead of what was read; `what` does not count then.
    #[serde(default)]
    pub done: bool,
    /// Where the page begins, from [`ReadingPage::next`]; empty for the first page.
    #[serde(default)]
    pub cursor: String,
}

/// Answer to [`ListReadings`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReadingPage {
    /// At most [`READING_ROWS`], newest first.
    pub rows: Vec<ReadingLine>,
    /// Cursor of the next page; `None` on the last.
    pub next: Option<String>,
    /// Of what was done: up to when was looked back so far; `None` on the last page. Few may be found among many entries.
    #[serde(default)]
    pub until: Option<Time>,
}

/// What somebody did: each kind has a name of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Deed {
    /// Read something.
    Read(ReadingOf),
    /// Made an entry of the ledger.
    Did(EventKind),
}

impl Deed {
    /// Its name on the wire.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Read(what) => code_of(&what),
            Self::Did(kind) => code_of(&kind),
        }
    }
}

/// A reading, or an act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReadingLine {
    /// Its number in the chain of readings, or in the ledger.
    pub seq: u64,
    /// When.
    pub at: Time,
    /// The reader's name to sign in with, as it is now; empty where no account is known any more.
    pub account: String,
    /// The reader's name, as it is now; empty where no account is known any more.
    pub name: String,
    /// The role in which it was read.
    pub role: Role,
    /// The department for which it was read; `None` for those who belong to none.
    pub department: Option<DepartmentCode>,
    /// What was read, or done.
    pub what: Deed,
    /// The case; `None` where it is about no single one.
    pub case: Option<Reference>,
    /// How many cases, or lines, were shown.
    pub count: u32,
    /// The reason that was given for a whole number, the purpose of a recording; empty where none is asked for.
    pub reason: String,
}

endpoint!(
    /// Whether the ledger was found whole when it was last checked, and whether it is being checked.
    GetLedgerCheck {} Get "/api/ledger/check", Needs::Duty(Duty::Audit), () => LedgerCheck
);

endpoint!(
    /// Begins to check the whole ledger, unless that is being done; takes minutes where there are millions of cases. Nothing is
    /// changed. [`GetLedgerCheck`] tells when it has ended.
    CheckLedger {} Post "/api/ledger/check", Needs::Duty(Duty::Audit), () => LedgerCheck
);

/// Answer to [`GetLedgerCheck`] and [`CheckLedger`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LedgerCheck {
    /// Since when it is being checked; `None` where it is not.
    pub running: Option<Time>,
    /// How it was found last; `None` where it was never checked here.
    pub last: Option<LedgerFound>,
    /// How many entries there are now.
    pub entries: u64,
    /// When the newest head was published; `None` where none was.
    pub published: Option<Time>,
}

/// How the ledger was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LedgerFound {
    /// When the check began.
    pub begun: Time,
    /// When it ended.
    pub ended: Time,
    /// The name of whoever asked for it.
    pub by: String,
    /// Number of entries that were read.
    pub entries: u64,
    /// Number of cases that were compared with their entries.
    pub cases: u64,
    /// What is wrong, in English, for whoever runs the server; empty where the ledger is whole. At most 20.
    pub faults: Vec<String>,
    /// How many faults were found; counting ends at 50.
    pub wrong: u64,
    /// Whether it could not be checked to its end; the one fault then says why.
    pub broken_off: bool,
}
