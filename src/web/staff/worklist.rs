//! A role's worklist: counts by limit, the most urgent first.

use super::{StaffPage, use_session};
use leptos::prelude::*;
use model::wire::{CaseLine, Due, GetQueue, Queue};
use model::{Reference, Role};
use web::api;
use web::component::{Bars, ErrorSummary, Errors, Pager, TextField, title_of};
use web::format::{digits, left, now, number};
use web::hook::{Paged, Pages, use_pages};
use web::i18n::{fill, key, name_of, t};
use web::reference::{Tables, place, use_tables};
use web::route::{href, set_title, use_nav};

/// The worklist.
#[component]
pub fn Work(role: Role) -> impl IntoView {
    let queue = Queue::of(role).unwrap_or(Queue::Desk);
    let title = t(&format!("queue.{}", queue.code()));
    set_title(&title);
    let (session, tables) = (use_session(), use_tables());
    let due: RwSignal<Option<Due>> = RwSignal::new(None);
    let pages = use_pages(move |cursor| {
        let call = GetQueue { queue, due: due.get_untracked(), cursor };
        async move { api::get(&call).await }
    });
    let unit = move || {
        session
            .with(|session| session.loaded().and_then(|me| me.unit.clone()))
            .map(|names| names.of(web::i18n::language()).to_owned())
    };
    let tabs = move || {
        let counts = pages.list.with(|page| page.by_due).unwrap_or_default();
        let all: u32 = counts.iter().sum();
        let mut tabs = vec![(None, t(key::DUE_ALL), all)];
        for (index, span) in Due::ALL.into_iter().enumerate() {
            tabs.push((Some(span), t(&format!("due.{}", span.code())), counts.get(index).copied().unwrap_or(0)));
        }
        tabs.into_iter()
            .map(|(span, words, count)| {
                let pressed = move || (due.get() == span).to_string();
                view! {
                    <li><button type="button" class="tab" aria-pressed=pressed on:click=move |_| {
                        due.set(span);
                        pages.load();
                    }>{words}" "<strong>{number(count)}</strong></button></li>
                }
            })
            .collect_view()
    };
    let summary = move || {
        pages.list.with(|page| {
            let open = fill(key::QUEUE_SUMMARY, &[("n", &number(page.by_due.iter().sum()))]);
            let days = page.oldest.zip(now()).map(|(oldest, now)| (now - oldest).num_days());
            let oldest = days.map(|days| fill(key::QUEUE_OLDEST, &[("n", &digits(&days.to_string()))]));
            std::iter::once(open).chain(oldest).collect::<Vec<_>>().join(" · ")
        })
    };
    view! {
        <h1>{unit().unwrap_or_else(|| title.clone())}</h1>
        <p class="hint" role="status">{summary}</p>
        <nav class="tabs" aria-label=t(key::QUEUE_FILTER)><ul>{tabs}</ul></nav>
        {cards(pages, tables)}
        <OpenByNumber/>
    }
}

/// A list of cases, with its next page; a row is drawn anew only where its case has changed.
pub fn cards<P: Paged<Row = CaseLine>>(pages: Pages<P>, tables: Tables) -> impl IntoView {
    let stands = move || pages.list.with(|page| page.rows().is_empty());
    let stands = Memo::new(move |_| stands());
    let list = move || {
        let rows = move || pages.rows();
        view! {
            <ul class="cards">
                <For each=rows key=|line| (line.reference, line.version) let:line><QueueCard line tables/></For>
            </ul>
            <Pager has_more=Signal::derive(move || pages.has_more()) state=pages.more more=Callback::new(move |()| pages.load_more())/>
        }
    };
    move || match stands.get() {
        // On its way, or it did not come.
        None => pages.list.draw(|_| ()).into_any(),
        Some(true) => view! { <p class="empty">{t(key::QUEUE_EMPTY)}</p> }.into_any(),
        Some(false) => list().into_any(),
    }
}

/// A case on a worklist: what, where, how near its limit.
#[component]
pub fn QueueCard(line: CaseLine, tables: Tables) -> impl IntoView {
    let (words, how) = left(line.due);
    // The share of the time that has gone, from lodging to limit.
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
            <p class="line"><span class=format!("pill {}", how.class())>{words}</span>{emergency}<span class="reference">{line.reference.grouped()}</span></p>
            <h2><a data-nav href=href(&StaffPage::Case(line.reference)) lang=line.language.tag() dir="auto">{title_of(&line)}</a></h2>
            <p class="hint">{at}" · "{name_of("stage", &line.stage)}{returned}</p>
            <Bars value=used/>
        </li>
    }
}

/// Opens a case by its number.
#[component]
pub fn OpenByNumber() -> impl IntoView {
    let (nav, errors) = (use_nav::<StaffPage>(), Errors::new());
    let typed = RwSignal::new(String::new());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        match Reference::parse(&typed.get_untracked()) {
            Ok(reference) => nav.go(StaffPage::Case(reference)),
            Err(_) => errors.show_one("number", t(key::STAFF_OPEN_WRONG)),
        }
    };
    view! {
        <form class="inline" novalidate on:submit=submit>
            <ErrorSummary errors/>
            <TextField id="number" label=t(key::STAFF_OPEN_LABEL) value=typed errors mode="numeric"/>
            <button type="submit" class="button second">{t(key::STAFF_OPEN_GO)}</button>
        </form>
    }
}
