//! Is it one of these: similar open grievances, which the person may join.

use super::{Flow, Go};
use crate::Step;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use web::component::{ErrorSummary, Errors, Radios};
use web::format::{counted, date, digits};
use web::i18n::{fill, key, lang_of, name_of, t};
use web::route::set_title;

/// Similar open grievances: since when, how many people, which words they share; nothing about the people.
#[component]
pub fn DuplicateQuestion(flow: Flow) -> impl IntoView {
    set_title(&t(key::LODGE_DUPLICATE_TITLE));
    let errors = Errors::new();
    let duplicates = flow.duplicates.get_untracked();
    let picked = RwSignal::new(flow.draft.with_untracked(|draft| draft.form.same_as.clone()).unwrap_or_default());
    let several = duplicates.len() > 1;
    let mut options: Vec<(String, String)> = duplicates
        .iter()
        .enumerate()
        .map(|(index, duplicate)| {
            let number = if several { format!(" ({})", digits(&(index + 1).to_string())) } else { String::new() };
            (duplicate.token.clone(), format!("{}{number}", t(key::LODGE_DUPLICATE_JOIN)))
        })
        .collect();
    options.push(("none".to_owned(), t(key::LODGE_DUPLICATE_NONE)));
    Effect::new(move |before: Option<()>| {
        let token = picked.get();
        if before.is_some() && !token.is_empty() {
            flow.draft.update(|draft| draft.form.same_as = (token != "none").then_some(token));
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if picked.with_untracked(String::is_empty) {
            errors.show_one(
                "duplicate",
                fill(key::PROBLEM_CHOICE_EMPTY, &[("question", &t(key::LODGE_DUPLICATE_TITLE))]),
            );
            return;
        }
        flow.on(Step::Duplicate);
    };
    let cards = duplicates.into_iter().enumerate().map(move |(index, duplicate)| {
        let since = counted(key::LODGE_DUPLICATE_PEOPLE, duplicate.people).replace("{date}", &date(duplicate.lodged_at));
        let words = duplicate.words.join(", ");
        let number = several.then(|| view! { <p class="hint">{digits(&(index + 1).to_string())}</p> });
        view! { <li class="card">{number}<p><strong>{since}</strong></p><p>{name_of("stage", &duplicate.stage)}</p><p class="hint">{t(key::LODGE_DUPLICATE_WORDS)}" "<span lang=lang_of(&words) dir="auto">{words.clone()}</span></p></li> }
    });
    view! {
        <ErrorSummary errors/>
        <form novalidate on:submit=submit>
            <Radios id="duplicate" legend=t(key::LODGE_DUPLICATE_TITLE) hint=t(key::LODGE_DUPLICATE_HINT) options value=picked errors heading=true>
                <ul class="cards">{cards.collect_view()}</ul>
                <p class="hint">{t(key::LODGE_DUPLICATE_NOTE)}</p>
            </Radios>
            <Go/>
        </form>
    }
}
