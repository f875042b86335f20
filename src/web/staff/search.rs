//! Search over all cases that one may see: the field at the top of every page, and a part with what was found. What is looked for
//! stays out of the address and of the browser's history, because it names people; filters stand in the address, so that Back and a
//! link find them.

mod export;
mod found;
mod hand_over;

pub use found::search;

use crate::keys::{KeyCap, Keys};
use leptos::prelude::*;
use model::Reference;
use model::page::StaffPage;
use model::wire::SEARCH_WORDS;
use wasm_bindgen::JsCast;
use web::i18n::{key, t};
use web::route::use_nav;
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
        } else if !words.is_empty() || matches!(nav.page_now(), StaffPage::Search(_)) {
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
