//! The link in a text message: opens its case, with or without the app.

use super::plain::{self, Frames};
use crate::api::guard::{self, Client};
use crate::app::session::open_link;
use crate::failure::Failure;
use crate::link;
use crate::state::App;
use crate::store::Session;
use crate::words::Words;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::html;
use model::lifecycle::Case;
use model::{Language, Scope};

/// Opens the case of a link in its language; an invalid link says so and leads to the sign-in. A person signed in as
/// somebody else is asked first: the link alone never signs anybody out. HEAD changes nothing.
///
/// # Errors
/// Where the store does not answer.
pub async fn answer(app: &App, frames: &Frames, token: &str, request: Request) -> Result<Response, Failure> {
    let (parts, _) = request.into_parts();
    let now = app.now();
    let Some(case) = link::opens(app, token, now).await? else { return Ok(ended(frames)) };
    let to = case.language.path(&format!("/case/{}", case.reference));
    if parts.method == Method::HEAD {
        return Ok(Redirect::to(&to).into_response());
    }
    let present = guard::session(app, &parts, Client::Citizen, now).await?;
    let words = frames.words(case.language);
    match stands(present.as_ref(), &case) {
        Stands::Inside => return Ok(Redirect::to(&to).into_response()),
        Stands::Elsewhere if parts.method != Method::POST => return Ok(somebody_else(frames, words, token)),
        // Messaging apps open it from another origin; a form of another site is refused.
        _ if parts.method == Method::POST => guard::same_site(&parts)?,
        _ => {}
    }
    if let Some(limits) = &app.limits
        && let Err(failure) = limits.link(case.reference, guard::address(app, &parts)).await
    {
        return Ok(busy(frames, words, failure.0.retry_after));
    }
    if let Some(old) = &present {
        app.store.sign_out(&old.token_hash).await?;
    }
    let cookie = Client::Citizen.set_cookie(&open_link(app, &case, now).await?.token);
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&to)).into_response())
}

/// How the person signed in relates to the case of a link.
enum Stands {
    /// They can see it already, and perhaps more than the link would show.
    Inside,
    /// They are another person.
    Elsewhere,
    /// Nobody is signed in, or only by another link to the same person.
    Nowhere,
}

fn stands(present: Option<&Session>, case: &Case) -> Stands {
    match present.map(|session| &session.actor.scope) {
        None => Stands::Nowhere,
        Some(Scope::Own(person)) if *person == case.citizen => Stands::Inside,
        Some(Scope::Case { person, reference }) if *person == case.citizen => {
            if *reference == case.reference {
                Stands::Inside
            } else {
                Stands::Nowhere
            }
        }
        Some(_) => Stands::Elsewhere,
    }
}

fn somebody_else(frames: &Frames, words: &Words, token: &str) -> Response {
    let title = words.say("link.other.title");
    let body = html! {
        h1 { (title) }
        p { (words.say("link.other.text")) }
        form method="post" action={ "/l/" (token) } { button class="button" { (words.say("link.other.go")) } }
        (plain::link(&words.path("/mine"), words.say("link.other.stay")))
    };
    frames.html(StatusCode::OK, words.language(), "/plain/sign-in", title, &body)
}

fn busy(frames: &Frames, words: &Words, seconds: Option<u32>) -> Response {
    let title = words.say("link.busy.title");
    let body = html! { h1 { (title) } p { (words.say("link.busy.text")) } };
    let mut response = frames.html(StatusCode::TOO_MANY_REQUESTS, words.language(), "/plain/sign-in", title, &body);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds.unwrap_or(30)));
    response
}

fn ended(frames: &Frames) -> Response {
    // The language of an invalid link is unknown: the page has both languages of the state.
    let language = Language::Bengali;
    let (words, english) = (frames.words(language), frames.words(Language::English));
    let title = words.say("link.ended.title");
    let body = html! {
        h1 { (title) }
        p { (words.say("link.ended.text")) }
        p lang="en" { (english.say("link.ended.text")) }
        p { a class="button" href="/plain/sign-in" { (words.say("home.mine")) } }
    };
    frames.html(StatusCode::NOT_FOUND, language, "/plain/sign-in", title, &body)
}
