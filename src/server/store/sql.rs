//! One SQL for both engines: connections, rows and values.
//!
//! All statements below this module are written once, in the SQL that SQLite and PostgreSQL share: numbered parameters
//! (`?1`), `ON CONFLICT`, `RETURNING`, integers for times and flags, no functions of only one engine. Three types of
//! values are stored: 64-bit integers, text and bytes.

use super::{Result, StoreError, postgres, sqlite};
use std::cell::Cell as Counter;
use std::collections::VecDeque;

/// A value for a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// NULL.
    Null,
    /// An integer; also a flag (0, 1) or a moment (milliseconds since 1970, UTC).
    Integer(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

impl Value {
    /// The value as it would be read from a row.
    #[must_use]
    pub fn cell(&self) -> Cell<'_> {
        match self {
            Self::Null => Cell::Null,
            Self::Integer(value) => Cell::Integer(*value),
            Self::Text(value) => Cell::Text(value),
            Self::Blob(value) => Cell::Blob(value),
        }
    }
}

macro_rules! values_from {
    ($($from:ty => |$value:ident| $to:expr),* $(,)?) => {
        $(impl From<$from> for Value {
            fn from($value: $from) -> Self {
                $to
            }
        })*
    };
}

values_from! {
    i64 => |value| Self::Integer(value),
    i32 => |value| Self::Integer(value.into()),
    u32 => |value| Self::Integer(value.into()),
    u16 => |value| Self::Integer(value.into()),
    u8 => |value| Self::Integer(value.into()),
    bool => |value| Self::Integer(value.into()),
    &str => |value| Self::Text(value.to_owned()),
    &String => |value| Self::Text(value.clone()),
    String => |value| Self::Text(value),
    &[u8] => |value| Self::Blob(value.to_vec()),
    Vec<u8> => |value| Self::Blob(value),
    &Vec<u8> => |value| Self::Blob(value.clone()),
}

impl<const N: usize> From<[u8; N]> for Value {
    fn from(value: [u8; N]) -> Self {
        Self::Blob(value.to_vec())
    }
}

impl<const N: usize> From<&[u8; N]> for Value {
    fn from(value: &[u8; N]) -> Self {
        Self::Blob(value.to_vec())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// The values of a statement's parameters, in order.
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::store::sql::Value::from($value)),*][..] };
}
pub(crate) use params;

/// A value in a row, borrowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'r> {
    /// NULL.
    Null,
    /// An integer.
    Integer(i64),
    /// Text.
    Text(&'r str),
    /// Bytes.
    Blob(&'r [u8]),
}

impl Cell<'_> {
    /// The value, owned.
    #[must_use]
    pub fn to_value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Integer(value) => Value::Integer(value),
            Self::Text(value) => Value::Text(value.to_owned()),
            Self::Blob(value) => Value::Blob(value.to_vec()),
        }
    }
}

/// A type as which a column can be read.
pub trait Column: Sized {
    /// The value; `None` where the cell has another type or does not fit.
    fn read(cell: Cell<'_>) -> Option<Self>;
}

impl Column for i64 {
    fn read(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Integer(value) => Some(value),
            _ => None,
        }
    }
}

impl Column for u64 {
    fn read(cell: Cell<'_>) -> Option<Self> {
        i64::read(cell)?.try_into().ok()
    }
}

impl Column for u32 {
    fn read(cell: Cell<'_>) -> Option<Self> {
        i64::read(cell)?.try_into().ok()
    }
}

impl Column for u8 {
    fn read(cell: Cell<'_>) -> Option<Self> {
        i64::read(cell)?.try_into().ok()
    }
}

impl Column for bool {
    fn read(cell: Cell<'_>) -> Option<Self> {
        Some(i64::read(cell)? != 0)
    }
}

impl Column for String {
    fn read(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Text(value) => Some(value.to_owned()),
            _ => None,
        }
    }
}

impl Column for Vec<u8> {
    fn read(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Blob(value) => Some(value.to_vec()),
            _ => None,
        }
    }
}

impl<const N: usize> Column for [u8; N] {
    fn read(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Blob(value) => value.try_into().ok(),
            _ => None,
        }
    }
}

impl<T: Column> Column for Option<T> {
    fn read(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Null => Some(None),
            cell => T::read(cell).map(Some),
        }
    }
}

/// A row of a result.
pub enum Row<'r> {
    /// From SQLite.
    Sqlite(&'r rusqlite::Row<'r>),
    /// From PostgreSQL.
    Postgres(&'r tokio_postgres::Row),
}

impl Row<'_> {
    /// The value of a column, counted from 0.
    ///
    /// # Errors
    /// `Damaged` where it cannot be one that this program has written.
    pub fn get<T: Column>(&self, column: usize) -> Result<T> {
        let cell = self.cell(column)?;
        T::read(cell).ok_or_else(|| StoreError::Damaged(format!("column {column} of a row holds {cell:?}")))
    }

    /// A column, counted from 0, in its own type.
    ///
    /// # Errors
    /// `Damaged` where it cannot be one that this program has written.
    pub fn cell(&self, column: usize) -> Result<Cell<'_>> {
        match self {
            Self::Sqlite(row) => sqlite::cell(row, column),
            Self::Postgres(row) => postgres::cell(row, column),
        }
    }
}

/// The state of a connection's transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transaction {
    /// It can continue and be committed.
    Open,
    /// A statement has failed: it can only be rolled back.
    Failed,
    /// A deferred statement has failed, nobody knows of which write: it can only be rolled back.
    FailedLate,
    /// There is no transaction.
    Gone,
}

/// A connection to a database of either engine.
pub struct Connection {
    engine: Engine,
    /// Number of rows written through it.
    written: Counter<u64>,
}

enum Engine {
    Sqlite(rusqlite::Connection),
    Postgres(postgres::Session),
}

impl From<rusqlite::Connection> for Connection {
    fn from(connection: rusqlite::Connection) -> Self {
        Self { engine: Engine::Sqlite(connection), written: Counter::new(0) }
    }
}

impl From<postgres::Session> for Connection {
    fn from(session: postgres::Session) -> Self {
        Self { engine: Engine::Postgres(session), written: Counter::new(0) }
    }
}

impl Connection {
    /// Calls `work` for each row as it arrives, without keeping rows in memory. On PostgreSQL no other statement may
    /// run on the same connection meanwhile.
    ///
    /// # Errors
    /// Those of the database, and of `work`.
    pub fn each(&self, sql: &str, values: &[Value], mut work: impl FnMut(&Row<'_>) -> Result<()>) -> Result<()> {
        match &self.engine {
            Engine::Sqlite(connection) => {
                let mut statement = connection.prepare_cached(sql)?;
                let mut rows = statement.query(rusqlite::params_from_iter(values))?;
                while let Some(row) = rows.next()? {
                    work(&Row::Sqlite(row))?;
                }
                Ok(())
            }
            Engine::Postgres(session) => session.each(sql, values, |row| work(&Row::Postgres(row))),
        }
    }

    /// All rows.
    ///
    /// # Errors
    /// Those of the database, and of `read`.
    pub fn all<T>(&self, sql: &str, values: &[Value], mut read: impl FnMut(&Row<'_>) -> Result<T>) -> Result<Vec<T>> {
        let mut all = Vec::new();
        self.each(sql, values, |row| {
            all.push(read(row)?);
            Ok(())
        })?;
        Ok(all)
    }

    /// The first row; `None` where there is none.
    ///
    /// # Errors
    /// Those of the database, and of `read`.
    pub fn first<T>(&self, sql: &str, values: &[Value], read: impl FnOnce(&Row<'_>) -> Result<T>) -> Result<Option<T>> {
        match &self.engine {
            Engine::Sqlite(connection) => {
                let mut statement = connection.prepare_cached(sql)?;
                let mut rows = statement.query(rusqlite::params_from_iter(values))?;
                rows.next()?.map(|row| read(&Row::Sqlite(row))).transpose()
            }
            Engine::Postgres(session) => session.first(sql, values)?.map(|row| read(&Row::Postgres(&row))).transpose(),
        }
    }

    /// The first column of the only row, for a statement that always has one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn one<T: Column>(&self, sql: &str, values: &[Value]) -> Result<T> {
        let found = self.first(sql, values, |row| row.get(0))?;
        found.ok_or_else(|| StoreError::Unavailable(format!("no answer to {sql}")))
    }

    /// The first column of the first row; `None` where there is none.
    ///
    /// # Errors
    /// Those of the database.
    pub fn maybe<T: Column>(&self, sql: &str, values: &[Value]) -> Result<Option<T>> {
        self.first(sql, values, |row| row.get(0))
    }

    /// Executes a statement; answers how many rows it has changed.
    ///
    /// # Errors
    /// Those of the database.
    pub fn execute(&self, sql: &str, values: &[Value]) -> Result<usize> {
        let changed = match &self.engine {
            Engine::Sqlite(connection) => {
                connection.prepare_cached(sql)?.execute(rusqlite::params_from_iter(values))?
            }
            Engine::Postgres(session) => session.execute(sql, values)?,
        };
        self.written.set(self.written.get() + changed as u64);
        Ok(changed)
    }

    /// Executes a statement whose result nobody needs. Where [`Connection::defer_writes`] was called, PostgreSQL gets it
    /// together with the next statement that is waited for, the commit at the latest: most of what a write costs there
    /// is waiting. If it fails, that statement fails, and the transaction is [`Transaction::FailedLate`].
    ///
    /// # Errors
    /// Those of the database; also those of statements deferred before.
    pub fn defer(&self, sql: &str, values: &[Value]) -> Result<()> {
        match &self.engine {
            Engine::Sqlite(_) => self.execute(sql, values).map(|_| ()),
            Engine::Postgres(session) => {
                self.written.set(self.written.get() + 1);
                session.defer(sql, values)
            }
        }
    }

    /// Whether statements are deferred from now on. Only who can do everything since the last `begin_write` once more
    /// may ask for it.
    pub fn defer_writes(&self, deferred: bool) {
        if let Engine::Postgres(session) = &self.engine {
            session.defer_writes(deferred);
        }
    }

    /// Whether statements are deferred.
    pub fn defers(&self) -> bool {
        match &self.engine {
            Engine::Sqlite(_) => false,
            Engine::Postgres(session) => session.defers(),
        }
    }

    /// Executes a statement that changes rows and returns them (`RETURNING`).
    ///
    /// # Errors
    /// Those of the database, and of `read`.
    pub fn changed<T>(&self, sql: &str, values: &[Value], read: impl FnMut(&Row<'_>) -> Result<T>) -> Result<Vec<T>> {
        let changed = self.all(sql, values, read)?;
        self.written.set(self.written.get() + changed.len() as u64);
        Ok(changed)
    }

    /// Executes statements without parameters.
    ///
    /// # Errors
    /// Those of the database.
    pub fn batch(&self, sql: &str) -> Result<()> {
        match &self.engine {
            Engine::Sqlite(connection) => Ok(connection.execute_batch(sql)?),
            Engine::Postgres(session) => session.batch(sql),
        }
    }

    /// Number of rows written through this connection since it was opened.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.written.get()
    }

    /// Begins a transaction in which nobody else writes.
    ///
    /// # Errors
    /// Those of the database.
    pub fn begin_write(&self) -> Result<()> {
        match &self.engine {
            Engine::Sqlite(_) => self.batch("BEGIN IMMEDIATE"),
            Engine::Postgres(session) => session.begin_write(),
        }
    }

    /// Reads everything as it is at one moment, whatever others write meanwhile.
    ///
    /// # Errors
    /// Those of the database, and those of `read`.
    pub fn at_one_moment<T>(&self, read: impl FnOnce() -> Result<T>) -> Result<T> {
        self.batch(match &self.engine {
            Engine::Sqlite(_) => "BEGIN",
            Engine::Postgres(_) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        })?;
        let answer = read();
        // The connection goes back to the others without a transaction.
        self.batch("ROLLBACK")?;
        answer
    }

    /// Commits the transaction, which is on disk afterwards.
    ///
    /// # Errors
    /// Those of the database; nothing was written then.
    pub fn commit(&self) -> Result<()> {
        match &self.engine {
            Engine::Sqlite(_) => self.batch("COMMIT"),
            Engine::Postgres(session) => session.commit(),
        }
    }

    /// Tells other programs on the same database, once the transaction is committed, that the ledger has grown to this
    /// entry.
    ///
    /// # Errors
    /// Those of the database.
    pub fn announce(&self, seq: u64) -> Result<()> {
        match &self.engine {
            // Only one program uses a file.
            Engine::Sqlite(_) => Ok(()),
            Engine::Postgres(session) => session.announce(seq),
        }
    }

    /// Rolls the transaction back.
    ///
    /// # Errors
    /// Those of the database.
    pub fn roll_back(&self) -> Result<()> {
        match &self.engine {
            Engine::Sqlite(_) => self.batch("ROLLBACK"),
            Engine::Postgres(session) => session.roll_back(),
        }
    }

    /// The state of the transaction.
    #[must_use]
    pub fn transaction(&self) -> Transaction {
        match &self.engine {
            Engine::Sqlite(connection) if connection.is_autocommit() => Transaction::Gone,
            Engine::Sqlite(_) => Transaction::Open,
            Engine::Postgres(session) => session.transaction(),
        }
    }

    /// The SQLite connection, for what only that engine has.
    ///
    /// # Errors
    /// `Unavailable` on another engine.
    pub fn sqlite(&self) -> Result<&rusqlite::Connection> {
        match &self.engine {
            Engine::Sqlite(connection) => Ok(connection),
            Engine::Postgres(_) => Err(StoreError::Unavailable("this works on a SQLite file alone".into())),
        }
    }

    /// The SQLite connection, owned.
    ///
    /// # Errors
    /// `Unavailable` on another engine.
    #[cfg(test)]
    pub fn into_sqlite(self) -> Result<rusqlite::Connection> {
        match self.engine {
            Engine::Sqlite(connection) => Ok(connection),
            Engine::Postgres(_) => Err(StoreError::Unavailable("this works on a SQLite file alone".into())),
        }
    }

    /// Ids for the next messages within this transaction, ascending, at least one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn message_ids(&self) -> Result<VecDeque<i64>> {
        match &self.engine {
            // As SQLite itself would number it.
            Engine::Sqlite(_) => self.all("SELECT coalesce(max(id), 0) + 1 FROM outbox", &[], |row| row.get(0)),
            Engine::Postgres(_) => postgres::message_ids(self),
        }
        .map(VecDeque::from)
    }

    /// Lets automatic numbers continue after the rows that were copied.
    ///
    /// # Errors
    /// Those of the database.
    pub fn renumber(&self) -> Result<()> {
        match &self.engine {
            // SQLite takes one more than the largest rowid.
            Engine::Sqlite(_) => Ok(()),
            Engine::Postgres(_) => postgres::renumber(self),
        }
    }

    /// Faults of the database as a whole, found before any row is read.
    ///
    /// # Errors
    /// Those of the database.
    pub fn damages(&self) -> Result<Vec<String>> {
        match &self.engine {
            Engine::Sqlite(connection) => sqlite::damages(connection),
            Engine::Postgres(_) => postgres::damages(self),
        }
    }
}
