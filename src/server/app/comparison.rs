//! The offices of a department beside each other, for the page and for the weekly mail.

use super::account;
use crate::failure::Failure;
use crate::feed::Feed;
use crate::state::App;
use chrono::NaiveDate;
use model::comparison::{Peers, Verdict};
use model::wire::{ComparedOffice, Comparison, Office, OfficeFigures};
use model::{DepartmentCode, Time};

/// The views, once they include everything that was written before this moment.
///
/// # Errors
/// Where the store does not answer.
pub async fn caught_up(app: &App) -> Result<Feed, Failure> {
    app.feed.until(app.reader().head().await?.seq).await;
    Ok(app.feed.clone())
}

/// Compares the offices of a department by cases lodged since a day, or ever.
///
/// # Errors
/// Where the store does not answer.
pub async fn compare(
    app: &App,
    department: &DepartmentCode,
    since: Option<NaiveDate>,
    now: Time,
) -> Result<Comparison, Failure> {
    let attended = account::attended(app, department, now).await?;
    let (feed, facts, department) = (caught_up(app).await?, app.facts.clone(), department.clone());
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
    compared.await.map_err(|error| Failure::internal(&error))
}
