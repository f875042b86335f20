//! Files in the data folder: where attachments are, how they are written, who may use the folder.

use anyhow::Context;
use model::attachment::AttachmentKind;
use std::io;
use std::path::{Path, PathBuf};

/// The name of an attachment's file within its folder or bucket. The format of a spoken note is in its row.
#[must_use]
pub fn name(kind: AttachmentKind, id: &str) -> String {
    let ending = match kind {
        AttachmentKind::Photo => "jpg",
        AttachmentKind::Voice => "audio",
    };
    format!("{}/{}/{id}.{ending}", folder(kind), id.get(..2).unwrap_or("00"))
}

/// The folder of all attachments of a kind.
#[must_use]
pub fn folder(kind: AttachmentKind) -> &'static str {
    match kind {
        AttachmentKind::Photo => "photos",
        AttachmentKind::Voice => "voices",
    }
}

/// The file of an attachment.
#[must_use]
pub fn path(data: &Path, kind: AttachmentKind, id: &str) -> PathBuf {
    data.join(name(kind, id))
}

/// The file of an upload that has not arrived completely.
#[must_use]
pub fn partial(data: &Path, id: &str) -> PathBuf {
    data.join("photos").join("partial").join(id)
}

/// Writes a file so that it survives a power cut: file and folder are synced before this returns. What cannot be
/// written completely is not there at all.
///
/// # Errors
/// Where the disk does not take it.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use std::io::Write;
    let folder = around(path);
    std::fs::create_dir_all(folder)?;
    let new = path.with_extension("new");
    let written = std::fs::File::create(&new).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&new, path)
    });
    if written.is_err() {
        let _ = std::fs::remove_file(&new);
    }
    written?;
    std::fs::File::open(folder)?.sync_all()?;
    // The folder may be new.
    std::fs::File::open(around(folder))?.sync_all()
}

/// The parent folder; the present folder for a bare name.
fn around(folder: &Path) -> &Path {
    folder.parent().map_or(folder, |around| if around.as_os_str().is_empty() { Path::new(".") } else { around })
}

/// Locks a data folder as long as the result lives, since only one program may write in it.
///
/// # Errors
/// Where another program has it, or where nothing can be written there.
pub fn lock(data: &Path) -> anyhow::Result<std::fs::File> {
    let path = data.join("lock");
    let lock = std::fs::File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    lock.try_lock().with_context(|| format!("another pratikar works in {}: stop it first", data.display()))?;
    Ok(lock)
}

/// A file that must stay where it is as long as the program runs.
#[derive(Debug, Clone)]
pub struct OwnFile {
    path: PathBuf,
    identity: (u64, u64),
}

impl OwnFile {
    /// The file at this path; `None` where there is none.
    #[must_use]
    pub fn of(path: PathBuf) -> Option<Self> {
        let identity = identity(&path).ok()?;
        Some(Self { path, identity })
    }

    /// The path, if the file was moved, deleted or replaced. A disk that does not answer does not count.
    #[must_use]
    pub fn gone(&self) -> Option<&Path> {
        let gone = match identity(&self.path) {
            Ok(found) => found != self.identity,
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        };
        gone.then_some(self.path.as_path())
    }
}

/// Device and inode, which distinguish a file from another of the same name.
fn identity(path: &Path) -> io::Result<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    path.metadata().map(|found| (found.dev(), found.ino()))
}

/// Gives everything in a data folder to the folder's owner, who could not use what root has written there.
///
/// # Errors
/// Where something cannot be given away.
pub fn hand_back(data: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::{MetadataExt, lchown};
    let folder = data.metadata().with_context(|| format!("cannot find {}", data.display()))?;
    let (user, group) = (folder.uid(), folder.gid());
    if user == 0 || !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    let mut folders = vec![data.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let entry = entry?;
            if entry.metadata()?.uid() != user {
                lchown(entry.path(), Some(user), Some(group))
                    .with_context(|| format!("cannot give {} to its owner", entry.path().display()))?;
            }
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            }
        }
    }
    Ok(())
}

/// Deletes a file, if it exists.
pub async fn remove(path: &Path) {
    if let Err(error) = tokio::fs::remove_file(path).await
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(%error, "a file of an upload is left");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_replaced_or_deleted_is_gone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("pratikar.db");
        assert!(OwnFile::of(path.clone()).is_none());
        std::fs::write(&path, b"one").expect("written");
        let held = OwnFile::of(path.clone()).expect("it is there");
        std::fs::write(&path, b"more").expect("written");
        assert_eq!(held.gone(), None, "its content may change");
        std::fs::write(folder.path().join("other"), b"other").expect("written");
        std::fs::rename(folder.path().join("other"), &path).expect("replaced");
        assert_eq!(held.gone(), Some(path.as_path()));
        let held = OwnFile::of(path.clone()).expect("it is there");
        std::fs::remove_file(&path).expect("deleted");
        assert_eq!(held.gone(), Some(path.as_path()));
    }

    #[test]
    fn a_name_alone_lies_in_the_present_folder() {
        assert_eq!(around(Path::new("data")), Path::new("."));
        assert_eq!(around(Path::new("data/heads.jsonl")), Path::new("data"));
        assert_eq!(around(Path::new("/")), Path::new("/"));
    }
}
