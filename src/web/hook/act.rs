use super::{Sending, use_send};
use crate::api::{self, CallError};
use leptos::prelude::*;
use model::Reference;
use model::lifecycle::Action;
use model::wire::{CaseView, GetCase, ProblemCode};

/// What became of an action.
pub enum Acted {
    /// It was done; the case as it is now.
    Done(Box<CaseView>),
    /// Somebody was faster. The case as it is now, where it could be read; the next try rests on what is shown then.
    Stale {
        /// What the server said.
        error: CallError,
        /// The case as it is now.
        now: Option<Box<CaseView>>,
    },
    /// The server will not have it.
    Refused(CallError),
    /// No answer came: it may have been done.
    Unsent,
}

/// Acting on a case.
#[derive(Clone, Copy)]
pub struct Act {
    /// The sending.
    pub send: Sending,
}

/// Acts on a case: once, against the version that was seen, and reads the case again where somebody was faster.
#[must_use]
pub fn use_act() -> Act {
    Act { send: use_send() }
}

impl Act {
    /// Does it to a case as it was seen, unless something is under way. `told` hears what became of it.
    pub fn act(self, reference: Reference, version: u32, action: Action, told: impl FnOnce(Acted) + 'static) {
        let call = model::wire::Act { reference };
        self.send.send(call, action, Some(version), move |answer| match answer {
            Ok(view) => told(Acted::Done(Box::new(view))),
            Err(CallError::Network) => told(Acted::Unsent),
            Err(error) if error.code() == Some(ProblemCode::Stale) => self.stale(reference, error, told),
            Err(error) => told(Acted::Refused(error)),
        });
    }

    /// Reads the case as it is now, and says so.
    fn stale(self, reference: Reference, error: CallError, told: impl FnOnce(Acted) + 'static) {
        // Decided about anew, it is another wish.
        self.send.renew();
        self.send.busy.try_set(true);
        leptos::task::spawn_local(async move {
            let now = api::get(&GetCase { reference }).await.ok().map(Box::new);
            self.send.busy.try_set(false);
            told(Acted::Stale { error, now });
        });
    }
}
