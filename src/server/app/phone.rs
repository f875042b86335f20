//! Telephone calls: ringing a citizen, and what the exchange tells of it.

use super::line;
use super::policy::{self, Wish, staff_of};
use super::read::readable;
use super::worklist::{call_turn, caller_of, hold_for_call};
use crate::exchange::{Dial, Happened, Told};
use crate::failure::Failure;
use crate::secret::random_hex;
use crate::state::App;
use crate::store::{Heard, PhoneCall as Stored, StoreError};
use chrono::Duration;
use model::clock::{ist_date, ist_midnight};
use model::lifecycle::{CallOutcome, NUMBER_SHOWN_HOURS, Refusal, Rung};
use model::wire::{CallState, OwnCalls, PhoneCall, ProblemCode, Ringing};
use model::{Actor, Reference, StaffId, Time};

/// Hours in which the outcome of a call can be recorded, and in which a call may still be open.
const RECORDED_WITHIN: i64 = NUMBER_SHOWN_HOURS;
/// The reason under which the reading of the number is recorded.
const REASON: &str = "verification call";

/// Rings the citizen of a case that this caller was handed.
///
/// # Errors
/// 404 where the case is not theirs; 409 where they were not handed it, or too long ago; 503 where the exchange does not take
/// the call.
pub async fn ring(app: &App, actor: &Actor, of: Reference, now: Time) -> Result<Ringing, Failure> {
    let staff = staff_of(actor)?;
    let case = readable(app, actor, of).await?;
    if !case.can_be_rung(now) || !hold_for_call(app, staff, of, now).await? {
        return Err(Refusal::NotHandedOut.into());
    }
    let mobile = app.store.mobile_of(case.citizen).await?.ok_or_else(|| Failure::of(ProblemCode::NotFound))?;
    policy::read(app, actor, Wish::Number(&case, REASON), now).await?;
    let exchange = app.config.exchange.as_ref();
    // Nobody listens to two citizens at once.
    for open in app.store.open_calls(staff, now - Duration::hours(RECORDED_WITHIN)).await? {
        end(app, &open).await;
    }
    let id = random_hex::<16>()?;
    let call = Stored::begun(id.clone(), staff, of, now, exchange.is_none());
    // Before it rings, so that nothing is heard of an unknown call.
    app.store.begin_call(call.clone()).await?;
    if let Some(exchange) = exchange
        && let Err(error) = exchange.dial(&Dial::new(id.clone(), staff, &mobile)).await
    {
        tracing::warn!(%error, "the exchange has not taken a call");
        app.store.hear_call(&id, Heard::Failed, now).await?;
        return Err(Failure::of(ProblemCode::Unavailable));
    }
    Ok(Ringing { mobile: mobile.as_str().to_owned(), call: shown(&call) })
}

/// Takes what the exchange tells. Anything about an unknown call is ignored: it may be older than what is kept.
///
/// # Errors
/// Where the store does not answer; the exchange then tells it again.
pub async fn hear(app: &App, told: &Told) -> Result<(), StoreError> {
    let heard = match told.event {
        Happened::Arriving => return line::arrives(app, told).await,
        Happened::Ringing => Heard::Rings,
        Happened::Answered => Heard::Answered,
        Happened::Ended => Heard::Ended,
        Happened::Failed => Heard::Failed,
    };
    let (id, at) = (&told.call_id, told.at);
    if app.store.hear_call(id, heard, at).await? {
        return Ok(());
    }
    let known = app.store.hear_line(id, heard, at).await?;
    if known && matches!(heard, Heard::Ended | Heard::Failed) {
        line::ended(app, id, app.now()).await?;
    }
    if !known {
        tracing::info!("the exchange has told of a call that is not known");
    }
    Ok(())
}

/// A call that this caller has begun.
///
/// # Errors
/// 404 where they have not.
pub async fn one(app: &App, actor: &Actor, id: &str) -> Result<PhoneCall, Failure> {
    Ok(shown(&own(app, actor, id).await?))
}

/// Ends a call that this caller has begun.
///
/// # Errors
/// 404 where they have not; 503 where the exchange does not take it.
pub async fn hang_up(app: &App, actor: &Actor, id: &str) -> Result<PhoneCall, Failure> {
    let call = own(app, actor, id).await?;
    if !end(app, &call).await {
        return Err(Failure::of(ProblemCode::Unavailable));
    }
    one(app, actor, id).await
}

/// Ends a call that is not over; answers false where the exchange does not take that.
async fn end(app: &App, call: &Stored) -> bool {
    let Some(exchange) = app.config.exchange.as_ref().filter(|_| !state(call).is_over()) else { return true };
    let ended = exchange.hang_up(&call.id).await;
    if let Err(error) = &ended {
        tracing::warn!(%error, "the exchange has not ended a call");
    }
    ended.is_ok()
}

/// The call that this caller is making about a case, or has made and not recorded; a page that is loaded again goes on with
/// it. `None` where there is none.
///
/// # Errors
/// Where the store does not answer.
pub(super) async fn going_on(
    app: &App,
    staff: StaffId,
    of: Reference,
    now: Time,
) -> Result<Option<PhoneCall>, Failure> {
    let newest = app.store.newest_call(staff, of, now - Duration::hours(RECORDED_WITHIN)).await?;
    Ok(newest.map(|call| shown(&call)))
}

async fn own(app: &App, actor: &Actor, id: &str) -> Result<Stored, Failure> {
    let call = app.store.phone_call(id).await?.filter(|call| Some(call.staff) == actor.staff);
    call.ok_or_else(|| Failure::of(ProblemCode::NotFound))
}

fn shown(call: &Stored) -> PhoneCall {
    PhoneCall { id: call.id.clone(), state: state(call), answered: call.answered, seconds: seconds(call) }
}

fn state(call: &Stored) -> CallState {
    match call {
        Stored { by_hand: true, .. } => CallState::ByHand,
        Stored { ended: Some(_), answered: Some(_), .. } => CallState::Ended,
        Stored { failed: true, .. } => CallState::Failed,
        Stored { ended: Some(_), rang: Some(_), .. } => CallState::Unanswered,
        // It was ended before it rang.
        Stored { ended: Some(_), .. } => CallState::Failed,
        Stored { answered: Some(_), .. } => CallState::Speaking,
        Stored { rang: Some(_), .. } => CallState::Ringing,
        _ => CallState::Dialling,
    }
}

/// For how many seconds they spoke; `None` until that is over.
fn seconds(call: &Stored) -> Option<u32> {
    let spoken = call.ended? - call.answered?;
    Some(u32::try_from(spoken.num_seconds().max(0)).unwrap_or(u32::MAX))
}

/// What the exchange tells about the call that an outcome names, or about the newest where it names none; and the call's id.
///
/// # Errors
/// Where the store does not answer.
pub(super) async fn rung(
    app: &App,
    staff: StaffId,
    of: Reference,
    call_id: &str,
    now: Time,
) -> Result<(Rung, Option<String>), Failure> {
    let is_real = app.config.exchange.as_ref().is_some_and(|exchange| exchange.is_real());
    let call = match call_id {
        // A page that was loaded again may not know it any more.
        "" => app.store.newest_call(staff, of, now - Duration::hours(RECORDED_WITHIN)).await?,
        id => app.store.phone_call(id).await?,
    };
    let call = call.filter(|call| call.staff == staff && call.reference == of && call.outcome.is_none());
    let Some(call) = call else {
        let known = call_id.is_empty() && !is_real;
        return Ok((if known { Rung::Unknown } else { Rung::Never }, None));
    };
    let id = Some(call.id.clone());
    let rung = match state(&call) {
        CallState::ByHand => Rung::Unknown,
        CallState::Failed => Rung::Failed,
        CallState::Unanswered => Rung::Unanswered,
        CallState::Ended => Rung::Answered(seconds(&call).unwrap_or_default()),
        CallState::Speaking => Rung::Going,
        CallState::Dialling | CallState::Ringing => Rung::Ringing,
    };
    Ok((rung, id))
}

/// The outcome of a call was recorded: the call is over, the case is free again, and the caller has one more of today.
pub(super) async fn recorded(
    app: &App,
    staff: StaffId,
    of: Reference,
    call_id: Option<&str>,
    outcome: CallOutcome,
    now: Time,
) {
    let kept = async {
        if let Some(call_id) = call_id {
            app.store.record_call(call_id, outcome).await?;
            if let Some(call) = app.store.phone_call(call_id).await? {
                end(app, &call).await;
            }
        }
        app.store.take_turn(&call_turn(of), &caller_of(staff), now, now).await
    };
    // The outcome itself is on the ledger.
    if let Err(error) = kept.await {
        tracing::warn!(%error, "a call's outcome is not counted");
    }
}

/// The caller's own calls of today.
///
/// # Errors
/// Where the store does not answer.
pub async fn own_calls(app: &App, actor: &Actor, now: Time) -> Result<OwnCalls, Failure> {
    let staff = staff_of(actor)?;
    Ok(app.store.own_calls(staff, ist_midnight(ist_date(now))).await?)
}
