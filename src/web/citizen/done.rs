//! The confirmation page; it can be bookmarked, reloaded and printed.

use leptos::prelude::*;
use model::Reference;
use model::page::CitizenPage;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web::component::Call112;
use web::draft::receipts;
use web::format::by_when;
use web::i18n::{fill, key, t};
use web::route::{href, print, set_title};

/// A property of the browser's `navigator`, or that itself where `name` is empty; `None` where it is absent.
fn offered(name: &str) -> Option<JsValue> {
    let navigator: JsValue = web_sys::window()?.navigator().into();
    let found = if name.is_empty() { navigator } else { js_sys::Reflect::get(&navigator, &name.into()).ok()? };
    (!found.is_undefined()).then_some(found)
}

fn can(name: &str) -> bool {
    offered(name).is_some()
}

/// Calls a function that old browsers lack; `None` where it is absent.
fn call(of: &str, name: &str, with: &JsValue) -> Option<()> {
    let of = offered(of)?;
    let function: js_sys::Function = js_sys::Reflect::get(&of, &name.into()).ok()?.dyn_into().ok()?;
    // Closing the share dialog without a choice is not an error.
    let promise: js_sys::Promise = function.call1(&of, with).ok()?.dyn_into().ok()?;
    leptos::task::spawn_local(async move {
        let _ = JsFuture::from(promise).await;
    });
    Some(())
}

/// The number, by when, and what happens next.
#[component]
pub fn Done(reference: Reference) -> impl IntoView {
    let receipt = receipts().into_iter().find(|receipt| receipt.reference == reference);
    let known = receipt.is_some();
    let due = receipt.as_ref().and_then(|receipt| receipt.due);
    let hidden = receipt.as_ref().is_some_and(|receipt| receipt.hidden);
    let lane = receipt.as_ref().map(|receipt| receipt.lane).unwrap_or_default();
    let verified = receipt.is_some_and(|receipt| receipt.number_verified);
    if !known {
        // Nothing is said about a number that this phone has no receipt of: it may belong to anybody, or not exist.
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
    let copied = RwSignal::new(false);
    let copy = move |_| {
        copied.set(call("clipboard", "writeText", &reference.grouped().into()).is_some());
    };
    let share = move |_| {
        let (what, words) = (js_sys::Object::new(), fill(key::DONE_OTHER, &[("number", &reference.grouped())]));
        let _ = js_sys::Reflect::set(&what, &"text".into(), &words.into());
        let _ = call("", "share", &what);
    };
    let next = if verified { CitizenPage::Case(reference) } else { CitizenPage::SignIn };
    view! {
        <div class="panel">
            <h1>{t(key::DONE_TITLE)}</h1>
            <p>{t(key::DONE_NUMBER)}</p>
            <p class="number" id="reference">{reference.grouped()}</p>
            <p class="ways">
                <button type="button" class="link" on:click=copy>{t(key::DONE_COPY)}</button>
                {can("share").then(|| view! { <button type="button" class="link" on:click=share>{t(key::DONE_SHARE)}</button> })}
            </p>
            <p role="status" class="hint">{move || copied.get().then(|| t(key::DONE_COPIED))}</p>
        </div>
        {lane.is_emergency().then(|| view! { <Call112/><p>{t(key::DANGER_AFTER)}</p> })}
        {due.map(|due| view! { <p><strong>{t(key::DONE_BY)}" "{by_when(due, lane)}</strong></p> })}
        <p>{t(key::DONE_KEEP)}</p>
        {(!lane.is_emergency()).then(|| view! {
            <h2>{t(key::DONE_NEXT)}</h2>
            <ol class="thread steps">
                <li><p class="what">{t(key::DONE_NEXT1)}</p></li>
                <li><p class="what">{t(if hidden { key::DONE_NEXT2_HIDDEN } else { key::DONE_NEXT2 })}</p></li>
                <li><p class="what">{t(key::DONE_NEXT3)}</p></li>
            </ol>
        })}
        <p class="stack">
            <a class="button" data-nav href=href(&next)>{t(if verified { key::DONE_FOLLOW } else { key::DONE_VERIFY })}</a>
            <button type="button" class="button second" on:click=|_| print()>{t(key::DONE_PRINT)}</button>
        </p>
    }
    .into_any()
}
