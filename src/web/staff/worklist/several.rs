//! The same for many cases at once: forwarding each to its block's own office, accepting what is offered, writing a note. What
//! will happen stands in a list that no longer changes, and each row says what became of it. Nothing is closed, and no report
//! accepted this way, because that wants reading.

use super::Worklist;
use crate::frozen::{Candidate, OneRow, act, ask_before_leaving, choose_all, chosen, finished, finished_badly};
use crate::keys::{KeyCap, Keys};
use leptos::prelude::*;
use model::lifecycle::{Action, Stage};
use model::lodging::TEXT_LIMIT;
use model::wire::{CaseLine, GetQueue, Office, Offices};
use model::{DepartmentCode, Lgd, Role};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use web::api::{self, CallError};
use web::component::{Dialog, Errors, Loading, Remote, TextArea};
use web::format::digits;
use web::hook::{Fetched, use_remote_later};
use web::i18n::{fill, key, language, t};
use web::reference::{Tables, own_office};
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

/// What is done to a case.
fn action((deed, note): &(Deed, String), office: Option<&Office>) -> Option<Action> {
    match (deed, office) {
        (Deed::Forward, Some(office)) => Some(Action::Forward { office: office.id, remark: String::new() }),
        (Deed::Forward, None) => None,
        (Deed::Accept, _) => Some(Action::AcceptTransfer),
        (Deed::Note, _) => Some(Action::Note { side: None, text: note.clone() }),
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
    ask_before_leaving(busy);
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
    let chosen = move || chosen(frozen);
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
            let wish = (of, text);
            act(candidates, |one| action(&wish, one.office.as_ref()), |view| list.changed(view), done).await;
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
                let row = |one: Candidate| {
                    let name = |office: &Office| office.name.of(language()).to_owned();
                    let to = (of == Deed::Forward).then(|| one.office.as_ref().map_or_else(|| t(key::SEVERAL_NONE), name));
                    let [_, _, done, _] = of.words();
                    view! { <OneRow one to from=of == Deed::Accept done=t(done) tables busy/> }
                };
                let rows = candidates.iter().cloned().map(row).collect_view();
                view! {
                    {(of == Deed::Note).then(|| view! { <TextArea id=NOTE label=t(key::SEVERAL_NOTE) hint=t(key::SEVERAL_NOTE_WHO) value=note errors rows=2/> })}
                    {first}
                    <p><button type="button" class="link" id="several-all" on:click=move |_| choose_all(frozen)>{t(key::SEVERAL_ALL)}</button></p>
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
