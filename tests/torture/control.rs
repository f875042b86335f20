//! Controls the library that is loaded into a server (preload.c): faults, the journal of a power cut, the clock.

use anyhow::{Context, Result, ensure};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the library does to writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Nothing special.
    Off = 0,
    /// Every n-th call fails.
    Faults = 1,
    /// What is not synced is recorded.
    Journal = 2,
}

/// The control file: numbers of eight bytes, as in `struct control`.
pub struct Control {
    file: File,
    path: PathBuf,
    /// Where the journal is written.
    pub journal: PathBuf,
}

const NUMBERS: u64 = 6;

impl Control {
    /// A new one in this folder, with everything off.
    pub fn new(folder: &Path) -> Result<Self> {
        let path = folder.join("control");
        let file = File::options().read(true).write(true).create(true).truncate(true).open(&path)?;
        file.set_len(NUMBERS * 8)?;
        Ok(Self { file, path, journal: folder.join("journal") })
    }

    /// Makes a program load the library when it is started.
    pub fn load_into(&self, command: &mut Command, library: &Path, data: &Path) {
        command
            .env("LD_PRELOAD", library)
            .env("TORTURE_CONTROL", &self.path)
            .env("TORTURE_FOLDER", data)
            .env("TORTURE_JOURNAL", &self.journal);
    }

    fn put(&self, index: u64, number: i64) -> Result<()> {
        Ok(self.file.write_all_at(&number.to_ne_bytes(), index * 8)?)
    }

    fn get(&self, index: u64) -> Result<i64> {
        let mut bytes = [0; 8];
        self.file.read_exact_at(&mut bytes, index * 8)?;
        Ok(i64::from_ne_bytes(bytes))
    }

    /// Switches what it does.
    pub fn mode(&self, mode: Mode) -> Result<()> {
        self.put(0, mode as i64)
    }

    /// Lets every n-th call fail from now on.
    pub fn faults(&self, nth: i64, seed: u64) -> Result<()> {
        self.put(1, nth)?;
        self.put(2, i64::try_from(seed >> 1)?)?;
        self.mode(Mode::Faults)
    }

    /// Faults made so far.
    pub fn made(&self) -> Result<i64> {
        self.get(4)
    }

    /// Shifts the wall clock by so many seconds.
    pub fn clock(&self, seconds: i64) -> Result<()> {
        self.put(5, seconds * 1_000)
    }

    /// Begins a new journal.
    pub fn forget_journal(&self) -> Result<()> {
        Ok(File::create(&self.journal).map(drop)?)
    }
}

/// Compiles the library.
pub fn compile(folder: &Path) -> Result<PathBuf> {
    let source = tests::root().join("tests/torture/preload.c");
    let library = folder.join("preload.so");
    let said = Command::new("cc")
        .args(["-O1", "-shared", "-fPIC", "-o"])
        .arg(&library)
        .arg(&source)
        .args(["-ldl", "-lpthread"])
        .output()
        .context("there is no C compiler: install cc")?;
    ensure!(said.status.success(), "preload.c: {}", String::from_utf8_lossy(&said.stderr));
    Ok(library)
}
