//! A full disk: nothing acknowledged is lost, what cannot be stored is answered 503, staff can still read, and all is
//! well once there is space.

use crate::person::{Person, form, grainy};
use crate::report::Findings;
use crate::round::{Round, files};
use crate::server::{Options, Server};
use crate::stored::settle;
use crate::uploads::{announce, finish};
use crate::watch::{Patience, Watch};
use anyhow::{Result, ensure};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Room on the small disk besides the seeded past, in bytes.
const ROOM: u64 = 60 << 20;

/// A small disk in memory, unmounted when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: &Path, size: u64) -> Result<Self> {
        let size = format!("size={size}");
        let done = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(at).output()?;
        ensure!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr).trim());
        Ok(Self(at.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// Writes until nothing fits any more.
fn fill(path: &Path) -> Result<u64> {
    let mut file = std::fs::File::options().create(true).append(true).open(path)?;
    let mut size = 1 << 20;
    while size > 0 {
        while file.write_all(&vec![0xEE; size]).is_ok() {}
        size /= 4;
    }
    Ok(path.metadata()?.len())
}

async fn ready(person: &Person, wanted: u16, time: Duration) -> (u16, Duration) {
    let began = Instant::now();
    let mut seen = 0;
    while began.elapsed() < time {
        seen = person.get("/readyz").await.map_or(0, |answer| answer.status);
        if seen == wanted {
            break;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    (seen, began.elapsed())
}

/// Runs the trial.
pub async fn trial(round: &Round, findings: &mut Findings) -> Result<()> {
    let folder = round.folder("disk")?;
    let disk = match SmallDisk::mount(&folder, round.seeded_bytes() + ROOM) {
        Ok(disk) => disk,
        Err(why) => {
            findings.tell("a small disk", format!("skipped, for it cannot be mounted: {why}"));
            return Ok(());
        }
    };
    let data = folder.join("data");
    round.seed_into(&data)?;
    let mut server = Server::start(round, &data, &Options { unlimited: true, ..Options::default() }).await?;
    let numbers = Arc::<Mutex<Vec<String>>>::default();
    let watch = Watch::begin(round, &server, &numbers);
    let mut all = Vec::new();
    let citizen = Person::anon(&server.base)?;
    for _ in 0..10 {
        all.push(citizen.lodge(&form(), &tests::key()).await?.field("reference"));
    }
    let case = all.first().cloned().unwrap_or_default();
    let staff = Person::staff(&server.base, "analyst").await?;
    let mut rng = round.rng("disk");
    let photo = grainy(&mut rng, 160, 120);
    let half = announce(&citizen, photo.len()).await?;

    let filler = folder.join("filler");
    fill(&filler)?;
    let mut answers: BTreeMap<u16, u32> = BTreeMap::new();
    for _ in 0..round.pick(30, 200) {
        // 0 stands for a broken connection.
        let status = match citizen.lodge(&form(), &tests::key()).await {
            Ok(answer) => {
                if answer.status == 201 {
                    all.push(answer.field("reference"));
                }
                answer.status
            }
            Err(_) => 0,
        };
        *answers.entry(status).or_default() += 1;
        // Room that was released meanwhile is filled as well.
        fill(&filler)?;
    }
    let figure: Vec<String> = answers.iter().map(|(status, times)| format!("{times} × {status}")).collect();
    let held = answers.keys().all(|status| matches!(status, 201 | 503 | 507));
    findings.ask("lodgings on a full disk", "201, or 503 (not 500)", figure.join(", "), held);
    if let Some(status) = server.ends_within(Duration::from_millis(300)).await {
        let figure = format!("it ended with {status}: {}", server.last_words());
        findings.ask("the server on a full disk", "lives", figure, false);
        std::fs::remove_file(&filler)?;
        watch.pause();
        let numbers = [all, watch.numbers()].concat();
        watch.end(findings, Patience::WhileBroken).await;
        let mut server = Server::start(round, &data, &Options { unlimited: true, ..Options::default() }).await?;
        return settle(findings, round, &mut server, &numbers).await;
    }
    let mut answers = Vec::new();
    for _ in 0..4 {
        let answer = citizen.photo(&photo).await?;
        answers.push(answer.status);
        fill(&filler)?;
    }
    let held = answers.iter().all(|status| matches!(status, 201 | 503 | 507));
    findings.ask("whole photos on a full disk", "201, or 503 (not 500)", format!("{answers:?}"), held);
    let headers = [("content-type", "application/offset+octet-stream"), ("upload-offset", "0")];
    let patched = citizen.send("PATCH", &half, &headers, photo.clone()).await?;
    let held = matches!(patched.status, 204 | 503 | 507);
    findings.ask("an upload on a full disk", "204, or 503 (not 500)", patched.status.to_string(), held);
    let read = staff.get(&format!("/api/grievances/{case}")).await?;
    let page = citizen.get("/api/reference").await?;
    let figure = format!("case {}, tables {}", read.status, page.status);
    findings.ask("staff open a case on a full disk", "200", figure, read.status == 200 && page.status == 200);
    let (seen, took) = ready(&citizen, 503, Duration::from_secs(20)).await;
    let figure = format!("{seen} after {:.0} s", took.as_secs_f64());
    findings.ask("/readyz on a full disk", "503 within 20 s", figure, seen == 503);
    let empty: Vec<String> = ["photos", "voices"]
        .iter()
        .flat_map(|kind| files(&data.join(kind)))
        .filter(|path| !path.components().any(|part| part.as_os_str() == "partial"))
        .filter(|path| path.metadata().is_ok_and(|data| data.len() == 0))
        .map(|path| path.display().to_string())
        .collect();
    findings.ask("files after that", "none is empty", format!("{} empty", empty.len()), empty.is_empty());

    std::fs::remove_file(&filler)?;
    let (seen, took) = ready(&citizen, 200, Duration::from_secs(60)).await;
    let figure = format!("{seen} after {:.0} s", took.as_secs_f64());
    findings.ask("/readyz once there is space", "200 within 60 s", figure, seen == 200);
    let lodged = citizen.lodge(&form(), &tests::key()).await?;
    if lodged.status == 201 {
        all.push(lodged.field("reference"));
    }
    let finished = finish(&citizen, &half, &photo, 8).await?;
    let taken = citizen.photo(&photo).await?;
    let figure = format!("lodging {}, photo {}, the upload {}", lodged.status, taken.status, finished.is_right);
    let held = lodged.status == 201 && taken.status == 201 && finished.is_right;
    findings.ask("once there is space", "all is taken again", figure, held);
    all.extend(watch.numbers());
    watch.end(findings, Patience::WhileBroken).await;
    let outcome = settle(findings, round, &mut server, &all).await;
    drop(server);
    drop(disk);
    outcome
}
