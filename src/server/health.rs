//! The state of the server: its last backup, and whether its store can be written.

use crate::store::Store;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// The state of the server.
#[derive(Debug, Default)]
pub struct Health {
    /// Time of the last backup, in milliseconds since 1970; 0 where none was made since the start.
    backup: AtomicI64,
    /// When a write was last tried and whether it succeeded; kept because strangers can ask as well.
    written: Mutex<Option<(Instant, bool)>>,
    /// Whether the start has checked the whole database for damage.
    pub looked: bool,
}

impl Health {
    /// The state of a server that has (`looked`) or has not checked the whole database at the start.
    #[must_use]
    pub fn new(looked: bool) -> Self {
        Self { looked, ..Self::default() }
    }

    /// When the last backup since the start was made; `None` where none was.
    #[must_use]
    pub fn last_backup(&self) -> Option<model::Time> {
        model::Time::from_timestamp_millis(self.backup.load(Ordering::Relaxed)).filter(|at| at.timestamp_millis() > 0)
    }

    /// Whether the store can be written; tried at most once a second.
    pub async fn writes(&self, store: &dyn Store, now: model::Time, in_doubt: bool) -> bool {
        let last = *self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, taken)) = last
            && at.elapsed() < std::time::Duration::from_secs(1)
        {
            return taken;
        }
        // The sign of life is a real write; a time in doubt is not recorded.
        let taken = match in_doubt {
            false => store.ping(now).await,
            true => store.put_fact("probe", Vec::new()).await,
        };
        *self.written.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), taken.is_ok()));
        taken.is_ok()
    }

    /// Records that a backup was made.
    pub fn backed_up(&self, at: model::Time) {
        self.backup.store(at.timestamp_millis(), Ordering::Relaxed);
    }
}
