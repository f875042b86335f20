//! What people administer: the tables by which the program goes, and the accounts of the staff. A part for administrators;
//! auditors read it, and have their own pages in it: who has read what, and whether the ledger is whole.

mod accounts;
mod ledger;
mod person;
mod readings;
mod roster;
mod table;
mod tables;

use leptos::prelude::*;
use model::page::StaffPage;
use model::wire::ProblemCode;
use model::{Duty, Role};
use wasm_split_helpers::wasm_split;
use web::api::CallError;
use web::component::Pager;
use web::hook::{Paged, Pages};
use web::i18n::{key, name_of, t};
use web::later::{Draw, SplitLoaderError};

/// The entry point of this part.
#[wasm_split(admin, fallible)]
pub fn admin() -> Result<Draw<StaffPage>, SplitLoaderError> {
    Ok(|page| match page {
        StaffPage::Settings => view! { <tables::Settings/> }.into_any(),
        StaffPage::Table(name) => view! { <table::OneTable name/> }.into_any(),
        StaffPage::Accounts => view! { <accounts::Accounts/> }.into_any(),
        StaffPage::Roster => view! { <roster::Roster/> }.into_any(),
        StaffPage::Readings(query) => view! { <readings::Readings query/> }.into_any(),
        StaffPage::Ledger => view! { <ledger::Ledger/> }.into_any(),
        _ => ().into_any(),
    })
}

/// Milliseconds after the last letter until it is looked for.
const PAUSE: u32 = 300;

/// Reads a list again, from its first page, a moment after one of the signals has changed that `track` reads.
fn look_again<P: Paged>(pages: Pages<P>, track: impl Fn() + 'static) {
    let pause = StoredValue::new_local(None::<gloo_timers::callback::Timeout>);
    Effect::new(move |before: Option<()>| {
        track();
        if before.is_some() {
            pause.set_value(Some(gloo_timers::callback::Timeout::new(PAUSE, move || pages.refresh())));
        }
    });
}

/// The end of a list: its next page, or what to say where it has no row.
fn end<P: Paged>(pages: Pages<P>, none: impl Fn() -> String + Send + Sync + 'static) -> impl IntoView {
    let is_empty = move || pages.list.with(|page| page.rows().is_empty()) == Some(true);
    view! {
        {move || is_empty().then(|| view! { <p class="empty">{none()}</p> })}
        <Pager has_more=Signal::derive(move || pages.has_more()) state=pages.more more=Callback::new(move |()| pages.load_more())/>
    }
}

/// Whether whoever is signed in may change anything here.
fn may_change() -> bool {
    untrack(|| crate::session::role(crate::session::use_session())).is_some_and(|role| role.has(Duty::Administer))
}

/// The name of a role. Citizens know an operational analyst only as one of the cell's staff.
fn role_of(role: Role) -> String {
    match role {
        Role::OperationalAnalyst => t(key::ACCOUNTS_ANALYST),
        role => name_of("role", &role),
    }
}

/// The name of a table in words.
fn title_of(name: &str) -> String {
    let key = format!("table.{name}");
    let words = t(&key);
    if words == key { name.to_owned() } else { words }
}

/// Why something was refused: in words, and what exactly the program found, which it says in English.
fn why(error: &CallError) -> String {
    let detail = match error {
        // It says the same.
        CallError::Problem(problem) if problem.code == ProblemCode::Overtaken => "",
        CallError::Problem(problem) => problem.detail.as_deref().unwrap_or_default(),
        CallError::Network => "",
    };
    format!("{} {detail}", error.message()).trim().to_owned()
}
