//! The deadlines task: tells superiors when a limit has passed, moves unanswered transfers, asks citizens who have not
//! answered again, and in the end returns their cases without an answer.

use crate::app::act::{Command, Seen, execute};
use crate::state::App;
use crate::store::StoreError;
use chrono::Duration;
use model::lifecycle::due_action;
use model::wire::ProblemCode;
use model::{Actor, Time};

/// Most cases acted on in one round, so that a clock that jumps does not escalate everything at once (REL-19).
const ROUND: u32 = 500;

/// Time for which a case is put off that was refused, and one that the store did not take.
const REFUSED: Duration = Duration::hours(1);
const UNANSWERED: Duration = Duration::minutes(5);

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
        let (actor, seen) = (Actor::system(), Seen::Version(case.version));
        let command = Command { actor: &actor, reference: case.reference, action: &action, seen, once: None };
        match execute(app, command, now).await {
            Ok(_) => acted += 1,
            // Somebody acted in between; the next round looks again.
            Err(failure) if failure.0.code == ProblemCode::Stale => {}
            // A case that cannot be written must not hold up the others, nor take one of their places in each round. It
            // stays due, a little later; a store that does not answer may do so soon.
            Err(failure) => {
                let pause = match failure.0.code {
                    ProblemCode::Unavailable => UNANSWERED,
                    _ => REFUSED,
                };
                tracing::error!(
                    problem = ?failure.0.code, minutes = pause.num_minutes(), "what falls due in a case is put off"
                );
                app.store.put_deadline(case.reference, case.version, now + pause).await?;
            }
        }
    }
    Ok(acted)
}
