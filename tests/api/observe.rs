//! The log of requests and the figures for Prometheus: what they say, and that they name nobody.

use axum::body::Body;
use axum::http::Request;
use server::observe;
use std::io::Write;
use std::sync::{Arc, Mutex};
use tests::{World, form};
use tower::ServiceExt;
use tracing_subscriber::fmt::MakeWriter;

/// Keeps what is written to a log.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("the log").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Kept {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn requests_are_logged_and_counted_and_name_nobody() {
    let world = World::new().await;
    let handle = observe::start().expect("nothing else counts in this process");
    let kept = Kept::default();
    let log = tracing_subscriber::fmt()
        .with_writer(kept.clone())
        .with_ansi(false)
        .with_max_level(tracing::Level::DEBUG)
        .finish();
    let guard = tracing::subscriber::set_default(log);
    let citizen = world.citizen("9830012345").await;
    // Another test may have met these lines of the log first, when nobody listened, and that is remembered.
    tracing::callsite::rebuild_interest_cache();
    let lodged = citizen.lodge(&form("9830012345")).await;
    let number = lodged.json["reference"].as_str().expect("a number").to_owned();
    citizen.case(&number).await;
    citizen.get("/l/abcdefghijklmnop").await;
    citizen.get("/somewhere/9830012345").await;
    for method in ["PROPFIND", "X9830012345"] {
        let strange = citizen.request(method, "/api/reference").body(Body::empty()).expect("a request");
        citizen.send(strange).await;
    }
    drop(guard);
    let log = String::from_utf8(kept.0.lock().expect("the log").clone()).expect("text");
    assert!(log.contains("path=\"/api/grievances/{reference}\"") && log.contains("status=200"), "{log}");
    world.app.feed.until(1).await;
    let router = observe::router(world.app.clone(), handle);
    let request = Request::builder().uri("/metrics").body(Body::empty()).expect("a request");
    let answer = router.oneshot(request).await.expect("an answer");
    let figures = axum::body::to_bytes(answer.into_body(), 1 << 20).await.expect("a body");
    let figures = String::from_utf8(figures.to_vec()).expect("text");
    for line in [
        "http_requests_total{method=\"GET\",path=\"/api/grievances/{reference}\",status=\"200\"}",
        "http_request_duration_seconds_bucket{method=\"POST\",path=\"/api/grievances\",le=\"0.1\"}",
        "path=\"/l/{token}\"",
        "path=\"other\"",
        "method=\"other\"",
        "pratikar_cases 1",
        "pratikar_alarm{alarm=\"disk_full\"} 0",
    ] {
        assert!(figures.contains(line), "{line} in\n{figures}");
    }
    for strange in ["PROPFIND", "X9830012345"] {
        assert!(!log.contains(strange) && !figures.contains(strange), "{strange} makes a series of its own");
    }
    let digits = number.replace(' ', "");
    for secret in [number.as_str(), &digits, "9830012345", "রহিমা", "abcdefghijklmnop"] {
        assert!(!log.contains(secret), "{secret} in the log");
        assert!(!figures.contains(secret), "{secret} in the figures");
    }
}
