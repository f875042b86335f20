//! The chain of administered settings. Each change has a record, so that none can be altered or removed unnoticed.

use super::pack::{self, Kind};
use super::sql::{Connection, Row, params};
use super::writer::Effects;
use super::{Result, Setting, chain, millis, time};
use model::wire::TableChange;

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The columns of a change.
const CHANGE: &str = "seq, at, who, name, why, undoes";

fn change(row: &Row<'_>) -> Result<TableChange> {
    Ok(TableChange {
        seq: row.get(0)?,
        at: time(row.get(1)?),
        who: row.get(2)?,
        name: row.get(3)?,
        why: row.get(4)?,
        undoes: row.get(5)?,
    })
}

/// From the columns of a change and the table's content.
fn setting(row: &Row<'_>) -> Result<Setting> {
    let TableChange { seq, at, who, name, why, undoes } = change(row)?;
    let text = row.get::<Option<Vec<u8>>>(6)?.map(|packed| pack::unpack(Kind::Words, &packed)).transpose()?;
    Ok(Setting { seq, at, who, name, why, text, undoes })
}

pub(super) fn put(
    connection: &Connection,
    effects: &mut Effects<'_>,
    setting: &Setting,
    newest: u64,
) -> Result<Option<u64>> {
    if self::newest(connection)? != newest {
        return Ok(None);
    }
    let seq = newest + 1;
    let packed = setting.text.as_ref().map(|text| pack::pack(Kind::Words, text)).transpose()?;
    let Setting { at, who, name, why, undoes, .. } = setting;
    connection.execute(
        &format!("INSERT INTO setting ({CHANGE}, packed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"),
        params![signed(seq), millis(*at), who, name, why, undoes.map(signed), packed],
    )?;
    chain::record(connection, effects, &chain::SETTING, signed(seq), *at)?;
    Ok(Some(seq))
}

pub(super) fn newest_of_each(connection: &Connection) -> Result<Vec<Setting>> {
    let sql = format!(
        "SELECT {CHANGE}, packed FROM setting WHERE seq IN (SELECT max(seq) FROM setting GROUP BY name) ORDER BY name"
    );
    connection.all(&sql, &[], setting)
}

pub(super) fn history(connection: &Connection, before: u64, limit: u32) -> Result<Vec<TableChange>> {
    let sql = format!("SELECT {CHANGE} FROM setting WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2");
    connection.all(&sql, params![signed(before), limit], change)
}

pub(super) fn one(connection: &Connection, seq: u64) -> Result<Option<Setting>> {
    connection.first(&format!("SELECT {CHANGE}, packed FROM setting WHERE seq = ?1"), params![signed(seq)], setting)
}

pub(super) fn newest(connection: &Connection) -> Result<u64> {
    connection.one("SELECT coalesce(max(seq), 0) FROM setting", &[])
}
