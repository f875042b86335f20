//! The citizen's whole number, which is shown to whoever must call, on record.

use crate::session::{role, use_session};
use leptos::prelude::*;
use model::wire::{Reveal, RevealRequest};
use model::{Duty, Mobile, Reference};
use web::hook::use_send;
use web::i18n::{key, t};
use web::route::focus_later;

/// The link that dials.
const NUMBER: &str = "citizen-number";

/// Shows the whole number when asked, on record, as a link that dials.
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
                // The button is gone: whoever pressed it goes on with the number.
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
