//! Views of the search that members of the staff have saved, each their own.

use super::policy::staff_of;
use super::search;
use crate::failure::Failure;
use crate::state::App;
use model::text::{clean_line, is_blank, length};
use model::wire::{CountedView, ProblemCode, SavedView, SearchFilters, VIEW_NAME, VIEWS};
use model::{Actor, StaffId, Time};

/// Where the views of an account are kept.
fn place(staff: StaffId) -> String {
    format!("views {staff}")
}

async fn kept(app: &App, staff: StaffId) -> Result<Vec<(String, SearchFilters)>, Failure> {
    let stored = app.store.fact(&place(staff)).await?;
    Ok(stored.map(|json| serde_json::from_slice(&json)).transpose()?.unwrap_or_default())
}

/// The actor's views, with the number of cases of each where they are to be counted.
///
/// # Errors
/// Where the store does not answer.
pub async fn of(app: &App, actor: &Actor, counts: bool, now: Time) -> Result<Vec<CountedView>, Failure> {
    let mut views = Vec::new();
    for (name, filters) in kept(app, staff_of(actor)?).await? {
        let total = if counts { search::total(app, actor, &filters, now).await? } else { None };
        views.push(CountedView { name, filters, total });
    }
    Ok(views)
}

/// Saves a view, or forgets it.
///
/// # Errors
/// 400 where the name is empty or too long, or there are too many.
pub async fn save(app: &App, actor: &Actor, view: &SavedView) -> Result<(), Failure> {
    let (staff, name) = (staff_of(actor)?, clean_line(&view.name));
    if is_blank(&name) || length(&name) > VIEW_NAME {
        return Err(Failure::of(ProblemCode::WrongQuery));
    }
    let mut views = kept(app, staff).await?;
    let place_of = views.iter().position(|(known, _)| *known == name);
    match (place_of, view.filters.clone()) {
        (Some(at), None) => drop(views.remove(at)),
        (None, None) => return Ok(()),
        (Some(at), Some(filters)) => views.splice(at..=at, [(name, filters)]).for_each(drop),
        (None, Some(_)) if views.len() >= VIEWS => return Err(Failure::of(ProblemCode::WrongQuery)),
        (None, Some(filters)) => views.push((name, filters)),
    }
    app.store.put_fact(&place(staff), serde_json::to_vec(&views)?).await?;
    Ok(())
}
