//! A case for staff: text, photos, thread, both clocks, and what the rulebook opens to this role.

use super::action_form::{ActionForm, Entries};
use super::{StaffPage, use_session};
use leptos::prelude::*;
use model::lifecycle::{Action, ActionKind};
use model::wire::{CaseView, GetCase, Queue, Reveal, RevealRequest};
use model::{Duty, Mobile, Reference};
use web::api::{self, CallError};
use web::component::{BackLink, PhotoStrip, Timeline, Voice, title_of};
use web::format::{counted, date, digits, left, moment, span};
use web::hook::{Acted, use_act, use_remote, use_send};
use web::i18n::{fill, key, lang_of, name_of, t};
use web::reference::{Tables, category, department, place, use_tables};
use web::route::{announce, focus_heading, focus_later, href, set_title};

/// One case.
#[component]
pub fn Case(reference: Reference) -> impl IntoView {
    set_title(&reference.grouped());
    let session = use_session();
    let case = use_remote(move || async move {
        let view = api::get(&GetCase { reference }).await?;
        set_title(&view.line.title);
        Ok(view)
    });
    let works = untrack(|| super::role(session)).is_some_and(|role| Queue::of(role).is_some());
    let (page, words) =
        if works { (StaffPage::Work, key::STAFF_TITLE) } else { (StaffPage::Home, key::STAFF_NAV_DASHBOARD) };
    view! {
        <BackLink href=href(&page) label=t(words)/>
        {move || case.with(|_| ()).is_none().then(|| view! { <h1>{reference.grouped()}</h1> })}
        {case.draw(|view| view! { <Workplace view=view.clone()/> })}
    }
}

/// The case with its actions; keeps what is typed while the case changes under it.
#[component]
pub fn Workplace(view: CaseView) -> impl IntoView {
    let tables = use_tables();
    let shown = RwSignal::new(view.clone());
    view! {
        <div class="workplace">
            <div class="about">
                {move || {
                    let view = shown.get();
                    view! { <Head view=view.clone() tables/><Facts view tables/> }
                }}
            </div>
            <Actions shown/>
            <div class="history">
                <h2>{t(key::SCASE_TIMELINE)}</h2>
                {move || view! { <Timeline entries=shown.with(|view| view.timeline.clone()) tables sides=true/> }}
            </div>
        </div>
    }
}

#[component]
fn Head(view: CaseView, tables: Tables) -> impl IntoView {
    let line = view.line.clone();
    let (words, how) = left(line.due);
    let (district, of) = (line.district, line.place);
    let at =
        move || tables.with(|tables| tables.loaded().map(|tables| place(tables, district, of)).unwrap_or_default());
    let emergency =
        line.lane.is_emergency().then(|| view! { <span class="pill late">{name_of("lane", &line.lane)}</span> });
    let open = line.stage.is_open();
    view! {
        <p class="line">
            <span class="pill stage">{name_of("stage", &line.stage)}</span>
            {open.then(|| view! { <span class=format!("pill {}", how.class())>{words}</span> })}
            {emergency}
            <span class="reference">{line.reference.grouped()}</span>
        </p>
        <h1 lang=line.language.tag() dir="auto">{title_of(&line)}</h1>
        <p class="hint">{at}{(!view.landmark.is_empty()).then(|| view! { " · "<span lang=lang_of(&view.landmark) dir="auto">{view.landmark.clone()}</span> })}</p>
        <h2 class="unseen">{t(key::SCASE_TEXT)}</h2>
        {(!view.text.is_empty()).then(|| view! { <p class="said" lang=line.language.tag() dir="auto">{view.text.clone()}</p> })}
        <Voice voice=view.voice.clone() spoken=view.spoken/>
        <PhotoStrip photos=view.photos/>
        {view.number_change_requested.then(|| view! { <p class="notice">{t(key::SCASE_NUMBER_CHANGE)}</p> })}
        {view.disowned.then(|| view! { <p class="notice">{t(key::SCASE_DISOWNED)}</p> })}
    }
}

#[component]
fn Facts(view: CaseView, tables: Tables) -> impl IntoView {
    let line = view.line.clone();
    let (code, unit) = (line.category.clone(), line.department.clone());
    let held = unit.is_some();
    let category = move || {
        code.as_ref().map(|code| {
            tables.with(|tables| tables.loaded().map_or_else(|| code.to_string(), |tables| category(tables, code)))
        })
    };
    let department = move || {
        unit.as_ref().map(|code| {
            tables.with(|tables| tables.loaded().map_or_else(|| code.to_string(), |tables| department(tables, code)))
        })
    };
    let office = view.office_name.as_ref().map(|names| names.of(web::i18n::language()).to_owned());
    let limit = view.holder_due.map(|due| fill(key::SCASE_LIMIT, &[("date", &moment(due))]));
    let due = line.due.map(|due| fill(key::SCASE_LIMIT, &[("date", &date(due))]));
    let verified = if view.number_verified { key::SCASE_VERIFIED } else { key::SCASE_UNVERIFIED };
    let citizen = match (&view.name, &view.mobile) {
        (Some(name), mobile) => view! {
            <span dir="auto">{name.clone()}</span>" · "<bdi>{mobile.clone()}</bdi>
            <span class="hint">" ("{t(verified)}")"</span>
        }
        .into_any(),
        (None, _) => t(key::SCASE_SHIELDED).into_any(),
    };
    let reveals = !view.shielded || view.name.is_some();
    let following = view.following.iter().map(|one| {
        view! { <li><a data-nav href=href(&StaffPage::Case(*one))>{one.grouped()}</a></li> }
    });
    let following = following.collect_view();
    view! {
        <dl class="facts">
            <div><dt>{t(key::SCASE_FROM)}</dt><dd>{citizen}</dd></div>
            <div><dt>{t(key::SCASE_CATEGORY)}</dt><dd>{category}</dd></div>
            {held.then(|| view! { <div><dt>{t(key::SCASE_DEPARTMENT)}</dt><dd>{department}{office.map(|office| format!(" · {office}"))}</dd></div> })}
            <div><dt>{t(key::SCASE_CITIZEN_CLOCK)}</dt><dd><strong>{span(view.citizen_seconds)}</strong>{due.map(|due| view! { <span class="hint">" · "{due}</span> })}</dd></div>
            <div><dt>{t(key::SCASE_HOLDER_CLOCK)}</dt><dd><strong>{span(view.holder_seconds)}</strong>{limit.map(|limit| view! { <span class="hint">" · "{limit}</span> })}</dd></div>
            {(view.contacts > 0).then(|| view! { <div><dt>{t(key::DO_RECORD_CONTACT)}</dt><dd>{fill(key::SCASE_CONTACTS, &[("n", &digits(&view.contacts.to_string()))])}</dd></div> })}
            {view.visit_due.then(|| view! { <div><dt>{t(key::QUEUE_VISITS)}</dt><dd><span class="pill soon">{t(key::SCASE_VISIT_DUE)}</span></dd></div> })}
            {view.root.map(|root| view! { <div><dt>{t(key::SCASE_FOLLOWS)}</dt><dd><a data-nav href=href(&StaffPage::Case(root))>{root.grouped()}</a></dd></div> })}
            {(view.followers > 0).then(|| view! { <div><dt>{t(key::SCASE_FOLLOWING)}</dt><dd>{counted(key::SCASE_FOLLOWERS, view.followers)}<ul class="following">{following}</ul></dd></div> })}
        </dl>
        {reveals.then(|| view! { <CallCitizen reference=line.reference/> })}
    }
}

/// The link that dials.
const NUMBER: &str = "citizen-number";

/// Shows the whole number when asked, on record, as a link that dials.
#[component]
pub fn CallCitizen(reference: Reference) -> impl IntoView {
    let (number, wrong) = (RwSignal::new(None::<Mobile>), RwSignal::new(String::new()));
    let role = super::role(use_session());
    if !role.is_some_and(|role| role.has(Duty::RevealNumber)) {
        return ().into_any();
    }
    let send = use_send();
    let show = move |_| {
        let body = RevealRequest { reason: t(key::SCASE_CALL_REASON) };
        send.send(Reveal { reference }, body, None, move |answer| match answer {
            Ok(revealed) => {
                number.try_set(Mobile::parse(&revealed.mobile).ok());
                // The button is gone: whoever pressed it goes on with the number.
                focus_later(NUMBER);
            }
            Err(error) => {
                wrong.try_set(error.message());
            }
        });
    };
    view! {
        <div class="call">
            {move || match number.get() {
                Some(mobile) => view! { <a class="button" id=NUMBER href=format!("tel:{}", mobile.e164())><bdi>{mobile.spaced()}</bdi></a> }.into_any(),
                None => view! { <button type="button" class="button second" on:click=show>{t(key::SCASE_CALL)}</button> }.into_any(),
            }}
            <p class="error" role="alert">{move || wrong.get()}</p>
        </div>
    }
    .into_any()
}

/// What a conflict found: the case as it was seen, and as it is.
#[derive(Debug, Clone, PartialEq)]
struct Conflict {
    seen: (u32, String),
    now: (u32, String),
    still_open: bool,
}

/// A state in words: version, stage, last event.
fn state(view: &CaseView) -> (u32, String) {
    let last = view.timeline.first().map(|entry| format!(" · {}, {}", name_of("event", &entry.kind), moment(entry.at)));
    (view.line.version, format!("{}{}", name_of("stage", &view.line.stage), last.unwrap_or_default()))
}

/// The actions open to this role, one form at a time.
#[component]
pub fn Actions(shown: RwSignal<CaseView>) -> impl IntoView {
    let session = use_session();
    let role = untrack(|| super::role(session));
    let entries = Entries::of(&shown.get_untracked(), role);
    let open: RwSignal<Option<ActionKind>> = RwSignal::new(None);
    let act = use_act();
    let saved = RwSignal::new(false);
    let conflict: RwSignal<Option<Conflict>> = RwSignal::new(None);
    let send = Callback::new(move |action: Action| {
        let view = shown.get_untracked();
        let reference = view.line.reference;
        let kind = action.kind();
        act.act(reference, view.line.version, action, move |acted| match acted {
            Acted::Done(after) => {
                shown.try_set(*after);
                open.try_set(None);
                conflict.try_set(None);
                saved.try_set(true);
                entries.empty();
                announce(&t(key::SCASE_SAVED));
                request_animation_frame(focus_heading);
            }
            Acted::Stale { now: Some(now), .. } => {
                let still_open = now.actions.contains(&kind);
                conflict.try_set(Some(Conflict { seen: state(&view), now: state(&now), still_open }));
                shown.try_set(*now);
            }
            Acted::Stale { error, now: None } | Acted::Refused(error) => entries.refused(&error),
            Acted::Unsent => entries.refused(&CallError::Network),
        });
    });
    let buttons = move || {
        let actions = shown.with(|view| view.actions.clone());
        if actions.is_empty() {
            return view! { <p class="hint">{t(key::SCASE_NO_ACTIONS)}</p> }.into_any();
        }
        let buttons = order(actions).into_iter().enumerate().map(|(index, kind)| {
            let class = if index == 0 && USUAL.contains(&kind) { "button" } else { "button second" };
            let expanded = move || (open.get() == Some(kind)).to_string();
            view! {
                <li><button type="button" class=class aria-expanded=expanded on:click=move |_| {
                    open.update(|open| *open = if *open == Some(kind) { None } else { Some(kind) });
                    entries.errors.clear();
                }>{name_of("do", &kind)}</button></li>
            }
        });
        view! { <ul class="do">{buttons.collect_view()}</ul> }.into_any()
    };
    // Drawn by the action alone: a newer case does not throw the form away.
    let form = move || {
        open.get().map(|kind| view! { <ActionForm kind view=shown.get_untracked() entries busy=act.send.busy send/> })
    };
    let told = move || {
        conflict.get().map(|conflict| {
            let kept = if conflict.still_open { key::CONFLICT_KEPT } else { key::CONFLICT_GONE };
            let version = |number: u32| fill(key::CONFLICT_VERSION, &[("n", &digits(&number.to_string()))]);
            view! {
                <div class="conflict" role="alert">
                    <h3>{t(key::CONFLICT_TITLE)}</h3>
                    <dl>
                        <div><dt>{t(key::CONFLICT_YOURS)}</dt><dd>{version(conflict.seen.0)}": "{conflict.seen.1}</dd></div>
                        <div><dt>{t(key::CONFLICT_NOW)}</dt><dd>{version(conflict.now.0)}": "{conflict.now.1}</dd></div>
                    </dl>
                    <p>{t(kept)}</p>
                </div>
            }
        })
    };
    view! {
        <section class="actions" aria-label=t(key::SCASE_ACTIONS)>
            <h2>{t(key::SCASE_ACTIONS)}</h2>
            <p role="status">{move || saved.get().then(|| view! { <span class="pill done">{t(key::SCASE_SAVED)}</span> })}</p>
            {buttons}
            {told}
            {form}
        </section>
    }
}

/// The way a case usually goes; only these are ever the main action.
const USUAL: [ActionKind; 12] = {
    use ActionKind as A;
    [
        A::AcceptTransfer,
        A::RecordVisit,
        A::RecordCall,
        A::AcceptAtr,
        A::Categorise,
        A::Forward,
        A::DecideAppeal,
        A::RecordContact,
        A::SubmitAtr,
        A::ProvideInformation,
        A::ReturnAtr,
        A::RefuseTransfer,
    ]
};

/// The way a case usually goes stands first.
fn order(mut actions: Vec<ActionKind>) -> Vec<ActionKind> {
    actions.sort_by_key(|kind| USUAL.iter().position(|usual| usual == kind).unwrap_or(USUAL.len()));
    actions
}
