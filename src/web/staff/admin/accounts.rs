//! Accounts of the staff: finding one, adding one, and what is done with one.

use super::person::{Fields, One};
use super::{end, look_again, may_change, role_of, why};
use leptos::prelude::*;
use model::Role;
use model::wire::{AccountLine, Accounts as AccountsCall, AddAccount, AddAccountRequest};
use web::api;
use web::component::{Dialog, ErrorSummary, Errors, SubmitButton, Suggest, TextField};
use web::hook::{use_pages, use_send};
use web::i18n::{key, t};
use web::reference::Choice;
use web::route::{announce, set_title};

/// The roles of the staff, as choices.
pub(super) fn roles() -> Vec<Choice<Role>> {
    let staff = Role::ALL.into_iter().filter(|role| !matches!(role, Role::Citizen | Role::System));
    staff.map(|role| Choice::new(role_of(role), &role_of(role), &[], role)).collect()
}

/// The page.
#[component]
pub fn Accounts() -> impl IntoView {
    set_title(&t(key::ACCOUNTS_TITLE));
    let errors = Errors::new();
    let (prefix, role) = (RwSignal::new(String::new()), RwSignal::new(None::<Role>));
    let pages = use_pages(move |cursor| {
        let call = AccountsCall {
            prefix: prefix.get_untracked().trim().to_owned(),
            role: role.get_untracked(),
            department: None,
            cursor,
        };
        async move { api::get(&call).await }
    });
    look_again(pages, move || {
        prefix.track();
        role.track();
    });
    let changed = Callback::new(move |line: AccountLine| {
        let username = line.username.clone();
        pages.replace(line, |known| known.username == username);
    });
    let adds = RwSignal::new(false);
    let added = Callback::new(move |line: AccountLine| {
        adds.set(false);
        announce(&t(key::ACCOUNTS_ADDED));
        prefix.set(line.username);
    });
    view! {
        <h1>{t(key::ACCOUNTS_TITLE)}</h1>
        {may_change().then(|| view! {
            <p><button type="button" class="button" id="add-account" on:click=move |_| adds.set(true)>{t(key::ACCOUNTS_ADD)}</button></p>
        })}
        <div class="filters">
            <TextField id="prefix" label=t(key::ACCOUNTS_PREFIX) value=prefix errors/>
            <Suggest id="role-filter" label=t(key::ACCOUNTS_ROLE) choices=Signal::stored(roles()) value=role errors/>
        </div>
        {pages.list.draw(|_| ())}
        <ul class="accounts">
            <For each=move || pages.rows() key=|line| format!("{line:?}") children=move |line| view! { <One line changed/> }/>
        </ul>
        {end(pages, || t(key::ACCOUNTS_NONE))}
        <Dialog id="adding" title=t(key::ACCOUNTS_ADD) open=adds><Add added/></Dialog>
    }
}

/// Adds an account.
#[component]
fn Add(added: Callback<AccountLine>) -> impl IntoView {
    let (errors, send) = (Errors::new(), use_send());
    let text = || RwSignal::new(String::new());
    let (username, name, password, fields) = (text(), text(), text(), Fields::new(None));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let blank = |text: RwSignal<String>| text.with_untracked(|text| model::text::is_blank(text));
        let mut wrong = Vec::new();
        for (id, text) in [("username", username), ("person-name", name), ("password", password)] {
            if blank(text) {
                wrong.push((id, t(key::ACCOUNTS_NEEDED)));
            }
        }
        let (Some((role, reach)), true) = (fields.read(&mut wrong), wrong.is_empty()) else {
            return errors.show(wrong);
        };
        errors.clear();
        let body = AddAccountRequest {
            username: username.get_untracked().trim().to_owned(),
            name: name.get_untracked(),
            role,
            reach,
            password: password.get_untracked(),
        };
        send.send(AddAccount {}, body, None, move |answer| match answer {
            Ok(line) => drop(added.try_run(line)),
            Err(error) => errors.show_one("username", why(&error)),
        });
    };
    view! {
        <form novalidate autocomplete="off" on:submit=submit>
            <ErrorSummary errors/>
            <TextField id="username" label=t(key::ACCOUNTS_USERNAME) hint=t(key::ACCOUNTS_USERNAME_HINT) value=username errors/>
            <TextField id="person-name" label=t(key::ACCOUNTS_NAME) value=name errors/>
            {fields.view(errors)}
            <TextField id="password" label=t(key::ACCOUNTS_PASSWORD) hint=t(key::ACCOUNTS_PASSWORD_HINT) value=password errors kind="password" autocomplete="new-password"/>
            <SubmitButton label=t(key::ACCOUNTS_ADD) busy_label=t(key::SENDING_NOW) busy=send.busy.into()/>
        </form>
    }
}
