use super::field::described;
use super::{Errors, FieldError};
use leptos::prelude::*;

/// A checkbox.
#[component]
pub fn Checkbox(
    /// Its id.
    id: &'static str,
    /// The label.
    #[prop(into)]
    label: String,
    /// The hint below the label; none where empty.
    #[prop(into, default = String::new())]
    hint: String,
    /// Whether it is checked.
    value: RwSignal<bool>,
    /// Whether it is partly checked (`indeterminate`).
    #[prop(optional, into)]
    some: Signal<bool>,
    /// The form's errors.
    errors: Errors,
) -> impl IntoView {
    let has_hint = !hint.is_empty();
    view! {
        <div class="field" class:wrong=move || errors.of(id).is_some()>
            <FieldError errors id/>
            <div class="check">
                <input
                    type="checkbox" id=id name=id
                    aria-describedby=move || described(errors, id, has_hint)
                    aria-invalid=move || errors.of(id).map(|_| "true")
                    prop:checked=move || value.get()
                    prop:indeterminate=move || some.get()
                    on:change:target=move |event| value.set(event.target().checked())
                />
                <label for=id>{label}</label>
            </div>
            {has_hint.then(|| view! { <p class="hint" id=format!("{id}-hint")>{hint}</p> })}
        </div>
    }
}
