//! The migration to packed messages, on both engines: from version 11 on SQLite, from 2 on PostgreSQL.

use super::outbox::{STATES, add_template};
use super::sql::{Connection, Row, Value};
use super::transfer::put;
use super::{Result, StoreError, chain, pack, reference};

/// Rows moved at once.
const PAGE: i64 = 5_000;
/// Rows after which the log says how far it has come.
const TOLD: usize = 500_000;

/// The columns of a message before and after.
const BEFORE: &str = "id, reference, recipient, template, registered_id, language, body, state, attempts, next_try, \
                      created, sent, error, cause, priority, expires";
const AFTER: &str = "id, reference, recipient, template, created, cause, state, attempts, next_try, sent_after, error, \
                     priority, expires, packed";

/// Moves all messages from an earlier table to `outbox` and drops it.
///
/// # Errors
/// `Damaged` where a message is none that a version of this program has written.
pub(super) fn pack_messages(connection: &Connection, earlier: &str) -> Result<()> {
    let before = chain::ends(connection)?;
    let mut ends = before;
    let templates = format!("SELECT DISTINCT template, registered_id, language FROM {earlier} ORDER BY 1, 2, 3");
    for (name, registered, language) in connection
        .all(&templates, &[], |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?, row.get::<String>(2)?)))?
    {
        add_template(connection, &mut ends, (&name, &registered, &language), 0)?;
    }
    chain::put_ends(connection, &before, &ends)?;
    let sql = format!(
        "SELECT {BEFORE}, (SELECT t.id FROM template t WHERE t.name = m.template AND t.registered_id = m.registered_id
                               AND t.language = m.language) AS known
         FROM {earlier} m WHERE id > ?1 ORDER BY id LIMIT {PAGE}"
    );
    let (mut last, mut moved) = (Value::Integer(i64::MIN), 0);
    loop {
        let page: Vec<Vec<Value>> = connection.all(&sql, std::slice::from_ref(&last), packed)?;
        let Some(key) = page.last().and_then(|row| row.first()) else { break };
        last = key.clone();
        put(connection, "outbox", AFTER, &page)?;
        moved += page.len();
        if moved % TOLD < page.len() && moved >= TOLD {
            tracing::info!(messages = moved, "messages are packed");
        }
    }
    connection.batch(&format!("DROP TABLE {earlier}"))?;
    connection.renumber()
}

/// The columns after, from a row with the columns before and the number of the template.
fn packed(row: &Row<'_>) -> Result<Vec<Value>> {
    let value = |column: usize| Ok::<_, StoreError>(row.cell(column)?.to_value());
    let (id, recipient, name): (i64, String, String) = (row.get(0)?, row.get(2)?, row.get(3)?);
    let odd = |what: &str| StoreError::Damaged(format!("message {id} has {what}"));
    let number = recipient.parse::<i64>().ok().filter(|number| number.to_string() == recipient);
    let number = number.ok_or_else(|| odd("no mobile number"))?;
    let cause = row.get::<Option<String>>(13)?.map(|cause| {
        let entry = cause.split(' ').next().and_then(|entry| entry.parse::<i64>().ok());
        entry.filter(|entry| format!("{entry} {recipient} {name}") == cause).ok_or_else(|| odd("a cause of no entry"))
    });
    let state = row.get::<String>(7)?;
    let state = STATES.iter().position(|(_, name)| *name == state).and_then(|place| i64::try_from(place).ok());
    let state = state.ok_or_else(|| odd("a state that there is not"))?;
    let (created, sent): (i64, Option<i64>) = (row.get(10)?, row.get(11)?);
    let body = pack::pack_message(row.get::<Option<i64>>(1)?.map(reference), &row.get::<String>(6)?)?;
    Ok(vec![
        id.into(),
        value(1)?,
        number.into(),
        value(16)?,
        created.into(),
        cause.transpose()?.into(),
        state.into(),
        value(8)?,
        if sent.is_some() { Value::Null } else { value(9)? },
        sent.map(|sent| sent - created).into(),
        value(12)?,
        value(14)?,
        value(15)?,
        body.into(),
    ])
}
