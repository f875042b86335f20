//! Mounting an endpoint: everything between the socket and a handler.

use super::guard;
use crate::failure::Failure;
use crate::limits::Address;
use crate::security::Who;
use crate::state::{App, Root};
use crate::store::{Idempotency, Session};
use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequestParts, RawPathParams, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use bytes::Bytes;
use model::text::clean_line;
use model::wire::{Endpoint, Method, ProblemCode};
use model::{Actor, Time};
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::future::Future;
use std::time::Duration;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Largest form without files, in bytes; browsers write three bytes for each byte of text.
pub const FORM_WORDS: usize = 4 * model::lodging::TEXT_BYTES;
/// Longest time in which a body must arrive.
const BODY_TIME: Duration = Duration::from_secs(15);

/// A request that has been read.
pub struct Call<E: Endpoint> {
    /// The application, with the facts of this moment.
    pub app: App,
    /// The time of the request.
    pub now: Time,
    /// The session; `None` where nobody is signed in.
    pub session: Option<Session>,
    /// Parameters of path and query.
    pub path: E,
    /// The body.
    pub body: E::Request,
    /// Its headers.
    pub headers: HeaderMap,
    /// Keyed hash of the sender's address.
    pub address: Address,
    /// Which app sent it.
    pub client: guard::Client,
    /// The version in `If-Match`.
    pub if_match: Option<u32>,
    key: Option<String>,
    fingerprint: [u8; 32],
}

impl<E: Endpoint> Call<E> {
    /// The signed-in actor.
    ///
    /// # Errors
    /// 401 where nobody is signed in.
    pub fn actor(&self) -> Result<&Actor, Failure> {
        self.session.as_ref().map(|session| &session.actor).ok_or_else(|| Failure::of(ProblemCode::SignInNeeded))
    }

    /// The identity of the request, by which it has one effect however often it comes. Its scope is the sender.
    #[must_use]
    pub fn idempotency(&self) -> Option<Idempotency> {
        let who = self.session.as_ref().map(|session| serde_json::to_vec(&session.actor).unwrap_or_default());
        self.idempotency_of(&who.unwrap_or_default())
    }

    /// As [`Call::idempotency`], with another scope than the signed-in person: a lodging's key is 128 random bits and
    /// stays the same when the session has ended meanwhile.
    #[must_use]
    pub fn idempotency_of(&self, who: &[u8]) -> Option<Idempotency> {
        let key = self.key.as_ref()?;
        let mut digest = Sha256::new();
        digest.update(E::PATTERN.as_bytes());
        digest.update(self.path.path().as_bytes());
        digest.update((who.len() as u64).to_be_bytes());
        digest.update(who);
        digest.update(key.as_bytes());
        Some(Idempotency { key: digest.finalize().into(), fingerprint: self.fingerprint, response: String::new() })
    }
}

/// An answer.
pub struct Reply<T> {
    body: Content<T>,
    status: StatusCode,
    headers: HeaderMap,
    who: Option<Who>,
}

enum Content<T> {
    Value(T),
    /// The answer that was given before, byte for byte.
    Stored(String),
}

impl<T> Reply<T> {
    /// 200 with a value.
    pub fn ok(value: T) -> Self {
        Self { body: Content::Value(value), status: StatusCode::OK, headers: HeaderMap::new(), who: None }
    }

    /// 201 with a value.
    pub fn created(value: T) -> Self {
        Self { status: StatusCode::CREATED, ..Self::ok(value) }
    }

    /// 201 with the answer to an earlier, equal request.
    pub fn repeated(json: String) -> Self {
        Self { body: Content::Stored(json), status: StatusCode::CREATED, headers: HeaderMap::new(), who: None }
    }

    /// Adds a case's version as `ETag`.
    pub fn with_version(self, version: u32) -> Self {
        self.with_header(header::ETAG, &format!("\"{version}\""))
    }

    /// Adds who has just signed in, for the security log.
    pub fn of(self, actor: &Actor) -> Self {
        Self { who: Some(Who(actor.role, actor.staff)), ..self }
    }

    /// Adds a header; one with an impossible value is left out.
    pub fn with_header(mut self, name: header::HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.append(name, value);
        }
        self
    }
}

impl<T: serde::Serialize> IntoResponse for Reply<T> {
    fn into_response(self) -> Response {
        let body = match self.body {
            Content::Value(value) => match serde_json::to_vec(&value) {
                Ok(body) => body,
                Err(error) => return Failure::from(error).into_response(),
            },
            Content::Stored(json) => json.into_bytes(),
        };
        let mut response = (self.status, self.headers, body).into_response();
        if let Some(who) = self.who {
            response.extensions_mut().insert(who);
        }
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

/// Mounts a handler at its endpoint's method and path. The handler takes a [`Call`] of the endpoint and answers with
/// its response type; any other does not compile.
pub fn mount<E, F, Fut>(router: Router<Root>, handler: F) -> Router<Root>
where
    E: Endpoint,
    F: Fn(Call<E>) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<Reply<E::Response>, Failure>> + Send + 'static,
{
    let method = match E::METHOD {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
        Method::Delete => MethodFilter::DELETE,
    };
    let serve = move |State(app): State<App>, request: Request| {
        let handler = handler.clone();
        async move {
            match receive::<E>(app, request).await {
                Ok(call) => {
                    let who = call.session.as_ref().map(|session| Who(session.actor.role, session.actor.staff));
                    let mut response = handler(call).await.into_response();
                    if let Some(who) = who.filter(|_| response.extensions().get::<Who>().is_none()) {
                        response.extensions_mut().insert(who);
                    }
                    response
                }
                Err(failure) => failure.into_response(),
            }
        }
    };
    router.route(E::PATTERN, on(method, serve))
}

async fn receive<E: Endpoint>(app: App, request: Request) -> Result<Call<E>, Failure> {
    let now = app.now();
    let (mut parts, body) = request.into_parts();
    if E::METHOD != Method::Get {
        guard::same_site(&parts)?;
    }
    let path = path::<E>(&mut parts).await?;
    let client = guard::Client::of(&parts);
    let session = guard::session(&app, &parts, client, now).await?;
    if !E::ANYBODY {
        guard::same_person(&app, &parts.headers, session.as_ref())?;
    }
    let actor = session.as_ref().map(|session| &session.actor);
    if !E::NEEDS.met_by(actor) {
        let why = if actor.is_none() { ProblemCode::SignInNeeded } else { ProblemCode::NotPermitted };
        return Err(Failure::of(why));
    }
    let key = idempotency_key::<E>(&parts)?;
    let if_match = if_match(&parts)?;
    let body = if E::METHOD == Method::Post { read_body::<E>(&parts, body).await? } else { Bytes::new() };
    let body = parse(&body)?;
    let fingerprint = if E::CREATES { fingerprint(&body)? } else { [0; 32] };
    let address = guard::address(&app, &parts);
    let headers = parts.headers;
    Ok(Call { app, now, session, path, body, headers, address, client, if_match, key, fingerprint })
}

/// A digest that is equal for equal contents, whatever the order of fields and whether empty fields are present. A
/// request stored on a phone thus stays the same when the app has learned a new field meanwhile.
fn fingerprint<T: serde::Serialize>(body: &T) -> Result<[u8; 32], Failure> {
    let mut value = serde_json::to_value(body)?;
    says_something(&mut value);
    Ok(Sha256::digest(serde_json::to_vec(&value)?).into())
}

/// Whether a value is not empty; removes empty parts.
fn says_something(value: &mut Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(all) => {
            // Positions in a list matter, so empty elements stay.
            all.iter_mut().for_each(|one| _ = says_something(one));
            !all.is_empty()
        }
        // The name of a variant stays even if it has no content: to confirm is not to withdraw.
        Value::Object(parts) => {
            parts.retain(|_, part| says_something(part));
            true
        }
        Value::Bool(true) | Value::Number(_) => true,
    }
}

/// Path and query together, as the endpoint's fields.
async fn path<E: Endpoint>(parts: &mut Parts) -> Result<E, Failure> {
    let missing = || Failure::of(ProblemCode::NotFound);
    let params = RawPathParams::from_request_parts(parts, &()).await.map_err(|_| missing())?;
    let mut fields = form_urlencoded::Serializer::new(String::new());
    fields.extend_pairs(&params);
    let in_path = fields.finish();
    let mut fields = form_urlencoded::Serializer::new(in_path.clone());
    // A parameter without a value counts as absent.
    let query = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
    fields.extend_pairs(query.filter(|(_, value)| !value.is_empty()));
    serde_html_form::from_str(&fields.finish()).map_err(|_| {
        // A path with a number or name that cannot be one does not exist.
        let leads_nowhere = !in_path.is_empty() && serde_html_form::from_str::<E>(&in_path).is_err();
        if leads_nowhere { missing() } else { Failure::of(ProblemCode::WrongQuery) }
    })
}

fn idempotency_key<E: Endpoint>(parts: &Parts) -> Result<Option<String>, Failure> {
    if !E::CREATES {
        return Ok(None);
    }
    let key = parts.headers.get("idempotency-key").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let fits = (8..=64).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if fits { Ok(Some(key.to_owned())) } else { Err(Failure::of(ProblemCode::KeyNeeded)) }
}

fn if_match(parts: &Parts) -> Result<Option<u32>, Failure> {
    let Some(value) = parts.headers.get(header::IF_MATCH) else { return Ok(None) };
    let version = value.to_str().ok().and_then(|text| text.strip_prefix('"')?.strip_suffix('"')?.parse().ok());
    version.map(Some).ok_or_else(|| Failure::of(ProblemCode::VersionNeeded))
}

/// Reads a JSON body within its limits.
async fn read_body<E: Endpoint>(parts: &Parts, body: Body) -> Result<Bytes, Failure> {
    let declared = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = declared.split(';').next().unwrap_or_default().trim();
    let empty = parts.headers.get(header::CONTENT_LENGTH).is_some_and(|length| length == "0");
    if !essence.eq_ignore_ascii_case("application/json") && !empty {
        return Err(Failure::of(ProblemCode::WrongType));
    }
    bounded(parts, body, E::BODY, BODY_TIME).await
}

/// Reads a body with a limit of bytes and time.
///
/// # Errors
/// 413 where it is larger, 408 where it is too slow, 400 where it breaks off.
pub async fn bounded(parts: &Parts, body: Body, limit: usize, time: Duration) -> Result<Bytes, Failure> {
    let declared =
        parts.headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > limit) {
        return Err(Failure::of(ProblemCode::TooLarge));
    }
    match tokio::time::timeout(time, axum::body::to_bytes(body, limit)).await {
        Err(_) => Err(Failure::of(ProblemCode::TooSlow)),
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) => {
            let too_large =
                std::error::Error::source(&error).is_some_and(|source| source.to_string().contains("length limit"));
            Err(Failure::of(if too_large { ProblemCode::TooLarge } else { ProblemCode::NotJson }))
        }
    }
}

/// The body as the endpoint's type, with texts in NFC (TXT-01). An empty body is `()`.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    let body = if body.is_empty() { b"null" } else { body };
    let text = std::str::from_utf8(body).map_err(|_| Failure::of(ProblemCode::NotJson))?;
    // An escape may hide a character that is not composed, so every text is looked at after reading.
    let plain = is_nfc(text) && !text.contains("\\u");
    let parsed = if plain {
        serde_json::from_str(text)
    } else {
        serde_json::from_str::<Value>(text).and_then(|mut value| {
            compose(&mut value);
            serde_json::from_value(value)
        })
    };
    parsed.map_err(|error| {
        Failure::of(match error.classify() {
            serde_json::error::Category::Data => ProblemCode::WrongShape,
            _ => ProblemCode::NotJson,
        })
    })
}

/// Converts every text to NFC.
fn compose(value: &mut Value) {
    match value {
        Value::String(text) if !is_nfc(text) => *text = text.nfc().collect(),
        Value::Array(all) => all.iter_mut().for_each(compose),
        Value::Object(parts) => parts.values_mut().for_each(compose),
        _ => {}
    }
}

/// A reason or other short text, cleaned; `None` where it is empty or longer than 500 letters.
#[must_use]
pub fn short_text(typed: &str) -> Option<String> {
    let text = clean_line(typed);
    (!model::text::is_blank(&text) && model::text::length(&text) <= 500).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_content_is_the_same_however_it_is_written() {
        let hash = |json: &str| fingerprint(&serde_json::from_str::<Value>(json).expect("json")).expect("a hash");
        let one = hash(r#"{"text":"জল নেই","name":"ক","photos":[],"mobile":"9830012345"}"#);
        for same in [
            r#"{"mobile":"9830012345","name":"ক","text":"জল নেই"}"#,
            r#"{"text":"জল নেই","name":"ক","mobile":"9830012345","confidential":false,"voice":null,"landmark":""}"#,
        ] {
            assert_eq!(hash(same), one, "{same}");
        }
        assert_ne!(hash(r#"{"text":"জল নেই","name":"খ","mobile":"9830012345"}"#), one);
        assert_ne!(hash(r#"{"confirm":{"remark":""}}"#), hash(r#"{"withdraw":{"reason":""}}"#));
        assert_ne!(hash(r#"["a"]"#), hash(r#"["a",""]"#));
    }

    #[test]
    fn texts_are_composed_however_they_were_written() {
        // The letter য় as NFC has it: as one character, as two, and as escapes.
        let composed = "\u{9af}\u{9bc}";
        for json in ["[\"\u{9df}\"]", "[\"\u{9af}\u{9bc}\"]", r#"["\u09df"]"#, r#"["\u09af\u09bc"]"#] {
            assert_eq!(parse::<Vec<String>>(json.as_bytes()).expect("texts"), [composed], "{json}");
        }
        assert!(parse::<Vec<String>>(br#"["\u09"#).is_err());
    }
}
