//! The hash chain of the ledger, and the commitments to what is stored apart from it.
//!
//! Each entry's hash covers the entry and the previous hash, so that no entry can be changed, removed or moved
//! unnoticed. Words and names are not in the chain, only a salted SHA-256 of them, so that erasing them leaves the
//! chain valid.

use crate::secret::Secret;
use ed25519_dalek::{Signature, Verifier};
pub use model::ledger::Entry;
use model::lifecycle::Statement;
use model::wire::SignedHead;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// The end of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Head {
    /// Number of the last entry; 0 for an empty ledger.
    pub seq: u64,
    /// Its hash; zeros for an empty ledger.
    pub hash: Hash,
}

/// A published head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedHead {
    /// The end of the chain.
    pub head: Head,
    /// When, in milliseconds since 1970, UTC.
    pub at: i64,
    /// Ed25519 signature over [`model::wire::SignedHead::text`].
    pub signature: Vec<u8>,
    /// The ends of the other two chains at that time; `None` for heads of older versions.
    pub chains: Option<Chains>,
    /// Ed25519 signature over [`Chains::text`].
    pub chains_signature: Vec<u8>,
}

/// The ends of the chains beside the ledger: readings of personal data, and records of other rows that must not change
/// unnoticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Chains {
    /// The last reading.
    pub readings: Head,
    /// The last record.
    pub records: Head,
}

impl Chains {
    /// The text that is signed together with a head of the ledger.
    #[must_use]
    pub fn text(&self, head: u64) -> String {
        let Self { readings, records } = self;
        let (read, recorded) = (hex::encode(readings.hash), hex::encode(records.hash));
        format!("pratikar chains {head} {} {read} {} {recorded}", readings.seq, records.seq)
    }
}

impl PublishedHead {
    /// In the form of the API.
    #[must_use]
    pub fn told(&self) -> SignedHead {
        SignedHead {
            seq: self.head.seq,
            hash: hex::encode(self.head.hash),
            at: self.at,
            signature: hex::encode(&self.signature),
        }
    }

    /// Whether the secret's key has signed it.
    #[must_use]
    pub fn is_signed(&self, secret: &Secret) -> bool {
        let key = secret.signing_key().verifying_key();
        let fits = |text: &str, signature: &[u8]| {
            Signature::from_slice(signature).is_ok_and(|signature| key.verify(text.as_bytes(), &signature).is_ok())
        };
        fits(&self.told().text(), &self.signature)
            && self.chains.is_none_or(|chains| fits(&chains.text(self.head.seq), &self.chains_signature))
    }
}

/// The ends of the chains beside the ledger when a head was published, in the form of `heads.jsonl`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PublishedChains {
    /// Number and hash of the last reading.
    pub readings: (u64, String),
    /// Number and hash of the last record.
    pub records: (u64, String),
    /// Ed25519 signature over [`Chains::text`], hexadecimal.
    pub signature: String,
}

impl PublishedChains {
    /// The form for `heads.jsonl`.
    #[must_use]
    pub fn of(chains: &Chains, signature: &[u8]) -> Self {
        let end = |head: Head| (head.seq, hex::encode(head.hash));
        Self { readings: end(chains.readings), records: end(chains.records), signature: hex::encode(signature) }
    }

    /// As JSON.
    ///
    /// # Errors
    /// None in practice.
    pub fn json(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }

    /// The chains and their signature; `None` where they cannot be read.
    #[must_use]
    pub fn read(&self) -> Option<(Chains, Vec<u8>)> {
        let end = |(seq, hash): &(u64, String)| {
            let hash = hex::decode(hash).ok()?.try_into().ok()?;
            Some(Head { seq: *seq, hash })
        };
        let chains = Chains { readings: end(&self.readings)?, records: end(&self.records)? };
        Some((chains, hex::decode(&self.signature).ok()?))
    }
}

/// The digest of the entry with this number.
#[must_use]
pub fn digest_of(entry: &Entry<'_>, seq: u64) -> Hash {
    Sha256::digest(entry.bytes(seq)).into()
}

impl Head {
    /// The head after one more entry.
    #[must_use]
    pub fn next(&self, entry: &Entry<'_>) -> Self {
        let seq = self.seq + 1;
        let mut digest = Sha256::new();
        digest.update(self.hash);
        digest.update(digest_of(entry, seq));
        Self { seq, hash: digest.finalize().into() }
    }
}

/// The commitment to a statement in its stored form.
#[must_use]
pub fn commitment(salt: &[u8], statement: &str) -> Hash {
    let mut digest = Sha256::new();
    digest.update(salt);
    digest.update(statement.as_bytes());
    digest.finalize().into()
}

/// The stored form of a statement: JSON.
///
/// # Errors
/// None in practice.
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
