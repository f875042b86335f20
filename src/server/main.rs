//! The command line. Doc comments of options and commands are its help.

mod command;

use anyhow::{Context, Result, bail};
use clap::{Args, Parser, Subcommand};
use command::account::AccountDeed;
use command::office::Office;
use command::settings::Settings;
use command::suggestion::Evaluate;
use command::{On, say, told};
use model::attachment::AttachmentKind;
use model::wire::Names;
use server::attachments::Attachments;
use server::clock::Guarded;
use server::decoder::{Decoder, child_main};
use server::exchange::{Exchange, HttpExchange, LocalExchange};
use server::gateway::Gateway;
use server::mail::{LocalMailer, Mailer, SmtpMailer};
use server::messenger::{HttpGateway, LocalGateway};
use server::state::{App, Config, Schedule};
use server::store;
use server::{backup, listen, observe, page, published, starting};
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// Public grievance redressal: lodge a grievance, see it put right.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

#[derive(Args)]
struct Place {
    /// Folder of the database, the attachments and the secret
    #[arg(long, env = "DATA_DIR", default_value = "data", global = true)]
    data: PathBuf,
    /// Folder of the reference tables and catalogues
    #[arg(long, env = "PUBLIC_DIR", default_value = "public", global = true)]
    public: PathBuf,
    /// URL of a PostgreSQL database (postgres://…); without one, the database is a file in the data folder
    #[arg(long, env = "DATABASE_URL", global = true, hide_env_values = true)]
    database_url: Option<String>,
    /// Folder of the attachments, or s3://bucket/prefix, where several nodes share them; without it, the data folder
    #[arg(long, env = "ATTACHMENTS_DIR", global = true)]
    attachments: Option<String>,
}

impl Place {
    /// The URL of the database. An empty one is none: a service manager sets what a line of its file leaves out.
    fn database(&self) -> Option<&str> {
        self.database_url.as_deref().filter(|url| !url.is_empty())
    }
}

#[derive(Subcommand)]
enum Command {
    /// Serve the apps and the API
    Serve(Serve),
    /// Check everything that is kept against the ledger and its published heads; beside a server that runs, too
    Verify {
        /// Published heads that were copied elsewhere, to be compared as well
        #[arg(long)]
        heads: Option<PathBuf>,
    },
    /// Copy everything that is kept as it is now into a new folder, beside a server that runs, and check the copy
    Backup {
        /// Folder of the backups; each gets a folder of its own in it, and its key beside that
        #[arg(long)]
        to: PathBuf,
    },
    /// Put a backup into a data folder that has no database (--data), and check it there
    Restore {
        /// The backup's own folder
        #[arg(long)]
        from: PathBuf,
        /// The backup's key; without it, the file beside the folder that ends in .key
        #[arg(long)]
        key: Option<PathBuf>,
        /// Put it in place although the check finds faults, which are then listed
        #[arg(long)]
        anyway: bool,
    },
    /// Go on without entries that are lost: sets published heads beyond the end of the ledger aside, and writes that down
    AcceptLoss,
    /// Throw the views away and make them again from the ledger
    Rebuild,
    /// Move everything to another database, and check it on both sides; no server may use either. Goes on where it was cut off
    Move {
        /// A data folder, or the URL of a PostgreSQL database
        #[arg(long)]
        from: String,
        /// A data folder without a database, or the URL of an empty PostgreSQL database
        #[arg(long)]
        to: String,
    },
    /// Show what is deleted when its time is over, and how much of it is over now; beside a running server, which deletes it
    /// every ten minutes
    Retention {
        /// Delete it now
        #[arg(long)]
        apply: bool,
    },
    /// Look at and change what is administered: limits, calendar, categories, offices, grounds, templates, word lists; beside
    /// a running server, which goes by it at once
    #[command(subcommand)]
    Settings(Settings),
    /// Add, rename or close an office: a change of the table offices.tsv; beside a running server, which goes by it at once
    #[command(subcommand)]
    Office(Office),
    /// Accounts of the staff; beside a running server, whose sessions go by it at once
    #[command(subcommand)]
    Account(AccountDeed),
    /// Learn from closed grievances what a grievance is about, for suggestions at the cell's desk; beside a running server,
    /// which goes by it within seconds. A deployment does this every week
    Train,
    /// Measure suggestions on wordings that were not learned from: errors, calibration, what a threshold costs
    Evaluate(Evaluate),
    /// Read an attachment from standard input, within bounds (used by the server itself)
    #[command(hide = true)]
    Read {
        /// photo or voice
        kind: String,
    },
}

#[derive(Args)]
struct Serve {
    /// Address to listen on
    #[arg(long, env = "HOST", default_value = "127.0.0.1")]
    host: String,
    /// Port to listen on
    #[arg(long, env = "PORT", default_value_t = 8080)]
    port: u16,
    /// Folder of the built apps
    #[arg(long, env = "DIST_DIR", default_value = "dist")]
    dist: PathBuf,
    /// Take the service worker back from every phone that comes by
    #[arg(long, env = "NO_SERVICE_WORKER", default_value_t = false)]
    no_service_worker: bool,
    /// Lift the limits on lodgings and uploads by number and address; for load tests alone
    #[arg(long)]
    unlimited: bool,
    /// Address at which Prometheus reads /metrics, such as 127.0.0.1:9464: whoever reaches it reads the figures
    #[arg(long, env = "METRICS")]
    metrics: Option<SocketAddr>,
    /// Show messages at /dev/outbox
    #[arg(long, env = "PRATIKAR_DEMO", default_value_t = false)]
    demo: bool,
    /// Trust the last X-Forwarded-For: only where a proxy of ours is the only way in
    #[arg(long, env = "BEHIND_PROXY", default_value_t = false)]
    behind_proxy: bool,
    /// Believe the clock at the start, however far it is from the last entry
    #[arg(long)]
    trust_clock: bool,
    /// Folder into which backups are made while serving; none are without it
    #[arg(long, env = "BACKUP_DIR")]
    backup_to: Option<PathBuf>,
    /// Minutes between two backups
    #[arg(long, env = "BACKUP_MINUTES", default_value_t = 1_440)]
    backup_minutes: u32,
    /// Megabytes that uploads leave free on the disk; a sixteenth of it at the most, and 256 in the demo
    #[arg(long, env = "DISK_RESERVE", default_value_t = 8_192)]
    disk_reserve: u64,
    /// How many backups are kept
    #[arg(long, env = "BACKUP_KEEP", default_value_t = 35)]
    backup_keep: usize,
    /// Address of the SMS gateway; without one, messages stay in the outbox
    #[arg(long, env = "SMS_URL")]
    sms_url: Option<String>,
    /// Token for the SMS gateway, and by which it proves itself when it hands answers over
    #[arg(long, env = "SMS_TOKEN", default_value = "", hide_env_values = true)]
    sms_token: String,
    /// Mail server for the digests of superiors, smtps://user:password@host; without one, no mail is sent
    #[arg(long, env = "MAIL_URL", hide_env_values = true)]
    mail_url: Option<String>,
    /// Sender of mails, such as `Pratikar <noreply@office.example>`
    #[arg(long, env = "MAIL_FROM")]
    mail_from: Option<String>,
    /// Address of the telephone exchange; without one, callers dial by hand
    #[arg(long, env = "EXCHANGE_URL", requires = "exchange_token")]
    exchange_url: Option<String>,
    /// Token for the exchange, by which it also signs its webhooks
    #[arg(long, env = "EXCHANGE_TOKEN", hide_env_values = true)]
    exchange_token: Option<String>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Command::Read { kind } = &cli.command {
        return ExitCode::from(child_main(AttachmentKind::of_code(kind)));
    }
    // Nothing that this program writes is for others to read.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into()))
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        // If the log cannot be written the server must go on; complaining about it would panic.
        .log_internal_errors(false)
        .init();
    match run(cli) {
        Ok(code) => code,
        // Whoever reads the output has seen enough.
        Err(error) if broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pratikar: {error:#}");
            if let Some(advice) = advice(&error) {
                eprintln!("{advice}");
            }
            ExitCode::FAILURE
        }
    }
}

fn broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

/// What to do about an error of the system, for any command.
fn advice(error: &anyhow::Error) -> Option<&'static str> {
    use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem, StorageFull};
    let said = format!("{error:#}");
    if said.contains("the backup is damaged") {
        return Some("Look for another backup with its key; verify this one's disk.");
    }
    if said.contains("the database is damaged") {
        return Some(
            "Keep the whole data folder aside as it is, restore the last backup into an empty one (pratikar restore --help) \
             and check the disk: docs/reliability.md.",
        );
    }
    let kind = error.chain().find_map(|cause| cause.downcast_ref::<std::io::Error>().map(std::io::Error::kind));
    if kind == Some(StorageFull) || said.contains("database or disk is full") {
        return Some("Make room on that disk (docs/reliability.md, Disk full), then do the same again.");
    }
    if kind == Some(ReadOnlyFilesystem) || said.contains("readonly database") {
        return Some("That folder cannot be written to: is it mounted read-only, or does it belong to another user?");
    }
    if kind == Some(PermissionDenied)
        || said.contains("Permission denied")
        || said.contains("unable to open database file")
    {
        return Some("Run this as the user whom the folders belong to, or give them to that user (chown -R).");
    }
    None
}

fn run(cli: Cli) -> Result<ExitCode> {
    // Each thread that waits for a file has memory of its own; a flood of uploads must not make hundreds of them.
    let runtime = tokio::runtime::Builder::new_multi_thread().max_blocking_threads(32).enable_all().build()?;
    let done = runtime.block_on(perform(cli));
    // Whatever still waits for a disk or a child is left behind.
    runtime.shutdown_background();
    done
}

async fn perform(cli: Cli) -> Result<ExitCode> {
    let guarded = Arc::new(Guarded::of_machine());
    let attachments = match &cli.place.attachments {
        Some(name) => Attachments::at(name, std::env::vars())?,
        None => cli.place.data.clone().into(),
    };
    let config = |serve: Option<&Serve>| -> Result<Config> {
        let gateway: Option<Arc<dyn Gateway>> = match serve {
            Some(Serve { sms_url: Some(url), sms_token, .. }) => {
                Some(Arc::new(HttpGateway::new(url.clone(), sms_token.clone())?))
            }
            // The stand-in accepts everything; the demo's page shows it.
            Some(Serve { demo: true, .. }) => Some(Arc::new(LocalGateway)),
            _ => None,
        };
        let mailer: Option<Arc<dyn Mailer>> = match serve {
            // An empty one is none, as for the database.
            Some(Serve { mail_url: Some(url), mail_from, .. }) if !url.is_empty() => {
                let from = mail_from.as_deref().context("MAIL_URL needs MAIL_FROM, the sender of mails")?;
                Some(Arc::new(SmtpMailer::new(url, from)?))
            }
            Some(Serve { demo: true, .. }) => Some(Arc::new(LocalMailer::default())),
            _ => None,
        };
        let exchange: Option<Arc<dyn Exchange>> = match serve {
            Some(Serve { exchange_url: Some(url), exchange_token: Some(token), .. }) => {
                Some(Arc::new(HttpExchange::new(url, token.clone())?))
            }
            Some(Serve { demo: true, .. }) => Some(Arc::new(LocalExchange::default())),
            _ => None,
        };
        Ok(Config {
            data: cli.place.data.clone(),
            attachments: attachments.clone(),
            database: cli.place.database().map(str::to_owned),
            public: cli.place.public.clone(),
            dist: serve.map(|serve| serve.dist.clone()).filter(|dist| dist.exists()),
            demo: serve.is_some_and(|serve| serve.demo),
            reserve: serve.map_or(0, |serve| match serve.disk_reserve {
                // Photos should work on a laptop with a nearly full disk as well.
                megabytes if serve.demo => megabytes.min(256) << 20,
                megabytes => megabytes << 20,
            }),
            limited: !serve.is_some_and(|serve| serve.unlimited),
            worker: !serve.is_some_and(|serve| serve.no_service_worker),
            behind_proxy: serve.is_some_and(|serve| serve.behind_proxy),
            clock: {
                let guarded = guarded.clone();
                Arc::new(move || guarded.read().0)
            },
            guarded: Some(guarded.clone()),
            // A demo may be started again after months.
            trust_clock: serve.is_none_or(|serve| serve.trust_clock || serve.demo),
            backup: serve.and_then(|serve| {
                let every = chrono::Duration::minutes(i64::from(serve.backup_minutes.max(1)));
                Some(Schedule { to: serve.backup_to.clone()?, every, keep: serve.backup_keep })
            }),
            gateway,
            mailer,
            sms_token: serve.map(|serve| serve.sms_token.clone()).filter(|token| !token.is_empty()),
            exchange,
            exchange_token: serve.and_then(|serve| serve.exchange_token.clone()),
            decoder: Decoder::Child(std::env::current_exe()?),
        })
    };
    if let Command::Serve(Serve { backup_to: Some(to), .. }) = &cli.command {
        backup::lies_apart(&cli.place.data, to)?;
    }
    let Place { data, public, .. } = &cli.place;
    let home = backup::Home { data: data.clone(), attachments: attachments.clone() };
    let database = cli.place.database();
    let place = store::Place::of(data, database);
    let of_file = matches!(cli.command, Command::Backup { .. } | Command::Restore { .. } | Command::AcceptLoss);
    let backs_up = matches!(&cli.command, Command::Serve(Serve { backup_to: Some(_), .. }));
    if database.is_some() && (of_file || backs_up) {
        bail!("this works on a database that is a file; PostgreSQL has pg_basebackup and pg_dump: docs/postgres.md");
    }
    let on = On { place: &place, data, public, now: guarded.read().0 };
    match &cli.command {
        Command::Serve(options) => serve(config(Some(options))?, options).await,
        Command::Verify { heads } => {
            let audit = match database {
                Some(_) => backup::verify_on(place.open()?.as_ref(), home, public, heads.as_deref()).await?,
                None => backup::verify(home, public, heads.as_deref())?,
            };
            told(&audit)
        }
        Command::Backup { to } => {
            let (folder, manifest) = backup::make(home, public, to, guarded.read().0, false)?;
            say!("{} entries, {} cases, {} attachments", manifest.entries, manifest.cases, manifest.attachments)?;
            for id in &manifest.lost {
                let within =
                    if manifest.missing.contains(id) { "not in it: an older backup may have it" } else { "in it" };
                say!("LOST: the file of attachment {id} is gone from {attachments}, and is {within}")?;
            }
            say!("the backup is whole: {}", folder.display())?;
            say!("its key, to be kept elsewhere: {}", folder.with_extension("key").display())?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Restore { from, key, anyway } => {
            let restore = backup::Restore { from, key: key.as_deref(), data, public, anyway: *anyway };
            let restored = backup::restore_with(restore, &attachments)?;
            let code = told(&restored.audit)?;
            for id in &restored.missing {
                say!(
                    "MISSING: the file of attachment {id} was gone when the backup was made: an older one may have it"
                )?;
            }
            if let Some((reach, heads)) = restored.beyond {
                say!(
                    "MISSING: heads of this system that lie here were published up to entry {reach}, {} entries beyond this \
                     backup, as the heads-….jsonl of {} say. Is there a newer backup?",
                    reach - restored.audit.entries,
                    heads.parent().unwrap_or(&heads).display()
                )?;
            }
            Ok(code)
        }
        Command::AcceptLoss => {
            let (end, lost) = published::accept_loss(data, guarded.read().0)?;
            say!("the ledger ends at entry {end}; {lost} published heads beyond it were set aside")?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Move { from, to } => command::moving::perform(from, to, home, public).await,
        Command::Train => command::suggestion::train(on).await,
        Command::Evaluate(options) => command::suggestion::evaluate(options, on).await,
        Command::Rebuild => {
            let cases = server::start::rebuild(data, public, &place).await?;
            say!("{cases} cases made again from the ledger")?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Retention { apply } => {
            let store = place.open()?;
            for kind in store.over(guarded.read().0).await? {
                say!("{:>10}  older than {:>3} days: {}", kind.over, kind.days, kind.what)?;
            }
            if *apply {
                store.sweep(guarded.read().0).await?;
                say!("deleted")?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Settings(deed) => command::settings::perform(deed, on).await,
        Command::Office(deed) => command::office::perform(deed, on).await,
        Command::Account(deed) => command::account::perform(deed, on).await,
        Command::Read { .. } => Ok(ExitCode::SUCCESS),
    }
}

async fn serve(config: Config, options: &Serve) -> Result<ExitCode> {
    let listener = listen::bind(&options.host, options.port)
        .await
        .with_context(|| format!("cannot listen on {}:{}", options.host, options.port))?;
    let address = listener.local_addr()?;
    let bounds = listen::Bounds::of_system(options.behind_proxy);
    // Requests during the start are answered with that.
    let listener = listener.into_std()?;
    let early = tokio::net::TcpListener::from_std(listener.try_clone()?)?;
    let (ready, starting) = tokio::sync::watch::channel(false);
    let early = tokio::spawn(listen::serve(early, starting::router(), bounds, starting));
    let app = App::open(config).await?;
    app.start_tasks();
    let router = page::router(app.clone())?;
    ready.send_replace(true);
    announce(&app, address, options.demo);
    let stopping = app.stopping.clone();
    tokio::spawn(async move {
        asked_to_stop().await;
        stopping.send_replace(true);
    });
    if let Some(address) = options.metrics {
        let listener = tokio::net::TcpListener::bind(address).await;
        let listener = listener.with_context(|| format!("cannot listen on {address} (--metrics)"))?;
        let figures = observe::router(app.clone(), observe::start()?);
        tokio::spawn(listen::serve(listener, figures, bounds, app.stopping.subscribe()));
    }
    listen::watch_workers(listen::LOOK);
    let listener = tokio::net::TcpListener::from_std(listener)?;
    listen::serve(listener, router, bounds, app.stopping.subscribe()).await;
    early.abort();
    app.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Ctrl-C or SIGTERM.
async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => {
            let _ = interrupt.await;
        }
    }
}

fn announce(app: &App, address: SocketAddr, demo: bool) {
    let Names { en, .. } = &app.facts.tables.reference.brand.name;
    let cases = app.feed.cube().len();
    let base = format!("http://localhost:{}", address.port());
    println!("{en} serves {cases} grievances");
    println!("  citizens   {base}/            English: {base}/en");
    println!("  staff      {base}/staff/      English: {base}/en/staff/");
    if demo {
        println!("  messages   {base}/dev/outbox  (codes and text messages that would have been sent)");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use server::store::sqlite;

    #[test]
    fn what_the_system_refuses_comes_with_what_to_do() {
        let folder = tempfile::tempdir().expect("a folder");
        let none: PathBuf = folder.path().join("none/pratikar.db");
        let refused = sqlite::end(&none).context("cannot read").expect_err("there is none");
        assert_eq!(advice(&refused), None);
        let of = |kind: std::io::ErrorKind| anyhow::Error::from(std::io::Error::from(kind)).context("cannot copy");
        assert!(advice(&of(std::io::ErrorKind::StorageFull)).is_some_and(|advice| advice.contains("Make room")));
        assert!(advice(&of(std::io::ErrorKind::PermissionDenied)).is_some_and(|advice| advice.contains("chown")));
        assert!(advice(&of(std::io::ErrorKind::ReadOnlyFilesystem)).is_some_and(|advice| advice.contains("read-only")));
        // As SQLite reports it when a folder is opened as a file.
        let opened = rusqlite::Connection::open(folder.path()).map_err(server::store::StoreError::from);
        let unable = anyhow::Error::from(opened.expect_err("no file")).context("cannot use");
        assert!(advice(&unable).is_some_and(|advice| advice.contains("chown")), "{unable:#}");
        let memory = rusqlite::Connection::open_in_memory().expect("memory");
        memory.execute_batch("CREATE TABLE row (value BLOB); PRAGMA max_page_count = 3").expect("a table");
        let full = memory.execute("INSERT INTO row VALUES (zeroblob(100000))", []).expect_err("no room");
        let full = anyhow::Error::from(server::store::StoreError::from(full));
        assert!(advice(&full).is_some_and(|advice| advice.contains("Make room")), "{full:#}");
        memory.pragma_update(None, "query_only", "ON").expect("set");
        let closed = memory.execute("INSERT INTO row VALUES (1)", []).expect_err("read only");
        let closed = anyhow::Error::from(server::store::StoreError::from(closed));
        assert!(advice(&closed).is_some_and(|advice| advice.contains("read-only")), "{closed:#}");
    }
}
