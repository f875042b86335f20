//! Where a case lies, since when and until when; for one that follows another, also that one's.

use chrono::NaiveDate;
use leptos::prelude::*;
use model::Time;
use model::clock::Lane;
use model::lifecycle::{Holder, Stage};
use model::wire::{CaseView, MainCase, Names};
use web::component::{Remote, Timeline};
use web::format::{by_when, date, day, moment};
use web::i18n::{code_of, fill, key, known, name_of, t};
use web::reference::{self, Tables, department};

/// Where a case lies.
pub struct Place {
    stage: Stage,
    holder: Holder,
    office: Option<Names>,
    /// Since when; none where that is not told.
    since: Option<Time>,
    due: Option<Time>,
    lane: Lane,
    /// Where part is done: by when the rest is promised.
    rest: Option<NaiveDate>,
    /// What else decides what is said to come next, what weighs most first: the reader came by a link that shows the stage
    /// alone, the citizen's name is kept from the department.
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

/// Where it lies, since when, until when.
#[component]
pub fn Whereabouts(place: Place, tables: Tables) -> impl IntoView {
    let Place { stage, holder, office, since, due, lane, rest, apart } = place;
    // A link to a number that is not proved is not told who has it.
    let open = stage.is_open() && holder != Holder::Nobody;
    let who = move || match &holder {
        Holder::Department(code) => {
            // A code says nothing to anybody: until the names are here, nothing stands there.
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

/// What the citizen may still do about a closed case, and until when.
#[component]
pub fn Windows(reopen: Option<Time>, appeal: Option<Time>) -> impl IntoView {
    let until =
        |key: &'static str, end: Option<Time>| end.map(|end| view! { <p>{fill(key, &[("date", &date(end))])}</p> });
    view! { {until(key::CASE_UNTIL_REOPEN, reopen)}{until(key::CASE_UNTIL_APPEAL, appeal)} }
}

/// Where it is, what it is about, and whether the name is hidden.
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

/// The case that this one follows: where that lies and by when, and what has happened to it. The words of others do not come.
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
