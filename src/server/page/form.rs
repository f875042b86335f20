//! The plain HTML form: lodging where WebAssembly cannot run. The same rules as in the app, without a script.

use super::field::{Field as Control, Wrong, hidden, summary};
use super::plain::{Frames, back, call_112, status};
use super::received::{Fields, Origin, PHOTO, receive};
use crate::api::guard::{self, Site};
use crate::app::Once;
use crate::app::lodge::{self, Sender};
use crate::failure::Failure;
use crate::state::App;
use crate::store::Idempotency;
use crate::words::Words;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use model::clock::ist_date;
use model::lifecycle::Channel;
use model::lodging::{Field, Lodging, Problem as FieldProblem, Reason};
use model::names::code_of;
use model::reason::{Question, Reasons};
use model::wire::{Problem, ProblemCode, Receipt};
use model::{Language, Mobile, Time, text};
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

/// The fields of the form besides the photo.
const NAMES: [&str; 6] = ["text", "place", "name", "mobile", DANGER, ASKED];
/// The field for the answer whether somebody is in danger.
const DANGER: &str = "danger";

/// The field that says that this question was asked: it must then be answered.
const ASKED: &str = "asked";

/// Time after midnight in which a form is looked for under the day before as well.
const AGAIN: chrono::TimeDelta = chrono::TimeDelta::hours(1);

/// Accepts the form and answers with a page: the number, or the same form with its errors.
pub async fn lodge(app: &App, frames: &Frames, request: Request) -> Response {
    let (language, _) = Language::of_path(request.uri().path());
    let words = frames.words(language);
    let (now, reasons) = (app.now(), &app.facts.tables.reference.reasons);
    let (parts, body) = request.into_parts();
    let (address, site, mut fields) = (guard::address(app, &parts), guard::site(&parts), Fields::default());
    // A person who has proved their number is not limited together with others behind the same address. A request whose
    // browser does not name its origin counts as not signed in.
    let session = guard::session_of(app, &parts.headers, guard::Client::Citizen, now).await;
    let proved = session.ok().flatten().and_then(|session| session.mobile).filter(|_| site == Site::Own);
    let from = Origin { address, known: proved.is_some() };
    let sender = Sender { staff: None, proved, address, channel: Channel::WebForm };
    let received = receive(app, parts, body, from, &NAMES, &mut fields).await;
    let form = Form { words, reasons };
    let photo = match received {
        Ok(photo) if site != Site::Other => photo,
        Ok(_) => return form.again(frames, &fields, &Failure::of(ProblemCode::CrossSite).0),
        Err(failure) => return form.again(frames, &fields, &failure.0),
    };
    let mut lodging = form.lodging(&fields, language);
    let urgent = reasons.is_urgent(&lodging.reasons);
    if form.asks_danger(&lodging) {
        let mut wrong = Vec::new();
        if !fields.get(ASKED).is_empty() {
            let question = form.danger().map_or("", |(_, question)| question.ask.of(language));
            wrong.push(Wrong { id: "danger-0", words: words.fill("problem.choice_empty", &[("question", question)]) });
        }
        // A browser sends a file again only when it is chosen again.
        if fields.photo {
            wrong.push(Wrong { id: PHOTO, words: words.say("problem.photo_unknown").to_owned() });
        }
        let page = Shown { fields: &fields, asks_danger: true, wrong: &wrong, status: StatusCode::OK, signs_in: false };
        return form.page(frames, &page);
    }
    // The photo of a form that will be refused is not stored.
    if let Some(photo) = photo.filter(|_| lodging.parse_as(urgent).is_ok()) {
        match photo.take(now).await {
            Ok(photo) => lodging.photos.push(photo.id),
            Err(failure) => return form.again(frames, &fields, &failure.0),
        }
    }
    let idempotency = identity(&lodging, fields.get(DANGER), now);
    // Sent just before midnight, and again after it.
    let midnight = identity(&lodging, fields.get(DANGER), now - AGAIN);
    if midnight.key != idempotency.key {
        match app.store.repeated(&midnight).await.map(|before| before.map(|answer| serde_json::from_str(&answer))) {
            Ok(Some(Ok(receipt))) => return done(frames, words, &receipt, now),
            Ok(Some(Err(error))) => return Failure::from(error).into_response(),
            Ok(None) => {}
            Err(error) => return form.again(frames, &fields, &Failure::from(error).0),
        }
    }
    match lodge::lodge(app, &lodging, sender, Some(idempotency), now).await {
        Ok(Once::Done(receipt)) => done(frames, words, &receipt, now),
        Ok(Once::Before(answer)) => match serde_json::from_str::<Receipt>(&answer) {
            Ok(receipt) => done(frames, words, &receipt, now),
            Err(error) => Failure::from(error).into_response(),
        },
        Err(failure) => form.again(frames, &fields, &failure.0),
    }
}

/// The idempotency key of a form. A key in the page would come back with a page from a cache or by Back, and make the
/// next grievance a repeat of this one. So the key is made of all answers, the number and the day.
fn identity(lodging: &Lodging, danger: &str, now: Time) -> Idempotency {
    let mut digest = Sha256::new();
    let number = Mobile::parse(&lodging.mobile).map_or_else(|_| text::digits(&lodging.mobile), String::from);
    let photo = if lodging.photos.is_empty() { "" } else { PHOTO };
    let said = [&lodging.text, &lodging.landmark, &lodging.name].map(|said| text::search_key(said));
    let day = ist_date(now).to_string();
    for part in said.iter().map(String::as_str).chain([number.as_str(), danger, photo, day.as_str()]) {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    let key: [u8; 32] = digest.finalize().into();
    Idempotency { key, fingerprint: key, response: String::new() }
}

/// The short form for a person in danger: where, a number, send.
pub fn danger(app: &App, frames: &Frames, language: Language) -> Response {
    let form = Form { words: frames.words(language), reasons: &app.facts.tables.reference.reasons };
    let mut fields = Fields::default();
    let now = form.danger().and_then(|(_, question)| question.options.iter().find(|option| option.lane.is_some()));
    fields.set(DANGER, now.map_or("", |option| &option.id));
    form.page(
        frames,
        &Shown { fields: &fields, asks_danger: false, wrong: &[], status: StatusCode::OK, signs_in: false },
    )
}

/// The texts of a problem: errors of fields at their controls, anything else at the top.
pub fn wrongs(words: &Words, problem: &Problem, id_of: impl Fn(Field) -> &'static str) -> Vec<Wrong<'static>> {
    if !problem.errors.is_empty() {
        return problem
            .errors
            .iter()
            .map(|found| Wrong { id: id_of(found.field()), words: words.name_of::<FieldProblem>("problem", found) })
            .collect();
    }
    let minutes = problem.retry_after.unwrap_or(60).div_ceil(60).to_string();
    let marks = [
        ("minutes", words.language().digits(&minutes)),
        ("incident", problem.incident.clone().unwrap_or_else(|| "–".to_owned())),
    ];
    let marks: Vec<(&str, &str)> = marks.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let failure = || format!("failure.{}", code_of(&problem.code));
    let key = problem.refusal.as_ref().map_or_else(failure, |refusal| format!("refusal.{}", code_of(refusal)));
    let key = if words.has(&key) { key } else { "failure.other".to_owned() };
    let photo = matches!(problem.code, ProblemCode::NotAnImage | ProblemCode::ImageTooLarge);
    vec![Wrong { id: if photo { PHOTO } else { "" }, words: words.fill(&key, &marks) }]
}

fn done(frames: &Frames, words: &Words, receipt: &Receipt, now: Time) -> Response {
    let due = receipt.due.map(|due| words.by_when(due, receipt.lane, now)).unwrap_or_default();
    let calls = if receipt.hidden { "done.next2.hidden" } else { "done.next2" };
    let title = words.say("done.title");
    let body = html! {
        div class="panel" {
            h1 { (title) }
            p { (words.say("done.number")) }
            p class="number" { (receipt.reference.grouped()) }
        }
        @if receipt.lane.is_emergency() {
            (call_112(words))
            p { (words.say("danger.after")) }
        }
        p { strong { (words.say("done.by")) " " (due) } }
        p { (words.say("done.keep")) }
        h2 { (words.say("done.next")) }
        ol class="thread steps" {
            @for key in ["done.next1", calls, "done.next3"] { li { p class="what" { (words.say(key)) } } }
        }
        p {
            a class="button second" href={ (words.path("/plain/sign-in")) "?case=" (receipt.reference) } {
                (words.say("home.mine"))
            }
        }
    };
    frames.html(StatusCode::OK, words.language(), "/lodge", title, &body)
}

/// What a page with the form shows.
struct Shown<'a> {
    /// What was typed.
    fields: &'a Fields,
    /// Whether it asks if somebody is in danger.
    asks_danger: bool,
    wrong: &'a [Wrong<'a>],
    status: StatusCode,
    /// Whether it links to the sign-in.
    signs_in: bool,
}

/// The form in a language.
struct Form<'a> {
    words: &'a Words,
    reasons: &'a Reasons,
}

impl Form<'_> {
    /// The question whether somebody is in danger, with its id.
    fn danger(&self) -> Option<(&str, &Question)> {
        let name = &self.reasons.danger.as_ref()?.question;
        Some((name, self.reasons.questions.get(name)?))
    }

    fn lodging(&self, fields: &Fields, language: Language) -> Lodging {
        let nfc = |name: &str| fields.get(name).nfc().collect::<String>();
        let answer = self.danger().and_then(|(name, question)| {
            let option = question.options.iter().find(|option| option.id == fields.get(DANGER))?;
            Some((Reason { question: name.to_owned(), option: option.id.clone() }, question, option))
        });
        let mut said = nfc("text");
        if let Some((reason, question, option)) = &answer
            && self.reasons.is_urgent(std::slice::from_ref(reason))
            && text::is_blank(&said)
        {
            // A person in danger is not asked for text: question and answer are used.
            said = format!("{} {}", question.ask.of(language), option.label.of(language));
        }
        Lodging {
            text: said,
            landmark: nfc("place"),
            name: nfc("name"),
            mobile: fields.get("mobile").to_owned(),
            reasons: answer.into_iter().map(|(reason, ..)| reason).collect(),
            language,
            ..Lodging::default()
        }
    }

    /// Whether the words call for the question whether somebody is in danger, and it has not been answered.
    fn asks_danger(&self, lodging: &Lodging) -> bool {
        let told = self.reasons.danger.as_ref().is_some_and(|danger| danger.applies(None, &lodging.text));
        told && lodging.reasons.is_empty()
    }

    /// The question, with its answers.
    fn of_danger(&self, fields: &Fields) -> Markup {
        let Some((_, question)) = self.danger() else { return Markup::default() };
        let language = self.words.language();
        html! {
            fieldset class="field" {
                legend { h1 { (question.ask.of(language)) } }
                @for (index, option) in question.options.iter().enumerate() {
                    div class="radio" {
                        input type="radio" id={ "danger-" (index) } name=(DANGER) value=(option.id)
                            checked[option.id == fields.get(DANGER)];
                        label for={ "danger-" (index) } { (option.label.of(language)) }
                    }
                }
            }
            (call_112(self.words))
            (hidden(ASKED, "1"))
        }
    }

    /// The form once more, with what is wrong and everything that was typed.
    fn again(&self, frames: &Frames, fields: &Fields, problem: &Problem) -> Response {
        let mut wrong = wrongs(self.words, problem, |field| match field {
            Field::Text => "text",
            Field::Landmark | Field::Place => "place",
            Field::Name => "name",
            Field::Mobile => "mobile",
            Field::Category | Field::Reasons | Field::Photos => "",
        });
        // A browser sends a file again only when it is chosen again.
        if fields.photo && !wrong.iter().any(|wrong| wrong.id == PHOTO) {
            wrong.push(Wrong { id: PHOTO, words: self.words.say("problem.photo_unknown").to_owned() });
        }
        let signs_in = problem.code == ProblemCode::ProofNeeded;
        self.page(frames, &Shown { fields, asks_danger: false, wrong: &wrong, status: status(problem), signs_in })
    }

    /// The form with what was typed. Whoever has said that somebody is in danger is asked where and for a number first, and for
    /// nothing that can wait.
    fn page(&self, frames: &Frames, shown: &Shown<'_>) -> Response {
        let Shown { fields, asks_danger, wrong, status, signs_in } = *shown;
        let words = self.words;
        let urgent = self.reasons.is_urgent(&self.lodging(fields, words.language()).reasons);
        let title = match (urgent, asks_danger, self.danger()) {
            (true, ..) => words.say("plain.danger"),
            (false, true, Some((_, question))) => question.ask.of(words.language()),
            _ => words.say("lodge.what.title"),
        };
        let body = html! {
            (back(words, "/"))
            (summary(words, wrong))
            @if signs_in {
                // In a new tab: what was typed stays in this one.
                p class="links" {
                    a href=(words.path("/plain/sign-in")) target="_blank" rel="noopener" {
                        (words.say("case.by_code.link"))
                    }
                }
            }
            form method="post" action=(words.path("/lodge")) enctype="multipart/form-data" novalidate {
                @if urgent {
                    h1 { (title) }
                    (call_112(words))
                    p { (words.say("danger.rest")) }
                    (hidden(DANGER, fields.get(DANGER)))
                } @else if asks_danger {
                    (self.of_danger(fields))
                } @else {
                    h1 { (title) }
                    p class="danger" { a href=(words.path("/plain/danger")) { (words.say("danger.link")) } }
                }
                (self.controls(fields, urgent, wrong))
                button class="button" { (words.say("form.send")) }
            }
        };
        let prefix = if wrong.is_empty() { "" } else { words.say("error.prefix") };
        let path = if urgent { "/plain/danger" } else { "/lodge" };
        frames.html(status, words.language(), path, &format!("{prefix}{title}"), &body)
    }

    fn controls(&self, fields: &Fields, urgent: bool, wrong: &[Wrong<'_>]) -> Markup {
        let words = self.words;
        let label = |key: &str, optional: bool| if optional { words.optional(key) } else { words.say(key).to_owned() };
        let (text, place) = (label("form.text", urgent), label("form.place", !urgent));
        let (name, photo) = (label("form.name", urgent), words.optional("plain.attach"));
        let control = |id, label, rows, autocomplete| {
            let value = fields.get(id);
            Control { id, label, value, rows, autocomplete, ..Control::default() }
        };
        let what = control("text", &text, 6, None);
        let at = control("place", &place, 2, Some("street-address"));
        let who = Control { spellcheck: Some("false"), ..control("name", &name, 0, Some("name")) };
        let reach = Control::mobile(words.say("form.mobile"), fields.get("mobile"));
        let look = Control::photo(PHOTO, &photo);
        let controls = if urgent { [at, reach, what, who, look] } else { [what, at, who, reach, look] };
        html! { @for control in controls { (control.with(wrong)) } }
    }
}
