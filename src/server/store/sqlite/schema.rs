//! Compares the triggers and indexes of a file with those of a new one. Without a trigger protected rows can be
//! changed, without an index a page takes minutes, and neither shows in any row.

use super::{Result, migrate};
use crate::store::StoreError;
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::fmt;

/// Kind and statement of each object, by name.
type Objects = BTreeMap<String, (String, String)>;

/// A difference between a file and a new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Difference {
    /// Missing; this statement creates it.
    Missing { kind: String, name: String, sql: String },
    /// A different one has its name.
    Changed { kind: String, name: String },
    /// A trigger or view that the program did not create, and that may do anything.
    Foreign { kind: String, name: String },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { kind, name, .. } => write!(f, "the {kind} {name} is missing"),
            Self::Changed { kind, name } => write!(f, "the {kind} {name} is not as it was made"),
            Self::Foreign { kind, name } => write!(f, "the {kind} {name} is none of ours"),
        }
    }
}

fn objects(connection: &Connection) -> Result<Objects> {
    let sql =
        "SELECT name, type, sql FROM sqlite_master WHERE type IN ('trigger', 'index', 'view') AND sql IS NOT NULL";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// How a file of this version differs from a new one. An additional index is harmless.
pub(super) fn differences(connection: &Connection) -> Result<Vec<Difference>> {
    let new = super::Sql::from(Connection::open_in_memory()?);
    migrate(&new)?;
    let mut found = objects(connection)?;
    let mut differences = Vec::new();
    for (name, (kind, sql)) in objects(new.sqlite()?)? {
        match found.remove(&name) {
            Some((_, there)) if there == sql => {}
            Some(_) => differences.push(Difference::Changed { kind, name }),
            None => differences.push(Difference::Missing { kind, name, sql }),
        }
    }
    let foreign = found.into_iter().filter(|(_, (kind, _))| kind != "index");
    differences.extend(foreign.map(|(name, (kind, _))| Difference::Foreign { kind, name }));
    Ok(differences)
}

/// Creates what is missing, and logs it.
///
/// # Errors
/// Where something was changed or added: that may have been done on purpose.
pub(super) fn mend(connection: &Connection) -> Result<()> {
    for difference in differences(connection)? {
        let Difference::Missing { sql, .. } = &difference else {
            return Err(StoreError::Unavailable(format!(
                "{difference}: `pratikar verify` tells what else was changed; drop it once that is understood, the start \
                 makes ours again"
            )));
        };
        tracing::error!("{difference}, and is made again: `pratikar verify` tells what was changed meanwhile");
        connection.execute_batch(sql)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new() -> Connection {
        let connection = super::super::Sql::from(Connection::open_in_memory().expect("memory"));
        migrate(&connection).expect("tables");
        connection.into_sqlite().expect("SQLite")
    }

    #[test]
    fn what_is_missing_is_told_and_put_back() {
        let connection = new();
        assert_eq!(differences(&connection).expect("read"), []);
        let (mut triggers, mut indexes) = (0, 0);
        for (name, (kind, _)) in objects(&connection).expect("read") {
            connection.execute_batch(&format!("DROP {kind} {name}")).expect("dropped");
            let told: Vec<String> = differences(&connection).expect("read").iter().map(ToString::to_string).collect();
            assert_eq!(told, [format!("the {kind} {name} is missing")]);
            mend(&connection).expect("mended");
            assert_eq!(differences(&connection).expect("read"), []);
            *if kind == "trigger" { &mut triggers } else { &mut indexes } += 1;
        }
        assert!(triggers >= 8 && indexes >= 20, "{triggers} triggers, {indexes} indexes");
    }

    #[test]
    fn what_was_changed_or_added_is_told_and_refused() {
        let harmful = "CREATE TRIGGER quiet AFTER INSERT ON reading BEGIN SELECT 1; END";
        let weakened = "DROP TRIGGER event_is_not_deleted;
                        CREATE TRIGGER event_is_not_deleted BEFORE DELETE ON event BEGIN SELECT 1; END";
        for (sql, said) in [
            (harmful, "the trigger quiet is none of ours"),
            (weakened, "the trigger event_is_not_deleted is not as it was made"),
            ("CREATE VIEW event_view AS SELECT * FROM event", "the view event_view is none of ours"),
        ] {
            let connection = new();
            connection.execute_batch(sql).expect(sql);
            let told: Vec<String> = differences(&connection).expect("read").iter().map(ToString::to_string).collect();
            assert_eq!(told, [said]);
            assert!(mend(&connection).expect_err("refused").to_string().contains(said));
        }
        let connection = new();
        connection.execute_batch("CREATE INDEX helps ON event (at)").expect("an index");
        assert_eq!(differences(&connection).expect("read"), []);
    }
}
