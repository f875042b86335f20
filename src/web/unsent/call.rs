//! Any call of the wire that waits for a line: a report from a village, the finding of a visit. It goes under one key however
//! often it is tried, in the name of who wrote it, and with the version of the case that they saw; where that has changed, the
//! server refuses it and its words stay here.

use super::turn::Turn;
use super::{change, is_refused, moment_sent, stored};
use crate::api::{self, CallError, Conditions};
use crate::upload::{self, PendingUpload, Unfit, UploadLock};
use crate::{json, person};
use model::AttachmentId;
use model::wire::{Endpoint, Method, ProblemCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where they lie: the apps share an address, and neither sends what the other keeps.
fn place() -> &'static str {
    if api::is_staff() { "pratikar.unsent.staff" } else { "pratikar.unsent" }
}

/// The present moment, in milliseconds since 1970.
fn now() -> f64 {
    #[allow(clippy::cast_precision_loss)] // milliseconds since 1970 are exact
    let now = crate::clock::now() as f64;
    now
}

/// The name of this tab, which outlives a reload; empty where the browser keeps nothing.
fn tab() -> String {
    const PLACE: &str = "pratikar.tab";
    let storage = web_sys::window().and_then(|window| window.session_storage().ok().flatten());
    let known = storage.as_ref().and_then(|storage| storage.get_item(PLACE).ok().flatten());
    known.unwrap_or_else(|| {
        let name = api::new_key();
        let kept = storage.is_some_and(|storage| storage.set_item(PLACE, &name).is_ok());
        if kept { name } else { String::new() }
    })
}

/// Lets go of what an earlier page of this tab has held: the offer to take it back went with that page.
pub fn let_go() {
    let tab = tab();
    for unsent in all().into_iter().filter(|unsent| unsent.is_held() && unsent.tab == tab) {
        let _ = put(&Unsent { held_until: 0.0, ..unsent });
    }
}

/// A call that waits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unsent {
    /// The key under which it happens once.
    pub key: String,
    /// When it was sent off, in milliseconds since 1970 by the server's clock; 0 where that was not known.
    pub since: f64,
    /// The mark of who wrote it: nobody else sends it.
    pub mark: String,
    /// Path and query of the call.
    pub path: String,
    /// The version that was seen, where the call is about one.
    #[serde(default)]
    pub version: Option<u32>,
    /// What is sent.
    pub body: Value,
    /// What it is, in the words of its writer's language, for the list of what waits.
    pub about: String,
    /// The path of the page on which it was written, for whoever takes it up again.
    pub page: String,
    /// Its photos.
    #[serde(default)]
    pub pending: Vec<PendingUpload>,
    /// Where in the body their names stand, as a JSON pointer to `photos`; empty where there are none. When and where they
    /// were taken stands beside them as `shots`.
    #[serde(default)]
    pub photos_at: String,
    /// Whether the server has it.
    #[serde(default)]
    pub taken: bool,
    /// Until when it can be taken back, in milliseconds since 1970; it is not sent before. 0 for at once.
    #[serde(default)]
    pub held_until: f64,
    /// The tab in which it can be taken back; empty where it was never held.
    #[serde(default)]
    pub tab: String,
    /// Whether it waits until its writer has signed in.
    #[serde(default)]
    pub signed_out: bool,
    /// Why the server will not have it, in words; it is not tried by itself any more.
    #[serde(default)]
    pub problem: Option<String>,
}

impl Unsent {
    /// A call that is sent off now by whom the page shows; none of one that changes nothing, for that need not wait.
    #[must_use]
    pub fn of<E: Endpoint>(call: &E, body: &E::Request, about: String, page: String) -> Option<Self> {
        (E::METHOD == Method::Post).then(|| Self {
            key: api::new_key(),
            since: moment_sent(),
            mark: person::mark(),
            path: call.path(),
            version: None,
            body: json::value(body),
            about,
            page,
            pending: Vec::new(),
            photos_at: String::new(),
            taken: false,
            held_until: 0.0,
            tab: String::new(),
            signed_out: false,
            problem: None,
        })
    }

    /// Against the version of the case that was seen.
    #[must_use]
    pub fn against(self, version: u32) -> Self {
        Self { version: Some(version), ..self }
    }

    /// With photos, whose names stand at `at` in the body; what cannot be sent stays behind.
    #[must_use]
    pub fn with_photos(self, pending: Vec<PendingUpload>, at: &str) -> Self {
        let pending = pending.into_iter().filter(|pending| pending.unfit.is_none()).collect();
        Self { pending, photos_at: at.to_owned(), ..self }
    }

    /// Kept back for that many milliseconds, within which it can be taken back.
    #[must_use]
    pub fn held_for(self, milliseconds: f64) -> Self {
        Self { held_until: now() + milliseconds, tab: tab(), ..self }
    }

    /// Whether it can still be taken back.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.held_until > now()
    }

    /// What is sent, with the names that the server has given to the photos.
    fn body_to_send(&self) -> Value {
        let mut body = self.body.clone();
        if self.photos_at.is_empty() {
            return body;
        }
        let fit = || self.pending.iter().filter(|pending| pending.unfit.is_none());
        if let Some(named) = body.pointer_mut(&self.photos_at) {
            *named = fit().filter_map(|pending| pending.id.as_ref()).map(AttachmentId::as_str).collect();
        }
        let shots: Vec<Value> = fit().filter_map(PendingUpload::shot_named).collect();
        let around = self.photos_at.rsplit_once('/').map_or("", |(around, _)| around);
        if let (false, Some(Value::Object(around))) = (shots.is_empty(), body.pointer_mut(around)) {
            around.insert("shots".into(), shots.into());
        }
        body
    }

    /// Whether whoever the page shows wrote it.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        self.mark == person::mark()
    }
}

/// Everything that waits, oldest first.
#[must_use]
pub fn all() -> Vec<Unsent> {
    stored(place()).iter().filter_map(json::from).collect()
}

/// Keeps a call, new or changed; false where the device has no room. From then on it arrives even if the browser is closed.
#[must_use]
pub fn put(unsent: &Unsent) -> bool {
    change(place(), &unsent.key, Some(json::value(unsent)))
}

/// Forgets a call.
pub fn remove(key: &str) {
    change(place(), key, None);
}

/// Sends a call as far as the line goes: its photos first, because a report counts with its evidence. `told` hears what the
/// server answered.
///
/// # Errors
/// [`CallError::Network`] where it has to be tried again; a problem where the server will not have it, or one of its photos:
/// tried again by a person, it goes without that photo.
pub async fn send(unsent: &mut Unsent, told: impl FnOnce(&Unsent, String)) -> Result<(), CallError> {
    // This page, or another tab, may be sending it.
    let Some(_own) = UploadLock::take(&unsent.key) else { return Ok(()) };
    let Some(_turn) = Turn::take(&unsent.key).await else { return Ok(()) };
    // Another tab may have sent it, or come some way with it, since it was read here.
    let Some(newest) = all().into_iter().find(|known| known.key == unsent.key) else { return Ok(()) };
    *unsent = Unsent { held_until: unsent.held_until, ..newest };
    if !unsent.taken {
        for pending in unsent.pending.iter_mut().filter(|pending| pending.id.is_none() && pending.is_to_go()) {
            pending.id = Some(upload::announce(pending.kind, pending.length).await?);
        }
        // Kept before it goes: what the server may have by then is named by the same key and photos next time.
        let _ = put(unsent);
        send_photos(unsent).await?;
        let with = Conditions {
            key: Some(unsent.key.clone()),
            version: unsent.version,
            mark: Some(unsent.mark.clone()).filter(|mark| !mark.is_empty()),
            ..Conditions::default()
        };
        let answer = api::post(&unsent.path, &unsent.body_to_send(), with).await?;
        unsent.taken = true;
        let _ = put(unsent);
        told(unsent, answer);
    }
    for pending in &unsent.pending {
        upload::forget(&pending.local).await;
    }
    remove(&unsent.key);
    Ok(())
}

/// Sends the photos of a call.
async fn send_photos(unsent: &mut Unsent) -> Result<(), CallError> {
    while let Some(at) = unsent.pending.iter().position(PendingUpload::is_to_go) {
        let Some(pending) = unsent.pending.get(at).cloned() else { return Ok(()) };
        let sent = upload::send(&pending, |_| {}).await;
        let unfit = sent.as_ref().err().map(|error| Unfit::of(error).ok_or_else(|| error.clone())).transpose()?;
        // What the server has forgotten is announced anew.
        let forgotten = unfit == Some(Unfit::Lost);
        if let Some(known) = unsent.pending.get_mut(at) {
            match unfit {
                Some(Unfit::Lost) => known.id = None,
                unfit => (known.sent, known.unfit) = (unfit.is_none(), unfit),
            }
        }
        let _ = put(unsent);
        if forgotten {
            return Err(CallError::Network);
        }
        sent?;
    }
    Ok(())
}

/// Notes on a call why it did not go: it waits for its writer, or it is not tried by itself any more.
pub fn note(unsent: &mut Unsent, error: &CallError) {
    match error.code() {
        Some(ProblemCode::SignInNeeded | ProblemCode::OtherPerson) => unsent.signed_out = true,
        _ if !unsent.taken && is_refused(error) => unsent.problem = Some(error.message()),
        _ => return,
    }
    let _ = put(unsent);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_on_a_device_is_read_by_later_versions() {
        let kept = serde_json::json!({
            "key": "k", "since": 5.0, "mark": "m", "path": "/api/grievances/483190275516/actions", "version": 3,
            "body": { "record_visit": { "finding": "not_done", "text": "জল নেই", "photos": [] } },
            "about": "4831 9027 5516", "page": "/staff/case/483190275516", "newer": 1,
            "pending": [{ "local": "a", "id": "p1", "length": 9, "sent": false }], "photos_at": "/record_visit/photos",
        });
        let unsent: Unsent = json::from(&kept).expect("a call");
        assert_eq!((unsent.version, unsent.taken, &unsent.problem), (Some(3), false, &None));
        assert_eq!(unsent.body_to_send().pointer("/record_visit/photos/0"), Some(&Value::from("p1")));
        assert_eq!(unsent.body, *kept.get("body").expect("a body"), "what was written stays as it was");
        let again: Unsent = json::from(&serde_json::to_value(&unsent).expect("JSON")).expect("a call");
        assert_eq!(again, unsent);
    }

    #[test]
    fn when_and_where_a_photo_was_taken_goes_with_its_name() {
        let kept = serde_json::json!({
            "key": "k", "since": 0.0, "mark": "", "path": "/x", "about": "", "page": "",
            "body": { "record_visit": { "finding": "not_done", "text": "x", "photos": [] } }, "photos_at": "/record_visit/photos",
            "pending": [
                { "local": "a", "id": "p1", "length": 9, "sent": true, "shot": "{\"at\":\"2026-11-30T04:00:00Z\",\"token\":\"t\"}" },
                { "local": "b", "id": "p2", "length": 9, "sent": true },
                { "local": "c", "id": "p3", "length": 9, "sent": false, "unfit": "heic", "shot": "{\"at\":\"\"}" },
            ],
        });
        let unsent: Unsent = json::from(&kept).expect("a call");
        assert_eq!(
            unsent.body_to_send(),
            serde_json::json!({ "record_visit": {
                "finding": "not_done", "text": "x", "photos": ["p1", "p2"],
                "shots": [{ "at": "2026-11-30T04:00:00Z", "token": "t", "photo": "p1" }],
            } })
        );
    }

    #[test]
    fn a_body_without_photos_is_sent_as_it_is() {
        let kept = serde_json::json!({
            "key": "k", "since": 0.0, "mark": "", "path": "/api/calls/next", "body": { "text": "x" }, "about": "", "page": "",
        });
        let unsent: Unsent = json::from(&kept).expect("a call");
        assert_eq!(unsent.body_to_send(), serde_json::json!({ "text": "x" }));
    }
}
