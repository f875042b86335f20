//! Open grievances that may have the same cause, for the desk: a key opens the merger with the two side by side, where the same
//! person still decides.

use crate::keys::{KeyCap, Keys};
use leptos::prelude::*;
use model::Reference;
use model::lifecycle::{ActionKind, Stage};
use model::wire::{AlikeCase, CaseView, GetAlike};
use web::api;
use web::component::title_of;
use web::format::{counted, date};
use web::hook::use_remote_later;
use web::i18n::{key, lang_of, name_of, t};

/// The digits that choose one; those before choose a category.
const DIGITS: [char; 3] = ['4', '5', '6'];

/// Those that are alike; nothing where there are none, or before they are known.
#[component]
pub fn Alike(
    shown: RwSignal<CaseView>,
    /// Called with the one that is to be compared.
    compare: Callback<Reference>,
) -> impl IntoView {
    let wanted = Memo::new(move |_| {
        shown.with(|view| {
            let asked = view.line.stage == Stage::Registered && view.actions.contains(&ActionKind::Merge);
            asked.then_some(view.line.reference)
        })
    });
    let found = use_remote_later(move || {
        let reference = wanted.get_untracked();
        async move {
            match reference {
                Some(reference) => api::get(&GetAlike { reference }).await,
                None => Ok(Vec::new()),
            }
        }
    });
    Effect::new(move |_| match wanted.get() {
        Some(_) => found.load(),
        None => found.forget(),
    });
    move || {
        // What could not be read is no reason to stop the work.
        let alike = found.with(Vec::clone).filter(|alike| !alike.is_empty())?;
        let rows = DIGITS.into_iter().zip(alike).map(|(digit, alike)| row(digit, alike, compare)).collect_view();
        Some(view! { <div class="probable alike"><h3>{t(key::ALIKE_TITLE)}</h3><ol>{rows}</ol></div> })
    }
}

/// One of them, with the words that both have.
fn row(digit: char, AlikeCase { line, people, words }: AlikeCase, compare: Callback<Reference>) -> impl IntoView {
    let (reference, title) = (line.reference, title_of(&line));
    let compare = move || compare.run(reference);
    if let Some(keys) = Keys::of_app() {
        keys.bind_within(digit, format!("{} {}", t(key::ALIKE_COMPARE), reference.grouped()), compare);
    }
    let words = words.into_iter().map(|word| {
        let lang = lang_of(&word);
        view! { <q lang=lang dir="auto">{word}</q>" " }
    });
    view! {
        <li>
            <p><strong lang=line.language.tag() dir="auto">{title}</strong></p>
            <p class="hint">{date(line.lodged_at)}" · "{name_of("stage", &line.stage)}" · "{counted(key::ALIKE_PEOPLE, people)}" · "{words.collect_view()}</p>
            <button type="button" class="button second" aria-keyshortcuts=digit.to_string() on:click=move |_| compare()>
                {t(key::ALIKE_COMPARE)}<KeyCap letter=digit/><span class="unseen">" "{reference.grouped()}</span>
            </button>
        </li>
    }
}
