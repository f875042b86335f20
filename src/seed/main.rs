//! The command line of the made-up past.

use anyhow::Result;
use clap::Parser;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

/// A life takes thousands of small pieces of memory, which this allocator hands out faster than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Writes offices, accounts and a made-up past into a data folder that no server uses: for demonstrations and tests
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    /// Folder of the database and the secret
    #[arg(long, env = "DATA_DIR", default_value = "data")]
    data: PathBuf,
    /// Folder of the reference tables and catalogues
    #[arg(long, env = "PUBLIC_DIR", default_value = "public")]
    public: PathBuf,
    /// URL of a PostgreSQL database (postgres://…); without one, the database is a file in the data folder
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
    /// How many grievances
    #[arg(long, default_value_t = 20_000)]
    grievances: usize,
    /// The same number gives the same past
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Write nothing, and print by whose names one can sign in
    #[arg(long)]
    sign_ins: bool,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    // Nothing that this program writes is for others to read.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into()))
        .with_writer(std::io::stderr)
        .init();
    if cli.sign_ins {
        println!("sign-ins, all with the password {}:", seed::DEMO_PASSWORD);
        for sign_in in seed::sign_ins() {
            println!("  {:<32}{}", sign_in.username, sign_in.who);
        }
        return ExitCode::SUCCESS;
    }
    match write(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pratikar-seed: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn write(cli: &Cli) -> Result<()> {
    let started = Instant::now();
    let Cli { data, public, database_url, grievances, seed, .. } = cli;
    let entries =
        seed::write(data, public, database_url.as_deref().filter(|url| !url.is_empty()), *grievances, *seed).await?;
    println!("{grievances} grievances, {entries} ledger entries in {:.1} s", started.elapsed().as_secs_f64());
    Ok(())
}
