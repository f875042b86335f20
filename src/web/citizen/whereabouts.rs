//! Where a case is, since when and until when; for a duplicate, also where its main case is.

use chrono::NaiveDate;
use leptos::prelude::*;
use model::Time;
use model::clock::Lane;
use model::lifecycle::{Holder, Stage};
use model::names::code_of;
use model::wire::{CaseView, MainCase, Names};
use web::component::{Remote, Timeline};
use web::format::{by_when, date, day, moment};
use web::i18n::{fill, key, known, name_of, t};
use web::reference::{self, Tables, department};

/// Where a case is.
pub struct Place {
    stage: Stage,
    holder: Holder,
    office: Option<Names>,
    /// Since when; `None` where the reader is not told.
    since: Option<Time>,
    due: Option<Time>,
    lane: Lane,
    /// After a partial report: the date for which the rest is promised.
    rest: Option<NaiveDate>,
    /// What else decides the text about the next step, most important first: the reader came by a link that shows only
    /// the stage, or the citizen's name is hidden from the department.
    apart: Vec<&'static str>,
}

impl Place {
    /// Of the case itself.
    #[must_use]
    pub fn of(view: &CaseView) -> Self {
        let (holder, office) = (view.holder.clone(), view.office_name.clone());
        let apart = [(view.limited, "limited"), (view.shielded, "hidden")];
        Self {
            apart: apart.into_iter().filter(|(so, _)| *so).map(|(_, apart)| apart).collect(),
            rest: view.rest_by,
            stage: view.line.stage,
            holder,
            office,
            since: Some(view.line.stage_since),
            due: view.line.due,
            lane: view.line.lane,
        }
    }
}

/// Says where it is, since when and until when.
#[component]
pub fn Whereabouts(place: Place, tables: Tables) -> impl IntoView {
    let Place { stage, holder, office, since, due, lane, rest, apart } = place;
    // A link to an unverified number does not show who has the case.
    let open = stage.is_open() && holder != Holder::Nobody;
    let who = move || match &holder {
        Holder::Department(code) => {
            // Nothing is shown until the names are loaded: a code would mean nothing to the reader.
            tables.with(|tables| match tables {
                Remote::Loaded(tables) => department(tables, code),
                Remote::Failed(_) => code.to_string(),
                Remote::Idle | Remote::Loading => "…".to_owned(),
            })
        }
        Holder::Office(_) => {
            office.as_ref().map(|names| names.of(web::i18n::language()).to_owned()).unwrap_or_default()
        }
        other => name_of("holder", other),
    };
    // Where the name is hidden, no office calls.
    let next = apart.into_iter().find_map(|apart| known(&format!("next.{}.{apart}", code_of(&stage))));
    let next = next.or_else(|| known(&format!("next.{}", code_of(&stage))));
    let late = due.zip(web::format::now()).is_some_and(|(due, now)| due < now);
    let due = match due {
        Some(due) if late => fill(key::CASE_OVERDUE, &[("date", &by_when(due, lane))]),
        Some(due) => fill(key::CASE_DUE, &[("date", &by_when(due, lane))]),
        None if stage == Stage::NeedsInformation => t(key::CASE_PAUSED),
        None => String::new(),
    };
    view! {
        <div class="where">
            <p><span class="pill" class:done=stage == Stage::Redressed>{name_of("stage", &stage)}</span></p>
            {open.then(|| view! {
                <dl>
                    <dt>{t(key::CASE_WHERE)}</dt>
                    <dd><strong>{who}</strong></dd>
                    {since.map(|since| view! { <dd class="hint">{fill(key::CASE_SINCE, &[("date", &moment(since))])}</dd> })}
                    <dd class:late=late>{due}</dd>
                </dl>
            })}
            {rest.map(|rest| view! { <p>{fill(key::REPORT_REST, &[("date", &day(rest))])}</p> })}
            {next.map(|next| view! { <p class="next"><strong>{t(key::CASE_NEXT)}</strong>" "{next}</p> })}
        </div>
    }
}

/// What the citizen can still do about a closed case, and until when.
#[component]
pub fn Windows(reopen: Option<Time>, appeal: Option<Time>) -> impl IntoView {
    let until =
        |key: &'static str, end: Option<Time>| end.map(|end| view! { <p>{fill(key, &[("date", &date(end))])}</p> });
    view! { {until(key::CASE_UNTIL_REOPEN, reopen)}{until(key::CASE_UNTIL_APPEAL, appeal)} }
}

/// The place, the category, and whether the name is hidden.
#[component]
pub fn Facts(view: CaseView, tables: Tables) -> impl IntoView {
    let CaseView { line, shielded, .. } = view;
    let (district, place) = (line.district, line.place);
    let whole = move || tables.with(|tables| tables.loaded().map(|tables| reference::place(tables, district, place)));
    let about = line.category.map(|code| {
        let name = move || tables.with(|tables| tables.loaded().map(|tables| reference::category(tables, &code)));
        view! { <dt>{t(key::LODGE_CHECK_CATEGORY)}</dt><dd>{name}</dd> }
    });
    view! {
        <dl class="asked">
            {about}
            {district.map(|_| view! { <dt>{t(key::LODGE_CHECK_WHERE)}</dt><dd>{whole}</dd> })}
            {shielded.then(|| view! { <dt>{t(key::LODGE_CHECK_PRIVACY)}</dt><dd>{t(key::PRIVACY_KEPT)}</dd> })}
        </dl>
    }
}

/// The main case of a duplicate: where it is, until when, and its timeline without other people's text.
#[component]
pub fn Followed(main: MainCase, tables: Tables) -> impl IntoView {
    let place = Place {
        stage: main.stage,
        holder: main.holder,
        office: main.office_name,
        since: None,
        due: main.due,
        lane: main.lane,
        rest: None,
        apart: Vec::new(),
    };
    view! {
        <section class="followed" aria-labelledby="main-case">
            <h2 id="main-case">{t(key::CASE_MAIN)}</h2>
            <p>{t(key::CASE_MAIN_WHY)}</p>
            <p class="hint reference">{main.reference.grouped()}</p>
            <Whereabouts place tables/>
            <Timeline entries=main.timeline tables/>
        </section>
    }
}
