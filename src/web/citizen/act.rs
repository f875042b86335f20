//! A citizen's actions on a case that need text: dispute, answer, reopen, appeal, withdraw.

use super::case::is_emergency;
use super::report::{Report, report};
use super::sending::{self, place_of};
use leptos::prelude::*;
use model::lifecycle::{Action, ActionKind, EventKind};
use model::names::code_of;
use model::page::{CitizenPage, Page};
use model::wire::{CaseView, GetCase, ProblemCode, TimelineEntry};
use model::{Reference, text};
use web::api::{self, CallError};
use web::component::{
    BackLink, Call112, ErrorSummary, Errors, Failed, Loading, Photos, Remote, SubmitButton, TextArea, photos_are_ready,
};
use web::draft::{forget_typed, keep_typed, typed, use_draft};
use web::format::date;
use web::hook::use_remote;
use web::i18n::{key, known, lang_of, name_of, t};
use web::json;
use web::person;
use web::route::{href, set_title, use_nav};
use web::unsent::{self, Acting, Entry, Patience, What};

/// The question of a page, which is its title.
fn title(kind: ActionKind, partly: bool) -> String {
    t(match kind {
        ActionKind::Dispute if partly => key::ACT_PARTLY_TITLE,
        ActionKind::Dispute => key::ACT_DISPUTE_TITLE,
        ActionKind::Reopen => key::ACT_REOPEN_TITLE,
        ActionKind::Appeal => key::ACT_APPEAL_TITLE,
        ActionKind::Withdraw => key::ACT_WITHDRAW_TITLE,
        ActionKind::Unmerge => key::ACT_UNMERGE_TITLE,
        ActionKind::AddInformation => key::ACT_ADD_INFORMATION_TITLE,
        _ => key::ACT_PROVIDE_INFORMATION_TITLE,
    })
}

fn action(kind: ActionKind, partly: bool, reason: String) -> Action {
    let photos = Vec::new();
    match kind {
        ActionKind::Dispute => Action::Dispute { reason, partly, photos },
        ActionKind::AddInformation => Action::AddInformation { text: reason, photos },
        ActionKind::Reopen => Action::Reopen { reason },
        ActionKind::Appeal => Action::Appeal { reason },
        ActionKind::Withdraw => Action::Withdraw { reason },
        ActionKind::Unmerge => Action::Unmerge { reason },
        _ => Action::ProvideInformation { text: reason, photos },
    }
}

/// The error where nothing was written; a catalogue key.
fn missing(kind: ActionKind, partly: bool) -> &'static str {
    match kind {
        ActionKind::Dispute if partly => key::ACT_PARTLY_EMPTY,
        ActionKind::Dispute => key::ACT_DISPUTE_EMPTY,
        ActionKind::Reopen => key::ACT_REOPEN_EMPTY,
        ActionKind::Appeal => key::ACT_APPEAL_EMPTY,
        ActionKind::ProvideInformation => key::ACT_PROVIDE_INFORMATION_EMPTY,
        _ => key::PROBLEM_WORDS_EMPTY,
    }
}

/// What the action leads to: who decides, and the deadline for it.
fn about(view: &CaseView, kind: ActionKind) -> Option<String> {
    let until = match kind {
        ActionKind::Reopen => view.reopen_until,
        ActionKind::Appeal => view.appeal_until,
        _ => None,
    };
    let words = known(&format!("act.{}.what", code_of(&kind)))?;
    Some(until.map_or_else(|| words.clone(), |until| words.replace("{date}", &date(until))))
}

/// The question of the office that is answered.
fn asked(view: &CaseView, kind: ActionKind) -> Option<TimelineEntry> {
    let asked = view.timeline.iter().find(|entry| entry.kind == EventKind::InformationRequested);
    asked.filter(|_| kind == ActionKind::ProvideInformation).cloned()
}

/// The page of one action.
#[component]
pub fn Act(
    reference: Reference,
    kind: ActionKind,
    /// Whether the citizen says that a part was done.
    #[prop(default = false)]
    partly: bool,
) -> impl IntoView {
    let title = title(kind, partly);
    let button = t(match kind {
        ActionKind::Withdraw => key::ACT_WITHDRAW,
        ActionKind::Unmerge => key::ACT_UNMERGE,
        _ => key::ACT_SEND,
    });
    set_title(&title);
    let (nav, errors) = (use_nav::<CitizenPage>(), Errors::new());
    let fetched = use_remote(move || async move { api::get(&GetCase { reference }).await });
    let case = fetched.state;
    // Kept until it has gone: another language, a reload and the end of a session lose none of it.
    let place = place_of(reference, code_of(&kind));
    let (reason, handle) = (typed(place.clone()), use_draft());
    let album = handle.album_of(&place);
    let kept_at = StoredValue::new(place);
    // Whether it is in the queue.
    let sent_off = StoredValue::new(false);
    let (waiting, queue) = (RwSignal::new(false), super::use_waiting());
    let (patience, again) = (Patience::new(), StoredValue::new(None));
    let busy = RwSignal::new(false);
    let idempotency = StoredValue::new(api::new_key());
    let optional = matches!(kind, ActionKind::Withdraw | ActionKind::Unmerge);
    let send = move || {
        let Some(version) = case.with_untracked(|case| case.loaded().map(|view| view.line.version)) else { return };
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let (words, once, place) = (reason.get_untracked(), idempotency.get_value(), kept_at.get_value());
        let page = if partly { CitizenPage::Partly(reference) } else { CitizenPage::Act(reference, kind) };
        let acting = Acting {
            reference,
            version,
            mark: person::mark(),
            page: page.path(),
            kind: code_of(&kind).to_owned(),
            words: words.clone(),
            action: json::value(&action(kind, partly, words.clone())),
            taken: false,
            signed_out: false,
        };
        leptos::task::spawn_local(async move {
            photos_are_ready().await;
            // A retry sends exactly what was sent before: the server may have it already.
            let mut before = unsent::entries().into_iter().find(|entry| entry.key == once);
            let mut once = once;
            if let Some(entry) = before.take_if(|entry| !entry.says(&words)) {
                // Edited while it waited: the new text is sent under a key of its own.
                unsent::remove(&entry.key);
                once = api::new_key();
                idempotency.try_set_value(once.clone());
            }
            let mut entry = before.unwrap_or_else(|| Entry::new(once, What::Acting(acting), album.pending_now(), None));
            // On the phone before it is sent; from here on it arrives even if the browser is closed.
            if unsent::put(&entry) {
                sent_off.try_set_value(true);
                forget_typed(&place);
            }
            let told = move |_: &Entry, view: Option<String>| {
                let Some(view) = view.and_then(|view| json::read::<CaseView>(&view)) else { return };
                album.fill(Vec::new());
                if sent_off.try_set_value(false).is_none() {
                    let done = view.timeline.first().map(|entry| name_of("event", &entry.kind)).unwrap_or_default();
                    nav.replace_and_tell(CitizenPage::Case(reference), done);
                }
                // Photos may still be uploading.
                queue.try_set(!unsent::is_empty());
            };
            let answer = sending::send(&mut entry, told).await;
            busy.try_set(false);
            if entry.is_taken() {
                queue.try_set(!unsent::is_empty());
                return;
            }
            waiting.try_set(matches!(answer, Ok(()) | Err(CallError::Network)));
            match answer {
                Ok(()) => {}
                Err(CallError::Network) => {
                    patience.later(move || {
                        again.try_with_value(|again: &Option<Callback<()>>| again.map(|again| again.run(())));
                    });
                }
                Err(error) if sent_off.try_get_value().is_none() => {
                    // The page was left: the entry stays in the queue and says why.
                    entry.problem = Some(error.message());
                    unsent::put(&entry);
                    queue.try_set(true);
                }
                Err(error) => {
                    // Refused as it is: it can be edited again here.
                    unsent::remove(&entry.key);
                    sent_off.try_set_value(false);
                    keep_typed(&place, &words);
                    let unfit = album.pending_now().into_iter().filter(|pending| pending.unfit.is_some());
                    album.fill(entry.pending.iter().cloned().chain(unfit).collect());
                    let mut words = error.message();
                    if error.code() == Some(ProblemCode::Stale) {
                        // The text stays; only the case is read again, so that the next attempt refers to its current
                        // version.
                        idempotency.try_set_value(api::new_key());
                        let fresh = api::get(&GetCase { reference }).await;
                        if let Ok(view) = fresh {
                            let newer = case.try_with_untracked(|case| case.loaded().and_then(report) != report(&view));
                            if newer == Some(true) {
                                words = t(key::ACT_NEWER);
                            }
                            case.try_set(Remote::Loaded(view));
                        }
                    }
                    errors.show_one("", words);
                }
            }
        });
    };
    let send = StoredValue::new(send);
    let send = move || send.with_value(|send| send());
    again.set_value(Some(Callback::new(move |()| {
        if waiting.try_get_untracked() == Some(true) {
            send();
        }
    })));
    let online = window_event_listener(leptos::ev::online, move |_| {
        if waiting.get_untracked() {
            patience.start_anew();
            send();
        }
    });
    on_cleanup(move || {
        online.remove();
        // The page was left while it waits: the queue is shown above every other page, and the form is free again.
        if sent_off.get_value() {
            album.fill(Vec::new());
            queue.try_set(!unsent::is_empty());
        }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !optional && text::is_blank(&reason.get_untracked()) {
            errors.show_one("reason", t(missing(kind, partly)));
            return;
        }
        errors.clear();
        send();
    };
    let with_photos = matches!(kind, ActionKind::Dispute | ActionKind::ProvideInformation | ActionKind::AddInformation);
    // Where text is optional, the heading asks for confirmation and the field for a reason.
    let label = if optional { format!("{} {}", t(key::ACT_REASON), t(key::OPTIONAL)) } else { title.clone() };
    let heading = title.clone();
    // The question that is answered is shown above the answer; always the newest.
    let reported = Memo::new(move |_| {
        let answers = kind == ActionKind::Dispute;
        case.with(|case| case.loaded().filter(|_| answers).and_then(report).cloned())
    });
    let reported = move || {
        reported.get().map(|report| view! { <section class="reported" aria-label=t(key::EVENT_ATR_SUBMITTED)><Report report/></section> })
    };
    let about = Memo::new(move |_| {
        case.with(|case| case.loaded().map(|view| (about(view, kind), asked(view, kind))).unwrap_or_default())
    });
    let form = move || {
        // What it leads to, below the heading, which is the question where there is one.
        let what = about.get_untracked().0.unwrap_or_default();
        let hint = if optional { String::new() } else { what.clone() };
        view! {
            {optional.then(|| view! { <h1>{heading.clone()}</h1> })}
            {optional.then(|| view! { <p>{what.clone()}</p> })}
            {move || about.get().1.map(|asked| {
                let lang = asked.language.tag();
                view! { <p class="said" lang=lang dir="auto">{asked.text.unwrap_or_default()}</p> }
            })}
            {reported}
            <form novalidate on:submit=submit>
                <TextArea id="reason" label=label.clone() hint value=reason errors heading=!optional/>
                {with_photos.then(|| view! { <Photos label=format!("{} {}", t(key::LODGE_CHECK_PHOTO), t(key::OPTIONAL)) album errors/> })}
                <div role="status">{move || waiting.get().then(|| view! { <p class="notice">{t(key::ACT_WAITING)}</p> })}</div>
                <SubmitButton label=button.clone() busy_label=t(key::SENDING_NOW) busy=busy.into()/>
            </form>
        }
    };
    // Text typed for an action that is no longer possible can still be read, and sent as additional information where
    // that is allowed.
    let kept = move || {
        let words = reason.get_untracked();
        let may_add = case.with_untracked(|case| {
            case.loaded().is_some_and(|view| view.actions.contains(&ActionKind::AddInformation))
        });
        (!text::is_blank(&words)).then(|| {
            let (lang, again) = (lang_of(&words), words.clone());
            let add = move |_| {
                keep_typed(&place_of(reference, code_of(&ActionKind::AddInformation)), &again);
                nav.go(CitizenPage::Act(reference, ActionKind::AddInformation));
            };
            view! {
                <h2>{t(key::ACT_KEPT)}</h2>
                <p class="said" lang=lang dir="auto">{words}</p>
                {may_add.then(|| view! { <p><button type="button" class="button second" on:click=add>{t(key::ACT_AS_INFORMATION)}</button></p> })}
            }
        })
    };
    // Depends on the kind of the state, not on the data: a newer version of the case must not reset the form.
    let state = Memo::new(move |_| {
        case.with(|case| match case {
            Remote::Idle | Remote::Loading => None,
            Remote::Failed(error) => Some(Err(error.clone())),
            Remote::Loaded(view) => Some(Ok(view.actions.contains(&kind))),
        })
    });
    view! {
        <BackLink href=href(&CitizenPage::Case(reference)) label=t(key::NAV_BACK)/>
        <ErrorSummary errors/>
        {move || case.with(|case| case.loaded().is_some_and(is_emergency)).then(|| view! { <Call112/> })}
        {move || match state.get() {
            None => view! { <h1>{title.clone()}</h1><Loading/> }.into_any(),
            Some(Err(error)) => view! { <h1>{title.clone()}</h1><Failed why=error.message() retry=Callback::new(move |()| fetched.load())/> }.into_any(),
            Some(Ok(false)) => view! { <h1>{title.clone()}</h1><p>{t(key::REFUSAL_WRONG_STAGE)}</p>{kept()} }.into_any(),
            Some(Ok(true)) => form().into_any(),
        }}
    }
}
