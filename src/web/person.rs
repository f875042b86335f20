//! The person whom the page shows. Every call names them, and the server refuses a call for a person other than the one
//! signed in: two people may share a browser, each in a tab.

use crate::api::{self, CallError};
use leptos::prelude::*;
use model::wire::{Me, ProblemCode, SignOut};
use std::cell::RefCell;

thread_local! {
    /// The server's mark of the person shown; empty where the page shows nobody.
    static MARK: RefCell<String> = const { RefCell::new(String::new()) };
    /// Incremented whenever the page shows another person.
    static SHOWN: ArcRwSignal<u32> = ArcRwSignal::new(0);
    /// Whether they signed in by the link in a message, and so see one case.
    static BY_LINK: ArcRwSignal<bool> = ArcRwSignal::new(false);
    /// Whether somebody else has signed in since.
    static OTHER: ArcRwSignal<bool> = ArcRwSignal::new(false);
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

/// Storage key of the newest mark, for the other tabs; each app has a session of its own.
fn place() -> &'static str {
    if crate::api::is_staff() { "pratikar.as.staff" } else { "pratikar.as" }
}

/// The mark of the person the page shows.
#[must_use]
pub fn mark() -> String {
    MARK.with_borrow(Clone::clone)
}

/// Makes the page show this person, who has signed in on it, or nobody, after signing out. Tells the other tabs.
pub fn show(me: &Me) {
    if MARK.replace(me.mark.clone()) != me.mark {
        SHOWN.with(|shown| *shown.write() += 1);
    }
    BY_LINK.with(|by_link| by_link.set(me.is_by_link()));
    OTHER.with(|other| other.set(false));
    if let Some(storage) = storage() {
        // Stored only while somebody is signed in, because the phone may be shared.
        let _ = if me.mark.is_empty() { storage.remove_item(place()) } else { storage.set_item(place(), &me.mark) };
    }
}

/// Ends the session of the person the page shows. Where somebody else has signed in since, their session continues. Answers
/// false where the server could not be told.
pub async fn sign_out() -> bool {
    let answer = api::get(&SignOut {}).await;
    let told = answer != Err(CallError::Network);
    if answer.err().and_then(|error| error.code()) == Some(ProblemCode::OtherPerson) {
        leave();
    } else {
        show(&Me::default());
    }
    told
}

/// Makes the page show nobody, even while somebody is signed in: anybody can lodge a grievance, also after a session
/// has ended.
pub fn leave() {
    MARK.take();
    OTHER.with(|other| other.set(false));
}

/// Changes whenever the page shows another person.
#[must_use]
pub fn shown() -> ArcRwSignal<u32> {
    SHOWN.with(Clone::clone)
}

/// Whether the person shown signed in by the link in a message.
#[must_use]
pub fn by_link() -> ArcRwSignal<bool> {
    BY_LINK.with(Clone::clone)
}

/// Handles the server's answer to who is signed in: a page that shows nobody shows them; a page that shows somebody
/// else reports it through [`other`].
pub fn meet(me: &Me) {
    let shown = mark();
    if shown.is_empty() {
        show(me);
    } else if !me.mark.is_empty() && me.mark != shown {
        is_other();
    }
}

/// Handles a mark stored by another tab.
pub fn look() {
    // No mark means that they have signed out; storage that cannot be read means nothing.
    let newest = storage().and_then(|storage| storage.get_item(place()).ok());
    let shown = mark();
    if let Some(newest) = newest.filter(|_| !shown.is_empty()) {
        OTHER.with(|other| other.set(newest.as_deref() != Some(shown.as_str())));
    }
}

/// Whether a storage event concerns the mark.
#[must_use]
pub fn concerns(event: &web_sys::Event) -> bool {
    js_sys::Reflect::get(event, &"key".into()).is_ok_and(|name| name.as_string().as_deref() == Some(place()))
}

/// The server has refused a call because somebody else is signed in. Ignored on a page that shows nobody.
pub fn is_other() {
    if !mark().is_empty() {
        OTHER.with(|other| other.set(true));
    }
}

/// Whether somebody else has signed in since.
#[must_use]
pub fn other() -> ArcRwSignal<bool> {
    OTHER.with(Clone::clone)
}
