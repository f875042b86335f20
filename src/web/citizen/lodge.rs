//! Lodging: one question a page, every answer kept, pressing twice lodges once.

use super::{CitizenPage, Step};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use model::lodging::{Field, Problem, TEXT_LIMIT};
use model::text;
use wasm_bindgen::JsCast;
use web::component::{BackLink, ErrorSummary, Errors, TextArea};
use web::draft::Draft;
use web::format::{digits, number};
use web::i18n::{fill, key, name_of, t};
use web::later::Part;
use web::route::{Nav, announce, href, set_title, use_nav};
use web::start::{Typed, element};

/// Takes over what was typed into the HTML before the app came.
pub fn adopt(draft: RwSignal<Draft>) {
    let Some(typed) =
        use_context::<StoredValue<Option<Typed>>>().and_then(|typed| typed.try_update_value(Option::take).flatten())
    else {
        return;
    };
    let [place, name, mobile] = typed.others;
    draft.update(|draft| {
        let answers = [
            (typed.text, &mut draft.form.text),
            (place, &mut draft.form.landmark),
            (name, &mut draft.form.name),
            (mobile, &mut draft.form.mobile),
        ];
        for (typed, answer) in answers {
            if !typed.is_empty() {
                *answer = typed;
            }
        }
    });
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

pub fn use_draft() -> RwSignal<Draft> {
    use_context().unwrap_or_else(|| RwSignal::new(Draft::load()))
}

/// The words of a problem.
pub fn words(problem: Problem) -> String {
    name_of("problem", &problem)
}

/// The page on which a problem is mended, and the control.
pub fn place_of(problem: Problem) -> (Step, &'static str) {
    match problem.field() {
        Field::Text => (Step::What, "text"),
        Field::Category => (Step::Category, "category"),
        Field::Place => (Step::Where, "place"),
        Field::Landmark => (Step::Where, "landmark"),
        Field::Photos => (Step::Photos, "photos"),
        Field::Name => (Step::You, "name"),
        Field::Mobile => (Step::You, "mobile"),
    }
}

/// Shows the problems of this page's fields; true where there are none.
pub fn check(draft: RwSignal<Draft>, step: Step, errors: Errors) -> bool {
    let problems = draft.with_untracked(|draft| draft.form.problems());
    let here: Vec<_> = problems
        .into_iter()
        .filter(|problem| place_of(*problem).0 == step)
        .map(|problem| (place_of(problem).1, words(problem)))
        .collect();
    let good = here.is_empty();
    errors.show(here);
    good
}

/// Where "Continue" leads: to the next question, or back to the answers where one came from there.
pub fn go_on(nav: Nav<CitizenPage>, step: Step, changing: bool) {
    let next = if changing { Step::Check } else { step.after().unwrap_or(Step::Check) };
    nav.go(CitizenPage::Lodge(next));
}

/// A part of the draft as a signal of its own, written back as it changes.
pub fn part(draft: RwSignal<Draft>, get: fn(&Draft) -> String, set: fn(&mut Draft, String)) -> RwSignal<String> {
    let value = RwSignal::new(draft.with_untracked(get));
    Effect::new(move |first: Option<()>| {
        let value = value.get();
        if first.is_some() {
            draft.update(|draft| set(draft, value));
        }
    });
    value
}

/// One question. Those after the first come from `questions`, which is fetched while the first is answered.
#[component]
pub fn Lodge(step: Step, questions: Part<CitizenPage>) -> impl IntoView {
    let back = match step.before() {
        Some(before) => CitizenPage::Lodge(before),
        None => CitizenPage::Home,
    };
    let question = Step::ALL.iter().position(|known| *known == step).unwrap_or(0) + 1;
    let progress = (question <= 5).then(|| {
        let text = fill(key::QUESTION, &[("n", &digits(&question.to_string())), ("of", &digits("5"))]);
        view! { <p class="caption">{text}</p> }
    });
    let page = match step {
        Step::What => {
            questions.fetch();
            view! { <What/> }.into_any()
        }
        step => questions.draw(CitizenPage::Lodge(step)),
    };
    view! {
        <BackLink href=href(&back) label=t(key::NAV_BACK)/>
        <Saved/>
        {progress}
        {page}
    }
}

/// Says that what is typed lies on this phone, and lets it be deleted (OFF-20).
#[component]
fn Saved() -> impl IntoView {
    let (draft, nav) = (use_draft(), use_nav::<CitizenPage>());
    let delete = move |_| {
        Draft::delete();
        draft.set(Draft::load());
        announce(&t(key::DRAFT_DELETED));
        nav.go(CitizenPage::Home);
    };
    let typed = Memo::new(move |_| draft.with(|draft| !draft.is_empty()));
    move || {
        typed.get().then(|| view! {
            <p class="saved"><span aria-hidden="true">"✓ "</span>{t(key::DRAFT_SAVED)}" "<button type="button" class="link" on:click=delete>{t(key::DRAFT_DELETE)}</button></p>
        })
    }
}

#[component]
fn What() -> impl IntoView {
    set_title(&t(key::LODGE_WHAT_TITLE));
    let (draft, nav, errors) = (use_draft(), use_nav::<CitizenPage>(), Errors::new());
    let value = part(draft, |draft| draft.form.text.clone(), |draft, text| draft.form.text = text);
    let changing = draft.with_untracked(complete);
    let left = move || {
        let used = value.with(|value| text::length(value));
        match TEXT_LIMIT.checked_sub(used) {
            Some(left) => fill(key::LODGE_WHAT_LEFT, &[("n", &number(u32::try_from(left).unwrap_or(0)))]),
            None => fill(key::LODGE_WHAT_OVER, &[("n", &number(u32::try_from(used - TEXT_LIMIT).unwrap_or(0)))]),
        }
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if check(draft, Step::What, errors) {
            go_on(nav, Step::What, changing);
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

/// Whether every question that must be answered has been: then "Continue" leads back to the answers.
pub fn complete(draft: &Draft) -> bool {
    draft.form.problems().is_empty() && draft.category_answered
}
