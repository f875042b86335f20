//! Text messages from citizens: answers and requests, read by [`model::answer`].

use super::act::answer;
use super::code;
use super::message::compose;
use crate::failure::Failure;
use crate::state::App;
use crate::store::{Idempotency, NewMessage, Question};
use chrono::Duration;
use model::answer::{Answer, Said, offered};
use model::lifecycle::{Action, Case, EventBody, Stage};
use model::message::Template;
use model::wire::ProblemCode;
use model::{Actor, Language, Mobile, PersonId, Reference, Time, text};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

/// A message as the gateway delivers it.
#[derive(Debug, Clone, Deserialize)]
pub struct Inbound {
    /// The gateway's id of the message; the same id has an effect only once.
    pub id: String,
    /// The sender's number.
    pub from: String,
    /// The text.
    pub text: String,
}

/// Does what a citizen's message asks for, once, however often the gateway delivers it.
///
/// # Errors
/// Where the store does not answer.
pub async fn take(app: &App, message: &Inbound, now: Time) -> Result<(), Failure> {
    // A sender without a mobile number is advertising.
    let Ok(mobile) = Mobile::parse(&message.from) else { return Ok(()) };
    let digest: [u8; 32] = Sha256::digest(format!("sms {} {}", message.id, mobile.as_str())).into();
    let once = Idempotency { key: digest, fingerprint: digest, response: String::new() };
    if app.store.repeated(&once).await?.is_some() {
        return Ok(());
    }
    let words: String = message.text.nfc().collect();
    let sender = Sender { app, person: app.person(&mobile), mobile, now };
    match app.facts.tables.answers.read(&words) {
        Said::Answer(said) if sender.answered(said, &words, &once).await? => return Ok(()),
        Said::Answer(_) | Said::Unclear => sender.ask_again().await?,
        Said::Code => code::send_to_telephone(app, &sender.mobile, sender.language().await?, now).await?,
        Said::Stop => app.store.silence(&sender.mobile, true, now).await?,
        Said::Start => app.store.silence(&sender.mobile, false, now).await?,
        Said::WrongNumber => sender.disown(&once).await?,
    }
    Ok(app.store.remember(&once, now).await?)
}

/// Minutes after a newer question before which an answer in words is not taken for it.
const NEWER_MINUTES: i64 = 2;

/// Whether the citizen is being asked about the newest report.
fn is_asked(case: &Case) -> bool {
    matches!(case.stage, Stage::Verification | Stage::ClosedUnconfirmed) && !case.disowned
}

/// Whether the citizen is asked about the report of this event.
fn asks(body: &EventBody) -> bool {
    matches!(body, EventBody::AtrAccepted | EventBody::AtrSubmitted { own: true, .. })
}

/// The sender of a message.
struct Sender<'a> {
    app: &'a App,
    person: PersonId,
    mobile: Mobile,
    now: Time,
}

impl Sender<'_> {
    /// The sender's grievances about which they are being asked now, newest first.
    async fn asked(&self) -> Result<Vec<Case>, Failure> {
        let mut asked = Vec::new();
        for line in self.app.store.cases_of(self.person).await? {
            asked.extend(self.app.store.case(line.reference).await?.filter(is_asked));
        }
        Ok(asked)
    }

    async fn language(&self) -> Result<Language, Failure> {
        let newest = self.app.store.cases_of(self.person).await?.into_iter().next();
        let case = match newest {
            Some(line) => self.app.store.case(line.reference).await?,
            None => None,
        };
        Ok(case.map_or(Language::Bengali, |case| case.language))
    }

    /// Carries out an answer where it is clear which report of which grievance it is about; answers false where it is
    /// not. What was asked on this telephone counts, not whose grievance it is by now: a late answer to one question must
    /// not be taken for an answer to another.
    async fn answered(&self, said: Answer, words: &str, once: &Idempotency) -> Result<bool, Failure> {
        let questions = self.app.store.questions_to(&self.mobile).await?;
        let named = |of: Reference| said.reference.is_none_or(|named| named == of);
        let reference = match said.code {
            Some(code) => {
                let fits =
                    |question: &&Question| offered(&question.body).is_some_and(|(yes, no)| [yes, no].contains(&code));
                let meant: Vec<_> =
                    questions.iter().filter(|question| named(question.reference)).filter(fits).collect();
                let [question] = meant.as_slice() else { return Ok(false) };
                // A newer question about the same grievance has taken its place.
                let newest = questions.iter().find(|newer| newer.reference == question.reference);
                if newest != Some(question) {
                    return Ok(false);
                }
                question.reference
            }
            None => {
                let mut meant: Vec<Reference> = self.asked().await?.into_iter().map(|case| case.reference).collect();
                for question in &questions {
                    let open = !meant.contains(&question.reference)
                        && self.app.store.case(question.reference).await?.is_some_and(|case| is_asked(&case));
                    meant.extend(open.then_some(question.reference));
                }
                meant.retain(|of| named(*of));
                let [reference] = meant.as_slice() else { return Ok(false) };
                *reference
            }
        };
        let case = self.app.store.case(reference).await?;
        let Some(case) = case.filter(|case| case.citizen == self.person && is_asked(case)) else { return Ok(false) };
        // A question that has not been sent to this number yet cannot be answered.
        let Some(question) = questions.iter().find(|question| question.reference == reference) else {
            return Ok(false);
        };
        let Some(asked_at) = question.sent else { return Ok(false) };
        // The newest report may have been asked about at another number.
        let history = self.app.store.history(reference).await?;
        let reported = history.iter().rev().find(|entry| asks(&entry.event.body)).map(|entry| entry.event.at);
        if reported.is_none_or(|reported| question.created < reported) {
            return Ok(false);
        }
        // An answer in words names no report: it counts for the newest only if that question was sent early enough.
        let about_others = questions.iter().any(|other| other.reference != reference);
        let others = case.reports > 1 || (said.reference.is_none() && about_others);
        if said.code.is_none() && others && self.now - asked_at <= Duration::minutes(NEWER_MINUTES) {
            return Ok(false);
        }
        let words = text::shorten(&text::clean(words), 160);
        let action = match said.done {
            true => Action::Confirm { remark: words },
            false => Action::Dispute { reason: words, partly: false, photos: vec![] },
        };
        // A number from which its own messages are answered belongs to the citizen.
        self.app.store.mark_verified(self.person, &self.mobile, self.now).await?;
        let actor = Actor::citizen(self.person);
        match answer(self.app, case.reference, &actor, &action, Some(case.reports), once.clone(), self.now).await {
            // There is a newer report by now.
            Err(failure) if failure.0.code == ProblemCode::Stale => Ok(false),
            answered => answered.map(|()| true),
        }
    }

    /// Explains how to answer, at most once a day. Nobody who has never lodged is written to: strangers' numbers must
    /// not be made to ring, and two programs must not answer each other.
    async fn ask_again(&self) -> Result<(), Failure> {
        let questions = self.app.store.questions_to(&self.mobile).await?;
        let codes = |of: Reference| offered(&questions.iter().find(|question| question.reference == of)?.body);
        // Of those that were asked about on this telephone: nobody answers what they were never asked.
        let asked = self.asked().await?;
        let Some((case, (yes, no))) = asked.iter().find_map(|case| Some((case, codes(case.reference)?))) else {
            return Ok(());
        };
        if self.app.store.was_told(&self.mobile, Template::AnswerHow, self.now - Duration::days(1)).await? {
            return Ok(());
        }
        let variables = [case.reference.grouped(), yes.to_string(), no.to_string()];
        let how = compose(&self.app.facts.tables, Template::AnswerHow, case.language, &self.mobile, &variables);
        if let Some(how) = how {
            let how = NewMessage { reference: Some(case.reference), ..how };
            self.app.store.put_message(how, self.now).await?;
        }
        Ok(())
    }

    /// Removes this number from every open grievance for which it is not proved.
    async fn disown(&self, once: &Idempotency) -> Result<(), Failure> {
        for line in self.app.store.cases_of(self.person).await? {
            let case = self.app.store.case(line.reference).await?;
            if !case.is_some_and(|case| case.stage.is_open() && !case.number_verified && !case.disowned) {
                continue;
            }
            let digest: [u8; 32] =
                Sha256::digest([once.key.as_slice(), line.reference.to_string().as_bytes()].concat()).into();
            let once = Idempotency { key: digest, fingerprint: digest, response: String::new() };
            let actor = Actor::citizen(self.person);
            answer(self.app, line.reference, &actor, &Action::DisownNumber, None, once, self.now).await?;
        }
        Ok(())
    }
}
