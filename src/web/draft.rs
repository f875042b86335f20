//! What is typed is kept on the phone until it is sent or deleted (OFF-20, OFF-21).

use crate::api::new_key;
use model::api::Receipt;
use model::lodging::Lodging;
use serde::{Deserialize, Serialize};

const DRAFT: &str = "pratikar.draft";
const RECEIPTS: &str = "pratikar.receipts";
/// Raised when the draft's shape changes; older ones are read by what they have in common.
const VERSION: u8 = 1;
/// Milliseconds after which a draft is forgotten: seven days.
const LIFE: f64 = 7.0 * 24.0 * 3600.0 * 1000.0;

/// An unfinished grievance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    version: u8,
    changed: f64,
    /// The key under which it is lodged once.
    pub key: String,
    /// The answers so far.
    #[serde(default)]
    pub form: Lodging,
    /// Whether the category question has been answered, "I do not know" included.
    #[serde(default)]
    pub category_answered: bool,
}

impl Draft {
    fn new() -> Self {
        Self {
            version: VERSION,
            changed: js_sys::Date::now(),
            key: new_key(),
            form: Lodging::default(),
            category_answered: false,
        }
    }

    /// The one on this phone, or a new one.
    #[must_use]
    pub fn load() -> Self {
        let stored: Option<Self> = storage()
            .and_then(|storage| storage.get_item(DRAFT).ok().flatten())
            .and_then(|json| serde_json::from_str(&json).ok());
        stored
            .filter(|draft| draft.version == VERSION && js_sys::Date::now() - draft.changed < LIFE)
            .unwrap_or_else(Self::new)
    }

    /// Keeps it on this phone; false where the phone has no room.
    pub fn save(&self) -> bool {
        let draft = Self { changed: js_sys::Date::now(), ..self.clone() };
        serde_json::to_string(&draft).ok().and_then(|json| storage()?.set_item(DRAFT, &json).ok()).is_some()
    }

    /// Forgets it.
    pub fn delete() {
        if let Some(storage) = storage() {
            let _ = storage.remove_item(DRAFT);
        }
    }

    /// Whether anything has been typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.form.text.trim().is_empty()
    }
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

/// The receipts on this phone, newest first: numbers and days, no words.
#[must_use]
pub fn receipts() -> Vec<Receipt> {
    storage()
        .and_then(|storage| storage.get_item(RECEIPTS).ok().flatten())
        .and_then(|json| serde_json::from_str(&json).ok())
        .unwrap_or_default()
}

/// Keeps a receipt on this phone.
pub fn keep_receipt(receipt: &Receipt) {
    let mut all = receipts();
    all.retain(|known| known.reference != receipt.reference);
    all.insert(0, receipt.clone());
    all.truncate(20);
    if let (Some(storage), Ok(json)) = (storage(), serde_json::to_string(&all)) {
        let _ = storage.set_item(RECEIPTS, &json);
    }
}
