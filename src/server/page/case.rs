//! One grievance without the app: where it is, what the citizen is asked, and everything they can do.

mod body;
mod offer;
mod thread;

use super::field::{Wrong, hidden, summary};
use super::form::wrongs;
use super::plain::{Frames, back};
use super::received::{Fields, PHOTO};
use super::track::AGAIN;
use crate::app::act::answer;
use crate::app::attachment::Arriving;
use crate::app::read::readable;
use crate::app::view::view;
use crate::failure::Failure;
use crate::state::App;
use crate::store::Idempotency;
use crate::words::Words;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use body::{Body, question};
use maud::{Markup, html};
use model::lifecycle::{ActionKind, Refusal};
use model::wire::{Problem, ProblemCode};
use model::{Actor, Reference};
use offer::Offer;
use sha2::{Digest, Sha256};

/// The reader and the texts.
pub struct Shown<'a> {
    /// The program.
    pub app: &'a App,
    /// The frames of the pages.
    pub frames: &'a Frames,
    /// The texts of the page.
    pub words: &'a Words,
    /// The person signed in.
    pub actor: &'a Actor,
    /// The key that their forms carry.
    pub key: String,
}

/// The title of a case: its beginning, or that it was spoken.
pub fn titled<'a>(words: &'a Words, title: &'a str) -> &'a str {
    if title.is_empty() { words.say("case.spoken") } else { title }
}

/// The button that signs out.
pub fn sign_out(words: &Words, key: &str) -> Markup {
    html! {
        form method="post" action=(words.path("/plain/sign-out")) {
            (hidden("key", key))
            button class="link" { (words.say("nav.sign_out")) }
        }
    }
}

/// The path of a case.
pub fn path_of(reference: Reference) -> String {
    format!("/plain/case/{reference}")
}

/// Query parameter: something has just been done.
const DONE: &str = "done";
/// Query parameter: a confirmation is asked for. At an address of its own, so that Back does not send a form again.
const ASK: &str = "ask";

/// The page at its address, as its query asks for.
///
/// # Errors
/// As [`show`].
pub async fn come_to(shown: &Shown<'_>, reference: Reference, query: &Fields) -> Result<Response, Failure> {
    if !query.get(ASK).is_empty() {
        let mut fields = query.clone();
        fields.set("act", query.get(ASK));
        if let Some(offer) = Offer::of(&fields).filter(|offer| offer.is_asked_at_an_address()) {
            return ask_again(shown, reference, offer, &fields).await;
        }
    }
    show_after(shown, reference, None, None, !query.get(DONE).is_empty()).await
}

/// The page, with the problem of a refused form and what was typed in it.
///
/// # Errors
/// 404 where the case is not theirs.
pub async fn show(
    shown: &Shown<'_>,
    reference: Reference,
    problem: Option<&Problem>,
    fields: Option<&Fields>,
) -> Result<Response, Failure> {
    show_after(shown, reference, problem, fields, false).await
}

async fn show_after(
    shown: &Shown<'_>,
    reference: Reference,
    problem: Option<&Problem>,
    fields: Option<&Fields>,
    done: bool,
) -> Result<Response, Failure> {
    let Shown { app, frames, words, actor, .. } = *shown;
    let case = readable(app, actor, reference).await?;
    let view = view(app, &case, actor, app.now()).await?;
    let reason = fields.and_then(Offer::of).map(|offer| format!("reason-{}", offer.name())).unwrap_or_default();
    let wrong = problem.map(|problem| wrong_with(words, problem, fields, &reason)).unwrap_or_default();
    let wrong: Vec<_> = wrong.into_iter().chain(photo_gone(words, problem, fields)).collect();
    let title = if view.limited { reference.grouped() } else { titled(words, &view.line.title).to_owned() };
    let body = Body { shown, view: &view, report: case.reports, wrong: &wrong, fields };
    let html = html! {
        (back(words, "/plain/mine"))
        (summary(words, &wrong))
        @if done { (body.just_done()) }
        p class="hint reference" { (reference.grouped()) }
        h1 lang=(view.line.language.tag()) dir="auto" { (title) }
        (body.content())
    };
    Ok(frames.form(words.language(), &path_of(reference), &title, problem, &html))
}

/// The texts of a refusal. Problems of the typed text refer to `reason` and are shown beside it.
fn wrong_with<'a>(words: &Words, problem: &Problem, fields: Option<&Fields>, reason: &'a str) -> Vec<Wrong<'a>> {
    if problem.code == ProblemCode::Stale {
        let typed = fields.is_some_and(|fields| !fields.get("reason").is_empty());
        let newer = words.say("plain.newer_report");
        let words = if typed { format!("{newer} {}", words.say("plain.text_below")) } else { newer.to_owned() };
        return vec![Wrong { id: "", words }];
    }
    let of_words = matches!(problem.refusal, Some(Refusal::TextMissing | Refusal::TextTooLong));
    let id = if of_words { reason } else { "" };
    wrongs(words, problem, |_| "").into_iter().map(|wrong| Wrong { id, ..wrong }).collect()
}

/// Says that a photo sent with a refused form must be chosen again.
fn photo_gone(words: &Words, problem: Option<&Problem>, fields: Option<&Fields>) -> Option<Wrong<'static>> {
    let of_photo =
        problem.is_some_and(|problem| matches!(problem.code, ProblemCode::NotAnImage | ProblemCode::ImageTooLarge));
    let fields = fields?;
    let gone = (problem.is_some() && !of_photo && fields.photo) || !fields.get(AGAIN).is_empty();
    gone.then(|| Wrong { id: "", words: words.say("problem.photo_unknown").to_owned() })
}

/// Does what a form asks for; where it ends something, only after a confirmation.
///
/// # Errors
/// 404 where the case is not theirs, 400 where the form asks for no known action.
pub async fn act(
    shown: &Shown<'_>,
    reference: Reference,
    fields: &Fields,
    photo: Option<Arriving<'_>>,
) -> Result<Response, Failure> {
    let Shown { app, words, actor, .. } = *shown;
    let offer = Offer::of(fields).ok_or_else(|| Failure::of(ProblemCode::WrongShape))?;
    let path = words.path(&path_of(reference));
    if offer.wants_to_be_sure() && fields.get("sure").is_empty() {
        if !offer.is_asked_at_an_address() {
            return ask_again(shown, reference, offer, fields).await;
        }
        let number = |name: &str| fields.get(name).parse::<u32>().unwrap_or(u32::MAX);
        let (version, report) = (number("version"), number("report"));
        let to = format!("{path}?{ASK}={}&version={version}&report={report}", offer.act());
        return Ok(Redirect::to(&to).into_response());
    }
    let mut photos = Vec::new();
    if let Some(photo) = photo.filter(|_| offer.takes_photos()) {
        match photo.take(app.now()).await {
            Ok(photo) => photos.push(photo.id),
            Err(failure) => return show(shown, reference, Some(&failure.0), Some(fields)).await,
        }
    }
    let idempotency = identity(reference, offer, fields, !photos.is_empty());
    // The answer to a report refers to the report that the page showed.
    let of_report = matches!(offer.kind, ActionKind::Confirm | ActionKind::Dispute);
    let report = of_report.then(|| fields.get("report").parse().unwrap_or(u8::MAX));
    let action = offer.action(fields.get("reason").to_owned(), photos);
    match answer(app, reference, actor, &action, report, idempotency, app.now()).await {
        Ok(()) => Ok(Redirect::to(&format!("{path}?{DONE}=1")).into_response()),
        Err(failure) => show(shown, reference, Some(&failure.0), Some(fields)).await,
    }
}

/// The idempotency key of a form. It includes the version in the form: the same form sent twice takes effect once, with
/// other text it is another request.
fn identity(reference: Reference, offer: Offer, fields: &Fields, pictured: bool) -> Idempotency {
    let mut digest = Sha256::new();
    let with = if pictured { PHOTO } else { "" };
    let number = reference.to_string();
    for part in [number.as_str(), offer.name(), fields.get("version"), fields.get("reason"), with] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    let key: [u8; 32] = digest.finalize().into();
    Idempotency { key, fingerprint: key, response: String::new() }
}

/// Asks for a confirmation before something ends.
async fn ask_again(
    shown: &Shown<'_>,
    reference: Reference,
    offer: Offer,
    fields: &Fields,
) -> Result<Response, Failure> {
    let Shown { app, frames, words, actor, ref key } = *shown;
    let case = readable(app, actor, reference).await?;
    // A newer report exists than the page showed: said now rather than after the confirmation.
    if offer.kind == ActionKind::Confirm && fields.get("report").parse() != Ok(case.reports) {
        let stale = Failure::of(ProblemCode::Stale);
        return show(shown, reference, Some(&stale.0), Some(fields)).await;
    }
    let view = view(app, &case, actor, app.now()).await?;
    let [_, yes, sure] = question(&view);
    let (title, what, verb) = match offer.kind {
        ActionKind::Confirm => (sure, None, if sure == "case.sure" { "case.sure_yes" } else { yes }),
        ActionKind::DisownNumber => ("act.disown_number.title", Some("disown.what"), "disown.yes"),
        _ => ("act.withdraw.title", Some("act.withdraw.what"), "act.withdraw"),
    };
    let path = words.path(&path_of(reference));
    let html = html! {
        p class="hint reference" { (reference.grouped()) }
        h1 { (words.say(title)) }
        @if let Some(what) = what { p { (words.say(what)) } }
        form method="post" action=(path) {
            @for name in ["act", "version", "report", "reason"] { (hidden(name, fields.get(name))) }
            (hidden("sure", "1"))
            (hidden("key", key))
            button class="button" { (words.say(verb)) }
        }
        p { a class="button second" href=(path) { (words.say("case.sure_no")) } }
    };
    Ok(frames.html(StatusCode::OK, words.language(), &path_of(reference), words.say(title), &html))
}
