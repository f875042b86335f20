//! Signing in: citizens by a one-time code, staff by a password. Cookies carry the session and recognise the device.

use super::call::{Call, Reply};
use super::device::{self, Mark};
use super::guard::{self, Client};
use crate::app::code::{self, Asking, Typed};
use crate::app::session::{self, Attempt, Begun};
use crate::failure::Failure;
use crate::limits::Address;
use crate::state::App;
use axum::http::{HeaderMap, header};
use model::lodging::Problem as FieldProblem;
use model::wire::{
    CodeSent, Endpoint, ExchangeCode, Me, SendCode, SendCodeRequest, SignIn, SignInRequest, SignOut, WhoAmI,
};
use model::{Mobile, Time};

/// Sends a code. The answer does not tell whether the number is known.
pub async fn send_code(call: Call<SendCode>) -> Result<Reply<CodeSent>, Failure> {
    Ok(Reply::created(send(&call.app, &call.body, &call.headers, &call.address, false, call.now).await?))
}

/// As [`send_code`]; `plain` for a page without script.
///
/// # Errors
/// 422 where the number is not one, 429 where too many codes were sent.
pub async fn send(
    app: &App,
    to: &SendCodeRequest,
    headers: &HeaderMap,
    address: &Address,
    plain: bool,
    now: Time,
) -> Result<CodeSent, Failure> {
    let mobile = Mobile::parse(&to.mobile).map_err(|why| Failure::fields(vec![FieldProblem::from(why)]))?;
    let known = device::has(app, headers, Mark::Number(app.person(&mobile)));
    let asking = Asking { address: *address, known, work: to.work.as_deref(), plain };
    code::send(app, &mobile, to.language, asking, now).await
}

/// Exchanges a code for a session.
pub async fn exchange_code(call: Call<ExchangeCode>) -> Result<Reply<Me>, Failure> {
    let typed = Typed::of(&call.body.code, &call.body.once);
    let begun = session::by_code(&call.app, &call.path.id, typed, call.session.as_ref(), call.now).await?;
    Ok(begun_here(&call, &begun, Client::Citizen))
}

/// Exchanges a code for a session on a plain page; answers the cookies of session and device.
///
/// # Errors
/// As [`exchange_code`].
pub async fn enter(
    app: &App,
    headers: &HeaderMap,
    id: &str,
    typed: Typed<'_>,
    now: Time,
) -> Result<(Begun, Vec<String>), Failure> {
    let old = guard::session_of(app, headers, Client::Citizen, now).await?;
    let begun = session::by_code(app, id, typed, old.as_ref(), now).await?;
    let cookies = cookies(app, headers, &begun, Client::Citizen);
    Ok((begun, cookies))
}

/// The cookies of a new session: its own, and the mark of the device.
fn cookies(app: &App, headers: &HeaderMap, begun: &Begun, client: Client) -> Vec<String> {
    let number = begun.session.mobile.as_ref().map(|mobile| Mark::Number(app.person(mobile)));
    let mark = number.or(begun.session.actor.staff.map(Mark::Desk));
    let marked = mark.map(|mark| device::add(app, headers, mark));
    std::iter::once(client.set_cookie(&begun.token)).chain(marked).collect()
}

/// A new session as an answer.
pub(super) fn begun_here<E: Endpoint>(call: &Call<E>, begun: &Begun, client: Client) -> Reply<Me> {
    let reply = Reply::created(session::me(&call.app, &begun.session)).of(&begun.session.actor);
    let cookies = cookies(&call.app, &call.headers, begun, client);
    cookies.iter().fold(reply, |reply, cookie| reply.with_header(header::SET_COOKIE, cookie))
}

/// Who is signed in with this app; nobody is a possible answer.
pub async fn who_am_i(call: Call<WhoAmI>) -> Result<Reply<Me>, Failure> {
    Ok(Reply::ok(call.session.as_ref().map(|session| session::me(&call.app, session)).unwrap_or_default()))
}

/// Signs a staff member in.
pub async fn sign_in(call: Call<SignIn>) -> Result<Reply<Me>, Failure> {
    let SignInRequest { username, password } = &call.body;
    let attempt = Attempt { username, password, address: &call.address, old: call.session.as_ref() };
    let known = |staff| device::has(&call.app, &call.headers, Mark::Desk(staff));
    let begun = session::sign_in(&call.app, attempt, known, call.now).await?;
    Ok(begun_here(&call, &begun, Client::Staff))
}

/// Ends the session; the browser is told to delete what it stores.
pub async fn sign_out(call: Call<SignOut>) -> Result<Reply<()>, Failure> {
    if let Some(session) = &call.session {
        call.app.store.sign_out(&session.token_hash).await?;
    }
    Ok(Reply::ok(()).with_header(header::SET_COOKIE, &call.client.set_cookie("")))
}
