//! The page behind the link in a message to a number that is not verified: it may be mistyped and belong to a stranger.

use super::at_once::AtOnce;
use super::case::is_emergency;
use super::whereabouts::{Place, Whereabouts};
use leptos::prelude::*;
use model::lifecycle::{Action, ActionKind};
use model::page::CitizenPage;
use model::wire::CaseView;
use web::component::{Call112, ErrorSummary, Errors, FieldError, Remote};
use web::i18n::{key, t};
use web::reference::Tables;
use web::route::{focus_later, href, set_title};

/// A case whose number is not verified: the link shows its stage and nothing that was written, and lets the reader say
/// that it is not theirs.
#[component]
pub fn Limited(
    view: CaseView,
    case: RwSignal<Remote<CaseView>>,
    tables: Tables,
    news: RwSignal<String>,
) -> impl IntoView {
    let reference = view.line.reference;
    set_title(&reference.grouped());
    let errors = Errors::new();
    let at_once = AtOnce::new(&view, case, errors, "disown").with_news(news);
    let asking = RwSignal::new(false);
    let may = view.actions.contains(&ActionKind::DisownNumber) && !view.disowned;
    let words = move || t(if at_once.busy.get() { key::SENDING_NOW } else { key::DISOWN_YES });
    let ask = move || {
        if asking.get() {
            view! {
                <section class="now" aria-labelledby="disown-title">
                    <h2 id="disown-title" tabindex="-1">{t(key::ACT_DISOWN_NUMBER_TITLE)}</h2>
                    <p>{t(key::DISOWN_WHAT)}</p>
                    <FieldError errors id="disown"/>
                    <div class="stack"><button type="button" id="disown" class="button" aria-busy=move || at_once.busy.get().to_string() on:click=move |_| at_once.act(Action::DisownNumber)>{words}</button>
                    <button type="button" class="button second" on:click=move |_| {
                        errors.clear();
                        asking.set(false);
                        focus_later("disown-ask");
                    }>{t(key::DISOWN_NO)}</button></div>
                </section>
            }
            .into_any()
        } else {
            view! {
                <p><button type="button" id="disown-ask" class="button second" on:click=move |_| {
                    asking.set(true);
                    focus_later("disown-title");
                }>{t(key::DISOWN_ASK)}</button></p>
            }
            .into_any()
        }
    };
    view! {
        <ErrorSummary errors/>
        <h1>{reference.grouped()}</h1>
        {move || news.with(|news| (!news.is_empty()).then(|| view! { <p class="notice">{news.clone()}</p> }))}
        {is_emergency(&view).then(|| view! { <Call112/> })}
        <Whereabouts place=Place::of(&view) tables/>
        {view.disowned.then(|| view! { <p class="panel">{t(key::DISOWN_DONE)}</p> })}
        {(!view.disowned).then(|| view! {
            <p>{t(key::LIMITED_WHY)}</p>
            // While the reader is asked whether it is theirs, no other way on is offered.
            <p hidden=move || asking.get()><a class="button" data-nav href=href(&CitizenPage::SignIn)>{t(key::LIMITED_SIGN_IN)}</a></p>
        })}
        {may.then_some(ask)}
    }
}
