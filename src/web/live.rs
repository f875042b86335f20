//! The live stream: follows, reconnects by itself, says how fresh it is.

use leptos::prelude::*;
use model::api::{LIVE, LiveFrame};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent};

/// How the stream stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// Frames arrive as they are made.
    Live,
    /// The connection was lost; the browser is trying again.
    Reconnecting,
}

/// Milliseconds after which a stream that the browser has given up is opened again.
const AGAIN: u32 = 3_000;

/// An open stream with the functions that it calls.
type Open = (EventSource, Closure<dyn Fn(MessageEvent)>, Closure<dyn Fn()>, Closure<dyn Fn()>);

/// The newest frame and how the stream stands; ends with the page that asked.
#[must_use]
pub fn follow() -> (RwSignal<Option<LiveFrame>>, RwSignal<Link>) {
    let (frame, link) = (RwSignal::new(None), RwSignal::new(Link::Reconnecting));
    let held: StoredValue<Option<Open>, LocalStorage> = StoredValue::new_local(None);
    open(frame, link, held);
    on_cleanup(move || {
        if let Some(Some((source, ..))) = held.try_update_value(Option::take) {
            source.close();
        }
    });
    (frame, link)
}

fn open(frame: RwSignal<Option<LiveFrame>>, link: RwSignal<Link>, held: StoredValue<Option<Open>, LocalStorage>) {
    let Ok(source) = EventSource::new(LIVE) else { return };
    let on_frame = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let read = event.data().as_string().and_then(|json| serde_json::from_str(&json).ok());
        if let Some(read) = read {
            frame.try_set(Some(read));
            link.try_set(Link::Live);
        }
    });
    let on_open = Closure::<dyn Fn()>::new(move || {
        link.try_set(Link::Live);
    });
    let same = source.clone();
    let on_error = Closure::<dyn Fn()>::new(move || {
        link.try_set(Link::Reconnecting);
        // The browser tries again by itself after a lost connection, but not after a refusal.
        if same.ready_state() == EventSource::CLOSED {
            gloo_timers::callback::Timeout::new(AGAIN, move || {
                if held.try_with_value(Option::is_some) == Some(true) {
                    open(frame, link, held);
                }
            })
            .forget();
        }
    });
    let _ = source.add_event_listener_with_callback("figures", on_frame.as_ref().unchecked_ref());
    source.set_onopen(Some(on_open.as_ref().unchecked_ref()));
    source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
    held.try_update_value(|held| *held = Some((source, on_frame, on_open, on_error)));
}
