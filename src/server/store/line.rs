//! Calls on the telephones of those who take grievances.

use super::sql::{Connection, Row, params};
use super::{Heard, LineCall, LineWork, Missed, Result, StoreError, millis, number, reference, time};
use model::{Mobile, Reference, StaffId, Time};

/// The columns of a call.
const CALL: &str = "id, staff, mobile, back, begun, rang, answered, ended, reference";
/// Numbers that are told of at once.
const MISSED: u32 = 50;

fn call(row: &Row<'_>) -> Result<LineCall> {
    let moment = |column| Ok::<_, StoreError>(row.get::<Option<i64>>(column)?.map(time));
    Ok(LineCall {
        id: row.get(0)?,
        staff: row.get::<Option<u32>>(1)?.map(StaffId::new),
        mobile: row.get::<Option<String>>(2)?.and_then(|text| Mobile::parse(&text).ok()),
        back: row.get(3)?,
        begun: time(row.get(4)?),
        rang: moment(5)?,
        answered: moment(6)?,
        ended: moment(7)?,
        reference: row.get::<Option<i64>>(8)?.map(reference),
    })
}

/// A call that is told of again has moved to another telephone.
pub(super) fn begin(connection: &Connection, call: &LineCall) -> Result<()> {
    connection.defer(
        "INSERT INTO line_call (id, staff, mobile, back, begun) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (id) DO UPDATE SET staff = coalesce(excluded.staff, line_call.staff)",
        params![
            &call.id,
            call.staff.map(StaffId::get),
            call.mobile.as_ref().map(Mobile::as_str),
            call.back,
            millis(call.begun)
        ],
    )
}

pub(super) fn hear(connection: &Connection, id: &str, heard: Heard, at: Time) -> Result<bool> {
    let set = match heard {
        Heard::Rings => "rang = coalesce(rang, ?2)",
        Heard::Answered => "rang = coalesce(rang, ?2), answered = coalesce(answered, ?2)",
        Heard::Ended | Heard::Failed => "ended = coalesce(ended, ?2)",
    };
    let sql = format!("UPDATE line_call SET {set} WHERE id = ?1");
    let known = connection.execute(&sql, params![id, millis(at)])? == 1;
    if known && heard == Heard::Answered {
        // Whoever was spoken with needs not be rung back.
        connection.execute(
            "UPDATE line_call SET settled = ?2
             WHERE settled IS NULL AND mobile = (SELECT mobile FROM line_call WHERE id = ?1)",
            params![id, millis(at)],
        )?;
    }
    Ok(known)
}

pub(super) fn one(connection: &Connection, id: &str) -> Result<Option<LineCall>> {
    connection.first(&format!("SELECT {CALL} FROM line_call WHERE id = ?1"), params![id], call)
}

pub(super) fn on(connection: &Connection, staff: StaffId, since: Time) -> Result<Option<LineCall>> {
    let sql = format!(
        "SELECT {CALL} FROM line_call WHERE staff = ?1 AND begun >= ?2 AND ended IS NULL ORDER BY begun DESC LIMIT 1"
    );
    connection.first(&sql, params![staff.get(), millis(since)], call)
}

pub(super) fn missed(connection: &Connection, since: Time, tries: u32) -> Result<Vec<Missed>> {
    let sql = format!(
        "SELECT id, mobile, times, latest, tries FROM (
             SELECT min(id) AS id, mobile, count(*) AS times, max(begun) AS latest,
                    (SELECT count(*) FROM line_call b WHERE b.mobile = m.mobile AND b.back = 1 AND b.begun >= ?1) AS tries
             FROM line_call m
             WHERE begun >= ?1 AND back = 0 AND mobile IS NOT NULL AND answered IS NULL AND ended IS NOT NULL
                   AND settled IS NULL
             GROUP BY mobile
         ) AS missed WHERE tries < ?2 ORDER BY latest, id LIMIT {MISSED}"
    );
    connection.all(&sql, params![millis(since), tries], |row| {
        let mobile = Mobile::parse(&row.get::<String>(1)?)
            .map_err(|_| StoreError::Damaged("a number that rang is none".into()))?;
        Ok(Missed { id: row.get(0)?, mobile, times: row.get(2)?, latest: time(row.get(3)?), tries: row.get(4)? })
    })
}

pub(super) fn tie(connection: &Connection, id: &str, staff: StaffId, of: Reference) -> Result<bool> {
    let sql = "UPDATE line_call SET reference = ?3 WHERE id = ?1 AND staff = ?2";
    Ok(connection.execute(sql, params![id, staff.get(), number(of)])? == 1)
}

pub(super) fn work(connection: &Connection, staff: StaffId, since: Time) -> Result<LineWork> {
    let sql = "SELECT count(answered), count(reference) FROM line_call WHERE staff = ?1 AND begun >= ?2";
    let found = connection.first(sql, params![staff.get(), millis(since)], |row| {
        Ok(LineWork { answered: row.get(0)?, taken: row.get(1)? })
    })?;
    Ok(found.unwrap_or_default())
}
