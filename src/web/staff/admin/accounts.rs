//! Accounts of the staff: finding one, adding one, and what is done with one.

use super::person::{Fields, One};
use super::{may_change, role_of, why};
use leptos::prelude::*;
use model::Role;
use model::wire::{AccountLine, Accounts as AccountsCall, AddAccount, AddAccountRequest};
use web::api;
use web::component::{Dialog, ErrorSummary, Errors, SubmitButton, Suggest, TextField};
use web::hook::{use_remote, use_send};
use web::i18n::{key, t};
use web::reference::Choice;
use web::route::{announce, set_title};

/// Milliseconds after the last letter until it is looked for.
pub(super) const PAUSE: u32 = 300;

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
    let asked = move |cursor: String| AccountsCall {
        prefix: prefix.get_untracked().trim().to_owned(),
        role: role.get_untracked(),
        department: None,
        cursor,
    };
    let found = use_remote(move || {
        let call = asked(String::new());
        async move { api::get(&call).await }
    });
    let (rows, next) = (RwSignal::new(Vec::<AccountLine>::new()), RwSignal::new(None::<String>));
    Effect::new(move |_| {
        if let Some((first, more)) = found.with(|page| (page.rows.clone(), page.next.clone())) {
            rows.set(first);
            next.set(more);
        }
    });
    let pause = StoredValue::new_local(None::<gloo_timers::callback::Timeout>);
    Effect::new(move |before: Option<()>| {
        prefix.track();
        role.track();
        if before.is_some() {
            pause.set_value(Some(gloo_timers::callback::Timeout::new(PAUSE, move || found.refresh())));
        }
    });
    let send = use_send();
    let more = move |_| {
        let call = asked(next.get_untracked().unwrap_or_default());
        send.run(async move { api::get(&call).await }, move |answer| {
            if let Ok(page) = answer {
                rows.try_update(|rows| rows.extend(page.rows));
                next.try_set(page.next);
            }
        });
    };
    // In place, so that the list does not jump.
    let changed = Callback::new(move |line: AccountLine| {
        rows.try_update(|rows| {
            if let Some(known) = rows.iter_mut().find(|known| known.username == line.username) {
                *known = line;
            }
        });
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
        {found.draw(|_| ())}
        <ul class="accounts">
            <For each=move || rows.get() key=|line| format!("{line:?}") children=move |line| view! { <One line changed/> }/>
        </ul>
        {move || (rows.with(Vec::is_empty) && found.with(|_| ()).is_some()).then(|| view! { <p class="empty">{t(key::ACCOUNTS_NONE)}</p> })}
        {move || next.get().is_some().then(|| view! {
            <p><button type="button" class="button second" aria-busy=move || send.busy.get().to_string() on:click=more>{t(key::QUEUE_MORE)}</button></p>
        })}
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
