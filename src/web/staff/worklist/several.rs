//! The same for many cases at once: forwarding each to its block's own office, accepting what is offered, writing a note. What
//! will happen stands in a list that no longer changes, and each row says what became of it. Nothing is closed, and no report
//! accepted this way, because that wants reading.

use super::Worklist;
use crate::keys::{KeyCap, Keys};
use leptos::prelude::*;
use model::lifecycle::{Action, Stage};
use model::lodging::TEXT_LIMIT;
use model::wire::{Act, CaseLine, GetQueue, Office, Offices};
use model::{DepartmentCode, Lgd, Role};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use web::api::{self, CallError, Conditions};
use web::component::{Dialog, Errors, Loading, Remote, TextArea, title_of};
use web::format::{digits, left};
use web::hook::{Fetched, use_remote_later};
use web::i18n::{fill, key, language, t};
use web::reference::{Tables, department_short, own_office, place};
use web::route::{announce, focus_later};

/// Id of the button that does it.
const GO: &str = "several-go";
/// Id of the field of a note.
const NOTE: &str = "several-note";

/// What is done to many cases at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    /// Forward each to its block's own office.
    Forward,
    /// Accept the transfers that are offered.
    Accept,
    /// Write the same note on each.
    Note,
}

impl Deed {
    /// What a role may do to many, the most usual first; empty for nothing.
    fn of(role: Role) -> &'static [Self] {
        match role {
            Role::NodalOfficer => &[Self::Forward, Self::Accept, Self::Note],
            Role::OfficeOfficer => &[Self::Accept, Self::Note],
            Role::OperationalAnalyst => &[Self::Note],
            _ => &[],
        }
    }

    /// Whether it may be done to a case in this stage.
    fn fits(self, stage: Stage) -> bool {
        match self {
            Self::Forward => stage == Stage::WithDepartment,
            Self::Accept => stage == Stage::TransferOffered,
            Self::Note => true,
        }
    }

    /// Its name, what its button says, that of a row to which it was done, and what is said where there is nothing.
    fn words(self) -> [&'static str; 4] {
        match self {
            Self::Forward => {
                [key::SEVERAL_FORWARD, key::SEVERAL_FORWARD_GO, key::SEVERAL_FORWARD_DONE, key::SEVERAL_FORWARD_NONE]
            }
            Self::Accept => {
                [key::SEVERAL_ACCEPT, key::SEVERAL_ACCEPT_GO, key::SEVERAL_ACCEPT_DONE, key::SEVERAL_ACCEPT_NONE]
            }
            Self::Note => [key::SEVERAL_NOTE, key::SEVERAL_NOTE_GO, key::SEVERAL_NOTE_DONE, key::QUEUE_EMPTY],
        }
    }
}

/// A case to which it may be done.
#[derive(Clone)]
struct Candidate {
    line: CaseLine,
    /// Of what is forwarded, the block's own office; `None` where it is not known.
    office: Option<Office>,
    /// Whether it can be chosen.
    fits: bool,
    chosen: RwSignal<bool>,
    became: RwSignal<Option<Result<(), CallError>>>,
}

/// The cases of a worklist to which it may be done, as they stand now: those of its first page, and whether there are more.
/// Those to forward each have their own office.
async fn frozen(list: Worklist, tables: Tables, deed: Deed, more: RwSignal<bool>) -> Result<Vec<Candidate>, CallError> {
    let call = GetQueue { queue: list.queue, due: list.due.get_untracked(), cursor: String::new() };
    let page = api::get(&call).await?;
    more.try_set(page.next.is_some());
    let mut lines = page.rows;
    lines.retain(|line| deed.fits(line.stage) && !untrack(|| list.is_decided(line.reference)));
    let mut offices: BTreeMap<(DepartmentCode, Option<Lgd>), Vec<Office>> = BTreeMap::new();
    for line in lines.iter().filter(|_| deed == Deed::Forward) {
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
        let fits = deed != Deed::Forward || office.is_some();
        // Where the rule says whereto, all; what wants a thought is chosen one by one, and so is what citizens have sent back.
        let chosen = RwSignal::new(fits && deed == Deed::Forward && line.disputes == 0);
        Candidate { line, office, fits, chosen, became: RwSignal::new(None) }
    };
    Ok(lines.into_iter().map(candidate).collect())
}

/// Does it to what is chosen, one after the other: a case that has changed since, or that the rules refuse, stays.
async fn act(list: Worklist, (deed, note): (Deed, String), candidates: Vec<Candidate>, done: RwSignal<usize>) {
    for Candidate { line, office, chosen, became, .. } in candidates {
        if !chosen.get_untracked() || became.with_untracked(|became| matches!(became, Some(Ok(())))) {
            continue;
        }
        let action = match (deed, office) {
            (Deed::Forward, Some(office)) => Action::Forward { office: office.id, remark: String::new() },
            (Deed::Forward, None) => continue,
            (Deed::Accept, _) => Action::AcceptTransfer,
            (Deed::Note, _) => Action::Note { side: None, text: note.clone() },
        };
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

/// The button and the dialog, for those who may do something to many.
#[component]
pub fn Several(list: Worklist, tables: Tables, role: Role) -> impl IntoView {
    let deeds = Deed::of(role);
    let Some(first) = deeds.first().copied() else { return ().into_any() };
    let (open, deed) = (RwSignal::new(false), RwSignal::new(first));
    // A note is kept while the dialog is closed.
    let (more, note) = (RwSignal::new(false), RwSignal::new(String::new()));
    let frozen = use_remote_later(move || frozen(list, tables, deed.get_untracked(), more));
    // They outlive the dialog, and so does what is under way.
    let (busy, done) = (RwSignal::new(false), RwSignal::new(0usize));
    let leaving = window_event_listener(leptos::ev::beforeunload, move |event| {
        // What is not yet sent would not be.
        if busy.try_get_untracked() == Some(true) {
            event.prevent_default();
        }
    });
    on_cleanup(move || leaving.remove());
    let anew = move || {
        if !busy.get_untracked() {
            done.set(0);
            frozen.forget();
            frozen.load();
        }
    };
    let begin = move || {
        anew();
        open.set(true);
    };
    if let Some(keys) = Keys::of_app() {
        keys.bind('F', t(key::SEVERAL_OPEN), begin);
    }
    let tab = move |of: &Deed| {
        let (of, [name, ..]) = (*of, of.words());
        let pressed = move || (deed.get() == of).to_string();
        let choose = move |_| {
            if !busy.get_untracked() {
                deed.set(of);
                anew();
            }
        };
        view! { <li><button type="button" class="tab" aria-pressed=pressed on:click=choose>{t(name)}</button></li> }
    };
    let tabs = move || deeds.iter().map(tab).collect_view();
    view! {
        <p><button type="button" class="link" id="several" aria-keyshortcuts="F" on:click=move |_| begin()>
            {t(key::SEVERAL_OPEN)}<KeyCap letter='F'/>
        </button></p>
        <Dialog id="several-dialog" title=t(key::SEVERAL_OPEN) open=open>
            <nav class="tabs" aria-label=t(key::SEVERAL_OPEN)><ul>{tabs}</ul></nav>
            <Choose list tables deed note frozen more busy done/>
        </Dialog>
    }
    .into_any()
}

/// What will happen, and what became of it.
#[component]
fn Choose(
    list: Worklist,
    tables: Tables,
    deed: RwSignal<Deed>,
    note: RwSignal<String>,
    frozen: Fetched<Vec<Candidate>>,
    /// Whether there are cases on further pages, which are not among them.
    more: RwSignal<bool>,
    busy: RwSignal<bool>,
    /// How many have been sent.
    done: RwSignal<usize>,
) -> impl IntoView {
    let errors = Errors::new();
    Effect::new(move |_| {
        if frozen.with(|all| !all.is_empty()) == Some(true) && deed.get_untracked() == Deed::Forward {
            focus_later(GO);
        }
    });
    let chosen = move || {
        let waits = |one: &&Candidate| one.chosen.get() && !one.became.with(|became| matches!(became, Some(Ok(()))));
        frozen.with(|all| all.iter().filter(waits).count()).unwrap_or_default()
    };
    let of_all = RwSignal::new(0);
    let go = move |_| {
        let candidates = frozen.with_untracked(Clone::clone).unwrap_or_default();
        if busy.get_untracked() {
            return;
        }
        errors.clear();
        let (of, text) = (deed.get_untracked(), note.get_untracked().trim().to_owned());
        if of == Deed::Note && text.is_empty() {
            return errors.show_one(NOTE, t(key::SEVERAL_NOTE_MISSING));
        }
        if of == Deed::Note && model::lodging::is_too_long(&text) {
            return errors.show_one(NOTE, fill(key::SEVERAL_NOTE_LONG, &[("n", &digits(&TEXT_LIMIT.to_string()))]));
        }
        if untrack(chosen) == 0 {
            return announce(&t(key::SEVERAL_NOBODY));
        }
        of_all.set(untrack(chosen));
        done.set(0);
        busy.set(true);
        leptos::task::spawn_local(async move {
            act(list, (of, text), candidates, done).await;
            busy.try_set(false);
            // The counts above the list.
            list.look();
            if untrack(|| finished_badly(frozen)) == Some(0) {
                note.try_set(String::new());
            }
            if let Some(words) = untrack(|| finished(frozen)) {
                announce(&words);
            }
        });
    };
    let words = move || {
        let count = |count: usize| digits(&count.to_string());
        match busy.get() {
            true => fill(key::SEVERAL_PROGRESS, &[("i", &count(done.get())), ("n", &count(of_all.get()))]),
            false => {
                let [_, go, ..] = deed.get().words();
                fill(go, &[("n", &count(chosen()))])
            }
        }
    };
    let over = move || done.get() > 0 && !busy.get();
    let first = move || more.get().then(|| view! { <p class="hint">{t(key::SEVERAL_FIRST)}</p> });
    let all = move |_| {
        let _ = frozen.with_untracked(|all| {
            let fitting = || all.iter().filter(|one| one.fits);
            let to = fitting().any(|one| !one.chosen.get_untracked());
            fitting().for_each(|one| one.chosen.set(to));
        });
    };
    let body = move || {
        frozen.state.with(|state| match state {
            Remote::Idle | Remote::Loading => view! { <Loading/> }.into_any(),
            Remote::Failed(error) => view! { <p class="error" role="alert">{error.message()}</p> }.into_any(),
            Remote::Loaded(all) if all.is_empty() => {
                let [.., none] = deed.get_untracked().words();
                view! { <p class="empty">{t(none)}</p> }.into_any()
            }
            Remote::Loaded(candidates) => {
                let of = deed.get_untracked();
                let rows = candidates.iter().cloned().map(|one| view! { <OneRow one of tables busy/> }).collect_view();
                view! {
                    {(of == Deed::Note).then(|| view! { <TextArea id=NOTE label=t(key::SEVERAL_NOTE) hint=t(key::SEVERAL_NOTE_WHO) value=note errors rows=2/> })}
                    {first}
                    <p><button type="button" class="link" id="several-all" on:click=all>{t(key::SEVERAL_ALL)}</button></p>
                    <ul class="several">{rows}</ul>
                    <p role="status">{move || over().then(|| finished(frozen))}</p>
                    <p><button type="button" class="button" id=GO aria-busy=move || busy.get().to_string() on:click=go>{words}</button></p>
                }
                .into_any()
            }
        })
    };
    view! { {body} }
}

/// At how many it failed.
fn finished_badly(frozen: Fetched<Vec<Candidate>>) -> Option<usize> {
    let failed = |one: &&Candidate| one.became.with(|became| matches!(became, Some(Err(_))));
    frozen.with(|all| all.iter().filter(failed).count())
}

/// To how many it was done, in words; `None` before.
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
fn OneRow(one: Candidate, of: Deed, tables: Tables, busy: RwSignal<bool>) -> impl IntoView {
    let Candidate { line, office, fits, chosen, became } = one;
    let id = format!("several-{}", line.reference);
    let [_, _, done, _] = of.words();
    let to = office.map_or_else(|| t(key::SEVERAL_NONE), |office| office.name.of(language()).to_owned());
    let to = (of == Deed::Forward).then(|| format!(" → {to}"));
    let (district, block) = (line.district, line.place);
    let at =
        move || tables.with(|tables| tables.loaded().map(|tables| place(tables, district, block)).unwrap_or_default());
    let result = move || {
        became.get().map(|became| match became {
            Ok(()) => view! { <span class="pill done">{t(done)}</span> }.into_any(),
            Err(error) => view! { <span class="error">{error.message()}</span> }.into_any(),
        })
    };
    let sent = move || busy.get() || became.with(|became| matches!(became, Some(Ok(()))));
    // What one must know before one chooses: what is left of the limit, how often citizens sent it back, who offers it.
    let mut known = vec![left(line.due).0];
    if line.disputes > 0 {
        known.push(fill(key::LINE_RETURNED, &[("n", &digits(&line.disputes.to_string()))]));
    }
    let offers = line.department.clone().filter(|_| of == Deed::Accept);
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
