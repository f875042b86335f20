//! The cases behind a figure.

use super::dashboard::Query;
use super::queue::QueueCard;
use super::{StaffPage, notice, use_session};
use leptos::prelude::*;
use model::counts::Filter;
use model::wire::{CasePage, CasesBehind};
use web::api;
use web::component::{BackLink, Remote, remote};
use web::format::number;
use web::i18n::{fill, key, t};
use web::reference::use_tables;
use web::route::{href, set_title};

/// The list, with the filter in words.
#[component]
pub fn Cases(query: String) -> impl IntoView {
    set_title(&t(key::DASH_CASES));
    let (session, tables) = (use_session(), use_tables());
    let query = Query::parse(&query);
    let page: RwSignal<Remote<CasePage>> = RwSignal::new(Remote::Loading);
    let asked = StoredValue::new(query.clone());
    let fetch = move |cursor: String| {
        let query = asked.get_value();
        let call = CasesBehind { filter: query.filter, days: query.days, cursor: cursor.clone() };
        leptos::task::spawn_local(async move {
            let answer = api::get(&call).await;
            if let Err(error) = &answer {
                notice(session, error);
            }
            match answer {
                Ok(more) if !cursor.is_empty() => {
                    page.try_update(|page| {
                        if let Remote::Loaded(page) = page {
                            page.rows.extend(more.rows);
                            page.next = more.next;
                        }
                    });
                }
                answer => {
                    page.try_set(answer.into());
                }
            }
        });
    };
    fetch(String::new());
    let words = query.clone();
    let filters = move || tables.with(|tables| tables.loaded().map(|tables| words.words(tables)).unwrap_or_default());
    view! {
        <BackLink href=href(&StaffPage::Dashboard(Query { filter: Filter::default(), ..query }.text())) label=t(key::DASH_BACK)/>
        <h1>{t(key::DASH_CASES)}</h1>
        <p class="lead">{filters}</p>
        {remote(page, Callback::new(move |()| fetch(String::new())), move |shown| {
            let next = shown.next.clone();
            view! {
                <p class="hint">{fill(key::DASH_CASES_COUNT, &[("n", &number(shown.total))])}</p>
                <ul class="cards">{shown.rows.iter().map(|line| view! { <QueueCard line=line.clone() tables/> }).collect_view()}</ul>
                {next.map(|next| view! { <p><button type="button" class="button second" on:click=move |_| fetch(next.clone())>{t(key::QUEUE_MORE)}</button></p> })}
            }
        })}
    }
}
