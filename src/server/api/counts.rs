//! Any slice of the cube, and the cases behind it.

use super::call::{Call, Reply};
use super::policy::{self, Wish};
use super::problem::Failure;
use crate::view::counts::Filter;
use model::api::{CasePage, CasesBehind, Counts, GetCounts, ProblemCode};
use model::clock::ist_date;
use model::counts::Dimension;
use model::{Actor, Time};
use std::sync::PoisonError;

const PAGE: usize = 50;

fn may_see(actor: &Actor) -> Result<(), Failure> {
    if actor.role.sees_dashboard() { Ok(()) } else { Err(Failure::of(ProblemCode::NotPermitted)) }
}

fn filter(text: &str, days: &str, now: Time) -> Result<Filter, Failure> {
    let wrong = || Failure::of(ProblemCode::WrongQuery);
    let mut filter = Filter::parse(text).ok_or_else(wrong)?;
    if !days.is_empty() {
        let days: u64 = days.parse().ok().filter(|days| (1..=3_660).contains(days)).ok_or_else(wrong)?;
        filter.since = ist_date(now).checked_sub_days(chrono::Days::new(days - 1));
    }
    Ok(filter)
}

/// Figures of a slice.
pub async fn counts(call: Call<GetCounts>) -> Result<Reply<Counts>, Failure> {
    may_see(call.actor()?)?;
    let filter = filter(&call.path.filter, &call.path.days, call.now)?;
    let by = match call.path.by.as_str() {
        "" => None,
        code => Some(Dimension::from_code(code).ok_or_else(|| Failure::of(ProblemCode::WrongQuery))?),
    };
    let (cube, now) = (call.app.cube.clone(), call.now);
    let counts = tokio::task::spawn_blocking(move || {
        cube.read().unwrap_or_else(PoisonError::into_inner).count(&filter, by, now)
    });
    Ok(Reply::ok(counts.await.map_err(|error| Failure::internal(&error))?))
}

/// The cases behind a figure.
pub async fn cases(call: Call<CasesBehind>) -> Result<Reply<CasePage>, Failure> {
    may_see(call.actor()?)?;
    let filter = filter(&call.path.filter, &call.path.days, call.now)?;
    let from: usize = match call.path.cursor.as_str() {
        "" => 0,
        cursor => cursor.parse().map_err(|_| Failure::of(ProblemCode::WrongQuery))?,
    };
    let (references, total) =
        call.app.cube.read().unwrap_or_else(PoisonError::into_inner).references(&filter, from, PAGE);
    let rows = call.app.store.lines(&references).await?;
    policy::read(&call.app, call.actor()?, Wish::Figures(rows.len()), call.now).await?;
    let next = (from + PAGE < total).then(|| (from + PAGE).to_string());
    Ok(Reply::ok(CasePage { rows, next, total: u32::try_from(total).unwrap_or(u32::MAX) }))
}
