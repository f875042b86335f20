//! A case, for every role that works on it: a part, downloaded with the first case that is opened.

mod action;
mod actions;
mod alike;
mod citizen_number;
mod evidence;
mod findings;
mod hearings;
mod in_script;
mod letters;
mod likely;
mod workplace;

pub use action::record_call::OnLine;
pub use actions::Actions;

use crate::along::{self, Along};
use crate::session::{role, use_session};
use crate::worklist::Worklist;
use leptos::prelude::*;
use model::Reference;
use model::page::StaffPage;
use model::wire::{GetCase, Queue};
use wasm_split_helpers::wasm_split;
use web::api;
use web::component::BackLink;
use web::hook::use_remote_later;
use web::i18n::{key, t};
use web::later::{Draw, SplitLoaderError};
use web::route::{href, set_title};
use workplace::Workplace;

/// The entry point of this part.
#[wasm_split(case, fallible)]
pub fn case() -> Result<Draw<StaffPage>, SplitLoaderError> {
    Ok(|page| match page {
        StaffPage::Case(reference) => view! { <Case reference/> }.into_any(),
        StaffPage::Hearings => view! { <hearings::Calendar/> }.into_any(),
        _ => ().into_any(),
    })
}

/// One case.
#[component]
pub fn Case(reference: Reference) -> impl IntoView {
    set_title(&reference.grouped());
    let (session, along) = (use_session(), Along::of_app());
    let case = use_remote_later(move || async move {
        let call = GetCase { reference };
        let view = match along {
            None => api::get(&call).await?,
            Some(along) => {
                let answer = api::call(&call, &(), along.patience()).await;
                along.or_along(answer, |pack| along::case(pack, reference))?
            }
        };
        set_title(&view.line.title);
        Ok(view)
    });
    // Read ahead while the case before it was decided, or read now.
    match Worklist::of_page().and_then(|list| list.take_ahead(reference)) {
        Some(view) => {
            set_title(&view.line.title);
            case.set(view);
        }
        None => case.load(),
    }
    let works = untrack(|| role(session)).is_some_and(|role| Queue::of(role).is_some());
    let (page, words) =
        if works { (StaffPage::Work, key::STAFF_TITLE) } else { (StaffPage::Home, key::STAFF_NAV_DASHBOARD) };
    view! {
        <BackLink href=href(&page) label=t(words)/>
        {move || case.with(|_| ()).is_none().then(|| view! { <h1>{reference.grouped()}</h1> })}
        {case.draw(|view| view! { <Workplace view=view.clone()/> })}
    }
}
