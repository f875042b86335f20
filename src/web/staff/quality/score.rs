//! A lead's work: the next call with its recording, what was put on record, and the marks; disputes; how all agree.

use super::choice::Choice;
use super::dispute::Disputes;
use super::marks::{Criteria, Given, Marks};
use super::player::{Player, clock};
use crate::drafts::Drafts;
use crate::keys::{KeyCap, Keys};
use leptos::prelude::*;
use model::StaffId;
use model::page::StaffPage;
use model::quality::{CALL_WORDS, CallKind, Marked, WhyChosen};
use model::wire::{
    CallToScore, ChooseCall, ChooseRequest, Correction, GetQuality, HeldCall, NextScore, PlayPurpose, QualityDay,
    ScoreCall, ScoreRequest, Scored,
};
use serde::{Deserialize, Serialize};
use web::api::{self, Conditions, call};
use web::component::{ErrorSummary, Errors, Said, SubmitButton, TextArea, title_of};
use web::format::{counted, digits, moment};
use web::hook::{use_remote, use_remote_later, use_send};
use web::i18n::{fill, key, name_of, t};
use web::route::{announce, focus_later, href, set_title};

/// Id of the heading of a call.
const CALL: &str = "call-title";
/// Id of the button that sends.
pub const SEND: &str = "send-score";
/// Id of the note.
const NOTE: &str = "note";
/// Id of what is to be corrected.
const CORRECTION: &str = "correction";
/// Id of what is told after a score.
const DONE: &str = "scored";

/// What was begun about a call.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
struct Begun {
    marks: Vec<Marked>,
    note: String,
    correction: String,
}

/// The page.
#[component]
pub fn Quality() -> impl IntoView {
    set_title(&t(key::QUALITY_TITLE));
    let day = use_remote(|| async { api::get(&GetQuality {}).await });
    // The call that was chosen, and why; `None` where the next one is drawn.
    let chosen = RwSignal::new(None::<(String, WhyChosen)>);
    let next = use_remote_later(move || async move {
        let next = match chosen.get_untracked() {
            Some((id, why)) => Some(call(&ChooseCall { id }, &ChooseRequest { why }, Conditions::default()).await?),
            None => call(&NextScore {}, &(), Conditions::default()).await?,
        };
        match next {
            Some(_) => focus_later(CALL),
            None => announce(&t(key::QUALITY_NONE)),
        }
        Ok(next)
    });
    let scored: RwSignal<Option<Scored>> = RwSignal::new(None);
    let go_on = move || {
        chosen.set(None);
        scored.set(None);
        next.load();
    };
    let take = Callback::new(move |wanted: (String, WhyChosen)| {
        chosen.set(Some(wanted));
        scored.set(None);
        next.load();
    });
    if let Some(keys) = Keys::of_app() {
        keys.bind('X', t(key::QUALITY_NEXT), go_on);
    }
    let done = Callback::new(move |told: Scored| {
        next.forget();
        scored.set(Some(told));
        day.refresh();
        focus_later(DONE);
    });
    let changed = Callback::new(move |()| day.refresh());
    view! {
        <h1>{t(key::QUALITY_TITLE)}</h1>
        <p class="hint">{move || day.with(|day| today(day.scored))}</p>
        <p><button type="button" class="button second" id="next-score" aria-keyshortcuts="X" on:click=move |_| go_on()>{t(key::QUALITY_NEXT)}<KeyCap letter='X'/></button></p>
        <div class="state" role="status">{move || scored.get().map(|told| view! { <Told told/> })}</div>
        {next.draw(move |found| match found {
            Some(found) => view! { <OneCall found=found.clone() done/> }.into_any(),
            None => view! { <p class="empty">{t(key::QUALITY_NONE)}</p> }.into_any(),
        })}
        {move || day.with(|day| day.held.clone().filter(|_| next.with(|_| ()).is_none()).map(|HeldCall { id, why }| {
            let go_on = move |_| take.run((id.clone(), why));
            view! { <p class="notice">{t(key::QUALITY_HELD)}" "<button type="button" class="link" id="go-on-held" on:click=go_on>{t(key::QUALITY_GO_ON)}</button></p> }
        }))}
        <Choice take scored/>
        {move || day.with(|day| view! { <Disputes disputes=day.disputes.clone() changed/> })}
        {move || day.with(|day| returned(&day.corrections))}
        {move || day.with(agreement)}
    }
}

/// The records that one has returned for correction.
fn returned(corrections: &[Correction]) -> impl IntoView + use<> {
    let row = |one: &Correction| {
        let Correction { seat, reference, at, what, done, words, .. } = one.clone();
        let case = reference.map(|reference| {
            view! { " · "<a data-nav href=href(&StaffPage::Case(reference)) class="reference">{reference.grouped()}</a> }
        });
        let state = done.map_or_else(
            || view! { <p><span class="pill late">{t(key::QUALITY_RETURNED_WAITS)}</span></p> }.into_any(),
            |done| view! { <p><span class="pill done">{t(key::QUALITY_RETURNED_DONE)}" "{moment(done)}</span>" "<span dir="auto">{words}</span></p> }.into_any(),
        );
        view! {
            <li class="card">
                <p><strong>{seated(seat)}</strong>" · "{moment(at)}{case}</p>
                <p class="said" dir="auto">{what}</p>
                {state}
            </li>
        }
    };
    let rows = corrections.iter().map(row).collect_view();
    (!rows.is_empty())
        .then(|| view! { <section><h2>{t(key::QUALITY_RETURNED)}</h2><ul class="accounts">{rows}</ul></section> })
}

/// What is said of words that are too many.
pub fn too_long() -> String {
    fill(key::QUALITY_LONG, &[("n", &digits(&CALL_WORDS.to_string()))])
}

/// The number of somebody's account, in words.
pub fn seated(seat: StaffId) -> String {
    fill(key::QUALITY_SEAT, &[("n", &digits(&seat.to_string()))])
}

fn today(scored: u32) -> String {
    fill(key::QUALITY_TODAY, &[("n", &digits(&scored.to_string()))])
}

/// Whose call it was, and how another has marked it.
#[component]
fn Told(told: Scored) -> impl IntoView {
    let Scored { name, percent, before } = told;
    let points = percent.map(|percent| format!(" · {}%", digits(&percent.to_string())));
    let other = (!before.is_empty()).then(|| {
        let kind = model::quality::CallKind::ALL.into_iter().find(|kind| model::quality::is_complete(*kind, &before));
        kind.map(|kind| view! { <h3>{t(key::QUALITY_BEFORE)}</h3><Given kind marks=before/> })
    });
    view! {
        <div class="panel" id=DONE tabindex="-1">
            <p>{t(key::QUALITY_SENT)}" "<strong><bdi>{name}</bdi></strong>{points}</p>
            {other}
        </div>
    }
}

/// A call: its recording, what was put on record, and the marks.
#[component]
fn OneCall(found: CallToScore, done: Callback<Scored>) -> impl IntoView {
    let CallToScore { id, kind, seat, begun, seconds, outcome, case, chosen } = found;
    let (marks, note, errors, send) =
        (Marks::of("mark", kind, &[]), RwSignal::new(String::new()), Errors::new(), use_send());
    let correction = RwSignal::new(String::new());
    let drafts = Drafts::of_app();
    let id = StoredValue::new(id);
    let draft = move || format!("score {}", id.get_value());
    // Marks and note, as far as they are given.
    let kept = RwSignal::new(Begun::default());
    drafts.keep(draft(), kept);
    Effect::new(move |_| {
        let Begun { marks: given, note: written, correction: wanted } = kept.get();
        if untrack(|| marks.so_far()) != given {
            marks.put(&given);
        }
        if note.with_untracked(|note| *note != written) {
            note.set(written);
        }
        if correction.with_untracked(|correction| *correction != wanted) {
            correction.set(wanted);
        }
    });
    Effect::new(move |before: Option<Begun>| {
        let now = Begun { marks: marks.so_far(), note: note.get(), correction: correction.get() };
        if before.is_some_and(|before| before != now) && kept.with_untracked(|kept| *kept != now) {
            kept.set(now.clone());
        }
        now
    });
    let missing = RwSignal::new(false);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(given) = marks.read() else {
            return missing.set(true);
        };
        missing.set(false);
        errors.clear();
        let long = |text: RwSignal<String>| text.with_untracked(|text| model::text::length(text) > CALL_WORDS);
        let wrong: Vec<_> =
            [(NOTE, note), (CORRECTION, correction)].into_iter().filter(|(_, text)| long(*text)).collect();
        if !wrong.is_empty() {
            return errors.show(wrong.into_iter().map(|(id, _)| (id, too_long())).collect());
        }
        let body = ScoreRequest { marks: given, note: note.get_untracked(), correction: correction.get_untracked() };
        send.send(ScoreCall { id: id.get_value() }, body, None, move |answer| match answer {
            Ok(told) => {
                drafts.put_form(&draft(), None);
                done.try_run(told);
            }
            Err(error) => errors.show_one(NOTE, error.message()),
        });
    };
    let mark = Callback::new(move |second: u32| {
        note.update(|note| {
            if !note.is_empty() && !note.ends_with('\n') {
                note.push('\n');
            }
            note.push_str(&format!("[{}] ", clock(second)));
        });
        focus_later(NOTE);
    });
    // From the note back to the marks.
    let back = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" {
            marks.focus();
        }
    };
    let wrong_outcome = if kind == CallKind::Verification { t(key::QUALITY_CORRECTION_OUTCOME) } else { String::new() };
    let why = chosen
        .map(|why| view! { " "<span class="pill">{t(key::QUALITY_CHOSEN)}" "{name_of("why_chosen", &why)}</span> });
    let record = case.map(|case| {
        let line = case.line.clone();
        let reference = line.reference;
        let said = (!case.text.is_empty())
            .then(|| view! { <p class="said" lang=line.language.tag() dir="auto">{case.text.clone()}</p> });
        let call = case.timeline.iter().find(|entry| entry.kind == model::lifecycle::EventKind::CallRecorded).cloned();
        let call = call.filter(|_| outcome.is_some()).map(|entry| view! { <Said entry/> });
        view! {
            <p class="of-case"><a data-nav href=href(&StaffPage::Case(reference)) dir="auto">{title_of(&line)}</a>" "<span class="reference">{reference.grouped()}</span></p>
            {said}
            {call}
        }
    });
    let none = record.is_none().then(|| view! { <p class="empty">{t(key::QUALITY_NO_CASE)}</p> });
    view! {
        <article class="one-call">
            <div class="call-what">
                <h2 id=CALL tabindex="-1">{seated(seat)}", "{moment(begun)}{why}</h2>
                <p class="hint">{name_of("call_kind", &kind)}" · "{clock(seconds)}" · "{t(key::QUALITY_ON_RECORD)}</p>
                <Player id=id.get_value() purpose=PlayPurpose::Score mark=Some(mark)/>
                <h3>{t(key::QUALITY_RECORD)}</h3>
                {outcome.map(|outcome| view! { <p><strong>{name_of("outcome", &outcome)}</strong></p> })}
                {record}
                {none}
            </div>
            <form novalidate class="action call-marks" on:submit=submit>
                <ErrorSummary errors/>
                <Criteria marks id=SEND/>
                <div on:keydown=back><TextArea id=NOTE label=t(key::QUALITY_NOTE) hint=t(key::QUALITY_NOTE_HINT) value=note errors rows=3/></div>
                <div on:keydown=back><TextArea id=CORRECTION label=t(key::QUALITY_CORRECTION) hint=wrong_outcome value=correction errors rows=2/></div>
                <p class="error" role="alert">{move || missing.get().then(|| t(key::QUALITY_MISSING))}</p>
                <div id=SEND tabindex="-1"><SubmitButton label=t(key::QUALITY_SEND) busy_label=t(key::SENDING_NOW) busy=send.busy.into()/></div>
            </form>
        </article>
    }
}

/// How those who score agree, in words.
fn agreement(day: &QualityDay) -> impl IntoView + use<> {
    let decimal = |kappa: i32| digits(&format!("{:.2}", f64::from(kappa) / 1_000.0));
    let twice = counted(key::QUALITY_TWICE, day.twice);
    let words = match day.kappa {
        Some(kappa) => fill(key::QUALITY_KAPPA, &[("n", &decimal(kappa))]),
        None => t(key::QUALITY_KAPPA_UNKNOWN),
    };
    let unclear = day.unclear.iter().map(|(criterion, kappa)| {
        let name = name_of("criterion", criterion);
        view! { <li>{fill(key::QUALITY_UNCLEAR, &[("what", &name), ("n", &decimal(*kappa))])}</li> }
    });
    view! {
        <section class="panel-card">
            <h2>{t(key::QUALITY_AGREEMENT)}</h2>
            <p>{words}" "<span class="hint">{twice}</span></p>
            <ul>{unclear.collect_view()}</ul>
            <p class="hint">{t(key::QUALITY_FEW)}</p>
        </section>
    }
}
