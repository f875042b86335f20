//! The staff app, mobile first. A module and a downloaded part for each place of work; here are the frame, the worklist
//! and the list of cases, which all of them share.

mod admin;
mod along;
mod call_scores;
mod calls;
mod case;
mod case_list;
mod download;
mod drafts;
mod figures;
mod frozen;
mod habits;
mod intake;
mod kept_lists;
mod keys;
mod palette;
mod pickers;
mod press;
mod quality;
mod search;
mod session;
mod sign_in;
mod waiting;
mod worklist;

use along::Along;
use drafts::Drafts;
use keys::Keys;
use session::{Session, use_session};

use leptos::prelude::*;
use model::page::StaffPage;
use model::wire::{Me, Queue, WhoAmI};
use model::{Duty, Language, Role};
use web::api::{self, CallError};
use web::component::{Dialog, Emblem, Failed, Languages, Loading, OtherPerson, Remote, Toast, Toasts};
use web::format::counted;
use web::hook::{on_session_end, use_remote, use_unsent};
use web::i18n::{key, name_of, t};
use web::later::Part;
use web::person;
use web::reference::provide_tables;
use web::route::{Nav, href, provide_nav, set_title};
use web::start::start;

/// The root component.
#[component]
pub fn StaffApp() -> impl IntoView {
    // Before the navigation: what Back leads to is drawn before the next listener hears of it.
    kept_lists::provide_kept_lists();
    press::keep_presses();
    let nav: Nav<StaffPage> = provide_nav();
    provide_tables();
    let along = Along::provide();
    let who = use_remote(move || async move {
        session::finish_leaving().await?;
        let me: Me = match api::call(&WhoAmI {}, &(), along.patience()).await {
            Err(CallError::Network) => along.begin_without_line().await.ok_or(CallError::Network)?,
            answer => answer?,
        };
        if me.actor.is_none() {
            along.close();
        }
        person::show(&me);
        Ok(me)
    });
    let session: Session = who.state;
    provide_context(session);
    let (toasts, drafts, queue) = (Toasts::provide(), Drafts::provide(), use_unsent());
    habits::provide_habits();
    let keys = Keys::provide();
    let wanted = search::Wanted::provide();
    keys.bind(keys::TAKE_BACK, t(key::KEYS_UNDO), move || toasts.undo());
    // The page stays, with the sign-in in front of it.
    let end = move || {
        drafts.close();
        along.close();
        who.set(Me::default());
    };
    on_session_end(end);
    // Whether the session still holds, and is of whom the page shows, is asked as soon as there is somebody to ask.
    let online = window_event_listener(leptos::ev::online, move |_| {
        leptos::task::spawn_local(async move {
            match api::get(&WhoAmI {}).await {
                _ if person::mark().is_empty() => {}
                Ok(me) if me.actor.is_none() => end(),
                Ok(me) if me.mark == person::mark() => who.set(me),
                Ok(me) => person::meet(&me),
                Err(_) => {}
            }
        });
    });
    on_cleanup(move || online.remove());
    Effect::new(move |_| {
        let me = session.with(|session| session.loaded().filter(|me| me.actor.is_some()).cloned());
        if let Some(me) = me {
            leptos::task::spawn_local(async move {
                drafts.open(&me).await;
                along.open(&me).await;
            });
        }
    });
    // Depends on who is signed in, not on each answer: reading the session again does not reset the page.
    let state = Memo::new(move |_| {
        session.with(|session| match session {
            Remote::Idle | Remote::Loading => None,
            Remote::Failed(error) => Some(Err(error.clone())),
            Remote::Loaded(me) => Some(Ok(me.actor.as_ref().map(|actor| actor.role))),
        })
    });
    // Signing in or out changes the page without a navigation.
    Effect::new(move |before: Option<bool>| {
        let signed_in = matches!(state.get(), Some(Ok(Some(_))));
        if before.is_some_and(|before| before != signed_in) && state.with_untracked(Option::is_some) {
            kept_lists::forget();
            if !signed_in {
                wanted.forget();
            }
            web::route::changed();
        }
        if state.with_untracked(Option::is_some) { signed_in } else { before.unwrap_or(false) }
    });
    let body = move || match state.get() {
        None => view! { <Loading/> }.into_any(),
        Some(Err(error)) => {
            view! { <Failed why=error.message() retry=Callback::new(move |()| who.load())/> }.into_any()
        }
        Some(Ok(None)) => view! { <sign_in::SignIn/> }.into_any(),
        Some(Ok(Some(role))) => view! { <Page role/> }.into_any(),
    };
    let page_changed = Signal::derive(move || {
        nav.page();
    });
    view! {
        <header class="bar">
            <a class="brand" data-nav href=href(&StaffPage::Home)><Emblem/><span>{t(key::BRAND)}</span></a>
            <div class="bar-links">
                <Languages page=page_changed among=&Language::STAFF/>
                {move || state.get().and_then(Result::ok).flatten().map(|role| view! { {role.has(Duty::Search).then(|| view! { <search::SearchField/> })}<palette::Palette role keys pages=pages(role)/><KeysButton keys/><Who/> })}
            </div>
        </header>
        {move || state.get().and_then(Result::ok).flatten().map(|role| view! { <Menu role/> })}
        {move || state.get().and_then(Result::ok).flatten().map(|_| view! { <waiting::Waiting queue/> })}
        <OtherPerson/>
        <main id="main" class="page">{body}</main>
        <Toast toasts/>
        <keys::AllKeys keys/>
    }
}

/// Who is signed in, with the button to sign out.
#[component]
fn Who() -> impl IntoView {
    let session = use_session();
    let name = move || session.with(|session| session.loaded().map(|me| me.name.clone())).unwrap_or_default();
    let (toasts, nav) = (Toasts::of_app(), web::route::use_nav::<StaffPage>());
    let (drafts, queue, asks) = (Drafts::of_app(), web::hook::Queue::of_app(), RwSignal::new(false));
    let along = Along::of_app();
    let sign_out = move || {
        asks.set(false);
        leptos::task::spawn_local(async move {
            // What could still be taken back is meant.
            if let Some(queue) = queue {
                queue.flush().await;
            }
            toasts.close();
            drafts.forget();
            session::sign_out().await;
            session.set(Remote::Loaded(Me::default()));
            // Whoever signs in next begins at a page of their own; this one reads nothing more.
            leptos::task::tick().await;
            nav.replace(StaffPage::Home);
            if let Some(along) = along {
                along.forget().await;
            }
        });
    };
    // Whoever comes to this device next finds nothing of theirs: that is asked first.
    let waiting = move || {
        queue.map_or(0, |queue| {
            queue.left.with(|left| left.iter().filter(|one| one.is_ours() && !one.is_held()).count())
        })
    };
    let leave = move |_| if drafts.may_be() || untrack(waiting) > 0 { asks.set(true) } else { sign_out() };
    view! {
        <span class="who">{name}</span>
        <button type="button" class="link" on:click=leave>{t(key::NAV_SIGN_OUT)}</button>
        <Dialog id="leaving" title=t(key::LEAVING_TITLE) open=asks>
            {move || (waiting() > 0).then(|| view! { <p>{counted(key::LEAVING_WAITING, waiting())}</p> })}
            {move || (drafts.count() > 0).then(|| view! { <p>{counted(key::LEAVING_DRAFTS, drafts.count())}</p> })}
            <p class="buttons">
                <button type="button" class="button" on:click=move |_| asks.set(false)>{t(key::LEAVING_STAY)}</button>
                <button type="button" class="button second" on:click=move |_| sign_out()>{move || t(if drafts.count() > 0 { key::LEAVING_GO } else { key::NAV_SIGN_OUT })}</button>
            </p>
        </Dialog>
    }
}

/// Opens the list of keys.
#[component]
fn KeysButton(keys: Keys) -> impl IntoView {
    view! {
        <button type="button" class="link keys-button" aria-keyshortcuts="?" on:click=move |_| keys.listed.set(true)>
            {t(key::KEYS_TITLE)}<keys::KeyCap letter='?'/>
        </button>
    }
}

/// The pages of a role; the first is its home.
fn pages(role: Role) -> Vec<(StaffPage, String)> {
    let mut pages = Vec::new();
    if role.has(Duty::Audit) {
        pages.push((StaffPage::Readings(String::new()), t(key::READINGS_TITLE)));
        pages.push((StaffPage::Ledger, t(key::LEDGER_TITLE)));
    }
    if role.has(Duty::WatchFigures) {
        pages.push((StaffPage::Dashboard(String::new()), t(key::STAFF_NAV_DASHBOARD)));
    }
    if role == Role::VerificationCaller {
        pages.push((StaffPage::Calls, t(key::STAFF_NAV_CALLS)));
    }
    let (work, intake) = (Queue::of(role).is_some(), role.has(Duty::TakeIntake));
    // Tele-callers start with taking a grievance.
    if intake && role == Role::TeleCaller {
        pages.push((StaffPage::Intake, t(key::STAFF_NAV_INTAKE)));
    }
    if work {
        pages.push((StaffPage::Work, t(key::STAFF_NAV_WORK)));
    }
    if role.has(Duty::HearAppeals) {
        pages.push((StaffPage::Hearings, t(key::HEARINGS_TITLE)));
    }
    if intake && role != Role::TeleCaller {
        pages.push((StaffPage::Intake, t(key::STAFF_NAV_INTAKE)));
    }
    // A counter sees what it has lodged itself, and nothing else.
    if role == Role::CounterOperator {
        pages.push((StaffPage::Own, t(key::OWN_TITLE)));
    }
    if intake::number::is_for(role) {
        pages.push((StaffPage::Number, t(key::STAFF_NAV_NUMBER)));
    }
    if role.has(Duty::ScoreCalls) {
        pages.push((StaffPage::Quality, t(key::QUALITY_TITLE)));
    }
    if role.has(Duty::SeeOwnScores) {
        pages.push((StaffPage::Scores, t(key::SCORES_TITLE)));
    }
    if role.has(Duty::SeeSettings) {
        pages.push((StaffPage::Settings, t(key::SETTINGS_TITLE)));
        pages.push((StaffPage::Accounts, t(key::ACCOUNTS_TITLE)));
    }
    if role.has(Duty::KeepRoster) {
        pages.push((StaffPage::Roster, t(key::ROSTER_TITLE)));
    }
    if role.has(Duty::CompareOffices) {
        pages.push((StaffPage::Offices(String::new()), t(key::OFFICES_TITLE)));
    }
    if role.has(Duty::WatchDesks) {
        pages.push((StaffPage::Desks, t(key::STAFF_NAV_DESKS)));
    }
    pages
}

#[component]
fn Menu(role: Role) -> impl IntoView {
    let nav: Nav<StaffPage> = web::route::use_nav();
    let all = pages(role);
    let first = all.first().map(|(page, _)| page.clone());
    let links = all
        .into_iter()
        .map(|(page, words)| {
            let (path, own) = (href(&page), page.clone());
            let is_first = first.as_ref() == Some(&page);
            let current = move || {
                let shown = nav.page();
                let beside = match &own {
                    StaffPage::Work => matches!(shown, StaffPage::Case(_)),
                    StaffPage::Settings => matches!(shown, StaffPage::Table(_)),
                    _ => false,
                };
                (shown.same_kind(&own) || beside || (is_first && shown == StaffPage::Home)).then_some("page")
            };
            view! { <li><a data-nav href=path aria-current=current>{words}</a></li> }
        })
        .collect_view();
    view! { <nav class="menu" aria-label=t(key::STAFF_NAV_MENU)><ul>{links}</ul></nav> }
}

#[component]
fn Page(role: Role) -> impl IntoView {
    let nav: Nav<StaffPage> = web::route::use_nav();
    let case = Part::new(|| Box::pin(case::case()), &["later"]);
    let search = Part::new(|| Box::pin(search::search()), &["later"]);
    let calls = Part::new(|| Box::pin(calls::calls()), &["later"]);
    let intake = Part::new(|| Box::pin(intake::intake()), &["later"]);
    let quality = Part::new(|| Box::pin(quality::quality()), &["later"]);
    let admin = Part::new(|| Box::pin(admin::admin()), &["later"]);
    let figures = Part::new(|| Box::pin(figures::figures()), &["later"]);
    // A case stands beside the worklist of whoever has one: going from one to another draws neither the list nor the page anew.
    let shown = Memo::new(move |_| {
        let asked = nav.page();
        let home = asked == StaffPage::Home;
        let page = if home { pages(role).into_iter().next().map_or(StaffPage::Home, |(page, _)| page) } else { asked };
        let beside = matches!(page, StaffPage::Case(_)) && Queue::of(role).is_some();
        if beside { StaffPage::Work } else { page }
    });
    move || match shown.get() {
        StaffPage::Home => view! { <NoPage role/> }.into_any(),
        StaffPage::Work => view! { <worklist::Work role case/> }.into_any(),
        StaffPage::Unknown => view! { <Unknown/> }.into_any(),
        StaffPage::Own if role != Role::CounterOperator => view! { <Unknown/> }.into_any(),
        page @ (StaffPage::Search(_) | StaffPage::Own) => search.draw(page),
        page @ (StaffPage::Case(_) | StaffPage::Hearings) => case.draw(page),
        page @ StaffPage::Calls => calls.draw(page),
        page @ (StaffPage::Intake | StaffPage::Number) => intake.draw(page),
        page @ (StaffPage::Quality | StaffPage::Scores) => quality.draw(page),
        page @ (StaffPage::Settings
        | StaffPage::Table(_)
        | StaffPage::Accounts
        | StaffPage::Roster
        | StaffPage::Readings(_)
        | StaffPage::Ledger) => admin.draw(page),
        page @ (StaffPage::Desks | StaffPage::Dashboard(_) | StaffPage::Cases(_) | StaffPage::Offices(_)) => {
            figures.draw(page)
        }
    }
}

/// A role without a worklist opens cases by their number.
#[component]
fn NoPage(role: Role) -> impl IntoView {
    set_title(&name_of("role", &role));
    view! {
        <h1>{name_of("role", &role)}</h1>
        <p>{t(key::STAFF_NOTHING)}</p>
        <worklist::OpenByNumber/>
    }
}

#[component]
fn Unknown() -> impl IntoView {
    set_title(&t(key::NOTFOUND_TITLE));
    view! {
        <h1>{t(key::NOTFOUND_TITLE)}</h1>
        <p>{t(key::NOTFOUND_TEXT)}</p>
        <p class="links"><a data-nav href=href(&StaffPage::Home)>{t(key::NOTFOUND_HOME)}</a></p>
    }
}

fn main() {
    web::api::call_as_staff();
    start(&["citizen", "later", "mine", "staff"], |_| view! { <StaffApp/> });
}
