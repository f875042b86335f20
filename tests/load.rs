//! Programs of the benchmark: a load of lodgings over HTTP, the bare loop with which it is compared, and the
//! dashboard's queries. `scripts/bench` runs them; none is a test.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_precision_loss
)]

use clap::{Parser, Subcommand};
use model::Reference;

use model::clock::Lane;
use model::counts::Dimension;
use model::lifecycle::{Case, Channel, Details, Gender, Lodged, Stage, Statement, lodge};
use model::{Actor, Language, Lgd, OfficeId, PersonId, Rules, Time};
use server::feed::cube::{Cube, Slice};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Durable lodgings per second over HTTP
    Lodge {
        /// Address of the server
        base: String,
        /// Connections
        #[arg(long, default_value_t = 64)]
        connections: u64,
        /// Seconds
        #[arg(long, default_value_t = 5)]
        seconds: u64,
    },
    /// Single-row transactions per second of a bare loop, `synchronous=FULL`
    Loop {
        /// Folder for its file
        folder: PathBuf,
        /// Seconds
        #[arg(long, default_value_t = 5)]
        seconds: u64,
    },
    /// Milliseconds of dashboard queries over a cube of so many cases; writes the same cases as CSV
    Cube {
        /// Cases
        cases: u64,
        /// Where the CSV goes
        csv: PathBuf,
    },
}

#[tokio::main]
async fn main() {
    match Cli::parse().command {
        Command::Lodge { base, connections, seconds } => lodgings(&base, connections, seconds).await,
        Command::Loop { folder, seconds } => bare_loop(&folder, seconds),
        Command::Cube { cases, csv } => cube(cases, &csv),
    }
}

async fn lodgings(base: &str, connections: u64, seconds: u64) {
    let (done, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let client = reqwest::Client::builder().pool_max_idle_per_host(connections as usize).build().expect("a client");
    let started = Instant::now();
    let lodgers: Vec<_> = (0..connections)
        .map(|lodger| {
            let (client, base, done, stop) = (client.clone(), base.to_owned(), done.clone(), stop.clone());
            tokio::spawn(async move {
                let mut turn = 0u64;
                while !stop.load(Ordering::Relaxed) {
                    let form = tests::form(&format!("9{:09}", (lodger * 10_000_000 + turn) % 1_000_000_000));
                    let request = client
                        .post(format!("{base}/api/grievances"))
                        .header("origin", &base)
                        .header("idempotency-key", tests::key());
                    let answer = request.json(&form).send().await.expect("an answer");
                    assert_eq!(answer.status().as_u16(), 201);
                    answer.bytes().await.expect("a receipt");
                    done.fetch_add(1, Ordering::Relaxed);
                    turn += 1;
                }
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    let (count, elapsed) = (done.load(Ordering::Relaxed), started.elapsed());
    stop.store(true, Ordering::Relaxed);
    for lodger in lodgers {
        lodger.await.expect("ended");
    }
    println!("{:.0}", count as f64 / elapsed.as_secs_f64());
}

fn bare_loop(folder: &Path, seconds: u64) {
    let path = folder.join("loop.db");
    let connection = rusqlite::Connection::open(&path).expect("a file");
    connection
        .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE IF NOT EXISTS row (id INTEGER PRIMARY KEY, body TEXT)")
        .expect("a table");
    let body = "x".repeat(800);
    let started = Instant::now();
    let mut count = 0u64;
    while started.elapsed() < Duration::from_secs(seconds) {
        connection
            .prepare_cached("INSERT INTO row (body) VALUES (?1)")
            .expect("a statement")
            .execute([&body])
            .expect("a row");
        count += 1;
    }
    println!("{:.0}", count as f64 / started.elapsed().as_secs_f64());
}

/// A case of the benchmark, in the generator's proportions, without a ledger.
fn case(rng: &mut fastrand::Rng, number: u64, now: Time) -> Case {
    let lodged_at = now - chrono::Duration::minutes(i64::try_from(rng.u64(..500_000)).unwrap_or(0));
    let lodged = Lodged {
        reference: Reference::from_payload(number),
        citizen: PersonId::new(1),
        number_verified: true,
        channel: Channel::ALL[rng.usize(..Channel::ALL.len())],
        language: Language::Bengali,
        gender: Gender::ALL[rng.usize(..Gender::ALL.len())],
        category: None,
        district: Some(Lgd::new(300 + rng.u32(..23))),
        place: Some(Lgd::new(2_700 + rng.u32(..340))),
        urban: Some(rng.u8(..100) < 33),
        photos: vec![],
        details: Details::default(),
        statement: Statement::new(String::new(), model::Language::Bengali),
    };
    let event = lodge(lodged, &Actor::citizen(PersonId::new(1)), &Rules::default(), lodged_at).expect("lodged");
    let mut case = Case::open(&event).expect("a case");
    case.department = Some(format!("D{}", rng.u32(..54)).into());
    case.office = Some(OfficeId::new(rng.u32(..3_200)));
    case.category = Some(format!("c.{}", rng.u32(..66)).into());
    case.lane = if rng.u8(..200) == 0 { Lane::Emergency24 } else { Lane::Ordinary };
    case.reported_done = rng.u8(..100) < 85;
    if rng.u8(..100) < 75 {
        case.stage = Stage::Redressed;
        case.closed_at = Some(lodged_at + chrono::Duration::days(i64::from(rng.u8(1..20))));
    } else {
        case.stage = Stage::WithOffice;
    }
    case
}

fn cube(cases: u64, csv: &Path) {
    let now: Time = "2026-11-23T06:00:00Z".parse().expect("a moment");
    let mut rng = fastrand::Rng::with_seed(1);
    let mut cube = Cube::default();
    let mut out = std::io::BufWriter::new(std::fs::File::create(csv).expect("a file"));
    writeln!(out, "district,department,office,category,stage,channel,gender,urban,reported,day").expect("written");
    for number in 0..cases {
        let case = case(&mut rng, number, now);
        writeln!(
            out,
            "{},{},{},{},{:?},{:?},{:?},{},{},{}",
            case.district.unwrap_or_default(),
            case.department.as_deref().unwrap_or_default(),
            case.office.unwrap_or_default(),
            case.category.as_deref().unwrap_or_default(),
            case.stage,
            case.channel,
            case.gender,
            case.urban == Some(true),
            case.reported_done,
            model::clock::ist_date(case.lodged_at)
        )
        .expect("written");
        cube.put(number + 1, &case, None);
    }
    drop(out);
    let queries: [(&str, Option<Dimension>); 6] = [
        ("", Some(Dimension::Department)),
        ("", Some(Dimension::District)),
        ("", Some(Dimension::Day)),
        ("", Some(Dimension::Office)),
        ("district:305,area:rural", Some(Dimension::Department)),
        ("department:D7,gender:woman,channel:call", Some(Dimension::Category)),
    ];
    let mut all = Vec::new();
    for (text, by) in queries {
        let slice = Slice { filter: text.parse().expect("a filter"), since: None };
        let mut times: Vec<f64> = (0..60)
            .map(|_| {
                let started = Instant::now();
                std::hint::black_box(cube.count(&slice, by, now));
                started.elapsed().as_secs_f64() * 1_000.0
            })
            .collect();
        times.sort_by(f64::total_cmp);
        eprintln!(
            "{:>6.2} ms median  {:>6.2} ms p99  by {} where {text:?}",
            times[30],
            times[59],
            by.map_or("nothing", |by| model::names::code_of(&by))
        );
        all.extend(times);
    }
    all.sort_by(f64::total_cmp);
    println!("{:.2} {:.2}", all[all.len() / 2], all[all.len() * 99 / 100]);
}
