//! The draft: what is typed is kept on the phone until it is sent or deleted (OFF-20, OFF-21).
//!
//! The first answer is stored separately because the first page needs only that. The part of the app that needs the
//! other answers reads and writes them.

use crate::api::new_key;
use crate::clock;
use crate::component::Album;
use crate::json;
use crate::unsent;
use crate::upload::{self, PendingUpload};
use leptos::prelude::*;
use model::lodging::Lodging;
use model::wire::Receipt;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::cell::RefCell;

const TEXT: &str = "pratikar.text";
const SPOKEN: &str = "pratikar.spoken";
const TYPED: &str = "pratikar.typed";
const DRAFT: &str = "pratikar.draft";
/// Storage key by which a tab tells the others, for a moment, which words it is sending.
const SENT: &str = "pratikar.sent";
const RECEIPTS: &str = "pratikar.receipts";
/// Prefix of the storage keys for the photos of actions.
const ALBUM: &str = "pratikar.album.";
/// Raised when the draft's format changes; drafts of another version are read as far as they match.
const VERSION: u8 = 3;
/// Milliseconds after which a draft is deleted: seven days.
const LIFE: u64 = 7 * 24 * 3600 * 1000;
/// Milliseconds that a draft may be ahead of the server's clock; beyond that it was dated by another clock.
const AHEAD: u64 = 24 * 3600 * 1000;

/// Milliseconds since 1970 by the server's clock; 0 before this page's first answer, because the phone's own clock may
/// be years off. An integer: code that formats fractions would enlarge the first page.
fn now() -> u64 {
    clock::told().unwrap_or(0)
}

/// The first answer with its time, as stored.
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

/// Returns false where the browser does not store it: storage is denied or full.
fn write(name: &str, value: &str) -> bool {
    storage().is_some_and(|storage| storage.set_item(name, value).is_ok())
}

fn remove(name: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(name);
    }
}

/// The first answer: what happened. Stored at every change, so that a reload, a crash or an empty battery loses
/// nothing.
#[derive(Clone, Copy)]
pub struct DraftHandle {
    /// What is typed.
    pub text: RwSignal<String>,
    /// Whether there is a spoken note, or one is being recorded.
    pub spoken: RwSignal<bool>,
    /// Whether the latest text is stored on the phone.
    pub kept: RwSignal<bool>,
    /// Owner of the signals that outlive a page.
    root: StoredValue<Option<Owner>>,
    /// The other answers, once they have been needed.
    rest: StoredValue<Option<RwSignal<Draft>>>,
    /// Clears the other answers.
    empty: StoredValue<Option<Callback<()>>>,
    /// Reads the other answers again after another tab has written them.
    reload: StoredValue<Option<Callback<()>>>,
    /// The photos of the grievance.
    album: StoredValue<Option<Album>>,
    /// The photos of actions opened in this visit, by name.
    albums: StoredValue<Vec<(String, RwSignal<Vec<PendingUpload>>)>>,
    /// Whether the answers have moved to the queue.
    aside: StoredValue<bool>,
    /// Whether this tab has cleared its answers after sending; what the phone then stores is another tab's.
    emptied: StoredValue<bool>,
    /// The words that another tab has just sent.
    sent: StoredValue<Option<String>>,
    /// Whether another tab has sent the draft that this one shows.
    pub gone: RwSignal<bool>,
}

impl DraftHandle {
    /// Reads what is on this phone; call it above all pages.
    #[must_use]
    pub fn provide() -> Self {
        let kept = read(TEXT).unwrap_or_default();
        let kept = kept.split_once('\n').map_or("", |(_, text)| text).to_owned();
        let handle = Self {
            text: RwSignal::new(kept.clone()),
            spoken: RwSignal::new(read(SPOKEN).is_some()),
            kept: RwSignal::new(true),
            root: StoredValue::new(Owner::current()),
            rest: StoredValue::new(None),
            empty: StoredValue::new(None),
            reload: StoredValue::new(None),
            album: StoredValue::new(None),
            albums: StoredValue::new(Vec::new()),
            aside: StoredValue::new(false),
            emptied: StoredValue::new(false),
            sent: StoredValue::new(None),
            gone: RwSignal::new(false),
        };
        Effect::new(move |before: Option<()>| {
            let text = handle.text.get();
            if text.is_empty() {
                if before.is_some() && !handle.emptied.get_value() {
                    remove(TEXT);
                }
            } else if before.is_some() || text != kept {
                handle.emptied.set_value(false);
                handle.kept.set(write(TEXT, &stamped(&text)));
            }
        });
        Effect::new(move |before: Option<()>| match (before, handle.spoken.get()) {
            (Some(()), true) => handle.kept.set(write(SPOKEN, &now().to_string())),
            (Some(()), false) if handle.emptied.get_value() => {}
            (Some(()), false) => remove(SPOKEN),
            (None, _) => {}
        });
        // All tabs show one draft: what another tab writes appears here as well.
        let written = window_event_listener(leptos::ev::Custom::<web_sys::Event>::new("storage"), move |event| {
            handle.hear(&event);
        });
        on_cleanup(move || written.remove());
        provide_context(handle);
        handle
    }

    /// Handles a change of the storage by another tab.
    fn hear(self, event: &web_sys::Event) {
        let told = |part: &str| js_sys::Reflect::get(event, &part.into()).ok().and_then(|name| name.as_string());
        match told("key").as_deref() {
            Some(SENT) => {
                if let Some(sent) = told("newValue") {
                    self.sent.set_value(Some(sent));
                }
            }
            Some(TEXT) => {
                let kept = read(TEXT);
                let text = kept.as_deref().and_then(|kept| kept.split_once('\n')).map_or("", |(_, text)| text);
                let shown = self.text.get_untracked();
                // Another text was sent than this one: this one stays, as a grievance of its own.
                let sent = self.sent.try_update_value(Option::take).flatten().filter(|_| kept.is_none());
                if !shown.is_empty() && sent.as_ref().is_some_and(|sent| *sent != shown) {
                    write(TEXT, &stamped(&shown));
                    return;
                }
                if shown != text {
                    self.text.set(text.to_owned());
                }
                if sent.is_some() {
                    self.gone.set(true);
                }
            }
            Some(SPOKEN) => self.spoken.set(read(SPOKEN).is_some()),
            Some(DRAFT) => {
                if let Some(reload) = self.reload.get_value() {
                    reload.run(());
                }
            }
            _ => {}
        }
    }

    /// Takes over what was typed into the plain HTML form before the app started: place, name, mobile.
    pub fn adopt(others: &[String; 3]) {
        if others.iter().any(|typed| !typed.is_empty()) {
            write(TYPED, &others.join("\n"));
        }
    }

    /// Whether nothing has been typed or recorded.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.text.with(|text| text.trim().is_empty()) && !self.spoken.get()
    }

    /// Whether a draft is stored on this phone.
    #[must_use]
    pub fn is_kept() -> bool {
        [TEXT, SPOKEN, DRAFT].into_iter().any(|name| read(name).is_some())
    }

    /// Deletes a draft that is seven days old, with its photos and spoken note (OFF-21). Only the server's time
    /// decides; a draft written before that was known, or by another clock, counts from now. Deletes nothing while
    /// `at_it`, that is, while somebody is filling in the form.
    pub fn forget_if_old(self, at_it: bool) {
        let Some(now) = clock::told() else { return };
        let draft = read(DRAFT).and_then(|json| json::parse(&json));
        let text = read(TEXT);
        let since = |kept: &str| kept.split('\n').next().and_then(|since| since.parse().ok()).unwrap_or(0);
        let stamps: Vec<u64> = [
            text.as_deref().map(since),
            read(SPOKEN).as_deref().map(since),
            draft.as_ref().map(|draft| draft.get("changed").and_then(Value::as_u64).unwrap_or(0)),
        ]
        .into_iter()
        .flatten()
        .collect();
        if stamps.iter().any(|since| *since == 0 || *since > now + AHEAD) {
            if let Some((_, text)) = text.as_deref().and_then(|text| text.split_once('\n')) {
                write(TEXT, &stamped(text));
            }
            if read(SPOKEN).is_some() {
                write(SPOKEN, &now.to_string());
            }
            if let Some(mut draft) = draft
                && let Some(changed) = draft.get_mut("changed")
            {
                *changed = now.into();
                write(DRAFT, &json::text(&draft));
            }
        } else if !at_it && !stamps.is_empty() && stamps.iter().all(|since| now.saturating_sub(*since) >= LIFE) {
            self.delete();
        }
    }

    /// Removes the answers from the draft's storage and leaves them on the screen: they are in the queue now.
    pub fn set_aside(self) {
        self.aside.set_value(true);
        [TEXT, TYPED, DRAFT, SPOKEN].into_iter().for_each(remove);
    }

    /// Like [`Self::set_aside`], and tells the other tabs which words were sent, so that they keep any other text.
    pub fn send_off(self, words: &str) {
        write(SENT, words);
        remove(SENT);
        self.set_aside();
    }

    /// Stores the answers on the phone again after the server has refused them.
    pub fn take_back(self) {
        self.aside.set_value(false);
        write(TEXT, &stamped(&self.text.get_untracked()));
        if self.spoken.get_untracked() {
            write(SPOKEN, &now().to_string());
        }
        self.all().with_untracked(Draft::save);
    }

    /// Clears the form here and on the phone: the answers are in the queue, at the server, or discarded.
    pub fn delete(self) {
        let gone = self.aside.get_value();
        if !gone {
            self.set_aside();
        }
        self.emptied.set_value(gone);
        self.aside.set_value(false);
        self.text.set(String::new());
        self.spoken.set(false);
        if let Some(empty) = self.empty.get_value() {
            empty.run(());
        }
    }

    /// All answers; read from the phone when first called.
    #[must_use]
    pub fn all(self) -> RwSignal<Draft> {
        let draft = self.rest.get_value().unwrap_or_else(|| {
            let make = || {
                let draft = RwSignal::new(Draft::load());
                Effect::new(move |_| {
                    let kept = draft.with(|draft| {
                        if self.emptied.get_value() {
                            if draft.is_untouched() {
                                return true;
                            }
                            self.emptied.set_value(false);
                        }
                        self.aside.get_value() || draft.save()
                    });
                    self.kept.set(kept);
                });
                let empty = Callback::new(move |()| {
                    draft.set(Draft::new());
                    tidy(draft);
                });
                tidy(draft);
                self.reload.set_value(Some(Callback::new(move |()| {
                    let mut fresh = Draft::load();
                    fresh.form.text = self.text.get_untracked();
                    fresh.changed = draft.with_untracked(|draft| draft.changed);
                    if draft.with_untracked(|draft| *draft != fresh) {
                        draft.set(fresh);
                    }
                })));
                let (pending, set) = create_slice(
                    draft,
                    |draft| draft.pending.clone(),
                    |draft, pending: Vec<PendingUpload>| draft.pending = pending,
                );
                self.album.set_value(Some(Album::of_part(pending, set)));
                (draft, empty)
            };
            // Owned above all pages, because it outlives the page that first asks for it.
            let (draft, empty) = self.root.get_value().map_or_else(make, |root| root.with(make));
            self.rest.set_value(Some(draft));
            self.empty.set_value(Some(empty));
            draft
        });
        // The first page stores its own answer.
        let text = self.text.get_untracked();
        if draft.with_untracked(|draft| draft.form.text != text) {
            draft.update(|draft| draft.form.text = text);
        }
        draft
    }
}

impl DraftHandle {
    /// The photos of the grievance.
    #[must_use]
    pub fn album(self) -> Album {
        let _ = self.all();
        self.album.get_value().unwrap_or_else(|| Album::of(RwSignal::new(Vec::new())))
    }

    /// The photos of an action, by name; kept on the phone until they are sent.
    #[must_use]
    pub fn album_of(self, name: &str) -> Album {
        let place = format!("{ALBUM}{name}");
        let known =
            self.albums.with_value(|all| all.iter().find(|(known, _)| *known == place).map(|(_, pending)| *pending));
        let make = || {
            let kept: Option<Vec<PendingUpload>> = read(&place).and_then(|json| json::read(&json));
            let kept = kept.unwrap_or_default().into_iter().map(PendingUpload::found_again);
            let pending: RwSignal<Vec<PendingUpload>> = RwSignal::new(kept.collect());
            let name = place.clone();
            Effect::new(move |_| {
                pending.with(|pending| {
                    if pending.is_empty() {
                        remove(&name);
                    } else {
                        write(&name, &json::text(&json::value(pending)));
                    }
                });
            });
            pending
        };
        Album::of(known.unwrap_or_else(|| {
            // Owned above all pages: an upload may finish after its page was left.
            let pending = self.root.get_value().map_or_else(make, |root| root.with(make));
            self.albums.update_value(|all| all.push((place.clone(), pending)));
            pending
        }))
    }

    /// Forgets the photos of all actions, at sign-out.
    pub fn forget_albums(self) {
        self.albums.with_value(|all| all.iter().for_each(|(_, pending)| pending.set(Vec::new())));
        albums().into_iter().for_each(|name| remove(&name));
        tidy(self.all());
    }
}

/// The storage keys of all photos of actions.
fn albums() -> Vec<String> {
    let Some(storage) = storage() else { return Vec::new() };
    let names = (0..storage.length().unwrap_or(0)).filter_map(|index| storage.key(index).ok().flatten());
    names.filter(|name| name.starts_with(ALBUM)).collect()
}

/// The first answer, for any component below the app.
#[must_use]
pub fn use_draft() -> DraftHandle {
    use_context().unwrap_or_else(DraftHandle::provide)
}

/// An unfinished grievance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    version: u8,
    changed: u64,
    /// The idempotency key under which it is lodged.
    pub key: String,
    /// The answers so far.
    #[serde(default)]
    pub form: Lodging,
    /// Whether the category question has been answered, "I do not know" included.
    #[serde(default)]
    pub category_answered: bool,
    /// The photos, uploaded or not.
    #[serde(default, alias = "held")]
    pub pending: Vec<PendingUpload>,
    /// The spoken note, uploaded or not.
    #[serde(default)]
    pub voice: Option<PendingUpload>,
}

/// Deletes photos and spoken notes that neither the form nor the queue refers to.
fn tidy(draft: RwSignal<Draft>) {
    let mut wanted: Vec<String> =
        draft.with_untracked(|draft| draft.all_pending().map(|pending| pending.local.clone()).collect());
    for entry in unsent::entries() {
        wanted.extend(entry.all_pending().map(|pending| pending.local.clone()));
    }
    for album in albums().iter().filter_map(|name| read(name)) {
        let pending: Vec<PendingUpload> = json::read(&album).unwrap_or_default();
        wanted.extend(pending.into_iter().map(|pending| pending.local));
    }
    leptos::task::spawn_local(async move { upload::forget_all_but(&wanted).await });
}

impl Draft {
    fn new() -> Self {
        Self {
            version: VERSION,
            changed: now(),
            key: new_key(),
            form: Lodging::default(),
            category_answered: false,
            pending: Vec::new(),
            voice: None,
        }
    }

    /// Whether only the first answer, if any, has been given.
    #[must_use]
    pub fn is_untouched(&self) -> bool {
        let form = Lodging { text: String::new(), ..self.form.clone() };
        form == Lodging::default() && self.all_pending().next().is_none() && !self.category_answered
    }

    /// All photos and the spoken note.
    pub fn all_pending(&self) -> impl Iterator<Item = &PendingUpload> {
        self.pending.iter().chain(&self.voice)
    }

    /// The draft on this phone, or a new one. A draft of another version is read as far as possible.
    fn load() -> Self {
        let stored = read(DRAFT).and_then(|json| json::parse(&json));
        let stored = stored.and_then(|mut stored| {
            let form: Lodging = salvage(stored.get("form")?);
            *stored.get_mut("form")? = json::value(&form);
            json::from::<Self>(&stored)
        });
        let mut draft = stored.unwrap_or_else(|| {
            remove(DRAFT);
            Self::new()
        });
        draft.pending = draft.pending.into_iter().map(PendingUpload::found_again).collect();
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

    /// Stores the draft without the first answer, which is stored separately; returns whether all of it is stored.
    fn save(&self) -> bool {
        let form = Lodging { text: String::new(), ..self.form.clone() };
        let draft = Self { version: VERSION, changed: now(), form, ..self.clone() };
        // An empty draft is not stored, and an older one is removed.
        if draft.is_untouched() {
            remove(DRAFT);
            return read(TEXT).is_some() || self.form.text.is_empty();
        }
        let mut kept = write(DRAFT, &json::text(&json::value(&draft)));
        // All answers carry the time of the newest.
        for (name, text) in [(TEXT, stamped(&self.form.text)), (SPOKEN, now().to_string())] {
            if read(name).is_some() {
                kept &= write(name, &text);
            }
        }
        kept && (self.form.text.is_empty() || read(TEXT).is_some())
    }
}

/// Reads what another version has stored: the fields this version understands, defaults for the rest.
#[must_use]
pub fn salvage<T: Default + Serialize + DeserializeOwned>(kept: &Value) -> T {
    let mut good = json::value(&T::default());
    let Some(names) = good.as_object().map(|parts| parts.keys().cloned().collect::<Vec<_>>()) else {
        return T::default();
    };
    for name in names {
        let (Some(part), Some(before)) = (kept.get(&name), good.get(&name).cloned()) else { continue };
        if let Some(slot) = good.get_mut(&name) {
            slot.clone_from(part);
        }
        if json::from::<T>(&good).is_none()
            && let Some(slot) = good.get_mut(&name)
        {
            *slot = before;
        }
    }
    json::from(&good).unwrap_or_default()
}

fn session() -> Option<web_sys::Storage> {
    web_sys::window()?.session_storage().ok().flatten()
}

/// What is typed on a page outside the form, kept under a name for as long as the browser's tab is open: a change of
/// language, a reload and the end of a session lose nothing.
#[must_use]
pub fn typed(name: String) -> RwSignal<String> {
    let value = RwSignal::new(kept_typed(&name));
    Effect::new(move |before: Option<()>| {
        let value = value.get();
        if before.is_some() {
            keep_typed(&name, &value);
        }
    });
    value
}

/// Stores what was typed under a name.
pub fn keep_typed(name: &str, value: &str) {
    if let Some(session) = session() {
        let _ = session.set_item(name, value);
    }
}

/// What was stored under a name; empty where there is nothing.
#[must_use]
pub fn kept_typed(name: &str) -> String {
    session().and_then(|session| session.get_item(name).ok().flatten()).unwrap_or_default()
}

/// Deletes what was typed under a name.
pub fn forget_typed(name: &str) {
    if let Some(session) = session() {
        let _ = session.remove_item(name);
    }
}

/// Deletes everything typed on such pages, at sign-out.
pub fn forget_all_typed() {
    if let Some(session) = session() {
        let _ = session.clear();
    }
}

thread_local! {
    /// The receipts of this visit, for a browser that stores nothing.
    static RECENT: RefCell<Vec<Receipt>> = const { RefCell::new(Vec::new()) };
}

/// Whether there are receipts on this phone.
#[must_use]
pub fn has_receipts() -> bool {
    read(RECEIPTS).is_some()
}

/// Deletes the receipts from this phone.
pub fn forget_receipts() {
    RECENT.take();
    remove(RECEIPTS);
}

/// The receipts on this phone, newest first: numbers and days, nothing that was written.
#[must_use]
pub fn receipts() -> Vec<Receipt> {
    let kept = read(RECEIPTS).and_then(|json| json::read(&json));
    kept.unwrap_or_else(|| RECENT.with_borrow(Clone::clone))
}

/// Stores a receipt on this phone.
pub fn keep_receipt(receipt: &Receipt) {
    let mut all = receipts();
    all.retain(|known| known.reference != receipt.reference);
    all.insert(0, receipt.clone());
    all.truncate(20);
    RECENT.replace(all.clone());
    write(RECEIPTS, &json::text(&json::value(&all)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Lgd;

    #[test]
    fn what_another_version_kept_is_read_as_far_as_it_can_be() {
        let kept = serde_json::json!({
            "text": "জল নেই", "name": "রহিমা", "district": 307, "photos": ["a"], "affected": "a cat", "newer": [1, 2],
        });
        let form: Lodging = salvage(&kept);
        let expected = Lodging {
            text: "জল নেই".into(),
            name: "রহিমা".into(),
            district: Some(Lgd::new(307)),
            photos: vec!["a".into()],
            ..Lodging::default()
        };
        assert_eq!(form, expected);
        assert_eq!(salvage::<Lodging>(&Value::Null), Lodging::default());
    }
}
