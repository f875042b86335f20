//! Lodging: one question a page, every answer kept. Here stands the first; the others are in `questions`.

use super::CitizenPage;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use model::lodging::{TEXT_LIMIT, text_problem};
use model::text;
use wasm_bindgen::JsCast;
use web::component::{BackLink, ErrorSummary, Errors, TextArea};
use web::draft::use_first;
use web::format::number;
use web::i18n::{fill, key, name_of, t};
use web::later::Part;
use web::route::{announce, href, set_title, use_nav};
use web::start::{Typed, element};

/// Takes over what was typed into the HTML before the app came.
pub fn adopt(first: web::draft::First) {
    let Some(typed) =
        use_context::<StoredValue<Option<Typed>>>().and_then(|typed| typed.try_update_value(Option::take).flatten())
    else {
        return;
    };
    web::draft::First::adopt(&typed.others);
    if !typed.text.is_empty() {
        first.text.set(typed.text);
    }
    if let Some((start, end)) = typed.selection {
        // Whoever was typing goes on typing where they were.
        request_animation_frame(move || {
            if let Some(area) = element("text").and_then(|found| found.dyn_into::<web_sys::HtmlTextAreaElement>().ok())
            {
                let _ = area.focus();
                let _ = area.set_selection_range(start, end);
            }
        });
    }
}

/// The first question. The others come from `questions`, which is fetched while this one is answered.
#[component]
pub fn FirstQuestion(questions: Part<CitizenPage>) -> impl IntoView {
    questions.fetch();
    view! {
        <BackLink href=href(&CitizenPage::Home) label=t(key::NAV_BACK)/>
        <Saved/>
        <What/>
    }
}

/// Says that what is typed lies on this phone, and lets it be deleted (OFF-20).
#[component]
pub fn Saved() -> impl IntoView {
    let (first, nav) = (use_first(), use_nav::<CitizenPage>());
    let delete = move |_| {
        first.delete();
        announce(&t(key::DRAFT_DELETED));
        nav.go(CitizenPage::Home);
    };
    let typed = Memo::new(move |_| !first.is_empty());
    move || {
        typed.get().then(|| view! {
            <p class="saved"><span aria-hidden="true">"✓ "</span>{t(key::DRAFT_SAVED)}" "<button type="button" class="link" on:click=delete>{t(key::DRAFT_DELETE)}</button></p>
        })
    }
}

#[component]
fn What() -> impl IntoView {
    set_title(&t(key::LODGE_WHAT_TITLE));
    let (value, nav, errors) = (use_first().text, use_nav::<CitizenPage>(), Errors::new());
    let left = move || {
        let used = value.with(|value| text::length(value));
        match TEXT_LIMIT.checked_sub(used) {
            Some(left) => fill(key::LODGE_WHAT_LEFT, &[("n", &number(u32::try_from(left).unwrap_or(0)))]),
            None => fill(key::LODGE_WHAT_OVER, &[("n", &number(u32::try_from(used - TEXT_LIMIT).unwrap_or(0)))]),
        }
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        match value.with_untracked(|value| text_problem(value)) {
            Some(problem) => errors.show_one("text", name_of("problem", &problem)),
            // The questions know which is the next that has no answer.
            None => nav.go(CitizenPage::Next),
        }
    };
    view! {
        <ErrorSummary errors/>
        <form novalidate on:submit=submit>
            <TextArea id="text" label=t(key::LODGE_WHAT_TITLE) hint=t(key::LODGE_WHAT_HINT) value errors rows=7 heading=true/>
            <p class="hint count">{left}</p>
            <button type="submit" class="button">{t(key::CONTINUE)}</button>
        </form>
    }
}
