//! What is served beside the API: the two apps, the plain form, the demo's outbox, and the look of the service
//! for operations.

mod form;
mod outbox;
pub mod shell;

use crate::api::{self, guard, problem::Failure};
use crate::app::App;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use model::Language;
use model::api::ProblemCode;
use shell::Shells;
use std::sync::Arc;
use tower::ServiceExt;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::services::ServeDir;

/// The whole server: API, pages, guards.
///
/// # Errors
/// Where the built apps cannot be read.
pub fn router(app: App) -> anyhow::Result<Router> {
    let shells = Arc::new(match &app.config.dist {
        Some(dist) => Shells::load(dist, &app.config.public)?,
        None => Shells::default(),
    });
    let pages = move |State(app): State<App>, request: Request| {
        let shells = shells.clone();
        async move { page(&app, &shells, request).await }
    };
    let mut router = api::router().route("/livez", get(async || "alive")).route("/readyz", get(ready));
    for language in Language::CITIZEN {
        router = router.route(&language.path("/lodge"), post(form::lodge).get(pages.clone()));
    }
    if app.config.demo {
        router = router.route("/dev/outbox", get(outbox::page));
    }
    Ok(router.fallback(pages).layer(catch_panics()).layer(axum::middleware::from_fn(guard::headers)).with_state(app))
}

/// A layer that turns a panic into an answer.
pub type CatchPanics = CatchPanicLayer<fn(Box<dyn std::any::Any + Send>) -> Response>;

/// See [`CatchPanics`].
#[must_use]
pub fn catch_panics() -> CatchPanics {
    CatchPanicLayer::custom(panicked)
}

/// A panic in a handler: an incident, and the server lives (REL-20).
fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let what = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic");
    Failure::internal(&what).into_response()
}

async fn ready(State(app): State<App>) -> Result<&'static str, Failure> {
    app.store.ping().await?;
    Ok("ready")
}

/// A page of an app, or one of its files. Missing files are missing, not pages (SEC-46).
async fn page(app: &App, shells: &Shells, request: Request) -> Response {
    let missing = || Failure::of(ProblemCode::NotFound).into_response();
    if request.method() != axum::http::Method::GET && request.method() != axum::http::Method::HEAD {
        return Failure::of(ProblemCode::WrongMethod).into_response();
    }
    let path = request.uri().path().to_owned();
    let is_file = path.rsplit('/').next().is_some_and(|last| last.contains('.'));
    if !is_file {
        return shells.page(&path, request.headers()).unwrap_or_else(missing);
    }
    let Some(dist) = &app.config.dist else { return missing() };
    let files = ServeDir::new(dist).precompressed_br().precompressed_gzip();
    match files.oneshot(request).await {
        Ok(response) if response.status() == StatusCode::NOT_FOUND => missing(),
        Ok(response) => {
            let mut response = response.map(axum::body::Body::new);
            // Names with a hash never change their content (OFF-01).
            let lasting = path
                .split(['-', '.', '_'])
                .any(|part| part.len() == 16 && part.bytes().all(|byte| byte.is_ascii_hexdigit()));
            let cache = if lasting { "public, max-age=31536000, immutable" } else { "no-cache" };
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
            response.into_response()
        }
        Err(never) => match never {},
    }
}
