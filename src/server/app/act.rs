//! Acting on a case: the only way, for the API, plain pages and text messages.

use super::lodge::unknown_photo;
use super::read::readable;
use super::view::is_link_of_proved;
use super::{Once, number};
use crate::failure::Failure;
use crate::messenger::{to_citizen, to_holder};
use crate::state::App;
use crate::store::{Append, Appended, Idempotency, NewMessage, StoreError};
use chrono::Duration;
use model::lifecycle::{self, Action, Case, Event, EventBody, NUMBER_SHOWN_HOURS, Setting, Stage};
use model::message::Template;
use model::wire::ProblemCode;
use model::{Actor, Reference, Role, Time};

/// What the actor had seen of the case when they decided. Where there is something newer, nothing is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// This version.
    Version(u32),
    /// The report with this number; other changes do not matter.
    Report(u8),
    /// Any state will do.
    Anything,
    /// They must say it and have not.
    Unsaid,
}

impl Seen {
    fn holds(self, case: &Case) -> Result<(), Failure> {
        match self {
            Self::Anything => Ok(()),
            Self::Version(seen) if seen == case.version => Ok(()),
            Self::Report(seen) if seen == case.reports => Ok(()),
            Self::Version(_) | Self::Report(_) => Err(Failure::stale(case.version)),
            Self::Unsaid => Err(Failure::of(ProblemCode::VersionNeeded)),
        }
    }
}

/// An action that somebody wants to carry out on a case.
#[derive(Debug)]
pub struct Command<'a> {
    /// The actor.
    pub actor: &'a Actor,
    /// The case.
    pub reference: Reference,
    /// The action.
    pub action: &'a Action,
    /// What the actor had seen of the case.
    pub seen: Seen,
    /// What identifies the request, so that it has one effect; `None` where repeating is harmless.
    pub once: Option<Idempotency>,
}

/// Carries out an action: loads the case, decides, appends the events and tells those concerned. Answers the case after
/// it or, where the same request was done before, the version that the case had then.
///
/// # Errors
/// 404 where the actor may not see the case, 412 where it is not as they saw it, the refusal of the rulebook, 422 where
/// a photo is missing, 503 where the case keeps changing.
pub async fn execute(app: &App, command: Command<'_>, now: Time) -> Result<Once<Box<Case>>, Failure> {
    let Command { actor, reference, action, seen, once: idempotency } = command;
    // A report needs its photos; what a citizen adds need not wait for theirs.
    let here = actor.role != Role::Citizen;
    if let Some(problem) = unknown_photo(app, action.photos(), here).await? {
        return Err(Failure::fields(vec![problem]));
    }
    // What the decision depends on besides the case may change meanwhile; then it is made again.
    for _ in 0..3 {
        let before = readable(app, actor, reference).await?;
        seen.holds(&before)?;
        let root = match action {
            Action::Merge { root, .. } => app.store.case(*root).await?,
            _ => None,
        };
        let setting = Setting {
            root: root.as_ref(),
            followed: matches!(action, Action::Merge { .. }) && !app.store.followers(reference).await?.is_empty(),
            number_shown: match (action, actor.staff) {
                (Action::RecordCall { .. }, Some(staff)) => {
                    app.store.was_revealed(reference, staff, now - Duration::hours(NUMBER_SHOWN_HOURS)).await?
                }
                _ => false,
            },
            number_proved: matches!(action, Action::DisownNumber) && is_link_of_proved(app, &before, actor).await?,
            places: &app.facts.tables,
            ..Setting::new(&app.facts.rules, now)
        };
        let events = lifecycle::decide(&before, actor, action.clone(), &setting)?;
        let mut case = before.clone();
        for event in &events {
            case.apply(event);
        }
        let mut messages = messages(app, &case, &events).await?;
        messages.extend(number::messages(app, &before, &case, &events).await?);
        let left_behind = !case.stage.is_open() && !matches!(case.stage, Stage::Redressed | Stage::Merged);
        let append =
            Append::of(case.clone(), events, &app.facts.rules).with_messages(messages).resting_on(root.as_ref());
        let append = if left_behind {
            let followers = separated(app, &case, now).await?;
            append.followed_by(followers.len()).with(followers)
        } else if case.root.is_some() {
            append.followed_by(0)
        } else {
            append
        };
        let append =
            append.once(idempotency.clone().map(|once| Idempotency { response: case.version.to_string(), ..once }));
        match app.store.append(append).await {
            Ok(Appended::Done { .. }) => return Ok(Once::Done(Box::new(case))),
            Ok(Appended::Repeated { response }) => return Ok(Once::Before(response)),
            Err(StoreError::Stale { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("a case that this rests on keeps changing".into()).into())
}

/// Carries out what a citizen answers by text message or on a plain page. Sent again after it was done, it changes
/// nothing. `report` is the number of the report that is answered, where one is.
///
/// # Errors
/// The refusal of the rulebook; 412 where there is a newer report; 503 where the case keeps changing.
pub async fn answer(
    app: &App,
    reference: Reference,
    actor: &Actor,
    action: &Action,
    report: Option<u8>,
    once: Idempotency,
    now: Time,
) -> Result<(), Failure> {
    let seen = report.map_or(Seen::Anything, Seen::Report);
    let command = Command { actor, reference, action, seen, once: Some(once.clone()) };
    match execute(app, command, now).await {
        Ok(_) => Ok(()),
        // Refused, perhaps because the same request has moved the case already.
        Err(failure) => app.store.repeated(&once).await?.map(|_| ()).ok_or(failure),
    }
}

/// When a root ends without redress its followers are separated from it.
async fn separated(app: &App, root: &Case, now: Time) -> Result<Vec<Append>, Failure> {
    let mut appends = Vec::new();
    for follower in app.store.followers(root.reference).await? {
        let setting = Setting::new(&app.facts.rules, now);
        let action = Action::Unmerge { reason: root.reference.grouped() };
        let events = lifecycle::decide(&follower, &Actor::system(), action, &setting)?;
        let mut case = follower;
        events.iter().for_each(|event| case.apply(event));
        let messages = messages(app, &case, &events).await?;
        appends.push(Append::of(case, events, &app.facts.rules).with_messages(messages));
    }
    Ok(appends)
}

/// The messages to send: to the citizen of the case and, where it is redressed, to the citizens of its followers. These
/// have confirmed nothing themselves; they may say that it is not done, and their case is separated.
async fn messages(app: &App, case: &Case, events: &[Event]) -> Result<Vec<NewMessage>, Failure> {
    let mut messages = Vec::new();
    let due = case.due(&app.facts.rules);
    if let Some(mobile) = app.store.mobile_of(case.citizen).await?.filter(|_| !case.disowned) {
        messages.extend(to_citizen(app, case, events, due, &mobile).await?);
    }
    if events.iter().any(|event| matches!(event.body, EventBody::Reminded)) {
        // For a case that follows another, the holder of the root is asked.
        let root = match case.root {
            Some(root) => app.store.case(root).await?,
            None => None,
        };
        messages.extend(to_holder(app, root.as_ref().unwrap_or(case), Template::Reminded).await?);
    }
    // Followers are told of the end, and when it is undone.
    let told = |event: &&Event| {
        event.body.redresses() || matches!(event.body, EventBody::Reopened | EventBody::AppealDecided { upheld: true })
    };
    let redress: Vec<Event> = events.iter().filter(told).cloned().collect();
    if !redress.is_empty() {
        for follower in app.store.followers(case.reference).await? {
            if let Some(mobile) = app.store.mobile_of(follower.citizen).await?.filter(|_| !follower.disowned) {
                messages.extend(to_citizen(app, &follower, &redress, None, &mobile).await?);
            }
        }
    }
    Ok(messages)
}
