//! Where a case lies, since when and until when; for one that follows another, also that one's.

use leptos::prelude::*;
use model::Time;
use model::api::{CaseView, MainCase, Names};
use model::lifecycle::{Holder, Stage};
use web::component::Timeline;
use web::format::{date, moment};
use web::i18n::{fill, key, name_of, t};
use web::reference::{Tables, department};

/// Where a case lies.
pub struct Place {
    stage: Stage,
    holder: Holder,
    office: Option<Names>,
    /// Since when; none where that is not told.
    since: Option<Time>,
    due: Option<Time>,
}

impl Place {
    /// Of the case itself.
    #[must_use]
    pub fn of(view: &CaseView) -> Self {
        let (holder, office) = (view.holder.clone(), view.office_name.clone());
        Self { stage: view.line.stage, holder, office, since: Some(view.line.stage_since), due: view.line.due }
    }
}

/// Where it lies, since when, until when.
#[component]
pub fn Whereabouts(place: Place, tables: Tables) -> impl IntoView {
    let Place { stage, holder, office, since, due } = place;
    // A link to a number that is not proved is not told who has it.
    let open = stage.is_open() && holder != Holder::Nobody;
    let who = move || match &holder {
        Holder::Department(code) => {
            tables.with(|tables| tables.loaded().map_or_else(|| code.clone(), |tables| department(tables, code)))
        }
        Holder::Office(_) => {
            office.as_ref().map(|names| names.of(web::i18n::language()).to_owned()).unwrap_or_default()
        }
        other => name_of("holder", other),
    };
    let late = due.zip(web::format::now()).is_some_and(|(due, now)| due < now);
    let due = match due {
        Some(due) if late => fill(key::CASE_OVERDUE, &[("date", &date(due))]),
        Some(due) => fill(key::CASE_DUE, &[("date", &date(due))]),
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
        </div>
    }
}

/// The case that this one follows: where that lies and by when, and what has happened to it. The words of others do not come.
#[component]
pub fn Followed(main: MainCase, tables: Tables) -> impl IntoView {
    let place = Place { stage: main.stage, holder: main.holder, office: main.office_name, since: None, due: main.due };
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
