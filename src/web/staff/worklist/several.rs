//! Forwarding many cases at once, each to its block's own office: what will happen stands in a list that no longer changes,
//! and each row says what became of it. Nothing is closed or accepted this way, because that wants reading.

use super::Worklist;
use crate::keys::{KeyCap, Keys};
use leptos::prelude::*;
use model::lifecycle::{Action, Stage};
use model::wire::{Act, CaseLine, GetQueue, Office, Offices};
use model::{DepartmentCode, Lgd};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use web::api::{self, CallError, Conditions};
use web::component::{Dialog, Loading, Remote, title_of};
use web::format::digits;
use web::hook::{Fetched, use_remote_later};
use web::i18n::{fill, key, language, t};
use web::reference::{Tables, own_office, place};
use web::route::{announce, focus_later};

/// Id of the button that forwards.
const GO: &str = "several-go";

/// A case that may be forwarded.
#[derive(Clone)]
struct Candidate {
    line: CaseLine,
    /// The block's own office; `None` where it is not known.
    office: Option<Office>,
    chosen: RwSignal<bool>,
    became: RwSignal<Option<Result<(), CallError>>>,
}

/// The cases of a worklist that may be forwarded, as they stand now, each with its own office.
async fn frozen(list: Worklist, tables: Tables) -> Result<Vec<Candidate>, CallError> {
    let call = GetQueue { queue: list.queue, due: list.due.get_untracked(), cursor: String::new() };
    let mut lines = api::get(&call).await?.rows;
    lines.retain(|line| line.stage == Stage::WithDepartment && !untrack(|| list.is_decided(line.reference)));
    let mut offices: BTreeMap<(DepartmentCode, Option<Lgd>), Vec<Office>> = BTreeMap::new();
    for line in &lines {
        let Some(department) = line.department.clone() else { continue };
        if let Entry::Vacant(place) = offices.entry((department.clone(), line.district)) {
            place.insert(api::get(&Offices { department, district: line.district }).await?);
        }
    }
    let own = |line: &CaseLine| {
        let near = offices.get(&(line.department.clone()?, line.district))?;
        let id = tables.with_untracked(|tables| own_office(tables.loaded()?, near, line.district, line.place))?;
        near.iter().find(|office| office.id == id).cloned()
    };
    let candidate = |line: CaseLine| {
        let office = own(&line);
        let chosen = RwSignal::new(office.is_some());
        Candidate { line, office, chosen, became: RwSignal::new(None) }
    };
    Ok(lines.into_iter().map(candidate).collect())
}

/// Forwards what is chosen, one after the other: a case that has changed since, or that the rules refuse, stays.
async fn forward(list: Worklist, candidates: Vec<Candidate>, done: RwSignal<usize>) {
    for Candidate { line, office, chosen, became } in candidates {
        let Some(office) = office.filter(|_| chosen.get_untracked()) else { continue };
        let action = Action::Forward { office: office.id, remark: String::new() };
        let with = Conditions { key: Some(api::new_key()), version: Some(line.version), ..Conditions::default() };
        let answer = api::call(&Act { reference: line.reference }, &action, with).await;
        if let Ok(view) = &answer {
            list.changed(view);
        }
        became.try_set(Some(answer.map(drop)));
        if done.try_update(|done| *done += 1).is_none() {
            return;
        }
    }
}

/// The button and the dialog, for those who forward.
#[component]
pub fn Several(list: Worklist, tables: Tables) -> impl IntoView {
    let open = RwSignal::new(false);
    let frozen = use_remote_later(move || frozen(list, tables));
    // They outlive the dialog, and so does the forwarding.
    let (busy, done) = (RwSignal::new(false), RwSignal::new(0usize));
    let begin = move || {
        if !busy.get_untracked() {
            done.set(0);
            frozen.forget();
            frozen.load();
        }
        open.set(true);
    };
    if let Some(keys) = Keys::of_app() {
        keys.bind('F', t(key::SEVERAL_OPEN), begin);
    }
    view! {
        <p><button type="button" class="link" id="several" aria-keyshortcuts="F" on:click=move |_| begin()>
            {t(key::SEVERAL_OPEN)}<KeyCap letter='F'/>
        </button></p>
        <Dialog id="several-dialog" title=t(key::SEVERAL_TITLE) open=open>
            <Choose list tables frozen busy done/>
        </Dialog>
    }
}

/// What will happen, and what became of it.
#[component]
fn Choose(
    list: Worklist,
    tables: Tables,
    frozen: Fetched<Vec<Candidate>>,
    busy: RwSignal<bool>,
    /// How many have been sent.
    done: RwSignal<usize>,
) -> impl IntoView {
    Effect::new(move |_| {
        if frozen.with(|all| !all.is_empty()) == Some(true) {
            focus_later(GO);
        }
    });
    let chosen = move || frozen.with(|all| all.iter().filter(|one| one.chosen.get()).count()).unwrap_or_default();
    let go = move |_| {
        let candidates = frozen.with_untracked(Clone::clone).unwrap_or_default();
        if busy.get_untracked() || done.get_untracked() > 0 {
            return;
        }
        busy.set(true);
        leptos::task::spawn_local(async move {
            forward(list, candidates, done).await;
            busy.try_set(false);
            if let Some(words) = untrack(|| finished(frozen)) {
                announce(&words);
            }
        });
    };
    let words = move || {
        let (chosen, done) = (digits(&chosen().to_string()), digits(&done.get().to_string()));
        match busy.get() {
            true => fill(key::SEVERAL_PROGRESS, &[("i", &done), ("n", &chosen)]),
            false => fill(key::SEVERAL_GO, &[("n", &chosen)]),
        }
    };
    let over = move || done.get() > 0 && !busy.get();
    let body = move || {
        frozen.state.with(|state| match state {
            Remote::Idle | Remote::Loading => view! { <Loading/> }.into_any(),
            Remote::Failed(error) => view! { <p class="error" role="alert">{error.message()}</p> }.into_any(),
            Remote::Loaded(all) if all.is_empty() => view! { <p class="empty">{t(key::SEVERAL_EMPTY)}</p> }.into_any(),
            Remote::Loaded(all) => {
                let rows = all.iter().cloned().map(|one| view! { <OneRow one tables busy/> }).collect_view();
                view! {
                    <ul class="several">{rows}</ul>
                    <p role="status">{move || over().then(|| finished(frozen))}</p>
                    {move || (!over()).then(|| view! {
                        <p><button type="button" class="button" id=GO aria-busy=move || busy.get().to_string() on:click=go>{words}</button></p>
                    })}
                }
                .into_any()
            }
        })
    };
    view! { {body} }
}

/// How many were forwarded, in words; `None` before.
fn finished(frozen: Fetched<Vec<Candidate>>) -> Option<String> {
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
fn OneRow(one: Candidate, tables: Tables, busy: RwSignal<bool>) -> impl IntoView {
    let Candidate { line, office, chosen, became } = one;
    let id = format!("several-{}", line.reference);
    let known = office.is_some();
    let to = office.map_or_else(|| t(key::SEVERAL_NONE), |office| office.name.of(language()).to_owned());
    let (district, of) = (line.district, line.place);
    let at =
        move || tables.with(|tables| tables.loaded().map(|tables| place(tables, district, of)).unwrap_or_default());
    let result = move || {
        became.get().map(|became| match became {
            Ok(()) => view! { <span class="pill done">{t(key::SEVERAL_DONE)}</span> }.into_any(),
            Err(error) => view! { <span class="error">{error.message()}</span> }.into_any(),
        })
    };
    let sent = move || busy.get() || became.with(Option::is_some);
    view! {
        <li class="check">
            <input type="checkbox" id=id.clone() prop:checked=move || chosen.get() disabled=move || !known || sent()
                on:change:target=move |event| chosen.set(event.target().checked())/>
            <label for=id>
                <span class="reference">{line.reference.grouped()}</span>" "
                <span lang=line.language.tag() dir="auto">{title_of(&line)}</span>
                <span class="hint">{at}" → "{to}</span>
            </label>
            {result}
        </li>
    }
}
