//! The one writer: takes whatever is queued into one transaction and answers after the commit.
//!
//! A write that fails before it has changed anything, as nearly all failures do, leaves the group as it is. Where one
//! fails halfway, the transaction is rolled back and the group is done again without it. Repeating costs nothing until
//! it happens, while a savepoint for each write would copy pages aside for all.
//!
//! On PostgreSQL most statements are deferred. Where one of them fails, nobody knows of which write it was: the group is
//! done again with each statement waited for, and the guilty write fails alone.

use super::chain::{self, Ends};
use super::outbox::Templates;
use super::sql::{Connection, Transaction};
use super::{Result, StoreError};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use tokio::sync::{oneshot, watch};

/// Most writes in one commit.
const GROUP: usize = 256;
/// Most writes that wait; more are turned away at once, for queueing longer than a second helps nobody (REL-15).
const WAITING: usize = 4_096;

/// What a write changes besides the tables.
pub(super) struct Effects<'a> {
    /// The ends of the chains within this transaction.
    pub ends: &'a mut Ends,
    /// Ids for messages that were drawn within this transaction and are not used yet.
    pub message_ids: &'a mut VecDeque<i64>,
    /// Templates whose numbers are known.
    pub templates: &'a mut Templates,
}

impl Effects<'_> {
    /// The ordinal of a new case.
    pub fn next_ordinal(&mut self) -> i64 {
        self.ends.cases += 1;
        i64::try_from(self.ends.cases).unwrap_or(i64::MAX)
    }

    /// The id of a new message.
    ///
    /// # Errors
    /// Those of the database.
    pub fn next_message(&mut self, connection: &Connection) -> Result<i64> {
        if self.message_ids.is_empty() {
            *self.message_ids = connection.message_ids()?;
        }
        self.message_ids.pop_front().ok_or_else(|| StoreError::Unavailable("no id for a message".into()))
    }
}

/// A queued write.
trait Job: Send {
    /// Does the work within the transaction; false where it failed.
    fn run(&mut self, connection: &Connection, effects: &mut Effects<'_>) -> bool;
    /// Answers the asker, once it is known whether the group was committed.
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
        // A write that panics fails alone.
        self.outcome = catch_unwind(AssertUnwindSafe(|| (self.work)(connection, effects)))
            .unwrap_or_else(|_| Err(StoreError::Unavailable("the write panicked".into())));
        self.outcome.is_ok()
    }

    fn answer(self: Box<Self>, commit: Result<()>) {
        // A refusal stands whether or not the group was committed. If the asker has gone, nobody needs the answer.
        let _ = self.answer.send(match self.outcome {
            Ok(value) => commit.map(|()| value),
            refused => refused,
        });
    }
}

/// The writing thread and the queue before it.
pub(super) struct Writer {
    queue: SyncSender<Box<dyn Job>>,
}

impl Writer {
    /// Starts the thread. `rung` gets the number of the last entry after every commit that has added some; `done` is
    /// called with the number of writes after every commit.
    pub(super) fn start(
        connection: Connection,
        rung: watch::Sender<u64>,
        done: impl FnMut(usize) + Send + 'static,
    ) -> Result<Self> {
        let (queue, jobs) = sync_channel(WAITING);
        std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || run(&connection, &jobs, &rung, done))
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Self { queue })
    }

    /// Does the work in the next group; answers once it is on disk. The work may run more than once, each time on the
    /// state before it, so it must have no effects outside the transaction.
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

fn run(connection: &Connection, jobs: &Receiver<Box<dyn Job>>, rung: &watch::Sender<u64>, mut done: impl FnMut(usize)) {
    let mut templates = Templates::new();
    while let Ok(first) = jobs.recv() {
        let mut group = Group {
            connection,
            start: Ends::default(),
            ends: Ends::default(),
            message_ids: VecDeque::new(),
            templates: std::mem::take(&mut templates),
            deferring: true,
            kept: Vec::new(),
        };
        let mut failed = Vec::new();
        let outcome = group.fill(first, jobs, &mut failed).and_then(|()| group.commit(&mut failed));
        let Group { start, ends, kept, templates: known, .. } = group;
        // Those that were added by what was not committed are none.
        if outcome.is_ok() {
            templates = known;
        }
        match &outcome {
            Ok(()) if ends.ledger != start.ledger => {
                rung.send_replace(ends.ledger.seq);
            }
            Ok(()) => {}
            Err(error) => {
                tracing::error!(%error, "a group of writes was not committed");
                if let Err(error) = connection.roll_back() {
                    tracing::debug!(%error, "nothing to roll back");
                }
            }
        }
        let written = kept.len();
        for job in kept.into_iter().chain(failed) {
            job.answer(match &outcome {
                Ok(()) => Ok(()),
                Err(error) => Err(StoreError::Unavailable(error.to_string())),
            });
        }
        done(written);
    }
}

/// The writes of one transaction.
struct Group<'c> {
    connection: &'c Connection,
    /// The ends of the chains before it.
    start: Ends,
    ends: Ends,
    message_ids: VecDeque<i64>,
    templates: Templates,
    /// Whether statements are deferred; not any more once one of them has failed.
    deferring: bool,
    /// Writes that are done, in order.
    kept: Vec<Box<dyn Job>>,
}

impl Group<'_> {
    /// Does the first write and whatever else waits; those that fail go to `failed`.
    fn fill(
        &mut self,
        first: Box<dyn Job>,
        jobs: &Receiver<Box<dyn Job>>,
        failed: &mut Vec<Box<dyn Job>>,
    ) -> Result<()> {
        let begun = self.begin();
        let mut next = Some(first);
        while let Some(job) = next {
            match &begun {
                Ok(()) => self.add(job, failed)?,
                Err(_) => failed.push(job),
            }
            next = if self.kept.len() + failed.len() < GROUP { jobs.try_recv().ok() } else { None };
        }
        begun
    }

    /// Begins a transaction in which nobody else writes, and reads the ends of the chains.
    fn begin(&mut self) -> Result<()> {
        self.connection.defer_writes(self.deferring);
        self.connection.begin_write()?;
        self.message_ids.clear();
        self.start = chain::ends(self.connection)?;
        self.ends = self.start;
        Ok(())
    }

    fn commit(&mut self, failed: &mut Vec<Box<dyn Job>>) -> Result<()> {
        match self.end() {
            Err(_) if self.connection.transaction() == Transaction::FailedLate => {
                self.deferring = false;
                self.do_again(failed)?;
                self.end()
            }
            ended => ended,
        }
    }

    fn end(&self) -> Result<()> {
        chain::put_ends(self.connection, &self.start, &self.ends)?;
        if self.ends.ledger != self.start.ledger {
            self.connection.announce(self.ends.ledger.seq)?;
        }
        self.connection.commit()
    }

    fn add(&mut self, mut job: Box<dyn Job>, failed: &mut Vec<Box<dyn Job>>) -> Result<()> {
        let (before, written) = (self.ends, self.connection.written());
        let mut effects =
            Effects { ends: &mut self.ends, message_ids: &mut self.message_ids, templates: &mut self.templates };
        let done = job.run(self.connection, &mut effects);
        let transaction = self.connection.transaction();
        let kept = done || transaction == Transaction::FailedLate;
        if kept { &mut self.kept } else { &mut *failed }.push(job);
        match transaction {
            // A full disk or a failed read ends the whole transaction; further statements would each be committed by
            // themselves.
            Transaction::Gone => return Err(StoreError::Unavailable("the database took the transaction back".into())),
            Transaction::Open if done => return Ok(()),
            Transaction::Open if self.connection.written() == written => {
                self.ends = before;
                return Ok(());
            }
            // It had begun to write, or a statement of its own failed: the writes before it are done again.
            Transaction::Open | Transaction::Failed => {}
            Transaction::FailedLate => self.deferring = false,
        }
        self.do_again(failed)
    }

    /// Rolls the transaction back and does in another one what was kept.
    fn do_again(&mut self, failed: &mut Vec<Box<dyn Job>>) -> Result<()> {
        self.connection.roll_back()?;
        self.templates.clear();
        self.begin()?;
        for job in std::mem::take(&mut self.kept) {
            self.add(job, failed)?;
        }
        Ok(())
    }
}
