//! What waits for a line: sent off by a button, and listed until the server has it.

use crate::state;
use leptos::prelude::*;
use model::Reference;
use model::lifecycle::Action;
use model::wire::Act;
use web::hook::{Queue, use_unsent};
use web::unsent::call::Unsent;

/// Nothing waits, something waits, something was refused.
pub fn unsent() -> AnyView {
    let queue: Queue = use_unsent();
    let full = RwSignal::new(false);
    let put = move |_| {
        let reference = Reference::from_payload(7);
        let action = Action::Note { text: "No line here.".to_owned(), side: None };
        let about = reference.grouped();
        if let Some(unsent) = Unsent::of(&Act { reference }, &action, about, "/staff/".to_owned()) {
            full.set(!queue.put(&unsent.against(3)));
        }
    };
    let lines = move || {
        let left = queue.left.get().into_iter();
        left.map(|unsent| view! { <li>{unsent.about}" "<span class="error">{unsent.problem}</span></li> })
            .collect_view()
    };
    state(
        "The queue",
        view! {
            <p><button type="button" class="button second" id="put" on:click=put>"Send off a note"</button></p>
            <p><button type="button" class="button second" id="now" on:click=move |_| queue.hurry(true)>"Send now"</button></p>
            <ul id="left">{lines}</ul>
            <p class="error">{move || full.get().then_some("No room")}</p>
        },
    )
}
