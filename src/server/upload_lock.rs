//! Who appends to an upload: one request at a time, and the newest counts.

use model::AttachmentId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::{OwnedMutexGuard, watch};

/// Longest time for which a request waits for the previous one on the same upload to stop.
const STOP_TIME: Duration = Duration::from_secs(5);

/// Requests that append to uploads: one at a time for each upload, and the newest counts. A phone that changes from
/// Wi-Fi to mobile data leaves a connection that looks open for minutes; its next request must not wait for it.
#[derive(Debug, Default)]
pub struct UploadLocks(Mutex<HashMap<AttachmentId, Weak<UploadLock>>>);

#[derive(Debug, Default)]
struct UploadLock {
    /// Counts the requests; the one that appends stops when this changes.
    newest: watch::Sender<u64>,
    /// Held by the request that appends.
    appends: Arc<tokio::sync::Mutex<()>>,
}

/// The right to append to an upload, until it is dropped.
pub struct Appending {
    newest: watch::Receiver<u64>,
    mine: u64,
    /// Keeps the lock alive, so that the next request finds the same one.
    _lock: Arc<UploadLock>,
    _guard: OwnedMutexGuard<()>,
}

impl Appending {
    /// Waits until another request wants the upload.
    pub async fn wanted(&mut self) {
        let mine = self.mine;
        if self.newest.wait_for(|newest| *newest != mine).await.is_err() {
            std::future::pending().await
        }
    }
}

impl UploadLocks {
    /// Asks the request that appends to this upload to stop, and takes its place; `None` where it does not stop in time,
    /// because the file is being read.
    pub async fn take(&self, id: &str) -> Option<Appending> {
        let lock = self.of(id);
        let mut mine = 0;
        lock.newest.send_modify(|newest| {
            *newest += 1;
            mine = *newest;
        });
        let guard = tokio::time::timeout(STOP_TIME, lock.appends.clone().lock_owned()).await.ok()?;
        Some(Appending { newest: lock.newest.subscribe(), mine, _lock: lock, _guard: guard })
    }

    fn of(&self, id: &str) -> Arc<UploadLock> {
        let mut locks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lock) = locks.get(id).and_then(Weak::upgrade) {
            return lock;
        }
        locks.retain(|_, lock| lock.strong_count() > 0);
        let lock = Arc::<UploadLock>::default();
        locks.insert(id.into(), Arc::downgrade(&lock));
        lock
    }
}
