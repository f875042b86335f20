//! The counts on disk: a line of JSON that describes the columns, the columns, and a digest of both. A file that is
//! damaged or of another program is ignored.

use super::Snapshot;
use super::cube::{Cube, Parts};
use crate::ledger::Hash;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io::{Error, Result};
use std::os::unix::fs::OpenOptionsExt;

/// What the columns contain: grows where a flag is added, so that older counts are not taken for such without it.
const FORMAT: u16 = 1;

/// The first line of the file.
#[derive(Serialize, Deserialize)]
struct Header {
    /// See [`FORMAT`].
    #[serde(default)]
    format: u16,
    /// Number of the last ledger entry that the counts include.
    seq: u64,
    /// Hash of the ledger at that entry, hexadecimal.
    hash: String,
    /// See [`Snapshot::view`], hexadecimal.
    view: String,
    /// Number of cases.
    cases: usize,
    /// Name and codes of each dimension, in the order of the columns.
    dimensions: Vec<(String, Vec<String>)>,
    /// As in [`Parts`].
    #[serde(default)]
    elsewhere: Vec<(u32, u16)>,
}

/// The counts as they are written, without the digest. Copies them; whoever holds them from being changed can let go then.
pub(super) fn taken(snapshot: &Snapshot, cube: &Cube, hash: &Hash) -> Result<Vec<u8>> {
    let Parts { dimensions, elsewhere, columns } = cube.parts();
    let header = Header {
        format: FORMAT,
        seq: cube.seq(),
        hash: hex::encode(hash),
        view: hex::encode(snapshot.view()),
        cases: cube.len(),
        dimensions,
        elsewhere,
    };
    let mut bytes = serde_json::to_vec(&header)?;
    bytes.reserve_exact(1 + columns.len() + 32);
    bytes.push(b'\n');
    bytes.extend_from_slice(&columns);
    Ok(bytes)
}

/// Writes counts that were taken, completely or not at all.
pub(super) fn write(snapshot: &Snapshot, mut bytes: Vec<u8>) -> Result<()> {
    let digest = Sha256::digest(&bytes);
    bytes.extend_from_slice(&digest);
    let part = snapshot.file.with_extension("part");
    let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
    std::io::Write::write_all(&mut file, &bytes)?;
    file.sync_all()?;
    std::fs::rename(&part, &snapshot.file)
}

/// The counts that were written, with the hash of the ledger for which they are valid; `None` where the file is missing
/// or unusable.
pub(super) fn read(snapshot: &Snapshot) -> Option<(Cube, Hash)> {
    let bytes = std::fs::read(&snapshot.file).ok()?;
    match parsed(&bytes, &snapshot.view()) {
        Ok(found) => Some(found),
        Err(error) => {
            tracing::info!(%error, "the kept counts are not used: they are counted again");
            None
        }
    }
}

fn parsed(bytes: &[u8], view: &[u8]) -> Result<(Cube, Hash)> {
    let none = || Error::other("it is not whole");
    let (body, digest) = bytes.split_last_chunk::<32>().ok_or_else(none)?;
    if Sha256::digest(body).as_slice() != digest {
        return Err(none());
    }
    let line = body.iter().position(|byte| *byte == b'\n').ok_or_else(none)?;
    let (header, columns) = body.split_at(line + 1);
    let header: Header = serde_json::from_slice(header)?;
    if header.format != FORMAT || header.view != hex::encode(view) {
        return Err(Error::other("it is of another program or of other rules"));
    }
    let hash = hex::decode(&header.hash).ok().and_then(|hash| hash.try_into().ok()).ok_or_else(none)?;
    let mut cube = Cube::of_parts(header.cases, header.dimensions, header.elsewhere, columns).ok_or_else(none)?;
    cube.reflects(header.seq);
    Ok((cube, hash))
}
