use super::use_notice;
use crate::api::CallError;
use crate::component::{Remote, remote};
use leptos::prelude::*;
use std::future::Future;

/// Data read from the server, and how to read it again.
pub struct Fetched<T: 'static> {
    /// The data in its state of loading.
    pub state: RwSignal<Remote<T>>,
    fetch: Callback<()>,
    /// The number of the newest request: of two answers, that to the newer request stays.
    asked: StoredValue<u32>,
    /// The number of the newest request that was answered.
    answered: StoredValue<u32>,
}

impl<T> Clone for Fetched<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Fetched<T> {}

/// Reads data at once, and again at each [`Fetched::load`]. `fetch` reads its signals when it is called.
pub fn use_remote<T, F>(fetch: impl Fn() -> F + Send + Sync + 'static) -> Fetched<T>
where
    T: Send + Sync + 'static,
    F: Future<Output = Result<T, CallError>> + 'static,
{
    let fetched = use_remote_later(fetch);
    fetched.load();
    fetched
}

/// Like [`use_remote`], but reads nothing before [`Fetched::load`] is called.
pub fn use_remote_later<T, F>(fetch: impl Fn() -> F + Send + Sync + 'static) -> Fetched<T>
where
    T: Send + Sync + 'static,
    F: Future<Output = Result<T, CallError>> + 'static,
{
    let state = RwSignal::new(Remote::Idle);
    let (asked, answered) = (StoredValue::new(0u32), StoredValue::new(0u32));
    let notice = use_notice();
    let fetch = Callback::new(move |()| {
        let turn = asked.get_value().wrapping_add(1);
        asked.set_value(turn);
        let answer = fetch();
        leptos::task::spawn_local(async move {
            let answer = answer.await;
            // A newer request was made meanwhile, or the page was left.
            if asked.try_get_value() != Some(turn) {
                return;
            }
            answered.set_value(turn);
            if let Err(error) = &answer {
                notice.hear(error);
                // Loaded data stays where reading it again has failed.
                if state.try_with_untracked(|state| matches!(state, Remote::Loaded(_))) == Some(true) {
                    return;
                }
            }
            state.try_set(answer.into());
        });
    });
    Fetched { state, fetch, asked, answered }
}

impl<T: Send + Sync + 'static> Fetched<T> {
    /// Reads the data; the state is "loading" meanwhile. Nothing happens where the page was left.
    pub fn load(self) {
        self.state.try_set(Remote::Loading);
        self.fetch.try_run(());
    }

    /// Reads the data again; the present data stays until the answer has come, and where it does not come.
    pub fn refresh(self) {
        self.fetch.try_run(());
    }

    /// Sets data known by other means, such as the answer to an action; answers still to come are ignored.
    pub fn set(self, value: T) {
        self.drop_answers();
        self.state.try_set(Remote::Loaded(value));
    }

    /// Returns to the state before the first request.
    pub fn forget(self) {
        self.drop_answers();
        self.state.try_set(Remote::Idle);
    }

    /// Whether an answer is still to come.
    #[must_use]
    pub fn is_under_way(self) -> bool {
        self.asked.try_get_value() != self.answered.try_get_value()
    }

    fn drop_answers(self) {
        self.asked.try_update_value(|asked| *asked = asked.wrapping_add(1));
        if let Some(asked) = self.asked.try_get_value() {
            self.answered.try_set_value(asked);
        }
    }

    /// Reads from the loaded data; `None` before that.
    pub fn with<V>(self, get: impl FnOnce(&T) -> V) -> Option<V> {
        self.state.with(|state| state.loaded().map(get))
    }

    /// Like [`Fetched::with`], but untracked.
    pub fn with_untracked<V>(self, get: impl FnOnce(&T) -> V) -> Option<V> {
        self.state.try_with_untracked(|state| state.loaded().map(get)).flatten()
    }

    /// Draws the data in each of its states; after a failure with a button that tries again.
    pub fn draw<V: IntoView + 'static>(self, draw: impl Fn(&T) -> V + Send + Sync + 'static) -> impl IntoView {
        remote(self.state, Callback::new(move |()| self.load()), draw)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_by_other_means_is_shown_and_can_be_forgotten() {
        let owner = Owner::new();
        owner.with(|| {
            let fetched: Fetched<u32> = use_remote_later(|| async { Ok(1) });
            assert_eq!(fetched.state.get_untracked(), Remote::Idle);
            fetched.set(2);
            assert_eq!(fetched.with_untracked(|value| *value), Some(2));
            fetched.forget();
            assert_eq!(fetched.with_untracked(|value| *value), None);
        });
    }
}
