//! What somebody has begun to write about cases, kept until it has been sent: through another form, Back, another language, a
//! reload, the end of the session. On the device it lies encrypted with a key that only the session knows; it goes after 72
//! hours, and at sign-out.

use gloo_timers::callback::Timeout;
use js_sys::{Array, Object, Reflect, Uint8Array};
use leptos::prelude::*;
use model::Reference;
use model::lifecycle::ActionKind;
use model::names::code_of;
use model::wire::Me;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
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

/// Something begun.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Draft {
    /// When it was last changed, in milliseconds since 1970.
    at: i64,
    /// What is entered, as the form keeps it.
    form: Value,
}

type All = BTreeMap<String, Draft>;

/// What has been begun on this device by whom the page shows.
#[derive(Clone, Copy)]
pub struct Drafts {
    all: RwSignal<All>,
    /// Whether what lay on the device has been read.
    pub read: RwSignal<bool>,
    key: StoredValue<Option<CryptoKey>, LocalStorage>,
    mark: StoredValue<String>,
    writing: StoredValue<Option<Timeout>, LocalStorage>,
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

fn place(mark: &str) -> String {
    format!("pratikar.staff.drafts.{mark}")
}

fn name(reference: Reference, kind: ActionKind) -> String {
    format!("{reference} {}", code_of(&kind))
}

impl Drafts {
    /// Provides the drafts above all pages.
    #[must_use]
    pub fn provide() -> Self {
        let drafts = Self {
            all: RwSignal::new(All::new()),
            read: RwSignal::new(false),
            key: StoredValue::new_local(None),
            mark: StoredValue::new(String::new()),
            writing: StoredValue::new_local(None),
        };
        provide_context(drafts);
        drafts
    }

    /// The drafts of this app.
    #[must_use]
    pub fn of_app() -> Self {
        use_context().unwrap_or_else(Self::provide)
    }

    /// Reads what this member of staff has begun on this device.
    pub async fn open(self, me: &Me) {
        if self.mark.get_value() == me.mark && self.read.get_untracked() {
            return;
        }
        self.mark.set_value(me.mark.clone());
        let key = import(&me.device_key.0).await;
        self.key.set_value(key.clone());
        let mut all = All::new();
        if let Some(key) = &key
            && let Some(kept) = storage().and_then(|storage| storage.get_item(&place(&me.mark)).ok().flatten())
            && let Some(text) = decrypt(key, &kept).await
        {
            all = json::read(&text).unwrap_or_default();
        }
        let now = clock::now();
        all.retain(|_, draft| now - draft.at < KEPT);
        self.all.set(all);
        self.read.set(true);
    }

    /// What was begun of an action on a case.
    #[must_use]
    pub fn get(self, reference: Reference, kind: ActionKind) -> Option<Value> {
        self.all.with_untracked(|all| all.get(&name(reference, kind)).map(|draft| draft.form.clone()))
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
        let name = name(reference, kind);
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

    /// Whether there are some, or may be: what lies on the device has not been read yet.
    #[must_use]
    pub fn may_be(self) -> bool {
        let lies_here =
            || storage().and_then(|storage| storage.get_item(&place(&person::mark())).ok().flatten()).is_some();
        self.all.with_untracked(|all| !all.is_empty()) || (!self.read.get_untracked() && lies_here())
    }

    /// Deletes all of them, on the device as well.
    pub fn forget(self) {
        self.writing.update_value(|writing| drop(writing.take()));
        if let Some(storage) = storage() {
            let _ = storage.remove_item(&place(&person::mark()));
        }
        self.all.set(All::new());
        self.close();
    }

    /// The session has ended: what was begun stays on the device, and nobody reads it before they have signed in.
    pub fn close(self) {
        self.key.set_value(None);
        self.mark.set_value(String::new());
        self.read.set(false);
    }

    fn write(self) {
        let Some(key) = self.key.try_get_value().flatten() else { return };
        let (mark, all) = (self.mark.get_value(), self.all.get_untracked());
        leptos::task::spawn_local(async move {
            let Some(storage) = storage() else { return };
            if all.is_empty() {
                let _ = storage.remove_item(&place(&mark));
            } else if let Some(kept) = encrypt(&key, &json::text(&json::value(&all))).await {
                let _ = storage.set_item(&place(&mark), &kept);
            }
        });
    }
}

fn crypto() -> Option<web_sys::Crypto> {
    web_sys::window()?.crypto().ok()
}

async fn awaited<T: JsCast>(promise: Result<js_sys::Promise, JsValue>) -> Option<T> {
    JsFuture::from(promise.ok()?).await.ok()?.dyn_into().ok()
}

/// The key from its hexadecimal digits; `None` for nobody, and where the browser encrypts nothing.
async fn import(digits: &str) -> Option<CryptoKey> {
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

async fn encrypt(key: &CryptoKey, text: &str) -> Option<String> {
    let crypto = crypto()?;
    let nonce = Uint8Array::new_with_length(NONCE);
    crypto.get_random_values_with_js_u8_array(&nonce).ok()?;
    let sealed = crypto.subtle().encrypt_with_object_and_u8_array(&algorithm(&nonce)?, key, text.as_bytes());
    let sealed: js_sys::ArrayBuffer = awaited(sealed).await?;
    Some(format!("{}{}", to_hex(&nonce.to_vec()), to_hex(&Uint8Array::new(&sealed).to_vec())))
}

async fn decrypt(key: &CryptoKey, kept: &str) -> Option<String> {
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
