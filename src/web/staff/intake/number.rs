//! A citizen who has lost their SIM comes to the counter with proof of identity: the change of number is requested
//! here, and the cell decides on the case.

use leptos::prelude::*;
use model::lodging::Problem;
use model::page::StaffPage;
use model::wire::{NumberChangeRequest, RequestNumberChange};
use model::{Mobile, Reference, Role, text};
use web::component::{ErrorSummary, Errors, SubmitButton, TextArea, TextField};
use web::hook::use_send;
use web::i18n::{key, name_of, t};
use web::route::{focus_later, href, set_title};

/// Whether the role may request it.
#[must_use]
pub fn is_for(role: Role) -> bool {
    matches!(role, Role::CounterOperator | Role::OperationalAnalyst)
}

/// The page.
#[component]
pub fn Number() -> impl IntoView {
    set_title(&t(key::CHANGE_TITLE));
    let (send, errors) = (use_send(), Errors::new());
    let text = || RwSignal::new(String::new());
    let (number, mobile, reason) = (text(), text(), text());
    let asked: RwSignal<Option<Reference>> = RwSignal::new(None);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let mut wrong = Vec::new();
        let reference = Reference::parse(&number.get_untracked());
        if reference.is_err() {
            wrong.push(("number", t(key::STAFF_OPEN_WRONG)));
        }
        if let Err(why) = Mobile::parse(&mobile.get_untracked()) {
            wrong.push(("mobile", name_of("problem", &Problem::from(why))));
        }
        if text::is_blank(&reason.get_untracked()) {
            wrong.push(("reason", t(key::PROBLEM_REASON_EMPTY)));
        }
        let (Ok(reference), true) = (reference, wrong.is_empty()) else {
            errors.show(wrong);
            return;
        };
        errors.clear();
        let body = NumberChangeRequest { mobile: mobile.get_untracked(), reason: reason.get_untracked() };
        send.send(RequestNumberChange { reference }, body, None, move |answer| match answer {
            Ok(()) => {
                for field in [number, mobile, reason] {
                    field.try_set(String::new());
                }
                asked.try_set(Some(reference));
                focus_later("asked");
            }
            Err(error) => errors.show_one("", error.message()),
        });
    };
    view! {
        <ErrorSummary errors/>
        <h1>{t(key::CHANGE_TITLE)}</h1>
        <p>{t(key::CHANGE_LEAD)}</p>
        <div class="state" role="status">
            {move || asked.get().map(|reference| view! {
                <p class="panel" id="asked" tabindex="-1">{t(key::CHANGE_DONE)}" "<a data-nav href=href(&StaffPage::Case(reference))>{reference.grouped()}</a></p>
            })}
        </div>
        <form class="new-number" novalidate autocomplete="off" on:submit=submit>
            <TextField id="number" label=t(key::STAFF_OPEN_LABEL) value=number errors mode="numeric"/>
            <TextField id="mobile" label=t(key::CHANGE_MOBILE) value=mobile errors kind="tel" mode="tel"/>
            <TextArea id="reason" label=t(key::CHANGE_REASON) hint=t(key::CHANGE_REASON_HINT) value=reason errors rows=3/>
            <SubmitButton label=t(key::CHANGE_SEND) busy_label=t(key::SENDING_NOW) busy=send.busy.into()/>
        </form>
    }
}
