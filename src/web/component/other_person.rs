use crate::i18n::{key, t};
use crate::person;
use crate::route::reload;
use leptos::ev;
use leptos::prelude::*;

/// Warns that somebody else has signed in in another tab; appears at once and leaves what is typed on the page.
#[component]
pub fn OtherPerson(
    /// The sign-in page; where there is none, reloading the page is enough.
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
    // It may have happened before this component was mounted.
    person::look();
    move || {
        let sign_in = sign_in.clone().map(|href| view! { <a data-nav href=href>{t(key::PERSON_SIGN_IN)}</a>" · " });
        other.get().then(|| view! {
            <p class="news" role="alert">{t(key::PERSON_OTHER)}" "{sign_in}<button type="button" class="link" on:click=move |_| reload()>{t(key::PERSON_ANEW)}</button></p>
        })
    }
}
