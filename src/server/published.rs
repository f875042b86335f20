//! Published heads: the ends of the ledger and of the chains beside it, signed and written to a file, to be copied
//! elsewhere. A store that has lost its end, or was made anew, does not match them.

use crate::ledger::{Head, PublishedChains, PublishedHead};
use crate::secret::Secret;
use crate::state::App;
use crate::store::{StoreError, sqlite};
use anyhow::{Context, bail};
use ed25519_dalek::Signer;
use model::Time;
use model::wire::SignedHead;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::atomic::Ordering;

/// File in the data folder, one head on each line.
pub const FILE: &str = "heads.jsonl";

/// A line of the file.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    #[serde(flatten)]
    head: SignedHead,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    chains: Option<PublishedChains>,
}

/// The heads of a file, in the order of publication; none where there is no file. A line that a crash has torn is
/// skipped, since the store has that head as well.
///
/// # Errors
/// Where the file cannot be read.
pub fn read(file: &Path) -> Result<Vec<PublishedHead>, StoreError> {
    Ok(read_all(file)?.0)
}

/// As [`read`], with the numbers of lines that cannot be read though no crash has torn them: what they said may have
/// proved that something is lost.
///
/// # Errors
/// Where the file cannot be read.
pub fn read_all(file: &Path) -> Result<(Vec<PublishedHead>, Vec<usize>), StoreError> {
    let text = match std::fs::read(file) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Default::default()),
        Err(error) => return Err(StoreError::Unavailable(format!("cannot read {}: {error}", file.display()))),
    };
    let lines: Vec<(&str, Option<PublishedHead>)> =
        text.lines().map(|line| (line, serde_json::from_str(line).ok().and_then(parse))).collect();
    let (last, ended) = (lines.len(), text.ends_with('\n'));
    // A torn line is the beginning of one that was written completely later, or the last one.
    let torn = |number: usize, part: &str| {
        (number == last && !ended) || lines.iter().any(|(line, head)| head.is_some() && line.starts_with(part))
    };
    let unreadable = lines.iter().enumerate().filter(|(_, (_, head))| head.is_none());
    let unreadable =
        unreadable.map(|(index, (line, _))| (index + 1, *line)).filter(|(number, line)| !torn(*number, line));
    let unreadable = unreadable.map(|(number, _)| number).collect();
    Ok((lines.into_iter().filter_map(|(_, head)| head).collect(), unreadable))
}

/// What to do about lines that cannot be read; `None` where there are none.
#[must_use]
pub fn unreadable(file: &Path, lines: &[usize]) -> Option<String> {
    let first = lines.first()?;
    Some(format!(
        "line {first} of {} cannot be read ({} such lines): what stood there may prove that entries are lost. Put the copy \
         that is kept elsewhere in its place; without one, keep the file aside and take the line out (docs/reliability.md)",
        file.display(),
        lines.len()
    ))
}

fn parse(line: Line) -> Option<PublishedHead> {
    let hash = hex::decode(&line.head.hash).ok()?.try_into().ok()?;
    let (chains, chains_signature) = line.chains.and_then(|chains| chains.read()).unzip();
    Some(PublishedHead {
        head: Head { seq: line.head.seq, hash },
        at: line.head.at,
        signature: hex::decode(&line.head.signature).ok()?,
        chains,
        chains_signature: chains_signature.unwrap_or_default(),
    })
}

/// Signs and stores the present head and writes it to the file, where the ledger has grown since the last one. Answers
/// whether it has.
///
/// # Errors
/// Where the store or the file fails.
pub async fn publish(app: &App) -> Result<bool, StoreError> {
    follow(app).await?;
    let head = app.store.head().await?;
    if head.seq == 0 || app.store.heads(1).await?.first().is_some_and(|last| last.head.seq >= head.seq) {
        return Ok(false);
    }
    let key = app.secret.signing_key();
    let chains = app.store.chains().await?;
    let mut head = PublishedHead {
        head,
        at: app.now().timestamp_millis(),
        signature: Vec::new(),
        chains: Some(chains),
        chains_signature: key.sign(chains.text(head.seq).as_bytes()).to_bytes().to_vec(),
    };
    head.signature = key.sign(head.told().text().as_bytes()).to_bytes().to_vec();
    app.store.put_head(&head).await?;
    add(app, vec![head])?;
    Ok(true)
}

/// Appends lines to the file, whose last line may be torn. Does not read the whole file, which may hold a year of
/// heads.
fn append(file: &Path, lines: &[Line]) -> Result<(), StoreError> {
    let opened = std::fs::OpenOptions::new().create(true).read(true).append(true).open(file);
    let mut file =
        opened.map_err(|error| StoreError::Unavailable(format!("cannot write {}: {error}", file.display())))?;
    let mut last = [b'\n'];
    if file.metadata()?.len() > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    if last != *b"\n" {
        file.write_all(b"\n")?;
    }
    file.write_all(text(lines)?.as_bytes())?;
    file.sync_data()?;
    Ok(())
}

/// Newest heads that are looked at to see what another node has published.
const NEWEST: u32 = 100;

/// Writes to the file what another node has published, since each node has a file of its own.
///
/// # Errors
/// Where the store or the file fails.
pub async fn follow(app: &App) -> Result<(), StoreError> {
    if app.heads_behind.load(Ordering::Relaxed) {
        return mend(app).await;
    }
    let mut newer = app.store.heads(NEWEST).await?;
    newer.retain(|head| head.head.seq > app.head_written.load(Ordering::Relaxed));
    match newer.len() == NEWEST as usize {
        true => mend(app).await,
        false => add(app, newer),
    }
}

/// Appends heads to the file, the oldest first.
fn add(app: &App, mut heads: Vec<PublishedHead>) -> Result<(), StoreError> {
    heads.sort_by_key(|head| head.head.seq);
    let Some(last) = heads.last().map(|head| head.head.seq) else { return Ok(()) };
    app.heads_behind.store(true, Ordering::Relaxed);
    append(&app.config.data.join(FILE), &heads.iter().map(line).collect::<Vec<_>>())?;
    app.head_written.fetch_max(last, Ordering::Relaxed);
    app.heads_behind.store(false, Ordering::Relaxed);
    Ok(())
}

/// Writes heads that the store has and the file has not, after a crash between the two or a full disk.
///
/// # Errors
/// Where the store or the file fails.
pub async fn mend(app: &App) -> Result<(), StoreError> {
    let file = app.config.data.join(FILE);
    let written: HashSet<u64> = read(&file)?.iter().map(|head| head.head.seq).collect();
    app.head_written.fetch_max(written.iter().copied().max().unwrap_or(0), Ordering::Relaxed);
    let mut missing = app.store.heads(u32::MAX).await?;
    missing.retain(|head| !written.contains(&head.head.seq));
    add(app, missing)?;
    app.heads_behind.store(false, Ordering::Relaxed);
    Ok(())
}

fn line(head: &PublishedHead) -> Line {
    let chains = head.chains.map(|chains| PublishedChains::of(&chains, &head.chains_signature));
    Line { head: head.told(), chains }
}

/// Writes a file of these heads, the oldest first.
///
/// # Errors
/// Where the file cannot be written.
pub fn write_all(file: &Path, heads: &[PublishedHead]) -> Result<(), StoreError> {
    let mut sorted: Vec<&PublishedHead> = heads.iter().collect();
    sorted.sort_by_key(|head| head.head.seq);
    let lines: Vec<Line> = sorted.into_iter().map(line).collect();
    let written = crate::files::write(file, text(&lines)?.as_bytes());
    written.map_err(|error| StoreError::Unavailable(format!("cannot write {}: {error}", file.display())))
}

fn text(lines: &[Line]) -> Result<String, StoreError> {
    let mut text = String::new();
    for line in lines {
        text.push_str(&serde_json::to_string(line)?);
        text.push('\n');
    }
    Ok(text)
}

/// What can be done where the ledger ends at `end`, before a published head.
#[must_use]
pub fn way_on(end: u64, deleted: bool) -> &'static str {
    match (end, deleted) {
        (0, _) => "restore a backup (pratikar restore): nothing of the ledger is left to go on with",
        // Heads within the database are newer than its last entry.
        (_, true) => {
            "restore a backup (pratikar restore): entries were deleted from the database, which is no accident"
        }
        (_, false) => "restore a backup (pratikar restore), or go on without what is lost by `pratikar accept-loss`",
    }
}

/// Accepts the loss of entries, because somebody has decided so: moves the published heads beyond the end of the ledger
/// to another file, on record. Answers the last entry and the number of those heads.
///
/// # Errors
/// Where another program uses the folder, where the ledger is empty or entries were deleted by hand, where key,
/// database and heads are of different systems, or where a file cannot be read or written. Nothing is changed then.
pub fn accept_loss(data: &Path, now: Time) -> anyhow::Result<(u64, usize)> {
    let _lock = crate::files::lock(data)?;
    let (database, file) = (data.join("pratikar.db"), data.join(FILE));
    let end = sqlite::end(&database)?;
    let key = data.join("secret.key");
    let secret = Secret::load(&key)?.with_context(|| format!("{} is missing: put it back first", key.display()))?;
    if sqlite::fact(&database, "secret")?.is_none_or(|known| known != secret.fingerprint()) {
        bail!("{} is not the key of {}: put the right one back first", key.display(), database.display());
    }
    if let Some(what) = sqlite::damage(&database)? {
        return Err(StoreError::Damaged(what).into());
    }
    let (written, lines) = read_all(&file)?;
    if let Some(what) = unreadable(&file, &lines) {
        bail!(what);
    }
    if written.iter().any(|head| !head.is_signed(&secret)) {
        bail!("{} is of another system, or was altered: put the right one back", file.display());
    }
    let (kept, lost): (Vec<_>, Vec<_>) = written.into_iter().partition(|head| head.head.seq <= end);
    let beyond = sqlite::heads(&database)?.first().is_some_and(|head| head.head.seq > end);
    if beyond || (end == 0 && !lost.is_empty()) {
        bail!("the ledger in {} ends at entry {end}: {}", database.display(), way_on(end, beyond));
    }
    let Some(last) = lost.iter().max_by_key(|head| head.head.seq) else { return Ok((end, 0)) };
    sqlite::record_loss(&database, end, last.head.seq, now)?;
    write_all(&data.join(format!("heads-lost-{}.jsonl", now.format("%Y%m%dT%H%M%SZ"))), &lost)?;
    write_all(&file, &kept)?;
    crate::files::hand_back(data)?;
    Ok((end, lost.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_line_is_ended_and_passed_over() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join(FILE);
        let head = |seq| PublishedHead {
            head: Head { seq, hash: [7; 32] },
            at: 0,
            signature: vec![1],
            chains: None,
            chains_signature: Vec::new(),
        };
        append(&file, &[line(&head(1))]).expect("written");
        std::fs::OpenOptions::new()
            .append(true)
            .open(&file)
            .and_then(|mut file| file.write_all(b"{\"seq\":2"))
            .expect("torn");
        append(&file, &[line(&head(3))]).expect("written");
        append(&file, &[line(&head(4))]).expect("written");
        let read: Vec<u64> = read(&file).expect("read").iter().map(|head| head.head.seq).collect();
        assert_eq!(read, [1, 3, 4]);
    }
}
