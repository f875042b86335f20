//! Backups: a copy of the database as it is at one moment, the attachments that it names, the published heads, and the key
//! apart; made while the server runs, checked before they count, and put back by one command.

use crate::app::App;
use crate::secret::Secret;
use crate::store::{Audit, Witness, sqlite};
use crate::tables::Tables;
use crate::{files, published};
use anyhow::{Context, Result, bail};
use chrono::Duration;
use model::Time;
use serde::{Deserialize, Serialize};
use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// Where backups go, how often, and how many are kept.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// The folder; better another disk, better still another house.
    pub to: PathBuf,
    /// How often.
    pub every: Duration,
    /// How many of the newest are kept.
    pub keep: usize,
}

/// After how long a backup that failed is tried again.
const AGAIN: std::time::Duration = std::time::Duration::from_secs(600);

/// What a backup says of itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Manifest {
    /// When it was made.
    pub made: Time,
    /// By which version of the program.
    pub version: String,
    /// The last ledger entry in it.
    pub entries: u64,
    /// Cases in it.
    pub cases: u64,
    /// Attachments in it.
    pub attachments: usize,
}

/// What a check needs to know of a data folder.
///
/// # Errors
/// Where the tables or the secret cannot be read.
pub fn witness(data: &Path, public: &Path) -> Result<Witness> {
    let secret = Secret::load(&data.join("secret.key"))?;
    let written = Some(published::read(&data.join(published::FILE))?);
    Ok(Witness { rules: Tables::load(public)?.rules, secret, folder: Some(data.to_owned()), written })
}

/// Checks a data folder, beside a server that runs in it or without one; also against published heads that were copied
/// `elsewhere`.
///
/// # Errors
/// Where it cannot be read.
pub fn verify(data: &Path, public: &Path, elsewhere: Option<&Path>) -> Result<Audit> {
    let mut witness = witness(data, public)?;
    if let Some(elsewhere) = elsewhere {
        let kept = published::read(elsewhere)?;
        if kept.is_empty() {
            bail!("{} holds no published head", elsewhere.display());
        }
        witness.written.get_or_insert_default().extend(kept);
    }
    let keyless = witness.secret.is_none();
    let mut audit = sqlite::verify(&data.join("pratikar.db"), &witness)?;
    if keyless {
        let what = "secret.key is missing: numbers and signatures were not checked; put the backup's key back";
        audit.faults.insert(0, what.into());
    }
    Ok(audit)
}

/// Makes a backup in a new folder of `to` and checks it; answers the folder. The key lies beside it, to be kept elsewhere:
/// whoever has both can sign in the state's name.
///
/// # Errors
/// Where something cannot be read or written, or where the check finds a fault: then the folder ends in `.bad`.
pub fn make(data: &Path, public: &Path, to: &Path, now: Time) -> Result<(PathBuf, Manifest)> {
    private_folder(to)?;
    // What an earlier backup left unfinished is no backup.
    for entry in fs::read_dir(to)?.filter_map(Result::ok) {
        if entry.path().extension().is_some_and(|ending| ending == "part" || ending == "bad") {
            fs::remove_dir_all(entry.path())?;
        }
    }
    match all(to)?.pop() {
        None => copy_anew(data, public, to, now, None),
        // A file that has gone bad there since would be taken over again and again.
        Some(earlier) => {
            copy_anew(data, public, to, now, Some(&earlier)).or_else(|_| copy_anew(data, public, to, now, None))
        }
    }
}

fn copy_anew(data: &Path, public: &Path, to: &Path, now: Time, earlier: Option<&Path>) -> Result<(PathBuf, Manifest)> {
    let stamp = now.format("%Y%m%dT%H%M%S%3fZ").to_string();
    let part = to.join(format!("{stamp}.part"));
    private_folder(&part)?;
    let database = part.join("pratikar.db");
    sqlite::copy(&data.join("pratikar.db"), &database, |_, _| {})?;
    let attachments = sqlite::attachments(&database)?;
    for attachment in &attachments {
        let target = files::path(&part, attachment.kind, &attachment.id);
        fs::create_dir_all(target.parent().unwrap_or(&part))?;
        // A file never changes: what the last backup has is not written twice.
        let before = earlier.map(|earlier| files::path(earlier, attachment.kind, &attachment.id));
        if before.is_none_or(|before| fs::hard_link(before, &target).is_err()) {
            // What is missing is found by the check, which names it.
            let source = files::path(data, attachment.kind, &attachment.id);
            match fs::copy(&source, &target) {
                Ok(_) => fs::File::open(&target)?.sync_all()?,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(error).with_context(|| format!("cannot copy {}", source.display())),
            }
        }
    }
    published::write_all(&part.join(published::FILE), &sqlite::heads(&database)?)?;
    let secret = Secret::load(&data.join("secret.key"))?.context("secret.key is missing")?;
    let rules = Tables::load(public)?.rules;
    let written = Some(published::read(&part.join(published::FILE))?);
    let witness = Witness { rules, secret: Some(secret.clone()), folder: Some(part.clone()), written };
    let audit = sqlite::verify(&database, &witness)?;
    if let Some(fault) = audit.faults.first() {
        let bad = to.join(format!("{stamp}.bad"));
        let _ = fs::remove_dir_all(&bad);
        fs::rename(&part, &bad)?;
        bail!("the backup is not whole: {} faults, the first: {fault}", audit.faults.len());
    }
    let manifest = Manifest {
        made: now,
        version: env!("CARGO_PKG_VERSION").into(),
        entries: audit.entries,
        cases: audit.cases,
        attachments: attachments.len(),
    };
    files::write(&part.join("manifest.json"), &serde_json::to_vec_pretty(&manifest)?)?;
    secret.write(&to.join(format!("{stamp}.key")))?;
    let folder = to.join(&stamp);
    fs::rename(&part, &folder)?;
    fs::File::open(to)?.sync_all()?;
    Ok((folder, manifest))
}

/// Puts a backup into an empty data folder and checks it there.
///
/// # Errors
/// Where the folder holds a database already, where something is missing, or where the check finds a fault.
pub fn restore(from: &Path, key: Option<&Path>, data: &Path, public: &Path) -> Result<Audit> {
    for name in ["pratikar.db", "pratikar.db-wal", "pratikar.db-shm"] {
        if data.join(name).exists() {
            bail!(
                "{} holds {name}: move pratikar.db, pratikar.db-wal and pratikar.db-shm away first, they may still be \
                 needed",
                data.display()
            );
        }
    }
    let beside = from.with_extension("key");
    let key = key.unwrap_or(&beside);
    let secret = Secret::load(key)?.with_context(|| format!("the key is missing: {} (see --key)", key.display()))?;
    private_folder(data)?;
    let lock = fs::File::create(data.join("lock"))?;
    lock.try_lock().with_context(|| format!("another pratikar works in {}: stop it first", data.display()))?;
    let own = data.join("secret.key");
    if Secret::load(&own)?.is_some_and(|there| there.fingerprint() != secret.fingerprint()) {
        bail!("{} is another key than {}: move it aside first", own.display(), key.display());
    }
    // Heads that reach further than the backup are proof of what is missing.
    let heads = data.join(published::FILE);
    if heads.exists() {
        let stamp = chrono::Utc::now().format("%Y%m%dT%H%M%SZ");
        fs::rename(&heads, data.join(format!("heads-before-{stamp}.jsonl")))?;
    }
    for name in ["photos", "voices"] {
        if from.join(name).exists() {
            copy_all(&from.join(name), &data.join(name))?;
        }
    }
    fs::copy(from.join(published::FILE), data.join(published::FILE)).context("the published heads are missing")?;
    if Secret::load(&data.join("secret.key"))?.is_none() {
        secret.write(&data.join("secret.key"))?;
    }
    // Last, so that a restore that was cut off is none.
    let (part, database) = (data.join("pratikar.db.part"), data.join("pratikar.db"));
    fs::copy(from.join("pratikar.db"), &part).context("the database is missing")?;
    fs::File::open(&part)?.sync_all()?;
    fs::rename(&part, &database)?;
    fs::File::open(data)?.sync_all()?;
    verify(data, public, None)
}

/// Backups in a folder, the oldest first.
fn all(to: &Path) -> Result<Vec<PathBuf>> {
    let mut all: Vec<PathBuf> = fs::read_dir(to)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.join("manifest.json").exists() && path.extension().is_none())
        .collect();
    all.sort();
    Ok(all)
}

fn private_folder(folder: &Path) -> Result<()> {
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.with_context(|| format!("cannot make {}", folder.display()))
}

fn copy_all(from: &Path, to: &Path) -> Result<()> {
    private_folder(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_all(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
            fs::File::open(&target)?.sync_all()?;
        }
    }
    Ok(())
}

/// Makes backups for as long as the program runs.
pub async fn run(app: App, schedule: Schedule) {
    let mut stopping = app.stopping.subscribe();
    let every = schedule.every.to_std().unwrap_or(std::time::Duration::from_secs(24 * 3600));
    // A program that is started again and again makes no more backups for that.
    let newest = all(&schedule.to).ok().and_then(|mut all| made_at(&all.pop()?));
    if let Some(wait) = newest.and_then(|newest| (newest + schedule.every - app.now()).to_std().ok()) {
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
    }
    loop {
        // A backup with a wrong time would count as the newest, or as the oldest and go.
        if app.doubt().is_some() {
            tokio::time::sleep(std::time::Duration::from_secs(60)).await;
            continue;
        }
        let (data, public) = (app.config.data.clone(), app.config.public.clone());
        let (to, keep, now) = (schedule.to.clone(), schedule.keep, app.now());
        let made = tokio::task::spawn_blocking(move || {
            let made = make(&data, &public, &to, now)?;
            forget_old(&to, keep)?;
            Ok::<_, anyhow::Error>(made)
        });
        match made.await {
            Ok(Ok((folder, manifest))) => {
                app.health.backed_up(now);
                tracing::info!(folder = %folder.display(), entries = manifest.entries, "a backup was made");
            }
            Ok(Err(error)) => tracing::error!("no backup was made: {error:#}"),
            Err(error) => tracing::error!(%error, "no backup was made"),
        }
        // One that failed is tried again soon.
        let pause = if app.health.last_backup() == Some(now) { every } else { every.min(AGAIN) };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
    }
}

fn made_at(backup: &Path) -> Option<Time> {
    let manifest: Manifest = serde_json::from_slice(&fs::read(backup.join("manifest.json")).ok()?).ok()?;
    Some(manifest.made)
}

/// Deletes all but the newest backups, each with its key.
fn forget_old(to: &Path, keep: usize) -> Result<()> {
    let all = all(to)?;
    for old in all.iter().take(all.len().saturating_sub(keep.max(1))) {
        fs::remove_dir_all(old)?;
        let _ = fs::remove_file(old.with_extension("key"));
    }
    Ok(())
}
