//! Accounts of the staff: who signs in, with which role, and which cases they reach. Open sessions go by it at once.

use super::absence::away;
use super::admin::Fault;
use crate::state::App;
use crate::store::{Account, AccountFilter, ReadDirectory, Store, StoreError};
use crate::tables::Tables;
use model::lifecycle::Party;
use model::wire::{AccountLine, AccountPage, Office, ProblemCode, Reach};
use model::{Actor, DepartmentCode, OfficeId, Role, Scope, StaffId, Time, text};
use std::collections::{HashMap, HashSet};
use zxcvbn::{Score, zxcvbn};

/// More officers than a department has.
const MOST_OFFICERS: u32 = 20_000;
/// Accounts on a page.
const PAGE: u32 = 50;
/// Fewest letters of a password.
const PASSWORD: usize = 12;
/// Most bytes of a password, so that hashing one takes no longer than any other.
const PASSWORD_BYTES: usize = 1_000;
/// Most bytes of a person's name: a letter may carry any number of marks.
const NAME_BYTES: usize = 1_000;
/// The name of the service, of which nobody's password should be made.
const SERVICE: &str = "pratikar";

/// What a reach is checked against.
#[derive(Debug, Clone, Copy)]
pub struct Directory<'f> {
    /// Departments and districts.
    pub tables: &'f Tables,
    /// Offices by number, the closed ones too.
    pub offices: &'f HashMap<OfficeId, Office>,
}

/// An account to be added.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// The name to sign in with.
    pub username: String,
    /// The person's name.
    pub name: String,
    /// The role.
    pub role: Role,
    /// Which cases it reaches.
    pub reach: Reach,
    /// Hash of the password, argon2id in PHC format.
    pub password: String,
}

/// What is done to an account.
#[derive(Debug, Clone)]
pub enum Deed {
    /// Nobody signs in by it any more.
    Disable,
    /// Another role or reach.
    Role(Role, Reach),
    /// Another password: its hash, argon2id in PHC format. Not for a disabled account, which would come back by it.
    Password(String),
    /// A disabled account comes back, with this password: its hash, argon2id in PHC format.
    Enable(String),
}

/// The offices of a department at which somebody is at work today: can sign in and is not away.
///
/// # Errors
/// Where the store does not answer.
pub async fn attended(app: &App, department: &DepartmentCode, now: Time) -> Result<HashSet<OfficeId>, StoreError> {
    let filter = AccountFilter {
        roles: vec![Role::OfficeOfficer],
        department: Some(department.clone()),
        ..AccountFilter::default()
    };
    // A department has an office in each block and town at the most.
    let accounts = app.reader().accounts(&filter, "", MOST_OFFICERS).await?;
    let away = away(app, now).await?;
    let is_away = |account: &Account| account.actor.staff.is_some_and(|staff| away.contains_key(&staff));
    let office = |account: &Account| match &account.actor.scope {
        Scope::Office(party) if !account.password.is_empty() && !is_away(account) => party.office,
        _ => None,
    };
    Ok(accounts.iter().filter_map(office).collect())
}

/// A page of accounts by name; `cursor` is empty for the first.
///
/// # Errors
/// Where the store does not answer.
pub async fn list(store: &dyn ReadDirectory, filter: &AccountFilter, cursor: &str) -> Result<AccountPage, StoreError> {
    let mut accounts = store.accounts(filter, cursor, PAGE + 1).await?;
    let more = accounts.len() > PAGE as usize;
    accounts.truncate(PAGE as usize);
    let next = accounts.last().filter(|_| more).map(|last| last.username.clone());
    Ok(AccountPage { rows: accounts.iter().map(line).collect(), next })
}

/// An account as it is shown: without its password.
#[must_use]
pub fn line(account: &Account) -> AccountLine {
    AccountLine {
        username: account.username.clone(),
        name: account.name.clone(),
        role: account.actor.role,
        reach: reach(&account.actor.scope),
        disabled: account.password.is_empty(),
    }
}

/// What a scope reaches.
#[must_use]
pub fn reach(scope: &Scope) -> Reach {
    match scope {
        Scope::Department(department) => Reach { department: Some(department.clone()), ..Reach::default() },
        Scope::Office(party) => {
            Reach { department: Some(party.department.clone()), office: party.office, ..Reach::default() }
        }
        Scope::District(district) => Reach { district: Some(*district), ..Reach::default() },
        Scope::State | Scope::Own(_) | Scope::Case { .. } => Reach::default(),
    }
}

/// Adds an account.
///
/// # Errors
/// Where somebody signs in by its name already; where name, role or reach are not acceptable.
pub async fn add(
    store: &dyn Store,
    directory: Directory<'_>,
    new: NewAccount,
    now: Time,
) -> Result<AccountLine, Fault> {
    let username = new.username.trim().to_lowercase();
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_".contains(c);
    if !(3..=64).contains(&username.len()) || !username.chars().all(fits) {
        return Err(bad("the name to sign in with has 3 to 64 letters a to z, digits, dots, hyphens and underscores"));
    }
    if !username.contains(|c: char| c.is_ascii_alphanumeric()) {
        return Err(bad("the name to sign in with has a letter or a digit"));
    }
    let name = text::clean_line(&new.name);
    if text::is_blank(&name) || text::length(&name) > 100 || name.len() > NAME_BYTES {
        return Err(bad("the person's name has 1 to 100 letters"));
    }
    let scope = scope(new.role, &new.reach, directory)?;
    // Above the numbers of demo accounts.
    let number = getrandom::u32().map_err(|error| StoreError::Unavailable(error.to_string()))?;
    let staff = StaffId::new(1_000_000 + number % 1_000_000_000);
    let actor = Actor::of_staff(staff, new.role, scope);
    let account = Account { actor, username, name, password: new.password, mobile: None };
    match store.change_account(None, &account, now).await? {
        true => Ok(line(&account)),
        false => {
            let says = format!("somebody signs in as {} already: choose another name", account.username);
            Err(Fault::new(ProblemCode::NameTaken, says))
        }
    }
}

/// Changes an account. `by` is the administrator who does it, who can neither disable their own account nor give it another
/// role: nobody might be left to take that back. `None` at the command line, which is always the way in.
///
/// # Errors
/// Where nobody signs in by this name; where role or reach are not acceptable; where somebody else has changed it
/// meanwhile.
pub async fn change(
    store: &dyn Store,
    directory: Directory<'_>,
    username: &str,
    deed: Deed,
    by: Option<StaffId>,
    now: Time,
) -> Result<AccountLine, Fault> {
    let before = find(store, username).await?;
    let mut after = before.clone();
    let ends_sessions = matches!(deed, Deed::Disable | Deed::Password(_) | Deed::Enable(_));
    let ends_absence = matches!(deed, Deed::Disable | Deed::Role(..));
    let locks_out = match &deed {
        Deed::Disable => true,
        Deed::Role(role, _) => *role != before.actor.role,
        Deed::Password(_) | Deed::Enable(_) => false,
    };
    if locks_out && by.is_some() && by == before.actor.staff {
        let says = "this is your own account: another administrator can do it, so that nobody is locked out";
        return Err(Fault::new(ProblemCode::OwnAccount, says));
    }
    match deed {
        Deed::Disable => after.password = String::new(),
        Deed::Role(role, reach) => {
            after.actor.scope = scope(role, &reach, directory)?;
            after.actor.role = role;
        }
        Deed::Password(_) if before.password.is_empty() => {
            let says = "this account is disabled, and stays so: enable it if it is to come back";
            return Err(Fault::new(ProblemCode::BadAccount, says));
        }
        Deed::Enable(_) if !before.password.is_empty() => {
            return Err(Fault::new(ProblemCode::BadAccount, "this account is not disabled: give it another password"));
        }
        Deed::Password(hash) | Deed::Enable(hash) => after.password = hash,
    }
    if !store.change_account(Some(&before), &after, now).await? {
        return Err(Fault::overtaken(None));
    }
    // A role takes effect in open sessions, which read it with each request; another password, or none, ends them.
    if let Some(staff) = after.actor.staff.filter(|_| ends_sessions) {
        store.end_sessions_of(staff).await?;
    }
    // An absence was from that work; nobody could end it for a disabled account.
    if let Some(staff) = after.actor.staff.filter(|_| ends_absence) {
        store.end_absence(staff).await?;
    }
    Ok(line(&after))
}

/// An account by its name.
///
/// # Errors
/// Where nobody signs in by it.
pub async fn find(store: &dyn ReadDirectory, username: &str) -> Result<Account, Fault> {
    let found = store.account(username).await?;
    found.ok_or_else(|| Fault::new(ProblemCode::NotFound, format!("nobody signs in as {username}")))
}

/// Whether a password will do.
///
/// # Errors
/// Where it is too short, far too long, or easy to guess.
pub fn password_fits(password: &str, about: &[&str]) -> Result<(), Fault> {
    if text::length(password) < PASSWORD || password.len() > PASSWORD_BYTES {
        return Err(bad(format!(
            "the password must have at least {PASSWORD} letters, and at most {PASSWORD_BYTES} bytes"
        )));
    }
    if text::is_blank(password) {
        return Err(bad("the password must have more than spaces and signs"));
    }
    let known: Vec<&str> = about.iter().copied().chain([SERVICE]).collect();
    if zxcvbn(password, &known).score() < Score::Three {
        return Err(bad("this password is easy to guess: take several words that do not belong together"));
    }
    Ok(())
}

/// The scope of a role with this reach.
///
/// # Errors
/// Where the role is none of staff, or the reach does not exist or does not fit it.
pub fn scope(role: Role, reach: &Reach, directory: Directory<'_>) -> Result<Scope, Fault> {
    let Reach { department, office, district } = reach;
    match (role, department, office, district) {
        (Role::Citizen | Role::System, ..) => Err(bad("this is no role of an account")),
        (Role::OfficeOfficer, of, Some(id), None) => {
            let office = directory.offices.get(id).filter(|office| !office.closed);
            let office = office.ok_or_else(|| bad(format!("there is no open office {id}")))?;
            if of.as_ref().is_some_and(|of| *of != office.department) {
                return Err(bad(format!("office {id} is of {}", office.department)));
            }
            Ok(Scope::Office(Party { department: office.department.clone(), office: Some(*id) }))
        }
        (Role::OfficeOfficer, ..) => Err(bad("this role is of an office: say which, and no district")),
        (Role::FieldValidator, None, None, Some(district)) => {
            if !directory.tables.has_district(*district) {
                return Err(bad(format!("there is no district {district}")));
            }
            Ok(Scope::District(*district))
        }
        (Role::FieldValidator, ..) => Err(bad("this role is of a district: say which, and nothing else")),
        (role, Some(department), None, None) if role.is_of_department() => {
            if directory.tables.department(department).is_none() {
                return Err(bad(format!("there is no department {department}")));
            }
            Ok(Scope::Department(department.clone()))
        }
        (role, ..) if role.is_of_department() => Err(bad("this role is of a department: say which, and nothing else")),
        (_, None, None, None) => Ok(Scope::State),
        _ => Err(bad("this role is of the whole state: it has no department, office or district")),
    }
}

fn bad(says: impl Into<String>) -> Fault {
    Fault::new(ProblemCode::BadAccount, says)
}
