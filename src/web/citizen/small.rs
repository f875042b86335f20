//! The first page, and the page for unknown addresses.

use super::lodge::DangerLink;
use leptos::prelude::*;
use model::page::{CitizenPage, Step};
use web::component::Helpline;
use web::draft::{has_receipts, use_draft};
use web::i18n::{key, t};
use web::later::Part;
use web::route::{href, set_title};

/// The first page, with one main action.
#[component]
pub fn Home(follow: Part<CitizenPage>) -> impl IntoView {
    set_title(&t(key::HOME_LODGE));
    let handle = use_draft();
    let lodge = move || t(if handle.is_empty() { key::HOME_LODGE } else { key::HOME_CONTINUE });
    let step = |what: String, more: String| view! { <li><p class="what">{what}</p><p>{more}</p></li> };
    view! {
        <h1>{t(key::HOME_TITLE)}</h1>
        <p class="lead">{t(key::HOME_LEAD)}</p>
        <p class="stack">
            <a class="button" data-nav href=href(&CitizenPage::Lodge(Step::What))>{lodge}</a>
            <a class="button second" data-nav href=href(&CitizenPage::Mine)>{t(key::HOME_MINE)}</a>
        </p>
        <DangerLink/>
        <p class="links"><a data-nav href=href(&CitizenPage::Find)>{t(key::HOME_FIND)}</a></p>
        <Helpline/>
        {has_receipts().then(|| follow.draw_quietly(CitizenPage::Receipts))}
        <h2>{t(key::HOME_STEPS)}</h2>
        <ol class="thread steps">
            {step(t(key::HOME_STEP1), t(key::HOME_STEP1_MORE))}
            {step(t(key::HOME_STEP2), t(key::HOME_STEP2_MORE))}
            {step(t(key::HOME_STEP3), t(key::HOME_STEP3_MORE))}
        </ol>
    }
}

/// The page for unknown addresses.
#[component]
pub fn NotFound() -> impl IntoView {
    set_title(&t(key::NOTFOUND_TITLE));
    view! {
        <h1>{t(key::NOTFOUND_TITLE)}</h1>
        <p>{t(key::NOTFOUND_TEXT)}</p>
        <p class="links"><a data-nav href=href(&CitizenPage::Home)>{t(key::NOTFOUND_HOME)}</a></p>
    }
}
