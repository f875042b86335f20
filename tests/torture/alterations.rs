//! Alterations by hand, as somebody with the database and a text editor could make them: each column and row of each
//! table, each trigger and index, each file. `pratikar verify` finds every one, and nothing in an unaltered copy.

use crate::lost::{again, flush};
use crate::person::{Person, form};
use crate::report::Findings;
use crate::round::{Round, copy, files};
use crate::server::{Options, Server};
use crate::uploads::{announce, finish};
use anyhow::{Context, Result};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use std::path::Path;
use std::time::Duration;

/// Tables whose rows come and go in normal use.
const VOLATILE: [&str; 5] = ["session", "code", "sign_in_failure", "idempotency", "fact"];
/// Columns that change without anybody's action.
const COMING_AND_GOING: [&str; 7] = [
    "account.failures",
    "account.failed_at",
    "outbox.state",
    "outbox.attempts",
    "outbox.next_try",
    "outbox.sent_after",
    "outbox.error",
];

/// What is altered.
#[derive(Debug, Clone)]
enum Alteration {
    Column { table: String, column: String, kind: String },
    Deleted { table: String },
    Dropped { kind: String, name: String },
    File { what: &'static str, path: std::path::PathBuf, deed: Deed },
}

#[derive(Debug, Clone, Copy)]
enum Deed {
    FlipByte,
    Remove,
    DropLine,
    Replace,
}

impl Alteration {
    fn name(&self) -> String {
        match self {
            Self::Column { table, column, .. } => format!("{table}.{column}"),
            Self::Deleted { table } => format!("a row of {table} deleted"),
            Self::Dropped { kind, name } => format!("{kind} {name} dropped"),
            Self::File { what, .. } => (*what).to_owned(),
        }
    }
}

/// Runs the trial.
pub async fn trial(round: &Round, findings: &mut Findings) -> Result<()> {
    let data = round.data("alterations")?;
    prepare(round, &data, findings).await?;
    let good = round.folder("alterations-good")?;
    copy(&data, &good)?;
    let said = round.run(&data, &["verify"]).await?;
    findings.ask("an untouched copy", "verify exits with 0", said.end(), said.good);
    if !said.good {
        return Ok(());
    }
    let mut all = alterations(&data)?;
    let found_in_all = all.len();
    let mut rng = round.rng("alterations");
    if round.short {
        // All files, and so many columns that there are forty alterations.
        let (files, mut columns): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|one| matches!(one, Alteration::File { .. }));
        rng.shuffle(&mut columns);
        columns.truncate(40 - files.len());
        all = [files, columns].concat();
    }
    let (mut missed, mut untried) = (Vec::new(), Vec::new());
    let tried = all.len();
    for alteration in all {
        again(&good, &data)?;
        if let Err(why) = alter(&data, &alteration, &mut rng) {
            untried.push(format!("{} ({why})", alteration.name()));
            continue;
        }
        let said = round.run(&data, &["verify"]).await?;
        // A program that crashes has not said what is wrong.
        match said.code {
            Some(0) => missed.push(alteration.name()),
            Some(1) => {}
            _ => missed.push(format!("{} (it broke off: {})", alteration.name(), said.end())),
        }
    }
    let figure = format!("{} of {tried} found; not found: {}", tried - missed.len() - untried.len(), missed.join(", "));
    findings.ask("alterations by hand", "verify finds every one", figure, missed.is_empty());
    let figure = format!(
        "{tried} of {found_in_all} tried; tables {} and columns {} change by themselves; could not be made: {}",
        VOLATILE.join(", "),
        COMING_AND_GOING.join(", "),
        if untried.is_empty() { "none".to_owned() } else { untried.join(", ") }
    );
    findings.tell("alterations left out", figure);
    again(&good, &data)
}

/// A life with a photo, a note, a reading, a number that was shown, and a published head.
async fn prepare(round: &Round, data: &Path, findings: &mut Findings) -> Result<()> {
    let options = Options { unlimited: true, ..Options::default() };
    let mut server = Server::start(round, data, &options).await?;
    let citizen = Person::anon(&server.base)?;
    // An unfinished upload must not matter; the newest row of each table is altered.
    announce(&citizen, 4_000).await?;
    for _ in 0..2 {
        let photo = citizen.photo(&tests::photo()).await?.field("id");
        let spoken = tests::spoken(100);
        let announced = [("upload-length", spoken.len().to_string()), ("upload-metadata", "kind dm9pY2U=".to_owned())];
        let announced: Vec<(&str, &str)> = announced.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let opened = citizen.send("POST", "/api/uploads", &announced, Vec::new()).await?;
        let place = opened.header("location").to_owned();
        finish(&citizen, &place, &spoken, 3).await?;
        let mut form = form();
        form["photos"] = serde_json::json!([photo]);
        form["voice"] = place.rsplit('/').next().into();
        let lodged = citizen.lodge(&form, &tests::key()).await?;
        let staff = Person::staff(&server.base, "analyst").await?;
        let number = lodged.field("reference");
        staff.act(&number, &serde_json::json!({ "note": { "text": "দেখা হয়েছে" } }), &tests::key()).await?;
        let path = format!("/api/grievances/{number}/reveal");
        staff.post(&path, &serde_json::json!({ "reason": "ফোন" }), &[]).await?;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    server.stop().await;
    let mut server = Server::start(round, data, &options).await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let said = round.run(data, &["verify"]).await?;
    findings.ask("verify beside a running server", "exits with 0", said.end(), said.good);
    server.stop().await;
    flush(data)
}

/// Everything in this folder that can be altered.
fn alterations(data: &Path) -> Result<Vec<Alteration>> {
    let connection = Connection::open(data.join("pratikar.db"))?;
    let tables: Vec<String> = connection
        .prepare(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name",
        )?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut all = Vec::new();
    for table in tables {
        let shadow = ["_data", "_idx", "_docsize", "_config", "_content"].iter().any(|end| table.ends_with(end));
        if VOLATILE.contains(&table.as_str()) || table.starts_with("sqlite_") || shadow {
            continue;
        }
        let rows: i64 = connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?;
        if rows == 0 {
            continue;
        }
        let columns: Vec<(String, String)> = connection
            .prepare("SELECT name, type FROM pragma_table_info(?1)")?
            .query_map([&table], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        for (column, kind) in columns {
            if !COMING_AND_GOING.contains(&format!("{table}.{column}").as_str()) {
                all.push(Alteration::Column { table: table.clone(), column, kind });
            }
        }
        all.push(Alteration::Deleted { table });
    }
    let dropped = "SELECT type, name FROM sqlite_master WHERE type IN ('trigger', 'index') AND sql IS NOT NULL";
    all.extend(
        connection
            .prepare(dropped)?
            .query_map([], |row| Ok(Alteration::Dropped { kind: row.get(0)?, name: row.get(1)? }))?
            .collect::<rusqlite::Result<Vec<_>>>()?,
    );
    let photo = files(&data.join("photos")).into_iter().find(|path| path.extension().is_some_and(|end| end == "jpg"));
    let photo = photo.context("a photo")?;
    let voice = files(&data.join("voices")).into_iter().next().context("a note")?;
    let relative = |path: &Path| path.strip_prefix(data).map(Path::to_owned).unwrap_or_default();
    let file = |what, path: &Path, deed| Alteration::File { what, path: relative(path), deed };
    all.extend([
        file("a photo's bytes", &photo, Deed::FlipByte),
        file("a photo removed", &photo, Deed::Remove),
        file("a photo replaced", &photo, Deed::Replace),
        file("a note's bytes", &voice, Deed::FlipByte),
        file("a note removed", &voice, Deed::Remove),
        file("a line of heads.jsonl", &data.join("heads.jsonl"), Deed::DropLine),
        file("heads.jsonl removed", &data.join("heads.jsonl"), Deed::Remove),
        file("secret.key replaced", &data.join("secret.key"), Deed::FlipByte),
    ]);
    Ok(all)
}

fn alter(data: &Path, alteration: &Alteration, rng: &mut fastrand::Rng) -> Result<()> {
    match alteration {
        Alteration::File { path, deed, .. } => alter_file(&data.join(path), *deed, rng),
        Alteration::Column { table, column, kind } => {
            with_triggers_off(data, |connection| {
                let which = which(table);
                let sql = format!(
                    "SELECT rowid, {column} FROM {table} WHERE {which} ORDER BY ({column} IS NULL), rowid DESC LIMIT 1"
                );
                let (row, old): (i64, Value) = connection.query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
                let update = format!("UPDATE {table} SET {column} = ?1 WHERE rowid = ?2");
                // A second attempt for columns with few values or unique ones.
                let first =
                    connection.execute(&update, params_from_iter([another(&old, kind, 1), Value::Integer(row)]));
                if first.is_err() {
                    connection.execute(&update, params_from_iter([another(&old, kind, 7_919), Value::Integer(row)]))?;
                }
                Ok(())
            })
        }
        Alteration::Dropped { kind, name } => {
            Connection::open(data.join("pratikar.db"))?.execute_batch(&format!("DROP {kind} {name}"))?;
            flush(data)
        }
        Alteration::Deleted { table } => with_triggers_off(data, |connection| {
            let which = which(table);
            let sql = format!("DELETE FROM {table} WHERE rowid = (SELECT max(rowid) FROM {table} WHERE {which})");
            connection.execute(&sql, [])?;
            Ok(())
        }),
    }
}

/// Which rows of a table are kept: messages about no case, above all codes, are deleted.
fn which(table: &str) -> &'static str {
    if table == "outbox" { "reference IS NOT NULL" } else { "1" }
}

/// Another value of the same type.
fn another(old: &Value, kind: &str, by: i64) -> Value {
    match old {
        Value::Integer(number) => Value::Integer(number.wrapping_add(by)),
        Value::Real(number) => Value::Real(number + 1.0),
        Value::Text(text) => Value::Text(match text.as_str() {
            // A message has few states.
            "sent" => "dead".to_owned(),
            "pending" => "sent".to_owned(),
            _ => match serde_json::from_str::<serde_json::Value>(text) {
                Ok(mut json @ (serde_json::Value::Object(_) | serde_json::Value::Array(_))) => {
                    deepest(&mut json);
                    json.to_string()
                }
                _ => format!("{text}x"),
            },
        }),
        Value::Blob(bytes) => {
            let mut bytes = bytes.clone();
            if let Some(first) = bytes.first_mut() {
                *first ^= 1;
            }
            Value::Blob(bytes)
        }
        Value::Null if kind.eq_ignore_ascii_case("text") => Value::Text("x".into()),
        Value::Null if kind.eq_ignore_ascii_case("blob") => Value::Blob(vec![1; 32]),
        Value::Null => Value::Integer(by),
    }
}

/// Changes one number or text inside.
fn deepest(json: &mut serde_json::Value) -> bool {
    match json {
        serde_json::Value::Number(number) => {
            *json = (number.as_i64().unwrap_or(0) ^ 1).into();
            true
        }
        serde_json::Value::Bool(truth) => {
            *json = (!*truth).into();
            true
        }
        serde_json::Value::String(text) => {
            text.push('x');
            true
        }
        serde_json::Value::Array(all) => all.iter_mut().rev().any(deepest),
        serde_json::Value::Object(parts) => parts.values_mut().rev().any(deepest),
        serde_json::Value::Null => false,
    }
}

/// Does something while the triggers are removed, then restores them, so that they reveal nothing.
fn with_triggers_off(data: &Path, deed: impl FnOnce(&Connection) -> Result<()>) -> Result<()> {
    let connection = Connection::open(data.join("pratikar.db"))?;
    connection.execute_batch("PRAGMA foreign_keys = OFF")?;
    let triggers: Vec<(String, String)> = connection
        .prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (name, _) in &triggers {
        connection.execute_batch(&format!("DROP TRIGGER {name}"))?;
    }
    deed(&connection)?;
    for (_, sql) in &triggers {
        connection.execute_batch(sql)?;
    }
    drop(connection);
    flush(data)
}

fn alter_file(path: &Path, deed: Deed, rng: &mut fastrand::Rng) -> Result<()> {
    let mut bytes = std::fs::read(path)?;
    match deed {
        Deed::Remove => std::fs::remove_file(path)?,
        Deed::FlipByte => {
            let place = rng.usize(..bytes.len());
            if let Some(byte) = bytes.get_mut(place) {
                *byte ^= 0x10;
            }
            std::fs::write(path, bytes)?;
        }
        Deed::Replace => std::fs::write(path, tests::photo())?,
        Deed::DropLine => {
            let text = String::from_utf8(bytes)?;
            let kept: Vec<&str> = text.lines().skip(1).collect();
            std::fs::write(path, kept.iter().map(|line| format!("{line}\n")).collect::<String>())?;
        }
    }
    Ok(())
}
