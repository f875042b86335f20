//! Telephone calls, as the exchange tells of them.

use super::sql::{Connection, Row, params};
use super::{Heard, OwnCalls, PhoneCall, Result, StoreError, millis, number, reference, time};
use model::lifecycle::CallOutcome;
use model::names::code_of;
use model::{Reference, StaffId, Time};

/// The columns of a call.
const CALL: &str = "id, staff, reference, begun, by_hand, rang, answered, ended, failed, outcome";

fn call(row: &Row<'_>) -> Result<PhoneCall> {
    let moment = |column| Ok::<_, StoreError>(row.get::<Option<i64>>(column)?.map(time));
    Ok(PhoneCall {
        id: row.get(0)?,
        staff: StaffId::new(row.get(1)?),
        reference: reference(row.get(2)?),
        begun: time(row.get(3)?),
        by_hand: row.get(4)?,
        rang: moment(5)?,
        answered: moment(6)?,
        ended: moment(7)?,
        failed: row.get(8)?,
        outcome: row.get::<Option<String>>(9)?.and_then(|code| code.parse().ok()),
    })
}

pub(super) fn begin(connection: &Connection, call: &PhoneCall) -> Result<()> {
    connection.defer(
        "INSERT INTO phone_call (id, staff, reference, begun, by_hand) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![&call.id, call.staff.get(), number(call.reference), millis(call.begun), call.by_hand],
    )
}

pub(super) fn one(connection: &Connection, id: &str) -> Result<Option<PhoneCall>> {
    connection.first(&format!("SELECT {CALL} FROM phone_call WHERE id = ?1"), params![id], call)
}

/// Of two that began in the same millisecond, the one that goes on.
pub(super) fn newest(connection: &Connection, staff: StaffId, of: Reference, since: Time) -> Result<Option<PhoneCall>> {
    let sql = format!(
        "SELECT {CALL} FROM phone_call WHERE staff = ?1 AND reference = ?2 AND begun >= ?3 AND outcome IS NULL
         ORDER BY begun DESC, ended IS NULL DESC LIMIT 1"
    );
    connection.first(&sql, params![staff.get(), number(of), millis(since)], call)
}

pub(super) fn open(connection: &Connection, staff: StaffId, since: Time) -> Result<Vec<PhoneCall>> {
    let sql = format!(
        "SELECT {CALL} FROM phone_call WHERE staff = ?1 AND begun >= ?2 AND by_hand = 0 AND ended IS NULL ORDER BY begun"
    );
    connection.all(&sql, params![staff.get(), millis(since)], call)
}

/// Each is heard once: exchanges repeat what was not acknowledged, and not always in order.
pub(super) fn hear(connection: &Connection, id: &str, heard: Heard, at: Time) -> Result<bool> {
    let set = match heard {
        Heard::Rings => "rang = coalesce(rang, ?2)",
        Heard::Answered => "rang = coalesce(rang, ?2), answered = coalesce(answered, ?2)",
        Heard::Ended => "ended = coalesce(ended, ?2)",
        Heard::Failed => "failed = 1, ended = coalesce(ended, ?2)",
    };
    Ok(connection.execute(&format!("UPDATE phone_call SET {set} WHERE id = ?1"), params![id, millis(at)])? == 1)
}

pub(super) fn record(connection: &Connection, id: &str, outcome: CallOutcome) -> Result<()> {
    connection.execute("UPDATE phone_call SET outcome = ?2 WHERE id = ?1", params![id, code_of(&outcome)])?;
    Ok(())
}

pub(super) fn own(connection: &Connection, staff: StaffId, since: Time) -> Result<OwnCalls> {
    let sql = "SELECT outcome, count(*) FROM phone_call
               WHERE staff = ?1 AND begun >= ?2 AND outcome IS NOT NULL GROUP BY outcome";
    let counts = connection.all(sql, params![staff.get(), millis(since)], |row| {
        Ok((row.get::<String>(0)?.parse::<CallOutcome>().ok(), row.get::<u32>(1)?))
    })?;
    let mut own = OwnCalls::default();
    for (outcome, count) in counts {
        own.calls += count;
        match outcome {
            Some(CallOutcome::Confirmed | CallOutcome::Agreed) => own.yes += count,
            Some(outcome) if outcome.is_no() => own.no += count,
            Some(CallOutcome::NotReached) => own.unanswered += count,
            _ => {}
        }
    }
    Ok(own)
}
