//! Another number for a grievance: by whoever has proved both, or at a counter, decided by two.

use super::call::{Call, Reply, short_text};
use super::problem::Failure;
use super::session::{Typed, end_soon, hand_over, is_handed_over, redeem_by, typed_here};
use crate::app::App;
use crate::messenger::compose;
use crate::store::{Append, NewMessage, StoreError};
use model::lifecycle::{self, Action, Case, Event, EventBody, Refusal, Setting};
use model::lodging::Problem as FieldProblem;
use model::message::Template;
use model::wire::{ChangeNumber, Me, Problem, ProblemCode, RequestNumberChange};
use model::{Actor, Language, Mobile, PersonId, Scope, Time};

/// Tries where a case changes meanwhile.
const TRIES: u32 = 3;

/// Moves all grievances of the signed-in citizen to a number that they have just proved, and their session with them.
pub async fn change(call: Call<ChangeNumber>) -> Result<Reply<Me>, Failure> {
    let (app, actor) = (&call.app, call.actor()?);
    let Scope::Own(from) = actor.scope else { return Err(Failure::of(ProblemCode::NotPermitted)) };
    let Some(session) = call.session.clone() else { return Err(Failure::of(ProblemCode::SignInNeeded)) };
    let typed = Typed::of(&call.body.code, &call.body.once).for_another_number();
    let by = typed_here(app, &call.body.id, typed)?;
    // One that was handed over hears the answer again, and begins nothing.
    if is_handed_over(&session, &by) {
        return Err(Failure::of(ProblemCode::SignInNeeded));
    }
    let proved = redeem_by(app, &call.body.id, typed, by, call.now).await?;
    let to = app.person(&proved.mobile);
    if to == from && session.ends.is_none() && session.begun_by != Some(by) {
        return Err(Failure::of(ProblemCode::SameNumber));
    }
    end_soon(app, &session, &by, call.now).await?;
    if to != from
        && let Err(failure) = move_all(app, actor, from, &proved.mobile, call.now).await
    {
        // Nothing has moved: the session goes on.
        app.store.change_session(&session).await?;
        return Err(failure);
    }
    hand_over(&call, &session, proved).await
}

/// In one transaction: nobody is left with half of their grievances at a number that they have lost.
async fn move_all(app: &App, actor: &Actor, from: PersonId, mobile: &Mobile, now: Time) -> Result<(), Failure> {
    for _ in 0..TRIES {
        let mut appends = Vec::new();
        for line in app.store.cases_of(from).await? {
            let Some(mut case) = app.store.case(line.reference).await?.filter(|case| !case.disowned) else { continue };
            let event = lifecycle::change_number(&case, actor, app.person(mobile), now)?;
            case.apply(&event);
            appends.push(Append::of(case, vec![event], &app.rules));
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
    let variables = [new.masked(), app.tables.reference.brand.helpline.clone()];
    compose(&app.tables, Template::NumberChanged, language, to, &variables)
}

/// Asks for another number. The counter need not see the case: its number is on the citizen's receipt.
pub async fn request(call: Call<RequestNumberChange>) -> Result<Reply<()>, Failure> {
    let (app, actor) = (&call.app, call.actor()?);
    let missing = || Failure::of(ProblemCode::NotFound);
    let mobile = Mobile::parse(&call.body.mobile).map_err(|why| Failure::fields(vec![FieldProblem::from(why)]))?;
    let Some(reason) = short_text(&call.body.reason) else {
        let refusal = Some(Refusal::TextMissing);
        return Err(Failure(Box::new(Problem { refusal, ..Problem::new(ProblemCode::BadAction) })));
    };
    let reference = call.path.reference;
    let to = app.person(&mobile);
    for _ in 0..TRIES {
        let before = app.store.case(reference).await?.ok_or_else(missing)?;
        let action = Action::RequestNumberChange { to, reason: reason.clone() };
        let setting = Setting { rules: &app.rules, now: call.now, root: None };
        let events = lifecycle::decide(&before, actor, action, &setting)?;
        app.store.know_person(to, &mobile).await?;
        let mut case = before.clone();
        events.iter().for_each(|event| case.apply(event));
        let messages = messages(app, &before, &case, &events).await?;
        match app.store.append(Append::of(case, events, &app.rules).with_messages(messages)).await {
            Ok(_) => return Ok(Reply::ok(())),
            Err(StoreError::Stale { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("the case keeps changing".into()).into())
}

/// What both numbers are told when a change is asked for and decided at a counter: nobody loses a grievance unheard.
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
        let helpline = app.tables.reference.brand.helpline.clone();
        let variables = match template {
            Template::NumberChangeAsked => vec![case.reference.grouped(), masked, helpline],
            Template::NumberChanged => vec![masked, helpline],
            _ => vec![case.reference.grouped()],
        };
        for to in old.iter().chain(&new) {
            messages.extend(compose(&app.tables, template, case.language, to, &variables));
        }
    }
    Ok(messages)
}
