use super::Errors;
use leptos::prelude::*;

/// The error of a control, shown beside it.
#[component]
pub fn FieldError(errors: Errors, id: &'static str) -> impl IntoView {
    move || errors.of(id).map(|message| view! { <p class="error" id=format!("{id}-error")>{message}</p> })
}

/// The ids of the elements that describe a control: its hint and its error.
pub(super) fn described(errors: Errors, id: &'static str, hint: bool) -> Option<String> {
    let hint = hint.then(|| format!("{id}-hint"));
    let error = errors.of(id).map(|_| format!("{id}-error"));
    let ids: Vec<String> = hint.into_iter().chain(error).collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// A text field of one line, with label, hint and error.
#[component]
pub fn TextField(
    /// The control's id, to which errors refer.
    id: &'static str,
    /// The label.
    #[prop(into)]
    label: String,
    /// The hint below the label; none where empty.
    #[prop(into, default = String::new())]
    hint: String,
    /// The text.
    value: RwSignal<String>,
    /// The form's errors.
    errors: Errors,
    /// The input's type.
    #[prop(default = "text")]
    kind: &'static str,
    /// `inputmode`.
    #[prop(default = "text")]
    mode: &'static str,
    /// `autocomplete` (A11Y-24); off where the person at the screen is not the one asked about (FLD-06).
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Whether the label is the page's heading (UX-02).
    #[prop(default = false)]
    heading: bool,
) -> impl IntoView {
    let has_hint = !hint.is_empty();
    let label = if heading {
        view! { <h1><label for=id>{label}</label></h1> }.into_any()
    } else {
        view! { <label for=id>{label}</label> }.into_any()
    };
    view! {
        <div class="field" class:wrong=move || errors.of(id).is_some()>
            {label}
            {has_hint.then(|| view! { <p class="hint" id=format!("{id}-hint")>{hint}</p> })}
            <FieldError errors id/>
            <input
                id=id
                name=id
                type=kind
                inputmode=mode
                autocomplete=autocomplete
                spellcheck="false"
                aria-describedby=move || described(errors, id, has_hint)
                aria-invalid=move || errors.of(id).map(|_| "true")
                prop:value=move || value.get()
                on:input:target=move |event| value.set(event.target().value())
            />
        </div>
    }
}

/// A text field of several lines, with label, hint and error.
#[component]
pub fn TextArea(
    /// The control's id.
    id: &'static str,
    /// The label.
    #[prop(into)]
    label: String,
    /// The hint below the label; none where empty.
    #[prop(into, default = String::new())]
    hint: String,
    /// The text.
    value: RwSignal<String>,
    /// The form's errors.
    errors: Errors,
    /// The number of lines shown.
    #[prop(default = 5)]
    rows: u32,
    /// Whether the label is the page's heading.
    #[prop(default = false)]
    heading: bool,
    /// The id of the element that shows how many letters are left.
    #[prop(optional)]
    count: &'static str,
    /// `autocomplete` (A11Y-24); absent where the browser has nothing to offer.
    #[prop(optional)]
    autocomplete: Option<&'static str>,
) -> impl IntoView {
    let has_hint = !hint.is_empty();
    let describes = move || match (described(errors, id, has_hint), count) {
        (ids, "") => ids,
        (ids, count) => Some(format!("{} {count}", ids.unwrap_or_default())),
    };
    let label = if heading {
        view! { <h1><label for=id>{label}</label></h1> }.into_any()
    } else {
        view! { <label for=id>{label}</label> }.into_any()
    };
    view! {
        <div class="field" class:wrong=move || errors.of(id).is_some()>
            {label}
            {has_hint.then(|| view! { <p class="hint" id=format!("{id}-hint")>{hint}</p> })}
            <FieldError errors id/>
            <textarea
                id=id
                name=id
                rows=rows
                dir="auto"
                autocomplete=autocomplete
                aria-describedby=describes
                aria-invalid=move || errors.of(id).map(|_| "true")
                prop:value=move || value.get()
                on:input:target=move |event| value.set(event.target().value())
            ></textarea>
        </div>
    }
}
