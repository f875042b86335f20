//! Staff sign-in; afterwards the requested page is shown.

use crate::session::use_session;
use leptos::prelude::*;
use model::wire::{SignIn as SignInCall, SignInRequest};
use web::api::{Conditions, call};
use web::component::{ErrorSummary, Errors, Remote, SubmitButton, TextField};
use web::hook::use_send;
use web::i18n::{key, t};
use web::person;
use web::route::{focus_heading, set_title};

/// Name and password.
#[component]
pub fn SignIn() -> impl IntoView {
    set_title(&t(key::STAFF_SIGNIN_TITLE));
    let (session, errors) = (use_session(), Errors::new());
    let (username, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let send = use_send();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let mut wrong = Vec::new();
        if username.get_untracked().trim().is_empty() {
            wrong.push(("username", t(key::STAFF_SIGNIN_USERNAME_EMPTY)));
        }
        if password.get_untracked().is_empty() {
            wrong.push(("password", t(key::STAFF_SIGNIN_PASSWORD_EMPTY)));
        }
        if !wrong.is_empty() {
            errors.show(wrong);
            return;
        }
        let body = SignInRequest { username: username.get_untracked(), password: password.get_untracked() };
        let sign_in = async move { call(&SignInCall {}, &body, Conditions::default()).await };
        send.run(sign_in, move |answer| match answer {
            Ok(me) => {
                crate::session::arrived();
                person::show(&me);
                session.set(Remote::Loaded(me));
                request_animation_frame(focus_heading);
            }
            Err(error) => errors.show_one("username", error.message()),
        });
    };
    view! {
        <div class="narrow">
            <ErrorSummary errors/>
            <h1>{t(key::STAFF_SIGNIN_TITLE)}</h1>
            <form novalidate on:submit=submit>
                <TextField id="username" label=t(key::STAFF_SIGNIN_USERNAME) value=username errors autocomplete="username"/>
                <TextField id="password" label=t(key::STAFF_SIGNIN_PASSWORD) value=password errors kind="password" autocomplete="current-password"/>
                <SubmitButton label=t(key::STAFF_SIGNIN_GO) busy_label=t(key::SENDING_NOW) busy=send.busy.into()/>
            </form>
        </div>
    }
}
