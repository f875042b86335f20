//! The search: an index of all cases for either engine, that follows the ledger in a task of its own and can be thrown
//! away.
//!
//! A document is always made from the store as it is now, so what was erased or changed there leaves the index with it.
//! Only ids come out of the index. Whoever asks reads the cases from the store and decides again what may be shown: the
//! index may be behind.

mod document;
mod places;
mod query;

use crate::store::{CasePages, Changed, ReadCases, StoreError};
use document::{Fields, document, schema};
use model::wire::{SEARCH_TOTAL, SearchRequest as Wanted};
use model::{Actor, Reference};
pub use places::Places;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tantivy::indexer::LogMergePolicy;
use tantivy::query::{EnableScoring, Query};
use tantivy::{
    DocAddress, Index, IndexReader, IndexWriter, ReloadPolicy, Searcher, TantivyDocument, TantivyError, Term,
};
use tokio::sync::watch;

/// Folder in the data folder in which the index is kept.
pub const FOLDER: &str = "search";
/// Version of the documents. Increase it where other documents are made of the same case; the index is then made again.
const VERSION: u32 = 1;
/// Memory for documents that are not on disk yet, in bytes.
const HEAP: usize = 50_000_000;
/// Changes indexed together.
const PAGE: u32 = 1_000;
/// Longest time for which a change that nobody asks for waits to be searchable.
const SOON: Duration = Duration::from_secs(1);
/// Shortest time between two commits, whoever asks: each writes files, and many small ones are slow to search.
const PACE: Duration = Duration::from_millis(200);
/// Longest time for which a search waits for the index to reach the ledger.
const PATIENCE: Duration = Duration::from_secs(2);
/// Pause after a failure.
const REST: Duration = Duration::from_secs(10);
/// Share of deleted documents, 0 to 1, from which a part of the index is written anew without them.
const DELETED: f32 = 0.2;

/// The index, and how far it has come.
pub struct Search {
    store: Arc<dyn ReadCases>,
    folder: PathBuf,
    /// Version of the documents and of the case rows of which they are made.
    version: String,
    started: AtomicBool,
    ready: Arc<watch::Sender<Option<Ready>>>,
    /// Number of the newest ledger entry that a search waits for.
    asked: watch::Sender<u64>,
}

/// An index that can be searched.
#[derive(Clone)]
struct Ready {
    /// Number of the last ledger entry that it includes.
    seq: u64,
    reader: IndexReader,
    fields: Fields,
}

/// The index is being made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Starting;

/// A case that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Its number.
    pub reference: Reference,
    /// The version of the case that the index knows.
    pub version: u32,
}

/// A page of what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The page, best first.
    pub hits: Vec<Hit>,
    /// Number of all, [`SEARCH_TOTAL`] at most.
    pub total: u32,
    /// Whether there are more than `total`.
    pub capped: bool,
}

/// What a commit says of itself, as JSON.
#[derive(Serialize, Deserialize)]
struct Payload {
    version: String,
    /// Number of the last ledger entry that it includes.
    seq: u64,
    /// Hash of the ledger at that entry, hexadecimal.
    hash: String,
    /// Number of the last record up to which erased words have left it.
    erased: u64,
}

/// Why the index does not go on.
#[derive(Debug)]
enum Fault {
    /// The store does not answer; the index is as good as before.
    Store(StoreError),
    /// The index is damaged, or its disk is full.
    Index(TantivyError),
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Store(error) => error.fmt(f),
            Self::Index(error) => error.fmt(f),
        }
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<TantivyError> for Fault {
    fn from(error: TantivyError) -> Self {
        Self::Index(error)
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Self::Index(error.into())
    }
}

impl From<tokio::task::JoinError> for Fault {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::Index(TantivyError::ErrorInThread(error.to_string()))
    }
}

impl Search {
    /// The search over a store, kept in this folder. `rows` is the version of the case rows. Nothing is read or written
    /// before [`Search::start`].
    #[must_use]
    pub fn new(store: Arc<dyn ReadCases>, folder: PathBuf, rows: u32) -> Self {
        Self {
            store,
            folder,
            version: format!("{VERSION}.{rows}"),
            started: AtomicBool::new(false),
            ready: Arc::new(watch::Sender::new(None)),
            asked: watch::Sender::new(0),
        }
    }

    /// Starts the task that makes the index and keeps it, unless it runs. It ends with this value.
    pub fn start(&self) {
        if self.started.swap(true, Ordering::Relaxed) {
            return;
        }
        let keeper = Keeper {
            store: self.store.clone(),
            folder: self.folder.clone(),
            version: self.version.clone(),
            ready: self.ready.clone(),
        };
        tokio::spawn(keeper.run(self.asked.subscribe()));
    }

    /// Number of the last ledger entry that can be searched; 0 while the index is being made.
    #[must_use]
    pub fn reached(&self) -> u64 {
        self.ready.borrow().as_ref().map_or(0, |ready| ready.seq)
    }

    /// A page of the cases that a reader finds, from a place on, best first. Waits a short time until the index includes
    /// the ledger's entry `seq`. `keep` decides by its ordinal whether a case is found at all.
    ///
    /// # Errors
    /// While the index is being made.
    pub async fn find(
        &self,
        wanted: Wanted,
        reader: Actor,
        places: Arc<Places>,
        (from, count): (usize, usize),
        seq: u64,
        keep: impl Fn(u64) -> bool + Send + 'static,
    ) -> Result<Found, Starting> {
        self.start();
        let ready = self.until(seq).await.ok_or(Starting)?;
        let searched = tokio::task::spawn_blocking(move || {
            let query = query::query(&ready.fields, &wanted, &reader, &places);
            found(&ready.reader.searcher(), query.as_ref(), (from, count), &keep)
        });
        match searched.await.map_err(Fault::from) {
            Ok(Ok(found)) => Ok(found),
            Ok(Err(error)) => Err(self.failed(&error.into())),
            Err(error) => Err(self.failed(&error)),
        }
    }

    fn failed(&self, error: &Fault) -> Starting {
        tracing::error!(%error, folder = %self.folder.display(), "the index cannot be searched");
        Starting
    }

    /// The index once it includes an entry, or as it is after [`PATIENCE`]; `None` where there is none yet.
    async fn until(&self, seq: u64) -> Option<Ready> {
        self.asked.send_if_modified(|asked| {
            let further = seq > *asked;
            *asked = seq.max(*asked);
            further
        });
        let mut ready = self.ready.subscribe();
        let reached = ready.wait_for(|ready| ready.as_ref().is_some_and(|ready| ready.seq >= seq));
        match tokio::time::timeout(PATIENCE, reached).await {
            Ok(Ok(ready)) => ready.clone(),
            _ => {
                let ready = self.ready.borrow().clone();
                if ready.is_some() {
                    tracing::warn!(seq, "the search is behind the ledger");
                }
                ready
            }
        }
    }
}

/// The best hits of a query that are kept, the newest first among equals, and how many there are.
fn found(
    searcher: &Searcher,
    query: &dyn Query,
    (from, count): (usize, usize),
    keep: &dyn Fn(u64) -> bool,
) -> Result<Found, TantivyError> {
    let weight = query.weight(EnableScoring::enabled_from_searcher(searcher))?;
    let most = from + count;
    // The worst of the best stands on top. Scores are not negative, so their bits are in the order of their values.
    let mut best: BinaryHeap<Reverse<(u32, u64, DocAddress)>> = BinaryHeap::with_capacity(most + 1);
    let mut total = 0_u32;
    for (segment, reader) in (0..).zip(searcher.segment_readers()) {
        let ordinals = reader.fast_fields().u64("ordinal")?.first_or_default_col(0);
        let alive = reader.alive_bitset();
        weight.for_each(reader, &mut |doc, score| {
            if alive.is_some_and(|alive| !alive.is_alive(doc)) {
                return;
            }
            let ordinal = ordinals.get_val(doc);
            if !keep(ordinal) {
                return;
            }
            total += 1;
            let found = (score.to_bits(), ordinal, DocAddress::new(segment, doc));
            if best.len() < most || best.peek().is_some_and(|Reverse(worst)| found > *worst) {
                best.push(Reverse(found));
                if best.len() > most {
                    best.pop();
                }
            }
        })?;
    }
    let mut hits = Vec::with_capacity(count);
    for Reverse((_, _, address)) in best.into_sorted_vec().into_iter().skip(from) {
        let columns = searcher.segment_reader(address.segment_ord).fast_fields();
        let of = |name| Ok::<_, TantivyError>(columns.u64(name)?.first(address.doc_id).unwrap_or_default());
        hits.push(Hit {
            reference: Reference::from_stored(of("reference")?),
            version: u32::try_from(of("version")?).unwrap_or(u32::MAX),
        });
    }
    Ok(Found { hits, total: total.min(SEARCH_TOTAL), capped: total > SEARCH_TOTAL })
}

/// Makes the index and keeps it.
struct Keeper {
    store: Arc<dyn ReadCases>,
    folder: PathBuf,
    version: String,
    ready: Arc<watch::Sender<Option<Ready>>>,
}

/// The index as the keeper has it.
struct Kept {
    writer: IndexWriter,
    reader: IndexReader,
    fields: Fields,
    seq: u64,
    erased: u64,
}

impl Keeper {
    /// Keeps the index until nobody can search any more. After a failure of the index it is made again.
    async fn run(self, mut asked: watch::Receiver<u64>) {
        loop {
            let fault = match self.opened().await {
                Ok(kept) => match self.follow(kept, &mut asked).await {
                    Ok(()) => return,
                    Err(fault) => fault,
                },
                Err(fault) => fault,
            };
            let mut rest = REST;
            match &fault {
                Fault::Store(error) => tracing::warn!(%error, "the search does not follow the ledger"),
                // Of a task that has just ended in this process: only one program uses a data folder.
                Fault::Index(TantivyError::LockFailure(..)) => rest = PACE,
                Fault::Index(error) => {
                    tracing::error!(%error, folder = %self.folder.display(), "the index of the search is made again");
                    self.ready.send_replace(None);
                    if let Err(error) = removed(&self.folder) {
                        tracing::error!(%error, "the index of the search cannot be removed");
                    }
                }
            }
            tokio::select! {
                () = tokio::time::sleep(rest) => {}
                () = ended(&mut asked) => return,
            }
        }
    }

    /// The index on disk where it belongs to this ledger and is whole; else one made from the store.
    async fn opened(&self) -> Result<Kept, Fault> {
        if let Some((index, payload)) = self.on_disk().await? {
            return Ok(Kept { seq: payload.seq, erased: payload.erased, ..kept(&index)? });
        }
        removed(&self.folder)?;
        std::fs::create_dir_all(&self.folder)?;
        let index = Index::create_in_dir(&self.folder, schema().0)?;
        self.filled(kept(&index)?).await
    }

    /// The index on disk with what its last commit says; `None` where there is none, or it is of another version or
    /// ledger, or damaged.
    async fn on_disk(&self) -> Result<Option<(Index, Payload)>, Fault> {
        if !self.folder.join("meta.json").exists() {
            return Ok(None);
        }
        let folder = self.folder.clone();
        let read = tokio::task::spawn_blocking(move || {
            let index = Index::open_in_dir(folder)?;
            let damaged = index.validate_checksum()?;
            let payload = index.load_metas()?.payload;
            Ok::<_, TantivyError>((index, damaged.is_empty(), payload))
        });
        let (index, whole, payload) = match read.await? {
            Ok(read) => read,
            Err(error) => {
                tracing::warn!(%error, "the index of the search cannot be opened: it is made again");
                return Ok(None);
            }
        };
        let payload: Option<Payload> = payload.and_then(|json| serde_json::from_str(&json).ok());
        let Some(payload) = payload.filter(|payload| whole && payload.version == self.version) else {
            tracing::info!("the index of the search is damaged, unfinished or of another version: it is made again");
            return Ok(None);
        };
        if self.store.head_at(payload.seq).await?.map(hex::encode).as_ref() != Some(&payload.hash) {
            tracing::info!("the index of the search is of another ledger: it is made again");
            return Ok(None);
        }
        Ok(Some((index, payload)))
    }

    /// Fills an empty index with every case.
    async fn filled(&self, mut kept: Kept) -> Result<Kept, Fault> {
        let began = Instant::now();
        // Read before the cases: what changes meanwhile is read once more.
        kept.erased = self.store.chains().await?.records.seq;
        kept.seq = self.store.head().await?.seq;
        let (mut cases, mut pages) = (0, CasePages::new(self.store.as_ref()));
        while let Some(page) = pages.next().await? {
            cases += page.len() as u64;
            kept = self.added(kept, page, false).await?;
            if cases.is_multiple_of(100_000) {
                tracing::info!(cases, "made searchable");
            }
        }
        let kept = self.committed(kept).await?;
        tracing::info!(cases, seconds = began.elapsed().as_secs(), "the index of the search is made");
        Ok(kept)
    }

    /// Follows the ledger; ends where nobody can search any more.
    async fn follow(&self, mut kept: Kept, asked: &mut watch::Receiver<u64>) -> Result<(), Fault> {
        self.show(&kept);
        let mut bell = self.store.bell();
        let (mut waits_since, mut committed) = (None, Instant::now());
        loop {
            let records = self.store.chains().await?.records.seq;
            let erased = if records > kept.erased { self.erased(kept.erased).await? } else { Vec::new() };
            let changes = self.store.changes_since(kept.seq, PAGE).await?;
            let more = changes.len() == PAGE as usize;
            if !erased.is_empty() || !changes.is_empty() {
                let seq = changes.last().map_or(kept.seq, |last| last.seq);
                let changes = erased.into_iter().chain(changes).collect();
                kept = Kept { seq, ..self.added(kept, changes, true).await? };
                waits_since.get_or_insert_with(Instant::now);
            }
            kept.erased = records;
            let mut look = SOON;
            if let Some(since) = waits_since {
                let shown = self.ready.borrow().as_ref().map_or(0, |ready| ready.seq);
                look = SOON.saturating_sub(since.elapsed());
                if *asked.borrow_and_update() > shown {
                    look = look.min(PACE.saturating_sub(committed.elapsed()));
                }
                if look.is_zero() {
                    kept = self.committed(kept).await?;
                    self.show(&kept);
                    (waits_since, committed, look) = (None, Instant::now(), SOON);
                }
            }
            if more {
                continue;
            }
            tokio::select! {
                rung = bell.changed() => if rung.is_err() { return Ok(()) },
                asks = asked.changed() => if asks.is_err() { return Ok(()) },
                () = tokio::time::sleep(look) => {}
            }
        }
    }

    /// The cases of which words were erased on a later record than this one.
    async fn erased(&self, record: u64) -> Result<Vec<Changed>, StoreError> {
        let (mut all, mut last) = (Vec::new(), record);
        loop {
            let page = self.store.erased_since(last, PAGE).await?;
            let more = page.len() == PAGE as usize;
            last = page.last().map_or(last, |(record, _)| *record);
            all.extend(page.into_iter().map(|(_, changed)| changed));
            if !more {
                return Ok(all);
            }
        }
    }

    /// The index with the documents of these cases, made from the store as it is now. `anew`: in place of those that it
    /// has of them.
    async fn added(&self, kept: Kept, changes: Vec<Changed>, anew: bool) -> Result<Kept, Fault> {
        let references: Vec<Reference> = changes.iter().map(|changed| changed.case.reference).collect();
        let searchable = self.store.searchable(&references).await?;
        let added = tokio::task::spawn_blocking(move || {
            // Both are in the same order, and the store may lack some.
            let mut searchable = searchable.iter().peekable();
            for changed in &changes {
                let reference = changed.case.reference;
                if anew {
                    kept.writer.delete_term(Term::from_field_u64(kept.fields.reference, reference.as_u64()));
                }
                if let Some(found) = searchable.next_if(|found| found.reference == reference) {
                    kept.writer.add_document(document(&kept.fields, changed, found))?;
                }
            }
            Ok::<_, TantivyError>(kept)
        });
        Ok(added.await??)
    }

    /// The index with everything on disk.
    async fn committed(&self, mut kept: Kept) -> Result<Kept, Fault> {
        let hash = self.store.head_at(kept.seq).await?.unwrap_or_default();
        let payload =
            Payload { version: self.version.clone(), seq: kept.seq, hash: hex::encode(hash), erased: kept.erased };
        let payload = serde_json::to_string(&payload).unwrap_or_default();
        let committed = tokio::task::spawn_blocking(move || {
            let mut commit = kept.writer.prepare_commit()?;
            commit.set_payload(&payload);
            commit.commit()?;
            kept.reader.reload()?;
            Ok::<_, TantivyError>(kept)
        });
        Ok(committed.await??)
    }

    fn show(&self, kept: &Kept) {
        self.ready.send_replace(Some(Ready { seq: kept.seq, reader: kept.reader.clone(), fields: kept.fields }));
    }
}

/// An index with its writer, at the beginning of the ledger.
fn kept(index: &Index) -> Result<Kept, TantivyError> {
    let (_, fields) = schema();
    let writer: IndexWriter<TantivyDocument> = index.writer_with_num_threads(1, HEAP)?;
    let mut merging = LogMergePolicy::default();
    merging.set_del_docs_ratio_before_merge(DELETED);
    writer.set_merge_policy(Box::new(merging));
    let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
    Ok(Kept { writer, reader, fields, seq: 0, erased: 0 })
}

fn removed(folder: &Path) -> std::io::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Waits until nobody can ask any more.
async fn ended(asked: &mut watch::Receiver<u64>) {
    while asked.changed().await.is_ok() {}
}

#[cfg(test)]
mod tests;
