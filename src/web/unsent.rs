//! What was sent off and has not arrived: kept on the device with its key until the server has answered (OFF-06). Citizens'
//! grievances and what is done to them stand in `grievance`; any other call of the wire, for staff, in `call`.
//!
//! Texts lie in `localStorage`, which has them on disk before anything is sent; photos lie in [`crate::upload`]'s place.

pub mod call;
mod grievance;
mod patience;
mod turn;

pub use grievance::{Acting, Entry, What, entries, is_empty, put, remove};
pub use patience::Patience;

use crate::api::CallError;
use crate::{clock, json};
use model::wire::ProblemCode;
use serde_json::Value;

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

/// Whether nothing lies there.
fn is_none_at(place: &str) -> bool {
    storage().and_then(|storage| storage.get_item(place).ok().flatten()).is_none()
}

/// What lies there, whether this version can read it or not.
fn stored(place: &str) -> Vec<Value> {
    let stored = storage().and_then(|storage| storage.get_item(place).ok().flatten());
    stored.and_then(|json| json::read(&json)).unwrap_or_default()
}

/// Changes the entry of a key, or takes it out, and leaves the others as they are, also those that this version cannot read;
/// false where the device has no room.
fn change(place: &str, key: &str, entry: Option<Value>) -> bool {
    let Some(storage) = storage() else { return false };
    let mut all = stored(place);
    let at = all.iter().position(|known| known.get("key").and_then(Value::as_str) == Some(key));
    match (entry, at) {
        (Some(entry), Some(at)) => all.splice(at..=at, [entry]).for_each(drop),
        (Some(entry), None) => all.push(entry),
        (None, Some(at)) => drop(all.remove(at)),
        (None, None) => {}
    }
    if all.is_empty() {
        return storage.remove_item(place).is_ok();
    }
    storage.set_item(place, &json::text(&all.into())).is_ok()
}

/// The present moment by the server's clock, in milliseconds since 1970; 0 where that is not known.
fn moment_sent() -> f64 {
    #[allow(clippy::cast_precision_loss)] // milliseconds since 1970 are exact
    clock::told().map_or(0.0, |now| now as f64)
}

/// Whether something need not be tried again as it is.
#[must_use]
pub fn is_refused(error: &CallError) -> bool {
    let passing = [
        ProblemCode::Unavailable,
        ProblemCode::TooMany,
        ProblemCode::Internal,
        ProblemCode::TooSlow,
        ProblemCode::NotFound,
        // Once who wrote it is signed in, it goes.
        ProblemCode::OtherPerson,
        ProblemCode::SignInNeeded,
    ];
    error.code().is_some_and(|code| !passing.contains(&code))
}
