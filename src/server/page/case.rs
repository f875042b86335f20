//! One grievance without the app: where it lies, what the citizen is asked, and everything they can do.

use super::form::wrongs;
use super::plain::{Field as Control, Frames, Words, Wrong, back, call_112, code_of, field, summary};
use super::received::{Fields, PHOTO};
use super::shell::escape;
use super::track::AGAIN;
use crate::api::Arriving;
use crate::app::act::answer;
use crate::app::read::readable;
use crate::app::view::view;
use crate::failure::Failure;
use crate::state::App;
use crate::store::Idempotency;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use model::atr::Outcome;
use model::lifecycle::{Action, ActionKind, EventKind, Holder, Refusal, Stage};
use model::wire::{CaseView, Names, Problem, ProblemCode, TimelineEntry, photo_path, voice_path};
use model::{Actor, AttachmentId, Language, Reference, Role, Scope};
use sha2::{Digest, Sha256};

/// Who looks, and in which words.
pub struct Shown<'a> {
    /// The program.
    pub app: &'a App,
    /// Frames of the pages.
    pub frames: &'a Frames,
    /// The words of the page.
    pub words: &'a Words,
    /// Whoever is signed in.
    pub actor: &'a Actor,
    /// What their forms carry.
    pub key: String,
}

/// Something that a citizen does by a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Offer {
    kind: ActionKind,
    /// Whether "only partly" is what is said.
    partly: bool,
}

/// What can be offered, in this order; what stands beside the question first.
const OFFERED: [Offer; 11] = [
    Offer { kind: ActionKind::Confirm, partly: false },
    Offer { kind: ActionKind::Dispute, partly: true },
    Offer { kind: ActionKind::Dispute, partly: false },
    Offer { kind: ActionKind::ProvideInformation, partly: false },
    Offer { kind: ActionKind::Remind, partly: false },
    Offer { kind: ActionKind::AddInformation, partly: false },
    Offer { kind: ActionKind::Reopen, partly: false },
    Offer { kind: ActionKind::Appeal, partly: false },
    Offer { kind: ActionKind::Unmerge, partly: false },
    Offer { kind: ActionKind::Withdraw, partly: false },
    Offer { kind: ActionKind::DisownNumber, partly: false },
];

impl Offer {
    /// The name of its action on the wire.
    fn act(self) -> String {
        code_of(&self.kind)
    }

    /// The key of its words, and of its ids.
    fn name(self) -> String {
        if self.partly { "partly".to_owned() } else { self.act() }
    }

    /// Of what a form says.
    fn of(fields: &Fields) -> Option<Self> {
        let partly = !fields.get("partly").is_empty();
        OFFERED.into_iter().find(|offer| offer.act() == fields.get("act") && offer.partly == partly)
    }

    /// Whether it takes no words.
    fn is_bare(self) -> bool {
        matches!(self.kind, ActionKind::Confirm | ActionKind::Remind | ActionKind::DisownNumber)
    }

    /// Whether words may be left out.
    fn is_optional(self) -> bool {
        matches!(self.kind, ActionKind::Withdraw | ActionKind::Unmerge)
    }

    fn takes_photos(self) -> bool {
        matches!(self.kind, ActionKind::Dispute | ActionKind::ProvideInformation | ActionKind::AddInformation)
    }

    /// Whether it is asked once more: it ends something.
    fn wants_to_be_sure(self) -> bool {
        matches!(self.kind, ActionKind::Confirm | ActionKind::Withdraw | ActionKind::DisownNumber)
    }

    /// Whether its question has an address of its own: there are no words that would have to stand in it.
    fn is_asked_at_an_address(self) -> bool {
        self.wants_to_be_sure() && self.is_bare()
    }

    fn action(self, reason: String, photos: Vec<AttachmentId>) -> Action {
        match self.kind {
            ActionKind::Confirm => Action::Confirm { remark: String::new() },
            ActionKind::Dispute => Action::Dispute { reason, partly: self.partly, photos },
            ActionKind::ProvideInformation => Action::ProvideInformation { text: reason, photos },
            ActionKind::Remind => Action::Remind,
            ActionKind::Reopen => Action::Reopen { reason },
            ActionKind::Appeal => Action::Appeal { reason },
            ActionKind::Unmerge => Action::Unmerge { reason },
            ActionKind::Withdraw => Action::Withdraw { reason },
            ActionKind::DisownNumber => Action::DisownNumber,
            _ => Action::AddInformation { text: reason, photos },
        }
    }
}

/// What a case goes by: how it begins, or that it was spoken.
pub fn titled(words: &Words, title: &str) -> String {
    if title.is_empty() { words.raw("case.spoken") } else { title.to_owned() }
}

/// The button that signs out.
pub fn sign_out(words: &Words, key: &str) -> String {
    format!(
        "<form method=\"post\" action=\"{}\"><input type=\"hidden\" name=\"key\" value=\"{key}\"><button class=\"link\">{}</button></form>",
        words.language().path("/plain/sign-out"),
        words.say("nav.sign_out"),
    )
}

fn path_of(reference: Reference) -> String {
    format!("/plain/case/{reference}")
}

/// What the report asks, what a yes to it says, and what is asked before that yes counts.
fn question(view: &CaseView) -> [&'static str; 3] {
    match view.outcome {
        Some(Outcome::PartlyDone) => ["case.ask.partly", "case.yes.partly", "case.sure.partly"],
        Some(Outcome::CannotBeDone) => ["case.ask.cannot", "case.yes.cannot", "case.sure.cannot"],
        _ if view.line.stage == Stage::ClosedUnconfirmed => ["case.ask.closed", "case.yes", "case.sure"],
        _ => ["case.ask.reported", "case.yes", "case.sure"],
    }
}

fn is_asked(view: &CaseView) -> bool {
    matches!(view.line.stage, Stage::Verification | Stage::ClosedUnconfirmed)
}

/// The query that says that something has just been done.
const DONE: &str = "done";
/// The query by which something is asked about once more; so the way back leads to a page, not to a form sent again.
const ASK: &str = "ask";

/// The page at its address, as its query wants it.
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

/// The page, with what was refused and what had been typed.
///
/// # Errors
/// 404 where it is none of theirs.
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
    let mut wrong = problem.map(|problem| wrongs(words, problem, |_| "")).unwrap_or_default();
    if problem.is_some_and(|problem| problem.code == ProblemCode::Stale) {
        let typed = fields.is_some_and(|fields| !fields.get("reason").is_empty());
        let below = if typed { format!(" {}", words.say("plain.text_below")) } else { String::new() };
        wrong = vec![Wrong { id: "", words: format!("{}{below}", words.say("plain.newer_report")) }];
    }
    // What is wrong with the words leads to them, and stands beside them.
    let of_words =
        problem.is_some_and(|problem| matches!(problem.refusal, Some(Refusal::TextMissing | Refusal::TextTooLong)));
    for wrong in &mut wrong {
        wrong.id = if of_words { &reason } else { "" };
    }
    let of_photo =
        problem.is_some_and(|problem| matches!(problem.code, ProblemCode::NotAnImage | ProblemCode::ImageTooLarge));
    let photo_gone =
        fields.is_some_and(|fields| (problem.is_some() && !of_photo && fields.photo) || !fields.get(AGAIN).is_empty());
    if photo_gone {
        wrong.push(Wrong { id: "", words: words.say("problem.photo_unknown") });
    }
    let linked = matches!(actor.scope, Scope::Case { .. }) && !view.limited;
    let body = Body { shown, view: &view, report: case.reports, wrong: &wrong, fields };
    let title = if view.limited { reference.grouped() } else { titled(words, &view.line.title) };
    let html = format!(
        "{}{}{}<p class=\"hint reference\">{}</p><h1 lang=\"{}\" dir=\"auto\">{}</h1>{}{}{}{}{}{}{}<h2>{}</h2>{}{}{}",
        back(words, "/plain/mine"),
        summary(words, &wrong),
        if done { body.just_done() } else { String::new() },
        reference.grouped(),
        view.line.language.tag(),
        escape(&title),
        if view.line.lane.is_emergency() && view.line.stage.is_open() { call_112(words) } else { String::new() },
        body.kept(),
        body.refused(),
        body.asking(linked),
        body.whereabouts(),
        body.facts(),
        body.others(),
        words.say("case.timeline"),
        body.timeline(),
        body.own(),
        body.foot(),
    );
    let prefix = if problem.is_some() { words.raw("error.prefix") } else { String::new() };
    let status = problem.map_or(StatusCode::OK, |problem| StatusCode::from_u16(problem.status).unwrap_or_default());
    Ok(frames.html(status, words.language(), &path_of(reference), &format!("{prefix}{title}"), &html))
}

/// Does what a form asks for, after asking once more where it ends something.
///
/// # Errors
/// 404 where it is none of theirs, 400 where nothing of the kind can be asked for.
pub async fn act(
    shown: &Shown<'_>,
    reference: Reference,
    fields: &Fields,
    photo: Option<Arriving<'_>>,
) -> Result<Response, Failure> {
    let Shown { app, words, actor, .. } = *shown;
    let offer = Offer::of(fields).ok_or_else(|| Failure::of(ProblemCode::WrongShape))?;
    let path = words.language().path(&path_of(reference));
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
    // The version stands in the form: the same form sent twice is done once, with other words it is another one.
    let mut digest = Sha256::new();
    let with = if photos.is_empty() { "" } else { PHOTO };
    let number = reference.to_string();
    for part in [&number, &offer.name(), fields.get("version"), fields.get("reason"), with] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    let key: [u8; 32] = digest.finalize().into();
    let idempotency = Idempotency { key, fingerprint: key, response: String::new() };
    // What is said about a report is said about the one that the page showed.
    let of_report = matches!(offer.kind, ActionKind::Confirm | ActionKind::Dispute);
    let report = of_report.then(|| fields.get("report").parse().unwrap_or(u8::MAX));
    let action = offer.action(fields.get("reason").to_owned(), photos);
    match answer(app, reference, actor, &action, report, idempotency, app.now()).await {
        Ok(()) => Ok(Redirect::to(&format!("{path}?{DONE}=1")).into_response()),
        Err(failure) => show(shown, reference, Some(&failure.0), Some(fields)).await,
    }
}

/// Asks once more before something ends.
async fn ask_again(
    shown: &Shown<'_>,
    reference: Reference,
    offer: Offer,
    fields: &Fields,
) -> Result<Response, Failure> {
    let Shown { app, frames, words, actor, ref key } = *shown;
    let case = readable(app, actor, reference).await?;
    // What the page showed has been overtaken: better said now than after another press.
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
    let path = words.language().path(&path_of(reference));
    let hidden: String = ["act", "version", "report", "reason"]
        .iter()
        .map(|name| format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escape(fields.get(name))))
        .collect();
    let html = format!(
        "<p class=\"hint reference\">{}</p><h1>{}</h1>{}<form method=\"post\" action=\"{path}\">{hidden}<input type=\"hidden\" name=\"sure\" value=\"1\">\
         <input type=\"hidden\" name=\"key\" value=\"{key}\"><button class=\"button\">{}</button></form><p><a class=\"button second\" href=\"{path}\">{}</a></p>",
        reference.grouped(),
        words.say(title),
        what.map(|what| format!("<p>{}</p>", words.say(what))).unwrap_or_default(),
        words.say(verb),
        words.say("case.sure_no"),
    );
    Ok(frames.html(StatusCode::OK, words.language(), &path_of(reference), &words.raw(title), &html))
}

/// What stands on the page of a case.
struct Body<'a> {
    shown: &'a Shown<'a>,
    view: &'a CaseView,
    /// The newest report, counted from 1.
    report: u8,
    wrong: &'a [Wrong<'a>],
    /// What had been typed.
    fields: Option<&'a Fields>,
}

impl Body<'_> {
    fn is_open(&self, offer: Offer) -> bool {
        // "Only partly" answers a report that says "done".
        let whole = !matches!(self.view.outcome, Some(Outcome::PartlyDone | Outcome::CannotBeDone));
        self.view.actions.contains(&offer.kind) && (!offer.partly || (whole && is_asked(self.view)))
    }

    /// What the citizen has just done, as the thread tells it.
    fn just_done(&self) -> String {
        let own = |entry: &&TimelineEntry| entry.role == Role::Citizen;
        let Some(entry) = self.view.timeline.first().filter(own) else { return String::new() };
        format!("<p class=\"notice\" role=\"status\">✓ {}</p>", self.told(entry))
    }

    /// Words for which there is no form any more, because the case has moved on: to be read, and offered as information where that
    /// is open.
    fn kept(&self) -> String {
        let Some(fields) = self.fields.filter(|fields| !fields.get("reason").is_empty()) else { return String::new() };
        if Offer::of(fields).is_some_and(|offer| self.is_open(offer)) {
            return String::new();
        }
        let words = self.shown.words;
        format!("<h2>{}</h2><p class=\"said\" dir=\"auto\">{}</p>", words.say("act.kept"), escape(fields.get("reason")))
    }

    /// What had been typed for this form; for added information also what was typed for one that is gone.
    fn typed_for(&self, offer: Offer) -> Option<&Fields> {
        let fields = self.fields?;
        let of = Offer::of(fields);
        let gone = of.is_none_or(|of| !self.is_open(of));
        (of == Some(offer) || (gone && offer.kind == ActionKind::AddInformation)).then_some(fields)
    }

    /// The form of something that can be done.
    fn form(&self, offer: Offer) -> String {
        let (words, name) = (self.shown.words, offer.name());
        let id = format!("reason-{name}");
        let kept = self.typed_for(offer);
        let label = match offer.is_optional() {
            true => format!("{} {}", words.say("act.reason"), words.say("optional")),
            false => words.say(&format!("act.{name}.title")),
        };
        let value = kept.map_or("", |fields| fields.get("reason"));
        let control = Control { id: &id, label: &label, value, rows: 4, attributes: "" };
        // Each form names its words alike; the ids tell them apart.
        let reason = match offer.is_bare() {
            true => String::new(),
            false => field(&control, self.wrong).replace(&format!("name=\"{id}\""), "name=\"reason\""),
        };
        let (file, file_id) =
            (format!("{} {}", words.say("plain.attach"), words.say("optional")), format!("photo-{name}"));
        let attributes = "type=\"file\" accept=\"image/jpeg,image/png,image/webp\"";
        let photo = Control { id: &file_id, label: &file, value: "", rows: 0, attributes };
        let photo = match offer.takes_photos() {
            true => field(&photo, &[]).replace(&format!("name=\"{file_id}\""), "name=\"photo\""),
            false => String::new(),
        };
        let [_, yes, _] = question(self.view);
        let (verb, class) = match offer.kind {
            ActionKind::Confirm => (yes.to_owned(), "button"),
            _ if offer.is_bare() || offer.is_optional() => (format!("act.{name}"), "button second"),
            _ => ("act.send".to_owned(), "button second"),
        };
        let what = match offer.kind {
            ActionKind::Reopen => self.until("act.reopen.what", self.view.reopen_until),
            ActionKind::Appeal => self.until("act.appeal.what", self.view.appeal_until),
            ActionKind::Withdraw | ActionKind::Unmerge => format!("<p>{}</p>", words.say(&format!("act.{name}.what"))),
            _ => String::new(),
        };
        let encoding = if offer.takes_photos() { " enctype=\"multipart/form-data\"" } else { "" };
        let partly = if offer.partly { "<input type=\"hidden\" name=\"partly\" value=\"1\">" } else { "" };
        let form = format!(
            "<form method=\"post\" action=\"{}\"{encoding} novalidate>{what}<input type=\"hidden\" name=\"key\" value=\"{}\"><input type=\"hidden\" name=\"act\" value=\"{}\">{partly}\
             <input type=\"hidden\" name=\"version\" value=\"{}\"><input type=\"hidden\" name=\"report\" value=\"{}\">{reason}{photo}<button class=\"{class}\">{}</button></form>",
            words.language().path(&path_of(self.view.line.reference)),
            self.shown.key,
            offer.act(),
            self.view.line.version,
            self.report,
            words.say(&verb),
        );
        if offer.is_bare() || offer.kind == ActionKind::ProvideInformation {
            return form;
        }
        // What wants words stands closed, so that the question and the thread are near each other.
        let open = if kept.is_some() { " open" } else { "" };
        let title = match (offer.kind, is_asked(self.view)) {
            (ActionKind::Dispute, true) if offer.partly => words.say("case.partly"),
            (ActionKind::Dispute, true) => words.say(&yes.replacen("case.yes", "case.no", 1)),
            _ => words.say(&format!("act.{name}")),
        };
        format!("<details{open}><summary>{title}</summary>{form}</details>")
    }

    fn until(&self, key: &str, until: Option<model::Time>) -> String {
        let words = self.shown.words;
        until.map(|until| format!("<p>{}</p>", words.fill(key, &[("date", &words.date(until))]))).unwrap_or_default()
    }

    fn forms(&self, kinds: impl Fn(Offer) -> bool) -> String {
        OFFERED
            .into_iter()
            .filter(|offer| kinds(*offer) && self.is_open(*offer))
            .map(|offer| self.form(offer))
            .collect()
    }

    /// The question to the citizen with what it is about, and the answers.
    fn asking(&self, linked: bool) -> String {
        let (words, view) = (self.shown.words, self.view);
        let answers = self.forms(|offer| {
            matches!(offer.kind, ActionKind::Confirm) || (offer.kind == ActionKind::Dispute && is_asked(view))
        });
        let newest = |kind: EventKind| view.timeline.iter().find(|entry| entry.kind == kind);
        if is_asked(view) && (linked || !answers.is_empty()) {
            let report = newest(EventKind::AtrSubmitted).map(|entry| self.knot(entry)).unwrap_or_default();
            let code = if linked { self.by_code() } else { String::new() };
            let [ask, ..] = question(view);
            return format!(
                "<section class=\"now\"><p class=\"question\">{}</p>{report}{code}{answers}</section>",
                words.say(ask)
            );
        }
        let code = if linked { format!("<section class=\"now\">{}</section>", self.by_code()) } else { String::new() };
        if view.actions.contains(&ActionKind::ProvideInformation) {
            let asked = newest(EventKind::InformationRequested).map(|entry| said(words, entry)).unwrap_or_default();
            let form = self.forms(|offer| offer.kind == ActionKind::ProvideInformation);
            return format!(
                "<section class=\"now\"><p class=\"question\">{}</p>{asked}{form}</section>{code}",
                words.say("case.ask.info")
            );
        }
        code
    }

    /// For whoever came by a link: what wants a code.
    fn by_code(&self) -> String {
        let words = self.shown.words;
        format!(
            "<p>{}</p><p class=\"links\"><a href=\"{}?case={}\">{}</a></p>",
            words.say("case.by_code"),
            words.language().path("/plain/sign-in"),
            self.view.line.reference,
            words.say("case.by_code.link"),
        )
    }

    /// Why it was not taken up, and the appeal: before anything else.
    fn refused(&self) -> String {
        let view = self.view;
        let rejected = view.timeline.iter().find(|entry| entry.kind == EventKind::Rejected);
        match rejected.filter(|_| view.line.stage == Stage::NotAdmissible) {
            Some(entry) => format!(
                "<section class=\"now\">{}{}</section>",
                self.knot(entry),
                self.forms(|offer| offer.kind == ActionKind::Appeal)
            ),
            None => String::new(),
        }
    }

    /// What else can be done.
    fn others(&self) -> String {
        let (words, view) = (self.shown.words, self.view);
        let first = |offer: Offer| {
            matches!(offer.kind, ActionKind::Confirm | ActionKind::ProvideInformation)
                || (offer.kind == ActionKind::Dispute && is_asked(view))
                || (offer.kind == ActionKind::Appeal && view.line.stage == Stage::NotAdmissible)
        };
        let forms = self.forms(|offer| !first(offer));
        if forms.is_empty() { String::new() } else { format!("<h2>{}</h2>{forms}", words.say("case.more")) }
    }

    /// Where it lies, since when, by when, and what happens next.
    fn whereabouts(&self) -> String {
        let (app, words, view) = (self.shown.app, self.shown.words, self.view);
        let who = match &view.holder {
            Holder::Department(code) => app
                .facts
                .tables
                .department(code)
                .map(|found| escape(found.name.of(words.language())))
                .unwrap_or_default(),
            Holder::Office(_) => {
                view.office_name.as_ref().map(|name| escape(name.of(words.language()))).unwrap_or_default()
            }
            other => words.name_of("holder", other),
        };
        let stage = words.name_of("stage", &view.line.stage);
        let next = format!("next.{}", code_of(&view.line.stage));
        // By a link less is said; where the name is hidden, no office calls.
        let apart = [(view.limited, "limited"), (view.shielded, "hidden")];
        let mut apart = apart.iter().filter(|(so, _)| *so).map(|(_, apart)| format!("{next}.{apart}"));
        let next = apart.find(|key| words.has(key)).unwrap_or_else(|| next.clone());
        let next = match words.has(&next) {
            true => format!("<p><strong>{}</strong> {}</p>", words.say("case.next"), words.say(&next)),
            false => String::new(),
        };
        let windows = format!(
            "{}{}",
            self.until("case.until.reopen", view.reopen_until),
            self.until("case.until.appeal", view.appeal_until)
        );
        if view.limited || !view.line.stage.is_open() {
            return format!("<div class=\"where\"><p><span class=\"pill\">{stage}</span></p>{next}{windows}</div>");
        }
        let now = app.now();
        let due = match view.line.due {
            Some(due) => {
                let key = if due < now { "case.overdue" } else { "case.due" };
                words.fill(key, &[("date", &words.by_when(due, view.line.lane, now))])
            }
            None => words.say("case.paused"),
        };
        let rest =
            view.rest_by.map(|date| format!("<p>{}</p>", words.fill("report.rest", &[("date", &words.day(date))])));
        let rest = rest.unwrap_or_default();
        format!(
            "<div class=\"where\"><p><span class=\"pill\">{stage}</span></p><dl><dt>{}</dt><dd><strong>{who}</strong></dd>\
             <dd class=\"hint\">{}</dd><dd>{due}</dd></dl>{rest}{next}</div>",
            words.say("case.where"),
            words.fill("case.since", &[("date", &words.date(view.line.stage_since))]),
        )
    }

    /// What it is about, where it is, and whether the name is hidden.
    fn facts(&self) -> String {
        let (words, view, line) = (self.shown.words, self.view, &self.view.line);
        let tables = &self.shown.app.facts.tables;
        let named = |names: &Names| escape(names.of(words.language()));
        let row = |label: &str, value: String| format!("<dt>{}</dt><dd>{value}</dd>", words.say(label));
        let about = line.category.as_ref().and_then(|code| tables.category(code)).map(named);
        let place = line.district.and_then(|district| tables.place(district, line.place)).map(|(place, district)| {
            place.map_or_else(|| named(district), |place| format!("{}, {}", named(place), named(district)))
        });
        let hidden = view.shielded.then(|| words.say("privacy.kept"));
        let rows: String = [
            about.map(|about| row("lodge.check.category", about)),
            place.map(|place| row("lodge.check.where", place)),
            hidden.map(|hidden| row("lodge.check.privacy", hidden)),
        ]
        .into_iter()
        .flatten()
        .collect();
        if rows.is_empty() { rows } else { format!("<dl class=\"asked\">{rows}</dl>") }
    }

    fn timeline(&self) -> String {
        let knots: String = self
            .view
            .timeline
            .iter()
            .map(|entry| {
                let class = match (entry.setback, entry.redresses) {
                    (true, _) => "setback",
                    (false, true) => "confirmed",
                    (false, false) => "",
                };
                format!("<li class=\"{class}\">{}</li>", self.knot(entry))
            })
            .collect();
        format!("<ol class=\"thread\">{knots}</ol>")
    }

    /// The words of a key; what the citizen did is said to them.
    fn say(&self, key: &str) -> String {
        let (words, to_them) = (self.shown.words, format!("you.{key}"));
        words.say(if words.has(&to_them) { &to_them } else { key })
    }

    /// What happened.
    fn told(&self, entry: &TimelineEntry) -> String {
        let detail = entry.detail.as_ref().map(|detail| format!(" – {}", self.say(&format!("detail.{detail}"))));
        format!("{}{}", self.say(&format!("event.{}", code_of(&entry.kind))), detail.unwrap_or_default())
    }

    /// One step: what, when, by whom, in which words, with its photos.
    fn knot(&self, entry: &TimelineEntry) -> String {
        let (app, words) = (self.shown.app, self.shown.words);
        let unit = entry.to.as_ref().map(|party| &party.department).filter(|code| !code.is_empty());
        let unit = unit.or(entry.department.as_ref()).and_then(|code| app.facts.tables.department(code));
        let by = match (&entry.office_name, unit, entry.role) {
            (Some(office), ..) => format!(" · {}", escape(office.of(words.language()))),
            (None, Some(unit), _) => format!(" · {}", escape(unit.short.of(words.language()))),
            (None, None, Role::System) => String::new(),
            (None, None, role) => {
                format!(" · {}", self.say(&format!("role.{}", code_of(&role))))
            }
        };
        format!(
            "<p class=\"what\">{}</p><p class=\"hint\">{}{by}</p>{}{}",
            self.told(entry),
            words.date(entry.at),
            said(words, entry),
            self.photos(&entry.photos),
        )
    }

    fn photos(&self, photos: &[AttachmentId]) -> String {
        let words = self.shown.words;
        let links = photos.iter().enumerate().map(|(index, id)| {
            let label = words.fill("case.photo", &[("n", &words.language().digits(&(index + 1).to_string()))]);
            format!("<p class=\"links\"><a href=\"{}\">{label}</a></p>", photo_path(id))
        });
        links.collect()
    }

    /// What the citizen wrote and sent.
    fn own(&self) -> String {
        let (words, view) = (self.shown.words, self.view);
        if view.limited {
            let sign_in = words.language().path("/plain/sign-in");
            return format!(
                "<p>{}</p><p class=\"links\"><a href=\"{sign_in}?case={}\">{}</a></p>",
                words.say("link.limited.text"),
                view.line.reference,
                words.say("link.limited.go"),
            );
        }
        let voice = view.voice.as_ref().map(|voice| {
            let label = words.say("voice.title");
            format!("<figure class=\"voice\"><figcaption>{label}</figcaption><audio controls preload=\"none\" src=\"{}\" aria-label=\"{label}\"></audio></figure>", voice_path(voice))
        });
        let landmark = match view.landmark.as_str() {
            "" => String::new(),
            landmark => {
                let lang = Language::of_text(landmark, words.language()).tag();
                format!("<p lang=\"{lang}\" dir=\"auto\">{}</p>", escape(landmark))
            }
        };
        format!(
            "<h2>{}</h2><p class=\"said\" lang=\"{}\" dir=\"auto\">{}</p>{landmark}{}{}",
            words.say("case.own"),
            view.line.language.tag(),
            escape(&view.text),
            voice.unwrap_or_default(),
            self.photos(&view.photos),
        )
    }

    /// The receipt, and the way out.
    fn foot(&self) -> String {
        let words = self.shown.words;
        let receipt = match self.view.limited {
            true => String::new(),
            false => format!(
                "<p class=\"links\"><a href=\"{}\">{}</a></p>",
                words.language().path(&format!("/receipt/{}", self.view.line.reference)),
                words.say("case.receipt"),
            ),
        };
        format!("{receipt}{}", sign_out(words, &self.shown.key))
    }
}

/// What somebody wrote, in its own language.
fn said(words: &Words, entry: &TimelineEntry) -> String {
    let lang = entry.language.tag();
    let text =
        entry.text.as_ref().map(|text| format!("<p class=\"said\" lang=\"{lang}\" dir=\"auto\">{}</p>", escape(text)));
    let no_contact = entry.no_contact.as_ref().map(|why| {
        let label = words.say("report.no_contact");
        format!("<p class=\"hint\">{label} <span lang=\"{lang}\" dir=\"auto\">{}</span></p>", escape(why))
    });
    let rest =
        entry.next_date.map(|date| format!("<p>{}</p>", words.fill("report.rest", &[("date", &words.day(date))])));
    [text, no_contact, rest].into_iter().flatten().collect()
}
