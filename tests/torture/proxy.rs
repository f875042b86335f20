//! A bad connection between phones and server: a proxy cuts requests, cuts answers, sends half, sends twice, delays.
//! Phones send again with the same key: one grievance for each key, and every photo complete.

use crate::person::{Person, form, grainy};
use crate::report::Findings;
use crate::round::Round;
use crate::server::{Options, Server};
use crate::stored::{number, settle};
use crate::uploads::{announce, finish};
use crate::watch::{Patience, Watch};
use anyhow::{Context, Result};
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What happens to a request.
#[derive(Debug, Clone, Copy)]
enum Fault {
    None,
    /// It never arrives.
    Request,
    /// Half of it arrives.
    Half,
    /// It arrives; the answer is lost.
    Answer,
    /// It arrives twice, one after the other.
    Twice,
    /// It arrives twice at once.
    AtOnce,
    /// It waits.
    Late,
}

const FAULTS: [Fault; 9] = [
    Fault::None,
    Fault::None,
    Fault::None,
    Fault::Request,
    Fault::Half,
    Fault::Answer,
    Fault::Twice,
    Fault::AtOnce,
    Fault::Late,
];

/// Runs the trial.
pub async fn trial(round: &Round, findings: &mut Findings) -> Result<()> {
    let data = round.data("proxy")?;
    let mut server = Server::start(round, &data, &Options { unlimited: true, ..Options::default() }).await?;
    let numbers = Arc::<Mutex<Vec<String>>>::default();
    let before = number(&data, "SELECT count(*) FROM grievance")?;
    let line = bad_line(server.port, round.rng("proxy").fork()).await?;
    let watch = Watch::begin(round, &server, &Arc::default());
    let phones: Vec<_> = (0..8)
        .map(|_| tokio::spawn(phone(line, round.rng("phones").fork(), round.pick(6, 30), numbers.clone())))
        .collect();
    let (mut lodged, mut given_up, mut wrong) = (0i64, 0, 0);
    for phone in phones {
        let sent = phone.await??;
        lodged += sent.lodged;
        given_up += sent.given_up;
        wrong += sent.wrong_photos;
    }
    let honest = watch.numbers();
    watch.end(findings, Patience::None).await;
    let stored = number(&data, "SELECT count(*) FROM grievance")? - before - i64::try_from(honest.len())?;
    let figure = format!("{lodged} keys, {stored} stored, {given_up} never through");
    findings.ask("lodgings over a bad line", "one grievance for each key", figure, lodged == stored && given_up == 0);
    findings.ask("uploads over a bad line", "right digests", format!("{wrong} wrong"), wrong == 0);
    let mut all = numbers.lock().unwrap_or_else(PoisonError::into_inner).clone();
    all.extend(honest);
    settle(findings, round, &mut server, &all).await
}

struct SentBy {
    lodged: i64,
    given_up: u32,
    wrong_photos: u32,
}

/// Lodges and sends photos through the proxy, each until it succeeds.
async fn phone(line: u16, mut rng: fastrand::Rng, times: u32, numbers: Arc<Mutex<Vec<String>>>) -> Result<SentBy> {
    let base = format!("http://127.0.0.1:{line}");
    let mut sent = SentBy { lodged: 0, given_up: 0, wrong_photos: 0 };
    for turn in 0..times {
        let person = Person::anon(&base)?;
        let mut form = form();
        if turn % 3 == 0 {
            let photo = grainy(&mut rng, 96, 72);
            let mut path = None;
            for _ in 0..40 {
                if let Ok(opened) = announce(&person, photo.len()).await {
                    path = Some(opened);
                    break;
                }
            }
            let path = path.context("no upload could be opened in 40 tries")?;
            let finished = finish(&person, &path, &photo, 40).await?;
            sent.wrong_photos += u32::from(!finished.is_right);
            form["photos"] = serde_json::json!([path.rsplit('/').next()]);
        }
        let key = tests::key();
        let mut through = false;
        for _ in 0..40 {
            match person.lodge(&form, &key).await {
                Ok(answer) if answer.status == 201 => {
                    numbers.lock().unwrap_or_else(PoisonError::into_inner).push(answer.field("reference"));
                    through = true;
                    break;
                }
                _ => tokio::time::sleep(Duration::from_millis(rng.u64(..80))).await,
            }
        }
        sent.lodged += i64::from(through);
        sent.given_up += u32::from(!through);
    }
    Ok(sent)
}

/// Starts the proxy; answers its port.
async fn bad_line(server: u16, mut rng: fastrand::Rng) -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(async move {
        while let Ok((phone, _)) = listener.accept().await {
            let rng = rng.fork();
            // Broken connections are intended here.
            tokio::spawn(async move { drop(carry(phone, server, rng).await) });
        }
    });
    Ok(port)
}

/// Forwards one request with a fault, and closes.
async fn carry(mut phone: TcpStream, server: u16, mut rng: fastrand::Rng) -> Result<()> {
    let request = read_request(&mut phone).await?;
    let fault = rng.choice(FAULTS).unwrap_or(Fault::None);
    let answer = match fault {
        Fault::Request => return Ok(()),
        Fault::Half => {
            let mut half = TcpStream::connect((Ipv4Addr::LOCALHOST, server)).await?;
            half.write_all(request.get(..request.len() / 2).unwrap_or_default()).await?;
            tokio::time::sleep(Duration::from_millis(rng.u64(..60))).await;
            return Ok(());
        }
        Fault::Answer => {
            forward(server, &request).await?;
            return Ok(());
        }
        Fault::Twice => {
            forward(server, &request).await?;
            forward(server, &request).await?
        }
        Fault::AtOnce => {
            let (first, second) = tokio::join!(forward(server, &request), forward(server, &request));
            first.or(second)?
        }
        Fault::Late => {
            tokio::time::sleep(Duration::from_millis(50 + rng.u64(..500))).await;
            forward(server, &request).await?
        }
        Fault::None => forward(server, &request).await?,
    };
    phone.write_all(&answer).await?;
    phone.shutdown().await?;
    Ok(())
}

/// Reads one request completely.
async fn read_request(phone: &mut TcpStream) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut part = vec![0; 64 * 1024];
    loop {
        let count = phone.read(&mut part).await?;
        anyhow::ensure!(count > 0, "the phone hung up");
        bytes.extend_from_slice(part.get(..count).unwrap_or_default());
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
        if bytes.len() >= end + 4 + length.unwrap_or(0) {
            return Ok(bytes);
        }
    }
}

/// Sends a request on a connection of its own; answers everything that comes back.
async fn forward(server: u16, request: &[u8]) -> Result<Vec<u8>> {
    let end = request.windows(4).position(|four| four == b"\r\n\r\n").context("no head")?;
    let (head, rest) = request.split_at(end);
    let mut upstream = TcpStream::connect((Ipv4Addr::LOCALHOST, server)).await?;
    upstream.write_all(head).await?;
    upstream.write_all(b"\r\nconnection: close").await?;
    upstream.write_all(rest).await?;
    let mut answer = Vec::new();
    tokio::time::timeout(Duration::from_secs(30), upstream.read_to_end(&mut answer)).await??;
    anyhow::ensure!(!answer.is_empty(), "no answer");
    Ok(answer)
}
