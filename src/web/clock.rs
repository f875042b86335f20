//! The time as the server has it. A phone's own clock may stand at 2018 or 2040: it decides nothing.
//!
//! Every answer of the API carries its `Date`. How far this phone is off is known from the first answer on; before that, what
//! an earlier page heard is good enough to show what is left, and never to throw anything away.

use std::cell::Cell;

/// Where it is kept for the next page by how many milliseconds the server is ahead of this phone.
const AHEAD: &str = "pratikar.clock";
/// Milliseconds within which two answers say the same: a `Date` has whole seconds, and answers take their time.
const SAME: i64 = 3_000;

thread_local! {
    /// By how many milliseconds the server is ahead, as this page has heard.
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

/// Takes note of the `Date` of an answer that came just now, and from no cache.
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

/// Milliseconds since 1970 by the server's clock; none where this page has not heard of it yet.
#[must_use]
pub fn told() -> Option<u64> {
    u64::try_from(phone() + HEARD.get()?).ok()
}

/// Milliseconds since 1970, as near to the server's clock as this phone knows: for showing, not for throwing away.
#[must_use]
pub fn now() -> i64 {
    let guess = || storage()?.get_item(AHEAD).ok().flatten()?.parse().ok();
    phone() + HEARD.get().or_else(guess).unwrap_or(0)
}
