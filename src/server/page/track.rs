//! Following a grievance without the app: sign in by code, see where it lies, answer, dispute, remind.

use super::form::wrongs;
use super::plain::{Field as Control, Frames, Words, Wrong, back, field, summary};
use super::shell::escape;
use crate::api::call::{FORM_WORDS, bounded};
use crate::api::case_view::view;
use crate::api::problem::Failure;
use crate::api::session::Typed;
use crate::api::{answer, guard, own_lines, readable, session};
use crate::app::{App, random_hex};
use crate::store::{Idempotency, Session};
use axum::body::Body;
use axum::extract::{Form, FromRequest, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use model::api::{CaseView, Problem, ProblemCode, SendCodeRequest, voice_path};
use model::atr::Outcome;
use model::lifecycle::{Action, ActionKind, EventKind, Holder, Refusal, Stage};
use model::{Actor, Language, Reference, Role, Scope};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::time::Duration;

/// What the forms of these pages send.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Sent {
    mobile: String,
    id: String,
    code: String,
    /// The random word of the page for the code.
    once: String,
    act: String,
    version: u32,
    /// The report that is answered, counted from 1.
    report: u8,
    reason: String,
}

/// A page under `/plain/`; `path` is without language.
pub async fn page(app: &App, frames: &Frames, path: &str, request: Request) -> Response {
    let (language, _) = Language::of_path(request.uri().path());
    let words = frames.words(language);
    let post = request.method() == axum::http::Method::POST;
    let (parts, body) = request.into_parts();
    let answered = match (post, path) {
        (false, "/plain/sign-in") => Ok(sign_in(frames, words, "", None)),
        (true, "/plain/sign-in") => send(app, frames, words, parts, body).await,
        (true, "/plain/code") => enter(app, frames, words, parts, body).await,
        (false, "/plain/mine") => mine(app, frames, words, &parts).await,
        (post, path) => match path.strip_prefix("/plain/case/").map(Reference::parse) {
            Some(Ok(reference)) if post => act(app, frames, words, reference, parts, body).await,
            Some(Ok(reference)) => case(app, frames, words, reference, &parts, None).await,
            _ => Err(Failure::of(ProblemCode::NotFound)),
        },
    };
    match answered {
        Ok(response) => response,
        Err(failure) if failure.0.code == ProblemCode::SignInNeeded => {
            Redirect::to(&language.path("/plain/sign-in")).into_response()
        }
        Err(failure) => failed(frames, words, &failure.0),
    }
}

fn failed(frames: &Frames, words: &Words, problem: &Problem) -> Response {
    let title = words.raw(if problem.status == 404 { "notfound.title" } else { "failed.title" });
    let said: String = wrongs(words, problem, |_| "").iter().map(|wrong| format!("<p>{}</p>", wrong.words)).collect();
    let home =
        format!("<p class=\"links\"><a href=\"{}\">{}</a></p>", words.language().path("/"), words.say("notfound.home"));
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    frames.html(status, words.language(), "/", &title, &format!("<h1>{}</h1>{said}{home}", escape(&title)))
}

async fn received<T: DeserializeOwned>(parts: Parts, body: Body) -> Result<T, Failure> {
    guard::same_site(&parts)?;
    let bytes = bounded(&parts, body, FORM_WORDS, Duration::from_secs(30)).await?;
    let request = Request::from_parts(parts, Body::from(bytes));
    let form = Form::<T>::from_request(request, &()).await;
    form.map(|Form(sent)| sent).map_err(|_| Failure::of(ProblemCode::WrongShape))
}

fn sign_in(frames: &Frames, words: &Words, mobile: &str, problem: Option<&Problem>) -> Response {
    let wrong = problem.map(|problem| wrongs(words, problem, |_| "mobile")).unwrap_or_default();
    let attributes = "type=\"tel\" inputmode=\"tel\" autocomplete=\"tel\"";
    let control = Control { id: "mobile", label: &words.say("form.mobile"), value: mobile, rows: 0, attributes };
    let body = format!(
        "{}{}<h1>{}</h1><form method=\"post\" action=\"{}\" novalidate>{}<button class=\"button\">{}</button></form>",
        back(words, "/"),
        summary(words, &wrong),
        words.say("signin.title"),
        words.language().path("/plain/sign-in"),
        field(&control, &wrong),
        words.say("signin.send"),
    );
    form_page(frames, words, "/plain/sign-in", "signin.title", problem, &body)
}

/// A page with a form, titled by whether something is wrong.
fn form_page(
    frames: &Frames,
    words: &Words,
    path: &str,
    title: &str,
    problem: Option<&Problem>,
    body: &str,
) -> Response {
    let prefix = if problem.is_some() { words.raw("error.prefix") } else { String::new() };
    let status = problem.map_or(StatusCode::OK, |problem| StatusCode::from_u16(problem.status).unwrap_or_default());
    frames.html(status, words.language(), path, &format!("{prefix}{}", words.raw(title)), body)
}

async fn send(app: &App, frames: &Frames, words: &Words, parts: Parts, body: Body) -> Result<Response, Failure> {
    let (address, headers) = (guard::address(app, &parts), parts.headers.clone());
    let sent: Sent = received(parts, body).await?;
    let to = SendCodeRequest { mobile: sent.mobile.clone(), language: words.language(), work: None };
    Ok(match session::send(app, &to, &headers, &address, true, app.now()).await {
        Ok(code) => code_page(frames, words, &code.id, None)?,
        Err(failure) => match &failure.0.code_page {
            // No code goes out now, but one that the telephone itself asks for can be entered.
            Some(page) => code_page(frames, words, page, Some(&failure.0))?,
            None => sign_in(frames, words, &sent.mobile, Some(&failure.0)),
        },
    })
}

fn code_page(frames: &Frames, words: &Words, id: &str, problem: Option<&Problem>) -> Result<Response, Failure> {
    let once = random_hex::<16>().map_err(|error| Failure::internal(&error))?;
    let mut wrong = problem.map(|problem| wrongs(words, problem, |_| "code")).unwrap_or_default();
    wrong.iter_mut().for_each(|wrong| wrong.id = "code");
    let attributes = "inputmode=\"numeric\" autocomplete=\"one-time-code\"";
    let control = Control { id: "code", label: &words.say("plain.code"), value: "", rows: 0, attributes };
    let body = format!(
        "{}{}<h1>{}</h1><form method=\"post\" action=\"{}\" novalidate><input type=\"hidden\" name=\"id\" value=\"{}\">\
         <input type=\"hidden\" name=\"once\" value=\"{once}\">{}<button class=\"button\">{}</button></form><p>{}</p><p class=\"links\"><a href=\"{}\">{}</a></p>",
        back(words, "/plain/sign-in"),
        summary(words, &wrong),
        words.say("code.title"),
        words.language().path("/plain/code"),
        escape(id),
        field(&control, &wrong),
        words.say("code.check"),
        words.say("plain.code.by_text"),
        words.language().path("/plain/sign-in"),
        words.say("code.again"),
    );
    Ok(form_page(frames, words, "/plain/sign-in", "code.title", problem, &body))
}

async fn enter(app: &App, frames: &Frames, words: &Words, parts: Parts, body: Body) -> Result<Response, Failure> {
    let headers = parts.headers.clone();
    let sent: Sent = received(parts, body).await?;
    let typed = Typed::of(&sent.code, &sent.once);
    Ok(match session::enter(app, &headers, &sent.id, typed, app.now()).await {
        Ok(cookies) => {
            let to = words.language().path("/plain/mine");
            let cookies = AppendHeaders(cookies.map(|cookie| (header::SET_COOKIE, cookie)));
            (cookies, Redirect::to(&to)).into_response()
        }
        Err(failure) => code_page(frames, words, &sent.id, Some(&failure.0))?,
    })
}

async fn signed_in(app: &App, parts: &Parts) -> Result<Session, Failure> {
    let session = guard::session(app, parts, guard::Client::Citizen, app.now()).await?;
    session.ok_or_else(|| Failure::of(ProblemCode::SignInNeeded))
}

async fn mine(app: &App, frames: &Frames, words: &Words, parts: &Parts) -> Result<Response, Failure> {
    let session = signed_in(app, parts).await?;
    let lines = own_lines(app, &session.actor).await?;
    let cards: String = lines
        .iter()
        .map(|line| {
            format!(
                "<li class=\"card\"><p class=\"hint\">{}</p><h2><a href=\"{}\" lang=\"{}\" dir=\"auto\">{}</a></h2><p>{} · {}</p></li>",
                line.reference.grouped(),
                words.language().path(&format!("/plain/case/{}", line.reference)),
                line.language.tag(),
                escape(&titled(words, &line.title)),
                words.name_of("stage", &line.stage),
                words.date(line.stage_since),
            )
        })
        .collect();
    let list = if cards.is_empty() {
        format!("<p>{}</p>", words.say("mine.empty"))
    } else {
        format!("<ul class=\"cards\">{cards}</ul>")
    };
    let body = format!("<h1>{}</h1>{list}", words.say("mine.title"));
    Ok(frames.html(StatusCode::OK, words.language(), "/plain/mine", &words.raw("mine.title"), &body))
}

async fn case(
    app: &App,
    frames: &Frames,
    words: &Words,
    reference: Reference,
    parts: &Parts,
    problem: Option<(&Problem, &Sent)>,
) -> Result<Response, Failure> {
    let actor = signed_in(app, parts).await?.actor;
    show(app, frames, words, reference, &actor, problem).await
}

async fn show(
    app: &App,
    frames: &Frames,
    words: &Words,
    reference: Reference,
    actor: &Actor,
    problem: Option<(&Problem, &Sent)>,
) -> Result<Response, Failure> {
    let case = readable(app, actor, &reference.to_string()).await?;
    let view = view(app, &case, actor, app.now()).await?;
    let path = format!("/plain/case/{reference}");
    let reason = problem.map(|(_, sent)| format!("reason-{}", sent.act)).unwrap_or_default();
    let mut wrong = problem.map(|(problem, _)| wrongs(words, problem, |_| "")).unwrap_or_default();
    if problem.is_some_and(|(problem, _)| problem.code == ProblemCode::Stale) {
        wrong = vec![Wrong { id: "", words: words.say("plain.newer_report") }];
    }
    // What is wrong with the words leads to them, and stands beside them.
    let of_words = problem
        .is_some_and(|(problem, _)| matches!(problem.refusal, Some(Refusal::TextMissing | Refusal::TextTooLong)));
    if of_words {
        wrong.iter_mut().for_each(|wrong| wrong.id = &reason);
    }
    let forms: String = OFFERED
        .iter()
        .filter(|kind| view.actions.contains(kind))
        .map(|kind| act_form(words, &path, (&view, case.reports), *kind, problem.map(|(_, sent)| sent), &wrong))
        .collect();
    let linked = matches!(actor.scope, Scope::Case { .. }) && !view.limited;
    let forms = if linked { format!("{}{forms}", by_code(words, &view)) } else { forms };
    let title = if view.limited { reference.grouped() } else { titled(words, &view.line.title) };
    let voice = view.voice.as_ref().map(|voice| {
        let label = words.say("voice.title");
        format!("<figure class=\"voice\"><figcaption>{label}</figcaption><audio controls preload=\"none\" src=\"{}\" aria-label=\"{label}\"></audio></figure>", voice_path(voice))
    });
    let own = if view.limited {
        let sign_in = words.language().path("/plain/sign-in");
        format!(
            "<p>{}</p><p class=\"links\"><a href=\"{sign_in}\">{}</a></p>",
            words.say("link.limited.text"),
            words.say("link.limited.go"),
        )
    } else {
        format!(
            "<h2>{}</h2><p class=\"said\" lang=\"{}\" dir=\"auto\">{}</p>{}",
            words.say("case.own"),
            view.line.language.tag(),
            escape(&view.text),
            voice.unwrap_or_default(),
        )
    };
    let body = format!(
        "<p class=\"back\"><a href=\"{}\">{}</a></p>{}<p class=\"hint reference\">{}</p><h1 lang=\"{}\" dir=\"auto\">{}</h1>\
         {}{forms}<h2>{}</h2>{}{own}",
        words.language().path("/plain/mine"),
        words.say("case.back"),
        summary(words, &wrong),
        reference.grouped(),
        view.line.language.tag(),
        escape(&title),
        whereabouts(app, words, &view),
        words.say("case.timeline"),
        timeline(app, words, &view),
    );
    let prefix = if problem.is_some() { words.raw("error.prefix") } else { String::new() };
    let status =
        problem.map_or(StatusCode::OK, |(problem, _)| StatusCode::from_u16(problem.status).unwrap_or_default());
    Ok(frames.html(status, words.language(), &path, &format!("{prefix}{title}"), &body))
}

/// What a case goes by: its first sentence, or that it was spoken.
fn titled(words: &Words, title: &str) -> String {
    if title.is_empty() { words.raw("case.spoken") } else { title.to_owned() }
}

/// What a citizen can do here, the question to them first.
const OFFERED: [ActionKind; 8] = [
    ActionKind::Confirm,
    ActionKind::Dispute,
    ActionKind::ProvideInformation,
    ActionKind::Remind,
    ActionKind::AddInformation,
    ActionKind::Reopen,
    ActionKind::Appeal,
    ActionKind::DisownNumber,
];

fn name(kind: ActionKind) -> String {
    serde_json::to_value(kind).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// What the report asks, and what a yes to it says.
fn question(view: &CaseView) -> (&'static str, &'static str) {
    match view.outcome {
        Some(Outcome::PartlyDone) => ("case.ask.partly", "case.yes.partly"),
        Some(Outcome::CannotBeDone) => ("case.ask.cannot", "case.yes.cannot"),
        _ if view.line.stage == Stage::ClosedUnconfirmed => ("case.ask.closed", "case.yes"),
        _ => ("case.ask.reported", "case.yes"),
    }
}

/// For whoever came by a link: what wants a code, with the question where there is one.
fn by_code(words: &Words, view: &CaseView) -> String {
    let asked = matches!(view.line.stage, Stage::Verification | Stage::ClosedUnconfirmed);
    let (ask, _) = question(view);
    let ask = if asked { format!("<p class=\"question\">{}</p>", words.say(ask)) } else { String::new() };
    format!(
        "<section class=\"now\">{ask}<p>{}</p><p class=\"links\"><a href=\"{}\">{}</a></p></section>",
        words.say("case.by_code"),
        words.language().path("/plain/sign-in"),
        words.say("case.by_code.link"),
    )
}

fn act_form(
    words: &Words,
    path: &str,
    (view, report): (&CaseView, u8),
    kind: ActionKind,
    sent: Option<&Sent>,
    wrong: &[Wrong<'_>],
) -> String {
    let name = name(kind);
    let bare = matches!(kind, ActionKind::Confirm | ActionKind::Remind | ActionKind::DisownNumber);
    let id = format!("reason-{name}");
    let kept = sent.filter(|sent| sent.act == name).map(|sent| sent.reason.as_str()).unwrap_or_default();
    let label = words.say(&format!("act.{name}.title"));
    let control = Control { id: &id, label: &label, value: kept, rows: 4, attributes: "" };
    // Each form names its words alike; the ids tell them apart.
    let reason =
        if bare { String::new() } else { field(&control, wrong).replace(&format!("name=\"{id}\""), "name=\"reason\"") };
    let (question, yes) = question(view);
    let confirms = kind == ActionKind::Confirm;
    let ask = if confirms { format!("<p class=\"question\">{}</p>", words.say(question)) } else { String::new() };
    let verb = if confirms { yes.to_owned() } else { format!("act.{name}") };
    let class = if kind == ActionKind::Confirm { "button" } else { "button second" };
    format!(
        "<form class=\"now\" method=\"post\" action=\"{}\" novalidate>{ask}<input type=\"hidden\" name=\"act\" value=\"{name}\">\
         <input type=\"hidden\" name=\"version\" value=\"{}\"><input type=\"hidden\" name=\"report\" value=\"{report}\">{reason}<button class=\"{class}\">{}</button></form>",
        words.language().path(path),
        view.line.version,
        words.say(if bare { &verb } else { "act.send" }),
    )
}

async fn act(
    app: &App,
    frames: &Frames,
    words: &Words,
    reference: Reference,
    parts: Parts,
    body: Body,
) -> Result<Response, Failure> {
    let actor = signed_in(app, &parts).await?.actor;
    let sent: Sent = received(parts, body).await?;
    let reason = sent.reason.clone();
    let action = match OFFERED.iter().find(|kind| name(**kind) == sent.act) {
        Some(ActionKind::Confirm) => Action::Confirm { remark: String::new() },
        Some(ActionKind::Dispute) => Action::Dispute { reason, partly: false, photos: vec![] },
        Some(ActionKind::ProvideInformation) => Action::ProvideInformation { text: reason, photos: vec![] },
        Some(ActionKind::AddInformation) => Action::AddInformation { text: reason, photos: vec![] },
        Some(ActionKind::Remind) => Action::Remind,
        Some(ActionKind::Reopen) => Action::Reopen { reason },
        Some(ActionKind::Appeal) => Action::Appeal { reason },
        Some(ActionKind::DisownNumber) => Action::DisownNumber,
        _ => return Err(Failure::of(ProblemCode::WrongShape)),
    };
    // The version stands in the form: the same form sent twice is done once, with other words it is another one.
    let mut digest = Sha256::new();
    for part in [reference.to_string(), sent.act.clone(), sent.version.to_string(), sent.reason.clone()] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    let key: [u8; 32] = digest.finalize().into();
    let idempotency = Idempotency { key, fingerprint: key, response: String::new() };
    // What is said about a report is said about the one that the page showed.
    let report = matches!(action, Action::Confirm { .. } | Action::Dispute { .. }).then_some(sent.report);
    match answer(app, reference, &actor, &action, report, idempotency, app.now()).await {
        Ok(()) => Ok(Redirect::to(&words.language().path(&format!("/plain/case/{reference}"))).into_response()),
        Err(failure) => show(app, frames, words, reference, &actor, Some((&failure.0, &sent))).await,
    }
}

fn whereabouts(app: &App, words: &Words, view: &CaseView) -> String {
    let who = match &view.holder {
        Holder::Department(code) => {
            app.tables.department(code).map(|found| escape(found.name.of(words.language()))).unwrap_or_default()
        }
        Holder::Office(_) => {
            view.office_name.as_ref().map(|name| escape(name.of(words.language()))).unwrap_or_default()
        }
        other => words.name_of("holder", other),
    };
    let stage = words.name_of("stage", &view.line.stage);
    if view.limited || !view.line.stage.is_open() {
        return format!("<div class=\"where\"><p><span class=\"pill\">{stage}</span></p></div>");
    }
    let due = match view.line.due {
        Some(due) if due < app.now() => words.fill("case.overdue", &[("date", &words.date(due))]),
        Some(due) => words.fill("case.due", &[("date", &words.date(due))]),
        None => words.say("case.paused"),
    };
    format!(
        "<div class=\"where\"><p><span class=\"pill\">{stage}</span></p><dl><dt>{}</dt><dd><strong>{who}</strong></dd>\
         <dd class=\"hint\">{}</dd><dd>{due}</dd></dl></div>",
        words.say("case.where"),
        words.fill("case.since", &[("date", &words.date(view.line.stage_since))]),
    )
}

fn timeline(app: &App, words: &Words, view: &CaseView) -> String {
    let knots: String = view
        .timeline
        .iter()
        .map(|entry| {
            let unit = entry.to.as_ref().map(|party| &party.department).filter(|code| !code.is_empty());
            let unit = unit.or(entry.department.as_ref()).and_then(|code| app.tables.department(code));
            let by = match (unit, entry.role) {
                (Some(unit), _) => format!(" · {}", escape(unit.short.of(words.language()))),
                (None, Role::System) => String::new(),
                (None, role) => format!(" · {}", words.name_of("role", &role)),
            };
            let detail = entry.detail.as_ref().map(|detail| format!(" – {}", words.say(&format!("detail.{detail}"))));
            let said = entry.text.as_ref().map(|text| {
                format!("<p class=\"said\" lang=\"{}\" dir=\"auto\">{}</p>", entry.language.tag(), escape(text))
            });
            let photos: String = entry
                .photos
                .iter()
                .enumerate()
                .map(|(index, id)| {
                    let label = words.fill("case.photo", &[("n", &words.language().digits(&(index + 1).to_string()))]);
                    format!("<p class=\"links\"><a href=\"{}\">{label}</a></p>", model::api::photo_path(id))
                })
                .collect();
            format!(
                "<li class=\"{}\"><p class=\"what\">{}{}</p><p class=\"hint\">{}{by}</p>{}{photos}</li>",
                if entry.setback {
                    "setback"
                } else if entry.redresses {
                    "confirmed"
                } else {
                    ""
                },
                words.name_of::<EventKind>("event", &entry.kind),
                detail.unwrap_or_default(),
                words.date(entry.at),
                said.unwrap_or_default(),
            )
        })
        .collect();
    format!("<ol class=\"thread\">{knots}</ol>")
}
