//! The bytes of the ledger's chain, shared by the server, which hashes them, and the browser, which checks them.
//!
//! `digest(n) = SHA-256(entry n)`; `head(n) = SHA-256(head(n - 1) ‖ digest(n))`. Since an entry has a digest of its
//! own, the way from one entry to a later head can be shown without the entries in between.

use crate::wire::SignedHead;

/// An entry as it is stored, without its hash.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// Number of the case.
    pub reference: u64,
    /// Version of the case after it, from 1.
    pub version: u32,
    /// Milliseconds since 1970, UTC.
    pub at: i64,
    /// The actor ([`crate::lifecycle::By`]), as JSON.
    pub by: &'a str,
    /// The event ([`crate::lifecycle::EventBody`]), as JSON.
    pub body: &'a str,
    /// Commitment to the statement; `None` where there is none.
    pub commitment: Option<&'a [u8]>,
}

impl Entry<'_> {
    /// The bytes that are hashed for the entry with this number.
    #[must_use]
    pub fn bytes(&self, seq: u64) -> Vec<u8> {
        let parts = [self.by.as_bytes(), self.body.as_bytes(), self.commitment.unwrap_or_default()];
        let mut bytes = Vec::with_capacity(52 + parts.iter().map(|part| part.len()).sum::<usize>());
        bytes.extend(seq.to_be_bytes());
        bytes.extend(self.reference.to_be_bytes());
        bytes.extend(self.version.to_be_bytes());
        bytes.extend(self.at.to_be_bytes());
        // Each part with its length, so that different entries never have the same bytes.
        for part in parts {
            bytes.extend((part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part);
        }
        bytes
    }
}

impl SignedHead {
    /// The text that is signed.
    #[must_use]
    pub fn text(&self) -> String {
        format!("pratikar head {} {} {}", self.seq, self.hash, self.at)
    }
}
