//! What superiors are told: once in a working day how many limits have passed at their level, and of an emergency at once (see
//! `Decided::append`). A message for each limit would be read by nobody.

use crate::app::message::compose;
use crate::state::App;
use crate::store::{NewMessage, StoreError};
use crate::tables::SUPERIORS_FROM;
use chrono::Timelike;
use model::clock::{ist, ist_date};
use model::lifecycle::Case;
use model::message::Template;
use model::{Language, Mobile, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The fact that says how far superiors have been told.
const TOLD: &str = "digest";
/// Hours of the day, in India, in which they are told: from (inclusive), to.
const OFFICE_HOURS: std::ops::Range<u32> = 10..17;
/// Cases read at once.
const PAGE: u32 = 500;

/// How far superiors have been told.
#[derive(Serialize, Deserialize)]
struct Told {
    /// The ledger entry up to which the cases were looked at.
    seq: u64,
    /// When that was.
    at: Time,
}

/// What one superior is told.
struct Passed {
    to: Mobile,
    cases: u32,
    oldest: Time,
}

/// Tells each superior, if it is office hours and has not been done today; answers how many messages there are.
///
/// # Errors
/// Where the store does not answer.
pub async fn round(app: &App) -> Result<usize, StoreError> {
    let now = app.now();
    let told = app.store.fact(TOLD).await?.and_then(|json| serde_json::from_slice::<Told>(&json).ok());
    if told.as_ref().is_some_and(|told| ist_date(told.at) >= ist_date(now)) || !is_office_hours(app, now) {
        return Ok(0);
    }
    let seq = app.store.head().await?.seq;
    let messages = match &told {
        Some(told) => messages(app, passed(app, told).await?.into_values(), now),
        // A system begins with nothing to tell: what passed before is in the lists.
        None => Vec::new(),
    };
    // First, so that what fails afterwards is told too little rather than every five minutes.
    let json = serde_json::to_vec(&Told { seq, at: now })?;
    app.store.put_fact(TOLD, json).await?;
    let count = messages.len();
    for message in messages {
        app.store.put_message(message, now).await?;
    }
    Ok(count)
}

/// Whether staff are told of what can wait.
pub(crate) fn is_office_hours(app: &App, now: Time) -> bool {
    app.facts.rules.calendar.is_working_day(ist_date(now)) && OFFICE_HOURS.contains(&ist(now).hour())
}

/// Whether a limit has passed at a superior's level since then, and nobody has acted on the case meanwhile.
pub(crate) fn has_passed(case: &Case, since: Time) -> bool {
    let open = case.stage.is_open() && case.escalation >= SUPERIORS_FROM;
    open && case.escalated_at.is_some_and(|at| at > since)
}

/// The cases whose limits have passed, by the number of each superior.
async fn passed(app: &App, told: &Told) -> Result<BTreeMap<String, Passed>, StoreError> {
    let (mut after, mut passed) = (told.seq, BTreeMap::<String, Passed>::new());
    loop {
        let page = app.store.changes_since(after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(passed) };
        after = last.seq;
        for case in page.iter().map(|changed| &changed.case).filter(|case| has_passed(case, told.at)) {
            for superior in app.facts.tables.superiors(case.department.as_deref(), case.escalation) {
                let Some(to) = superior.mobile.clone() else { continue };
                let key = to.as_str().to_owned();
                let one = passed.entry(key).or_insert_with(|| Passed { to, cases: 0, oldest: case.lodged_at });
                one.cases += 1;
                one.oldest = one.oldest.min(case.lodged_at);
            }
        }
    }
}

fn messages(app: &App, passed: impl Iterator<Item = Passed>, now: Time) -> Vec<NewMessage> {
    let message = |passed: Passed| {
        let days = (now - passed.oldest).num_days();
        let variables = [passed.cases.to_string(), days.to_string()];
        compose(&app.facts.tables, Template::LimitsPassed, Language::Bengali, &passed.to, &variables)
    };
    passed.filter_map(message).collect()
}
