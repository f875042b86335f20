//! What few need on the way through the form: the spoken note, and the panel of what waits to be sent.

use super::CitizenPage;
use super::voice::Voice;
use super::waiting;
use leptos::prelude::*;
use wasm_split_helpers::wasm_split;
use web::later::{Draw, SplitLoaderError};

/// The pages of this part.
#[wasm_split(aside, fallible)]
pub fn aside() -> Result<Draw<CitizenPage>, SplitLoaderError> {
    Ok(|page| match page {
        CitizenPage::Queue => view! { <waiting::Queue any=super::use_waiting()/> }.into_any(),
        CitizenPage::Voice => view! { <Voice/> }.into_any(),
        _ => ().into_any(),
    })
}
