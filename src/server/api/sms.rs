//! Text messages from citizens, as the gateway delivers them.

use super::call::bounded;
use crate::app::inbound::{Inbound, take};
use crate::failure::Failure;
use crate::state::App;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::wire::ProblemCode;

/// Takes a message from the gateway, which proves itself by a token.
pub async fn inbound(State(app): State<App>, request: Request) -> Result<Response, Failure> {
    let token = app.config.sms_token.as_deref().filter(|token| !token.is_empty());
    let (parts, body) = request.into_parts();
    let given = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    // Hashes are compared, so that the time taken reveals nothing about the token.
    let fits = token
        .zip(given)
        .is_some_and(|(token, given)| app.keyed("sms", token.as_bytes()) == app.keyed("sms", given.as_bytes()));
    if !fits {
        return Err(Failure::of(ProblemCode::NotPermitted));
    }
    let bytes = bounded(&parts, body, 16 * 1024, std::time::Duration::from_secs(10)).await?;
    let message: Inbound = serde_json::from_slice(&bytes).map_err(|_| Failure::of(ProblemCode::WrongShape))?;
    take(&app, &message, app.now()).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
