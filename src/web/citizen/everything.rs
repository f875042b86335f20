//! All data stored about the person signed in, to be read here or saved as a file.

use super::case::save;
use leptos::prelude::*;
use model::page::CitizenPage;
use model::wire::{Dossier, MyData};
use web::api;
use web::component::{BackLink, title_of};
use web::format::moment;
use web::hook::use_remote;
use web::i18n::{key, name_of, t};
use web::json;
use web::reference::{department, use_tables_later};
use web::route::{href, set_title};

/// The page with all data.
#[component]
pub fn Everything() -> impl IntoView {
    set_title(&t(key::ME_TITLE));
    let all = use_remote(|| async { api::get(&MyData {}).await });
    view! {
        <BackLink href=href(&CitizenPage::Mine) label=t(key::CASE_BACK)/>
        <h1>{t(key::ME_TITLE)}</h1>
        {all.draw(|all| view! { <Shown all=all.clone()/> })}
    }
}

#[component]
fn Shown(all: Dossier) -> impl IntoView {
    let tables = use_tables_later();
    // From the same answer, so that what is shown equals what is saved.
    let json = StoredValue::new(json::text(&json::value(&all)));
    let download = move |_| {
        save("pratikar.json", &json.get_value());
    };
    let cases = all.cases.iter().map(|view| {
        let lang = view.line.language.tag();
        view! {
            <li>
                <h3><a data-nav href=href(&CitizenPage::Case(view.line.reference)) lang=lang dir="auto">{title_of(&view.line)}</a></h3>
                <p class="hint">{view.line.reference.grouped()}" · "{name_of("stage", &view.line.stage)}" · "{moment(view.line.lodged_at)}</p>
                {(!view.text.is_empty()).then(|| view! { <p class="said" lang=lang dir="auto">{view.text.clone()}</p> })}
            </li>
        }
    });
    let readings = all.readings.iter().map(|reading| {
        let lines = reading.readers.iter().map(|line| {
            let (role, unit) = (name_of("role", &line.role), line.department.clone());
            let unit = move || {
                let unit = unit.as_ref()?;
                Some(format!(
                    ", {}",
                    tables.with(|tables| tables
                        .loaded()
                        .map_or_else(|| unit.to_string(), |tables| department(tables, unit)))
                ))
            };
            let revealed = line.revealed.then(|| format!(" · {}", t(key::CASE_ACCESS_REVEALED)));
            view! { <li>{moment(line.at)}" – "{role}{unit}{revealed}</li> }
        });
        view! { <h3>{reading.reference.grouped()}</h3><ul>{lines.collect_view()}</ul> }
    });
    let messages = all.messages.iter().map(|message| {
        let text = if message.text.is_empty() { t(key::ME_CODE) } else { message.text.clone() };
        view! { <li><p class="hint">{moment(message.at)}</p><p dir="auto">{text}</p></li> }
    });
    let none = || view! { <p>{t(key::ME_NONE)}</p> };
    view! {
        <p>{t(key::LODGE_CHECK_MOBILE)}": "<bdi>{all.mobile.clone()}</bdi></p>
        <p><button type="button" class="button second" id="download" on:click=download>{t(key::ME_DOWNLOAD)}</button></p>
        <h2>{t(key::MINE_TITLE)}</h2>
        {all.cases.is_empty().then(none)}
        <ul class="cards links">{cases.collect_view()}</ul>
        <h2>{t(key::ME_MESSAGES)}</h2>
        {all.messages.is_empty().then(none)}
        <ul class="cards">{messages.collect_view()}</ul>
        <h2>{t(key::CASE_ACCESS)}</h2>
        {all.readings.is_empty().then(none)}
        {readings.collect_view()}
    }
}
