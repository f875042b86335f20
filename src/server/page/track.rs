//! Following grievances without the app: sign in by code, list, sign out. One grievance is in [`super::case`].

use super::case;
use super::field::{Field, Wrong, hidden, summary};
use super::form::{self, wrongs};
use super::plain::{Frames, back, link, status};
use super::received::{Fields, Origin, receive};
use crate::api::guard::{self, Client, Site};
use crate::api::session;
use crate::app::code::Typed;
use crate::app::read::own_lines;
use crate::failure::Failure;
use crate::secret::random_hex;
use crate::state::App;
use crate::store::Session;
use crate::words::Words;
use axum::body::Body;
use axum::extract::{Query, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use maud::{Markup, html};
use model::wire::{CaseLine, Problem, ProblemCode, SendCodeRequest};
use model::{Language, Reference, Scope};

/// The fields of these forms besides the photo.
const NAMES: [&str; 13] =
    ["mobile", "id", "code", "once", "key", "act", "version", "report", "reason", "sure", "partly", "case", AGAIN];
/// The fields that were typed when the session ended: carried through the sign-in and shown again after it.
const KEPT: [&str; 6] = ["mobile", "case", "act", "partly", "reason", AGAIN];
/// The field that says that a photo was sent with the text: a browser sends it again only when it is chosen again.
pub const AGAIN: &str = "again";
/// The cookie that ties the page for the code to the browser that asked for it, where the browser does not name its
/// origin.
const ONCE: &str = "__Host-once";

/// A page under `/plain/`; `path` is without language.
pub async fn page(app: &App, frames: &Frames, path: &str, request: Request) -> Response {
    let (language, _) = Language::of_path(request.uri().path());
    let words = frames.words(language);
    let post = request.method() == axum::http::Method::POST;
    let (parts, body) = request.into_parts();
    let page = Page { app, frames, words };
    let answered = match (post, path) {
        (false, "/plain/danger") => Ok(form::danger(app, frames, language)),
        (false, "/plain/find") => Ok(page.find(&parts)),
        (false, "/plain/sign-in") => Ok(page.sign_in(&wanted(&parts), None)),
        (true, "/plain/sign-in") => page.send(parts, body).await,
        (true, "/plain/code") => page.enter(parts, body).await,
        (true, "/plain/sign-out") => page.sign_out(parts, body).await,
        (false, "/plain/mine") => page.mine(&parts).await,
        (post, path) => match path.strip_prefix("/plain/case/").map(Reference::parse) {
            Some(Ok(reference)) if post => page.act(reference, parts, body).await,
            Some(Ok(reference)) => page.case(reference, &parts).await,
            _ => Err(Failure::of(ProblemCode::NotFound)),
        },
    };
    match answered {
        Ok(response) => response,
        Err(failure) if failure.0.code == ProblemCode::SignInNeeded => {
            // Back to the page they came from, after signing in.
            let case = path.strip_prefix("/plain/case/").map(|number| format!("?case={number}")).unwrap_or_default();
            Redirect::to(&format!("{}{case}", language.path("/plain/sign-in"))).into_response()
        }
        Err(failure) => failed(frames, words, &failure.0),
    }
}

fn failed(frames: &Frames, words: &Words, problem: &Problem) -> Response {
    let title = words.say(if problem.status == 404 { "notfound.title" } else { "failed.title" });
    let body = html! {
        h1 { (title) }
        @for wrong in wrongs(words, problem, |_| "") { p { (wrong.words) } }
        (link(&words.path("/"), words.say("notfound.home")))
    };
    frames.html(status(problem), words.language(), "/", title, &body)
}

/// The grievance in the query, for which the sign-in was needed.
fn wanted(parts: &Parts) -> Fields {
    let mut fields = Fields::default();
    let query = parts.uri.query().unwrap_or_default();
    let number = query.split('&').find_map(|pair| pair.strip_prefix("case="));
    if let Some(Ok(reference)) = number.map(Reference::parse) {
        fields.set("case", reference.to_string());
    }
    fields
}

/// The session; `None` where nobody is signed in.
async fn signed_in(app: &App, parts: &Parts) -> Result<Session, Failure> {
    let session = guard::session(app, parts, Client::Citizen, app.now()).await?;
    session.ok_or_else(|| Failure::of(ProblemCode::SignInNeeded))
}

/// The key that every form of a session carries: where a browser does not name its origin, this proves that the form
/// was ours.
pub fn form_key(app: &App, session: &Session) -> String {
    hex::encode(app.keyed("plain form", &session.token_hash))
}

/// Hidden fields with what was typed before the session ended, and with the number.
fn kept(fields: &Fields) -> Markup {
    let typed = KEPT.into_iter().map(|name| (name, fields.get(name))).filter(|(_, value)| !value.is_empty());
    html! { @for (name, value) in typed { (hidden(name, value)) } }
}

/// A grievance on the list.
fn card(words: &Words, line: &CaseLine) -> Markup {
    html! {
        li class="card" {
            p class="hint" { (line.reference.grouped()) }
            h2 {
                a href=(words.path(&case::path_of(line.reference))) lang=(line.language.tag()) dir="auto" {
                    (case::titled(words, &line.title))
                }
            }
            p { (words.name_of("stage", &line.stage)) " · " (words.date(line.stage_since)) }
        }
    }
}

/// The pages in a language.
struct Page<'a> {
    app: &'a App,
    frames: &'a Frames,
    words: &'a Words,
}

impl Page<'_> {
    /// Reads a form of these pages; a form of another site is refused. `unsaid` decides where the browser does not name
    /// its origin.
    async fn received(
        &self,
        parts: Parts,
        body: Body,
        unsaid: impl FnOnce(&Fields) -> bool,
    ) -> (Fields, Result<Option<crate::app::attachment::Arriving<'_>>, Failure>) {
        let (address, site, mut fields) = (guard::address(self.app, &parts), guard::site(&parts), Fields::default());
        let session = guard::session_of(self.app, &parts.headers, guard::Client::Citizen, self.app.now()).await;
        let from = Origin { address, known: site != Site::Other && session.is_ok_and(|session| session.is_some()) };
        let received = receive(self.app, parts, body, from, &NAMES, &mut fields).await;
        let own = match site {
            Site::Own => true,
            Site::Unsaid => unsaid(&fields),
            Site::Other => false,
        };
        let received =
            received.and_then(|photo| if own { Ok(photo) } else { Err(Failure::of(ProblemCode::CrossSite)) });
        (fields, received)
    }

    /// Reads the number of a grievance and redirects to its address, so that Back returns there.
    fn find(&self, parts: &Parts) -> Response {
        let words = self.words;
        let asked =
            Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).map(|Query(pairs)| pairs).unwrap_or_default();
        let (mut wrong, mut value) = (Vec::new(), String::new());
        if let Some((_, typed)) = asked.iter().find(|(name, _)| name == "number") {
            match Reference::parse(typed) {
                Ok(reference) => {
                    let to = words.path(&format!("/plain/case/{reference}"));
                    return Redirect::to(&to).into_response();
                }
                Err(_) => {
                    let empty = model::text::digits(typed).is_empty();
                    let why = if empty { "problem.number_empty" } else { "problem.number_wrong" };
                    wrong.push(Wrong { id: "number", words: words.say(why).to_owned() });
                    value.clone_from(typed);
                }
            }
        }
        let (title, label, autocomplete) = (words.say("home.find"), words.say("find.title"), Some("off"));
        let inputmode = Some("numeric");
        let control = Field { id: "number", label, value: &value, inputmode, autocomplete, ..Field::default() };
        let body = html! {
            (back(words, "/"))
            (summary(words, &wrong))
            h1 { (title) }
            p { (words.say("find.hint")) }
            form action=(words.path("/plain/find")) novalidate {
                (control.with(&wrong))
                button class="button" { (words.say("continue")) }
            }
            (link(&words.path("/plain/mine"), words.say("find.mobile")))
        };
        let prefix = if wrong.is_empty() { "" } else { words.say("error.prefix") };
        self.frames.html(StatusCode::OK, words.language(), "/plain/find", &format!("{prefix}{title}"), &body)
    }

    fn sign_in(&self, fields: &Fields, problem: Option<&Problem>) -> Response {
        let wrong = problem.map(|problem| wrongs(self.words, problem, |_| "mobile")).unwrap_or_default();
        self.sign_in_where(fields, problem, &wrong)
    }

    /// The sign-in with given error texts.
    fn sign_in_where(&self, fields: &Fields, problem: Option<&Problem>, wrong: &[Wrong<'_>]) -> Response {
        let (words, reason, title) = (self.words, fields.get("reason"), self.words.say("signin.title"));
        let body = html! {
            (back(words, "/"))
            (summary(words, wrong))
            h1 { (title) }
            @if !reason.is_empty() {
                p { (words.say("plain.kept")) }
                p class="said" dir="auto" { (reason) }
                @if !fields.get(AGAIN).is_empty() { p { (words.say("problem.photo_unknown")) } }
            }
            form method="post" action=(words.path("/plain/sign-in")) novalidate {
                (kept(&fields.without("mobile")))
                (Field::mobile(words.say("form.mobile"), fields.get("mobile")).with(wrong))
                button class="button" { (words.say("signin.send")) }
            }
        };
        // Another language leads to the same grievance.
        let case = Some(fields.get("case")).filter(|number| !number.is_empty());
        let path = case.map_or_else(|| "/plain/sign-in".to_owned(), |number| format!("/plain/sign-in?case={number}"));
        self.frames.form(words.language(), &path, title, problem, &body)
    }

    async fn send(&self, parts: Parts, body: Body) -> Result<Response, Failure> {
        let (address, headers) = (guard::address(self.app, &parts), parts.headers.clone());
        // Anybody may request a code for any number: the origin does not matter.
        let (fields, received) = self.received(parts, body, |_| true).await;
        received?;
        let to =
            SendCodeRequest { mobile: fields.get("mobile").to_owned(), language: self.words.language(), work: None };
        match session::send(self.app, &to, &headers, &address, true, self.app.now()).await {
            Ok(code) => self.code(&code.id, &fields, None),
            Err(failure) => match &failure.0.code_page {
                // No code can be sent now, but one that the phone itself requested can be entered.
                Some(page) => self.code(page, &fields, Some(&failure.0)),
                None => Ok(self.sign_in(&fields, Some(&failure.0))),
            },
        }
    }

    fn code(&self, id: &str, fields: &Fields, problem: Option<&Problem>) -> Result<Response, Failure> {
        let words = self.words;
        let once = random_hex::<16>().map_err(|error| Failure::internal(&error))?;
        let mut wrong = problem.map(|problem| wrongs(words, problem, |_| "code")).unwrap_or_default();
        wrong.iter_mut().for_each(|wrong| wrong.id = "code");
        let (title, label) = (words.say("code.title"), words.say("plain.code"));
        let (inputmode, autocomplete) = (Some("numeric"), Some("one-time-code"));
        let control = Field { id: "code", label, inputmode, autocomplete, ..Field::default() };
        let body = html! {
            (back(words, "/plain/sign-in"))
            (summary(words, &wrong))
            h1 { (title) }
            form method="post" action=(words.path("/plain/code")) novalidate {
                (hidden("id", id))
                (hidden("once", &once))
                (kept(fields))
                (control.with(&wrong))
                button class="button" { (words.say("code.check")) }
            }
            p { (words.say("plain.code.by_text")) }
            form method="post" action=(words.path("/plain/sign-in")) {
                (kept(fields))
                button class="link" { (words.say("code.again")) }
            }
        };
        let page = self.frames.form(words.language(), "/plain/sign-in", title, problem, &body);
        let cookie = format!("{ONCE}={once}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=3600");
        Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), page).into_response())
    }

    async fn enter(&self, parts: Parts, body: Body) -> Result<Response, Failure> {
        let headers = parts.headers.clone();
        let cookie = guard::cookie_of(&parts.headers, ONCE).unwrap_or_default().to_owned();
        // Another site's form must not sign anybody in as somebody else.
        let shown = |fields: &Fields| !cookie.is_empty() && fields.get("once") == cookie;
        let (fields, received) = self.received(parts, body, shown).await;
        received?;
        let (app, typed) = (self.app, Typed::of(fields.get("code"), fields.get("once")));
        match session::enter(app, &headers, fields.get("id"), typed, app.now()).await {
            Ok((begun, cookies)) => {
                let cookies = AppendHeaders(cookies.into_iter().map(|cookie| (header::SET_COOKIE, cookie)));
                let page = match Reference::parse(fields.get("case")) {
                    Ok(reference) if fields.get("reason").is_empty() => {
                        Redirect::to(&self.words.path(&format!("/plain/case/{reference}"))).into_response()
                    }
                    // What was typed before the session ended is shown in its form again.
                    Ok(reference) => {
                        match case::show(&self.shown(&begun.session), reference, None, Some(&fields)).await {
                            Err(failure) if failure.0.code == ProblemCode::NotFound => {
                                self.not_theirs(fields, reference)
                            }
                            answer => answer?,
                        }
                    }
                    Err(_) => Redirect::to(&self.words.path("/plain/mine")).into_response(),
                };
                Ok((cookies, page).into_response())
            }
            Err(failure) => self.code(fields.get("id"), &fields, Some(&failure.0)),
        }
    }

    async fn sign_out(&self, parts: Parts, body: Body) -> Result<Response, Failure> {
        let session = guard::session(self.app, &parts, Client::Citizen, self.app.now()).await?;
        let key = session.as_ref().map(|session| form_key(self.app, session));
        let (_, received) = self.received(parts, body, |fields| key.as_deref() == Some(fields.get("key"))).await;
        received?;
        if let Some(session) = &session {
            self.app.store.sign_out(&session.token_hash).await?;
        }
        let cookie = AppendHeaders([(header::SET_COOKIE, Client::Citizen.set_cookie(""))]);
        Ok((cookie, Redirect::to(&self.words.path("/"))).into_response())
    }

    async fn mine(&self, parts: &Parts) -> Result<Response, Failure> {
        let (app, words) = (self.app, self.words);
        let session = signed_in(app, parts).await?;
        let lines = own_lines(app, &session.actor).await?;
        let title = words.say("mine.title");
        let body = html! {
            (back(words, "/"))
            h1 { (title) }
            // A link shows one grievance of perhaps several.
            @if matches!(session.actor.scope, Scope::Case { .. }) {
                p { (words.say("plain.mine.by_link")) }
                (link(&words.path("/plain/sign-in"), words.say("link.limited.go")))
            }
            @if lines.is_empty() {
                p { (words.say("mine.empty")) }
            } @else {
                ul class="cards" { @for line in &lines { (card(words, line)) } }
            }
            (case::sign_out(words, &form_key(app, &session)))
        };
        Ok(self.frames.html(StatusCode::OK, words.language(), "/plain/mine", title, &body))
    }

    fn shown<'a>(&'a self, session: &'a Session) -> case::Shown<'a> {
        let key = form_key(self.app, session);
        case::Shown { app: self.app, frames: self.frames, words: self.words, actor: &session.actor, key }
    }

    async fn case(&self, reference: Reference, parts: &Parts) -> Result<Response, Failure> {
        let session = signed_in(self.app, parts).await?;
        let asked = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).map(|Query(pairs)| pairs);
        let shown = self.shown(&session);
        match case::come_to(&shown, reference, &Fields::of(asked.unwrap_or_default())).await {
            Err(failure) if failure.0.code == ProblemCode::NotFound => {
                Ok(self.not_theirs(Fields::default(), reference))
            }
            answered => answered,
        }
    }

    /// The page for a grievance that does not exist or is not the reader's: both are answered alike. Its citizen can
    /// sign in with its number, and what was typed for it is kept.
    fn not_theirs(&self, mut fields: Fields, reference: Reference) -> Response {
        fields.set("case", reference.to_string());
        if fields.photo {
            fields.set(AGAIN, "photo");
        }
        let kept = if fields.get("reason").is_empty() { "plain.not_theirs" } else { "plain.other_number" };
        let wrong = [Wrong { id: "mobile", words: self.words.say(kept).to_owned() }];
        self.sign_in_where(&fields, Some(&Failure::of(ProblemCode::NotFound).0), &wrong)
    }

    async fn act(&self, reference: Reference, parts: Parts, body: Body) -> Result<Response, Failure> {
        let session = guard::session(self.app, &parts, Client::Citizen, self.app.now()).await?;
        let key = session.as_ref().map(|session| form_key(self.app, session));
        let (mut fields, received) =
            self.received(parts, body, |fields| key.as_deref() == Some(fields.get("key"))).await;
        let Some(session) = session else {
            // What was typed goes through the sign-in with its writer.
            fields.set("case", reference.to_string());
            if fields.photo {
                fields.set(AGAIN, "photo");
            }
            return Ok(self.sign_in(&fields, Some(&Failure::of(ProblemCode::SignInNeeded).0)));
        };
        let shown = self.shown(&session);
        let answered = match received {
            Ok(photo) => case::act(&shown, reference, &fields, photo).await,
            Err(failure) => case::show(&shown, reference, Some(&failure.0), Some(&fields)).await,
        };
        match answered {
            // Somebody else has signed in on this phone since.
            Err(failure) if failure.0.code == ProblemCode::NotFound => Ok(self.not_theirs(fields, reference)),
            answered => answered,
        }
    }
}
