//! Scoring calls: a part for quality leads; and how one's own calls were scored, for callers.

mod choice;
mod dispute;
mod marks;
mod own;
mod player;
mod score;
mod silence;

use leptos::prelude::*;
use model::page::StaffPage;
use wasm_split_helpers::wasm_split;
use web::later::{Draw, SplitLoaderError};

/// The entry point of this part.
#[wasm_split(quality, fallible)]
pub fn quality() -> Result<Draw<StaffPage>, SplitLoaderError> {
    Ok(|page| match page {
        StaffPage::Quality => view! { <score::Quality/> }.into_any(),
        StaffPage::Scores => view! { <own::Scores/> }.into_any(),
        _ => ().into_any(),
    })
}
