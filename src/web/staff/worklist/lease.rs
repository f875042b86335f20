//! Keeps the open case taken up while somebody is at work on it, so that nobody else is handed it. Whoever does nothing for two
//! minutes stops renewing, and the lease ends by itself.

use gloo_timers::callback::Interval;
use leptos::ev;
use leptos::prelude::*;
use model::Reference;
use model::wire::{Colleague, Interest, LeaseCase, LeaseRequest};
use wasm_bindgen::JsCast;
use web::api::{Conditions, call, call_leaving};

/// Milliseconds between renewals.
const RENEWED: u32 = 45_000;
/// Milliseconds between questions whether somebody else still has it.
const ASKED: u32 = 10_000;
/// Milliseconds without a key or a touch after which nobody is taken to be at work.
const IDLE: f64 = 120_000.0;

/// Takes a case up, or gives it back; answers who else has it. Without a line nobody is known to.
pub(super) async fn take(reference: Reference, interest: Interest) -> Option<Colleague> {
    let answer = call(&LeaseCase { reference }, &LeaseRequest { interest }, Conditions::default()).await;
    answer.ok().and_then(|lease| lease.other)
}

/// Keeps the case that is open taken up; answers who else has it.
pub(super) fn keep(open: Memo<Option<Reference>>) -> RwSignal<Option<Colleague>> {
    let other = RwSignal::new(None);
    let (writes, active) = (StoredValue::new(false), StoredValue::new(js_sys::Date::now()));
    let renew = move |reference: Reference| {
        let interest = if writes.get_value() { Interest::Writing } else { Interest::Reading };
        leptos::task::spawn_local(async move {
            let found = take(reference, interest).await;
            if open.try_get_untracked() == Some(Some(reference)) {
                other.try_set(found);
            }
        });
    };
    Effect::new(move |before: Option<Option<Reference>>| {
        let now = open.get();
        if let Some(left) = before.flatten().filter(|left| Some(*left) != now) {
            leptos::task::spawn_local(async move { drop(take(left, Interest::Done).await) });
        }
        if before.flatten() != now {
            writes.set_value(false);
            other.set(None);
            active.set_value(js_sys::Date::now());
            if let Some(reference) = now {
                renew(reference);
            }
        }
        now
    });
    let again = move || {
        let at_work = js_sys::Date::now() - active.try_get_value().unwrap_or_default() < IDLE;
        if let Some(reference) = open.try_get_untracked().flatten().filter(|_| at_work) {
            renew(reference);
        }
    };
    let asking = move || {
        if other.try_get_untracked().flatten().is_some() {
            again();
        }
    };
    let [renewing, asking] = [Interval::new(RENEWED, again), Interval::new(ASKED, asking)]
        .map(|interval| StoredValue::new_local(Some(interval)));
    // A page that comes back from the browser's memory has given it back.
    let back = window_event_listener(ev::pageshow, move |event| {
        if let Some(reference) = open.try_get_untracked().flatten().filter(|_| event.persisted()) {
            renew(reference);
        }
    });
    // A page that is closed or loaded anew ends without any cleaning up.
    let left = window_event_listener(ev::pagehide, move |_| {
        if let Some(left) = open.try_get_untracked().flatten() {
            call_leaving(&LeaseCase { reference: left }, &LeaseRequest { interest: Interest::Done });
        }
    });
    let stirred = move || {
        active.try_set_value(js_sys::Date::now());
    };
    let typed = window_event_listener(ev::input, move |event| {
        stirred();
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let in_form = target.is_some_and(|target| target.closest("form.action").ok().flatten().is_some());
        if in_form && writes.try_get_value() == Some(false) {
            writes.set_value(true);
            if let Some(reference) = open.get_untracked() {
                renew(reference);
            }
        }
    });
    let pressed = window_event_listener(ev::keydown, move |_| stirred());
    let touched = window_event_listener(ev::pointerdown, move |_| stirred());
    on_cleanup(move || {
        for interval in [renewing, asking] {
            interval.try_update_value(Option::take);
        }
        left.remove();
        back.remove();
        [typed, pressed, touched].into_iter().for_each(|listener| listener.remove());
        if let Some(left) = open.try_get_untracked().flatten() {
            leptos::task::spawn_local(async move { drop(take(left, Interest::Done).await) });
        }
    });
    other
}
