//! What was sent off here and has not arrived, above every page: how many reports and photos wait for a line, and what the
//! server would not have.

use leptos::prelude::*;
use model::page::{Page, StaffPage};
use serde_json::Value;
use web::component::Dialog;
use web::format::counted;
use web::hook::Queue;
use web::i18n::{key, t};
use web::route::href;
use web::unsent::call::Unsent;

/// The line under the menu, and the list that it opens.
#[component]
pub fn Waiting(queue: Queue) -> impl IntoView {
    let open = RwSignal::new(false);
    // What can still be taken back has a notice of its own.
    let ours = Memo::new(move |_| {
        queue.left.with(|left| left.iter().filter(|one| one.is_ours() && !one.is_held()).cloned().collect::<Vec<_>>())
    });
    let words = move || {
        ours.with(|ours| {
            let (refused, waits): (Vec<_>, Vec<_>) = ours.iter().partition(|one| one.problem.is_some());
            let photos: usize =
                ours.iter().map(|one| one.pending.iter().filter(|photo| photo.is_to_go()).count()).sum();
            let mut words = Vec::new();
            if !waits.is_empty() {
                words.push(counted(key::WAITING_CALLS, waits.len()));
            }
            if photos > 0 {
                words.push(counted(key::WAITING_PHOTOS, photos));
            }
            if !refused.is_empty() {
                words.push(counted(key::WAITING_REFUSED, refused.len()));
            }
            words.join(" · ")
        })
    };
    let some = Memo::new(move |_| ours.with(|ours| !ours.is_empty()));
    let list = move || ours.with(|ours| ours.iter().map(|one| view! { <One queue one=one.clone()/> }).collect_view());
    view! {
        <div role="status">
            {move || some.get().then(|| view! {
                <p class="waiting-line">
                    <span>{words}</span>
                    <button type="button" class="link" on:click=move |_| open.set(true)>{t(key::WAITING_SHOW)}</button>
                </p>
            })}
        </div>
        <Dialog id="waiting" title=t(key::WAITING_TITLE) open=open>
            <ul class="waiting-list">{list}</ul>
            <p><button type="button" class="button second" on:click=move |_| queue.hurry(true)>{t(key::RETRY)}</button></p>
        </Dialog>
    }
}

/// One of them: what it is, why it did not go, its words, and the way to its case.
#[component]
fn One(queue: Queue, one: Unsent) -> impl IntoView {
    let asked = RwSignal::new(false);
    let (key_of, refused) = (StoredValue::new(one.key.clone()), one.problem.is_some());
    let case = href(&StaffPage::of(&one.page));
    let words = words_of(&one.body);
    let drop = move || {
        let button = if asked.get() { key::WAITING_DROP_SURE } else { key::WAITING_DROP };
        view! {
            <button type="button" class="link" on:click=move |_| {
                if asked.get_untracked() {
                    queue.remove(&key_of.get_value());
                } else {
                    asked.set(true);
                }
            }>{t(button)}</button>
        }
    };
    view! {
        <li>
            <p><a href=case data-nav>{one.about}</a></p>
            {one.problem.map(|problem| view! { <p class="error">{problem}</p> })}
            {(!words.is_empty()).then(|| view! { <p class="said" dir="auto">{words}</p> })}
            {refused.then(|| view! { <p>{drop}</p> })}
        </li>
    }
}

/// What somebody wrote in it.
fn words_of(body: &Value) -> String {
    match body {
        Value::Object(fields) => {
            let texts = fields.iter().filter_map(|(name, value)| {
                let is_text = ["text", "remark", "reason", "missing"].contains(&name.as_str());
                match value {
                    Value::String(text) if is_text => Some(text.clone()),
                    Value::Object(_) => Some(words_of(value)),
                    _ => None,
                }
            });
            texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    }
}
