//! Retention: what is deleted after some time. The ledger, statements and readings stay.

use super::sql::{Connection, Value, params};
use super::writer::Effects;
use super::{Result, Retained, chain, millis};
use chrono::Duration;
use model::Time;

/// A kind of row, and how long it is kept.
struct Rule {
    what: &'static str,
    table: &'static str,
    /// Condition for the rows to delete; ?1 is the moment before which they are too old.
    over: &'static str,
    /// Days for which they are kept.
    days: i64,
}

/// Messages about a case, which are on record. Kept for a little more than the year in which somebody may ask what they
/// were told. Ids grow with time, so the search ends at the first message that is young enough.
const TEXTS: Rule = Rule {
    what: "texts about a grievance that has ended",
    table: "outbox",
    over: "reference IS NOT NULL AND state <> 0 AND created < ?1
           AND id < coalesce((SELECT id FROM outbox WHERE created >= ?1 ORDER BY id LIMIT 1), 9223372036854775807)
           AND EXISTS (SELECT 1 FROM grievance WHERE grievance.reference = outbox.reference AND holder IS NULL)",
    days: 400,
};

/// All others. A phone may send what waits as long as a draft or an upload lives, so answers are remembered longer than
/// that.
const RULES: [Rule; 11] = [
    Rule { what: "sessions", table: "session", over: "created < ?1", days: 1 },
    Rule { what: "one-time codes", table: "code", over: "created < ?1", days: 2 },
    Rule { what: "failed sign-ins", table: "sign_in_failure", over: "last < ?1", days: 1 },
    Rule { what: "answers to requests that may be repeated", table: "idempotency", over: "at < ?1", days: 60 },
    Rule {
        what: "texts about no grievance",
        table: "outbox",
        over: "reference IS NULL AND state <> 0 AND created < ?1",
        days: 30,
    },
    // What was said is on the ledger, with the length of the call.
    Rule { what: "telephone calls", table: "phone_call", over: "begun < ?1", days: 90 },
    Rule { what: "calls of those who rang us", table: "line_call", over: "begun < ?1", days: 90 },
    Rule { what: "scores of calls", table: "quality_score", over: "at < ?1", days: 400 },
    // An absence begins within a year and lasts a year at the most.
    Rule { what: "absences of the staff", table: "absence", over: "at < ?1", days: 800 },
    Rule { what: "turns", table: "turn", over: "until < ?1", days: 1 },
    Rule { what: "limits that touch nobody any more", table: "allowance", over: "due < ?1", days: 0 },
];
/// Messages on record that are deleted in one round, since each costs a record.
const AT_ONCE: u32 = 1_000;

impl Rule {
    fn before(&self, now: Time) -> Value {
        millis(now - Duration::days(self.days)).into()
    }
}

/// Number of rows of each kind that are too old now.
pub(super) fn over(connection: &Connection, now: Time) -> Result<Vec<Retained>> {
    RULES
        .iter()
        .chain([&TEXTS])
        .map(|rule| {
            let sql = format!("SELECT count(*) FROM {} WHERE {}", rule.table, rule.over);
            Ok(Retained { what: rule.what, days: rule.days, over: connection.one(&sql, &[rule.before(now)])? })
        })
        .collect()
}

/// Deletes what is too old. That a message on record is deleted is recorded as well.
pub(super) fn sweep(connection: &Connection, effects: &mut Effects<'_>, now: Time) -> Result<()> {
    for rule in &RULES {
        connection.execute(&format!("DELETE FROM {} WHERE {}", rule.table, rule.over), &[rule.before(now)])?;
    }
    let sql = format!("SELECT id FROM outbox WHERE {} ORDER BY id LIMIT {AT_ONCE}", TEXTS.over);
    for id in connection.all(&sql, &[TEXTS.before(now)], |row| row.get::<i64>(0))? {
        chain::keep_record_of_message(connection, id)?;
        connection.execute("DELETE FROM outbox WHERE id = ?1", params![id])?;
        chain::record_row(connection, effects.ends, &chain::MESSAGE, &id.into(), millis(now))?;
    }
    Ok(())
}
