//! The telephones of those who take grievances.

use super::policy::{self, Wish, staff_of};
use super::read::readable;
use crate::exchange::{Dial, Told};
use crate::failure::Failure;
use crate::secret::random_hex;
use crate::state::App;
use crate::store::{Heard, LineCall as Stored, StoreError};
use chrono::Duration;
use model::clock::{ist_date, ist_midnight};
use model::wire::{CallState, LineCall, LineDay, MissedCall, ProblemCode};
use model::{Actor, Mobile, Reference, StaffId, Time};

/// Hours after which a call is over even if its end was never told.
const LONGEST_HOURS: i64 = 2;
/// Minutes after which it does not ring any more even if its end was never told.
const RINGS_MINUTES: i64 = 3;
/// Days within which somebody is rung back.
const BACK_DAYS: i64 = 2;
/// Times that somebody is rung back in vain.
const BACK_TRIES: u32 = 3;
/// Minutes for which a number that somebody rings back is nobody else's.
const BACK_MINUTES: i64 = 10;
/// Seconds within which nobody rings a second number: until the first call is on their telephone.
const HANDS_SECONDS: i64 = 5;
/// Digits of a number that its list shows.
const ENDS: usize = 4;

/// Somebody rings. What is told of a number that is none here is kept without it.
///
/// # Errors
/// Where the store does not answer.
pub(super) async fn arrives(app: &App, told: &Told) -> Result<(), StoreError> {
    let mobile = told.from.as_deref().and_then(|from| Mobile::parse(from).ok());
    app.store.begin_line(Stored::begun(told.call_id.clone(), told.agent, mobile, false, told.at)).await
}

/// A call is over. Whom nobody has reached stands on the list of those to be rung back again.
///
/// # Errors
/// Where the store does not answer.
pub(super) async fn ended(app: &App, id: &str, now: Time) -> Result<(), StoreError> {
    let call = app.store.line_call(id).await?.filter(|call| call.back && call.answered.is_none());
    if let Some(mobile) = call.and_then(|call| call.mobile) {
        app.store.take_turn(&back_turn(app, &mobile), id, now, now).await?;
    }
    Ok(())
}

/// The call on this actor's telephone.
///
/// # Errors
/// Where the store does not answer.
pub async fn line(app: &App, actor: &Actor, now: Time) -> Result<Option<LineCall>, Failure> {
    Ok(on(app, staff_of(actor)?, now).await?.as_ref().map(shown))
}

async fn on(app: &App, staff: StaffId, now: Time) -> Result<Option<Stored>, Failure> {
    let call = app.store.line_of(staff, now - Duration::hours(LONGEST_HOURS)).await?;
    Ok(call.filter(|call| call.answered.is_some() || now - call.begun <= Duration::minutes(RINGS_MINUTES)))
}

/// Ends the call on this actor's telephone.
///
/// # Errors
/// 404 where there is none; 503 where the exchange does not take it.
pub async fn end(app: &App, actor: &Actor, now: Time) -> Result<(), Failure> {
    let call = on(app, staff_of(actor)?, now).await?.ok_or_else(|| Failure::of(ProblemCode::NotFound))?;
    let exchange = app.config.exchange.as_ref().ok_or_else(|| Failure::of(ProblemCode::Unavailable))?;
    exchange.hang_up(&call.id).await.map_err(|error| {
        tracing::warn!(%error, "the exchange has not ended a call");
        Failure::of(ProblemCode::Unavailable)
    })
}

/// Says which grievance a call on this actor's telephone was about.
///
/// # Errors
/// 404 where the call was not on it, or the grievance is not theirs to read.
pub async fn tie(app: &App, actor: &Actor, id: &str, of: Reference) -> Result<(), Failure> {
    readable(app, actor, of).await?;
    match app.store.tie_line(id, staff_of(actor)?, of).await? {
        true => Ok(()),
        false => Err(Failure::of(ProblemCode::NotFound)),
    }
}

/// This actor's calls of today, and whom nobody has answered.
///
/// # Errors
/// Where the store does not answer.
pub async fn day(app: &App, actor: &Actor, now: Time) -> Result<LineDay, Failure> {
    let work = app.store.line_work(staff_of(actor)?, ist_midnight(ist_date(now))).await?;
    let missed = app.store.missed(now - Duration::days(BACK_DAYS), BACK_TRIES).await?;
    let turns: Vec<String> = missed.iter().map(|missed| back_turn(app, &missed.mobile)).collect();
    let taken = app.store.turns(&turns, now).await?;
    let free = missed.into_iter().zip(turns).filter(|(_, turn)| !taken.iter().any(|(known, _)| known == turn));
    let missed = free.map(|(missed, _)| {
        let digits = missed.mobile.as_str();
        let ends = digits.get(digits.len() - ENDS..).unwrap_or_default().to_owned();
        MissedCall { id: missed.id, ends, times: missed.times, latest: missed.latest, tries: missed.tries }
    });
    Ok(LineDay { answered: work.answered, about: work.taken, missed: missed.collect() })
}

/// The turn of ringing back a number, by its keyed hash.
fn back_turn(app: &App, mobile: &Mobile) -> String {
    format!("back {}", app.person(mobile).get())
}

/// Rings back a number that nobody has answered.
///
/// # Errors
/// 404 where it is not on the list any more, somebody rings it, or there is a call on this telephone; 429 where they read too
/// fast; 503 where the exchange does not take it.
pub async fn ring_back(app: &App, actor: &Actor, id: &str, now: Time) -> Result<LineCall, Failure> {
    let staff = staff_of(actor)?;
    let missed = app.store.missed(now - Duration::days(BACK_DAYS), BACK_TRIES).await?;
    let gone = || Failure::of(ProblemCode::NotFound);
    let mobile = missed.into_iter().find(|missed| missed.id == id).ok_or_else(gone)?.mobile;
    let exchange = app.config.exchange.as_ref().ok_or_else(|| Failure::of(ProblemCode::Unavailable))?;
    // A turn is this call's own: of several requests at once, of one person or many, one rings.
    let call = Stored::begun(random_hex::<16>()?, Some(staff), Some(mobile.clone()), true, now);
    let (turn, until) = (back_turn(app, &mobile), now + Duration::minutes(BACK_MINUTES));
    let hands = format!("hands of {staff}");
    if on(app, staff, now).await?.is_some()
        || !app.store.take_turn(&hands, &call.id, now, now + Duration::seconds(HANDS_SECONDS)).await?
        || !app.store.take_turn(&turn, &call.id, now, until).await?
    {
        return Err(gone());
    }
    // The number is shown; that is on record like any other reading of what a number has lodged.
    if let Err(failure) = policy::read(app, actor, Wish::Caller(app.person(&mobile), 0), now).await {
        app.store.take_turn(&turn, &call.id, now, now).await?;
        return Err(failure);
    }
    // Before it rings, so that nothing is heard of an unknown call.
    app.store.begin_line(call.clone()).await?;
    if let Err(error) = exchange.dial(&Dial::new(call.id.clone(), staff, &mobile)).await {
        tracing::warn!(%error, "the exchange has not taken a call");
        app.store.hear_line(&call.id, Heard::Failed, now).await?;
        app.store.take_turn(&turn, &call.id, now, now).await?;
        return Err(Failure::of(ProblemCode::Unavailable));
    }
    Ok(shown(&call))
}

fn shown(call: &Stored) -> LineCall {
    let state = match call {
        Stored { answered: Some(_), .. } => CallState::Speaking,
        // Who rings us is heard at once; whom we ring, when the exchange tells so.
        Stored { back: true, rang: None, .. } => CallState::Dialling,
        _ => CallState::Ringing,
    };
    let mobile = call.mobile.as_ref().map(|mobile| mobile.as_str().to_owned());
    LineCall { id: call.id.clone(), mobile, back: call.back, state, begun: call.begun }
}
