//! Every component in each of its states, a page a component (`#table`): for whoever builds with them, and for the tests, which
//! walk it. A program of its own that no deployment gets, so that it costs the apps nothing: `scripts/kit` builds it.

mod acting;
mod entering;
mod reading;
mod sending;

use leptos::prelude::*;
use model::Language;
use web::component::Toasts;
use web::start::start;

/// The states of one component.
type States = fn() -> AnyView;

/// The components, by the name after `#`.
const PAGES: [(&str, States); 17] = [
    ("table", reading::table),
    ("pager", reading::pager),
    ("tabs", reading::tabs),
    ("remote", reading::remote),
    ("timeline", reading::timeline),
    ("chart", reading::chart),
    ("dialog", acting::dialog),
    ("toast", acting::toast),
    ("button", acting::button),
    ("summary", acting::summary),
    ("text", entering::text),
    ("date", entering::date),
    ("checkbox", entering::checkbox),
    ("radios", entering::radios),
    ("suggest", entering::suggest),
    ("photos", entering::photos),
    ("unsent", sending::unsent),
];

/// A state with its name.
pub fn state<V: IntoView + 'static>(name: &str, draw: V) -> AnyView {
    let name = name.to_owned();
    view! { <section class="panel-card" aria-label=name.clone()><h2>{name.clone()}</h2>{draw}</section> }.into_any()
}

/// The component that the address asks for; the list of all where it asks for none.
#[component]
fn Kit() -> impl IntoView {
    let hash = web_sys::window().and_then(|window| window.location().hash().ok()).unwrap_or_default();
    let wanted = hash.trim_start_matches('#').to_owned();
    let found = PAGES.iter().find(|(name, _)| *name == wanted);
    let (name, body) = match found {
        Some((name, draw)) => ((*name).to_owned(), draw()),
        None => ("kit".to_owned(), all()),
    };
    if let Some(document) = web::start::document() {
        document.set_title(&name);
    }
    let toasts = use_context::<Toasts>();
    view! {
        <main id="main" class="page" data-page=name.clone()><h1>{name.clone()}</h1>{body}</main>
        {toasts.map(|toasts| view! { <web::component::Toast toasts/> })}
    }
}

fn all() -> AnyView {
    let names = PAGES.iter().map(|(name, _)| view! { <li><a href=format!("#{name}")>{*name}</a></li> }).collect_view();
    view! { <ul class="links">{names}</ul> }.into_any()
}

fn main() {
    start(&["citizen", "later", "staff"], |_: Language| {
        let _toasts = Toasts::provide();
        // A component is shown from its beginning.
        let changed = window_event_listener(leptos::ev::hashchange, |_| web::route::reload());
        on_cleanup(move || changed.remove());
        view! { <Kit/> }
    });
}
