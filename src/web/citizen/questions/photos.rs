//! Do you want to add photos?

use super::{Flow, Go, errors_at};
use crate::Step;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use web::component::{ErrorSummary, Photos};
use web::draft::use_draft;
use web::i18n::{key, language, t};
use web::route::set_title;

/// Photos, with a hint which papers help.
#[component]
pub fn PhotosQuestion(flow: Flow) -> impl IntoView {
    set_title(&t(key::LODGE_PHOTOS_TITLE));
    let errors = errors_at(Step::Photos);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        flow.on(Step::Photos);
    };
    let papers = move || {
        flow.tables.with(|tables| {
            let reasons = &tables.loaded()?.reasons;
            let given = flow.draft.with_untracked(|draft| draft.form.reasons.clone());
            let names: Vec<String> = given
                .iter()
                .filter_map(|reason| reasons.choice(reason))
                .flat_map(|choice| &choice.papers)
                .filter_map(|name| Some(reasons.papers.get(name)?.of(language()).to_owned()))
                .collect();
            (!names.is_empty()).then(|| view! {
                <div class="advice"><p>{t(key::LODGE_REASON_PAPERS)}</p><ul>{names.into_iter().map(|name| view! { <li>{name}</li> }).collect_view()}</ul></div>
            })
        })
    };
    view! {
        <ErrorSummary errors/>
        <form novalidate on:submit=submit>
            <Photos label=t(key::LODGE_PHOTOS_TITLE) heading=true album=use_draft().album() errors/>
            {papers}
            <Go/>
        </form>
    }
}
