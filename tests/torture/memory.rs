//! Two hundred open posts of 10 MB each, to uploads, the plain form and the JSON routes: the server's memory stays
//! small, and an honest photo is accepted, or told to wait, within fifteen seconds.

use crate::person::{Answer, Person};
use crate::raw::{connect, head, status};
use crate::report::Findings;
use crate::round::Round;
use crate::server::{Options, Server};
use crate::stored::settle;
use crate::watch::{BOUND_MB, Patience, Watch, resident};
use anyhow::Result;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;

const POSTS: usize = 200;
const LENGTH: usize = 10_000_000;
/// Megabytes at which the flood stops, to spare the machine.
const ENOUGH: u64 = 1_200;

/// Connections, their answers, and bytes sent.
#[derive(Default)]
struct Flood {
    stop: AtomicBool,
    sent: AtomicU64,
    answers: Mutex<BTreeMap<String, u32>>,
}

impl Flood {
    fn told(&self, what: String) {
        if let Ok(mut answers) = self.answers.lock() {
            *answers.entry(what).or_default() += 1;
        }
    }
}

/// One post without its last bytes, then held open.
async fn post(flood: Arc<Flood>, port: u16, place: usize) -> Result<()> {
    let from: IpAddr = Ipv4Addr::new(127, 0, 0, u8::try_from(60 + place % 20)?).into();
    let mut stream = connect(from, port).await?;
    let (path, kind) = match place % 4 {
        0 | 1 => ("/api/uploads", "application/octet-stream"),
        2 => ("/lodge", "multipart/form-data; boundary=torture"),
        _ => ("/api/grievances", "application/json"),
    };
    let length = LENGTH.to_string();
    let key = tests::key();
    let headers = [("content-type", kind), ("content-length", length.as_str()), ("idempotency-key", key.as_str())];
    stream.write_all(&head("POST", path, &headers)).await?;
    let start: &[u8] = match place % 4 {
        0 | 1 => b"\x89PNG\r\n\x1a\n",
        2 => b"--torture\r\ncontent-disposition: form-data; name=\"photo\"; filename=\"a.jpg\"\r\n\r\n",
        _ => b"{\"text\": \"",
    };
    stream.write_all(start).await?;
    let part = vec![b'a'; 64 * 1024];
    let mut left = LENGTH - start.len() - 10;
    while left > 0 && !flood.stop.load(Ordering::SeqCst) {
        let now = part.get(..left.min(part.len())).unwrap_or_default();
        if let Some(status) = status(&mut stream, Duration::from_millis(1)).await {
            flood.told(format!("{status} on {path}"));
            return Ok(());
        }
        match tokio::time::timeout(Duration::from_millis(500), stream.write_all(now)).await {
            Ok(Ok(())) => {
                flood.sent.fetch_add(now.len() as u64, Ordering::Relaxed);
                left -= now.len();
            }
            Ok(Err(_)) => {
                flood.told(format!("closed on {path}"));
                return Ok(());
            }
            // The server need not read. A write that was given up has sent an unknown part.
            Err(_) => break,
        }
    }
    while !flood.stop.load(Ordering::SeqCst) {
        if let Some(status) = status(&mut stream, Duration::from_millis(500)).await {
            flood.told(format!("{status} on {path}"));
            return Ok(());
        }
    }
    Ok(())
}

/// Runs the trial.
pub async fn trial(round: &Round, findings: &mut Findings) -> Result<()> {
    let data = round.data("memory")?;
    let mut server = Server::start(round, &data, &Options::default()).await?;
    let before = resident(server.pid()) / 1024;
    let numbers = Arc::<Mutex<Vec<String>>>::default();
    let watch = Watch::begin(round, &server, &numbers);
    let flood = Arc::<Flood>::default();
    let posts: Vec<_> = (0..POSTS).map(|place| tokio::spawn(post(flood.clone(), server.port, place))).collect();
    let began = Instant::now();
    let mut most = before;
    let mut guard = async |time: Duration| {
        let until = Instant::now() + time;
        while Instant::now() < until {
            most = most.max(resident(server.pid()) / 1024);
            if most > ENOUGH {
                flood.stop.store(true, Ordering::SeqCst);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    guard(Duration::from_secs(6)).await;
    let person = Person::anon(&server.base)?;
    let asked = Instant::now();
    let small = tokio::spawn(async move { person.photo(&tests::photo()).await });
    while !small.is_finished() && asked.elapsed() < Duration::from_secs(30) {
        guard(Duration::from_millis(100)).await;
    }
    let took = asked.elapsed();
    guard(Duration::from_secs(round.pick(2, 15))).await;
    flood.stop.store(true, Ordering::SeqCst);
    let answered = if small.is_finished() { small.await?.ok() } else { None };
    for post in posts {
        drop(post.await);
    }
    let figure = format!(
        "{before} MB before, {most} MB at the most, {} MB sent in {:.0} s",
        flood.sent.load(Ordering::Relaxed) / 1_000_000,
        began.elapsed().as_secs_f64()
    );
    findings.ask("200 open posts of 10 MB", "less than 400 MB", figure, most < BOUND_MB);
    let told: Vec<String> = flood
        .answers
        .lock()
        .map(|answers| answers.iter().map(|(what, times)| format!("{times} × {what}")).collect())
        .unwrap_or_default();
    findings.tell("what they were answered", told.join(", "));
    let figure = match &answered {
        Some(answer) => format!("{} after {:.1} s", answer.status, took.as_secs_f64()),
        None => format!("no answer in {:.0} s", took.as_secs_f64()),
    };
    let good = |answer: &Answer| answer.status == 201 || answer.is_busy();
    let held = answered.as_ref().is_some_and(good) && took < Duration::from_secs(15);
    findings.ask("an honest small photo meanwhile", "201, or 503/429 with Retry-After, in 15 s", figure, held);
    let again = Instant::now();
    let mut later = "not taken in 60 s".to_owned();
    while again.elapsed() < Duration::from_secs(60) {
        let answer = Person::anon(&server.base)?.photo(&tests::photo()).await;
        if answer.is_ok_and(|answer| answer.status == 201) {
            later = format!("201 after {:.1} s", again.elapsed().as_secs_f64());
            break;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    findings.ask("the photo once it is over", "201", later.clone(), later.starts_with("201"));
    let all = watch.numbers();
    watch.end(findings, Patience::None).await;
    settle(findings, round, &mut server, &all).await
}
