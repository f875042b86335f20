//! The part behind the citizen's sign-in: following, confirming, disputing.

use super::{act, case, everything, find, number, proof, session, sign_in};
use leptos::prelude::*;
use model::lifecycle::ActionKind;
use model::page::CitizenPage;
use wasm_split_helpers::wasm_split;
use web::hook::on_session_end;
use web::later::{Draw, SplitLoaderError};
use web::person;
use web::route::use_nav;

/// The entry point of this part.
#[wasm_split(follow, fallible)]
pub fn follow() -> Result<Draw<CitizenPage>, SplitLoaderError> {
    Ok(|page| {
        let nav = use_nav::<CitizenPage>();
        on_session_end(move || {
            person::leave();
            nav.replace(CitizenPage::SignIn);
        });
        // Whoever is signed in is asked before the session ends.
        let keeper = session::keeper(&page);
        let page = match page {
            CitizenPage::SignIn => view! { <sign_in::SignIn/> }.into_any(),
            CitizenPage::Code => view! { <sign_in::Code/> }.into_any(),
            CitizenPage::Mine => view! { <case::Mine/> }.into_any(),
            CitizenPage::Find => view! { <find::Find/> }.into_any(),
            CitizenPage::Receipts => view! { <find::Receipts/> }.into_any(),
            CitizenPage::Everything => view! { <everything::Everything/> }.into_any(),
            CitizenPage::Number => view! { <number::Number/> }.into_any(),
            CitizenPage::Case(reference) => view! { <case::Case reference/> }.into_any(),
            CitizenPage::Partly(reference) => {
                view! { <act::Act reference kind=ActionKind::Dispute partly=true/> }.into_any()
            }
            CitizenPage::Proof(reference) => view! { <proof::Check reference/> }.into_any(),
            CitizenPage::Ended => view! { <session::Ended/> }.into_any(),
            CitizenPage::Act(reference, kind) => view! { <act::Act reference kind/> }.into_any(),
            _ => ().into_any(),
        };
        view! { {keeper}{page} }.into_any()
    })
}
