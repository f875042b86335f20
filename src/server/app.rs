//! What every handler holds: the store, the rules, the views, the clock, and nothing that a test cannot hand in.

use crate::decoder::Decoder;
use crate::limits::Limits;
use crate::messenger::Gateway;
use crate::store::sqlite::Sqlite;
use crate::store::{Committed, Store};
use crate::tables::Tables;
use crate::view::counts::Cube;
use crate::view::live::{self, Frame};
use crate::{deadlines, messenger};
use anyhow::{Context, Result};
use hmac::{Hmac, KeyInit, Mac};
use model::api::Office;
use model::{Mobile, OfficeId, PersonId, Reference, Rules, StaffId, Time};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::{Semaphore, watch};

/// The present moment, to the millisecond; handed in, so that tests can hold it.
pub type Clock = Arc<dyn Fn() -> Time + Send + Sync>;

/// How often the head of the ledger is signed and published.
const PUBLISHED_EVERY: Duration = Duration::from_secs(300);

/// The wall clock.
#[must_use]
pub fn wall_clock() -> Clock {
    Arc::new(|| {
        let now = chrono::Utc::now();
        Time::from_timestamp_millis(now.timestamp_millis()).unwrap_or(now)
    })
}

/// What a server is made of.
pub struct Config {
    /// Where the database, the attachments and the secret lie.
    pub data: PathBuf,
    /// The reference tables and the catalogues.
    pub public: PathBuf,
    /// The built apps; without them only the API is served.
    pub dist: Option<PathBuf>,
    /// Whether `/dev/outbox` exists and codes stay readable there.
    pub demo: bool,
    /// Whether the citizen app keeps itself on phones by a service worker; without it, those that are there are taken
    /// back.
    pub worker: bool,
    /// Whether the last hop before us is a proxy whose `X-Forwarded-For` can be trusted (SEC-45).
    pub behind_proxy: bool,
    /// The clock.
    pub clock: Clock,
    /// Whether lodgings and uploads are limited by number and address; only a load test wants them not to be.
    pub limited: bool,
    /// What carries messages; without one they stay in the outbox.
    pub gateway: Option<Arc<dyn Gateway>>,
    /// The token by which the SMS gateway proves itself when it hands messages over.
    pub sms_token: Option<String>,
    /// What reads attachments.
    pub decoder: Decoder,
}

/// See [`Inner`]; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

impl Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// What every handler holds.
pub struct Inner {
    /// The store.
    pub store: Arc<dyn Store>,
    /// The reference tables.
    pub tables: Tables,
    /// The rules in force, with offices and the secret seed.
    pub rules: Rules,
    /// Every office by its number.
    pub offices: HashMap<OfficeId, Office>,
    /// The counts.
    pub cube: Arc<RwLock<Cube>>,
    /// The newest frame for live dashboards.
    pub frames: watch::Receiver<Frame>,
    /// What a server is made of.
    pub config: Config,
    secret: [u8; 32],
    /// Attachments read and passwords hashed at once, at the most.
    pub decoding: Semaphore,
    /// See `decoding`.
    pub hashing: Semaphore,
    /// Held as long as this lives: one program writes in a data folder.
    _lock: std::fs::File,
    /// How often somebody may lodge and upload; none for load tests.
    pub limits: Option<Limits>,
    /// Uploads to which somebody is sending just now.
    pub receiving: crate::api::Turns,
    /// Which case is being called by whom, and until when.
    pub calls: Mutex<HashMap<Reference, (StaffId, Time)>>,
}

impl App {
    /// Opens the store, fills the views and makes the app; starts no task but the frame maker.
    ///
    /// # Errors
    /// Where the data folder, the tables or the database cannot be used.
    pub async fn open(config: Config) -> Result<Self> {
        std::fs::create_dir_all(config.data.join("photos"))
            .with_context(|| format!("cannot make {}", config.data.display()))?;
        let lock = std::fs::File::create(config.data.join("lock"))?;
        lock.try_lock().with_context(|| format!("another pratikar works in {}", config.data.display()))?;
        let tables = Tables::load(&config.public)?;
        let secret = secret(&config.data.join("secret.key"))?;
        let cube = Arc::new(RwLock::new(Cube::default()));
        let (committed, follow) = watch::channel(0u64);
        let observed = cube.clone();
        let observer = Arc::new(move |changes: &[Committed]| {
            observed.write().unwrap_or_else(PoisonError::into_inner).follow(changes);
            committed.send_replace(changes.last().map_or(0, |change| change.seq));
        });
        let store: Arc<dyn Store> = Arc::new(Sqlite::open(&config.data.join("pratikar.db"), observer)?);
        let offices = store.offices().await?;
        let rules = Rules {
            offices: offices.iter().map(|office| (office.id, office.department.clone())).collect(),
            draw_seed: draw_seed(&secret),
            ..tables.rules.clone()
        };
        store.put_rules(&rules, (config.clock)()).await?;
        let head = store.head().await?;
        {
            let cases = store.all_cases().await?;
            let mut cube = cube.write().unwrap_or_else(PoisonError::into_inner);
            for (case, due) in &cases {
                cube.put(0, case, *due);
            }
            cube.reflects(head.seq);
        }
        let frames = live::start(cube.clone(), follow, config.clock.clone());
        let offices = offices.into_iter().map(|office| (office.id, office)).collect();
        let calls = Mutex::default();
        let limits = config.limited.then(Limits::new).flatten();
        let (decoding, hashing) = (Semaphore::new(2), Semaphore::new(2));
        Ok(Self(Arc::new(Inner {
            store,
            tables,
            rules,
            offices,
            cube,
            frames,
            config,
            secret,
            decoding,
            hashing,
            _lock: lock,
            limits,
            receiving: crate::api::Turns::default(),
            calls,
        })))
    }

    /// Starts the messenger and the deadlines clock.
    pub fn start_tasks(&self) {
        let config = &self.config;
        if let Some(gateway) = &config.gateway {
            tokio::spawn(messenger::run(self.store.clone(), gateway.clone(), config.clock.clone(), config.demo));
        }
        tokio::spawn(deadlines::run(self.clone()));
        let app = self.clone();
        tokio::spawn(async move {
            loop {
                if let Err(error) = crate::api::publish(&app).await {
                    tracing::error!(%error, "the head of the ledger is not published");
                }
                tokio::time::sleep(PUBLISHED_EVERY).await;
            }
        });
        let app = self.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_secs(600)).await;
                if let Some(limits) = &app.limits {
                    limits.sweep();
                }
                if let Err(error) = crate::api::sweep_attachments(&app).await {
                    tracing::warn!(%error, "attachments that nothing names are left to the next round");
                }
            }
        });
    }
}

impl Inner {
    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Time {
        (self.config.clock)()
    }

    /// A keyed hash: of codes, addresses and numbers, so that nobody with the database alone can try them out.
    #[must_use]
    pub fn keyed(&self, purpose: &str, value: &[u8]) -> [u8; 32] {
        keyed(&self.secret, purpose, value)
    }

    /// The key that signs the ledger's published heads.
    #[must_use]
    pub fn signing_key(&self) -> ed25519_dalek::SigningKey {
        ed25519_dalek::SigningKey::from_bytes(&self.keyed("head", b""))
    }

    /// The number under which a mobile's holder is known in the ledger.
    #[must_use]
    pub fn person(&self, mobile: &Mobile) -> PersonId {
        person(&self.secret, mobile)
    }
}

fn keyed(secret: &[u8; 32], purpose: &str, value: &[u8]) -> [u8; 32] {
    match Hmac::<Sha256>::new_from_slice(secret) {
        Ok(mut mac) => {
            mac.update(purpose.as_bytes());
            mac.update(&[0]);
            mac.update(value);
            mac.finalize().into_bytes().into()
        }
        // HMAC takes keys of any length.
        Err(_) => Sha256::digest(value).into(),
    }
}

fn first_u64(bytes: [u8; 32]) -> u64 {
    bytes.first_chunk().map_or(0, |chunk| u64::from_be_bytes(*chunk))
}

fn person(secret: &[u8; 32], mobile: &Mobile) -> PersonId {
    first_u64(keyed(secret, "person", mobile.as_str().as_bytes())) >> 1
}

fn draw_seed(secret: &[u8; 32]) -> u64 {
    first_u64(keyed(secret, "draw", b""))
}

/// The server's secret: 32 random bytes, made at the first start, readable by its owner alone.
fn secret(path: &std::path::Path) -> Result<[u8; 32]> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    if let Ok(bytes) = std::fs::read(path) {
        return bytes.try_into().ok().with_context(|| format!("{} has not 32 bytes", path.display()));
    }
    let mut secret = [0u8; 32];
    getrandom::fill(&mut secret).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(&secret)?;
    file.sync_all()?;
    Ok(secret)
}

/// Random bytes as hexadecimal digits.
///
/// # Errors
/// Where the system has no randomness.
pub fn random_hex<const N: usize>() -> Result<String, getrandom::Error> {
    let mut bytes = [0u8; N];
    getrandom::fill(&mut bytes)?;
    Ok(hex::encode(bytes))
}
