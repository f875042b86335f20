//! What is answered while the server starts: that it does, and how far it has come. A start takes seconds with kept counts,
//! and longer where millions of cases are counted anew.

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::wire::{Problem, ProblemCode};
use std::sync::atomic::{AtomicU64, Ordering};

/// Cases that this start has counted.
pub static COUNTED: AtomicU64 = AtomicU64::new(0);

/// Seconds after which to ask again.
const AGAIN: u32 = 2;

/// For whoever looks at a page meanwhile; it asks again by itself.
const PAGE: &str = "<!DOCTYPE html><html lang=\"bn\"><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"2\">\
    <meta name=\"viewport\" content=\"width=device-width\"><title>প্রতিকার</title>\
    <h1>প্রতিকার</h1><p>চালু হচ্ছে, একটু পরে নিজে থেকেই খুলবে।</p><p lang=\"en\">Starting. This page opens by itself.</p></html>";

/// The routes of a server that starts.
pub fn router() -> Router {
    Router::new().fallback(answer)
}

async fn answer(request: Request) -> Response {
    let path = request.uri().path();
    let mut response = match path {
        "/livez" => return "ok".into_response(),
        "/readyz" => {
            let counted = COUNTED.load(Ordering::Relaxed);
            (StatusCode::SERVICE_UNAVAILABLE, format!("starting: {counted} cases counted")).into_response()
        }
        _ if path.starts_with("/api/") => {
            let problem = Problem { retry_after: Some(AGAIN), ..Problem::new(ProblemCode::Unavailable) };
            crate::failure::Failure(Box::new(problem)).into_response()
        }
        _ => (StatusCode::SERVICE_UNAVAILABLE, axum::response::Html(PAGE)).into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from(AGAIN));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use tower::ServiceExt;

    #[tokio::test]
    async fn a_server_that_starts_lives_and_is_not_ready() {
        COUNTED.store(300_000, Ordering::Relaxed);
        for (path, status, says) in [
            ("/livez", 200, "ok"),
            ("/readyz", 503, "starting: 300000 cases counted"),
            ("/api/session", 503, "unavailable"),
            ("/en/lodge", 503, "Starting"),
        ] {
            let request = Request::get(path).body(Body::empty()).expect("a request");
            let answer = router().oneshot(request).await.expect("an answer");
            assert_eq!(answer.status().as_u16(), status, "{path}");
            let body = axum::body::to_bytes(answer.into_body(), 10_000).await.expect("a body");
            let body = String::from_utf8_lossy(&body).into_owned();
            assert!(body.contains(says), "{path}: {body}");
        }
    }
}
