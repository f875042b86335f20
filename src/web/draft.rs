//! What is typed is kept on the phone until it is sent or deleted (OFF-20, OFF-21).
//!
//! The first answer lies by itself, for the first page needs no more; everything else is read and written by the part of
//! the app that asks for it.

use crate::api::new_key;
use crate::upload::Held;
use leptos::prelude::*;
use model::api::Receipt;
use model::lodging::Lodging;
use serde::{Deserialize, Serialize};

const TEXT: &str = "pratikar.text";
const TYPED: &str = "pratikar.typed";
const DRAFT: &str = "pratikar.draft";
const RECEIPTS: &str = "pratikar.receipts";
/// Raised when the draft's shape changes; older ones are read by what they have in common.
const VERSION: u8 = 2;
/// Milliseconds after which a draft is forgotten: seven days.
const LIFE: u64 = 7 * 24 * 3600 * 1000;

/// Milliseconds since 1970. Whole numbers: reading and writing fractions is code that the first page would carry.
fn now() -> u64 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // milliseconds since 1970 fit
    let now = js_sys::Date::now() as u64;
    now
}

/// The first answer with its time, as it is written.
fn stamped(text: &str) -> String {
    let mut kept = now().to_string();
    kept.push('\n');
    kept.push_str(text);
    kept
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

fn read(name: &str) -> Option<String> {
    storage()?.get_item(name).ok().flatten()
}

fn write(name: &str, value: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(name, value);
    }
}

fn remove(name: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(name);
    }
}

/// The first answer: what happened. Kept with every change: a reload, a crash or an empty battery loses nothing.
#[derive(Clone, Copy)]
pub struct First {
    /// What is typed.
    pub text: RwSignal<String>,
    /// Where signals live that outlive a page.
    root: StoredValue<Option<Owner>>,
    /// The other answers, once somebody has come to them.
    rest: StoredValue<Option<RwSignal<Draft>>>,
    /// Empties them.
    empty: StoredValue<Option<Callback<()>>>,
    /// Whether they lie in the outbox, and not here.
    aside: StoredValue<bool>,
}

impl First {
    /// What is on this phone; to be called above all pages.
    #[must_use]
    pub fn provide() -> Self {
        let kept = read(TEXT).unwrap_or_default();
        let (since, text) = kept.split_once('\n').unwrap_or(("0", ""));
        let fresh = since.parse::<u64>().is_ok_and(|since| now().saturating_sub(since) < LIFE);
        let first = Self {
            text: RwSignal::new(if fresh { text.to_owned() } else { String::new() }),
            root: StoredValue::new(Owner::current()),
            rest: StoredValue::new(None),
            empty: StoredValue::new(None),
            aside: StoredValue::new(false),
        };
        Effect::new(move |before: Option<()>| {
            let text = first.text.get();
            if text.is_empty() {
                remove(TEXT);
            } else if before.is_some() || !fresh {
                write(TEXT, &stamped(&text));
            }
        });
        provide_context(first);
        first
    }

    /// Keeps what else was typed into the HTML before the app came: place, name, mobile.
    pub fn adopt(others: &[String; 3]) {
        if others.iter().any(|typed| !typed.is_empty()) {
            write(TYPED, &others.join("\n"));
        }
    }

    /// Whether nothing has been typed.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.text.with(|text| text.trim().is_empty())
    }

    /// Takes the answers from the phone and leaves them on the screen: they lie in the outbox now.
    pub fn set_aside(self) {
        self.aside.set_value(true);
        for name in [TEXT, TYPED, DRAFT] {
            remove(name);
        }
    }

    /// Keeps the answers on the phone again: they were not taken.
    pub fn take_back(self) {
        self.aside.set_value(false);
        write(TEXT, &stamped(&self.text.get_untracked()));
        self.all().with_untracked(Draft::save);
    }

    /// Deletes every answer, here and on the phone.
    pub fn delete(self) {
        self.set_aside();
        self.aside.set_value(false);
        self.text.set(String::new());
        if let Some(empty) = self.empty.get_value() {
            empty.run(());
        }
    }

    /// All answers, from where somebody has come to more than the first.
    #[must_use]
    pub fn all(self) -> RwSignal<Draft> {
        let draft = self.rest.get_value().unwrap_or_else(|| {
            let make = || {
                let draft = RwSignal::new(Draft::load());
                Effect::new(move |_| {
                    draft.with(|draft| {
                        if !self.aside.get_value() {
                            draft.save();
                        }
                    });
                });
                (draft, Callback::new(move |()| draft.set(Draft::new())))
            };
            // Above all pages, for it outlives the one that first asks for it.
            let (draft, empty) = self.root.get_value().map_or_else(make, |root| root.with(make));
            self.rest.set_value(Some(draft));
            self.empty.set_value(Some(empty));
            draft
        });
        // The first page writes its answer by itself.
        let text = self.text.get_untracked();
        if draft.with_untracked(|draft| draft.form.text != text) {
            draft.update(|draft| draft.form.text = text);
        }
        draft
    }
}

/// The first answer, from anywhere below the app.
#[must_use]
pub fn use_first() -> First {
    use_context().unwrap_or_else(First::provide)
}

/// An unfinished grievance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    version: u8,
    changed: u64,
    /// The key under which it is lodged once.
    pub key: String,
    /// The answers so far.
    #[serde(default)]
    pub form: Lodging,
    /// Whether the category question has been answered, "I do not know" included.
    #[serde(default)]
    pub category_answered: bool,
    /// The photos, which may still be on their way.
    #[serde(default)]
    pub held: Vec<Held>,
}

impl Draft {
    fn new() -> Self {
        Self {
            version: VERSION,
            changed: now(),
            key: new_key(),
            form: Lodging::default(),
            category_answered: false,
            held: Vec::new(),
        }
    }

    /// The one on this phone, or a new one.
    fn load() -> Self {
        let stored: Option<Self> = read(DRAFT).and_then(|json| serde_json::from_str(&json).ok());
        let fits = |draft: &Self| draft.version <= VERSION && now().saturating_sub(draft.changed) < LIFE;
        let mut draft = stored.filter(fits).unwrap_or_else(Self::new);
        if let Some(typed) = read(TYPED) {
            let mut typed = typed.split('\n').map(str::to_owned);
            for answer in [&mut draft.form.landmark, &mut draft.form.name, &mut draft.form.mobile] {
                if let Some(typed) = typed.next().filter(|typed| !typed.is_empty()) {
                    *answer = typed;
                }
            }
            remove(TYPED);
        }
        draft
    }

    /// Keeps it on this phone, without the first answer, which lies by itself.
    fn save(&self) {
        let form = Lodging { text: String::new(), ..self.form.clone() };
        let draft = Self { version: VERSION, changed: now(), form, ..self.clone() };
        // An empty one is not kept: nothing has been typed.
        if draft.form == Lodging::default() && draft.held.is_empty() && !draft.category_answered {
            return;
        }
        if let Ok(json) = serde_json::to_string(&draft) {
            write(DRAFT, &json);
        }
    }
}

/// The receipts on this phone, newest first: numbers and days, no words.
#[must_use]
pub fn receipts() -> Vec<Receipt> {
    read(RECEIPTS).and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default()
}

/// Keeps a receipt on this phone.
pub fn keep_receipt(receipt: &Receipt) {
    let mut all = receipts();
    all.retain(|known| known.reference != receipt.reference);
    all.insert(0, receipt.clone());
    all.truncate(20);
    if let Ok(json) = serde_json::to_string(&all) {
        write(RECEIPTS, &json);
    }
}
