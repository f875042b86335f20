//! The demo's mailbox: the mails that would have been sent. Exists only with the demo flag.

use super::dev;
use crate::failure::Failure;
use crate::mail::Mail;
use crate::state::App;
use axum::extract::State;
use axum::response::Response;
use maud::html;
use model::wire::ProblemCode;

/// The newest mails.
pub async fn page(State(app): State<App>) -> Result<Response, Failure> {
    let mailer = app.config.mailer.as_ref().and_then(|mailer| mailer.local());
    let mails = mailer.ok_or_else(|| Failure::of(ProblemCode::NotFound))?.sent();
    let content = html! {
        @if mails.is_empty() {
            p { "None yet: superiors whose address is in superiors.tsv are written to between 10 and 17 o'clock on working days." }
        }
        @for Mail { to, subject, text, .. } in &mails {
            h2 { (subject) }
            p { "To " (to) }
            pre class="scroll" tabindex="0" { (text) }
        }
    };
    Ok(dev::page("Mails that would have been sent", &content))
}
