//! What a search has found, its filters and the saved views; also the list of what a counter has lodged. A part, downloaded with the
//! first search.

use super::Wanted;
use super::export::TakeAway;
use super::hand_over::HandOver;
use crate::case_list::cards;
use crate::kept_lists::use_kept_pages;
use crate::pickers::{from_tables, office_choices};
use leptos::prelude::*;
use model::lifecycle::Stage;
use model::page::StaffPage;
use model::wire::{
    CountedView, District, Due, GetViews, Offices, SaveView, SavedView, Search, SearchFilters, SearchPage,
    SearchRequest, VIEW_NAME, VIEWS,
};
use model::{CategoryCode, DepartmentCode, Duty, Lgd, OfficeId, Role};
use wasm_bindgen::JsCast;
use wasm_split_helpers::wasm_split;
use web::api::{Conditions, call, get};
use web::component::{Dialog, Errors, Remote, Suggest, TextField};
use web::format::{counted, number};
use web::hook::{use_remote, use_remote_later};
use web::i18n::{fill, key, name_of, t};
use web::later::{Draw, SplitLoaderError};
use web::reference::{Choice, Tables, category_choices, department_choices, use_tables};
use web::route::{announce, href, set_title, use_nav};
use web::start::document;

/// The entry point of this part.
#[wasm_split(search, fallible)]
pub fn search() -> Result<Draw<StaffPage>, SplitLoaderError> {
    Ok(|page| match page {
        StaffPage::Search(query) => view! { <Found query/> }.into_any(),
        StaffPage::Own => view! { <Own/> }.into_any(),
        _ => ().into_any(),
    })
}

/// The filters of the page, each with its control.
#[derive(Clone, Copy)]
struct Filters {
    stage: RwSignal<Option<Stage>>,
    due: RwSignal<Option<Due>>,
    district: RwSignal<Option<Lgd>>,
    department: RwSignal<Option<DepartmentCode>>,
    office: RwSignal<Option<OfficeId>>,
    category: RwSignal<Option<CategoryCode>>,
}

impl Filters {
    fn of(filters: SearchFilters) -> Self {
        let SearchFilters { stage, due, district, department, office, category } = filters;
        Self {
            stage: RwSignal::new(stage),
            due: RwSignal::new(due),
            district: RwSignal::new(district),
            department: RwSignal::new(department),
            office: RwSignal::new(office),
            category: RwSignal::new(category),
        }
    }

    /// What is chosen; tracked.
    fn get(self) -> SearchFilters {
        let (stage, due, district) = (self.stage.get(), self.due.get(), self.district.get());
        let (department, office, category) = (self.department.get(), self.office.get(), self.category.get());
        SearchFilters { stage, due, district, department, office, category }
    }

    /// Whether somebody is in a filter in which they have typed what is no choice yet.
    fn is_being_typed(self) -> bool {
        let focused = document().and_then(|document| document.active_element());
        let field = focused.and_then(|focused| focused.dyn_into::<web_sys::HtmlInputElement>().ok());
        field.filter(|field| !field.value().is_empty()).is_some_and(|field| {
            untrack(|| match field.id().as_str() {
                "stage" => self.stage.with(Option::is_none),
                "due" => self.due.with(Option::is_none),
                "district" => self.district.with(Option::is_none),
                "office" => self.office.with(Option::is_none),
                "department" => self.department.with(Option::is_none),
                "category" => self.category.with(Option::is_none),
                _ => false,
            })
        })
    }

    fn set(self, filters: SearchFilters) {
        let SearchFilters { stage, due, district, department, office, category } = filters;
        self.stage.set(stage);
        self.due.set(due);
        self.district.set(district);
        self.department.set(department);
        self.office.set(office);
        self.category.set(category);
    }
}

/// What was found.
#[component]
pub fn Found(
    /// The filters, as in the address.
    query: String,
) -> impl IntoView {
    set_title(&t(key::SEARCH_TITLE));
    let (Wanted(wanted), tables, nav) = (Wanted::of_app(), use_tables(), use_nav::<StaffPage>());
    let filters = Filters::of(SearchFilters::of_query(&query));
    // What is chosen and what the list shows: while somebody types over a name, nothing is chosen and nothing changes.
    let now = Memo::new(move |_| filters.get());
    let chosen = RwSignal::new(now.get_untracked());
    let apply = move |now: SearchFilters| {
        if untrack(|| chosen.with(|chosen| *chosen != now)) && !filters.is_being_typed() {
            chosen.set(now);
        }
    };
    Effect::new(move |_| apply(now.get()));
    // Once the focus is elsewhere; the page may have gone by then.
    let left = move |_| {
        request_animation_frame(move || {
            if let Some(now) = now.try_get_untracked() {
                apply(now);
            }
        });
    };
    let shows = move || format!("search {} {}", chosen.with(SearchFilters::to_query), wanted.get());
    let pages = use_kept_pages::<SearchPage, _>(shows, move |cursor| {
        let request = SearchRequest { words: wanted.get_untracked(), filters: chosen.get_untracked(), cursor };
        async move { call(&Search {}, &request, Conditions::default()).await }
    });
    Effect::new(move |before: Option<()>| {
        wanted.track();
        let query = chosen.with(SearchFilters::to_query);
        if before.is_some() {
            let page = StaffPage::Search(query);
            // Each filter is a step, which Back undoes.
            if nav.page_now() != page {
                nav.step(page);
            }
            pages.load();
        }
    });
    Effect::new(move |before: Option<()>| {
        if let (StaffPage::Search(query), true) = (nav.page(), before.is_some()) {
            let asked = SearchFilters::of_query(&query);
            if chosen.with_untracked(|chosen| *chosen != asked) {
                chosen.set(asked.clone());
                filters.set(asked);
            }
        }
    });
    let said = move || {
        let words = wanted.get();
        pages.list.with(|page| {
            let name = match (page.capped, words.is_empty()) {
                (true, _) => key::SEARCH_CAPPED,
                (false, true) => key::SEARCH_COUNT_ALL,
                (false, false) => key::SEARCH_COUNT,
            };
            fill(name, &[("n", &number(page.total)), ("words", &words)])
        })
    };
    let role = untrack(|| crate::session::role(crate::session::use_session()));
    let any = Memo::new(move |_| pages.list.with(|page| page.total > 0).unwrap_or_default());
    let takes_away = role.is_some_and(|role| role.has(Duty::WatchFigures));
    let hands_over = role == Some(Role::NodalOfficer);
    view! {
        <h1>{t(key::SEARCH_TITLE)}</h1>
        <Views chosen/>
        <div on:focusout=left><FilterFields filters tables/></div>
        <p class="hint" id="found-count" role="status">{said}</p>
        {move || (takes_away && any.get()).then(|| view! { <TakeAway wanted filters=chosen tables/> })}
        {hands_over.then(|| view! { <HandOver filters=chosen tables changed=Callback::new(move |()| pages.load())/> })}
        {cards(pages, tables)}
        <p class="hint">{t(key::SEARCH_HOW)}</p>
    }
}

/// A control for each filter.
#[component]
fn FilterFields(filters: Filters, tables: Tables) -> impl IntoView {
    let errors = Errors::new();
    let stages = Signal::stored(named("stage", &Stage::ALL));
    let spans = Signal::stored(named("due", &Due::ALL));
    let districts = from_tables(tables, |tables| {
        let choice = |one: &District| {
            let name = one.name.of(web::i18n::language()).to_owned();
            Choice::new(name, &format!("{} {}", one.name.en, one.name.bn), &[], one.lgd)
        };
        tables.districts.iter().map(choice).collect()
    });
    let Filters { stage, due, district, department, office, category } = filters;
    let by_office = Memo::new(move |_| department.with(Option::is_some) || office.with(Option::is_some));
    view! {
        <div class="filters">
            <Suggest id="stage" label=t(key::SEARCH_STAGE) choices=stages value=stage errors/>
            <Suggest id="due" label=t(key::SEARCH_DUE) choices=spans value=due errors/>
            <Suggest id="district" label=t(key::SEARCH_DISTRICT) choices=districts value=district errors/>
            <Suggest id="department" label=t(key::FIELD_DEPARTMENT) choices=from_tables(tables, department_choices) value=department errors/>
            {move || by_office.get().then(|| view! { <OfficeFilter office department errors/> })}
            <Suggest id="category" label=t(key::FIELD_CATEGORY) choices=from_tables(tables, category_choices) value=category errors/>
        </div>
    }
}

/// The office of the department that is chosen. One that belongs to another department is given up.
#[component]
fn OfficeFilter(
    office: RwSignal<Option<OfficeId>>,
    department: RwSignal<Option<DepartmentCode>>,
    errors: Errors,
) -> impl IntoView {
    let offices = use_remote_later(move || {
        let call = Offices { department: department.get_untracked().unwrap_or_default(), district: None };
        async move { get(&call).await }
    });
    Effect::new(move |_| match department.get() {
        Some(_) => offices.load(),
        None => office.set(None),
    });
    Effect::new(move |_| {
        let known = offices.with(|all| office.get_untracked().is_none_or(|id| all.iter().any(|one| one.id == id)));
        if known == Some(false) {
            office.set(None);
        }
    });
    let choices = Signal::derive(move || offices.with(|all| office_choices(all)).unwrap_or_default());
    view! { <Suggest id="office" label=t(key::FIELD_OFFICE) choices value=office errors/> }
}

/// A choice for each value, by its name.
fn named<T: Copy + Send + Sync + 'static>(prefix: &str, all: &[T]) -> Vec<Choice<T>>
where
    for<'v> &'static str: From<&'v T>,
{
    all.iter().map(|one| Choice::new(name_of(prefix, one), &name_of(prefix, one), &[], *one)).collect()
}

/// The saved views with their counts, and the way to save or forget what is shown.
#[component]
fn Views(chosen: RwSignal<SearchFilters>) -> impl IntoView {
    let views = use_remote(|| async { get(&GetViews { counted: true }).await });
    // What became of it, where it could not be done.
    let trouble = RwSignal::new(String::new());
    let (asks, name, errors) = (RwSignal::new(false), RwSignal::new(String::new()), Errors::new());
    let change = move |view: SavedView| {
        leptos::task::spawn_local(async move {
            let saved = view.filters.is_some();
            trouble.set(String::new());
            match call(&SaveView {}, &view, Conditions::default()).await {
                Ok(now) => {
                    views.set(now);
                    asks.try_set(false);
                    announce(&fill(
                        if saved { key::VIEWS_SAVED } else { key::VIEWS_FORGOTTEN },
                        &[("name", &view.name)],
                    ));
                }
                Err(error) if saved => errors.show_one("view-name", error.message()),
                Err(error) => drop(trouble.try_set(error.message())),
            }
        });
    };
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let typed = name.get_untracked().trim().to_owned();
        let long = model::text::length(&typed) > VIEW_NAME;
        let full = views.with_untracked(|views| views.len() >= VIEWS && views.iter().all(|view| view.name != typed));
        let wrong = match () {
            () if typed.is_empty() => key::VIEWS_NAME_MISSING,
            () if long => key::VIEWS_NAME_LONG,
            () if full == Some(true) => key::VIEWS_FULL,
            () => return change(SavedView { name: typed, filters: Some(chosen.get_untracked()) }),
        };
        errors.show_one("view-name", t(wrong));
    };
    let tab = move |view: &CountedView| {
        let (filters, path) = (view.filters.clone(), href(&StaffPage::Search(view.filters.to_query())));
        let current = move || chosen.with(|chosen| *chosen == filters).then_some("true");
        let count = view.total.map(|total| view! { " "<strong>{number(total)}</strong> });
        view! { <li><a class="tab" data-nav href=path aria-current=current>{view.name.clone()}{count}</a></li> }
    };
    let tabs = move || {
        views.with(|views| {
            let tabs = views.iter().map(tab).collect_view();
            (!views.is_empty())
                .then(|| view! { <nav class="tabs" aria-label=t(key::VIEWS_TITLE)><ul>{tabs}</ul></nav> })
        })
    };
    // What is shown is a saved view, which can be forgotten, or can become one.
    let known = Memo::new(move |_| {
        let chosen = chosen.get();
        views.with(|views| views.iter().find(|view| view.filters == chosen).map(|view| view.name.clone()))
    });
    let button = move || match known.get() {
        Some(Some(name)) => {
            let words = fill(key::VIEWS_FORGET, &[("name", &name)]);
            let forget = move |_| change(SavedView { name: name.clone(), filters: None });
            Some(view! { <button type="button" class="link" on:click=forget>{words}</button> }.into_any())
        }
        Some(None) if chosen.with(|chosen| *chosen != SearchFilters::default()) => {
            let ask = move |_| {
                name.set(String::new());
                errors.clear();
                asks.set(true);
            };
            Some(view! { <button type="button" class="link" on:click=ask>{t(key::VIEWS_SAVE)}</button> }.into_any())
        }
        _ => None,
    };
    let failed = move || {
        let again = move |_| views.load();
        views.state.with(|state| matches!(state, Remote::Failed(_))).then(|| {
            view! { <p class="hint">{t(key::VIEWS_FAILED)}" "<button type="button" class="link" on:click=again>{t(key::RETRY)}</button></p> }
        })
    };
    view! {
        {tabs}
        {failed}
        <p>{button}</p>
        <p class="error" role="alert">{move || trouble.get()}</p>
        <Dialog id="save-view" title=t(key::VIEWS_SAVE) open=asks>
            <form on:submit=save>
                <TextField id="view-name" label=t(key::VIEWS_NAME) hint=t(key::VIEWS_HINT) value=name errors/>
                <p class="buttons"><button type="submit" class="button">{t(key::VIEWS_SAVE_NOW)}</button></p>
            </form>
        </Dialog>
    }
}

/// All that a counter has lodged, newest first: it can see nothing else.
#[component]
pub fn Own() -> impl IntoView {
    set_title(&t(key::OWN_TITLE));
    let pages = use_kept_pages::<SearchPage, _>(
        || "own".to_owned(),
        |cursor| {
            let request = SearchRequest { cursor, ..SearchRequest::default() };
            async move { call(&Search {}, &request, Conditions::default()).await }
        },
    );
    let count = move || pages.list.with(|page| counted(key::OWN_COUNT, page.total));
    view! {
        <h1>{t(key::OWN_TITLE)}</h1>
        <p class="hint" role="status">{count}</p>
        {cards(pages, use_tables())}
    }
}
