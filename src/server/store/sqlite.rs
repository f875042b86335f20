//! The store in one SQLite file: WAL, `synchronous=FULL`, one writer that commits in groups, readers beside it.

mod append;
mod audit;
mod backup;
mod chain;
mod files;
mod outbox;
mod people;
mod proof;
mod queue;
mod schema;
mod writer;

use super::{Observer, Result, StoreError};
use crate::ledger::Head;
use model::{PersonId, Reference, Time};
use rusqlite::types::{FromSql, Type};
use rusqlite::{Connection, OpenFlags, Row};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use writer::Writer;

pub use backup::{attachments, copy, damage, end, fact, heads, put_fact, record_loss, verify};

/// The migrations, in order; the database's `user_version` says how many it has.
const MIGRATIONS: [&str; 9] = [
    include_str!("sqlite/schema.sql"),
    include_str!("sqlite/schema2.sql"),
    include_str!("sqlite/schema3.sql"),
    include_str!("sqlite/schema4.sql"),
    include_str!("sqlite/schema5.sql"),
    include_str!("sqlite/schema6.sql"),
    include_str!("sqlite/schema7.sql"),
    include_str!("sqlite/schema8.sql"),
    include_str!("sqlite/schema9.sql"),
];
/// The migration after which the chains beside the ledger begin.
const CHAINS: usize = 3;
/// The migration from which messages are on record.
const MESSAGES: usize = 4;

/// A SQLite file.
pub struct Sqlite {
    path: PathBuf,
    readers: Mutex<Vec<Connection>>,
    writer: Writer,
}

/// What every connection is set to, and what it must then say (REL-01, REL-03).
const PRAGMAS: [(&str, &str, &str); 6] = [
    ("journal_mode", "WAL", "wal"),
    ("synchronous", "FULL", "2"),
    ("foreign_keys", "ON", "1"),
    ("busy_timeout", "5000", "5000"),
    ("trusted_schema", "OFF", "0"),
    ("secure_delete", "FAST", "2"),
];

/// A connection to a file that is there.
fn open(path: &Path) -> Result<Connection> {
    open_with(path, OpenFlags::empty())
}

fn open_with(path: &Path, more: OpenFlags) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | more;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.set_prepared_statement_cache_capacity(128);
    for (name, value, expected) in PRAGMAS {
        connection.pragma_update(None, name, value)?;
        let said = connection.pragma_query_value(None, name, |row| {
            Ok(match row.get_ref(0)? {
                rusqlite::types::ValueRef::Integer(number) => number.to_string(),
                other => other.as_str().unwrap_or_default().to_owned(),
            })
        })?;
        if said != expected {
            return Err(StoreError::Unavailable(format!("PRAGMA {name} is {said}, not {expected}")));
        }
    }
    connection.pragma_update(None, "journal_size_limit", 64 * 1024 * 1024)?;
    connection.pragma_update(None, "cache_size", -2_000)?;
    // What SQLite copies aside stays in memory, for nothing of it outlives its transaction.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // The checkpointer moves pages from the log to the file; a writer does so itself only where that falls behind.
    connection.pragma_update(None, "wal_autocheckpoint", 16_384)?;
    Ok(connection)
}

fn migrate(connection: &mut Connection) -> Result<()> {
    let have: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let have = have as usize;
    if have > MIGRATIONS.len() {
        return Err(StoreError::Unavailable(format!(
            "the database is of a newer program (version {have}, this one knows {}): start that program; the only way back \
             is a backup that this one made (pratikar restore)",
            MIGRATIONS.len()
        )));
    }
    for (index, script) in MIGRATIONS.iter().enumerate().skip(have) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(script)?;
        match index {
            CHAINS => chain::adopt(&transaction)?,
            MESSAGES => chain::adopt_rows(&transaction, &[chain::MESSAGE])?,
            _ => {}
        }
        transaction.pragma_update(None, "user_version", u32::try_from(index + 1).unwrap_or(u32::MAX))?;
        transaction.commit()?;
    }
    Ok(())
}

impl Sqlite {
    /// Opens or makes the file, brings it up to date and starts the writer. `observer` is told of every commit.
    ///
    /// # Errors
    /// Where the file cannot be opened or is of a newer program.
    pub fn open(path: &Path, observer: Observer) -> Result<Self> {
        let mut connection = open_with(path, OpenFlags::SQLITE_OPEN_CREATE)?;
        migrate(&mut connection)?;
        schema::mend(&connection)?;
        // The writer touches the leaves of every index: its cache is large, a reader's is not.
        connection.pragma_update(None, "cache_size", -48_000)?;
        let writer = Writer::start(connection, open(path)?, observer)?;
        Ok(Self { path: path.to_owned(), readers: Mutex::new(Vec::new()), writer })
    }

    /// Reads on the calling thread: index look-ups of microseconds, at most a page. Opens another connection
    /// where all are in use, so there are never more than threads that read.
    fn read<T>(&self, read: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let pooled = self.readers.lock().ok().and_then(|mut readers| readers.pop());
        let connection = match pooled {
            Some(connection) => connection,
            None => open(&self.path)?,
        };
        let answer = read(&connection);
        if let Ok(mut readers) = self.readers.lock() {
            readers.push(connection);
        }
        answer
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::{Error, ErrorCode};
        if matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)) {
            crate::health::is_damaged();
            return Self::Damaged(error.to_string());
        }
        // A value that this program has not written.
        if matches!(
            error,
            Error::FromSqlConversionFailure(..)
                | Error::InvalidColumnType(..)
                | Error::IntegralValueOutOfRange(..)
                | Error::Utf8Error(..)
        ) || error.to_string().contains("malformed JSON")
        {
            return Self::Damaged(error.to_string());
        }
        if error.sqlite_error_code() == Some(ErrorCode::DiskFull) {
            crate::disk::FOUND_FULL.notify_one();
        }
        Self::Unavailable(error.to_string())
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Damaged(format!("stored JSON: {error}"))
    }
}

/// Where there is no due date: sorts behind all others.
const NEVER: i64 = 9_000_000_000_000_000;

fn millis(at: Time) -> i64 {
    at.timestamp_millis()
}

fn time(millis: i64) -> Time {
    Time::from_timestamp_millis(millis).unwrap_or_default()
}

fn due_column(due: Option<Time>) -> i64 {
    due.map_or(NEVER, millis)
}

fn due_time(column: i64) -> Option<Time> {
    (column != NEVER).then(|| time(column))
}

fn number(reference: Reference) -> i64 {
    i64::try_from(reference.as_u64()).unwrap_or(i64::MAX)
}

fn reference(number: i64) -> Reference {
    Reference::from_stored(u64::try_from(number).unwrap_or(0))
}

/// Person numbers use 63 bits, so that they fit SQLite's integers.
fn person(id: PersonId) -> i64 {
    i64::try_from(id.get() & (u64::MAX >> 1)).unwrap_or(0)
}

/// The identifier in a column that may be empty.
fn maybe<K: FromSql, Id: From<K>>(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Id>> {
    Ok(row.get::<_, Option<K>>(column)?.map(Id::from))
}

/// The name of a unit variant as serde writes it, for columns.
fn name<T: serde::Serialize>(value: &T) -> Result<String> {
    Ok(serde_json::to_value(value)?.as_str().unwrap_or_default().to_owned())
}

/// The unit variant of a name.
fn named<T: serde::de::DeserializeOwned>(column: usize, text: String) -> rusqlite::Result<T> {
    serde_json::from_value(serde_json::Value::String(text))
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error)))
}

fn blob<const N: usize>(bytes: &[u8]) -> Result<[u8; N]> {
    bytes.try_into().map_err(|_| StoreError::Unavailable(format!("a stored value has not {N} bytes")))
}

fn head(connection: &Connection) -> Result<Head> {
    let mut statement = connection.prepare_cached("SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1")?;
    let mut rows = statement.query([])?;
    Ok(match rows.next()? {
        Some(row) => Head {
            seq: u64::try_from(row.get::<_, i64>(0)?).unwrap_or(0),
            hash: blob(row.get_ref(1)?.as_blob().unwrap_or_default())?,
        },
        None => Head::default(),
    })
}

/// The trait by delegation: reads here and in the submodules, writes through the writer.
mod store_impl;
