//! How somebody likes to work, kept on the device: keys on or off, and what happens after a decision. No names, nothing of a
//! case.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use web::json;

/// Storage key.
const PLACE: &str = "pratikar.staff.habits";

/// How somebody works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Habits {
    /// Whether single letters act.
    pub keys: bool,
    /// Seconds for which a decision can be taken back while the next case is shown already; 0 sends it at once and stays on
    /// the case.
    pub undo: u32,
    /// Whether digits, dates and places of texts in another script are read in the page's.
    pub script: bool,
}

impl Default for Habits {
    fn default() -> Self {
        Self { keys: true, undo: 10, script: false }
    }
}

/// The choices of [`Habits::undo`].
pub const UNDO: [u32; 3] = [10, 30, 0];

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

fn kept() -> Option<Habits> {
    json::from(&json::read(&storage()?.get_item(PLACE).ok().flatten()?)?)
}

/// The habits of this device; changes are kept.
#[must_use]
pub fn use_habits() -> RwSignal<Habits> {
    use_context().unwrap_or_else(provide_habits)
}

/// Reads the habits; once in an app, above its pages.
pub fn provide_habits() -> RwSignal<Habits> {
    let habits = RwSignal::new(kept().unwrap_or_default());
    provide_context(habits);
    Effect::new(move |before: Option<()>| {
        let now = habits.get();
        if before.is_some()
            && let Some(storage) = storage()
        {
            let _ = storage.set_item(PLACE, &json::text(&json::value(&now)));
        }
    });
    habits
}
