use crate::route::announce;
use leptos::prelude::*;

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
    // Told to those who do not see the words change.
    Effect::new({
        let busy_label = busy_label.clone();
        move |_| {
            if busy.get() {
                announce(&busy_label);
            }
        }
    });
    let words = move || if busy.get() { busy_label.clone() } else { label.clone() };
    view! { <button type="submit" class="button" aria-busy=move || busy.get().to_string()>{words}</button> }
}
