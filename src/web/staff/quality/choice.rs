//! Choosing a call to hear, apart from what is drawn: of a caller of one's own team, for a reason that the caller is told.

use super::player::clock;
use super::score::seated;
use leptos::prelude::*;
use model::StaffId;
use model::names::code_of;
use model::quality::WhyChosen;
use model::wire::{CallLine, CallsOfSeat, GetTeam, Scored, TeamCaller};
use web::api;
use web::component::{Errors, Radios};
use web::format::{counted, moment};
use web::hook::use_remote_later;
use web::i18n::{key, name_of, t};
use web::route::focus_later;

/// Id of the first reason.
const WHY: &str = "why-chosen";
/// Id of the list of somebody's calls.
const CALLS: &str = "calls-of-seat";

/// The team, one caller's calls, and why one hears one of them. `take` hears which, and why.
#[component]
pub fn Choice(take: Callback<(String, WhyChosen)>, scored: RwSignal<Option<Scored>>) -> impl IntoView {
    let team = use_remote_later(|| async { api::get(&GetTeam {}).await });
    let open = RwSignal::new(false);
    let toggle = move |event: leptos::ev::Event| {
        use wasm_bindgen::JsCast;
        let details = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlDetailsElement>().ok());
        let opened = details.is_some_and(|details| details.open());
        open.set(opened);
        if opened {
            team.load();
        }
    };
    let seat = RwSignal::new(None::<StaffId>);
    // What was scored is gone from the list, and counts.
    Effect::new(move |_| {
        if scored.with(Option::is_some) && open.get_untracked() {
            seat.set(None);
            team.refresh();
        }
    });
    view! {
        <details class="choice" id="choose-call" on:toggle=toggle>
            <summary>{t(key::QUALITY_CHOOSE)}</summary>
            <p class="hint">{t(key::QUALITY_CHOOSE_HINT)}</p>
            {move || open.get().then(|| team.draw(move |callers| {
                if callers.is_empty() {
                    return view! { <p class="empty">{t(key::QUALITY_TEAM_NONE)}</p> }.into_any();
                }
                let rows = callers.iter().cloned().map(|caller| view! { <OneCaller caller seat take/> }).collect_view();
                view! { <ul class="accounts">{rows}</ul> }.into_any()
            }))}
        </details>
    }
}

/// A caller, with their calls once they are wanted.
#[component]
fn OneCaller(
    caller: TeamCaller,
    seat: RwSignal<Option<StaffId>>,
    take: Callback<(String, WhyChosen)>,
) -> impl IntoView {
    let TeamCaller { seat: own, name, calls, drawn, chosen } = caller;
    let is_open = Memo::new(move |_| seat.get() == Some(own));
    let toggle = move |_| seat.set((!is_open.get_untracked()).then_some(own));
    let counts =
        [(key::QUALITY_TEAM_CALLS, calls), (key::QUALITY_TEAM_DRAWN, drawn), (key::QUALITY_TEAM_CHOSEN, chosen)];
    let counts = counts.map(|(key, count)| counted(key, count)).join(" · ");
    view! {
        <li class="card">
            <p><strong><bdi>{name}</bdi></strong>" · "{seated(own)}</p>
            <p class="hint">{counts}</p>
            <p><button type="button" class="link" aria-expanded=move || is_open.get().to_string() on:click=toggle>{t(key::QUALITY_TEAM_SHOW)}</button></p>
            {move || is_open.get().then(|| view! { <Calls seat=own take/> })}
        </li>
    }
}

/// Why, and the calls.
#[component]
fn Calls(seat: StaffId, take: Callback<(String, WhyChosen)>) -> impl IntoView {
    let calls = use_remote_later(move || async move { api::get(&CallsOfSeat { seat }).await });
    calls.load();
    let (why, errors) = (RwSignal::new(String::new()), Errors::new());
    let reasons = WhyChosen::ALL.map(|why| (code_of(&why).to_owned(), name_of("why_chosen", &why))).to_vec();
    let hear = move |id: String| match why.with_untracked(|why| why.parse::<WhyChosen>()) {
        Ok(why) => {
            errors.clear();
            take.run((id, why));
        }
        Err(_) => {
            errors.show_one(WHY, t(key::QUALITY_CHOOSE_WHY));
            focus_later(WHY);
        }
    };
    let row = move |line: &CallLine| {
        let CallLine { id, kind, begun, seconds, outcome, reference } = line.clone();
        let outcome = outcome.map(|outcome| format!(" · {}", name_of("outcome", &outcome)));
        let number = reference.map(|reference| format!(" · {}", reference.grouped()));
        let hear = move |_| hear(id.clone());
        let label = format!("{} {}", t(key::QUALITY_CHOOSE_HEAR), moment(begun));
        view! {
            <li>
                {moment(begun)}" · "{name_of("call_kind", &kind)}" · "{clock(seconds)}{outcome}{number}" "
                <button type="button" class="link" aria-label=label on:click=hear>{t(key::QUALITY_CHOOSE_HEAR)}</button>
            </li>
        }
    };
    view! {
        <Radios id=WHY legend=t(key::QUALITY_CHOOSE_REASON) options=Signal::stored(reasons) value=why errors/>
        {calls.draw(move |all| {
            if all.is_empty() {
                return view! { <p class="empty">{t(key::QUALITY_CALLS_NONE)}</p> }.into_any();
            }
            view! { <ul class="lines" id=CALLS>{all.iter().map(row).collect_view()}</ul> }.into_any()
        })}
    }
}
