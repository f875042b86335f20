use super::field::described;
use super::{Errors, FieldError};
use leptos::prelude::*;

/// A choice of one among a few: nothing is preselected, the question is the legend (UX-12).
#[component]
pub fn Radios(
    /// Id of the first radio button, and the name of all.
    id: &'static str,
    /// The legend.
    #[prop(into)]
    legend: String,
    /// The hint below the legend; none where empty.
    #[prop(into, default = String::new())]
    hint: String,
    /// Value and label of each option.
    #[prop(into)]
    options: Signal<Vec<(String, String)>>,
    /// The chosen value; empty for none.
    value: RwSignal<String>,
    /// The form's errors.
    errors: Errors,
    /// Whether the legend is the page's heading.
    #[prop(default = false)]
    heading: bool,
    /// Content between the legend and the options.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let has_hint = !hint.is_empty();
    let legend = if heading {
        view! { <legend><h1>{legend}</h1></legend> }.into_any()
    } else {
        view! { <legend>{legend}</legend> }.into_any()
    };
    let radios = move || {
        let options = options.get().into_iter().enumerate();
        options
            .map(|(index, (code, words))| {
                let radio_id = if index == 0 { id.to_owned() } else { format!("{id}-{index}") };
                let (chosen, picked) = (code.clone(), code.clone());
                view! {
                    <div class="radio">
                        <input
                            type="radio"
                            id=radio_id.clone()
                            name=id
                            value=code
                            prop:checked=move || value.get() == chosen
                            on:change=move |_| value.set(picked.clone())
                        />
                        <label for=radio_id>{words}</label>
                    </div>
                }
            })
            .collect_view()
    };
    view! {
        <fieldset
            class="field"
            class:wrong=move || errors.of(id).is_some()
            role="radiogroup"
            aria-invalid=move || errors.of(id).map(|_| "true")
            aria-describedby=move || described(errors, id, has_hint)>
            {legend}
            {has_hint.then(|| view! { <p class="hint" id=format!("{id}-hint")>{hint}</p> })}
            {children.map(|children| children())}
            <FieldError errors id/>
            {radios}
        </fieldset>
    }
}
