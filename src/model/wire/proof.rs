//! Checking a case against the published heads of the ledger.

use super::{Endpoint, Method};
use crate::Reference;
use crate::duty::{Duty, Needs};
use serde::{Deserialize, Serialize};

endpoint!(
    /// What is needed to check a case against the published heads.
    GetProof {
        /// Number of the case.
        reference: Reference,
    } Get "/api/grievances/{reference}/proof", Needs::Duty(Duty::FollowOwn), () => Proof,
    path = |call| format!("/api/grievances/{}/proof", call.reference)
);

endpoint!(
    /// The newest published heads of the ledger and the key that signs them.
    GetHeads {} Get "/api/ledger", Needs::Nothing, () => Published
);

/// The first entry of a case and the way from it to a published head. Hashes are hexadecimal SHA-256.
///
/// `digest = SHA-256(seq ‖ reference ‖ version ‖ at ‖ by ‖ body ‖ commitment)`, numbers big-endian (8, 8, 4 and 8
/// bytes), texts and the commitment each after their length in 8 bytes; `head(n) = SHA-256(head(n - 1) ‖ digest(n))`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Proof {
    /// Number of the entry in the ledger.
    pub seq: u64,
    /// Number of the case, without its spaces.
    pub reference: String,
    /// Version of the case: 1.
    pub version: u32,
    /// Milliseconds since 1970, UTC.
    pub at: i64,
    /// The actor, as it is hashed (JSON).
    pub by: String,
    /// The event, as it is hashed (JSON).
    pub body: String,
    /// Salt of the commitment to the words.
    pub salt: String,
    /// The statement, as it is committed to (JSON).
    pub statement: String,
    /// The head before the entry.
    pub before: String,
    /// Digests of the entries after it, up to and including the head's.
    pub after: Vec<String>,
    /// The published head; `None` where none has been published since the entry.
    pub head: Option<SignedHead>,
}

/// A published and signed head.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SignedHead {
    /// Number of its last entry.
    pub seq: u64,
    /// Its hash, hexadecimal.
    pub hash: String,
    /// Milliseconds since 1970, UTC.
    pub at: i64,
    /// Ed25519 over `pratikar head {seq} {hash} {at}`, hexadecimal.
    pub signature: String,
}

/// The published heads.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Published {
    /// The Ed25519 key that signs, hexadecimal.
    pub key: String,
    /// The newest heads, newest first.
    pub heads: Vec<SignedHead>,
}
