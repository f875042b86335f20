//! Photos: their listing; the bytes lie in files.

use super::{Result, millis, number, reference};
use crate::store::Photo;
use model::{Reference, Time};
use rusqlite::{Connection, OptionalExtension, Row, params};

const PHOTO: &str = "id, reference, width, height, length, digest";

fn photo(row: &Row<'_>) -> rusqlite::Result<Photo> {
    Ok(Photo {
        id: row.get(0)?,
        reference: row.get::<_, Option<i64>>(1)?.map(reference),
        width: row.get(2)?,
        height: row.get(3)?,
        length: u64::try_from(row.get::<_, i64>(4)?).unwrap_or(0),
        digest: row.get::<_, Option<[u8; 32]>>(5)?,
    })
}

pub(super) fn put(connection: &Connection, photo: &Photo, at: Time) -> Result<()> {
    let length = i64::try_from(photo.length).unwrap_or(i64::MAX);
    connection.execute(
        "INSERT INTO attachment (id, reference, width, height, created, length, digest) VALUES (?1, NULL, ?2, ?3, ?4, ?5, ?6)",
        params![photo.id, photo.width, photo.height, millis(at), length, photo.digest],
    )?;
    Ok(())
}

pub(super) fn came(connection: &Connection, photo: &Photo) -> Result<()> {
    connection.execute(
        "UPDATE attachment SET width = ?2, height = ?3, digest = ?4 WHERE id = ?1",
        params![photo.id, photo.width, photo.height, photo.digest],
    )?;
    Ok(())
}

pub(super) fn forget(connection: &Connection, id: &str) -> Result<()> {
    connection.execute("DELETE FROM attachment WHERE id = ?1", [id])?;
    Ok(())
}

pub(super) fn one(connection: &Connection, id: &str) -> Result<Option<Photo>> {
    let sql = format!("SELECT {PHOTO} FROM attachment WHERE id = ?1");
    Ok(connection.prepare_cached(&sql)?.query_row([id], photo).optional()?)
}

pub(super) fn of_case(connection: &Connection, of: Reference) -> Result<Vec<Photo>> {
    let mut statement = connection.prepare_cached(&format!("SELECT {PHOTO} FROM attachment WHERE reference = ?1"))?;
    Ok(statement.query_map([number(of)], photo)?.collect::<rusqlite::Result<_>>()?)
}
