//! Photos and spoken notes on their way: photos made small on the phone, all kept there until they have arrived, sent in
//! pieces that go on where they broke off (UPL-01, UPL-02, UPL-05).

use crate::api::{self, CallError, new_key};
use crate::{clock, person};
use gloo_net::http::{Method, Request, RequestBuilder, Response};
use gloo_timers::callback::Timeout;
use gloo_timers::future::TimeoutFuture;
use model::api::{Problem, ProblemCode, UPLOADS, upload_path};
use model::attachment::{AttachmentKind, PHOTO_BYTES};
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, Cache, ImageBitmap, ImageEncodeOptions, OffscreenCanvas, OffscreenCanvasRenderingContext2d};

/// Bytes of a piece.
const PIECE: f64 = 256.0 * 1024.0;
/// Pixels along an edge that a photo is sent with.
const EDGE: f64 = 1_600.0;
/// Quality of the JPEG that is sent.
const QUALITY: f64 = 0.7;
/// Milliseconds to wait before a broken piece is tried once more.
const PAUSES: [u32; 3] = [500, 2_000, 5_000];
/// Milliseconds after which a piece is given up; it goes on from what has arrived (UPL-05).
const PATIENCE: u32 = 30_000;
/// Where photos and spoken notes lie on the phone.
const KEPT: &str = "pratikar-photos";

/// A photo or a spoken note on this phone that is to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// What it is.
    #[serde(default)]
    pub kind: AttachmentKind,
    /// How long it speaks.
    #[serde(default)]
    pub seconds: u32,
    /// Its name on this phone.
    pub local: String,
    /// Its name at the server, once that knows of it.
    pub id: Option<String>,
    /// Its bytes.
    pub length: u64,
    /// Whether all of it has arrived.
    pub sent: bool,
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

/// Keeps a photo or a spoken note on this phone; none where it has no room.
pub async fn keep(kind: AttachmentKind, blob: &Blob) -> Option<Held> {
    let local = new_key();
    let response = web_sys::Response::new_with_opt_blob(Some(blob)).ok()?;
    awaited(Ok(kept().await?.put_with_str(&place(&local), &response))).await?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // at most ten megabytes
    Some(Held { kind, seconds: 0, local, id: None, length: blob.size() as u64, sent: false })
}

/// What was kept.
pub async fn load(held: &Held) -> Option<Blob> {
    let response = awaited(Ok(kept().await?.match_with_str(&place(&held.local)))).await?;
    awaited(response.dyn_into::<web_sys::Response>().ok()?.blob()).await?.dyn_into().ok()
}

/// Forgets a photo or a spoken note on this phone.
pub async fn forget(local: &str) {
    if let Some(kept) = kept().await {
        let _ = awaited(Ok(kept.delete_with_str(&place(local)))).await;
    }
}

/// The photo as it is sent: upright, at most 1,600 pixels along an edge, a JPEG. Never larger than it was; where the
/// browser cannot do it, the photo as it is.
pub async fn shrink(photo: &Blob) -> Blob {
    match smaller(photo).await {
        Some(small) if small.size() < photo.size() => small,
        _ => photo.clone(),
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
    // A JPEG knows no transparency: what is clear becomes paper, not black.
    context.set_fill_style_str("white");
    context.fill_rect(0.0, 0.0, width, height);
    context.draw_image_with_image_bitmap_and_dw_and_dh(&bitmap, 0.0, 0.0, width, height).ok()?;
    bitmap.close();
    let options = ImageEncodeOptions::new();
    options.set_type("image/jpeg");
    options.set_quality(QUALITY);
    awaited(canvas.convert_to_blob_with_options(&options)).await?.dyn_into().ok()
}

/// Forgets everything on this phone but what is named here: what was thrown away must not lie on a shared phone.
pub async fn forget_all_but(wanted: &[String]) {
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

/// A request of the upload protocol.
fn tus(method: Method, path: &str) -> RequestBuilder {
    api::headers(RequestBuilder::new(path).method(method).header("tus-resumable", "1.0.0"), path)
}

/// Sends a request; given up after [`PATIENCE`].
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

/// Tells the server of a photo or a spoken note; answers its name there.
///
/// # Errors
/// [`CallError`].
pub async fn announce(kind: AttachmentKind, length: u64) -> Result<String, CallError> {
    let request = tus(Method::POST, UPLOADS).header("upload-length", &length.to_string());
    let answer = answered(request.header("upload-metadata", kind.metadata()), RequestBuilder::build).await?;
    if !answer.ok() {
        return Err(refused(&answer).await);
    }
    let place = answer.headers().get("location").ok_or(CallError::Network)?;
    place.rsplit('/').next().map(str::to_owned).ok_or(CallError::Network)
}

async fn refused(answer: &Response) -> CallError {
    api::refused(&answer.text().await.unwrap_or_default())
}

/// A problem that this side has found by itself.
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
    let answer = answered(tus(Method::HEAD, &upload_path(id)), RequestBuilder::build).await?;
    match answer.status() {
        404 => Err(problem(ProblemCode::NotFound)),
        // The answer to HEAD has no words; only this can be in its way.
        409 => {
            person::is_other();
            Err(problem(ProblemCode::OtherPerson))
        }
        _ => answer.headers().get("upload-offset").and_then(|at| at.parse().ok()).ok_or(CallError::Network),
    }
}

/// Sends what is missing of an upload, piece by piece; `progress` is told the percent that have arrived.
///
/// # Errors
/// [`CallError::Network`] where the line is gone for longer: it goes on from there another time. A problem where the
/// server will not have it.
pub async fn push(id: &str, photo: &Blob, progress: impl Fn(u32)) -> Result<(), CallError> {
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
        let request = tus(Method::PATCH, &upload_path(id))
            .header("content-type", "application/offset+octet-stream")
            .header("upload-offset", &format!("{at:.0}"));
        let answer = answered(request, |request| request.body(JsValue::from(piece))).await?;
        match answer.status() {
            204 => at = end,
            // Somebody else, or a piece whose answer was lost, was faster: asked again where it stands.
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

/// Makes a photo small, tells the server of it and sends it.
///
/// # Errors
/// As [`push`]; and where the photo is too large although it was made small.
pub async fn send(photo: &Blob, progress: impl Fn(u32)) -> Result<String, CallError> {
    let small = shrink(photo).await;
    #[allow(clippy::cast_precision_loss)] // ten megabytes are exact
    if small.size() > PHOTO_BYTES as f64 {
        return Err(problem(ProblemCode::ImageTooLarge));
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // at most ten megabytes
    let id = announce(AttachmentKind::Photo, small.size() as u64).await?;
    push(&id, &small, progress).await?;
    Ok(id)
}
