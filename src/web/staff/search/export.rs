//! What was found, taken away as a table for a spreadsheet: on record with its purpose, and without anybody's words.

use crate::download::save;
use chrono::{DateTime, Datelike, Timelike};
use leptos::prelude::*;
use model::Time;
use model::spreadsheet::to_csv;
use model::wire::{CaseLine, Export, ExportRequest, Exported, ReferenceData, SearchFilters};
use web::api::{Conditions, call};
use web::component::{Dialog, Errors, SubmitButton, TextField};
use web::format::{counted, number};
use web::i18n::{fill, key, language, name_of, t};
use web::reference::{Tables, category, department_short};
use web::route::announce;

/// Id of the field for the purpose.
const WHY: &str = "export-why";
/// Milliseconds that ten thousand cases may take.
const PATIENCE: u32 = 120_000;
/// Most letters of the purpose.
const WHY_LENGTH: usize = 500;

/// The way to take a search away, and what has become of it.
#[component]
pub fn TakeAway(wanted: RwSignal<String>, filters: RwSignal<SearchFilters>, tables: Tables) -> impl IntoView {
    let (asks, reason, errors) = (RwSignal::new(false), RwSignal::new(String::new()), Errors::new());
    let (busy, done) = (RwSignal::new(false), RwSignal::new(String::new()));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let fits = |why: &String| !model::text::is_blank(why) && model::text::length(why) <= WHY_LENGTH;
        if !reason.with_untracked(fits) {
            return errors.show_one(WHY, t(key::EXPORT_WHY_NEEDED));
        }
        // Names stand in it, not codes.
        let Some(known) = tables.with_untracked(|tables| tables.loaded().cloned()) else {
            return errors.show_one(WHY, t(key::LOADING));
        };
        errors.clear();
        busy.set(true);
        let request = ExportRequest {
            words: wanted.get_untracked(),
            filters: filters.get_untracked(),
            reason: reason.get_untracked(),
        };
        leptos::task::spawn_local(async move {
            let with = Conditions { patience: Some(PATIENCE), ..Conditions::default() };
            let answer = call(&Export {}, &request, with).await;
            busy.try_set(false);
            match answer {
                Ok(found) => {
                    save("pratikar.csv", &to_csv(&table(&found, &known)));
                    let count = u32::try_from(found.rows.len()).unwrap_or(u32::MAX);
                    let capped = found.capped.then(|| fill(key::EXPORT_CAPPED, &[("n", &number(count))]));
                    let words = capped.unwrap_or_else(|| counted(key::EXPORT_DONE, count));
                    announce(&words);
                    done.try_set(words);
                    // The next time it is for something else.
                    reason.try_set(String::new());
                    asks.try_set(false);
                }
                Err(error) => errors.show_one(WHY, error.message()),
            }
        });
    };
    let ask = move |_| {
        errors.clear();
        done.set(String::new());
        asks.set(true);
    };
    view! {
        <p><button type="button" class="link" id="take-away" on:click=ask>{t(key::EXPORT_ASK)}</button>" "<span class="hint">{move || done.get()}</span></p>
        <Dialog id="export" title=t(key::EXPORT_ASK) open=asks>
            <form novalidate on:submit=submit>
                <TextField id=WHY label=t(key::EXPORT_WHY) hint=t(key::EXPORT_HINT) value=reason errors/>
                <SubmitButton label=t(key::EXPORT_NOW) busy_label=t(key::SENDING_NOW) busy=busy.into()/>
            </form>
        </Dialog>
    }
}

/// Lines of cells between tabs, under a head, in the page's language. Moments are India's, so that spreadsheets sort them.
fn table(found: &Exported, tables: &ReferenceData) -> String {
    let head = [
        key::EXPORT_NUMBER,
        key::SEARCH_STAGE,
        key::EXPORT_SINCE,
        key::FIELD_LANE,
        key::FIELD_CATEGORY,
        key::FIELD_DEPARTMENT,
        key::FIELD_OFFICE,
        key::SEARCH_DISTRICT,
        key::FIELD_PLACE,
        key::EXPORT_LODGED,
        key::EXPORT_DUE,
        key::EXPORT_DISPUTES,
    ];
    let head = head.map(t).join("\t");
    let lines = found.rows.iter().map(|line| cells(line, found, tables).join("\t"));
    std::iter::once(head).chain(lines).map(|line| line + "\n").collect()
}

fn cells(line: &CaseLine, found: &Exported, tables: &ReferenceData) -> [String; 12] {
    let office = line.office.and_then(|id| found.offices.iter().find(|office| office.id == id));
    let district = line.district.and_then(|lgd| tables.districts.iter().find(|district| district.lgd == lgd));
    let place = district.and_then(|district| district.places.iter().find(|place| Some(place.lgd) == line.place));
    [
        // With spaces: as one number, a spreadsheet would round it.
        line.reference.grouped().replace('\u{A0}', " "),
        name_of("stage", &line.stage),
        sortable(line.stage_since),
        name_of("lane", &line.lane),
        line.category.as_ref().map(|code| category(tables, code)).unwrap_or_default(),
        line.department.as_ref().map(|code| department_short(tables, code)).unwrap_or_default(),
        office.map(|office| office.name.of(language()).to_owned()).unwrap_or_default(),
        district.map(|district| district.name.of(language()).to_owned()).unwrap_or_default(),
        place.map(|place| place.name.of(language()).to_owned()).unwrap_or_default(),
        sortable(line.lodged_at),
        line.due.map(sortable).unwrap_or_default(),
        line.disputes.to_string(),
    ]
}

/// `2026-11-05 10:31`, in India.
fn sortable(at: Time) -> String {
    let at: DateTime<_> = model::clock::ist(at);
    format!("{:04}-{:02}-{:02} {:02}:{:02}", at.year(), at.month(), at.day(), at.hour(), at.minute())
}
