//! A believable, deterministic past: the same number of grievances and the same seed give the same lives, lived
//! through the rulebook. Everything in it is made up; the shares are those that the cell reports (domain.md).

mod life;
mod world;

use crate::state::App;
use crate::store::CasePages;
use anyhow::Result;
use fastrand::Rng;
use model::{Reference, Role, Time};
use std::collections::HashSet;
use std::io::Write;

pub use world::{DEMO_PASSWORD, SignIn, World, sign_ins};

/// Lives written in one transaction.
const BATCH: usize = 10_000;

/// Writes offices and accounts. The numbers of the demo's people are made up too.
///
/// # Errors
/// Where the store cannot write.
pub async fn write_world(app: &App) -> Result<World> {
    let world = World::of(&app.facts.tables)?;
    app.store.put_offices(world.offices.clone(), app.now()).await?;
    app.store.put_accounts(world.accounts()?, app.now()).await?;
    Ok(world)
}

/// Writes that many lives, the last of them lodged just before `until`; answers how many ledger entries there are.
///
/// # Errors
/// Where the store cannot write.
pub async fn write_lives(app: &App, world: &World, grievances: usize, seed: u64, until: Time) -> Result<u64> {
    let mut rng = Rng::with_seed(seed);
    let rules = model::Rules {
        offices: world.offices.iter().map(|office| (office.id, office.department.clone())).collect(),
        draw_seed: app.facts.rules.draw_seed,
        ..app.facts.tables.rules.clone()
    };
    let mut starts: Vec<Time> = (0..grievances).map(|_| life::lodging_time(&mut rng, until)).collect();
    starts.sort_unstable();
    let mut taken: HashSet<Reference> = HashSet::new();
    let mut pages = CasePages::new(app.store.as_ref());
    while let Some(page) = pages.next().await? {
        taken.extend(page.iter().map(|changed| changed.case.reference));
    }
    // Lives are lived on one core while those before them are written on another.
    let (lived, mut batches) = tokio::sync::mpsc::channel(1);
    let (own, world) = (app.clone(), world.clone());
    tokio::task::spawn_blocking(move || {
        for batch in starts.chunks(BATCH) {
            let lives: Vec<_> = batch
                .iter()
                .map(|start| life::live(&mut rng, &world, &own, &rules, &mut taken, *start, until))
                .collect();
            if lived.blocking_send(lives).is_err() {
                return;
            }
        }
    });
    let mut entries = 0;
    let mut written = 0;
    while let Some(lives) = batches.recv().await {
        written += lives.len();
        entries = app.store.import(lives).await?;
        eprint!("\r· {written} of {grievances} grievances ");
        std::io::stderr().flush()?;
    }
    eprintln!();
    Ok(entries)
}

/// The roles for which the demo has one account each, beside those of departments, offices and districts.
const CELL: [(&str, Role, &str); 13] = [
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
];
