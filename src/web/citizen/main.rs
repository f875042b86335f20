//! The citizen's side: Bengali first, one question a page, nothing typed is ever lost.
//!
//! The first pages stand in the app's own module. The questions after the first, and what comes behind the sign-in,
//! are parts that are downloaded when they are wanted.

mod act;
mod case;
mod done;
mod follow;
mod lodge;
mod page;
mod questions;
mod sign_in;
mod small;

use page::{CitizenPage, Step};

use leptos::prelude::*;
use model::Language;
use web::component::{Emblem, Languages};
use web::draft::Draft;
use web::i18n::{key, t};
use web::later::Part;
use web::reference::provide_tables;
use web::route::{Nav, href, provide_nav};
use web::start::start;

/// The whole app.
#[component]
pub fn CitizenApp() -> impl IntoView {
    let nav: Nav<CitizenPage> = provide_nav();
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
    provide_context(RwSignal::new(sign_in::Asked::default()));
    lodge::adopt(draft);
    let questions = Part::new(|| Box::pin(questions::questions()));
    let follow = Part::new(|| Box::pin(follow::follow()));
    let body = move || match nav.page() {
        CitizenPage::Home => view! { <small::Home/> }.into_any(),
        CitizenPage::Lodge(step) => view! { <lodge::Lodge step questions/> }.into_any(),
        CitizenPage::Help => view! { <small::Help/> }.into_any(),
        CitizenPage::Unknown => view! { <small::NotFound/> }.into_any(),
        page @ CitizenPage::Done(_) => questions.draw(page),
        page => follow.draw(page),
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
                    <li><Languages page=page_changed among=&Language::CITIZEN/></li>
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

fn main() {
    start(&["citizen"], |_| view! { <CitizenApp/> });
}
