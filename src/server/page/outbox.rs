//! The demo's outbox: what would have gone to telephones. Exists only with the demo flag.

use super::shell::escape;
use crate::api::sms::{Inbound, take};
use crate::failure::Failure;
use crate::state::{App, random_hex};
use crate::store::MessageState;
use axum::extract::{Form, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use model::clock::ist;

/// What a citizen would send from their telephone.
#[derive(Debug, serde::Deserialize)]
pub struct Sent {
    from: String,
    text: String,
}

/// Stands in for the gateway that hands answers over.
pub async fn answer(State(app): State<App>, Form(sent): Form<Sent>) -> Result<Response, Failure> {
    let inbound = Inbound { id: random_hex::<8>()?, from: sent.from, text: sent.text };
    take(&app, &inbound, app.now()).await?;
    Ok(Redirect::to("/dev/outbox").into_response())
}

/// The newest messages.
pub async fn page(State(app): State<App>) -> Result<Response, Failure> {
    let mut rows = String::new();
    for message in app.store.messages(200).await? {
        let state = match message.state {
            MessageState::Pending => "waiting",
            MessageState::Sent => "sent",
            MessageState::Dead => "given up",
            MessageState::Expired => "expired",
            MessageState::Recalled => "recalled: no longer true",
            MessageState::Silenced => "not sent: unwanted, or too many",
        };
        rows.push_str(&format!(
            "<tr><td>{}</td><td>{}</td><td>{} {}</td><td lang=\"{}\">{}</td><td>{} part(s), {state}</td></tr>",
            ist(message.created).format("%d-%m %H:%M:%S"),
            escape(&message.to),
            escape(&message.template),
            escape(&message.registered_id),
            message.language.tag(),
            escape(&message.body),
            model::message::parts(&message.body),
        ));
    }
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, \
         initial-scale=1\"><title>Messages that would have been sent</title><link rel=\"stylesheet\" href=\"/plain.css\"></head>\
         <body><main class=\"page wide\"><h1>Messages that would have been sent</h1><p>Newest first; reload to see more. This \
         page exists only with the demo flag.</p><h2>Answer as a citizen would</h2><form method=\"post\" class=\"row\">\
         <div class=\"field\"><label for=\"from\">From mobile number</label><input id=\"from\" name=\"from\" inputmode=\"tel\"></div>\
         <div class=\"field\"><label for=\"text\">Text: the number in the message for yes or no; CODE, STOP, START or WRONG NUMBER</label><input id=\"text\" name=\"text\"></div>\
         <button class=\"button\">Send</button></form><h2>Sent</h2><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Messages\"><table>\
         <thead><tr><th scope=\"col\">When</th><th scope=\"col\">To</th><th scope=\"col\">Template</th><th scope=\"col\">Text</th>\
         <th scope=\"col\">State</th></tr></thead><tbody>{rows}</tbody></table></div></main></body></html>"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
    ];
    Ok((headers, html).into_response())
}
