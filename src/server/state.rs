//! What every handler has: store, facts, views, clock, and everything else that tests can replace.

use crate::attachments::Attachments;
use crate::clock::{Clock, Doubt, Guarded};
use crate::decoder::Decoder;
use crate::disk::Disk;
use crate::exchange::Exchange;
use crate::feed::Feed;
use crate::feed::live::Frame;
use crate::feed::search::{Places, Search};
use crate::gateway::Gateway;
use crate::health::Health;
use crate::learned::Shelf;
use crate::limits::Limits;
use crate::mail::Mailer;
use crate::reports::Reports;
use crate::secret::Secret;
use crate::slots::Slots;
use crate::store::{ReadDirectory, Reader, Store, StoreError, administered};
use crate::tables::{ReadyTables, Tables};
use anyhow::Result;
use axum::extract::FromRef;
use model::wire::Office;
use model::{DepartmentCode, Language, Mobile, OfficeId, PersonId, Rules, Time};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use tokio::sync::{Semaphore, watch};

/// Version of the case rows. Increase it where other rows follow from the same ledger; they are then made again at the
/// start.
pub const VIEW: u32 = 9;

/// Where backups are made, how often, and how many are kept.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// Folder of the backups; better on another disk, best in another place.
    pub to: PathBuf,
    /// Time between two backups.
    pub every: chrono::Duration,
    /// Number of the newest backups that are kept.
    pub keep: usize,
}

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
    pub backup: Option<Schedule>,
    /// Free bytes on the disk below which uploads are refused; at most a sixteenth of the disk.
    pub reserve: u64,
    /// Whether limits by number and address apply; only load tests switch them off.
    pub limited: bool,
    /// Carries messages; `None` to leave them in the outbox.
    pub gateway: Option<Arc<dyn Gateway>>,
    /// Carries mail; `None` where none is sent.
    pub mailer: Option<Arc<dyn Mailer>>,
    /// Token by which the SMS gateway proves itself when it delivers messages.
    pub sms_token: Option<String>,
    /// The telephone exchange; `None` where callers dial by hand.
    pub exchange: Option<Arc<dyn Exchange>>,
    /// Token by which the exchange signs its webhooks.
    pub exchange_token: Option<String>,
    /// Reads attachments.
    pub decoder: Decoder,
}

/// What every handler has, with one version of the facts for a whole request or round of a task; cheap to clone.
#[derive(Clone)]
pub struct App {
    pub(crate) inner: Arc<Inner>,
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
    /// Offices by number, the closed ones too.
    pub offices: HashMap<OfficeId, Office>,
    /// The tables of each language that was asked for, ready to be sent.
    pub ready_tables: Mutex<HashMap<Language, Arc<ReadyTables>>>,
    /// The places by their names, made with the first search.
    places: OnceLock<Arc<Places>>,
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
        let offices = offices(store, &tables).await?;
        let rules = rules(&tables, &offices, secret, version);
        let offices = offices.into_iter().map(|office| (office.id, office)).collect();
        Ok(Self { version, tables, rules, offices, ready_tables: Mutex::default(), places: OnceLock::new() })
    }

    /// The places by their names.
    #[must_use]
    pub fn places(&self) -> Arc<Places> {
        self.places.get_or_init(|| Arc::new(Places::of(&self.tables.reference.districts))).clone()
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
    pub(crate) newest: RwLock<Arc<Facts>>,
    /// Version of the facts by which the counts were made.
    pub(crate) counted_by: AtomicU64,
    /// Number of the derivation of due dates after which they were made.
    pub(crate) counted_after: AtomicU64,
    /// The counts, and how far they have come.
    pub feed: Feed,
    /// The newest frame for live dashboards.
    pub frames: watch::Receiver<Frame>,
    /// The index of all cases; made from the first search or [`App::start_tasks`] on.
    pub search: Search,
    /// What was learned about categories.
    pub learned: Shelf,
    /// The newest reports of each office.
    pub reports: Reports,
    /// What photos look like.
    pub prints: crate::print::Known,
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
    /// Held as long as this lives, since only one program may write in a data folder.
    pub(crate) _lock: std::fs::File,
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
}

/// The rules in force.
fn rules(tables: &Tables, offices: &[Office], secret: &Secret, version: u64) -> Rules {
    Rules {
        // The files alone are version 1.
        version: u32::try_from(version + 1).unwrap_or(u32::MAX),
        offices: open_offices(offices),
        draw_seed: secret.draw_seed(),
        ..tables.rules.clone()
    }
}

/// The offices that hold by these tables, by number, the closed ones too.
///
/// # Errors
/// Where the store does not answer.
pub async fn offices(store: &dyn ReadDirectory, tables: &Tables) -> Result<Vec<Office>, StoreError> {
    match &tables.offices {
        Some(offices) => Ok(offices.clone()),
        None => store.offices().await,
    }
}

/// The offices that take cases, with their departments.
fn open_offices(offices: &[Office]) -> BTreeMap<OfficeId, DepartmentCode> {
    let open = offices.iter().filter(|office| !office.closed);
    open.map(|office| (office.id, office.department.clone())).collect()
}

/// Digest under which case rows are made: version of the rows, numbers in their columns, rules.
fn view(rules: &Rules) -> Result<Vec<u8>> {
    let mut digest = Sha256::new();
    digest.update(VIEW.to_be_bytes());
    digest.update(crate::store::column_names());
    digest.update(serde_json::to_vec(rules)?);
    Ok(digest.finalize().to_vec())
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
