//! Worklists, a caller's earlier grievances, the load of the desks.

use super::call::{Call, Reply};
use crate::app::{alarm, lease, pack, worklist};
use crate::failure::Failure;
use model::Mobile;
use model::lodging::Problem as FieldProblem;
use model::wire::{
    Caller, Desk, Desks, GetHealth, GetHearings, GetQueue, Health, Hearings, KnownCaller, Lease, LeaseCase, Pack,
    QueuePage, TakeAlong,
};

/// A page of the actor's worklist with its counts.
pub async fn page(call: Call<GetQueue>) -> Result<Reply<QueuePage>, Failure> {
    let wanted = &call.path;
    let page = worklist::page(&call.app, call.actor()?, wanted.queue, wanted.due, &wanted.cursor, call.now).await?;
    Ok(Reply::ok(page))
}

/// The calendar of hearings.
pub async fn hearings(call: Call<GetHearings>) -> Result<Reply<Hearings>, Failure> {
    Ok(Reply::ok(worklist::hearings(&call.app, call.actor()?, call.now).await?))
}

/// The first cases of the actor's worklist in full.
pub async fn take_along(call: Call<TakeAlong>) -> Result<Reply<Pack>, Failure> {
    Ok(Reply::ok(pack::take_along(&call.app, call.actor()?, call.now).await?))
}

/// Earlier grievances from a number, for the member of staff who takes the call.
pub async fn caller(call: Call<Caller>) -> Result<Reply<KnownCaller>, Failure> {
    let mobile = Mobile::parse(&call.body.mobile).map_err(|why| Failure::fields(vec![FieldProblem::from(why)]))?;
    Ok(Reply::ok(worklist::caller(&call.app, call.actor()?, &mobile, call.now).await?))
}

/// Takes a case up, or gives it back.
pub async fn lease(call: Call<LeaseCase>) -> Result<Reply<Lease>, Failure> {
    let (actor, interest) = (call.actor()?, call.body.interest);
    let name = call.session.as_ref().map_or("", |session| session.name.as_str());
    Ok(Reply::ok(lease::lease(&call.app, (actor, name), call.path.reference, interest, call.now).await?))
}

/// Alarms about the server.
pub async fn health(call: Call<GetHealth>) -> Result<Reply<Health>, Failure> {
    Ok(Reply::ok(Health { alarms: alarm::alarms(&call.app).await }))
}

/// The load of every desk.
pub async fn desks(call: Call<Desks>) -> Result<Reply<Vec<Desk>>, Failure> {
    Ok(Reply::ok(call.app.store.desks(call.now).await?))
}
