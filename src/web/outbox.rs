//! What was sent off and has not arrived: kept on the phone with its key until the server has answered (OFF-06).
//!
//! Texts lie in `localStorage`, which has them on disk before anything is sent; photos lie in [`crate::upload`]'s place.

use crate::clock;
use crate::draft::salvage;
use crate::upload::Held;
use model::api::Receipt;
use model::lodging::Lodging;
use serde::{Deserialize, Serialize};
use serde_json::Value;

const OUTBOX: &str = "pratikar.outbox";
/// Milliseconds after which somebody is told that it has not gone: seven days (OFF-09).
const OLD: f64 = 7.0 * 24.0 * 3600.0 * 1000.0;

/// A grievance on its way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The key under which it is lodged once.
    pub key: String,
    /// When it was sent off, in milliseconds since 1970 by the server's clock; 0 where that was not known.
    pub since: f64,
    /// The grievance.
    pub form: Lodging,
    /// Its photos.
    pub held: Vec<Held>,
    /// Its spoken note.
    #[serde(default)]
    pub voice: Option<Held>,
    /// The receipt, once the server has it; photos may still be on their way.
    pub receipt: Option<Receipt>,
    /// Why the server will not have it, in words; it is not tried by itself any more.
    #[serde(default)]
    pub problem: Option<String>,
}

impl Entry {
    /// The present moment, for `since`.
    #[must_use]
    pub fn now() -> f64 {
        #[allow(clippy::cast_precision_loss)] // milliseconds since 1970 are exact
        clock::told().map_or(0.0, |now| now as f64)
    }

    /// Whether it has waited for too long; never on the word of the phone's clock.
    #[must_use]
    pub fn is_old(&self) -> bool {
        self.since > 0.0 && Self::now() - self.since > OLD
    }

    /// Everything that goes with it.
    pub fn all_held(&self) -> impl Iterator<Item = &Held> {
        self.held.iter().chain(&self.voice)
    }

    /// Photos and spoken notes that have not arrived.
    #[must_use]
    pub fn left(&self) -> u32 {
        u32::try_from(self.all_held().filter(|held| !held.sent).count()).unwrap_or(0)
    }
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

/// Whether anything is on its way; cheap, for the first page.
#[must_use]
pub fn is_empty() -> bool {
    storage().and_then(|storage| storage.get_item(OUTBOX).ok().flatten()).is_none()
}

/// What lies there, read or not.
fn stored() -> Vec<Value> {
    let stored = storage().and_then(|storage| storage.get_item(OUTBOX).ok().flatten());
    stored.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default()
}

/// Everything on its way, oldest first. An entry of another version is read as far as it can be.
#[must_use]
pub fn entries() -> Vec<Entry> {
    stored().into_iter().filter_map(salvaged).collect()
}

fn salvaged(mut stored: Value) -> Option<Entry> {
    let form: Lodging = salvage(stored.get("form")?);
    *stored.get_mut("form")? = serde_json::to_value(form).ok()?;
    serde_json::from_value(stored).ok()
}

/// Changes one entry and leaves the others as they are, also those that this version cannot read.
fn change(key: &str, entry: Option<&Entry>) -> bool {
    let Some(storage) = storage() else { return false };
    let mut all = stored();
    let at = all.iter().position(|known| known.get("key").and_then(Value::as_str) == Some(key));
    match (entry.and_then(|entry| serde_json::to_value(entry).ok()), at) {
        (Some(entry), Some(at)) => all.splice(at..=at, [entry]).for_each(drop),
        (Some(entry), None) => all.push(entry),
        (None, Some(at)) => drop(all.remove(at)),
        (None, None) => {}
    }
    if all.is_empty() {
        return storage.remove_item(OUTBOX).is_ok();
    }
    serde_json::to_string(&all).is_ok_and(|json| storage.set_item(OUTBOX, &json).is_ok())
}

/// Keeps an entry, new or changed; false where the phone has no room.
pub fn put(entry: &Entry) -> bool {
    change(&entry.key, Some(entry))
}

/// Forgets an entry.
pub fn remove(key: &str) {
    change(key, None);
}
