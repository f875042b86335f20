use crate::api::CallError;
use crate::i18n::{key, t};
use crate::route::{announce, settled};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;

/// Something that comes from the server.
#[derive(Debug, Clone, PartialEq)]
pub enum Remote<T> {
    /// Not asked for yet.
    Idle,
    /// On its way.
    Loading,
    /// It did not come.
    Failed(CallError),
    /// Here it is.
    Loaded(T),
}

impl<T> Remote<T> {
    /// What has come.
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

/// Milliseconds after which somebody who does not see it is told that something is on its way (A11Y-06).
const SLOW: u32 = 1_000;

/// While something is on its way.
#[component]
pub fn Loading() -> impl IntoView {
    let slow: StoredValue<Option<Timeout>, LocalStorage> =
        StoredValue::new_local(Some(Timeout::new(SLOW, || announce(&t(key::LOADING)))));
    on_cleanup(move || {
        slow.try_update_value(Option::take);
        // What comes in its place takes the focus that went with what stood here.
        settled();
    });
    view! { <p class="loading" aria-busy="true">{t(key::LOADING)}</p> }
}

/// When it did not come: why, and once more.
#[component]
pub fn Failed(why: String, retry: Callback<()>) -> impl IntoView {
    view! {
        <div class="failed" role="alert">
            <p>{why}</p>
            <button type="button" class="button second" on:click=move |_| retry.run(())>{t(key::RETRY)}</button>
        </div>
    }
}

/// Draws what comes from the server in each of its states.
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
