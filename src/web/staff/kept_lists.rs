//! Lists as they were left: Back finds the pages that had been read, the scroll position and the row that was opened. What is
//! shown again is at once read anew, as far as it had been read, so that a case which was decided meanwhile says so.
//!
//! They are kept in memory alone, for whoever is signed in, and go with them.

use leptos::ev;
use leptos::prelude::*;
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::Future;
use wasm_bindgen::JsCast;
use web::api::CallError;
use web::hook::{Paged, Pages, use_pages_from};
use web::person;
use web::start::document;

/// Lists that are kept: as many as somebody walks back through.
const KEPT: usize = 5;
/// Milliseconds within which a page that is drawn is the one that Back has led to.
const AT_ONCE: f64 = 2_000.0;

/// A list as it was left.
struct Kept {
    /// Whose it is, and what it shows.
    key: (String, String),
    /// The pages that were read, of the type that the page knows.
    list: Box<dyn Any>,
    scrolled: f64,
    /// The path that was opened from it; none while it is shown.
    opened: Option<String>,
}

/// A page without a list, as it was left.
struct Left {
    /// Whose it is, and what it shows.
    key: (String, String),
    scrolled: f64,
    /// The address that was opened from it.
    opened: String,
}

thread_local! {
    static LISTS: RefCell<VecDeque<Kept>> = const { RefCell::new(VecDeque::new()) };
    static LEFT: RefCell<VecDeque<Left>> = const { RefCell::new(VecDeque::new()) };
    /// Where the page stood last. A page that is left has been scrolled to its top by the time it goes.
    static SCROLLED: Cell<f64> = const { Cell::new(0.0) };
    /// When Back was pressed, in milliseconds since 1970.
    static WENT_BACK: Cell<f64> = const { Cell::new(f64::NEG_INFINITY) };
}

/// Notices Back and scrolling from now on.
pub fn provide_kept_lists() {
    let back = window_event_listener(ev::popstate, |_| WENT_BACK.set(js_sys::Date::now()));
    let stands = || SCROLLED.set(web_sys::window().and_then(|window| window.scroll_y().ok()).unwrap_or_default());
    let scrolled = window_event_listener(ev::scroll, move |_| stands());
    // A page that has just been scrolled is told of that a frame later, and may be left before.
    let pressed = window_event_listener(ev::pointerdown, move |_| stands());
    let typed = window_event_listener(ev::keydown, move |_| stands());
    on_cleanup(move || {
        back.remove();
        scrolled.remove();
        pressed.remove();
        typed.remove();
    });
}

/// Forgets all of them: somebody else may come to this device.
pub fn forget() {
    LISTS.take();
    LEFT.take();
}

/// Whether Back has led to what is drawn now.
#[must_use]
pub fn went_back() -> bool {
    js_sys::Date::now() - WENT_BACK.get() < AT_ONCE
}

/// Where the page stood before it was left, in CSS pixels from its top.
#[must_use]
pub fn scrolled() -> f64 {
    SCROLLED.get()
}

/// A list read page by page, as it was left where Back leads to it. `shows` says what it is a list of: two that say the same
/// are the same; it reads its signals whenever the list changes.
pub fn use_kept_pages<P, F>(
    shows: impl Fn() -> String + Send + Sync + 'static,
    fetch: impl Fn(String) -> F + Send + Sync + 'static,
) -> Pages<P>
where
    P: Paged,
    F: Future<Output = Result<P, CallError>> + 'static,
{
    let key = move || (person::mark(), shows());
    let is_theirs = !person::other().get_untracked();
    let kept = if went_back() && is_theirs { untrack(|| take::<P>(&key())) } else { None };
    let (list, place) = kept.map(|(list, place)| (Some(list), Some(place))).unwrap_or_default();
    let pages = use_pages_from(list, fetch);
    let returned = place.as_ref().and_then(|(_, opened)| opened.clone());
    if let Some((scrolled, opened)) = place {
        return_to(scrolled, opened);
    }
    Effect::new(move |_| {
        let list = pages.list.with(P::clone);
        let key = key();
        if let Some(list) = list {
            keep(key, list);
        }
        // A row that has changed is drawn anew, without the focus that it had, which a frame later is the heading's.
        if let Some(path) = returned.clone() {
            let back = move || {
                let lost = document().and_then(|document| document.active_element());
                if lost.is_none_or(|active| active.matches("body, main h1").unwrap_or(true)) {
                    focus_row(&path, true);
                }
            };
            request_animation_frame(|| request_animation_frame(back));
        }
    });
    on_cleanup(|| {
        LISTS.with_borrow_mut(|lists| {
            if let Some(left) = lists.back_mut().filter(|kept| kept.opened.is_none()) {
                left.opened = web_sys::window().and_then(|window| window.location().pathname().ok());
                left.scrolled = scrolled();
            }
        });
    });
    pages
}

/// Keeps a list that is shown.
fn keep(key: (String, String), list: impl Any) {
    LISTS.with_borrow_mut(|lists| {
        lists.retain(|kept| kept.key != key && kept.opened.is_some());
        lists.push_back(Kept { key, list: Box::new(list), scrolled: 0.0, opened: None });
        if lists.len() > KEPT {
            lists.pop_front();
        }
    });
}

/// A list that was left, with its scroll position and what was opened from it.
fn take<P: Paged>(key: &(String, String)) -> Option<(P, (f64, Option<String>))> {
    LISTS.with_borrow_mut(|lists| {
        let at = lists.iter().position(|kept| kept.key == *key && kept.list.is::<P>())?;
        let Kept { list, scrolled, opened, .. } = lists.remove(at)?;
        Some((*list.downcast::<P>().ok()?, (scrolled, opened)))
    })
}

/// For a page that is read whole. What it answers is called once the rows are there: where Back has led to the page, the row
/// that was opened has the focus again. `shows` says what the page shows, as for [`use_kept_pages`].
pub fn use_row_again(shows: String) -> impl Fn() + Copy + Send + Sync {
    let key = (person::mark(), shows);
    let left = if went_back() && !person::other().get_untracked() {
        LEFT.with_borrow_mut(|left| {
            let at = left.iter().position(|left| left.key == key)?;
            left.remove(at)
        })
    } else {
        None
    };
    let left = StoredValue::new(left.map(|left| (left.scrolled, left.opened)));
    on_cleanup(move || {
        let location = web_sys::window().map(|window| window.location());
        let opened = location.and_then(|at| Some(at.pathname().ok()? + &at.search().ok()?)).unwrap_or_default();
        LEFT.with_borrow_mut(|left| {
            left.retain(|known| known.key != key);
            left.push_back(Left { key, scrolled: scrolled(), opened });
            if left.len() > KEPT {
                left.pop_front();
            }
        });
    });
    move || {
        if let Some((scrolled, opened)) = left.try_update_value(Option::take).flatten() {
            return_to(scrolled, Some(opened));
        }
    }
}

/// Focuses the row that was opened, at the height where it stood: once the page is shown and its heading has had the focus,
/// which takes two frames.
pub fn return_to(scrolled: f64, opened: Option<String>) {
    let back = move || {
        if let Some(window) = web_sys::window() {
            window.scroll_to_with_x_and_y(0.0, scrolled);
        }
        // A list may have grown above the row: it is to be seen all the same.
        if let Some(path) = &opened {
            focus_row(path, false);
        }
    };
    request_animation_frame(|| request_animation_frame(|| request_animation_frame(back)));
}

/// Focuses the link to this path, where the list still has it. `quietly`: the page stays where it stands.
fn focus_row(path: &str, quietly: bool) {
    let row = document().and_then(|document| document.query_selector(&format!("main a[href='{path}']")).ok().flatten());
    if let Some(row) = row.and_then(|row| row.dyn_into::<web_sys::HtmlElement>().ok()) {
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(quietly);
        let _ = row.focus_with_options(&options);
    }
}
