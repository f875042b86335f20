//! The panel of what waits to be sent, above every page while there is anything.

use super::CitizenPage;
use super::sending::{Patience, Waiting};
use leptos::prelude::*;
use web::format::counted;
use web::i18n::{fill, key, lang_of, t};
use web::outbox::{self, Entry};
use web::route::href;
use web::start::document;
use web::upload;

/// What waits, how it stands, and "Send now". `any` is told when nothing is left.
#[component]
pub fn Queue(any: RwSignal<bool>) -> impl IntoView {
    let (left, arrived) = (RwSignal::new(outbox::entries()), RwSignal::new(Vec::new()));
    let waiting = Waiting { left, arrived, patience: Patience::new() };
    waiting.send_all(false);
    // Whoever takes the phone in hand, or finds a line, does not wait for the next try.
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
    Effect::new(move |_| {
        if waiting.left.with(Vec::is_empty) && waiting.arrived.with(Vec::is_empty) && outbox::is_empty() {
            any.set(false);
        }
    });
    let lines = move || {
        let entries = waiting.left.get();
        entries
            .into_iter()
            .map(|entry| {
                let photos = entry.left();
                let state = match &entry.receipt {
                    Some(receipt) => {
                        let link = href(&CitizenPage::Done(receipt.reference));
                        let sent = fill(key::QUEUE_SENT, &[("number", &receipt.reference.grouped())]);
                        view! { <a data-nav href=link>{sent}</a> }.into_any()
                    }
                    None => view! { <span>{t(key::QUEUE_SAVED)}</span> }.into_any(),
                };
                let key_of = entry.key.clone();
                let held: Vec<String> = entry.all_held().map(|held| held.local.clone()).collect();
                let delete = move |_| {
                    outbox::remove(&key_of);
                    let held = held.clone();
                    leptos::task::spawn_local(async move {
                        for local in held {
                            upload::forget(&local).await;
                        }
                    });
                    waiting.refresh();
                };
                let refused = entry.problem.clone().map(|why| {
                    view! { <p class="error" role="alert">{why}</p><p><button type="button" class="link" on:click=delete>{t(key::DRAFT_DELETE)}</button></p> }
                });
                let photos = (photos > 0).then(|| counted(key::QUEUE_PHOTOS, photos));
                view! {
                    <li>
                        <p lang=lang_of(&entry.form.text) dir="auto"><strong>{title(&entry)}</strong></p>
                        <p>{state}</p>
                        {photos.map(|words| view! { <p class="hint">{words}</p> })}
                        {refused}
                        {entry.is_old().then(|| view! { <p class="error">{t(key::QUEUE_OLD)}</p> })}
                    </li>
                }
            })
            .collect_view()
    };
    let arrived = move || {
        let sent = waiting.arrived.get().into_iter().map(|receipt| {
            let link = href(&CitizenPage::Done(receipt.reference));
            let words = fill(key::QUEUE_SENT, &[("number", &receipt.reference.grouped())]);
            view! { <li><a data-nav href=link>{words}</a></li> }
        });
        sent.collect_view()
    };
    let left = move || !waiting.left.with(Vec::is_empty);
    view! {
        <aside class="queue" aria-label=t(key::QUEUE_TITLE)>
            <ul>{lines}{arrived}</ul>
            {move || left().then(|| view! {
                <p class="hint">{t(key::QUEUE_EXPLAIN)}</p>
                <p><button type="button" class="link" on:click=move |_| waiting.hurry(true)>{t(key::QUEUE_NOW)}</button></p>
            })}
        </aside>
    }
}

/// What an entry goes by: its first sentence, or that it was spoken.
fn title(entry: &Entry) -> String {
    let title = model::text::title(&entry.form.text);
    if title.is_empty() { t(key::CASE_SPOKEN) } else { title }
}
