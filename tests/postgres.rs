//! A PostgreSQL server for the tests of this process, started by `scripts/postgres`; it ends with the process.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// A running server.
pub struct Cluster {
    /// URL of the database that every server has.
    pub url: String,
    /// Closed when this process ends, which ends the server.
    _held: ChildStdin,
    _child: Child,
}

impl Cluster {
    /// Starts one with the arguments of `scripts/postgres`.
    ///
    /// # Panics
    /// Where it does not start.
    #[must_use]
    pub fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(crate::root().join("scripts/postgres"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("scripts/postgres");
        let held = child.stdin.take().expect("its input");
        let mut url = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut url).expect("its URL");
        assert!(
            url.starts_with("postgres://"),
            "scripts/postgres does not start: is PostgreSQL installed? (scripts/setup)"
        );
        Self { url: url.trim().to_owned(), _held: held, _child: child }
    }
}

fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| Cluster::start(&[]))
}

fn url(database: &str) -> String {
    cluster().url.replacen("@/postgres?", &format!("@/{database}?"), 1)
}

/// URL of a new, empty database.
#[must_use]
pub fn database() -> String {
    made("")
}

/// URL of a new database with the content of another one.
#[must_use]
pub fn copy_of(url: &str) -> String {
    let original = url.split_once("@/").and_then(|(_, rest)| rest.split('?').next()).expect("a database's URL");
    made(&format!("TEMPLATE {original}"))
}

fn made(how: &str) -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let name = format!("test{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let started = Instant::now();
    // Connections of the process that made the original may still be closing.
    while let Err(error) = run(&url("postgres"), &format!("CREATE DATABASE {name} {how}")) {
        assert!(started.elapsed() < Duration::from_secs(20), "{error}");
        std::thread::sleep(Duration::from_millis(50));
    }
    url(&name)
}

/// Executes statements without the knowledge of the program that uses the database.
///
/// # Errors
/// PostgreSQL's message.
pub fn run(url: &str, sql: &str) -> Result<(), String> {
    query(url, sql).map(|_| ())
}

/// The rows of a query without parameters, each value as text; empty for NULL.
///
/// # Errors
/// PostgreSQL's message.
pub fn query(url: &str, sql: &str) -> Result<Vec<Vec<String>>, String> {
    use tokio_postgres::SimpleQueryMessage::Row;
    let (url, sql) = (url.to_owned(), sql.to_owned());
    let done = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async move {
            let (client, connection) =
                tokio_postgres::connect(&url, tokio_postgres::NoTls).await.map_err(|error| format!("{error:?}"))?;
            tokio::spawn(connection);
            let answer = client.simple_query(&sql).await.map_err(|error| format!("{error:?}"))?;
            Ok(answer
                .iter()
                .filter_map(|message| if let Row(row) = message { Some(row) } else { None })
                .map(|row| (0..row.len()).map(|column| row.get(column).unwrap_or_default().to_owned()).collect())
                .collect())
        })
    });
    done.join().expect("it ended")
}
