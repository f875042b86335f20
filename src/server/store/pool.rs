//! Connections for reading, of either engine.

use super::sql::Connection;
use super::{Result, StoreError, postgres, sqlite};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

/// Connections for reading.
pub(super) enum Pool {
    /// To a SQLite file.
    Sqlite {
        /// The file.
        path: PathBuf,
        /// Idle connections.
        resting: Mutex<Vec<Connection>>,
    },
    /// To a PostgreSQL database.
    Postgres(Arc<postgres::Server>),
}

impl Pool {
    /// Of a SQLite file.
    pub(super) fn sqlite(path: PathBuf) -> Self {
        Self::Sqlite { path, resting: Mutex::default() }
    }

    /// A short read: look-ups by index, a page at most. On SQLite it takes microseconds and runs on the calling thread;
    /// there are never more connections than reading threads.
    pub(super) fn read<T>(&self, read: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        match self {
            Self::Sqlite { path, resting } => {
                let rested = resting.lock().ok().and_then(|mut resting| resting.pop());
                let connection = match rested {
                    Some(connection) => connection,
                    None => sqlite::connect(path)?.into(),
                };
                let answer = read(&connection);
                if let Ok(mut resting) = resting.lock() {
                    resting.push(connection);
                }
                answer
            }
            Self::Postgres(server) => aside(|| read(&server.session()?.into())),
        }
    }

    /// A read that may take long; other work of this thread is moved elsewhere meanwhile.
    pub(super) fn scan<T>(&self, read: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        match self {
            Self::Sqlite { .. } => aside(|| self.read(read)),
            Self::Postgres(_) => self.read(read),
        }
    }

    /// Looks for damaged pages; answers what is damaged, `None` where nothing is.
    pub(super) async fn damage(&self) -> Result<Option<String>> {
        match self {
            Self::Sqlite { path, .. } => {
                let path = path.clone();
                let looked = tokio::task::spawn_blocking(move || sqlite::damage(&path));
                looked.await.map_err(|error| StoreError::Unavailable(error.to_string()))?
            }
            // PostgreSQL checks its pages itself by checksums; `amcheck` does more.
            Self::Postgres(_) => Ok(None),
        }
    }

    /// Moves everything from the log to the file, where the engine has such a log.
    pub(super) async fn checkpoint(&self, keep_room: bool) -> Result<()> {
        match self {
            Self::Sqlite { path, resting } => {
                // Idle readers could keep the log from being emptied.
                if let Ok(mut resting) = resting.lock() {
                    resting.clear();
                }
                let path = path.clone();
                let moved = tokio::task::spawn_blocking(move || sqlite::checkpoint(&path, keep_room));
                moved.await.map_err(|error| StoreError::Unavailable(error.to_string()))?
            }
            Self::Postgres(_) => Ok(()),
        }
    }
}

/// Runs something that blocks its thread; the async runtime moves other work of that thread elsewhere.
fn aside<T>(work: impl FnOnce() -> T) -> T {
    use tokio::runtime::{Handle, RuntimeFlavor};
    match Handle::try_current() {
        Ok(handle) if handle.runtime_flavor() == RuntimeFlavor::MultiThread => tokio::task::block_in_place(work),
        _ => work(),
    }
}
