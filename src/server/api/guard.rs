//! Who sends a request and from where: cookies, cross-site requests, addresses, headers.

use crate::app::session;
use crate::clock::Doubt;
use crate::failure::Failure;
use crate::limits::Address;
use crate::security;
use crate::state::App;
use crate::store::Session;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use model::wire::{AS_HEADER, ProblemCode};
use model::{Role, Time};
use std::net::SocketAddr;

/// The app that sends a request. Each has its own cookie, so that one browser can use both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Client {
    /// The citizen app, or any other client.
    Citizen,
    /// The staff app.
    Staff,
}

/// The header with which the staff app identifies itself.
pub const CLIENT_HEADER: &str = "pratikar-app";

impl Client {
    /// The app that the headers name.
    #[must_use]
    pub fn of(parts: &Parts) -> Self {
        let staff = parts.headers.get(CLIENT_HEADER).is_some_and(|value| value == "staff");
        if staff { Self::Staff } else { Self::Citizen }
    }

    /// The name of its cookie.
    #[must_use]
    pub fn cookie(self) -> &'static str {
        match self {
            Self::Citizen => "__Host-sid",
            Self::Staff => "__Host-staff",
        }
    }

    /// The `SameSite` attribute of its cookie.
    fn same_site(self) -> &'static str {
        match self {
            Self::Citizen => "Lax",
            Self::Staff => "Strict",
        }
    }

    /// The `Set-Cookie` header for a token; an empty token deletes the cookie.
    #[must_use]
    pub fn set_cookie(self, token: &str) -> String {
        let age = if token.is_empty() { "; Max-Age=0" } else { "" };
        format!("{}={token}; Path=/; Secure; HttpOnly; SameSite={}{age}", self.cookie(), self.same_site())
    }
}

/// The value of a cookie.
pub fn cookie_of<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .find_map(|pair| {
            let (key, value) = pair.trim().split_once('=')?;
            (key == name).then_some(value)
        })
}

/// The session of a request's cookie, if it has not ended.
///
/// # Errors
/// Where the store does not answer.
pub async fn session(app: &App, parts: &Parts, client: Client, now: Time) -> Result<Option<Session>, Failure> {
    session_of(app, &parts.headers, client, now).await
}

/// As [`session()`], from headers.
///
/// # Errors
/// Where the store does not answer.
pub async fn session_of(app: &App, headers: &HeaderMap, client: Client, now: Time) -> Result<Option<Session>, Failure> {
    let Some(token) = cookie_of(headers, client.cookie()) else { return Ok(None) };
    session::find(app, token, |role| (client == Client::Citizen) == (role == Role::Citizen), now).await
}

/// The sessions of both apps, for what pages load without naming the app: photos, streams.
///
/// # Errors
/// Where the store does not answer.
pub async fn any_session(app: &App, headers: &HeaderMap, now: Time) -> Result<Vec<Session>, Failure> {
    let mut sessions = Vec::new();
    for client in [Client::Staff, Client::Citizen] {
        sessions.extend(session_of(app, headers, client, now).await?);
    }
    Ok(sessions)
}

/// Whether any session of these headers is valid and its role passes a test; this does not extend the session.
///
/// # Errors
/// Where the store does not answer.
pub async fn holds_any(app: &App, headers: &HeaderMap, now: Time, passes: fn(Role) -> bool) -> Result<bool, Failure> {
    for client in [Client::Staff, Client::Citizen] {
        if let Some(token) = cookie_of(headers, client.cookie())
            && session::role(app, token, now).await?.is_some_and(passes)
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Refuses a request of a page that was drawn for somebody else than who is signed in now.
///
/// # Errors
/// 409.
pub fn same_person(app: &App, headers: &HeaderMap, session: Option<&Session>) -> Result<(), Failure> {
    let Some(drawn_for) = headers.get(AS_HEADER) else { return Ok(()) };
    let present = session.map(|session| session::mark(app, &session.actor)).unwrap_or_default();
    if drawn_for.as_bytes() == present.as_bytes() { Ok(()) } else { Err(Failure::of(ProblemCode::OtherPerson)) }
}

/// Refuses requests from pages of other sites (SEC-42).
///
/// # Errors
/// 403 where the browser says so, or where nothing shows that it is our own page.
pub fn same_site(parts: &Parts) -> Result<(), Failure> {
    if site(parts) == Site::Own { Ok(()) } else { Err(Failure::of(ProblemCode::CrossSite)) }
}

/// Whose page sent a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Site {
    /// Ours.
    Own,
    /// Unknown: old browsers never say.
    Unsaid,
    /// Another's.
    Other,
}

/// Whose page sent this request, as far as the browser says.
#[must_use]
pub fn site(parts: &Parts) -> Site {
    let text = |name: HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST).or_else(|| parts.uri.authority().map(|authority| authority.as_str()));
    match (text(HeaderName::from_static("sec-fetch-site")), text(header::ORIGIN)) {
        (Some("same-origin" | "none"), _) => Site::Own,
        (Some(_), _) => Site::Other,
        (None, None | Some("null")) => Site::Unsaid,
        (None, Some(origin)) => match origin.split_once("://") {
            Some((_, from)) if Some(from) == host => Site::Own,
            _ => Site::Other,
        },
    }
}

/// Said once: anybody can send the header.
static UNTRUSTED: std::sync::Once = std::sync::Once::new();

/// The sender's address. A forwarded one is used only where the configuration says that a trusted proxy sets it
/// (SEC-45).
#[must_use]
pub fn address(app: &App, parts: &Parts) -> Address {
    let socket = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_string());
    let forwarded = parts.headers.get_all("x-forwarded-for").iter().next_back();
    if forwarded.is_some() && !app.config.behind_proxy {
        UNTRUSTED.call_once(|| {
            tracing::warn!(
                "a request came with X-Forwarded-For, and BEHIND_PROXY is not set: all that come by a proxy count as one \
                 address and share its limits. Set BEHIND_PROXY=true if a proxy of yours is the only way in (said once)"
            );
        });
    }
    let forwarded = forwarded
        .filter(|_| app.config.behind_proxy)
        .and_then(|value| value.to_str().ok()?.rsplit(',').next().map(|last| last.trim().to_owned()));
    app.keyed("address", line(&forwarded.or(socket).unwrap_or_default()).as_bytes())
}

/// The line to which an address belongs; for IPv6 its /64.
fn line(address: &str) -> String {
    match address.parse() {
        Ok(std::net::IpAddr::V6(v6)) if v6.to_ipv4_mapped().is_none() => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        _ => address.to_owned(),
    }
}

/// Refuses changes where the clock was wrong from the start, since everything written would keep a wrong time. A clock
/// that jumps later does no harm, because the server continues by the time that it has counted.
pub async fn clock(State(app): State<App>, request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if !reads && matches!(app.doubt(), Some(Doubt::BehindLedger | Doubt::FarAhead)) {
        return Failure::unavailable(60).into_response();
    }
    next.run(request).await
}

/// Adds the headers that every answer has (SEC-41), unless it has its own, and logs security events.
pub async fn headers(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let pattern = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned()).unwrap_or_default();
    let mut response = next.run(request).await;
    let (code, who) = (response.extensions().get().copied(), response.extensions().get().copied());
    if let Some(event) = security::event_of(&method, &pattern, response.status(), code) {
        security::log(event, who, &pattern);
    }
    let fixed = [
        ("strict-transport-security", "max-age=31536000; includeSubDomains"),
        ("x-content-type-options", "nosniff"),
        // Browsers that send no Sec-Fetch-Site need it to show that a request is from our own pages; no other site gets
        // it.
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "geolocation=(self), camera=(self), microphone=(self)"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
    ];
    for (name, value) in fixed {
        response.headers_mut().entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn a_line_of_ipv6_is_one_address() {
        assert_eq!(line("2001:db8:1:2:3::4"), line("2001:db8:1:2::ffff"));
        assert_ne!(line("2001:db8:1:2::1"), line("2001:db8:1:3::1"));
        assert_eq!(line("192.0.2.7"), "192.0.2.7");
        assert_eq!(line(""), "");
    }
}
