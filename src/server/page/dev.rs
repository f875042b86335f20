//! What the demo's own pages have in common: they show what would have happened outside. They exist only with the demo flag.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

/// A page with a heading and what stands below.
pub fn page(title: &str, content: &Markup) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
    ];
    let document = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                link rel="stylesheet" href="/plain.css";
            }
            body {
                main class="page wide" {
                    h1 { (title) }
                    p { "Newest first; reload to see more. This page exists only with the demo flag." }
                    (content)
                }
            }
        }
    };
    (headers, document.into_string()).into_response()
}

/// A table under these heads; `label` tells screen readers what scrolls.
pub fn table(label: &str, heads: &[&str], rows: &[Markup]) -> Markup {
    html! {
        div class="scroll" tabindex="0" role="region" aria-label=(label) {
            table {
                thead { tr { @for head in heads { th scope="col" { (head) } } } }
                tbody { @for row in rows { (row) } }
            }
        }
    }
}
