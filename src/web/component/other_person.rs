use crate::i18n::{key, t};
use crate::person;
use crate::route::reload;
use leptos::ev;
use leptos::prelude::*;

/// Says that somebody else has signed in beside this page, at once and without touching what is typed on it.
#[component]
pub fn OtherPerson(
    /// The page for signing in; where there is none of its own, opening the page again is enough.
    #[prop(optional, into)]
    sign_in: Option<String>,
) -> impl IntoView {
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
        let sign_in = sign_in.clone().map(|href| view! { <a data-nav href=href>{t(key::PERSON_SIGN_IN)}</a>" · " });
        other.get().then(|| view! {
            <p class="news" role="alert">{t(key::PERSON_OTHER)}" "{sign_in}<button type="button" class="link" on:click=move |_| reload()>{t(key::PERSON_ANEW)}</button></p>
        })
    }
}
