//! Lost files: the key, the log, the newest part of the database. The server refuses to start where it would serve less
//! than it has published, or where citizens could not be found any more, and names the command that explains.

use crate::person::{Person, form};
use crate::report::Findings;
use crate::round::{Round, copy};
use crate::server::{Options, Server};
use anyhow::{Result, ensure};
use std::path::Path;
use std::time::{Duration, Instant};

/// Runs the trial.
pub async fn trial(round: &Round, findings: &mut Findings) -> Result<()> {
    let data = round.data("lost")?;
    let older = round.folder("lost-older")?;
    live(round, &data, 3).await?;
    flush(&data)?;
    std::fs::copy(data.join("pratikar.db"), older.join("pratikar.db"))?;
    live(round, &data, 10).await?;
    // The start publishes the head of what was written before.
    live(round, &data, 0).await?;
    flush(&data)?;
    let good = round.folder("lost-good")?;
    copy(&data, &good)?;

    std::fs::remove_file(data.join("secret.key"))?;
    refuses(round, findings, &data, "secret.key deleted", &["secret.key"]).await?;
    let made = data.join("secret.key").exists();
    let figure = if made { "a new one was made" } else { "none was made" };
    findings.ask("secret.key deleted", "no new key in its place", figure, !made);

    again(&good, &data)?;
    std::fs::copy(older.join("pratikar.db"), data.join("pratikar.db"))?;
    refuses(round, findings, &data, "an older database below the newest published head", &[]).await?;
    again(&good, &data)?;
    std::fs::copy(older.join("pratikar.db"), data.join("pratikar.db"))?;
    let said = round.run(&data, &["verify"]).await?;
    findings.ask("verify of an older database", "it tells", said.end(), !said.good && !said.text.contains("panicked"));

    again(&good, &data)?;
    std::fs::remove_file(data.join("pratikar.db"))?;
    refuses(round, findings, &data, "pratikar.db deleted", &[]).await?;

    again(&good, &data)?;
    log_lost(round, findings, &data).await
}

/// One life of a server, with so many lodgings and a published head.
async fn live(round: &Round, data: &Path, lodgings: u32) -> Result<()> {
    let mut server = Server::start(round, data, &Options { unlimited: true, ..Options::default() }).await?;
    let citizen = Person::anon(&server.base)?;
    for _ in 0..lodgings {
        ensure!(citizen.lodge(&form(), &tests::key()).await?.status == 201, "a lodging is not taken");
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    server.stop().await;
    Ok(())
}

/// Moves the log into the database file.
pub fn flush(data: &Path) -> Result<()> {
    let connection = rusqlite::Connection::open(data.join("pratikar.db"))?;
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(())
}

/// Restores a folder.
pub fn again(good: &Path, data: &Path) -> Result<()> {
    std::fs::remove_dir_all(data)?;
    copy(good, data)
}

/// The last entry of the database, and the one of the newest head in heads.jsonl.
fn heads(data: &Path) -> Result<(i64, i64)> {
    let newest = std::fs::read_to_string(data.join("heads.jsonl")).unwrap_or_default();
    let newest = newest.lines().last().and_then(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let published = newest.and_then(|head| head["seq"].as_i64()).unwrap_or(0);
    Ok((crate::stored::number(data, "SELECT coalesce(max(seq), 0) FROM event")?, published))
}

/// Checks that a start is refused, with these words and a command that explains.
async fn refuses(round: &Round, findings: &mut Findings, data: &Path, done: &str, words: &[&str]) -> Result<()> {
    let mut server = Server::launch(round, data, &Options::default())?;
    let client = Person::anon(&server.base)?;
    let began = Instant::now();
    let mut ended = None;
    while began.elapsed() < Duration::from_secs(25) && ended.is_none() {
        ended = server.ends_within(Duration::from_millis(100)).await;
        if ended.is_none() && client.get("/readyz").await.is_ok_and(|answer| answer.status == 200) {
            break;
        }
    }
    let log = server.log();
    server.kill();
    let explains = ["pratikar restore", "pratikar verify", "pratikar backup", "pratikar ", " restore", " verify"];
    let named = explains.iter().any(|command| log.contains(command)) && words.iter().all(|word| log.contains(word));
    let refused = ended.is_some_and(|status| !status.success());
    let figure = match (refused, named) {
        (false, _) => "it started and served".to_owned(),
        (true, true) => format!("refused: {}", server.last_words()),
        (true, false) => format!("refused, and names no command: {}", server.last_words()),
    };
    findings.ask(done, "refuses, and says which command explains", figure, refused && named);
    Ok(())
}

/// Lodgings and a published head that are only in the log, which is then lost.
async fn log_lost(round: &Round, findings: &mut Findings, data: &Path) -> Result<()> {
    for _ in 0..2 {
        let mut server = Server::start(round, data, &Options { unlimited: true, ..Options::default() }).await?;
        let citizen = Person::anon(&server.base)?;
        for _ in 0..10 {
            citizen.lodge(&form(), &tests::key()).await?;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        server.kill();
    }
    for name in ["pratikar.db-wal", "pratikar.db-shm"] {
        let _ = std::fs::remove_file(data.join(name));
    }
    let (have, published) = heads(data)?;
    if have >= published {
        let figure = format!("all {published} published entries stand in the file: nothing published was lost");
        findings.tell("-wal deleted after kill -9", figure);
        return Ok(());
    }
    let done = "-wal deleted after kill -9, below a published head";
    refuses(round, findings, data, done, &[]).await?;
    let said = round.run(data, &["verify"]).await?;
    findings.ask("verify without the log", "it tells", said.end(), !said.good);
    Ok(())
}
