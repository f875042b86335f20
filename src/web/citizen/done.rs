//! The confirmation: safe to bookmark, to reload and to print.

use super::CitizenPage;
use leptos::prelude::*;
use model::Reference;
use web::component::Call112;
use web::draft::receipts;
use web::format::by_when;
use web::i18n::{fill, key, t};
use web::route::{href, set_title};

/// The number, by when, and what happens next.
#[component]
pub fn Done(reference: Reference) -> impl IntoView {
    let receipt = receipts().into_iter().find(|receipt| receipt.reference == reference);
    let known = receipt.is_some();
    let due = receipt.as_ref().and_then(|receipt| receipt.due);
    let lane = receipt.as_ref().map(|receipt| receipt.lane).unwrap_or_default();
    let verified = receipt.is_some_and(|receipt| receipt.number_verified);
    if !known {
        // Nothing is said of a number that this phone knows nothing of: it may be anybody's, or nobody's.
        let title = fill(key::DONE_OTHER, &[("number", &reference.grouped())]);
        set_title(&title);
        return view! {
            <h1>{title}</h1>
            <p>{t(key::DONE_UNKNOWN)}</p>
            <p class="stack"><a class="button" data-nav href=href(&CitizenPage::SignIn)>{t(key::DONE_VERIFY)}</a></p>
        }
        .into_any();
    }
    set_title(&t(key::DONE_TITLE));
    let print = move |_| {
        if let Some(window) = web_sys::window() {
            let _ = window.print();
        }
    };
    let next = if verified { CitizenPage::Case(reference) } else { CitizenPage::SignIn };
    view! {
        <div class="panel">
            <h1>{t(key::DONE_TITLE)}</h1>
            <p>{t(key::DONE_NUMBER)}</p>
            <p class="number" id="reference">{reference.grouped()}</p>
        </div>
        {lane.is_emergency().then(|| view! { <Call112/><p>{t(key::DANGER_AFTER)}</p> })}
        {due.map(|due| view! { <p><strong>{t(key::DONE_BY)}" "{by_when(due, lane)}</strong></p> })}
        <p>{t(key::DONE_KEEP)}</p>
        <h2>{t(key::DONE_NEXT)}</h2>
        <ol class="thread steps">
            <li><p class="what">{t(key::DONE_NEXT1)}</p></li>
            <li><p class="what">{t(key::DONE_NEXT2)}</p></li>
            <li><p class="what">{t(key::DONE_NEXT3)}</p></li>
        </ol>
        <p class="stack">
            <a class="button" data-nav href=href(&next)>{t(if verified { key::DONE_FOLLOW } else { key::DONE_VERIFY })}</a>
            <button type="button" class="button second" on:click=print>{t(key::DONE_PRINT)}</button>
        </p>
    }
    .into_any()
}
