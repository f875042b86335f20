//! Where the bytes of attachments are stored: in a folder, or in a bucket that speaks S3 and that several nodes share.
//!
//! Both have the same layout (`photos/ab/….jpg`, `voices/ab/….audio`), so that either can be copied to the other. A stored file
//! never changes. Uploads that have not arrived completely are kept apart, and can be continued at any node.

mod bucket;

use crate::files;
use anyhow::Context;
use bucket::Bucket;
use bytes::Bytes;
use model::AttachmentId;
use model::attachment::AttachmentKind;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;

/// A place for attachments; cheap to clone.
#[derive(Clone)]
pub enum Attachments {
    /// A folder: the data folder, or one that several nodes share.
    Folder(PathBuf),
    /// A bucket.
    Bucket(Arc<Bucket>),
}

impl From<PathBuf> for Attachments {
    fn from(folder: PathBuf) -> Self {
        Self::Folder(folder)
    }
}

impl std::fmt::Display for Attachments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Folder(folder) => write!(f, "{}", folder.display()),
            Self::Bucket(bucket) => write!(f, "{bucket}"),
        }
    }
}

impl Attachments {
    /// `s3://bucket/prefix`, reached by the `AWS_…` variables of the environment, or a folder.
    ///
    /// # Errors
    /// Where a variable is wrong or missing, or the folder is not there.
    pub fn at(name: &str, environment: impl Iterator<Item = (String, String)>) -> anyhow::Result<Self> {
        Ok(match name.strip_prefix("s3://") {
            Some(name) => Self::Bucket(Arc::new(Bucket::new(name, environment)?)),
            None => {
                // A folder that is not mounted must not be made anew: what is stored would seem lost, and what comes would go to
                // the wrong disk.
                anyhow::ensure!(
                    Path::new(name).is_dir(),
                    "{name}, the folder of the attachments, is not there: mount it, or make it at the first start (mkdir)"
                );
                Self::Folder(name.into())
            }
        })
    }

    /// Whether they are stored in this folder, and nowhere that another machine sees.
    #[must_use]
    pub fn is_within(&self, data: &Path) -> bool {
        matches!(self, Self::Folder(folder) if folder == data)
    }

    /// Makes the folder, or checks that the bucket can be read and written.
    ///
    /// # Errors
    /// Where it cannot be used.
    pub async fn ready(&self) -> anyhow::Result<()> {
        match self {
            Self::Folder(folder) => {
                let photos = std::fs::create_dir_all(folder.join("photos"));
                photos.with_context(|| format!("cannot make {}", folder.display()))
            }
            Self::Bucket(bucket) => bucket.ready().await,
        }
    }

    /// The folder for photos that are received in one request: not resumable, so no other node needs them.
    #[must_use]
    pub fn scratch<'a>(&'a self, data: &'a Path) -> &'a Path {
        match self {
            Self::Folder(folder) => folder,
            Self::Bucket(_) => data,
        }
    }

    /// Stores an attachment durably, all of it or nothing.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub async fn put(&self, kind: AttachmentKind, id: &str, bytes: Vec<u8>) -> io::Result<()> {
        match self {
            Self::Folder(folder) => {
                let path = files::path(folder, kind, id);
                tokio::task::spawn_blocking(move || files::write(&path, &bytes)).await.map_err(io::Error::other)?
            }
            Self::Bucket(bucket) => bucket.put(&files::name(kind, id), bytes.into()).await,
        }
    }

    /// The bytes of an attachment.
    ///
    /// # Errors
    /// `NotFound`, or where they cannot be read.
    pub async fn get(&self, kind: AttachmentKind, id: &str) -> io::Result<Bytes> {
        match self {
            Self::Folder(folder) => tokio::fs::read(files::path(folder, kind, id)).await.map(Bytes::from),
            Self::Bucket(bucket) => bucket.get(&files::name(kind, id)).await,
        }
    }

    /// Deletes an attachment, if it is there.
    pub async fn remove(&self, kind: AttachmentKind, id: &str) {
        match self {
            Self::Folder(folder) => files::remove(&files::path(folder, kind, id)).await,
            Self::Bucket(bucket) => bucket.remove(&files::name(kind, id)).await,
        }
    }
}

/// Blocking access, for checks, backups and restores.
impl Attachments {
    /// The bytes of an attachment.
    ///
    /// # Errors
    /// `NotFound`, or where they cannot be read.
    pub fn read(&self, kind: AttachmentKind, id: &str) -> io::Result<Bytes> {
        match self {
            Self::Folder(folder) => std::fs::read(files::path(folder, kind, id)).map(Bytes::from),
            Self::Bucket(bucket) => bucket.wait(bucket.get(&files::name(kind, id))),
        }
    }

    /// Whether an attachment is there and can be read.
    ///
    /// # Errors
    /// Where that cannot be found out.
    pub fn has(&self, kind: AttachmentKind, id: &str) -> anyhow::Result<bool> {
        let name = files::name(kind, id);
        let found = match self {
            Self::Folder(folder) => std::fs::File::open(folder.join(&name)).map(drop),
            Self::Bucket(bucket) => bucket.wait(bucket.head(&name)),
        };
        match found {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error).with_context(|| format!("cannot read {name} in {self}")),
        }
    }

    /// Copies an attachment to a file.
    ///
    /// # Errors
    /// Where either cannot be used.
    pub fn copy_to(&self, kind: AttachmentKind, id: &str, to: &Path) -> anyhow::Result<()> {
        let copied = match self {
            Self::Folder(folder) => copy(&files::path(folder, kind, id), to),
            Self::Bucket(_) => self.read(kind, id).and_then(|bytes| files::write(to, &bytes)),
        };
        copied.with_context(|| format!("cannot copy {} in {self} to {}", files::name(kind, id), to.display()))
    }

    /// Copies a file here, as the attachment of this name.
    ///
    /// # Errors
    /// Where either cannot be used.
    pub fn copy_from(&self, kind: AttachmentKind, id: &str, from: &Path) -> anyhow::Result<()> {
        let name = files::name(kind, id);
        let copied = match self {
            Self::Folder(folder) => {
                let target = folder.join(&name);
                target.parent().map_or(Ok(()), private_folder).and_then(|()| copy(from, &target))
            }
            Self::Bucket(bucket) => std::fs::read(from).and_then(|bytes| bucket.wait(bucket.put(&name, bytes.into()))),
        };
        copied.with_context(|| format!("cannot copy {} to {name} in {self}", from.display()))
    }
}

/// Copies a file durably.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::copy(from, to).and_then(|_| std::fs::File::open(to)?.sync_all())
}

fn private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Uploads that have not arrived completely.
impl Attachments {
    /// How many bytes of an upload are stored, at whichever node they arrived.
    ///
    /// # Errors
    /// Where the bucket does not answer.
    pub async fn received(&self, id: &str) -> io::Result<u64> {
        match self {
            Self::Folder(folder) => {
                Ok(tokio::fs::metadata(files::partial(folder, id)).await.map_or(0, |file| file.len()))
            }
            Self::Bucket(bucket) => Ok(bucket.pieces(id).await?.last().map_or(0, |piece| piece.end)),
        }
    }

    /// All stored bytes of an upload.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub async fn partial(&self, id: &str) -> io::Result<Bytes> {
        match self {
            Self::Folder(folder) => tokio::fs::read(files::partial(folder, id)).await.map(Bytes::from),
            Self::Bucket(bucket) => bucket.joined(id).await,
        }
    }

    /// Deletes what is stored of an upload.
    pub async fn remove_partial(&self, id: &str) {
        match self {
            Self::Folder(folder) => files::remove(&files::partial(folder, id)).await,
            Self::Bucket(bucket) => bucket.remove_pieces(id).await,
        }
    }

    /// How many bytes of these uploads are stored, together.
    ///
    /// # Errors
    /// Where the bucket does not answer.
    pub async fn received_of(&self, ids: &[AttachmentId]) -> io::Result<u64> {
        match self {
            Self::Folder(_) => {
                let mut sum = 0;
                for id in ids {
                    sum += self.received(id).await?;
                }
                Ok(sum)
            }
            Self::Bucket(_) if ids.is_empty() => Ok(0),
            // One list for all of them.
            Self::Bucket(bucket) => {
                let sizes = bucket.sizes().await?;
                Ok(ids.iter().filter_map(|id| sizes.get(id.as_str())).sum())
            }
        }
    }

    /// Uploads of which nothing has arrived for so long.
    pub async fn abandoned(&self, age: Duration) -> Vec<AttachmentId> {
        match self {
            Self::Folder(folder) => old_files(&files::partial(folder, ""), age).await,
            Self::Bucket(bucket) => bucket.old_uploads(age).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "abandoned uploads cannot be listed");
                Vec::new()
            }),
        }
    }

    /// Continues an upload after so many bytes; `None` where another node is receiving it.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub async fn resume(&self, id: &AttachmentId, from: u64) -> io::Result<Option<Receiving>> {
        let target = match self {
            Self::Folder(folder) => {
                let path = files::partial(folder, id);
                if let Some(folder) = path.parent() {
                    tokio::fs::create_dir_all(folder).await?;
                }
                let file = tokio::fs::OpenOptions::new().create(true).append(true).open(path).await?.into_std().await;
                // Turns are taken within this program; another node may be receiving the same upload.
                if file.try_lock().is_err() {
                    return Ok(None);
                }
                Target::File(tokio::fs::File::from_std(file))
            }
            Self::Bucket(bucket) => {
                Target::Pieces { bucket: bucket.clone(), id: id.clone(), buffer: Vec::with_capacity(PIECE) }
            }
        };
        Ok(Some(Receiving { stored: from, target }))
    }
}

/// Files of a folder that were not written for so long.
async fn old_files(folder: &Path, age: Duration) -> Vec<AttachmentId> {
    let mut old = Vec::new();
    let Ok(mut entries) = tokio::fs::read_dir(folder).await else { return old };
    while let Ok(Some(entry)) = entries.next_entry().await {
        let found = entry.metadata().await.ok().and_then(|data| data.modified().ok()?.elapsed().ok());
        if found.is_some_and(|found| found > age) {
            old.push(entry.file_name().to_string_lossy().as_ref().into());
        }
    }
    old
}

/// An upload that is being received.
pub struct Receiving {
    stored: u64,
    target: Target,
}

enum Target {
    /// A locked file.
    File(tokio::fs::File),
    /// Objects cannot grow, so each piece is one.
    Pieces { bucket: Arc<Bucket>, id: AttachmentId, buffer: Vec<u8> },
}

/// Bytes of a piece. Large enough for a bucket far away, small enough that a thousand slow phones fit in memory.
const PIECE: usize = 64 * 1024;

impl Receiving {
    /// Appends bytes.
    ///
    /// # Errors
    /// `AlreadyExists` where another node has stored the same bytes meanwhile; else where they cannot be written.
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.target {
            Target::File(file) => {
                file.write_all(bytes).await?;
                self.stored += bytes.len() as u64;
                Ok(())
            }
            Target::Pieces { buffer, .. } => {
                buffer.extend_from_slice(bytes);
                if buffer.len() >= PIECE { self.flush().await } else { Ok(()) }
            }
        }
    }

    /// Stores everything that has arrived durably.
    ///
    /// # Errors
    /// As [`Receiving::write`].
    pub async fn flush(&mut self) -> io::Result<()> {
        match &mut self.target {
            Target::File(file) => {
                file.flush().await?;
                file.sync_data().await
            }
            Target::Pieces { buffer, .. } if buffer.is_empty() => Ok(()),
            Target::Pieces { bucket, id, buffer } => {
                let piece = Bytes::from(std::mem::take(buffer));
                let length = piece.len() as u64;
                bucket.put_piece(id, self.stored, piece).await?;
                self.stored += length;
                Ok(())
            }
        }
    }

    /// How many bytes of the upload are stored.
    #[must_use]
    pub fn stored(&self) -> u64 {
        self.stored
    }
}
