//! Upload of photos and spoken notes. Photos are made smaller on the phone; all files are kept there until what they
//! belong to has been sent, and are sent in chunks that resume after an interruption (UPL-01, UPL-02, UPL-05).

use crate::api::{self, CallError};
use crate::i18n::key;
use crate::{clock, person};
use gloo_net::http::{Method, Request, RequestBuilder, Response};
use gloo_timers::callback::Timeout;
use gloo_timers::future::TimeoutFuture;
use model::AttachmentId;
use model::attachment::{AttachmentKind, PHOTO_BYTES};
use model::wire::{Problem, ProblemCode, UPLOADS, upload_path};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, Cache, ImageBitmap, ImageEncodeOptions, OffscreenCanvas, OffscreenCanvasRenderingContext2d};

/// Bytes of a chunk.
const PIECE: f64 = 256.0 * 1024.0;
/// Longest edge in pixels of a photo that is sent.
const EDGE: f64 = 1_600.0;
/// Quality of the JPEG that is sent, 0 to 1.
const QUALITY: f64 = 0.7;
/// Milliseconds before each retry of a failed chunk.
const PAUSES: [u32; 3] = [500, 2_000, 5_000];
/// Milliseconds after which a chunk is abandoned; the upload resumes from what has arrived (UPL-05).
const PATIENCE: u32 = 30_000;
/// Name of the browser cache that stores photos and spoken notes.
const KEPT: &str = "pratikar-photos";

/// A photo or a spoken note on this phone that is to be uploaded.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PendingUpload {
    /// Its kind.
    #[serde(default)]
    pub kind: AttachmentKind,
    /// Length in seconds of a spoken note; 0 for a photo.
    #[serde(default)]
    pub seconds: u32,
    /// Its name on this phone.
    pub local: String,
    /// Its name at the server, once the upload has been created there.
    pub id: Option<AttachmentId>,
    /// Its length in bytes; 0 while it is being made smaller.
    pub length: u64,
    /// Whether the upload is complete.
    pub sent: bool,
    /// When and where it was taken, where the app's own camera did that: a [`model::visit::Shot`] without the photo's name,
    /// which only the server gives, as JSON; empty for all others.
    #[serde(default)]
    pub shot: String,
    /// Why it cannot be sent. It stays in the list until somebody has read that.
    #[serde(default)]
    pub unfit: Option<Unfit>,
}

impl PendingUpload {
    /// Whether it is being made smaller.
    #[must_use]
    pub fn is_coming(&self) -> bool {
        self.length == 0 && self.unfit.is_none()
    }

    /// When and where it was taken, with its name at the server.
    #[must_use]
    pub fn shot_named(&self) -> Option<serde_json::Value> {
        let mut shot: serde_json::Value = crate::json::read(&self.shot)?;
        shot.as_object_mut()?.insert("photo".into(), self.id.as_ref()?.as_str().into());
        Some(shot)
    }

    /// Its state after the page was closed and opened again: a file that was not stored by then is lost.
    #[must_use]
    pub fn found_again(mut self) -> Self {
        if self.is_coming() {
            self.unfit = Some(Unfit::Lost);
        }
        self
    }

    /// Whether it is being made smaller or has to be uploaded.
    #[must_use]
    pub fn is_on_its_way(&self) -> bool {
        self.is_coming() || self.is_to_go()
    }

    /// Whether it has to be uploaded, and can be.
    #[must_use]
    pub fn is_to_go(&self) -> bool {
        self.length > 0 && self.unfit.is_none() && !self.sent
    }
}

/// Why a photo or spoken note cannot be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unfit {
    /// The file is empty.
    Empty,
    /// HEIC, an iPhone's own format, which this browser cannot read.
    Heic,
    /// It is not a photo, or a damaged one.
    NotAPhoto,
    /// It is too large even after being made smaller.
    TooLarge,
    /// The page was closed before it was stored.
    Lost,
}

impl Unfit {
    /// The reason in a refusal of the server, where the refusal is final.
    #[must_use]
    pub fn of(error: &CallError) -> Option<Self> {
        match error.code()? {
            ProblemCode::NotAnImage | ProblemCode::NotAudio => Some(Self::NotAPhoto),
            ProblemCode::ImageTooLarge | ProblemCode::AudioTooLong => Some(Self::TooLarge),
            ProblemCode::NotFound => Some(Self::Lost),
            _ => None,
        }
    }

    /// The catalogue key of the message.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Empty => key::PROBLEM_PHOTO_EMPTY,
            Self::Heic => key::PHOTOS_HEIC,
            Self::NotAPhoto => key::FAILURE_NOT_AN_IMAGE,
            Self::TooLarge => key::FAILURE_IMAGE_TOO_LARGE,
            Self::Lost => key::PHOTOS_LOST,
        }
    }
}

thread_local! {
    /// Files that the browser does not store; lost with the page.
    static LOOSE: RefCell<HashMap<String, Blob>> = RefCell::default();
    /// Names of the files being uploaded.
    static UNDER_WAY: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
}

/// The exclusive right of this page to upload one file; released when dropped.
pub struct UploadLock(String);

impl UploadLock {
    /// `None` where it is being uploaded already.
    #[must_use]
    pub fn take(name: &str) -> Option<Self> {
        UNDER_WAY.with_borrow_mut(|under_way| under_way.insert(name.to_owned())).then(|| Self(name.to_owned()))
    }
}

impl Drop for UploadLock {
    fn drop(&mut self) {
        UNDER_WAY.with_borrow_mut(|under_way| under_way.remove(&self.0));
    }
}

async fn awaited(promise: Result<js_sys::Promise, JsValue>) -> Option<JsValue> {
    JsFuture::from(promise.ok()?).await.ok()
}

async fn kept() -> Option<Cache> {
    let caches = web_sys::window()?.caches().ok()?;
    awaited(Ok(caches.open(KEPT))).await?.dyn_into().ok()
}

fn place(local: &str) -> String {
    format!("/queued/{local}")
}

/// Stores a photo or a spoken note on this phone under a name; false where it stays only as long as the page is open,
/// because the browser stores nothing or has no room.
pub async fn keep(local: &str, blob: &Blob) -> bool {
    if put(local, blob).await.is_some() {
        return true;
    }
    LOOSE.with_borrow_mut(|loose| loose.insert(local.to_owned(), blob.clone()));
    false
}

async fn put(local: &str, blob: &Blob) -> Option<()> {
    let response = web_sys::Response::new_with_opt_blob(Some(blob)).ok()?;
    awaited(Ok(kept().await?.put_with_str(&place(local), &response))).await.map(drop)
}

/// The stored file.
pub async fn load(pending: &PendingUpload) -> Option<Blob> {
    if let Some(blob) = LOOSE.with_borrow(|loose| loose.get(&pending.local).cloned()) {
        return Some(blob);
    }
    let response = awaited(Ok(kept().await?.match_with_str(&place(&pending.local)))).await?;
    awaited(response.dyn_into::<web_sys::Response>().ok()?.blob()).await?.dyn_into().ok()
}

/// Deletes a photo or a spoken note from this phone.
pub async fn forget(local: &str) {
    LOOSE.with_borrow_mut(|loose| loose.remove(local));
    if let Some(kept) = kept().await {
        let _ = awaited(Ok(kept.delete_with_str(&place(local)))).await;
    }
}

/// The photo as it is sent: upright, at most 1,600 pixels along an edge, a JPEG, never larger than the original. A
/// photo that this browser cannot read is sent unchanged where the server can read it.
///
/// # Errors
/// [`Unfit`]: why it cannot be sent.
pub async fn made_small(photo: &Blob) -> Result<Blob, Unfit> {
    if photo.size() <= 0.0 {
        return Err(Unfit::Empty);
    }
    let known = is_known_to_the_server(&beginning(photo).await);
    let small = match (smaller(photo).await, known) {
        (Some(small), Ok(())) if small.size() >= photo.size() => photo.clone(),
        (Some(small), _) => small,
        (None, Ok(())) => photo.clone(),
        (None, Err(unfit)) => return Err(unfit),
    };
    #[allow(clippy::cast_precision_loss)] // ten megabytes are exact
    if small.size() > PHOTO_BYTES as f64 { Err(Unfit::TooLarge) } else { Ok(small) }
}

/// Its first bytes, by which the format is recognised.
async fn beginning(photo: &Blob) -> Vec<u8> {
    let Ok(first) = photo.slice_with_f64_and_f64(0.0, 32.0) else { return Vec::new() };
    let bytes = awaited(Ok(first.array_buffer())).await;
    bytes.map(|bytes| js_sys::Uint8Array::new(&bytes).to_vec()).unwrap_or_default()
}

/// Whether the server accepts this format, judged by the first bytes because a name proves nothing.
fn is_known_to_the_server(beginning: &[u8]) -> Result<(), Unfit> {
    let at = |from: usize, sign: &[u8]| beginning.get(from..).is_some_and(|rest| rest.starts_with(sign));
    let heic = [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"];
    match () {
        () if at(0, b"\xFF\xD8\xFF") || at(0, b"\x89PNG") || (at(0, b"RIFF") && at(8, b"WEBP")) => Ok(()),
        () if at(4, b"ftyp") && heic.iter().any(|brand| at(8, *brand)) => Err(Unfit::Heic),
        () => Err(Unfit::NotAPhoto),
    }
}

async fn smaller(photo: &Blob) -> Option<Blob> {
    let bitmap = awaited(web_sys::window()?.create_image_bitmap_with_blob(photo)).await?;
    let bitmap: ImageBitmap = bitmap.dyn_into().ok()?;
    let (width, height) = (f64::from(bitmap.width()), f64::from(bitmap.height()));
    let scale = (EDGE / width.max(height)).min(1.0);
    let (width, height) = ((width * scale).round().max(1.0), (height * scale).round().max(1.0));
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // at most 1,600
    let canvas = OffscreenCanvas::new(width as u32, height as u32).ok()?;
    let context: OffscreenCanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    // JPEG has no transparency: transparent areas become white, not black.
    context.set_fill_style_str("white");
    context.fill_rect(0.0, 0.0, width, height);
    context.draw_image_with_image_bitmap_and_dw_and_dh(&bitmap, 0.0, 0.0, width, height).ok()?;
    bitmap.close();
    let options = ImageEncodeOptions::new();
    options.set_type("image/jpeg");
    options.set_quality(QUALITY);
    awaited(canvas.convert_to_blob_with_options(&options)).await?.dyn_into().ok()
}

/// Deletes all files on this phone except these: what was discarded must not remain on a shared phone.
pub async fn forget_all_but(wanted: &[String]) {
    LOOSE.with_borrow_mut(|loose| loose.retain(|local, _| wanted.contains(local)));
    let Some(kept) = kept().await else { return };
    let Some(requests) = awaited(Ok(kept.keys())).await else { return };
    for request in js_sys::Array::from(&requests).iter().filter_map(|found| found.dyn_into::<web_sys::Request>().ok()) {
        let url = request.url();
        let local = url.rsplit('/').next().unwrap_or_default();
        if !wanted.iter().any(|known| known == local) {
            let _ = awaited(Ok(kept.delete_with_request(&request))).await;
        }
    }
}

/// A request of the tus upload protocol.
fn tus(method: Method, path: &str) -> RequestBuilder {
    api::headers(RequestBuilder::new(path).method(method).header("tus-resumable", "1.0.0"), path)
}

/// Sends a request; abandoned after [`PATIENCE`].
async fn answered(
    request: RequestBuilder,
    finish: impl FnOnce(RequestBuilder) -> Result<Request, gloo_net::Error>,
) -> Result<Response, CallError> {
    let abort = web_sys::AbortController::new().map_err(|_| CallError::Network)?;
    let request = request.abort_signal(Some(&abort.signal()));
    let _patience = Timeout::new(PATIENCE, move || abort.abort());
    let answer = finish(request).map_err(|_| CallError::Network)?.send().await.map_err(|_| CallError::Network)?;
    clock::hear(answer.headers().get("date"));
    Ok(answer)
}

/// Creates an upload at the server and returns its name there.
///
/// # Errors
/// [`CallError`].
pub async fn announce(kind: AttachmentKind, length: u64) -> Result<AttachmentId, CallError> {
    let request = tus(Method::POST, UPLOADS).header("upload-length", &length.to_string());
    let answer = answered(request.header("upload-metadata", kind.metadata()), RequestBuilder::build).await?;
    if !answer.ok() {
        return Err(refused(&answer).await);
    }
    let place = answer.headers().get("location").ok_or(CallError::Network)?;
    place.rsplit('/').next().map(AttachmentId::from).ok_or(CallError::Network)
}

async fn refused(answer: &Response) -> CallError {
    api::refused(&answer.text().await.unwrap_or_default())
}

/// A problem detected on this side.
fn problem(code: ProblemCode) -> CallError {
    CallError::Problem(Box::new(Problem::new(code)))
}

/// Whether the server knows of an upload.
///
/// # Errors
/// [`CallError::Network`].
pub async fn is_known(id: &str) -> Result<bool, CallError> {
    match offset(id).await {
        Ok(_) => Ok(true),
        Err(error) if error.code() == Some(ProblemCode::NotFound) => Ok(false),
        Err(error) => Err(error),
    }
}

async fn offset(id: &str) -> Result<f64, CallError> {
    standing(id).await.map(|(offset, _)| offset)
}

/// The number of bytes that have arrived, and the digest of all of them once the upload is complete.
async fn standing(id: &str) -> Result<(f64, Option<String>), CallError> {
    let answer = answered(tus(Method::HEAD, &upload_path(id)), RequestBuilder::build).await?;
    match answer.status() {
        404 => Err(problem(ProblemCode::NotFound)),
        // The answer to HEAD has no body; this is the only cause of a 409.
        409 => {
            person::is_other();
            Err(problem(ProblemCode::OtherPerson))
        }
        _ => {
            let offset = answer.headers().get("upload-offset").and_then(|at| at.parse::<u32>().ok()).map(f64::from);
            Ok((offset.ok_or(CallError::Network)?, answer.headers().get("repr-digest")))
        }
    }
}

/// The digest in the server's format; `None` where the browser cannot compute it.
async fn digest(blob: &Blob) -> Option<String> {
    let bytes = awaited(Ok(blob.array_buffer())).await?;
    let window = web_sys::window()?;
    let subtle = window.crypto().ok()?.subtle();
    let digest = awaited(subtle.digest_with_str_and_buffer_source("SHA-256", bytes.unchecked_ref())).await?;
    let digest: String = js_sys::Uint8Array::new(&digest).to_vec().into_iter().map(char::from).collect();
    Some(format!("sha-256=:{}:", window.btoa(&digest).ok()?))
}

/// Whether the server has exactly these bytes.
async fn has_arrived(id: &str, blob: &Blob) -> Result<bool, CallError> {
    let (_, stored) = standing(id).await?;
    Ok(match (stored, digest(blob).await) {
        (Some(stored), Some(own)) => stored == own,
        (stored, None) => stored.is_some(),
        (None, Some(_)) => false,
    })
}

/// Uploads the missing bytes in chunks; `progress` receives the percentage that has arrived.
///
/// # Errors
/// [`CallError::Network`] where the connection fails repeatedly; the upload resumes from there another time. A problem
/// where the server refuses it.
async fn push(id: &str, photo: &Blob, progress: impl Fn(u32)) -> Result<(), CallError> {
    let length = photo.size();
    let mut pauses = PAUSES.iter();
    loop {
        match pieces(id, photo, length, &progress).await {
            Err(CallError::Network) => match pauses.next() {
                Some(pause) => TimeoutFuture::new(*pause).await,
                None => return Err(CallError::Network),
            },
            done => return done,
        }
    }
}

async fn pieces(id: &str, photo: &Blob, length: f64, progress: &impl Fn(u32)) -> Result<(), CallError> {
    let mut at = offset(id).await?;
    loop {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a percentage
        progress((at / length * 100.0) as u32);
        let piece = photo.slice_with_f64_and_f64(at, (at + PIECE).min(length)).map_err(|_| CallError::Network)?;
        let end = at + piece.size();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        // Whole bytes: formatting a float would add a table to the module.
        let request = tus(Method::PATCH, &upload_path(id))
            .header("content-type", "application/offset+octet-stream")
            .header("upload-offset", &(at as u64).to_string());
        let answer = answered(request, |request| request.body(JsValue::from(piece))).await?;
        match answer.status() {
            204 => at = end,
            // Somebody else, or a chunk whose answer was lost, was faster: the offset is asked for again.
            409 => {
                TimeoutFuture::new(200).await;
                at = offset(id).await?;
                if at < length {
                    continue;
                }
            }
            _ => return Err(refused(&answer).await),
        }
        if at >= length {
            progress(100);
            return Ok(());
        }
    }
}

/// Creates the upload and sends the file as far as the connection allows; `changed` is called with its new state.
/// Connection failures alone are not reported, because the upload resumes automatically.
///
/// # Errors
/// [`Unfit`] where the server will never accept it.
pub async fn arrive(
    mut pending: PendingUpload,
    changed: impl Fn(&PendingUpload),
    progress: impl Fn(u32),
) -> Result<(), Unfit> {
    if pending.id.is_none() {
        match announce(pending.kind, pending.length).await {
            Ok(id) => pending.id = Some(id),
            Err(problem) => return Unfit::of(&problem).map_or(Ok(()), Err),
        }
        changed(&pending);
    }
    match send(&pending, progress).await {
        Ok(()) => {
            pending.sent = true;
            changed(&pending);
            Ok(())
        }
        Err(problem) => match Unfit::of(&problem) {
            // The server has forgotten it: it is told anew when what it belongs to goes.
            Some(Unfit::Lost) => {
                pending.id = None;
                changed(&pending);
                Ok(())
            }
            Some(unfit) => Err(unfit),
            None => Ok(()),
        },
    }
}

/// Uploads a photo or a spoken note that has been created at the server, as far as the connection allows. A file that
/// is gone from this phone counts as sent, because nothing more can be done for it.
///
/// # Errors
/// [`CallError::Network`] where it has to be resumed another time; a problem where the server refuses it.
pub async fn send(pending: &PendingUpload, progress: impl Fn(u32)) -> Result<(), CallError> {
    let (Some(id), Some(_lock)) = (&pending.id, UploadLock::take(&pending.local)) else {
        return Err(CallError::Network);
    };
    let Some(blob) = load(pending).await else { return Ok(()) };
    push(id, &blob, progress).await?;
    // The digest must match what was sent; otherwise it is sent once more under another name.
    if has_arrived(id, &blob).await? { Ok(()) } else { Err(problem(ProblemCode::NotFound)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_first_bytes() {
        let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
        assert_eq!(is_known_to_the_server(heic), Err(Unfit::Heic));
        for photo in [&b"\xFF\xD8\xFF\xE1"[..], b"\x89PNG\r\n", b"RIFF\0\0\0\0WEBPVP8 "] {
            assert_eq!(is_known_to_the_server(photo), Ok(()), "{photo:?}");
        }
        for other in [&b""[..], b"no photo", b"\0\0\0\x18ftypisom", b"RIFF\0\0\0\0WAVE"] {
            assert_eq!(is_known_to_the_server(other), Err(Unfit::NotAPhoto), "{other:?}");
        }
    }
}
