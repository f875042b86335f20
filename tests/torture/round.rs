//! One round: a seed, the program under test, and folders that are deleted afterwards.

use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;

/// What a trial is given.
pub struct Round {
    /// Seed of all random choices.
    pub seed: u64,
    /// Whether it must be finished within minutes.
    pub short: bool,
    /// Whether it is the first round, which also does what takes long and need be done only once.
    pub first: bool,
    /// The server's program.
    pub program: PathBuf,
    /// The library that is loaded into a server to make disk and clock fail.
    pub library: PathBuf,
    work: tempfile::TempDir,
}

/// The result of a command.
#[derive(Debug)]
pub struct Said {
    /// Whether its exit code was 0.
    pub good: bool,
    /// Exit code; `None` where it was killed for taking too long.
    pub code: Option<i32>,
    /// Standard output and error.
    pub text: String,
}

impl Said {
    /// The end of its output, on one line.
    pub fn end(&self) -> String {
        let lines: Vec<&str> = self.text.lines().filter(|line| !line.is_empty()).collect();
        let last: Vec<&str> = lines.iter().rev().take(2).rev().copied().collect();
        last.join(" / ").chars().take(160).collect()
    }
}

impl Round {
    /// Makes the folder, and seeds it with the grievances with which all trials begin.
    pub async fn new(seed: u64, short: bool, first: bool, program: &Path, library: &Path) -> Result<Self> {
        let work = tempfile::Builder::new().prefix("pratikar-torture-").tempdir()?;
        let round = Self { seed, short, first, program: program.into(), library: library.into(), work };
        let grievances = match (short, first) {
            (true, _) => "200",
            (false, true) => "20000",
            (false, false) => "400",
        };
        let seed = seed.to_string();
        // It lies beside the program, from the same build.
        let seeder = program.with_file_name("pratikar-seed");
        let said = said(&seeder, &round.template(), &["--grievances", grievances, "--seed", &seed]).await?;
        ensure!(said.good, "seeding failed: {}", said.text);
        Ok(round)
    }

    fn template(&self) -> PathBuf {
        self.work.path().join("seeded")
    }

    /// Random numbers for one trial.
    pub fn rng(&self, trial: &str) -> fastrand::Rng {
        fastrand::Rng::with_seed(trial.bytes().fold(self.seed, |sum, byte| sum.wrapping_mul(31) + u64::from(byte)))
    }

    /// A folder for anything besides the data.
    pub fn folder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.work.path().join(name);
        std::fs::create_dir_all(&folder)?;
        Ok(folder.canonicalize()?)
    }

    /// A data folder with the seeded past.
    pub fn data(&self, name: &str) -> Result<PathBuf> {
        let folder = self.folder(name)?;
        self.seed_into(&folder)?;
        Ok(folder)
    }

    /// Copies the seeded past into a folder.
    pub fn seed_into(&self, folder: &Path) -> Result<()> {
        copy(&self.template(), folder)
    }

    /// Bytes of the seeded past.
    pub fn seeded_bytes(&self) -> u64 {
        let lengths = files(&self.template()).into_iter().filter_map(|file| Some(file.metadata().ok()?.len()));
        lengths.sum()
    }

    /// The value for a short or a long run.
    pub fn pick<T>(&self, short: T, long: T) -> T {
        if self.short { short } else { long }
    }

    /// The first arguments of every command.
    pub fn arguments(data: &Path) -> [String; 4] {
        let public = tests::root().join("public");
        ["--data".into(), data.display().to_string(), "--public".into(), public.display().to_string()]
    }

    /// Runs one of the program's commands, three minutes at most.
    pub async fn run(&self, data: &Path, command: &[&str]) -> Result<Said> {
        said(&self.program, data, command).await
    }
}

/// Runs a program to its end, three minutes at the most.
async fn said(program: &Path, data: &Path, command: &[&str]) -> Result<Said> {
    let child = Command::new(program)
        .args(Round::arguments(data))
        .args(command)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let Ok(output) = tokio::time::timeout(Duration::from_secs(180), child).await else {
        return Ok(Said { good: false, code: None, text: "took longer than 180 s".into() });
    };
    let output = output.with_context(|| format!("{} cannot be run", program.display()))?;
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    Ok(Said { good: output.status.success(), code: output.status.code(), text })
}

/// Copies the content of a folder.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        // The ballast is empty and would fill a small disk; the server makes its own.
        if entry.file_name() == "ballast" {
            continue;
        }
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Every file under a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found
}
