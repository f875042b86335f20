//! Handing over: the cases that lie with one office are given to another, with a reason that both read. For an office at which
//! nobody is left, or whose work another takes over.

use crate::frozen::{Candidate, OneRow, act, ask_before_leaving, choose_all, chosen, finished};
use crate::pickers::office_choices;
use leptos::prelude::*;
use model::lifecycle::{Action, Stage};
use model::lodging::TEXT_LIMIT;
use model::wire::{Offices, Search, SearchFilters, SearchRequest};
use model::{OfficeId, text};
use web::api::{Conditions, call, get};
use web::component::{Dialog, ErrorSummary, Errors, Loading, Remote, Suggest, TextArea};
use web::format::digits;
use web::hook::use_remote_later;
use web::i18n::{fill, key, t};
use web::reference::Tables;
use web::route::announce;

/// Id of the office that gets them.
const TO: &str = "hand-over-to";
/// Id of the reason.
const WHY: &str = "hand-over-why";

/// The button and the dialog, where the cases of one office are listed. `changed` hears when some have gone.
#[component]
pub fn HandOver(filters: RwSignal<SearchFilters>, tables: Tables, changed: Callback<()>) -> impl IntoView {
    let (open, more) = (RwSignal::new(false), RwSignal::new(false));
    let (to, why, errors) = (RwSignal::new(None::<OfficeId>), RwSignal::new(String::new()), Errors::new());
    let (busy, done, of_all) = (RwSignal::new(false), RwSignal::new(0usize), RwSignal::new(0usize));
    ask_before_leaving(busy);
    let from =
        Memo::new(move |_| filters.with(|filters| filters.office.filter(|_| filters.stage == Some(Stage::WithOffice))));
    let frozen = use_remote_later(move || {
        let request = SearchRequest { filters: filters.get_untracked(), ..SearchRequest::default() };
        async move {
            let page = call(&Search {}, &request, Conditions::default()).await?;
            more.try_set(page.next.is_some());
            let candidate = |line| {
                let (chosen, became) = (RwSignal::new(true), RwSignal::new(None));
                Candidate { line, office: None, fits: true, chosen, became }
            };
            Ok(page.rows.into_iter().map(candidate).collect::<Vec<_>>())
        }
    });
    let offices = use_remote_later(move || {
        let department = filters.with_untracked(|filters| filters.department.clone()).unwrap_or_default();
        async move { get(&Offices { department, district: None }).await }
    });
    let others = Signal::derive(move || {
        let from = from.get();
        let all = offices.with(|all| office_choices(all)).unwrap_or_default();
        all.into_iter().filter(|one| Some(one.value) != from).collect::<Vec<_>>()
    });
    let begin = move |_| {
        errors.clear();
        if !busy.get_untracked() {
            done.set(0);
            frozen.forget();
            frozen.load();
            offices.load();
        }
        open.set(true);
    };
    // Rows that have gone are no longer of this list.
    Effect::new(move |before: Option<bool>| {
        let now = open.get();
        if before == Some(true) && !now && done.get_untracked() > 0 && !busy.get_untracked() {
            changed.run(());
        }
        now
    });
    let go = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let words = why.get_untracked().trim().to_owned();
        let long = model::lodging::is_too_long(&words);
        let mut wrong = Vec::new();
        if to.get_untracked().is_none() {
            wrong.push((TO, t(key::HAND_OVER_TO_MISSING)));
        }
        if text::is_blank(&words) {
            wrong.push((WHY, t(key::HAND_OVER_WHY_MISSING)));
        } else if long {
            wrong.push((WHY, fill(key::SEVERAL_NOTE_LONG, &[("n", &digits(&TEXT_LIMIT.to_string()))])));
        }
        let Some(office) = to.get_untracked().filter(|_| wrong.is_empty()) else { return errors.show(wrong) };
        errors.clear();
        if untrack(|| chosen(frozen)) == 0 {
            return errors.show_one("hand-over-all", t(key::SEVERAL_NOBODY));
        }
        of_all.set(untrack(|| chosen(frozen)));
        done.set(0);
        busy.set(true);
        let candidates = frozen.with_untracked(Clone::clone).unwrap_or_default();
        leptos::task::spawn_local(async move {
            let action = |_: &Candidate| Some(Action::Forward { office, remark: words.clone() });
            act(candidates, action, |_| (), done).await;
            busy.try_set(false);
            // It goes on where the dialog was closed, and the list says then what is left.
            if open.try_get_untracked() == Some(false) {
                changed.try_run(());
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
            false => fill(key::HAND_OVER_GO, &[("n", &count(chosen(frozen)))]),
        }
    };
    let over = move || (done.get() > 0 && !busy.get()).then(|| finished(frozen));
    let rows = move || {
        frozen.state.with(|state| match state {
            Remote::Idle | Remote::Loading => view! { <Loading/> }.into_any(),
            Remote::Failed(error) => view! { <p class="error" role="alert">{error.message()}</p> }.into_any(),
            Remote::Loaded(all) if all.is_empty() => view! { <p class="empty">{t(key::QUEUE_EMPTY)}</p> }.into_any(),
            Remote::Loaded(all) => {
                let row = |one: Candidate| view! { <OneRow one to=None from=false done=t(key::HAND_OVER_DONE) tables busy/> };
                let (count, rows) = (all.len(), all.iter().cloned().map(row).collect_view());
                view! {
                    {move || more.get().then(|| view! { <p class="hint">{fill(key::HAND_OVER_FIRST, &[("n", &digits(&count.to_string()))])}</p> })}
                    <p><button type="button" class="link" id="hand-over-all" on:click=move |_| choose_all(frozen)>{t(key::SEVERAL_ALL)}</button></p>
                    <ul class="several">{rows}</ul>
                    <p role="status">{over}</p>
                    <p><button type="submit" class="button" id="hand-over-go" aria-busy=move || busy.get().to_string()>{words}</button></p>
                }
                .into_any()
            }
        })
    };
    let button = move || {
        from.get().map(|_| view! {
            <p><button type="button" class="button second" id="hand-over" on:click=begin>{t(key::HAND_OVER)}</button></p>
        })
    };
    view! {
        {button}
        <p class="hint" role="status">{move || (busy.get() && !open.get()).then(words)}</p>
        <Dialog id="hand-over-dialog" title=t(key::HAND_OVER) open=open>
            <form novalidate on:submit=go>
                <ErrorSummary errors/>
                <p class="hint">{t(key::HAND_OVER_HINT)}</p>
                <Suggest id=TO label=t(key::HAND_OVER_TO) choices=others value=to errors/>
                <TextArea id=WHY label=t(key::HAND_OVER_WHY) value=why errors rows=2/>
                {rows}
            </form>
        </Dialog>
    }
}
