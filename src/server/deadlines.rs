//! The deadlines task: tells superiors when a limit has passed, moves unanswered transfers, asks citizens who have not
//! answered again, and in the end returns their cases without an answer.

use crate::messenger::{to_citizen, to_holder};
use crate::state::App;
use crate::store::{Append, StoreError};
use chrono::Duration;
use model::lifecycle::{Case, Event, EventBody, Setting, decide, due_action};
use model::message::{Template, for_citizen};
use model::{Actor, Time};

/// Most cases acted on in one round, so that a clock that jumps does not escalate everything at once (REL-19).
const ROUND: u32 = 500;

/// Runs a round every ten seconds, as long as the program runs.
pub async fn run(app: App) {
    let mut stopping = app.stopping.subscribe();
    loop {
        let app = app.current();
        match if app.doubt().is_some() || !app.has_turn("deadlines").await { Ok(0) } else { round(&app).await } {
            Ok(acted) if acted == ROUND as usize => {
                tracing::warn!(acted, "as many deadlines as a round takes: is the clock right?");
            }
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "deadlines cannot be read"),
        }
        tokio::select! {
            () = tokio::time::sleep(std::time::Duration::from_secs(10)) => {}
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
    }
}

/// Acts once on every case whose deadline has passed; answers on how many.
///
/// # Errors
/// Where the store does not answer.
pub async fn round(app: &App) -> Result<usize, StoreError> {
    let now = app.now();
    let due = app.store.deadlines(now, ROUND).await?;
    let mut acted = 0;
    for case in due {
        let Some(action) = due_action(&case, &app.facts.rules, now) else {
            // Its row was written under other rules.
            let next = case.next_deadline(&app.facts.rules).unwrap_or(Time::MAX_UTC).max(now + Duration::hours(1));
            app.store.put_deadline(case.reference, case.version, next).await?;
            continue;
        };
        let setting = Setting::new(&app.facts.rules, now);
        let Ok(events) = decide(&case, &Actor::system(), action, &setting) else { continue };
        match append(app, &case, events).await {
            Ok(()) => acted += 1,
            // Somebody acted in between; the next round looks again.
            Err(StoreError::Stale { .. }) => {}
            // A case that cannot be written must not hold up the others.
            Err(error) => tracing::error!(%error, "a deadline is left to the next round"),
        }
    }
    Ok(acted)
}

async fn append(app: &App, before: &Case, events: Vec<Event>) -> Result<(), StoreError> {
    let mut case = before.clone();
    let mut messages = Vec::new();
    for event in &events {
        // The officer is told once for each limit; further levels are for superiors.
        if matches!(event.body, EventBody::Escalated { level: 1, .. }) {
            messages.extend(to_holder(app, before, Template::Overdue).await?);
        }
        case.apply(event);
    }
    if events.iter().any(|event| for_citizen(&case, event).is_some())
        && let Some(mobile) = app.store.mobile_of(case.citizen).await?
    {
        messages.extend(to_citizen(app, &case, &events, case.due(&app.facts.rules), &mobile).await?);
    }
    app.store.append(Append::of(case, events, &app.facts.rules).with_messages(messages)).await?;
    Ok(())
}
