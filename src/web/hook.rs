//! What pages do again and again, once: reading something from the server ([`use_remote`]), a list that comes page by page
//! ([`use_pages`]), sending a form ([`use_send`]) and acting on a case ([`use_act`]).
//!
//! Each of them drops what arrives after the page was left, tells whoever asked to be told that the session has ended
//! ([`on_session_end`]), and lets a newer answer never be overwritten by an older one.

mod act;
mod pages;
mod remote;
mod send;
mod unsent;

pub use act::{Act, Acted, use_act};
pub use pages::{More, Paged, Pages, use_pages, use_pages_from};
pub use remote::{Fetched, use_remote, use_remote_later};
pub use send::{Sending, use_send};
pub use unsent::{Queue, use_unsent};

use crate::api::CallError;
use leptos::prelude::*;
use model::wire::ProblemCode;

/// Who is told that the session has ended.
#[derive(Clone, Copy)]
struct OnEnd(Callback<()>);

/// From here down, `told` hears when a call was refused because nobody is signed in any more.
pub fn on_session_end(told: impl Fn() + Send + Sync + 'static) {
    provide_context(OnEnd(Callback::new(move |()| told())));
}

/// Takes note of why calls fail. Asked for where a hook is made: neither a handler nor a future knows the context.
#[derive(Clone, Copy)]
struct Notice(Option<OnEnd>);

fn use_notice() -> Notice {
    Notice(use_context())
}

impl Notice {
    fn hear(self, error: &CallError) {
        if error.code() == Some(ProblemCode::SignInNeeded)
            && let Some(OnEnd(told)) = self.0
        {
            // Whoever wanted to be told may be gone.
            told.try_run(());
        }
    }
}
