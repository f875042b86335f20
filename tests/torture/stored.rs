//! Inspects a data folder: what is stored, and whether everything acknowledged is.

use crate::report::Findings;
use crate::round::{Round, files};
use crate::server::Server;
use anyhow::Result;
use rusqlite::{Connection, OpenFlags};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

/// Opens the database for reading, also beside a running server.
pub fn database(data: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(data.join("pratikar.db"), flags)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    Ok(connection)
}

/// One number from the database.
pub fn number(data: &Path, sql: &str) -> Result<i64> {
    Ok(database(data)?.query_row(sql, [], |row| row.get(0))?)
}

/// Entries of one case in the ledger.
pub fn entries(data: &Path, reference: &str) -> Result<i64> {
    let reference: i64 = reference.parse()?;
    number(data, &format!("SELECT count(*) FROM event WHERE reference = {reference}"))
}

/// Checks that every acknowledged number is stored once.
pub fn all_there(findings: &mut Findings, data: &Path, numbers: &[String]) -> Result<()> {
    let connection = database(data)?;
    let mut statement = connection.prepare("SELECT reference FROM grievance")?;
    let mut stored: BTreeMap<String, u32> = BTreeMap::new();
    for reference in statement.query_map([], |row| row.get::<_, i64>(0))? {
        *stored.entry(format!("{:012}", reference?)).or_default() += 1;
    }
    let distinct: BTreeSet<&String> = numbers.iter().collect();
    let lost = distinct.iter().filter(|number| !stored.contains_key(**number)).count();
    let twice = stored.values().filter(|times| **times > 1).count();
    let figure = format!("{} acknowledged, {lost} lost, {twice} twice", distinct.len());
    let held = lost == 0 && twice == 0 && !distinct.is_empty();
    findings.ask("acknowledged numbers", "each is there, once", figure, held);
    Ok(())
}

/// Checks that no row is incomplete: each case has entries and words, each entry a case.
pub fn no_half_rows(findings: &mut Findings, data: &Path) -> Result<()> {
    let asked = [
        (
            "cases without entries",
            "SELECT count(*) FROM grievance g WHERE g.reference NOT IN (SELECT reference FROM event)",
        ),
        (
            "entries without a case",
            "SELECT count(DISTINCT reference) FROM event e WHERE NOT EXISTS (SELECT 1 FROM grievance g WHERE g.reference = e.reference)",
        ),
        (
            "lodgings without words",
            "SELECT count(*) FROM event e WHERE e.version = 1 AND NOT EXISTS (SELECT 1 FROM document d WHERE d.seq = e.seq)",
        ),
        (
            "attachments of no case",
            "SELECT count(*) FROM attachment a WHERE a.reference IS NOT NULL AND NOT EXISTS (SELECT 1 FROM grievance g WHERE g.reference = a.reference)",
        ),
    ];
    let mut wrong = Vec::new();
    for (what, sql) in asked {
        let count = number(data, sql)?;
        if count > 0 {
            wrong.push(format!("{count} {what}"));
        }
    }
    let figure = if wrong.is_empty() { "none".to_owned() } else { wrong.join(", ") };
    findings.ask("half rows", "none", figure, wrong.is_empty());
    Ok(())
}

/// What may remain of a photo that was never acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leftovers {
    /// Nothing: a server that answers that it was not stored removes it.
    None,
    /// An empty file: the program was killed between creating and writing it.
    AfterCrash,
}

/// Checks that every attachment listed as arrived has a file with content.
pub fn files_there(findings: &mut Findings, data: &Path, leftovers: Leftovers) -> Result<()> {
    let found: BTreeMap<String, u64> = ["photos", "voices"]
        .iter()
        .flat_map(|folder| files(&data.join(folder)))
        .filter(|path| !path.components().any(|part| part.as_os_str() == "partial"))
        .map(|path| {
            let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            (name, path.metadata().map_or(0, |data| data.len()))
        })
        .collect();
    let connection = database(data)?;
    let mut statement = connection.prepare("SELECT id FROM attachment WHERE width > 0 OR seconds > 0")?;
    let ids: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let missing = ids.iter().filter(|id| found.get(*id).is_none_or(|length| *length == 0)).count();
    let left = found.iter().filter(|(id, length)| **length == 0 && !ids.contains(id)).count();
    let figure = format!("{} listed, {missing} without content, {left} empty files of nothing", ids.len());
    let held = missing == 0 && (left == 0 || leftovers == Leftovers::AfterCrash);
    let asked = match leftovers {
        Leftovers::None => "each has its file, no empty one is left",
        Leftovers::AfterCrash => "each has its file",
    };
    findings.ask("photos and notes", asked, figure, held);
    Ok(())
}

/// Checks that ledger and views are whole.
pub async fn whole(findings: &mut Findings, round: &Round, data: &Path, done: &str) -> Result<()> {
    let said = round.run(data, &["verify"]).await?;
    findings.ask(done, "the ledger is whole", said.end(), said.good);
    Ok(())
}

/// The end of every trial: the server stops when asked, nothing acknowledged is lost, everything is whole.
pub async fn settle(findings: &mut Findings, round: &Round, server: &mut Server, numbers: &[String]) -> Result<()> {
    settle_with(findings, round, server, numbers, Leftovers::None).await
}

/// As [`settle`], with what an earlier crash may have left.
pub async fn settle_with(
    findings: &mut Findings,
    round: &Round,
    server: &mut Server,
    numbers: &[String],
    leftovers: Leftovers,
) -> Result<()> {
    let stopped = server.stop().await;
    let figure = stopped.map_or("still there after 40 s".into(), |time| format!("{:.1} s", time.as_secs_f64()));
    findings.ask("SIGTERM", "it ends within 30 s", figure, stopped.is_some_and(|time| time < Duration::from_secs(30)));
    all_there(findings, &server.data, numbers)?;
    no_half_rows(findings, &server.data)?;
    files_there(findings, &server.data, leftovers)?;
    whole(findings, round, &server.data, "verify").await
}
