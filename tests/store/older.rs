//! Databases of older versions: opened by this program, nothing in them is lost or other than it was.

use super::lists::text;
use super::{Engine, lodged, now, withdrawn, witness};
use model::{Reference, Rules};
use rusqlite::Connection;
use rusqlite::types::Value;
use server::store::{Message, NewMessage, Share, Store, postgres, sqlite};
use std::collections::BTreeMap;
use std::path::Path;

/// Rows by table.
type Rows = BTreeMap<String, Vec<Vec<Value>>>;

/// Tables that no later version has changed, with the columns that every version has.
const UNCHANGED: [(&str, &str); 13] = [
    ("person", "id, mobile, verified_at"),
    ("attachment", "id, reference, kind, width, height, seconds, media, length, digest, stored, created"),
    ("idempotency", "key, fingerprint, response, at"),
    ("session", "token_hash, actor, name, mobile, created, last_seen, begun_by, ends"),
    ("code", "id, mobile, hash, address, created, attempts, used, asker, used_by"),
    ("sign_in_failure", "key, count, first, last"),
    ("account", "id, username, name, password, role, scope, mobile"),
    ("office", "id, department, district, name_en, name_bn"),
    ("rule_set", "version, at, body"),
    ("ledger_head", "seq, hash, at, signature, chains"),
    ("reading", "seq, at, staff, role, department, what, reference, person, cases, reason, hash"),
    ("record", "seq, at, subject, digest"),
    ("silenced", "mobile, reference, at"),
];

/// The columns of messages before they were packed, in the order of [`told`].
const MESSAGES: &str =
    "SELECT id, reference, recipient, template, registered_id, language, body, state, attempts, created,
                               sent, error, expires FROM outbox ORDER BY id DESC";

/// Makes a database of this version from its text.
fn older(path: &Path, version: u32) -> Connection {
    let text = std::fs::read_to_string(tests::root().join(format!("tests/store/version{version}.sql")));
    let connection = Connection::open(path).expect("a database");
    connection.pragma_update(None, "foreign_keys", "OFF").expect("a setting");
    connection.execute_batch(&text.expect("a text")).expect("an older database");
    connection
}

fn all(connection: &Connection, sql: &str) -> Vec<Vec<Value>> {
    let mut statement = connection.prepare(sql).expect(sql);
    let width = statement.column_count();
    let rows = statement.query_map([], |row| (0..width).map(|column| row.get(column)).collect()).expect("rows");
    rows.collect::<rusqlite::Result<_>>().expect("rows")
}

fn unchanged(connection: &Connection) -> Rows {
    let rows = |(table, columns): &(&str, &str)| {
        ((*table).to_owned(), all(connection, &format!("SELECT {columns} FROM {table} ORDER BY 1")))
    };
    UNCHANGED.iter().map(rows).collect()
}

/// A message as a row of [`MESSAGES`].
fn told(message: &Message) -> Vec<Value> {
    let integer = |value: Option<i64>| value.map_or(Value::Null, Value::Integer);
    let Message { template, registered_id, body, .. } = message;
    vec![
        Value::Integer(message.id),
        integer(message.reference.and_then(|of| i64::try_from(of.as_u64()).ok())),
        Value::Text(message.to.clone()),
        Value::Text(template.clone()),
        Value::Text(registered_id.clone()),
        Value::Text(message.language.tag().to_owned()),
        Value::Text(body.clone()),
        Value::Text(format!("{:?}", message.state).to_lowercase()),
        Value::Integer(message.attempts.into()),
        Value::Integer(message.created.timestamp_millis()),
        integer(message.sent.map(|at| at.timestamp_millis())),
        message.error.clone().map_or(Value::Null, Value::Text),
        integer(message.expires.map(|at| at.timestamp_millis())),
    ]
}

/// Every message is what it was, and nothing contradicts the ledger or its chains.
async fn holds(store: &dyn Store, messages: &[Vec<Value>]) {
    let kept: Vec<Vec<Value>> = store.messages(1_000).await.expect("messages").iter().map(told).collect();
    for (kept, message) in kept.iter().zip(messages) {
        assert_eq!(kept, message);
    }
    assert_eq!(kept.len(), messages.len());
    let audit = store.verify(witness()).await.expect("verified");
    assert_eq!((audit.faults, audit.entries, audit.cases), (Vec::new(), 73, 6));
}

/// Opens a database of this version twice, the first time to migrate it.
async fn is_taken_over(version: u32) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("test.db");
    let before = older(&path, version);
    let (rows, messages) = (unchanged(&before), all(&before, MESSAGES));
    assert!(rows.iter().all(|(_, rows)| !rows.is_empty()), "a row in each table");
    drop(before);
    for _ in 0..2 {
        let store = sqlite::open(&path).expect("a store");
        // The start makes rows of cases that are of another version.
        store.rebuild(&Rules::default(), |_| {}).await.expect("rows");
        holds(store.as_ref(), &messages).await;
        let mut after = unchanged(&Connection::open(&path).expect("a database"));
        // Records are added, of the templates that messages have in common.
        after.entry("record".to_owned()).and_modify(|records| records.truncate(rows["record"].len()));
        for (table, rows) in &rows {
            assert!(after[table] == *rows, "{table} is other than before");
        }
    }
}

#[tokio::test]
async fn a_database_from_before_rows_were_packed_is_taken_over() {
    is_taken_over(9).await;
}

#[tokio::test]
async fn a_database_from_before_messages_were_packed_is_taken_over() {
    is_taken_over(11).await;
}

/// An altered row of an older database is still found after the migration.
#[tokio::test]
async fn what_was_altered_before_the_migration_is_told_after_it() {
    for (sql, said) in [
        ("UPDATE outbox SET body = body || '।' WHERE id = 4", "message 4 is not what was recorded"),
        ("DELETE FROM outbox WHERE id = 5", "message 5 is gone"),
        (
            "DROP TRIGGER record_is_not_changed; UPDATE record SET at = at + 1 WHERE seq = 9;
             CREATE TRIGGER record_is_not_changed BEFORE UPDATE ON record BEGIN SELECT RAISE(ABORT, 'records stay'); END",
            "a record between 1 and 64 does not fit the chain",
        ),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("test.db");
        older(&path, 11).execute_batch(sql).expect(sql);
        let store = sqlite::open(&path).expect("a store");
        store.rebuild(&Rules::default(), |_| {}).await.expect("rows");
        let faults = store.verify(witness()).await.expect("verified").faults;
        assert!(faults.iter().any(|fault| fault.contains(said)), "{said}: {faults:?}");
    }
}

/// Makes the tables of a database what version 17 had: entries with an index by case, each record a row of its own.
const BACK_TO_17: &str = "
    DROP TRIGGER event_is_not_changed;
    DROP TRIGGER event_is_not_deleted;
    CREATE TABLE event17 (
        seq INTEGER PRIMARY KEY, reference INTEGER NOT NULL, version INTEGER NOT NULL, at INTEGER NOT NULL,
        packed BLOB NOT NULL, commitment BLOB, hash BLOB, UNIQUE (reference, version)
    ) STRICT;
    INSERT INTO event17 SELECT seq, reference, version, at, packed, commitment, hash FROM event;
    DROP TABLE event;
    ALTER TABLE event17 RENAME TO event;
    CREATE TRIGGER event_is_not_changed BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
    CREATE TRIGGER event_is_not_deleted BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
    ALTER TABLE outbox DROP COLUMN record;
    ALTER TABLE ledger_end RENAME COLUMN records TO record;
    DROP TABLE absence;
    ALTER TABLE quality_score DROP COLUMN chosen;
    ALTER TABLE quality_score DROP COLUMN correction;
    ALTER TABLE quality_score DROP COLUMN corrected;
    ALTER TABLE quality_score DROP COLUMN corrected_words;
    PRAGMA user_version = 17;";

#[tokio::test]
async fn a_database_from_before_entries_named_each_other_is_taken_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("test.db");
    let store = sqlite::open(&path).expect("a store");
    let link = |of| NewMessage { reference: Some(of), body: "https://x/l/secret".into(), ..text() };
    for payload in 1..=40 {
        let (append, _) = lodged(payload);
        let case = append.case.clone();
        let told = append.with_messages(vec![link(case.reference)]);
        store.append(told).await.expect("appended");
        if payload % 2 == 0 {
            store.append(withdrawn(&case)).await.expect("appended");
        }
    }
    // What is told once more without its link has a record of its own, as all had.
    for sent in store.lease(Share::All, now(), now(), 99).await.expect("leased") {
        store.message_sent(sent.id, now(), true).await.expect("written down");
    }
    for recalled in store.messages(99).await.expect("messages") {
        store.message_sent(recalled.id, now(), true).await.expect("written down");
    }
    drop(store);
    let before = Connection::open(&path).expect("a database");
    before.pragma_update(None, "foreign_keys", "OFF").expect("a setting");
    assert_eq!(all(&before, "SELECT id FROM outbox WHERE record IS NOT NULL"), Vec::<Vec<Value>>::new());
    before.execute_batch(BACK_TO_17).expect("version 17");
    let (rows, entries) = (unchanged(&before), all(&before, "SELECT seq, reference, version, packed, hash FROM event"));
    // Words of an entry that is lost, whose loss was accepted.
    before.execute_batch("INSERT INTO document SELECT 999, salt, packed FROM document WHERE seq = 1").expect("words");
    drop(before);
    for _ in 0..2 {
        let store = sqlite::open(&path).expect("a store");
        assert_eq!(store.verify(witness()).await.expect("verified").faults, Vec::<String>::new());
        let history = store.history(Reference::from_payload(2)).await.expect("a history");
        assert_eq!(history.len(), 2);
        let after = Connection::open(&path).expect("a database");
        assert_eq!(unchanged(&after), rows);
        assert_eq!(all(&after, "SELECT seq, reference, version, packed, hash FROM event"), entries);
    }
    // It goes on, with old cases and old messages.
    let store = sqlite::open(&path).expect("a store");
    let open = store.case(Reference::from_payload(1)).await.expect("read").expect("a case");
    store.append(withdrawn(&open).with_messages(vec![text()])).await.expect("appended");
    let told = NewMessage { reference: Some(open.reference), ..text() };
    store.put_message(told, now()).await.expect("put");
    assert_eq!(store.history(open.reference).await.expect("a history").len(), 2);
    assert_eq!(
        all(&Connection::open(&path).expect("a database"), "SELECT id FROM outbox WHERE record IS NOT NULL").len(),
        1
    );
    store.sweep(now() + chrono::Duration::days(800)).await.expect("swept");
    assert_eq!(store.verify(witness()).await.expect("verified").faults, Vec::<String>::new());
}

/// A literal of PostgreSQL.
fn literal(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => format!("'{}'", text.replace('\'', "''")),
        Value::Blob(bytes) => format!("decode('{}', 'hex')", hex::encode(bytes)),
    }
}

#[tokio::test]
async fn a_postgres_database_from_before_messages_were_packed_is_taken_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let before = older(&folder.path().join("test.db"), 11);
    let Engine::Postgres(url) = Engine::postgres() else { panic!("another engine") };
    let root = tests::root().join("src/server/store/postgres");
    let schema = ["schema1.sql", "schema2.sql"].map(|file| std::fs::read_to_string(root.join(file)).expect("a schema"));
    let mut sql = schema.concat();
    sql += "CREATE TABLE schema_version (version BIGINT NOT NULL); INSERT INTO schema_version VALUES (2);
            DELETE FROM ledger_end;";
    // Entries before the words that refer to them.
    let tables = all(&before, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name <> 'event'");
    for table in tables {
        let [Value::Text(table)] = table.as_slice() else { panic!("a name") };
        // Two columns of SQLite's first version are not used any more.
        let columns = format!(
            "SELECT group_concat(name, ', ') FROM pragma_table_info('{table}') WHERE name NOT IN ('failures', 'failed_at')"
        );
        let columns = all(&before, &columns);
        let Value::Text(columns) = &columns[0][0] else { panic!("columns") };
        for row in all(&before, &format!("SELECT {columns} FROM {table}")) {
            let values: Vec<String> = row.iter().map(literal).collect();
            sql += &format!("INSERT INTO {table} ({columns}) VALUES ({});\n", values.join(", "));
        }
    }
    tests::postgres::run(&url, &sql).expect("an older database");
    let messages = all(&before, MESSAGES);
    for _ in 0..2 {
        let store = postgres::open(&url).expect("a store");
        store.rebuild(&Rules::default(), |_| {}).await.expect("rows");
        holds(store.as_ref(), &messages).await;
    }
}
