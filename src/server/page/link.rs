//! The link in a text message: opens its case, with or without the app.

use super::plain::Frames;
use crate::api::guard;
use crate::api::problem::Failure;
use crate::api::session::open_link;
use crate::app::App;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use model::{Language, Scope};
use std::sync::Arc;

/// Leads to the case, in its language; what opens nothing says so and leads to the sign-in.
///
/// # Errors
/// Where the store does not answer.
pub async fn open(app: App, frames: Arc<Frames>, token: String, headers: HeaderMap) -> Result<Response, Failure> {
    let Some((case, cookie)) = open_link(&app, &token, app.now()).await? else {
        return Ok(ended(&frames));
    };
    let to = case.language.path(&format!("/case/{}", case.reference));
    // Whoever is signed in already sees more than the link would show.
    let present = guard::session_of(&app, &headers, guard::Client::Citizen, app.now()).await?;
    if present.is_some_and(|session| session.actor.scope == Scope::Own(case.citizen)) {
        return Ok(Redirect::to(&to).into_response());
    }
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&to)).into_response())
}

fn ended(frames: &Frames) -> Response {
    // Whose link it was is not known: both languages of the state are on the page.
    let language = Language::Bengali;
    let words = frames.words(language);
    let body = format!(
        "<h1>{}</h1><p>{}</p><p lang=\"en\">{}</p><p><a class=\"button\" href=\"/plain/sign-in\">{}</a></p>",
        words.say("link.ended.title"),
        words.say("link.ended.text"),
        frames.words(Language::English).say("link.ended.text"),
        words.say("home.mine"),
    );
    frames.html(StatusCode::NOT_FOUND, language, "/plain/sign-in", &words.raw("link.ended.title"), &body)
}
