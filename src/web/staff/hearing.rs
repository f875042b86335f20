//! The case and what is done to it, calls included: downloaded with the first case that is opened.

use super::{StaffPage, calls, case};
use leptos::prelude::*;
use wasm_split_helpers::wasm_split;
use web::later::{Draw, SplitLoaderError};

/// The pages of this part.
#[wasm_split(hearing, fallible)]
pub fn hearing() -> Result<Draw<StaffPage>, SplitLoaderError> {
    Ok(|page| match page {
        StaffPage::Case(reference) => view! { <case::Case reference/> }.into_any(),
        StaffPage::Calls => view! { <calls::Calls/> }.into_any(),
        _ => ().into_any(),
    })
}
