//! Five hundred clients that write a header byte by byte and twelve hundred that connect and stay silent, against a
//! server that may have 1,024 files open. An honest citizen succeeds nevertheless, and the slow ones are gone within a
//! minute.

use crate::person::{Person, form};
use crate::raw::{connect, is_closed};
use crate::report::Findings;
use crate::round::Round;
use crate::server::{Options, Server};
use crate::stored::settle;
use crate::watch::{Patience, Watch};
use anyhow::Result;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;

const WRITERS: usize = 500;
const IDLE: usize = 1_200;
/// Time by which they must be gone.
const GONE: Duration = Duration::from_secs(60);

fn neighbour(host: usize) -> IpAddr {
    Ipv4Addr::new(127, 0, 0, u8::try_from(10 + host % 40).unwrap_or(10)).into()
}

/// Runs the trial.
pub async fn trial(round: &Round, findings: &mut Findings) -> Result<()> {
    let data = round.data("slow")?;
    let options = Options { descriptors: Some(1_024), ..Options::default() };
    let mut server = Server::start(round, &data, &options).await?;
    let port = server.port;
    let watch = Watch::begin(round, &server, &Arc::default());
    tokio::time::sleep(Duration::from_millis(500)).await;
    let (writing, idling) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
    let (over, began) = (Arc::new(tokio::sync::Notify::new()), Instant::now());
    let mut tasks = Vec::new();
    for host in 0..WRITERS + IDLE {
        let (slow, count) = if host < WRITERS { (true, writing.clone()) } else { (false, idling.clone()) };
        let over = over.clone();
        tasks.push(tokio::spawn(async move {
            let Ok(mut stream) = connect(neighbour(host), port).await else { return };
            count.fetch_add(1, Ordering::SeqCst);
            if slow && stream.write_all(b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n").await.is_err() {
                count.fetch_sub(1, Ordering::SeqCst);
                return;
            }
            loop {
                let ended = tokio::time::timeout(Duration::from_secs(2), over.notified()).await;
                let broken = slow && stream.write_all(b"x").await.is_err();
                if ended.is_ok() || broken || is_closed(&mut stream).await {
                    break;
                }
            }
            count.fetch_sub(1, Ordering::SeqCst);
        }));
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    let most = (writing.load(Ordering::SeqCst), idling.load(Ordering::SeqCst));
    findings.tell("connections open after 3 s", format!("{} slow, {} idle", most.0, most.1));

    let (mut numbers, mut tried, mut slowest) = (Vec::new(), 0, Duration::ZERO);
    let mut failures = Vec::new();
    let (mut writers_gone, mut idle_gone) = (None, None);
    while began.elapsed() < GONE && (tried < 8 || writers_gone.is_none() || idle_gone.is_none()) {
        let asked = Instant::now();
        let person = Person::anon(&server.base)?;
        let answer = tokio::time::timeout(Duration::from_secs(10), person.lodge(&form(), &tests::key())).await;
        tried += 1;
        match answer {
            Ok(Ok(answer)) if answer.status == 201 => numbers.push(answer.field("reference")),
            Ok(Ok(answer)) => failures.push(answer.status.to_string()),
            Ok(Err(_)) => failures.push("cut off".into()),
            Err(_) => failures.push("no answer in 10 s".into()),
        }
        slowest = slowest.max(asked.elapsed());
        if writing.load(Ordering::SeqCst) == 0 {
            writers_gone.get_or_insert(began.elapsed());
        }
        if server.connections() < 40 {
            idle_gone.get_or_insert(began.elapsed());
        }
        tokio::time::sleep(Duration::from_millis(1_000)).await;
    }
    failures.dedup();
    let figure = format!("{} of {tried}, slowest {} ms {}", numbers.len(), slowest.as_millis(), failures.join(", "));
    findings.ask("somebody new connects and lodges meanwhile", "every one is taken", figure, numbers.len() == tried);
    let told = |gone: Option<Duration>, left: usize| match gone {
        Some(time) => format!("after {:.0} s", time.as_secs_f64()),
        None => format!("{left} still there"),
    };
    let left = (writing.load(Ordering::SeqCst), server.connections());
    let figure = told(writers_gone, left.0);
    findings.ask("500 slow header writers", "gone within 60 s", figure, writers_gone.is_some());
    findings.ask("1,200 idle connections", "gone within 60 s", told(idle_gone, left.1), idle_gone.is_some());
    for task in tasks {
        task.abort();
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let person = Person::anon(&server.base)?;
    let after = person.lodge(&form(), &tests::key()).await;
    if let Ok(answer) = &after {
        numbers.push(answer.field("reference"));
    }
    let held = after.is_ok_and(|answer| answer.status == 201);
    findings.ask("once they are gone", "a lodging is taken", if held { "201" } else { "not taken" }, held);
    numbers.extend(watch.numbers());
    watch.end(findings, Patience::None).await;
    settle(findings, round, &mut server, &numbers).await
}
