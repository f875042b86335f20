//! The demo's outbox: the messages that would have been sent to phones. Exists only with the demo flag.

use crate::app::inbound::{Inbound, take};
use crate::failure::Failure;
use crate::secret::random_hex;
use crate::state::App;
use crate::store::{Message, MessageState};
use axum::extract::{Form, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{DOCTYPE, Markup, html};
use model::clock::ist;

/// A text message that a citizen would send.
#[derive(Debug, serde::Deserialize)]
pub struct Sent {
    from: String,
    text: String,
}

/// Stands in for the gateway that delivers citizens' messages.
pub async fn answer(State(app): State<App>, Form(sent): Form<Sent>) -> Result<Response, Failure> {
    let inbound = Inbound { id: random_hex::<8>()?, from: sent.from, text: sent.text };
    take(&app, &inbound, app.now()).await?;
    Ok(Redirect::to("/dev/outbox").into_response())
}

/// The newest messages.
pub async fn page(State(app): State<App>) -> Result<Response, Failure> {
    let messages = app.store.messages(200).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
    ];
    Ok((headers, document(&messages).into_string()).into_response())
}

fn document(messages: &[Message]) -> Markup {
    let title = "Messages that would have been sent";
    html! {
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
                    h2 { "Answer as a citizen would" }
                    form method="post" class="row" {
                        div class="field" {
                            label for="from" { "From mobile number" }
                            input id="from" name="from" inputmode="tel";
                        }
                        div class="field" {
                            label for="text" {
                                "Text: the number in the message for yes or no; CODE, STOP, START or WRONG NUMBER"
                            }
                            input id="text" name="text";
                        }
                        button class="button" { "Send" }
                    }
                    h2 { "Sent" }
                    div class="scroll" tabindex="0" role="region" aria-label="Messages" {
                        table {
                            thead {
                                tr { @for head in ["When", "To", "Template", "Text", "State"] { th scope="col" { (head) } } }
                            }
                            tbody { @for message in messages { (row(message)) } }
                        }
                    }
                }
            }
        }
    }
}

fn row(message: &Message) -> Markup {
    let state = match message.state {
        MessageState::Pending => "waiting",
        MessageState::Sent => "sent",
        MessageState::Dead => "given up",
        MessageState::Expired => "expired",
        MessageState::Recalled => "recalled: no longer true",
        MessageState::Silenced => "not sent: unwanted, or too many",
    };
    html! {
        tr {
            td { (ist(message.created).format("%d-%m %H:%M:%S")) }
            td { (message.to) }
            td { (message.template) " " (message.registered_id) }
            td lang=(message.language.tag()) { (message.body) }
            td { (model::message::parts(&message.body)) " part(s), " (state) }
        }
    }
}
