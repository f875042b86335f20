use super::{PhotoStrip, Said};
use crate::format::{counted, moment};
use crate::i18n::{key, known, language, name_of, t};
use crate::reference::{Tables, department_short};
use leptos::prelude::*;
use model::Role;
use model::names::code_of;
use model::wire::TimelineEntry;

/// The timeline of a case, newest first; entries are red where the case was sent back or late.
#[component]
pub fn Timeline(
    entries: Vec<TimelineEntry>,
    tables: Tables,
    /// Whether to show who may read a note; for staff.
    #[prop(default = false)]
    sides: bool,
    /// What stands beneath an entry besides its text and photos; for staff.
    #[prop(optional)]
    beneath: Option<fn(&TimelineEntry) -> AnyView>,
    /// Whether the reader is the citizen, so that their own actions are worded as "you".
    #[prop(default = false)]
    own: bool,
) -> impl IntoView {
    let knots = entries.into_iter().map(move |entry| view! { <Knot entry tables sides own beneath/> });
    view! { <ol class="thread">{knots.collect_view()}</ol> }
}

#[component]
fn Knot(
    entry: TimelineEntry,
    tables: Tables,
    sides: bool,
    own: bool,
    beneath: Option<fn(&TimelineEntry) -> AnyView>,
) -> impl IntoView {
    let say = move |key: &str| {
        let to_them = own.then(|| known(&format!("you.{key}"))).flatten();
        to_them.unwrap_or_else(|| t(key))
    };
    let ground = entry.ground.as_ref().map(|ground| ground.of(language()).to_owned());
    let detail = ground.or_else(|| entry.detail.as_ref().map(|detail| say(&format!("detail.{detail}"))));
    let other = entry.other.map(|other| other.grouped());
    let detail: String = [detail, other].into_iter().flatten().map(|part| format!(" {part}")).collect();
    let dash = if detail.is_empty() { "" } else { " –" };
    let what = format!("{}{dash}{detail}", say(&format!("event.{}", code_of(&entry.kind))));
    let role = entry.role;
    let office = entry.office_name.as_ref().map(|names| names.of(language()).to_owned());
    let to = entry.to.as_ref().map(|party| party.department.clone()).filter(|code| !code.is_empty());
    let unit = to.or_else(|| entry.department.clone());
    let by = move || {
        if let Some(office) = &office {
            return format!(" · {office}");
        }
        let unit = unit.as_ref().map(|code| {
            tables.with(|tables| {
                tables.loaded().map_or_else(|| code.to_string(), |tables| department_short(tables, code))
            })
        });
        match (role, unit) {
            (_, Some(unit)) => format!(" · {unit}"),
            (Role::System, None) => String::new(),
            (role, None) => format!(" · {}", say(&format!("role.{}", code_of(&role)))),
        }
    };
    let beneath = beneath.map(|beneath| beneath(&entry));
    let (setback, redresses) = (entry.setback, entry.redresses);
    let (photos, coming) = (entry.photos.clone(), entry.photos_coming);
    let side =
        entry.side.filter(|_| sides).map(|side| view! { " "<span class="pill paused">{name_of("side", &side)}</span> });
    view! {
        <li class:setback=setback class:confirmed=redresses>
            <p class="what">{what}{side}</p>
            <p class="hint">{moment(entry.at)}{by}</p>
            <Said entry/>
            {beneath}
            <PhotoStrip photos/>
            {(coming > 0).then(|| view! { <p class="hint">{counted(key::CASE_PHOTOS_COMING, coming)}</p> })}
        </li>
    }
}
