//! Who has which case open, so that two people do not write about the same one. A lease is advice: it hides a case from
//! nobody and ends by itself, because a lock whose holder went home would stop the work.

use super::read::readable;
use crate::failure::Failure;
use crate::state::App;
use chrono::Duration;
use model::wire::{CaseLine, Colleague, Interest, Lease};
use model::{Actor, Reference, StaffId, Time};

/// Seconds after which a lease ends unless it is renewed.
const SECONDS: i64 = 120;

/// The turns of a case: at working on it, and at writing about it.
fn turns_of(reference: Reference) -> [String; 2] {
    ["work", "write"].map(|what| format!("{what} {}", reference.as_u64()))
}

/// The holder of a turn: the account, by which turns are told apart, and the name that is shown to others.
fn holder(staff: StaffId, name: &str) -> String {
    format!("{staff} {name}")
}

/// Takes up a case that the actor may read, renews the lease, or gives it back. Answers who else has it.
///
/// # Errors
/// 404 where the actor may not see the case.
pub async fn lease(
    app: &App,
    (actor, name): (&Actor, &str),
    reference: Reference,
    interest: Interest,
    now: Time,
) -> Result<Lease, Failure> {
    let staff = super::policy::staff_of(actor)?;
    readable(app, actor, reference).await?;
    let (me, [work, write]) = (holder(staff, name), turns_of(reference));
    let until = |wanted: bool| if wanted { now + Duration::seconds(SECONDS) } else { now };
    if app.store.take_turn(&work, &me, now, until(interest != Interest::Done)).await? {
        // Whoever reads after writing has stopped writing.
        app.store.take_turn(&write, &me, now, until(interest == Interest::Writing)).await?;
        return Ok(Lease::default());
    }
    let held = app.store.turns(&[work.clone(), write.clone()], now).await?;
    Ok(Lease { other: colleague(&held, &work, &write, staff) })
}

/// Which of these cases somebody else has open.
///
/// # Errors
/// Where the store does not answer.
pub async fn of_others(
    app: &App,
    actor: &Actor,
    lines: &[CaseLine],
    now: Time,
) -> Result<Vec<(Reference, Colleague)>, Failure> {
    let Some(staff) = actor.staff else { return Ok(Vec::new()) };
    let wanted: Vec<String> = lines.iter().flat_map(|line| turns_of(line.reference)).collect();
    let held = app.store.turns(&wanted, now).await?;
    let others = lines.iter().filter_map(|line| {
        let [work, write] = turns_of(line.reference);
        Some((line.reference, colleague(&held, &work, &write, staff)?))
    });
    Ok(others.collect())
}

/// Who has a case, unless it is this member of staff.
fn colleague(held: &[(String, String)], work: &str, write: &str, staff: StaffId) -> Option<Colleague> {
    let holder_of = |what: &str| held.iter().find(|(turn, _)| turn == what).map(|(_, who)| who.as_str());
    let who = holder_of(work)?;
    let (id, name) = who.split_once(' ').unwrap_or((who, ""));
    (id != staff.to_string()).then(|| Colleague { name: name.to_owned(), writing: holder_of(write) == Some(who) })
}
