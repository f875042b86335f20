//! Changes the mobile number of a person's grievances; the new number is verified by a code.

use super::sign_in::{code_of_text, told};
use super::work::{Working, ask};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use model::Mobile;
use model::lodging::Problem;
use model::page::CitizenPage;
use model::wire::{ChangeNumber, ChangeNumberRequest, ProblemCode, WhoAmI};
use web::api::{self, CallError, Conditions, call, new_key};
use web::component::{BackLink, ErrorSummary, Errors, SubmitButton, TextField};
use web::hook::use_send;
use web::i18n::{fill, key, name_of, t};
use web::person;
use web::route::{focus_later, href, set_title, use_nav};

/// Whether this is already the number of the person signed in; the page then shows them.
async fn is_already(mobile: &str) -> bool {
    let me = api::get(&WhoAmI {}).await.unwrap_or_default();
    let same = Mobile::parse(mobile).is_ok_and(|mobile| mobile.masked() == me.name);
    if same {
        person::show(&me);
    }
    same
}

/// Asks for the new number, then for the code sent to it.
#[component]
pub fn Number() -> impl IntoView {
    set_title(&t(key::NUMBER_TITLE));
    let (nav, errors) = (use_nav::<CitizenPage>(), Errors::new());
    let (mobile, code) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    // The id of the code, and the number it was sent to.
    let sent: RwSignal<Option<(String, String)>> = RwSignal::new(None);
    // One key for as long as the page is shown: a retry after a lost answer does not use up another code.
    let once = StoredValue::new(new_key());
    let (lost, sent_again) = (RwSignal::new(false), RwSignal::new(false));
    let (sending, working) = (use_send(), RwSignal::new(false));
    // Whoever came by a link cannot change the number: they are asked to sign in before a message goes out.
    let by_link = person::by_link();
    Effect::new(move |_| {
        if by_link.get() {
            nav.replace(CitizenPage::SignIn);
        }
    });
    let send = move || {
        let to = mobile.get_untracked();
        sending.run(ask(to.clone(), working), move |answer| match answer {
            Ok(asked) => {
                code.try_set(String::new());
                sent.try_set(Some((asked.id, to)));
                set_title(&t(key::CODE_TITLE));
                focus_later("code");
            }
            Err(error) => told(errors, "mobile", &error),
        });
    };
    let change = move |id: String| {
        let Some(code) = code_of_text(&code.get_untracked(), errors) else { return };
        // Whether an earlier press may have changed it without our hearing of that.
        let (to, perhaps) = (mobile.get_untracked(), lost.get_untracked());
        let wish = ChangeNumberRequest { id, code, once: once.get_value() };
        let change = async move {
            let answer = call(&ChangeNumber {}, &wish, Conditions::default()).await;
            // The answer to an earlier press was lost: by now the page shows the old number to whom the new one belongs.
            let other = answer.as_ref().err().and_then(CallError::code) == Some(ProblemCode::OtherPerson);
            if other && is_already(&to).await {
                return call(&ChangeNumber {}, &wish, Conditions::default()).await;
            }
            answer
        };
        sending.run(change, move |answer| match answer {
            Ok(me) => {
                person::show(&me);
                nav.replace_and_tell(CitizenPage::Mine, t(key::NUMBER_DONE));
            }
            Err(error) => {
                // After a code that is over, the number stands in its field: a new one is one tap away.
                let over = matches!(error.code(), Some(ProblemCode::ExpiredCode | ProblemCode::SameNumber));
                if over {
                    sent.try_set(None);
                }
                if perhaps && error.code() == Some(ProblemCode::OtherPerson) {
                    errors.show_one("", t(key::NUMBER_PERHAPS));
                } else {
                    told(errors, if over { "mobile" } else { "code" }, &error);
                }
                lost.try_update(|lost| *lost |= error.code().is_none());
            }
        });
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if sending.busy.get_untracked() {
            return;
        }
        errors.clear();
        match (sent.get_untracked(), Mobile::parse(&mobile.get_untracked())) {
            (Some((id, _)), _) => change(id),
            (None, Ok(_)) => send(),
            (None, Err(why)) => errors.show_one("mobile", name_of("problem", &Problem::from(why))),
        }
    };
    let number_field = move || {
        view! {
            <TextField
                id="mobile" label=t(key::NUMBER_TITLE) hint=t(key::NUMBER_HINT) value=mobile errors kind="tel" mode="tel"
                autocomplete="tel" heading=true
            />
            <Working working/>
            <SubmitButton label=t(key::SIGNIN_SEND) busy_label=t(key::SENDING_NOW) busy=sending.busy.into()/>
        }
    };
    let again = move |_| {
        if !sending.busy.get_untracked() {
            errors.clear();
            send();
            sent_again.set(true);
        }
    };
    let other_number = move |_| {
        sent_again.set(false);
        errors.clear();
        sent.set(None);
        focus_later("mobile");
    };
    let code_field = move |to: &str| {
        view! {
            <TextField
                id="code" label=t(key::CODE_TITLE) hint=fill(key::CODE_HINT, &[("mobile", to)]) value=code errors
                mode="numeric" autocomplete="one-time-code" heading=true
            />
            <SubmitButton label=t(key::NUMBER_CHANGE) busy_label=t(key::SENDING_NOW) busy=sending.busy.into()/>
            <p role="status">{move || sent_again.get().then(|| t(key::CODE_SENT_AGAIN))}</p>
            <p><button type="button" class="link" on:click=again>{t(key::CODE_AGAIN)}</button></p>
            <p><button type="button" class="link" on:click=other_number>{t(key::NUMBER_OTHER)}</button></p>
        }
    };
    let fields = move || match sent.get() {
        None => number_field().into_any(),
        Some((_, to)) => code_field(&to).into_any(),
    };
    view! {
        <BackLink href=href(&CitizenPage::Mine) label=t(key::CASE_BACK)/>
        <ErrorSummary errors/>
        <form novalidate on:submit=submit>{fields}</form>
    }
}
