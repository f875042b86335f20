//! Who works in one's place of work, and who is away until when.

use super::person::reaches;
use super::{end, look_again, role_of};
use crate::call_scores::{differ, well};
use chrono::NaiveDate;
use leptos::prelude::*;
use model::date::{Towards, read};
use model::duty::keeps;
use model::lifecycle::Stage;
use model::page::StaffPage;
use model::wire::{
    Absence, CallWork, ProblemCode, Roster as RosterCall, RosterLine, SearchFilters, SetAbsence, SetAbsenceRequest,
};
use model::{Role, names::code_of};
use web::api::{self, CallError};
use web::component::{
    Checkbox, DateField, ErrorSummary, Errors, SubmitButton, Suggest, TextField, date_problem, today,
};
use web::format::{counted, day};
use web::hook::{use_pages, use_send};
use web::i18n::{fill, key, language, t};
use web::reference::{Choice, use_tables};
use web::route::{announce, focus_later_by, href, set_title};

const FIRST: &str = "away-first";
const LAST: &str = "away-last";

/// The roles whose roster is kept by whoever is signed in, as choices.
fn kept() -> Vec<Choice<Role>> {
    let Some(own) = untrack(|| crate::session::role(crate::session::use_session())) else { return Vec::new() };
    let roles = Role::ALL.into_iter().filter(|role| keeps(own, *role));
    roles.map(|role| Choice::new(role_of(role), code_of(&role), &[], role)).collect()
}

/// The page.
#[component]
pub fn Roster() -> impl IntoView {
    set_title(&t(key::ROSTER_TITLE));
    let (errors, role, kept) = (Errors::new(), RwSignal::new(None::<Role>), kept());
    let (part, away) = (RwSignal::new(String::new()), RwSignal::new(false));
    let pages = use_pages(move |cursor| {
        let call = RosterCall {
            role: role.get_untracked(),
            part: part.get_untracked().trim().to_owned(),
            away: away.get_untracked(),
            cursor,
        };
        async move { api::get(&call).await }
    });
    look_again(pages, move || {
        part.track();
        away.track();
        role.track();
    });
    // One form at a time: its fields have the ids of one.
    let open = RwSignal::new(None::<String>);
    let failed = RwSignal::new(None::<String>);
    let told = Callback::new(move |answer: Result<RosterLine, CallError>| match answer {
        Ok(line) => {
            open.set(None);
            failed.set(None);
            announce(&t(key::ROSTER_SAVED));
            let username = line.account.username.clone();
            pages.replace(line, |known| known.account.username == username);
            focus_later_by(button_of(&username));
        }
        Err(error) => {
            failed.set(Some(error.message()));
            // Somebody else was there first: what they said is shown.
            if error.code() == Some(ProblemCode::Overtaken) {
                open.set(None);
                pages.refresh();
            }
        }
    });
    view! {
        <h1>{t(key::ROSTER_TITLE)}</h1>
        <p class="hint">{t(key::ROSTER_LEAD)}</p>
        <div class="filters">
            <TextField id="part" label=t(key::ROSTER_PART) value=part errors/>
            {(kept.len() > 1).then(|| view! { <Suggest id="role-filter" label=t(key::ACCOUNTS_ROLE) choices=Signal::stored(kept) value=role errors/> })}
            <Checkbox id="only-away" label=t(key::ROSTER_ONLY_AWAY) value=away errors/>
        </div>
        {move || failed.get().map(|why| view! { <p class="failed" role="alert">{why}</p> })}
        {pages.list.draw(|_| ())}
        <ul class="accounts roster">
            <For each=move || pages.rows() key=|line| format!("{line:?}") children=move |line| view! { <One line open told/> }/>
        </ul>
        {end(pages, move || {
            let narrowed = !part.get_untracked().trim().is_empty() || away.get_untracked() || role.get_untracked().is_some();
            t(if narrowed { key::ROSTER_NOBODY } else { key::ROSTER_NONE })
        })}
    }
}

/// When somebody is away, in words.
fn away(days: &Absence) -> String {
    let (first, last) = (day(days.first), day(days.last));
    if days.covers(today()) {
        fill(key::ROSTER_AWAY, &[("last", &last)])
    } else {
        fill(key::ROSTER_AWAY_FROM, &[("first", &first), ("last", &last)])
    }
}

/// What is told of somebody's calls.
fn worked(role: Role, work: &CallWork) -> String {
    let CallWork { calls, scores } = work;
    match role {
        Role::QualityLead => [counted(key::ROSTER_SCORED, *calls), differ(scores)].join(" · "),
        _ => [counted(key::QUALITY_TEAM_CALLS, *calls), well(scores)].join(" · "),
    }
}

/// The id of the button by which somebody's days are opened.
fn button_of(username: &str) -> String {
    format!("days-of-{username}")
}

/// Somebody in the list.
#[component]
fn One(
    line: RosterLine,
    open: RwSignal<Option<String>>,
    told: Callback<Result<RosterLine, CallError>>,
) -> impl IntoView {
    let RosterLine { account, office, away: days, open: waiting, work } = line;
    let place = office.map(|office| format!(" · {}", office.of(language())));
    let reaches = place.is_none().then(|| reaches(account.reach.clone(), use_tables()));
    let send = use_send();
    let username = StoredValue::new(account.username.clone());
    let is_open = Memo::new(move |_| open.with(|open| open.as_deref() == Some(&username.get_value())));
    let set = Callback::new(move |away: Option<Absence>| {
        let body = SetAbsenceRequest { seen: days, away };
        send.send(SetAbsence { username: username.get_value() }, body, None, move |answer| {
            told.try_run(answer).unwrap_or_default();
        });
    });
    let cases = waiting.filter(|count| *count > 0).map(|count| {
        let (department, office) = (account.reach.department.clone(), account.reach.office);
        let filters = SearchFilters { stage: Some(Stage::WithOffice), department, office, ..SearchFilters::default() };
        let path = href(&StaffPage::Search(filters.to_query()));
        view! { " · "{counted(key::ROSTER_OPEN, count)}" · "<a href=path>{t(key::ROSTER_HAND_OVER)}</a> }
    });
    let words = if days.is_some() { key::ROSTER_CHANGE } else { key::ROSTER_SET };
    view! {
        <li class="card" on:keydown=move |event: leptos::ev::KeyboardEvent| {
            if event.key() == "Escape" && is_open.get_untracked() {
                open.set(None);
                focus_later_by(button_of(&username.get_value()));
            }
        }>
            <p>
                <strong><bdi>{account.name.clone()}</bdi></strong>" · "{account.username.clone()}
                {days.map(|days| view! { " "<span class="pill" class:late=days.covers(today())>{away(&days)}</span> })}
            </p>
            <p class="hint">{role_of(account.role)}{place}{reaches}{cases}{work.map(|work| format!(" · {}", worked(account.role, &work)))}</p>
            <p class="buttons">
                <button type="button" class="link" id=button_of(&account.username) aria-expanded=move || is_open.get().to_string()
                    on:click=move |_| open.set((!is_open.get_untracked()).then(|| username.get_value()))>{t(words)}</button>
                {days.is_some().then(|| view! {
                    <button type="button" class="link" aria-busy=move || send.busy.get().to_string() on:click=move |_| set.run(None)>{t(key::ROSTER_BACK)}</button>
                })}
            </p>
            {move || is_open.get().then(|| view! { <Form days set busy=send.busy.into()/> })}
        </li>
    }
}

/// The days somebody is away.
#[component]
fn Form(
    #[prop(optional_no_strip)] days: Option<Absence>,
    set: Callback<Option<Absence>>,
    busy: Signal<bool>,
) -> impl IntoView {
    let errors = Errors::new();
    let text = |of: fn(Absence) -> NaiveDate| RwSignal::new(days.map(|days| of(days).to_string()).unwrap_or_default());
    let (first, last) = (text(|days| days.first), text(|days| days.last));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let day = |typed: RwSignal<String>| typed.with_untracked(|typed| read(typed, today(), Towards::Future));
        let fields = [(FIRST, key::ROSTER_FIRST, day(first)), (LAST, key::ROSTER_LAST, day(last))];
        // Both days may miss for the same reason.
        let wrong = fields.into_iter().filter_map(|(id, label, read)| {
            let problem = date_problem(read.err()?);
            Some((id, format!("{}: {}", t(label), t(problem))))
        });
        let wrong: Vec<_> = wrong.collect();
        let (Ok(first), Ok(last)) = (day(first), day(last)) else { return errors.show(wrong) };
        let away = Absence { first, last };
        if last < first {
            return errors.show_one(LAST, t(key::ROSTER_ORDER));
        }
        if !away.fits(today()) {
            return errors.show_one(LAST, t(key::ROSTER_TOO_FAR));
        }
        errors.clear();
        set.run(Some(away));
    };
    view! {
        <form novalidate autocomplete="off" on:submit=submit>
            <ErrorSummary errors/>
            <DateField id=FIRST label=t(key::ROSTER_FIRST) value=first towards=Towards::Future errors/>
            <DateField id=LAST label=t(key::ROSTER_LAST) value=last towards=Towards::Future errors/>
            <SubmitButton label=t(key::ROSTER_SAVE) busy_label=t(key::SENDING_NOW) busy/>
        </form>
    }
}
