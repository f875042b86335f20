//! The telephone beside the form: who rings, and hanging up.

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use model::Mobile;
use model::wire::{CallState, EndLine, GetLine, LineCall};
use web::api;
use web::hook::use_send;
use web::i18n::{fill, key, name_of, t};
use web::start::document;

/// Milliseconds between two questions whether it rings.
const ASKS_EVERY: u32 = 1_000;
/// Milliseconds between two of them on a page that nobody sees.
const ASKS_HIDDEN: u32 = 10_000;

/// The call on one's own telephone, followed as long as the page is shown.
#[derive(Clone, Copy)]
pub struct Line {
    /// The call; `None` where there is none.
    pub call: RwSignal<Option<LineCall>>,
    /// Whether the server cannot be asked, so that a call would not be seen.
    lost: RwSignal<bool>,
}

/// Follows one's own telephone.
pub fn use_line() -> Line {
    let line = Line { call: RwSignal::new(None), lost: RwSignal::new(false) };
    leptos::task::spawn_local(async move {
        loop {
            let heard = api::get(&GetLine {}).await;
            let lost = heard.is_err();
            // Only what changes is drawn; the page may have been left.
            let Some(other) = line.lost.try_with_untracked(|known| *known != lost) else { return };
            if other {
                line.lost.set(lost);
            }
            if let Ok(heard) = heard
                && line.call.with_untracked(|known| *known != heard)
            {
                line.call.set(heard);
            }
            let hidden = document().is_some_and(|document| document.hidden());
            TimeoutFuture::new(if hidden { ASKS_HIDDEN } else { ASKS_EVERY }).await;
        }
    });
    line
}

/// The other's number as it is read out; in words where it is hidden.
pub fn number_of(call: &LineCall) -> String {
    let mobile = call.mobile.as_deref().and_then(|mobile| Mobile::parse(mobile).ok());
    mobile.map_or_else(|| t(key::PHONE_HIDDEN), |mobile| mobile.spaced())
}

/// How far a call is, in words.
fn words_of(call: &LineCall) -> String {
    match call.state {
        CallState::Ringing if !call.back => fill(key::PHONE_RINGS, &[("number", &number_of(call))]),
        CallState::Speaking => fill(key::PHONE_SPEAKING, &[("number", &number_of(call))]),
        state => format!("{} {}", number_of(call), name_of("line", &state)),
    }
}

/// How far the call is, and the button that ends it.
#[component]
pub fn Telephone(line: Line) -> impl IntoView {
    let Line { call, lost } = line;
    let (send, wrong) = (use_send(), RwSignal::new(String::new()));
    let end = move |_| {
        wrong.set(String::new());
        send.send(EndLine {}, (), None, move |answer| match answer {
            Ok(()) => drop(call.try_set(None)),
            Err(error) => drop(wrong.try_set(error.message())),
        });
    };
    let words = move || match lost.get() {
        true => t(key::PHONE_LOST),
        false => call.with(|call| call.as_ref().map_or_else(|| t(key::PHONE_NONE), words_of)),
    };
    let speaks = move || call.with(|call| call.as_ref().is_some_and(|call| call.state == CallState::Speaking));
    let is_on = Memo::new(move |_| call.with(Option::is_some));
    view! {
        <div class="call" class:speaking=speaks class:rings=move || is_on.get() && !speaks()>
            <span role="status" class="line-state">{words}</span>
            {move || is_on.get().then(|| view! {
                <button type="button" class="button second" id="end-call" on:click=end>{t(key::CALLS_END)}</button>
            })}
            <p class="error" role="alert">{move || wrong.get()}</p>
        </div>
    }
}
