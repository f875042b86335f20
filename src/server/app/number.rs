//! Changing the number of a grievance: what moves, and what both numbers are told.

use crate::failure::Failure;
use crate::messenger::compose;
use crate::state::App;
use crate::store::{Append, NewMessage, StoreError};
use model::lifecycle::{self, Action, Case, Event, EventBody, Setting};
use model::message::Template;
use model::wire::ProblemCode;
use model::{Actor, Language, Mobile, PersonId, Reference, Time};

/// Tries where a case changes meanwhile.
const TRIES: u32 = 3;

/// Moves all grievances of a number to another in one transaction, so that nobody is left with half of them at a number
/// that they have lost.
///
/// # Errors
/// 503 where the cases keep changing.
pub async fn move_all(app: &App, actor: &Actor, from: PersonId, mobile: &Mobile, now: Time) -> Result<(), Failure> {
    for _ in 0..TRIES {
        let mut appends = Vec::new();
        for line in app.store.cases_of(from).await? {
            let Some(mut case) = app.store.case(line.reference).await?.filter(|case| !case.disowned) else { continue };
            let event = lifecycle::change_number(&case, actor, app.person(mobile), now)?;
            case.apply(&event);
            appends.push(Append::of(case, vec![event], &app.facts.rules));
        }
        let Some(first) = appends.pop() else { return Ok(()) };
        let language = first.case.language;
        let old = app.store.mobile_of(from).await?;
        let told = old.iter().chain([mobile]).filter_map(|to| changed(app, language, to, mobile)).collect();
        match app.store.append(first.with_messages(told).with(appends)).await {
            Ok(_) => return Ok(()),
            Err(StoreError::Stale { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("the cases keep changing".into()).into())
}

fn changed(app: &App, language: Language, to: &Mobile, new: &Mobile) -> Option<NewMessage> {
    let variables = [new.masked(), app.facts.tables.reference.brand.helpline.clone()];
    compose(&app.facts.tables, Template::NumberChanged, language, to, &variables)
}

/// Asks to change the number, for a citizen at a counter. The asker need not be able to read the case, whose number is
/// on the citizen's receipt.
///
/// # Errors
/// 404 where there is no such case, the refusal of the rulebook, 503 where the case keeps changing.
pub async fn request(
    app: &App,
    actor: &Actor,
    reference: Reference,
    mobile: &Mobile,
    reason: &str,
    now: Time,
) -> Result<(), Failure> {
    let to = app.person(mobile);
    for _ in 0..TRIES {
        let before = app.store.case(reference).await?.ok_or_else(|| Failure::of(ProblemCode::NotFound))?;
        let action = Action::RequestNumberChange { to, reason: reason.to_owned() };
        let setting = Setting::new(&app.facts.rules, now);
        let events = lifecycle::decide(&before, actor, action, &setting)?;
        app.store.know_person(to, mobile).await?;
        let mut case = before.clone();
        events.iter().for_each(|event| case.apply(event));
        let messages = messages(app, &before, &case, &events).await?;
        match app.store.append(Append::of(case, events, &app.facts.rules).with_messages(messages)).await {
            Ok(_) => return Ok(()),
            Err(StoreError::Stale { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("the case keeps changing".into()).into())
}

/// Messages to both numbers when a change is requested and decided at a counter, so that nobody loses a grievance
/// without hearing of it.
///
/// # Errors
/// Where the store does not answer.
pub async fn messages(app: &App, before: &Case, case: &Case, events: &[Event]) -> Result<Vec<NewMessage>, StoreError> {
    let mut messages = Vec::new();
    for event in events {
        let (template, to) = match &event.body {
            EventBody::NumberChangeRequested { to } => (Template::NumberChangeAsked, Some(*to)),
            EventBody::NumberChanged { citizen } => (Template::NumberChanged, Some(*citizen)),
            EventBody::NumberChangeRefused => {
                (Template::NumberKept, before.number_change.as_ref().map(|change| change.to))
            }
            _ => continue,
        };
        let old = app.store.mobile_of(before.citizen).await?.filter(|_| !before.disowned);
        let new = match to {
            Some(person) => app.store.mobile_of(person).await?,
            None => None,
        };
        let masked = new.as_ref().map(Mobile::masked).unwrap_or_default();
        let helpline = app.facts.tables.reference.brand.helpline.clone();
        let variables = match template {
            Template::NumberChangeAsked => vec![case.reference.grouped(), masked, helpline],
            Template::NumberChanged => vec![masked, helpline],
            _ => vec![case.reference.grouped()],
        };
        for to in old.iter().chain(&new) {
            messages.extend(compose(&app.facts.tables, template, case.language, to, &variables));
        }
    }
    Ok(messages)
}
