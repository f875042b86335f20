//! A list of cases that no longer changes, to which the same is done one after the other, each with what became of it.

use leptos::prelude::*;
use model::lifecycle::Action;
use model::page::StaffPage;
use model::wire::{Act, CaseLine, CaseView, Office};
use web::api::{self, CallError, Conditions};
use web::component::title_of;
use web::format::{digits, left};
use web::hook::Fetched;
use web::i18n::{fill, key, t};
use web::reference::{Tables, department_short, place};
use web::route::href;

/// A case to which it may be done.
#[derive(Clone)]
pub struct Candidate {
    /// The case as it stood.
    pub line: CaseLine,
    /// Of what is forwarded, the block's own office; `None` where it is not known.
    pub office: Option<Office>,
    /// Whether it can be chosen.
    pub fits: bool,
    /// Whether it is.
    pub chosen: RwSignal<bool>,
    /// What became of it; `None` before.
    pub became: RwSignal<Option<Result<(), CallError>>>,
}

/// Does it to what is chosen, one after the other: a case that has changed since, or that the rules refuse, stays. `changed` hears
/// each case to which it was done; `done` counts.
pub async fn act(
    candidates: Vec<Candidate>,
    action: impl Fn(&Candidate) -> Option<Action>,
    changed: impl Fn(&CaseView),
    done: RwSignal<usize>,
) {
    for one in candidates {
        let Candidate { line, chosen, became, .. } = &one;
        if !chosen.get_untracked() || became.with_untracked(|became| matches!(became, Some(Ok(())))) {
            continue;
        }
        let Some(action) = action(&one) else { continue };
        let with = Conditions { key: Some(api::new_key()), version: Some(line.version), ..Conditions::default() };
        let answer = api::call(&Act { reference: line.reference }, &action, with).await;
        if let Ok(view) = &answer {
            changed(view);
        }
        // What is refused would be refused again; what did not arrive goes with the next press.
        if matches!(answer, Err(CallError::Problem(_))) {
            chosen.try_set(false);
        }
        became.try_set(Some(answer.map(drop)));
        if done.try_update(|done| *done += 1).is_none() {
            return;
        }
    }
}

/// Asks before a page is left while something is under way: what is not yet sent would not be.
pub fn ask_before_leaving(busy: RwSignal<bool>) {
    let leaving = window_event_listener(leptos::ev::beforeunload, move |event| {
        if busy.try_get_untracked() == Some(true) {
            event.prevent_default();
        }
    });
    on_cleanup(move || leaving.remove());
}

/// How many are chosen to which it is not done yet; tracked.
pub fn chosen(frozen: Fetched<Vec<Candidate>>) -> usize {
    let waits = |one: &&Candidate| one.chosen.get() && !one.became.with(|became| matches!(became, Some(Ok(()))));
    frozen.with(|all| all.iter().filter(waits).count()).unwrap_or_default()
}

/// Chooses all, or none where all are.
pub fn choose_all(frozen: Fetched<Vec<Candidate>>) {
    let _ = frozen.with_untracked(|all| {
        let fitting = || all.iter().filter(|one| one.fits);
        let to = fitting().any(|one| !one.chosen.get_untracked());
        fitting().for_each(|one| one.chosen.set(to));
    });
}

/// At how many it failed.
pub fn finished_badly(frozen: Fetched<Vec<Candidate>>) -> Option<usize> {
    let failed = |one: &&Candidate| one.became.with(|became| matches!(became, Some(Err(_))));
    frozen.with(|all| all.iter().filter(failed).count())
}

/// To how many it was done, in words; `None` before.
pub fn finished(frozen: Fetched<Vec<Candidate>>) -> Option<String> {
    let (good, bad) = frozen.with(|all| {
        let became = |good: bool| {
            all.iter().filter(|one| one.became.with(|it| it.as_ref().is_some_and(|it| it.is_ok() == good))).count()
        };
        (became(true), became(false))
    })?;
    let (good, bad) = (digits(&good.to_string()), digits(&bad.to_string()));
    Some(fill(key::SEVERAL_FINISHED, &[("n", &good), ("m", &bad)]))
}

/// A case: what it is about, where it would go, and what became of it.
#[component]
pub fn OneRow(
    one: Candidate,
    /// Where it would go, where it goes anywhere.
    #[prop(optional_no_strip)]
    to: Option<String>,
    /// Whether it is said who offers it.
    from: bool,
    /// What is said once it is done.
    done: String,
    tables: Tables,
    busy: RwSignal<bool>,
) -> impl IntoView {
    let Candidate { line, fits, chosen, became, .. } = one;
    let reference = line.reference;
    let id = format!("several-{reference}");
    let to = to.map(|to| format!(" → {to}"));
    let (district, block) = (line.district, line.place);
    let at =
        move || tables.with(|tables| tables.loaded().map(|tables| place(tables, district, block)).unwrap_or_default());
    let result = move || {
        became.get().map(|became| match became {
            Ok(()) => view! { <span class="pill done">{done.clone()}</span> }.into_any(),
            Err(error) => {
                let path = href(&StaffPage::Case(reference));
                view! { <span class="error">{error.message()}" "<a href=path target="_blank">{t(key::SEVERAL_SEE)}</a></span> }.into_any()
            }
        })
    };
    let sent = move || busy.get() || became.with(|became| matches!(became, Some(Ok(()))));
    // What one must know before one chooses: what is left of the limit, how often citizens sent it back, who offers it.
    let mut known = vec![left(line.due).0];
    if line.disputes > 0 {
        known.push(fill(key::LINE_RETURNED, &[("n", &digits(&line.disputes.to_string()))]));
    }
    let offers = line.department.clone().filter(|_| from);
    let from = move || {
        let code = offers.as_deref()?;
        let name = tables.with(|tables| tables.loaded().map(|tables| department_short(tables, code)));
        name.map(|name| fill(key::SEVERAL_FROM, &[("name", &name)]))
    };
    let known = known.join(" · ");
    view! {
        <li class="check">
            <input type="checkbox" id=id.clone() prop:checked=move || chosen.get() disabled=move || !fits || sent()
                on:change:target=move |event| chosen.set(event.target().checked())/>
            <label for=id>
                <span class="reference">{line.reference.grouped()}</span>" "
                <span lang=line.language.tag() dir="auto">{title_of(&line)}</span>
                <span class="hint">{at}{to}" · "{known}{move || from().map(|from| format!(" · {from}"))}</span>
            </label>
            {result}
        </li>
    }
}
