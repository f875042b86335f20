//! One SQL for both engines: a connection, its rows and its values.
//!
//! All statements below this module are written once, in the SQL that SQLite and PostgreSQL share: numbered parameters
//! (`?1`), `ON CONFLICT`, `RETURNING`, integers for times and flags, no functions of one engine alone. Three kinds of values
//! are stored: integers of 64 bits, text and bytes.

use super::{Result, StoreError, postgres, sqlite};
use std::cell::Cell as Counter;

/// A value on its way into the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A whole number; also a truth value (0, 1) and a moment (milliseconds since 1970, UTC).
    Integer(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

impl Value {
    /// As it would stand in a row.
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

/// The values of a statement's parameters, in their order.
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::store::sql::Value::from($value)),*][..] };
}
pub(crate) use params;

/// A value in a row, read in place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'r> {
    /// Nothing.
    Null,
    /// A whole number.
    Integer(i64),
    /// Text.
    Text(&'r str),
    /// Bytes.
    Blob(&'r [u8]),
}

impl Cell<'_> {
    /// The value by itself.
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

/// What a column can be read as.
pub trait Column: Sized {
    /// The value; none where the cell holds another kind or does not fit.
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

/// A row of an answer.
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
    /// `Damaged` where it is none that this program has written.
    pub fn get<T: Column>(&self, column: usize) -> Result<T> {
        let cell = self.cell(column)?;
        T::read(cell).ok_or_else(|| StoreError::Damaged(format!("column {column} of a row holds {cell:?}")))
    }

    /// A column as it stands.
    ///
    /// # Errors
    /// `Damaged` where it is none that this program has written.
    pub fn cell(&self, column: usize) -> Result<Cell<'_>> {
        match self {
            Self::Sqlite(row) => sqlite::cell(row, column),
            Self::Postgres(row) => postgres::cell(row, column),
        }
    }
}

/// How a connection's transaction stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transaction {
    /// It can go on and be committed.
    Open,
    /// A statement failed: it can only be rolled back.
    Failed,
    /// There is none.
    Gone,
}

/// A connection to a database of either engine.
pub struct Connection {
    engine: Engine,
    /// Rows that were written through it.
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
    /// Does something with each row, as they come: nothing is held in memory. On PostgreSQL no other statement may run
    /// meanwhile on the same connection.
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

    /// The first row, where there is one.
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

    /// The first column of the only row, of a statement that always has one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn one<T: Column>(&self, sql: &str, values: &[Value]) -> Result<T> {
        let found = self.first(sql, values, |row| row.get(0))?;
        found.ok_or_else(|| StoreError::Unavailable(format!("no answer to {sql}")))
    }

    /// The first column of the first row, where there is one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn maybe<T: Column>(&self, sql: &str, values: &[Value]) -> Result<Option<T>> {
        self.first(sql, values, |row| row.get(0))
    }

    /// Carries out a statement; answers how many rows it has changed.
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

    /// Carries out a statement that changes rows and answers with them (`RETURNING`).
    ///
    /// # Errors
    /// Those of the database, and of `read`.
    pub fn changed<T>(&self, sql: &str, values: &[Value], read: impl FnMut(&Row<'_>) -> Result<T>) -> Result<Vec<T>> {
        let changed = self.all(sql, values, read)?;
        self.written.set(self.written.get() + changed.len() as u64);
        Ok(changed)
    }

    /// Carries out statements without parameters.
    ///
    /// # Errors
    /// Those of the database.
    pub fn batch(&self, sql: &str) -> Result<()> {
        match &self.engine {
            Engine::Sqlite(connection) => Ok(connection.execute_batch(sql)?),
            Engine::Postgres(session) => session.batch(sql),
        }
    }

    /// How many rows were written through this connection since it was opened.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.written.get()
    }

    /// Begins a transaction that nobody else writes beside.
    ///
    /// # Errors
    /// Those of the database.
    pub fn begin_write(&self) -> Result<()> {
        match &self.engine {
            Engine::Sqlite(_) => self.batch("BEGIN IMMEDIATE"),
            Engine::Postgres(session) => session.begin_write(),
        }
    }

    /// Ends the transaction; what it wrote is on disk after this.
    ///
    /// # Errors
    /// Those of the database: then nothing of it was written.
    pub fn commit(&self) -> Result<()> {
        match &self.engine {
            Engine::Sqlite(_) => self.batch("COMMIT"),
            Engine::Postgres(session) => session.end("COMMIT"),
        }
    }

    /// Tells other programs on the same database, once this is committed, that the ledger has grown to this entry.
    ///
    /// # Errors
    /// Those of the database.
    pub fn announce(&self, seq: u64) -> Result<()> {
        match &self.engine {
            // There is one program on a file.
            Engine::Sqlite(_) => Ok(()),
            Engine::Postgres(session) => session.announce(seq),
        }
    }

    /// Takes the transaction back.
    ///
    /// # Errors
    /// Those of the database.
    pub fn roll_back(&self) -> Result<()> {
        match &self.engine {
            Engine::Sqlite(_) => self.batch("ROLLBACK"),
            Engine::Postgres(session) => session.end("ROLLBACK"),
        }
    }

    /// How the transaction stands.
    #[must_use]
    pub fn transaction(&self) -> Transaction {
        match &self.engine {
            Engine::Sqlite(connection) if connection.is_autocommit() => Transaction::Gone,
            Engine::Sqlite(_) => Transaction::Open,
            Engine::Postgres(session) => session.transaction(),
        }
    }

    /// The SQLite connection itself, for what that engine alone does.
    ///
    /// # Errors
    /// `Unavailable` on another engine.
    pub fn sqlite(&self) -> Result<&rusqlite::Connection> {
        match &self.engine {
            Engine::Sqlite(connection) => Ok(connection),
            Engine::Postgres(_) => Err(StoreError::Unavailable("this works on a SQLite file alone".into())),
        }
    }

    /// Like [`Connection::sqlite`], by itself.
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

    /// Lets numbers that the database gives begin after those that were put into it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn renumber(&self) -> Result<()> {
        match &self.engine {
            // A rowid is one more than the largest.
            Engine::Sqlite(_) => Ok(()),
            Engine::Postgres(_) => postgres::renumber(self),
        }
    }

    /// What is wrong with the database as a whole, before any row is looked at.
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
