use crate::api::CallError;
use crate::i18n::{key, t};
use crate::route::{announce, settled};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;

/// Data from the server, in its state of loading.
#[derive(Debug, Clone, PartialEq)]
pub enum Remote<T> {
    /// Not requested yet.
    Idle,
    /// Requested.
    Loading,
    /// The request failed.
    Failed(CallError),
    /// The data.
    Loaded(T),
}

impl<T> Remote<T> {
    /// The data, once loaded.
    #[must_use]
    pub fn loaded(&self) -> Option<&T> {
        match self {
            Self::Loaded(value) => Some(value),
            _ => None,
        }
    }
}

impl<T> From<Result<T, CallError>> for Remote<T> {
    fn from(answer: Result<T, CallError>) -> Self {
        match answer {
            Ok(value) => Self::Loaded(value),
            Err(error) => Self::Failed(error),
        }
    }
}

/// Milliseconds after which loading is announced to screen readers (A11Y-06).
const SLOW: u32 = 1_000;

/// Shown while something is loading.
#[component]
pub fn Loading() -> impl IntoView {
    let slow: StoredValue<Option<Timeout>, LocalStorage> =
        StoredValue::new_local(Some(Timeout::new(SLOW, || announce(&t(key::LOADING)))));
    on_cleanup(move || {
        slow.try_update_value(Option::take);
        // The focus, where it was lost with this placeholder, goes to the page's heading.
        settled();
    });
    view! { <p class="loading" aria-busy="true">{t(key::LOADING)}</p> }
}

/// Shown where loading failed: why, and a button to try again.
#[component]
pub fn Failed(why: String, retry: Callback<()>) -> impl IntoView {
    view! {
        <div class="failed" role="alert">
            <p>{why}</p>
            <button type="button" class="button second" on:click=move |_| retry.run(())>{t(key::RETRY)}</button>
        </div>
    }
}

/// Draws data from the server in each of its states.
pub fn remote<T, V>(
    state: RwSignal<Remote<T>>,
    retry: Callback<()>,
    draw: impl Fn(&T) -> V + Send + Sync + 'static,
) -> impl IntoView
where
    T: Send + Sync + 'static,
    V: IntoView + 'static,
{
    move || {
        if state.with(|state| matches!(state, Remote::Failed(_) | Remote::Loaded(_))) {
            settled();
        }
        state.with(|state| match state {
            Remote::Idle => ().into_any(),
            Remote::Loading => view! { <Loading/> }.into_any(),
            Remote::Failed(error) => view! { <Failed why=error.message() retry/> }.into_any(),
            Remote::Loaded(value) => draw(value).into_any(),
        })
    }
}
