//! How one's own calls were scored: in words, with what one should know; disputed by one press.

use super::marks::Given;
use super::score::too_long;
use crate::drafts::Drafts;
use leptos::prelude::*;
use model::page::StaffPage;
use model::quality::CALL_WORDS;
use model::wire::{
    CorrectRecord, CorrectRequest, Correction, DisputeRequest, DisputeScore, GetCorrections, GetOwnScores, OwnScore,
    ProblemCode,
};
use web::api;
use web::component::{ErrorSummary, Errors, SubmitButton, TextArea};
use web::format::{date, digits, moment};
use web::hook::{use_remote, use_send};
use web::i18n::{key, name_of, t};
use web::route::{announce, focus_later, href, set_title};

/// Id of the words of a dispute.
const WHY: &str = "why";

/// Id of the heading of what was returned.
const RETURNED: &str = "returned-title";
/// Id of what was corrected.
const CORRECTED: &str = "corrected";

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
        <ToCorrect/>
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

/// The records that a lead has returned.
#[component]
fn ToCorrect() -> impl IntoView {
    let corrections = use_remote(|| async { api::get(&GetCorrections {}).await });
    let changed = Callback::new(move |()| corrections.refresh());
    // One form at a time.
    let open = RwSignal::new(String::new());
    let any = Memo::new(move |_| corrections.with(|all| !all.is_empty()).unwrap_or_default());
    let rows = move || {
        corrections.with(|all| all.iter().map(|one| view! { <Returned one=one.clone() open changed/> }).collect_view())
    };
    // The heading stays while its list changes: it has the focus after an answer.
    move || {
        any.get().then(|| {
            view! {
                <section class="returned">
                    <h2 id=RETURNED tabindex="-1">{t(key::SCORES_RETURNED)}</h2>
                    <ul class="accounts">{rows}</ul>
                </section>
            }
        })
    }
}

/// A record that was returned, and what its caller says to it.
#[component]
fn Returned(one: Correction, open: RwSignal<String>, changed: Callback<()>) -> impl IntoView {
    let Correction { id, reference, at, what, done, words, .. } = one;
    let case = reference.map(|reference| {
        view! { <a data-nav class="reference" href=href(&StaffPage::Case(reference))>{reference.grouped()}</a>" · " }
    });
    let id = StoredValue::new(id);
    let is_open = Memo::new(move |_| open.with(|open| *open == id.get_value()));
    let toggle = move |_| open.set(if is_open.get_untracked() { String::new() } else { id.get_value() });
    let answer = match done {
        Some(done) => view! { <p><span class="pill done">{t(key::QUALITY_RETURNED_DONE)}" "{moment(done)}</span>" "<span dir="auto">{words}</span></p> }.into_any(),
        None => view! {
            <p><button type="button" class="link" aria-expanded=move || is_open.get().to_string() on:click=toggle>{t(key::SCORES_CORRECTED_SEND)}</button></p>
            {move || is_open.get().then(|| view! { <Corrected id=id.get_value() changed/> })}
        }
        .into_any(),
    };
    view! {
        <li class="card">
            <p>{case}{moment(at)}</p>
            <p class="said" dir="auto">{what}</p>
            {answer}
        </li>
    }
}

/// What somebody has corrected.
#[component]
fn Corrected(id: String, changed: Callback<()>) -> impl IntoView {
    let (words, errors, send, drafts) = (RwSignal::new(String::new()), Errors::new(), use_send(), Drafts::of_app());
    let draft = format!("correction {id}");
    drafts.keep(draft.clone(), words);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if words.with_untracked(|words| model::text::is_blank(words)) {
            return errors.show_one(CORRECTED, t(key::SCORES_CORRECTED_MISSING));
        }
        if words.with_untracked(|words| model::text::length(words) > CALL_WORDS) {
            return errors.show_one(CORRECTED, too_long());
        }
        errors.clear();
        let (body, draft) = (CorrectRequest { words: words.get_untracked() }, draft.clone());
        send.send(CorrectRecord { id: id.clone() }, body, None, move |answer| match answer {
            Ok(()) => {
                drafts.put_form(&draft, None);
                announce(&t(key::SCORES_CORRECTED_SENT));
                changed.try_run(());
                focus_later(RETURNED);
            }
            // Another tab was faster: what it said is shown.
            Err(error) if error.code() == Some(ProblemCode::NotFound) => drop(changed.try_run(())),
            Err(error) => errors.show_one(CORRECTED, error.message()),
        });
    };
    view! {
        <form novalidate on:submit=submit>
            <ErrorSummary errors/>
            <TextArea id=CORRECTED label=t(key::SCORES_CORRECTED) value=words errors rows=2/>
            <SubmitButton label=t(key::SCORES_CORRECTED_SEND) busy_label=t(key::SENDING_NOW) busy=send.busy.into()/>
        </form>
    }
}

#[component]
fn One(score: OwnScore, open: RwSignal<String>, changed: Callback<()>) -> impl IntoView {
    let OwnScore { id, kind, begun, at, marks, percent, note, may_dispute, dispute, decision, chosen } = score;
    let id = StoredValue::new(id);
    let is_open = Memo::new(move |_| open.with(|open| *open == id.get_value()));
    let toggle = move |_| open.set(if is_open.get_untracked() { String::new() } else { id.get_value() });
    let waits = dispute.is_some() && decision.is_none();
    view! {
        <li class="card">
            <p>
                <strong>{moment(begun)}</strong>" · "{name_of("call_kind", &kind)}
                {percent.map(|percent| format!(" · {}%", digits(&percent.to_string())))}
                {chosen.map(|why| view! { " "<span class="pill">{t(key::QUALITY_CHOSEN)}" "{name_of("why_chosen", &why)}</span> })}
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
