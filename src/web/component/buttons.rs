use crate::route::announce;
use leptos::prelude::*;

/// Tells words whenever something begins: to those who do not see a button's words change.
pub(super) fn announce_when(busy: Signal<bool>, words: String) {
    Effect::new(move |_| {
        if busy.get() {
            announce(&words);
        }
    });
}

/// The main button of a form. Never disabled: while something is under way it says so and does nothing more.
#[component]
pub fn SubmitButton(
    /// Its words.
    #[prop(into)]
    label: String,
    /// Its words while something is under way.
    #[prop(into)]
    busy_label: String,
    /// Whether something is.
    busy: Signal<bool>,
) -> impl IntoView {
    announce_when(busy, busy_label.clone());
    let words = move || if busy.get() { busy_label.clone() } else { label.clone() };
    view! { <button type="submit" class="button" aria-busy=move || busy.get().to_string()>{words}</button> }
}
