//! Who rang and was not answered, and one's own calls of the day; shown while no number is entered.

use super::line::Line;
use leptos::prelude::*;
use model::wire::{GetLineDay, LineDay, MissedCall, RingBack};
use web::api;
use web::format::{counted, digits, moment};
use web::hook::{Fetched, use_remote, use_send};
use web::i18n::{fill, key, t};

/// Milliseconds after which the list is read again.
const READ_EVERY: u32 = 20_000;

/// The day's calls and the list of those to ring back.
#[component]
pub fn Missed(line: Line) -> impl IntoView {
    let day = use_remote(|| async { api::get(&GetLineDay {}).await });
    let every = gloo_timers::callback::Interval::new(READ_EVERY, move || day.refresh());
    let every = StoredValue::new_local(Some(every));
    on_cleanup(move || drop(every.try_update_value(Option::take)));
    let call = line.call;
    let id = Memo::new(move |_| call.with(|call| call.as_ref().map(|call| call.id.clone())));
    Effect::new(move |before: Option<()>| {
        id.track();
        if before.is_some() {
            day.refresh();
        }
    });
    day.draw(move |day_now| {
        let LineDay { answered, about, missed } = day_now.clone();
        let count = |count: u32| digits(&count.to_string());
        let own = fill(key::PHONE_DAY, &[("n", &count(answered)), ("m", &count(about))]);
        let rows = missed.into_iter().map(|missed| view! { <One missed line day/> }).collect_view();
        let none = rows.is_empty();
        view! {
            <p class="hint">{own}</p>
            <h2>{t(key::PHONE_MISSED)}</h2>
            {if none {
                view! { <p class="empty">{t(key::PHONE_MISSED_NONE)}</p> }.into_any()
            } else {
                view! { <ul class="missed">{rows}</ul> }.into_any()
            }}
        }
    })
}

/// A number to ring back.
#[component]
fn One(missed: MissedCall, line: Line, day: Fetched<LineDay>) -> impl IntoView {
    let MissedCall { id, ends, times, latest, tries } = missed;
    let (send, wrong) = (use_send(), RwSignal::new(String::new()));
    let call = line.call;
    let ring = move |_| {
        wrong.set(String::new());
        send.send(RingBack { id: id.clone() }, (), None, move |answer| match answer {
            Ok(ringing) => drop(call.try_set(Some(ringing))),
            Err(error) => {
                wrong.try_set(error.message());
                day.refresh();
            }
        });
    };
    let mut words = vec![fill(key::PHONE_LAST, &[("time", &moment(latest))])];
    if times > 1 {
        words.push(counted(key::PHONE_TIMES, times));
    }
    if tries > 0 {
        words.push(counted(key::PHONE_TRIES, tries));
    }
    view! {
        <li>
            <span class="missed-number"><bdi>{format!("… {ends}")}</bdi></span>
            <span class="hint">{words.join(" · ")}</span>
            <button type="button" class="button second" on:click=ring>{t(key::PHONE_BACK)}</button>
            <p class="error" role="alert">{move || wrong.get()}</p>
        </li>
    }
}
