//! The hash chain over the ledger, and the commitments to what is kept apart from it.
//!
//! Each entry's hash covers the entry and the hash before it, so that no entry can be changed, dropped or put
//! elsewhere unnoticed. Words and names are not in the chain: it holds a salted SHA-256 of them, so that erasing
//! a person's words leaves the chain whole.

use model::lifecycle::Statement;
use sha2::{Digest, Sha256};

/// A SHA-256 value.
pub type Hash = [u8; 32];

/// Where the chain ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Head {
    /// Number of the last entry; 0 for an empty ledger.
    pub seq: u64,
    /// Its hash; zeros for an empty ledger.
    pub hash: Hash,
}

/// One entry as it is stored, without the hash.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// Number of the case.
    pub reference: u64,
    /// Version that the case has after it.
    pub version: u32,
    /// Milliseconds since 1970, UTC.
    pub at: i64,
    /// By whom, as JSON.
    pub by: &'a str,
    /// What, as JSON.
    pub body: &'a str,
    /// Commitment to the statement that goes with it.
    pub commitment: Option<&'a [u8]>,
}

impl Entry<'_> {
    /// What the chain takes of the entry with this number. A hash of its own, so that the way from one entry to a later
    /// head can be shown without the entries between them.
    #[must_use]
    pub fn digest(&self, seq: u64) -> Hash {
        let mut digest = Sha256::new();
        digest.update(seq.to_be_bytes());
        digest.update(self.reference.to_be_bytes());
        digest.update(self.version.to_be_bytes());
        digest.update(self.at.to_be_bytes());
        // Each with its length, so that no two entries share their bytes.
        for part in [self.by.as_bytes(), self.body.as_bytes(), self.commitment.unwrap_or_default()] {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        digest.finalize().into()
    }
}

impl Head {
    /// The head after one more entry.
    #[must_use]
    pub fn next(&self, entry: &Entry<'_>) -> Self {
        let seq = self.seq + 1;
        let mut digest = Sha256::new();
        digest.update(self.hash);
        digest.update(entry.digest(seq));
        Self { seq, hash: digest.finalize().into() }
    }
}

/// The commitment to a statement's stored form.
#[must_use]
pub fn commitment(salt: &[u8], statement: &str) -> Hash {
    let mut digest = Sha256::new();
    digest.update(salt);
    digest.update(statement.as_bytes());
    digest.finalize().into()
}

/// A statement's stored form.
///
/// # Errors
/// None in practice: a statement is always JSON.
pub fn stored(statement: &Statement) -> serde_json::Result<String> {
    serde_json::to_string(statement)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_an_entry_moves_the_hash() {
        let entry = Entry { reference: 1, version: 2, at: 3, by: "a", body: "b", commitment: Some(&[7]) };
        let head = Head::default().next(&entry);
        let others = [
            Entry { reference: 2, ..entry.clone() },
            Entry { version: 3, ..entry.clone() },
            Entry { at: 4, ..entry.clone() },
            Entry { by: "ab", body: "", ..entry.clone() },
            Entry { body: "c", ..entry.clone() },
            Entry { commitment: None, ..entry.clone() },
        ];
        for other in others {
            assert_ne!(Head::default().next(&other).hash, head.hash, "{other:?}");
        }
        assert_ne!(head.next(&entry).hash, head.hash);
        assert_eq!(head.seq, 1);
    }
}
