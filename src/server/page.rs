//! Everything served beside the API: the two apps, the plain form, the demo's outbox, and health for operations.

mod built;
mod case;
mod dev;
mod exchange;
mod field;
mod figures;
mod form;
mod link;
mod mail;
mod outbox;
mod plain;
mod received;
pub mod shell;
mod text;
mod track;
mod worker;

use crate::api::{self, guard};
use crate::app::alarm;
use crate::failure::Failure;
use crate::observe;
use crate::receipt::{self, Fonts};
use crate::state::{App, Root};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path as UrlPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use maud::html;
use model::names::code_of;
use model::wire::ProblemCode;
use model::{Language, Reference};
use plain::Frames;
use shell::Shells;
use std::sync::Arc;
use text::Texts;
use tower::ServiceExt;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::services::ServeDir;

/// Bytes of a file held in memory for each download: many connections may ask and read nothing.
const CHUNK: usize = 8 * 1024;

/// The whole server: API, pages, guards.
///
/// # Errors
/// Where the built apps cannot be read.
pub fn router(app: App) -> anyhow::Result<Router> {
    let (mut shells, mut build) = (Shells::default(), None);
    if let Some(dist) = &app.config.dist {
        let (public, brand) = (&app.config.public, &app.facts.tables.reference.brand);
        let built = worker::build(dist, public, brand)?;
        shells = Shells::load(dist, public, brand, &built.version)?;
        build = Some(built);
    }
    let shells = Arc::new(shells);
    let frames =
        Arc::new(Frames::load(app.config.dist.as_deref(), &app.config.public, &app.facts.tables.reference.brand)?);
    let texts = Arc::new(Texts::load(&app.config.public, &app.facts.tables.reference.brand)?);
    let known = (frames.clone(), texts.clone());
    let pages = move |State(app): State<App>, request: Request| {
        let (shells, (frames, texts)) = (shells.clone(), known.clone());
        async move { page(&app, &shells, &frames, &texts, request).await }
    };
    let fonts = Fonts::load(&app.config.public)?;
    let worded = frames.clone();
    let receipt = move |State(app): State<App>, UrlPath(number): UrlPath<String>, request: Request| {
        let (fonts, frames) = (fonts.clone(), worded.clone());
        async move {
            match receipt(&app, fonts, &frames, &number, request.headers()).await {
                // A person who follows a link to it cannot read JSON.
                Err(failure) if failure.0.code == ProblemCode::SignInNeeded && wants_html(request.headers()) => {
                    let number: String = number.chars().filter(char::is_ascii_digit).collect();
                    let (language, _) = Language::of_path(request.uri().path());
                    Redirect::to(&language.path(&format!("/plain/sign-in?case={number}"))).into_response()
                }
                answer => answer.into_response(),
            }
        }
    };
    let linked = frames.clone();
    let link = move |State(app): State<App>, UrlPath(token): UrlPath<String>, request: Request| {
        let frames = linked.clone();
        async move { link::answer(&app, &frames, &token, request).await }
    };
    let formed = frames.clone();
    let lodge = move |State(app): State<App>, request: Request| {
        let frames = formed.clone();
        async move { form::lodge(&app, &frames, request).await }
    };
    let track = move |State(app): State<App>, request: Request| {
        let frames = frames.clone();
        async move {
            let (_, path) = Language::of_path(request.uri().path());
            let path = path.to_owned();
            track::page(&app, &frames, &path, request).await
        }
    };
    let csv = async |State(app): State<App>, request: Request| {
        figures::csv(&app, request.uri().query().unwrap_or_default()).await
    };
    let mut router = api::router().route("/livez", get(async || "alive")).route("/readyz", get(ready));
    let brand = app.facts.tables.reference.brand.clone();
    let script = worker::script(build.as_ref(), app.config.worker);
    router = router.route("/sw.js", get(async move || worker::answer(script))).route(
        "/manifest.webmanifest",
        get(async move |request: Request| worker::manifest(&brand, request.uri().query().unwrap_or_default())),
    );
    router = router.route("/l/{token}", get(link.clone()).post(link)).route("/api/public/figures.csv", get(csv));
    for language in Language::CITIZEN {
        router = router
            .route(&language.path("/lodge"), post(lodge.clone()).get(pages.clone()))
            .route(&language.path("/receipt/{reference}"), get(receipt.clone()))
            .route(&language.path("/plain/{*rest}"), get(track.clone()).post(track.clone()));
    }
    if app.config.demo {
        router = router
            .route("/dev/outbox", get(outbox::page).post(outbox::answer))
            .route("/dev/mail", get(mail::page))
            .route("/dev/exchange", get(exchange::page).post(exchange::change));
    }
    // Every body is limited where it is read.
    let router = router.layer(DefaultBodyLimit::disable());
    Ok(router
        .fallback(pages)
        .layer(catch_panics())
        .layer(axum::middleware::from_fn_with_state(app.clone(), guard::clock))
        .layer(axum::middleware::from_fn(guard::headers))
        .layer(axum::middleware::from_fn(observe::count))
        .layer(observe::log())
        .with_state(Root(app)))
}

/// A layer that turns a panic into an answer.
pub type CatchPanics = CatchPanicLayer<fn(Box<dyn std::any::Any + Send>) -> Response>;

/// The layer [`CatchPanics`].
#[must_use]
pub fn catch_panics() -> CatchPanics {
    CatchPanicLayer::custom(panicked)
}

/// A panic in a handler: logged as an incident, while the server goes on (REL-20).
fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let what = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic");
    Failure::internal(&what).into_response()
}

fn wants_html(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

/// The receipt of a case, for its citizen, in the language of the case.
async fn receipt(
    app: &App,
    fonts: Fonts,
    frames: &Frames,
    number: &str,
    headers: &HeaderMap,
) -> Result<Response, Failure> {
    let session = guard::session_of(app, headers, guard::Client::Citizen, app.now()).await?;
    let actor = session.ok_or_else(|| Failure::of(ProblemCode::SignInNeeded))?.actor;
    let reference = Reference::parse(number).map_err(|_| Failure::of(ProblemCode::NotFound))?;
    let case = crate::app::read::readable_in_full(app, &actor, reference).await?;
    let view = crate::app::view::view(app, &case, &actor, app.now()).await?;
    let trail = app.store.trail(case.reference).await?.ok_or_else(|| Failure::of(ProblemCode::NotFound))?;
    let (made_for, words) = (app.clone(), frames.words(case.language).clone());
    let made = tokio::task::spawn_blocking(move || receipt::make(&made_for, &fonts, &words, &view, &trail)).await;
    let pdf = made.map_err(|error| Failure::internal(&error))?.map_err(|error| Failure::internal(&error))?;
    let name = format!("inline; filename=\"pratikar-{}.pdf\"", case.reference);
    let fixed = [(header::CONTENT_TYPE, "application/pdf"), (header::CACHE_CONTROL, "private, no-store")];
    Ok((fixed, [(header::CONTENT_DISPOSITION, name)], pdf).into_response())
}

/// Whether requests should be sent to this node: the store accepts writes, and no check forbids it. Names what is
/// wrong, for monitoring.
async fn ready(State(app): State<App>) -> Response {
    if *app.stopping.borrow() {
        return (StatusCode::SERVICE_UNAVAILABLE, "not ready: stopping").into_response();
    }
    let mut wrong: Vec<String> = alarm::alarms(&app)
        .await
        .into_iter()
        .filter(|alarm| alarm::forbids_traffic(*alarm))
        .map(|alarm| code_of(&alarm).to_owned())
        .collect();
    if !app.health.writes(app.store.as_ref(), app.now(), app.doubt().is_some()).await {
        wrong.push("store".into());
    }
    if wrong.is_empty() {
        "ready".into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {}", wrong.join(", "))).into_response()
    }
}

/// The page for an unknown address, in the language of the path, with a link back.
fn nowhere(frames: &Frames, language: Language) -> Response {
    let words = frames.words(language);
    let body = html! {
        h1 { (words.say("notfound.title")) }
        p { (words.say("notfound.text")) }
        (plain::link(&words.path("/"), words.say("notfound.home")))
    };
    frames.html(StatusCode::NOT_FOUND, language, "/", words.say("notfound.title"), &body)
}

/// Whether this is no path of a file that is served: what a build leaves behind is nobody's, and a path with an empty part
/// could be read as the name of another site.
fn is_hidden(path: &str) -> bool {
    path.split('/').skip(1).any(|part| part.is_empty() || part.starts_with('.'))
}

/// A page of an app, or one of its files. A missing file is answered with 404, not with a page (SEC-46).
async fn page(app: &App, shells: &Shells, frames: &Frames, texts: &Texts, request: Request) -> Response {
    let missing = || Failure::of(ProblemCode::NotFound).into_response();
    if request.method() != axum::http::Method::GET && request.method() != axum::http::Method::HEAD {
        return Failure::of(ProblemCode::WrongMethod).into_response();
    }
    let path = request.uri().path().to_owned();
    let is_file = path.rsplit('/').next().is_some_and(|last| last.contains('.'));
    if !is_file {
        let (language, bare) = Language::of_path(&path);
        if bare == "/figures" {
            return figures::page(app, frames, language, request.uri().query().unwrap_or_default()).await;
        }
        if request.uri().query() == Some(shell::PLAIN) {
            return axum::response::Redirect::to(&language.path(&shell::without_app(bare))).into_response();
        }
        if let Some(text) = texts.page(frames, language, bare) {
            return text;
        }
        return shells.page(&path, request.headers()).unwrap_or_else(|| nowhere(frames, language));
    }
    if let Some(words) = shells.words(&path, request.headers()) {
        return words;
    }
    let Some(dist) = &app.config.dist else { return missing() };
    if is_hidden(&path) {
        return missing();
    }
    let files = ServeDir::new(dist).precompressed_br().precompressed_gzip().with_buf_chunk_size(CHUNK);
    match files.oneshot(request).await {
        Ok(response) if response.status() == StatusCode::NOT_FOUND => missing(),
        Ok(response) => {
            let mut response = response.map(axum::body::Body::new);
            // Files with a hash in their name never change (OFF-01).
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

#[cfg(test)]
mod tests {
    use super::is_hidden;

    #[test]
    fn what_a_build_leaves_behind_is_hidden() {
        for path in ["/.stage", "/.stage/plain.css", "//.stage", "//example.org/a.js", "/a/.b/c.js", "/a/../b.js"] {
            assert!(is_hidden(path), "{path}");
        }
        for path in ["/sw.js", "/locales/citizen.bn.json", "/citizen-b87e220e11fe762b.chunk_10.wasm"] {
            assert!(!is_hidden(path), "{path}");
        }
    }
}
