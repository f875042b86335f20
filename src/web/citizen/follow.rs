//! What comes behind the citizen's sign-in: following, confirming, disputing.

use super::{CitizenPage, act, case, sign_in};
use leptos::prelude::*;
use wasm_split_helpers::wasm_split;
use web::later::{Draw, SplitLoaderError};

/// The pages of this part.
#[wasm_split(follow, fallible)]
pub fn follow() -> Result<Draw<CitizenPage>, SplitLoaderError> {
    Ok(|page| match page {
        CitizenPage::SignIn => view! { <sign_in::SignIn/> }.into_any(),
        CitizenPage::Code => view! { <sign_in::Code/> }.into_any(),
        CitizenPage::Mine => view! { <case::Mine/> }.into_any(),
        CitizenPage::Case(reference) => view! { <case::Case reference/> }.into_any(),
        CitizenPage::Act(reference, kind) => view! { <act::Act reference kind/> }.into_any(),
        _ => ().into_any(),
    })
}
