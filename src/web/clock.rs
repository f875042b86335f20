//! The server's time. A phone's own clock may be years off and decides nothing.
//!
//! Every answer of the API carries its `Date`. The offset of this phone is known from the first answer on. Until then,
//! the offset that an earlier page stored is good enough to show how much time is left, but never to delete anything.

use std::cell::Cell;

/// Storage key of the offset in milliseconds, for the next page.
const AHEAD: &str = "pratikar.clock";
/// Differences below this many milliseconds are ignored: a `Date` has whole seconds, and answers take time.
const SAME: i64 = 3_000;

thread_local! {
    /// Milliseconds that the server is ahead of this phone, as measured on this page.
    static HEARD: Cell<Option<i64>> = const { Cell::new(None) };
}

fn phone() -> i64 {
    #[allow(clippy::cast_possible_truncation)] // milliseconds since 1970 fit
    let now = js_sys::Date::now() as i64;
    now
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

/// Records the `Date` of an answer that has just arrived and did not come from a cache.
pub fn hear(date: Option<String>) {
    let server = date.map_or(f64::NAN, |date| js_sys::Date::parse(&date));
    if server.is_nan() {
        return;
    }
    #[allow(clippy::cast_possible_truncation)] // milliseconds since 1970 fit
    let ahead = server as i64 - phone();
    if HEARD.get().is_some_and(|known| (known - ahead).abs() < SAME) {
        return;
    }
    HEARD.set(Some(ahead));
    if let Some(storage) = storage() {
        let _ = storage.set_item(AHEAD, &ahead.to_string());
    }
}

/// Milliseconds since 1970 by the server's clock; `None` before this page's first answer.
#[must_use]
pub fn told() -> Option<u64> {
    u64::try_from(phone() + HEARD.get()?).ok()
}

/// Milliseconds since 1970, the best estimate of the server's clock: for display, not for deleting.
#[must_use]
pub fn now() -> i64 {
    let guess = || storage()?.get_item(AHEAD).ok().flatten()?.parse().ok();
    phone() + HEARD.get().or_else(guess).unwrap_or(0)
}
