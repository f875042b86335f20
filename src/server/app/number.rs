//! Changing the number of a grievance: what moves, and what both numbers are told.

use super::decision::{Decided, Known};
use super::message::compose;
use crate::failure::Failure;
use crate::state::App;
use crate::store::{NewMessage, StoreError};
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
            let Some(case) = app.store.case(line.reference).await?.filter(|case| !case.disowned) else { continue };
            let event = lifecycle::change_number(&case, actor, app.person(mobile), now)?;
            // Both numbers are told once, not for each case.
            appends.push(Decided::by(&case, vec![event]).append(app, &Known::default()));
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
        let decided = Decided::of(&before, actor, action, &setting)?;
        app.store.know_person(to, mobile).await?;
        let known = Known::of(app, &decided).await?;
        match app.store.append(decided.append(app, &known)).await {
            Ok(_) => return Ok(()),
            Err(StoreError::Stale { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("the case keeps changing".into()).into())
}

/// The old and the new number of a change that these events request or decide, where known.
///
/// # Errors
/// Where the store does not answer.
pub(super) async fn both(
    app: &App,
    before: &Case,
    events: &[Event],
) -> Result<(Option<Mobile>, Option<Mobile>), StoreError> {
    let to = events.iter().find_map(|event| match &event.body {
        EventBody::NumberChangeRequested { to } | EventBody::NumberChanged { citizen: to } => Some(*to),
        EventBody::NumberChangeRefused => before.number_change.as_ref().map(|change| change.to),
        _ => None,
    });
    let Some(to) = to else { return Ok((None, None)) };
    let old = if before.disowned { None } else { app.store.mobile_of(before.citizen).await? };
    Ok((old, app.store.mobile_of(to).await?))
}

/// Messages to both numbers when a change is requested and decided at a counter, so that nobody loses a grievance
/// without hearing of it.
pub(super) fn messages(
    app: &App,
    case: &Case,
    event: &Event,
    old: &Option<Mobile>,
    new: &Option<Mobile>,
) -> Vec<NewMessage> {
    let template = match &event.body {
        EventBody::NumberChangeRequested { .. } => Template::NumberChangeAsked,
        EventBody::NumberChanged { .. } => Template::NumberChanged,
        EventBody::NumberChangeRefused => Template::NumberKept,
        _ => return Vec::new(),
    };
    let masked = new.as_ref().map(Mobile::masked).unwrap_or_default();
    let helpline = app.facts.tables.reference.brand.helpline.clone();
    let variables = match template {
        Template::NumberChangeAsked => vec![case.reference.grouped(), masked, helpline],
        Template::NumberChanged => vec![masked, helpline],
        _ => vec![case.reference.grouped()],
    };
    let told = old.iter().chain(new);
    told.filter_map(|to| compose(&app.facts.tables, template, case.language, to, &variables)).collect()
}
