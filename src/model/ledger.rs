//! What the ledger's chain is made of, byte by byte: the server hashes it, the browser checks it, both by this.
//!
//! `digest(n) = SHA-256(entry n)`; `head(n) = SHA-256(head(n - 1) ‖ digest(n))`. A digest of its own lets the way from one
//! entry to a later head be shown without the entries between them.

use crate::wire::SignedHead;

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
    /// What the chain takes of the entry with this number.
    #[must_use]
    pub fn bytes(&self, seq: u64) -> Vec<u8> {
        let parts = [self.by.as_bytes(), self.body.as_bytes(), self.commitment.unwrap_or_default()];
        let mut bytes = Vec::with_capacity(52 + parts.iter().map(|part| part.len()).sum::<usize>());
        bytes.extend(seq.to_be_bytes());
        bytes.extend(self.reference.to_be_bytes());
        bytes.extend(self.version.to_be_bytes());
        bytes.extend(self.at.to_be_bytes());
        // Each with its length, so that no two entries share their bytes.
        for part in parts {
            bytes.extend((part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part);
        }
        bytes
    }
}

impl SignedHead {
    /// What its signature is over.
    #[must_use]
    pub fn text(&self) -> String {
        format!("pratikar head {} {} {}", self.seq, self.hash, self.at)
    }
}
