//! Runs beside every trial: a probe of `/livez`, a measurement of memory, and an honest citizen who lodges.

use crate::person::{Person, address, form};
use crate::report::Findings;
use crate::round::Round;
use crate::server::Server;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How often `/livez` is probed.
const EVERY: Duration = Duration::from_millis(50);
/// Longest answer allowed in the short form; the long form checks the 99th percentile instead.
const SHORT_BOUND: Duration = Duration::from_secs(2);
const LONG_P99: Duration = Duration::from_millis(100);

/// Most megabytes that the server may use.
pub const BOUND_MB: u64 = 400;

/// Results of the probe.
#[derive(Default)]
struct Seen {
    times: Vec<Duration>,
    failures: u32,
    most_kb: u64,
    lodgings: BTreeMap<String, u32>,
    slowest_lodging: Duration,
}

/// See the module.
pub struct Watch {
    over: Arc<AtomicBool>,
    paused: Arc<AtomicBool>,
    seen: Arc<Mutex<Seen>>,
    numbers: Arc<Mutex<Vec<String>>>,
    probe: Option<JoinHandle<()>>,
    citizen: tokio::task::JoinHandle<()>,
    short: bool,
}

/// Which answers besides 201 the honest citizen accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// Nothing else.
    None,
    /// 503 or 507 with `Retry-After`, while the disk is failing.
    WhileBroken,
}

impl Watch {
    /// Starts beside a server. The citizen's acknowledged numbers are added to `numbers`.
    pub fn begin(round: &Round, server: &Server, numbers: &Arc<Mutex<Vec<String>>>) -> Self {
        let over = Arc::<AtomicBool>::default();
        let paused = Arc::<AtomicBool>::default();
        let seen = Arc::<Mutex<Seen>>::default();
        let pid = Arc::new(AtomicU32::new(server.pid()));
        let probe = {
            let (over, paused, seen, port) = (over.clone(), paused.clone(), seen.clone(), server.port);
            std::thread::spawn(move || probe(port, &over, &paused, &seen, &pid))
        };
        let citizen = {
            let (over, paused, seen) = (over.clone(), paused.clone(), seen.clone());
            let (base, numbers) = (server.base.clone(), numbers.clone());
            tokio::spawn(async move { citizen(&base, &over, &paused, &seen, &numbers).await })
        };
        Self { over, paused, seen, numbers: numbers.clone(), probe: Some(probe), citizen, short: round.short }
    }

    /// Pauses, because the server is about to be killed.
    pub fn pause(&self) {
        self.paused.store(true, Ordering::SeqCst);
    }

    /// Numbers acknowledged so far, to the citizen and others that add them there.
    pub fn numbers(&self) -> Vec<String> {
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends, and adds the results.
    pub async fn end(mut self, findings: &mut Findings, patience: Patience) {
        self.over.store(true, Ordering::SeqCst);
        let _ = (&mut self.citizen).await;
        if let Some(probe) = self.probe.take() {
            let _ = tokio::task::spawn_blocking(move || probe.join()).await;
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.times.sort_unstable();
        let most = seen.times.last().copied().unwrap_or_default();
        let p99 = seen.times.get(seen.times.len() * 99 / 100).copied().unwrap_or_default();
        let figure = format!("max {} ms, p99 {} ms, {} failed", most.as_millis(), p99.as_millis(), seen.failures);
        let alive = !seen.times.is_empty() && seen.failures == 0;
        if self.short {
            findings.ask("/livez every 50 ms", "each within 2 s", figure, alive && most < SHORT_BOUND);
        } else {
            findings.ask("/livez every 50 ms", "each answers, p99 < 100 ms", figure, alive && p99 < LONG_P99);
        }
        let good = seen.lodgings.get("201").copied().unwrap_or_default();
        let other: Vec<String> = seen
            .lodgings
            .iter()
            .filter(|(answer, _)| *answer != "201")
            .map(|(answer, times)| format!("{times} × {answer}"))
            .collect();
        let told = [vec![format!("{good} × 201")], other.clone()].concat().join(", ");
        let figure = format!("{told}, slowest {} ms", seen.slowest_lodging.as_millis());
        match patience {
            Patience::None => {
                let held = good > 0 && other.is_empty();
                findings.ask("an honest citizen lodges each second", "every one is taken", figure, held);
            }
            Patience::WhileBroken => {
                let held = seen.lodgings.keys().all(|answer| matches!(answer.as_str(), "201" | "503" | "507"));
                findings.ask("an honest citizen lodges each second", "201, or 503/507 while broken", figure, held);
            }
        }
        let most = seen.most_kb / 1024;
        findings.ask("memory", "less than 400 MB", format!("{most} MB at the most"), most < BOUND_MB);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // Stops the probe when a trial breaks off.
        self.over.store(true, Ordering::SeqCst);
    }
}

/// Resident memory of a process in kB; 0 where it is gone.
pub fn resident(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().split(' ').next()?.parse().ok()).unwrap_or(0)
}

fn probe(port: u16, over: &AtomicBool, paused: &AtomicBool, seen: &Mutex<Seen>, pid: &AtomicU32) {
    let mut line: Option<BufReader<TcpStream>> = None;
    while !over.load(Ordering::SeqCst) {
        let began = Instant::now();
        // A server may close a connection that it has kept for long; a new one must work.
        let alive = asked(&mut line, port) || {
            line = None;
            asked(&mut line, port)
        };
        let took = began.elapsed();
        let most = resident(pid.load(Ordering::Relaxed));
        if !paused.load(Ordering::SeqCst) && !over.load(Ordering::SeqCst) {
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.times.push(took);
            seen.failures += u32::from(!alive);
            seen.most_kb = seen.most_kb.max(most);
        }
        std::thread::sleep(EVERY.saturating_sub(took));
    }
}

/// Probes once; whether the server is alive.
fn asked(line: &mut Option<BufReader<TcpStream>>, port: u16) -> bool {
    let mut answer = || -> std::io::Result<bool> {
        let reader = match line {
            Some(reader) => reader,
            None => {
                let stream = TcpStream::connect_timeout(&([127, 0, 0, 1], port).into(), Duration::from_secs(10))?;
                stream.set_read_timeout(Some(Duration::from_secs(10)))?;
                line.insert(BufReader::new(stream))
            }
        };
        reader.get_mut().write_all(b"GET /livez HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")?;
        let (mut status, mut length) = (String::new(), 0);
        reader.read_line(&mut status)?;
        loop {
            let mut header = String::new();
            reader.read_line(&mut header)?;
            if header.trim().is_empty() {
                break;
            }
            if let Some(value) = header.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        Ok(status.contains(" 200 "))
    };
    answer().unwrap_or(false)
}

async fn citizen(base: &str, over: &AtomicBool, paused: &AtomicBool, seen: &Mutex<Seen>, numbers: &Mutex<Vec<String>>) {
    let Ok(person) = Person::from(base, address()) else { return };
    while !over.load(Ordering::SeqCst) {
        let began = Instant::now();
        let answer = person.lodge(&form(), &tests::key()).await;
        let told = match &answer {
            Ok(answer) if answer.status == 201 => {
                numbers.lock().unwrap_or_else(PoisonError::into_inner).push(answer.field("reference"));
                "201".to_owned()
            }
            Ok(answer) => answer.status.to_string(),
            Err(error) if error.downcast_ref::<reqwest::Error>().is_some_and(reqwest::Error::is_timeout) => {
                "no answer".to_owned()
            }
            Err(_) => "cut off".to_owned(),
        };
        if paused.load(Ordering::SeqCst) {
            return;
        }
        told_of(seen, told, began.elapsed());
        let pause = Duration::from_secs(1).saturating_sub(began.elapsed());
        let until = Instant::now() + pause;
        while Instant::now() < until && !over.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

fn told_of(seen: &Mutex<Seen>, told: String, took: Duration) {
    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    *seen.lodgings.entry(told).or_default() += 1;
    seen.slowest_lodging = seen.slowest_lodging.max(took);
}
