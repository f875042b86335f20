//! The store in PostgreSQL, for several programs ("nodes") on one database.
//!
//! Every write of every node is in a transaction that holds one advisory lock: the ledger's numbers have no gaps, and
//! what is checked and written together must not be overtaken. Each node commits its waiting writes in groups, so that
//! the lock costs one round trip for each group. `NOTIFY` tells the other nodes, which also look by themselves every
//! second.
//!
//! Statements run on the calling thread, which waits for the answer: the writer has a thread of its own, and readers
//! leave the async threads first. A small runtime of its own carries the connections. Statements whose result nobody
//! needs are sent together with the next one that is waited for.

mod tls;

use super::Store;
use super::database::Database;
use super::pool::Pool;
use super::sql::{Cell, Connection, Transaction, Value, params};
use super::writer::Writer;
use super::{Result, StoreError, chain, slim};
use deadpool_postgres::{Manager, ManagerConfig, Object, PoolError, RecyclingMethod};
use std::borrow::Cow;
use std::cell::{Cell as Counter, RefCell};
use std::error::Error;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{AsyncMessage, Config, Row, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;
use tokio_stream::StreamExt;

type PgResult<T> = std::result::Result<T, tokio_postgres::Error>;

/// The migrations, in order.
const MIGRATIONS: [&str; 12] = [
    include_str!("postgres/schema1.sql"),
    include_str!("postgres/schema2.sql"),
    include_str!("postgres/schema3.sql"),
    include_str!("postgres/schema4.sql"),
    include_str!("postgres/schema5.sql"),
    include_str!("postgres/schema6.sql"),
    include_str!("postgres/schema7.sql"),
    include_str!("postgres/schema8.sql"),
    include_str!("postgres/schema9.sql"),
    include_str!("postgres/schema10.sql"),
    include_str!("postgres/schema11.sql"),
    include_str!("postgres/schema12.sql"),
];
/// Number of the migration from which messages are packed.
const MESSAGES: usize = 2;
/// The advisory lock that every write holds: "pratikar" in ASCII.
const LOCK: i64 = 0x7072_6174_696b_6172;
/// The channel on which nodes tell each other that the ledger has grown.
const CHANNEL: &str = "pratikar_ledger";
/// Most connections for reading.
const READERS: usize = 16;
/// How long a node waits for the lock, and for a connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// A PostgreSQL database, with the connections to it.
pub(super) struct Server {
    config: Config,
    tls: MakeRustlsConnect,
    pool: deadpool_postgres::Pool,
    /// Taken out when the server is dropped, which may happen on an async thread.
    runtime: Option<Runtime>,
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Server {
    fn new(url: &str) -> Result<Self> {
        let (mut config, tls) = tls::read(url)?;
        config.application_name("pratikar").connect_timeout(PATIENCE).options(format!(
            "-c lock_timeout={0} -c idle_in_transaction_session_timeout={0} -c default_transaction_isolation=read\\ committed \
             -c synchronous_commit=on -c client_min_messages=warning",
            PATIENCE.as_millis()
        ));
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("postgres")
            .enable_all()
            .build()
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let manager = Manager::from_config(
            config.clone(),
            tls.clone(),
            ManagerConfig { recycling_method: RecyclingMethod::Fast },
        );
        let pool = deadpool_postgres::Pool::builder(manager)
            .max_size(READERS + 1)
            .runtime(deadpool_postgres::Runtime::Tokio1)
            .wait_timeout(Some(PATIENCE))
            .create_timeout(Some(PATIENCE))
            .build()
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Self { config, tls, pool, runtime: Some(runtime) })
    }

    /// Waits for a future on this thread; sockets and timers belong to the runtime beside.
    fn wait<F: Future>(&self, future: F) -> F::Output {
        let _within = self.runtime.as_ref().map(Runtime::enter);
        // No other task can get this thread when the future yields.
        pollster::block_on(tokio::task::unconstrained(future))
    }

    fn object(&self) -> Result<Object> {
        self.wait(self.pool.get()).map_err(no_connection)
    }

    /// A connection of the pool.
    pub(super) fn session(self: &Arc<Self>) -> Result<Session> {
        Ok(Session {
            object: RefCell::new(self.object()?),
            server: self.clone(),
            own: None,
            transaction: Counter::new(Transaction::Gone),
            defers: Counter::new(false),
            deferred: RefCell::default(),
        })
    }

    /// A connection for one thread, which carries the socket itself while it waits, so that a statement does not cost
    /// two thread switches. Must not be used on an async thread.
    fn session_of_thread(self: &Arc<Self>) -> Result<Session> {
        let own = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let object = own.block_on(self.pool.get()).map_err(no_connection)?;
        Ok(Session {
            object: RefCell::new(object),
            server: self.clone(),
            own: Some(Box::new(own)),
            transaction: Counter::new(Transaction::Gone),
            defers: Counter::new(false),
            deferred: RefCell::default(),
        })
    }

    /// Rings whenever another node has written, as long as somebody listens; reconnects when the connection breaks.
    fn listen(self: &Arc<Self>, rung: watch::Sender<u64>) {
        let (config, tls) = (self.config.clone(), self.tls.clone());
        let Some(runtime) = &self.runtime else { return };
        runtime.spawn(async move {
            while !rung.is_closed() {
                if let Err(error) = heard(&config, &tls, &rung).await {
                    tracing::warn!(%error, "no bell from PostgreSQL: the ledger is looked at every second");
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        });
    }
}

/// Why there is no connection, down to the cause that PostgreSQL itself or the network gives.
fn no_connection(error: PoolError) -> StoreError {
    let why = match error {
        PoolError::Backend(error) => said(&error),
        error => error.to_string(),
    };
    StoreError::Unavailable(format!("no connection to PostgreSQL: {why}"))
}

/// Listens until the connection breaks.
async fn heard(config: &Config, tls: &MakeRustlsConnect, rung: &watch::Sender<u64>) -> PgResult<()> {
    let (client, mut connection) = config.connect(tls.clone()).await?;
    let ring = |seq: u64| {
        rung.send_if_modified(|known| {
            let newer = seq > *known;
            *known = seq.max(*known);
            newer
        });
    };
    let messages = async {
        loop {
            match poll_fn(|context| connection.poll_message(context)).await {
                Some(Ok(AsyncMessage::Notification(told))) => ring(told.payload().parse().unwrap_or(0)),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error),
                None => return Ok(()),
            }
        }
    };
    let listening = async {
        client.batch_execute(&format!("LISTEN {CHANNEL}")).await?;
        std::future::pending().await
    };
    tokio::select! {
        ended = messages => ended,
        failed = listening => failed,
    }
}

/// A connection and its transaction.
pub(super) struct Session {
    object: RefCell<Object>,
    server: Arc<Server>,
    /// The runtime that carries the socket, where that is this thread itself.
    own: Option<Box<Runtime>>,
    transaction: Counter<Transaction>,
    /// Whether statements are deferred.
    defers: Counter<bool>,
    /// Deferred statements that were not sent yet, in order.
    deferred: RefCell<Vec<(Statement, Vec<Value>)>>,
}

/// Most statements that are deferred: what is not sent yet lies in memory.
const DEFERRED: usize = 64;

/// Sends statements one after another without waiting in between, then waits for all of their answers. The error says
/// whether one of the `earlier` ones has failed. Of what follows a statement that fails before it is sent, as one with
/// an unfit value does, nothing is sent: a `COMMIT` would else keep all but that.
async fn in_order<T>(
    earlier: impl Iterator<Item = impl Future<Output = PgResult<u64>>>,
    last: impl Future<Output = PgResult<T>>,
) -> std::result::Result<T, (bool, tokio_postgres::Error)> {
    let mut earlier: Vec<_> = earlier.map(|future| Some(Box::pin(future))).collect();
    let (mut last, mut answer) = (pin!(last), None);
    poll_fn(move |context| {
        let mut waiting = false;
        for slot in &mut earlier {
            match slot.as_mut().map(|future| future.as_mut().poll(context)) {
                // The first error is the cause: whatever comes after it in the transaction fails because of it.
                Some(Poll::Ready(Err(error))) => return Poll::Ready(Err((true, error))),
                Some(Poll::Ready(Ok(_))) => *slot = None,
                Some(Poll::Pending) => waiting = true,
                None => {}
            }
        }
        if answer.is_none()
            && let Poll::Ready(ready) = last.as_mut().poll(context)
        {
            answer = Some(ready);
        }
        match answer.take_if(|_| !waiting) {
            Some(answer) => Poll::Ready(answer.map_err(|error| (false, error))),
            None => Poll::Pending,
        }
    })
    .await
}

/// The statement with parameters as PostgreSQL writes them: `$1` for `?1`.
fn spelt(sql: &str) -> Cow<'_, str> {
    if sql.contains('?') { Cow::Owned(sql.replace('?', "$")) } else { Cow::Borrowed(sql) }
}

impl Session {
    /// Records that a statement has failed, after which the transaction can only be rolled back.
    fn failed(&self, late: bool, error: tokio_postgres::Error) -> StoreError {
        if self.transaction.get() == Transaction::Open {
            self.transaction.set(match (error.is_closed(), late) {
                (true, _) => Transaction::Gone,
                (false, true) => Transaction::FailedLate,
                (false, false) => Transaction::Failed,
            });
        }
        error.into()
    }

    fn wait<F: Future>(&self, future: F) -> F::Output {
        match &self.own {
            Some(own) => own.block_on(future),
            None => self.server.wait(future),
        }
    }

    fn statement(&self, sql: &str) -> Result<Statement> {
        self.wait(self.object.borrow().prepare_cached(&spelt(sql))).map_err(|error| self.failed(false, error))
    }

    /// Sends what was deferred, and this; waits for all of it.
    fn send<T>(&self, last: impl Future<Output = PgResult<T>>) -> Result<T> {
        let (deferred, object) = (self.deferred.take(), self.object.borrow());
        let earlier = deferred.iter().map(|(statement, values)| object.execute_raw(statement, values));
        self.wait(in_order(earlier, last)).map_err(|(late, error)| self.failed(late, error))
    }

    pub(super) fn each(&self, sql: &str, values: &[Value], mut work: impl FnMut(&Row) -> Result<()>) -> Result<()> {
        let statement = self.statement(sql)?;
        let mut rows = pin!(self.send(self.object.borrow().query_raw(&statement, values))?);
        while let Some(row) = self.wait(rows.next()) {
            work(&row.map_err(|error| self.failed(false, error))?)?;
        }
        Ok(())
    }

    pub(super) fn first(&self, sql: &str, values: &[Value]) -> Result<Option<Row>> {
        let statement = self.statement(sql)?;
        let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
        let rows = self.send(self.object.borrow().query(&statement, &values))?;
        Ok(rows.into_iter().next())
    }

    pub(super) fn execute(&self, sql: &str, values: &[Value]) -> Result<usize> {
        let statement = self.statement(sql)?;
        let changed = self.send(self.object.borrow().execute_raw(&statement, values))?;
        Ok(usize::try_from(changed).unwrap_or(usize::MAX))
    }

    pub(super) fn batch(&self, sql: &str) -> Result<()> {
        self.send(self.object.borrow().batch_execute(sql))
    }

    pub(super) fn defer_writes(&self, deferred: bool) {
        self.defers.set(deferred);
    }

    pub(super) fn defers(&self) -> bool {
        self.defers.get() && self.transaction.get() == Transaction::Open
    }

    /// Executes a statement with the next one that is waited for. Without a transaction nobody would wait for it.
    pub(super) fn defer(&self, sql: &str, values: &[Value]) -> Result<()> {
        if !self.defers() {
            return self.execute(sql, values).map(|_| ());
        }
        let statement = self.statement(sql)?;
        self.deferred.borrow_mut().push((statement, values.to_vec()));
        if self.deferred.borrow().len() < DEFERRED { Ok(()) } else { self.send(async { Ok(()) }) }
    }

    /// Begins a transaction and waits for the lock; on a new connection where this one is broken.
    pub(super) fn begin_write(&self) -> Result<()> {
        if self.object.borrow().is_closed() {
            *self.object.borrow_mut() = self.wait(self.server.pool.get()).map_err(no_connection)?;
        }
        self.transaction.set(Transaction::Open);
        self.defer("BEGIN", &[])?;
        self.defer("SELECT pg_advisory_xact_lock(?1)", params![LOCK])
    }

    pub(super) fn commit(&self) -> Result<()> {
        let ended = self.batch("COMMIT");
        // Of a transaction in which a statement has failed, `COMMIT` keeps nothing.
        if self.transaction.get() != Transaction::FailedLate {
            self.transaction.set(Transaction::Gone);
        }
        ended
    }

    pub(super) fn roll_back(&self) -> Result<()> {
        self.deferred.take();
        self.transaction.set(Transaction::Gone);
        self.batch("ROLLBACK")
    }

    pub(super) fn announce(&self, seq: u64) -> Result<()> {
        self.defer("SELECT pg_notify(?1, ?2)", params![CHANNEL, seq.to_string()])
    }

    pub(super) fn transaction(&self) -> Transaction {
        self.transaction.get()
    }
}

/// What PostgreSQL says of an error, else its causes: the error alone is "db error" or "error connecting to server".
fn said(error: &tokio_postgres::Error) -> String {
    if let Some(said) = error.as_db_error() {
        return format!("{} ({})", said.message(), said.code().code());
    }
    let mut causes = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        causes = format!("{causes}: {error}");
        if let Some(advice) = tls::advice(error) {
            causes = format!("{causes}: {advice}");
        }
        cause = error.source();
    }
    causes
}

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        use tokio_postgres::error::SqlState;
        let said = said(&error);
        match error.code() {
            Some(code) if [SqlState::DATA_CORRUPTED, SqlState::INDEX_CORRUPTED].contains(code) => {
                super::damage_found();
                return Self::Damaged(said);
            }
            Some(code) if *code == SqlState::DISK_FULL => crate::disk::FOUND_FULL.notify_one(),
            _ => {}
        }
        Self::Unavailable(said)
    }
}

/// A column of a row as it stands.
pub(super) fn cell(row: &Row, column: usize) -> Result<Cell<'_>> {
    let kind = row.columns().get(column).map(|column| column.type_().clone());
    let integer = |value: Option<i64>| value.map_or(Cell::Null, Cell::Integer);
    Ok(match kind {
        Some(Type::INT8) => integer(row.try_get(column)?),
        Some(Type::INT4) => integer(row.try_get::<_, Option<i32>>(column)?.map(i64::from)),
        Some(Type::BOOL) => integer(row.try_get::<_, Option<bool>>(column)?.map(i64::from)),
        Some(Type::BYTEA) => row.try_get::<_, Option<&[u8]>>(column)?.map_or(Cell::Null, Cell::Blob),
        Some(Type::TEXT | Type::VARCHAR) => row.try_get::<_, Option<&str>>(column)?.map_or(Cell::Null, Cell::Text),
        other => return Err(StoreError::Damaged(format!("column {column} is of another type: {other:?}"))),
    })
}

impl ToSql for Value {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut tokio_postgres::types::private::BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Integer(value) if *kind == Type::INT4 => i32::try_from(*value)?.to_sql(kind, out),
            Self::Integer(value) if *kind == Type::BOOL => (*value != 0).to_sql(kind, out),
            Self::Integer(value) if *kind == Type::INT8 => value.to_sql(kind, out),
            Self::Text(value) if <String as ToSql>::accepts(kind) => value.to_sql(kind, out),
            Self::Blob(value) if *kind == Type::BYTEA => value.to_sql(kind, out),
            _ => Err(format!("a value of another kind where PostgreSQL wants {kind}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// Migrates the tables, one node at a time.
fn migrate(connection: &Connection) -> Result<()> {
    connection.begin_write()?;
    connection.batch("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)")?;
    let have: usize = connection
        .maybe::<u64>("SELECT version FROM schema_version", &[])?
        .and_then(|version| usize::try_from(version).ok())
        .unwrap_or(0);
    if have > MIGRATIONS.len() {
        return Err(StoreError::Unavailable(format!(
            "the database is of a newer program (version {have}, this one knows {}): start that program",
            MIGRATIONS.len()
        )));
    }
    for (index, script) in MIGRATIONS.iter().enumerate().skip(have) {
        connection.batch(script)?;
        if index == MESSAGES {
            slim::pack_messages(connection, "outbox2")?;
        }
    }
    if have < MIGRATIONS.len() {
        connection.execute("DELETE FROM schema_version", &[])?;
        let version = i64::try_from(MIGRATIONS.len()).unwrap_or(0);
        connection.execute("INSERT INTO schema_version (version) VALUES (?1)", params![version])?;
    }
    connection.commit()
}

/// Tables with triggers that keep their rows from being changed.
const TRIGGERS: [&str; 5] = ["event", "ledger_head", "reading", "record", "setting"];

/// Faults of the database as a whole: a trigger that is missing or disabled.
pub(super) fn damages(connection: &Connection) -> Result<Vec<String>> {
    let mut damages = Vec::new();
    for table in TRIGGERS {
        let sql = "SELECT count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
                   JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
                   WHERE c.relname = ?1 AND t.tgname = ?2 AND t.tgenabled = 'O'";
        let name = format!("{table}_stays");
        if connection.one::<i64>(sql, params![table, name.as_str()])? == 0 {
            damages.push(format!("the trigger {name} is missing"));
        }
    }
    Ok(damages)
}

/// Messages whose ids are drawn at a time: few go unused, and most writes need no statement for it.
const IDS: u32 = 16;

/// Ids for messages. They ascend over all nodes, for whoever draws them holds the lock.
pub(super) fn message_ids(connection: &Connection) -> Result<Vec<i64>> {
    let sql = "SELECT nextval(pg_get_serial_sequence('outbox', 'id')) FROM generate_series(1, ?1)";
    connection.all(sql, params![IDS], |row| row.get(0))
}

/// Sets the sequences of messages and silenced numbers to continue after the existing rows.
pub(super) fn renumber(connection: &Connection) -> Result<()> {
    for table in ["outbox", "silenced"] {
        let sql = format!(
            "SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM {table}), false)"
        );
        connection.one::<i64>(&sql, &[])?;
    }
    Ok(())
}

/// A connection to the database of a URL, migrated, without a writer.
pub(super) fn connection(url: &str) -> Result<Connection> {
    let connection = Connection::from(Arc::new(Server::new(url)?).session()?);
    migrate(&connection)?;
    Ok(connection)
}

/// Connects to the database of a URL (`postgres://…`), migrates it and starts the writer.
///
/// # Errors
/// Where it cannot be reached or was written by a newer program.
pub fn open(url: &str) -> Result<Arc<dyn Store>> {
    let server = Arc::new(Server::new(url)?);
    // The caller may be on an async thread, which cannot wait for another runtime.
    let making = server.clone();
    let made = std::thread::spawn(move || -> Result<(Connection, u64)> {
        let connection = Connection::from(making.session_of_thread()?);
        migrate(&connection)?;
        let end = chain::ends(&connection)?.ledger.seq;
        Ok((connection, end))
    });
    let (connection, end) = made.join().map_err(|_| StoreError::Unavailable("no connection was made".into()))??;
    let (rung, bell) = watch::channel(end);
    server.listen(rung.clone());
    let writer = Writer::start(connection, rung, |_| {})?;
    Ok(Arc::new(Database::new(Pool::Postgres(server), writer, bell)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::ready;

    #[test]
    fn what_follows_a_statement_that_cannot_be_sent_is_not_sent() {
        let fault = || "port=none".parse::<Config>().expect_err("no number");
        let sent = Counter::new(false);
        let commit = async {
            sent.set(true);
            Ok(())
        };
        let earlier = [ready(Ok(1)), ready(Err(fault())), ready(Ok(1))].into_iter();
        let (late, _) = pollster::block_on(in_order(earlier, commit)).expect_err("it fails");
        assert!(late && !sent.get());
        let (late, _) = pollster::block_on(in_order([ready(Ok(1))].into_iter(), async { Err::<(), _>(fault()) }))
            .expect_err("it fails");
        assert!(!late);
    }
}
