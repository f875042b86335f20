//! What is pressed, and what then comes over the page.

use crate::state;
use leptos::prelude::*;
use web::component::{Call112, Dialog, ErrorSummary, Errors, SubmitButton, TextField, Toasts};
use web::i18n::{key, t};

/// Closed, and open over the page.
pub fn dialog() -> AnyView {
    let open = RwSignal::new(false);
    let (words, errors) = (RwSignal::new(String::new()), Errors::new());
    view! {
        {state("A form over the page", view! { <p><button type="button" class="button second" id="open" on:click=move |_| open.set(true)>{t(key::DO_RETURN_ATR)}</button></p> })}
        <Dialog id="returning" title=t(key::DO_RETURN_ATR) open>
            <TextField id="why" label=t(key::FIELD_REASON) value=words errors/>
            <p><button type="button" class="button" on:click=move |_| open.set(false)>{t(key::DO_RETURN_ATR)}</button></p>
        </Dialog>
    }
    .into_any()
}

/// With something to take back, and without.
pub fn toast() -> AnyView {
    let toasts = Toasts::of_app();
    let came = RwSignal::new("nothing");
    let with = move |_| {
        let undo = Callback::new(move |()| came.set("undone"));
        let kept = Callback::new(move |()| came.set("kept"));
        came.set("done");
        toasts.show(t(key::SCASE_SAVED), Some(undo), Some(kept));
    };
    state(
        "At the foot of the page",
        view! {
            <p><button type="button" class="button second" id="with" on:click=with>"With a way back"</button></p>
            <p><button type="button" class="button second" id="without" on:click=move |_| toasts.show(t(key::SCASE_SAVED), None, None)>"Without one"</button></p>
            <p id="came">{move || came.get()}</p>
            <TextField id="writing" label="Where somebody writes" value=RwSignal::new(String::new()) errors=Errors::new()/>
        },
    )
}

/// The main action, busy, a second one, a link; and whom to call.
pub fn button() -> AnyView {
    let busy = |busy: bool| {
        view! { <SubmitButton label=t(key::DO_ACCEPT_ATR) busy_label=t(key::SENDING_NOW) busy=Signal::stored(busy)/> }
    };
    view! {
        {state("Ready", busy(false))}
        {state("Under way", busy(true))}
        {state("A second one", view! { <button type="button" class="button second">{t(key::DO_RETURN_ATR)}</button> })}
        {state("A link", view! { <button type="button" class="link">{t(key::DASH_PAUSE)}</button> })}
        {state("Danger", view! { <Call112/> })}
    }
    .into_any()
}

/// What is wrong with a form, above it and at its field.
pub fn summary() -> AnyView {
    let errors = Errors::new();
    errors.show(vec![("summed", t(key::REFUSAL_TEXT_MISSING)), ("", t(key::FAILURE_NETWORK))]);
    view! {
        <ErrorSummary errors/>
        {state("At its field", view! { <TextField id="summed" label=t(key::FIELD_REASON) value=RwSignal::new(String::new()) errors/> })}
    }
    .into_any()
}
