//! Is it one of these: similar open grievances, which the person may join.

use super::{Go, Way};
use crate::Step;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use web::component::{ErrorSummary, Errors, Radios};
use web::format::{counted, date, digits};
use web::i18n::{fill, key, lang_of, name_of, t};
use web::route::set_title;

/// Similar open grievances: since when, how many people, which words they share; nothing about the people.
#[component]
pub fn LikeQuestion(way: Way) -> impl IntoView {
    set_title(&t(key::LODGE_LIKE_TITLE));
    let errors = Errors::new();
    let likes = way.likes.get_untracked();
    let picked = RwSignal::new(way.draft.with_untracked(|draft| draft.form.same_as.clone()).unwrap_or_default());
    let several = likes.len() > 1;
    let mut options: Vec<(String, String)> = likes
        .iter()
        .enumerate()
        .map(|(index, like)| {
            let number = if several { format!(" ({})", digits(&(index + 1).to_string())) } else { String::new() };
            (like.token.clone(), format!("{}{number}", t(key::LODGE_LIKE_JOIN)))
        })
        .collect();
    options.push(("none".to_owned(), t(key::LODGE_LIKE_NONE)));
    Effect::new(move |before: Option<()>| {
        let token = picked.get();
        if before.is_some() && !token.is_empty() {
            way.draft.update(|draft| draft.form.same_as = (token != "none").then_some(token));
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if picked.with_untracked(String::is_empty) {
            errors.show_one("like", fill(key::PROBLEM_CHOICE_EMPTY, &[("question", &t(key::LODGE_LIKE_TITLE))]));
            return;
        }
        way.on(Step::Like);
    };
    let cards = likes.into_iter().enumerate().map(move |(index, like)| {
        let since = counted(key::LODGE_LIKE_PEOPLE, like.people).replace("{date}", &date(like.lodged_at));
        let words = like.words.join(", ");
        let number = several.then(|| view! { <p class="hint">{digits(&(index + 1).to_string())}</p> });
        view! { <li class="card">{number}<p><strong>{since}</strong></p><p>{name_of("stage", &like.stage)}</p><p class="hint">{t(key::LODGE_LIKE_WORDS)}" "<span lang=lang_of(&words) dir="auto">{words.clone()}</span></p></li> }
    });
    view! {
        <ErrorSummary errors/>
        <form novalidate on:submit=submit>
            <Radios id="like" legend=t(key::LODGE_LIKE_TITLE) hint=t(key::LODGE_LIKE_HINT) options value=picked errors heading=true>
                <ul class="cards">{cards.collect_view()}</ul>
                <p class="hint">{t(key::LODGE_LIKE_NOTE)}</p>
            </Radios>
            <Go/>
        </form>
    }
}
