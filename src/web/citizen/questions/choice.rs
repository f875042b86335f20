//! Questions with a few answers: who is affected, whether it is about an officer or office, whether the name is hidden.

use super::{Flow, Go};
use crate::Step;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use model::lodging::Affected;
use model::names::code_of;
use web::component::{ErrorSummary, Errors, Radios};
use web::draft::Draft;
use web::i18n::{key, name_of, t};
use web::route::set_title;

/// A question with a few answers: how its answer is read from the draft and written to it.
#[component]
fn Choose(
    flow: Flow,
    step: Step,
    id: &'static str,
    title: &'static str,
    #[prop(optional)] hint: &'static str,
    options: Vec<(String, String)>,
    given: Option<String>,
    /// The error where nothing is chosen.
    missing: &'static str,
    set: fn(&mut Draft, &str),
) -> impl IntoView {
    set_title(&t(title));
    let errors = Errors::new();
    let picked = RwSignal::new(given.unwrap_or_default());
    // Stored as it is chosen: it survives a change of language and Back.
    Effect::new(move |before: Option<()>| {
        let code = picked.get();
        if before.is_some() && !code.is_empty() {
            flow.draft.update(|draft| set(draft, &code));
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if picked.with_untracked(String::is_empty) {
            errors.show_one(id, t(missing));
            return;
        }
        flow.on(step);
    };
    let hint = if hint.is_empty() { String::new() } else { t(hint) };
    view! {
        <ErrorSummary errors/>
        <form novalidate on:submit=submit>
            <Radios id legend=t(title) hint options value=picked errors heading=true/>
            <Go/>
        </form>
    }
}

/// Who is affected?
#[component]
pub fn AffectedQuestion(flow: Flow) -> impl IntoView {
    let options = Affected::ALL.iter().map(|whom| (code_of(whom).to_owned(), name_of("affected", whom))).collect();
    let given = flow.draft.with_untracked(|draft| draft.form.affected.map(|whom| code_of(&whom).to_owned()));
    view! {
        <Choose flow step=Step::Affected id="affected" title=key::LODGE_AFFECTED_TITLE options given missing=key::PROBLEM_AFFECTED_EMPTY
            set=|draft, code| draft.form.affected = Affected::ALL.into_iter().find(|whom| code_of(whom) == code)/>
    }
}

fn yes_no(given: Option<bool>) -> Option<String> {
    given.map(|given| if given { "yes" } else { "no" }.to_owned())
}

/// Is it about an officer or office?
#[component]
pub fn ConductQuestion(flow: Flow) -> impl IntoView {
    let options = vec![("yes".to_owned(), t(key::ANSWER_YES)), ("no".to_owned(), t(key::ANSWER_NO))];
    let given = flow.draft.with_untracked(|draft| yes_no(draft.form.about_office));
    view! {
        <Choose flow step=Step::Conduct id="conduct" title=key::LODGE_CONDUCT_TITLE hint=key::LODGE_CONDUCT_HINT options given
            missing=key::PROBLEM_CONDUCT_EMPTY set=|draft, code| draft.form.about_office = Some(code == "yes")/>
    }
}

/// May the department see the name?
#[component]
pub fn PrivacyQuestion(flow: Flow) -> impl IntoView {
    let options = vec![("no".to_owned(), t(key::PRIVACY_SHOWN)), ("yes".to_owned(), t(key::PRIVACY_HIDDEN))];
    let given = flow.draft.with_untracked(|draft| yes_no(draft.form.confidential));
    view! {
        <Choose flow step=Step::Privacy id="privacy" title=key::LODGE_PRIVACY_TITLE hint=key::LODGE_PRIVACY_HINT options given
            missing=key::PROBLEM_PRIVACY_EMPTY set=|draft, code| draft.form.confidential = Some(code == "yes")/>
    }
}
