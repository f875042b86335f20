//! Programs of the benchmark: loads of lodgings and of whole lives over HTTP, the bare loop with which lodgings are
//! compared, and the dashboard's queries. `scripts/bench` runs them; none is a test.

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
use reqwest::header::{AUTHORIZATION, COOKIE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MATCH, SET_COOKIE};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use server::feed::cube::{Cube, Slice};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

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
    /// Whole lives per second over HTTP: lodged, categorised, reported, verified by a call, tracked by the citizen
    Lives {
        /// Address of the server: `--demo --unlimited --behind-proxy`, with the accounts of `pratikar-seed`
        base: String,
        /// Whether it is the reference service of `tests/bench/service`
        #[arg(long)]
        reference: bool,
        /// Connections
        #[arg(long, default_value_t = 16)]
        connections: u32,
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
        Command::Lives { base, reference, connections, seconds } => lives(&base, reference, connections, seconds).await,
        Command::Loop { folder, seconds } => bare_loop(&folder, seconds),
        Command::Cube { cases, csv } => cube(cases, &csv),
    }
}

/// A load that counts what is done until it is stopped.
struct Run {
    started: Instant,
    done: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
}

impl Run {
    fn begin() -> Self {
        Self { started: Instant::now(), done: Arc::default(), stop: Arc::default() }
    }

    /// Prints how much is done in a second, after so many seconds.
    async fn end(self, seconds: u64, lodgers: Vec<JoinHandle<()>>) {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        let (count, elapsed) = (self.done.load(Ordering::Relaxed), self.started.elapsed());
        self.stop.store(true, Ordering::Relaxed);
        for lodger in lodgers {
            lodger.await.expect("ended");
        }
        println!("{:.0}", count as f64 / elapsed.as_secs_f64());
    }
}

async fn lodgings(base: &str, connections: u64, seconds: u64) {
    let client = reqwest::Client::builder().pool_max_idle_per_host(connections as usize).build().expect("a client");
    let run = Run::begin();
    let (done, stop) = (&run.done, &run.stop);
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
    run.end(seconds, lodgers).await;
}

/// Citizens who lodge one after another on a connection, so that none has a long list of grievances.
const CITIZENS: u32 = 32;

/// Whoever sends requests: a client with the headers that show who it is.
#[derive(Clone)]
struct Sender {
    client: Client,
    base: String,
    headers: HeaderMap,
}

impl Sender {
    /// Somebody at this address who is not signed in.
    fn new(client: &Client, base: &str, headers: &[(&'static str, &str)]) -> Self {
        let headers = [&[("origin", base)], headers].concat();
        let value = |value: &str| HeaderValue::from_str(value).expect("a header");
        let headers = headers.into_iter().map(|(name, of)| (HeaderName::from_static(name), value(of))).collect();
        Self { client: client.clone(), base: base.to_owned(), headers }
    }

    async fn send(&self, method: Method, path: &str, body: &Value, headers: &[(HeaderName, &str)]) -> Response {
        let request = self.client.request(method, format!("{}{path}", self.base)).headers(self.headers.clone());
        let request = headers.iter().fold(request, |request, (name, value)| request.header(name, *value));
        let request = if body.is_null() { request } else { request.json(body) };
        let answer = request.send().await.expect("an answer");
        match answer.error_for_status_ref() {
            Ok(_) => answer,
            Err(error) => panic!("{error}: {}", answer.text().await.unwrap_or_default()),
        }
    }

    async fn post(&self, path: &str, body: &Value) -> Response {
        self.send(Method::POST, path, body, &[]).await
    }

    /// The same, with the session that an answer began: a token, or the cookies of our own server.
    async fn with_session(self, answer: Response) -> Self {
        let cookies =
            answer.headers().get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok()?.split(';').next());
        let cookies = cookies.collect::<Vec<_>>().join("; ");
        let answer: Value = answer.json().await.expect("JSON");
        let (name, value) = match answer["token"].as_str() {
            Some(token) => (AUTHORIZATION, format!("Bearer {token}")),
            None => (COOKIE, cookies),
        };
        let mut headers = self.headers;
        headers.insert(name, value.parse().expect("a header"));
        Self { headers, ..self }
    }

    /// A member of staff, by the demo's password.
    async fn staff(client: &Client, base: &str, username: &str) -> Self {
        let staff = Self::new(client, base, &[("pratikar-app", "staff")]);
        let answer =
            staff.post("/api/session", &json!({ "username": username, "password": seed::DEMO_PASSWORD })).await;
        staff.with_session(answer).await
    }

    /// A citizen, by a code that the demo shows; each comes from an address of their own.
    async fn citizen(client: &Client, base: &str, reference: bool, number: u32) -> (String, Self) {
        let mobile = format!("9{number:09}");
        let [_, a, b, c] = number.to_be_bytes();
        let citizen = Self::new(client, base, &[("x-forwarded-for", &format!("10.{a}.{b}.{c}"))]);
        let answer = if reference {
            citizen.post("/api/session", &json!({ "mobile": mobile })).await
        } else {
            let sent = citizen.post("/api/codes", &json!({ "mobile": mobile, "language": "en" })).await;
            let sent: Value = sent.json().await.expect("JSON");
            let shown = citizen.send(Method::GET, "/dev/outbox", &Value::Null, &[]).await.text().await.expect("a page");
            let (_, row) = shown.split_once(&format!("{mobile}</td>")).expect("a message to them");
            let code = row.split(|c: char| !c.is_ascii_digit()).find(|digits| digits.len() == 6).expect("a code");
            let path = format!("/api/codes/{}", sent["id"].as_str().expect("an id"));
            citizen.post(&path, &json!({ "code": code })).await
        };
        (mobile, citizen.with_session(answer).await)
    }

    /// Acts on a case in its present version, and counts that up.
    async fn act(&self, case: &str, version: &mut u32, action: &Value) {
        let (path, seen, key) = (format!("{case}/actions"), format!("\"{version}\""), tests::key());
        let headers = [(IF_MATCH, seen.as_str()), (HeaderName::from_static("idempotency-key"), &key)];
        let answer = self.send(Method::POST, &path, action, &headers).await;
        let shown = answer.headers()[ETAG].to_str().expect("a version").trim_matches('"').parse().expect("a version");
        *version = shown;
        answer.bytes().await.expect("a case");
    }
}

/// The staff who lead a case through its life.
#[derive(Clone)]
struct Staff {
    analyst: Sender,
    nodal: Sender,
    caller: Sender,
}

async fn lives(base: &str, reference: bool, connections: u32, seconds: u64) {
    // One client for all: as many connections as requests at a time.
    let client = Client::new();
    let staff = async |username| Sender::staff(&client, base, username).await;
    let staff =
        Staff { analyst: staff("analyst").await, nodal: staff("nodal.phe").await, caller: staff("caller").await };
    let mut lodgers = Vec::new();
    for connection in 0..connections {
        let mut citizens = Vec::new();
        for number in connection * CITIZENS..(connection + 1) * CITIZENS {
            citizens.push(Sender::citizen(&client, base, reference, number).await);
        }
        lodgers.push(citizens);
    }
    let run = Run::begin();
    let (done, stop) = (&run.done, &run.stop);
    let lodgers: Vec<_> = lodgers
        .into_iter()
        .map(|citizens| {
            let (staff, done, stop) = (staff.clone(), done.clone(), stop.clone());
            tokio::spawn(async move {
                for (mobile, citizen) in citizens.iter().cycle() {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    life(mobile, citizen, &staff).await;
                    done.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    run.end(seconds, lodgers).await;
}

/// One grievance until it is redressed.
async fn life(mobile: &str, citizen: &Sender, staff: &Staff) {
    let key = tests::key();
    let headers = [(HeaderName::from_static("idempotency-key"), key.as_str())];
    let receipt = citizen.send(Method::POST, "/api/grievances", &tests::form(mobile), &headers).await;
    let receipt: Value = receipt.json().await.expect("a receipt");
    let case = format!("/api/grievances/{}", receipt["reference"].as_str().expect("a number"));
    let mut version = 1;
    let categorise = json!({ "categorise": { "category": "water.tubewell", "department": "PHE", "lane": "ordinary" } });
    staff.analyst.act(&case, &mut version, &categorise).await;
    let report = json!({ "submit_atr": {
        "outcome": "done",
        "text": "পাইপ ও ওয়াশার বদলানো হয়েছে, জল আসছে।",
        "no_contact_reason": "ফোন বন্ধ ছিল",
    } });
    staff.nodal.act(&case, &mut version, &report).await;
    let number = staff.caller.post(&format!("{case}/reveal"), &json!({ "reason": "যাচাইয়ের ফোন" })).await;
    number.bytes().await.expect("a number");
    let heard = json!({ "record_call": { "outcome": "confirmed", "remark": "জল আসছে" } });
    staff.caller.act(&case, &mut version, &heard).await;
    let seen = citizen.send(Method::GET, &case, &Value::Null, &[]).await;
    assert!(seen.text().await.expect("a case").contains("\"stage\":\"redressed\""), "{case} is redressed");
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
