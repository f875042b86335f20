//! The migration to packed rows, from version 9.

use super::{Result, Sql};
use crate::ledger::Head;
use crate::store::append::{MARKED, packed};
use crate::store::pack::{self, Kind};
use crate::store::sql::params;

/// Rows moved at once.
const PAGE: i64 = 5_000;

/// An entry of version 9: number, case, version, moment, actor, event, commitment, hash.
type Old = (i64, i64, i64, i64, String, String, Option<Vec<u8>>, [u8; 32]);

/// Moves entries and statements to the new tables and drops the old ones. The case rows are made again at the start
/// (`state::up_to_date`).
pub(super) fn compact(connection: &Sql) -> Result<()> {
    let (mut end, mut cases) = (Head::default(), 0i64);
    let mut last = 0;
    loop {
        let sql = "SELECT seq, reference, version, at, by, body, commitment, hash FROM event9 WHERE seq > ?1
                   ORDER BY seq LIMIT ?2";
        let page: Vec<Old> = connection.all(sql, params![last, PAGE], |row| {
            let (seq, reference, version, at) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
            Ok((seq, reference, version, at, row.get(4)?, row.get(5)?, row.get(6)?, row.get(7)?))
        })?;
        for (seq, reference, version, at, by, body, commitment, hash) in page.iter() {
            let number = u64::try_from(*seq).unwrap_or(0);
            let mark = number.is_multiple_of(MARKED).then_some(*hash);
            connection.execute(
                "INSERT INTO event (seq, reference, version, at, packed, commitment, hash)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![*seq, *reference, *version, *at, packed(by, body)?, commitment.as_ref(), mark],
            )?;
            cases += i64::from(*version == 1);
            end = Head { seq: number, hash: *hash };
            last = *seq;
        }
        if page.is_empty() {
            break;
        }
        if end.seq > 100_000 {
            tracing::info!(entries = end.seq, "the ledger is packed");
        }
    }
    last = 0;
    loop {
        let sql = "SELECT seq, salt, statement FROM document9 WHERE seq > ?1 ORDER BY seq LIMIT ?2";
        let page = connection.all(sql, params![last, PAGE], |row| {
            Ok((row.get::<i64>(0)?, row.get::<Vec<u8>>(1)?, row.get::<String>(2)?))
        })?;
        for (seq, salt, statement) in &page {
            connection.execute(
                "INSERT INTO document (seq, salt, packed) VALUES (?1, ?2, ?3)",
                params![*seq, salt, pack::pack(Kind::Words, statement)?],
            )?;
            last = *seq;
        }
        if page.is_empty() {
            break;
        }
    }
    connection.execute(
        "INSERT INTO ledger_end (id, seq, hash, cases) VALUES (1, ?1, ?2, ?3)",
        params![i64::try_from(end.seq).unwrap_or(i64::MAX), end.hash, cases],
    )?;
    connection.batch(
        "DROP TABLE document9;
         DROP TABLE event9;
         CREATE TRIGGER event_is_not_changed BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
         CREATE TRIGGER event_is_not_deleted BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
         DELETE FROM fact WHERE name = 'view';",
    )
}
