//! "I have a number": the page that asks for it, and the receipts on this phone.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use model::Reference;
use model::page::CitizenPage;
use web::component::{BackLink, ErrorSummary, Errors, TextField};
use web::draft::{forget_receipts, receipts};
use web::format::by_when;
use web::i18n::{key, t};
use web::route::{done, href, set_title, use_nav};

/// Asks for the number of a grievance. A person who is not signed in signs in next and then returns to that grievance.
#[component]
pub fn Find() -> impl IntoView {
    set_title(&t(key::FIND_TITLE));
    let (nav, errors, number) = (use_nav::<CitizenPage>(), Errors::new(), RwSignal::new(String::new()));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        match Reference::parse(&number.get_untracked()) {
            Ok(reference) => nav.go(CitizenPage::Case(reference)),
            Err(_) if model::text::digits(&number.get_untracked()).is_empty() => {
                errors.show_one("number", t(key::PROBLEM_NUMBER_EMPTY));
            }
            Err(_) => errors.show_one("number", t(key::PROBLEM_NUMBER_WRONG)),
        }
    };
    view! {
        <BackLink href=href(&CitizenPage::Home) label=t(key::NOTFOUND_HOME)/>
        <ErrorSummary errors/>
        <form novalidate on:submit=submit>
            <TextField id="number" label=t(key::FIND_TITLE) hint=t(key::FIND_HINT) value=number errors mode="numeric" autocomplete="off" heading=true/>
            <button type="submit" class="button">{t(key::CONTINUE)}</button>
        </form>
        <p class="links"><a data-nav href=href(&CitizenPage::Mine)>{t(key::FIND_MOBILE)}</a></p>
    }
}

/// The receipts on this phone: numbers and days, nothing that was written.
#[component]
pub fn Receipts() -> impl IntoView {
    let shown = RwSignal::new(receipts());
    let forget = move |_| {
        forget_receipts();
        shown.set(Vec::new());
        done(t(key::RECEIPTS_GONE));
    };
    move || {
        let lines = shown.get();
        (!lines.is_empty()).then(|| {
            let lines = lines.into_iter().map(|receipt| {
                let due = receipt.due.map(|due| view! { <p class="hint">{t(key::DONE_BY)}" "{by_when(due, receipt.lane)}</p> });
                view! { <li><a class="number" data-nav href=href(&CitizenPage::Case(receipt.reference))>{receipt.reference.grouped()}</a>{due}</li> }
            });
            view! {
                <section class="receipts" aria-labelledby="receipts">
                    <h2 id="receipts">{t(key::RECEIPTS_TITLE)}</h2>
                    <ul class="links">{lines.collect_view()}</ul>
                    <p><button type="button" class="link" on:click=forget>{t(key::RECEIPTS_FORGET)}</button></p>
                </section>
            }
        })
    }
}
