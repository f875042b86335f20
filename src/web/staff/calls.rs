//! Verification calls: the next case, the number, the script, the outcome. A part for tele-callers.

use crate::case::{Actions, CallCitizen};
use leptos::prelude::*;
use model::atr::Outcome;
use model::lifecycle::EventKind;
use model::page::StaffPage;
use model::wire::{CaseView, NextCall};
use wasm_split_helpers::wasm_split;
use web::api::{Conditions, call};
use web::component::{Said, Timeline, Voice, title_of};
use web::hook::use_remote_later;
use web::i18n::{key, t};
use web::later::{Draw, SplitLoaderError};
use web::reference::use_tables;
use web::route::{announce, focus_later, set_title};

/// The entry point of this part.
#[wasm_split(calls, fallible)]
pub fn calls() -> Result<Draw<StaffPage>, SplitLoaderError> {
    Ok(|page| match page {
        StaffPage::Calls => view! { <Calls/> }.into_any(),
        _ => ().into_any(),
    })
}

/// Id of the heading of the case to call about.
const CASE: &str = "call-case";

/// The page of a caller.
#[component]
pub fn Calls() -> impl IntoView {
    set_title(&t(key::CALLS_TITLE));
    let next = use_remote_later(|| async {
        let next = call(&NextCall {}, &(), Conditions::default()).await?;
        match next {
            Some(_) => focus_later(CASE),
            None => announce(&t(key::CALLS_NONE)),
        }
        Ok(next)
    });
    view! {
        <h1>{t(key::CALLS_TITLE)}</h1>
        <p><button type="button" class="button" id="next-call" on:click=move |_| next.load()>{t(key::CALLS_NEXT)}</button></p>
        {next.draw(|found| match found {
            Some(view) => view! { <OneCall view=view.clone()/> }.into_any(),
            None => view! { <p class="empty">{t(key::CALLS_NONE)}</p> }.into_any(),
        })}
    }
}

#[component]
fn OneCall(view: CaseView) -> impl IntoView {
    let tables = use_tables();
    let line = view.line.clone();
    let report = view.timeline.iter().find(|entry| entry.kind == EventKind::AtrSubmitted).cloned();
    let (question, otherwise) = match view.outcome {
        Some(Outcome::PartlyDone) => (key::CALLS_SCRIPT2_PARTLY, key::CALLS_SCRIPT3_PARTLY),
        Some(Outcome::CannotBeDone) => (key::CALLS_SCRIPT2_CANNOT, key::CALLS_SCRIPT3_CANNOT),
        _ => (key::CALLS_SCRIPT2, key::CALLS_SCRIPT3),
    };
    let (timeline, shown) = (view.timeline.clone(), RwSignal::new(view.clone()));
    view! {
        <article class="one-call">
            <p class="hint reference">{line.reference.grouped()}</p>
            <h2 id=CASE tabindex="-1" lang=line.language.tag() dir="auto">{title_of(&line)}</h2>
            <p><span dir="auto">{view.name.clone()}</span>" · "<bdi>{view.mobile.clone()}</bdi></p>
            <CallCitizen reference=line.reference/>
            <h3>{t(key::CALLS_SCRIPT)}</h3>
            <ol class="script"><li>{t(key::CALLS_SCRIPT1)}</li><li>{t(question)}</li><li>{t(otherwise)}</li></ol>
            <h3>{t(key::SCASE_TEXT)}</h3>
            {(!view.text.is_empty()).then(|| view! { <p class="said" lang=line.language.tag() dir="auto">{view.text.clone()}</p> })}
        <Voice voice=view.voice.clone() spoken=view.spoken/>
            {report.map(|entry| view! { <h3>{t(key::CALLS_REPORT)}</h3><Said entry/> })}
            <Actions shown/>
            <details><summary>{t(key::SCASE_TIMELINE)}</summary><Timeline entries=timeline tables sides=true/></details>
        </article>
    }
}
