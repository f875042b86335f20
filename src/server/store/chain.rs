//! The two chains beside the ledger: readings of personal data, and records of rows that must not change unnoticed.
//! Each entry's hash covers the entry and the hash before it.

use super::pack;
use super::sql::{Cell, Connection, Row, Value, params};
use super::writer::Effects;
use super::{Reading, Result, StoreError, millis, number, person, proof, reference};
use crate::ledger::{Chains, Hash, Head};
use model::names::code_of;
use model::{DepartmentCode, Reference, StaffId, Time};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash as _, Hasher};
use std::ops::Range;

/// The ends of everything that only grows: the ledger, the two chains beside it, the cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Ends {
    /// Last entry of the ledger.
    pub ledger: Head,
    /// Last reading.
    pub readings: Head,
    /// Last record.
    pub records: Head,
    /// Number of cases, which is the ordinal of the last one.
    pub cases: u64,
}

impl Ends {
    /// The ends of the two chains beside the ledger.
    pub fn chains(&self) -> Chains {
        Chains { readings: self.readings, records: self.records }
    }
}

/// A kind of row that is recorded: table, key, columns, and which rows count. What is hashed are the values of the columns,
/// however they are stored.
pub(super) struct Recorded {
    kind: &'static str,
    table: &'static str,
    key: &'static str,
    columns: &'static str,
    counts: &'static str,
    /// The digest of these columns of a row.
    digest: fn(&Row<'_>, Range<usize>) -> Result<Hash>,
}

pub(super) const ACCOUNT: Recorded = Recorded {
    kind: "account",
    table: "account",
    key: "id",
    columns: "id, username, name, password, role, scope, mobile",
    counts: "1 = 1",
    digest: digest_of_row,
};
pub(super) const OFFICE: Recorded = Recorded {
    kind: "office",
    table: "office",
    key: "id",
    columns: "id, department, district, name_en, name_bn",
    counts: "1 = 1",
    digest: digest_of_row,
};
pub(super) const RULES: Recorded = Recorded {
    kind: "rules",
    table: "rule_set",
    key: "version",
    columns: "version, at, body",
    counts: "1 = 1",
    digest: digest_of_row,
};
pub(super) const PERSON: Recorded = Recorded {
    kind: "person",
    table: "person",
    key: "id",
    columns: "id, mobile, verified_at",
    counts: "verified_at IS NOT NULL",
    digest: digest_of_row,
};
pub(super) const ATTACHMENT: Recorded = Recorded {
    kind: "attachment",
    table: "attachment",
    key: "id",
    columns: "id, kind, width, height, seconds, media, length, digest, stored, created",
    counts: "width + seconds > 0",
    digest: digest_of_row,
};
pub(super) const HEAD: Recorded = Recorded {
    kind: "head",
    table: "ledger_head",
    key: "seq",
    columns: "seq, hash, at, signature, chains",
    counts: "1 = 1",
    digest: digest_of_row,
};
/// A message about a case. Its state is not recorded, since it changes by itself. The columns are those of the first version,
/// in which everything was text: number, recipient, template, registered id, language, body, and the cause as entry, recipient
/// and template. Most messages never change: those are their own records ([`record_message`]), and count for the others no more.
pub(super) const MESSAGE: Recorded = Recorded {
    kind: "message",
    table: "outbox",
    key: "id",
    columns: "id, reference, CAST(recipient AS TEXT), \
              (SELECT name FROM template WHERE template.id = outbox.template), \
              (SELECT registered_id FROM template WHERE template.id = outbox.template), \
              (SELECT language FROM template WHERE template.id = outbox.template), packed, created, \
              CAST(cause AS TEXT) || ' ' || CAST(recipient AS TEXT) || ' ' || \
              (SELECT name FROM template WHERE template.id = outbox.template), priority, expires",
    counts: "reference IS NOT NULL AND record IS NULL",
    digest: digest_of_message,
};
pub(super) const TEMPLATE: Recorded = Recorded {
    kind: "template",
    table: "template",
    key: "id",
    columns: "id, name, registered_id, language",
    counts: "1 = 1",
    digest: digest_of_row,
};
pub(super) const SILENCED: Recorded = Recorded {
    kind: "silenced",
    table: "silenced",
    key: "id",
    columns: "mobile, reference, at",
    counts: "1 = 1",
    digest: digest_of_row,
};
pub(super) const SETTING: Recorded = Recorded {
    kind: "setting",
    table: "setting",
    key: "seq",
    columns: "seq, at, who, name, why, packed, undoes",
    counts: "1 = 1",
    digest: digest_of_row,
};
const ALL: [Recorded; 10] = [ACCOUNT, OFFICE, RULES, PERSON, ATTACHMENT, HEAD, MESSAGE, SILENCED, SETTING, TEMPLATE];

/// The kinds of records; the column holds the place in this list, so it is only added to. The names are what is hashed.
const KINDS: [&str; 12] = [
    ACCOUNT.kind,
    OFFICE.kind,
    RULES.kind,
    PERSON.kind,
    ATTACHMENT.kind,
    HEAD.kind,
    MESSAGE.kind,
    SILENCED.kind,
    SETTING.kind,
    LOSS,
    ERASED,
    TEMPLATE.kind,
];
/// The kind of record for an accepted loss of entries.
const LOSS: &str = "loss";
/// The kind of record for statements that were erased properly.
const ERASED: &str = "erased";

/// The number of a kind in its column; -1 for none of ours.
pub(super) fn kind_column(kind: &str) -> i64 {
    KINDS.iter().position(|other| *other == kind).and_then(|place| i64::try_from(place).ok()).unwrap_or(-1)
}

/// The hash is stored with every so-many-th record; in between it is recomputed.
const MARKED: u64 = 64;

impl Recorded {
    /// Number of recorded columns.
    fn width(&self) -> usize {
        self.columns.split(", ").count()
    }
}

/// The digest of values, each with its type and length.
fn digest<'v>(values: impl IntoIterator<Item = Cell<'v>>) -> Hash {
    let mut digest = Sha256::new();
    let mut add = |kind: u8, bytes: &[u8]| {
        digest.update([kind]);
        digest.update((bytes.len() as u64).to_be_bytes());
        digest.update(bytes);
    };
    for value in values {
        // 2 stood for fractions, of which there are none.
        match value {
            Cell::Null => add(0, &[]),
            Cell::Integer(value) => add(1, &value.to_be_bytes()),
            Cell::Text(value) => add(3, value.as_bytes()),
            Cell::Blob(value) => add(4, value),
        }
    }
    digest.finalize().into()
}

/// The digest of a row's columns.
fn digest_of_row(row: &Row<'_>, columns: Range<usize>) -> Result<Hash> {
    let cells: Vec<Cell<'_>> = columns.map(|column| row.cell(column)).collect::<Result<_>>()?;
    Ok(digest(cells))
}

/// The digest of a message's columns, with the packed text as the text that it was.
fn digest_of_message(row: &Row<'_>, columns: Range<usize>) -> Result<Hash> {
    let of = row.get::<Option<i64>>(columns.start + 1)?.map(reference);
    let mut text = String::new();
    let mut cells = Vec::with_capacity(columns.len());
    for column in columns.clone() {
        cells.push(match row.cell(column)? {
            // What cannot be unpacked stays bytes, which no text has the digest of.
            Cell::Blob(packed) => match pack::unpack_message(of, packed) {
                Ok(unpacked) => {
                    text = unpacked;
                    None
                }
                Err(_) => Some(Cell::Blob(packed)),
            },
            cell => Some(cell),
        });
    }
    Ok(digest(cells.into_iter().map(|cell| cell.unwrap_or(Cell::Text(&text)))))
}

fn next(head: Head, digest: Hash) -> Head {
    let mut chained = Sha256::new();
    chained.update(head.hash);
    chained.update(digest);
    Head { seq: head.seq + 1, hash: chained.finalize().into() }
}

/// An entry of the chain of records.
struct Record {
    seq: i64,
    /// Milliseconds since 1970, UTC.
    at: i64,
    /// Its place in [`KINDS`].
    kind: i64,
    /// Key of the row.
    subject: String,
    /// Of the row; none where it was removed.
    row: Option<Hash>,
    /// Of the chain after it, where that is stored.
    hash: Option<Hash>,
    /// Whether it is the message itself.
    is_own: bool,
}

impl Record {
    /// The next record after an end.
    fn after(ends: Ends, kind: &str, subject: &str, row: Option<Hash>, at: i64) -> Self {
        let seq = seq(Head { seq: ends.records.seq + 1, ..ends.records });
        Self { seq, at, kind: kind_column(kind), subject: subject.to_owned(), row, hash: None, is_own: false }
    }

    /// What is hashed: number, moment, kind, subject, digest.
    fn digest(&self) -> Hash {
        let kind = usize::try_from(self.kind).ok().and_then(|place| KINDS.get(place));
        // A kind that there is not fits no chain.
        let kind = Cell::Text(kind.copied().unwrap_or_default());
        let row = self.row.as_ref().map_or(Cell::Null, |row| Cell::Blob(row));
        digest([Cell::Integer(self.seq), Cell::Integer(self.at), kind, Cell::Text(&self.subject), row])
    }

    /// Moves the end to this record; answers the chain's hash where that is stored.
    fn advance(&self, ends: &mut Ends) -> Option<Hash> {
        ends.records = next(ends.records, self.digest());
        ends.records.seq.is_multiple_of(MARKED).then_some(ends.records.hash)
    }

    fn insert(&self, connection: &Connection, mark: Option<Hash>) -> Result<()> {
        let Self { seq, at, kind, subject, row, .. } = self;
        connection.defer(ADD_RECORD, params![*seq, *at, *kind, subject, *row, mark])
    }
}

/// Columns of a message that is its own record, for [`own_record`].
fn own_columns() -> String {
    format!("record, created, {}", MESSAGE.columns)
}

fn own_record(row: &Row<'_>) -> Result<Record> {
    Ok(Record {
        seq: row.get(0)?,
        at: row.get(1)?,
        kind: kind_column(MESSAGE.kind),
        subject: row.get::<i64>(2)?.to_string(),
        row: Some(digest_of_message(row, 2..2 + MESSAGE.width())?),
        hash: None,
        is_own: true,
    })
}

/// All records in order, those among them that are messages: both come by their numbers, for messages are numbered in the
/// order in which they are recorded.
struct Records<'c> {
    connection: &'c Connection,
    rows: Ahead,
    messages: Ahead,
}

/// Records that were read and not taken yet.
#[derive(Default)]
struct Ahead {
    read: VecDeque<Record>,
    /// The key up to which was read; `None` where there is no more.
    until: Option<i64>,
}

impl Ahead {
    /// Records read at once.
    const PAGE: i64 = 2_000;

    /// Reads the next page where nothing is left of the last; `page` gets the key after which it begins, and answers the
    /// records, each with its key.
    fn fill(&mut self, page: impl FnOnce(i64) -> Result<Vec<(i64, Record)>>) -> Result<()> {
        if let (true, Some(until)) = (self.read.is_empty(), self.until) {
            let page = page(until)?;
            self.until = page.last().map(|(key, _)| *key);
            self.read.extend(page.into_iter().map(|(_, record)| record));
        }
        Ok(())
    }
}

impl<'c> Records<'c> {
    fn of(connection: &'c Connection) -> Self {
        let ahead = || Ahead { until: Some(i64::MIN), ..Ahead::default() };
        Self { connection, rows: ahead(), messages: ahead() }
    }

    /// The next one; `None` after the last.
    fn next(&mut self) -> Result<Option<Record>> {
        let Self { connection, rows, messages } = self;
        rows.fill(|until| {
            let sql = "SELECT seq, at, kind, subject, digest, hash FROM record WHERE seq > ?1 ORDER BY seq LIMIT ?2";
            connection.all(sql, params![until, Ahead::PAGE], |row| {
                let (seq, at, kind, subject) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
                Ok((seq, Record { seq, at, kind, subject, row: row.get(4)?, hash: row.get(5)?, is_own: false }))
            })
        })?;
        messages.fill(|until| {
            let columns = own_columns();
            let sql = format!("SELECT {columns} FROM outbox WHERE id > ?1 AND record IS NOT NULL ORDER BY id LIMIT ?2");
            connection.all(&sql, params![until, Ahead::PAGE], |row| Ok((row.get(2)?, own_record(row)?)))
        })?;
        let first = match (rows.read.front(), messages.read.front()) {
            (Some(row), Some(message)) if message.seq < row.seq => &mut messages.read,
            (None, _) => &mut messages.read,
            (Some(_), _) => &mut rows.read,
        };
        Ok(first.pop_front())
    }
}

fn seq(head: Head) -> i64 {
    i64::try_from(head.seq).unwrap_or(i64::MAX)
}

/// The ends of all of them. Where entries are missing from the end of the ledger, the end is where it actually is, not
/// where `ledger_end` says; the start and `verify` report that. Records end where it says, and `verify` finds what is missing.
pub(super) fn ends(connection: &Connection) -> Result<Ends> {
    let sql = "SELECT e.seq, e.hash, e.cases, e.records, e.record_hash, r.seq, r.hash, (SELECT max(seq) FROM event)
               FROM ledger_end e LEFT JOIN (SELECT seq, hash FROM reading ORDER BY seq DESC LIMIT 1) r ON 1 = 1";
    let found = connection.first(sql, &[], |row| {
        let readings = match row.get::<Option<u64>>(5)? {
            Some(seq) => Head { seq, hash: row.get(6)? },
            None => Head::default(),
        };
        let ledger = Head { seq: row.get(0)?, hash: row.get(1)? };
        let records = Head { seq: row.get(3)?, hash: row.get(4)? };
        let ends = Ends { ledger, cases: row.get(2)?, readings, records };
        Ok((ends, row.get::<Option<u64>>(7)?.unwrap_or(0)))
    })?;
    let found = found.ok_or_else(|| StoreError::Damaged("the database does not say where its ledger ends".into()))?;
    let (ends, last) = found;
    if ends.ledger.seq == last {
        return Ok(ends);
    }
    let ledger = Head { seq: last, hash: proof::followed(connection, last)?.unwrap_or_default() };
    let cases = connection.one("SELECT count(*) FROM event WHERE version = 1", &[])?;
    Ok(Ends { ledger, cases, ..ends })
}

/// The end of the records as the row of the ends says.
fn said_end_of_records(connection: &Connection) -> Result<Option<Head>> {
    let sql = "SELECT records, record_hash FROM ledger_end";
    connection.first(sql, &[], |row| Ok(Head { seq: row.get(0)?, hash: row.get(1)? }))
}

/// The end of the ledger as its own row says: the last entry, and the number of cases.
pub(super) fn said_end(connection: &Connection) -> Result<(Head, u64)> {
    let sql = "SELECT seq, hash, cases FROM ledger_end";
    let found =
        connection.first(sql, &[], |row| Ok((Head { seq: row.get(0)?, hash: row.get(1)? }, row.get::<u64>(2)?)))?;
    found.ok_or_else(|| StoreError::Damaged("the database does not say where its ledger ends".into()))
}

/// Stores the ends of the ledger and of the records where they have changed; readings keep the hash with each.
pub(super) fn put_ends(connection: &Connection, before: &Ends, now: &Ends) -> Result<()> {
    if (before.ledger, before.cases, before.records) != (now.ledger, now.cases, now.records) {
        connection.defer(
            "UPDATE ledger_end SET seq = ?1, hash = ?2, cases = ?3, records = ?4, record_hash = ?5",
            params![
                seq(now.ledger),
                now.ledger.hash,
                i64::try_from(now.cases).unwrap_or(i64::MAX),
                seq(now.records),
                now.records.hash
            ],
        )?;
    }
    Ok(())
}

const READING: &str = "seq, at, staff, role, department, what, reference, person, cases, reason";
const ADD_READING: &str =
    "INSERT INTO reading (seq, at, staff, role, department, what, reference, person, cases, reason, hash)
                           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
const ADD_RECORD: &str = "INSERT INTO record (seq, at, kind, subject, digest, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

/// Appends a reading to the chain that ends at `end`; `values` are its columns between `seq` and `hash`. Answers the new end.
fn append_reading(connection: &Connection, end: Head, values: &[Value]) -> Result<Head> {
    let mut all = vec![Value::from(seq(Head { seq: end.seq + 1, ..end }))];
    all.extend_from_slice(values);
    let end = next(end, digest(all.iter().map(Value::cell)));
    all.push(end.hash.into());
    connection.defer(ADD_READING, &all)?;
    Ok(end)
}

/// Records a reading.
pub(super) fn read(connection: &Connection, effects: &mut Effects<'_>, reading: &Reading) -> Result<()> {
    let values = params![
        millis(reading.at),
        reading.actor.staff.map(StaffId::get),
        code_of(&reading.actor.role),
        reading.actor.department().map(DepartmentCode::as_str),
        code_of(&reading.what),
        reading.reference.map(number),
        reading.person.map(person),
        reading.cases,
        reading.reason.as_deref(),
    ];
    effects.ends.readings = append_reading(connection, effects.ends.readings, values)?;
    Ok(())
}

/// Records what a row is now, or that it is gone.
pub(super) fn record(
    connection: &Connection,
    effects: &mut Effects<'_>,
    recorded: &Recorded,
    key: impl Into<Value>,
    at: Time,
) -> Result<()> {
    record_row(connection, effects.ends, recorded, &key.into(), millis(at))
}

pub(super) fn record_row(
    connection: &Connection,
    ends: &mut Ends,
    recorded: &Recorded,
    key: &Value,
    at: i64,
) -> Result<()> {
    let Recorded { kind, table, key: column, columns, counts, digest } = recorded;
    let sql = format!("SELECT {columns} FROM {table} WHERE {column} = ?1 AND ({counts})");
    let width = recorded.width();
    let row = connection.first(&sql, std::slice::from_ref(key), |row| digest(row, 0..width))?;
    enter(connection, ends, kind, &subject(key), row, at)
}

/// Records a row that was just inserted; `values` are its recorded columns in order, as they are hashed, the key first.
pub(super) fn record_values(
    connection: &Connection,
    ends: &mut Ends,
    recorded: &Recorded,
    values: &[Value],
    at: i64,
) -> Result<()> {
    let subject = values.first().map(subject).unwrap_or_default();
    enter(connection, ends, recorded.kind, &subject, Some(digest(values.iter().map(Value::cell))), at)
}

/// The name of a row in its record.
fn subject(key: &Value) -> String {
    match key {
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Null | Value::Blob(_) => String::new(),
    }
}

/// Records a message that is about to be inserted; `values` are its recorded columns in order, as they are hashed. Answers
/// what stands in its column `record`: messages are most of what is recorded, and nearly all of them never change, so the
/// message itself is the record, and its digest is taken of it again. Only where the chain's hash is stored with a record
/// does that get a row of its own.
pub(super) fn record_message(
    connection: &Connection,
    ends: &mut Ends,
    values: &[Value],
    at: i64,
) -> Result<Option<i64>> {
    let id = values.first().cloned().unwrap_or(Value::Null);
    let record = Record::after(*ends, MESSAGE.kind, &subject(&id), Some(digest(values.iter().map(Value::cell))), at);
    let mark = record.advance(ends);
    if mark.is_some() {
        return record.insert(connection, mark).map(|()| None);
    }
    Ok(Some(record.seq))
}

/// Gives the record of a message a row of its own, before what it was taken of changes or goes.
pub(super) fn keep_record_of_message(connection: &Connection, id: i64) -> Result<()> {
    let sql = format!("SELECT {} FROM outbox WHERE id = ?1 AND record IS NOT NULL", own_columns());
    let Some(record) = connection.first(&sql, params![id], own_record)? else { return Ok(()) };
    record.insert(connection, None)?;
    connection.execute("UPDATE outbox SET record = NULL WHERE id = ?1", params![id])?;
    Ok(())
}

/// Appends an entry to the chain of records.
fn enter(
    connection: &Connection,
    ends: &mut Ends,
    kind: &str,
    subject: &str,
    row: Option<Hash>,
    at: i64,
) -> Result<()> {
    let record = Record::after(*ends, kind, subject, row, at);
    let mark = record.advance(ends);
    record.insert(connection, mark)
}

/// Records that somebody accepted the loss of these entries.
pub(super) fn record_loss(connection: &Connection, entries: &str, at: Time) -> Result<()> {
    let mut ends = ends(connection)?;
    enter(connection, &mut ends, LOSS, entries, None, millis(at))?;
    // That of the ledger was moved back to where it ends.
    put_ends(connection, &Ends::default(), &ends)
}

/// Erases the statements of a case, on record; answers how many entries had one.
pub(super) fn erase(
    connection: &Connection,
    effects: &mut Effects<'_>,
    reference: Reference,
    at: Time,
) -> Result<usize> {
    // Where entries cannot be found, their words would stay.
    super::audit::history(connection, reference)?;
    let entries = proof::entries_from(proof::LAST_OF_CASE);
    let sql = format!("{entries} DELETE FROM document WHERE seq IN (SELECT seq FROM entries) RETURNING seq");
    let erased: Vec<i64> = connection.changed(&sql, params![number(reference)], |row| row.get(0))?;
    for seq in &erased {
        enter(connection, effects.ends, ERASED, &seq.to_string(), None, millis(at))?;
    }
    Ok(erased.len())
}

/// The entries whose statements were erased properly.
pub(super) fn erased(connection: &Connection) -> Result<HashSet<i64>> {
    let sql = "SELECT CAST(subject AS BIGINT) FROM record WHERE kind = ?1";
    Ok(connection.all(sql, params![kind_column(ERASED)], |row| row.get(0))?.into_iter().collect())
}

/// The cases of which words were erased on a later record than this one, read by `read`, each with the record's number.
pub(super) fn erased_since<T>(
    connection: &Connection,
    record: u64,
    limit: u32,
    read: impl Fn(&Row<'_>) -> Result<T>,
) -> Result<Vec<(u64, T)>> {
    let sql = "SELECT g.seq, g.ordinal, g.due, g.packed, g.next_deadline, r.seq FROM record r
               JOIN event e ON e.seq = CAST(r.subject AS BIGINT) JOIN grievance g ON g.reference = e.reference
               WHERE r.seq > ?1 AND r.kind = ?2 ORDER BY r.seq LIMIT ?3";
    let after = i64::try_from(record).unwrap_or(i64::MAX);
    connection.all(sql, params![after, kind_column(ERASED), limit], |row| Ok((row.get(5)?, read(row)?)))
}

/// Whether an attachment has ever arrived.
pub(super) fn was_recorded(connection: &Connection, attachment: &str) -> Result<bool> {
    let sql = "SELECT 1 FROM record WHERE kind = ?1 AND subject = ?2 LIMIT 1";
    Ok(connection.maybe::<i64>(sql, params![kind_column(ATTACHMENT.kind), attachment])?.is_some())
}

/// Adopts the tables of an older version: readings get their chain, rows their first record.
pub(super) fn adopt(connection: &Connection) -> Result<()> {
    let mut end = Head::default();
    let sql = "SELECT at, staff, role, department, reference, reason FROM access ORDER BY id";
    let rows = connection.all(sql, &[], |row| (0..6).map(|column| Ok(row.cell(column)?.to_value())).collect())?;
    for row in rows as Vec<Vec<Value>> {
        let [at, staff, role, department, reference, reason] = row.as_slice() else { continue };
        let what = if *reason == Value::Null { "case" } else { "number" };
        let [at, staff, role, department] = [at, staff, role, department].map(Clone::clone);
        let values =
            [at, staff, role, department, what.into(), reference.clone(), Value::Null, 1.into(), reason.clone()];
        end = append_reading(connection, end, &values)?;
    }
    connection.batch("DROP TABLE access")?;
    adopt_rows(connection, &[ACCOUNT, OFFICE, RULES, PERSON, ATTACHMENT, HEAD])
}

/// Gives rows without a record their first one.
pub(super) fn adopt_rows(connection: &Connection, all: &[Recorded]) -> Result<()> {
    let before = ends(connection)?;
    let mut ends = before;
    for recorded in all {
        let Recorded { table, key, counts, .. } = recorded;
        let sql = format!("SELECT {key} FROM {table} WHERE {counts} ORDER BY {key}");
        for key in connection.all(&sql, &[], |row| Ok(row.cell(0)?.to_value()))? {
            record_row(connection, &mut ends, recorded, &key, 0)?;
        }
    }
    put_ends(connection, &before, &ends)
}

/// Adopts what an older version left without a record: everything before there were any, messages before they were on record.
pub(super) fn adopt_older(connection: &Connection, has_readings: bool) -> Result<()> {
    if !has_readings {
        adopt(connection)?;
    }
    let sql = "SELECT 1 FROM record WHERE kind = ?1 LIMIT 1";
    match connection.maybe::<i64>(sql, params![kind_column(MESSAGE.kind)])? {
        Some(_) => Ok(()),
        None => adopt_rows(connection, &[MESSAGE]),
    }
}

/// Rows compared in one pass over the records; so many need some tens of megabytes.
const A_PASS: u64 = 400_000;

/// What was signed of the two chains: the hash that each must have at an entry.
#[derive(Debug, Default)]
pub(super) struct Signed {
    /// By number of the reading.
    pub readings: HashMap<u64, Vec<Hash>>,
    /// By number of the record.
    pub records: HashMap<u64, Vec<Hash>>,
}

/// Walks both chains and compares every recorded row; reports each fault.
pub(super) fn verify(connection: &Connection, signed: Signed, mut fault: impl FnMut(String)) -> Result<()> {
    verify_readings(connection, signed.readings, &mut fault)?;
    let end = verify_records(connection, signed.records, &mut fault)?;
    match said_end_of_records(connection)? {
        Some(said) if said == end => {}
        said => {
            let said = said.map_or(0, |said| said.seq);
            fault(format!("the records end at {}, and are said to end otherwise at {said}", end.seq));
        }
    }
    let rows: u64 = connection.one("SELECT count(*) FROM record", &[])?;
    let passes = rows.div_ceil(A_PASS).max(1);
    for pass in 0..passes {
        compare(connection, passes, pass, &mut fault)?;
    }
    Ok(())
}

/// Walks the chain of readings.
fn verify_readings(
    connection: &Connection,
    signed: HashMap<u64, Vec<Hash>>,
    fault: &mut impl FnMut(String),
) -> Result<()> {
    let mut walk = Walk { what: "reading", head: Head::default(), signed };
    connection.each(&format!("SELECT {READING}, hash FROM reading ORDER BY seq"), &[], |row| {
        let (seq, found): (u64, Hash) = (row.get(0)?, row.get(10)?);
        if next(walk.head, digest_of_row(row, 0..10)?).hash != found {
            fault(format!("reading {seq} does not fit its chain"));
        }
        walk.step(Head { seq, hash: found }, fault);
        Ok(())
    })?;
    walk.end(fault);
    Ok(())
}

/// Walks the chain of records to its end, which is the answer.
fn verify_records(
    connection: &Connection,
    signed: HashMap<u64, Vec<Hash>>,
    fault: &mut impl FnMut(String),
) -> Result<Head> {
    let mut walk = Walk { what: "record", head: Head::default(), signed };
    let mut records = Records::of(connection);
    // The messages that are their own records since the last stored hash: where that does not fit, it may be one of them.
    let mut messages: Option<(String, String)> = None;
    while let Some(record) = records.next()? {
        let (seq, expected) = (u64::try_from(record.seq).unwrap_or(0), next(walk.head, record.digest()).hash);
        if record.is_own {
            let first = messages.take().map_or_else(|| record.subject.clone(), |(first, _)| first);
            messages = Some((first, record.subject.clone()));
        }
        let marked = seq.is_multiple_of(MARKED);
        let fits = if marked { record.hash == Some(expected) } else { record.hash.is_none() };
        if !fits {
            let from = seq - seq.saturating_sub(1) % MARKED;
            let among = messages.as_ref().map_or_else(String::new, |(first, last)| {
                format!(": a message between {first} and {last}, or another row, is not what was recorded, or is gone")
            });
            fault(format!("a record between {from} and {seq} does not fit the chain{among}"));
        }
        if marked {
            messages = None;
        }
        walk.step(Head { seq, hash: record.hash.unwrap_or(expected) }, fault);
    }
    Ok(walk.end(fault))
}

/// A walk along a chain.
struct Walk {
    what: &'static str,
    head: Head,
    /// What was signed and was not come to yet.
    signed: HashMap<u64, Vec<Hash>>,
}

impl Walk {
    fn step(&mut self, head: Head, fault: &mut impl FnMut(String)) {
        let Self { what, signed, .. } = self;
        if signed.remove(&head.seq).is_some_and(|signed| signed.iter().any(|signed| *signed != head.hash)) {
            fault(format!("the {what}s up to {} are not those that were signed", head.seq));
        }
        self.head = head;
    }

    fn end(self, fault: &mut impl FnMut(String)) -> Head {
        for seq in self.signed.keys().filter(|seq| **seq > 0) {
            fault(format!("the {}s end at {}, before the signed {seq}", self.what, self.head.seq));
        }
        self.head
    }
}

/// Compares a part of the rows with their latest records.
fn compare(connection: &Connection, passes: u64, pass: u64, fault: &mut impl FnMut(String)) -> Result<()> {
    let is_of_pass = |kind: i64, subject: &str| {
        let mut hasher = DefaultHasher::new();
        (kind, subject).hash(&mut hasher);
        hasher.finish() % passes == pass
    };
    let mut latest: HashMap<(i64, String), Option<Hash>> = HashMap::new();
    connection.each("SELECT kind, subject, digest FROM record ORDER BY seq", &[], |row| {
        let (kind, subject): (i64, String) = (row.get(0)?, row.get(1)?);
        if is_of_pass(kind, &subject) {
            latest.insert((kind, subject), row.get(2)?);
        }
        Ok(())
    })?;
    for recorded in &ALL {
        let Recorded { kind, table, key, columns, counts, digest } = recorded;
        let number = kind_column(kind);
        let sql = format!("SELECT CAST({key} AS TEXT), {columns} FROM {table} WHERE {counts}");
        let width = recorded.width();
        connection.each(&sql, &[], |row| {
            let subject: String = row.get(0)?;
            if !is_of_pass(number, &subject) {
                return Ok(());
            }
            let found = digest(row, 1..width + 1)?;
            match latest.remove(&(number, subject.clone())) {
                Some(Some(recorded)) if recorded == found => {}
                Some(_) => fault(format!("{kind} {subject} is not what was recorded")),
                None => fault(format!("{kind} {subject} was never recorded")),
            }
            Ok(())
        })?;
    }
    for ((kind, subject), _) in latest.into_iter().filter(|(_, digest)| digest.is_some()) {
        let kind =
            usize::try_from(kind).ok().and_then(|place| KINDS.get(place)).copied().unwrap_or("record of no kind");
        fault(format!("{kind} {subject} is gone"));
    }
    Ok(())
}
