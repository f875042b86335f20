//! The panel of what waits to be sent, above every page while there is anything.

use super::CitizenPage;
use super::sending::Waiting;
use gloo_timers::callback::Interval;
use leptos::prelude::*;
use web::format::digits;
use web::i18n::{fill, key, t};
use web::outbox;
use web::route::href;

/// Milliseconds between tries while a page is open and nothing else calls for one.
const AGAIN: u32 = 15_000;

/// What waits, how it stands, and "Send now". `any` is told when nothing is left.
#[component]
pub fn Queue(any: RwSignal<bool>) -> impl IntoView {
    let waiting = Waiting { left: RwSignal::new(outbox::entries()), arrived: RwSignal::new(Vec::new()) };
    waiting.send_all(false);
    let online = window_event_listener(leptos::ev::online, move |_| waiting.send_all(false));
    let again: StoredValue<Option<Interval>, LocalStorage> =
        StoredValue::new_local(Some(Interval::new(AGAIN, move || waiting.send_all(false))));
    on_cleanup(move || {
        online.remove();
        again.try_update_value(Option::take);
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
                let photos = entry.photos_left();
                let state = match &entry.receipt {
                    Some(receipt) => {
                        let link = href(&CitizenPage::Done(receipt.reference));
                        let sent = fill(key::QUEUE_SENT, &[("number", &receipt.reference.grouped())]);
                        view! { <a data-nav href=link>{sent}</a> }.into_any()
                    }
                    None => view! { <span>{t(key::QUEUE_SAVED)}</span> }.into_any(),
                };
                let key_of = entry.key.clone();
                let delete = move |_| {
                    outbox::remove(&key_of);
                    waiting.refresh();
                };
                let refused = entry.problem.clone().map(|why| {
                    view! { <p class="error" role="alert">{why}</p><p><button type="button" class="link" on:click=delete>{t(key::DRAFT_DELETE)}</button></p> }
                });
                let photos = (photos > 0).then(|| fill(key::QUEUE_PHOTOS, &[("n", &digits(&photos.to_string()))]));
                view! {
                    <li>
                        <p dir="auto"><strong>{model::text::title(&entry.form.text)}</strong></p>
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
            <ul role="status">{lines}{arrived}</ul>
            {move || left().then(|| view! {
                <p class="hint">{t(key::QUEUE_EXPLAIN)}</p>
                <p><button type="button" class="link" on:click=move |_| waiting.send_all(true)>{t(key::QUEUE_NOW)}</button></p>
            })}
        </aside>
    }
}
