//! Views that follow from the ledger and can be thrown away: the counts, the stream of figures, the search.
//!
//! The feed pulls changed cases from the store, in the order of the ledger, whenever the bell rings; no view is fed
//! inside a commit. A reader who has just written waits until the feed has reached it.

pub mod cube;
pub mod live;
pub mod search;
mod snapshot;

use crate::store::{CasePages, Changed, ReadCases, StoreError};
use cube::Cube;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};

/// File in the data folder in which the counts are kept between two runs.
pub const COUNTS: &str = "counts.snapshot";
/// Changes read in one page.
const PAGE: u32 = 1_000;
/// Most changes that are applied together. Beyond this, views may show a later change before an earlier one.
const TOGETHER: usize = 20_000;
/// How long the feed waits for the bell before it looks by itself: on PostgreSQL a notification can be lost.
const LOOK: Duration = Duration::from_secs(1);
/// Longest time for which a reader waits for their own write.
const PATIENCE: Duration = Duration::from_secs(5);
/// After so many changes a new snapshot is due.
const CHANGES: u64 = 20_000;

/// The views, and how far they have come.
#[derive(Clone)]
pub struct Feed {
    cube: Arc<RwLock<Cube>>,
    reached: watch::Receiver<u64>,
    snapshot: Arc<Snapshot>,
    anew: mpsc::Sender<Anew>,
}

/// Counts that replace the present ones, and who is told when that is done.
type Anew = (Cube, oneshot::Sender<()>);

/// Where the counts are kept between two runs, and for which ledger they are valid.
pub struct Snapshot {
    /// The file.
    pub file: PathBuf,
    /// Digest of program version and rules under which the case rows were made; counts of another one are not used.
    pub view: Mutex<Vec<u8>>,
}

impl Snapshot {
    /// A snapshot in this file, of rows made under this view.
    #[must_use]
    pub fn new(file: PathBuf, view: Vec<u8>) -> Self {
        Self { file, view: Mutex::new(view) }
    }

    fn view(&self) -> Vec<u8> {
        self.view.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Feed {
    /// Fills the views, from the snapshot where it fits, and keeps them up to date from then on. `told` is called with
    /// the number of cases counted so far.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn start(
        store: Arc<dyn ReadCases>,
        snapshot: Snapshot,
        told: impl Fn(u64) + Send + Sync,
    ) -> Result<Self, StoreError> {
        let bell = store.bell();
        let cube = filled(store.as_ref(), &snapshot, told).await?;
        let (reach, reached) = watch::channel(cube.seq());
        let (anew, fresh) = mpsc::channel(1);
        let feed = Self { cube: Arc::new(RwLock::new(cube)), reached, snapshot: Arc::new(snapshot), anew };
        tokio::spawn(follow(store, feed.cube.clone(), (bell, fresh), reach));
        Ok(feed)
    }

    /// The counts.
    pub fn cube(&self) -> RwLockReadGuard<'_, Cube> {
        self.cube.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Watches the number of the last ledger entry that the views include.
    #[must_use]
    pub fn reached(&self) -> watch::Receiver<u64> {
        self.reached.clone()
    }

    /// Waits until the views include an entry, `PATIENCE` at most.
    pub async fn until(&self, seq: u64) {
        let mut reached = self.reached.clone();
        if tokio::time::timeout(PATIENCE, reached.wait_for(|reached| *reached >= seq)).await.is_err() {
            tracing::warn!(seq, "the counts are behind the ledger");
        }
    }

    /// Counts all cases again: due dates have moved without an entry.
    ///
    /// # Errors
    /// Where the store cannot be read; the present counts then stay.
    pub async fn count_anew(&self, store: &dyn ReadCases, view: Vec<u8>) -> Result<(), StoreError> {
        let fresh = counted(store, |_| {}).await?;
        *self.snapshot.view.lock().unwrap_or_else(PoisonError::into_inner) = view;
        // The task that follows the ledger replaces its counts by these: two writers would put old rows over new ones.
        let (taken, done) = oneshot::channel();
        let gone = |_| StoreError::Unavailable("the counts do not follow the ledger any more".into());
        self.anew.send((fresh, taken)).await.map_err(|_| gone(()))?;
        done.await.map_err(|_| gone(()))
    }

    /// Writes the counts to a file, so that the next start need not count.
    ///
    /// # Errors
    /// Where the store does not answer, or the disk does not take it.
    pub async fn keep(&self, store: &dyn ReadCases) -> Result<(), StoreError> {
        let seq = self.cube().seq();
        let Some(hash) = store.head_at(seq).await? else { return Ok(()) };
        let (cube, snapshot) = (self.cube.clone(), self.snapshot.clone());
        let kept = tokio::task::spawn_blocking(move || -> std::io::Result<()> {
            let taken = {
                let cube = cube.read().unwrap_or_else(PoisonError::into_inner);
                // If it has moved on meanwhile, the next time will do.
                if cube.seq() != seq {
                    return Ok(());
                }
                snapshot::taken(&snapshot, &cube, &hash)?
            };
            // Neither dashboards nor what follows the ledger wait for the disk.
            snapshot::write(&snapshot, taken)
        });
        Ok(kept.await.map_err(|error| StoreError::Unavailable(error.to_string()))??)
    }

    /// Writes the counts whenever much has changed, as long as the program runs.
    pub async fn keep_now_and_then(self, store: Arc<dyn ReadCases>) {
        let mut reached = self.reached.clone();
        let mut kept = self.cube().seq();
        loop {
            let wanted = kept + CHANGES;
            if reached.wait_for(|reached| *reached >= wanted).await.is_err() {
                return;
            }
            if let Err(error) = self.keep(store.as_ref()).await {
                tracing::warn!(%error, "the counts are not kept: the next start counts again");
            }
            kept = *reached.borrow();
            tokio::time::sleep(Duration::from_secs(600)).await;
        }
    }
}

/// The counts on disk, with the hash of the ledger for which they are valid; `None` where there are none.
#[must_use]
pub fn on_disk(snapshot: &Snapshot) -> Option<(Cube, crate::ledger::Hash)> {
    snapshot::read(snapshot)
}

/// The counts on disk, brought up to date; `None` where there are none or they belong to another ledger.
async fn kept(store: &dyn ReadCases, snapshot: &Snapshot) -> Result<Option<Cube>, StoreError> {
    let Some((mut cube, hash)) = on_disk(snapshot) else { return Ok(None) };
    if store.head_at(cube.seq()).await? != Some(hash) {
        return Ok(None);
    }
    loop {
        let page = store.changes_since(cube.seq(), PAGE).await?;
        if page.is_empty() {
            return Ok(Some(cube));
        }
        cube.follow(&page);
    }
}

async fn filled(store: &dyn ReadCases, snapshot: &Snapshot, told: impl Fn(u64)) -> Result<Cube, StoreError> {
    match kept(store, snapshot).await? {
        Some(cube) => Ok(cube),
        None => counted(store, told).await,
    }
}

async fn counted(store: &dyn ReadCases, told: impl Fn(u64)) -> Result<Cube, StoreError> {
    let head = store.head().await?.seq;
    let (mut cube, mut pages) = (Cube::default(), CasePages::new(store));
    while let Some(page) = pages.next().await? {
        cube.follow(&page);
        told(cube.len() as u64);
    }
    // Changes made while it was read have later entries and are pulled next.
    cube.reflects(head);
    Ok(cube)
}

/// Applies changes whenever the bell rings, and replaces the counts by new ones; ends with the store or the last
/// reader.
async fn follow(
    store: Arc<dyn ReadCases>,
    cube: Arc<RwLock<Cube>>,
    (mut bell, mut anew): (watch::Receiver<u64>, mpsc::Receiver<Anew>),
    reach: watch::Sender<u64>,
) {
    loop {
        let seen = cube.read().unwrap_or_else(PoisonError::into_inner).seq();
        match changes(store.as_ref(), seen).await {
            Ok(changes) => {
                if let Some(last) = changes.last() {
                    cube.write().unwrap_or_else(PoisonError::into_inner).follow(&changes);
                    reached(&reach, last.seq);
                }
                if changes.len() >= TOGETHER {
                    continue;
                }
            }
            Err(error) => tracing::error!(%error, "the counts do not follow the ledger"),
        }
        tokio::select! {
            rung = bell.changed() => if rung.is_err() { return },
            fresh = anew.recv() => {
                let Some((mut fresh, taken)) = fresh else { return };
                // The new counts must not be behind the present ones.
                while let Ok(changes) = changes(store.as_ref(), fresh.seq()).await {
                    fresh.follow(&changes);
                    if changes.len() < TOGETHER {
                        break;
                    }
                }
                let seq = fresh.seq();
                *cube.write().unwrap_or_else(PoisonError::into_inner) = fresh;
                // The new counts may include entries that the old ones did not.
                reached(&reach, seq);
                // The receiver may have been dropped.
                let _ = taken.send(());
            }
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

fn reached(reach: &watch::Sender<u64>, seq: u64) {
    reach.send_if_modified(|reached| {
        let further = seq > *reached;
        *reached = seq.max(*reached);
        further
    });
}

/// All changes since an entry, [`TOGETHER`] or a page more at most.
async fn changes(store: &dyn ReadCases, since: u64) -> Result<Vec<Changed>, StoreError> {
    let mut all: Vec<Changed> = Vec::new();
    loop {
        let since = all.last().map_or(since, |last| last.seq);
        let page = store.changes_since(since, PAGE).await?;
        let more = page.len() == PAGE as usize;
        all.extend(page);
        if !more || all.len() >= TOGETHER {
            return Ok(all);
        }
    }
}
