//! Copies everything from one database to another, of any engines: table by table in the order of their keys, one
//! transaction for each page, so that an interrupted copy can be continued.

use super::sql::{Connection, Value, params};
use super::{Result, StoreError, chain, millis};
use model::Time;

/// A table with its columns, the key first.
struct Table {
    name: &'static str,
    columns: &'static str,
}

macro_rules! tables {
    ($($name:literal: $columns:literal),* $(,)?) => { [$(Table { name: $name, columns: $columns }),*] };
}

/// Everything except what belongs to one program or moment: turns and allowances.
const TABLES: [Table; 24] = tables! {
    "event": "seq, reference, version, earlier, at, packed, commitment, hash",
    "document": "seq, salt, packed",
    "person": "id, mobile, verified_at",
    "grievance": "ordinal, reference, lodged_seq, seq, version, stage, lane, holder, citizen, district, place, category, department, office, offered_department, offered_office, root, visit_due, disowned, shielded, disputes, lodged_at, stage_since, due, next_deadline, packed",
    "attachment": "id, reference, kind, width, height, seconds, media, length, digest, stored, created",
    "print": "seq, photo, prints",
    "template": "id, name, registered_id, language",
    "outbox": "id, reference, recipient, template, created, cause, state, attempts, next_try, sent_after, error, priority, expires, packed, record",
    "phone_call": "id, staff, reference, begun, by_hand, rang, answered, ended, failed, outcome",
    "line_call": "id, staff, mobile, back, begun, rang, answered, ended, settled, reference",
    "quality_score": "id, call, kind, caller, lead, begun, at, second, marks, note, disputed, why, decided, decided_by, decision, decided_marks, chosen, correction, corrected, corrected_words",
    "silenced": "id, mobile, reference, at",
    "idempotency": "key, fingerprint, response, at",
    "session": "token_hash, actor, staff, name, mobile, created, last_seen, begun_by, ends",
    "code": "id, mobile, hash, address, created, attempts, used, asker, used_by",
    "sign_in_failure": "key, count, first, last",
    "account": "id, username, name, password, role, scope, mobile",
    "absence": "staff, first, last, said_by, at",
    "office": "id, department, district, name_en, name_bn",
    "rule_set": "version, at, body",
    "ledger_head": "seq, hash, at, signature, chains",
    "setting": "seq, at, who, name, why, packed, undoes",
    "reading": "seq, at, staff, role, department, what, reference, person, cases, reason, hash",
    "record": "seq, at, kind, subject, digest, hash",
};

/// Rows of a page.
const PAGE: usize = 2_000;
/// Rows written by one statement.
const ROWS: usize = 100;
/// The fact that a database is being filled; no server starts on it.
pub const MOVING: &str = "moving";

impl Table {
    fn key(&self) -> &'static str {
        self.columns.split(',').next().unwrap_or_default()
    }

    fn width(&self) -> usize {
        self.columns.split(',').count()
    }

    fn count(&self, connection: &Connection) -> Result<u64> {
        connection.one(&format!("SELECT count(*) FROM {}", self.name), &[])
    }

    /// The last key that was copied.
    fn last(&self, connection: &Connection) -> Result<Option<Value>> {
        let sql = format!("SELECT {0} FROM {1} ORDER BY {0} DESC LIMIT 1", self.key(), self.name);
        connection.first(&sql, &[], |row| Ok(row.cell(0)?.to_value()))
    }

    /// The rows after a key.
    fn page(&self, connection: &Connection, after: Option<&Value>) -> Result<Vec<Vec<Value>>> {
        let Self { name, columns } = self;
        let (key, width) = (self.key(), self.width());
        let values: Vec<Value> = after.into_iter().cloned().collect();
        let sql = match after {
            Some(_) => format!("SELECT {columns} FROM {name} WHERE {key} > ?1 ORDER BY {key} LIMIT {PAGE}"),
            None => format!("SELECT {columns} FROM {name} ORDER BY {key} LIMIT {PAGE}"),
        };
        connection
            .all(&sql, &values, |row| (0..width).map(|column| Ok(row.cell(column)?.to_value())).collect::<Result<_>>())
    }
}

/// Inserts rows into a table, many in each statement; each has a value for each of these columns.
pub(super) fn put(connection: &Connection, table: &str, columns: &str, rows: &[Vec<Value>]) -> Result<()> {
    let width = columns.split(',').count();
    for rows in rows.chunks(ROWS) {
        let places: Vec<String> = (0..rows.len())
            .map(|row| {
                let places: Vec<String> = (1..=width).map(|column| format!("?{}", row * width + column)).collect();
                format!("({})", places.join(", "))
            })
            .collect();
        let sql = format!("INSERT INTO {table} ({columns}) VALUES {}", places.join(", "));
        connection.execute(&sql, &rows.concat())?;
    }
    Ok(())
}

/// Copies everything. `told` is called after each page with the table, the number of rows copied and the number of all.
/// The target keeps the fact [`MOVING`], which the caller deletes once both sides were checked; until then no server
/// starts on it.
///
/// # Errors
/// Where either database fails, a server works on one of them, or the target contains something else.
pub fn transfer(from: &Connection, to: &Connection, now: Time, mut told: impl FnMut(&str, u64, u64)) -> Result<()> {
    let source = from.maybe::<Vec<u8>>("SELECT value FROM fact WHERE name = 'secret'", &[])?;
    let source =
        source.ok_or_else(|| StoreError::Unavailable("the source has no secret: is it a database of ours?".into()))?;
    // Nodes take turns at their tasks, each for a minute. A database that is a file is locked by whoever uses it.
    let at_work = "SELECT EXISTS (SELECT 1 FROM turn WHERE until > ?1 AND what NOT LIKE 'call %')";
    for (side, connection) in [("source", from), ("target", to)] {
        if connection.one::<bool>(at_work, params![millis(now)])? {
            return Err(StoreError::Unavailable(format!(
                "a server works on the {side}, or did a minute ago: stop every one, wait two minutes, and do this again"
            )));
        }
    }
    match to.maybe::<Vec<u8>>("SELECT value FROM fact WHERE name = ?1", params![MOVING])? {
        Some(begun) if begun == source => {}
        Some(_) => return Err(StoreError::Unavailable("something else is being moved there".into())),
        None => {
            let empty = to.one::<u64>("SELECT count(*) FROM event", &[])? == 0
                && to.one::<u64>("SELECT count(*) FROM account", &[])? == 0;
            if !empty {
                return Err(StoreError::Unavailable("the target is not empty: take a database of its own".into()));
            }
            // What a new target says about itself belongs to a system that never started.
            to.begin_write()?;
            to.execute("DELETE FROM fact", &[])?;
            to.execute("INSERT INTO fact (name, value) VALUES (?1, ?2)", params![MOVING, &source])?;
            to.commit()?;
        }
    }
    for table in &TABLES {
        let (whole, mut there) = (table.count(from)?, table.count(to)?);
        let mut last = table.last(to)?;
        loop {
            let page = table.page(from, last.as_ref())?;
            if page.is_empty() {
                break;
            }
            to.begin_write()?;
            put(to, table.name, table.columns, &page)?;
            to.commit()?;
            there += page.len() as u64;
            last = page.last().and_then(|row| row.first()).cloned();
            told(table.name, there, whole);
        }
        if there != whole {
            return Err(StoreError::Unavailable(format!(
                "{} has {there} rows there and {whole} here: was the source in use, or the target filled by somebody else?",
                table.name
            )));
        }
    }
    let ends = chain::ends(from)?;
    to.begin_write()?;
    chain::put_ends(to, &chain::Ends::default(), &ends)?;
    to.renumber()?;
    for (name, value) in from.all("SELECT name, value FROM fact WHERE name <> 'ballast'", &[], |row| {
        Ok((row.get::<String>(0)?, row.get::<Vec<u8>>(1)?))
    })? {
        let sql = "INSERT INTO fact (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2";
        to.execute(sql, params![name, value])?;
    }
    to.commit()
}
