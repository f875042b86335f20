//! The calendar of hearings, day by day.

use chrono::NaiveDate;
use leptos::prelude::*;
use model::clock::ist_date;
use model::page::StaffPage;
use model::wire::{GetHearings, HearingLine, Hearings};
use web::api;
use web::component::title_of;
use web::format::{counted, day, now, time};
use web::hook::use_remote;
use web::i18n::{key, lang_of, name_of, t};
use web::reference::{Tables, place, use_tables};
use web::route::{href, set_title};

/// The calendar.
#[component]
pub fn Calendar() -> impl IntoView {
    set_title(&t(key::HEARINGS_TITLE));
    let (found, tables) = (use_remote(|| async { api::get(&GetHearings {}).await }), use_tables());
    view! {
        <h1>{t(key::HEARINGS_TITLE)}</h1>
        {move || found.draw(move |found| days(found.clone(), tables).into_any())}
    }
}

/// Every day with its hearings, the earliest first.
fn days(Hearings { rows, uncalled }: Hearings, tables: Tables) -> impl IntoView {
    let mut days: Vec<(NaiveDate, Vec<HearingLine>)> = Vec::new();
    for row in rows {
        let day = ist_date(row.hearing.at);
        match days.last_mut().filter(|(last, _)| *last == day) {
            Some((_, of_day)) => of_day.push(row),
            None => days.push((day, vec![row])),
        }
    }
    let without = (uncalled > 0).then(|| {
        view! { <p class="links"><a data-nav href=href(&StaffPage::Work)>{counted(key::HEARINGS_UNCALLED, uncalled)}</a></p> }
    });
    let empty = days.is_empty().then(|| view! { <p class="empty">{t(key::HEARINGS_NONE)}</p> });
    let days = days.into_iter().map(|(date, rows)| {
        let rows = rows.into_iter().map(|row| line(row, tables)).collect_view();
        view! { <section class="day"><h2>{day(date)}</h2><ul class="cards">{rows}</ul></section> }
    });
    view! { {without}{empty}{days.collect_view()} }
}

/// One hearing.
fn line(HearingLine { hearing, answered, line }: HearingLine, tables: Tables) -> impl IntoView {
    let (district, of) = (line.district, line.place);
    let at =
        move || tables.with(|tables| tables.loaded().map(|tables| place(tables, district, of)).unwrap_or_default());
    // What has begun is to be recorded, or moved.
    let begun = now().is_some_and(|now| hearing.at <= now);
    let title = title_of(&line);
    view! {
        <li class="card">
            <p class="line">
                <strong>{time(hearing.at)}</strong>
                <span class="pill stage">{name_of("hearing_means", &hearing.means)}</span>
                {begun.then(|| view! { <span class="pill late">{t(key::HEARINGS_BEGUN)}</span> })}
                <span class="reference">{line.reference.grouped()}</span>
            </p>
            <h3 lang=lang_of(&title) dir="auto"><a data-nav href=href(&StaffPage::Case(line.reference))>{title.clone()}</a></h3>
            <p class="hint">{at}" · "{t(if answered { key::HEARINGS_ANSWERED } else { key::HEARINGS_UNANSWERED })}</p>
        </li>
    }
}
