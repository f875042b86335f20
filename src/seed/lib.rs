//! The generator of demo data: a believable past of made-up grievances. The same seed and number give the same lives. Each goes
//! through the pure part of the use cases ([`server::app::decision`]), so it is escalated, reminded and told of as in real life.
//! The shares of categories, channels and outcomes are those that a state's cell has published.
//!
//! A crate and a program of its own, so that the server holds neither made-up people nor their password
//! (docs/adr/0016-demo-data-apart.md).

mod calls;
mod life;
mod world;

use anyhow::{Result, bail};
use fastrand::Rng;
use life::{Beginning, Past};
use model::{PersonId, Reference, Role, Time};
use server::decoder::Decoder;
use server::state::{App, Config};
use server::store::{AccountFilter, CasePages, PackedLife};
use std::collections::HashSet;
use std::io::Write;
use std::num::NonZero;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::mpsc::{Receiver, channel};

pub use world::{DEMO_PASSWORD, SignIn, World, sign_ins};

/// Lives that a thread makes before it hands them on.
const BATCH: usize = 500;
/// Lives in one transaction, at least: each writes to leaves all over the indexes, and a leaf that several write to is logged once.
const COMMIT: usize = 4_000;
/// Batches that are made ahead of what is written, by each thread.
const AHEAD: usize = 3;

/// Writes offices, accounts and lives into a data folder, or into the PostgreSQL database of this URL with that data folder.
/// Answers the number of ledger entries.
///
/// # Errors
/// Where the folder is in use or the store cannot write.
pub async fn write(data: &Path, public: &Path, database: Option<&str>, grievances: usize, seed: u64) -> Result<u64> {
    let open = async || App::open(config(data, public, database)).await;
    let app = open().await?;
    is_no_real_one(&app).await?;
    let world = write_world(&app).await?;
    app.close().await;
    // Rules include the offices only after the next start.
    drop(app);
    let app = open().await?;
    let entries = write_lives(&app, &world, grievances, seed, app.now()).await?;
    app.close().await;
    Ok(entries)
}

/// Set in a system that is made up.
const MADE_UP: &str = "made up";

/// Refuses a system in which somebody works: what is written to a ledger stays, and everybody knows the sign-ins.
async fn is_no_real_one(app: &App) -> Result<()> {
    if app.store.fact(MADE_UP).await?.is_some() {
        return Ok(());
    }
    let accounts = app.store.accounts(&AccountFilter::default(), "", 1).await?;
    if app.store.head().await?.seq > 0 || !accounts.is_empty() {
        bail!("there are grievances or accounts that are not made up: take an empty folder or database");
    }
    Ok(app.store.put_fact(MADE_UP, vec![1]).await?)
}

fn config(data: &Path, public: &Path, database: Option<&str>) -> Config {
    Config {
        data: data.to_owned(),
        attachments: data.to_owned().into(),
        database: database.map(str::to_owned),
        public: public.to_owned(),
        dist: None,
        demo: false,
        worker: false,
        behind_proxy: false,
        clock: {
            let now = chrono::Utc::now();
            // To the millisecond, as everything is stored.
            let now = Time::from_timestamp_millis(now.timestamp_millis()).unwrap_or(now);
            Arc::new(move || now)
        },
        guarded: None,
        trust_clock: true,
        backup: None,
        reserve: 0,
        limited: false,
        gateway: None,
        mailer: None,
        sms_token: None,
        exchange: None,
        exchange_token: None,
        decoder: Decoder::InProcess,
    }
}

/// Writes offices and accounts with made-up numbers.
///
/// # Errors
/// Where the store cannot write.
pub async fn write_world(app: &App) -> Result<World> {
    let world = World::of(&app.facts.tables)?;
    app.store.put_offices(world.offices.clone(), app.now()).await?;
    app.store.put_accounts(world.accounts()?, app.now()).await?;
    Ok(world)
}

/// Writes lives, the last of them lodged just before `until`, into a system whose rules include the offices of this world.
/// Answers the number of ledger entries.
///
/// # Errors
/// Where the store cannot write.
pub async fn write_lives(app: &App, world: &World, grievances: usize, seed: u64, until: Time) -> Result<u64> {
    let mut rng = Rng::with_seed(seed);
    let mut starts: Vec<Time> = (0..grievances).map(|_| life::lodging_time(&mut rng, until)).collect();
    starts.sort_unstable();
    let mut taken = Taken::of(app).await?;
    let beginnings: Vec<Beginning> =
        starts.into_iter().map(|start| Beginning::draw(&mut rng, app, &mut taken, start)).collect();
    let newest = beginnings.iter().rev().take(calls::WANTED).map(Beginning::called).collect::<Vec<_>>();
    let past = Arc::new(Past { world: world.clone(), app: app.clone(), until });
    let mut lived = lived(&past, Arc::new(beginnings));
    let (mut entries, mut written) = (0, 0);
    let mut ready = Vec::new();
    for turn in (0..lived.len()).cycle() {
        let Some(lives) = lived.get_mut(turn) else { break };
        let lives = lives.recv().await.transpose()?;
        let over = lives.is_none();
        ready.extend(lives.unwrap_or_default());
        if ready.len() < COMMIT && !over {
            continue;
        }
        written += ready.len();
        if !ready.is_empty() {
            entries = app.store.import(std::mem::take(&mut ready)).await?;
        }
        if over {
            break;
        }
        eprint!("\r· {written} of {grievances} grievances ");
        std::io::stderr().flush()?;
    }
    eprintln!();
    calls::write_calls(app, world, &newest, until).await?;
    Ok(entries)
}

/// Generates batches of lives on one thread for each processor. Batch `n` comes from receiver `n` modulo their number.
fn lived(past: &Arc<Past>, beginnings: Arc<Vec<Beginning>>) -> Vec<Receiver<Result<Vec<PackedLife>>>> {
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    let live = |thread: usize| {
        let (lived, batches) = channel(AHEAD);
        let (past, beginnings) = (past.clone(), beginnings.clone());
        tokio::task::spawn_blocking(move || {
            for batch in beginnings.chunks(BATCH).skip(thread).step_by(threads) {
                let lives: Result<Vec<_>> = batch.iter().map(|beginning| life::live(&past, beginning)).collect();
                let packed = lives.and_then(|lives| Ok(PackedLife::all(lives)?));
                if lived.blocking_send(packed).is_err() {
                    return;
                }
            }
        });
        batches
    };
    (0..threads).map(live).collect()
}

/// References that exist, and people who have lodged.
struct Taken {
    references: HashSet<Reference>,
    people: HashSet<PersonId>,
}

impl Taken {
    async fn of(app: &App) -> Result<Self> {
        let mut taken = Self { references: HashSet::new(), people: HashSet::new() };
        let mut pages = CasePages::new(app.store.as_ref());
        while let Some(page) = pages.next().await? {
            taken.references.extend(page.iter().map(|changed| changed.case.reference));
            taken.people.extend(page.iter().map(|changed| changed.case.citizen));
        }
        Ok(taken)
    }
}

/// The accounts beside those of departments, offices and districts. Where a role has two, the first stands for it.
const CELL: [(&str, Role, &str); 15] = [
    ("counter", Role::CounterOperator, "Counter operator"),
    ("telecaller", Role::TeleCaller, "Tele-caller"),
    ("quality", Role::QualityLead, "Quality lead"),
    ("analyst", Role::OperationalAnalyst, "Operational analyst"),
    ("caller", Role::VerificationCaller, "Verification caller"),
    ("appellate", Role::AppellateAuthority, "Appellate authority"),
    ("data", Role::DataAnalyst, "Data analyst"),
    ("assistant", Role::AssistantManager, "Assistant manager"),
    ("manager", Role::SeniorManager, "Senior manager"),
    ("principal", Role::PrincipalManager, "Principal manager"),
    ("cmo", Role::CmoOfficial, "CMO official"),
    ("admin", Role::Administrator, "Administrator"),
    ("auditor", Role::Auditor, "Auditor"),
    ("analyst2", Role::OperationalAnalyst, "Second operational analyst"),
    ("quality2", Role::QualityLead, "Second quality lead"),
];
