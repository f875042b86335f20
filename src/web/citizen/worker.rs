//! The service worker: registered once the app is shown, so that it does not delay the first page. A newer version that
//! it brings never interrupts a form.

use leptos::prelude::*;
use model::page::{CitizenPage, Step};
use model::wire::WhoAmI;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::JsFuture;
use wasm_split_helpers::wasm_split;
use web::api;
use web::clock;
use web::component::OtherPerson;
use web::device::service_workers;
use web::draft::{DraftHandle, use_draft};
use web::i18n::{key, language, t};
use web::later::{Draw, SplitLoaderError};
use web::person;
use web::route::{href, reload, use_nav};
use web::start::document;
use web_sys::MessageEvent;

/// The version of this page, in the format of its worker.
fn version() -> Option<String> {
    let meta = document()?.query_selector("meta[name=version]").ok().flatten()?;
    Some(format!("app-{}-{}", language().tag(), meta.get_attribute("content")?))
}

/// Registers the worker; `newer` is set when the phone has another version than this page's.
async fn register(newer: RwSignal<bool>) -> Option<()> {
    let (container, own) = (service_workers()?, version()?);
    let of_language = format!("app-{}-", language().tag());
    // Each worker reports its version when it takes over; workers of other languages do so, too.
    let told = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        if event.data().as_string().is_some_and(|version| version.starts_with(&of_language) && version != own) {
            newer.try_set(true);
        }
    });
    container.set_onmessage(Some(told.as_ref().unchecked_ref()));
    told.forget();
    JsFuture::from(container.register(&format!("/sw.js?language={}", language().tag()))).await.ok()?;
    Some(())
}

/// Whether an earlier visit has installed a worker.
fn has_been_here() -> bool {
    let controller =
        service_workers().and_then(|container| js_sys::Reflect::get(&container, &"controller".into()).ok());
    controller.is_some_and(|controller| !controller.is_null() && !controller.is_undefined())
}

/// The entry point of this part: the news above every page.
#[wasm_split(worker, fallible)]
pub fn worker() -> Result<Draw<CitizenPage>, SplitLoaderError> {
    Ok(|_| view! { <News/> }.into_any())
}

/// Says that a newer version is ready, or that there is no connection. A newer version is used on the way to the next
/// page, never in the middle of a form.
#[component]
fn News() -> impl IntoView {
    let nav = use_nav::<CitizenPage>();
    let newer = RwSignal::new(false);
    // The worker downloads all parts of the app. This waits until somebody has begun to answer or has gone on to
    // another page.
    let registered = StoredValue::new(false);
    let keep = move || {
        if registered.try_update_value(|registered| std::mem::replace(registered, true)) == Some(false) {
            leptos::task::spawn_local(async move {
                let _ = register(newer).await;
            });
        }
    };
    let handle = use_draft();
    if has_been_here() || !matches!(nav.page_now(), CitizenPage::Home | CitizenPage::Lodge(Step::What)) {
        keep();
    }
    Effect::new(move |_| {
        if !handle.is_empty() {
            keep();
        }
    });
    // A draft's age is judged by the server's time; requested alone, and only where there is a draft.
    if DraftHandle::is_kept() {
        leptos::task::spawn_local(async move {
            if clock::told().is_none() && api::get(&WhoAmI {}).await.is_err() {
                return;
            }
            handle.forget_if_old(matches!(nav.page_now(), CitizenPage::Lodge(_)));
        });
    }
    let offline = RwSignal::new(web_sys::window().is_some_and(|window| !window.navigator().on_line()));
    let on = window_event_listener(leptos::ev::online, move |_| offline.set(false));
    let off = window_event_listener(leptos::ev::offline, move |_| offline.set(true));
    on_cleanup(move || {
        on.remove();
        off.remove();
    });
    let left = move |page: &CitizenPage, _: Option<&CitizenPage>, _: Option<()>| {
        if !page.is_of_somebody() {
            person::leave();
        }
        let form =
            matches!(page, CitizenPage::Lodge(_) | CitizenPage::Act(..) | CitizenPage::Code | CitizenPage::SignIn);
        if !form && newer.get_untracked() {
            reload();
        }
        keep();
    };
    Effect::watch(move || nav.page(), left, false);
    let use_it = move |_| reload();
    view! {
        <OtherPerson sign_in=href(&CitizenPage::SignIn)/>
        <div role="status">
            {move || offline.get().then(|| view! { <p class="news">{t(key::APP_OFFLINE)}</p> })}
            {move || newer.get().then(|| view! {
                <p class="news">{t(key::APP_UPDATE)}" "<button type="button" class="link" on:click=use_it>{t(key::APP_UPDATE_NOW)}</button></p>
            })}
        </div>
    }
}
