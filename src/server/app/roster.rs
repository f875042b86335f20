//! Who works where, and who is away until when.

use super::absence::absences;
use super::account::line;
use super::admin::Fault;
use super::comparison::caught_up;
use super::quality::Told;
use crate::failure::Failure;
use crate::state::App;
use crate::store::{Account, AccountFilter};
use model::clock::ist_date;
use model::duty::keeps;
use model::wire::{Absence, AccountLine, CallWork, ProblemCode, Roster, RosterLine, RosterPage, SetAbsenceRequest};
use model::{Actor, DepartmentCode, OfficeId, Role, Scope, StaffId, Time, text};
use std::collections::HashMap;

/// People on a page.
const PAGE: usize = 50;
/// More people than there are on a roster.
const MOST: u32 = 20_000;

/// The department to which an actor's roster is limited.
fn own_department(actor: &Actor) -> Option<&DepartmentCode> {
    match &actor.scope {
        Scope::Department(department) => Some(department),
        _ => None,
    }
}

/// A page of the people whose roster somebody keeps.
///
/// # Errors
/// Where the store does not answer.
pub async fn page(app: &App, actor: &Actor, wish: &Roster, now: Time) -> Result<RosterPage, Failure> {
    let wanted = |of: &Role| keeps(actor.role, *of) && wish.role.is_none_or(|role| role == *of);
    let roles: Vec<Role> = Role::ALL.into_iter().filter(wanted).collect();
    if roles.is_empty() {
        return Ok(RosterPage { rows: Vec::new(), next: None });
    }
    let department = own_department(actor).cloned();
    let filter = AccountFilter { roles, department, enabled: true, ..AccountFilter::default() };
    let (absences, open) = (absences(app, now).await?, open(app, actor, now).await?);
    let key = text::search_key(&wish.part);
    let words: Vec<&str> = key.split(' ').filter(|word| !word.is_empty()).collect();
    // Names of offices stand in no table of accounts, so they are all read: some thousands.
    let accounts = app.reader().accounts(&filter, &wish.cursor, MOST).await?;
    let lines = accounts.iter().map(|account| (account, line_of(app, account, &absences, open.as_ref())));
    let wanted = |(_, line): &(&Account, RosterLine)| (!wish.away || line.away.is_some()) && has(line, &words);
    let mut found: Vec<(&Account, RosterLine)> = lines.filter(wanted).take(PAGE + 1).collect();
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    // What is told of calls costs a look at every score: for those alone who are shown.
    let told = told(app, found.iter().map(|(account, _)| account.actor.role), now).await?;
    let with_work =
        |(account, line): (&Account, RosterLine)| RosterLine { work: work_of(told.as_ref(), account), ..line };
    let rows: Vec<RosterLine> = found.into_iter().map(with_work).collect();
    let next = rows.last().filter(|_| more).map(|last| last.account.username.clone());
    Ok(RosterPage { rows, next })
}

/// Whether every word stands in the names of somebody, or in name or number of their office.
fn has(line: &RosterLine, words: &[&str]) -> bool {
    if words.is_empty() {
        return true;
    }
    let AccountLine { username, name, reach, .. } = &line.account;
    let office = line.office.as_ref().map_or_else(String::new, |office| format!("{} {}", office.bn, office.en));
    let number = reach.office.map_or_else(String::new, |office| office.to_string());
    let key = text::search_key(&format!("{username} {name} {office} {number}"));
    words.iter().all(|word| key.contains(word))
}

fn line_of(
    app: &App,
    account: &Account,
    absences: &HashMap<StaffId, Absence>,
    open: Option<&HashMap<OfficeId, u32>>,
) -> RosterLine {
    let account_line = line(account);
    let away = account.actor.staff.and_then(|staff| absences.get(&staff).copied());
    let office = account_line.reach.office;
    let open = open.zip(office).map(|(open, office)| open.get(&office).copied().unwrap_or(0));
    let office = office.and_then(|office| app.facts.offices.get(&office)).map(|office| office.name.clone());
    RosterLine { account: account_line, office, away, open, work: None }
}

fn work_of(told: Option<&Told>, account: &Account) -> Option<CallWork> {
    told?.of(account.actor.role, account.actor.staff?)
}

/// What is told of calls, where any of these roles has to do with them.
async fn told(app: &App, mut roles: impl Iterator<Item = Role>, now: Time) -> Result<Option<Told>, Failure> {
    let calls = |role: Role| matches!(role, Role::TeleCaller | Role::VerificationCaller | Role::QualityLead);
    if roles.any(calls) { Ok(Some(Told::read(app, now).await?)) } else { Ok(None) }
}

/// The open cases of each office, for somebody of one department.
async fn open(app: &App, actor: &Actor, now: Time) -> Result<Option<HashMap<OfficeId, u32>>, Failure> {
    let Some(department) = own_department(actor).cloned() else { return Ok(None) };
    let feed = caught_up(app).await?;
    let counted = tokio::task::spawn_blocking(move || {
        let cube = feed.cube();
        let figures = cube.offices(&department, |_| true, None, now);
        figures.into_iter().filter_map(|(code, figures)| Some((code.parse().ok()?, figures.open()))).collect()
    });
    Ok(Some(counted.await.map_err(|error| Failure::internal(&error))?))
}

/// Says when somebody is away, or that they are back.
///
/// # Errors
/// `NotFound` where one does not keep their roster; `BadAccount` where the days do not fit; `Overtaken` where it is not as it was
/// seen any more.
pub async fn set(
    app: &App,
    actor: &Actor,
    username: &str,
    wish: &SetAbsenceRequest,
    now: Time,
) -> Result<RosterLine, Failure> {
    // Whether there is such an account is nothing to those who do not keep its roster.
    let not_found = || Failure::of(ProblemCode::NotFound);
    let account = app.store.account(username).await?.ok_or_else(not_found)?;
    let foreign = own_department(actor).is_some_and(|own| account.actor.department() != Some(own));
    let (Some(staff), Some(by)) = (account.actor.staff, actor.staff) else { return Err(not_found()) };
    if foreign || !keeps(actor.role, account.actor.role) || account.password.is_empty() {
        return Err(not_found());
    }
    if wish.away.is_some_and(|days| !days.fits(ist_date(now))) {
        let says = "an absence ends today or later, begins within a year, and lasts a year at the most";
        return Err(Fault::new(ProblemCode::BadAccount, says).into());
    }
    if !app.store.change_absence(staff, wish.seen, wish.away, by, now).await? {
        return Err(Fault::overtaken(None).into());
    }
    let absences = wish.away.map(|days| (staff, days)).into_iter().collect();
    let told = told(app, std::iter::once(account.actor.role), now).await?;
    let line = line_of(app, &account, &absences, open(app, actor, now).await?.as_ref());
    Ok(RosterLine { work: work_of(told.as_ref(), &account), ..line })
}
