//! The worklist of a role beside the case that is open: most urgent first, counts by deadline, who else has what open, and the
//! next case ready. On a phone one of the two is shown at a time.
//!
//! One screen for every role with a queue, in the app's own module because it is the first page of most; the case itself is a
//! part.

mod held;
mod lease;
mod route;
mod row;
mod several;

pub use held::Held;

use crate::along::{self, Along, AlongPanel, WithoutLine};
use crate::kept_lists;
use crate::keys::Keys;
use crate::session::use_session;
use gloo_timers::callback::Interval;
use leptos::prelude::*;
use model::lifecycle::ActionKind;
use model::names::code_of;
use model::page::StaffPage;
use model::route::Stop;
use model::wire::{CaseLine, CaseView, Colleague, Due, GetCase, GetQueue, Interest, Queue, QueuePage};
use model::{Reference, Role, Time};
use route::{Route, RouteButton};
use row::Row;
use several::Several;
use web::api;
use web::component::{ErrorSummary, Errors, Pager, TextField};
use web::format::{clock, digits, now, number};
use web::hook::{Pages, use_pages};
use web::i18n::{fill, key, t};
use web::later::Part;
use web::reference::use_tables;
use web::route::{href, set_title, use_nav};
use web::start::document;

/// Milliseconds after which the list looks for what is new.
const RENEWED: u32 = 30_000;
/// Rows that are left when the next page of the list is read.
const NEAR_END: usize = 10;
/// Width in CSS pixels from which the list stands beside the case; the same as in `staff.css`.
const WIDE: f64 = 960.0;

/// The worklist as the pages of cases see it.
#[derive(Clone, Copy)]
pub struct Worklist {
    queue: Queue,
    pages: Pages<QueuePage>,
    /// Only cases whose limit is this near.
    due: RwSignal<Option<Due>>,
    /// Cases that were decided here and may still stand in the list as it was read, each with the version in which it is back.
    decided: RwSignal<Vec<(Reference, u32)>>,
    /// The next case, read ahead.
    ahead: RwSignal<Option<CaseView>>,
    /// The case that is being read ahead, or was last: each reading is on record.
    asked_ahead: StoredValue<Option<Reference>>,
    /// What the newest look at the queue found, where that has cases which the list does not show.
    newer: RwSignal<Option<QueuePage>>,
    /// The order in which a validator visits.
    route: Route,
    /// The rows without what was decided here, in that order where it is wanted.
    stops: Memo<Vec<Stop<Reference>>>,
}

impl Worklist {
    /// The worklist of this page, where it has one.
    #[must_use]
    pub fn of_page() -> Option<Self> {
        use_context()
    }

    /// Its rows in the order in which they stand; tracked.
    fn rows(self) -> Vec<Reference> {
        self.stops.with(|stops| stops.iter().map(|stop| stop.visit).collect())
    }

    /// Whether a case was decided here and has not come back; tracked.
    fn is_decided(self, reference: Reference) -> bool {
        self.decided.with(|decided| decided.iter().any(|(known, _)| *known == reference))
    }

    /// Who else has a case open; tracked.
    fn with_other(self, reference: Reference) -> Option<Colleague> {
        self.pages
            .list
            .with(|page| page.with_others.iter().find(|(of, _)| *of == reference).map(|(_, other)| other.clone()))
            .flatten()
    }

    /// The case after this one that nobody else has open; from the top where this is the last.
    #[must_use]
    pub fn next_after(self, reference: Reference) -> Option<Reference> {
        untrack(|| {
            let rows = self.rows();
            let at = rows.iter().position(|row| *row == reference);
            let (before, after) = rows.split_at(at.map_or(0, |at| at + 1));
            let mut rest = after.iter().chain(before).copied();
            rest.find(|row| *row != reference && self.with_other(*row).is_none())
        })
    }

    /// The case as it was read ahead, once.
    #[must_use]
    pub fn take_ahead(self, reference: Reference) -> Option<CaseView> {
        let is_it = self.ahead.with_untracked(|ahead| ahead.as_ref().is_some_and(|it| it.line.reference == reference));
        if !is_it {
            return None;
        }
        self.asked_ahead.set_value(None);
        self.ahead.try_update(Option::take).flatten()
    }

    /// Reads the next case ahead and takes it up, so that nobody else is handed it.
    fn read_ahead(self, after: Reference) {
        let Some(next) = self.next_after(after) else { return };
        if self.asked_ahead.get_value() == Some(next) {
            return;
        }
        self.asked_ahead.set_value(Some(next));
        leptos::task::spawn_local(async move {
            if let Some(other) = lease::take(next, Interest::Reading).await {
                // Somebody was faster: the list learns it, and the one after is read.
                self.tell(next, Some(other));
                if untrack(|| self.next_after(after)).is_some() {
                    self.read_ahead(after);
                }
                return;
            }
            match api::get(&GetCase { reference: next }).await {
                Ok(view) => drop(self.ahead.try_set(Some(view))),
                Err(_) => drop(self.asked_ahead.try_set_value(None)),
            }
        });
    }

    /// Notes who else has a case.
    fn tell(self, reference: Reference, other: Option<Colleague>) {
        self.pages.list.state.try_update(|state| {
            if let web::component::Remote::Loaded(page) = state {
                page.with_others.retain(|(of, _)| *of != reference);
                page.with_others.extend(other.map(|other| (reference, other)));
            }
        });
    }

    /// The case was decided: it leaves the list until it comes back, in this version or a later one.
    pub fn decided(self, reference: Reference, back_in: u32) {
        self.decided.update(|decided| decided.push((reference, back_in)));
    }

    /// The decision was taken back.
    pub fn bring_back(self, reference: Reference) {
        self.decided.update(|decided| decided.retain(|(known, _)| *known != reference));
    }

    /// A case has changed: its row says so, or leaves the list where the case is somebody else's now.
    pub fn changed(self, view: &CaseView) {
        // What is offered, and an appeal, is in the list of whoever has to answer it, in another's stage.
        let answers =
            [ActionKind::AcceptTransfer, ActionKind::AnswerAppeal].iter().any(|kind| view.actions.contains(kind));
        if !answers && !self.queue.stages().contains(&view.line.stage) {
            self.decided(view.line.reference, view.line.version + 1);
        }
        self.pages.list.state.try_update(|state| {
            if let web::component::Remote::Loaded(page) = state
                && let Some(known) = page.rows.iter_mut().find(|known| known.reference == view.line.reference)
            {
                known.clone_from(&view.line);
            }
        });
    }

    /// Reads the list anew, without moving what stands there: counts and who has what are as they are now; cases that came
    /// since are offered, not pushed in.
    fn look(self) {
        let due = self.due.get_untracked();
        let call = GetQueue { queue: self.queue, due, cursor: String::new() };
        leptos::task::spawn_local(async move {
            let Ok(found) = api::get(&call).await else { return };
            // Another part of the list is shown by now.
            if self.due.try_get_untracked() != Some(due) {
                return;
            }
            let is_back = |(reference, version): &(Reference, u32)| {
                found.rows.iter().any(|line| line.reference == *reference && line.version >= *version)
            };
            self.decided.try_update(|decided| decided.retain(|known| !is_back(known)));
            self.pages.list.state.try_update(|state| {
                if let web::component::Remote::Loaded(page) = state {
                    (page.by_due, page.oldest) = (found.by_due, found.oldest);
                    page.with_others.clone_from(&found.with_others);
                    for line in &found.rows {
                        if let Some(known) = page.rows.iter_mut().find(|known| known.reference == line.reference) {
                            known.clone_from(line);
                        }
                    }
                }
            });
            self.newer.try_set(Some(found));
        });
    }

    /// How many cases have come since then that the list does not show; tracked.
    fn count_of_new(self, since: Option<Time>) -> usize {
        let known = self.pages.list.with(|page| page.rows.iter().map(|line| line.reference).collect::<Vec<_>>());
        let Some(known) = known else { return 0 };
        // What moves up from pages that are not shown yet, because cases before it were decided, has not come.
        let goes_on = self.pages.has_more();
        let has_come = |line: &CaseLine| !goes_on || since.is_none_or(|since| line.stage_since > since);
        self.newer.with(|newer| {
            let rows = newer.iter().flat_map(|page| &page.rows);
            rows.filter(|line| !known.contains(&line.reference) && !self.is_decided(line.reference) && has_come(line))
                .count()
        })
    }
}

/// Whether the list stands beside the case.
#[must_use]
pub fn is_wide() -> bool {
    let width = web_sys::window().and_then(|window| window.inner_width().ok()).and_then(|width| width.as_f64());
    width.is_some_and(|width| width >= WIDE)
}

/// The worklist, and beside it the case that is open.
#[component]
pub fn Work(role: Role, case: Part<StaffPage>) -> impl IntoView {
    let queue = Queue::of(role).unwrap_or(Queue::Desk);
    let title = StoredValue::new(t(&format!("queue.{}", code_of(&queue))));
    let (session, tables, nav) = (use_session(), use_tables(), use_nav::<StaffPage>());
    let due: RwSignal<Option<Due>> = RwSignal::new(None);
    let (decided, along) = (RwSignal::new(Vec::new()), Along::of_app());
    let pages = use_pages(move |cursor| {
        let due = due.get_untracked();
        let call = GetQueue { queue, due, cursor };
        async move {
            let Some(along) = along.filter(|_| call.cursor.is_empty()) else { return api::get(&call).await };
            along.or_along(api::call(&call, &(), along.patience()).await, |pack| Some(along::page(pack, due)))
        }
    });
    let route = Route::new();
    let stops = Memo::new(move |_| {
        let rows = pages.list.with(|page| page.rows.iter().map(|line| (line.reference, line.place)).collect());
        let mut rows: Vec<(Reference, _)> = rows.unwrap_or_default();
        decided.with(|decided: &Vec<(Reference, u32)>| {
            rows.retain(|(row, _)| !decided.iter().any(|(known, _)| known == row))
        });
        let in_order = || rows.iter().map(|(row, _)| Stop { visit: *row, metres: None }).collect();
        route.through(&rows).unwrap_or_else(in_order)
    });
    let list = Worklist {
        queue,
        pages,
        due,
        decided,
        ahead: RwSignal::new(None),
        asked_ahead: StoredValue::new(None),
        newer: RwSignal::new(None),
        route,
        stops,
    };
    provide_context(list);
    let open = Memo::new(move |_| match nav.page() {
        StaffPage::Case(reference) => Some(reference),
        _ => None,
    });
    let other = lease::keep(open);
    Effect::new(move |_| {
        if let Some(reference) = open.get() {
            list.tell(reference, other.get());
        } else {
            set_title(&title.get_value());
        }
    });
    // On a phone the case takes the place of the list, and Back leads to the row.
    let stood = StoredValue::new(0.0);
    Effect::new(move |before: Option<Option<Reference>>| {
        let now = open.get();
        match (before.flatten(), now) {
            (None, Some(_)) => stood.set_value(kept_lists::scrolled()),
            (Some(left), None) if kept_lists::went_back() => {
                kept_lists::return_to(stood.get_value(), Some(href(&StaffPage::Case(left))));
            }
            _ => {}
        }
        now
    });
    // The next case is read once the one before stands.
    Effect::new(move |_| {
        let loaded = pages.list.with(|_| ()).is_some();
        if let Some(reference) = open.get().filter(|_| loaded) {
            request_animation_frame(move || list.read_ahead(reference));
        }
    });
    // Nor does the list end before the work does: whoever goes from case to case sees its next page in time.
    Effect::new(move |_| {
        let left = stops.with(|stops| {
            let at = stops.iter().position(|stop| Some(stop.visit) == open.get());
            at.map(|at| stops.len() - at)
        });
        if left.is_some_and(|left| left <= NEAR_END) {
            pages.load_more();
        }
    });
    let renewed = StoredValue::new_local(Some(Interval::new(RENEWED, move || {
        if document().is_some_and(|document| !document.hidden()) {
            list.look();
        }
    })));
    on_cleanup(move || drop(renewed.try_update_value(Option::take)));
    if let Some(waiting) = web::hook::Queue::of_app() {
        Effect::new(move |before: Option<u32>| {
            let arrived = waiting.arrived.get();
            if before.is_some_and(|before| before != arrived) {
                list.look();
            }
            arrived
        });
    }
    // What was taken along gives way to what is so now.
    let online = window_event_listener(leptos::ev::online, move |_| {
        if along.is_some_and(|along| along.without_line.get_untracked()) {
            pages.list.refresh();
        }
    });
    on_cleanup(move || online.remove());
    keys_of(list, open, nav);
    let unit = move || {
        session
            .with(|session| session.loaded().and_then(|me| me.unit.clone()))
            .map(|names| names.of(web::i18n::language()).to_owned())
    };
    let heading = move || {
        let words = unit().unwrap_or_else(|| title.get_value());
        // One first heading: that of the case, where one is open.
        if open.get().is_some() { view! { <h2>{words}</h2> }.into_any() } else { view! { <h1>{words}</h1> }.into_any() }
    };
    let tabs = move || tabs(list);
    let summary = move || {
        pages.list.with(|page| {
            let open = fill(key::QUEUE_SUMMARY, &[("n", &number(page.by_due.iter().sum()))]);
            let days = page.oldest.zip(now()).map(|(oldest, now)| (now - oldest).num_days());
            let oldest = days.map(|days| fill(key::QUEUE_OLDEST, &[("n", &digits(&days.to_string()))]));
            std::iter::once(open).chain(oldest).collect::<Vec<_>>().join(" · ")
        })
    };
    let since = StoredValue::new(now());
    let fresh = move || {
        let count = list.count_of_new(since.get_value());
        (count > 0).then(|| {
            let at = since.get_value().map(clock).unwrap_or_default();
            let words = fill(key::QUEUE_NEW, &[("n", &digits(&count.to_string())), ("time", &at)]);
            let show = move |_| {
                list.newer.set(None);
                since.set_value(now());
                pages.load();
            };
            view! { <p class="fresh-rows"><button type="button" class="link" on:click=show>{words}</button></p> }
        })
    };
    let loaded = Memo::new(move |_| pages.list.with(|_| ()).is_some());
    let rows = move || {
        if !loaded.get() {
            return pages.list.draw(|_| ()).into_any();
        }
        view! {
            {move || list.rows().is_empty().then(|| view! { <p class="empty">{t(key::QUEUE_EMPTY)}</p> })}
            <ul class="cards rows-list">
                <For each=move || list.rows() key=|reference| *reference let:reference>
                    <Row list reference open tables/>
                </For>
            </ul>
            <Pager has_more=Signal::derive(move || pages.has_more()) state=pages.more more=Callback::new(move |()| pages.load_more())/>
        }
        .into_any()
    };
    let beside = move || match open.get() {
        Some(reference) => case.draw(StaffPage::Case(reference)),
        None => view! { <p class="empty choose">{t(key::QUEUE_CHOOSE)}</p> }.into_any(),
    };
    let held_by = move || {
        other.get().filter(|_| open.get().is_some()).map(|other| {
            let words = if other.writing { key::LEASE_WRITING } else { key::LEASE_READING };
            view! { <p class="notice held-by">{fill(words, &[("name", &other.name)])}</p> }
        })
    };
    view! {
        <div class="worklist" class:at-case=move || open.get().is_some()>
            <section class="list" aria-label=title.get_value()>
                {heading}
                <p class="hint" role="status">{summary}</p>
                <nav class="tabs" aria-label=t(key::QUEUE_FILTER)><ul>{tabs}</ul></nav>
                <WithoutLine/>
                <AlongPanel role/>
                {(role == Role::FieldValidator).then(|| view! { <RouteButton list/> })}
                <div role="status">{fresh}</div>
                <Several list tables role/>
                {rows}
            </section>
            <div class="beside">{move || open.get().map(|_| view! { <WithoutLine/> })}<div role="status">{held_by}</div>{beside}</div>
        </div>
    }
}

/// A button for each span of due dates, with its count.
fn tabs(Worklist { pages, due, newer, .. }: Worklist) -> impl IntoView {
    let counts = pages.list.with(|page| page.by_due);
    let all = counts.map(|counts| counts.iter().sum());
    let mut tabs = vec![(None, t(key::DUE_ALL), all)];
    for (index, span) in Due::ALL.into_iter().enumerate() {
        let count = counts.map(|counts| counts.get(index).copied().unwrap_or(0));
        tabs.push((Some(span), t(&format!("due.{}", code_of(&span))), count));
    }
    tabs.into_iter()
        .map(|(span, words, count)| {
            let pressed = move || (due.get() == span).to_string();
            // Before it is known there is no figure, rather than a wrong one.
            let count = count.map(|count| view! { " "<strong>{number(count)}</strong> });
            view! {
                <li><button type="button" class="tab" aria-pressed=pressed on:click=move |_| {
                    due.set(span);
                    newer.set(None);
                    pages.load();
                }>{words}{count}</button></li>
            }
        })
        .collect_view()
}

/// J and K go through the list. The focus goes with them, and so does the case where it stands beside the list.
fn keys_of(list: Worklist, open: Memo<Option<Reference>>, nav: web::route::Nav<StaffPage>) {
    let Some(keys) = Keys::of_app() else { return };
    let step = move |by: isize| {
        let rows = untrack(|| list.rows());
        let at = row::focused_row().or_else(|| open.get_untracked());
        let at = at.and_then(|at| rows.iter().position(|row| *row == at));
        let to = match at {
            Some(at) => at.saturating_add_signed(by).min(rows.len().saturating_sub(1)),
            None => 0,
        };
        if let Some(to) = rows.get(to).copied() {
            row::focus_row(to);
            if is_wide() && open.get_untracked().is_some_and(|open| open != to) {
                show(nav, to);
            }
        }
    };
    keys.bind('J', t(key::KEYS_NEXT), move || step(1));
    keys.bind('K', t(key::KEYS_PREVIOUS), move || step(-1));
}

/// Shows a case: beside its row where there is room, else in place of the list.
pub fn show(nav: web::route::Nav<StaffPage>, reference: Reference) {
    if is_wide() {
        let anew = !matches!(nav.page_now(), StaffPage::Case(_));
        nav.select(StaffPage::Case(reference), anew);
    } else {
        nav.go(StaffPage::Case(reference));
    }
}

/// After a decision: the next case, where the list stands beside it; on a phone, and after the last case, the list.
pub fn go_on(nav: web::route::Nav<StaffPage>, next: Option<Reference>) {
    match next {
        Some(next) if is_wide() => {
            if let Some(keys) = Keys::of_app() {
                keys.settle();
            }
            nav.select(StaffPage::Case(next), false);
            row::focus_row(next);
        }
        _ => nav.go(StaffPage::Work),
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
