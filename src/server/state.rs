//! What every handler has: store, facts, views, clock, and everything else that tests can replace.

use crate::app::admin;
use crate::attachments::Attachments;
use crate::clock::{Doubt, Guarded};
use crate::decoder::Decoder;
use crate::disk::{Disk, FOUND_FULL, Room};
use crate::feed::live::{self, Frame};
use crate::feed::{self, Feed, Snapshot};
use crate::files::OwnFile;
use crate::health::{self, Health};
use crate::limits::Limits;
use crate::messenger::Gateway;
use crate::secret::Secret;
use crate::slots::Slots;
use crate::store::{
    MOVING, Place, ReadCases, ReadDirectory, Reader, Store, StoreError, administered, postgres, sqlite,
};
use crate::tables::Tables;
use crate::{deadlines, messenger, published};
use anyhow::{Context, Result, bail};
use axum::extract::FromRef;
use model::wire::Office;
use model::{Language, Mobile, OfficeId, PersonId, Rules, Time};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::ops::Deref;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::{Semaphore, watch};

/// The present time in milliseconds; passed in, so that tests can set it.
pub type Clock = Arc<dyn Fn() -> Time + Send + Sync>;

/// How often the head of the ledger is signed and published; an end of this length could be lost unnoticed.
const PUBLISHED_EVERY: Duration = Duration::from_secs(60);
/// How often the server records that it is alive.
const SEEN_EVERY: Duration = Duration::from_secs(60);
/// How long the start checks the database for damaged pages.
const START_LOOK: Duration = Duration::from_secs(1);
/// Version of the case rows. Increase it where other rows follow from the same ledger; they are then made again at the
/// start.
const VIEW: u32 = 7;
/// Bytes reserved within the database: room for tens of thousands of readings.
const WITHIN: usize = 4 * 1024 * 1024;
/// Uploads arriving at once, in all and from one address.
const BODIES: (usize, usize) = (1_024, 24);
/// Files waiting to be read, in all and from one address.
const WAITING: (usize, usize) = (64, 8);

/// The configuration of a server.
pub struct Config {
    /// Data folder: the secret, and the database where it is a file.
    pub data: PathBuf,
    /// Where attachments are stored: in the data folder, or in a folder or bucket that several nodes share.
    pub attachments: Attachments,
    /// URL of a PostgreSQL database; `None` for a file in the data folder.
    pub database: Option<String>,
    /// Folder of reference tables and catalogues.
    pub public: PathBuf,
    /// Folder of the built apps; `None` to serve the API only.
    pub dist: Option<PathBuf>,
    /// Whether `/dev/outbox` exists and codes stay readable there.
    pub demo: bool,
    /// Whether the citizen app installs a service worker; if not, installed ones are removed.
    pub worker: bool,
    /// Whether the last hop is a proxy whose `X-Forwarded-For` is trusted (SEC-45).
    pub behind_proxy: bool,
    /// The clock.
    pub clock: Clock,
    /// What checks the clock; `None` in tests, which set the clock themselves.
    pub guarded: Option<Arc<Guarded>>,
    /// Whether the clock is trusted at the start, however far it is from what the data folder knows.
    pub trust_clock: bool,
    /// Schedule of backups; `None` for no backups.
    pub backup: Option<crate::backup::Schedule>,
    /// Free bytes on the disk below which uploads are refused; at most a sixteenth of the disk.
    pub reserve: u64,
    /// Whether limits by number and address apply; only load tests switch them off.
    pub limited: bool,
    /// Carries messages; `None` to leave them in the outbox.
    pub gateway: Option<Arc<dyn Gateway>>,
    /// Token by which the SMS gateway proves itself when it delivers messages.
    pub sms_token: Option<String>,
    /// Reads attachments.
    pub decoder: Decoder,
}

/// What every handler has, with one version of the facts for a whole request or round of a task; cheap to clone.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
    /// The administered facts as they were when the request came.
    pub facts: Arc<Facts>,
}

impl Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.inner
    }
}

/// One version of everything that is administered while the server runs.
pub struct Facts {
    /// Number of the last change in it; 0 before the first.
    pub version: u64,
    /// The reference tables.
    pub tables: Tables,
    /// The rules in force, with offices and the secret seed.
    pub rules: Rules,
    /// Offices by number.
    pub offices: HashMap<OfficeId, Office>,
    /// The tables of each language that was asked for, ready to be sent.
    pub ready_tables: Mutex<HashMap<Language, Arc<crate::api::ReadyTables>>>,
}

impl Facts {
    /// The newest facts.
    ///
    /// # Errors
    /// Where the store does not answer, or a table cannot be read.
    pub async fn read(store: &dyn ReadDirectory, public: &Path, secret: &Secret) -> Result<Self> {
        let settings = store.settings().await?;
        let version = settings.iter().map(|setting| setting.seq).max().unwrap_or(0);
        let tables = Tables::of(public, &administered(settings))?;
        let offices = store.offices().await?;
        let rules = rules(&tables, &offices, secret, version);
        let offices = offices.into_iter().map(|office| (office.id, office)).collect();
        Ok(Self { version, tables, rules, offices, ready_tables: Mutex::default() })
    }

    /// Digest under which case rows are made by these facts.
    ///
    /// # Errors
    /// None in practice.
    pub fn view(&self) -> Result<Vec<u8>> {
        view(&self.rules)
    }
}

/// State of the routes: each request gets the newest facts and keeps them.
#[derive(Clone)]
pub struct Root(pub App);

impl FromRef<Root> for App {
    fn from_ref(root: &Root) -> Self {
        root.0.current()
    }
}

/// The parts of [`App`] that all versions of the facts share.
pub struct Inner {
    /// The store.
    pub store: Arc<dyn Store>,
    /// The newest facts.
    newest: RwLock<Arc<Facts>>,
    /// Version of the facts by which the counts were made.
    counted_by: AtomicU64,
    /// Number of the derivation of due dates after which they were made.
    counted_after: AtomicU64,
    /// The counts, and how far they have come.
    pub feed: Feed,
    /// The newest frame for live dashboards.
    pub frames: watch::Receiver<Frame>,
    /// The configuration.
    pub config: Config,
    /// The server's secret.
    pub secret: Secret,
    /// State of the disk.
    pub disk: Disk,
    /// Uploads that are arriving.
    pub bodies: Arc<Slots>,
    /// Files that wait to be read.
    pub waiting: Arc<Slots>,
    /// What needs attention.
    pub health: Health,
    /// Bytes of uploads that no case names, a few seconds old at most.
    pub unnamed: AtomicU64,
    /// Whether published heads are missing from the file beside the store.
    pub heads_behind: AtomicBool,
    /// Number of the newest head in the file beside the store.
    pub head_written: AtomicU64,
    /// When it was started.
    pub started: Time,
    /// Becomes true when the program is asked to stop.
    pub stopping: watch::Sender<bool>,
    /// Limits how many attachments are read at once.
    pub decoding: Semaphore,
    /// Limits how many passwords are hashed at once.
    pub hashing: Semaphore,
    /// OwnFile as long as this lives, since only one program may write in a data folder.
    _lock: std::fs::File,
    /// Limits by number and address; `None` for load tests.
    pub limits: Option<Limits>,
    /// Uploads to which somebody is sending.
    pub receiving: crate::upload_lock::UploadLocks,
    /// Proofs of work that were used.
    pub used_work: crate::work::Used,
    /// Name under which this program takes turns with others on the same database.
    pub node: String,
}

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
        let lock = crate::files::lock(&config.data)?;
        crate::backup::is_no_backup(&config.data)?;
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
        crate::backup::name_folder(store.as_ref()).await?;
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
            crate::starting::COUNTED.store(cases, Ordering::Relaxed);
            if cases.is_multiple_of(100_000) {
                tracing::info!(cases, "counted");
            }
        };
        let counted_after = admin::derived(store.as_ref()).await?.run;
        let feed = Feed::start(store.clone(), snapshot, counted).await?;
        let frames = live::start(feed.clone(), config.clock.clone());
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
            receiving: crate::upload_lock::UploadLocks::default(),
            used_work: crate::work::Used::default(),
            node: random_hex::<8>()?,
        };
        Ok(Self { inner: Arc::new(inner), facts })
    }

    /// The same application with the newest facts.
    #[must_use]
    pub fn current(&self) -> Self {
        let facts = self.newest.read().unwrap_or_else(PoisonError::into_inner).clone();
        Self { inner: self.inner.clone(), facts }
    }

    /// Loads changes of the facts made here or at another node. Answers whether there were any.
    ///
    /// # Errors
    /// Where the store does not answer, or a table cannot be read; the previous facts then stay in force.
    pub async fn refresh(&self) -> Result<bool> {
        let before = self.newest.read().unwrap_or_else(PoisonError::into_inner).version;
        if self.store.newest_setting().await? <= before {
            return Ok(false);
        }
        let facts = Arc::new(Facts::read(self.store.as_ref(), &self.config.public, &self.secret).await?);
        self.store.put_rules(&facts.rules, self.now()).await?;
        tracing::info!(version = facts.version, "other facts hold from now on");
        *self.newest.write().unwrap_or_else(PoisonError::into_inner) = facts;
        Ok(true)
    }

    /// Loads changes of the facts, derives due dates again if it is this node's turn, and counts again once that is
    /// done.
    ///
    /// # Errors
    /// Where the store does not answer, or a table cannot be read.
    pub async fn follow_facts(&self) -> Result<()> {
        self.refresh().await?;
        let app = self.current();
        let mut derived = admin::derived(app.store.as_ref()).await?;
        let counted = (app.counted_by.load(Ordering::Relaxed), app.counted_after.load(Ordering::Relaxed));
        // Another node may have derived once more by the same facts.
        if (app.facts.version, derived.run) == counted {
            return Ok(());
        }
        if derived.version < app.facts.version && app.has_turn("derive").await {
            derived = admin::derive_while(app.store.as_ref(), &app.facts, || app.has_turn("derive")).await?;
            tracing::info!(version = derived.version, moved = derived.moved, "due dates follow the facts");
        }
        if derived.version >= app.facts.version {
            app.feed.count_anew(app.store.as_ref(), app.facts.view()?).await?;
            app.counted_by.store(app.facts.version, Ordering::Relaxed);
            app.counted_after.store(derived.run, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Starts all background tasks.
    pub fn start_tasks(&self) {
        let config = &self.config;
        let app = self.clone();
        tokio::spawn(async move {
            if let Err(error) = app.ballast().await {
                tracing::warn!(%error, "the database holds no room of its own");
            }
        });
        if let Some(gateway) = &config.gateway {
            tokio::spawn(messenger::run(self.store.clone(), gateway.clone(), config.clock.clone(), config.demo));
        }
        tokio::spawn(deadlines::run(self.clone()));
        self.every(PUBLISHED_EVERY, async |app: Self| {
            let done = match app.has_turn("publish").await {
                true => published::publish(&app).await.map(|_| ()),
                false => published::follow(&app).await,
            };
            if let Err(error) = done {
                tracing::error!(%error, "the head of the ledger is not published");
            }
        });
        self.every(SEEN_EVERY, async |app: Self| {
            // A clock in doubt must leave no time that the next start would trust.
            if app.doubt().is_none()
                && let Err(error) = app.store.ping(app.now()).await
            {
                tracing::error!(%error, "the sign of life is not written");
            }
        });
        self.every(Duration::from_secs(1), async |app: Self| {
            if let Err(error) = app.follow_facts().await {
                tracing::error!("what was administered does not hold yet: {error:#}");
            }
        });
        let app = self.clone();
        tokio::spawn(async move { app.watch_room().await });
        tokio::spawn(self.feed.clone().keep_now_and_then(self.store.clone()));
        self.every(Duration::from_secs(5), async |app: Self| match crate::api::unnamed_bytes(&app).await {
            Ok(bytes) => app.unnamed.store(bytes, Ordering::Relaxed),
            Err(error) => tracing::warn!(%error, "what strangers have sent is not known"),
        });
        let app = self.clone();
        tokio::spawn(async move { health::watch_for_damage(&app).await });
        self.every(Duration::from_secs(600), async |app: Self| {
            if let Some(limits) = &app.limits {
                limits.sweep();
            }
            if !app.has_turn("sweep").await {
                return;
            }
            if app.doubt().is_none()
                && let Err(error) = app.store.sweep(app.now()).await
            {
                tracing::warn!(%error, "what has ended is left to the next round");
            }
            if app.doubt().is_none()
                && let Err(error) = crate::api::sweep_attachments(&app).await
            {
                tracing::warn!(%error, "attachments that nothing names are left to the next round");
            }
        });
        if let Some(schedule) = &config.backup {
            tokio::spawn(crate::backup::run(self.clone(), schedule.clone()));
        }
    }

    /// Looks at the disk each second, and at once where a write found no room, until the program stops. If the database
    /// was removed from under the server, the process ends, since what it acknowledged would be lost.
    async fn watch_room(&self) {
        let mut stopping = self.stopping.subscribe();
        let own = ["pratikar.db", "pratikar.db-wal"];
        let own: Vec<OwnFile> = own.into_iter().filter_map(|name| OwnFile::of(self.config.data.join(name))).collect();
        // A failed attempt rings the bell as well; after one, the next look waits its second.
        let mut deaf = false;
        loop {
            let rung = async { if deaf { std::future::pending().await } else { FOUND_FULL.notified().await } };
            tokio::select! {
                _ = tokio::time::timeout(Duration::from_secs(1), rung) => {}
                _ = stopping.wait_for(|stopping| *stopping) => return,
            }
            if let Some(path) = own.iter().find_map(OwnFile::gone) {
                tracing::error!(
                    "{} was moved, deleted or replaced while the server ran: it ends, for nothing that it takes now would \
                     be kept. Put it back as it was before you start again (docs/reliability.md)",
                    path.display()
                );
                std::process::exit(1);
            }
            let (before, room) = (self.disk.room(), self.disk.look());
            // On a full disk it is tried each time, and reported once.
            deaf = false;
            if (before != room || room == Room::Full)
                && let Err(error) = self.ballast().await
            {
                deaf = true;
                if before != room {
                    tracing::warn!(%error, "the room that the database holds is as it was");
                }
            }
        }
    }

    /// Reserves room within the database and releases it when the disk is full, so that readings can still be recorded
    /// and staff can go on.
    async fn ballast(&self) -> Result<(), StoreError> {
        match self.disk.room() {
            // The disk belongs to another machine.
            _ if self.config.database.is_some() => Ok(()),
            Room::Full => {
                self.store.forget_fact("ballast").await?;
                // Moves the log into the database and starts it again, since it cannot grow now.
                self.store.checkpoint(true).await
            }
            Room::Low => Ok(()),
            Room::Ample if self.store.fact("ballast").await?.is_some() => Ok(()),
            Room::Ample => {
                self.store.put_fact("ballast", vec![0; WITHIN]).await?;
                // The log keeps its size from now on.
                self.store.checkpoint(true).await
            }
        }
    }

    /// Whether it is this node's turn at a task that only one does. A turn lasts a minute beyond the last time it was
    /// taken, so that another node continues where this one ends.
    pub async fn has_turn(&self, task: &str) -> bool {
        let now = self.now();
        // Only one program uses a file.
        self.config.database.is_none()
            || self.store.take_turn(task, &self.node, now, now + chrono::Duration::minutes(1)).await.unwrap_or(false)
    }

    /// Runs something repeatedly until the program stops.
    fn every<W, F>(&self, time: Duration, work: W)
    where
        W: Fn(Self) -> F + Send + 'static,
        F: Future<Output = ()> + Send,
    {
        let app = self.clone();
        tokio::spawn(async move {
            let mut stopping = app.stopping.subscribe();
            loop {
                work(app.current()).await;
                tokio::select! {
                    () = tokio::time::sleep(time) => {}
                    _ = stopping.wait_for(|stopping| *stopping) => return,
                }
            }
        });
    }

    /// Ends in order: publishes the head, and leaves a database that is a single file.
    pub async fn close(&self) {
        if self.doubt().is_none()
            && let Err(error) = published::publish(self).await
        {
            tracing::error!(%error, "the head of the ledger is not published");
        }
        if let Ok(head) = self.store.head().await {
            self.feed.until(head.seq).await;
        }
        if let Err(error) = self.feed.keep(self.store.as_ref()).await {
            tracing::warn!(%error, "the counts are not kept: the next start counts again");
        }
        if let Err(error) = self.store.checkpoint(false).await {
            tracing::warn!(%error, "the log is left beside the database");
        }
        if let Err(error) = crate::files::hand_back(&self.config.data) {
            tracing::warn!("{error:#}");
        }
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
        if !published::is_signed(&last, secret) {
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

/// The rules in force.
fn rules(tables: &Tables, offices: &[Office], secret: &Secret, version: u64) -> Rules {
    Rules {
        // The files alone are version 1.
        version: u32::try_from(version + 1).unwrap_or(u32::MAX),
        offices: offices.iter().map(|office| (office.id, office.department.clone())).collect(),
        draw_seed: secret.draw_seed(),
        ..tables.rules.clone()
    }
}

/// Makes the case rows of a data folder again from its ledger; answers how many there are. Does not read the existing
/// rows, so that it repairs a store that no server opens.
///
/// # Errors
/// Where another program uses the folder, or the ledger cannot be read.
pub async fn rebuild(data: &Path, public: &Path, place: &Place) -> Result<u64> {
    let _lock = crate::files::lock(data)?;
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

/// Digest under which case rows are made: version of the rows, numbers in their columns, rules.
fn view(rules: &Rules) -> Result<Vec<u8>> {
    let mut digest = Sha256::new();
    digest.update(VIEW.to_be_bytes());
    digest.update(crate::store::column_names());
    digest.update(serde_json::to_vec(rules)?);
    Ok(digest.finalize().to_vec())
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

impl Inner {
    /// The store, for what only reads.
    #[must_use]
    pub fn reader(&self) -> &dyn Reader {
        self.store.as_ref()
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Time {
        (self.config.clock)()
    }

    /// Why the clock is not trusted; `None` where it is. Nothing that cannot be undone happens meanwhile.
    #[must_use]
    pub fn doubt(&self) -> Option<Doubt> {
        self.config.guarded.as_ref().and_then(|guarded| guarded.read().1)
    }

    /// A keyed hash, see [`Secret::keyed`].
    #[must_use]
    pub fn keyed(&self, purpose: &str, value: &[u8]) -> [u8; 32] {
        self.secret.keyed(purpose, value)
    }

    /// The id of a mobile number's holder in the ledger.
    #[must_use]
    pub fn person(&self, mobile: &Mobile) -> PersonId {
        self.secret.person(mobile)
    }
}

/// Random bytes in hexadecimal.
///
/// # Errors
/// Where the system has no randomness.
pub fn random_hex<const N: usize>() -> Result<String, getrandom::Error> {
    let mut bytes = [0u8; N];
    getrandom::fill(&mut bytes)?;
    Ok(hex::encode(bytes))
}
