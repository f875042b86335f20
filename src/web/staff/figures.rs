//! Figures, and the cases behind them: a part for those who watch the work. The definitions of figures are in
//! `model::counts`, never here.

mod cases;
mod dashboard;
mod desks;
mod offices;

use leptos::prelude::*;
use model::page::StaffPage;
use wasm_split_helpers::wasm_split;
use web::later::{Draw, SplitLoaderError};

/// The entry point of this part.
#[wasm_split(figures, fallible)]
pub fn figures() -> Result<Draw<StaffPage>, SplitLoaderError> {
    Ok(|page| match page {
        StaffPage::Desks => view! { <desks::Desks/> }.into_any(),
        StaffPage::Dashboard(query) => view! { <dashboard::Dashboard query/> }.into_any(),
        StaffPage::Offices(query) => view! { <offices::Offices query/> }.into_any(),
        StaffPage::Cases(query) => view! { <cases::Cases query/> }.into_any(),
        _ => ().into_any(),
    })
}
