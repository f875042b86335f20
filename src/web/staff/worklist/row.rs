//! A row of the worklist: what it is about, how long is left, where, and who has it open.

use super::{Worklist, is_wide, route, show};
use leptos::prelude::*;
use model::Reference;
use model::page::StaffPage;
use wasm_bindgen::JsCast;
use web::component::title_of;
use web::format::{digits, left};
use web::i18n::{fill, key, name_of, t};
use web::reference::{Tables, category as category_name, place};
use web::route::{href, use_nav};
use web::start::{document, element};

/// Id of the link of a case's row.
fn id_of(reference: Reference) -> String {
    format!("row-{reference}")
}

/// The case whose row has the focus.
pub(super) fn focused_row() -> Option<Reference> {
    let focused = document()?.active_element()?;
    Reference::parse(focused.id().strip_prefix("row-")?).ok()
}

/// Focuses the row of a case once it stands.
pub(super) fn focus_row(reference: Reference) {
    let focus = move || {
        let row = element(&id_of(reference)).and_then(|row| row.dyn_into::<web_sys::HtmlElement>().ok());
        row.is_some_and(|row| row.focus().is_ok())
    };
    // At once where it stands: the next key is meant for it.
    if !focus() {
        request_animation_frame(move || {
            focus();
        });
    }
}

/// A row, as its case stands now; it keeps its place and the focus when the case changes.
#[component]
pub(super) fn Row(
    list: Worklist,
    reference: Reference,
    /// The case that is open.
    open: Memo<Option<Reference>>,
    tables: Tables,
) -> impl IntoView {
    let nav = use_nav::<StaffPage>();
    let line = Memo::new(move |before: Option<&Option<model::wire::CaseLine>>| {
        let now = list.pages.list.with(|page| page.rows.iter().find(|line| line.reference == reference).cloned());
        // A row that is about to go keeps what it says.
        now.flatten().or_else(|| before.cloned().flatten())
    });
    let is_open = move || open.get() == Some(reference);
    let click = move |event: web_sys::MouseEvent| {
        let plain = event.button() == 0 && !event.meta_key() && !event.ctrl_key() && !event.shift_key();
        if plain && is_wide() {
            event.prevent_default();
            show(nav, reference);
        }
    };
    let inside = move || {
        line.get().map(|line| {
            let (words, how) = left(line.due);
            let (district, of, stage) = (line.district, line.place, line.stage);
            // Where all rows stand at one stage, what they are about tells more.
            let category = line.category.clone().filter(|_| list.queue.stages().len() == 1);
            let what = move || match &category {
                Some(code) => tables.with(|tables| tables.loaded().map(|tables| category_name(tables, code))),
                None => Some(name_of("stage", &stage)),
            };
            let at = move || {
                tables.with(|tables| tables.loaded().map(|tables| place(tables, district, of)).unwrap_or_default())
            };
            let returned = (line.disputes > 0)
                .then(|| format!(" · {}", fill(key::LINE_RETURNED, &[("n", &digits(&line.disputes.to_string()))])));
            let emergency =
                line.lane.is_emergency().then(|| view! { <span class="pill late">{t(key::LINE_EMERGENCY)}</span> });
            view! {
                <span class="row-title" lang=line.language.tag() dir="auto">{title_of(&line)}</span>
                <span class=format!("row-left {}", how.class())>{words}</span>
                <span class="row-place">{emergency}<span>{at}" · "{what}{returned}</span></span>
                <span class="row-number reference">{line.reference.grouped()}</span>
            }
        })
    };
    let way = Memo::new(move |_| {
        list.stops.with(|stops| stops.iter().find(|stop| stop.visit == reference).and_then(|stop| stop.metres))
    });
    let far = move || way.get().map(|metres| view! { <span class="row-way">{route::far(metres)}</span> });
    let other = move || {
        list.with_other(reference).map(|other| {
            let words = if other.writing { key::LEASE_WRITING } else { key::LEASE_READING };
            view! { <span class="row-other">{fill(words, &[("name", &other.name)])}</span> }
        })
    };
    let late = move || line.with(|line| line.as_ref().map(|line| left(line.due).1.class()).unwrap_or_default());
    view! {
        <li class=move || format!("card row {}", late()) class:open=is_open>
            <a data-nav id=id_of(reference) href=href(&StaffPage::Case(reference)) aria-current=move || is_open().then_some("true") on:click=click>
                {inside}{far}{other}
            </a>
        </li>
    }
}
