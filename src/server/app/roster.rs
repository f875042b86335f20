//! Who works where, and who is away until when.

use super::absence::absences;
use super::account::line;
use super::admin::Fault;
use super::comparison::caught_up;
use crate::failure::Failure;
use crate::state::App;
use crate::store::{Account, AccountFilter};
use model::clock::ist_date;
use model::duty::keeps;
use model::wire::{Absence, ProblemCode, Roster, RosterLine, RosterPage};
use model::{Actor, DepartmentCode, OfficeId, Role, Scope, StaffId, Time};
use std::collections::HashMap;

/// People on a page.
const PAGE: u32 = 50;

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
    let absences = absences(app, now).await?;
    let among = wish.away.then(|| absences.keys().copied().collect());
    let part = wish.part.clone();
    let filter = AccountFilter { roles, department, enabled: true, part, among, ..AccountFilter::default() };
    let mut accounts = app.reader().accounts(&filter, &wish.cursor, PAGE + 1).await?;
    let more = accounts.len() > PAGE as usize;
    accounts.truncate(PAGE as usize);
    let next = accounts.last().filter(|_| more).map(|last| last.username.clone());
    let open = open(app, actor, now).await?;
    let rows = accounts.iter().map(|account| of(account, &absences, open.as_ref())).collect();
    Ok(RosterPage { rows, next })
}

fn of(account: &Account, absences: &HashMap<StaffId, Absence>, open: Option<&HashMap<OfficeId, u32>>) -> RosterLine {
    let away = account.actor.staff.and_then(|staff| absences.get(&staff).copied());
    let office = match &account.actor.scope {
        Scope::Office(party) => party.office,
        _ => None,
    };
    let open = open.zip(office).map(|(open, office)| open.get(&office).copied().unwrap_or(0));
    RosterLine { account: line(account), away, open }
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
/// `NotFound` where one does not keep their roster; `BadAccount` where the days do not fit.
pub async fn set(
    app: &App,
    actor: &Actor,
    username: &str,
    away: Option<Absence>,
    now: Time,
) -> Result<RosterLine, Failure> {
    // Whether there is such an account is nothing to those who do not keep its roster.
    let account = app.store.account(username).await?.ok_or_else(|| Failure::of(ProblemCode::NotFound))?;
    let foreign = own_department(actor).is_some_and(|own| account.actor.department() != Some(own));
    let (Some(staff), Some(by)) = (account.actor.staff, actor.staff) else {
        return Err(Failure::of(ProblemCode::NotFound));
    };
    if foreign || !keeps(actor.role, account.actor.role) || account.password.is_empty() {
        return Err(Failure::of(ProblemCode::NotFound));
    }
    if away.is_some_and(|days| !days.fits(ist_date(now))) {
        let says = "an absence ends today or later, begins within a year, and lasts a year at the most";
        return Err(Fault::new(ProblemCode::BadAccount, says).into());
    }
    app.store.put_absence(staff, away, by, now).await?;
    let absences = away.map(|days| (staff, days)).into_iter().collect();
    let open = open(app, actor, now).await?;
    Ok(of(&account, &absences, open.as_ref()))
}
