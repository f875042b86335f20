//! The plain HTML form: lodging where WebAssembly cannot run. The same rules, the same rulebook, no script.

use super::plain::{Field as Control, Frames, Words, Wrong, back, field, summary};
use crate::api::call::{FORM_WORDS, bounded};
use crate::api::guard;
use crate::api::problem::Failure;
use crate::api::{Arriving, Sender, admit, lodge_once};
use crate::app::App;
use crate::store::Idempotency;
use axum::body::Body;
use axum::extract::{Form, FromRequest, Multipart, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::api::{Problem, ProblemCode, Receipt};
use model::attachment::PHOTO_BYTES;
use model::clock::ist_date;
use model::lifecycle::Channel;
use model::lodging::{Field, Lodging, Problem as FieldProblem};
use model::{Language, Mobile, text};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

/// Bytes within which the first field of a form has begun.
const FRAME: usize = 4 * 1024;

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Plain {
    text: String,
    place: String,
    name: String,
    mobile: String,
    /// Whether a photo came along: a browser sends it again only when it is chosen again.
    #[serde(skip)]
    photo: bool,
}

/// Takes the form and answers with a page: the number, or the same form with what to mend.
pub async fn lodge(app: &App, frames: &Frames, request: Request) -> Response {
    let (language, _) = Language::of_path(request.uri().path());
    let words = frames.words(language);
    let now = app.now();
    let (parts, body) = request.into_parts();
    let (sender, plain, photo) = match receive(app, parts, body).await {
        Ok(received) => received,
        Err((plain, failure)) => return again(frames, words, &plain, &failure.0),
    };
    let mut form = Lodging {
        text: plain.text.nfc().collect(),
        landmark: plain.place.nfc().collect(),
        name: plain.name.nfc().collect(),
        mobile: plain.mobile.clone(),
        language,
        ..Lodging::default()
    };
    // Nothing is kept of a form that will come back.
    if let Some(photo) = photo.filter(|_| form.problems().is_empty()) {
        match photo.take(now).await {
            Ok(photo) => form.photos.push(photo.id),
            Err(failure) => return again(frames, words, &plain, &failure.0),
        }
    }
    // The form carries no key: the same words from the same number on the same day are the same grievance.
    let mut digest = Sha256::new();
    let number = Mobile::parse(&form.mobile).map_or_else(|_| text::digits(&form.mobile), String::from);
    for part in [&number, &text::search_key(&form.text), &ist_date(now).to_string()] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    let key: [u8; 32] = digest.finalize().into();
    let idempotency = Idempotency { key, fingerprint: key, response: String::new() };
    match lodge_once(app, &form, sender, Some(idempotency), now).await {
        Ok(reply) => {
            let bytes = axum::body::to_bytes(reply.into_response().into_body(), 4096).await.unwrap_or_default();
            match serde_json::from_slice::<Receipt>(&bytes) {
                Ok(receipt) => done(frames, words, &receipt),
                Err(error) => Failure::from(error).into_response(),
            }
        }
        Err(failure) => again(frames, words, &plain, &failure.0),
    }
}

/// The form's content and who sent it, with the photo that came along; what is wrong comes with what was typed so far.
async fn receive(
    app: &App,
    parts: Parts,
    body: Body,
) -> Result<(Sender, Plain, Option<Arriving<'_>>), (Plain, Failure)> {
    let mut plain = Plain::default();
    let address = guard::address(app, &parts);
    // Whoever has proved their number is not held up by those behind the same address.
    let session = guard::session_of(app, &parts.headers, guard::Client::Citizen, app.now()).await;
    let proved = session.ok().flatten().and_then(|session| session.mobile);
    let sender = Sender { staff: None, proved, address, channel: Channel::WebForm };
    let patience = std::time::Duration::from_secs(240);
    match tokio::time::timeout(patience, read(app, parts, body, address, &mut plain)).await {
        Ok(Ok(photo)) => Ok((sender, plain, photo)),
        Ok(Err(failure)) => Err((plain, failure)),
        Err(_) => Err((plain, Failure::of(ProblemCode::TooSlow))),
    }
}

/// The body of a multipart form, broken off where it says nothing that a form says: a boundary must come within
/// [`FRAME`] bytes of the start and of its end, and no line of headers may be longer.
fn framed(body: Body) -> Body {
    use tokio_stream::StreamExt;
    let most = (PHOTO_BYTES + 2 * FORM_WORDS) as u64;
    let (mut sum, mut first) = (0u64, Vec::new());
    let stream = body.into_data_stream().map(move |bytes| {
        let bytes = bytes.map_err(|_| std::io::Error::from(std::io::ErrorKind::UnexpectedEof))?;
        sum += bytes.len() as u64;
        if first.len() < FRAME {
            first.extend(bytes.iter().take(FRAME - first.len()));
            // A form begins with its boundary, and goes on with the headers of its first field.
            let begins = first.starts_with(b"--") || first.starts_with(b"\r\n--") || first.len() < 4;
            let headed = first.len() < FRAME || first.windows(4).any(|four| four == b"\r\n\r\n");
            if !begins || !headed {
                return Err(std::io::Error::from(std::io::ErrorKind::InvalidData));
            }
        }
        if sum > most { Err(std::io::Error::from(std::io::ErrorKind::InvalidData)) } else { Ok(bytes) }
    });
    Body::from_stream(stream)
}

async fn read<'a>(
    app: &'a App,
    parts: Parts,
    body: Body,
    address: guard::Address,
    plain: &mut Plain,
) -> Result<Option<Arriving<'a>>, Failure> {
    guard::same_site(&parts)?;
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let multipart = kind.starts_with("multipart/form-data");
    let wrong = || Failure::of(ProblemCode::WrongShape);
    if !multipart {
        let bytes = bounded(&parts, body, FORM_WORDS, std::time::Duration::from_secs(30)).await?;
        let request = Request::from_parts(parts, Body::from(bytes));
        let Form(sent) = Form::<Plain>::from_request(request, &()).await.map_err(|_| wrong())?;
        *plain = sent;
        return Ok(None);
    }
    // What stands before and between the fields is held in memory until it ends: it ends soon, or the form is refused.
    let _slot = app.bodies.take(address).ok_or_else(|| Failure::unavailable(5))?;
    let request = Request::from_parts(parts, framed(body));
    let mut fields = Multipart::from_request(request, &()).await.map_err(|_| wrong())?;
    let (mut photo, mut words) = (None, 0);
    while let Some(mut field) = fields.next_field().await.map_err(|_| wrong())? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "photo" {
            // A field without a file has a name all the same.
            if field.file_name().is_none_or(str::is_empty) {
                continue;
            }
            plain.photo = true;
            admit(app, address, 1024 * 1024, false)?;
            let mut arriving = Arriving::new(app, address)?;
            arriving.receive(&mut field).await?;
            photo = Some(arriving).filter(|arriving| !arriving.is_empty());
            plain.photo = photo.is_some();
            continue;
        }
        let mut value = Vec::new();
        while let Some(bytes) = field.chunk().await.map_err(|_| wrong())? {
            words += bytes.len();
            if words > FORM_WORDS {
                return Err(Failure::of(ProblemCode::TooLarge));
            }
            value.extend_from_slice(&bytes);
        }
        let value = String::from_utf8(value).map_err(|_| wrong())?;
        match name.as_str() {
            "text" => plain.text = value,
            "place" => plain.place = value,
            "name" => plain.name = value,
            "mobile" => plain.mobile = value,
            _ => return Err(wrong()),
        }
    }
    Ok(photo)
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
    vec![Wrong { id: if photo { "photo" } else { "" }, words: words.fill(&key, &marks) }]
}

fn done(frames: &Frames, words: &Words, receipt: &Receipt) -> Response {
    let due = receipt.due.map(|due| words.date(due)).unwrap_or_default();
    let next: String = ["done.next1", "done.next2", "done.next3"]
        .iter()
        .map(|key| format!("<li><p class=\"what\">{}</p></li>", words.say(key)))
        .collect();
    let body = format!(
        "<div class=\"panel\"><h1>{}</h1><p>{}</p><p class=\"number\">{}</p></div><p><strong>{} {due}</strong></p><p>{}</p>\
         <h2>{}</h2><ol class=\"thread steps\">{next}</ol><p><a class=\"button second\" href=\"{}\">{}</a></p>",
        words.say("done.title"),
        words.say("done.number"),
        receipt.reference.grouped(),
        words.say("done.by"),
        words.say("done.keep"),
        words.say("done.next"),
        words.language().path("/plain/sign-in"),
        words.say("home.mine"),
    );
    frames.html(StatusCode::OK, words.language(), "/lodge", &words.raw("done.title"), &body)
}

/// The form once more, with what is wrong and everything that was typed.
fn again(frames: &Frames, words: &Words, plain: &Plain, problem: &Problem) -> Response {
    let mut wrong = wrongs(words, problem, |field| match field {
        Field::Text => "text",
        Field::Landmark | Field::Place => "place",
        Field::Name => "name",
        Field::Mobile => "mobile",
        Field::Category | Field::Reasons | Field::Photos => "",
    });
    // A browser sends a file again only when it is chosen again.
    if plain.photo && !wrong.iter().any(|wrong| wrong.id == "photo") {
        wrong.push(Wrong { id: "photo", words: words.say("problem.photo_unknown") });
    }
    let tel = "type=\"tel\" inputmode=\"tel\" autocomplete=\"tel\"";
    let controls = [
        Control { id: "text", label: &words.say("form.text"), value: &plain.text, rows: 6, attributes: "" },
        Control {
            id: "place",
            label: &format!("{} {}", words.say("form.place"), words.say("optional")),
            value: &plain.place,
            rows: 2,
            attributes: "autocomplete=\"street-address\"",
        },
        Control {
            id: "name",
            label: &words.say("form.name"),
            value: &plain.name,
            rows: 0,
            attributes: "autocomplete=\"name\" spellcheck=\"false\"",
        },
        Control { id: "mobile", label: &words.say("form.mobile"), value: &plain.mobile, rows: 0, attributes: tel },
        Control {
            id: "photo",
            label: &format!("{} {}", words.say("plain.attach"), words.say("optional")),
            value: "",
            rows: 0,
            attributes: "type=\"file\" accept=\"image/jpeg,image/png,image/webp\"",
        },
    ];
    let fields: String = controls.iter().map(|control| field(control, &wrong)).collect();
    // In a tab of its own: what was typed stays in this one.
    let sign_in = match problem.code {
        ProblemCode::ProofNeeded => format!(
            "<p class=\"links\"><a href=\"{}\" target=\"_blank\" rel=\"noopener\">{}</a></p>",
            words.language().path("/plain/sign-in"),
            words.say("case.by_code.link"),
        ),
        _ => String::new(),
    };
    let body = format!(
        "{}{}<h1>{}</h1><form method=\"post\" action=\"{}\" enctype=\"multipart/form-data\" novalidate>{fields}\
         <button class=\"button\">{}</button></form>",
        back(words, "/"),
        [summary(words, &wrong), sign_in].concat(),
        words.say("lodge.what.title"),
        words.language().path("/lodge"),
        words.say("form.send"),
    );
    let title = format!("{}{}", words.raw("error.prefix"), words.raw("lodge.what.title"));
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    frames.html(status, words.language(), "/lodge", &title, &body)
}
