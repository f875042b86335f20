//! Answers while the server starts: that it does, and how far it has come. A start takes seconds with kept counts,
//! longer where millions of cases are counted.

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use model::Language;
use model::wire::{Problem, ProblemCode};
use std::sync::atomic::{AtomicU64, Ordering};

/// Cases that this start has counted.
pub static COUNTED: AtomicU64 = AtomicU64::new(0);

/// Seconds after which to ask again.
const AGAIN: u32 = 2;

/// The title, in the first official language of the state.
const TITLE: &str = "একটু অপেক্ষা করুন";
/// By language: that the service starts, what is said of a page that was asked for, and of a form that was sent, which was not
/// taken and which the browser still has.
const SAID: [(Language, &str, &str, &str); 5] = [
    (
        Language::Bengali,
        "পরিষেবাটি চালু হচ্ছে।",
        "একটু পরে পাতাটি নিজে থেকেই খুলবে।",
        "কিছু পাঠানো হয়নি। এক মিনিট পরে এই পাতাটি আবার লোড করুন: যা লিখেছেন, তখন পাঠানো হবে।",
    ),
    (
        Language::English,
        "The service is starting.",
        "This page will open by itself in a moment.",
        "Nothing has been sent. Reload this page in a minute: what you wrote is then sent.",
    ),
    (
        Language::Hindi,
        "सेवा शुरू हो रही है।",
        "थोड़ी देर में यह पन्ना अपने आप खुलेगा।",
        "कुछ भेजा नहीं गया। एक मिनट बाद इस पन्ने को फिर लोड करें: जो लिखा है, तब भेजा जाएगा।",
    ),
    (
        Language::Nepali,
        "सेवा सुरु हुँदै छ।",
        "केही बेरमा यो पृष्ठ आफैँ खुल्नेछ।",
        "केही पठाइएको छैन। एक मिनेटपछि यो पृष्ठ फेरि लोड गर्नुहोस्: लेखेको कुरा त्यतिबेला पठाइन्छ।",
    ),
    (
        Language::Urdu,
        "سروس شروع ہو رہی ہے۔",
        "تھوڑی دیر میں یہ صفحہ خود کھل جائے گا۔",
        "کچھ نہیں بھیجا گیا۔ ایک منٹ بعد یہ صفحہ دوبارہ لوڈ کریں: جو لکھا ہے، تب بھیجا جائے گا۔",
    ),
];
/// Content security policy: the page has its own style and nothing else.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// The routes of a starting server.
pub fn router() -> Router {
    Router::new().fallback(answer).layer(axum::middleware::from_fn(crate::api::guard::headers))
}

/// The page, in all languages, since the catalogues are not read yet. It does not name the service, whose name is not known
/// yet either. A page that was `asked` for reloads itself.
fn page(asked: bool) -> Markup {
    html! {
        (DOCTYPE)
        html lang="bn" {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            @if asked { meta http-equiv="refresh" content=(AGAIN); }
            title { (TITLE) }
            // A file of the program: escaped, it would no longer be a style sheet.
            style { (PreEscaped(include_str!("starting.css"))) }
            main {
                h1 { (TITLE) }
                @for (language, starts, later, not_sent) in SAID {
                    p lang=[(language != Language::Bengali).then_some(language.tag())]
                        dir=[(language.direction() == "rtl").then_some("rtl")] {
                        (starts) " " (if asked { later } else { not_sent })
                    }
                }
            }
        }
    }
}

async fn answer(request: Request) -> Response {
    let path = request.uri().path();
    let mut response = match path {
        "/livez" => return "alive".into_response(),
        "/readyz" => {
            let counted = COUNTED.load(Ordering::Relaxed);
            (StatusCode::SERVICE_UNAVAILABLE, format!("starting: {counted} cases counted")).into_response()
        }
        _ if path.starts_with("/api/") => {
            let problem = Problem { retry_after: Some(AGAIN), ..Problem::new(ProblemCode::Unavailable) };
            crate::failure::Failure(Box::new(problem)).into_response()
        }
        _ => {
            let asked = matches!(*request.method(), Method::GET | Method::HEAD);
            let policy = [(header::CONTENT_SECURITY_POLICY, POLICY)];
            let html = Html(page(asked).into_string());
            (StatusCode::SERVICE_UNAVAILABLE, policy, html).into_response()
        }
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
            ("/livez", 200, "alive"),
            ("/readyz", 503, "starting: 300000 cases counted"),
            ("/api/session", 503, "unavailable"),
            ("/en/lodge", 503, "will open by itself"),
            ("POST /lodge", 503, "Nothing has been sent"),
        ] {
            let (method, path) = path.split_once(' ').unwrap_or(("GET", path));
            let request = Request::builder().method(method).uri(path).body(Body::empty()).expect("a request");
            let answer = router().oneshot(request).await.expect("an answer");
            assert_eq!(answer.status().as_u16(), status, "{path}");
            assert!(answer.headers().contains_key(header::CONTENT_SECURITY_POLICY), "{path}");
            let body = axum::body::to_bytes(answer.into_body(), 10_000).await.expect("a body");
            let body = String::from_utf8_lossy(&body).into_owned();
            assert!(body.contains(says), "{path}: {body}");
            assert_eq!(
                body.contains("http-equiv"),
                path == "/en/lodge",
                "{path}: what was sent is not asked for again"
            );
        }
    }
}
