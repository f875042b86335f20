//! Calls to the server: one function for every endpoint; errors are values.

use crate::i18n::{key, t};
use crate::{clock, json, person};
use gloo_net::http::{Request, RequestBuilder, Response};
use gloo_timers::callback::Timeout;
use model::lifecycle::Refusal;
use model::wire::{Endpoint, Method, Problem, ProblemCode};
use serde::de::DeserializeOwned;
use std::cell::Cell;

/// Milliseconds after which a call is abandoned.
const PATIENCE: u32 = 20_000;

thread_local! {
    /// Whether this is the staff app, which has its own session.
    static STAFF: Cell<bool> = const { Cell::new(false) };
}

/// Marks this page as the staff app; call it before the first request.
pub fn call_as_staff() {
    STAFF.set(true);
}

/// Whether this is the staff app.
#[must_use]
pub fn is_staff() -> bool {
    STAFF.get()
}

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallError {
    /// The server could not be reached, or did not answer in time.
    Network,
    /// The server answered with a problem.
    Problem(Box<Problem>),
}

impl CallError {
    /// The problem's code, where the server answered with one.
    #[must_use]
    pub fn code(&self) -> Option<ProblemCode> {
        match self {
            Self::Network => None,
            Self::Problem(problem) => Some(problem.code),
        }
    }

    /// What the person can do about it, in the page's language.
    #[must_use]
    pub fn message(&self) -> String {
        let Self::Problem(problem) = self else { return t(key::FAILURE_NETWORK) };
        match &problem.refusal {
            Some(Refusal::ReportLapses(findings)) => {
                let lapses: Vec<String> = findings
                    .iter()
                    .filter(|finding| finding.blocks())
                    .map(|finding| crate::i18n::name_of("lapse", finding))
                    .collect();
                return format!("{} {}", t(key::REFUSAL_REPORT_LAPSES), lapses.join(" · "));
            }
            Some(refusal) => return crate::i18n::name_of("refusal", refusal),
            None => {}
        }
        if let Some(first) = problem.errors.first() {
            return crate::i18n::name_of("problem", first);
        }
        let minutes = problem.retry_after.unwrap_or(60).div_ceil(60);
        let name = format!("failure.{}", model::names::code_of(&problem.code));
        let form = format!("{name}{}", crate::i18n::language().plural(minutes).ending());
        let words = [form, name].into_iter().map(|name| (t(&name), name)).find(|(words, name)| words != name);
        let words = words.map_or_else(|| t(key::FAILURE_OTHER), |(words, _)| words);
        let words = words.replace("{minutes}", &crate::format::digits(&minutes.to_string()));
        words.replace("{incident}", problem.incident.as_deref().unwrap_or("–"))
    }
}

/// Options of one call.
#[derive(Debug, Clone, Default)]
pub struct Conditions {
    /// Idempotency key: the server carries the call out once per key.
    pub key: Option<String>,
    /// The version of the case that the caller has seen, for optimistic locking.
    pub version: Option<u32>,
    /// Timeout in milliseconds; 20,000 where `None`.
    pub patience: Option<u32>,
    /// The mark of the person the call is for; the person the page shows where `None`.
    pub mark: Option<String>,
}

/// Calls an endpoint.
///
/// # Errors
/// [`CallError`].
pub async fn call<E: Endpoint>(endpoint: &E, body: &E::Request, with: Conditions) -> Result<E::Response, CallError> {
    let json = match E::METHOD {
        Method::Post => Some(json::text(&json::value(body))),
        _ => None,
    };
    let (answer, text) = exchange(E::METHOD, &endpoint.path(), json, with).await?;
    read(&answer, &text)
}

/// Posts JSON and returns the answer as text, for callers that need not understand either.
///
/// # Errors
/// [`CallError`].
pub async fn post(path: &str, body: &serde_json::Value, with: Conditions) -> Result<String, CallError> {
    let (answer, text) = exchange(Method::Post, path, Some(json::text(body)), with).await?;
    if answer.ok() { Ok(text) } else { Err(refused(&text)) }
}

async fn exchange(
    method: Method,
    path: &str,
    json: Option<String>,
    with: Conditions,
) -> Result<(Response, String), CallError> {
    let request = match method {
        Method::Get => Request::get(path),
        Method::Post => Request::post(path),
        Method::Delete => Request::delete(path),
    };
    // Signing out ends the caller's own session and no other.
    let own = (method == Method::Delete).then(person::mark).filter(|mark| !mark.is_empty());
    let mut request = match with.mark.or(own) {
        None => headers(request, path),
        Some(mark) => of_app(request).header("pratikar-as", &mark),
    };
    if let Some(key) = &with.key {
        request = request.header("idempotency-key", key);
    }
    if let Some(version) = with.version {
        request = request.header("if-match", &format!("\"{version}\""));
    }
    let (answer, text) = send(request, json, with.patience.unwrap_or(PATIENCE)).await?;
    clock::hear(answer.headers().get("date"));
    Ok((answer, text))
}

/// Calls an endpoint that takes no body.
///
/// # Errors
/// [`CallError`].
pub async fn get<E: Endpoint<Request = ()>>(endpoint: &E) -> Result<E::Response, CallError> {
    call(endpoint, &(), Conditions::default()).await
}

/// Calls an endpoint while the page is being left: the browser sends this even when nobody is left to hear the answer.
pub fn call_leaving<E: Endpoint>(endpoint: &E, body: &E::Request) {
    let path = endpoint.path();
    let request = headers(Request::post(&path), &path).header("content-type", "application/json");
    let Ok(request) = request.body(json::text(&json::value(body))) else { return };
    let outlives = web_sys::RequestInit::new();
    // The bindings lack this member of the options.
    let _ = js_sys::Reflect::set(&outlives, &"keepalive".into(), &true.into());
    let request = web_sys::Request::from(request);
    let request = web_sys::Request::new_with_request_and_init(&request, &outlives);
    if let (Some(window), Ok(request)) = (web_sys::window(), request) {
        drop(window.fetch_with_request(&request));
    }
}

/// Adds the headers that name the app and the person the page shows. Calls that ask who is signed in, or change it,
/// name nobody.
pub(crate) fn headers(request: RequestBuilder, path: &str) -> RequestBuilder {
    let request = of_app(request);
    let mark = person::mark();
    if mark.is_empty() || path.starts_with("/api/session") || path.starts_with("/api/codes") {
        return request;
    }
    request.header("pratikar-as", &mark)
}

/// Adds the header that names the app.
fn of_app(request: RequestBuilder) -> RequestBuilder {
    if STAFF.get() { request.header("pratikar-app", "staff") } else { request }
}

/// Fetches a path and returns the body as text.
///
/// # Errors
/// [`CallError`].
pub async fn fetch(path: &str) -> Result<String, CallError> {
    let (answer, text) = exchange(Method::Get, path, None, Conditions::default()).await?;
    if answer.ok() { Ok(text) } else { Err(refused(&text)) }
}

/// Sends a request and reads the whole answer.
async fn send(request: RequestBuilder, json: Option<String>, patience: u32) -> Result<(Response, String), CallError> {
    let abort = web_sys::AbortController::new().map_err(|_| CallError::Network)?;
    let request = request.abort_signal(Some(&abort.signal()));
    let _patience = Timeout::new(patience, move || abort.abort());
    let request = match json {
        Some(json) => request.header("content-type", "application/json").body(json),
        None => request.build(),
    };
    let answer = request.map_err(|_| CallError::Network)?.send().await.map_err(|_| CallError::Network)?;
    let text = answer.text().await.map_err(|_| CallError::Network)?;
    Ok((answer, text))
}

fn read<T: DeserializeOwned>(answer: &Response, text: &str) -> Result<T, CallError> {
    if answer.ok() { json::read(text).ok_or(CallError::Network) } else { Err(refused(text)) }
}

/// The error in the text of a refusal.
pub(crate) fn refused(text: &str) -> CallError {
    let Some(problem) = json::read::<Problem>(text) else { return CallError::Network };
    if problem.code == ProblemCode::OtherPerson {
        person::is_other();
    }
    CallError::Problem(Box::new(problem))
}

/// The reference tables, which both apps need; the browser caches them by their `ETag`.
///
/// # Errors
/// [`CallError`].
pub async fn tables() -> Result<model::wire::ReferenceData, CallError> {
    let path = format!("/api/reference?language={}", crate::i18n::language().tag());
    // May come from the browser's cache: its `Date` is not used to set the clock.
    let (answer, text) = send(Request::get(&path), None, PATIENCE).await?;
    read(&answer, &text)
}

/// A new idempotency key: 32 random hexadecimal digits.
#[must_use]
pub fn new_key() -> String {
    let mut bytes = [0u8; 16];
    let drawn = web_sys::window()
        .and_then(|window| window.crypto().ok())
        .and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).ok());
    if drawn.is_none() {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // both are far below 2⁶⁴
        let (now, drawn) = (js_sys::Date::now() as u64, (js_sys::Math::random() * 1e15) as u64);
        return format!("{now}-{drawn}");
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
