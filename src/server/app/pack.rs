//! Cases that somebody takes along to where there is no line.

use super::policy::{self, Wish};
use super::view::view;
use super::worklist;
use crate::failure::Failure;
use crate::state::App;
use chrono::Duration;
use model::visit::TAKEN_ALONG_HOURS;
use model::wire::{PACK, Pack, ProblemCode, Queue};
use model::{Actor, Time};
use std::collections::BTreeSet;

/// The first cases of the actor's worklist in full. A case that is moved while this is made is left out of the page as well.
///
/// # Errors
/// 403 where the actor has no worklist to take along; 429 where they read too fast.
pub async fn take_along(app: &App, actor: &Actor, now: Time) -> Result<Pack, Failure> {
    let queue = Queue::of(actor.role).ok_or_else(|| Failure::of(ProblemCode::NotPermitted))?;
    let mut page = worklist::page(app, actor, queue, None, "", now).await?;
    page.rows.truncate(PACK);
    let mut cases = Vec::with_capacity(page.rows.len());
    for line in &page.rows {
        let Some(case) = app.store.case(line.reference).await?.filter(|case| policy::may_read(actor, case)) else {
            continue;
        };
        policy::read(app, actor, Wish::Case(&case), now).await?;
        cases.push(view(app, &case, actor, now).await?);
    }
    page.rows = cases.iter().map(|case| case.line.clone()).collect();
    let places: BTreeSet<_> = page.rows.iter().filter_map(|line| line.place).collect();
    let positions = app.facts.tables.positions.iter().filter(|at| places.contains(&at.lgd)).cloned().collect();
    Ok(Pack { page, cases, positions, made_at: Some(now), until: Some(now + Duration::hours(TAKEN_ALONG_HOURS)) })
}
