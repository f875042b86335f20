//! A bucket that speaks S3, of Amazon or of any compatible service. Endpoint, region and keys come from the environment, under
//! the names that AWS tools use, and are never logged.

use anyhow::{Context, Result};
use bytes::Bytes;
use model::AttachmentId;
use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey, Checksum};
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt, PutMode, RetryConfig};
use std::collections::BTreeMap;
use std::io;
use std::sync::OnceLock;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio_stream::StreamExt;

/// How often and for how long a request is retried, while a phone waits.
const TRIES: (usize, Duration) = (3, Duration::from_secs(15));
/// Folder of uploads that have not arrived completely.
const PARTIAL: &str = "partial";

/// A bucket, with a prefix in it.
pub struct Bucket {
    name: String,
    prefix: Path,
    store: AmazonS3,
    /// Drives sockets and timers of blocking requests; made when first needed.
    beside: OnceLock<Runtime>,
}

impl std::fmt::Display for Bucket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "s3://{}/{}", self.name, self.prefix)
    }
}

impl Drop for Bucket {
    fn drop(&mut self) {
        if let Some(runtime) = self.beside.take() {
            runtime.shutdown_background();
        }
    }
}

/// A piece of an upload.
#[derive(Debug, Clone)]
pub struct Piece {
    at: Path,
    /// Offset in the upload after its last byte.
    pub end: u64,
}

impl Bucket {
    /// The bucket of `bucket/prefix`, reached by the `AWS_…` variables of an environment.
    ///
    /// # Errors
    /// Where a variable is wrong or missing.
    pub fn new(name: &str, environment: impl Iterator<Item = (String, String)>) -> Result<Self> {
        let (name, prefix) = name.split_once('/').unwrap_or((name, ""));
        let mut builder = AmazonS3Builder::new();
        for (variable, value) in environment.filter(|(variable, _)| variable.starts_with("AWS_")) {
            // Other tools have variables of their own.
            if let Ok(key) = variable.to_ascii_lowercase().parse::<AmazonS3ConfigKey>() {
                builder = builder.with_config(key, value);
            }
        }
        let endpoint = [AmazonS3ConfigKey::S3Endpoint, AmazonS3ConfigKey::Endpoint];
        let endpoint = endpoint.iter().find_map(|key| builder.get_config_value(key));
        let (max_retries, retry_timeout) = TRIES;
        let store = builder
            .with_bucket_name(name)
            // An endpoint without TLS is the operator's choice: a bucket on the same private network.
            .with_allow_http(endpoint.is_some_and(|endpoint| endpoint.starts_with("http://")))
            // The bucket refuses bytes that were changed on the way.
            .with_checksum_algorithm(Checksum::SHA256)
            // Not every compatible service can delete several objects at once.
            .with_disable_bulk_delete(true)
            .with_retry(RetryConfig { max_retries, retry_timeout, ..RetryConfig::default() })
            .build()
            .with_context(|| format!("cannot use s3://{name}: check the AWS_… variables (docs/postgres.md)"))?;
        Ok(Self { name: name.to_owned(), prefix: Path::from(prefix), store, beside: OnceLock::new() })
    }

    fn at(&self, name: &str) -> Path {
        name.split('/').fold(self.prefix.clone(), |path, part| path.join(part))
    }

    /// Checks that it can be read and written.
    pub async fn ready(&self) -> Result<()> {
        let probe = async {
            let probe = self.at("probe");
            self.store.put(&probe, Bytes::from_static(b"pratikar").into()).await?;
            self.store.get(&probe).await?.bytes().await
        };
        probe.await.map_err(io_error).with_context(|| {
            format!("{self} cannot be read and written: are AWS_ENDPOINT_URL, AWS_REGION and the AWS_… keys right?")
        })?;
        Ok(())
    }

    /// Writes an object and reads it back: it counts only when the bucket has exactly these bytes.
    pub async fn put(&self, name: &str, bytes: Bytes) -> io::Result<()> {
        let at = self.at(name);
        self.store.put(&at, bytes.clone().into()).await.map_err(io_error)?;
        if self.get(name).await? != bytes {
            return Err(io::Error::other("the bucket has other bytes than it was sent"));
        }
        Ok(())
    }

    pub async fn get(&self, name: &str) -> io::Result<Bytes> {
        let found = self.store.get(&self.at(name)).await.map_err(io_error)?;
        found.bytes().await.map_err(io_error)
    }

    pub async fn head(&self, name: &str) -> io::Result<()> {
        self.store.head(&self.at(name)).await.map(drop).map_err(io_error)
    }

    pub async fn remove(&self, name: &str) {
        self.remove_at(&self.at(name)).await;
    }

    async fn remove_at(&self, at: &Path) {
        match self.store.delete(at).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => tracing::warn!(%error, "an object is left behind"),
        }
    }

    async fn list(&self, folder: &str) -> io::Result<Vec<ObjectMeta>> {
        let mut listed = self.store.list(Some(&self.at(folder)));
        let mut all = Vec::new();
        while let Some(found) = listed.next().await {
            all.push(found.map_err(io_error)?);
        }
        Ok(all)
    }

    /// The stored pieces of an upload from its first byte on, without a gap.
    pub async fn pieces(&self, id: &str) -> io::Result<Vec<Piece>> {
        let found = self.list(&format!("{PARTIAL}/{id}")).await?;
        let mut by_start: BTreeMap<u64, Piece> = BTreeMap::new();
        for ObjectMeta { location, size, .. } in found {
            if let Some(start) = location.filename().and_then(|name| name.parse::<u64>().ok()) {
                by_start.insert(start, Piece { at: location, end: start + size });
            }
        }
        let mut pieces: Vec<Piece> = Vec::new();
        while let Some(next) = by_start.remove(&pieces.last().map_or(0, |piece| piece.end)) {
            pieces.push(next);
        }
        Ok(pieces)
    }

    /// Stores the next piece of an upload. Pieces are named by their offset, and the bucket creates only one of each name: of two
    /// nodes that receive the same upload the second gets `AlreadyExists`, and no byte is stored twice.
    pub async fn put_piece(&self, id: &str, start: u64, bytes: Bytes) -> io::Result<()> {
        // Leading zeros keep lists in order.
        let at = self.at(&format!("{PARTIAL}/{id}/{start:010}"));
        self.store.put_opts(&at, bytes.into(), PutMode::Create.into()).await.map(|_| ()).map_err(io_error)
    }

    /// All stored bytes of an upload.
    pub async fn joined(&self, id: &str) -> io::Result<Bytes> {
        let mut whole = Vec::new();
        for piece in self.pieces(id).await? {
            let found = self.store.get(&piece.at).await.map_err(io_error)?;
            whole.extend_from_slice(&found.bytes().await.map_err(io_error)?);
        }
        Ok(whole.into())
    }

    pub async fn remove_pieces(&self, id: &str) {
        match self.list(&format!("{PARTIAL}/{id}")).await {
            Ok(pieces) => {
                for piece in pieces {
                    self.remove_at(&piece.location).await;
                }
            }
            Err(error) => tracing::warn!(%error, "pieces of an upload are left behind"),
        }
    }

    /// Stored bytes of each upload that has not arrived completely.
    pub async fn sizes(&self) -> io::Result<BTreeMap<String, u64>> {
        let mut sizes = BTreeMap::new();
        let folder = self.at(PARTIAL);
        for ObjectMeta { location, size, .. } in self.list(PARTIAL).await? {
            if let Some(id) = location.prefix_match(&folder).and_then(|mut parts| parts.next()) {
                *sizes.entry(id.as_ref().to_owned()).or_default() += size;
            }
        }
        Ok(sizes)
    }

    /// Uploads whose newest piece is older than this.
    pub async fn old_uploads(&self, age: Duration) -> io::Result<Vec<AttachmentId>> {
        let mut newest: BTreeMap<String, chrono::DateTime<chrono::Utc>> = BTreeMap::new();
        let folder = self.at(PARTIAL);
        for ObjectMeta { location, last_modified, .. } in self.list(PARTIAL).await? {
            let Some(id) = location.prefix_match(&folder).and_then(|mut parts| parts.next()) else { continue };
            let known = newest.entry(id.as_ref().to_owned()).or_insert(last_modified);
            *known = last_modified.max(*known);
        }
        let before = chrono::Utc::now() - age;
        Ok(newest.into_iter().filter(|(_, newest)| *newest < before).map(|(id, _)| id.as_str().into()).collect())
    }

    /// Blocks this thread until a request is answered. A small runtime of its own drives it, so this works on any thread.
    pub fn wait<T>(&self, request: impl Future<Output = io::Result<T>>) -> io::Result<T> {
        let runtime = match self.beside.get() {
            Some(runtime) => runtime,
            None => {
                let new = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
                if let Err(twice) = self.beside.set(new) {
                    twice.shutdown_background();
                }
                self.beside.get().ok_or_else(|| io::Error::other("no runtime"))?
            }
        };
        let _within = runtime.enter();
        pollster::block_on(request)
    }
}

fn io_error(error: object_store::Error) -> io::Error {
    use object_store::Error as E;
    let kind = match &error {
        E::NotFound { .. } => io::ErrorKind::NotFound,
        E::AlreadyExists { .. } | E::Precondition { .. } => io::ErrorKind::AlreadyExists,
        E::PermissionDenied { .. } | E::Unauthenticated { .. } => io::ErrorKind::PermissionDenied,
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, error)
}
