//! Scores that their callers dispute, decided by a lead who did not give them.

use super::marks::{Criteria, Marks};
use super::player::Player;
use crate::drafts::Drafts;
use leptos::prelude::*;
use model::wire::{DecideDispute, Dispute, DisputeDecision, PlayPurpose};
use web::component::{ErrorSummary, Errors, SubmitButton, TextArea};
use web::format::{digits, moment};
use web::hook::use_send;
use web::i18n::{fill, key, name_of, t};
use web::route::announce;

/// Id of the words of a decision.
const WORDS: &str = "decision";
/// Id of what comes after the marks.
const SEND: &str = "send-decision";

/// The disputes that one may decide.
#[component]
pub fn Disputes(disputes: Vec<Dispute>, changed: Callback<()>) -> impl IntoView {
    let open = RwSignal::new(None::<String>);
    let rows = disputes.into_iter().map(|dispute| {
        let id = StoredValue::new(dispute.id.clone());
        let is_open = move || open.with(|open| open.as_deref() == Some(id.get_value().as_str()));
        let shown = StoredValue::new(dispute.clone());
        let seat = digits(&dispute.seat.to_string());
        view! {
            <li class="card">
                <p>
                    <strong>{fill(key::QUALITY_SEAT, &[("n", &seat)])}</strong>" · "{moment(dispute.begun)}" · "{name_of("call_kind", &dispute.kind)}
                </p>
                {(!dispute.why.is_empty()).then(|| view! { <p class="said" dir="auto">{dispute.why.clone()}</p> })}
                <p><button type="button" class="link" aria-expanded=move || is_open().to_string() on:click=move |_| {
                    let next = (!untrack(is_open)).then(|| id.get_value());
                    open.set(next);
                }>{t(key::QUALITY_DECIDE)}</button></p>
                {move || is_open().then(|| view! { <Decide dispute=shown.get_value() changed/> })}
            </li>
        }
    });
    let rows = rows.collect_view();
    (!rows.is_empty()).then(|| {
        view! {
            <section>
                <h2>{t(key::QUALITY_DISPUTES)}</h2>
                <ul class="accounts">{rows}</ul>
            </section>
        }
    })
}

#[component]
fn Decide(dispute: Dispute, changed: Callback<()>) -> impl IntoView {
    let marks = Marks::of("dispute", dispute.kind, &dispute.marks);
    let (words, errors, send) = (RwSignal::new(String::new()), Errors::new(), use_send());
    let id = StoredValue::new(dispute.id);
    let drafts = Drafts::of_app();
    let draft = move || format!("decision {}", id.get_value());
    drafts.keep(draft(), words);
    let missing = RwSignal::new(false);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if words.with_untracked(|words| model::text::is_blank(words)) {
            return errors.show_one(WORDS, t(key::FAILURE_WHY_NEEDED));
        }
        let Some(marks) = marks.read() else { return missing.set(true) };
        errors.clear();
        let body = DisputeDecision { marks, words: words.get_untracked() };
        send.send(DecideDispute { id: id.get_value() }, body, None, move |answer| match answer {
            Ok(()) => {
                drafts.put_form(&draft(), None);
                announce(&t(key::QUALITY_DECIDED));
                changed.try_run(());
            }
            Err(error) => errors.show_one(WORDS, error.message()),
        });
    };
    view! {
        <Player id=dispute.call purpose=PlayPurpose::Dispute mark=None/>
        {(!dispute.note.is_empty()).then(|| view! { <p class="said" dir="auto">{dispute.note.clone()}</p> })}
        <p class="hint">{t(key::QUALITY_NOT_LOWER)}</p>
        <form novalidate class="action" on:submit=submit>
            <ErrorSummary errors/>
            <Criteria marks id=SEND/>
            <TextArea id=WORDS label=t(key::QUALITY_DECISION) value=words errors rows=3/>
            <p class="error" role="alert">{move || missing.get().then(|| t(key::QUALITY_MISSING))}</p>
            <div id=SEND tabindex="-1"><SubmitButton label=t(key::QUALITY_DECIDE) busy_label=t(key::SENDING_NOW) busy=send.busy.into()/></div>
        </form>
    }
}
