use crate::i18n::{key, name_of, t};
use crate::person;
use crate::route::reload;
use leptos::ev;
use leptos::prelude::*;
use model::api::ProblemCode;

/// Says that somebody else has signed in beside this page, at once and without touching what is typed on it.
#[component]
pub fn OtherPerson() -> impl IntoView {
    let other = person::other();
    let kept = window_event_listener(ev::Custom::<web_sys::Event>::new("storage"), |event| {
        if person::concerns(&event) {
            person::look();
        }
    });
    on_cleanup(move || kept.remove());
    // It may have happened before this stood.
    person::look();
    move || {
        other.get().then(|| view! {
            <p class="news" role="alert">{name_of("failure", &ProblemCode::OtherPerson)}" "<button type="button" class="link" on:click=move |_| reload()>{t(key::PERSON_ANEW)}</button></p>
        })
    }
}
