//! Telephone calls, and the webhooks of the exchange.

use super::call::{Call, Reply, bounded};
use crate::app::{phone, worklist};
use crate::exchange::{SIGNATURE, is_signed};
use crate::failure::Failure;
use crate::state::App;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use model::wire::{CallToMake, GetOwnCalls, GetPhoneCall, HangUp, NextCall, OwnCalls, PhoneCall, ProblemCode};
use model::wire::{RingCitizen, Ringing};

/// The most urgent case whose citizen can be called now.
pub async fn next(call: Call<NextCall>) -> Result<Reply<Option<CallToMake>>, Failure> {
    Ok(match worklist::next_call(&call.app, call.actor()?, call.now).await? {
        Some((case, found)) => Reply::ok(Some(found)).with_version(case.version),
        None => Reply::ok(None),
    })
}

/// Rings the citizen.
pub async fn ring(call: Call<RingCitizen>) -> Result<Reply<Ringing>, Failure> {
    Ok(Reply::ok(phone::ring(&call.app, call.actor()?, call.path.reference, call.now).await?))
}

/// How far a call is.
pub async fn one(call: Call<GetPhoneCall>) -> Result<Reply<PhoneCall>, Failure> {
    Ok(Reply::ok(phone::one(&call.app, call.actor()?, &call.path.id).await?))
}

/// Ends a call.
pub async fn hang_up(call: Call<HangUp>) -> Result<Reply<PhoneCall>, Failure> {
    Ok(Reply::ok(phone::hang_up(&call.app, call.actor()?, &call.path.id).await?))
}

/// The caller's own calls of today.
pub async fn own(call: Call<GetOwnCalls>) -> Result<Reply<OwnCalls>, Failure> {
    Ok(Reply::ok(phone::own_calls(&call.app, call.actor()?, call.now).await?))
}

/// Takes a webhook of the exchange, which proves itself by a signature.
pub async fn told(State(app): State<App>, request: Request) -> Result<Response, Failure> {
    let (parts, body) = request.into_parts();
    let bytes = bounded(&parts, body, 16 * 1024, std::time::Duration::from_secs(10)).await?;
    let token = app.config.exchange_token.as_deref().filter(|token| !token.is_empty());
    let given = parts.headers.get(SIGNATURE).and_then(|value| value.to_str().ok());
    if !token.zip(given).is_some_and(|(token, given)| is_signed(token, given, &bytes, app.now())) {
        return Err(Failure::of(ProblemCode::NotPermitted));
    }
    let told = serde_json::from_slice(&bytes).map_err(|_| Failure::of(ProblemCode::WrongShape))?;
    phone::hear(&app, &told).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
