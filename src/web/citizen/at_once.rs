//! A citizen's actions on a case that need one tap.

use super::report::report;
use leptos::prelude::*;
use model::Reference;
use model::lifecycle::Action;
use model::names::code_of;
use model::page::{CitizenPage, Page};
use model::wire::CaseView;
use web::api::CallError;
use web::component::{Errors, Remote};
use web::hook::{Act, Acted, use_act};
use web::i18n::{key, name_of, t};
use web::route;
use web::unsent::{self, Acting, Entry, What};
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
    act: Act,
    /// Whether something waits on this phone to be sent.
    queue: RwSignal<bool>,
}

impl AtOnce {
    /// The action of the button with this id on the case as it is shown.
    #[must_use]
    pub fn new(view: &CaseView, case: RwSignal<Remote<CaseView>>, errors: Errors, id: &'static str) -> Self {
        let (reference, version) = (view.line.reference, view.line.version);
        let (act, queue) = (use_act(), super::use_waiting());
        Self { case, reference, version, errors, id, news: None, busy: act.send.busy, act, queue }
    }

    /// Reports changes of the case above its newer state.
    #[must_use]
    pub fn with_news(self, news: RwSignal<String>) -> Self {
        Self { news: Some(news), ..self }
    }

    /// The action as an entry of the queue, for when there is no connection.
    fn kept(self, action: &Action) -> Entry {
        let acting = Acting {
            reference: self.reference,
            version: self.version,
            mark: person::mark(),
            page: CitizenPage::Case(self.reference).path(),
            kind: code_of(&action.kind()).to_owned(),
            words: String::new(),
            action: json::value(action),
            taken: false,
            signed_out: false,
        };
        Entry::new(self.act.send.key(), What::Acting(acting), Vec::new(), None)
    }

    /// Sends the action, unless a request is under way.
    pub fn act(self, action: Action) {
        let Self { case, reference, version, errors, id, news, queue, .. } = self;
        let kept = self.kept(&action);
        self.act.act(reference, version, action, move |acted| match acted {
            Acted::Done(view) => {
                let done = view.timeline.first().map(|entry| name_of("event", &entry.kind)).unwrap_or_default();
                if let Some(news) = news {
                    news.try_set(String::new());
                }
                case.try_set(Remote::Loaded(*view));
                route::done(done);
            }
            // Without a line it is kept like everything else, and goes by itself.
            Acted::Unsent if unsent::put(&kept) => {
                queue.try_set(true);
                route::done(t(key::ACT_WAITING));
            }
            Acted::Stale { error, now: Some(view) } if news.is_some() => {
                let before = case.try_with_untracked(|case| case.loaded().and_then(report).cloned()).flatten();
                // Nobody answers a report that they have not seen.
                let words = if report(&view) == before.as_ref() { error.message() } else { t(key::ACT_NEWER) };
                if let Some(news) = news {
                    news.try_set(words.clone());
                }
                case.try_set(Remote::Loaded(*view));
                route::done(words);
            }
            Acted::Unsent => errors.show_one(id, CallError::Network.message()),
            Acted::Stale { error, .. } | Acted::Refused(error) => errors.show_one(id, error.message()),
        });
    }
}
