//! The plain HTML form: lodging where WebAssembly cannot run. The same rules, the same rulebook, no script.

use super::shell::{Catalogue, catalogue, escape};
use crate::api::call::bounded;
use crate::api::guard;
use crate::api::problem::Failure;
use crate::api::{Sender, lodge_once};
use crate::app::App;
use crate::store::Idempotency;
use axum::body::Body;
use axum::extract::{Form, FromRequest, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::api::{Problem, ProblemCode, Receipt};
use model::clock::{ist, ist_date};
use model::lifecycle::Channel;
use model::lodging::{Field, Lodging, Problem as FieldProblem};
use model::{Language, Mobile, text};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::time::Duration;
use unicode_normalization::UnicodeNormalization;

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Plain {
    text: String,
    place: String,
    name: String,
    mobile: String,
}

/// Takes the form and answers with a page: the number, or the same form with what to mend.
pub async fn lodge(State(app): State<App>, request: Request) -> Response {
    let (language, _) = Language::of_path(request.uri().path());
    let Ok(words) = catalogue(&app.config.public, language) else {
        return Failure::internal(&"a catalogue is missing").into_response();
    };
    let now = app.now();
    let (parts, body) = request.into_parts();
    let (sender, plain) = match receive(&app, parts, body).await {
        Ok(received) => received,
        Err(failure) => return again(&words, language, &Plain::default(), &failure.0),
    };
    let form = Lodging {
        text: plain.text.nfc().collect(),
        landmark: plain.place.clone(),
        name: plain.name.clone(),
        mobile: plain.mobile.clone(),
        language,
        ..Lodging::default()
    };
    // The form carries no key: the same words from the same number on the same day are the same grievance.
    let mut digest = Sha256::new();
    let number = Mobile::parse(&form.mobile).map_or_else(|_| text::digits(&form.mobile), String::from);
    for part in [&number, &text::search_key(&form.text), &ist_date(now).to_string()] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    let key: [u8; 32] = digest.finalize().into();
    let idempotency = Idempotency { key, fingerprint: key, response: String::new() };
    let answer = lodge_once(&app, &form, sender, Some(idempotency), now).await;
    match answer {
        Ok(reply) => {
            let bytes = axum::body::to_bytes(reply.into_response().into_body(), 4096).await.unwrap_or_default();
            match serde_json::from_slice::<Receipt>(&bytes) {
                Ok(receipt) => html(StatusCode::OK, &done(&words, language, &receipt)),
                Err(error) => Failure::from(error).into_response(),
            }
        }
        Err(failure) => again(&words, language, &plain, &failure.0),
    }
}

/// The form's content and who sent it.
async fn receive(app: &App, parts: Parts, body: Body) -> Result<(Sender, Plain), Failure> {
    guard::same_site(&parts)?;
    let sender = Sender { staff: None, proved: None, address: guard::address(app, &parts), channel: Channel::WebForm };
    let bytes = bounded(&parts, body, 64 * 1024, Duration::from_secs(30)).await?;
    let request = Request::from_parts(parts, Body::from(bytes));
    let form = Form::<Plain>::from_request(request, &()).await;
    form.map(|Form(plain)| (sender, plain)).map_err(|_| Failure::of(ProblemCode::WrongShape))
}

/// The form once more, with what is wrong and everything that was typed.
fn again(words: &Catalogue, language: Language, plain: &Plain, problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    html(status, &mend(words, language, plain, problem))
}

/// What went wrong, where it is nothing that a field can mend.
fn general(words: &Catalogue, problem: &Problem) -> String {
    if !problem.errors.is_empty() {
        return String::new();
    }
    let name = serde_json::to_value(problem.code).ok().and_then(|value| value.as_str().map(str::to_owned));
    let key = format!("failure.{}", name.unwrap_or_default());
    let text = words.get(&key).or_else(|| words.get("failure.other")).cloned().unwrap_or_default();
    let minutes = problem.retry_after.unwrap_or(60).div_ceil(60).to_string();
    let text = text.replace("{minutes}", &minutes).replace("{incident}", problem.incident.as_deref().unwrap_or("–"));
    format!("<li>{}</li>", escape(&text))
}

fn say(words: &Catalogue, key: &str) -> String {
    escape(words.get(key).map_or(key, String::as_str))
}

fn html(status: StatusCode, page: &str) -> Response {
    let mut response = (status, page.to_owned()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
    );
    response
}

fn page(words: &Catalogue, language: Language, title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"{}\" dir=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><title>{} – {}</title><link rel=\"stylesheet\" href=\"/plain.css\">\
         </head><body><header class=\"bar\"><a class=\"brand\" href=\"{}\">{}</a></header><main class=\"page\">{body}</main></body></html>",
        language.tag(),
        language.direction(),
        say(words, title),
        say(words, "brand"),
        language.path("/"),
        say(words, "brand"),
    )
}

fn done(words: &Catalogue, language: Language, receipt: &Receipt) -> String {
    let due = receipt.due.map(|due| ist(due).format("%d-%m-%Y").to_string()).unwrap_or_default();
    let body = format!(
        "<h1>{}</h1><p class=\"number\">{}</p><p>{} {due}</p><p>{}</p><p>{} <a href=\"tel:+919137091370\">91370 91370</a></p>",
        say(words, "done.title"),
        receipt.reference.grouped(),
        say(words, "done.by"),
        say(words, "done.keep"),
        say(words, "helpline.title"),
    );
    page(words, language, "done.title", &body)
}

/// The key of a problem's text in the catalogue.
fn problem_key(problem: FieldProblem) -> String {
    let name = serde_json::to_value(problem).ok().and_then(|value| value.as_str().map(str::to_owned));
    format!("problem.{}", name.unwrap_or_default())
}

fn mend(words: &Catalogue, language: Language, plain: &Plain, problem: &Problem) -> String {
    let fields = [
        (Field::Text, "text", "form.text", &plain.text),
        (Field::Landmark, "place", "form.place", &plain.place),
        (Field::Name, "name", "form.name", &plain.name),
        (Field::Mobile, "mobile", "form.mobile", &plain.mobile),
    ];
    let mut summary = general(words, problem);
    let mut inputs = String::new();
    for (field, name, label, value) in fields {
        let mut error = String::new();
        for found in problem.errors.iter().filter(|found| found.field() == field) {
            let message = say(words, &problem_key(*found));
            summary.push_str(&format!("<li><a href=\"#{name}\">{message}</a></li>"));
            error.push_str(&format!("<p class=\"error\" id=\"{name}-error\">{message}</p>"));
        }
        let described = if error.is_empty() { String::new() } else { format!(" aria-describedby=\"{name}-error\"") };
        let value = escape(value);
        let input = match field {
            Field::Text => format!("<textarea id=\"{name}\" name=\"{name}\" rows=\"6\"{described}>{value}</textarea>"),
            Field::Mobile => format!(
                "<input id=\"{name}\" name=\"{name}\" type=\"tel\" inputmode=\"tel\" autocomplete=\"tel\" value=\"{value}\"{described}>"
            ),
            _ => format!("<input id=\"{name}\" name=\"{name}\" value=\"{value}\"{described}>"),
        };
        inputs.push_str(&format!(
            "<div class=\"field\"><label for=\"{name}\">{}</label>{error}{input}</div>",
            say(words, label)
        ));
    }
    let body = format!(
        "<div class=\"summary\"><div role=\"alert\"><h2>{}</h2><ul>{summary}</ul></div></div><h1>{}</h1>\
         <form method=\"post\" action=\"{}\" novalidate>{inputs}<button class=\"button\">{}</button></form>",
        say(words, "error.summary"),
        say(words, "lodge.what.title"),
        language.path("/lodge"),
        say(words, "form.send"),
    );
    let titled = page(words, language, "lodge.what.title", &body);
    titled.replacen("<title>", &format!("<title>{}", say(words, "error.prefix")), 1)
}
