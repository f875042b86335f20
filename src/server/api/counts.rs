//! Figures of any slice, and the cases behind them.

use super::call::{Call, Reply};
use crate::app::comparison::{caught_up, compare};
use crate::app::policy::{self, Wish};
use crate::failure::Failure;
use crate::feed::cube::Slice;
use chrono::NaiveDate;
use model::clock::ist_date;
use model::counts::Filter;
use model::wire::{CasePage, CasesBehind, CompareOffices, Comparison, Counts, GetCounts, ProblemCode};
use model::{Scope, Time};

const PAGE: usize = 50;

/// The first of the last so many days; `None` for all.
fn first_of(days: Option<u16>, now: Time) -> Result<Option<NaiveDate>, Failure> {
    if days.is_some_and(|days| !(1..=3_660).contains(&days)) {
        return Err(Failure::of(ProblemCode::WrongQuery));
    }
    let first = |days: u16| ist_date(now).checked_sub_days(chrono::Days::new(u64::from(days) - 1));
    Ok(days.and_then(first))
}

fn slice(filter: &Filter, days: Option<u16>, now: Time) -> Result<Slice, Failure> {
    Ok(Slice { filter: filter.clone(), since: first_of(days, now)? })
}

/// Figures of a slice.
pub async fn counts(call: Call<GetCounts>) -> Result<Reply<Counts>, Failure> {
    let slice = slice(&call.path.filter, call.path.days, call.now)?;
    let by = call.path.by;
    let (feed, now) = (caught_up(&call.app).await?, call.now);
    let counts = tokio::task::spawn_blocking(move || feed.cube().count(&slice, by, now));
    Ok(Reply::ok(counts.await.map_err(|error| Failure::internal(&error))?))
}

/// The offices of a department beside each other.
pub async fn offices(call: Call<CompareOffices>) -> Result<Reply<Comparison>, Failure> {
    let (department, since) = (call.path.department.clone(), first_of(call.path.days, call.now)?);
    let foreign = matches!(&call.actor()?.scope, Scope::Department(own) if *own != department);
    if foreign || call.app.facts.tables.department(&department).is_none() {
        return Err(Failure::of(ProblemCode::NotFound));
    }
    Ok(Reply::ok(compare(&call.app, &department, since, call.now).await?))
}

/// The cases behind a figure.
pub async fn cases(call: Call<CasesBehind>) -> Result<Reply<CasePage>, Failure> {
    let slice = slice(&call.path.filter, call.path.days, call.now)?;
    let from: usize = match call.path.cursor.as_str() {
        "" => 0,
        cursor => cursor.parse().map_err(|_| Failure::of(ProblemCode::WrongQuery))?,
    };
    let until = from.checked_add(PAGE).ok_or_else(|| Failure::of(ProblemCode::WrongQuery))?;
    let feed = caught_up(&call.app).await?;
    let found = tokio::task::spawn_blocking(move || feed.cube().ordinals(&slice, from, PAGE));
    let (ordinals, total) = found.await.map_err(|error| Failure::internal(&error))?;
    let references = call.app.reader().references(&ordinals).await?;
    let rows = call.app.reader().lines(&references).await?;
    policy::read(&call.app, call.actor()?, Wish::Figures(rows.len()), call.now).await?;
    let next = (until < total).then(|| until.to_string());
    Ok(Reply::ok(CasePage { rows, next, total: u32::try_from(total).unwrap_or(u32::MAX) }))
}
