//! Uploading, reading and delivering photos and spoken notes.

use super::call::Reply;
use super::guard;
use crate::app::policy::{self, Wish};
use crate::attachments::{Attachments, Receiving};
use crate::disk::Room;
use crate::failure::Failure;
use crate::files;
use crate::limits::Address;
use crate::media::{Clean, NotTaken};
use crate::secret::random_hex;
use crate::slots::Slot;
use crate::state::App;
use crate::store::Attachment;
use axum::body::{Body, HttpBody};
use axum::extract::{Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::attachment::{AttachmentKind, PHOTO_BYTES};
use model::wire::{AS_HEADER, ProblemCode, Uploaded, upload_path};
use model::{AttachmentId, Time};
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;
use tokio_stream::StreamExt;
use tower::ServiceExt;
use tower_http::services::ServeFile;

/// Longest time for a request with bytes of an upload: 10 MB at 400 kbit/s.
const UPLOAD_TIME: Duration = Duration::from_secs(240);

/// Fewest bytes per second of an upload after [`SLOWNESS`]; a phone with a bad connection is faster.
const LEAST: u64 = 1_024;
/// Time for which an upload may be slower than [`LEAST`].
const SLOWNESS: Duration = Duration::from_secs(20);

/// Longest time for which a file waits to be read.
const READ_TIME: Duration = Duration::from_secs(12);

/// Days for which an attachment waits to be named by a case: longer than a draft lives.
const UNNAMED_DAYS: i64 = 30;

/// Opens a resumable upload (`Upload-Length`, no body; tus 1.0 with creation; `Upload-Metadata` for a spoken note), or
/// takes a whole photo as the body.
pub async fn upload(State(app): State<App>, request: Request) -> Result<Response, Failure> {
    let now = app.now();
    let (parts, body) = request.into_parts();
    guard::same_site(&parts)?;
    same_person(&app, &parts).await?;
    let address = guard::address(&app, &parts);
    let known = !guard::any_session(&app, &parts.headers, now).await?.is_empty();
    if let Some(length) = number(&parts.headers, "upload-length") {
        let metadata = parts.headers.get("upload-metadata").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let kind = AttachmentKind::of_metadata(metadata);
        if length == 0 || length > kind.bytes() as u64 {
            return Err(too_large(kind));
        }
        admit(&app, address, length, known).await?;
        let id = AttachmentId::from(random_hex::<16>()?);
        app.store.put_attachment(&Attachment { id: id.clone(), kind, length, ..Attachment::default() }, now).await?;
        let location = [(header::LOCATION, upload_path(&id))];
        return Ok((StatusCode::CREATED, location, resumable(0, length)).into_response());
    }
    let declared = number(&parts.headers, header::CONTENT_LENGTH.as_str());
    if declared.is_some_and(|length| length > PHOTO_BYTES as u64) {
        return Err(too_large(AttachmentKind::Photo));
    }
    admit(&app, address, declared.unwrap_or(PHOTO_BYTES as u64), known).await?;
    let mut arriving = Arriving::new(&app, address)?;
    arriving.receive(body.into_data_stream()).await?;
    Ok(Reply::created(arriving.take(now).await?).into_response())
}

/// Refuses a photo that a page sends for somebody else than who is signed in now.
async fn same_person(app: &App, parts: &Parts) -> Result<(), Failure> {
    if !parts.headers.contains_key(AS_HEADER) {
        return Ok(());
    }
    let session = guard::session(app, parts, guard::Client::of(parts), app.now()).await?;
    guard::same_person(app, &parts.headers, session.as_ref())
}

/// Whether an address may send so many more bytes.
///
/// # Errors
/// 429 where it has sent too many, 503 where the disk has no room for strangers' files.
pub async fn admit(app: &App, address: Address, bytes: u64, known: bool) -> Result<(), Failure> {
    if app.disk.room() != Room::Ample {
        return Err(Failure::unavailable(60));
    }
    // Files that strangers send and no case names have a limited share of the disk. A signed-in sender does not depend
    // on it, and a sender who has sent little today has a share of their own.
    let little = match &app.limits {
        Some(limits) => limits.is_little(address, bytes).await,
        None => true,
    };
    let (unnamed, share) = (app.unnamed.load(Ordering::Relaxed), app.disk.strangers());
    if !known && (unnamed > 2 * share || (unnamed > share && !little)) {
        return Err(Failure::unavailable(600));
    }
    match &app.limits {
        Some(limits) => limits.upload(address, bytes).await,
        None => Ok(()),
    }
}

/// Minutes for which an upload counts with the length that was announced; afterwards with what has arrived. Announcing
/// costs nothing, and must not keep others' photos out for hours.
const BELIEVED: i64 = 10;

/// Bytes of uploads that no case names.
///
/// # Errors
/// Where the store or the bucket does not answer.
pub async fn unnamed_bytes(app: &App) -> Result<u64, crate::store::StoreError> {
    let since = app.now() - chrono::Duration::minutes(BELIEVED);
    let unfinished = app.store.unfinished(since).await?;
    Ok(app.store.unnamed_bytes(since).await? + app.config.attachments.received_of(&unfinished).await?)
}

/// A whole photo that is arriving. It is written to disk as it arrives, and removed if it does not arrive completely.
pub struct Arriving<'a> {
    app: &'a App,
    address: Address,
    id: AttachmentId,
    file: PathBuf,
    length: u64,
    _slot: Slot,
}

impl<'a> Arriving<'a> {
    /// Reserves a place for one.
    ///
    /// # Errors
    /// 503 where too many are arriving, in all or from this address.
    pub fn new(app: &'a App, address: Address) -> Result<Self, Failure> {
        let slot = app.bodies.take(address).ok_or_else(|| Failure::unavailable(5))?;
        let id = AttachmentId::from(random_hex::<16>()?);
        let file = files::partial(app.config.attachments.scratch(&app.config.data), &id);
        Ok(Self { app, address, id, file, length: 0, _slot: slot })
    }

    /// Writes what arrives.
    ///
    /// # Errors
    /// 413 where it is larger than a photo may be, 408 where it is too slow or breaks off, 503 where the disk does not
    /// take it.
    pub async fn receive<S, E>(&mut self, mut stream: S) -> Result<(), Failure>
    where
        S: tokio_stream::Stream<Item = Result<bytes::Bytes, E>> + Unpin,
    {
        if let Some(folder) = self.file.parent() {
            tokio::fs::create_dir_all(folder).await.map_err(|error| Failure::disk(&error))?;
        }
        let mut file = tokio::fs::File::create(&self.file).await.map_err(|error| Failure::disk(&error))?;
        let began = Instant::now();
        let taken = async {
            while let Some(bytes) = stream.next().await {
                let bytes = bytes.map_err(|_| Failure::of(ProblemCode::TooSlow))?;
                self.length += bytes.len() as u64;
                brisk(began, self.length)?;
                if self.length > PHOTO_BYTES as u64 {
                    return Err(too_large(AttachmentKind::Photo));
                }
                file.write_all(&bytes).await.map_err(|error| Failure::disk(&error))?;
            }
            file.flush().await.map_err(|error| Failure::disk(&error))
        };
        match tokio::time::timeout(UPLOAD_TIME, taken).await {
            Ok(taken) => taken,
            Err(_) => Err(Failure::of(ProblemCode::TooSlow)),
        }
    }

    /// Whether nothing has arrived.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Reads what has arrived, encodes it anew and stores it.
    ///
    /// # Errors
    /// 415 and 413 where it is not a photo or too large, 503 where too many wait to be read.
    pub async fn take(self, now: Time) -> Result<Uploaded, Failure> {
        let app = self.app;
        let announced = Attachment { id: self.id.clone(), length: self.length, ..Attachment::default() };
        let bytes = async { tokio::fs::read(&self.file).await.map(bytes::Bytes::from) };
        let (clean, digest) = read(app, announced.kind, bytes, self.address).await?;
        let photo = come(announced, &clean, digest);
        keep(app, &photo, clean.bytes).await?;
        if let Err(error) = app.store.put_attachment(&photo, now).await {
            // Nothing refers to the file, so it is removed at once.
            app.config.attachments.remove(photo.kind, &photo.id).await;
            return Err(error.into());
        }
        Ok(Uploaded { id: photo.id, width: photo.width, height: photo.height })
    }
}

impl Drop for Arriving<'_> {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.file);
    }
}

/// The row of an attachment that has arrived and was read.
fn come(announced: Attachment, clean: &Clean, digest: [u8; 32]) -> Attachment {
    Attachment {
        width: clean.width,
        height: clean.height,
        seconds: clean.seconds,
        media: clean.format.media().to_owned(),
        digest: Some(digest),
        stored: Some(Sha256::digest(&clean.bytes).into()),
        ..announced
    }
}

/// Answers how many bytes of an upload have arrived.
pub async fn offset(State(app): State<App>, Path(id): Path<String>) -> Result<Response, Failure> {
    let upload = known(&app, &id).await?;
    let offset = if upload.is_here() { upload.length } else { received(&app, &id).await? };
    let mut response = (StatusCode::OK, resumable(offset, upload.length)).into_response();
    let digest = upload.digest.map(|digest| format!("sha-256=:{}:", STANDARD.encode(digest)));
    if let Some(digest) = digest.and_then(|digest| HeaderValue::from_str(&digest).ok()) {
        response.headers_mut().insert("repr-digest", digest);
    }
    Ok(response)
}

/// Takes the next bytes of an upload. All that arrive are kept, even if the connection breaks. After the last byte the
/// attachment is read.
pub async fn append(State(app): State<App>, Path(id): Path<String>, request: Request) -> Result<Response, Failure> {
    let (parts, body) = request.into_parts();
    guard::same_site(&parts)?;
    same_person(&app, &parts).await?;
    if parts.headers.get(header::CONTENT_TYPE).is_none_or(|kind| kind != "application/offset+octet-stream") {
        return Err(Failure::of(ProblemCode::WrongType));
    }
    let wanted = number(&parts.headers, "upload-offset").ok_or_else(|| Failure::of(ProblemCode::WrongOffset))?;
    // The answer to the last bytes may have been lost.
    let more = !body.is_end_stream();
    let once_more = |upload: &Attachment| match wanted == upload.length {
        true if more => Err(Failure::of(ProblemCode::TooLarge)),
        true => Ok(resumed(upload.length, upload.length)),
        false => Err(Failure::of(ProblemCode::WrongOffset)),
    };
    let upload = known(&app, &id).await?;
    if upload.is_here() {
        return once_more(&upload);
    }
    let address = guard::address(&app, &parts);
    let _slot = app.bodies.take(address).ok_or_else(|| Failure::unavailable(5))?;
    if app.disk.room() == Room::Full {
        return Err(Failure::unavailable(60));
    }
    let mut held = app.receiving.take(&id).await.ok_or_else(|| Failure::of(ProblemCode::WrongOffset))?;
    // The request that had the turn before may have sent the last bytes.
    let upload = known(&app, &id).await?;
    if upload.is_here() {
        return once_more(&upload);
    }
    let offset = received(&app, &id).await?;
    if wanted != offset {
        return Err(Failure::of(ProblemCode::WrongOffset));
    }
    let receiving = app.config.attachments.resume(&upload.id, offset).await.map_err(|error| Failure::disk(&error))?;
    let mut receiving = receiving.ok_or_else(|| Failure::of(ProblemCode::WrongOffset))?;
    let outcome = receive(&mut receiving, body, upload.length, held.wanted()).await;
    let offset = receiving.stored();
    drop(receiving);
    if offset == upload.length {
        finish(&app, &upload, address).await?;
    }
    outcome.map(|()| resumed(offset, upload.length))
}

/// Refuses an upload that is so slow that it only occupies its place.
fn brisk(began: Instant, bytes: u64) -> Result<(), Failure> {
    let slow = began.elapsed() > SLOWNESS && bytes < LEAST * began.elapsed().as_secs();
    if slow { Err(Failure::of(ProblemCode::TooSlow)) } else { Ok(()) }
}

/// Appends what arrives, until another request for the same upload comes (`next`). Whatever happens, what has arrived is
/// stored, and counted by `receiving`.
async fn receive(
    receiving: &mut Receiving,
    body: Body,
    length: u64,
    next: impl Future<Output = ()>,
) -> Result<(), Failure> {
    let failed = |error: std::io::Error| match error.kind() {
        // Another node was faster: the phone asks how far the upload has come.
        std::io::ErrorKind::AlreadyExists => Failure::of(ProblemCode::WrongOffset),
        _ => Failure::disk(&error),
    };
    let mut stream = body.into_data_stream();
    let (began, mut arrived, left) = (Instant::now(), 0, length - receiving.stored());
    let taken = async {
        while let Some(bytes) = stream.next().await {
            let bytes = bytes.map_err(|_| Failure::of(ProblemCode::TooSlow))?;
            arrived += bytes.len() as u64;
            brisk(began, arrived)?;
            if arrived > left {
                return Err(Failure::of(ProblemCode::TooLarge));
            }
            receiving.write(&bytes).await.map_err(failed)?;
        }
        Ok(())
    };
    let outcome = tokio::select! {
        outcome = tokio::time::timeout(UPLOAD_TIME, taken) => outcome,
        () = next => Ok(Err(Failure::of(ProblemCode::WrongOffset))),
    };
    receiving.flush().await.map_err(failed)?;
    outcome.unwrap_or_else(|_| Err(Failure::of(ProblemCode::TooSlow)))
}

/// All bytes have arrived: reads the attachment and stores it encoded anew. One that cannot be of its kind is deleted;
/// where it could not be read yet, its bytes stay and the next request tries again.
async fn finish(app: &App, upload: &Attachment, address: Address) -> Result<(), Failure> {
    let bytes = app.config.attachments.partial(&upload.id);
    let (clean, digest) = match read(app, upload.kind, bytes, address).await {
        Ok(read) => read,
        Err(failure) => {
            if failure.0.code != ProblemCode::Unavailable {
                app.store.forget_attachment(&upload.id).await?;
                app.config.attachments.remove_partial(&upload.id).await;
            }
            return Err(failure);
        }
    };
    let here = come(upload.clone(), &clean, digest);
    keep(app, &here, clean.bytes).await?;
    let known = app.store.attachment_came(&here, app.now()).await?;
    app.config.attachments.remove_partial(&upload.id).await;
    if !known {
        // It was forgotten while it was read: nothing refers to the file, and the sender begins again.
        app.config.attachments.remove(here.kind, &here.id).await;
        return Err(Failure::of(ProblemCode::NotFound));
    }
    Ok(())
}

/// Reads an upload when its turn comes; answers what is stored of it and the digest of what arrived. The `bytes` are in
/// memory only meanwhile.
async fn read(
    app: &App,
    kind: AttachmentKind,
    bytes: impl Future<Output = std::io::Result<bytes::Bytes>>,
    address: Address,
) -> Result<(Clean, [u8; 32]), Failure> {
    let _waiting = app.waiting.take(address).ok_or_else(|| Failure::unavailable(5))?;
    let turn = tokio::time::timeout(READ_TIME, app.decoding.acquire()).await;
    let _turn = turn.map_err(|_| Failure::unavailable(5))?.map_err(|error| Failure::internal(&error))?;
    let bytes = bytes.await.map_err(|error| Failure::disk(&error))?;
    let digest = Sha256::digest(&bytes).into();
    let clean = app.config.decoder.read(kind, bytes.into()).await.map_err(|why| match (why, kind) {
        (NotTaken::NotReadable, AttachmentKind::Photo) => Failure::of(ProblemCode::NotAnImage),
        (NotTaken::NotReadable, AttachmentKind::Voice) => Failure::of(ProblemCode::NotAudio),
        (NotTaken::TooLarge, _) => too_large(kind),
        (NotTaken::Unavailable, _) => Failure::unavailable(5),
    })?;
    Ok((clean, digest))
}

fn too_large(kind: AttachmentKind) -> Failure {
    Failure::of(match kind {
        AttachmentKind::Photo => ProblemCode::ImageTooLarge,
        AttachmentKind::Voice => ProblemCode::AudioTooLong,
    })
}

async fn keep(app: &App, attachment: &Attachment, bytes: Vec<u8>) -> Result<(), Failure> {
    let kept = app.config.attachments.put(attachment.kind, &attachment.id, bytes).await;
    kept.map_err(|error| Failure::disk(&error))
}

async fn known(app: &App, id: &str) -> Result<Attachment, Failure> {
    app.store.attachment(id).await?.ok_or_else(|| Failure::of(ProblemCode::NotFound))
}

async fn received(app: &App, id: &str) -> Result<u64, Failure> {
    app.config.attachments.received(id).await.map_err(|error| Failure::disk(&error))
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.parse().ok()
}

fn resumable(offset: u64, length: u64) -> [(HeaderName, String); 4] {
    [
        (HeaderName::from_static("tus-resumable"), "1.0.0".to_owned()),
        (HeaderName::from_static("upload-offset"), offset.to_string()),
        (HeaderName::from_static("upload-length"), length.to_string()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ]
}

fn resumed(offset: u64, length: u64) -> Response {
    (StatusCode::NO_CONTENT, resumable(offset, length)).into_response()
}

/// Deletes attachments that no case has named for longer than a draft lives, and files of unknown uploads; answers how
/// many attachments.
///
/// # Errors
/// Where the store does not answer.
pub async fn sweep(app: &App) -> Result<usize, crate::store::StoreError> {
    let (now, days) = (app.now(), chrono::Duration::days);
    // When space for strangers' files runs short, an interrupted upload is kept for hours instead of a day; the phone
    // starts it again.
    let pressed = app.unnamed.load(Ordering::Relaxed) > app.disk.strangers() / 2;
    let unfinished = if pressed { chrono::Duration::hours(2) } else { days(1) };
    let forgotten = app.store.forget_attachments(now - days(UNNAMED_DAYS), now - unfinished, now).await?;
    let attachments = &app.config.attachments;
    for id in &forgotten {
        for kind in [AttachmentKind::Photo, AttachmentKind::Voice] {
            attachments.remove(kind, id).await;
        }
        attachments.remove_partial(id).await;
    }
    for id in attachments.abandoned(Duration::from_secs(24 * 3600)).await {
        if app.store.attachment(&id).await?.is_none() {
            attachments.remove_partial(&id).await;
        }
    }
    Ok(forgotten.len())
}

/// A photo, for those who may read its case; any other is answered as if it did not exist.
pub async fn photo(State(app): State<App>, Path(id): Path<String>, headers: HeaderMap) -> Result<Response, Failure> {
    let photo = readable(&app, &id, AttachmentKind::Photo, &headers).await?;
    let bytes = app.config.attachments.get(photo.kind, &photo.id).await.map_err(|error| not_read(&error))?;
    Ok((handed_out(photo.media, "inline; filename=\"photo.jpg\""), bytes).into_response())
}

/// A spoken note, for those who may read its case and know the citizen; in ranges, as players ask for it.
pub async fn voice(State(app): State<App>, Path(id): Path<String>, request: Request) -> Result<Response, Failure> {
    let voice = readable(&app, &id, AttachmentKind::Voice, request.headers()).await?;
    let mut response = match &app.config.attachments {
        Attachments::Folder(folder) => {
            let file = ServeFile::new(files::path(folder, voice.kind, &voice.id));
            file.oneshot(request).await.map_err(|error| Failure::internal(&error))?.into_response()
        }
        // It has two megabytes at the most.
        Attachments::Bucket(_) => {
            let bytes = app.config.attachments.get(voice.kind, &voice.id).await.map_err(|error| not_read(&error))?;
            in_range(request.headers(), bytes)
        }
    };
    for (name, value) in handed_out(voice.media, "inline; filename=\"voice\"") {
        let value = HeaderValue::from_str(&value).map_err(|error| Failure::internal(&error))?;
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

/// A lost file is nobody's mistake but ours; a bucket that does not answer will do so again.
fn not_read(error: &std::io::Error) -> Failure {
    if error.kind() == std::io::ErrorKind::NotFound { Failure::internal(error) } else { Failure::disk(error) }
}

/// The part that the `Range` header asks for; everything where it asks for none, or for several.
fn in_range(headers: &HeaderMap, bytes: bytes::Bytes) -> Response {
    let all = bytes.len();
    let accepts = (header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    let Some(range) =
        headers.get(header::RANGE).and_then(|range| range.to_str().ok()).and_then(|range| part(range, all))
    else {
        return ([accepts], bytes).into_response();
    };
    if range.is_empty() {
        let said = (header::CONTENT_RANGE, format!("bytes */{all}"));
        return (StatusCode::RANGE_NOT_SATISFIABLE, [said]).into_response();
    }
    let said = (header::CONTENT_RANGE, format!("bytes {}-{}/{all}", range.start, range.end - 1));
    (StatusCode::PARTIAL_CONTENT, [accepts], [said], bytes.slice(range)).into_response()
}

/// The bytes of `bytes=from-to`, `bytes=from-` or `bytes=-last`, of so many; empty where there are none, `None` where the
/// header is something else.
fn part(range: &str, all: usize) -> Option<std::ops::Range<usize>> {
    let (from, to) = range.strip_prefix("bytes=")?.split_once('-')?;
    let (from, to) = (from.trim(), to.trim());
    if from.is_empty() {
        return Some(all.saturating_sub(to.parse().ok()?)..all);
    }
    let from: usize = from.parse().ok()?;
    let end = if to.is_empty() { all } else { to.parse::<usize>().ok()?.saturating_add(1).min(all) };
    Some(from.min(end)..end)
}

fn handed_out(media: String, disposition: &str) -> [(HeaderName, String); 4] {
    [
        (header::CONTENT_TYPE, media),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
        (header::CONTENT_DISPOSITION, disposition.to_owned()),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'".to_owned()),
    ]
}

/// An attachment of this kind that has arrived and that one of the sessions may see.
async fn readable(app: &App, id: &str, kind: AttachmentKind, headers: &HeaderMap) -> Result<Attachment, Failure> {
    let missing = || Failure::of(ProblemCode::NotFound);
    if id.len() != 32 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(missing());
    }
    let attachment = app.store.attachment(id).await?.ok_or_else(missing)?;
    if !attachment.is_here() || attachment.kind != kind {
        return Err(missing());
    }
    let reference = attachment.reference.ok_or_else(missing)?;
    let case = app.store.case(reference).await?.ok_or_else(missing)?;
    let sessions = guard::any_session(app, headers, app.now()).await?;
    let wish = match kind {
        AttachmentKind::Photo => Wish::Photo(&case),
        AttachmentKind::Voice => Wish::Voice(&case),
    };
    let mut refused = missing();
    for session in sessions {
        match policy::read(app, &session.actor, wish, app.now()).await {
            Ok(()) => return Ok(attachment),
            Err(failure) => refused = failure,
        }
    }
    Err(refused)
}
