//! Attachments: announced or arriving, read, encoded anew, stored, named by a case or forgotten.

use super::policy::{self, Wish};
use crate::attachments::Receiving;
use crate::disk::Room;
use crate::failure::Failure;
use crate::files;
use crate::limits::Address;
use crate::media::{Clean, NotTaken};
use crate::secret::random_hex;
use crate::slots::Slot;
use crate::state::App;
use crate::store::{Attachment, Session, StoreError};
use bytes::Bytes;
use model::attachment::{AttachmentKind, PHOTO_BYTES};
use model::wire::{ProblemCode, Uploaded};
use model::{AttachmentId, Time};
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;
use tokio_stream::{Stream, StreamExt};

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
pub async fn unnamed_bytes(app: &App) -> Result<u64, StoreError> {
    let since = app.now() - chrono::Duration::minutes(BELIEVED);
    let unfinished = app.store.unfinished(since).await?;
    Ok(app.store.unnamed_bytes(since).await? + app.config.attachments.received_of(&unfinished).await?)
}

/// Announces an upload of so many bytes, which will come in parts; answers its id.
///
/// # Errors
/// 413 where it is longer than its kind may be, and as [`admit`].
pub async fn announce(
    app: &App,
    kind: AttachmentKind,
    length: u64,
    address: Address,
    known: bool,
    now: Time,
) -> Result<AttachmentId, Failure> {
    if length == 0 || length > kind.bytes() as u64 {
        return Err(too_large(kind));
    }
    admit(app, address, length, known).await?;
    let id = AttachmentId::from(random_hex::<16>()?);
    app.store.put_attachment(&Attachment { id: id.clone(), kind, length, ..Attachment::default() }, now).await?;
    Ok(id)
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
        S: Stream<Item = Result<Bytes, E>> + Unpin,
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
        let bytes = async { tokio::fs::read(&self.file).await.map(Bytes::from) };
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
        prints: clean.prints.map(|prints| prints.to_bytes()).unwrap_or_default(),
        ..announced
    }
}

/// How much of an upload has arrived.
#[derive(Debug, Clone)]
pub struct Progress {
    /// Bytes that have arrived.
    pub offset: u64,
    /// Bytes that were announced.
    pub length: u64,
    /// The SHA-256 digest of what was sent, once all of it has arrived.
    pub digest: Option<[u8; 32]>,
}

/// How much of an upload has arrived.
///
/// # Errors
/// 404 where it is unknown.
pub async fn progress(app: &App, id: &str) -> Result<Progress, Failure> {
    let upload = known(app, id).await?;
    let offset = if upload.is_here() { upload.length } else { received(app, id).await? };
    Ok(Progress { offset, length: upload.length, digest: upload.digest })
}

/// Takes the next bytes of an upload, which begin at `wanted`; `more` tells whether there are any. All that arrive are kept,
/// even if the connection breaks. After the last byte the attachment is read.
///
/// # Errors
/// 409 where the upload has come further or less far, 413 where too many bytes come, 408 where they are too slow, 415 where
/// the attachment is none.
pub async fn append<S, E>(
    app: &App,
    id: &str,
    wanted: u64,
    more: bool,
    stream: S,
    address: Address,
) -> Result<Progress, Failure>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    // The answer to the last bytes may have been lost.
    let once_more = |upload: &Attachment| match wanted == upload.length {
        true if more => Err(Failure::of(ProblemCode::TooLarge)),
        true => Ok(Progress { offset: upload.length, length: upload.length, digest: upload.digest }),
        false => Err(Failure::of(ProblemCode::WrongOffset)),
    };
    let upload = known(app, id).await?;
    if upload.is_here() {
        return once_more(&upload);
    }
    let _slot = app.bodies.take(address).ok_or_else(|| Failure::unavailable(5))?;
    if app.disk.room() == Room::Full {
        return Err(Failure::unavailable(60));
    }
    let mut held = app.receiving.take(id).await.ok_or_else(|| Failure::of(ProblemCode::WrongOffset))?;
    // The request that had the turn before may have sent the last bytes.
    let upload = known(app, id).await?;
    if upload.is_here() {
        return once_more(&upload);
    }
    let offset = received(app, id).await?;
    if wanted != offset {
        return Err(Failure::of(ProblemCode::WrongOffset));
    }
    let receiving = app.config.attachments.resume(&upload.id, offset).await.map_err(|error| Failure::disk(&error))?;
    let mut receiving = receiving.ok_or_else(|| Failure::of(ProblemCode::WrongOffset))?;
    let outcome = receive(&mut receiving, stream, upload.length, held.wanted()).await;
    let offset = receiving.stored();
    drop(receiving);
    if offset == upload.length {
        finish(app, &upload, address).await?;
    }
    outcome.map(|()| Progress { offset, length: upload.length, digest: None })
}

/// Refuses an upload that is so slow that it only occupies its place.
fn brisk(began: Instant, bytes: u64) -> Result<(), Failure> {
    let slow = began.elapsed() > SLOWNESS && bytes < LEAST * began.elapsed().as_secs();
    if slow { Err(Failure::of(ProblemCode::TooSlow)) } else { Ok(()) }
}

/// Appends what arrives, until another request for the same upload comes (`next`). Whatever happens, what has arrived is
/// stored, and counted by `receiving`.
async fn receive<S, E>(
    receiving: &mut Receiving,
    mut stream: S,
    length: u64,
    next: impl Future<Output = ()>,
) -> Result<(), Failure>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    let failed = |error: std::io::Error| match error.kind() {
        // Another node was faster: the phone asks how far the upload has come.
        std::io::ErrorKind::AlreadyExists => Failure::of(ProblemCode::WrongOffset),
        _ => Failure::disk(&error),
    };
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
    bytes: impl Future<Output = std::io::Result<Bytes>>,
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

/// The refusal of an attachment that is larger than its kind may be.
#[must_use]
pub fn too_large(kind: AttachmentKind) -> Failure {
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

/// Deletes attachments that no case has named for longer than a draft lives, and files of unknown uploads; answers how
/// many attachments.
///
/// # Errors
/// Where the store does not answer.
pub async fn sweep(app: &App) -> Result<usize, StoreError> {
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

/// An attachment of this kind that has arrived and that one of the sessions may see.
///
/// # Errors
/// 404 where it is none of theirs, whether or not it exists; 429 where they read too fast.
pub async fn readable(
    app: &App,
    id: &str,
    kind: AttachmentKind,
    sessions: &[Session],
    now: Time,
) -> Result<Attachment, Failure> {
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
    let wish = match kind {
        AttachmentKind::Photo => Wish::Photo(&case),
        AttachmentKind::Voice => Wish::Voice(&case),
    };
    let mut refused = missing();
    for session in sessions {
        match policy::read(app, &session.actor, wish, now).await {
            Ok(()) => return Ok(attachment),
            Err(failure) => refused = failure,
        }
    }
    Err(refused)
}
