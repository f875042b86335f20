//! The part that records the spoken note, downloaded by those who press "speak".

use super::voice::Voice;
use leptos::prelude::*;
use model::page::CitizenPage;
use wasm_split_helpers::wasm_split;
use web::later::{Draw, SplitLoaderError};

/// The entry point of this part.
#[wasm_split(speech, fallible)]
pub fn speech() -> Result<Draw<CitizenPage>, SplitLoaderError> {
    Ok(|page| match page {
        CitizenPage::Voice => view! { <Voice/> }.into_any(),
        _ => ().into_any(),
    })
}
