use super::{Sending, use_send};
use crate::api::{self, CallError};
use leptos::prelude::*;
use model::Reference;
use model::lifecycle::Action;
use model::wire::{CaseView, GetCase, Preview, PreviewAction, ProblemCode};

/// The result of an action.
pub enum Acted {
    /// It was done; the case in its new version.
    Done(Box<CaseView>),
    /// Somebody else was faster. The case in its present version, where it could be read; the next attempt refers to
    /// what is then shown.
    Stale {
        /// The server's answer.
        error: CallError,
        /// The present version of the case.
        now: Option<Box<CaseView>>,
    },
    /// The server refuses it.
    Refused(CallError),
    /// No answer arrived: it may have been done.
    Unsent,
}

/// Actions on a case.
#[derive(Clone, Copy)]
pub struct Act {
    /// The request.
    pub send: Sending,
}

/// Acts on a case, once and against the version that was seen, and reads the case again where somebody was faster.
#[must_use]
pub fn use_act() -> Act {
    Act { send: use_send() }
}

impl Act {
    /// Does the action to a case as it was seen, unless a request is under way. `told` is called with the result.
    pub fn act(self, reference: Reference, version: u32, action: Action, told: impl FnOnce(Acted) + 'static) {
        let call = model::wire::Act { reference };
        self.send.send(call, action, Some(version), move |answer| match answer {
            Ok(view) => told(Acted::Done(Box::new(view))),
            Err(error) => self.failed(reference, error, told),
        });
    }

    /// Asks what the action would do, unless a request is under way; what the server would refuse is told as by
    /// [`Act::act`].
    pub fn preview(
        self,
        reference: Reference,
        version: u32,
        action: Action,
        told: impl FnOnce(Result<Preview, Acted>) + 'static,
    ) {
        self.send.send(PreviewAction { reference }, action, Some(version), move |answer| match answer {
            Ok(preview) => told(Ok(preview)),
            Err(error) => self.failed(reference, error, |acted| told(Err(acted))),
        });
    }

    fn failed(self, reference: Reference, error: CallError, told: impl FnOnce(Acted) + 'static) {
        match error {
            CallError::Network => told(Acted::Unsent),
            error if error.code() == Some(ProblemCode::Stale) => self.stale(reference, error, told),
            error => told(Acted::Refused(error)),
        }
    }

    /// Reads the present version of the case and reports it.
    fn stale(self, reference: Reference, error: CallError, told: impl FnOnce(Acted) + 'static) {
        // After a new decision it is a new request.
        self.send.renew();
        self.send.busy.try_set(true);
        leptos::task::spawn_local(async move {
            let now = api::get(&GetCase { reference }).await.ok().map(Box::new);
            self.send.busy.try_set(false);
            told(Acted::Stale { error, now });
        });
    }
}
