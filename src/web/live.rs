//! The live stream: reconnects automatically, reports whether it is live, and ends with the session.

use crate::api;
use crate::json;
use gloo_timers::callback::{Interval, Timeout};
use leptos::prelude::*;
use model::wire::{LIVE, LiveFrame, WhoAmI};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent};

/// The state of the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// Connected: frames arrive as they are made.
    Live,
    /// The connection was lost and is being retried.
    Reconnecting,
    /// Nobody is signed in any more.
    Ended,
}

/// Milliseconds after which a stream that the browser has closed is opened again.
const AGAIN: u32 = 3_000;
/// Seconds without a frame or beat after which the connection counts as lost: the server sends a beat every ten.
const SILENCE: u32 = 15;

/// An open stream with the callbacks it holds.
type Open = (EventSource, Vec<Closure<dyn Fn(MessageEvent)>>, Closure<dyn Fn()>);

/// The stream of one page.
#[derive(Clone, Copy)]
struct Stream {
    frame: RwSignal<Option<LiveFrame>>,
    link: RwSignal<Link>,
    held: StoredValue<Option<Open>, LocalStorage>,
    /// Seconds since the last frame or beat.
    silent: StoredValue<u32>,
}

/// The newest frame and the state of the stream; closed when the calling page is left.
#[must_use]
pub fn follow() -> (RwSignal<Option<LiveFrame>>, RwSignal<Link>) {
    let stream = Stream {
        frame: RwSignal::new(None),
        link: RwSignal::new(Link::Reconnecting),
        held: StoredValue::new_local(None),
        silent: StoredValue::new(0),
    };
    stream.open();
    let watch = StoredValue::new_local(Some(Interval::new(1_000, move || {
        let silent = stream.silent.try_update_value(|silent| {
            *silent += 1;
            *silent
        });
        if silent.is_some_and(|silent| silent % SILENCE == 0) && stream.link.try_get_untracked() != Some(Link::Ended) {
            // Open on this side but silent: the browser does not notice this.
            stream.link.try_set(Link::Reconnecting);
            stream.open();
        }
    })));
    // The phone itself reports that it is offline.
    let offline = window_event_listener(leptos::ev::offline, move |_| {
        if stream.link.try_get_untracked() == Some(Link::Live) {
            stream.link.try_set(Link::Reconnecting);
        }
    });
    let online = window_event_listener(leptos::ev::online, move |_| {
        if stream.link.try_get_untracked() == Some(Link::Reconnecting) {
            stream.open();
        }
    });
    on_cleanup(move || {
        offline.remove();
        online.remove();
        watch.try_update_value(Option::take);
        stream.close();
    });
    (stream.frame, stream.link)
}

impl Stream {
    fn close(self) {
        if let Some(Some((source, ..))) = self.held.try_update_value(Option::take) {
            source.close();
        }
    }

    /// Opens the stream, closing one that is open.
    fn open(self) {
        self.close();
        let Ok(source) = EventSource::new(LIVE) else { return };
        let lives = move || {
            self.silent.try_set_value(0);
            self.link.try_set(Link::Live);
        };
        let on_frame = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            let read = event.data().as_string().and_then(|json| json::read(&json));
            if let Some(read) = read {
                self.frame.try_set(Some(read));
                lives();
            }
        });
        // A beat says that the last frame is still current: otherwise another frame would have come.
        let on_beat = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            let now = event.data().as_string().and_then(|json| json::read(&json));
            self.frame.try_update(|frame| {
                if let (Some(frame), Some(now)) = (frame.as_mut(), now) {
                    frame.as_of = Some(now);
                }
            });
            lives();
        });
        let on_end = Closure::<dyn Fn(MessageEvent)>::new(move |_: MessageEvent| self.end());
        let same = source.clone();
        let on_error = Closure::<dyn Fn()>::new(move || {
            if self.link.try_get_untracked() == Some(Link::Ended) {
                return;
            }
            self.link.try_set(Link::Reconnecting);
            // The browser reconnects after a lost connection, but not after a refusal.
            if same.ready_state() == EventSource::CLOSED {
                Timeout::new(AGAIN, move || self.ask_and_open()).forget();
            }
        });
        let listen = |name: &str, function: &Closure<dyn Fn(MessageEvent)>| {
            let _ = source.add_event_listener_with_callback(name, function.as_ref().unchecked_ref());
        };
        listen("figures", &on_frame);
        listen("beat", &on_beat);
        listen("end", &on_end);
        source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        self.held.try_update_value(|held| *held = Some((source, vec![on_frame, on_beat, on_end], on_error)));
    }

    /// Opens the stream again, unless nobody is signed in any more: a wall display then says so instead of retrying for
    /// ever.
    fn ask_and_open(self) {
        leptos::task::spawn_local(async move {
            let nobody = api::get(&WhoAmI {}).await.is_ok_and(|me| me.actor.is_none());
            if nobody {
                self.end();
            } else if self.held.try_with_value(Option::is_some) == Some(true) {
                self.open();
            }
        });
    }

    fn end(self) {
        self.link.try_set(Link::Ended);
        // Deferred until the callback that may have called this has returned.
        Timeout::new(0, move || self.close()).forget();
    }
}
