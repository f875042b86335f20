//! What the office says that it has done: shown wherever the citizen answers it.

use leptos::prelude::*;
use model::api::{CaseView, TimelineEntry};
use model::lifecycle::EventKind;
use web::component::PhotoStrip;
use web::format::moment;
use web::i18n::{name_of, t};

/// The newest report of the office; none before there is one.
pub fn report(view: &CaseView) -> Option<&TimelineEntry> {
    view.timeline.iter().find(|entry| entry.kind == EventKind::AtrSubmitted)
}

/// What the office reports, in its own words: what the citizen is asked about.
#[component]
pub fn Report(report: TimelineEntry) -> impl IntoView {
    let detail = report.detail.map(|detail| format!(" – {}", t(&format!("detail.{detail}"))));
    let lang = report.language.tag();
    view! {
        <p class="hint">{name_of("event", &report.kind)}{detail}" · "{moment(report.at)}</p>
        {report.text.map(|text| view! { <p class="said" lang=lang dir="auto">{text}</p> })}
        <PhotoStrip photos=report.photos/>
    }
}
