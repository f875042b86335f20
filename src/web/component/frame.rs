use crate::i18n::{key, language, t};
use crate::route::here_in;
use crate::start::document;
use leptos::html::Details;
use leptos::prelude::*;
use model::Language;
use wasm_bindgen::JsCast;

/// The emblem of the service: a shape like a letter, hanging from a thread with a marigold knot.
#[component]
pub fn Emblem() -> impl IntoView {
    view! {
        <svg class="emblem" viewBox="0 0 24 24" aria-hidden="true">
            <path d="M6 3v18" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round"/>
            <path d="M6 4.2h7.6a4.8 4.8 0 0 1 0 9.6H6" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linejoin="round"/>
            <circle cx="14.4" cy="9" r="1.7" fill="currentColor"/>
            <circle class="knot" cx="6" cy="21" r="2.4"/>
        </svg>
    }
}

/// Links to the same page in each language, named in that language; answers are kept, because they are on the phone
/// (LSEL-01).
#[component]
pub fn Languages(
    /// Changes with the page, so that the links lead to the current page.
    #[prop(into)]
    page: Signal<()>,
    /// The languages of this app.
    among: &'static [Language],
) -> impl IntoView {
    let links = among
        .iter()
        .map(|to| {
            let href = move || {
                page.get();
                here_in(*to)
            };
            let current = (*to == language()).then_some("true");
            view! { <li><a href=href lang=to.tag() dir=to.direction() hreflang=to.tag() aria-current=current>{to.own_name()}</a></li> }
        })
        .collect_view();
    let list: NodeRef<Details> = NodeRef::new();
    let close = move || {
        if let Some(list) = list.get_untracked() {
            list.set_open(false);
        }
    };
    // Moving the focus away or pressing Escape closes the list, so that it does not cover what is below.
    let left = move |event: web_sys::FocusEvent| {
        let to = event.related_target().and_then(|to| to.dyn_into::<web_sys::Node>().ok());
        let within = list.get_untracked().is_some_and(|list| to.is_some_and(|to| list.contains(Some(&to))));
        if !within {
            close();
        }
    };
    let on_key = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" {
            close();
            let summary = list.get_untracked().and_then(|list| list.first_element_child());
            if let Some(summary) = summary.and_then(|summary| summary.dyn_into::<web_sys::HtmlElement>().ok()) {
                let _ = summary.focus();
            }
        }
    };
    view! {
        <details class="languages" node_ref=list on:focusout=left on:keydown=on_key>
            <summary><span class="unseen">{t(key::NAV_LANGUAGE_CHOOSE)}</span><span>{language().own_name()}</span></summary>
            <ul>{links}</ul>
        </details>
    }
}

/// A link back to the previous page.
#[component]
pub fn BackLink(#[prop(into)] href: String, #[prop(into)] label: String) -> impl IntoView {
    view! { <p class="back"><a data-nav href=href><span aria-hidden="true">"‹ "</span>{label}</a></p> }
}

/// The emergency number, shown on every page of a case in which somebody is in danger.
#[component]
pub fn Call112() -> impl IntoView {
    view! { <div class="notice urgent"><p>{t(key::LODGE_EMERGENCY)}</p><p class="number"><a href="tel:112">{t(key::LODGE_EMERGENCY_CALL)}</a></p></div> }
}

/// The helpline, in the same place on every page.
#[component]
pub fn Helpline() -> impl IntoView {
    view! {
        <aside class="helpline" aria-label=t(key::HELPLINE_TITLE)>
            <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M6.6 3.5 9 8.2 7.2 10c1 2.4 3 4.4 6.8 6.8l1.800-1.800 4.700 2.400c-.3 2.200-1.800 3.400-3.900 3.300C9.300 20.200 3.800 14.700 3.300 7.400 3.200 5.300 4.400 3.800 6.600 3.500z" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linejoin="round"/></svg>
            <div>
                <p>{t(key::HELPLINE_TITLE)}</p>
                <HelplineNumber/>
                <p class="hint">{t(key::HELPLINE_HOURS)}</p>
            </div>
        </aside>
    }
}

/// The helpline's number, which is configured at the server and delivered with the page.
#[component]
pub fn HelplineNumber() -> impl IntoView {
    let link = document().and_then(|document| document.query_selector("#broken a[href^='tel:']").ok().flatten());
    let number = link.as_ref().and_then(|link| link.text_content()).unwrap_or_default();
    let call = link.and_then(|link| link.get_attribute("href")).unwrap_or_default();
    view! { <p class="number"><a href=call>{number}</a></p> }
}
