//! Simulates a power cut: writes that were not synced are undone, by the journal that preload.c has kept.

use anyhow::{Context, Result};
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};

/// Which of the unsynced writes are lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// All of it.
    All,
    /// Each by chance, as a disk that reorders writes leaves them.
    Some,
    /// All but the first bytes of the last write.
    Torn,
}

/// One record of the journal, as `struct record` has it.
struct Record {
    kind: u32,
    path: String,
    inode: u64,
    offset: u64,
    size: u64,
    length: u64,
    old: Vec<u8>,
}

const WRITE: u32 = 1;
const SYNC: u32 = 2;
const CREATE: u32 = 3;
const TRUNCATE: u32 = 4;
const RENAME: u32 = 5;

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take(&mut self, length: usize) -> Option<Vec<u8>> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken.to_vec())
    }

    fn number(&mut self) -> Option<u64> {
        Some(u64::from_ne_bytes(self.take(8)?.try_into().ok()?))
    }

    fn short(&mut self) -> Option<u32> {
        Some(u32::from_ne_bytes(self.take(4)?.try_into().ok()?))
    }

    /// The next record; `None` at the end, also where the last record is incomplete.
    fn record(&mut self) -> Option<Record> {
        let (kind, path_length) = (self.short()?, self.short()?);
        let [inode, offset, size, length, old] =
            [self.number()?, self.number()?, self.number()?, self.number()?, self.number()?];
        let path = String::from_utf8_lossy(&self.take(path_length as usize)?).into_owned();
        Some(Record { kind, path, inode, offset, size, length, old: self.take(usize::try_from(old).ok()?)? })
    }
}

/// What a cut has done.
#[derive(Debug, Default, Clone, Copy)]
pub struct Undone {
    /// Number of writes, truncations and new names.
    pub written: usize,
    /// Number of those undone.
    pub undone: usize,
}

/// Undoes what was not synced; the program must be dead.
pub fn cut(journal: &Path, folder: &Path, how: Cut, rng: &mut fastrand::Rng) -> Result<Undone> {
    let bytes = std::fs::read(journal).context("the journal")?;
    let mut reader = Reader(&bytes);
    let records: Vec<Record> = std::iter::from_fn(|| reader.record()).collect();
    let mut by_inode: HashMap<u64, PathBuf> = HashMap::new();
    for path in crate::round::files(folder) {
        by_inode.insert(path.metadata()?.ino(), path);
    }
    let mut undone = Undone::default();
    // Backwards: everything before a sync of its file is on disk.
    let mut synced = HashSet::new();
    let mut last = true;
    for record in records.iter().rev() {
        if record.kind == SYNC {
            synced.insert(record.inode);
            continue;
        }
        undone.written += 1;
        if synced.contains(&record.inode) {
            continue;
        }
        let kept = match how {
            Cut::All | Cut::Torn => false,
            // Names are left alone: a folder's entries are written in order.
            Cut::Some => rng.bool() || record.kind == CREATE || record.kind == RENAME,
        };
        if kept {
            continue;
        }
        let torn = if how == Cut::Torn && last && record.kind == WRITE { rng.u64(..=record.length) } else { 0 };
        last &= record.kind != WRITE;
        undone.undone += usize::from(undo(record, &by_inode, torn)?);
    }
    Ok(undone)
}

/// Undoes one record except for its first `torn` bytes; answers whether there was anything to undo.
fn undo(record: &Record, by_inode: &HashMap<u64, PathBuf>, torn: u64) -> Result<bool> {
    match record.kind {
        CREATE => Ok(std::fs::remove_file(&record.path).is_ok()),
        RENAME => {
            let (from, to) = record.path.split_once('\n').unwrap_or_default();
            Ok(std::fs::rename(to, from).is_ok())
        }
        WRITE | TRUNCATE => {
            let Some(path) = by_inode.get(&record.inode).filter(|path| path.exists()) else { return Ok(false) };
            let file = File::options().read(true).write(true).open(path)?;
            let now = file.metadata()?.len();
            let skipped = usize::try_from(torn)?.min(record.old.len());
            file.write_all_at(record.old.get(skipped..).unwrap_or_default(), record.offset + skipped as u64)?;
            let end = record.offset + record.length;
            if record.kind == WRITE && end > record.size {
                let kept = record.size.max(record.offset + torn);
                if now <= end {
                    file.set_len(kept.min(now))?;
                } else {
                    // Later bytes were kept; a disk shows zeros where these would be.
                    let from = record.size.max(record.offset);
                    file.write_all_at(&vec![0; usize::try_from(end - from)?], from)?;
                }
            }
            Ok(true)
        }
        _ => Ok(false),
    }
}
