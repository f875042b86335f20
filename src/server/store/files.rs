//! Rows of attachments; their bytes are files.

use super::sql::{Connection, Row, params};
use super::writer::Effects;
use super::{Attachment, Result, chain, millis, number, reference};
use crate::print::StoredPrint;
use model::attachment::AttachmentKind;
use model::names::code_of;
use model::{AttachmentId, Reference, Time};

const ATTACHMENT: &str = "id, reference, width, height, length, digest, kind, media, seconds, stored";

fn attachment(row: &Row<'_>) -> Result<Attachment> {
    Ok(Attachment {
        id: row.get::<String>(0)?.into(),
        reference: row.get::<Option<i64>>(1)?.map(reference),
        width: row.get(2)?,
        height: row.get(3)?,
        length: row.get(4)?,
        digest: row.get::<Option<[u8; 32]>>(5)?,
        kind: AttachmentKind::of_code(&row.get::<String>(6)?),
        media: row.get(7)?,
        seconds: row.get(8)?,
        stored: row.get::<Option<[u8; 32]>>(9)?,
        prints: Vec::new(),
    })
}

pub(super) fn put(connection: &Connection, effects: &mut Effects<'_>, attachment: &Attachment, at: Time) -> Result<()> {
    let Attachment { id, reference: _, kind, width, height, seconds, media, length, digest, stored, prints: _ } =
        attachment;
    let length = i64::try_from(*length).unwrap_or(i64::MAX);
    connection.execute(
        "INSERT INTO attachment (id, reference, width, height, created, length, digest, kind, media, seconds, stored)
         VALUES (?1, NULL, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![id.as_str(), *width, *height, millis(at), length, *digest, code_of(kind), media, *seconds, *stored],
    )?;
    if attachment.is_here() {
        chain::record(connection, effects, &chain::ATTACHMENT, id.as_str(), at)?;
        put_prints(connection, attachment)?;
    }
    Ok(())
}

/// Keeps what a photo looks like.
fn put_prints(connection: &Connection, attachment: &Attachment) -> Result<()> {
    if !attachment.prints.is_empty() {
        let sql = "INSERT INTO print (photo, prints) VALUES (?1, ?2) ON CONFLICT (photo) DO NOTHING";
        connection.execute(sql, params![attachment.id.as_str(), &attachment.prints[..]])?;
    }
    Ok(())
}

/// What photos look like, after this number, in the order of their numbers.
pub(super) fn prints(connection: &Connection, after: u64, limit: u32) -> Result<Vec<StoredPrint>> {
    let sql = "SELECT seq, photo, prints FROM print WHERE seq > ?1 ORDER BY seq LIMIT ?2";
    connection.all(sql, params![i64::try_from(after).unwrap_or(i64::MAX), limit], |row| {
        let seq: i64 = row.get(0)?;
        let (photo, prints) = (row.get::<String>(1)?.into(), row.get(2)?);
        Ok(StoredPrint { seq: u64::try_from(seq).unwrap_or(0), photo, prints })
    })
}

/// Answers whether it is still known: it may have been forgotten while it was read.
pub(super) fn arrived(
    connection: &Connection,
    effects: &mut Effects<'_>,
    attachment: &Attachment,
    at: Time,
) -> Result<bool> {
    let Attachment { id, width, height, seconds, media, digest, stored, .. } = attachment;
    let changed = connection.execute(
        "UPDATE attachment SET width = ?2, height = ?3, digest = ?4, media = ?5, seconds = ?6, stored = ?7 WHERE id = ?1",
        params![id.as_str(), *width, *height, *digest, media, *seconds, *stored],
    )?;
    if changed == 0 {
        return Ok(false);
    }
    chain::record(connection, effects, &chain::ATTACHMENT, id.as_str(), at)?;
    put_prints(connection, attachment)?;
    Ok(true)
}

pub(super) fn forget(connection: &Connection, id: &str) -> Result<()> {
    // What never arrived is not recorded. What a case names stays listed as never arrived.
    let sql = "DELETE FROM attachment WHERE id = ?1 AND width + seconds = 0 AND reference IS NULL";
    connection.execute(sql, params![id])?;
    Ok(())
}

/// Deletes attachments that nothing names: those that arrived before `before`, and those that never arrived a day after
/// they were announced. Those that a case names stay.
pub(super) fn sweep(
    connection: &Connection,
    effects: &mut Effects<'_>,
    before: Time,
    unfinished_before: Time,
    at: Time,
) -> Result<Vec<AttachmentId>> {
    let sql = "DELETE FROM attachment WHERE reference IS NULL
                   AND (created < ?1 OR (width + seconds = 0 AND created < ?2)) RETURNING id, width + seconds";
    let gone = connection.changed(sql, params![millis(before), millis(unfinished_before)], |row| {
        Ok((row.get::<String>(0)?, row.get::<i64>(1)? > 0))
    })?;
    for (id, _) in gone.iter().filter(|(_, here)| *here) {
        chain::record(connection, effects, &chain::ATTACHMENT, id, at)?;
        connection.execute("DELETE FROM print WHERE photo = ?1", params![id.as_str()])?;
    }
    Ok(gone.into_iter().map(|(id, _)| id.into()).collect())
}

/// Every attachment.
pub(super) fn all(connection: &Connection) -> Result<Vec<Attachment>> {
    connection.all(&format!("SELECT {ATTACHMENT} FROM attachment"), &[], attachment)
}

pub(super) fn undigested(connection: &Connection) -> Result<Vec<Attachment>> {
    let sql = format!("SELECT {ATTACHMENT} FROM attachment WHERE width + seconds > 0 AND stored IS NULL");
    connection.all(&sql, &[], attachment)
}

pub(super) fn one(connection: &Connection, id: &str) -> Result<Option<Attachment>> {
    connection.first(&format!("SELECT {ATTACHMENT} FROM attachment WHERE id = ?1"), params![id], attachment)
}

pub(super) fn of_case(connection: &Connection, of: Reference) -> Result<Vec<Attachment>> {
    connection.all(
        &format!("SELECT {ATTACHMENT} FROM attachment WHERE reference = ?1"),
        params![number(of)],
        attachment,
    )
}

/// Bytes that nothing names: those that are here, and those that were announced after `since`.
pub(super) fn unnamed_bytes(connection: &Connection, since: Time) -> Result<u64> {
    let sql = "SELECT CAST(coalesce(sum(length), 0) AS BIGINT) FROM attachment
               WHERE reference IS NULL AND (width + seconds > 0 OR created >= ?1)";
    connection.one(sql, params![millis(since)])
}

/// What was announced before that, is not here and is named by nothing.
pub(super) fn unfinished(connection: &Connection, before: Time) -> Result<Vec<AttachmentId>> {
    let sql = "SELECT id FROM attachment WHERE reference IS NULL AND width + seconds = 0 AND created < ?1";
    connection.all(sql, params![millis(before)], |row| Ok(row.get::<String>(0)?.into()))
}
