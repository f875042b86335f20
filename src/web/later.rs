//! Parts of an app that are downloaded when first needed, so that the first page does not wait for them.
//!
//! `scripts/split` cuts the built module at the functions marked `#[wasm_split]`.

use crate::component::{Failed, Loading};
use crate::i18n::{self, key, t};
use crate::route;
use leptos::prelude::*;
use std::future::Future;
use std::pin::Pin;
use wasm_bindgen_futures::{JsFuture, future_to_promise};
pub use wasm_split_helpers::SplitLoaderError;

/// Draws a page of a part.
pub type Draw<P> = fn(P) -> AnyView;

/// The future of a part: its drawing function once it is downloaded.
pub type Arriving<P> = Pin<Box<dyn Future<Output = Result<Draw<P>, SplitLoaderError>>>>;

#[derive(Clone, Copy)]
enum State<P> {
    Idle,
    Arriving,
    Failed,
    Here(Draw<P>),
}

/// A part of an app, downloaded once.
pub struct Part<P: 'static> {
    state: RwSignal<State<P>>,
    load: fn() -> Arriving<P>,
    words: &'static [&'static str],
}

impl<P> Clone for Part<P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for Part<P> {}

impl<P: Clone + Send + Sync + 'static> Part<P> {
    /// A part that `load` downloads, with the catalogues it needs.
    #[must_use]
    pub fn new(load: fn() -> Arriving<P>, words: &'static [&'static str]) -> Self {
        Self { state: RwSignal::new(State::Idle), load, words }
    }

    /// Starts the download, unless the part is here or on its way; tries again after a failure.
    pub fn fetch(self) {
        if matches!(self.state.get_untracked(), State::Arriving | State::Here(_)) {
            return;
        }
        self.state.set(State::Arriving);
        leptos::task::spawn_local(async move {
            // In parallel: each is a round trip.
            let words = self.words.iter().map(|name| future_to_promise(async { Ok(i18n::ensure(name).await.into()) }));
            let words: Vec<_> = words.collect();
            let mut loaded = (self.load)().await.ok();
            for words in words {
                let came = JsFuture::from(words).await;
                loaded = loaded.filter(|_| came.is_ok_and(|came| came.as_bool() == Some(true)));
            }
            match loaded {
                Some(draw) => {
                    self.state.set(State::Here(draw));
                    route::arrived();
                }
                None => self.state.set(State::Failed),
            }
        });
    }

    /// Whether it is being downloaded.
    #[must_use]
    pub fn is_arriving(self) -> bool {
        matches!(self.state.get(), State::Idle | State::Arriving)
    }

    /// Whether it is not here: being downloaded, or failed.
    #[must_use]
    pub fn is_missing(self) -> bool {
        !matches!(self.state.get(), State::Here(_))
    }

    /// Draws a page of it once it is here; draws nothing while it is missing.
    #[must_use]
    pub fn draw_quietly(self, page: P) -> AnyView {
        self.fetch();
        let drawn = move || match self.state.get() {
            State::Here(draw) => draw(page.clone()),
            _ => ().into_any(),
        };
        drawn.into_any()
    }

    /// Draws a page of it once it is here, with the states of loading and failure until then.
    #[must_use]
    pub fn draw(self, page: P) -> AnyView {
        self.fetch();
        // This page may be older than the server's version, so that the part no longer exists: a reload mends that.
        // Drafts are kept.
        let retry = Callback::new(move |()| route::reload());
        let drawn = move || match self.state.get() {
            State::Idle | State::Arriving => view! { <Loading/> }.into_any(),
            State::Failed => view! { <Failed why=t(key::FAILURE_NETWORK) retry/> }.into_any(),
            State::Here(draw) => draw(page.clone()),
        };
        drawn.into_any()
    }
}
