//! What is it about: what fits the words, and a search through everything.

use super::{Go, Way, errors_at};
use crate::Step;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use web::component::{ErrorSummary, Failed, Loading, Radios, Remote, Suggest};
use web::i18n::{key, t};
use web::reference::{self, use_tables};
use web::route::set_title;

/// What is it about?
#[component]
pub fn CategoryQuestion(way: Way) -> impl IntoView {
    set_title(&t(key::LODGE_CATEGORY_TITLE));
    let (draft, errors, tables) = (way.draft, errors_at(Step::Category), way.tables);
    let (answered, chosen) = draft.with_untracked(|draft| (draft.category_answered, draft.form.category.clone()));
    let searched = RwSignal::new(chosen.clone());
    let picked = RwSignal::new(match (&chosen, answered) {
        (Some(code), _) => code.clone(),
        (None, true) => "unknown".to_owned(),
        (None, false) => String::new(),
    });
    // Whatever was chosen last counts: in the list or in the search.
    Effect::new(move |_| {
        if let Some(code) = searched.get() {
            picked.set(code);
        }
    });
    // Kept as it is chosen: another language or Back finds it again.
    let answer = move |code: &str| {
        draft.update(|draft| {
            let category = (code != "unknown").then(|| code.to_owned());
            if draft.form.category != category {
                draft.form.same_as = None;
            }
            draft.form.category = category;
            draft.category_answered = true;
            // Answers to what another category asked are none of this one's.
            way.keep_asked(draft);
        });
    };
    Effect::new(move |before: Option<()>| {
        let code = picked.get();
        if before.is_some() && !code.is_empty() {
            answer(&code);
        }
    });
    let suggested = move || {
        let text = draft.with_untracked(|draft| draft.form.text.clone());
        let mut options = tables
            .with(|tables| tables.loaded().map(|tables| reference::suggest(&tables.categories, &text)))
            .unwrap_or_default();
        options.push(("unknown".to_owned(), t(key::LODGE_CATEGORY_UNKNOWN)));
        options
    };
    let choices = Memo::new(move |_| {
        tables.with(|tables| tables.loaded().map(|tables| reference::category_choices(tables)).unwrap_or_default())
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let code = picked.get_untracked();
        if code.is_empty() {
            errors.show_one("category", t(key::PROBLEM_CATEGORY_EMPTY));
            return;
        }
        answer(&code);
        way.on(Step::Category);
    };
    let retry = Callback::new(move |()| {
        let _ = use_tables();
    });
    let options = Signal::derive(suggested);
    view! {
        <ErrorSummary errors/>
        {move || match tables.get() {
            Remote::Loaded(_) => view! {
                <form novalidate on:submit=submit>
                    <Radios id="category" legend=t(key::LODGE_CATEGORY_TITLE) hint=if options.with_untracked(|options| options.len() > 1) { t(key::LODGE_CATEGORY_HINT) } else { String::new() } options value=picked errors heading=true/>
                    <Suggest id="category-search" label=t(key::LODGE_CATEGORY_SEARCH) hint=t(key::LODGE_CATEGORY_SEARCH_HINT) choices=choices value=searched errors/>
                    <Go/>
                </form>
            }.into_any(),
            Remote::Failed(error) => view! { <h1>{t(key::LODGE_CATEGORY_TITLE)}</h1><Failed why=error.message() retry/><SkipCategory way/> }.into_any(),
            Remote::Idle | Remote::Loading => view! { <h1>{t(key::LODGE_CATEGORY_TITLE)}</h1><Loading/> }.into_any(),
        }}
    }
}

/// Where the list of categories cannot be had, nobody is kept from lodging.
#[component]
fn SkipCategory(way: Way) -> impl IntoView {
    let skip = move |_| {
        way.draft.update(|draft| draft.category_answered = true);
        way.on(Step::Category);
    };
    view! { <p><button type="button" class="button" on:click=skip>{t(key::LODGE_CATEGORY_UNKNOWN)}</button></p> }
}
