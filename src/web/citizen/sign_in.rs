//! Signing in by a code sent to the number.

use super::CitizenPage;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use model::api::{ExchangeCode, ExchangeCodeRequest, SendCode, SendCodeRequest};
use model::lodging::Problem;
use model::{Mobile, text};
use web::api::{Conditions, call};
use web::component::{BackLink, ErrorSummary, Errors, SubmitButton, TextField};
use web::i18n::{fill, key, language, name_of, t};
use web::route::{href, set_title, use_nav};

/// A code that is on its way: its name and to which number. Never kept on the phone.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    id: String,
    mobile: String,
}

/// The code asked for; the app provides it above both pages.
fn use_asked() -> RwSignal<Asked> {
    use_context().unwrap_or_else(|| RwSignal::new(Asked::default()))
}

async fn send(asked: RwSignal<Asked>, mobile: String) -> Result<(), web::api::CallError> {
    let body = SendCodeRequest { mobile: mobile.clone(), language: language() };
    let sent = call(&SendCode {}, &body, Conditions::default()).await?;
    asked.set(Asked { id: sent.id, mobile });
    Ok(())
}

/// Asks for the number.
#[component]
pub fn SignIn() -> impl IntoView {
    set_title(&t(key::SIGNIN_TITLE));
    let (nav, errors, asked) = (use_nav::<CitizenPage>(), Errors::new(), use_asked());
    let mobile = RwSignal::new(asked.with_untracked(|asked| asked.mobile.clone()));
    let busy = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        if let Err(why) = Mobile::parse(&mobile.get_untracked()) {
            errors.show_one("mobile", name_of("problem", &Problem::from(why)));
            return;
        }
        busy.set(true);
        leptos::task::spawn_local(async move {
            let answer = send(asked, mobile.get_untracked()).await;
            busy.set(false);
            match answer {
                Ok(()) => nav.go(CitizenPage::Code),
                Err(error) => errors.show_one("mobile", error.message()),
            }
        });
    };
    view! {
        <BackLink href=href(&CitizenPage::Home) label=t(key::NAV_BACK)/>
        <ErrorSummary errors/>
        <form novalidate on:submit=submit>
            <TextField id="mobile" label=t(key::SIGNIN_TITLE) hint=t(key::SIGNIN_HINT) value=mobile errors kind="tel" mode="tel" autocomplete="tel" heading=true/>
            <SubmitButton label=t(key::SIGNIN_SEND) busy_label=t(key::SENDING_NOW) busy=busy.into()/>
        </form>
    }
}

/// Asks for the code.
#[component]
pub fn Code() -> impl IntoView {
    set_title(&t(key::CODE_TITLE));
    let (nav, errors, asked) = (use_nav::<CitizenPage>(), Errors::new(), use_asked());
    if asked.with_untracked(|asked| asked.id.is_empty()) {
        // Reloaded, or bookmarked: the number is asked for again.
        request_animation_frame(move || nav.replace(CitizenPage::SignIn));
    }
    let code = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let told = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        if text::digits(&code.get_untracked()).len() != 6 {
            errors.show_one("code", t(key::PROBLEM_CODE_EMPTY));
            return;
        }
        busy.set(true);
        let exchange = ExchangeCode { id: asked.with_untracked(|asked| asked.id.clone()) };
        leptos::task::spawn_local(async move {
            let body = ExchangeCodeRequest { code: code.get_untracked() };
            let answer = call(&exchange, &body, Conditions::default()).await;
            busy.set(false);
            match answer {
                Ok(_) => nav.replace(CitizenPage::Mine),
                Err(error) => errors.show_one("code", error.message()),
            }
        });
    };
    let again = move |_| {
        leptos::task::spawn_local(async move {
            let mobile = asked.with_untracked(|asked| asked.mobile.clone());
            match send(asked, mobile).await {
                Ok(()) => told.set(true),
                Err(error) => errors.show_one("code", error.message()),
            }
        });
    };
    let hint = fill(key::CODE_HINT, &[("mobile", &asked.with_untracked(|asked| asked.mobile.clone()))]);
    view! {
        <BackLink href=href(&CitizenPage::SignIn) label=t(key::NAV_BACK)/>
        <ErrorSummary errors/>
        <form novalidate on:submit=submit>
            <TextField id="code" label=t(key::CODE_TITLE) hint=hint value=code errors mode="numeric" autocomplete="one-time-code" heading=true/>
            <SubmitButton label=t(key::CODE_CHECK) busy_label=t(key::SENDING_NOW) busy=busy.into()/>
        </form>
        <p><button type="button" class="link" on:click=again>{t(key::CODE_AGAIN)}</button></p>
        <p role="status">{move || told.get().then(|| t(key::CODE_SENT_AGAIN))}</p>
    }
}
