//! What citizens send: grievances, and what they do to them. On phones since the first version, so that its form never changes
//! but by fields that may be missing.

use super::{change, is_none_at, moment_sent, stored};
use crate::draft::salvage;
use crate::json;
use crate::upload::PendingUpload;
use model::lodging::Lodging;
use model::wire::Receipt;
use model::{AttachmentId, Reference};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where it is stored, by the name of the first version.
const PLACE: &str = "pratikar.outbox";
/// Milliseconds after which the person is told that an entry has not been sent: seven days (OFF-09).
const OLD: f64 = 7.0 * 24.0 * 3600.0 * 1000.0;

/// What an entry sends.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A grievance.
    Lodging(Lodging),
    /// An action on the sender's own grievance.
    Acting(Acting),
}

/// A citizen's action on a grievance of theirs, with text and photos.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Acting {
    /// The grievance.
    pub reference: Reference,
    /// Its version when the action was chosen.
    pub version: u32,
    /// The mark of the person who wrote it; it is sent only in their session.
    pub mark: String,
    /// The path of the page on which it was written.
    pub page: String,
    /// The name of the action in the wire format.
    pub kind: String,
    /// What was written.
    pub words: String,
    /// The action as it is sent; JSON, so that the sending code need not know every action. Its photos are added on
    /// sending.
    pub action: Value,
    /// Whether the server has accepted it; photos may still be uploading.
    #[serde(default)]
    pub taken: bool,
    /// Whether it waits until its writer has signed in again.
    #[serde(default)]
    pub signed_out: bool,
}

/// An entry as stored. Plain fields: a flattened enum would add a second deserializer to the first page.
#[derive(Serialize, Deserialize)]
struct Stored {
    key: String,
    since: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    form: Option<Lodging>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    act: Option<Acting>,
    #[serde(alias = "held")]
    pending: Vec<PendingUpload>,
    #[serde(default)]
    voice: Option<PendingUpload>,
    receipt: Option<Receipt>,
    #[serde(default)]
    problem: Option<String>,
}

impl TryFrom<Stored> for Entry {
    type Error = &'static str;

    fn try_from(stored: Stored) -> Result<Self, Self::Error> {
        let Stored { key, since, form, act, pending, voice, receipt, problem } = stored;
        let what = match (form, act) {
            (Some(form), _) => What::Lodging(form),
            (None, Some(act)) => What::Acting(act),
            (None, None) => return Err("neither a grievance nor an action"),
        };
        Ok(Self { key, since, what, pending, voice, receipt, problem })
    }
}

impl From<Entry> for Stored {
    fn from(entry: Entry) -> Self {
        let Entry { key, since, what, pending, voice, receipt, problem } = entry;
        let (form, act) = match what {
            What::Lodging(form) => (Some(form), None),
            What::Acting(act) => (None, Some(act)),
        };
        Self { key, since, form, act, pending, voice, receipt, problem }
    }
}

/// One entry of the queue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Entry {
    /// Its idempotency key.
    pub key: String,
    /// When it was sent, in milliseconds since 1970 by the server's clock; 0 where that was not known.
    pub since: f64,
    /// What it sends.
    pub what: What,
    /// Its photos.
    pub pending: Vec<PendingUpload>,
    /// Its spoken note.
    pub voice: Option<PendingUpload>,
    /// The receipt, once the server has accepted it; photos may still be uploading.
    pub receipt: Option<Receipt>,
    /// Why the server refuses it, in words; it is then not retried automatically.
    pub problem: Option<String>,
}

impl Acting {
    /// The action with these photos added.
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
    /// An entry sent now; photos that cannot be sent are left out.
    #[must_use]
    pub fn new(key: String, what: What, pending: Vec<PendingUpload>, voice: Option<PendingUpload>) -> Self {
        let pending = pending.into_iter().filter(|pending| pending.unfit.is_none()).collect();
        Self { key, since: Self::now(), what, pending, voice, receipt: None, problem: None }
    }

    /// The current time, for `since`.
    #[must_use]
    pub fn now() -> f64 {
        moment_sent()
    }

    /// Whether it has waited for seven days; never judged by the phone's own clock.
    #[must_use]
    pub fn is_old(&self) -> bool {
        self.since > 0.0 && Self::now() - self.since > OLD
    }

    /// Whether it sends this grievance, ignoring the server's names of its photos.
    #[must_use]
    pub fn is_of(&self, form: &Lodging) -> bool {
        let plain = |form: &Lodging| Lodging { photos: Vec::new(), voice: None, ..form.clone() };
        matches!(&self.what, What::Lodging(sent) if plain(sent) == plain(form))
    }

    /// Whether it is an action with this text.
    #[must_use]
    pub fn says(&self, words: &str) -> bool {
        matches!(&self.what, What::Acting(acting) if acting.words == words)
    }

    /// Whether the server has accepted it; photos may still be uploading.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        match &self.what {
            What::Lodging(_) => self.receipt.is_some(),
            What::Acting(acting) => acting.taken,
        }
    }

    /// All its photos and the spoken note.
    pub fn all_pending(&self) -> impl Iterator<Item = &PendingUpload> {
        self.pending.iter().chain(&self.voice)
    }

    /// The number of photos and spoken notes that are not uploaded yet.
    #[must_use]
    pub fn left(&self) -> u32 {
        u32::try_from(self.all_pending().filter(|pending| pending.is_to_go()).count()).unwrap_or(0)
    }
}

/// Whether the queue is empty; cheap, for the first page.
#[must_use]
pub fn is_empty() -> bool {
    is_none_at(PLACE)
}

/// All entries, oldest first. An entry of another version is read as far as possible.
#[must_use]
pub fn entries() -> Vec<Entry> {
    stored(PLACE).into_iter().filter_map(salvaged).collect()
}

fn salvaged(mut stored: Value) -> Option<Entry> {
    if let Some(form) = stored.get_mut("form") {
        *form = json::value(&salvage::<Lodging>(form));
    }
    json::from(&stored)
}

/// Stores a new or changed entry; false where the phone has no room.
pub fn put(entry: &Entry) -> bool {
    change(PLACE, &entry.key, Some(json::value(entry)))
}

/// Deletes an entry.
pub fn remove(key: &str) {
    change(PLACE, key, None);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_older_version_kept_is_still_sent() {
        let kept = serde_json::json!({
            "key": "k", "since": 5.0, "form": { "text": "জল নেই", "newer": 1 }, "receipt": null,
            "pending": [{ "local": "a", "id": null, "length": 9, "sent": false }],
        });
        let entry = salvaged(kept).expect("an entry");
        assert!(matches!(&entry.what, What::Lodging(form) if form.text == "জল নেই"));
        assert_eq!(entry.left(), 1);
        let again = salvaged(serde_json::to_value(&entry).expect("JSON")).expect("an entry");
        assert_eq!(again, entry);
    }
}
