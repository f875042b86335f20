//! Attachments: their listing; the bytes lie in files.

use super::{Result, millis, number, reference};
use crate::store::Attachment;
use model::attachment::AttachmentKind;
use model::{Reference, Time};
use rusqlite::{Connection, OptionalExtension, Row, params};

const ATTACHMENT: &str = "id, reference, width, height, length, digest, kind, media, seconds";

fn attachment(row: &Row<'_>) -> rusqlite::Result<Attachment> {
    Ok(Attachment {
        id: row.get(0)?,
        reference: row.get::<_, Option<i64>>(1)?.map(reference),
        width: row.get(2)?,
        height: row.get(3)?,
        length: u64::try_from(row.get::<_, i64>(4)?).unwrap_or(0),
        digest: row.get::<_, Option<[u8; 32]>>(5)?,
        kind: AttachmentKind::of_code(&row.get::<_, String>(6)?),
        media: row.get(7)?,
        seconds: row.get(8)?,
    })
}

pub(super) fn put(connection: &Connection, attachment: &Attachment, at: Time) -> Result<()> {
    let Attachment { id, reference: _, kind, width, height, seconds, media, length, digest } = attachment;
    let length = i64::try_from(*length).unwrap_or(i64::MAX);
    connection.execute(
        "INSERT INTO attachment (id, reference, width, height, created, length, digest, kind, media, seconds)
         VALUES (?1, NULL, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![id, width, height, millis(at), length, digest, kind.code(), media, seconds],
    )?;
    Ok(())
}

pub(super) fn came(connection: &Connection, attachment: &Attachment) -> Result<()> {
    let Attachment { id, width, height, seconds, media, digest, .. } = attachment;
    connection.execute(
        "UPDATE attachment SET width = ?2, height = ?3, digest = ?4, media = ?5, seconds = ?6 WHERE id = ?1",
        params![id, width, height, digest, media, seconds],
    )?;
    Ok(())
}

pub(super) fn forget(connection: &Connection, id: &str) -> Result<()> {
    connection.execute("DELETE FROM attachment WHERE id = ?1", [id])?;
    Ok(())
}

pub(super) fn one(connection: &Connection, id: &str) -> Result<Option<Attachment>> {
    let sql = format!("SELECT {ATTACHMENT} FROM attachment WHERE id = ?1");
    Ok(connection.prepare_cached(&sql)?.query_row([id], attachment).optional()?)
}

pub(super) fn of_case(connection: &Connection, of: Reference) -> Result<Vec<Attachment>> {
    let sql = format!("SELECT {ATTACHMENT} FROM attachment WHERE reference = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    Ok(statement.query_map([number(of)], attachment)?.collect::<rusqlite::Result<_>>()?)
}
