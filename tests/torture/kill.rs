//! `kill -9` at random moments while people lodge, act and send photos, repeatedly on one data folder.

use crate::load::{Acknowledged, Crowd, Load};
use crate::report::Findings;
use crate::round::Round;
use crate::server::{Options, Server};
use crate::stored::{Leftovers, files_there, no_half_rows, number, settle_with, whole};
use crate::watch::{Patience, Watch};
use anyhow::Result;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Runs the trial.
pub async fn trial(round: &Round, findings: &mut Findings) -> Result<()> {
    let data = round.data("kill")?;
    let mut rng = round.rng("kill");
    let before = number(&data, "SELECT count(*) FROM grievance")?;
    let mut all = Acknowledged::default();
    let mut slowest = Duration::ZERO;
    let lives = round.pick(4, 20);
    let crowd = Crowd { lodgers: 20, photographers: 4, writers: 1 };
    for _ in 0..lives {
        let began = Instant::now();
        let mut server = Server::start(round, &data, &Options { unlimited: true, ..Options::default() }).await?;
        slowest = slowest.max(began.elapsed());
        let load = Load::begin(&server.base, crowd, &mut rng).await?;
        tokio::time::sleep(Duration::from_millis(300 + rng.u64(..2_200))).await;
        server.kill();
        all.add(load.end().await);
    }
    let figure = format!("{lives} lives, slowest start {:.1} s, {}", slowest.as_secs_f64(), all.figure());
    findings.ask("kill -9 under load", "each time it starts again", figure, true);
    all.check(findings, &data)?;
    no_half_rows(findings, &data)?;
    files_there(findings, &data, Leftovers::AfterCrash)?;
    let stored = number(&data, "SELECT count(*) FROM grievance")? - before;
    let sql = "SELECT count(DISTINCT reference) FROM outbox
               WHERE template IN (SELECT id FROM template WHERE name = 'lodged')";
    let told = number(&data, sql)?;
    let figure = format!("{stored} new grievances, {told} with a message");
    findings.ask("messages", "one for each new grievance", figure, told >= stored);
    whole(findings, round, &data, "verify after all kills").await?;
    // The last life: everything works as before.
    let mut server = Server::start(round, &data, &Options { unlimited: true, ..Options::default() }).await?;
    let numbers = Arc::default();
    let watch = Watch::begin(round, &server, &numbers);
    tokio::time::sleep(Duration::from_secs(2)).await;
    let honest = watch.numbers();
    watch.end(findings, Patience::None).await;
    let mut references = all.references();
    references.extend(honest);
    settle_with(findings, round, &mut server, &references, Leftovers::AfterCrash).await
}
