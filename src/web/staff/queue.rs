//! A role's worklist: counts by limit, the most urgent first.

use super::{StaffPage, notice, use_session};
use leptos::prelude::*;
use model::wire::{CaseLine, Due, GetQueue, Queue, QueuePage};
use model::{Reference, Role};
use web::api;
use web::component::{Bars, ErrorSummary, Errors, Remote, TextField, remote, title_of};
use web::format::{digits, left, now, number};
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
    let page: RwSignal<Remote<QueuePage>> = RwSignal::new(Remote::Loading);
    let due: RwSignal<Option<Due>> = RwSignal::new(None);
    let fetch = move |cursor: String| {
        let call = GetQueue { queue, due: due.get_untracked(), cursor: cursor.clone() };
        leptos::task::spawn_local(async move {
            let answer = api::get(&call).await;
            if let Err(error) = &answer {
                notice(session, error);
            }
            match answer {
                Ok(more) if !cursor.is_empty() => {
                    page.try_update(|page| {
                        if let Remote::Loaded(page) = page {
                            page.rows.extend(more.rows);
                            page.next = more.next;
                        }
                    });
                }
                answer => {
                    page.try_set(answer.into());
                }
            }
        });
    };
    let load = move || {
        page.set(Remote::Loading);
        fetch(String::new());
    };
    load();
    let unit = move || {
        session
            .with(|session| session.loaded().and_then(|me| me.unit.clone()))
            .map(|names| names.of(web::i18n::language()).to_owned())
    };
    let tabs = move || {
        let counts = page.with(|page| page.loaded().map(|page| page.by_due)).unwrap_or_default();
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
                        load();
                    }>{words}" "<strong>{number(count)}</strong></button></li>
                }
            })
            .collect_view()
    };
    let summary = move || {
        page.with(|page| {
            let page = page.loaded()?;
            let open = fill(key::QUEUE_SUMMARY, &[("n", &number(page.by_due.iter().sum()))]);
            let days = page.oldest.zip(now()).map(|(oldest, now)| (now - oldest).num_days());
            let oldest = days.map(|days| fill(key::QUEUE_OLDEST, &[("n", &digits(&days.to_string()))]));
            Some(std::iter::once(open).chain(oldest).collect::<Vec<_>>().join(" · "))
        })
    };
    view! {
        <h1>{unit().unwrap_or_else(|| title.clone())}</h1>
        <p class="hint" role="status">{summary}</p>
        <nav class="tabs" aria-label=t(key::QUEUE_FILTER)><ul>{tabs}</ul></nav>
        {remote(page, Callback::new(move |()| load()), move |shown| {
            if shown.rows.is_empty() {
                return view! { <p class="empty">{t(key::QUEUE_EMPTY)}</p> }.into_any();
            }
            let next = shown.next.clone();
            view! {
                <ul class="cards">{shown.rows.iter().map(|line| view! { <QueueCard line=line.clone() tables/> }).collect_view()}</ul>
                {next.map(|next| view! { <p><button type="button" class="button second" on:click=move |_| fetch(next.clone())>{t(key::QUEUE_MORE)}</button></p> })}
            }
            .into_any()
        })}
        <OpenByNumber/>
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
