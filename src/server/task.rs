//! What the server does by itself: its tasks beside the requests, and how it ends.

use crate::app::{admin, attachment, phone};
use crate::disk::{FOUND_FULL, Room};
use crate::files::{self, OwnFile};
use crate::state::App;
use crate::store::{self, StoreError};
use crate::{backup, deadlines, digest, mailing, messenger, published};
use anyhow::Result;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// How often the head of the ledger is signed and published; an end of this length could be lost unnoticed.
const PUBLISHED_EVERY: Duration = Duration::from_secs(60);
/// How often the server records that it is alive.
const SEEN_EVERY: Duration = Duration::from_secs(60);
/// Bytes reserved within the database: room for tens of thousands of readings.
const WITHIN: usize = 4 * 1024 * 1024;
/// Time between looks whether superiors are to be told.
const TOLD_EVERY: Duration = Duration::from_secs(300);
/// Shortest time between two checks of the database for damage.
const LOOKED_EVERY: std::time::Duration = std::time::Duration::from_secs(600);
/// Pause after a check, as a multiple of its duration, so that a large database is checked for a hundredth of the time.
const REST: u32 = 100;

/// Pause after a check of this duration.
fn rest_after(look: std::time::Duration) -> std::time::Duration {
    LOOKED_EVERY.max(look * REST)
}

impl App {
    /// Loads changes of the facts, derives due dates again if it is this node's turn, and counts again once that is
    /// done.
    ///
    /// # Errors
    /// Where the store does not answer, or a table cannot be read.
    pub async fn follow_facts(&self) -> Result<()> {
        self.refresh().await?;
        let app = self.current();
        let mut derived = admin::derived(app.store.as_ref()).await?;
        let counted = (app.counted_by.load(Ordering::Relaxed), app.counted_after.load(Ordering::Relaxed));
        // Another node may have derived once more by the same facts.
        if (app.facts.version, derived.run) == counted {
            return Ok(());
        }
        if derived.version < app.facts.version && app.has_turn("derive").await {
            derived = admin::derive_while(app.store.as_ref(), &app.facts, || app.has_turn("derive")).await?;
            tracing::info!(version = derived.version, moved = derived.moved, "due dates follow the facts");
        }
        if derived.version >= app.facts.version {
            app.feed.count_anew(app.store.as_ref(), app.facts.view()?).await?;
            app.counted_by.store(app.facts.version, Ordering::Relaxed);
            app.counted_after.store(derived.run, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Starts all background tasks.
    pub fn start_tasks(&self) {
        let config = &self.config;
        self.search.start();
        let app = self.clone();
        tokio::spawn(async move {
            if let Err(error) = app.ballast().await {
                tracing::warn!(%error, "the database holds no room of its own");
            }
        });
        if let Some(gateway) = &config.gateway {
            tokio::spawn(messenger::run(self.store.clone(), gateway.clone(), config.clock.clone(), config.demo));
        }
        if let Some(mut told) = config.exchange.as_ref().and_then(|exchange| exchange.local()?.listen()) {
            let app = self.clone();
            tokio::spawn(async move {
                while let Some(told) = told.recv().await {
                    if let Err(error) = phone::hear(&app, &told).await {
                        tracing::warn!(%error, "what the stand-in for the exchange tells is lost");
                    }
                }
            });
        }
        tokio::spawn(deadlines::run(self.clone()));
        self.every(TOLD_EVERY, async |app: Self| {
            if app.doubt().is_none()
                && app.has_turn("digest").await
                && let Err(error) = digest::round(&app).await
            {
                tracing::warn!(%error, "superiors are told in the next round");
            }
        });
        self.every(TOLD_EVERY, async |app: Self| {
            if app.doubt().is_none()
                && app.has_turn("mailing").await
                && let Err(error) = mailing::round(&app).await
            {
                tracing::warn!("mails are written in the next round: {error:#}");
            }
        });
        self.every(PUBLISHED_EVERY, async |app: Self| {
            let done = match app.has_turn("publish").await {
                true => published::publish(&app).await.map(|_| ()),
                false => published::follow(&app).await,
            };
            if let Err(error) = done {
                tracing::error!(%error, "the head of the ledger is not published");
            }
        });
        self.every(SEEN_EVERY, async |app: Self| {
            // A clock in doubt must leave no time that the next start would trust.
            if app.doubt().is_none()
                && let Err(error) = app.store.ping(app.now()).await
            {
                tracing::error!(%error, "the sign of life is not written");
            }
        });
        self.every(Duration::from_secs(1), async |app: Self| {
            if let Err(error) = app.follow_facts().await {
                tracing::error!("what was administered does not hold yet: {error:#}");
            }
        });
        let app = self.clone();
        tokio::spawn(async move { app.watch_room().await });
        tokio::spawn(self.feed.clone().keep_now_and_then(self.store.clone()));
        self.every(Duration::from_secs(5), async |app: Self| match attachment::unnamed_bytes(&app).await {
            Ok(bytes) => app.unnamed.store(bytes, Ordering::Relaxed),
            Err(error) => tracing::warn!(%error, "what strangers have sent is not known"),
        });
        let app = self.clone();
        tokio::spawn(async move { watch_for_damage(&app).await });
        self.every(Duration::from_secs(600), async |app: Self| {
            if let Some(limits) = &app.limits {
                limits.sweep();
            }
            if !app.has_turn("sweep").await {
                return;
            }
            if app.doubt().is_none()
                && let Err(error) = app.store.sweep(app.now()).await
            {
                tracing::warn!(%error, "what has ended is left to the next round");
            }
            if app.doubt().is_none()
                && let Err(error) = attachment::sweep(&app).await
            {
                tracing::warn!(%error, "attachments that nothing names are left to the next round");
            }
        });
        if let Some(schedule) = &config.backup {
            tokio::spawn(backup::run(self.clone(), schedule.clone()));
        }
    }

    /// Looks at the disk each second, and at once where a write found no room, until the program stops. If the database
    /// was removed from under the server, the process ends, since what it acknowledged would be lost.
    async fn watch_room(&self) {
        let mut stopping = self.stopping.subscribe();
        let own = ["pratikar.db", "pratikar.db-wal"];
        let own: Vec<OwnFile> = own.into_iter().filter_map(|name| OwnFile::of(self.config.data.join(name))).collect();
        // A failed attempt rings the bell as well; after one, the next look waits its second.
        let mut deaf = false;
        loop {
            let rung = async { if deaf { std::future::pending().await } else { FOUND_FULL.notified().await } };
            tokio::select! {
                _ = tokio::time::timeout(Duration::from_secs(1), rung) => {}
                _ = stopping.wait_for(|stopping| *stopping) => return,
            }
            if let Some(path) = own.iter().find_map(OwnFile::gone) {
                tracing::error!(
                    "{} was moved, deleted or replaced while the server ran: it ends, for nothing that it takes now would \
                     be kept. Put it back as it was before you start again (docs/reliability.md)",
                    path.display()
                );
                std::process::exit(1);
            }
            let (before, room) = (self.disk.room(), self.disk.look());
            // On a full disk it is tried each time, and reported once.
            deaf = false;
            if (before != room || room == Room::Full)
                && let Err(error) = self.ballast().await
            {
                deaf = true;
                if before != room {
                    tracing::warn!(%error, "the room that the database holds is as it was");
                }
            }
        }
    }

    /// Reserves room within the database and releases it when the disk is full, so that readings can still be recorded
    /// and staff can go on.
    async fn ballast(&self) -> Result<(), StoreError> {
        match self.disk.room() {
            // The disk belongs to another machine.
            _ if self.config.database.is_some() => Ok(()),
            Room::Full => {
                self.store.forget_fact("ballast").await?;
                // Moves the log into the database and starts it again, since it cannot grow now.
                self.store.checkpoint(true).await
            }
            Room::Low => Ok(()),
            Room::Ample if self.store.fact("ballast").await?.is_some() => Ok(()),
            Room::Ample => {
                self.store.put_fact("ballast", vec![0; WITHIN]).await?;
                // The log keeps its size from now on.
                self.store.checkpoint(true).await
            }
        }
    }

    /// Whether it is this node's turn at a task that only one does. A turn lasts a minute beyond the last time it was
    /// taken, so that another node continues where this one ends.
    pub async fn has_turn(&self, task: &str) -> bool {
        let now = self.now();
        // Only one program uses a file.
        self.config.database.is_none()
            || self.store.take_turn(task, &self.node, now, now + chrono::Duration::minutes(1)).await.unwrap_or(false)
    }

    /// Runs something repeatedly until the program stops.
    fn every<W, F>(&self, time: Duration, work: W)
    where
        W: Fn(Self) -> F + Send + 'static,
        F: Future<Output = ()> + Send,
    {
        let app = self.clone();
        tokio::spawn(async move {
            let mut stopping = app.stopping.subscribe();
            loop {
                work(app.current()).await;
                tokio::select! {
                    () = tokio::time::sleep(time) => {}
                    _ = stopping.wait_for(|stopping| *stopping) => return,
                }
            }
        });
    }

    /// Ends in order: publishes the head, and leaves a database that is a single file.
    pub async fn close(&self) {
        if self.doubt().is_none()
            && let Err(error) = published::publish(self).await
        {
            tracing::error!(%error, "the head of the ledger is not published");
        }
        if let Ok(head) = self.store.head().await {
            self.feed.until(head.seq).await;
        }
        if let Err(error) = self.feed.keep(self.store.as_ref()).await {
            tracing::warn!(%error, "the counts are not kept: the next start counts again");
        }
        if let Err(error) = self.store.checkpoint(false).await {
            tracing::warn!(%error, "the log is left beside the database");
        }
        if let Err(error) = files::hand_back(&self.config.data) {
            tracing::warn!("{error:#}");
        }
    }
}

/// Checks the database for damaged pages now and then, until the program stops.
async fn watch_for_damage(app: &App) {
    let mut stopping = app.stopping.subscribe();
    let mut rest = if app.health.looked { LOOKED_EVERY } else { std::time::Duration::ZERO };
    loop {
        tokio::select! {
            () = tokio::time::sleep(rest) => {}
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
        let began = Instant::now();
        match app.store.damage().await {
            Ok(None) => store::damage_is_gone(),
            Ok(Some(what)) => {
                tracing::error!(what, "the database is damaged: restore a backup");
                store::damage_found();
            }
            Err(error) => tracing::warn!(%error, "the database could not be looked through"),
        }
        rest = rest_after(began.elapsed());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_database_is_read_through_for_a_hundredth_of_the_time() {
        let seconds = std::time::Duration::from_secs;
        assert_eq!(rest_after(seconds(0)), seconds(600));
        assert_eq!(rest_after(seconds(6)), seconds(600));
        assert_eq!(rest_after(seconds(60)), seconds(6_000));
    }
}
