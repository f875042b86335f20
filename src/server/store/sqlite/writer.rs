//! The one writer: takes whatever is queued into one transaction, a savepoint each, and answers after the commit.

use super::{Result, head};
use crate::ledger::Head;
use crate::store::{Committed, Observer, StoreError};
use rusqlite::Connection;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use tokio::sync::oneshot;

/// How many writes share one commit at the most.
const GROUP: usize = 256;
/// How many may wait; more are turned away at once, for queueing longer than a second helps nobody (REL-15).
const WAITING: usize = 4_096;

/// What a write changes besides the tables.
pub(super) struct Effects<'a> {
    /// The end of the chain, within this transaction.
    pub head: &'a mut Head,
    /// What the views are told after the commit.
    pub committed: &'a mut Vec<Committed>,
}

/// A write that waits, and how it is answered.
struct Job {
    /// Does the work inside a savepoint and says whether to keep it; without a transaction, does nothing.
    run: Box<Work>,
}

type Work = dyn FnOnce(Option<(&Connection, &mut Effects<'_>)>) -> (bool, Reply) + Send;

/// Tells the asker, once it is known whether the group was committed.
type Reply = Box<dyn FnOnce(Result<()>) + Send>;

/// The hand that writes.
pub(super) struct Writer {
    queue: SyncSender<Job>,
}

impl Writer {
    pub(super) fn start(connection: Connection, observer: Observer) -> Result<Self> {
        let head = head(&connection)?;
        let (queue, jobs) = sync_channel(WAITING);
        std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || run(&connection, &jobs, head, &observer))
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Self { queue })
    }

    /// Does the work in the next group; answers once it is on disk.
    pub(super) async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection, &mut Effects<'_>) -> Result<T> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job = Job {
            run: Box::new(move |transaction| {
                let outcome = match transaction {
                    Some((connection, effects)) => work(connection, effects),
                    None => Err(StoreError::Unavailable("no transaction could begin".into())),
                };
                let keep = outcome.is_ok();
                let reply: Reply = Box::new(move |commit| {
                    // The asker may have gone: their write stands all the same.
                    let _ = answer.send(commit.and(outcome));
                });
                (keep, reply)
            }),
        };
        self.queue.try_send(job).map_err(|error| {
            StoreError::Unavailable(match error {
                TrySendError::Full(_) => "too many writes are waiting".into(),
                TrySendError::Disconnected(_) => "the writer has stopped".into(),
            })
        })?;
        answered.await.map_err(|_| StoreError::Unavailable("the writer has stopped".into()))?
    }
}

fn run(connection: &Connection, jobs: &Receiver<Job>, mut head: Head, observer: &Observer) {
    while let Ok(first) = jobs.recv() {
        let mut replies = Vec::new();
        let mut committed = Vec::new();
        let mut chain = head;
        let outcome = group(connection, first, jobs, &mut chain, &mut committed, &mut replies);
        let outcome = match outcome {
            Ok(()) => connection.execute_batch("COMMIT").map_err(StoreError::from),
            Err(error) => Err(error),
        };
        match &outcome {
            Ok(()) => {
                head = chain;
                if !committed.is_empty() {
                    observer(&committed);
                }
            }
            Err(error) => {
                tracing::error!(%error, "a group of writes was not committed");
                if let Err(error) = connection.execute_batch("ROLLBACK") {
                    tracing::debug!(%error, "nothing to roll back");
                }
            }
        }
        for reply in replies {
            reply(match &outcome {
                Ok(()) => Ok(()),
                Err(error) => Err(StoreError::Unavailable(error.to_string())),
            });
        }
    }
}

fn group(
    connection: &Connection,
    first: Job,
    jobs: &Receiver<Job>,
    head: &mut Head,
    committed: &mut Vec<Committed>,
    replies: &mut Vec<Reply>,
) -> Result<()> {
    let begun = connection.execute_batch("BEGIN IMMEDIATE");
    let mut next = Some(first);
    while let Some(job) = next {
        if begun.is_ok() {
            one(connection, job, head, committed, replies)?;
        } else {
            replies.push((job.run)(None).1);
        }
        next = if replies.len() < GROUP { jobs.try_recv().ok() } else { None };
    }
    Ok(begun?)
}

fn one(
    connection: &Connection,
    job: Job,
    head: &mut Head,
    committed: &mut Vec<Committed>,
    replies: &mut Vec<Reply>,
) -> Result<()> {
    let (before, told) = (*head, committed.len());
    connection.prepare_cached("SAVEPOINT job")?.execute([])?;
    let (keep, reply) = (job.run)(Some((connection, &mut Effects { head, committed })));
    replies.push(reply);
    if !keep {
        *head = before;
        committed.truncate(told);
        connection.prepare_cached("ROLLBACK TO job")?.execute([])?;
    }
    connection.prepare_cached("RELEASE job")?.execute([])?;
    Ok(())
}
