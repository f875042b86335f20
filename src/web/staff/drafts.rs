//! What somebody has begun to write about cases, kept until it has been sent: through another form, Back, another language, a
//! reload, the end of the session. On the device it lies encrypted with a key that only the session knows; it goes after 72
//! hours, and at sign-out.

use crate::along::Along;
use gloo_timers::callback::Timeout;
use js_sys::{Array, Object, Reflect, Uint8Array};
use leptos::{ev, prelude::*};
use model::Reference;
use model::lifecycle::ActionKind;
use model::names::code_of;
use model::wire::Me;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web::{clock, json, person};
use web_sys::CryptoKey;

/// Milliseconds for which something begun is kept.
const KEPT: i64 = 72 * 3_600_000;
/// Milliseconds after the last key until it is written to the device.
const PAUSE: u32 = 400;
/// Bytes of the random number before each encrypted text (AES-GCM).
const NONCE: u32 = 12;
/// What the storage keys of all drafts begin with, whoever's they are.
const DRAFTS: &str = "pratikar.staff.drafts.";

/// Something begun.
#[derive(Debug, Clone, PartialEq)]
struct Draft {
    /// When it was last changed, in milliseconds since 1970.
    at: i64,
    /// What is entered, as the form keeps it.
    form: Value,
}

/// What has been begun on this device by whom the page shows. Every draft is a record of its own, so that two tabs of
/// one person do not overwrite each other's; what another tab writes is read as it is written.
#[derive(Clone, Copy)]
pub struct Drafts {
    all: RwSignal<BTreeMap<String, Draft>>,
    /// Whether what lay on the device has been read.
    pub read: RwSignal<bool>,
    key: StoredValue<Option<CryptoKey>, LocalStorage>,
    mark: StoredValue<String>,
    /// The names of those that have changed since they were last written.
    changed: StoredValue<BTreeSet<String>>,
    writing: StoredValue<Option<Timeout>, LocalStorage>,
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

/// What the storage keys of one person's drafts begin with.
fn place(mark: &str) -> String {
    format!("{DRAFTS}{mark}/")
}

fn name(reference: Reference, kind: ActionKind) -> String {
    format!("{reference} {}", code_of(&kind))
}

/// The storage keys that begin so.
fn stored(prefix: &str) -> Vec<String> {
    let Some(storage) = storage() else { return Vec::new() };
    let count = storage.length().unwrap_or_default();
    let keys = (0..count).filter_map(|index| storage.key(index).ok().flatten());
    keys.filter(|key| key.starts_with(prefix)).collect()
}

fn stored_at(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

fn remove(key: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(key);
    }
}

/// A record's time, which is in clear so that it can go when its time is over whoever opens the page, and its secret.
fn parts(kept: &str) -> Option<(i64, &str)> {
    let (at, secret) = kept.split_once(':')?;
    Some((at.parse().ok()?, secret))
}

async fn opened(key: &CryptoKey, kept: &str) -> Option<Draft> {
    let (at, secret) = parts(kept)?;
    Some(Draft { at, form: json::read(&decrypt(key, secret).await?)? })
}

impl Drafts {
    /// Provides the drafts above all pages.
    #[must_use]
    pub fn provide() -> Self {
        let drafts = Self {
            all: RwSignal::new(BTreeMap::new()),
            read: RwSignal::new(false),
            key: StoredValue::new_local(None),
            mark: StoredValue::new(String::new()),
            changed: StoredValue::new(BTreeSet::new()),
            writing: StoredValue::new_local(None),
        };
        let written = window_event_listener(ev::Custom::<web_sys::Event>::new("storage"), move |event| {
            let key = Reflect::get(&event, &"key".into()).ok().and_then(|key| key.as_string());
            let place = place(&drafts.mark.get_value());
            if let Some(name) = key.as_deref().and_then(|key| key.strip_prefix(&place)) {
                drafts.follow(name.to_owned());
            }
        });
        // A page that is left may not come back.
        let hidden =
            window_event_listener(ev::Custom::<web_sys::Event>::new("visibilitychange"), move |_| drafts.write());
        on_cleanup(move || {
            written.remove();
            hidden.remove();
        });
        provide_context(drafts);
        drafts
    }

    /// The drafts of this app.
    #[must_use]
    pub fn of_app() -> Self {
        use_context().unwrap_or_else(Self::provide)
    }

    /// Keeps what is written in a field of a form about no case, and brings it back.
    pub fn keep<T>(self, name: String, value: RwSignal<T>)
    where
        T: Default + Clone + PartialEq + Send + Sync + Serialize + DeserializeOwned + 'static,
    {
        let of = name.clone();
        Effect::new(move |_| {
            if self.read.get()
                && value.with_untracked(|value| *value == T::default())
                && let Some(begun) = self.get_form(&of).and_then(|begun| json::from::<T>(&begun))
            {
                value.set(begun);
            }
        });
        Effect::new(move |before: Option<T>| {
            let now = value.get();
            if before.is_some_and(|before| before != now) {
                self.put_form(&name, (now != T::default()).then(|| json::value(&now)));
            }
            now
        });
    }

    /// Reads what this member of staff has begun on this device.
    pub async fn open(self, me: &Me) {
        if self.mark.get_value() == me.mark && self.read.get_untracked() {
            return;
        }
        self.mark.set_value(me.mark.clone());
        // Without a line nobody gives the key; who took cases along has it on the device.
        let key = match import(&me.device_key.0).await {
            Some(key) => Some(key),
            None => Along::key().await,
        };
        self.key.set_value(key.clone());
        let oldest = clock::now() - KEPT;
        for key in stored(DRAFTS) {
            if stored_at(&key).and_then(|kept| parts(&kept).map(|(at, _)| at)).is_none_or(|at| at <= oldest) {
                remove(&key);
            }
        }
        let (place, mut all) = (place(&me.mark), BTreeMap::new());
        for stored in stored(&place) {
            let (Some(key), Some(kept)) = (&key, stored_at(&stored)) else { continue };
            if let Some(draft) = opened(key, &kept).await {
                all.insert(stored[place.len()..].to_owned(), draft);
            }
        }
        self.all.set(all);
        self.read.set(true);
    }

    /// What was begun of an action on a case.
    #[must_use]
    pub fn get(self, reference: Reference, kind: ActionKind) -> Option<Value> {
        self.get_form(&name(reference, kind))
    }

    /// What was begun in a form that is about no case yet.
    #[must_use]
    pub fn get_form(self, name: &str) -> Option<Value> {
        self.all.with_untracked(|all| all.get(name).map(|draft| draft.form.clone()))
    }

    /// The action on a case that was begun last, among these; `None` where none was.
    #[must_use]
    pub fn newest(self, reference: Reference, among: &[ActionKind]) -> Option<ActionKind> {
        self.all.with_untracked(|all| {
            let begun = among.iter().filter_map(|kind| Some((all.get(&name(reference, *kind))?.at, *kind)));
            begun.max_by_key(|(at, _)| *at).map(|(_, kind)| kind)
        })
    }

    /// Keeps what is entered, or forgets it.
    pub fn put(self, reference: Reference, kind: ActionKind, form: Option<Value>) {
        self.put_form(&name(reference, kind), form);
    }

    /// As [`Drafts::put`], for a form that is about no case yet.
    pub fn put_form(self, name: &str, form: Option<Value>) {
        let name = name.to_owned();
        self.changed.update_value(|changed| {
            changed.insert(name.clone());
        });
        self.all.update(|all| match form {
            Some(form) => drop(all.insert(name, Draft { at: clock::now(), form })),
            None => drop(all.remove(&name)),
        });
        self.writing.set_value(Some(Timeout::new(PAUSE, move || self.write())));
    }

    /// How many there are; tracked.
    #[must_use]
    pub fn count(self) -> usize {
        self.all.with(BTreeMap::len)
    }

    /// Whether there are some, in any tab; those that lie on the device count before they have been read.
    #[must_use]
    pub fn may_be(self) -> bool {
        self.all.with_untracked(|all| !all.is_empty()) || !stored(&place(&person::mark())).is_empty()
    }

    /// Deletes all of them, on the device as well.
    pub fn forget(self) {
        self.writing.update_value(|writing| drop(writing.take()));
        self.changed.set_value(BTreeSet::new());
        stored(&place(&person::mark())).iter().for_each(|key| remove(key));
        self.all.set(BTreeMap::new());
        self.close();
    }

    /// The session has ended: what was begun stays on the device, and nobody reads it before they have signed in.
    pub fn close(self) {
        self.key.set_value(None);
        self.mark.set_value(String::new());
        self.read.set(false);
    }

    /// Reads one that another tab has written or removed. A form that is open keeps what is typed in it.
    fn follow(self, name: String) {
        let Some(key) = self.key.try_get_value().flatten() else { return };
        let place = place(&self.mark.get_value());
        leptos::task::spawn_local(async move {
            let draft = match stored_at(&format!("{place}{name}")) {
                Some(kept) => opened(&key, &kept).await,
                None => None,
            };
            self.all.try_update(|all| match draft {
                Some(draft) => drop(all.insert(name, draft)),
                None => drop(all.remove(&name)),
            });
        });
    }

    fn write(self) {
        let Some(key) = self.key.try_get_value().flatten() else { return };
        let place = place(&self.mark.get_value());
        for name in self.changed.try_update_value(std::mem::take).unwrap_or_default() {
            let stored = format!("{place}{name}");
            let Some(draft) = self.all.with_untracked(|all| all.get(&name).cloned()) else {
                remove(&stored);
                continue;
            };
            let key = key.clone();
            leptos::task::spawn_local(async move {
                let secret = encrypt(&key, &json::text(&draft.form)).await;
                // Encrypting takes a moment, in which it may have been changed, sent or deleted.
                let is_newest = self.all.try_with_untracked(|all| all.get(&name) == Some(&draft)) == Some(true);
                if let (true, Some(secret), Some(storage)) = (is_newest, secret, storage()) {
                    let _ = storage.set_item(&stored, &format!("{}:{secret}", draft.at));
                }
            });
        }
    }
}

fn crypto() -> Option<web_sys::Crypto> {
    web_sys::window()?.crypto().ok()
}

async fn awaited<T: JsCast>(promise: Result<js_sys::Promise, JsValue>) -> Option<T> {
    JsFuture::from(promise.ok()?).await.ok()?.dyn_into().ok()
}

/// The key from its hexadecimal digits; `None` for nobody, and where the browser encrypts nothing.
pub async fn import(digits: &str) -> Option<CryptoKey> {
    let bytes = from_hex(digits).filter(|bytes| bytes.len() == 32)?;
    let uses = Array::of2(&"encrypt".into(), &"decrypt".into());
    let raw = Uint8Array::from(bytes.as_slice());
    awaited(crypto()?.subtle().import_key_with_str("raw", &raw, "AES-GCM", false, &uses)).await
}

fn algorithm(nonce: &Uint8Array) -> Option<Object> {
    let algorithm = Object::new();
    Reflect::set(&algorithm, &"name".into(), &"AES-GCM".into()).ok()?;
    Reflect::set(&algorithm, &"iv".into(), nonce).ok()?;
    Some(algorithm)
}

/// Encrypts a text; the random number that belongs to it stands before it.
pub async fn encrypt(key: &CryptoKey, text: &str) -> Option<String> {
    let crypto = crypto()?;
    let nonce = Uint8Array::new_with_length(NONCE);
    crypto.get_random_values_with_js_u8_array(&nonce).ok()?;
    let sealed = crypto.subtle().encrypt_with_object_and_u8_array(&algorithm(&nonce)?, key, text.as_bytes());
    let sealed: js_sys::ArrayBuffer = awaited(sealed).await?;
    Some(format!("{}{}", to_hex(&nonce.to_vec()), to_hex(&Uint8Array::new(&sealed).to_vec())))
}

/// What [`encrypt`] has encrypted; `None` where it was another key, or it was changed.
pub async fn decrypt(key: &CryptoKey, kept: &str) -> Option<String> {
    let bytes = from_hex(kept)?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE as usize)?;
    let algorithm = algorithm(&Uint8Array::from(nonce))?;
    let opened = crypto()?.subtle().decrypt_with_object_and_u8_array(&algorithm, key, sealed);
    let opened: js_sys::ArrayBuffer = awaited(opened).await?;
    String::from_utf8(Uint8Array::new(&opened).to_vec()).ok()
}

fn to_hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    pairs.collect()
}
