//! A lead's work: the next call with its recording, what was put on record, and the marks; disputes; how all agree.

use super::dispute::Disputes;
use super::marks::{Criteria, Given, Marks};
use super::player::{Player, clock};
use crate::drafts::Drafts;
use crate::keys::{KeyCap, Keys};
use leptos::prelude::*;
use model::page::StaffPage;
use model::wire::{CallToScore, GetQuality, NextScore, PlayPurpose, QualityDay, ScoreCall, ScoreRequest, Scored};
use web::api::{self, Conditions, call};
use web::component::{ErrorSummary, Errors, Said, SubmitButton, TextArea, title_of};
use web::format::{counted, digits, moment};
use web::hook::{use_remote, use_remote_later, use_send};
use web::i18n::{fill, key, name_of, t};
use web::json;
use web::route::{announce, focus_later, href, set_title};

/// Id of the heading of a call.
const CALL: &str = "call-title";
/// Id of the button that sends.
pub const SEND: &str = "send-score";
/// Id of the note.
const NOTE: &str = "note";
/// Id of what is told after a score.
const DONE: &str = "scored";

/// The page.
#[component]
pub fn Quality() -> impl IntoView {
    set_title(&t(key::QUALITY_TITLE));
    let day = use_remote(|| async { api::get(&GetQuality {}).await });
    let next = use_remote_later(|| async {
        let next = call(&NextScore {}, &(), Conditions::default()).await?;
        match next {
            Some(_) => focus_later(CALL),
            None => announce(&t(key::QUALITY_NONE)),
        }
        Ok(next)
    });
    let scored: RwSignal<Option<Scored>> = RwSignal::new(None);
    let go_on = move || {
        scored.set(None);
        next.load();
    };
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
        {move || day.with(|day| view! { <Disputes disputes=day.disputes.clone() changed/> })}
        {move || day.with(agreement)}
    }
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
    let CallToScore { id, kind, seat, begun, seconds, outcome, case } = found;
    let (marks, note, errors, send) =
        (Marks::of("mark", kind, &[]), RwSignal::new(String::new()), Errors::new(), use_send());
    let drafts = Drafts::of_app();
    let id = StoredValue::new(id);
    let draft = move || format!("score {}", id.get_value());
    Effect::new(move |_| {
        if drafts.read.get()
            && note.with_untracked(String::is_empty)
            && let Some(begun) = drafts.get_form(&draft()).and_then(|begun| json::from::<String>(&begun))
        {
            note.set(begun);
        }
    });
    Effect::new(move |before: Option<String>| {
        let now = note.get();
        if before.is_some_and(|before| before != now) {
            drafts.put_form(&draft(), (!now.is_empty()).then(|| json::value(&now)));
        }
        now
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(given) = marks.read() else {
            return announce(&t(key::QUALITY_MISSING));
        };
        errors.clear();
        let body = ScoreRequest { marks: given, note: note.get_untracked() };
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
    let seat = digits(&seat.to_string());
    let record = case.map(|case| {
        let line = case.line.clone();
        let reference = line.reference;
        let said = (!case.text.is_empty())
            .then(|| view! { <p class="said" lang=line.language.tag() dir="auto">{case.text.clone()}</p> });
        let call = case.timeline.iter().find(|entry| entry.kind == model::lifecycle::EventKind::CallRecorded).cloned();
        let call = call.filter(|_| outcome.is_some()).map(|entry| view! { <Said entry/> });
        view! {
            <p><a data-nav href=href(&StaffPage::Case(reference)) dir="auto">{title_of(&line)}</a>" "<span class="reference">{reference.grouped()}</span></p>
            {said}
            {call}
        }
    });
    let none = record.is_none().then(|| view! { <p class="empty">{t(key::QUALITY_NO_CASE)}</p> });
    view! {
        <article class="one-call">
            <div class="call-what">
                <h2 id=CALL tabindex="-1">{fill(key::QUALITY_SEAT, &[("n", &seat)])}", "{moment(begun)}</h2>
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
                <TextArea id=NOTE label=t(key::QUALITY_NOTE) hint=t(key::QUALITY_NOTE_HINT) value=note errors rows=3/>
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
