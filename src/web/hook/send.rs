use super::{Notice, use_notice};
use crate::api::{self, CallError, Conditions, call};
use leptos::prelude::*;
use model::wire::Endpoint;
use std::future::Future;

/// A request that must take effect once: one at a time, and under the same idempotency key until the server has
/// answered.
#[derive(Clone, Copy)]
pub struct Sending {
    /// Whether the request is under way.
    pub busy: RwSignal<bool>,
    once: StoredValue<String>,
    notice: Notice,
}

/// For sending what a form makes.
#[must_use]
pub fn use_send() -> Sending {
    Sending { busy: RwSignal::new(false), once: StoredValue::new(api::new_key()), notice: use_notice() }
}

impl Sending {
    /// The idempotency key.
    #[must_use]
    pub fn key(self) -> String {
        self.once.get_value()
    }

    /// Makes the next request a new one, with another key.
    pub fn renew(self) {
        self.once.try_set_value(api::new_key());
    }

    /// Calls an endpoint with the key and, where given, the version that was seen; does nothing while a call is under
    /// way. `told` is called with the answer if the page is still shown.
    pub fn send<E: Endpoint>(
        self,
        endpoint: E,
        body: E::Request,
        version: Option<u32>,
        told: impl FnOnce(Result<E::Response, CallError>) + 'static,
    ) {
        let with = Conditions { key: Some(self.key()), version, ..Conditions::default() };
        self.run(async move { call(&endpoint, &body, with).await }, told);
    }

    /// Like [`Sending::send`], for more than one call. The future is not even polled while another is under way.
    pub fn run<T: 'static>(
        self,
        call: impl Future<Output = Result<T, CallError>> + 'static,
        told: impl FnOnce(Result<T, CallError>) + 'static,
    ) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        leptos::task::spawn_local(async move {
            let answer = call.await;
            self.busy.try_set(false);
            match &answer {
                Ok(_) => self.renew(),
                Err(error) => self.notice.hear(error),
            }
            told(answer);
        });
    }
}
