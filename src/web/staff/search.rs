//! Search over all cases that one may see. What is looked for stays out of the address and of the browser's history, because it
//! names people; filters stand in the address, so that Back and a link find them.

use crate::case_list::cards;
use crate::kept_lists::use_kept_pages;
use crate::keys::{KeyCap, Keys};
use leptos::prelude::*;
use model::lifecycle::Stage;
use model::names::code_of;
use model::page::StaffPage;
use model::wire::{SEARCH_WORDS, Search, SearchPage, SearchRequest};
use model::{Lgd, Reference};
use wasm_bindgen::JsCast;
use web::api::{Conditions, call};
use web::component::{Errors, Suggest};
use web::format::{counted, number};
use web::i18n::{fill, key, name_of, t};
use web::reference::{Choice, use_tables};
use web::route::{set_title, use_nav};
use web::start::element;

/// Id of the field, at the top of every page.
const FIELD: &str = "search";

/// What is looked for; in memory only.
#[derive(Clone, Copy)]
pub struct Wanted(RwSignal<String>);

impl Wanted {
    /// Provides it above all pages.
    #[must_use]
    pub fn provide() -> Self {
        let wanted = Self(RwSignal::new(String::new()));
        provide_context(wanted);
        wanted
    }

    fn of_app() -> Self {
        use_context().unwrap_or_else(Self::provide)
    }

    /// Forgets it: words name people, and somebody else may come to this device.
    pub fn forget(self) {
        self.0.set(String::new());
    }
}

/// The field at the top of every page. A whole number opens its case; anything else is looked for.
#[component]
pub fn SearchField() -> impl IntoView {
    let (Wanted(wanted), nav) = (Wanted::of_app(), use_nav::<StaffPage>());
    let typed = RwSignal::new(wanted.get_untracked());
    if let Some(keys) = Keys::of_app() {
        keys.bind('/', t(key::SEARCH_TITLE), || {
            if let Some(field) = element(FIELD).and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
                let _ = field.focus();
            }
        });
    }
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let words = typed.get_untracked().trim().to_owned();
        if let Ok(reference) = Reference::parse(&words) {
            nav.go(StaffPage::Case(reference));
        } else if !words.is_empty() {
            wanted.set(words);
            if !matches!(nav.page_now(), StaffPage::Search(_)) {
                nav.go(StaffPage::Search(String::new()));
            }
        }
    };
    view! {
        <form class="search" role="search" on:submit=submit>
            <label class="unseen" for=FIELD>{t(key::SEARCH_LABEL)}</label>
            <input
                id=FIELD type="search" autocomplete="off" maxlength=SEARCH_WORDS.to_string() placeholder=t(key::SEARCH_LABEL)
                prop:value=move || typed.get() on:input:target=move |event| typed.set(event.target().value())
            />
            <KeyCap letter='/'/>
            <button type="submit" class="link">{t(key::SEARCH_GO)}</button>
        </form>
    }
}

/// A filter of the address: `stage=with_office&district=307`.
pub fn filter(query: &str, name: &str) -> Option<String> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value.to_owned())
}

/// What was found.
#[component]
pub fn Found(
    /// The filters, as in the address.
    query: String,
) -> impl IntoView {
    set_title(&t(key::SEARCH_TITLE));
    let (Wanted(wanted), tables, nav) = (Wanted::of_app(), use_tables(), use_nav::<StaffPage>());
    let code = filter(&query, "stage").unwrap_or_default();
    let stage = RwSignal::new(Stage::ALL.into_iter().find(|stage| code_of(stage) == code));
    let district = RwSignal::new(filter(&query, "district").and_then(|lgd| lgd.parse::<u32>().ok()).map(Lgd::new));
    let shows = move || {
        let district = district.get().map_or(0, Lgd::get);
        format!("search {} {district} {}", stage.get().map_or("", |stage| code_of(&stage)), wanted.get())
    };
    let pages = use_kept_pages::<SearchPage, _>(shows, move |cursor| {
        let request = SearchRequest {
            words: wanted.get_untracked(),
            stage: stage.get_untracked(),
            district: district.get_untracked(),
            cursor,
            ..SearchRequest::default()
        };
        async move { call(&Search {}, &request, Conditions::default()).await }
    });
    Effect::new(move |before: Option<()>| {
        wanted.track();
        let filters = [
            stage.get().map(|stage| format!("stage={}", code_of(&stage))),
            district.get().map(|district| format!("district={district}")),
        ];
        if before.is_some() {
            let query = filters.into_iter().flatten().collect::<Vec<_>>().join("&");
            nav.note(&StaffPage::Search(query));
            pages.load();
        }
    });
    let stages = Signal::stored(
        Stage::ALL
            .into_iter()
            .map(|stage| Choice::new(name_of("stage", &stage), &name_of("stage", &stage), &[], stage))
            .collect::<Vec<_>>(),
    );
    let districts = Signal::derive(move || {
        let all = tables.with(|tables| {
            let choice = |one: &model::wire::District| {
                let name = one.name.of(web::i18n::language()).to_owned();
                Choice::new(name, &format!("{} {}", one.name.en, one.name.bn), &[], one.lgd)
            };
            tables.loaded().map(|tables| tables.districts.iter().map(choice).collect::<Vec<_>>())
        });
        all.unwrap_or_default()
    });
    let errors = Errors::new();
    let said = move || {
        pages.list.with(|page| {
            let words = if page.capped { key::SEARCH_CAPPED } else { key::SEARCH_COUNT };
            fill(words, &[("n", &number(page.total)), ("words", &wanted.get())])
        })
    };
    view! {
        <h1>{t(key::SEARCH_TITLE)}</h1>
        <div class="filters">
            <Suggest id="stage" label=t(key::SEARCH_STAGE) choices=stages value=stage errors/>
            <Suggest id="district" label=t(key::SEARCH_DISTRICT) choices=districts value=district errors/>
        </div>
        <p class="hint" role="status">{said}</p>
        {cards(pages, tables)}
        <p class="hint">{t(key::SEARCH_HOW)}</p>
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
