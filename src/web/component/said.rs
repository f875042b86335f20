use crate::format::day;
use crate::i18n::{fill, key, t};
use leptos::prelude::*;
use model::wire::TimelineEntry;

/// What somebody wrote at a step, in their own language; for a report also why nobody spoke to the citizen, and the
/// date for which the rest is promised.
#[component]
pub fn Said(entry: TimelineEntry) -> impl IntoView {
    let lang = entry.language.tag();
    view! {
        {entry.text.map(|text| view! { <p class="said" lang=lang dir="auto">{text}</p> })}
        {entry.no_contact.map(|why| view! {
            <p class="hint">{t(key::REPORT_NO_CONTACT)}" "<span lang=lang dir="auto">{why}</span></p>
        })}
        {entry.next_date.map(|date| view! { <p>{fill(key::REPORT_REST, &[("date", &day(date))])}</p> })}
    }
}
