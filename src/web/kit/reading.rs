//! What is read: tables, lists, tabs, the thread, charts, and what stands there while something is on its way.

use crate::state;
use leptos::prelude::*;
use model::Time;
use model::lifecycle::{EventKind, Side};
use model::wire::TimelineEntry;
use std::sync::Arc;
use web::api::CallError;
use web::component::{
    Bars, Column, Failed, Loading, Pager, PairBar, SortKey, Table, TableAwaited, Tabs, Timeline, TrendChart, TrendDay,
};
use web::format::number;
use web::hook::More;
use web::i18n::{key, name_of, t};
use web::reference::{provide_tables, use_tables};

/// A desk, as it might be.
#[derive(Debug, Clone, PartialEq)]
struct Desk {
    name: &'static str,
    open: u32,
    late: u32,
    days: Option<u32>,
}

fn columns() -> Vec<Column<Desk>> {
    vec![
        Column::new(t(key::DESKS_DEPARTMENT), |desk: &Desk| desk.name)
            .sorted_by(|desk| SortKey::Text(desk.name.to_owned())),
        Column::new(t(key::DESKS_OPEN), |desk: &Desk| number(desk.open))
            .sorted_by(|desk| SortKey::Number(i64::from(desk.open)))
            .of_figures(),
        Column::new(t(key::DESKS_OVERDUE), |desk: &Desk| number(desk.late))
            .sorted_by(|desk| SortKey::Number(i64::from(desk.late)))
            .of_figures(),
        Column::new(t(key::DESKS_OLDEST), |desk: &Desk| desk.days.map_or_else(|| "–".to_owned(), number))
            .sorted_by(|desk| desk.days.map_or(SortKey::Missing, |days| SortKey::Number(i64::from(days)))),
        Column::new(t(key::DESKS_STAGE), |_: &Desk| name_of("stage", &model::lifecycle::Stage::WithDepartment)),
    ]
}

/// Rows, many rows, none, and rows that have not come.
pub fn table() -> AnyView {
    let few = vec![
        Desk { name: "জনস্বাস্থ্য কারিগরি", open: 1_204, late: 88, days: Some(41) },
        Desk { name: "Public Works", open: 460, late: 0, days: None },
        Desk { name: "খাদ্য ও সরবরাহ", open: 97, late: 12, days: Some(9) },
    ];
    let many: Vec<Desk> = (1..=60u32)
        .map(|at| Desk { name: "Panchayats and Rural Development", open: at * 37 % 61, late: at % 7, days: Some(at) })
        .collect();
    let draw = |caption: &str, rows: Vec<Desk>| {
        let rows = Signal::stored(rows);
        view! { <Table name="kit" caption=caption.to_owned() columns=columns() rows href=|desk: &Desk| format!("#table-{}", desk.open) empty=t(key::QUEUE_EMPTY)/> }
    };
    view! {
        {state("A few rows", draw("Three desks", few))}
        {state("Many rows, under a head that stays", draw("Sixty desks", many))}
        {state("No rows", draw("No desks", Vec::new()))}
        {state("On its way", view! { <TableAwaited/> })}
    }
    .into_any()
}

/// More to come, on its way, not come, complete.
pub fn pager() -> AnyView {
    let one = |name: &str, has_more: bool, more: More, count: &str| {
        let count = Signal::stored(count.to_owned());
        state(
            name,
            view! { <Pager has_more=Signal::stored(has_more) state=Signal::stored(more) more=Callback::new(|()| ()) count/> },
        )
    };
    view! {
        {one("More to come", true, More::Idle, "50 / 312")}
        {one("On its way", true, More::Loading, "50 / 312")}
        {one("Did not come", true, More::Failed(CallError::Network), "50 / 312")}
        {one("Complete", false, More::Idle, "12 / 12")}
    }
    .into_any()
}

/// From left to right, and from right to left.
pub fn tabs() -> AnyView {
    let tabs = |id: &'static str, names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let panel: Arc<dyn Fn(usize) -> AnyView + Send + Sync> =
            Arc::new(|at| view! { <p>{number(u32::try_from(at + 1).unwrap_or(0))}</p> }.into_any());
        view! { <Tabs id label=id names shown=RwSignal::new(0) panel/> }
    };
    view! {
        {state("From left to right", tabs("case-parts", &["অভিযোগ", "কাজের ধারা", "একই রকম"]))}
        {state("From right to left", view! { <div dir="rtl" lang="ur">{tabs("parts-ur", &["شکایت", "تاریخ", "ملتی جلتی"])}</div> })}
        {state("More than fit", tabs("many-parts", &["Grievance", "Thread", "Alike", "Readers", "Messages", "Calls", "Visits", "Photos"]))}
    }
    .into_any()
}

/// On its way, and not come.
pub fn remote() -> AnyView {
    view! {
        {state("On its way", view! { <Loading/> })}
        {state("Did not come", view! { <Failed why=CallError::Network.message() retry=Callback::new(|()| ())/> })}
    }
    .into_any()
}

fn entry(kind: EventKind, at: i64, text: &str) -> Option<TimelineEntry> {
    let at = Time::from_timestamp(at, 0)?;
    let json = serde_json::json!({
        "at": at, "kind": kind, "role": "operational_analyst", "language": "en", "text": text,
    });
    serde_json::from_value(json).ok()
}

/// What happened, a setback, a note, an end.
pub fn timeline() -> AnyView {
    provide_tables();
    let mut entries: Vec<TimelineEntry> = [
        entry(EventKind::Confirmed, 1_795_600_000, ""),
        entry(EventKind::Disputed, 1_795_500_000, "The pump still stands in the yard."),
        entry(EventKind::Noted, 1_795_400_000, "Called twice."),
        entry(EventKind::Lodged, 1_795_300_000, "No water for a month."),
    ]
    .into_iter()
    .flatten()
    .collect();
    for entry in &mut entries {
        entry.setback = entry.kind == EventKind::Disputed;
        entry.redresses = entry.kind == EventKind::Confirmed;
        entry.side = (entry.kind == EventKind::Noted).then_some(Side::Cell);
    }
    state("A thread", view! { <Timeline entries tables=use_tables() sides=true/> })
}

/// The bars and the trend.
pub fn chart() -> AnyView {
    let days =
        (1..=14u32).map(|at| TrendDay { label: number(at), values: [at * 9 % 41, at * 5 % 23, at * 3 % 11] }).collect();
    let names = [t(key::DASH_LODGED), t(key::DASH_CLOSED), t(key::DASH_CONFIRMED)];
    view! {
        {state("How much of a time has gone", view! { <Bars value=640/> })}
        {state("The two truths", view! { <PairBar closed=810 confirmed=520/> })}
        {state("A trend", view! { <div class="scroll" tabindex="0" role="region" aria-label="Lodged, closed, confirmed"><TrendChart days names/></div> })}
    }
    .into_any()
}
