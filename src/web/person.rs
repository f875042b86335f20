//! Whom the page shows. Every call says it, and the server does nothing for a page that shows somebody else than who is signed
//! in by now: two people may share a browser, each in a tab of their own.

use crate::api;
use leptos::prelude::*;
use model::wire::{Me, ProblemCode, SignOut};
use std::cell::RefCell;

thread_local! {
    /// The server's mark of who is shown; empty where that is nobody.
    static MARK: RefCell<String> = const { RefCell::new(String::new()) };
    /// Counts who was shown on this page.
    static SHOWN: ArcRwSignal<u32> = ArcRwSignal::new(0);
    /// Whether they came by the link in a message, and so see one case.
    static BY_LINK: ArcRwSignal<bool> = ArcRwSignal::new(false);
    /// Whether somebody else has signed in meanwhile.
    static OTHER: ArcRwSignal<bool> = ArcRwSignal::new(false);
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

/// Where the newest mark lies, for the other tabs; each app has a session of its own.
fn place() -> &'static str {
    if crate::api::is_staff() { "pratikar.as.staff" } else { "pratikar.as" }
}

/// The mark of whom the page shows.
#[must_use]
pub fn mark() -> String {
    MARK.with_borrow(Clone::clone)
}

/// This page shows them from now on: they have signed in on it, or out. The other tabs hear of it.
pub fn show(me: &Me) {
    if MARK.replace(me.mark.clone()) != me.mark {
        SHOWN.with(|shown| *shown.write() += 1);
    }
    BY_LINK.with(|by_link| by_link.set(me.is_by_link()));
    OTHER.with(|other| other.set(false));
    if let Some(storage) = storage() {
        // It stays on a shared phone only for as long as somebody is signed in.
        let _ = if me.mark.is_empty() { storage.remove_item(place()) } else { storage.set_item(place(), &me.mark) };
    }
}

/// Ends the session of whom the page shows. Where somebody else has signed in meanwhile, theirs goes on.
pub async fn sign_out() {
    let answer = api::get(&SignOut {}).await;
    if answer.err().and_then(|error| error.code()) == Some(ProblemCode::OtherPerson) {
        leave();
    } else {
        show(&Me::default());
    }
}

/// The page shows nobody any more, whoever is signed in: a grievance can be lodged by anybody, also after a session has ended.
pub fn leave() {
    MARK.take();
    OTHER.with(|other| other.set(false));
}

/// Changes whenever the page begins to show somebody else.
#[must_use]
pub fn shown() -> ArcRwSignal<u32> {
    SHOWN.with(Clone::clone)
}

/// Whether whom the page shows came by the link in a message.
#[must_use]
pub fn by_link() -> ArcRwSignal<bool> {
    BY_LINK.with(Clone::clone)
}

/// The server says who is signed in. A page that shows nobody yet shows them; one that shows somebody else says so.
pub fn meet(me: &Me) {
    let shown = mark();
    if shown.is_empty() {
        show(me);
    } else if !me.mark.is_empty() && me.mark != shown {
        is_other();
    }
}

/// Another tab has kept a mark.
pub fn look() {
    // Nothing there means that they have signed out; a storage that cannot be read means nothing.
    let newest = storage().and_then(|storage| storage.get_item(place()).ok());
    let shown = mark();
    if let Some(newest) = newest.filter(|_| !shown.is_empty()) {
        OTHER.with(|other| other.set(newest.as_deref() != Some(shown.as_str())));
    }
}

/// Whether an event of the storage is about the mark.
#[must_use]
pub fn concerns(event: &web_sys::Event) -> bool {
    js_sys::Reflect::get(event, &"key".into()).is_ok_and(|name| name.as_string().as_deref() == Some(place()))
}

/// The server has refused something because somebody else is signed in. A page that shows nobody need not say so.
pub fn is_other() {
    if !mark().is_empty() {
        OTHER.with(|other| other.set(true));
    }
}

/// Whether somebody else has signed in meanwhile.
#[must_use]
pub fn other() -> ArcRwSignal<bool> {
    OTHER.with(Clone::clone)
}
