//! The chain of administered settings. Each change has a record, so that none can be altered or removed unnoticed.

use super::pack::{self, Kind};
use super::sql::{Connection, Row, params};
use super::writer::Effects;
use super::{Result, Setting, chain, millis, time};
use model::wire::TableChange;

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

const SETTING: &str = "seq, at, who, name, why, packed, undoes";

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

fn setting(row: &Row<'_>) -> Result<Setting> {
    Ok(Setting {
        seq: row.get(0)?,
        at: time(row.get(1)?),
        who: row.get(2)?,
        name: row.get(3)?,
        why: row.get(4)?,
        text: row.get::<Option<Vec<u8>>>(5)?.map(|packed| pack::unpack(Kind::Words, &packed)).transpose()?,
        undoes: row.get(6)?,
    })
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
        &format!("INSERT INTO setting ({SETTING}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"),
        params![signed(seq), millis(*at), who, name, why, packed, undoes.map(signed)],
    )?;
    chain::record(connection, effects, &chain::SETTING, signed(seq), *at)?;
    Ok(Some(seq))
}

pub(super) fn newest_of_each(connection: &Connection) -> Result<Vec<Setting>> {
    let sql = format!(
        "SELECT {SETTING} FROM setting WHERE seq IN (SELECT max(seq) FROM setting GROUP BY name) ORDER BY name"
    );
    connection.all(&sql, &[], setting)
}

pub(super) fn history(connection: &Connection, before: u64, limit: u32) -> Result<Vec<TableChange>> {
    let sql = "SELECT seq, at, who, name, why, undoes FROM setting WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2";
    connection.all(sql, params![signed(before), limit], change)
}

pub(super) fn one(connection: &Connection, seq: u64) -> Result<Option<Setting>> {
    connection.first(&format!("SELECT {SETTING} FROM setting WHERE seq = ?1"), params![signed(seq)], setting)
}

pub(super) fn newest(connection: &Connection) -> Result<u64> {
    connection.one("SELECT coalesce(max(seq), 0) FROM setting", &[])
}
