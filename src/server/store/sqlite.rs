//! The store in one SQLite file: WAL, `synchronous=FULL`, one writer that commits in groups, readers beside it.

mod backup;
mod compact;
mod schema;

use super::Store;
use super::database::Database;
use super::pool::Pool;
use super::sql::{Cell, Connection as Sql, Value};
use super::writer::Writer;
use super::{Result, StoreError, chain, slim};
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;
use tokio::sync::watch;

pub use backup::{attachments, copy, damage, end, fact, heads, put_fact, record_loss, settings, verify};

/// The migrations, in order; `user_version` says how many the database has.
const MIGRATIONS: [&str; 21] = [
    include_str!("sqlite/schema.sql"),
    include_str!("sqlite/schema2.sql"),
    include_str!("sqlite/schema3.sql"),
    include_str!("sqlite/schema4.sql"),
    include_str!("sqlite/schema5.sql"),
    include_str!("sqlite/schema6.sql"),
    include_str!("sqlite/schema7.sql"),
    include_str!("sqlite/schema8.sql"),
    include_str!("sqlite/schema9.sql"),
    include_str!("sqlite/schema10.sql"),
    include_str!("sqlite/schema11.sql"),
    include_str!("sqlite/schema12.sql"),
    include_str!("sqlite/schema13.sql"),
    include_str!("sqlite/schema14.sql"),
    include_str!("sqlite/schema15.sql"),
    include_str!("sqlite/schema16.sql"),
    include_str!("sqlite/schema17.sql"),
    include_str!("sqlite/schema18.sql"),
    include_str!("sqlite/schema19.sql"),
    include_str!("sqlite/schema20.sql"),
    include_str!("sqlite/schema21.sql"),
];
/// Number of the migration from which entries and statements are packed.
const PACKED: usize = 9;
/// Number of the migration from which messages are packed.
const MESSAGES: usize = 11;
/// Number of the migration from which messages are their own records and entries name the one before them.
const OWN_RECORDS: usize = 17;
/// Number of writes after which the log is moved to the file.
const CHECKPOINT: usize = 1_024;
/// Time without that after which all of it is moved.
const WHOLE: Duration = Duration::from_secs(120);

/// Settings of every connection, and what it must report afterwards (REL-01, REL-03).
const PRAGMAS: [(&str, &str, &str); 6] = [
    ("journal_mode", "WAL", "wal"),
    ("synchronous", "FULL", "2"),
    ("foreign_keys", "ON", "1"),
    ("busy_timeout", "5000", "5000"),
    ("trusted_schema", "OFF", "0"),
    ("secure_delete", "FAST", "2"),
];

/// A connection to an existing file.
pub(super) fn connect(path: &Path) -> Result<Connection> {
    connect_with(path, OpenFlags::empty())
}

fn connect_with(path: &Path, more: OpenFlags) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | more;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.set_prepared_statement_cache_capacity(128);
    // Else SQLite compiles a join or a range once more for each new value, which cost an eighth of a server's work. No plan
    // here rests on a value: partial indexes are chosen by what is written in the statement.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
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
    // What SQLite copies aside stays in memory, since it does not outlive its transaction.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // The checkpointer moves pages from the log to the file; a writer does so only where that falls behind.
    connection.pragma_update(None, "wal_autocheckpoint", 16_384)?;
    Ok(connection)
}

/// Migrates the tables.
fn migrate(connection: &Sql) -> Result<()> {
    let sqlite = connection.sqlite()?;
    let have: u32 = sqlite.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let have = have as usize;
    if have > MIGRATIONS.len() {
        return Err(StoreError::Unavailable(format!(
            "the database is of a newer program (version {have}, this one knows {}): start that program; the only way back \
             is a backup that this one made (pratikar restore)",
            MIGRATIONS.len()
        )));
    }
    for (index, script) in MIGRATIONS.iter().enumerate().skip(have) {
        connection.begin_write()?;
        let done = migration(connection, index, script).and_then(|()| connection.commit());
        if let Err(error) = done {
            if let Err(error) = connection.roll_back() {
                tracing::debug!(%error, "nothing to roll back");
            }
            return Err(error);
        }
    }
    Ok(())
}

fn migration(connection: &Sql, index: usize, script: &str) -> Result<()> {
    connection.batch(script)?;
    match index {
        PACKED => compact::compact(connection)?,
        MESSAGES => {
            slim::pack_messages(connection, "outbox11")?;
            let sql = "SELECT NOT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'access')";
            chain::adopt_older(connection, connection.one(sql, &[])?)?;
        }
        // A database from before messages were packed has got these columns with them.
        OWN_RECORDS => {
            let there = "SELECT EXISTS (SELECT 1 FROM pragma_table_info('outbox') WHERE name = 'record')";
            if !connection.one::<bool>(there, &[])? {
                connection.batch(
                    "ALTER TABLE outbox ADD COLUMN record INTEGER;
                     ALTER TABLE ledger_end RENAME COLUMN record TO records",
                )?;
            }
        }
        _ => {}
    }
    connection.sqlite()?.pragma_update(None, "user_version", u32::try_from(index + 1).unwrap_or(u32::MAX))?;
    Ok(())
}

/// A connection to a file, created if necessary and migrated, without a writer.
pub(super) fn connection(path: &Path) -> Result<Sql> {
    let connection = Sql::from(connect_with(path, OpenFlags::SQLITE_OPEN_CREATE)?);
    migrate(&connection)?;
    Ok(connection)
}

/// Opens or creates the file, migrates it and starts the writer.
///
/// # Errors
/// Where the file cannot be opened or was written by a newer program.
pub fn open(path: &Path) -> Result<Arc<dyn Store>> {
    let connection = connection(path)?;
    schema::mend(connection.sqlite()?)?;
    // The writer touches leaves of every index and has a large cache; readers have a small one.
    connection.sqlite()?.pragma_update(None, "cache_size", -48_000)?;
    let (rung, bell) = watch::channel(chain::ends(&connection)?.ledger.seq);
    let (due, written) = sync_channel(1);
    let checkpointer = connect(path)?;
    std::thread::Builder::new()
        .name("store-checkpointer".into())
        .spawn(move || checkpoint_now_and_then(&checkpointer, &written))
        .map_err(|error| StoreError::Unavailable(error.to_string()))?;
    let mut since = 0;
    let writer = Writer::start(connection, rung, move |written| {
        since += written;
        if since >= CHECKPOINT && due.try_send(()).is_ok() {
            since = 0;
        }
    })?;
    Ok(Arc::new(Database::new(Pool::sqlite(path.to_owned()), writer, bell)))
}

/// Moves pages from the log to the file while the writer continues; every two minutes all of them, so that the file
/// alone is the database.
fn checkpoint_now_and_then(connection: &Connection, due: &Receiver<()>) {
    // The writer waits meanwhile, so long readers are left to the next time.
    let _ = connection.busy_timeout(Duration::from_millis(100));
    loop {
        let mode = match due.recv_timeout(WHOLE) {
            Ok(()) => "PASSIVE",
            // The log keeps its size: on a full disk it can be written over, while a new one could not be made.
            Err(RecvTimeoutError::Timeout) => "RESTART",
            Err(RecvTimeoutError::Disconnected) => return,
        };
        if let Err(error) = connection.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |_| Ok(())) {
            tracing::warn!(%error, "a checkpoint was left to the next");
        }
    }
}

/// Moves everything from the log to the file, so that the file alone is the database; with `keep_room` the log keeps
/// its size.
pub(super) fn checkpoint(path: &Path, keep_room: bool) -> Result<()> {
    let sql = if keep_room { "PRAGMA wal_checkpoint(RESTART)" } else { "PRAGMA wal_checkpoint(TRUNCATE)" };
    let busy: i64 = connect(path)?.query_row(sql, [], |row| row.get(0))?;
    if busy == 0 { Ok(()) } else { Err(StoreError::Unavailable("the log is still being read".into())) }
}

/// Faults of the file as a whole: pages, triggers, indexes.
pub(super) fn damages(connection: &Connection) -> Result<Vec<String>> {
    let mut damages = Vec::new();
    let check: String = connection.pragma_query_value(None, "integrity_check", |row| row.get(0))?;
    if check != "ok" {
        damages.push(format!("the file is damaged: {check}"));
    }
    damages.extend(schema::differences(connection)?.iter().map(ToString::to_string));
    Ok(damages)
}

/// A column of a row, in its own type.
pub(super) fn cell<'r>(row: &'r rusqlite::Row<'_>, column: usize) -> Result<Cell<'r>> {
    Ok(match row.get_ref(column)? {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(value) => Cell::Integer(value),
        ValueRef::Text(value) => Cell::Text(
            std::str::from_utf8(value).map_err(|error| StoreError::Damaged(format!("stored text: {error}")))?,
        ),
        ValueRef::Blob(value) => Cell::Blob(value),
        ValueRef::Real(_) => return Err(StoreError::Damaged(format!("column {column} holds a fraction"))),
    })
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(value) => ValueRef::Integer(*value),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
            Self::Blob(value) => ValueRef::Blob(value),
        }))
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::{Error, ErrorCode};
        if matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)) {
            super::damage_found();
            return Self::Damaged(error.to_string());
        }
        // Not a value that this program has written.
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

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::StatementStatus;

    #[test]
    fn no_statement_is_compiled_again_for_another_value() {
        let folder = tempfile::tempdir().expect("a folder");
        let connection = connection(&folder.path().join("test.db")).expect("a database");
        let connection = connection.sqlite().expect("SQLite");
        for sql in [
            "SELECT a.role FROM session s LEFT JOIN account a ON a.id = s.staff AND a.password <> '' WHERE s.token_hash = ?1",
            "SELECT e.packed, d.packed FROM event e LEFT JOIN document d ON d.seq = e.seq WHERE e.seq = ?1",
            "SELECT packed FROM grievance WHERE seq > ?1 ORDER BY seq LIMIT ?1",
        ] {
            let mut statement = connection.prepare(sql).expect("a statement");
            for value in 0..3 {
                assert!(!statement.exists([value]).expect("an answer"), "{sql}");
            }
            assert_eq!(statement.get_status(StatementStatus::RePrepare), 0, "{sql}");
        }
    }
}
