//! A disk on which every n-th write, sync, truncation or open fails: answers are clean, acknowledged data is there, and
//! the service recovers with the disk.

use crate::control::{Control, Mode};
use crate::load::{Acknowledged, Crowd, Load};
use crate::person::{Person, form};
use crate::report::Findings;
use crate::round::Round;
use crate::server::{Options, Server};
use crate::stored::{Leftovers, files_there, no_half_rows, whole};
use crate::watch::{Patience, Watch};
use anyhow::Result;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Runs the trial.
pub async fn trial(round: &Round, findings: &mut Findings) -> Result<()> {
    let data = round.data("faulty")?;
    let control = Control::new(&round.folder("faulty-control")?)?;
    let mut rng = round.rng("faulty");
    let mut all = Acknowledged::default();
    let options = || Options { unlimited: true, control: Some(&control), ..Options::default() };
    let mut server = Server::start(round, &data, &options()).await?;
    let mut nths = vec![2 + rng.i64(0..4), 7 + rng.i64(0..20), 40 + rng.i64(0..200)];
    if !round.short {
        nths.extend([1, 3, 11, 401]);
    }
    let (mut ended, mut dirty, mut late) = (0, BTreeMap::<u16, u32>::new(), Vec::new());
    let time = Duration::from_secs(round.pick(4, 15));
    for nth in nths {
        let watch = Watch::begin(round, &server, &Arc::default());
        let crowd = Crowd { lodgers: 8, photographers: 2, writers: 1 };
        let load = Load::begin(&server.base, crowd, &mut rng).await?;
        control.faults(nth, rng.u64(..))?;
        println!("  every {nth}. call fails");
        tokio::time::sleep(time).await;
        control.mode(Mode::Off)?;
        let seen = load.end().await;
        for (status, times) in &seen.statuses {
            if !matches!(status, 200 | 201 | 404 | 409 | 412 | 429 | 503 | 507) {
                *dirty.entry(*status).or_default() += times;
            }
        }
        println!("  {} ({} faults so far)", seen.figure(), control.made()?);
        all.add(seen);
        // A server may end itself where it cannot know what is on the disk; it must then start again.
        let gone = server.ends_within(Duration::from_millis(50)).await.is_some();
        if gone {
            ended += 1;
            watch.pause();
            server = Server::start(round, &data, &options()).await?;
        }
        let began = Instant::now();
        let well = loop {
            let lodged = Person::anon(&server.base)?.lodge(&form(), &tests::key()).await;
            if let Ok(answer) = lodged
                && answer.status == 201
            {
                all.numbers.push((Instant::now(), answer.field("reference")));
                break true;
            }
            if began.elapsed() > Duration::from_secs(30) {
                break false;
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
        };
        if !well {
            late.push(nth.to_string());
        }
        all.numbers.extend(watch.numbers().into_iter().map(|number| (Instant::now(), number)));
        watch.end(findings, Patience::WhileBroken).await;
        if !well {
            server.kill();
            server = Server::start(round, &data, &options()).await?;
        }
    }
    let told: Vec<String> = dirty.iter().map(|(status, times)| format!("{times} × {status}")).collect();
    let figure = format!("{}; others: {}", all.figure(), if told.is_empty() { "none".into() } else { told.join(", ") });
    findings.ask("every n-th call on the disk fails", "clean answers, no 500", figure, dirty.is_empty());
    let made = control.made()?;
    let figure = format!("{made}; the server ended itself {ended} times");
    findings.ask("faults made", "some: the trial is a real one", figure, made > 0);
    let figure = if late.is_empty() { "yes".to_owned() } else { format!("not after n = {}", late.join(", ")) };
    findings.ask("once the disk is good again", "a lodging is taken within 30 s", figure, late.is_empty());
    server.stop().await;
    all.check(findings, &data)?;
    no_half_rows(findings, &data)?;
    files_there(findings, &data, Leftovers::None)?;
    whole(findings, round, &data, "verify").await
}
