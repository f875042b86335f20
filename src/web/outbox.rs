//! What was sent off and has not arrived: kept on the phone with its key until the server has answered (OFF-06).
//!
//! Texts lie in `localStorage`, which has them on disk before anything is sent; photos lie in [`crate::upload`]'s place.

use crate::upload::Held;
use model::api::Receipt;
use model::lodging::Lodging;
use serde::{Deserialize, Serialize};

const OUTBOX: &str = "pratikar.outbox";
/// Milliseconds after which somebody is told that it has not gone: seven days (OFF-09).
const OLD: f64 = 7.0 * 24.0 * 3600.0 * 1000.0;

/// A grievance on its way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The key under which it is lodged once.
    pub key: String,
    /// When it was sent off, in milliseconds since 1970.
    pub since: f64,
    /// The grievance.
    pub form: Lodging,
    /// Its photos.
    pub held: Vec<Held>,
    /// The receipt, once the server has it; photos may still be on their way.
    pub receipt: Option<Receipt>,
    /// Why the server will not have it, in words; it is not tried by itself any more.
    #[serde(default)]
    pub problem: Option<String>,
}

impl Entry {
    /// Whether it has waited for too long.
    #[must_use]
    pub fn is_old(&self) -> bool {
        js_sys::Date::now() - self.since > OLD
    }

    /// Photos that have not arrived.
    #[must_use]
    pub fn photos_left(&self) -> usize {
        self.held.iter().filter(|held| !held.sent).count()
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

/// Everything on its way, oldest first.
#[must_use]
pub fn entries() -> Vec<Entry> {
    let stored = storage().and_then(|storage| storage.get_item(OUTBOX).ok().flatten());
    stored.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default()
}

fn store(entries: &[Entry]) -> bool {
    let Some(storage) = storage() else { return false };
    if entries.is_empty() {
        return storage.remove_item(OUTBOX).is_ok();
    }
    serde_json::to_string(entries).is_ok_and(|json| storage.set_item(OUTBOX, &json).is_ok())
}

/// Keeps an entry, new or changed; false where the phone has no room.
pub fn put(entry: &Entry) -> bool {
    let mut all = entries();
    match all.iter_mut().find(|known| known.key == entry.key) {
        Some(known) => *known = entry.clone(),
        None => all.push(entry.clone()),
    }
    store(&all)
}

/// Forgets an entry.
pub fn remove(key: &str) {
    let mut all = entries();
    all.retain(|entry| entry.key != key);
    store(&all);
}
