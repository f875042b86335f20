//! The plain HTML form: lodging where WebAssembly cannot run. The same rules, the same rulebook, no script.

use super::plain::{Field as Control, Frames, Words, Wrong, back, call_112, field, summary};
use super::received::{Fields, PHOTO, receive};
use crate::api::guard::{self, Site};
use crate::app::Once;
use crate::app::lodge::{self, Sender};
use crate::failure::Failure;
use crate::state::App;
use crate::store::Idempotency;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use model::clock::ist_date;
use model::lifecycle::Channel;
use model::lodging::{Field, Lodging, Problem as FieldProblem, Reason};
use model::reason::{Question, Reasons};
use model::wire::{Problem, ProblemCode, Receipt};
use model::{Language, Mobile, text};
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

/// What the form sends besides a photo.
const NAMES: [&str; 6] = ["text", "place", "name", "mobile", DANGER, ASKED];
/// The answer to whether somebody is in danger.
const DANGER: &str = "danger";

/// Whether the question has been asked: then it wants an answer.
const ASKED: &str = "asked";

/// Takes the form and answers with a page: the number, or the same form with what to mend.
pub async fn lodge(app: &App, frames: &Frames, request: Request) -> Response {
    let (language, _) = Language::of_path(request.uri().path());
    let words = frames.words(language);
    let (now, reasons) = (app.now(), &app.facts.tables.reference.reasons);
    let (parts, body) = request.into_parts();
    let (address, site, mut fields) = (guard::address(app, &parts), guard::site(&parts), Fields::default());
    // Whoever has proved their number is not held up by those behind the same address. A browser that does not say whose page
    // it was lodges like anybody who is not signed in.
    let session = guard::session_of(app, &parts.headers, guard::Client::Citizen, now).await;
    let proved = session.ok().flatten().and_then(|session| session.mobile).filter(|_| site == Site::Own);
    let sender = Sender { staff: None, proved, address, channel: Channel::WebForm };
    let received = receive(app, parts, body, address, &NAMES, &mut fields).await;
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
            wrong.push(Wrong { id: PHOTO, words: words.say("problem.photo_unknown") });
        }
        return form.page(frames, &fields, StatusCode::OK, &form.of_danger(&fields), &wrong, "");
    }
    // Nothing is kept of a form that will come back.
    if let Some(photo) = photo.filter(|_| lodging.parse_as(urgent).is_ok()) {
        match photo.take(now).await {
            Ok(photo) => lodging.photos.push(photo.id),
            Err(failure) => return form.again(frames, &fields, &failure.0),
        }
    }
    // A key in the page would come back with a page that Back or a cache kept, and make of the next grievance a repeat of this
    // one. So the answers are the key: all of them, from the same number, on the same day.
    let mut digest = Sha256::new();
    let number = Mobile::parse(&lodging.mobile).map_or_else(|_| text::digits(&lodging.mobile), String::from);
    let photo = if lodging.photos.is_empty() { "" } else { PHOTO };
    let said = [&lodging.text, &lodging.landmark, &lodging.name].map(|said| text::search_key(said));
    let day = ist_date(now).to_string();
    for part in said.iter().map(String::as_str).chain([number.as_str(), fields.get(DANGER), photo, day.as_str()]) {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    let key: [u8; 32] = digest.finalize().into();
    let idempotency = Idempotency { key, fingerprint: key, response: String::new() };
    match lodge::lodge(app, &lodging, sender, Some(idempotency), now).await {
        Ok(Once::Done(receipt)) => done(frames, words, &receipt, now),
        Ok(Once::Before(answer)) => match serde_json::from_str::<Receipt>(&answer) {
            Ok(receipt) => done(frames, words, &receipt, now),
            Err(error) => Failure::from(error).into_response(),
        },
        Err(failure) => form.again(frames, &fields, &failure.0),
    }
}

/// The short form for whoever is in danger: where, a number, send.
pub fn danger(app: &App, frames: &Frames, language: Language) -> Response {
    let form = Form { words: frames.words(language), reasons: &app.facts.tables.reference.reasons };
    let mut fields = Fields::default();
    let now = form.danger().and_then(|(_, question)| question.options.iter().find(|option| option.lane.is_some()));
    fields.set(DANGER, now.map_or("", |option| &option.id));
    form.page(frames, &fields, StatusCode::OK, "", &[], "")
}

/// What went wrong in words: fields at their controls, anything else at the top.
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
    let key = |prefix: &str, value: serde_json::Value| format!("{prefix}.{}", value.as_str().unwrap_or_default());
    let refusal = problem.refusal.as_ref().and_then(|refusal| serde_json::to_value(refusal).ok());
    let code = serde_json::to_value(problem.code).unwrap_or_default();
    let key = refusal.map_or_else(|| key("failure", code), |refusal| key("refusal", refusal));
    let key = if words.has(&key) { key } else { "failure.other".to_owned() };
    let photo = matches!(problem.code, ProblemCode::NotAnImage | ProblemCode::ImageTooLarge);
    vec![Wrong { id: if photo { PHOTO } else { "" }, words: words.fill(&key, &marks) }]
}

fn done(frames: &Frames, words: &Words, receipt: &Receipt, now: model::Time) -> Response {
    let due = receipt.due.map(|due| words.by_when(due, receipt.lane, now)).unwrap_or_default();
    let calls = if receipt.hidden { "done.next2.hidden" } else { "done.next2" };
    let next: String = ["done.next1", calls, "done.next3"]
        .iter()
        .map(|key| format!("<li><p class=\"what\">{}</p></li>", words.say(key)))
        .collect();
    let urgent = match receipt.lane.is_emergency() {
        true => format!("{}<p>{}</p>", call_112(words), words.say("danger.after")),
        false => String::new(),
    };
    let body = format!(
        "<div class=\"panel\"><h1>{}</h1><p>{}</p><p class=\"number\">{}</p></div>{urgent}<p><strong>{} {due}</strong></p><p>{}</p>\
         <h2>{}</h2><ol class=\"thread steps\">{next}</ol><p><a class=\"button second\" href=\"{}?case={}\">{}</a></p>",
        words.say("done.title"),
        words.say("done.number"),
        receipt.reference.grouped(),
        words.say("done.by"),
        words.say("done.keep"),
        words.say("done.next"),
        words.language().path("/plain/sign-in"),
        receipt.reference,
        words.say("home.mine"),
    );
    frames.html(StatusCode::OK, words.language(), "/lodge", &words.raw("done.title"), &body)
}

/// The form in a language.
struct Form<'a> {
    words: &'a Words,
    reasons: &'a Reasons,
}

impl Form<'_> {
    /// The question whether somebody is in danger, with its name.
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
            // Nobody in danger is asked for words: these stand for them.
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
    fn of_danger(&self, fields: &Fields) -> String {
        let Some((_, question)) = self.danger() else { return String::new() };
        let language = self.words.language();
        let options: String = question
            .options
            .iter()
            .enumerate()
            .map(|(index, option)| {
                let checked = if option.id == fields.get(DANGER) { " checked" } else { "" };
                format!(
                    "<div class=\"radio\"><input type=\"radio\" id=\"danger-{index}\" name=\"{DANGER}\" value=\"{}\"{checked}><label for=\"danger-{index}\">{}</label></div>",
                    super::shell::escape(&option.id),
                    super::shell::escape(option.label.of(language)),
                )
            })
            .collect();
        format!(
            "<fieldset class=\"field\"><legend><h1>{}</h1></legend>{options}</fieldset>{}<input type=\"hidden\" name=\"{ASKED}\" value=\"1\">",
            super::shell::escape(question.ask.of(language)),
            call_112(self.words),
        )
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
            wrong.push(Wrong { id: PHOTO, words: self.words.say("problem.photo_unknown") });
        }
        // In a tab of its own: what was typed stays in this one.
        let sign_in = match problem.code {
            ProblemCode::ProofNeeded => format!(
                "<p class=\"links\"><a href=\"{}\" target=\"_blank\" rel=\"noopener\">{}</a></p>",
                self.words.language().path("/plain/sign-in"),
                self.words.say("case.by_code.link"),
            ),
            _ => String::new(),
        };
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        self.page(frames, fields, status, "", &wrong, &sign_in)
    }

    /// The form with what was typed. `asked` is what is asked besides; whoever has said that somebody is in danger is asked where
    /// and for a number first, and for nothing that can wait.
    fn page(
        &self,
        frames: &Frames,
        fields: &Fields,
        status: StatusCode,
        asked: &str,
        wrong: &[Wrong<'_>],
        more: &str,
    ) -> Response {
        let words = self.words;
        let urgent = self.reasons.is_urgent(&self.lodging(fields, words.language()).reasons);
        let optional = |label: &str| format!("{} {}", words.say(label), words.say("optional"));
        let (text, place, name, mobile, photo) = (
            if urgent { optional("form.text") } else { words.say("form.text") },
            if urgent { words.say("form.place") } else { optional("form.place") },
            if urgent { optional("form.name") } else { words.say("form.name") },
            words.say("form.mobile"),
            optional("plain.attach"),
        );
        let control = |id, label, rows, attributes| Control { id, label, value: fields.get(id), rows, attributes };
        let tel = "type=\"tel\" inputmode=\"tel\" autocomplete=\"tel\"";
        let file = "type=\"file\" accept=\"image/jpeg,image/png,image/webp\"";
        let what = control("text", &text, 6, "");
        let at = control("place", &place, 2, "autocomplete=\"street-address\"");
        let who = control("name", &name, 0, "autocomplete=\"name\" spellcheck=\"false\"");
        let reach = control("mobile", &mobile, 0, tel);
        let look = Control { value: "", ..control(PHOTO, &photo, 0, file) };
        let controls = if urgent { [at, reach, what, who, look] } else { [what, at, who, reach, look] };
        let shown: String = controls.iter().map(|control| field(control, wrong)).collect();
        let title = match (urgent, asked.is_empty(), self.danger()) {
            (true, ..) => words.raw("plain.danger"),
            (false, false, Some((_, question))) => question.ask.of(words.language()).to_owned(),
            _ => words.raw("lodge.what.title"),
        };
        let heading = match (urgent, asked) {
            (true, _) => format!(
                "<h1>{}</h1>{}<p>{}</p><input type=\"hidden\" name=\"{DANGER}\" value=\"{}\">",
                super::shell::escape(&title),
                call_112(words),
                words.say("danger.rest"),
                super::shell::escape(fields.get(DANGER)),
            ),
            (false, "") => format!("<h1>{}</h1>{}", super::shell::escape(&title), self.link_to_danger()),
            (false, asked) => asked.to_owned(),
        };
        let body = format!(
            "{}{}{more}<form method=\"post\" action=\"{}\" enctype=\"multipart/form-data\" novalidate>{heading}{shown}\
             <button class=\"button\">{}</button></form>",
            back(words, "/"),
            summary(words, wrong),
            words.language().path("/lodge"),
            words.say("form.send"),
        );
        let prefix = if wrong.is_empty() { String::new() } else { words.raw("error.prefix") };
        let path = if urgent { "/plain/danger" } else { "/lodge" };
        frames.html(status, words.language(), path, &format!("{prefix}{title}"), &body)
    }

    fn link_to_danger(&self) -> String {
        let to = self.words.language().path("/plain/danger");
        format!("<p class=\"danger\"><a href=\"{to}\">{}</a></p>", self.words.say("danger.link"))
    }
}
