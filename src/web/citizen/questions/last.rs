//! The last question, and sending.

use super::{Flow, place_of, use_refused, words};
use crate::sending;
use crate::sign_in::use_asked;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use model::lifecycle::Gender;
use model::lodging::{Lodging, Problem};
use model::names::code_of;
use model::page::{CitizenPage, Step};
use model::wire::ProblemCode;
use web::api::{CallError, new_key};
use web::component::{Errors, Radios, SubmitButton, photos_are_ready};
use web::draft::{Draft, receipts, use_draft};
use web::i18n::{key, language, name_of, t};
use web::json;
use web::route::{href, set_title};
use web::unsent::{self, Entry, Patience, What};

/// The state of sending.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Sending {
    Not,
    Now,
    /// No connection; it is sent automatically when that is back.
    Waiting,
    Refused(String),
}

/// Gender, asked for the statistics, and the button that sends.
#[component]
pub fn Last(flow: Flow) -> impl IntoView {
    let urgent = flow.is_urgent();
    set_title(&t(if urgent { key::DANGER_SEND } else { key::LODGE_GENDER_QUESTION }));
    let (draft, nav, errors) = (flow.draft, flow.nav, Errors::new());
    let gender = RwSignal::new(
        draft.with_untracked(|draft| draft.form.gender.map(|gender| code_of(&gender).to_owned()).unwrap_or_default()),
    );
    // Stored as it is chosen.
    Effect::new(move |before: Option<()>| {
        let code = gender.get();
        if before.is_some() {
            draft.update(|draft| draft.form.gender = Gender::ALL.into_iter().find(|known| code_of(known) == code));
        }
    });
    let sending = RwSignal::new(Sending::Not);
    // Whether sending continues after the number has been verified by a code.
    let prove = RwSignal::new(false);
    let full = RwSignal::new(false);
    let (waiting, first, asked) = (crate::use_waiting(), use_draft(), use_asked());
    let (refused, patience) = (use_refused(), Patience::new());
    let again = StoredValue::new(None);
    let send = move || {
        if sending.get_untracked() == Sending::Now {
            return;
        }
        sending.set(Sending::Now);
        leptos::task::spawn_local(async move {
            photos_are_ready().await;
            draft.update(|draft| draft.form.language = language());
            let Draft { key: mut once, form, pending, voice, .. } = draft.get_untracked();
            // Kept for the sign-in, so that the number is not asked for again.
            asked.mobile.set(form.mobile.clone());
            // A retry sends exactly what was sent before: the server may have it already.
            let mut before = unsent::entries().into_iter().find(|entry| entry.key == once);
            if before.as_ref().is_some_and(|entry| !entry.is_of(&form)) {
                // Another tab has sent something else under this key.
                once = new_key();
                draft.update(|draft| draft.key.clone_from(&once));
                before = None;
            }
            let text = form.text.clone();
            let mut entry = before.unwrap_or_else(|| Entry::new(once, What::Lodging(form), pending, voice));
            // On the phone before it is sent; from here on it arrives even if the browser is closed.
            if unsent::put(&entry) {
                first.send_off(&text);
            } else {
                full.try_set(true);
            }
            // Goes on once it has its number, if somebody still waits here for that: the form is then free for another
            // grievance, and the panel above the pages looks after the remaining uploads.
            let told = move |entry: &Entry, _| {
                if let (Some(receipt), Some(Sending::Now)) = (&entry.receipt, sending.try_get_untracked()) {
                    sending.set(Sending::Not);
                    first.delete();
                    waiting.set(!unsent::is_empty());
                    nav.replace(CitizenPage::Done(receipt.reference));
                }
            };
            let answer = sending::send(&mut entry, told).await;
            if entry.receipt.is_some() {
                waiting.try_set(!unsent::is_empty());
                return;
            }
            if let (Err(error @ CallError::Problem(_)), None) = (&answer, sending.try_get_untracked()) {
                // The page was left, and the form may hold another grievance: this one stays in the queue and says
                // why.
                entry.problem = Some(error.message());
                unsent::put(&entry);
                waiting.try_set(true);
                return;
            }
            match answer {
                Ok(()) | Err(CallError::Network) => {
                    sending.try_set(Sending::Waiting);
                    patience.later(move || {
                        again.try_with_value(|again: &Option<Callback<()>>| again.map(|again| again.run(())));
                    });
                }
                Err(CallError::Problem(problem)) => {
                    // Refused as it is: it becomes a draft again with everything that was typed.
                    unsent::remove(&entry.key);
                    draft.update(|draft| {
                        draft.pending.clone_from(&entry.pending);
                        draft.voice.clone_from(&entry.voice);
                        draft.form.voice = entry.voice.as_ref().map(|pending| pending.local.as_str().into());
                    });
                    if problem.code == ProblemCode::KeyReused {
                        // Something else was sent under this key: the next attempt has a new one.
                        draft.update(|draft| draft.key = new_key());
                    }
                    first.take_back();
                    match problem.errors.first() {
                        Some(first) if !matches!(first, Problem::PhotoUnknown | Problem::VoiceUnknown) => {
                            sending.set(Sending::Not);
                            // The question is asked again, with the error of its answer.
                            refused.set(Some(*first));
                            nav.go(CitizenPage::Lodge(place_of(*first).0));
                        }
                        Some(first) => sending.set(Sending::Refused(words(*first))),
                        None => {
                            prove.set(problem.code == ProblemCode::ProofNeeded);
                            sending.set(Sending::Refused(CallError::Problem(problem).message()));
                        }
                    }
                }
            }
        });
    };
    again.set_value(Some(Callback::new(move |()| {
        if sending.try_get_untracked() == Some(Sending::Waiting) {
            send();
        }
    })));
    let online = window_event_listener(leptos::ev::online, move |_| {
        if sending.get_untracked() == Sending::Waiting {
            patience.start_anew();
            send();
        }
    });
    on_cleanup(move || {
        online.remove();
        // The page was left while it waits: the queue is shown above every other page, and the form is free again.
        // Where the phone has no room for the queue, the form stays.
        let kept = full.try_get_untracked() != Some(true);
        if kept && matches!(sending.try_get_untracked(), Some(Sending::Waiting | Sending::Now)) {
            waiting.try_set(!unsent::is_empty());
            first.delete();
        }
    });
    // The answers that the person has checked: another tab may change them while this page is shown.
    let answers =
        move || json::text(&json::value(&draft.with_untracked(|draft| Lodging { gender: None, ..draft.form.clone() })));
    let seen = StoredValue::new(answers());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        // Another tab has sent it, and the form is empty.
        let empty = first.is_empty() && draft.with_untracked(Draft::is_untouched);
        if let Some(receipt) = receipts().first().filter(|_| empty) {
            nav.replace(CitizenPage::Done(receipt.reference));
            return;
        }
        // Nothing is sent that the server would refuse, or that nobody has checked.
        let changed = seen.with_value(|seen| *seen != answers());
        match flow.unanswered() {
            Some(step) => nav.go(CitizenPage::Lodge(step)),
            None if changed && sending.get_untracked() == Sending::Not => {
                seen.set_value(answers());
                let step = if urgent { Step::What } else { Step::Check };
                nav.go_and_tell(CitizenPage::Lodge(step), t(key::LODGE_CHANGED));
            }
            None => send(),
        }
    };
    let state = move || match sending.get() {
        Sending::Not => None,
        Sending::Now => Some(t(key::QUEUE_SENDING)),
        // Where nothing can be stored, the text below says that, and this must not claim otherwise.
        Sending::Waiting if full.get() => Some(t(key::FAILURE_NETWORK)),
        Sending::Waiting => Some(format!("{} {}", t(key::QUEUE_SAVED), t(key::LODGE_OFFLINE))),
        Sending::Refused(why) => Some(why),
    };
    let options = Gender::ALL
        .into_iter()
        .map(|gender| (code_of(&gender).to_owned(), name_of("gender", &gender)))
        .collect::<Vec<_>>();
    view! {
        {(!urgent).then(|| view! { <p class="caption">{t(key::LODGE_GENDER_TITLE)}</p> })}
        <form novalidate on:submit=submit>
            {if urgent {
                view! { <h1>{t(key::DANGER_SEND)}</h1><p>{t(key::DANGER_READY)}</p> }.into_any()
            } else {
                view! { <Radios id="gender" legend=format!("{} {}", t(key::LODGE_GENDER_QUESTION), t(key::OPTIONAL)) hint=t(key::LODGE_GENDER_HINT) options value=gender errors heading=true/> }.into_any()
            }}
            <div class="state" role="status">{move || state().map(|words| view! { <p class="notice">{words}</p> })}</div>
            {move || (prove.get() && sending.get() != Sending::Now).then(|| view! { <p><a class="button second" data-nav href=href(&CitizenPage::SignIn)>{t(key::CASE_BY_CODE_LINK)}</a></p> })}
            {move || full.get().then(|| view! { <p class="error" role="alert">{t(key::QUEUE_FULL)}</p> })}
            <SubmitButton label=t(if urgent { key::DANGER_SEND_NOW } else { key::LODGE_SEND }) busy_label=t(key::LODGE_SENDING) busy=Signal::derive(move || sending.get() == Sending::Now)/>
        </form>
    }
}
