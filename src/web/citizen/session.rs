//! The end of a session: a warning in time, in a dialog usable by keyboard and screen reader; then a page that says
//! what happened to the text typed (FLD-15).

use super::sign_in::use_asked;
use gloo_timers::callback::{Interval, Timeout};
use leptos::html::Dialog;
use leptos::prelude::*;
use model::page::CitizenPage;
use model::wire::{Me, SESSION_MINUTES, WhoAmI};
use web::api;
use web::component::BackLink;
use web::draft::{forget_all_typed, use_draft};
use web::format::counted;
use web::i18n::{key, t};
use web::person;
use web::route::{href, set_title, use_nav};

/// Minutes before the end at which the warning appears.
const WARNING: u32 = 3;
const MINUTE: u32 = 60_000;

/// Milliseconds in a minute; tests make it shorter.
fn minute() -> u32 {
    let given = web_sys::window().and_then(|window| js_sys::Reflect::get(&window, &"pratikarMinute".into()).ok());
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a minute at most
    given.and_then(|given| given.as_f64()).map_or(MINUTE, |given| given.clamp(50.0, f64::from(MINUTE)) as u32)
}

/// Watches the session on pages that show data of one person; nothing on other pages.
#[must_use]
pub fn keeper(page: &CitizenPage) -> AnyView {
    if page.is_of_somebody() { view! { <Keeper/> }.into_any() } else { ().into_any() }
}

#[component]
fn Keeper() -> impl IntoView {
    let nav = use_nav::<CitizenPage>();
    let left = RwSignal::new(0u32);
    if person::mark().is_empty() {
        // From here on every call names the person.
        leptos::task::spawn_local(async move {
            let answer = api::get(&WhoAmI {}).await;
            // Only if such a page is still shown.
            if let (Ok(me), Some(_)) = (answer, left.try_get_untracked()) {
                person::meet(&me);
            }
        });
    }
    let dialog: NodeRef<Dialog> = NodeRef::new();
    let timers: StoredValue<(Option<Timeout>, Option<Interval>), LocalStorage> = StoredValue::new_local((None, None));
    let close = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    let end = move || {
        close();
        person::show(&Me::default());
        nav.replace(CitizenPage::Ended);
    };
    let again: StoredValue<Option<Callback<()>>> = StoredValue::new(None);
    let count = move || {
        left.update(|left| *left = left.saturating_sub(1));
        if left.get_untracked() == 0 {
            timers.try_update_value(|timers| timers.1 = None);
            leptos::task::spawn_local(async move {
                // Another page may have used the session since; then it continues.
                match api::get(&WhoAmI {}).await {
                    Ok(me) if me.actor.is_some() => {
                        person::meet(&me);
                        close();
                        again.try_with_value(|again| again.map(|again| again.run(())));
                    }
                    _ => end(),
                }
            });
        }
    };
    let warn = move || {
        left.set(WARNING);
        if let Some(dialog) = dialog.get_untracked() {
            let _ = dialog.show_modal();
        }
        timers.try_update_value(|timers| timers.1 = Some(Interval::new(minute(), count)));
    };
    let start = move || {
        let asked = Timeout::new((SESSION_MINUTES - WARNING) * minute(), warn);
        timers.try_update_value(|timers| *timers = (Some(asked), None));
    };
    again.set_value(Some(Callback::new(move |()| start())));
    start();
    on_cleanup(move || {
        timers.try_update_value(|timers| *timers = (None, None));
    });
    // Escape closes the dialog and means: stay signed in.
    let stay = move || {
        timers.try_update_value(|timers| timers.1 = None);
        leptos::task::spawn_local(async move {
            match api::get(&WhoAmI {}).await {
                Ok(me) if me.actor.is_none() => end(),
                Ok(me) => {
                    person::meet(&me);
                    start();
                }
                Err(_) => start(),
            }
        });
    };
    let (asked, first) = (use_asked(), use_draft());
    let leave = move |_| {
        close();
        leptos::task::spawn_local(async move {
            person::sign_out().await;
            forget_all_typed();
            first.forget_albums();
            asked.forget();
            nav.replace(CitizenPage::Home);
        });
    };
    view! {
        <dialog node_ref=dialog class="ask" aria-labelledby="session-title" on:cancel=move |_: web_sys::Event| stay()>
            <h2 id="session-title">{t(key::SESSION_TITLE)}</h2>
            <p role="status">{move || counted(key::SESSION_TEXT, left.get())}</p>
            <p class="stack">
                <button type="button" class="button" autofocus on:click=move |_| { close(); stay(); }>{t(key::SESSION_STAY)}</button>
                <button type="button" class="button second" on:click=leave>{t(key::SESSION_LEAVE)}</button>
            </p>
        </dialog>
    }
}

/// The page shown after the session has ended.
#[component]
pub fn Ended() -> impl IntoView {
    set_title(&t(key::SESSION_ENDED_TITLE));
    view! {
        <BackLink href=href(&CitizenPage::Home) label=t(key::NOTFOUND_HOME)/>
        <h1>{t(key::SESSION_ENDED_TITLE)}</h1>
        <p>{t(key::SESSION_ENDED_TEXT)}</p>
        <p><a class="button" data-nav href=href(&CitizenPage::SignIn)>{t(key::HOME_MINE)}</a></p>
    }
}
