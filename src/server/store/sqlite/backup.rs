//! Copies of the file while it is being written, and checks of a file that somebody else may be writing.

use super::{Result, Sql};
use crate::ledger::PublishedHead;
use crate::store::sql::params;
use crate::store::{Attachment, Audit, Setting, StoreError, Witness, audit, chain, files, proof, setting};
use model::Time;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use std::path::Path;

/// Pages copied between two reports of progress.
const PAGES: std::ffi::c_int = 4_096;

/// Copies a database as it is at one moment, while others read and write it. `told` is called with the number of all
/// pages and of those left.
///
/// # Errors
/// Where either file fails.
pub fn copy(from: &Path, to: &Path, mut told: impl FnMut(i32, i32)) -> Result<()> {
    let source = reader(from)?;
    // Held through all steps, so that commits of others neither show nor restart the copy.
    source.batch("BEGIN; SELECT count(*) FROM fact")?;
    let mut target = Connection::open(to)?;
    {
        let backup = Backup::new(source.sqlite()?, &mut target)?;
        loop {
            match backup.step(PAGES)? {
                StepResult::Done => break,
                StepResult::More => {}
                _ => std::thread::sleep(std::time::Duration::from_millis(20)),
            }
            let progress = backup.progress();
            told(progress.pagecount, progress.remaining);
        }
    }
    // A single file, completely on disk.
    target.pragma_update(None, "journal_mode", "DELETE")?;
    drop(target);
    std::fs::File::open(to)?.sync_all()?;
    Ok(())
}

/// A connection that changes nothing, beside other users of the file.
fn reader(path: &Path) -> Result<Sql> {
    if !path.exists() {
        return Err(StoreError::Unavailable(format!("there is no database at {}", path.display())));
    }
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.pragma_update(None, "busy_timeout", 5_000)?;
    connection.pragma_update(None, "query_only", "ON")?;
    let version: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version == 0 {
        return Err(StoreError::Damaged(format!("{} holds no tables", path.display())));
    }
    if version as usize != super::MIGRATIONS.len() {
        return Err(StoreError::Unavailable(format!(
            "{} is of another version ({version}, this program's is {}): start the server of this version once, or use the \
             program that it is of",
            path.display(),
            super::MIGRATIONS.len()
        )));
    }
    Ok(connection.into())
}

/// Checks a database as it is at one moment, beside other users of the file.
///
/// # Errors
/// Where the file cannot be read.
pub fn verify(path: &Path, witness: &Witness) -> Result<Audit> {
    let connection = reader(path)?;
    connection.at_one_moment(|| audit::verify(&connection, witness))
}

/// The attachments of a database that have arrived.
///
/// # Errors
/// Where the file cannot be read.
pub fn attachments(path: &Path) -> Result<Vec<Attachment>> {
    Ok(files::all(&reader(path)?)?.into_iter().filter(Attachment::is_here).collect())
}

/// Every published head of a database.
///
/// # Errors
/// Where the file cannot be read.
pub fn heads(path: &Path) -> Result<Vec<PublishedHead>> {
    proof::heads(&reader(path)?, u32::MAX)
}

/// The administered tables of a database: the newest change of each.
///
/// # Errors
/// Where the file cannot be read.
pub fn settings(path: &Path) -> Result<Vec<Setting>> {
    setting::newest_of_each(&reader(path)?)
}

/// Number of the last entry of a database.
///
/// # Errors
/// Where the file cannot be read.
pub fn end(path: &Path) -> Result<u64> {
    Ok(chain::ends(&reader(path)?)?.ledger.seq)
}

/// Damaged pages of a database; `None` where there are none.
///
/// # Errors
/// Where the file cannot be read.
pub fn damage(path: &Path) -> Result<Option<String>> {
    let check: String = reader(path)?.sqlite()?.pragma_query_value(None, "quick_check", |row| row.get(0))?;
    Ok((check != "ok").then_some(check))
}

/// A fact of a database.
///
/// # Errors
/// Where the file cannot be read.
pub fn fact(path: &Path, name: &str) -> Result<Option<Vec<u8>>> {
    reader(path)?.maybe("SELECT value FROM fact WHERE name = ?1", params![name])
}

/// Stores a fact in a database that nobody uses.
///
/// # Errors
/// Where the file cannot be written.
pub fn put_fact(path: &Path, name: &str, value: &[u8]) -> Result<()> {
    let connection = super::connect(path)?;
    connection.execute("INSERT OR REPLACE INTO fact (name, value) VALUES (?1, ?2)", rusqlite::params![name, value])?;
    // A single file again.
    connection.pragma_update(None, "journal_mode", "DELETE")?;
    Ok(())
}

/// Records that somebody accepted the loss of the entries after `end`, the last of which is known to be `lost`.
///
/// # Errors
/// Where the file cannot be written.
pub fn record_loss(path: &Path, end: u64, lost: u64, at: Time) -> Result<()> {
    let connection = Sql::from(super::connect(path)?);
    connection.begin_write()?;
    chain::record_loss(&connection, &format!("{}..{lost}", end + 1), at)?;
    connection.commit()
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn a_copy_is_a_database_and_the_source_stays_as_it_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let (from, to) = (folder.path().join("a.db"), folder.path().join("b.db"));
        let store = super::super::open(&from).expect("a store");
        copy(&from, &to, |_, _| {}).expect("copied");
        drop(store);
        let copied = super::super::connect(&to).expect("opened");
        let version: u32 = copied.pragma_query_value(None, "user_version", |row| row.get(0)).expect("a version");
        assert_eq!(version as usize, super::super::MIGRATIONS.len());
    }
}
