//! What people administer: tables, offices, accounts.

use super::call::{Call, Reply};
use crate::app::account::{self, Deed, Directory, NewAccount};
use crate::app::admin::{self, Wanted};
use crate::app::office;
use crate::app::password;
use crate::app::roster;
use crate::failure::Failure;
use crate::state::{App, Facts};
use crate::store::{AccountFilter, Session, StoreError};
use model::StaffId;
use model::wire::{
    AccountLine, AccountPage, Accounts, AddAccount, ChangeAccountRole, ChangeMade, ChangeOffice, ChangeTable, Changes,
    DisableAccount, Endpoint, GetSettings, GetTable, OfficeChanged, Roster, RosterLine, RosterPage, SetAbsence,
    SetAccountPassword, SettingHistory, Settings, Table, Trial, TryChange, UndoChange,
};

/// The tables with their newest changes.
pub async fn settings(call: Call<GetSettings>) -> Result<Reply<Settings>, Failure> {
    Ok(Reply::ok(admin::tables(call.app.reader()).await?))
}

/// What stands in a table.
pub async fn table(call: Call<GetTable>) -> Result<Reply<Table>, Failure> {
    Ok(Reply::ok(admin::table(call.app.reader(), &call.app.config.public, &call.path.name).await?))
}

/// A page of the changes.
pub async fn history(call: Call<SettingHistory>) -> Result<Reply<Changes>, Failure> {
    Ok(Reply::ok(admin::history(call.app.reader(), call.path.cursor, call.path.limit).await?))
}

/// Tries a change.
pub async fn try_change(call: Call<TryChange>) -> Result<Reply<Trial>, Failure> {
    let (app, text) = (&call.app, call.body.text.as_deref());
    Ok(Reply::ok(admin::trial(app.reader(), &app.config.public, &call.path.name, text).await?))
}

/// Changes a table.
pub async fn change(call: Call<ChangeTable>) -> Result<Reply<ChangeMade>, Failure> {
    let (app, who) = (&call.app, who(&call));
    let (name, body) = (call.path.name, call.body);
    let wanted = Wanted { who, name, why: body.why, text: body.text, undoes: None, newest: Some(body.newest) };
    let seq = admin::change(app.store.as_ref(), &app.config.public, wanted, call.now).await?;
    follow(app).await;
    Ok(Reply::created(ChangeMade { seq }))
}

/// Takes a change back.
pub async fn undo(call: Call<UndoChange>) -> Result<Reply<ChangeMade>, Failure> {
    let (app, body) = (&call.app, &call.body);
    let (store, public) = (app.store.as_ref(), &app.config.public);
    let newest = Some(body.newest);
    let seq = admin::undo(store, public, call.path.seq, &who(&call), &body.why, newest, call.now).await?;
    follow(app).await;
    Ok(Reply::created(ChangeMade { seq }))
}

/// Adds, renames or closes an office.
pub async fn change_office(call: Call<ChangeOffice>) -> Result<Reply<OfficeChanged>, Failure> {
    let (app, who) = (&call.app, who(&call));
    let by = office::By { who, why: call.body.why, newest: Some(call.body.newest) };
    let changed = office::change(app.store.as_ref(), &app.config.public, call.body.deed, by, call.now).await?;
    follow(app).await;
    Ok(Reply::created(changed))
}

/// Who makes a change, as it is recorded.
fn who<E: Endpoint>(call: &Call<E>) -> String {
    let of = |session: &Session| format!("{} ({})", session.name, session.actor.staff.map_or(0, StaffId::get));
    call.session.as_ref().map(of).unwrap_or_default()
}

/// Lets this node go by a change at once; its task does so within a second otherwise, and derives due dates.
async fn follow(app: &App) {
    if let Err(error) = app.refresh().await {
        tracing::error!("what was administered does not hold yet: {error:#}");
    }
}

/// A page of accounts.
pub async fn accounts(call: Call<Accounts>) -> Result<Reply<AccountPage>, Failure> {
    let Accounts { prefix, role, department, cursor } = call.path;
    let roles = role.into_iter().collect();
    let filter = AccountFilter { prefix: prefix.to_lowercase(), roles, department, ..AccountFilter::default() };
    Ok(Reply::ok(account::list(call.app.reader(), &filter, &cursor).await?))
}

/// A page of the people whose roster one keeps.
pub async fn roster(call: Call<Roster>) -> Result<Reply<RosterPage>, Failure> {
    Ok(Reply::ok(roster::page(&call.app, call.actor()?, &call.path, call.now).await?))
}

/// Says when somebody is away.
pub async fn set_absence(call: Call<SetAbsence>) -> Result<Reply<RosterLine>, Failure> {
    Ok(Reply::ok(roster::set(&call.app, call.actor()?, &call.path.username, &call.body, call.now).await?))
}

/// Adds an account.
pub async fn add_account(call: Call<AddAccount>) -> Result<Reply<AccountLine>, Failure> {
    let (app, body) = (&call.app, call.body);
    let password = hashed(app, body.password, &[&body.username, &body.name]).await?;
    let new = NewAccount { username: body.username, name: body.name, role: body.role, reach: body.reach, password };
    Ok(Reply::created(account::add(app.store.as_ref(), directory(&app.facts), new, call.now).await?))
}

/// Disables an account.
pub async fn disable_account(call: Call<DisableAccount>) -> Result<Reply<AccountLine>, Failure> {
    done(&call, &call.path.username, Deed::Disable).await
}

/// Gives an account another role or reach.
pub async fn change_role(call: Call<ChangeAccountRole>) -> Result<Reply<AccountLine>, Failure> {
    let deed = Deed::Role(call.body.role, call.body.reach.clone());
    done(&call, &call.path.username, deed).await
}

/// Gives an account another password, or a disabled one a password to come back by.
pub async fn set_password(call: Call<SetAccountPassword>) -> Result<Reply<AccountLine>, Failure> {
    let password = hashed(&call.app, call.body.password.clone(), &[&call.path.username]).await?;
    let deed = if call.body.enable { Deed::Enable(password) } else { Deed::Password(password) };
    done(&call, &call.path.username, deed).await
}

async fn done<E: Endpoint>(call: &Call<E>, username: &str, deed: Deed) -> Result<Reply<AccountLine>, Failure> {
    let (app, by) = (&call.app, call.actor()?.staff);
    let directory = directory(&app.facts);
    Ok(Reply::ok(account::change(app.store.as_ref(), directory, username, deed, by, call.now).await?))
}

fn directory(facts: &Facts) -> Directory<'_> {
    Directory { tables: &facts.tables, offices: &facts.offices }
}

/// The hash of a password that will do, and that is not made of what is known about the account.
async fn hashed(app: &App, password: String, about: &[&str]) -> Result<String, Failure> {
    account::password_fits(&password, about)?;
    let _turn = password::turn(app).await?;
    let hash = tokio::task::spawn_blocking(move || password::hash(&password)).await;
    hash.map_err(|error| Failure::internal(&error))?.map_err(|error| StoreError::Unavailable(error.to_string()).into())
}
