//! The citizen's side: Bengali first, one question a page, nothing typed is ever lost.
//!
//! Two apps share it: [`CitizenApp`] lodges, [`FollowApp`] is what comes behind the sign-in. Whoever lodges does not
//! wait for the second.

mod act;
mod case;
mod done;
mod lodge;
mod page;
mod sign_in;
mod small;

pub use page::{CitizenPage, Step};

use crate::component::{Emblem, LanguageLink};
use crate::draft::Draft;
use crate::i18n::{key, t};
use crate::reference::provide_tables;
use crate::route::{Nav, href, provide_nav};
use leptos::prelude::*;

/// Home, lodging, help.
#[component]
pub fn CitizenApp() -> impl IntoView {
    let nav: Nav<CitizenPage> = provide_nav(CitizenPage::follows);
    provide_tables();
    let draft = RwSignal::new(Draft::load());
    provide_context(draft);
    // Kept with every change: a reload, a crash or an empty battery loses nothing.
    Effect::new(move |_| {
        draft.with(|draft| {
            if !draft.is_empty() {
                draft.save();
            }
        });
    });
    lodge::adopt(draft);
    let body = move || match nav.page() {
        CitizenPage::Home => view! { <small::Home/> }.into_any(),
        CitizenPage::Lodge(step) => view! { <lodge::Lodge step/> }.into_any(),
        CitizenPage::Done(reference) => view! { <done::Done reference/> }.into_any(),
        CitizenPage::Help => view! { <small::Help/> }.into_any(),
        _ => view! { <small::NotFound/> }.into_any(),
    };
    view! { <Bar nav/><main id="main" class="page">{body}</main><Foot/> }
}

/// Signing in, one's own grievances, and what can be done to them.
#[component]
pub fn FollowApp() -> impl IntoView {
    let nav: Nav<CitizenPage> = provide_nav(|page| !page.follows());
    provide_tables();
    provide_context(RwSignal::new(sign_in::Asked::default()));
    let body = move || match nav.page() {
        CitizenPage::SignIn => view! { <sign_in::SignIn/> }.into_any(),
        CitizenPage::Code => view! { <sign_in::Code/> }.into_any(),
        CitizenPage::Mine => view! { <case::Mine/> }.into_any(),
        CitizenPage::Case(reference) => view! { <case::Case reference/> }.into_any(),
        CitizenPage::Act(reference, kind) => view! { <act::Act reference kind/> }.into_any(),
        _ => view! { <small::NotFound/> }.into_any(),
    };
    view! { <Bar nav/><main id="main" class="page">{body}</main><Foot/> }
}

/// The bar on top: home, language, help, in the same order on every page.
#[component]
fn Bar(nav: Nav<CitizenPage>) -> impl IntoView {
    let page_changed = Signal::derive(move || {
        nav.page();
    });
    view! {
        <header class="bar">
            <a class="brand" data-nav href=href(&CitizenPage::Home)><Emblem/><span>{t(key::BRAND)}</span></a>
            <nav class="bar-links" aria-label=t(key::NAV_LANGUAGES)>
                <ul>
                    <li><LanguageLink page=page_changed/></li>
                    <li><a data-nav href=href(&CitizenPage::Help)>{t(key::NAV_HELP)}</a></li>
                </ul>
            </nav>
        </header>
    }
}

#[component]
fn Foot() -> impl IntoView {
    view! { <footer class="foot"><p>{t(key::FOOTER_ABOUT)}</p></footer> }
}
