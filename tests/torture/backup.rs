//! A backup while people are at work, and a restore from it: both are complete, and contain everything acknowledged
//! more than ten seconds before the backup ended.

use crate::load::{Crowd, Load};
use crate::report::Findings;
use crate::round::Round;
use crate::server::{Options, Server};
use crate::stored::{settle, whole};
use crate::watch::{Patience, Watch};
use anyhow::{Context, Result};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Runs the trial.
pub async fn trial(round: &Round, findings: &mut Findings) -> Result<()> {
    let data = round.data("backup")?;
    let to = round.folder("backups")?;
    let mut server = Server::start(round, &data, &Options { unlimited: true, ..Options::default() }).await?;
    let watch = Watch::begin(round, &server, &Arc::<Mutex<Vec<String>>>::default());
    let mut rng = round.rng("backup");
    let crowd = Crowd { lodgers: 4, photographers: 2, writers: 1 };
    let load = Load::begin(&server.base, crowd, &mut rng).await?;
    tokio::time::sleep(Duration::from_secs(round.pick(14, 30))).await;
    let began = Instant::now();
    let said = round.run(&data, &["backup", "--to", &to.display().to_string()]).await?;
    let ended = Instant::now();
    let figure = format!("{} in {:.1} s", said.end(), began.elapsed().as_secs_f64());
    findings.ask("pratikar backup beside a running server", "exits with 0", figure, said.good);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut seen = load.end().await;
    if said.good {
        let stamped = newest(&to)?;
        let key = PathBuf::from(format!("{}.key", stamped.display()));
        findings.ask(
            "the key of the backup",
            "lies apart",
            key.display().to_string(),
            key.exists() && !stamped.join("secret.key").exists(),
        );
        let restored = round.folder("restored")?;
        std::fs::remove_dir_all(&restored)?;
        let (from, key) = (stamped.display().to_string(), key.display().to_string());
        let said = round.run(&restored, &["restore", "--from", &from, "--key", &key]).await?;
        findings.ask("pratikar restore into a new folder", "exits with 0", said.end(), said.good);
        if said.good {
            whole(findings, round, &restored, "verify of what was restored").await?;
            let mut due = seen.clone();
            due.numbers.retain(|(at, _)| ended.saturating_duration_since(*at) > Duration::from_secs(10));
            let lost = due.lost_numbers(&restored)?;
            let figure = format!("{} acknowledged by then, {lost} lost", due.numbers.len());
            let held = lost == 0 && !due.numbers.is_empty();
            findings.ask("numbers from 10 s before its end", "each is in the backup", figure, held);
            serves(round, findings, &restored).await?;
        }
    }
    let honest = watch.numbers();
    watch.end(findings, Patience::None).await;
    seen.numbers.extend(honest.into_iter().map(|number| (Instant::now(), number)));
    seen.check(findings, &data)?;
    settle(findings, round, &mut server, &seen.references()).await
}

fn newest(folder: &std::path::Path) -> Result<PathBuf> {
    let entries = std::fs::read_dir(folder)?.flatten().map(|entry| entry.path());
    entries.filter(|path| path.is_dir()).max().context("the backup made no folder")
}

/// Serves what was restored, and lodges into it.
async fn serves(round: &Round, findings: &mut Findings, restored: &std::path::Path) -> Result<()> {
    let mut server = match Server::start(round, restored, &Options { unlimited: true, ..Options::default() }).await {
        Ok(server) => server,
        Err(why) => {
            findings.ask("a server on what was restored", "it lodges", format!("{why:#}"), false);
            return Ok(());
        }
    };
    let person = crate::person::Person::anon(&server.base)?;
    let lodged = person.lodge(&crate::person::form(), &tests::key()).await?;
    findings.ask("a server on what was restored", "it lodges", lodged.status.to_string(), lodged.status == 201);
    server.stop().await;
    Ok(())
}
