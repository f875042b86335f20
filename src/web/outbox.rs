//! What was sent off and has not arrived, grievances and what was added to them: kept on the phone with its key until the
//! server has answered (OFF-06).
//!
//! Texts lie in `localStorage`, which has them on disk before anything is sent; photos lie in [`crate::upload`]'s place.

use crate::clock;
use crate::draft::salvage;
use crate::json;
use crate::upload::Held;
use model::lodging::Lodging;
use model::wire::Receipt;
use model::{AttachmentId, Reference};
use serde::{Deserialize, Serialize};
use serde_json::Value;

const OUTBOX: &str = "pratikar.outbox";
/// Milliseconds after which somebody is told that it has not gone: seven days (OFF-09).
const OLD: f64 = 7.0 * 24.0 * 3600.0 * 1000.0;

/// What is on its way.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A grievance.
    Lodging(Lodging),
    /// What somebody does to a grievance of theirs.
    Acting(Acting),
}

/// What somebody does to a grievance of theirs, with words and photos.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Acting {
    /// The grievance.
    pub reference: Reference,
    /// Its version when it was decided about.
    pub version: u32,
    /// The mark of who wrote it: nobody else sends it.
    pub mark: String,
    /// The path of the page on which it was written.
    pub page: String,
    /// The name of what is done, as the wire has it.
    pub kind: String,
    /// What was written.
    pub words: String,
    /// What is done, as it is sent: the part that sends need not know every action. Its photos are named when it goes.
    pub action: Value,
    /// Whether the server has it; photos may still be on their way.
    #[serde(default)]
    pub taken: bool,
    /// Whether it waits until its writer has signed in.
    #[serde(default)]
    pub signed_out: bool,
}

/// An entry as it lies on the phone. Plain fields: a flattened enum is read by a second reader, which the page would carry.
#[derive(Serialize, Deserialize)]
struct Stored {
    key: String,
    since: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    form: Option<Lodging>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    act: Option<Acting>,
    held: Vec<Held>,
    #[serde(default)]
    voice: Option<Held>,
    receipt: Option<Receipt>,
    #[serde(default)]
    problem: Option<String>,
}

impl TryFrom<Stored> for Entry {
    type Error = &'static str;

    fn try_from(stored: Stored) -> Result<Self, Self::Error> {
        let Stored { key, since, form, act, held, voice, receipt, problem } = stored;
        let what = match (form, act) {
            (Some(form), _) => What::Lodging(form),
            (None, Some(act)) => What::Acting(act),
            (None, None) => return Err("neither a grievance nor an action"),
        };
        Ok(Self { key, since, what, held, voice, receipt, problem })
    }
}

impl From<Entry> for Stored {
    fn from(entry: Entry) -> Self {
        let Entry { key, since, what, held, voice, receipt, problem } = entry;
        let (form, act) = match what {
            What::Lodging(form) => (Some(form), None),
            What::Acting(act) => (None, Some(act)),
        };
        Self { key, since, form, act, held, voice, receipt, problem }
    }
}

/// A grievance, or what was done to one, on its way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Entry {
    /// The key under which it happens once.
    pub key: String,
    /// When it was sent off, in milliseconds since 1970 by the server's clock; 0 where that was not known.
    pub since: f64,
    /// What it is.
    pub what: What,
    /// Its photos.
    pub held: Vec<Held>,
    /// Its spoken note.
    pub voice: Option<Held>,
    /// The receipt, once the server has it; photos may still be on their way.
    pub receipt: Option<Receipt>,
    /// Why the server will not have it, in words; it is not tried by itself any more.
    pub problem: Option<String>,
}

impl Acting {
    /// The action with these photos.
    #[must_use]
    pub fn with_photos(&self, photos: &[AttachmentId]) -> Value {
        let mut action = self.action.clone();
        if let Some(named) = action.get_mut(&self.kind).and_then(|fields| fields.get_mut("photos")) {
            *named = photos.iter().map(AttachmentId::as_str).collect();
        }
        action
    }
}

impl Entry {
    /// One that is sent off now; what cannot be sent stays behind.
    #[must_use]
    pub fn new(key: String, what: What, held: Vec<Held>, voice: Option<Held>) -> Self {
        let held = held.into_iter().filter(|held| held.unfit.is_none()).collect();
        Self { key, since: Self::now(), what, held, voice, receipt: None, problem: None }
    }

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

    /// Whether it is this grievance, whatever the server calls its photos.
    #[must_use]
    pub fn is_of(&self, form: &Lodging) -> bool {
        let plain = |form: &Lodging| Lodging { photos: Vec::new(), voice: None, ..form.clone() };
        matches!(&self.what, What::Lodging(sent) if plain(sent) == plain(form))
    }

    /// Whether it is an action with these words.
    #[must_use]
    pub fn says(&self, words: &str) -> bool {
        matches!(&self.what, What::Acting(acting) if acting.words == words)
    }

    /// Whether the server has it; photos may still be on their way.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        match &self.what {
            What::Lodging(_) => self.receipt.is_some(),
            What::Acting(acting) => acting.taken,
        }
    }

    /// Everything that goes with it.
    pub fn all_held(&self) -> impl Iterator<Item = &Held> {
        self.held.iter().chain(&self.voice)
    }

    /// Photos and spoken notes that have not arrived.
    #[must_use]
    pub fn left(&self) -> u32 {
        u32::try_from(self.all_held().filter(|held| held.is_to_go()).count()).unwrap_or(0)
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
    stored.and_then(|json| json::read(&json)).unwrap_or_default()
}

/// Everything on its way, oldest first. An entry of another version is read as far as it can be.
#[must_use]
pub fn entries() -> Vec<Entry> {
    stored().into_iter().filter_map(salvaged).collect()
}

fn salvaged(mut stored: Value) -> Option<Entry> {
    if let Some(form) = stored.get_mut("form") {
        *form = json::value(&salvage::<Lodging>(form));
    }
    json::from(&stored)
}

/// Changes one entry and leaves the others as they are, also those that this version cannot read.
fn change(key: &str, entry: Option<&Entry>) -> bool {
    let Some(storage) = storage() else { return false };
    let mut all = stored();
    let at = all.iter().position(|known| known.get("key").and_then(Value::as_str) == Some(key));
    match (entry.map(json::value), at) {
        (Some(entry), Some(at)) => all.splice(at..=at, [entry]).for_each(drop),
        (Some(entry), None) => all.push(entry),
        (None, Some(at)) => drop(all.remove(at)),
        (None, None) => {}
    }
    if all.is_empty() {
        return storage.remove_item(OUTBOX).is_ok();
    }
    storage.set_item(OUTBOX, &json::text(&all.into())).is_ok()
}

/// Keeps an entry, new or changed; false where the phone has no room.
pub fn put(entry: &Entry) -> bool {
    change(&entry.key, Some(entry))
}

/// Forgets an entry.
pub fn remove(key: &str) {
    change(key, None);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_older_version_kept_is_still_sent() {
        let kept = serde_json::json!({
            "key": "k", "since": 5.0, "form": { "text": "জল নেই", "newer": 1 }, "receipt": null,
            "held": [{ "local": "a", "id": null, "length": 9, "sent": false }],
        });
        let entry = salvaged(kept).expect("an entry");
        assert!(matches!(&entry.what, What::Lodging(form) if form.text == "জল নেই"));
        assert_eq!(entry.left(), 1);
        let again = salvaged(serde_json::to_value(&entry).expect("JSON")).expect("an entry");
        assert_eq!(again, entry);
    }
}
