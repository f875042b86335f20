//! The citizen app: Bengali first, one question a page, nothing typed is ever lost.
//!
//! The first pages are in the app's own module. The questions after the first and the pages behind the sign-in are
//! parts that are downloaded when needed.

mod act;
mod at_once;
mod case;
mod done;
mod everything;
mod find;
mod follow;
mod limited;
mod lodge;
mod number;
mod proof;
mod questions;
mod report;
mod sending;
mod session;
mod sign_in;
mod small;
mod speech;
mod voice;
mod waiting;
mod whereabouts;
mod work;
mod worker;

use leptos::prelude::*;
use model::Language;
use model::page::{CitizenPage, Page, Step};
use web::component::{Call112, Emblem, Helpline, Languages};
use web::draft::{DraftHandle, keep_typed};
use web::i18n::{key, language, t};
use web::later::Part;
use web::reference::provide_tables;
use web::route::{Nav, href, provide_nav};
use web::start::start;

/// The root component.
#[component]
pub fn CitizenApp() -> impl IntoView {
    let nav: Nav<CitizenPage> = provide_nav();
    provide_tables();
    let handle = DraftHandle::provide();
    provide_context(sign_in::Asked::provide());
    lodge::adopt(handle);
    provide_context(questions::Duplicates(RwSignal::new(Vec::new())));
    provide_context(questions::Refused(RwSignal::new(None)));
    // The queue is sent whenever the app is open.
    let waiting = RwSignal::new(!web::unsent::is_empty());
    provide_context(AnyWaiting(waiting));
    let questions = Part::new(|| Box::pin(questions::questions()), &["later"]);
    let speech = Part::new(|| Box::pin(speech::speech()), &["later"]);
    let follow = Part::new(|| Box::pin(follow::follow()), &["later", "mine"]);
    let news = Part::new(|| Box::pin(worker::worker()), &["later"]);
    // What the first page does not need is loaded after it is shown.
    let stands = RwSignal::new(false);
    gloo_timers::callback::Timeout::new(1_000, move || stands.set(true)).forget();
    // After signing in, a person returns to the page that sent them there.
    Effect::new(move |before: Option<CitizenPage>| {
        let page = nav.page();
        let back = before.and_then(|before| before.after_sign_in());
        if let (CitizenPage::SignIn | CitizenPage::Ended, Some(back)) = (&page, back) {
            keep_typed(sign_in::WANTED, &back.path());
        }
        page
    });
    let body = move || match nav.page() {
        CitizenPage::Home => view! { <small::Home follow/> }.into_any(),
        CitizenPage::Lodge(Step::What) => view! { <lodge::FirstQuestion questions speech/> }.into_any(),
        CitizenPage::Unknown => view! { <small::NotFound/> }.into_any(),
        // The emergency number is shown even where this part cannot be downloaded.
        page @ CitizenPage::Lodge(Step::Danger) => {
            let call = move || questions.is_missing().then(|| view! { <Call112/> });
            view! { {call}{questions.draw(page)} }.into_any()
        }
        page @ (CitizenPage::Next | CitizenPage::Lodge(_) | CitizenPage::Done(_)) => questions.draw(page),
        page => follow.draw(page),
    };
    // Not while the last question is sending by itself.
    let elsewhere = Memo::new(move |_| nav.page() != CitizenPage::Lodge(Step::Gender));
    let queue = move || (waiting.get() && elsewhere.get()).then(|| questions.draw(CitizenPage::Queue));
    // At the end of every page, once the page is complete, so that nothing moves; the first page has it in its middle.
    let stands_still = move || match nav.page() {
        CitizenPage::Home => false,
        CitizenPage::Lodge(Step::What) | CitizenPage::Unknown => true,
        CitizenPage::Next | CitizenPage::Lodge(_) | CitizenPage::Done(_) => !questions.is_arriving(),
        _ => !follow.is_arriving(),
    };
    let helpline = move || stands_still().then(|| view! { <Helpline/> });
    view! { <Bar nav/>{move || stands.get().then(|| news.draw_quietly(CitizenPage::Home))}<main id="main" class="page" tabindex="-1">{queue}{body}{helpline}</main><Foot/> }
}

/// Whether the queue has entries.
#[derive(Clone, Copy)]
struct AnyWaiting(RwSignal<bool>);

fn use_waiting() -> RwSignal<bool> {
    use_context::<AnyWaiting>().map_or_else(|| RwSignal::new(false), |waiting| waiting.0)
}

/// The bar at the top: home, language, help, in the same order on every page.
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
                    <li><a href=language().path("/help")>{t(key::NAV_HELP)}</a></li>
                </ul>
            </nav>
        </header>
    }
}

/// The pages rendered by the server, linked below every page.
const FOOT: [(&str, &str); 8] = [
    ("/about", key::FOOT_ABOUT),
    ("/how", key::FOOT_HOW),
    ("/figures", key::FOOT_FIGURES),
    ("/privacy", key::FOOT_PRIVACY),
    ("/accessibility", key::FOOT_ACCESSIBILITY),
    ("/contact", key::FOOT_CONTACT),
    ("/terms", key::FOOT_TERMS),
    ("/sitemap", key::FOOT_SITEMAP),
];

#[component]
fn Foot() -> impl IntoView {
    let links =
        FOOT.iter().map(|(path, words)| view! { <li><a href=language().path(path)>{t(words)}</a></li> }).collect_view();
    view! { <footer class="foot"><nav aria-label=t(key::FOOT_LABEL)><ul>{links}<li><a href="https://www.india.gov.in" target="_blank" rel="noopener">{t(key::FOOT_PORTAL)}</a></li></ul></nav><p>{t(key::FOOT_OWNER)}</p></footer> }
}

fn main() {
    start(&["citizen"], |_| view! { <CitizenApp/> });
}
