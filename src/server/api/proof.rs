//! What a citizen needs to check their case against the published heads of the ledger.

use super::call::{Call, Reply};
use crate::app::read::readable_in_full;
use crate::failure::Failure;
use crate::ledger::PublishedHead;
use model::wire::{GetHeads, GetProof, ProblemCode, Proof, Published};

/// Heads that are listed.
const SHOWN: u32 = 50;

/// The first entry of a case and its way to a published head; only for citizens who may read the case, since it
/// contains their own words.
pub async fn of_case(call: Call<GetProof>) -> Result<Reply<Proof>, Failure> {
    let actor = call.actor()?;
    let case = readable_in_full(&call.app, actor, call.path.reference).await?;
    let trail = call.app.reader().trail(case.reference).await?.ok_or_else(|| Failure::of(ProblemCode::NotFound))?;
    Ok(Reply::ok(Proof {
        seq: trail.seq,
        reference: case.reference.to_string(),
        version: 1,
        at: trail.at,
        by: trail.by,
        body: trail.body,
        salt: hex::encode(&trail.salt),
        statement: trail.statement,
        before: hex::encode(trail.before),
        after: trail.after.iter().map(hex::encode).collect(),
        head: trail.head.as_ref().map(PublishedHead::told),
    }))
}

/// The newest published heads.
pub async fn published(call: Call<GetHeads>) -> Result<Reply<Published>, Failure> {
    let heads = call.app.reader().heads(SHOWN).await?;
    let key = hex::encode(call.app.secret.signing_key().verifying_key().as_bytes());
    Ok(Reply::ok(Published { key, heads: heads.iter().map(PublishedHead::told).collect() }))
}
