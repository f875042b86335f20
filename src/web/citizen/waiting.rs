//! The panel of what waits to be sent, above every page while there are entries.

use super::sending::{Arrived, Waiting, take_up_again, waits_for_sign_in};
use leptos::prelude::*;
use model::page::CitizenPage;
use web::draft::use_draft;
use web::format::counted;
use web::i18n::{fill, key, lang_of, t};
use web::person;
use web::route::{href, use_nav};
use web::start::document;
use web::unsent::{self, Entry, Patience, What};
use web::upload;

/// The entries, their state, and "Send now". Sets `any` to false when nothing is left.
#[component]
pub fn Queue(any: RwSignal<bool>) -> impl IntoView {
    let (left, arrived) = (RwSignal::new(unsent::entries()), RwSignal::new(Vec::new()));
    let waiting = Waiting { left, arrived, patience: Patience::new() };
    waiting.send_all(false);
    // Taking up the phone or getting a connection retries at once.
    let online = window_event_listener(leptos::ev::online, move |_| waiting.hurry(false));
    let seen = window_event_listener(leptos::ev::Custom::<web_sys::Event>::new("visibilitychange"), move |_| {
        if document().is_some_and(|document| !document.hidden()) {
            waiting.hurry(false);
        }
    });
    on_cleanup(move || {
        online.remove();
        seen.remove();
    });
    // Entries waiting for their writer are sent once they have signed in.
    let shown = person::shown();
    Effect::new(move |before: Option<()>| {
        shown.track();
        if before.is_some() {
            // The entries that arrived were somebody else's.
            waiting.arrived.set(Vec::new());
            if person::mark().is_empty() {
                waiting.signed_out();
            }
            waiting.hurry(false);
        }
    });
    Effect::new(move |_| {
        if waiting.left.with(Vec::is_empty) && waiting.arrived.with(Vec::is_empty) && unsent::is_empty() {
            any.set(false);
        }
    });
    let (handle, nav) = (use_draft(), use_nav::<CitizenPage>());
    let lines = move || {
        let entries = waiting.left.get();
        entries
            .into_iter()
            .map(|entry| {
                let photos = entry.left();
                let state = match (Arrived::of(&entry), entry.is_taken()) {
                    (Some(arrived), true) => sent(arrived),
                    _ => view! { <span>{t(key::QUEUE_SAVED)}</span> }.into_any(),
                };
                let key_of = entry.key.clone();
                let pending: Vec<String> = entry.all_pending().map(|pending| pending.local.clone()).collect();
                let delete = move |_| {
                    unsent::remove(&key_of);
                    let pending = pending.clone();
                    leptos::task::spawn_local(async move {
                        for local in pending {
                            upload::forget(&local).await;
                        }
                    });
                    waiting.refresh();
                };
                let taken = entry.is_taken();
                // What the server refuses can be edited again in its form; the text is not lost.
                let again = match &entry.what {
                    What::Acting(acting) if !taken && entry.problem.is_some() => Some(acting.clone()),
                    _ => None,
                };
                let rewrite = again.map(|acting| {
                    let entry = entry.clone();
                    let again = move |_| {
                        let page = take_up_again(handle, &entry, &acting);
                        waiting.refresh();
                        nav.go(page);
                    };
                    view! { <p><button type="button" class="link" on:click=again>{t(key::QUEUE_AGAIN)}</button></p> }
                });
                let label = t(if taken { key::QUEUE_READ } else { key::DRAFT_DELETE });
                let refused = entry.problem.clone().map(|why| {
                    view! {
                        <p class="error" role="alert">{why}</p>
                        {rewrite}
                        <p><button type="button" class="link" on:click=delete>{label}</button></p>
                    }
                });
                let sign_in = waits_for_sign_in(&entry).then(|| {
                    view! {
                        <p><a data-nav href=href(&CitizenPage::SignIn)>{t(key::QUEUE_SIGN_IN)}</a></p>
                    }
                });
                let photos = (photos > 0).then(|| counted(key::QUEUE_PHOTOS, photos));
                view! {
                    <li>
                        {title(&entry)}
                        <p>{state}</p>
                        {sign_in}
                        {photos.map(|words| view! { <p class="hint">{words}</p> })}
                        {refused}
                        {entry.is_old().then(|| view! { <p class="error">{t(key::QUEUE_OLD)}</p> })}
                    </li>
                }
            })
            .collect_view()
    };
    let arrived =
        move || waiting.arrived.get().into_iter().map(|arrived| view! { <li>{sent(arrived)}</li> }).collect_view();
    let left = move || !waiting.left.with(Vec::is_empty);
    // Entries waiting for their writer are not sent automatically.
    let by_itself = move || waiting.left.with(|left| left.iter().any(|entry| !waits_for_sign_in(entry)));
    view! {
        <aside class="queue" aria-label=t(key::QUEUE_TITLE)>
            <ul>{lines}{arrived}</ul>
            {move || left().then(|| view! {
                {move || by_itself().then(|| view! { <p class="hint">{t(key::QUEUE_EXPLAIN)}</p> })}
                <p><button type="button" class="link" on:click=move |_| waiting.hurry(true)>{t(key::QUEUE_NOW)}</button></p>
            })}
        </aside>
    }
}

/// Says that an entry has arrived, with a link to it.
fn sent(arrived: Arrived) -> AnyView {
    let Arrived { reference, lodged } = arrived;
    let page = if lodged { CitizenPage::Done(reference) } else { CitizenPage::Case(reference) };
    let words = fill(key::QUEUE_SENT, &[("number", &reference.grouped())]);
    view! { <a data-nav href=href(&page)>{words}</a> }.into_any()
}

/// The title of an entry: its first sentence, or that it was spoken. The text of an action is not shown, because the
/// phone may be shared.
fn title(entry: &Entry) -> AnyView {
    match &entry.what {
        What::Lodging(form) => {
            let title = model::text::title(&form.text);
            let title = if title.is_empty() { t(key::CASE_SPOKEN) } else { title };
            view! { <p lang=lang_of(&form.text) dir="auto"><strong>{title}</strong></p> }.into_any()
        }
        What::Acting(acting) => {
            let what = format!("{} · {}", t(&format!("act.{}", acting.kind)), acting.reference.grouped());
            view! { <p><strong>{what}</strong></p> }.into_any()
        }
    }
}
