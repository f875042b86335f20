//! A list of cases read page by page: on a worklist, and behind a figure.

use leptos::prelude::*;
use model::page::StaffPage;
use model::wire::CaseLine;
use web::component::{Bars, Pager, title_of};
use web::format::{digits, left, now};
use web::hook::{Paged, Pages};
use web::i18n::{fill, key, name_of, t};
use web::reference::{Tables, place};
use web::route::href;

/// The list with its pager; a row is drawn again only where its case has changed.
pub fn cards<P: Paged<Row = CaseLine>>(pages: Pages<P>, tables: Tables) -> impl IntoView {
    let is_empty = Memo::new(move |_| pages.list.with(|page| page.rows().is_empty()));
    let list = move || {
        let rows = move || pages.rows();
        view! {
            <ul class="cards">
                <For each=rows key=|line| (line.reference, line.version) let:line><QueueCard line tables/></For>
            </ul>
            <Pager has_more=Signal::derive(move || pages.has_more()) state=pages.more more=Callback::new(move |()| pages.load_more())/>
        }
    };
    move || match is_empty.get() {
        // Loading or failed.
        None => pages.list.draw(|_| ()).into_any(),
        Some(true) => view! { <p class="empty">{t(key::QUEUE_EMPTY)}</p> }.into_any(),
        Some(false) => list().into_any(),
    }
}

/// A case on a worklist: category, place, and how close its deadline is.
#[component]
fn QueueCard(line: CaseLine, tables: Tables) -> impl IntoView {
    let (words, how) = left(line.due);
    // A closed case has no limit; "paused" is said only of one that waits.
    let open = line.stage.is_open();
    // The share of the time that has passed, from lodging to the deadline.
    let used = line.due.zip(now()).map_or(0, |(due, now)| {
        let whole = (due - line.lodged_at).num_minutes().max(1);
        u32::try_from(((now - line.lodged_at).num_minutes() * 1000 / whole).clamp(0, 1000)).unwrap_or(1000)
    });
    let (district, of) = (line.district, line.place);
    let at =
        move || tables.with(|tables| tables.loaded().map(|tables| place(tables, district, of)).unwrap_or_default());
    let returned = (line.disputes > 0)
        .then(|| format!(" · {}", fill(key::LINE_RETURNED, &[("n", &digits(&line.disputes.to_string()))])));
    let emergency = line.lane.is_emergency().then(|| view! { <span class="pill late">{t(key::LINE_EMERGENCY)}</span> });
    view! {
        <li class=format!("card work {}", how.class())>
            <p class="line">{open.then(|| view! { <span class=format!("pill {}", how.class())>{words}</span> })}{emergency}<span class="reference">{line.reference.grouped()}</span></p>
            <h2><a data-nav href=href(&StaffPage::Case(line.reference)) lang=line.language.tag() dir="auto">{title_of(&line)}</a></h2>
            <p class="hint">{at}" · "{name_of("stage", &line.stage)}{returned}</p>
            {open.then(|| view! { <Bars value=used/> })}
        </li>
    }
}
