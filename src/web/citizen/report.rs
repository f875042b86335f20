//! The report of the office on what it has done, shown wherever the citizen answers it.

use leptos::prelude::*;
use model::lifecycle::EventKind;
use model::wire::{CaseView, TimelineEntry};
use web::component::{PhotoStrip, Said};
use web::format::moment;
use web::i18n::{name_of, t};

/// The newest report of the office; `None` before the first.
pub fn report(view: &CaseView) -> Option<&TimelineEntry> {
    view.timeline.iter().find(|entry| entry.kind == EventKind::AtrSubmitted)
}

/// The report in the office's own words.
#[component]
pub fn Report(report: TimelineEntry) -> impl IntoView {
    let detail = report.detail.as_ref().map(|detail| format!(" – {}", t(&format!("detail.{detail}"))));
    let photos = report.photos.clone();
    view! {
        <p class="hint">{name_of("event", &report.kind)}{detail}" · "{moment(report.at)}</p>
        <Said entry=report/>
        <PhotoStrip photos/>
    }
}
