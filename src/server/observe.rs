//! What operations see of the server: a line in the log for each request, and figures for Prometheus.
//!
//! Neither contains an address, a number, a name, a code or a token: paths are those of the route table, with `{reference}` in
//! place of a reference number. A path that is not in it and a method that no route knows are "other".

use crate::app::alarm;
use crate::state::App;
use anyhow::{Context, Result};
use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request};
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use model::names::code_of;
use std::time::{Duration, Instant};
use tower_http::classify::{ServerErrorsAsFailures, SharedClassifier};
use tower_http::trace::TraceLayer;
use tracing::Span;

/// Upper ends of the classes of answer times, in seconds.
const SECONDS: [f64; 10] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];
const REQUESTS: &str = "http_requests_total";
const DURATION: &str = "http_request_duration_seconds";

fn path(request: &Request) -> &str {
    request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str)
}

/// The request's method: one of those that the routes know, else "other". Anybody can send others, and each would be a series
/// of its own for ever.
fn method(request: &Request) -> &'static str {
    match *request.method() {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

type Trace = TraceLayer<
    SharedClassifier<ServerErrorsAsFailures>,
    fn(&Request) -> Span,
    (),
    fn(&Response, Duration, &Span),
    (),
    (),
    (),
>;

/// The log of requests: method, path, status and time. Answers of 500 and above are warnings; all others are logged with
/// `RUST_LOG=server::observe=debug`.
#[must_use]
pub fn log() -> Trace {
    let span: fn(&Request) -> Span =
        |request| tracing::info_span!("request", method = method(request), path = path(request));
    let answered: fn(&Response, Duration, &Span) = |response, time, _| {
        let (status, ms) = (response.status().as_u16(), u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
        if response.status().is_server_error() {
            tracing::warn!(status, ms, "answered");
        } else {
            tracing::debug!(status, ms, "answered");
        }
    };
    TraceLayer::new_for_http()
        .make_span_with(span)
        .on_request(())
        .on_response(answered)
        .on_body_chunk(())
        .on_eos(())
        .on_failure(())
}

/// Counts a request and the time until its answer begins. Costs nothing where figures were not asked for.
pub async fn count(request: Request, next: Next) -> Response {
    let (method, path, began) = (method(&request), path(&request).to_owned(), Instant::now());
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    metrics::histogram!(DURATION, "method" => method, "path" => path.clone()).record(began.elapsed());
    metrics::counter!(REQUESTS, "method" => method, "path" => path, "status" => status).increment(1);
    response
}

/// Starts counting.
///
/// # Errors
/// Where something else in this process counts already.
pub fn start() -> Result<PrometheusHandle> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(DURATION.into()), &SECONDS)
        .context("the classes of answer times")?
        .install_recorder()
        .context("figures are counted already")
}

/// `/metrics`, for a listener of its own: whoever reaches it reads the figures.
pub fn router(app: App, handle: PrometheusHandle) -> Router {
    let figures = async move || {
        state(&app).await;
        handle.run_upkeep();
        let text = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
        (text, Body::from(handle.render())).into_response()
    };
    Router::new().route("/metrics", get(figures))
}

/// How things stand at the moment of asking.
#[expect(clippy::cast_precision_loss, reason = "Prometheus counts in floating point")]
async fn state(app: &App) {
    let cases = app.feed.cube().len();
    metrics::gauge!("pratikar_cases").set(cases as f64);
    metrics::gauge!("pratikar_counted_seq").set(*app.feed.reached().borrow() as f64);
    metrics::gauge!("pratikar_searchable_seq").set(app.search.reached() as f64);
    if let Ok(head) = app.reader().head().await {
        metrics::gauge!("pratikar_ledger_seq").set(head.seq as f64);
    }
    let waits = match app.reader().oldest_waiting().await {
        Ok(Some(since)) => (app.now() - since).num_milliseconds().max(0) as f64 / 1_000.0,
        _ => 0.0,
    };
    metrics::gauge!("pratikar_oldest_message_seconds").set(waits);
    let present = alarm::alarms(app).await;
    for alarm in model::wire::Alarm::ALL {
        metrics::gauge!("pratikar_alarm", "alarm" => code_of(&alarm))
            .set(f64::from(u8::from(present.contains(&alarm))));
    }
}
