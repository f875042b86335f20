//! The one writer: takes whatever is queued into one transaction and answers after the commit.
//!
//! A write that fails before it has changed anything, as nearly all do, leaves the group as it is. Where one fails
//! halfway, the transaction is rolled back and the group done again without it: writes can be repeated, which costs
//! nothing until it happens, where a savepoint for each would copy pages aside for all.

use super::{Result, chain, head};
use crate::ledger::Head;
use crate::store::{Chains, Committed, Observer, StoreError};
use rusqlite::Connection;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::Duration;
use tokio::sync::oneshot;

/// How many writes share one commit at the most.
const GROUP: usize = 256;
/// After how many writes the log is moved to the file.
const CHECKPOINT: usize = 1_024;
/// After how long without that all of it is.
const WHOLE: Duration = Duration::from_secs(120);
/// How many may wait; more are turned away at once, for queueing longer than a second helps nobody (REL-15).
const WAITING: usize = 4_096;

/// What a write changes besides the tables.
pub(super) struct Effects<'a> {
    /// The end of the chain, within this transaction.
    pub head: &'a mut Head,
    /// What the views are told after the commit.
    pub committed: &'a mut Vec<Committed>,
    /// The ends of the other chains, within this transaction.
    pub chains: &'a mut Chains,
}

/// A write that waits for its turn, its commit and its answer.
trait Job: Send {
    /// Does the work within the transaction; false where it failed.
    fn run(&mut self, connection: &Connection, effects: &mut Effects<'_>) -> bool;
    /// Tells the asker, once it is known whether the group was committed.
    fn answer(self: Box<Self>, commit: Result<()>);
}

struct Write<T, F> {
    work: F,
    outcome: Result<T>,
    answer: oneshot::Sender<Result<T>>,
}

impl<T, F> Job for Write<T, F>
where
    T: Send,
    F: Fn(&Connection, &mut Effects<'_>) -> Result<T> + Send,
{
    fn run(&mut self, connection: &Connection, effects: &mut Effects<'_>) -> bool {
        // A write that panics fails alone; the next ones go on.
        self.outcome = catch_unwind(AssertUnwindSafe(|| (self.work)(connection, effects)))
            .unwrap_or_else(|_| Err(StoreError::Unavailable("the write panicked".into())));
        self.outcome.is_ok()
    }

    fn answer(self: Box<Self>, commit: Result<()>) {
        // A refusal stands whether or not the others were committed. The asker may have gone: so does their write.
        let _ = self.answer.send(match self.outcome {
            Ok(value) => commit.map(|()| value),
            refused => refused,
        });
    }
}

/// The hand that writes.
pub(super) struct Writer {
    queue: SyncSender<Box<dyn Job>>,
}

impl Writer {
    pub(super) fn start(connection: Connection, checkpointer: Connection, observer: Observer) -> Result<Self> {
        let (head, chains) = (head(&connection)?, chain::ends(&connection)?);
        let (queue, jobs) = sync_channel(WAITING);
        let (written, due) = sync_channel(1);
        let thread = |name: &str, body: Box<dyn FnOnce() + Send>| {
            std::thread::Builder::new()
                .name(name.into())
                .spawn(body)
                .map_err(|error| StoreError::Unavailable(error.to_string()))
        };
        thread("store-writer", Box::new(move || run(&connection, &jobs, &written, (head, chains), &observer)))?;
        thread("store-checkpointer", Box::new(move || checkpoint(&checkpointer, &due)))?;
        Ok(Self { queue })
    }

    /// Does the work in the next group; answers once it is on disk. The work may be done more than once, each time
    /// on the state before it.
    pub(super) async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&Connection, &mut Effects<'_>) -> Result<T> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let not_yet = Err(StoreError::Unavailable("no transaction could begin".into()));
        self.queue.try_send(Box::new(Write { work, outcome: not_yet, answer })).map_err(|error| {
            StoreError::Unavailable(match error {
                TrySendError::Full(_) => "too many writes are waiting".into(),
                TrySendError::Disconnected(_) => "the writer has stopped".into(),
            })
        })?;
        answered.await.map_err(|_| StoreError::Unavailable("the writer has stopped".into()))?
    }
}

/// Moves pages from the log to the file while the writer goes on; every few minutes all of them, so that the file is the
/// database.
fn checkpoint(connection: &Connection, due: &Receiver<()>) {
    // The writer waits meanwhile: readers that take long are left to the next time.
    let _ = connection.busy_timeout(Duration::from_millis(100));
    loop {
        let mode = match due.recv_timeout(WHOLE) {
            Ok(()) => "PASSIVE",
            // The log keeps its room: on a full disk it can be written over, where a new one could not be made.
            Err(RecvTimeoutError::Timeout) => "RESTART",
            Err(RecvTimeoutError::Disconnected) => return,
        };
        if let Err(error) = connection.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |_| Ok(())) {
            tracing::warn!(%error, "a checkpoint was left to the next");
        }
    }
}

fn run(
    connection: &Connection,
    jobs: &Receiver<Box<dyn Job>>,
    written: &SyncSender<()>,
    (mut head, mut chains): (Head, Chains),
    observer: &Observer,
) {
    let mut since_checkpoint = 0;
    while let Ok(first) = jobs.recv() {
        let mut group =
            Group { connection, start: (head, chains), head, chains, committed: Vec::new(), kept: Vec::new() };
        let mut failed = Vec::new();
        let outcome = group.fill(first, jobs, &mut failed).and_then(|()| Ok(connection.execute_batch("COMMIT")?));
        let Group { head: ledger, chains: beside, committed, kept, .. } = group;
        match &outcome {
            Ok(()) => {
                (head, chains) = (ledger, beside);
                if !committed.is_empty() && catch_unwind(AssertUnwindSafe(|| observer(&committed))).is_err() {
                    tracing::error!("a view did not take in what was written");
                }
            }
            Err(error) => {
                tracing::error!(%error, "a group of writes was not committed");
                if let Err(error) = connection.execute_batch("ROLLBACK") {
                    tracing::debug!(%error, "nothing to roll back");
                }
            }
        }
        since_checkpoint += kept.len();
        for job in kept.into_iter().chain(failed) {
            job.answer(match &outcome {
                Ok(()) => Ok(()),
                Err(error) => Err(StoreError::Unavailable(error.to_string())),
            });
        }
        if since_checkpoint >= CHECKPOINT && written.try_send(()).is_ok() {
            since_checkpoint = 0;
        }
    }
}

/// The writes of one transaction.
struct Group<'c> {
    connection: &'c Connection,
    /// Where the chains ended before it.
    start: (Head, Chains),
    head: Head,
    chains: Chains,
    committed: Vec<Committed>,
    /// Those that are done, in order.
    kept: Vec<Box<dyn Job>>,
}

impl Group<'_> {
    /// Does the first and whatever else waits; those that fail go to `failed`.
    fn fill(
        &mut self,
        first: Box<dyn Job>,
        jobs: &Receiver<Box<dyn Job>>,
        failed: &mut Vec<Box<dyn Job>>,
    ) -> Result<()> {
        let begun = self.connection.execute_batch("BEGIN IMMEDIATE");
        let mut next = Some(first);
        while let Some(job) = next {
            match &begun {
                Ok(()) => self.add(job, failed)?,
                Err(_) => failed.push(job),
            }
            next = if self.kept.len() + failed.len() < GROUP { jobs.try_recv().ok() } else { None };
        }
        Ok(begun?)
    }

    fn add(&mut self, mut job: Box<dyn Job>, failed: &mut Vec<Box<dyn Job>>) -> Result<()> {
        let before = (self.head, self.chains);
        let (told, changes) = (self.committed.len(), self.connection.total_changes());
        let mut effects = Effects { head: &mut self.head, committed: &mut self.committed, chains: &mut self.chains };
        let done = job.run(self.connection, &mut effects);
        if done { &mut self.kept } else { &mut *failed }.push(job);
        // A full disk or a failed read ends the whole transaction; what follows would be written each by itself.
        if self.connection.is_autocommit() {
            return Err(StoreError::Unavailable("the database took the transaction back".into()));
        }
        if done {
            return Ok(());
        }
        (self.head, self.chains) = before;
        self.committed.truncate(told);
        if self.connection.total_changes() == changes {
            return Ok(());
        }
        // It had begun to write: everything is taken back, and what came before it done again.
        self.connection.execute_batch("ROLLBACK; BEGIN IMMEDIATE")?;
        (self.head, self.chains) = self.start;
        self.committed.clear();
        for job in std::mem::take(&mut self.kept) {
            self.add(job, failed)?;
        }
        Ok(())
    }
}
