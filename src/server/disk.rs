//! Room on the disk. When it runs short, strangers' uploads are refused first, then new grievances; readings and
//! actions of staff last.
//!
//! A ballast file lies in the data folder. When the disk is full it is deleted, so that the database can write while
//! somebody makes room; it is made again once there is room.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use tokio::sync::Notify;

/// Bytes of the ballast, on a large disk.
const BALLAST: u64 = 64 * 1024 * 1024;
/// Bytes that strangers' uploads may take, on a large disk.
const STRANGERS: u64 = 4 * 1024 * 1024 * 1024;
/// Free bytes below which the ballast is deleted, on a large disk.
const BRIM: u64 = 16 * 1024 * 1024;

/// Rung where a write found no room, so that the disk is looked at immediately.
pub static FOUND_FULL: Notify = Notify::const_new();

/// State of the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Room {
    /// Enough room.
    Ample,
    /// Uploads are refused.
    Low,
    /// The ballast is deleted: somebody must make room now.
    Full,
}

/// Watches the disk of a data folder.
#[derive(Debug)]
pub struct Disk {
    folder: PathBuf,
    /// Free bytes that uploads leave to the database, on a large disk.
    reserve: u64,
    room: AtomicU8,
    /// Bytes that strangers' uploads may take on this disk.
    strangers: AtomicU64,
}

impl Disk {
    /// Looks at the disk of this folder and makes the ballast. Uploads are refused below `reserve` free bytes.
    #[must_use]
    pub fn new(folder: &Path, reserve: u64) -> Self {
        let disk =
            Self { folder: folder.to_owned(), reserve, room: AtomicU8::new(0), strangers: AtomicU64::new(STRANGERS) };
        disk.look();
        disk
    }

    /// State of the disk at the last look.
    #[must_use]
    pub fn room(&self) -> Room {
        match self.room.load(Ordering::Relaxed) {
            0 => Room::Ample,
            1 => Room::Low,
            _ => Room::Full,
        }
    }

    /// Bytes that uploads which no case names may take together.
    #[must_use]
    pub fn strangers(&self) -> u64 {
        self.strangers.load(Ordering::Relaxed)
    }

    fn ballast(&self) -> PathBuf {
        self.folder.join("ballast")
    }

    /// Looks at the disk, makes or deletes the ballast, and answers the state. Where the system does not tell, there is
    /// enough room.
    pub fn look(&self) -> Room {
        let Ok(found) = rustix::fs::statvfs(&self.folder) else { return self.room() };
        let (free, all) = (found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize);
        // Small disks are divided in proportion.
        let (ballast, uploads, brim) = (BALLAST.min(all / 16), self.reserve.min(all / 16), BRIM.min(all / 64));
        self.strangers.store(STRANGERS.min(all / 32), Ordering::Relaxed);
        let laid = std::fs::metadata(self.ballast()).map_or(0, |file| file.len());
        let room = if free < brim {
            if laid > 0 {
                self.let_go();
            }
            Room::Full
        } else if laid == 0 && free < ballast + brim {
            Room::Full
        } else if free < uploads {
            Room::Low
        } else {
            Room::Ample
        };
        if room != Room::Full && laid == 0 && free >= 2 * ballast + brim {
            self.lay(ballast);
        }
        let before = self.room();
        self.room.store(room as u8, Ordering::Relaxed);
        if room != before {
            match room {
                Room::Ample => tracing::info!("there is room on the disk again"),
                Room::Low => tracing::error!(free, "room on the disk is short: uploads are turned away"),
                Room::Full => tracing::error!(free, "the disk is full: the ballast was let go, make room now"),
            }
        }
        room
    }

    /// Fills the ballast file with zeros, in whole blocks.
    fn lay(&self, bytes: u64) {
        let made = std::fs::File::create(self.ballast()).and_then(|file| {
            rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, bytes)
                .map_err(std::io::Error::from)
                .or_else(|_| std::io::copy(&mut std::io::Read::take(std::io::repeat(0), bytes), &mut &file).map(|_| ()))
        });
        if made.is_err() {
            self.let_go();
        }
    }

    /// Deletes the ballast.
    pub fn let_go(&self) {
        let _ = std::fs::remove_file(self.ballast());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ballast_is_laid_down_and_let_go() {
        let folder = tempfile::tempdir().expect("a folder");
        let disk = Disk::new(folder.path(), 0);
        let laid = std::fs::metadata(folder.path().join("ballast")).map_or(0, |file| file.len());
        assert!(laid > 0 || disk.room() == Room::Full, "{:?}", disk.room());
        disk.let_go();
        assert!(!folder.path().join("ballast").exists());
        disk.look();
        assert_eq!(folder.path().join("ballast").exists(), disk.room() != Room::Full);
    }

    #[test]
    fn uploads_leave_the_reserve_to_the_database() {
        let folder = tempfile::tempdir().expect("a folder");
        let found = rustix::fs::statvfs(folder.path()).expect("a disk");
        let (free, all) = (found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize);
        assert_ne!(Disk::new(folder.path(), 0).room(), Room::Low, "nothing is reserved");
        let enough = free >= all / 16;
        assert_eq!(Disk::new(folder.path(), u64::MAX).room() == Room::Ample, enough, "a sixteenth at the most");
    }
}
