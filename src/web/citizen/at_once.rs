//! A citizen's actions on a case that need one tap.

use super::CitizenPage;
use super::report::report;
use leptos::prelude::*;
use model::Reference;
use model::lifecycle::Action;
use model::wire::{Act, CaseView, GetCase, ProblemCode};
use web::api::{self, CallError, Conditions, call};
use web::component::{Errors, Remote};
use web::i18n::{code_of, key, name_of, t};
use web::outbox::{self, Acting, Entry, What};
use web::route::{self, Page};
use web::{json, person};

/// An action without text, done at once: the case is then shown in its new state, and what was done is announced.
#[derive(Clone, Copy)]
pub struct AtOnce {
    case: RwSignal<Remote<CaseView>>,
    reference: Reference,
    version: u32,
    errors: Errors,
    /// The button's id, to which errors refer.
    id: &'static str,
    /// Receives a notice where the case has changed since it was shown.
    news: Option<RwSignal<String>>,
    /// Whether the request is under way.
    pub busy: RwSignal<bool>,
    idempotency: StoredValue<String>,
    /// Whether something waits on this phone to be sent.
    queue: RwSignal<bool>,
}

impl AtOnce {
    /// The action of the button with this id on the case as it is shown.
    #[must_use]
    pub fn new(view: &CaseView, case: RwSignal<Remote<CaseView>>, errors: Errors, id: &'static str) -> Self {
        let (reference, version) = (view.line.reference, view.line.version);
        let (busy, idempotency) = (RwSignal::new(false), StoredValue::new(api::new_key()));
        let queue = super::use_waiting();
        Self { case, reference, version, errors, id, news: None, busy, idempotency, queue }
    }

    /// Reports changes of the case above its newer state.
    #[must_use]
    pub fn with_news(self, news: RwSignal<String>) -> Self {
        Self { news: Some(news), ..self }
    }

    /// The action as an entry of the outbox, for when there is no connection.
    fn kept(self, action: &Action) -> Entry {
        let acting = Acting {
            reference: self.reference,
            version: self.version,
            mark: person::mark(),
            page: CitizenPage::Case(self.reference).path(),
            kind: code_of(&action.kind()),
            words: String::new(),
            action: json::value(action),
            taken: false,
            signed_out: false,
        };
        Entry::new(self.idempotency.get_value(), What::Acting(acting), Vec::new(), None)
    }

    /// Sends the action, unless a request is under way.
    pub fn act(self, action: Action) {
        let Self { case, reference, version, errors, id, news, busy, idempotency, queue } = self;
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        leptos::task::spawn_local(async move {
            let with =
                Conditions { key: Some(idempotency.get_value()), version: Some(version), ..Conditions::default() };
            let answer = call(&Act { reference }, &action, with).await;
            busy.try_set(false);
            match answer {
                Ok(view) => {
                    let done = view.timeline.first().map(|entry| name_of("event", &entry.kind)).unwrap_or_default();
                    if let Some(news) = news {
                        news.try_set(String::new());
                    }
                    case.try_set(Remote::Loaded(view));
                    route::done(done);
                }
                // Without a line it is kept like everything else, and goes by itself.
                Err(CallError::Network) if outbox::put(&self.kept(&action)) => {
                    queue.try_set(true);
                    route::done(t(key::ACT_WAITING));
                }
                Err(error) => {
                    let before = case.try_with_untracked(|case| case.loaded().and_then(report).cloned()).flatten();
                    let fresh = match (error.code(), news) {
                        (Some(ProblemCode::Stale), Some(_)) => api::get(&GetCase { reference }).await.ok(),
                        _ => None,
                    };
                    let (Some(view), Some(news)) = (fresh, news) else {
                        errors.show_one(id, error.message());
                        return;
                    };
                    // Nobody answers a report that they have not seen.
                    let words = if report(&view) == before.as_ref() { error.message() } else { t(key::ACT_NEWER) };
                    news.try_set(words.clone());
                    case.try_set(Remote::Loaded(view));
                    route::done(words);
                }
            }
        });
    }
}
