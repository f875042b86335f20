//! Opening: the data folder, the database and the secret are looked at, and the application is made of them. What does not
//! fit together refuses to start, and says which command mends it.

use crate::app::admin;
use crate::disk::Disk;
use crate::feed::search::{self, Search};
use crate::feed::{self, Feed, Snapshot, live};
use crate::health::Health;
use crate::learned::Shelf;
use crate::limits::Limits;
use crate::reports::Reports;
use crate::secret::{Secret, random_hex};
use crate::slots::Slots;
use crate::state::{App, Config, Facts, Inner, VIEW};
use crate::store::{MOVING, Place, ReadCases, Store, StoreError, postgres, sqlite};
use crate::upload_lock::UploadLocks;
use crate::work::Used;
use crate::{backup, files, published, starting};
use anyhow::{Context, Result, bail};
use model::Time;
use sha2::{Digest, Sha256};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;
use tokio::sync::{Semaphore, watch};

/// How long the start checks the database for damaged pages.
const START_LOOK: Duration = Duration::from_secs(1);
/// Uploads arriving at once, in all and from one address.
const BODIES: (usize, usize) = (1_024, 24);
/// Files waiting to be read, in all and from one address.
const WAITING: (usize, usize) = (64, 8);

impl App {
    /// Opens the store, fills the views and builds the application; starts no task except the frame maker.
    ///
    /// # Errors
    /// Where the data folder, the tables or the database cannot be used.
    pub async fn open(config: Config) -> Result<Self> {
        own_folder(&config.data)?;
        config.attachments.ready().await?;
        if config.database.is_some() && config.attachments.is_within(&config.data) {
            tracing::warn!(
                data = %config.data.display(),
                "the database is shared (DATABASE_URL), but photos and spoken notes stay in the data folder of this node: no \
                 other node can show them. Name a folder or bucket that all nodes share (ATTACHMENTS_DIR, docs/postgres.md)"
            );
        }
        let lock = files::lock(&config.data)?;
        backup::is_no_backup(&config.data)?;
        let (store, fresh) = match &config.database {
            Some(url) => {
                let store = postgres::open(url).context("cannot use the database")?;
                let fresh = store.head().await?.seq == 0;
                (store, fresh)
            }
            None => file_in(&config.data)?,
        };
        if fresh {
            tracing::warn!(
                data = %config.data.display(),
                "a new system begins: there was no database. If you expected your grievances, stop and look at --data"
            );
        }
        if store.fact(MOVING).await?.is_some() {
            bail!("a move into this database is not at its end: do `pratikar move` once more, as before");
        }
        let looked = looked_through(&store).await?;
        let secret = secret(&config.data, store.as_ref(), fresh).await?;
        not_cut(&config, store.as_ref(), &secret).await?;
        backup::name_folder(store.as_ref()).await?;
        if let Some(guarded) = config.guarded.as_ref().filter(|_| !config.trust_clock) {
            let seen = store.fact("seen").await?.and_then(|value| value.try_into().ok()).map(i64::from_be_bytes);
            guarded.compare(store.last_entry().await?, seen.and_then(Time::from_timestamp_millis));
        }
        let facts = Arc::new(Facts::read(store.as_ref(), &config.public, &secret).await?);
        store.put_rules(&facts.rules, (config.clock)()).await?;
        up_to_date(store.as_ref(), &facts).await?;
        digested(&config, store.as_ref()).await?;
        let snapshot = Snapshot::new(config.data.join(feed::COUNTS), facts.view()?);
        let counted = |cases: u64| {
            starting::COUNTED.store(cases, Ordering::Relaxed);
            if cases.is_multiple_of(100_000) {
                tracing::info!(cases, "counted");
            }
        };
        let counted_after = admin::derived(store.as_ref()).await?.run;
        let feed = Feed::start(store.clone(), snapshot, counted).await?;
        let frames = live::start(feed.clone(), config.clock.clone());
        let search = Search::new(store.clone(), config.data.join(search::FOLDER), VIEW);
        let limits = match (config.limited, &config.database) {
            (false, _) => None,
            (true, None) => Limits::own(),
            (true, Some(_)) => Some(Limits::Shared(store.clone())),
        };
        let (decoding, hashing) = (Semaphore::new(2), Semaphore::new(2));
        let disk = Disk::new(&config.data, config.reserve);
        let started = (config.clock)();
        let inner = Inner {
            store,
            newest: RwLock::new(facts.clone()),
            counted_by: AtomicU64::new(facts.version),
            counted_after: AtomicU64::new(counted_after),
            feed,
            frames,
            search,
            learned: Shelf::of(&config.data),
            reports: Reports::default(),
            prints: crate::print::Known::default(),
            config,
            secret,
            disk,
            bodies: Slots::new(BODIES.0, BODIES.1),
            waiting: Slots::new(WAITING.0, WAITING.1),
            health: Health::new(looked),
            unnamed: AtomicU64::new(0),
            heads_behind: AtomicBool::new(true),
            head_written: AtomicU64::new(0),
            started,
            stopping: watch::Sender::new(false),
            decoding,
            hashing,
            _lock: lock,
            limits,
            receiving: UploadLocks::default(),
            used_work: Used::default(),
            node: random_hex::<8>()?,
        };
        Ok(Self { inner: Arc::new(inner), facts })
    }
}

/// The database in a data folder, and whether it is new.
fn file_in(data: &Path) -> Result<(Arc<dyn Store>, bool)> {
    let file = data.join("pratikar.db");
    // An empty file counts as none: its content is lost, and nothing is written into it.
    let fresh = std::fs::metadata(&file).map_or(true, |found| found.len() == 0);
    // Files that a system leaves beside its database.
    let left = [published::FILE, "secret.key", "pratikar.db.part", "ballast"]
        .into_iter()
        .find(|name| data.join(name).exists());
    if let Some(left) = left.filter(|_| fresh) {
        bail!(
            "{} is missing or empty, and {left} of its system is there: restore a backup (pratikar restore --help); for a \
             new system take another folder",
            file.display()
        );
    }
    if left.is_some()
        && let Err(damaged @ StoreError::Damaged(_)) = sqlite::fact(&file, "secret")
    {
        return Err(damaged).with_context(|| format!("cannot use {}", file.display()));
    }
    let store = sqlite::open(&file).with_context(|| format!("cannot use {}", file.display()))?;
    Ok((store, fresh))
}

/// Makes a folder that only its owner can enter, or makes an existing one so.
fn own_folder(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
        .with_context(|| format!("{} is not ours alone", folder.display()))
}

/// Checks the database for damaged pages; answers whether it finished within [`START_LOOK`]. A large one is checked
/// while it serves.
///
/// # Errors
/// Where a page is damaged.
async fn looked_through(store: &Arc<dyn Store>) -> Result<bool> {
    let looking = store.clone();
    let looking = tokio::spawn(async move { looking.damage().await });
    match tokio::time::timeout(START_LOOK, looking).await {
        Err(_) => {
            tracing::info!("the database is large: it is looked through for damaged pages while it serves");
            Ok(false)
        }
        Ok(looked) => match looked?? {
            None => Ok(true),
            Some(what) => Err(StoreError::Damaged(what).into()),
        },
    }
}

/// The server's secret, if it is the one of this database.
async fn secret(data: &Path, store: &dyn Store, fresh: bool) -> Result<Secret> {
    let file = data.join("secret.key");
    let advice = "put the key of the backup back (it lies beside the backup's folder, ending in .key); \
                  nothing was changed. `pratikar verify` tells what the database needs";
    let known = store.fact("secret").await?;
    let secret = match (Secret::load(&file)?, &known) {
        (Some(secret), Some(known)) if secret.fingerprint().as_slice() == known.as_slice() => return Ok(secret),
        (Some(_), Some(_)) => bail!("{} is not the key of this database: {advice}", file.display()),
        (None, Some(_)) => bail!("{} is missing: {advice}", file.display()),
        // A database of an older version recognises its key by the ids made with it.
        (found, None) => match (found, store.any_person().await?) {
            (Some(secret), Some((id, mobile))) if secret.person(&mobile) != id => {
                bail!("{} is not the key of this database: {advice}", file.display())
            }
            (Some(secret), _) => secret,
            (None, None) if fresh => Secret::create(&file)?,
            (None, None) if store.head().await?.seq == 0 => Secret::create(&file)?,
            (None, _) => bail!("{} is missing: {advice}", file.display()),
        },
    };
    store.put_fact("secret", secret.fingerprint().to_vec()).await?;
    Ok(secret)
}

/// Refuses a store that does not reach the last published head, and one beside the heads of another system.
async fn not_cut(config: &Config, store: &dyn ReadCases, secret: &Secret) -> Result<()> {
    let file = config.data.join(published::FILE);
    let (written, lines) = published::read_all(&file)?;
    if let Some(what) = published::unreadable(&file, &lines) {
        bail!(what);
    }
    let written = written.into_iter().max_by_key(|head| head.head.seq);
    let kept = store.heads(1).await?.pop();
    let end = store.head().await?.seq;
    // Of several nodes one publishes at a time, and the others write its heads later.
    let alone = config.database.is_none();
    if alone
        && kept.as_ref().is_some_and(|kept| written.as_ref().is_none_or(|written| written.head.seq < kept.head.seq))
    {
        tracing::warn!(
            "{} lacks heads that the database has, and they are written anew: was the file shortened? `pratikar verify \
             --heads` compares with a copy kept elsewhere",
            file.display()
        );
    }
    let within = kept.map(|head| (head, "the database".to_owned(), true));
    let beside = written.map(|head| (head, file.display().to_string(), false));
    for (last, place, within) in within.into_iter().chain(beside) {
        let seq = last.head.seq;
        if !last.is_signed(secret) {
            bail!(
                "head {seq} in {place} is not signed by this system's key: files of two systems lie together, or somebody \
                 wrote it. `pratikar verify` tells more, docs/reliability.md what to do; nothing was changed"
            );
        }
        if end < seq {
            let way_on = published::way_on(end, within);
            bail!(
                "the ledger ends at entry {end}, and the head of entry {seq} was published, as {place} says: its end is \
                 lost. `pratikar verify` tells what is left; {way_on}"
            );
        }
        if store.head_at(seq).await? != Some(last.head.hash) {
            bail!(
                "entry {seq} of the ledger is not the one whose head was published: `pratikar verify` tells what was changed"
            );
        }
    }
    Ok(())
}

/// Makes the case rows again where they were made by another version of the program or under other rules.
async fn up_to_date(store: &dyn Store, facts: &Facts) -> Result<()> {
    let wanted = facts.view()?;
    if store.fact("view").await?.as_ref() == Some(&wanted) {
        return Ok(());
    }
    if store.head().await?.seq > 0 {
        tracing::info!("the case rows are made again: the program or the rules have changed");
        let cases = store.rebuild(&facts.rules, |cases| tracing::info!(cases, "made again")).await?;
        tracing::info!(cases, "the case rows are made again");
    }
    store.put_fact("view", wanted).await?;
    admin::put_derived(store, admin::Derived { version: facts.version, moved: 0, run: 0 }).await?;
    Ok(())
}

/// Stores a digest of every file that has none, from older versions.
async fn digested(config: &Config, store: &dyn Store) -> Result<()> {
    for mut attachment in store.undigested().await? {
        match config.attachments.get(attachment.kind, &attachment.id).await {
            Ok(bytes) => {
                attachment.stored = Some(Sha256::digest(bytes).into());
                store.attachment_came(&attachment, (config.clock)()).await?;
            }
            Err(error) => tracing::error!(%error, id = %attachment.id, "an attachment's file is gone"),
        }
    }
    Ok(())
}

/// Makes the case rows of a data folder again from its ledger; answers how many there are. Does not read the existing
/// rows, so that it repairs a store that no server opens.
///
/// # Errors
/// Where another program uses the folder, or the ledger cannot be read.
pub async fn rebuild(data: &Path, public: &Path, place: &Place) -> Result<u64> {
    let _lock = files::lock(data)?;
    let store = place.open().with_context(|| format!("cannot use {place}"))?;
    let secret = secret(data, store.as_ref(), false).await?;
    let facts = Facts::read(store.as_ref(), public, &secret).await?;
    // Kept counts may be of the rows that are replaced.
    let kept = data.join(feed::COUNTS);
    if kept.exists() {
        std::fs::remove_file(&kept).with_context(|| format!("cannot remove {}", kept.display()))?;
    }
    let cases = store.rebuild(&facts.rules, |cases| tracing::info!(cases, "made again")).await?;
    store.put_fact("view", facts.view()?).await?;
    store.checkpoint(false).await?;
    Ok(cases)
}
