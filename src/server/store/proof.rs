//! Published heads, and the way from a case to one of them.

use super::append::unpacked;
use super::sql::{Connection, Row, params};
use super::writer::Effects;
use super::{Result, StoreError, Trail, append, chain, number, time};
use crate::ledger::{Entry, Hash, Head, PublishedChains, PublishedHead, digest_of};
use model::Reference;

fn published(row: &Row<'_>) -> Result<PublishedHead> {
    let chains: Option<String> = row.get(4)?;
    let chains = chains.and_then(|json| serde_json::from_str::<PublishedChains>(&json).ok());
    let (chains, chains_signature) = chains.and_then(|chains| chains.read()).unzip();
    Ok(PublishedHead {
        head: Head { seq: row.get(0)?, hash: row.get(1)? },
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
        params![seq, head.head.hash, head.at, &head.signature, chains.map(|chains| chains.json()).transpose()?],
    )?;
    if kept == 0 {
        return Ok(());
    }
    chain::record(connection, effects, &chain::HEAD, seq, time(head.at))
}

pub(super) fn heads(connection: &Connection, limit: u32) -> Result<Vec<PublishedHead>> {
    let sql = "SELECT seq, hash, at, signature, chains FROM ledger_head ORDER BY seq DESC LIMIT ?1";
    connection.all(sql, params![limit], published)
}

/// An entry of the ledger as it is stored.
pub(super) struct Kept {
    pub seq: u64,
    pub reference: i64,
    pub version: u32,
    /// Milliseconds since 1970, UTC.
    pub at: i64,
    /// The actor, as it is hashed.
    pub by: String,
    /// The event, as it is hashed.
    pub body: String,
    pub commitment: Option<Vec<u8>>,
    /// The hash of the chain after it; `None` where it is not stored with this entry.
    pub hash: Option<Hash>,
}

impl Kept {
    /// Its columns, for [`Kept::read`].
    pub const COLUMNS: &'static str = "seq, reference, version, at, packed, commitment, hash";

    /// Reads an entry from a row.
    pub fn read(row: &Row<'_>) -> Result<Self> {
        let unpacked = unpacked(&row.get::<Vec<u8>>(4)?)?;
        Self::with(row, unpacked)
    }

    /// Reads an entry from a row; one that cannot be unpacked is left empty.
    pub fn read_damaged(row: &Row<'_>) -> Result<Self> {
        let unpacked = unpacked(&row.get::<Vec<u8>>(4)?).unwrap_or_default();
        Self::with(row, unpacked)
    }

    fn with(row: &Row<'_>, (by, body): (String, String)) -> Result<Self> {
        Ok(Self {
            seq: row.get(0)?,
            reference: row.get(1)?,
            version: row.get(2)?,
            at: row.get(3)?,
            by,
            body,
            commitment: row.get(5)?,
            hash: row.get(6)?,
        })
    }

    /// The entry in the form that the chain hashes.
    pub fn entry(&self) -> Entry<'_> {
        Entry {
            reference: u64::try_from(self.reference).unwrap_or(0),
            version: self.version,
            at: self.at,
            by: &self.by,
            body: &self.body,
            commitment: self.commitment.as_deref(),
        }
    }
}

/// SQL before a statement that reads the entries of a case as rows of `entries`, from the last one back: each names the one
/// before it. `last` is what follows `FROM` to find the last, [`LAST_OF_CASE`] or [`ENTRY`].
pub(super) fn entries_from(last: &str) -> String {
    format!(
        "WITH RECURSIVE entries AS (
             SELECT e.* FROM {last}
             UNION ALL SELECT e.* FROM entries t
                 JOIN event e ON e.seq = t.earlier AND e.seq < t.seq AND e.reference = t.reference)"
    )
}

/// The last entry of the case with the number ?1.
pub(super) const LAST_OF_CASE: &str =
    "grievance g JOIN event e ON e.seq = g.seq AND e.reference = g.reference WHERE g.reference = ?1";
/// The entry ?1.
pub(super) const ENTRY: &str = "event e WHERE e.seq = ?1";

/// Entries after one, in order, at most `limit`.
fn entries_after(connection: &Connection, seq: u64, limit: u64) -> Result<Vec<Kept>> {
    page(connection, seq, limit, Kept::read)
}

/// Entries after one, in order, at most `limit`, read by `read`.
pub(super) fn page(
    connection: &Connection,
    seq: u64,
    limit: u64,
    read: impl Fn(&Row<'_>) -> Result<Kept>,
) -> Result<Vec<Kept>> {
    let sql = format!("SELECT {} FROM event WHERE seq > ?1 ORDER BY seq LIMIT ?2", Kept::COLUMNS);
    let bound = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    connection.all(&sql, params![bound(seq), bound(limit)], read)
}

/// The hash of the chain after an entry, recomputed from the last stored one before it; `None` where there is no such
/// entry.
pub(super) fn hash_at(connection: &Connection, seq: u64) -> Result<Option<Hash>> {
    let end = chain::ends(connection)?.ledger;
    if seq == 0 || seq >= end.seq {
        return Ok(if seq == 0 { Some(Hash::default()) } else { (seq == end.seq).then_some(end.hash) });
    }
    followed(connection, seq)
}

/// The hash of the chain after an entry, recomputed from the last stored one before it; `None` where entries in between
/// are missing.
pub(super) fn followed(connection: &Connection, seq: u64) -> Result<Option<Hash>> {
    let marked = seq - seq % append::MARKED;
    let mut head = Head { seq: marked, hash: Hash::default() };
    if marked > 0 {
        let sql = "SELECT hash FROM event WHERE seq = ?1";
        let kept = connection.maybe::<Option<Hash>>(sql, params![i64::try_from(marked).unwrap_or(i64::MAX)])?;
        head.hash = kept.flatten().ok_or_else(|| StoreError::Damaged(format!("entry {marked} has no hash")))?;
    }
    for kept in page(connection, marked, seq - marked, Kept::read_damaged)? {
        head = head.next(&kept.entry());
    }
    Ok((head.seq == seq).then_some(head.hash))
}

pub(super) fn trail(connection: &Connection, of: Reference) -> Result<Option<Trail>> {
    let sql = format!(
        "SELECT {} FROM event WHERE seq = (SELECT lodged_seq FROM grievance WHERE reference = ?1)",
        Kept::COLUMNS
    );
    let Some(first) = connection.first(&sql, params![number(of)], Kept::read)? else { return Ok(None) };
    let seq = i64::try_from(first.seq).unwrap_or(i64::MAX);
    let sql = "SELECT salt, packed FROM document WHERE seq = ?1";
    let said = connection
        .first(sql, params![seq], |row| Ok((row.get::<Vec<u8>>(0)?, append::words(&row.get::<Vec<u8>>(1)?)?)))?;
    let (salt, statement) = said.unwrap_or_default();
    let before = hash_at(connection, first.seq - 1)?.unwrap_or_default();
    let sql = "SELECT seq, hash, at, signature, chains FROM ledger_head WHERE seq >= ?1 ORDER BY seq LIMIT 1";
    let head = connection.first(sql, params![seq], published)?;
    let after = match &head {
        Some(head) => entries_after(connection, first.seq, head.head.seq.saturating_sub(first.seq))?
            .iter()
            .map(|kept| digest_of(&kept.entry(), kept.seq))
            .collect(),
        None => Vec::new(),
    };
    let Kept { at, by, body, .. } = first;
    Ok(Some(Trail { seq: u64::try_from(seq).unwrap_or(0), at, by, body, salt, statement, before, after, head }))
}
