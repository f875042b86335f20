use crate::route::announce;
use leptos::prelude::*;

/// Announces a text whenever something begins, for those who do not see a button's label change.
pub(super) fn announce_when(busy: Signal<bool>, words: String) {
    Effect::new(move |_| {
        if busy.get() {
            announce(&words);
        }
    });
}

/// The main button of a form. Never disabled: while a request is under way it says so and does nothing.
#[component]
pub fn SubmitButton(
    /// Its label.
    #[prop(into)]
    label: String,
    /// Its label while a request is under way.
    #[prop(into)]
    busy_label: String,
    /// Whether a request is under way.
    busy: Signal<bool>,
) -> impl IntoView {
    announce_when(busy, busy_label.clone());
    let words = move || if busy.get() { busy_label.clone() } else { label.clone() };
    view! { <button type="submit" class="button" aria-busy=move || busy.get().to_string()>{words}</button> }
}
