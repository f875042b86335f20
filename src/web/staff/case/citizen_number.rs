//! The citizen's full number, shown to staff who must call; recorded.

use crate::session::{role, use_session};
use leptos::prelude::*;
use model::wire::{Reveal, RevealRequest};
use model::{Duty, Mobile, Reference};
use web::hook::use_send;
use web::i18n::{key, t};
use web::route::focus_later;

/// Id of the link that dials.
const NUMBER: &str = "citizen-number";

/// Shows the full number on request, as a link that dials; recorded.
#[component]
pub fn CallCitizen(reference: Reference) -> impl IntoView {
    let (number, wrong) = (RwSignal::new(None::<Mobile>), RwSignal::new(String::new()));
    let role = role(use_session());
    if !role.is_some_and(|role| role.has(Duty::RevealNumber)) {
        return ().into_any();
    }
    let send = use_send();
    let show = move |_| {
        let body = RevealRequest { reason: t(key::SCASE_CALL_REASON) };
        send.send(Reveal { reference }, body, None, move |answer| match answer {
            Ok(revealed) => {
                number.try_set(Mobile::parse(&revealed.mobile).ok());
                // The button is gone: the focus goes to the number.
                focus_later(NUMBER);
            }
            Err(error) => {
                wrong.try_set(error.message());
            }
        });
    };
    view! {
        <div class="call">
            {move || match number.get() {
                Some(mobile) => view! { <a class="button" id=NUMBER href=format!("tel:{}", mobile.e164())><bdi>{mobile.spaced()}</bdi></a> }.into_any(),
                None => view! { <button type="button" class="button second" on:click=show>{t(key::SCASE_CALL)}</button> }.into_any(),
            }}
            <p class="error" role="alert">{move || wrong.get()}</p>
        </div>
    }
    .into_any()
}
