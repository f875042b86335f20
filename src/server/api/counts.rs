//! Figures of any slice, and the cases behind them.

use super::call::{Call, Reply};
use crate::app::policy::{self, Wish};
use crate::failure::Failure;
use crate::feed::Feed;
use crate::feed::cube::Slice;
use crate::state::App;
use model::Time;
use model::clock::ist_date;
use model::counts::Filter;
use model::wire::{CasePage, CasesBehind, Counts, GetCounts, ProblemCode};

const PAGE: usize = 50;

fn slice(filter: &Filter, days: Option<u16>, now: Time) -> Result<Slice, Failure> {
    if days.is_some_and(|days| !(1..=3_660).contains(&days)) {
        return Err(Failure::of(ProblemCode::WrongQuery));
    }
    let first = |days: u16| ist_date(now).checked_sub_days(chrono::Days::new(u64::from(days) - 1));
    Ok(Slice { filter: filter.clone(), since: days.and_then(first) })
}

/// The views, once they include everything that was written before this moment.
async fn caught_up(app: &App) -> Result<Feed, Failure> {
    app.feed.until(app.reader().head().await?.seq).await;
    Ok(app.feed.clone())
}

/// Figures of a slice.
pub async fn counts(call: Call<GetCounts>) -> Result<Reply<Counts>, Failure> {
    let slice = slice(&call.path.filter, call.path.days, call.now)?;
    let by = call.path.by;
    let (feed, now) = (caught_up(&call.app).await?, call.now);
    let counts = tokio::task::spawn_blocking(move || feed.cube().count(&slice, by, now));
    Ok(Reply::ok(counts.await.map_err(|error| Failure::internal(&error))?))
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
