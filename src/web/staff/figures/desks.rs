//! Where the work stands: every desk with its load.

use super::StaffPage;
use super::dashboard::Query;
use leptos::prelude::*;
use model::counts::{Dimension, Filter};
use model::wire::{Desks as DesksCall, GetHealth};
use web::api;
use web::format::{date, number};
use web::hook::use_remote;
use web::i18n::{code_of, key, name_of, t};
use web::reference::{department_short, use_tables};
use web::route::{href, set_title};

/// The table of desks.
#[component]
pub fn Desks() -> impl IntoView {
    set_title(&t(key::DESKS_TITLE));
    let tables = use_tables();
    let desks = use_remote(|| async { api::get(&DesksCall {}).await });
    // Where the role is not told, or it does not come, the desks stand without it.
    let health = use_remote(|| async { api::get(&GetHealth {}).await });
    let alarms = move || {
        let alarms = health.with(|health| health.alarms.clone()).unwrap_or_default();
        let rows = alarms.into_iter().map(|alarm| view! { <li>{name_of("alarm", &alarm)}</li> }).collect_view();
        (!rows.is_empty())
            .then(|| view! { <div class="failed" role="alert"><h2>{t(key::ALARM_TITLE)}</h2><ul>{rows}</ul></div> })
    };
    view! {
        <h1>{t(key::DESKS_TITLE)}</h1>
        {alarms}
        {desks.draw(move |desks| {
            if desks.is_empty() {
                return view! { <p class="empty">{t(key::QUEUE_EMPTY)}</p> }.into_any();
            }
            let rows = desks.iter().map(|desk| {
                let unit = desk.department.as_ref().map(|code| tables.with(|tables| tables.loaded().map_or_else(|| code.to_string(), |tables| department_short(tables, code))));
                let mut filter = Filter::default().and(Dimension::Stage, code_of(&desk.stage));
                if let Some(code) = &desk.department {
                    filter = filter.and(Dimension::Department, code.as_str());
                }
                let cases = href(&StaffPage::Cases(Query { days: None, filter }.text()));
                view! {
                    <tr>
                        <th scope="row"><a data-nav href=cases>{name_of("stage", &desk.stage)}</a></th>
                        <td>{unit}</td>
                        <td class="figure">{number(desk.open)}</td>
                        <td class="figure" class:late=(desk.overdue > 0)>{number(desk.overdue)}</td>
                        <td>{desk.oldest.map(date)}</td>
                    </tr>
                }
            });
            view! {
                <div class="scroll" tabindex="0" role="region" aria-label=t(key::DESKS_TITLE)>
                    <table>
                        <caption class="unseen">{t(key::DESKS_TITLE)}</caption>
                        <thead><tr>
                            <th scope="col">{t(key::DESKS_STAGE)}</th><th scope="col">{t(key::DESKS_DEPARTMENT)}</th>
                            <th scope="col" class="figure">{t(key::DESKS_OPEN)}</th><th scope="col" class="figure">{t(key::DESKS_OVERDUE)}</th>
                            <th scope="col">{t(key::DESKS_OLDEST)}</th>
                        </tr></thead>
                        <tbody>{rows.collect_view()}</tbody>
                    </table>
                </div>
            }
            .into_any()
        })}
    }
}
