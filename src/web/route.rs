//! Navigation: the address, the page shown, title, focus, scroll position and live region (A11Y-01, A11Y-02). The paths
//! themselves are in `model::page`.
//!
//! Not a crate because this is little code, and a ready-made router would be a quarter of the citizen app's download.

use crate::i18n;
use crate::start::{document, element};
use leptos::ev;
use leptos::prelude::*;
use model::Language;
use model::page::Page;
use std::cell::{Cell, RefCell};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, FocusOptions, HtmlElement};

thread_local! {
    /// Whether the page navigated to is still being downloaded.
    static AWAITED: Cell<bool> = const { Cell::new(false) };
    /// Whether anybody has navigated yet: the first page takes no focus.
    static NAVIGATED: Cell<bool> = const { Cell::new(false) };
    /// What has just been done, to be announced on the next page.
    static NEXT_DONE: Cell<String> = const { Cell::new(String::new()) };
    /// The same for as long as that page is shown: announced before its title, and displayed by pages with a place for
    /// it.
    static JUST_DONE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// What has just been done, where that led to this page.
#[must_use]
pub fn just_done() -> String {
    JUST_DONE.with_borrow(Clone::clone)
}

/// The path of a page in the language of this one.
pub fn href(page: &impl Page) -> String {
    i18n::language().path(&page.path())
}

/// This page's path in another language, including the query.
#[must_use]
pub fn here_in(language: Language) -> String {
    let (path, query) = location();
    format!("{}{query}", language.path(bare(&path)))
}

fn bare(path: &str) -> &str {
    Language::of_path(path).1
}

fn location() -> (String, String) {
    let location = web_sys::window().map(|window| window.location());
    let path = location.as_ref().and_then(|location| location.pathname().ok()).unwrap_or_default();
    let query = location.and_then(|location| location.search().ok()).unwrap_or_default();
    (path, query)
}

/// The page shown and ways to navigate.
pub struct Nav<P: Page> {
    page: RwSignal<P>,
}

impl<P: Page> Clone for Nav<P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P: Page> Copy for Nav<P> {}

impl<P: Page> Nav<P> {
    /// The page shown; tracked.
    pub fn page(self) -> P {
        self.page.get()
    }

    /// The page shown; untracked, for handlers.
    pub fn page_now(self) -> P {
        self.page.get_untracked()
    }

    /// Navigates to a page.
    pub fn go(self, page: P) {
        let path = href(&page);
        if let Some(history) = web_sys::window().and_then(|window| window.history().ok()) {
            let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&path));
        }
        self.show(page);
        scroll_to_top();
    }

    /// Puts a page's address in place of this one's without drawing anything: the page has changed by itself.
    pub fn note(self, page: &P) {
        if let Some(history) = web_sys::window().and_then(|window| window.history().ok()) {
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&href(page)));
        }
    }

    /// Makes a step in the history to another address of the page that is shown, without drawing anything: what it shows has
    /// changed by itself. Back sets [`Nav::page`] to the address before.
    pub fn step(self, page: P) {
        if let Some(history) = web_sys::window().and_then(|window| window.history().ok()) {
            let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&href(&page)));
        }
        self.page.update_untracked(|shown| *shown = page);
    }

    /// Shows another page beside what has the focus, which stays where it is: the case of a row in a list. `anew` makes a step
    /// in the history; without it Back leads out of the list, not through every row.
    pub fn select(self, page: P, anew: bool) {
        let path = href(&page);
        if let Some(history) = web_sys::window().and_then(|window| window.history().ok()) {
            let _ = match anew {
                true => history.push_state_with_url(&JsValue::NULL, "", Some(&path)),
                false => history.replace_state_with_url(&JsValue::NULL, "", Some(&path)),
            };
        }
        NAVIGATED.set(true);
        self.page.set(page);
        scroll_to_top();
    }

    /// Navigates to a page and announces something before its title.
    pub fn go_and_tell(self, page: P, words: String) {
        NEXT_DONE.set(words);
        self.go(page);
    }

    /// Navigates to a page in place of this one in the history, after something that happens once.
    pub fn replace(self, page: P) {
        let path = href(&page);
        if let Some(history) = web_sys::window().and_then(|window| window.history().ok()) {
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&path));
        }
        self.show(page);
        scroll_to_top();
    }

    /// Like [`Nav::replace`], and announces something before the title.
    pub fn replace_and_tell(self, page: P, words: String) {
        NEXT_DONE.set(words);
        self.replace(page);
    }

    fn show(self, page: P) {
        // Without this, the next page's question could keep the focus of this one's control.
        if let Some(focused) = focused() {
            let _ = focused.blur();
        }
        NAVIGATED.set(true);
        JUST_DONE.set(NEXT_DONE.take());
        self.page.set(page);
        after_navigation();
    }
}

/// Provides the navigation of an app; handles links and the Back button.
#[must_use]
pub fn provide_nav<P: Page>() -> Nav<P> {
    let (path, query) = location();
    let nav = Nav { page: RwSignal::new(P::of(&format!("{}{query}", bare(&path)))) };
    provide_context(nav);
    let back = window_event_listener(ev::popstate, move |_| {
        let (path, query) = location();
        let page = P::of(&format!("{}{query}", bare(&path)));
        // A link to a place on the same page is left to the browser.
        if nav.page.with_untracked(|shown| *shown != page) {
            nav.show(page);
        }
    });
    let click = window_event_listener(ev::click, move |event| {
        let plain =
            event.button() == 0 && !event.meta_key() && !event.ctrl_key() && !event.shift_key() && !event.alt_key();
        if !plain || event.default_prevented() {
            return;
        }
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let Some(link) = target.and_then(|target| target.closest("a[data-nav]").ok().flatten()) else { return };
        let Some(path) = link.get_attribute("href") else { return };
        event.prevent_default();
        nav.go(P::of(&bare_with_query(&path)));
    });
    on_cleanup(move || {
        back.remove();
        click.remove();
    });
    nav
}

fn bare_with_query(path: &str) -> String {
    match path.split_once('?') {
        Some((path, query)) => format!("{}?{query}", bare(path)),
        None => bare(path).to_owned(),
    }
}

/// The navigation of this app.
#[must_use]
pub fn use_nav<P: Page>() -> Nav<P> {
    // Every page is below `provide_nav`; if one were not, the first page is a safe default.
    use_context().unwrap_or_else(|| Nav { page: RwSignal::new(P::of("/")) })
}

/// Sets the document's title, followed by the name of the service.
pub fn set_title(title: &str) {
    if let Some(document) = document() {
        document.set_title(&format!("{title} – {}", i18n::t(i18n::key::BRAND)));
    }
}

/// Scrolls to the top of the page.
pub fn scroll_to_top() {
    if let Some(window) = web_sys::window() {
        window.scroll_to_with_x_and_y(0.0, 0.0);
    }
}

/// Once the new page is shown: focuses its heading and announces its title. For a page that is still being downloaded
/// this happens when it has [`arrived`].
fn after_navigation() {
    request_animation_frame(|| {
        request_animation_frame(|| {
            let stands = document().and_then(|document| document.query_selector("main h1").ok().flatten()).is_some();
            AWAITED.set(!stands);
            if stands {
                focus_heading();
                let title = document().map(|document| document.title()).unwrap_or_default();
                let first = just_done();
                announce(format!("{first} {title}").trim_start());
            }
        });
    });
}

/// A part of the app has been downloaded, and with it perhaps the page navigated to.
pub fn arrived() {
    if AWAITED.take() {
        after_navigation();
    }
}

/// Content has replaced a placeholder: where the focus was lost with the placeholder, it goes to the heading.
pub fn settled() {
    request_animation_frame(|| {
        if NAVIGATED.get() && focused().is_none() {
            focus_heading();
            let told = element("announce").and_then(|region| region.text_content()).unwrap_or_default();
            if let Some(title) = document().map(|document| document.title()).filter(|title| !told.ends_with(title)) {
                announce(&title);
            }
        }
    });
}

/// The page has changed without a navigation, as by signing in: its heading takes the focus once it is shown.
pub fn changed() {
    NAVIGATED.set(true);
    after_navigation();
}

/// An action was done and the page shows the result: announces it and focuses the heading.
pub fn done(words: String) {
    request_animation_frame(move || {
        focus_heading();
        announce(&words);
    });
}

/// The focused element; `None` where the focus is nowhere.
fn focused() -> Option<HtmlElement> {
    let focused = document()?.active_element()?;
    if focused.matches("body").unwrap_or(true) { None } else { focused.dyn_into().ok() }
}

/// Reloads the page.
pub fn reload() {
    if let Some(window) = web_sys::window() {
        let _ = window.location().reload();
    }
}

/// Opens the browser's dialog for printing.
pub fn print() {
    if let Some(window) = web_sys::window() {
        let _ = window.print();
    }
}

/// Focuses the page's heading, unless somebody has begun to answer.
pub fn focus_heading() {
    if focused().is_some_and(|focused| focused.matches("main input, main textarea").unwrap_or(false)) {
        return;
    }
    let heading = document().and_then(|document| document.query_selector("main h1").ok().flatten());
    if let Some(heading) = heading.and_then(|heading| heading.dyn_into::<HtmlElement>().ok()) {
        let _ = heading.set_attribute("tabindex", "-1");
        // Does not scroll: Back restores the earlier scroll position.
        let quietly = FocusOptions::new();
        quietly.set_prevent_scroll(true);
        let _ = heading.focus_with_options(&quietly);
    }
}

/// Announces a text to screen readers.
pub fn announce(text: &str) {
    if let Some(region) = element("announce") {
        region.set_text_content(Some(text));
    }
}

/// Focuses the element with this id once it exists.
pub fn focus_later(id: &'static str) {
    focus_later_by(id.to_owned());
}

/// As [`focus_later`], for an id that is made up where it is used.
pub fn focus_later_by(id: String) {
    request_animation_frame(move || {
        if let Some(found) = element(&id).and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
            let _ = found.focus();
        }
    });
}
