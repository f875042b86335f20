//! Proving that the ledger is whole and that every view equals it.

use super::append::CaseRow;
use super::writer::Effects;
use super::{Result, number, reference, time};
use crate::ledger::{self, Entry, Head};
use crate::store::{Audit, StoredEvent};
use model::lifecycle::{By, Case, Event, EventBody, Statement};
use model::{Reference, Rules};
use rusqlite::{Connection, Row, params};
use std::collections::HashMap;

/// Faults listed at the most; a damaged ledger has many.
const FAULTS: usize = 50;

fn event(row: &Row<'_>) -> rusqlite::Result<(i64, i64, String, String, Option<String>)> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
}

fn parsed((seq, at, by, body, statement): (i64, i64, String, String, Option<String>)) -> Result<StoredEvent> {
    let statement: Option<Statement> = match statement {
        Some(json) => Some(serde_json::from_str(&json)?),
        None => None,
    };
    let (by, body): (By, EventBody) = (serde_json::from_str(&by)?, serde_json::from_str(&body)?);
    Ok(StoredEvent { seq: u64::try_from(seq).unwrap_or(0), event: Event { at: time(at), by, body, statement } })
}

/// A case's events with their words, oldest first.
pub(super) fn history(connection: &Connection, reference: Reference) -> Result<Vec<StoredEvent>> {
    let mut statement = connection.prepare_cached(
        "SELECT e.seq, e.at, e.by, e.body, d.statement FROM event e LEFT JOIN document d ON d.seq = e.seq
         WHERE e.reference = ?1 ORDER BY e.version",
    )?;
    let rows = statement.query_map([number(reference)], event)?.collect::<rusqlite::Result<Vec<_>>>()?;
    rows.into_iter().map(parsed).collect()
}

pub(super) fn verify(connection: &Connection) -> Result<Audit> {
    let mut audit = Audit::default();
    let cases = chain(connection, &mut audit)?;
    views(connection, &cases, &mut audit)?;
    Ok(audit)
}

fn fault(audit: &mut Audit, what: String) {
    if audit.faults.len() < FAULTS {
        audit.faults.push(what);
    }
}

/// Walks the chain, checks every hash and commitment, and replays every case.
fn chain(connection: &Connection, audit: &mut Audit) -> Result<HashMap<i64, Case>> {
    let mut cases: HashMap<i64, Case> = HashMap::new();
    let mut head = Head::default();
    let mut statement = connection.prepare(
        "SELECT e.seq, e.reference, e.version, e.at, e.by, e.body, e.commitment, e.hash, d.salt, d.statement
         FROM event e LEFT JOIN document d ON d.seq = e.seq ORDER BY e.seq",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (seq, case, version): (i64, i64, u32) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let (at, by, body): (i64, String, String) = (row.get(3)?, row.get(4)?, row.get(5)?);
        let (commitment, hash): (Option<Vec<u8>>, Vec<u8>) = (row.get(6)?, row.get(7)?);
        let entry = Entry {
            reference: u64::try_from(case).unwrap_or(0),
            version,
            at,
            by: &by,
            body: &body,
            commitment: commitment.as_deref(),
        };
        head = head.next(&entry);
        if i64::try_from(head.seq).ok() != Some(seq) {
            fault(audit, format!("entry {} is missing before entry {seq}", head.seq));
            head.seq = u64::try_from(seq).unwrap_or(0);
        }
        if head.hash.as_slice() != hash {
            fault(audit, format!("entry {seq} does not fit the chain"));
            head.hash = super::blob(&hash).unwrap_or_default();
        }
        if let (Some(salt), Some(words)) = (row.get::<_, Option<Vec<u8>>>(8)?, row.get::<_, Option<String>>(9)?)
            && commitment.as_deref() != Some(ledger::commitment(&salt, &words).as_slice())
        {
            fault(audit, format!("the words of entry {seq} are not those that were said"));
        }
        let stored = parsed((seq, at, by, body, None))?;
        match cases.get_mut(&case) {
            Some(known) => known.apply(&stored.event),
            None => match Case::open(&stored.event) {
                Some(opened) => {
                    cases.insert(case, opened);
                }
                None => fault(audit, format!("entry {seq} begins a case and is no lodging")),
            },
        }
        if cases.get(&case).is_some_and(|known| known.version != version) {
            fault(audit, format!("entry {seq} has version {version} out of its order"));
        }
        audit.entries += 1;
    }
    audit.cases = cases.len() as u64;
    Ok(cases)
}

/// Compares every case row with the case that its events add up to.
fn views(connection: &Connection, cases: &HashMap<i64, Case>, audit: &mut Audit) -> Result<()> {
    let mut seen = 0usize;
    let mut statement = connection.prepare("SELECT reference, state, stage, version, due, visit_due FROM grievance")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let key: i64 = row.get(0)?;
        seen += 1;
        let stored: Case = serde_json::from_str(&row.get::<_, String>(1)?)?;
        let columns = (row.get::<_, String>(2)?, row.get::<_, u32>(3)?, row.get::<_, bool>(5)?);
        match cases.get(&key) {
            Some(case) if *case == stored && columns == (super::name(&case.stage)?, case.version, case.visit_due) => {}
            Some(_) => fault(audit, format!("the row of case {} is not what its events add up to", reference(key))),
            None => fault(audit, format!("the row of case {} has no events", reference(key))),
        }
    }
    if seen != cases.len() {
        fault(audit, format!("{} cases have events, {seen} have rows", cases.len()));
    }
    Ok(())
}

/// Makes all case rows again from the ledger; answers how many.
pub(super) fn rebuild(connection: &Connection, _: &mut Effects<'_>, rules: &Rules) -> Result<u64> {
    connection.execute("DELETE FROM grievance", [])?;
    let mut cases: HashMap<i64, (Case, i64)> = HashMap::new();
    let mut statement = connection.prepare("SELECT seq, reference, at, by, body FROM event ORDER BY seq")?;
    let mut rows = statement.query(params![])?;
    while let Some(row) = rows.next()? {
        let (seq, key): (i64, i64) = (row.get(0)?, row.get(1)?);
        let stored = parsed((seq, row.get(2)?, row.get(3)?, row.get(4)?, None))?;
        match cases.get_mut(&key) {
            Some((case, _)) => case.apply(&stored.event),
            None => {
                if let Some(case) = Case::open(&stored.event) {
                    cases.insert(key, (case, seq));
                }
            }
        }
    }
    for (case, lodged_seq) in cases.values() {
        CaseRow::of(case, case.due(rules), case.next_deadline(rules))?.put(connection, *lodged_seq)?;
    }
    Ok(cases.len() as u64)
}
