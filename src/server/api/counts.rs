//! Figures of any slice, and the cases behind them.

use super::call::{Call, Reply};
use crate::app::account;
use crate::app::policy::{self, Wish};
use crate::failure::Failure;
use crate::feed::Feed;
use crate::feed::cube::Slice;
use crate::state::App;
use chrono::NaiveDate;
use model::clock::ist_date;
use model::comparison::{Peers, Verdict};
use model::counts::Filter;
use model::wire::{
    CasePage, CasesBehind, CompareOffices, ComparedOffice, Comparison, Counts, GetCounts, Office, OfficeFigures,
    ProblemCode,
};
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

/// The offices of a department beside each other.
pub async fn offices(call: Call<CompareOffices>) -> Result<Reply<Comparison>, Failure> {
    let (department, since, now) = (call.path.department.clone(), first_of(call.path.days, call.now)?, call.now);
    let foreign = matches!(&call.actor()?.scope, Scope::Department(own) if *own != department);
    if foreign || call.app.facts.tables.department(&department).is_none() {
        return Err(Failure::of(ProblemCode::NotFound));
    }
    let attended = account::attended(&call.app, &department).await?;
    let feed = caught_up(&call.app).await?;
    let facts = call.app.facts.clone();
    let compared = tokio::task::spawn_blocking(move || {
        let cube = feed.cube();
        let of = |code: &str| facts.offices.get(&code.parse().ok()?).filter(|office| office.department == department);
        let figures = cube.offices(&department, |code| of(code).is_some(), since, now);
        let total = figures.values().fold(OfficeFigures::default(), |sum, office| sum.and(*office));
        let named = |(code, figures): (&str, OfficeFigures)| Some((of(code)?, figures));
        let mut offices: Vec<(&Office, OfficeFigures)> = figures.into_iter().filter_map(named).collect();
        offices.sort_by_key(|(office, _)| office.id);
        let peers = Peers::of(&offices.iter().map(|(_, figures)| figures.answers).collect::<Vec<_>>());
        let offices = offices.into_iter().map(|(office, figures)| ComparedOffice {
            office: office.id,
            name: office.name.clone(),
            figures,
            attended: attended.contains(&office.id),
            verdict: peers.map_or(Verdict::TooFew, |peers| peers.verdict(&figures.answers)),
        });
        Comparison { as_of: now, total, peers, offices: offices.collect() }
    });
    Ok(Reply::ok(compared.await.map_err(|error| Failure::internal(&error))?))
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
