//! A PostgreSQL server for the tests of this process: Debian's, in a folder of its own, without a port. It ends with the
//! process.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// A server that runs.
struct Cluster {
    folder: PathBuf,
    /// Closed when this process ends, which ends the server.
    _held: ChildStdin,
    _child: Child,
}

/// What starts the server, waits until its standard input is closed, and clears everything away.
const KEEPER: &str = r#"
"$1/postgres" -D "$2" -c fsync=off -c listen_addresses= -c unix_socket_directories="$2" -c max_connections=600 \
    -c shared_buffers=64MB -c logging_collector=off >"$2/log" 2>&1 &
server=$!
read -r _
kill -INT $server
wait $server
rm -rf "$2"
"#;

/// The folder of PostgreSQL's programs.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").map(|found| found.flatten().map(|entry| entry.path()));
    let mut folders: Vec<PathBuf> = versions.into_iter().flatten().map(|version| version.join("bin")).collect();
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    folders.retain(|folder| folder.join("initdb").exists());
    folders.sort();
    folders.pop().expect("PostgreSQL is not installed: scripts/setup --browser installs it")
}

/// A command as somebody who may run PostgreSQL, which refuses to run as root.
fn command(program: &Path) -> Command {
    if !rustix::process::geteuid().is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program);
    command
}

fn start() -> Cluster {
    let programs = programs();
    let folder = tempfile::Builder::new().prefix("pratikar-postgres-").tempdir().expect("a folder").keep();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o777)).expect("a folder for everybody");
    let data = folder.join("data");
    let made = command(&programs.join("initdb"))
        .arg("-D")
        .arg(&data)
        .args(["--no-sync", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8"])
        .output()
        .expect("initdb");
    assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
    let mut child = command(Path::new("sh"))
        .args(["-c", KEEPER, "postgres"])
        .args([&programs, &data])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a shell");
    let held = child.stdin.take().expect("its input");
    let started = Instant::now();
    while run(&url_in(&data, "postgres"), "SELECT 1").is_err() {
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "PostgreSQL does not start: {}",
            data.join("log").display()
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    Cluster { folder: data, _held: held, _child: child }
}

fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(start)
}

fn url_in(folder: &Path, database: &str) -> String {
    format!("postgres://postgres@/{database}?host={}", folder.display())
}

fn url(database: &str) -> String {
    url_in(&cluster().folder, database)
}

/// The URL of a database that nobody has used.
#[must_use]
pub fn database() -> String {
    made("")
}

/// The URL of a new database that holds what another one does.
#[must_use]
pub fn copy_of(url: &str) -> String {
    let original = url.split_once("@/").and_then(|(_, rest)| rest.split('?').next()).expect("a database's URL");
    made(&format!("TEMPLATE {original}"))
}

fn made(how: &str) -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let name = format!("test{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let started = Instant::now();
    // Whoever made the original may still be about to leave it.
    while let Err(error) = run(&url("postgres"), &format!("CREATE DATABASE {name} {how}")) {
        assert!(started.elapsed() < Duration::from_secs(20), "{error}");
        std::thread::sleep(Duration::from_millis(50));
    }
    url(&name)
}

/// Carries out statements behind the back of whoever uses the database.
///
/// # Errors
/// What PostgreSQL says.
pub fn run(url: &str, sql: &str) -> Result<(), String> {
    let (url, sql) = (url.to_owned(), sql.to_owned());
    let done = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async move {
            let (client, connection) =
                tokio_postgres::connect(&url, tokio_postgres::NoTls).await.map_err(|error| format!("{error:?}"))?;
            tokio::spawn(connection);
            client.batch_execute(&sql).await.map_err(|error| format!("{error:?}"))
        })
    });
    done.join().expect("it ended")
}
