//! Power cuts: the server is killed and unsynced writes are undone; every acknowledged number must exist once. That the
//! cut is real is shown by a small program whose rows survive it with `synchronous=FULL` and not with NORMAL.

use crate::control::{Control, Mode};
use crate::journal::{Cut, Undone, cut};
use crate::load::{Acknowledged, Crowd, Load};
use crate::report::Findings;
use crate::round::Round;
use crate::server::{Options, Server};
use crate::stored::{Leftovers, files_there, no_half_rows, settle_with, whole};
use anyhow::{Context, Result, ensure};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Runs the trial.
pub async fn trial(round: &Round, findings: &mut Findings) -> Result<()> {
    controls(round, findings)?;
    let data = round.data("powercut")?;
    let control = Control::new(&round.folder("powercut-control")?)?;
    let mut rng = round.rng("powercut");
    let mut all = Acknowledged::default();
    let (mut lost, mut broken, mut sum) = (0, Vec::new(), Undone::default());
    let cuts = round.pick(3, 10);
    for turn in 0..cuts {
        control.forget_journal()?;
        control.mode(Mode::Journal)?;
        let options = Options { unlimited: true, control: Some(&control), ..Options::default() };
        let mut server = Server::start(round, &data, &options).await?;
        let crowd = Crowd { lodgers: 12, photographers: 3, writers: 1 };
        let load = Load::begin(&server.base, crowd, &mut rng).await?;
        tokio::time::sleep(Duration::from_millis(500 + rng.u64(..2_000))).await;
        server.kill();
        let seen = load.end().await;
        control.mode(Mode::Off)?;
        let how = [Cut::All, Cut::Some, Cut::Torn][turn % 3];
        let undone = cut(&control.journal, &data, how, &mut rng)?;
        sum.written += undone.written;
        sum.undone += undone.undone;
        let gone = seen.lost_numbers(&data).unwrap_or(seen.numbers.len());
        println!("  cut {turn} ({how:?}): {} numbers, {gone} lost; {undone:?}", seen.numbers.len());
        lost += gone;
        all.add(seen);
        let said = round.run(&data, &["verify"]).await?;
        if !said.good {
            broken.push(format!("{how:?}: {}", said.end()));
        }
    }
    let figure = format!("{cuts} cuts, {} of {} writes taken back, {lost} numbers lost", sum.undone, sum.written);
    findings.ask("power cuts under load", "no acknowledged number is lost", figure, lost == 0 && sum.undone > 0);
    let figure = if broken.is_empty() { "whole".to_owned() } else { broken.join("; ") };
    findings.ask("verify after each cut", "whole", figure, broken.is_empty());
    all.check(findings, &data)?;
    no_half_rows(findings, &data)?;
    files_there(findings, &data, Leftovers::AfterCrash)?;
    whole(findings, round, &data, "verify after all cuts").await?;
    let mut server = Server::start(round, &data, &Options { unlimited: true, ..Options::default() }).await?;
    settle_with(findings, round, &mut server, &all.references(), Leftovers::AfterCrash).await
}

/// Shows that the cut takes unsynced data and nothing else.
fn controls(round: &Round, findings: &mut Findings) -> Result<()> {
    for (setting, loses) in [("NORMAL", true), ("FULL", false)] {
        let folder = round.folder(&format!("rows-{setting}"))?;
        let control = Control::new(&round.folder(&format!("rows-{setting}-control"))?)?;
        control.forget_journal()?;
        control.mode(Mode::Journal)?;
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["--rows", setting, "--folder"]).arg(&folder).stdout(Stdio::piped());
        control.load_into(&mut command, &round.library, &folder);
        let mut child = command.spawn()?;
        let output = BufReader::new(child.stdout.take().context("its output")?);
        let mut acknowledged = 0u32;
        for line in output.lines() {
            acknowledged = line?.parse()?;
            if acknowledged == 500 {
                break;
            }
        }
        child.kill()?;
        child.wait()?;
        ensure!(acknowledged == 500, "the rows ended at {acknowledged}");
        cut(&control.journal, &folder, Cut::All, &mut round.rng("rows"))?;
        let there: u32 = {
            let connection = rusqlite::Connection::open(folder.join("rows.db"))?;
            connection.query_row("SELECT count(*) FROM row WHERE id <= 500", [], |row| row.get(0)).unwrap_or(0)
        };
        let figure = format!("{} of 500 lost", 500 - there);
        let asked = if loses { "some are lost: the cut is real" } else { "none is lost" };
        findings.ask(&format!("control: bare rows, synchronous={setting}"), asked, figure, (there < 500) == loses);
    }
    Ok(())
}

/// The small program: writes rows for ever, and prints each number once its commit has returned.
pub fn rows(setting: &str, folder: &Path) -> Result<()> {
    let connection = rusqlite::Connection::open(folder.join("rows.db"))?;
    let pragmas = format!("PRAGMA journal_mode = WAL; PRAGMA synchronous = {setting};");
    connection
        .execute_batch(&format!("{pragmas} CREATE TABLE IF NOT EXISTS row (id INTEGER PRIMARY KEY, body TEXT)"))?;
    let mut out = std::io::stdout();
    for id in 1.. {
        connection.execute("INSERT INTO row VALUES (?1, ?2)", rusqlite::params![id, "x".repeat(800)])?;
        writeln!(out, "{id}")?;
        out.flush()?;
    }
    Ok(())
}
