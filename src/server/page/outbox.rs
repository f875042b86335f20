//! The demo's outbox: the messages that would have been sent to phones. Exists only with the demo flag.

use super::dev;
use crate::app::inbound::{Inbound, take};
use crate::failure::Failure;
use crate::secret::random_hex;
use crate::state::App;
use crate::store::{Message, MessageState};
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
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
    Ok(dev::page("Messages that would have been sent", &content(&messages)))
}

fn content(messages: &[Message]) -> Markup {
    let rows: Vec<Markup> = messages.iter().map(row).collect();
    html! {
        h2 { "Answer as a citizen would" }
        form method="post" class="row" {
            div class="field" {
                label for="from" { "From mobile number" }
                input id="from" name="from" inputmode="tel";
            }
            div class="field" {
                label for="text" { "Text: the number in the message for yes or no; CODE, STOP, START or WRONG NUMBER" }
                input id="text" name="text";
            }
            button class="button" { "Send" }
        }
        h2 { "Sent" }
        (dev::table("Messages", &["When", "To", "Template", "Text", "State"], &rows))
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
