//! Everything that is stored about a citizen, for the citizen.

use super::call::{Call, Reply};
use crate::app::view::view;
use crate::failure::Failure;
use crate::store::MessageState;
use axum::http::header;
use model::Scope;
use model::message::Template;
use model::names::code_of;
use model::wire::{Dossier, MyData, ProblemCode, Reading, SentMessage};

/// Most messages that are included.
const MESSAGES: u32 = 1_000;

/// Cases, their readers, and messages that were sent.
pub async fn data(call: Call<MyData>) -> Result<Reply<Dossier>, Failure> {
    let (app, actor) = (&call.app, call.actor()?);
    let Scope::Own(person) = actor.scope else { return Err(Failure::of(ProblemCode::NotPermitted)) };
    let mut dossier = Dossier { as_of: Some(call.now), ..Dossier::default() };
    for line in app.reader().cases_of(person).await? {
        if let Some(case) = app.reader().case(line.reference).await? {
            dossier.cases.push(view(app, &case, actor, call.now).await?);
            dossier
                .readings
                .push(Reading { reference: line.reference, readers: app.reader().access(line.reference).await? });
        }
    }
    if let Some(mobile) = app.reader().mobile_of(person).await? {
        let sent = app.reader().messages_to(&mobile, None, MESSAGES).await?.into_iter();
        dossier.messages = sent
            .filter(|message| matches!(message.state, MessageState::Pending | MessageState::Sent))
            .map(|message| {
                let code = message.template == code_of(&Template::Code);
                SentMessage { at: message.created, text: if code { String::new() } else { message.body } }
            })
            .collect();
        mobile.as_str().clone_into(&mut dossier.mobile);
    }
    Ok(Reply::ok(dossier).with_header(header::CONTENT_DISPOSITION, "attachment; filename=\"pratikar.json\""))
}
