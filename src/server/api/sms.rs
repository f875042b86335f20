//! What citizens answer by text message: "1" says that it is done, "2" that it is not.

use super::call::bounded;
use super::grievance::answer;
use super::problem::Failure;
use crate::app::App;
use crate::messenger::compose;
use crate::store::Idempotency;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::api::ProblemCode;
use model::lifecycle::{Action, Stage};
use model::message::Template;
use model::{Actor, Language, Mobile, Reference, Time, text};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::time::Duration;

/// A message as the gateway hands it over.
#[derive(Debug, Clone, Deserialize)]
pub struct Inbound {
    /// The gateway's name of the message; the same one is answered once.
    pub id: String,
    /// From which number.
    pub from: String,
    /// What it says.
    pub text: String,
}

/// Takes a message from the gateway, which proves itself by the token that it knows us by.
pub async fn inbound(State(app): State<App>, request: Request) -> Result<Response, Failure> {
    let token = app.config.sms_token.as_deref().filter(|token| !token.is_empty());
    let (parts, body) = request.into_parts();
    let given = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    // Compared by their hashes: time tells nothing about the token.
    let fits = token
        .zip(given)
        .is_some_and(|(token, given)| app.keyed("sms", token.as_bytes()) == app.keyed("sms", given.as_bytes()));
    if !fits {
        return Err(Failure::of(ProblemCode::NotPermitted));
    }
    let bytes = bounded(&parts, body, 16 * 1024, Duration::from_secs(10)).await?;
    let message: Inbound = serde_json::from_slice(&bytes).map_err(|_| Failure::of(ProblemCode::WrongShape))?;
    take(&app, &message, app.now()).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// What a message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Done,
    NotDone,
}

/// What may follow a yes without taking it back.
const THANKS: [&str; 14] = [
    "done",
    "thanks",
    "thank",
    "you",
    "dhonnobad",
    "hoyeche",
    "ধন্যবাদ",
    "হয়েছে",
    "হয়ে",
    "গেছে",
    "धन्यवाद",
    "भयो",
    "शुक्रिया",
    "شکریہ",
];

/// Reads "1", "2", "১", "yes 4831 9027 5516" and the like: what is said, and of which grievance.
fn read(said: &str) -> (Option<Said>, Option<Reference>) {
    let folded = text::fold_digits(&text::search_key(said));
    let digits = text::digits(&folded);
    let first = folded.split(' ').next().unwrap_or_default();
    let said = match first {
        "1" | "yes" | "y" | "ha" | "hya" | "haan" | "হ্যাঁ" | "হ্যা" | "হা" | "हाँ" | "हां" | "ہاں" => {
            Some(Said::Done)
        }
        "2" | "no" | "n" | "na" | "nahi" | "না" | "नहीं" | "नही" | "होइन" | "نہیں" => {
            Some(Said::NotDone)
        }
        _ => None,
    };
    // "1" alone confirms; "1 month, and nothing was done" does not.
    let plain =
        folded.split(' ').skip(1).all(|word| word.bytes().all(|c| c.is_ascii_digit()) || THANKS.contains(&word));
    let said = said.filter(|said| *said == Said::NotDone || plain);
    let number = digits.strip_prefix(['1', '2']).filter(|_| matches!(first, "1" | "2")).unwrap_or(&digits);
    (said, Reference::parse(number).ok())
}

/// Answers for the citizen of this number, where it is clear which grievance is meant; else tells how to answer.
///
/// # Errors
/// Where the store does not answer.
pub async fn take(app: &App, message: &Inbound, now: Time) -> Result<(), Failure> {
    // A number that is none is somebody's advertisement.
    let Ok(mobile) = Mobile::parse(&message.from) else { return Ok(()) };
    let person = app.person(&mobile);
    let actor = Actor::citizen(person);
    let lines = app.store.cases_of(person).await?;
    let asked = |stage: Stage| matches!(stage, Stage::Verification | Stage::ClosedUnconfirmed);
    let (said, named) = read(&message.text);
    let meant: Vec<Reference> = lines
        .iter()
        .filter(|line| asked(line.stage) && named.is_none_or(|named| named == line.reference))
        .map(|line| line.reference)
        .collect();
    let digest: [u8; 32] = Sha256::digest(format!("sms {} {}", message.id, mobile.as_str())).into();
    let idempotency = Idempotency { key: digest, fingerprint: digest, response: String::new() };
    if app.store.repeated(&idempotency).await?.is_some() {
        return Ok(());
    }
    if let (Some(said), [reference]) = (said, meant.as_slice()) {
        let words = text::shorten(&text::clean(&message.text), 160);
        let action = match said {
            Said::Done => Action::Confirm { remark: words },
            Said::NotDone => Action::Dispute { reason: words, partly: false, photos: vec![] },
        };
        // A number that answers to its own messages is the citizen's.
        app.store.mark_verified(person, &mobile, now).await?;
        answer(app, *reference, &actor, &action, idempotency, now).await?;
        return Ok(());
    }
    // Who has never lodged is not written to: a stranger's number must not be made to ring.
    let Some(line) = lines.iter().find(|line| asked(line.stage)) else { return Ok(()) };
    let language = app.store.case(line.reference).await?.map_or(Language::Bengali, |case| case.language);
    let variables = [line.reference.grouped()];
    if let Some(how) = compose(&app.tables, Template::AnswerHow, language, &mobile, &variables) {
        app.store.put_message(how, now).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_as_people_send_them() {
        let number = Reference::from_payload(4_831_902_755);
        let table = [
            ("1".to_owned(), Some(Said::Done), None),
            (" ২ ".to_owned(), Some(Said::NotDone), None),
            ("Yes, done. thanks".to_owned(), Some(Said::Done), None),
            ("না, জল নেই".to_owned(), Some(Said::NotDone), None),
            (format!("2 {}", number.grouped()), Some(Said::NotDone), Some(number)),
            (format!("1 {number}"), Some(Said::Done), Some(number)),
            ("12".to_owned(), None, None),
            ("1 মাস হল কিছুই হয়নি".to_owned(), None, None),
            ("ha kintu hoyni".to_owned(), None, None),
            ("1, ধন্যবাদ".to_owned(), Some(Said::Done), None),
            ("STOP".to_owned(), None, None),
            (String::new(), None, None),
        ];
        for (text, said, named) in table {
            assert_eq!(read(&text), (said, named), "{text}");
        }
    }
}
