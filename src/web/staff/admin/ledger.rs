//! Whether the ledger is whole: how it was found last, and checking it again.

use gloo_timers::callback::Interval;
use leptos::prelude::*;
use model::wire::{CheckLedger, GetLedgerCheck, LedgerCheck, LedgerFound};
use web::api;
use web::component::{ErrorSummary, Errors, SubmitButton};
use web::format::{counted, digits, moment};
use web::hook::{use_remote, use_send};
use web::i18n::{fill, key, t};
use web::route::{announce, set_title};

/// Milliseconds between two questions whether a check has ended.
const PAUSE: u32 = 2_000;

/// The page.
#[component]
pub fn Ledger() -> impl IntoView {
    set_title(&t(key::LEDGER_TITLE));
    let state = use_remote(|| async { api::get(&GetLedgerCheck {}).await });
    let (errors, send) = (Errors::new(), use_send());
    let running = Memo::new(move |_| state.with(|check| check.running.is_some()).unwrap_or(false));
    // While a check runs its end is asked for, also where an answer does not come.
    let asking = StoredValue::new_local(None::<Interval>);
    Effect::new(move |before: Option<bool>| {
        let runs = running.get();
        asking.set_value(runs.then(|| Interval::new(PAUSE, move || state.refresh())));
        if before == Some(true) && !runs {
            announce(&t(key::LEDGER_ENDED));
        }
        runs
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        errors.clear();
        send.send(CheckLedger {}, (), None, move |answer| match answer {
            Ok(check) => state.set(check),
            Err(error) => errors.show_one("", error.message()),
        });
    };
    let busy = Signal::derive(move || send.busy.get() || running.get());
    view! {
        <h1>{t(key::LEDGER_TITLE)}</h1>
        <p>{t(key::LEDGER_LEAD)}</p>
        {state.draw(draw)}
        <form novalidate on:submit=submit>
            <ErrorSummary errors/>
            <SubmitButton label=t(key::LEDGER_CHECK) busy_label=t(key::LEDGER_RUNNING) busy/>
        </form>
    }
}

fn draw(check: &LedgerCheck) -> impl IntoView + use<> {
    let now = counted(key::LEDGER_ENTRIES, check.entries);
    let published = check.published.map(|at| fill(key::LEDGER_PUBLISHED, &[("when", &moment(at))]));
    let running = check.running.map(|at| {
        view! { <p class="hint" role="status">{fill(key::LEDGER_SINCE, &[("when", &moment(at))])}</p> }
    });
    // How it was found before is no answer to what is being asked now.
    let last = match &check.last {
        _ if check.running.is_some() => ().into_any(),
        Some(found) => result(found).into_any(),
        None => view! { <p class="empty">{t(key::LEDGER_NEVER)}</p> }.into_any(),
    };
    view! {
        <p class="hint">{now}" "{published}</p>
        {running}
        {last}
    }
}

/// How it was found.
fn result(found: &LedgerFound) -> impl IntoView + use<> {
    let LedgerFound { begun, ended, by, entries, cases, faults, wrong, broken_off } = found;
    let words = if *broken_off {
        t(key::LEDGER_BROKEN_OFF)
    } else if *wrong == 0 {
        t(key::LEDGER_WHOLE)
    } else {
        counted(key::LEDGER_FAULTS, *wrong)
    };
    let class = if *wrong == 0 { "panel ledger-found whole" } else { "panel ledger-found wrong" };
    let read = (!broken_off)
        .then(|| format!("{} · {}", counted(key::LEDGER_READ, *entries), counted(key::LEDGER_CASES, *cases)));
    let seconds = (*ended - *begun).num_seconds().max(1);
    let took =
        if seconds < 120 { counted(key::LEDGER_SECONDS, seconds) } else { counted(key::LEDGER_MINUTES, seconds / 60) };
    let when = fill(key::LEDGER_WHEN, &[("when", &moment(*ended)), ("who", by), ("took", &took)]);
    let lines = faults.iter().map(|fault| view! { <li>{fault.clone()}</li> }).collect_view();
    let more = wrong.saturating_sub(faults.len() as u64);
    let more = (more > 0).then(|| view! { <p class="hint">{counted(key::SETTINGS_LINES_MORE, more)}</p> });
    let list = (*wrong > 0).then(|| {
        view! {
            <ol class="faults" lang="en" dir="ltr">{lines}</ol>
            {more}
            <p>{t(key::LEDGER_WHAT_NOW)}</p>
        }
    });
    view! {
        <section class=class>
            <h2>{words}</h2>
            <p>{read}</p>
            <p class="hint" dir="auto">{digits(&when)}</p>
            {list}
        </section>
    }
}
