//! What is it about: suggestions from the text, and a search through all categories.

use super::{Flow, Go, errors_at};
use crate::Step;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use model::CategoryCode;
use model::wire::{SuggestCategory, SuggestCategoryRequest};
use web::api::{Conditions, call};
use web::component::{ErrorSummary, Failed, Loading, Radios, Remote, Suggest};
use web::i18n::{key, language, t};
use web::reference::{self, use_tables};
use web::route::set_title;

/// Milliseconds to wait for suggestions.
const SUGGESTING: u32 = 2_500;

/// What is it about?
#[component]
pub fn CategoryQuestion(flow: Flow) -> impl IntoView {
    set_title(&t(key::LODGE_CATEGORY_TITLE));
    let (draft, errors, tables) = (flow.draft, errors_at(Step::Category), flow.tables);
    let (answered, chosen) = draft.with_untracked(|draft| (draft.category_answered, draft.form.category.clone()));
    let searched = RwSignal::new(chosen.clone());
    let picked = RwSignal::new(match (&chosen, answered) {
        (Some(code), _) => code.to_string(),
        (None, true) => "unknown".to_owned(),
        (None, false) => String::new(),
    });
    // The latest choice counts, whether from the list or from the search.
    Effect::new(move |_| {
        if let Some(code) = searched.get() {
            picked.set(code.into());
        }
    });
    // The text required the question of danger before the tables were loaded: it still comes first.
    Effect::new(move |_| {
        tables.track();
        if untrack(move || flow.danger_waits()) {
            flow.nav.replace(crate::CitizenPage::Lodge(Step::Danger));
        }
    });
    // Stored as it is chosen: it survives a change of language and Back.
    let answer = move |code: &str| {
        draft.update(|draft| {
            let category = (code != "unknown").then(|| CategoryCode::from(code));
            if draft.form.category != category {
                draft.form.same_as = None;
            }
            draft.form.category = category;
            draft.category_answered = true;
            // Answers to the questions of another category do not apply.
            flow.keep_asked(draft);
        });
    };
    Effect::new(move |before: Option<()>| {
        let code = picked.get();
        if before.is_some() && !code.is_empty() {
            answer(&code);
        }
    });
    // The server's suggestions; inner `None` where it cannot be asked.
    let fitting: RwSignal<Option<Option<Vec<CategoryCode>>>> = RwSignal::new(None);
    let text = draft.with_untracked(|draft| draft.form.text.clone());
    let said = StoredValue::new(text.clone());
    leptos::task::spawn_local(async move {
        let with = Conditions { patience: Some(SUGGESTING), ..Conditions::default() };
        let answer = call(&SuggestCategory {}, &SuggestCategoryRequest { text }, with).await;
        fitting.try_set(Some(answer.ok()));
    });
    let suggested = move || {
        let mut options: Vec<(String, String)> = tables
            .with(|tables| {
                let tables = tables.loaded()?;
                // Without the server, by the words that the phone knows.
                let codes = fitting
                    .get()?
                    .unwrap_or_else(|| said.with_value(|said| reference::suggest(&tables.categories, said)));
                Some(codes.into_iter().map(|code| (code.to_string(), reference::category(tables, &code))).collect())
            })
            .unwrap_or_default();
        options.push(("unknown".to_owned(), t(key::LODGE_CATEGORY_UNKNOWN)));
        options
    };
    // The whole list, for people who prefer that to searching.
    let whole = move || {
        tables.with(|tables| {
            let groups = tables.loaded()?.categories.iter().map(|group| {
                let leaves = group.leaves.iter().map(|leaf| {
                    let code = leaf.code.to_string();
                    let (chosen, picking) = (code.clone(), code.clone());
                    let id = format!("category-{code}");
                    view! {
                        <div class="radio">
                            <input type="radio" id=id.clone() name="category-list" value=code prop:checked=move || picked.get() == chosen on:change=move |_| picked.set(picking.clone())/>
                            <label for=id>{leaf.name.of(language()).to_owned()}</label>
                        </div>
                    }
                });
                view! { <details><summary>{group.name.of(language()).to_owned()}</summary><div class="field" role="group" aria-label=group.name.of(language()).to_owned()>{leaves.collect_view()}</div></details> }
            });
            Some(groups.collect_view())
        })
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
        flow.on(Step::Category);
    };
    let retry = Callback::new(move |()| {
        let _ = use_tables();
    });
    let options = Signal::derive(suggested);
    view! {
        <ErrorSummary errors/>
        {move || match tables.get() {
            Remote::Loaded(_) if fitting.with(Option::is_some) => view! {
                <form novalidate on:submit=submit>
                    <Radios id="category" legend=t(key::LODGE_CATEGORY_TITLE) hint=if options.with_untracked(|options| options.len() > 1) { t(key::LODGE_CATEGORY_HINT) } else { String::new() } options value=picked errors heading=true/>
                    <Suggest id="category-search" label=t(key::LODGE_CATEGORY_SEARCH) hint=t(key::LODGE_CATEGORY_SEARCH_HINT) choices=choices value=searched errors/>
                    <details class="whole"><summary>{t(key::LODGE_CATEGORY_LIST)}</summary>{whole()}</details>
                    <Go/>
                </form>
            }.into_any(),
            Remote::Failed(error) => view! { <h1>{t(key::LODGE_CATEGORY_TITLE)}</h1><Failed why=error.message() retry/><SkipCategory flow/> }.into_any(),
            Remote::Idle | Remote::Loading | Remote::Loaded(_) => view! { <h1>{t(key::LODGE_CATEGORY_TITLE)}</h1><Loading/> }.into_any(),
        }}
    }
}

/// A way on without a category where the list cannot be loaded: nobody is kept from lodging.
#[component]
fn SkipCategory(flow: Flow) -> impl IntoView {
    let skip = move |_| {
        flow.draft.update(|draft| draft.category_answered = true);
        flow.on(Step::Category);
    };
    view! { <p><button type="button" class="button" on:click=skip>{t(key::LODGE_CATEGORY_UNKNOWN)}</button></p> }
}
