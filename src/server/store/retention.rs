//! What goes when its time is over. The ledger, its words and everything that is on record of readings stay.

use super::sql::{Connection, Value, params};
use super::writer::Effects;
use super::{Result, Retained, chain, millis};
use chrono::Duration;
use model::Time;

/// A kind of row, and how long it stays.
struct Rule {
    what: &'static str,
    table: &'static str,
    /// Which rows go; ?1 is the moment before which their time is over.
    over: &'static str,
    /// Days that they stay.
    days: i64,
}

/// Texts about a case, which are on record: a year in which somebody may ask what they were told, and a little more.
const TEXTS: Rule = Rule {
    what: "texts about a grievance that has ended",
    table: "outbox",
    over: "reference IS NOT NULL AND state <> 'pending' AND created < ?1
           AND reference IN (SELECT reference FROM grievance WHERE holder IS NULL)",
    days: 400,
};

/// All others. A phone sends what waits for as long as a draft or an upload lives: so long answers are remembered.
const RULES: [Rule; 7] = [
    Rule { what: "sessions", table: "session", over: "created < ?1", days: 1 },
    Rule { what: "one-time codes", table: "code", over: "created < ?1", days: 2 },
    Rule { what: "failed sign-ins", table: "sign_in_failure", over: "last < ?1", days: 1 },
    Rule { what: "answers to requests that may be repeated", table: "idempotency", over: "at < ?1", days: 60 },
    Rule {
        what: "texts about no grievance",
        table: "outbox",
        over: "reference IS NULL AND state <> 'pending' AND created < ?1",
        days: 30,
    },
    Rule { what: "turns", table: "turn", over: "until < ?1", days: 1 },
    Rule { what: "limits that touch nobody any more", table: "allowance", over: "due < ?1", days: 0 },
];
/// Texts on record that go at once: each costs a record.
const AT_ONCE: u32 = 1_000;

impl Rule {
    fn before(&self, now: Time) -> Value {
        millis(now - Duration::days(self.days)).into()
    }
}

/// How many rows of each kind would go now.
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

/// Deletes what is over. That a text on record is gone is on record, too.
pub(super) fn sweep(connection: &Connection, effects: &mut Effects<'_>, now: Time) -> Result<()> {
    for rule in &RULES {
        connection.execute(&format!("DELETE FROM {} WHERE {}", rule.table, rule.over), &[rule.before(now)])?;
    }
    let sql = format!("SELECT id FROM outbox WHERE {} ORDER BY id LIMIT {AT_ONCE}", TEXTS.over);
    for id in connection.all(&sql, &[TEXTS.before(now)], |row| row.get::<i64>(0))? {
        connection.execute("DELETE FROM outbox WHERE id = ?1", params![id])?;
        chain::record_row(connection, effects.ends, &chain::MESSAGE, &id.into(), millis(now))?;
    }
    Ok(())
}
