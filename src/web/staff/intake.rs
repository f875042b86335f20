//! For staff who speak with citizens: taking a grievance, and asking for a change of number. A part for tele-callers,
//! counters and the desk.

mod form;
mod grievance;
mod known;
mod line;
mod missed;
pub mod number;
mod questions;

use leptos::prelude::*;
use model::Reference;
use model::page::StaffPage;
use model::wire::{CallAbout, TieCall};
use wasm_split_helpers::wasm_split;
use web::api::{Conditions, call};
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

/// Says which grievance a call was about; that is worth no word where it fails.
fn tie(id: String, reference: Reference) {
    if !id.is_empty() {
        leptos::task::spawn_local(async move {
            let _ = call(&TieCall { id }, &CallAbout { reference }, Conditions::default()).await;
        });
    }
}
