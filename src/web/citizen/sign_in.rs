//! Sign-in by a code sent to the mobile number.

use super::work::{Working, ask};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use model::lodging::Problem;
use model::page::{CitizenPage, Page};
use model::wire::{ExchangeCode, ExchangeCodeRequest, ProblemCode};
use model::{Mobile, text};
use web::api::{CallError, Conditions, call, new_key};
use web::component::{BackLink, ErrorSummary, Errors, SubmitButton, TextField};
use web::draft::{forget_typed, kept_typed, typed};
use web::hook::use_send;
use web::i18n::{fill, key, name_of, t};
use web::person;
use web::route::{href, set_title, use_nav};

/// Storage key, for as long as the browser's tab is open, of a requested code: its id, and the number it was sent to.
/// Neither grants access.
const ASKED: &str = "pratikar.asked";

/// Storage key of the page to return to after signing in; stored like the code.
pub const WANTED: &str = "pratikar.wanted";

/// The requested code and its number.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// The number as typed.
    pub mobile: RwSignal<String>,
    id: RwSignal<String>,
}

impl Asked {
    /// Reads what was requested in this tab; call it above both pages.
    #[must_use]
    pub fn provide() -> Self {
        Self { mobile: typed(format!("{ASKED}.mobile")), id: typed(ASKED.to_owned()) }
    }
}

impl Asked {
    /// Forgets number and code, after signing out or deleting.
    pub fn forget(self) {
        self.mobile.set(String::new());
        self.id.set(String::new());
    }
}

/// The requested code, which the app provides above both pages.
#[must_use]
pub fn use_asked() -> Asked {
    use_context().unwrap_or_else(Asked::provide)
}

async fn send(asked: Asked, working: RwSignal<bool>) -> Result<(), CallError> {
    let sent = ask(asked.mobile.get_untracked(), working).await?;
    asked.id.set(sent.id);
    Ok(())
}

/// The code in what was typed or pasted, which may be the whole message; shows an error where there is none.
pub fn code_of_text(typed: &str, errors: Errors) -> Option<String> {
    let found = model::code::find(typed);
    if found.is_none() {
        let empty = text::digits(typed).is_empty();
        let why = if empty { t(key::PROBLEM_CODE_EMPTY) } else { name_of("failure", &ProblemCode::NoCode) };
        errors.show_one("code", why);
    }
    found
}

/// Shows an error: at the field where the answer is wrong, otherwise on its own (ERR-08).
pub fn told(errors: Errors, id: &'static str, error: &CallError) {
    use ProblemCode::{ExpiredCode, Fields, NoCode, SameNumber, WrongCode};
    let own = matches!(error.code(), Some(WrongCode | ExpiredCode | Fields | NoCode | SameNumber));
    errors.show_one(if own { id } else { "" }, error.message());
}

/// The page that asks for the number.
#[component]
pub fn SignIn() -> impl IntoView {
    set_title(&t(key::SIGNIN_TITLE));
    let (nav, errors, asked) = (use_nav::<CitizenPage>(), Errors::new(), use_asked());
    let mobile = asked.mobile;
    let (sending, working) = (use_send(), RwSignal::new(false));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if let Err(why) = Mobile::parse(&mobile.get_untracked()) {
            errors.show_one("mobile", name_of("problem", &Problem::from(why)));
            return;
        }
        sending.run(send(asked, working), move |answer| match answer {
            // In place of this page: Back does not ask for the number again.
            Ok(()) => nav.replace(CitizenPage::Code),
            Err(error) => told(errors, "mobile", &error),
        });
    };
    view! {
        <BackLink href=href(&CitizenPage::Home) label=t(key::NAV_BACK)/>
        <ErrorSummary errors/>
        <form novalidate on:submit=submit>
            <TextField id="mobile" label=t(key::SIGNIN_TITLE) hint=t(key::SIGNIN_HINT) value=mobile errors kind="tel" mode="tel" autocomplete="tel" heading=true/>
            <Working working/>
            <SubmitButton label=t(key::SIGNIN_SEND) busy_label=t(key::SENDING_NOW) busy=sending.busy.into()/>
        </form>
        <p class="links"><a data-nav href=href(&CitizenPage::Find)>{t(key::HOME_FIND)}</a></p>
    }
}

/// The page that asks for the code.
#[component]
pub fn Code() -> impl IntoView {
    set_title(&t(key::CODE_TITLE));
    let (nav, errors, asked) = (use_nav::<CitizenPage>(), Errors::new(), use_asked());
    if asked.id.with_untracked(String::is_empty) {
        // Opened directly: the number is asked for first.
        request_animation_frame(move || nav.replace(CitizenPage::SignIn));
    }
    let code = RwSignal::new(String::new());
    // One key for as long as the page is shown: a retry after a lost answer does not use up another code.
    let once = StoredValue::new(new_key());
    let (sending, working) = (use_send(), RwSignal::new(false));
    let sent_again = RwSignal::new(false);
    let again = move || {
        sending.run(send(asked, working), move |answer| match answer {
            Ok(()) => {
                // What stands there belongs to a code of before.
                code.try_set(String::new());
                sent_again.try_set(true);
            }
            Err(error) => told(errors, "code", &error),
        });
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(code) = code_of_text(&code.get_untracked(), errors) else { return };
        let exchange = ExchangeCode { id: asked.id.get_untracked() };
        let body = ExchangeCodeRequest { code, once: once.get_value() };
        let exchanged = async move { call(&exchange, &body, Conditions::default()).await };
        sending.run(exchanged, move |answer| match answer {
            Ok(me) => {
                person::show(&me);
                asked.forget();
                let wanted = kept_typed(WANTED);
                forget_typed(WANTED);
                nav.replace(if wanted.is_empty() { CitizenPage::Mine } else { CitizenPage::of(&wanted) });
            }
            Err(error) => {
                told(errors, "code", &error);
                // A code that is over is followed by a new one at once (FLD-09).
                if error.code() == Some(ProblemCode::ExpiredCode) {
                    again();
                }
            }
        });
    };
    let hint = fill(key::CODE_HINT, &[("mobile", &asked.mobile.get_untracked())]);
    view! {
        <BackLink href=href(&CitizenPage::SignIn) label=t(key::NAV_BACK)/>
        <ErrorSummary errors/>
        <form novalidate on:submit=submit>
            <TextField id="code" label=t(key::CODE_TITLE) hint=hint value=code errors mode="numeric" autocomplete="one-time-code" heading=true/>
            <SubmitButton label=t(key::CODE_CHECK) busy_label=t(key::SENDING_NOW) busy=sending.busy.into()/>
        </form>
        <Working working/>
        <p role="status">{move || sent_again.get().then(|| t(key::CODE_SENT_AGAIN))}</p>
        <p><button type="button" class="link" on:click=move |_| again()>{t(key::CODE_AGAIN)}</button></p>
        <p class="links"><a data-nav href=href(&CitizenPage::SignIn)>{t(key::CODE_OTHER)}</a></p>
    }
}
