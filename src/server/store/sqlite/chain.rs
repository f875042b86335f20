//! The two chains beside the ledger: readings of personal data, and records of everything else that must not change
//! unnoticed. Each entry's hash covers the entry and the hash before it.

use super::writer::Effects;
use super::{Result, blob, millis, name, number, person};
use crate::ledger::{Hash, Head};
use crate::store::{Chains, Reading, StoreError};
use model::{DepartmentCode, Reference, StaffId, Time};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};

/// What is recorded: kind, table, key, columns, and which rows of the table count.
pub(super) struct Recorded {
    kind: &'static str,
    table: &'static str,
    key: &'static str,
    columns: &'static str,
    counts: &'static str,
}

pub(super) const ACCOUNT: Recorded = Recorded {
    kind: "account",
    table: "account",
    key: "id",
    columns: "id, username, name, password, role, scope, mobile",
    counts: "1",
};
pub(super) const OFFICE: Recorded = Recorded {
    kind: "office",
    table: "office",
    key: "id",
    columns: "id, department, district, name_en, name_bn",
    counts: "1",
};
pub(super) const RULES: Recorded =
    Recorded { kind: "rules", table: "rule_set", key: "version", columns: "version, at, body", counts: "1" };
pub(super) const PERSON: Recorded = Recorded {
    kind: "person",
    table: "person",
    key: "id",
    columns: "id, mobile, verified_at",
    counts: "verified_at IS NOT NULL",
};
pub(super) const ATTACHMENT: Recorded = Recorded {
    kind: "attachment",
    table: "attachment",
    key: "id",
    columns: "id, kind, width, height, seconds, media, length, digest, stored, created",
    counts: "width + seconds > 0",
};
pub(super) const HEAD: Recorded = Recorded {
    kind: "head",
    table: "ledger_head",
    key: "seq",
    columns: "seq, hash, at, signature, chains",
    counts: "1",
};
/// What somebody was told about a case; how far the message has come changes by itself.
pub(super) const MESSAGE: Recorded = Recorded {
    kind: "message",
    table: "outbox",
    key: "id",
    columns: "id, reference, recipient, template, registered_id, language, body, created, cause, priority, expires",
    counts: "reference IS NOT NULL",
};
pub(super) const SILENCED: Recorded =
    Recorded { kind: "silenced", table: "silenced", key: "rowid", columns: "mobile, reference, at", counts: "1" };
const ALL: [Recorded; 8] = [ACCOUNT, OFFICE, RULES, PERSON, ATTACHMENT, HEAD, MESSAGE, SILENCED];

/// The digest of a row, each value with its type and length, from this column on.
fn digest(row: &Row<'_>, first: usize, columns: usize) -> rusqlite::Result<Hash> {
    let mut digest = Sha256::new();
    for column in first..columns {
        let (kind, bytes): (u8, Vec<u8>) = match row.get_ref(column)? {
            ValueRef::Null => (0, Vec::new()),
            ValueRef::Integer(value) => (1, value.to_be_bytes().to_vec()),
            ValueRef::Real(value) => (2, value.to_be_bytes().to_vec()),
            ValueRef::Text(value) => (3, value.to_vec()),
            ValueRef::Blob(value) => (4, value.to_vec()),
        };
        digest.update([kind]);
        digest.update((bytes.len() as u64).to_be_bytes());
        digest.update(&bytes);
    }
    Ok(digest.finalize().into())
}

fn next(head: Head, digest: Hash) -> Head {
    let mut chained = Sha256::new();
    chained.update(head.hash);
    chained.update(digest);
    Head { seq: head.seq + 1, hash: chained.finalize().into() }
}

fn seq(head: Head) -> i64 {
    i64::try_from(head.seq).unwrap_or(i64::MAX)
}

fn end(connection: &Connection, table: &str) -> Result<Head> {
    let sql = format!("SELECT seq, hash FROM {table} ORDER BY seq DESC LIMIT 1");
    let found: Option<(i64, Vec<u8>)> =
        connection.prepare_cached(&sql)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    match found {
        Some((seq, hash)) => Ok(Head { seq: u64::try_from(seq).unwrap_or(0), hash: blob(&hash)? }),
        None => Ok(Head::default()),
    }
}

/// Where both chains end.
pub(super) fn ends(connection: &Connection) -> Result<Chains> {
    Ok(Chains { readings: end(connection, "reading")?, records: end(connection, "record")? })
}

const READING: &str = "seq, at, staff, role, department, what, reference, person, cases, reason";

/// Adds an entry to the chain in `table` that ends at `end`: its columns, and the values of those after `seq`. Answers the new end.
fn append(connection: &Connection, table: &str, columns: &str, end: Head, values: &[&dyn ToSql]) -> Result<Head> {
    let seq = seq(Head { seq: end.seq + 1, ..end });
    let mut values: Vec<&dyn ToSql> = std::iter::once(&seq as &dyn ToSql).chain(values.iter().copied()).collect();
    let width = values.len();
    let places = (1..=width).map(|place| format!("?{place}")).collect::<Vec<_>>().join(", ");
    // The digest is taken of the values as the database will give them back.
    let digest = connection
        .prepare_cached(&format!("SELECT {places}"))?
        .query_row(values.as_slice(), |row| digest(row, 0, width))?;
    let end = next(end, digest);
    values.push(&end.hash);
    connection
        .prepare_cached(&format!("INSERT INTO {table} ({columns}, hash) VALUES ({places}, ?{})", width + 1))?
        .execute(values.as_slice())?;
    Ok(end)
}

/// Writes down a reading.
pub(super) fn read(connection: &Connection, chains: &mut Chains, reading: &Reading) -> Result<()> {
    let values = params![
        millis(reading.at),
        reading.actor.staff.map(StaffId::get),
        name(&reading.actor.role)?,
        reading.actor.department().map(DepartmentCode::as_str),
        reading.what.code(),
        reading.reference.map(number),
        reading.person.map(person),
        reading.cases,
        reading.reason,
    ];
    chains.readings = append(connection, "reading", READING, chains.readings, values)?;
    Ok(())
}

/// Writes down what a row is now; that it is gone, where it is.
pub(super) fn record(
    connection: &Connection,
    effects: &mut Effects<'_>,
    recorded: &Recorded,
    key: &dyn ToSql,
    at: Time,
) -> Result<()> {
    record_row(connection, effects.chains, recorded, key, millis(at))
}

pub(super) fn record_row(
    connection: &Connection,
    chains: &mut Chains,
    recorded: &Recorded,
    key: &dyn ToSql,
    at: i64,
) -> Result<()> {
    let Recorded { kind, table, key: column, columns, counts } = recorded;
    let sql = format!("SELECT {columns} FROM {table} WHERE {column} = ?1 AND ({counts})");
    let mut statement = connection.prepare_cached(&sql)?;
    let width = statement.column_count();
    let row: Option<Hash> = statement.query_row([key], |row| digest(row, 0, width)).optional()?;
    let subject: String = connection.prepare_cached("SELECT CAST(?1 AS TEXT)")?.query_row([key], |row| row.get(0))?;
    enter(connection, chains, kind, &subject, row, at)
}

/// Adds an entry to the chain of records.
fn enter(
    connection: &Connection,
    chains: &mut Chains,
    kind: &str,
    subject: &str,
    row: Option<Hash>,
    at: i64,
) -> Result<()> {
    let values = params![at, kind, subject, row];
    chains.records = append(connection, "record", "seq, at, kind, subject, digest", chains.records, values)?;
    Ok(())
}

/// Records that somebody went on without these entries.
pub(super) fn record_loss(connection: &Connection, entries: &str, at: Time) -> Result<()> {
    enter(connection, &mut ends(connection)?, "loss", entries, None, millis(at))
}

/// What is recorded of words that were erased in order.
const ERASED: &str = "erased";

/// Erases the words of a case, on record; answers how many entries had some.
pub(super) fn erase(
    connection: &Connection,
    effects: &mut Effects<'_>,
    reference: Reference,
    at: Time,
) -> Result<usize> {
    let mut statement = connection.prepare_cached(
        "DELETE FROM document WHERE seq IN (SELECT seq FROM event WHERE reference = ?1) RETURNING seq",
    )?;
    let erased: Vec<i64> =
        statement.query_map([number(reference)], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    for seq in &erased {
        enter(connection, effects.chains, ERASED, &seq.to_string(), None, millis(at))?;
    }
    Ok(erased.len())
}

/// The entries whose words were erased in order.
pub(super) fn erased(connection: &Connection) -> Result<HashSet<i64>> {
    let mut statement = connection.prepare("SELECT CAST(subject AS INTEGER) FROM record WHERE kind = ?1")?;
    Ok(statement.query_map([ERASED], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// Attachments that have come once.
pub(super) fn recorded_attachments(connection: &Connection) -> Result<HashSet<String>> {
    let mut statement = connection.prepare("SELECT DISTINCT subject FROM record WHERE kind = ?1")?;
    Ok(statement.query_map([ATTACHMENT.kind], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// Takes over what an older version has kept: readings get their chain, rows their first record.
pub(super) fn adopt(connection: &Connection) -> Result<()> {
    let mut chains = Chains::default();
    {
        let mut statement =
            connection.prepare("SELECT at, staff, role, department, reference, reason FROM access ORDER BY id")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (staff, role): (Option<i64>, String) = (row.get(1)?, row.get(2)?);
            let (department, reason): (Option<String>, Option<String>) = (row.get(3)?, row.get(5)?);
            let what = if reason.is_some() { "number" } else { "case" };
            let (at, reference): (i64, i64) = (row.get(0)?, row.get(4)?);
            let entry = i64::try_from(chains.readings.seq + 1).unwrap_or(i64::MAX);
            let none: Option<i64> = None;
            let digest = connection
                .prepare_cached("SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10")?
                .query_row(params![entry, at, staff, role, department, what, reference, none, 1, reason], |row| {
                    digest(row, 0, 10)
                })?;
            chains.readings = next(chains.readings, digest);
            connection
                .prepare_cached(&format!(
                    "INSERT INTO reading ({READING}, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL, 1, ?8, ?9)"
                ))?
                .execute(params![entry, at, staff, role, department, what, reference, reason, chains.readings.hash])?;
        }
    }
    connection.execute_batch("DROP TABLE access")?;
    adopt_rows(connection, &[ACCOUNT, OFFICE, RULES, PERSON, ATTACHMENT, HEAD])
}

/// Gives rows that were kept without a record their first one.
pub(super) fn adopt_rows(connection: &Connection, all: &[Recorded]) -> Result<()> {
    let mut chains = ends(connection)?;
    for recorded in all {
        let Recorded { table, key, counts, .. } = recorded;
        let mut statement = connection.prepare(&format!("SELECT {key} FROM {table} WHERE {counts} ORDER BY {key}"))?;
        let keys: Vec<Value> = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        for key in keys {
            record_row(connection, &mut chains, recorded, &key, 0)?;
        }
    }
    Ok(())
}

/// Walks both chains and compares every recorded row; tells each fault. Answers where the chains end, and their hashes at
/// the places asked for.
pub(super) fn verify(connection: &Connection, mut fault: impl FnMut(String)) -> Result<Walked> {
    let mut walked = Walked::default();
    let mut statement = connection.prepare(&format!("SELECT {READING}, hash FROM reading ORDER BY seq"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let stored: i64 = row.get(0)?;
        walked.readings.push(follow(stored, digest(row, 0, 10)?, row, 10, walked.readings.last(), |what| {
            fault(format!("reading {stored} {what}"));
        })?);
    }
    let mut latest: HashMap<(String, String), Option<Hash>> = HashMap::new();
    let mut statement = connection.prepare("SELECT seq, at, kind, subject, digest, hash FROM record ORDER BY seq")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let stored: i64 = row.get(0)?;
        walked.records.push(follow(stored, digest(row, 0, 5)?, row, 5, walked.records.last(), |what| {
            fault(format!("record {stored} {what}"));
        })?);
        let row_digest: Option<Vec<u8>> = row.get(4)?;
        latest.insert((row.get(2)?, row.get(3)?), row_digest.map(|bytes| blob(&bytes)).transpose()?);
    }
    for Recorded { kind, table, key, columns, counts } in &ALL {
        let sql = format!("SELECT CAST({key} AS TEXT), {columns} FROM {table} WHERE {counts}");
        let mut statement = connection.prepare(&sql)?;
        let width = statement.column_count() - 1;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let subject: String = row.get(0)?;
            let found = digest(row, 1, width + 1)?;
            match latest.remove(&((*kind).to_owned(), subject.clone())) {
                Some(Some(recorded)) if recorded == found => {}
                Some(_) => fault(format!("{kind} {subject} is not what was recorded")),
                None => fault(format!("{kind} {subject} was never recorded")),
            }
        }
    }
    for ((kind, subject), _) in latest.into_iter().filter(|(_, digest)| digest.is_some()) {
        fault(format!("{kind} {subject} is gone"));
    }
    Ok(walked)
}

/// The hashes of both chains, entry by entry.
#[derive(Default)]
pub(super) struct Walked {
    pub readings: Vec<Hash>,
    pub records: Vec<Hash>,
}

fn follow(
    stored: i64,
    digest: Hash,
    row: &Row<'_>,
    hash: usize,
    last: Option<&Hash>,
    mut fault: impl FnMut(&str),
) -> Result<Hash> {
    let before = last.copied().unwrap_or_default();
    let expected = next(Head { seq: 0, hash: before }, digest).hash;
    let found: Hash = blob(&row.get::<_, Vec<u8>>(hash)?)?;
    if expected != found {
        fault("does not fit its chain");
    }
    if stored < 1 {
        return Err(StoreError::Unavailable("a chain begins before its first entry".into()));
    }
    Ok(found)
}
