//! What the check found in the newest report, each finding with the officer's answer, for whoever accepts the report or
//! asks the citizen about it.

use leptos::prelude::*;
use model::atr::FiledLapse;
use model::lifecycle::EventKind;
use model::wire::TimelineEntry;
use web::i18n::{key, lang_of, name_of, t};

/// The findings; nothing where there is no report, or none was found.
#[component]
pub fn Findings(
    /// The case's events, newest first.
    timeline: Vec<TimelineEntry>,
) -> impl IntoView {
    let report = timeline.into_iter().find(|entry| entry.kind == EventKind::AtrSubmitted);
    let lapses = report.map(|report| report.lapses).unwrap_or_default();
    let lines = lapses.into_iter().map(line).collect_view();
    (!lines.is_empty()).then(|| {
        view! { <div class="lapses"><h2>{t(key::FOUND_TITLE)}</h2><ol>{lines}</ol></div> }
    })
}

/// One finding with the words that show it, and its answer.
fn line(lapse: FiledLapse) -> impl IntoView {
    let FiledLapse { finding, because, answer } = lapse;
    let quoted =
        (!because.is_empty()).then(|| view! { ": "<q lang=lang_of(&because) dir="auto">{because.clone()}</q> });
    let answer = if answer.is_empty() {
        view! { <p class="hint">{t(key::FOUND_UNANSWERED)}</p> }.into_any()
    } else {
        view! { <p class="said" lang=lang_of(&answer) dir="auto">{answer.clone()}</p> }.into_any()
    };
    view! { <li><strong>{name_of("found", &finding)}</strong>{quoted}{answer}</li> }
}
