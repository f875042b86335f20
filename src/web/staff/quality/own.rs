//! How one's own calls were scored: in words, with what one should know; disputed by one press.

use super::marks::Given;
use crate::drafts::Drafts;
use leptos::prelude::*;
use model::wire::{DisputeRequest, DisputeScore, GetOwnScores, OwnScore};
use web::api;
use web::component::{ErrorSummary, Errors, SubmitButton, TextArea};
use web::format::{date, digits, moment};
use web::hook::{use_remote, use_send};
use web::i18n::{key, name_of, t};
use web::route::{announce, set_title};

/// Id of the words of a dispute.
const WHY: &str = "why";

/// The page.
#[component]
pub fn Scores() -> impl IntoView {
    set_title(&t(key::SCORES_TITLE));
    let scores = use_remote(|| async { api::get(&GetOwnScores {}).await });
    let changed = Callback::new(move |()| scores.refresh());
    // One form at a time.
    let open = RwSignal::new(String::new());
    view! {
        <h1>{t(key::SCORES_TITLE)}</h1>
        <p class="hint">{t(key::QUALITY_FEW)}</p>
        {scores.draw(move |all| {
            let rows = all.iter().map(|score| view! { <One score=score.clone() open changed/> }).collect_view();
            if rows.is_empty() {
                view! { <p class="empty">{t(key::SCORES_NONE)}</p> }.into_any()
            } else {
                view! { <ul class="accounts">{rows}</ul> }.into_any()
            }
        })}
    }
}

#[component]
fn One(score: OwnScore, open: RwSignal<String>, changed: Callback<()>) -> impl IntoView {
    let OwnScore { id, kind, begun, at, marks, percent, note, may_dispute, dispute, decision } = score;
    let id = StoredValue::new(id);
    let is_open = Memo::new(move |_| open.with(|open| *open == id.get_value()));
    let toggle = move |_| open.set(if is_open.get_untracked() { String::new() } else { id.get_value() });
    let waits = dispute.is_some() && decision.is_none();
    view! {
        <li class="card">
            <p>
                <strong>{moment(begun)}</strong>" · "{name_of("call_kind", &kind)}
                {percent.map(|percent| format!(" · {}%", digits(&percent.to_string())))}
            </p>
            <details><summary>{t(key::SCORES_MARKS)}" · "{date(at)}</summary><Given kind marks/></details>
            {(!note.is_empty()).then(|| view! { <p class="said" dir="auto">{note}</p> })}
            {waits.then(|| view! { <p><span class="pill">{t(key::SCORES_WAITS)}</span></p> })}
            {decision.map(|words| view! { <p><strong>{t(key::SCORES_DECISION)}</strong>" "<span dir="auto">{words}</span></p> })}
            {may_dispute.then(|| view! {
                <p><button type="button" class="link" aria-expanded=move || is_open.get().to_string() on:click=toggle>{t(key::SCORES_DISPUTE)}</button></p>
                {move || is_open.get().then(|| view! { <Otherwise id=id.get_value() changed/> })}
            })}
        </li>
    }
}

/// Why somebody sees it otherwise.
#[component]
fn Otherwise(id: String, changed: Callback<()>) -> impl IntoView {
    let (why, errors, send, drafts) = (RwSignal::new(String::new()), Errors::new(), use_send(), Drafts::of_app());
    let draft = format!("dispute {id}");
    drafts.keep(draft.clone(), why);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (body, draft) = (DisputeRequest { why: why.get_untracked() }, draft.clone());
        send.send(DisputeScore { id: id.clone() }, body, None, move |answer| match answer {
            Ok(()) => {
                drafts.put_form(&draft, None);
                announce(&t(key::SCORES_DISPUTED));
                changed.try_run(());
            }
            Err(error) => errors.show_one(WHY, error.message()),
        });
    };
    view! {
        <form novalidate on:submit=submit>
            <ErrorSummary errors/>
            <TextArea id=WHY label=t(key::SCORES_WHY) value=why errors rows=2/>
            <SubmitButton label=t(key::SCORES_DISPUTE) busy_label=t(key::SENDING_NOW) busy=send.busy.into()/>
        </form>
    }
}
