//! For staff who speak with citizens: taking a grievance, and asking for a change of number. A part for tele-callers,
//! counters and the desk.

mod grievance;
pub mod number;

use leptos::prelude::*;
use model::page::StaffPage;
use wasm_split_helpers::wasm_split;
use web::later::{Draw, SplitLoaderError};

/// The entry point of this part.
#[wasm_split(intake, fallible)]
pub fn intake() -> Result<Draw<StaffPage>, SplitLoaderError> {
    Ok(|page| match page {
        StaffPage::Intake => view! { <grievance::Intake/> }.into_any(),
        StaffPage::Number => view! { <number::Number/> }.into_any(),
        _ => ().into_any(),
    })
}
