//! The cases behind a figure.

use super::dashboard::Query;
use crate::case_list::cards;
use crate::kept_lists::use_kept_pages;
use leptos::prelude::*;
use model::counts::Filter;
use model::page::StaffPage;
use model::wire::CasesBehind;
use web::api;
use web::component::BackLink;
use web::format::number;
use web::i18n::{fill, key, t};
use web::reference::use_tables;
use web::route::{href, set_title};

/// The list, with the filter in words.
#[component]
pub fn Cases(query: String) -> impl IntoView {
    set_title(&t(key::DASH_CASES));
    let tables = use_tables();
    let query = Query::parse(&query);
    let asked = query.clone();
    let shows = format!("figures {}", query.text());
    let pages = use_kept_pages(
        move || shows.clone(),
        move |cursor| {
            let call = CasesBehind { filter: asked.filter.clone(), days: asked.days, cursor };
            async move { api::get(&call).await }
        },
    );
    let words = query.clone();
    let filters = move || tables.with(|tables| tables.loaded().map(|tables| words.words(tables)).unwrap_or_default());
    view! {
        <BackLink href=href(&StaffPage::Dashboard(Query { filter: Filter::default(), ..query }.text())) label=t(key::DASH_BACK)/>
        <h1>{t(key::DASH_CASES)}</h1>
        <p class="lead">{filters}</p>
        <p class="hint">{move || pages.list.with(|page| fill(key::DASH_CASES_COUNT, &[("n", &number(page.total))]))}</p>
        {cards(pages, tables)}
    }
}
