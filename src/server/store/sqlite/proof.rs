//! Published heads, and the way from a case to one of them.

use super::writer::Effects;
use super::{Result, blob, chain, number, time};
use crate::ledger::PublishedChains;
use crate::ledger::{Entry, Hash, Head, digest_of};
use crate::store::{PublishedHead, Trail};
use model::Reference;
use rusqlite::{Connection, OptionalExtension, Row, params};

fn published(row: &Row<'_>) -> rusqlite::Result<PublishedHead> {
    let seq = u64::try_from(row.get::<_, i64>(0)?).unwrap_or(0);
    let chains: Option<String> = row.get(4)?;
    let chains = chains.and_then(|json| serde_json::from_str::<PublishedChains>(&json).ok());
    let (chains, chains_signature) = chains.and_then(|chains| chains.read()).unzip();
    Ok(PublishedHead {
        head: Head { seq, hash: row.get(1)? },
        at: row.get(2)?,
        signature: row.get(3)?,
        chains,
        chains_signature: chains_signature.unwrap_or_default(),
    })
}

pub(super) fn put_head(connection: &Connection, effects: &mut Effects<'_>, head: &PublishedHead) -> Result<()> {
    let seq = i64::try_from(head.head.seq).unwrap_or(i64::MAX);
    let chains = head.chains.map(|chains| PublishedChains::of(&chains, &head.chains_signature));
    let kept = connection.execute(
        "INSERT INTO ledger_head (seq, hash, at, signature, chains) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
        params![seq, head.head.hash, head.at, head.signature, chains.map(|chains| chains.json()).transpose()?],
    )?;
    if kept == 0 {
        return Ok(());
    }
    chain::record(connection, effects, &chain::HEAD, &seq, time(head.at))
}

pub(super) fn heads(connection: &Connection, limit: u32) -> Result<Vec<PublishedHead>> {
    let mut statement = connection
        .prepare_cached("SELECT seq, hash, at, signature, chains FROM ledger_head ORDER BY seq DESC LIMIT ?1")?;
    Ok(statement.query_map([limit], published)?.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn trail(connection: &Connection, of: Reference) -> Result<Option<Trail>> {
    let first = connection
        .prepare_cached(
            "SELECT e.seq, e.at, e.by, e.body, coalesce(d.salt, x''), coalesce(d.statement, '') FROM event e
             LEFT JOIN document d ON d.seq = e.seq WHERE e.reference = ?1 AND e.version = 1",
        )?
        .query_row([number(of)], |row| {
            let seq: i64 = row.get(0)?;
            let trail = Trail {
                seq: u64::try_from(seq).unwrap_or(0),
                at: row.get(1)?,
                by: row.get(2)?,
                body: row.get(3)?,
                salt: row.get(4)?,
                statement: row.get(5)?,
                ..Trail::default()
            };
            Ok((seq, trail))
        })
        .optional()?;
    let Some((seq, mut trail)) = first else { return Ok(None) };
    let before: Option<Vec<u8>> = connection
        .prepare_cached("SELECT hash FROM event WHERE seq = ?1")?
        .query_row([seq - 1], |row| row.get(0))
        .optional()?;
    trail.before = match before {
        Some(hash) => blob(&hash)?,
        None => Hash::default(),
    };
    trail.head = connection
        .prepare_cached(
            "SELECT seq, hash, at, signature, chains FROM ledger_head WHERE seq >= ?1 ORDER BY seq LIMIT 1",
        )?
        .query_row([seq], published)
        .optional()?;
    if let Some(head) = &trail.head {
        let sql = "SELECT reference, version, at, by, body, commitment, seq FROM event WHERE seq > ?1 AND seq <= ?2 ORDER BY seq";
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query(params![seq, i64::try_from(head.head.seq).unwrap_or(0)])?;
        while let Some(row) = rows.next()? {
            let (by, body): (String, String) = (row.get(3)?, row.get(4)?);
            let commitment: Option<Vec<u8>> = row.get(5)?;
            let entry = Entry {
                reference: u64::try_from(row.get::<_, i64>(0)?).unwrap_or(0),
                version: row.get(1)?,
                at: row.get(2)?,
                by: &by,
                body: &body,
                commitment: commitment.as_deref(),
            };
            trail.after.push(digest_of(&entry, u64::try_from(row.get::<_, i64>(6)?).unwrap_or(0)));
        }
    }
    Ok(Some(trail))
}
