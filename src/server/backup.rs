//! Backups: a copy of the database as it is at one moment, the attachments that it names, the published heads, and the
//! key in a file of its own. Made while the server runs, checked before they count, and restored by one command.

use crate::attachments::Attachments;
use crate::feed;
use crate::secret::Secret;
use crate::state::{App, Schedule};
use crate::store::{Audit, Counts, Setting, Shared, Store, Witness, administered, sqlite};
use crate::tables::Tables;
use crate::{files, published};
use anyhow::{Context, Result, bail};
use chrono::Duration;
use model::attachment::AttachmentKind;
use model::{AttachmentId, Time};
use serde::{Deserialize, Serialize};
use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Time after which a failed backup is tried again.
const AGAIN: std::time::Duration = std::time::Duration::from_secs(600);

/// Description of a backup, stored in it as JSON.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Manifest {
    /// When it was made.
    pub made: Time,
    /// Version of the program that made it.
    pub version: String,
    /// Number of the last ledger entry in it.
    pub entries: u64,
    /// Number of cases in it.
    pub cases: u64,
    /// Number of attachments in it.
    pub attachments: usize,
    /// The public key that signs its heads, hexadecimal; it identifies the system.
    #[serde(default)]
    pub system: String,
    /// Name of the data folder of which it was made; a restored copy of the same system has another.
    #[serde(default)]
    pub folder: String,
    /// Whether the server made it by its schedule, and deletes it when it is old.
    #[serde(default)]
    pub scheduled: bool,
    /// Attachments whose files were missing from the data folder when it was made. Those not in `missing` were taken
    /// from an earlier backup.
    #[serde(default)]
    pub lost: Vec<AttachmentId>,
    /// Those of `lost` that are not in this backup either.
    #[serde(default)]
    pub missing: Vec<AttachmentId>,
}

/// File of the rules by which due dates were derived when the backup was made.
const RULES: &str = "rules.json";

/// Refuses to use a backup, or a folder within one, as a data folder: it would be deleted with the backup.
///
/// # Errors
/// Where it is one.
pub fn is_no_backup(data: &Path) -> Result<()> {
    let is_backup = |folder: &&Path| folder.join(MANIFEST).exists() && folder.join("pratikar.db").exists();
    match real(data)?.ancestors().find(is_backup) {
        Some(backup) => bail!("{} lies in the backup {}: take a folder of its own", data.display(), backup.display()),
        None => Ok(()),
    }
}

/// The data folder of a system, and where its attachments are.
#[derive(Clone)]
pub struct Home {
    /// The data folder.
    pub data: PathBuf,
    /// Where attachments are stored.
    pub attachments: Attachments,
}

impl From<&Path> for Home {
    /// Attachments are in the data folder.
    fn from(data: &Path) -> Self {
        Self { data: data.to_owned(), attachments: data.to_owned().into() }
    }
}

impl From<&PathBuf> for Home {
    fn from(data: &PathBuf) -> Self {
        data.as_path().into()
    }
}

/// What a check of a folder needs to know, with the published heads in `heads`.
///
/// # Errors
/// Where the heads cannot be read.
fn witness(
    attachments: Attachments,
    heads: &Path,
    rules: model::Rules,
    secret: Option<Secret>,
    missing: &[AttachmentId],
) -> Result<Witness> {
    let (written, unreadable) = published::read_all(&heads.join(published::FILE))?;
    let written = Some(written);
    let (attachments, missing) = (Some(attachments), missing.iter().cloned().collect());
    Ok(Witness { rules, secret, attachments, written, unreadable, missing, counts: None })
}

/// The fact that distinguishes a data folder from restored copies of it, which have the same key.
const FOLDER: &str = "folder";

/// Names a data folder, unless it has a name.
///
/// # Errors
/// Where the store does not answer.
pub async fn name_folder(store: &dyn Shared) -> Result<()> {
    if store.fact(FOLDER).await?.is_none() {
        store.put_fact(FOLDER, crate::secret::random_hex::<16>()?.into_bytes()).await?;
    }
    Ok(())
}

/// The name of a database's data folder; empty where an older program made it and none has started since.
fn folder_name(database: &Path) -> Result<String> {
    Ok(String::from_utf8_lossy(&sqlite::fact(database, FOLDER)?.unwrap_or_default()).into_owned())
}

/// Checks a data folder, whether a server runs in it or not, also against published heads that were copied `elsewhere`.
///
/// # Errors
/// Where it cannot be read.
pub fn verify(home: impl Into<Home>, public: &Path, elsewhere: Option<&Path>) -> Result<Audit> {
    let home = home.into();
    let database = home.data.join("pratikar.db");
    let view = sqlite::fact(&database, "view")?.unwrap_or_default();
    let rules = rules_of(public, sqlite::settings(&database)?)?;
    let witness = witness_of(home, rules, elsewhere, view)?;
    let keyless = witness.secret.is_none();
    Ok(told_keyless(sqlite::verify(&database, &witness)?, keyless))
}

/// As [`verify`], for a database that is not a file.
///
/// # Errors
/// Where it cannot be read.
pub async fn verify_on(
    store: &dyn Store,
    home: impl Into<Home>,
    public: &Path,
    elsewhere: Option<&Path>,
) -> Result<Audit> {
    let home = home.into();
    let view = store.fact("view").await?.unwrap_or_default();
    let rules = rules_of(public, store.settings().await?)?;
    let witness = witness_of(home, rules, elsewhere, view)?;
    let keyless = witness.secret.is_none();
    Ok(told_keyless(store.verify(witness).await?, keyless))
}

/// The rules for due dates: from administered tables, and from the files for all others.
fn rules_of(public: &Path, settings: Vec<Setting>) -> Result<model::Rules> {
    Ok(Tables::of(public, &administered(settings))?.rules)
}

/// What a check of a data folder needs to know; `view` is the digest under which its case rows were made.
fn witness_of(home: Home, rules: model::Rules, elsewhere: Option<&Path>, view: Vec<u8>) -> Result<Witness> {
    let Home { data, attachments } = home;
    let secret = Secret::load(&data.join("secret.key"))?;
    let mut witness = witness(attachments, &data, rules, secret, &[])?;
    if let Some(elsewhere) = elsewhere {
        let kept = published::read(elsewhere)?;
        if kept.is_empty() {
            bail!("{} holds no published head", elsewhere.display());
        }
        witness.written.get_or_insert_default().extend(kept);
    }
    let kept = feed::on_disk(&feed::Snapshot::new(data.join(feed::COUNTS), view));
    witness.counts = kept.map(|(cube, hash)| Mutex::new((Box::new(cube) as Box<dyn Counts>, hash)));
    Ok(witness)
}

/// Adds a fault where numbers and signatures could not be checked for want of the key.
fn told_keyless(mut audit: Audit, keyless: bool) -> Audit {
    if keyless {
        let what = "secret.key is missing: numbers and signatures were not checked; put the backup's key back";
        audit.faults.insert(0, what.into());
    }
    audit
}

/// Refuses a folder for backups within the data folder: both would be lost together, and each backup would contain the
/// ones before it.
///
/// # Errors
/// Where it is within it, or where that cannot be found out.
pub fn lies_apart(data: &Path, to: &Path) -> Result<()> {
    if real(to)?.starts_with(real(data)?) {
        bail!("{} lies within the data folder: keep backups on another disk, better in another house", to.display());
    }
    Ok(())
}

/// The path without symbolic links; its end need not exist.
fn real(path: &Path) -> Result<PathBuf> {
    let path = std::path::absolute(path).with_context(|| format!("cannot find {}", path.display()))?;
    let found = path.ancestors().find_map(|above| Some((above, above.canonicalize().ok()?)));
    let (above, real) = found.with_context(|| format!("cannot find {}", path.display()))?;
    Ok(path.strip_prefix(above).map_or_else(|_| real.clone(), |rest| real.join(rest)))
}

/// Makes a backup in a new folder of `to` and checks it; answers the folder. The key is written beside it, to be kept
/// elsewhere: a person who has both can sign in the state's name. A file missing from the data folder does not prevent
/// the backup; it is named in the manifest.
///
/// # Errors
/// Where something cannot be read or written, or where the check finds another fault; the folder's name then ends in
/// `.bad`.
pub fn make(
    home: impl Into<Home>,
    public: &Path,
    to: &Path,
    now: Time,
    scheduled: bool,
) -> Result<(PathBuf, Manifest)> {
    let home = home.into();
    let data = &home.data;
    lies_apart(data, to)?;
    private_folder(to)?;
    let secret = load_key(&data.join("secret.key"))?;
    let database = data.join("pratikar.db");
    let folder = folder_name(&database).with_context(|| format!("cannot copy {}", database.display()))?;
    let rules = rules_of(public, sqlite::settings(&database)?)?;
    let plan = Plan { home, to, now, scheduled, rules, secret, folder };
    // What an earlier backup left unfinished is deleted.
    plan.leave_out("part")?;
    match all(to, &plan.secret)?.pop() {
        None => plan.copy(None),
        // A file that has been damaged there would be linked again and again.
        Some((earlier, _)) => plan.copy(Some(&earlier)).or_else(|_| plan.copy(None)),
    }
}

/// What a backup is made of.
struct Plan<'a> {
    home: Home,
    to: &'a Path,
    now: Time,
    scheduled: bool,
    rules: model::Rules,
    secret: Secret,
    /// The name of the data folder.
    folder: String,
}

impl Plan<'_> {
    /// Name of an unfinished or bad backup with this ending.
    fn unfinished(&self, ending: &str) -> String {
        // Other systems, and restored copies of this one, may be making theirs here.
        let mark: String = format!("{}{}", self.folder, system(&self.secret)).chars().take(8).collect();
        format!("-{mark}.{ending}")
    }

    /// Deletes this data folder's backups with this ending.
    fn leave_out(&self, ending: &str) -> Result<()> {
        let ours = self.unfinished(ending);
        let entries = fs::read_dir(self.to).with_context(|| format!("cannot read {}", self.to.display()))?;
        for entry in entries.filter_map(Result::ok) {
            if entry.file_name().to_string_lossy().ends_with(&ours) {
                fs::remove_dir_all(entry.path())
                    .with_context(|| format!("cannot delete {}", entry.path().display()))?;
            }
        }
        Ok(())
    }

    /// Copies, checks and names it; files that an earlier backup has are linked.
    fn copy(&self, earlier: Option<&Path>) -> Result<(PathBuf, Manifest)> {
        let (data, stored, to) = (self.home.data.as_path(), &self.home.attachments, self.to);
        // Two data folders may keep their backups in one folder.
        let mut made = self.now;
        while to.join(stamp(made)).exists() || to.join(format!("{}.key", stamp(made))).exists() {
            made += Duration::milliseconds(1);
        }
        let stamp = stamp(made);
        let part = to.join(format!("{stamp}{}", self.unfinished("part")));
        private_folder(&part)?;
        let database = part.join("pratikar.db");
        sqlite::copy(&data.join("pratikar.db"), &database, |_, _| {})
            .with_context(|| format!("cannot copy {} to {}", data.join("pratikar.db").display(), part.display()))?;
        let attachments = sqlite::attachments(&database)?;
        let (mut lost, mut missing) = (Vec::new(), Vec::new());
        for attachment in &attachments {
            let target = files::path(&part, attachment.kind, &attachment.id);
            private_folder(target.parent().unwrap_or(&part))?;
            // A file never changes, so the one of the previous backup is linked.
            let before = earlier.map(|earlier| files::path(earlier, attachment.kind, &attachment.id));
            // It must be readable all the same, so that a loss is noticed while an earlier backup still has the file.
            let gone = !stored.has(attachment.kind, &attachment.id)?;
            if gone {
                lost.push(attachment.id.clone());
            }
            if before.is_none_or(|before| fs::hard_link(before, &target).is_err()) {
                if gone {
                    missing.push(attachment.id.clone());
                } else {
                    stored.copy_to(attachment.kind, &attachment.id, &target)?;
                }
            }
        }
        published::write_all(&part.join(published::FILE), &sqlite::heads(&database)?)?;
        files::write(&part.join(RULES), &serde_json::to_vec(&self.rules)?)?;
        let witness = witness(part.clone().into(), &part, self.rules.clone(), Some(self.secret.clone()), &missing)?;
        let audit = sqlite::verify(&database, &witness)?;
        if let Some(fault) = audit.faults.first() {
            // One is kept for inspection.
            self.leave_out("bad")?;
            let bad = part.with_extension("bad");
            fs::rename(&part, &bad)?;
            bail!(
                "the backup is not whole, and lies in {}: {} faults, the first: {fault}. `pratikar verify` tells what is \
                 wrong with the data itself",
                bad.display(),
                audit.faults.len()
            );
        }
        let manifest = Manifest {
            made,
            version: env!("CARGO_PKG_VERSION").into(),
            entries: audit.entries,
            cases: audit.cases,
            attachments: attachments.len(),
            system: system(&self.secret),
            folder: self.folder.clone(),
            scheduled: self.scheduled,
            lost,
            missing,
        };
        files::write(&part.join(MANIFEST), &serde_json::to_vec_pretty(&manifest)?)?;
        self.secret.write(&to.join(format!("{stamp}.key")))?;
        let folder = to.join(&stamp);
        fs::rename(&part, &folder)?;
        fs::File::open(to)?.sync_all()?;
        Ok((folder, manifest))
    }
}

/// Name of a backup made at this moment.
fn stamp(made: Time) -> String {
    made.format("%Y%m%dT%H%M%S%3fZ").to_string()
}

/// What identifies a system: its public key.
fn system(secret: &Secret) -> String {
    hex::encode(secret.signing_key().verifying_key().to_bytes())
}

fn load_key(file: &Path) -> Result<Secret> {
    Secret::load(file)?.with_context(|| format!("the key is missing: {} (see --key)", file.display()))
}

/// What to restore.
#[derive(Debug, Clone, Copy)]
pub struct Restore<'a> {
    /// Folder of the backup.
    pub from: &'a Path,
    /// The backup's key; without it, the file beside the folder that ends in `.key`.
    pub key: Option<&'a Path>,
    /// The data folder, without a database.
    pub data: &'a Path,
    /// The reference tables, for backups of older programs, which contain no rules.
    pub public: &'a Path,
    /// Whether to put a backup with faults in place.
    pub anyway: bool,
}

/// The result of a restore.
#[derive(Debug)]
pub struct Restored {
    /// The result of the check.
    pub audit: Audit,
    /// Where published heads in the folder reach beyond the backup: the last entry that they cover, and their file.
    pub beyond: Option<(u64, PathBuf)>,
    /// Attachments that the backup did not contain.
    pub missing: Vec<AttachmentId>,
}

/// Puts a backup into a data folder without a database, after it was checked there and compared with its manifest.
///
/// # Errors
/// Where the folder has a database, where something is missing, or where the check finds a fault. Nothing is then in
/// place but files that the next attempt uses.
pub fn restore(restore: Restore<'_>) -> Result<Restored> {
    restore_with(restore, &restore.data.to_owned().into())
}

/// As [`restore`], for a system whose attachments are stored elsewhere.
///
/// # Errors
/// As [`restore`].
pub fn restore_with(restore: Restore<'_>, attachments: &Attachments) -> Result<Restored> {
    let Restore { from, key, data, public, anyway } = restore;
    let (manifest, unread) = match manifest(from) {
        Ok(manifest) => (manifest, false),
        Err(error) if !anyway || !from.join("pratikar.db").exists() => {
            return Err(error.context("nothing was put in place: take another, or see --anyway"));
        }
        Err(_) => (Manifest::default(), true),
    };
    let secret = load_key(key.unwrap_or(&from.with_extension("key")))?;
    if !manifest.system.is_empty() && manifest.system != system(&secret) {
        bail!("the key is not that of {}: its own lay beside it, ending in .key (see --key)", from.display());
    }
    is_no_backup(data)?;
    private_folder(data)?;
    // Taken before the database is looked at, since a server may be running.
    let _lock = files::lock(data)?;
    for name in ["pratikar.db", "pratikar.db-wal", "pratikar.db-shm"] {
        if data.join(name).exists() {
            bail!(
                "{} holds {name}: move the whole folder aside, never delete it, and restore into an empty one (its \
                 heads.jsonl may be copied there before: then the restore says what is missing)",
                data.display()
            );
        }
    }
    // Heads that reach beyond the backup prove what is missing.
    let heads = data.join(published::FILE);
    let reach = known_reach(data, &secret)?;
    let own = data.join("secret.key");
    if Secret::load(&own)?.is_some_and(|there| there.fingerprint() != secret.fingerprint()) {
        bail!("{} is another key than the backup's: move it aside first", own.display());
    }
    for kind in [AttachmentKind::Photo, AttachmentKind::Voice] {
        put_back(from, kind, attachments)?;
    }
    let part = data.join("pratikar.db.part");
    let audit = copy_file(&from.join("pratikar.db"), &part)
        .and_then(|()| {
            let audit = checked(from, &part, attachments, public, &secret, (!unread).then_some(&manifest)).context(
                "the backup is damaged, and nothing was put in place: take another; --anyway does not help with this one",
            )?;
            if let Some(fault) = audit.faults.first().filter(|_| !anyway) {
                bail!(
                    "the backup is not whole, and nothing was put in place: {} faults, the first: {fault}. Take another, \
                     or put this one in place as it is by `pratikar restore --anyway`",
                    audit.faults.len()
                );
            }
            // Both copies may continue, and each deletes only its own backups.
            sqlite::put_fact(&part, FOLDER, crate::secret::random_hex::<16>()?.as_bytes())?;
            Ok(audit)
        })
        // Half a copy would only take the room that the next attempt needs.
        .inspect_err(|_| drop(fs::remove_file(&part)))?;
    let before = unused(data, "heads-before");
    if heads.exists() {
        fs::rename(&heads, &before)?;
    }
    let published = from.join(published::FILE);
    if published.exists() {
        copy_file(&published, &heads)?;
    } else {
        // Put in place despite faults, so the heads are those of its database.
        published::write_all(&heads, &sqlite::heads(&part)?)?;
    }
    let beyond = reach.filter(|(reach, _)| *reach > audit.entries);
    let beyond = beyond.map(|(reach, path)| (reach, if path == heads { before } else { path }));
    if !own.exists() {
        secret.write(&own)?;
    }
    // Done last, so that an interrupted restore has no database.
    fs::rename(&part, data.join("pratikar.db"))?;
    fs::File::open(data)?.sync_all()?;
    files::hand_back(data)?;
    Ok(Restored { audit, beyond, missing: manifest.missing })
}

/// How far the ledger of this system once reached, according to published heads in a folder, and which file says so.
fn known_reach(data: &Path, secret: &Secret) -> Result<Option<(u64, PathBuf)>> {
    let mut reach = None;
    for entry in fs::read_dir(data).with_context(|| format!("cannot read {}", data.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("heads") && name.ends_with(".jsonl") {
            let own = published::read(&path)?.into_iter().filter(|head| head.is_signed(secret));
            reach = reach.max(own.map(|head| head.head.seq).max().map(|seq| (seq, path)));
        }
    }
    Ok(reach)
}

/// A name for a file of heads that is not in use.
fn unused(data: &Path, begins: &str) -> PathBuf {
    let stamp = chrono::Utc::now().format("%Y%m%dT%H%M%S");
    (0..)
        .map(|number| data.join(format!("{begins}-{stamp}-{number}.jsonl")))
        .find(|path| !path.exists())
        .unwrap_or_default()
}

/// The faults of a backup whose files were copied into a data folder, its database under another name.
fn checked(
    from: &Path,
    database: &Path,
    attachments: &Attachments,
    public: &Path,
    secret: &Secret,
    manifest: Option<&Manifest>,
) -> Result<Audit> {
    let own = fs::read(from.join(RULES)).ok();
    let rules = own.as_ref().and_then(|json| serde_json::from_slice(json).ok());
    let unread = own.is_some() && rules.is_none();
    let rules = rules.map_or_else(|| rules_of(public, sqlite::settings(database)?), Ok::<_, anyhow::Error>)?;
    let missing = manifest.map_or(&[][..], |manifest| &manifest.missing);
    let witness = witness(attachments.clone(), from, rules, Some(secret.clone()), missing)?;
    let mut audit = sqlite::verify(database, &witness)?;
    if unread {
        audit
            .faults
            .push(format!("its {RULES} cannot be read, and it was checked by the rules of {}", public.display()));
    }
    let attachments = sqlite::attachments(database)?.len();
    let Some(manifest) = manifest else {
        audit.faults.push(format!("its {MANIFEST} cannot be read"));
        return Ok(audit);
    };
    for (what, said, found) in [
        ("entries", manifest.entries, audit.entries),
        ("cases", manifest.cases, audit.cases),
        ("attachments", manifest.attachments as u64, attachments as u64),
    ] {
        if said != found {
            audit.faults.push(format!("its manifest speaks of {said} {what}, and there are {found}"));
        }
    }
    Ok(audit)
}

const MANIFEST: &str = "manifest.json";

/// What a backup says of itself.
fn manifest(backup: &Path) -> Result<Manifest> {
    let file = backup.join(MANIFEST);
    let json = fs::read(&file).with_context(|| format!("{} is no backup: {MANIFEST} is missing", backup.display()))?;
    serde_json::from_slice(&json).with_context(|| format!("{} is damaged", file.display()))
}

/// Backups of this system in a folder, the oldest first. Those of other systems are neither used nor deleted.
fn all(to: &Path, secret: &Secret) -> Result<Vec<(PathBuf, Manifest)>> {
    let ours = system(secret);
    let mut all: Vec<(PathBuf, Manifest)> = fs::read_dir(to)
        .with_context(|| format!("cannot read {}", to.display()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_none())
        .filter_map(|path| Some((path.clone(), manifest(&path).ok()?)))
        // A copy under another name belongs to somebody else.
        .filter(|(path, manifest)| manifest.system == ours && path.ends_with(stamp(manifest.made)))
        .collect();
    all.sort_by_key(|(_, manifest)| manifest.made);
    Ok(all)
}

fn private_folder(folder: &Path) -> Result<()> {
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.with_context(|| format!("cannot make {}", folder.display()))
}

/// Puts a backup's attachments of a kind back to where they are stored.
fn put_back(backup: &Path, kind: AttachmentKind, attachments: &Attachments) -> Result<()> {
    let folders = backup.join(files::folder(kind));
    if !folders.exists() {
        return Ok(());
    }
    for folder in fs::read_dir(&folders).with_context(|| format!("cannot read {}", folders.display()))? {
        for file in fs::read_dir(folder?.path())? {
            let file = file?.path();
            let id = file.file_stem().unwrap_or_default().to_string_lossy();
            attachments.copy_from(kind, &id, &file)?;
        }
    }
    Ok(())
}

/// Copies a file and syncs it to disk.
fn copy_file(from: &Path, to: &Path) -> Result<()> {
    let copied = fs::copy(from, to).and_then(|_| fs::File::open(to)?.sync_all());
    copied.with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))
}

/// Makes backups as long as the program runs.
pub async fn run(app: App, schedule: Schedule) {
    let mut stopping = app.stopping.subscribe();
    let every = schedule.every.to_std().unwrap_or(std::time::Duration::from_secs(24 * 3600));
    // A program that is restarted often makes no more backups for that.
    let newest = all(&schedule.to, &app.secret).ok().and_then(|mut all| Some(all.pop()?.1.made));
    if let Some(wait) = newest.and_then(|newest| (newest + schedule.every - app.now()).to_std().ok()) {
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
    }
    loop {
        // A backup with a wrong time would count as the newest, or as the oldest and be deleted.
        if app.doubt().is_some() {
            tokio::time::sleep(std::time::Duration::from_secs(60)).await;
            continue;
        }
        let home = Home { data: app.config.data.clone(), attachments: app.config.attachments.clone() };
        let public = app.config.public.clone();
        let (to, keep, now) = (schedule.to.clone(), schedule.keep, app.now());
        let made = tokio::task::spawn_blocking(move || {
            let data = home.data.clone();
            let made = make(home, &public, &to, now, true)?;
            forget_old(&data, &to, keep)?;
            Ok::<_, anyhow::Error>(made)
        });
        match made.await {
            Ok(Ok((folder, manifest))) => {
                app.health.backed_up(now);
                for id in &manifest.lost {
                    tracing::error!(%id, "the file of an attachment is gone: this backup or an older one may have it");
                }
                tracing::info!(folder = %folder.display(), entries = manifest.entries, "a backup was made");
            }
            Ok(Err(error)) => tracing::error!("no backup was made: {error:#}"),
            Err(error) => tracing::error!(%error, "no backup was made"),
        }
        // A failed backup is tried again soon.
        let pause = if app.health.last_backup() == Some(now) { every } else { every.min(AGAIN) };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
    }
}

/// Deletes all but the newest backups that the schedule of this data folder made, each with its key.
///
/// # Errors
/// Where a folder cannot be read or deleted.
pub fn forget_old(data: &Path, to: &Path, keep: usize) -> Result<()> {
    let mut scheduled = all(to, &load_key(&data.join("secret.key"))?)?;
    let folder = folder_name(&data.join("pratikar.db"))?;
    scheduled.retain(|(_, manifest)| manifest.scheduled && manifest.folder == folder && !folder.is_empty());
    for (old, _) in scheduled.iter().take(scheduled.len().saturating_sub(keep.max(1))) {
        fs::remove_dir_all(old).with_context(|| format!("cannot delete {}", old.display()))?;
        let _ = fs::remove_file(old.with_extension("key"));
        tracing::info!(folder = %old.display(), "an old backup was deleted");
    }
    Ok(())
}
