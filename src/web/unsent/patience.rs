use gloo_timers::callback::Timeout;
use leptos::prelude::*;

/// The pauses between automatic retries: 5 s, doubling to at most a quarter of an hour, with random variation so that
/// the phones of a village do not all retry at once (OFF-06).
#[derive(Clone, Copy)]
pub struct Patience {
    tries: StoredValue<u32>,
    next: StoredValue<Option<Timeout>, LocalStorage>,
}

impl Default for Patience {
    fn default() -> Self {
        Self::new()
    }
}

impl Patience {
    /// Ends with the page that makes it.
    #[must_use]
    pub fn new() -> Self {
        let patience = Self { tries: StoredValue::new(0), next: StoredValue::new_local(None) };
        on_cleanup(move || patience.stop());
        patience
    }

    /// Calls `again` after a pause, longer than the one before.
    pub fn later(self, again: impl FnOnce() + 'static) {
        let tries = self.tries.try_get_value().unwrap_or_default().min(8);
        self.tries.try_set_value(tries + 1);
        let longest = (5_000 << tries).min(900_000u32);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // at most a quarter of an hour
        let pause = (f64::from(longest) * (0.75 + js_sys::Math::random() / 4.0)) as u32;
        self.next.try_set_value(Some(Timeout::new(pause, again)));
    }

    /// Starts with the shortest pause again, because the connection is back or the person wants it.
    pub fn start_anew(self) {
        self.tries.try_set_value(0);
    }

    /// Stops automatic retries.
    pub fn stop(self) {
        self.next.try_update_value(Option::take);
    }
}
