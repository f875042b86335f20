//! Uploads over connections that are left open, duplicated, reordered, cut off: three hold the same upload and stay,
//! one more finishes it. The upload completes with the digest of what was sent.

use crate::person::{Person, grainy};
use crate::raw::half_patch;
use crate::report::Findings;
use crate::round::Round;
use crate::server::{Options, Server};
use crate::stored::settle;
use crate::watch::{Patience, Watch};
use anyhow::{Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The result of an upload.
#[derive(Debug, Clone, Copy)]
pub struct Finished {
    /// Whether it is complete and its digest is right.
    pub is_right: bool,
    /// Number of 5xx answers.
    pub server_errors: u32,
    /// How long it took.
    pub took: Duration,
}

/// Announces an upload; answers its path.
pub async fn announce(person: &Person, length: usize) -> Result<String> {
    let length = length.to_string();
    let opened = person.send("POST", "/api/uploads", &[("upload-length", &length)], Vec::new()).await?;
    ensure!(opened.status == 201, "no upload: {} {}", opened.status, opened.text);
    Ok(opened.header("location").to_owned())
}

/// Sends what is missing like a good client: asks for the offset, continues there, tries again.
pub async fn finish(person: &Person, path: &str, content: &[u8], tries: u32) -> Result<Finished> {
    let began = Instant::now();
    let mut finished = Finished { is_right: false, server_errors: 0, took: Duration::ZERO };
    for _ in 0..tries {
        let Ok(seen) = person.send("HEAD", path, &[], Vec::new()).await else { continue };
        finished.server_errors += u32::from(seen.status >= 500);
        let offset: usize = seen.header("upload-offset").parse().unwrap_or(0);
        if seen.status == 200 && offset == content.len() && !seen.header("repr-digest").is_empty() {
            let wanted = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(content)));
            finished.is_right = seen.header("repr-digest") == wanted;
            break;
        }
        let rest = content.get(offset..).unwrap_or_default().to_vec();
        let at = offset.to_string();
        let headers = [("content-type", "application/offset+octet-stream"), ("upload-offset", at.as_str())];
        match person.send("PATCH", path, &headers, rest).await {
            Ok(answer) if answer.status == 204 => {}
            Ok(answer) => {
                finished.server_errors += u32::from(answer.status >= 500);
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
        }
    }
    finished.took = began.elapsed();
    Ok(finished)
}

/// Runs the trial.
pub async fn trial(round: &Round, findings: &mut Findings) -> Result<()> {
    let data = round.data("uploads")?;
    let mut server = Server::start(round, &data, &Options { unlimited: true, ..Options::default() }).await?;
    let numbers = Arc::<Mutex<Vec<String>>>::default();
    let watch = Watch::begin(round, &server, &numbers);
    let mut rng = round.rng("uploads");
    let (mut right, mut errors, mut slowest) = (0, 0, Duration::ZERO);
    let (mut open, mut broken) = (Vec::new(), String::new());
    let times = round.pick(4, 16);
    for _ in 0..times {
        let photo = grainy(&mut rng, 240, 180);
        let tried = tokio::time::timeout(Duration::from_secs(60), one(&server, &mut rng, &photo, &mut open)).await;
        let Ok(Ok(finished)) = tried else {
            broken = match tried {
                Ok(Err(why)) => format!(", then broken off: {why:#}"),
                _ => ", then no answer in 60 s".to_owned(),
            };
            break;
        };
        right += u32::from(finished.is_right);
        errors += finished.server_errors;
        slowest = slowest.max(finished.took);
    }
    let figure = format!("{right} of {times}, {errors} 5xx, slowest {:.1} s{broken}", slowest.as_secs_f64());
    let held = right == times && errors == 0;
    findings.ask(
        "three PATCHes stay open, others cut, doubled, reordered",
        "each completes, right digest",
        figure,
        held,
    );
    drop(open);
    let all = watch.numbers();
    watch.end(findings, Patience::None).await;
    settle(findings, round, &mut server, &all).await
}

/// One upload, and what a good client makes of it in the end.
async fn one(
    server: &Server,
    rng: &mut fastrand::Rng,
    photo: &[u8],
    open: &mut Vec<tokio::net::TcpStream>,
) -> Result<Finished> {
    let person = Person::anon(&server.base)?;
    let path = announce(&person, photo.len()).await?;
    torment(server, rng, photo, &path, open).await?;
    finish(&person, &path, photo, 12).await
}

/// Everything that goes wrong with one upload, in random order; connections that stay open are kept.
async fn torment(
    server: &Server,
    rng: &mut fastrand::Rng,
    photo: &[u8],
    path: &str,
    open: &mut Vec<tokio::net::TcpStream>,
) -> Result<()> {
    let mut deeds = ["stay", "stay", "stay", "cut", "twice", "ahead", "abandon"];
    rng.shuffle(&mut deeds);
    for deed in deeds {
        let person = Person::anon(&server.base)?;
        let seen = person.send("HEAD", path, &[], Vec::new()).await?;
        let offset: usize = seen.header("upload-offset").parse().unwrap_or(0);
        let rest = photo.get(offset..).unwrap_or_default();
        let part = rest.get(..100 + rng.usize(..400)).unwrap_or(rest);
        match deed {
            "stay" | "cut" | "abandon" => {
                let stream = half_patch(server.port, path, offset as u64, rest.len(), part).await?;
                tokio::time::sleep(Duration::from_millis(rng.u64(..150))).await;
                // Closed midway, or left open; an abandoned one has sent only its head.
                if deed != "cut" {
                    open.push(stream);
                }
            }
            "twice" => {
                let at = offset.to_string();
                let headers = [("content-type", "application/offset+octet-stream"), ("upload-offset", at.as_str())];
                let (first, second) = tokio::join!(
                    person.send("PATCH", path, &headers, part.to_vec()),
                    person.send("PATCH", path, &headers, part.to_vec())
                );
                drop((first, second));
            }
            _ => {
                let at = (offset + part.len()).to_string();
                let headers = [("content-type", "application/offset+octet-stream"), ("upload-offset", at.as_str())];
                let later = rest.get(part.len()..).unwrap_or_default().to_vec();
                let _ = person.send("PATCH", path, &headers, later).await;
            }
        }
    }
    Ok(())
}
