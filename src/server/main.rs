//! The command line: serve, seed, verify, rebuild, accounts.

use anyhow::{Context, Result, bail};
use clap::{Args, Parser, Subcommand};
use model::api::Names;
use model::attachment::AttachmentKind;
use model::{Actor, Role, Scope};
use server::app::{App, Config, wall_clock};
use server::decoder::{Decoder, child_main};
use server::messenger::{Gateway, HttpGateway, LocalGateway};
use server::store::Account;
use server::{api, page, seed};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

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
}

#[derive(Subcommand)]
enum Command {
    /// Serve the apps and the API
    Serve(Serve),
    /// Write offices, accounts and a made-up past
    Seed {
        /// How many grievances
        #[arg(long, default_value_t = 20_000)]
        grievances: usize,
        /// The same number gives the same past
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Check the ledger's chain, and that every view equals the ledger
    Verify,
    /// Throw the views away and make them again from the ledger
    Rebuild,
    /// Add an account of the cell; the password is read from standard input
    AddAccount {
        /// Name to sign in with
        username: String,
        /// Role, such as operational_analyst
        role: String,
        /// The person's name
        name: String,
    },
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
    /// Show messages at /dev/outbox and print the demo's sign-ins
    #[arg(long, env = "PRATIKAR_DEMO", default_value_t = false)]
    demo: bool,
    /// Trust the last X-Forwarded-For: only where a proxy of ours is the only way in
    #[arg(long, env = "BEHIND_PROXY", default_value_t = false)]
    behind_proxy: bool,
    /// Address of the SMS gateway; without one, messages stay in the outbox
    #[arg(long, env = "SMS_URL")]
    sms_url: Option<String>,
    /// Token for the SMS gateway, and by which it proves itself when it hands answers over
    #[arg(long, env = "SMS_TOKEN", default_value = "", hide_env_values = true)]
    sms_token: String,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Command::Read { kind } = &cli.command {
        return ExitCode::from(child_main(AttachmentKind::of_code(kind)));
    }
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into()))
        .with_writer(std::io::stderr)
        .init();
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("pratikar: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(cli: Cli) -> Result<ExitCode> {
    let config = |serve: Option<&Serve>| -> Result<Config> {
        let gateway: Option<Arc<dyn Gateway>> = match serve {
            Some(Serve { sms_url: Some(url), sms_token, .. }) => {
                Some(Arc::new(HttpGateway::new(url.clone(), sms_token.clone())?))
            }
            // The stand-in takes everything; the demo's page shows it.
            Some(Serve { demo: true, .. }) => Some(Arc::new(LocalGateway)),
            _ => None,
        };
        Ok(Config {
            data: cli.place.data.clone(),
            public: cli.place.public.clone(),
            dist: serve.map(|serve| serve.dist.clone()).filter(|dist| dist.exists()),
            demo: serve.is_some_and(|serve| serve.demo),
            limited: !serve.is_some_and(|serve| serve.unlimited),
            worker: !serve.is_some_and(|serve| serve.no_service_worker),
            behind_proxy: serve.is_some_and(|serve| serve.behind_proxy),
            clock: wall_clock(),
            gateway,
            sms_token: serve.map(|serve| serve.sms_token.clone()).filter(|token| !token.is_empty()),
            decoder: Decoder::Child(std::env::current_exe()?),
        })
    };
    match &cli.command {
        Command::Serve(options) => serve(App::open(config(Some(options))?).await?, options).await,
        Command::Seed { grievances, seed } => {
            let app = App::open(config(None)?).await?;
            let started = Instant::now();
            let world = seed::write_world(&app).await?;
            let entries = seed::write_lives(&app, &world, *grievances, *seed, app.now()).await?;
            println!("{grievances} grievances, {entries} ledger entries in {:.1} s", started.elapsed().as_secs_f64());
            Ok(ExitCode::SUCCESS)
        }
        Command::Verify => {
            let app = App::open(config(None)?).await?;
            let audit = app.store.verify().await?;
            println!("{} entries, {} cases", audit.entries, audit.cases);
            for fault in &audit.faults {
                println!("fault: {fault}");
            }
            println!(
                "{}",
                if audit.faults.is_empty() { "the ledger is whole and every view equals it" } else { "NOT whole" }
            );
            Ok(if audit.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Command::Rebuild => {
            let app = App::open(config(None)?).await?;
            println!("{} cases made again from the ledger", app.store.rebuild(&app.rules).await?);
            Ok(ExitCode::SUCCESS)
        }
        Command::AddAccount { username, role, name } => {
            let app = App::open(config(None)?).await?;
            add_account(&app, username, role, name).await
        }
        Command::Read { .. } => Ok(ExitCode::SUCCESS),
    }
}

async fn add_account(app: &App, username: &str, role: &str, name: &str) -> Result<ExitCode> {
    let role: Role = serde_json::from_value(role.into()).with_context(|| format!("there is no role {role}"))?;
    if role.is_of_department() || matches!(role, Role::Citizen | Role::System | Role::FieldValidator) {
        bail!("this command adds accounts of the cell only");
    }
    let mut password = String::new();
    std::io::stdin().read_line(&mut password)?;
    let password = password.trim_end_matches(['\r', '\n']);
    if model::text::length(password) < 12 {
        bail!("the password must have at least 12 letters");
    }
    let staff = 1_000_000 + getrandom::u32()? % 1_000_000_000;
    let account = Account {
        actor: Actor { staff: Some(staff), role, scope: Scope::State },
        username: username.trim().to_lowercase(),
        name: name.to_owned(),
        password: api::session::hash_password(password)?,
        mobile: None,
        failures: (0, None),
    };
    app.store.put_accounts(vec![account]).await?;
    println!("{username} can sign in as {}", serde_json::to_string(&role)?);
    Ok(ExitCode::SUCCESS)
}

async fn serve(app: App, options: &Serve) -> Result<ExitCode> {
    app.start_tasks();
    let router = page::router(app.clone())?;
    let listener = tokio::net::TcpListener::bind((options.host.as_str(), options.port))
        .await
        .with_context(|| format!("cannot listen on {}:{}", options.host, options.port))?;
    let address = listener.local_addr()?;
    announce(&app, address, options.demo);
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        asked_to_stop().await;
        let _ = stop.send(());
    });
    tokio::select! {
        outcome = server => outcome?,
        () = async {
            let _ = stopped.await;
            // Open streams never end by themselves: ordinary requests get this long, then all is dropped.
            tokio::time::sleep(std::time::Duration::from_secs(3)).await;
        } => {}
    }
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
    let Names { en, .. } = &app.tables.reference.brand.name;
    let cases = app.cube.read().map_or(0, |cube| cube.len());
    let base = format!("http://localhost:{}", address.port());
    println!("{en} serves {cases} grievances");
    println!("  citizens   {base}/            English: {base}/en");
    println!("  staff      {base}/staff/      English: {base}/en/staff/");
    if demo {
        println!("  messages   {base}/dev/outbox  (codes and text messages that would have been sent)");
        println!("  sign-ins, all with the password {}:", seed::DEMO_PASSWORD);
        for sign_in in seed::sign_ins() {
            println!("    {:<32}{}", sign_in.username, sign_in.who);
        }
    }
}
