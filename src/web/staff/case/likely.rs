//! What a grievance is probably about: a key takes a suggestion over into the form of categorising, where the same person
//! still decides.

use crate::keys::{KeyCap, Keys};
use leptos::prelude::*;
use model::CategoryCode;
use model::wire::{CaseView, LikelyCategory};
use web::format::digits;
use web::i18n::{fill, key, lang_of, t};
use web::reference::{category, use_tables};

/// The likely categories; nothing where none was asked for.
#[component]
pub fn Likely(
    shown: RwSignal<CaseView>,
    /// Called with the category that is taken over.
    choose: Callback<CategoryCode>,
) -> impl IntoView {
    let suggestion = Memo::new(move |_| shown.with(|view| view.suggestion.clone()));
    move || {
        let suggestion = suggestion.get()?;
        let said = match (suggestion.blind, suggestion.likely.is_empty()) {
            (true, _) => Some(key::LIKELY_BLIND),
            (false, true) => Some(key::LIKELY_NONE),
            (false, false) => None,
        };
        let likely = ('1'..).zip(suggestion.likely).map(|(digit, likely)| choice(digit, likely, choose)).collect_view();
        Some(view! {
            <div class="probable">
                <h3>{t(key::LIKELY_TITLE)}</h3>
                {said.map(|said| view! { <p class="hint">{t(said)}</p> })}
                {said.is_none().then(|| view! { <ol>{likely}</ol> })}
            </div>
        })
    }
}

/// One of them, with how often such a suggestion is right and the words that decided.
fn choice(digit: char, likely: LikelyCategory, choose: Callback<CategoryCode>) -> impl IntoView {
    let LikelyCategory { category: code, percent, words } = likely;
    let tables = use_tables();
    let named = code.clone();
    let name = move || {
        tables.with(|tables| tables.loaded().map_or_else(|| named.to_string(), |tables| category(tables, &named)))
    };
    let choose = move || choose.run(code.clone());
    if let Some(keys) = Keys::of_app() {
        // Also where a wrong one has opened the form.
        keys.bind_within(digit, name(), choose.clone());
    }
    let share = fill(key::LIKELY_SHARE, &[("n", &digits(&percent.to_string()))]);
    let words = words.into_iter().map(|word| {
        let lang = lang_of(&word);
        view! { <q lang=lang dir="auto">{word}</q>" " }
    });
    view! {
        <li>
            <button type="button" class="button second" aria-keyshortcuts=digit.to_string() on:click=move |_| choose()>
                {name}<KeyCap letter=digit/>
            </button>
            <span class="hint">{share}" · "{words.collect_view()}</span>
        </li>
    }
}
