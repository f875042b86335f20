use super::announce_when;
use crate::hook::More;
use crate::i18n::{key, t};
use leptos::html::Div;
use leptos::prelude::*;

/// The end of a list read page by page: requests the next page, shows that it is loading, and why where it fails.
/// Nothing where the list is complete.
#[component]
pub fn Pager(
    /// Whether there is a next page.
    #[prop(into)]
    has_more: Signal<bool>,
    /// The state of the next page.
    #[prop(into)]
    state: Signal<More>,
    /// Requests the next page.
    more: Callback<()>,
    /// How many rows of how many are shown, in words; empty where that is said elsewhere.
    #[prop(optional, into)]
    count: Signal<String>,
) -> impl IntoView {
    let busy = Memo::new(move |_| state.with(|state| *state == More::Loading));
    announce_when(busy.into(), t(key::LOADING));
    let failed = move || state.with(|state| if let More::Failed(error) = state { Some(error.message()) } else { None });
    let words = move || t(if busy.get() { key::LOADING } else { key::QUEUE_MORE });
    let button = move || {
        has_more.get().then(|| {
            view! {
                <button type="button" class="button second" aria-busy=move || busy.get().to_string() on:click=move |_| more.run(())>{words}</button>
            }
        })
    };
    // The button disappears with the last page: the focus stays at the end of the list instead of getting lost.
    let end: NodeRef<Div> = NodeRef::new();
    Effect::new(move |before: Option<bool>| {
        let more = has_more.get();
        if before == Some(true)
            && !more
            && let Some(end) = end.get_untracked()
        {
            let _ = end.focus();
        }
        more
    });
    view! {
        <div class="pager" tabindex="-1" node_ref=end>
            <p class="hint">{count}</p>
            <p class="error" role="alert">{failed}</p>
            {button}
        </div>
    }
}
