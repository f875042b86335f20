//! A case at work: text, photos, timeline, both clocks, and the actions that the rulebook allows to this role.

use super::actions::Actions;
use super::citizen_number::CallCitizen;
use super::evidence::evidence;
use super::findings::Findings;
use super::in_script::InScript;
use leptos::prelude::*;
use model::Reference;
use model::page::StaffPage;
use model::wire::CaseView;
use web::component::{PhotoStrip, Timeline, Voice, title_of};
use web::format::{counted, date, digits, left, moment, span};
use web::i18n::{fill, key, lang_of, name_of, t};
use web::reference::{Tables, category, department, place, use_tables};
use web::route::href;

/// The case with its actions; keeps what is typed when the case changes.
#[component]
pub fn Workplace(view: CaseView) -> impl IntoView {
    let tables = use_tables();
    let shown = RwSignal::new(view.clone());
    view! {
        <div class="workplace">
            <div class="about">
                {move || {
                    let view = shown.get();
                    view! { <Head view=view.clone() tables/><Findings timeline=view.timeline.clone()/><Facts view tables/> }
                }}
            </div>
            <Actions shown/>
            <div class="history">
                <h2>{t(key::SCASE_TIMELINE)}</h2>
                {move || view! { <Timeline entries=shown.with(|view| view.timeline.clone()) tables sides=true beneath=evidence/> }}
            </div>
        </div>
    }
}

#[component]
fn Head(view: CaseView, tables: Tables) -> impl IntoView {
    let line = view.line.clone();
    let (words, how) = left(line.due);
    let (district, of) = (line.district, line.place);
    let at =
        move || tables.with(|tables| tables.loaded().map(|tables| place(tables, district, of)).unwrap_or_default());
    let emergency =
        line.lane.is_emergency().then(|| view! { <span class="pill late">{name_of("lane", &line.lane)}</span> });
    let open = line.stage.is_open();
    view! {
        <p class="line">
            <span class="pill stage">{name_of("stage", &line.stage)}</span>
            {open.then(|| view! { <span class=format!("pill {}", how.class())>{words}</span> })}
            {emergency}
            <span class="reference">{line.reference.grouped()}</span>
        </p>
        <h1 lang=line.language.tag() dir="auto">{title_of(&line)}</h1>
        <p class="hint">{at}{(!view.landmark.is_empty()).then(|| view! { " · "<span lang=lang_of(&view.landmark) dir="auto">{view.landmark.clone()}</span> })}</p>
        <h2 class="unseen">{t(key::SCASE_TEXT)}</h2>
        {(!view.text.is_empty()).then(|| view! { <InScript text=view.text.clone() written=line.language district tables/> })}
        <Voice voice=view.voice.clone() spoken=view.spoken/>
        <PhotoStrip photos=view.photos/>
        {view.hearing.map(|hearing| {
            let means = name_of("hearing_means", &hearing.means);
            view! { <p class="notice">{fill(key::SCASE_HEARING, &[("time", &moment(hearing.at)), ("means", &means)])}</p> }
        })}
        {view.number_change_requested.then(|| view! { <p class="notice">{t(key::SCASE_NUMBER_CHANGE)}</p> })}
        {view.disowned.then(|| view! { <p class="notice">{t(key::SCASE_DISOWNED)}</p> })}
    }
}

#[component]
fn Facts(view: CaseView, tables: Tables) -> impl IntoView {
    let line = view.line.clone();
    let (code, unit) = (line.category.clone(), line.department.clone());
    let held = unit.is_some();
    let category = move || {
        code.as_ref().map(|code| {
            tables.with(|tables| tables.loaded().map_or_else(|| code.to_string(), |tables| category(tables, code)))
        })
    };
    let department = move || {
        unit.as_ref().map(|code| {
            tables.with(|tables| tables.loaded().map_or_else(|| code.to_string(), |tables| department(tables, code)))
        })
    };
    let office = view.office_name.as_ref().map(|names| names.of(web::i18n::language()).to_owned());
    let limit = view.holder_due.map(|due| fill(key::SCASE_LIMIT, &[("date", &moment(due))]));
    let due = line.due.map(|due| fill(key::SCASE_LIMIT, &[("date", &date(due))]));
    let verified = if view.number_verified { key::SCASE_VERIFIED } else { key::SCASE_UNVERIFIED };
    let citizen = match (&view.name, &view.mobile) {
        (Some(name), mobile) => view! {
            <span dir="auto">{name.clone()}</span>" · "<bdi>{mobile.clone()}</bdi>
            <span class="hint">" ("{t(verified)}")"</span>
        }
        .into_any(),
        (None, _) => t(key::SCASE_SHIELDED).into_any(),
    };
    let reveals = !view.shielded || view.name.is_some();
    let numbers = |references: Vec<Reference>| {
        references
            .into_iter()
            .map(|one| view! { <li><a data-nav href=href(&StaffPage::Case(one))>{one.grouped()}</a></li> })
            .collect_view()
    };
    let (origin, parts): (_, Vec<_>) = (view.origin(), view.parts().collect());
    view! {
        <dl class="facts">
            <div><dt>{t(key::SCASE_FROM)}</dt><dd>{citizen}</dd></div>
            <div><dt>{t(key::SCASE_CATEGORY)}</dt><dd>{category}</dd></div>
            {held.then(|| view! { <div><dt>{t(key::SCASE_DEPARTMENT)}</dt><dd>{department}{office.map(|office| format!(" · {office}"))}</dd></div> })}
            <div><dt>{t(key::SCASE_CITIZEN_CLOCK)}</dt><dd><strong>{span(view.citizen_seconds)}</strong>{due.map(|due| view! { <span class="hint">" · "{due}</span> })}</dd></div>
            <div><dt>{t(key::SCASE_HOLDER_CLOCK)}</dt><dd><strong>{span(view.holder_seconds)}</strong>{limit.map(|limit| view! { <span class="hint">" · "{limit}</span> })}</dd></div>
            {(view.contacts > 0).then(|| view! { <div><dt>{t(key::DO_RECORD_CONTACT)}</dt><dd>{fill(key::SCASE_CONTACTS, &[("n", &digits(&view.contacts.to_string()))])}</dd></div> })}
            {view.visit_due.then(|| view! { <div><dt>{t(key::QUEUE_VISITS)}</dt><dd><span class="pill soon">{t(key::SCASE_VISIT_DUE)}</span></dd></div> })}
            {view.root.map(|root| view! { <div><dt>{t(key::SCASE_FOLLOWS)}</dt><dd><a data-nav href=href(&StaffPage::Case(root))>{root.grouped()}</a></dd></div> })}
            {origin.map(|origin| view! { <div><dt>{t(key::SCASE_SPLIT_FROM)}</dt><dd><a data-nav href=href(&StaffPage::Case(origin))>{origin.grouped()}</a></dd></div> })}
            {(!parts.is_empty()).then(|| view! { <div><dt>{t(key::SCASE_SPLIT_INTO)}</dt><dd><ul class="following">{numbers(parts)}</ul></dd></div> })}
            {(view.followers > 0).then(|| view! { <div><dt>{t(key::SCASE_FOLLOWING)}</dt><dd>{counted(key::SCASE_FOLLOWERS, view.followers)}<ul class="following">{numbers(view.following)}</ul></dd></div> })}
        </dl>
        {reveals.then(|| view! { <CallCitizen reference=line.reference/> })}
    }
}
