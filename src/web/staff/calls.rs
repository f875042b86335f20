//! Verification calls: the next case, the script, ringing, the outcome; then the next one comes by itself. A part for
//! verification callers.

use crate::case::{Actions, OnLine};
use crate::keys::{KeyCap, Keys};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use model::lifecycle::{ActionKind, EventKind};
use model::page::StaffPage;
use model::wire::{
    CallState, CallToMake, CaseView, GetOwnCalls, GetPhoneCall, HangUp, NextCall, OwnCalls, RingCitizen,
};
use model::{Mobile, Reference};
use wasm_split_helpers::wasm_split;
use web::api::{self, Conditions, call};
use web::component::{Said, Timeline, Voice, title_of};
use web::format::{counted, digits};
use web::hook::{use_remote, use_remote_later, use_send};
use web::i18n::{fill, key, name_of, t};
use web::later::{Draw, SplitLoaderError};
use web::reference::use_tables;
use web::route::{announce, focus_later, set_title};

/// The entry point of this part.
#[wasm_split(calls, fallible)]
pub fn calls() -> Result<Draw<StaffPage>, SplitLoaderError> {
    Ok(|page| match page {
        StaffPage::Calls => view! { <Calls/> }.into_any(),
        _ => ().into_any(),
    })
}

/// Id of the heading of the case to call about.
const CASE: &str = "call-case";
/// Id of the link that dials.
const NUMBER: &str = "call-number";
/// Milliseconds between two questions how far a call is.
const ASKS_EVERY: u32 = 1_000;

/// The page of a caller.
#[component]
pub fn Calls() -> impl IntoView {
    set_title(&t(key::CALLS_TITLE));
    let next = use_remote_later(|| async {
        let next = call(&NextCall {}, &(), Conditions::default()).await?;
        match next {
            Some(_) => focus_later(CASE),
            None => announce(&t(key::CALLS_NONE)),
        }
        Ok(next)
    });
    let own = use_remote(|| async { api::get(&GetOwnCalls {}).await });
    if let Some(keys) = Keys::of_app() {
        keys.bind('X', t(key::CALLS_NEXT), move || next.load());
    }
    let done = Callback::new(move |_: CaseView| {
        own.refresh();
        next.forget();
        next.load();
        if let Some(keys) = Keys::of_app() {
            keys.settle();
        }
    });
    view! {
        <h1>{t(key::CALLS_TITLE)}</h1>
        <p class="hint">{move || own.with(|own| (own.calls > 0).then(|| today(*own)))}</p>
        <p><button type="button" class="button second" id="next-call" aria-keyshortcuts="X" on:click=move |_| next.load()>
            {t(key::CALLS_NEXT)}<KeyCap letter='X'/>
        </button></p>
        {next.draw(move |found| match found {
            Some(found) => view! { <OneCall found=found.clone() done/> }.into_any(),
            None => view! { <p class="empty">{t(key::CALLS_NONE)}</p> }.into_any(),
        })}
    }
}

/// The caller's own work of today, in words.
fn today(own: OwnCalls) -> String {
    let count = |count: u32| digits(&count.to_string());
    let counts = [
        ("calls", count(own.calls)),
        ("yes", count(own.yes)),
        ("no", count(own.no)),
        ("unanswered", count(own.unanswered)),
        ("other", count(own.calls.saturating_sub(own.yes + own.no + own.unanswered))),
    ];
    fill(key::CALLS_TODAY, &counts.each_ref().map(|(name, count)| (*name, count.as_str())))
}

#[component]
fn OneCall(found: CallToMake, done: Callback<CaseView>) -> impl IntoView {
    let tables = use_tables();
    let CallToMake { case: view, script, language, tries, call } = found;
    let line = view.line.clone();
    let report = view.timeline.iter().find(|entry| entry.kind == EventKind::AtrSubmitted).cloned();
    let (timeline, shown) = (view.timeline.clone(), RwSignal::new(view.clone()));
    let on_line = OnLine(RwSignal::new(call));
    provide_context(on_line);
    let script = script.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
    view! {
        <article class="one-call">
            <div class="call-what">
                <p class="hint reference">{line.reference.grouped()}</p>
                <h2 id=CASE tabindex="-1" lang=line.language.tag() dir="auto">{title_of(&line)}</h2>
                <p><span dir="auto">{view.name.clone()}</span>" · "<bdi>{view.mobile.clone()}</bdi></p>
                {(tries > 0).then(|| view! { <p class="notice">{counted(key::CALLS_TRIES, tries)}</p> })}
                <Line reference=line.reference on_line/>
                <h3>{t(key::CALLS_SCRIPT)}</h3>
                <ol class="script" lang=language.tag() dir=language.direction()>{script}</ol>
                <Actions shown begin=ActionKind::RecordCall done/>
            </div>
            <div class="call-about">
                <h3>{t(key::SCASE_TEXT)}</h3>
                {(!view.text.is_empty()).then(|| view! { <p class="said" lang=line.language.tag() dir="auto">{view.text.clone()}</p> })}
                <Voice voice=view.voice.clone() spoken=view.spoken/>
                {report.map(|entry| view! { <h3>{t(key::CALLS_REPORT)}</h3><Said entry/> })}
                <details><summary>{t(key::SCASE_TIMELINE)}</summary><Timeline entries=timeline tables sides=true/></details>
            </div>
        </article>
    }
}

/// Rings the citizen, shows the number and how far the call is, and hangs up.
#[component]
fn Line(reference: Reference, on_line: OnLine) -> impl IntoView {
    let OnLine(call) = on_line;
    let (number, wrong, send) = (RwSignal::new(None::<Mobile>), RwSignal::new(String::new()), use_send());
    let told = move |error: api::CallError| drop(wrong.try_set(error.message()));
    let state = Memo::new(move |_| call.with(|call| call.as_ref().map(|call| call.state)));
    // What the exchange hears, until the call is over or the page is left.
    let follow = move || {
        leptos::task::spawn_local(async move {
            while let Some(Some(id)) = call.try_with_untracked(|call| {
                call.as_ref().filter(|call| !call.state.is_over()).map(|call| call.id.clone())
            }) {
                TimeoutFuture::new(ASKS_EVERY).await;
                if let Ok(heard) = api::get(&GetPhoneCall { id: id.clone() }).await {
                    call.try_update(|call| {
                        if call.as_ref().is_some_and(|call| call.id == id) {
                            *call = Some(heard);
                        }
                    });
                }
            }
        });
    };
    // A page that was loaded again goes on with its call.
    if untrack(|| call.with(Option::is_some)) {
        follow();
    }
    let ring = move || {
        if state.get_untracked().is_some_and(|state| !state.is_over()) {
            return;
        }
        wrong.set(String::new());
        send.send(RingCitizen { reference }, (), None, move |answer| match answer {
            Ok(ringing) => {
                number.try_set(Mobile::parse(&ringing.mobile).ok());
                call.try_set(Some(ringing.call));
                follow();
                focus_later(NUMBER);
            }
            Err(error) => told(error),
        });
    };
    let hang_up = move || {
        let Some(id) = call.with_untracked(|call| call.as_ref().map(|call| call.id.clone())) else { return };
        send.send(HangUp { id }, (), None, move |answer| match answer {
            Ok(heard) => drop(call.try_set(Some(heard))),
            Err(error) => told(error),
        });
    };
    if let Some(keys) = Keys::of_app() {
        keys.bind_within('C', t(key::CALLS_RING), ring);
        keys.bind_within('H', t(key::CALLS_END), hang_up);
    }
    let is_on = move || state.get().is_some_and(|state| !state.is_over());
    let words = move || state.get().map(|state| name_of("line", &state));
    let speaks = move || state.get() == Some(CallState::Speaking);
    view! {
        <div class="call" class:speaking=speaks>
            {move || number.get().map(|mobile| view! {
                <a class="number" id=NUMBER href=format!("tel:{}", mobile.e164())><bdi>{mobile.spaced()}</bdi></a>
            })}
            <span role="status" class="line-state">{words}</span>
            {move || if is_on() {
                view! { <button type="button" class="button second" aria-keyshortcuts="H" on:click=move |_| hang_up()>
                    {t(key::CALLS_END)}<KeyCap letter='H'/>
                </button> }.into_any()
            } else {
                view! { <button type="button" class="button" id="ring" aria-keyshortcuts="C" on:click=move |_| ring()>
                    {t(key::CALLS_RING)}<KeyCap letter='C'/>
                </button> }.into_any()
            }}
            <p class="error" role="alert">{move || wrong.get()}</p>
        </div>
    }
}
