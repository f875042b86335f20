//! The pages of those who watch and those who take calls in: the dashboard, its cases, the desks, the intake, and another number
//! for somebody at the counter.

use super::{StaffPage, cases, dashboard, desks, intake, number};
use leptos::prelude::*;
use wasm_split_helpers::wasm_split;
use web::later::{Draw, SplitLoaderError};

/// The pages of this part.
#[wasm_split(office, fallible)]
pub fn office() -> Result<Draw<StaffPage>, SplitLoaderError> {
    Ok(|page| match page {
        StaffPage::Intake => view! { <intake::Intake/> }.into_any(),
        StaffPage::Number => view! { <number::Number/> }.into_any(),
        StaffPage::Desks => view! { <desks::Desks/> }.into_any(),
        StaffPage::Dashboard(query) => view! { <dashboard::Dashboard query/> }.into_any(),
        StaffPage::Cases(query) => view! { <cases::Cases query/> }.into_any(),
        _ => ().into_any(),
    })
}
