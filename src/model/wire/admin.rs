//! What people administer: tables with who changed what and why, offices, and accounts of the staff.
//!
//! Nothing here takes an `Idempotency-Key`: whoever changes a table names the newest change that they have seen, and all
//! that is done to an account is the same when it is done twice.

use super::problem::serde_name;
use super::{CallScores, Endpoint, Method, query};
use crate::duty::{Duty, Needs};
use crate::names::Names;
use crate::{DepartmentCode, Lgd, OfficeId, Role, Time};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Largest table that is taken, in bytes of its request: several times all offices of a state.
const TABLE: usize = 4 * 1024 * 1024;

endpoint!(
    /// The tables that are administered, each with its newest change.
    GetSettings {} Get "/api/settings", Needs::Duty(Duty::SeeSettings), () => Settings
);

/// Answer to [`GetSettings`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Settings {
    /// Number of the newest change of all; 0 where there is none.
    pub newest: u64,
    /// The tables, by name.
    pub tables: Vec<Administered>,
}

/// A table that is administered.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Administered {
    /// Its name, such as `holidays.tsv`.
    pub name: String,
    /// Its newest change; `None` where it is as it was delivered.
    pub change: Option<TableChange>,
}

/// A change of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TableChange {
    /// Its number, from 1, one more with each change of any table.
    pub seq: u64,
    /// When it was made.
    pub at: Time,
    /// Who made it: name and number of an account, or a user at the command line.
    pub who: String,
    /// The table.
    pub name: String,
    /// The reason.
    pub why: String,
    /// Number of the change that it takes back; `None` where it takes none back.
    pub undoes: Option<u64>,
}

endpoint!(
    /// What stands in a table now.
    GetTable {
        /// Its name.
        name: String,
    } Get "/api/settings/tables/{name}", Needs::Duty(Duty::SeeSettings), () => Table,
    path = |call| format!("/api/settings/tables/{}", call.name)
);

/// Answer to [`GetTable`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Table {
    /// Number of the newest change of any table, to be sent with a change; 0 where there is none.
    pub newest: u64,
    /// The newest change of this table; `None` where it is as it was delivered.
    pub change: Option<TableChange>,
    /// Its content: lines of cells with tabs between them, or JSON.
    pub text: String,
}

endpoint!(
    /// All changes, newest first, without the tables' content.
    SettingHistory {
        /// Only changes before this one, from [`Changes::next`]; `None` for the first page.
        #[serde(default)]
        cursor: Option<u64>,
        /// Most changes on a page, 1 to 200; `None` for 50.
        #[serde(default)]
        limit: Option<u32>,
    } Get "/api/settings/history", Needs::Duty(Duty::SeeSettings), () => Changes,
    path = |call| {
        let of = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
        let (cursor, limit) = (of(call.cursor), of(call.limit.map(u64::from)));
        format!("/api/settings/history{}", query([("cursor", &*cursor), ("limit", &*limit)]))
    }
);

/// A page of [`SettingHistory`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Changes {
    /// The changes, newest first.
    pub changes: Vec<TableChange>,
    /// Cursor of the next page; `None` on the last.
    pub next: Option<u64>,
}

endpoint!(
    /// Tries a change of a table: what would differ, and how many cases would be due at another time. Changes nothing.
    TryChange {
        /// The table.
        name: String,
    } Post "/api/settings/tables/{name}/trial", Needs::Duty(Duty::Administer), TryChangeRequest => Trial, body = TABLE,
    path = |call| format!("/api/settings/tables/{}/trial", call.name)
);

/// Body of [`TryChange`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TryChangeRequest {
    /// The new content; `None` to go back to the table as it was delivered.
    pub text: Option<String>,
}

/// Answer to [`TryChange`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Trial {
    /// Number of the newest change, to be sent with this one; 0 where there is none.
    pub newest: u64,
    /// The lines that differ: `- ` before those that would go, `+ ` before those that would come.
    pub lines: Vec<String>,
    /// How many open cases would be due at another time.
    pub moved: u64,
}

endpoint!(
    /// Changes a table. The server goes by it within a second or two.
    ChangeTable {
        /// The table.
        name: String,
    } Post "/api/settings/tables/{name}", Needs::Duty(Duty::Administer), ChangeTableRequest => ChangeMade, body = TABLE,
    path = |call| format!("/api/settings/tables/{}", call.name)
);

/// Body of [`ChangeTable`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChangeTableRequest {
    /// The new content; `None` to go back to the table as it was delivered.
    pub text: Option<String>,
    /// The reason, in 1 to 500 letters.
    pub why: String,
    /// Number of the newest change that was seen. Where there is a newer one, nothing is changed (409 `overtaken`).
    pub newest: u64,
}

/// A change that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChangeMade {
    /// Its number.
    pub seq: u64,
}

endpoint!(
    /// Takes a change back: the table is as it was before it.
    UndoChange {
        /// Number of the change.
        seq: u64,
    } Post "/api/settings/history/{seq}/undo", Needs::Duty(Duty::Administer), UndoChangeRequest => ChangeMade,
    path = |call| format!("/api/settings/history/{}/undo", call.seq)
);

/// Body of [`UndoChange`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UndoChangeRequest {
    /// The reason, in 1 to 500 letters.
    pub why: String,
    /// As in [`ChangeTableRequest`].
    pub newest: u64,
}

endpoint!(
    /// Adds, renames or closes an office: a change of the table `offices.tsv`.
    ChangeOffice {} Post "/api/offices", Needs::Duty(Duty::Administer), ChangeOfficeRequest => OfficeChanged
);

/// Body of [`ChangeOffice`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChangeOfficeRequest {
    /// What is done.
    pub deed: OfficeDeed,
    /// The reason, in 1 to 500 letters.
    pub why: String,
    /// As in [`ChangeTableRequest`].
    pub newest: u64,
}

/// What can be done with an office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum OfficeDeed {
    /// Adds one; it gets the next free number.
    Add {
        /// The department it belongs to, for good.
        department: DepartmentCode,
        /// Its district; `None` for an office of the whole state.
        #[serde(default)]
        district: Option<Lgd>,
        /// Its name; English and Bengali are needed.
        name: Names,
    },
    /// Gives it another name.
    Rename {
        /// Its number.
        office: OfficeId,
        /// Its new name; English and Bengali are needed.
        name: Names,
    },
    /// Lets it take no further case. Refused while it holds any.
    Close {
        /// Its number.
        office: OfficeId,
    },
}

/// Answer to [`ChangeOffice`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OfficeChanged {
    /// Number of the change.
    pub seq: u64,
    /// Number of the office.
    pub office: OfficeId,
}

endpoint!(
    /// Accounts of the staff, by name, without passwords.
    Accounts {
        /// Only names that begin so; empty for all.
        #[serde(default)]
        prefix: String,
        /// Only this role.
        #[serde(default)]
        role: Option<Role>,
        /// Only this department and its offices.
        #[serde(default)]
        department: Option<DepartmentCode>,
        /// The name after which the page begins, from [`AccountPage::next`]; empty for the first.
        #[serde(default)]
        cursor: String,
    } Get "/api/accounts", Needs::Duty(Duty::SeeSettings), () => AccountPage,
    path = |call| {
        let role = call.role.as_ref().map(serde_name).unwrap_or_default();
        let department = call.department.as_deref().unwrap_or_default();
        let pairs = [("prefix", &*call.prefix), ("role", &*role), ("department", department), ("cursor", &*call.cursor)];
        format!("/api/accounts{}", query(pairs))
    }
);

/// A page of [`Accounts`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AccountPage {
    /// The accounts, by name; at most 50.
    pub rows: Vec<AccountLine>,
    /// Cursor of the next page; `None` on the last.
    pub next: Option<String>,
}

/// An account, without its password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AccountLine {
    /// The name to sign in with.
    pub username: String,
    /// The person's name.
    pub name: String,
    /// The role.
    pub role: Role,
    /// Which cases it reaches.
    pub reach: Reach,
    /// Whether nobody signs in by it any more.
    pub disabled: bool,
}

/// Days on which somebody is not at work, both included, in India.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Absence {
    /// The first day.
    pub first: NaiveDate,
    /// The last day; not before the first, and at most [`Absence::LONGEST`] days after it.
    pub last: NaiveDate,
}

impl Absence {
    /// The longest absence, in days; who stays away longer has another account disabled or moved.
    pub const LONGEST: i64 = 366;

    /// Whether the days are in order, not all over, and not too many.
    #[must_use]
    pub fn fits(&self, today: NaiveDate) -> bool {
        let days = (self.last - self.first).num_days();
        (0..Self::LONGEST).contains(&days) && self.last >= today && (self.first - today).num_days() <= Self::LONGEST
    }

    /// Whether it is one of its days.
    #[must_use]
    pub fn covers(&self, day: NaiveDate) -> bool {
        (self.first..=self.last).contains(&day)
    }
}

/// Somebody in a place of work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RosterLine {
    /// The account.
    pub account: AccountLine,
    /// The name of their office.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office: Option<Names>,
    /// When they are away; `None` where nobody has said so, or it is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub away: Option<Absence>,
    /// Open cases of their office, for a nodal officer's own department; `None` for others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<u32>,
    /// What is told of their calls, for those who make or score some; `None` for others. There is no ranking, and nothing about
    /// how fast they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work: Option<CallWork>,
}

/// Somebody's calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CallWork {
    /// Calls of the last seven days in which they spoke with somebody; of a lead, those that they have scored.
    pub calls: u32,
    /// How well; of a lead, how far their scores and those of others differ for the same calls.
    pub scores: CallScores,
}

/// A page of a roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RosterPage {
    /// The people, by the names to sign in with.
    pub rows: Vec<RosterLine>,
    /// Cursor of the next page; `None` on the last.
    pub next: Option<String>,
}

endpoint!(
    /// The people whose roster one keeps, and who of them is away. Disabled accounts are left out.
    Roster {
        /// Only this role; `None` for all whose roster one keeps.
        #[serde(default)]
        role: Option<Role>,
        /// Only people of whom every word stands in their names, or in name or number of their office; empty for all.
        #[serde(default)]
        part: String,
        /// Whether only those are wanted who are away, today or later.
        #[serde(default)]
        away: bool,
        /// The name after which the page begins; empty for the first.
        #[serde(default)]
        cursor: String,
    } Get "/api/roster", Needs::Duty(Duty::KeepRoster), () => RosterPage,
    path = |call| {
        let role = call.role.as_ref().map(serde_name).unwrap_or_default();
        let away = if call.away { "true" } else { "" };
        let pairs = [("role", &*role), ("part", &*call.part), ("away", away), ("cursor", &*call.cursor)];
        format!("/api/roster{}", query(pairs))
    }
);

endpoint!(
    /// Says when somebody is away, or that they are back. Cases of an office at which everybody is away wait for nobody, which
    /// the office's department is told.
    SetAbsence {
        /// The name to sign in with.
        username: String,
    } Post "/api/accounts/{username}/absence", Needs::Duty(Duty::KeepRoster), SetAbsenceRequest => RosterLine,
    path = |call| format!("/api/accounts/{}/absence", call.username)
);

/// Body of [`SetAbsence`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SetAbsenceRequest {
    /// When they were away as it was seen; null where nothing was said, or it was over. Where it is not so any more, nothing is
    /// changed: `overtaken`.
    #[serde(deserialize_with = "Option::deserialize")]
    #[cfg_attr(feature = "schema", schemars(required))]
    pub seen: Option<Absence>,
    /// The days; null where they are back. It must be there: an empty request ends nobody's absence.
    #[serde(deserialize_with = "Option::deserialize")]
    #[cfg_attr(feature = "schema", schemars(required))]
    pub away: Option<Absence>,
}

/// Which cases an account reaches; nothing for a role of the whole state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reach {
    /// A department: for nodal officers. That of an office need not be said.
    #[serde(default)]
    pub department: Option<DepartmentCode>,
    /// An office: for office officers.
    #[serde(default)]
    pub office: Option<OfficeId>,
    /// A district: for field validators.
    #[serde(default)]
    pub district: Option<Lgd>,
}

endpoint!(
    /// Adds an account. A name that is taken is refused (409 `name_taken`).
    AddAccount {} Post "/api/accounts", Needs::Duty(Duty::Administer), AddAccountRequest => AccountLine
);

/// Body of [`AddAccount`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AddAccountRequest {
    /// The name to sign in with: 3 to 64 small letters a to z, digits, dots, hyphens and underscores.
    pub username: String,
    /// The person's name, in 1 to 100 letters.
    pub name: String,
    /// The role; neither citizen nor system.
    pub role: Role,
    /// Which cases it reaches.
    #[serde(default)]
    pub reach: Reach,
    /// The password, of 12 letters or more, at most 1,000 bytes.
    pub password: String,
}

endpoint!(
    /// Lets nobody sign in by an account any more, and ends its sessions. Another password opens it again.
    DisableAccount {
        /// The name to sign in with.
        username: String,
    } Post "/api/accounts/{username}/disable", Needs::Duty(Duty::Administer), () => AccountLine,
    path = |call| format!("/api/accounts/{}/disable", call.username)
);

endpoint!(
    /// Gives an account another role or reach. Its open sessions go by it from the next request.
    ChangeAccountRole {
        /// The name to sign in with.
        username: String,
    } Post "/api/accounts/{username}/role", Needs::Duty(Duty::Administer), ChangeAccountRoleRequest => AccountLine,
    path = |call| format!("/api/accounts/{}/role", call.username)
);

/// Body of [`ChangeAccountRole`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChangeAccountRoleRequest {
    /// The role.
    pub role: Role,
    /// Which cases it reaches.
    #[serde(default)]
    pub reach: Reach,
}

endpoint!(
    /// Gives an account another password, and ends its sessions. The password is chosen by whoever sends it and comes in no
    /// answer: one that the server made up and showed would lie in the browser's and every proxy's memory of answers.
    SetAccountPassword {
        /// The name to sign in with.
        username: String,
    } Post "/api/accounts/{username}/password", Needs::Duty(Duty::Administer), SetAccountPasswordRequest => AccountLine,
    path = |call| format!("/api/accounts/{}/password", call.username)
);

/// Body of [`SetAccountPassword`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SetAccountPasswordRequest {
    /// The password, of 12 letters or more, at most 1,000 bytes.
    pub password: String,
    /// Whether a disabled account is to come back by it. A disabled one is refused without this, any other one with it.
    #[serde(default)]
    pub enable: bool,
}
