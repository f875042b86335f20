//! Torture: real server processes on loopback, and everything that can go wrong around them. `scripts/torture` runs it.
//!
//! Each trial starts its own server on its own data and checks what must be true; the table at the end shows the
//! results. All random choices follow from a seed, which is printed.

#![allow(clippy::expect_used, clippy::indexing_slicing)]

mod alterations;
mod backup;
mod clock;
mod control;
mod disk;
mod faulty;
mod journal;
mod kill;
mod load;
mod lost;
mod memory;
mod parallel;
mod person;
mod powercut;
mod proxy;
mod raw;
mod report;
mod round;
mod server;
mod slow;
mod stored;
mod story;
mod uploads;
mod watch;

use anyhow::{Result, ensure};
use clap::Parser;
use report::{Findings, Table};
use round::Round;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Tries to break the server
#[derive(Parser)]
struct Cli {
    /// Less of everything, once: minutes instead of half an hour
    #[arg(long)]
    short: bool,
    /// At least so long, in rounds with new seeds
    #[arg(long, default_value_t = 1_800)]
    seconds: u64,
    /// What is drawn follows from it; a new one where there is none
    #[arg(long)]
    seed: Option<u64>,
    /// These trials alone, by name, with commas
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Name the trials
    #[arg(long)]
    list: bool,
    /// The server's program
    #[arg(long, default_value = "target/debug/pratikar")]
    binary: PathBuf,
    /// Used by the program itself: write rows with this setting of `synchronous`
    #[arg(long, hide = true, requires = "folder")]
    rows: Option<String>,
    /// Where the rows go
    #[arg(long, hide = true)]
    folder: Option<PathBuf>,
}

/// The trials, in the order in which they run.
const TRIALS: [(&str, &str); 13] = [
    ("parallel", "every route that changes something, sixteen at once with itself"),
    ("uploads", "uploads left open, doubled, reordered, cut off"),
    ("proxy", "a line that cuts, halves, doubles and delays"),
    ("slow", "500 slow header writers and 1,200 idle connections"),
    ("memory", "200 open posts of 10 MB"),
    ("disk", "a full disk"),
    ("faulty", "a disk on which every n-th call fails"),
    ("powercut", "power cuts: what was not synced is gone"),
    ("clock", "a wall clock that jumps"),
    ("lost", "the key, the log, the newest entries lost"),
    ("alterations", "alterations by hand, and whether verify finds them"),
    ("kill", "kill -9 at random moments"),
    ("backup", "backup and restore under load"),
];

async fn run(name: &str, round: &Round, findings: &mut Findings) -> Result<()> {
    match name {
        "parallel" => parallel::trial(round, findings).await,
        "uploads" => uploads::trial(round, findings).await,
        "proxy" => proxy::trial(round, findings).await,
        "slow" => slow::trial(round, findings).await,
        "memory" => memory::trial(round, findings).await,
        "disk" => disk::trial(round, findings).await,
        "faulty" => faulty::trial(round, findings).await,
        "powercut" => powercut::trial(round, findings).await,
        "clock" => clock::trial(round, findings).await,
        "lost" => lost::trial(round, findings).await,
        "alterations" => alterations::trial(round, findings).await,
        "kill" => kill::trial(round, findings).await,
        "backup" => backup::trial(round, findings).await,
        other => anyhow::bail!("there is no trial {other}"),
    }
}

/// Time after which a trial is given up.
const LONGEST: Duration = Duration::from_secs(15 * 60);

fn main() -> Result<ExitCode> {
    let cli = Cli::parse();
    if let (Some(setting), Some(folder)) = (&cli.rows, &cli.folder) {
        powercut::rows(setting, folder)?;
        return Ok(ExitCode::SUCCESS);
    }
    if cli.list {
        for (name, what) in TRIALS {
            println!("{name:<12} {what}");
        }
        return Ok(ExitCode::SUCCESS);
    }
    torture(&cli)
}

#[tokio::main]
async fn torture(cli: &Cli) -> Result<ExitCode> {
    for name in &cli.only {
        ensure!(TRIALS.iter().any(|(known, _)| known == name), "there is no trial {name}: see --list");
    }
    let chosen: Vec<&'static str> = TRIALS
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| cli.only.is_empty() || cli.only.iter().any(|only| only == name))
        .collect();
    let binary = cli.binary.canonicalize()?;
    let built = tempfile::tempdir()?;
    let library = control::compile(built.path())?;
    let seed = cli.seed.unwrap_or_else(|| fastrand::u64(..1_000_000));
    println!("{} with seed {seed}, {} form", binary.display(), if cli.short { "short" } else { "long" });
    let (began, mut table, mut rounds) = (Instant::now(), Table::default(), 0);
    while rounds == 0 || (!cli.short && began.elapsed() < Duration::from_secs(cli.seconds)) {
        let round = Round::new(seed + rounds, cli.short, rounds == 0, &binary, &library).await?;
        println!("round {} with seed {}", rounds + 1, round.seed);
        for name in &chosen {
            let (start, mut findings) = (Instant::now(), Findings::of(name));
            println!("{name}");
            match tokio::time::timeout(LONGEST, run(name, &round, &mut findings)).await {
                Ok(Ok(())) => {}
                Ok(Err(why)) => findings.ask("the whole trial", "comes to its end", format!("{why:#}"), false),
                Err(_) => findings.ask("the whole trial", "comes to its end", "given up after 15 min", false),
            }
            println!("  {:.0} s", start.elapsed().as_secs_f64());
            table.add(findings.rows);
        }
        rounds += 1;
    }
    println!("\n{}", table.text());
    let held = table.held();
    println!(
        "{rounds} rounds from seed {seed} in {:.0} s: {}",
        began.elapsed().as_secs_f64(),
        if held { "all held" } else { "NOT all held" }
    );
    Ok(if held { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
