use super::PhotoStrip;
use crate::format::{counted, moment};
use crate::i18n::{key, name_of, t};
use crate::reference::{Tables, department_short};
use leptos::prelude::*;
use model::Role;
use model::api::TimelineEntry;

/// The thread of a case, newest first; red where it was sent back or is late.
#[component]
pub fn Timeline(
    entries: Vec<TimelineEntry>,
    tables: Tables,
    /// Whether it says who may read a note: for staff, who have the words.
    #[prop(default = false)]
    sides: bool,
) -> impl IntoView {
    let knots = entries.into_iter().map(move |entry| view! { <Knot entry tables sides/> });
    view! { <ol class="thread">{knots.collect_view()}</ol> }
}

#[component]
fn Knot(entry: TimelineEntry, tables: Tables, sides: bool) -> impl IntoView {
    let detail = entry.detail.as_ref().map(|detail| format!(" – {}", t(&format!("detail.{detail}"))));
    let what = format!("{}{}", name_of("event", &entry.kind), detail.unwrap_or_default());
    let role = entry.role;
    let unit = entry.to.map(|party| party.department).filter(|code| !code.is_empty()).or(entry.department);
    let by = move || {
        let unit = unit.as_ref().map(|code| {
            tables.with(|tables| tables.loaded().map_or_else(|| code.clone(), |tables| department_short(tables, code)))
        });
        match (role, unit) {
            (_, Some(unit)) => format!(" · {unit}"),
            (Role::System, None) => String::new(),
            (role, None) => format!(" · {}", name_of("role", &role)),
        }
    };
    let lang = entry.language.tag();
    let side =
        entry.side.filter(|_| sides).map(|side| view! { " "<span class="pill paused">{name_of("side", &side)}</span> });
    view! {
        <li class:setback=entry.setback class:confirmed=entry.redresses>
            <p class="what">{what}{side}</p>
            <p class="hint">{moment(entry.at)}{by}</p>
            {entry.text.map(|text| view! { <p class="said" lang=lang dir="auto">{text}</p> })}
            <PhotoStrip photos=entry.photos/>
            {(entry.photos_coming > 0).then(|| view! { <p class="hint">{counted(key::CASE_PHOTOS_COMING, entry.photos_coming)}</p> })}
        </li>
    }
}
