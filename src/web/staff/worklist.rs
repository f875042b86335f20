//! The worklist of a role: counts by deadline, most urgent first. One screen for every role with a queue, in the app's
//! own module because it is the first page of most; a place of work with a screen of its own brings it as a part.

use crate::case_list::cards;
use crate::session::use_session;
use leptos::prelude::*;
use model::names::code_of;
use model::page::StaffPage;
use model::wire::{Due, GetQueue, Queue};
use model::{Reference, Role};
use web::api;
use web::component::{ErrorSummary, Errors, TextField};
use web::format::{digits, now, number};
use web::hook::use_pages;
use web::i18n::{fill, key, t};
use web::reference::use_tables;
use web::route::{set_title, use_nav};

/// The worklist.
#[component]
pub fn Work(role: Role) -> impl IntoView {
    let queue = Queue::of(role).unwrap_or(Queue::Desk);
    let title = t(&format!("queue.{}", code_of(&queue)));
    set_title(&title);
    let (session, tables) = (use_session(), use_tables());
    let due: RwSignal<Option<Due>> = RwSignal::new(None);
    let pages = use_pages(move |cursor| {
        let call = GetQueue { queue, due: due.get_untracked(), cursor };
        async move { api::get(&call).await }
    });
    let unit = move || {
        session
            .with(|session| session.loaded().and_then(|me| me.unit.clone()))
            .map(|names| names.of(web::i18n::language()).to_owned())
    };
    let tabs = move || {
        let counts = pages.list.with(|page| page.by_due).unwrap_or_default();
        let all: u32 = counts.iter().sum();
        let mut tabs = vec![(None, t(key::DUE_ALL), all)];
        for (index, span) in Due::ALL.into_iter().enumerate() {
            tabs.push((Some(span), t(&format!("due.{}", code_of(&span))), counts.get(index).copied().unwrap_or(0)));
        }
        tabs.into_iter()
            .map(|(span, words, count)| {
                let pressed = move || (due.get() == span).to_string();
                view! {
                    <li><button type="button" class="tab" aria-pressed=pressed on:click=move |_| {
                        due.set(span);
                        pages.load();
                    }>{words}" "<strong>{number(count)}</strong></button></li>
                }
            })
            .collect_view()
    };
    let summary = move || {
        pages.list.with(|page| {
            let open = fill(key::QUEUE_SUMMARY, &[("n", &number(page.by_due.iter().sum()))]);
            let days = page.oldest.zip(now()).map(|(oldest, now)| (now - oldest).num_days());
            let oldest = days.map(|days| fill(key::QUEUE_OLDEST, &[("n", &digits(&days.to_string()))]));
            std::iter::once(open).chain(oldest).collect::<Vec<_>>().join(" · ")
        })
    };
    view! {
        <h1>{unit().unwrap_or_else(|| title.clone())}</h1>
        <p class="hint" role="status">{summary}</p>
        <nav class="tabs" aria-label=t(key::QUEUE_FILTER)><ul>{tabs}</ul></nav>
        {cards(pages, tables)}
        <OpenByNumber/>
    }
}

/// Opens a case by its number.
#[component]
pub fn OpenByNumber() -> impl IntoView {
    let (nav, errors) = (use_nav::<StaffPage>(), Errors::new());
    let typed = RwSignal::new(String::new());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        match Reference::parse(&typed.get_untracked()) {
            Ok(reference) => nav.go(StaffPage::Case(reference)),
            Err(_) => errors.show_one("number", t(key::STAFF_OPEN_WRONG)),
        }
    };
    view! {
        <form class="inline" novalidate on:submit=submit>
            <ErrorSummary errors/>
            <TextField id="number" label=t(key::STAFF_OPEN_LABEL) value=typed errors mode="numeric"/>
            <button type="submit" class="button second">{t(key::STAFF_OPEN_GO)}</button>
        </form>
    }
}
