use crate::format::{day, moment};
use crate::i18n::{fill, key, t};
use leptos::prelude::*;
use model::wire::TimelineEntry;

/// What somebody wrote at a step, in their own language; for a report also why nobody spoke to the citizen, and the
/// date for which the rest is promised.
#[component]
pub fn Said(entry: TimelineEntry) -> impl IntoView {
    let lang = entry.language.tag();
    let decides = entry.order.is_some();
    let (found, ordered) = entry.order.map(|order| (order.found, order.ordered)).unzip();
    let part = move |name: &str, words: String| {
        view! { <p class="hint">{t(name)}</p><p class="said" lang=lang dir="auto">{words}</p> }
    };
    view! {
        {entry.hearing.map(|at| view! { <p><strong>{moment(at)}</strong></p> })}
        {found.map(|found| part(key::ORDER_FOUND, found))}
        {decides.then(|| view! { <p class="hint">{t(key::ORDER_REASON)}</p> })}
        {entry.text.map(|text| view! { <p class="said" lang=lang dir="auto">{text}</p> })}
        {entry.no_contact.map(|why| view! {
            <p class="hint">{t(key::REPORT_NO_CONTACT)}" "<span lang=lang dir="auto">{why}</span></p>
        })}
        {ordered.filter(|ordered| !ordered.is_empty()).map(|ordered| part(key::ORDER_ORDERED, ordered))}
        {entry.next_date.map(|date| view! { <p>{fill(key::REPORT_REST, &[("date", &day(date))])}</p> })}
    }
}
