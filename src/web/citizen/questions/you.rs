//! How to reach the citizen.

use super::{Flow, Go, check, errors_at, part};
use crate::Step;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use web::component::{ErrorSummary, TextField};
use web::i18n::{key, t};
use web::route::set_title;

/// Name and number.
#[component]
pub fn You(flow: Flow) -> impl IntoView {
    set_title(&t(key::LODGE_YOU_TITLE));
    let (draft, errors) = (flow.draft, errors_at(Step::You));
    let name = part(draft, |draft| draft.form.name.clone(), |draft, text| draft.form.name = text);
    let mobile = part(draft, |draft| draft.form.mobile.clone(), |draft, text| draft.form.mobile = text);
    let label = if flow.is_urgent() {
        format!("{} {}", t(key::LODGE_YOU_NAME), t(key::OPTIONAL))
    } else {
        t(key::LODGE_YOU_NAME)
    };
    let hint = t(if flow.is_urgent() { key::DANGER_MOBILE_HINT } else { key::LODGE_YOU_MOBILE_HINT });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if check(flow, Step::You, errors) {
            flow.on(Step::You);
        }
    };
    view! {
        <ErrorSummary errors/>
        <h1>{t(key::LODGE_YOU_TITLE)}</h1>
        <form novalidate on:submit=submit>
            <TextField id="name" label value=name errors autocomplete="name"/>
            <TextField id="mobile" label=t(key::LODGE_YOU_MOBILE) hint value=mobile errors kind="tel" mode="tel" autocomplete="tel"/>
            <Go/>
        </form>
    }
}
