//! What staff have done, as an auditor asks for it. Actors stand packed in the entries, so a list is looked for by reading the
//! entries of its days: 100,000 of them take half a second.

use super::append::unpacked;
use super::sql::{Connection, params};
use super::{Acts, ReadingFilter, Result, number, proof, reference, time};
use model::StaffId;
use model::lifecycle::{By, EventBody};
use model::wire::{Deed, ReadingLine};
use std::collections::HashMap;

/// Entries read at once.
const PAGE: i64 = 5_000;
/// Milliseconds by which an entry may be older than one before it: clocks of nodes differ.
const APART: i64 = 60_000;

/// An entry with what is needed of it.
struct Entry {
    seq: i64,
    case: i64,
    at: i64,
    packed: Vec<u8>,
}

/// The acts of staff that fit, newest first, at most `limit`, among at most `most` entries.
pub(super) fn list(connection: &Connection, filter: &ReadingFilter, limit: u32, most: u32) -> Result<Acts> {
    let before = super::millis(filter.before);
    let mut below = match filter.after {
        Some((_, seq)) => i64::try_from(seq).unwrap_or(i64::MAX),
        None => first_since(connection, before)? + 1,
    };
    let from = filter.from.map_or(i64::MIN, super::millis);
    let (mut acts, mut looked) = (Acts::default(), 0);
    let mut names = HashMap::new();
    loop {
        let page = page(connection, filter, below)?;
        let whole = page.is_empty();
        for Entry { seq, case, at, packed } in page {
            if looked >= most || acts.rows.len() >= limit as usize {
                acts.next = Some((time(at), u64::try_from(seq + 1).unwrap_or(0)));
                return Ok(acts);
            }
            if at < from.saturating_sub(APART) {
                return Ok(acts);
            }
            (below, looked) = (seq, looked + 1);
            if at < from || at >= before {
                continue;
            }
            let (by, body) = unpacked(&packed)?;
            let by: By = serde_json::from_str(&by)?;
            let Some(staff) = by.staff else { continue };
            let fits = filter.staff.is_none_or(|wanted| wanted == staff)
                && (filter.department.is_none() || filter.department == by.department)
                && filter.office.as_ref().is_none_or(|(_, office)| by.office == Some(*office));
            if fits {
                let (account, name) = named(connection, &mut names, staff)?;
                let body: EventBody = serde_json::from_str(&body)?;
                acts.rows.push(ReadingLine {
                    seq: u64::try_from(seq).unwrap_or(0),
                    at: time(at),
                    account,
                    name,
                    role: by.role,
                    department: by.department,
                    what: Deed::Did(body.kind()),
                    case: Some(reference(case)),
                    count: 1,
                    reason: String::new(),
                });
            }
        }
        if whole {
            return Ok(acts);
        }
    }
}

/// The entries before this one, newest first: of a case all, else as many as are read at once.
fn page(connection: &Connection, filter: &ReadingFilter, below: i64) -> Result<Vec<Entry>> {
    let read = |row: &super::sql::Row<'_>| {
        Ok(Entry { seq: row.get(0)?, case: row.get(1)?, at: row.get(2)?, packed: row.get(3)? })
    };
    match filter.case {
        Some(case) => {
            let sql = format!(
                "{} SELECT seq, reference, at, packed FROM entries WHERE seq < ?2 ORDER BY seq DESC",
                proof::entries_from(proof::LAST_OF_CASE)
            );
            connection.all(&sql, params![number(case), below], read)
        }
        None => {
            let sql = "SELECT seq, reference, at, packed FROM event WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2";
            connection.all(sql, params![below, PAGE], read)
        }
    }
}

/// An entry after which all are of this moment, in milliseconds since 1970, or later; entries follow each other in time.
fn first_since(connection: &Connection, moment: i64) -> Result<i64> {
    let moment = moment.saturating_add(APART);
    let (mut low, mut high) =
        (0i64, connection.one::<Option<i64>>("SELECT max(seq) FROM event", &[])?.unwrap_or(0) + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let at =
            connection.maybe::<i64>("SELECT at FROM event WHERE seq >= ?1 ORDER BY seq LIMIT 1", params![middle])?;
        if at.is_some_and(|at| at < moment) { low = middle + 1 } else { high = middle }
    }
    Ok(low)
}

/// The name to sign in with and the name of an account, as they are now; empty where it is not known any more.
fn named(
    connection: &Connection,
    names: &mut HashMap<StaffId, (String, String)>,
    staff: StaffId,
) -> Result<(String, String)> {
    if let Some(found) = names.get(&staff) {
        return Ok(found.clone());
    }
    let sql = "SELECT username, name FROM account WHERE id = ?1";
    let found = connection.first(sql, params![staff.get()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let found: (String, String) = found.unwrap_or_default();
    names.insert(staff, found.clone());
    Ok(found)
}
