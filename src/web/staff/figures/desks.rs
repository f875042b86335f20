//! The load of every desk.

use super::dashboard::Query;
use crate::call_scores::{differ, well};
use crate::kept_lists::use_row_again;
use leptos::prelude::*;
use model::counts::{Dimension, Filter};
use model::names::code_of;
use model::page::StaffPage;
use model::wire::{CallDesk, CallDesks, Desk, Desks as DesksCall, GetHealth};
use web::api;
use web::component::{Column, SortKey, Table};
use web::format::{counted, date, number};
use web::hook::use_remote;
use web::i18n::{key, name_of, t};
use web::reference::{Tables, department_short, use_tables};
use web::route::{href, set_title};

/// The table of desks.
#[component]
pub fn Desks() -> impl IntoView {
    set_title(&t(key::DESKS_TITLE));
    let tables = use_tables();
    let desks = use_remote(|| async { api::get(&DesksCall {}).await });
    // Where the role may not read it, or it cannot be read, the table is shown without it.
    let health = use_remote(|| async { api::get(&GetHealth {}).await });
    let back = use_row_again("desks".to_owned());
    let calls = use_remote(|| async { api::get(&CallDesks {}).await });
    let alarms = move || {
        let alarms = health.with(|health| health.alarms.clone()).unwrap_or_default();
        let rows = alarms.into_iter().map(|alarm| view! { <li>{name_of("alarm", &alarm)}</li> }).collect_view();
        (!rows.is_empty())
            .then(|| view! { <div class="failed" role="alert"><h2>{t(key::ALARM_TITLE)}</h2><ul>{rows}</ul></div> })
    };
    view! {
        <h1>{t(key::DESKS_TITLE)}</h1>
        {alarms}
        {desks.draw(move |desks| {
            back();
            let (rows, empty) = (Signal::stored(desks.clone()), t(key::QUEUE_EMPTY));
            view! { <Table name="desks" caption=t(key::DESKS_TITLE) columns=columns(tables) rows href=cases_of empty/> }
        })}
        <h2>{t(key::CALLS_DESKS)}</h2>
        <p class="hint">{t(key::CALLS_HINT)}</p>
        {calls.draw(|desks| {
            let rows = desks.iter().map(call_desk).collect_view();
            view! { <ul class="accounts">{rows}</ul> }
        })}
    }
}

/// Those who make one kind of call: how many, how well, and how sure that is.
fn call_desk(desk: &CallDesk) -> impl IntoView + use<> {
    let CallDesk { kind, callers, calls, scores } = *desk;
    let load = [counted(key::CALLS_CALLERS, callers), counted(key::QUALITY_TEAM_CALLS, calls)].join(" · ");
    view! {
        <li class="card">
            <p><strong>{name_of("call_kind", &kind)}</strong>" · "{load}</p>
            <p class="hint">{well(&scores)}" · "{differ(&scores)}</p>
        </li>
    }
}

/// The cases at a desk.
fn cases_of(desk: &Desk) -> String {
    let mut filter = Filter::default().and(Dimension::Stage, code_of(&desk.stage));
    if let Some(code) = &desk.department {
        filter = filter.and(Dimension::Department, code.as_str());
    }
    href(&StaffPage::Cases(Query { days: None, filter }.text()))
}

/// The short name of a desk's department; `None` until the tables are loaded.
fn unit(desk: &Desk, tables: Tables) -> Option<String> {
    let code = desk.department.as_ref()?;
    Some(
        tables.with(|tables| tables.loaded().map_or_else(|| code.to_string(), |tables| department_short(tables, code))),
    )
}

fn columns(tables: Tables) -> Vec<Column<Desk>> {
    let words = |text: Option<String>| text.map_or(SortKey::Missing, SortKey::Text);
    let overdue = |desk: &Desk| {
        let late = desk.overdue > 0;
        view! { <span class:late=late>{number(desk.overdue)}</span> }
    };
    vec![
        Column::new(t(key::DESKS_STAGE), |desk: &Desk| name_of("stage", &desk.stage))
            .sorted_by(|desk| SortKey::Text(name_of("stage", &desk.stage))),
        Column::new(t(key::DESKS_DEPARTMENT), move |desk: &Desk| unit(desk, tables))
            .sorted_by(move |desk| words(unit(desk, tables))),
        Column::new(t(key::DESKS_OPEN), |desk: &Desk| number(desk.open))
            .sorted_by(|desk| SortKey::Number(i64::from(desk.open)))
            .of_figures(),
        Column::new(t(key::DESKS_OVERDUE), overdue)
            .sorted_by(|desk| SortKey::Number(i64::from(desk.overdue)))
            .of_figures(),
        Column::new(t(key::DESKS_OLDEST), |desk: &Desk| desk.oldest.map(date))
            .sorted_by(|desk| desk.oldest.map_or(SortKey::Missing, |at| SortKey::Number(at.timestamp()))),
    ]
}
