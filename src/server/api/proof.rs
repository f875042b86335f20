//! What a citizen needs to check their case against the published heads of the ledger.

use super::call::{Call, Reply};
use super::grievance::readable;
use super::problem::Failure;
use crate::app::App;
use crate::store::{PublishedHead, StoreError};
use ed25519_dalek::Signer;
use model::api::{GetHeads, GetProof, ProblemCode, Proof, Published, SignedHead};

/// Heads that are shown.
const SHOWN: u32 = 50;

fn signed(head: &PublishedHead) -> SignedHead {
    SignedHead {
        seq: head.head.seq,
        hash: hex::encode(head.head.hash),
        at: head.at,
        signature: hex::encode(&head.signature),
    }
}

/// The first entry of a case and its way to a published head. For whoever may read the case, and for citizens alone:
/// it holds their own words.
pub async fn of_case(call: Call<GetProof>) -> Result<Reply<Proof>, Failure> {
    let actor = call.actor()?;
    if actor.role != model::Role::Citizen {
        return Err(Failure::of(ProblemCode::NotPermitted));
    }
    let case = readable(&call.app, actor, &call.path.reference).await?;
    let trail = call.app.store.trail(case.reference).await?.ok_or_else(|| Failure::of(ProblemCode::NotFound))?;
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
        head: trail.head.as_ref().map(signed),
    }))
}

/// The newest published heads.
pub async fn published(call: Call<GetHeads>) -> Result<Reply<Published>, Failure> {
    let heads = call.app.store.heads(SHOWN).await?;
    let key = hex::encode(call.app.signing_key().verifying_key().as_bytes());
    Ok(Reply::ok(Published { key, heads: heads.iter().map(signed).collect() }))
}

/// Signs and keeps the present head, where the ledger has grown since the last one; writes it to `heads.jsonl` in the
/// data folder too, to be copied elsewhere.
///
/// # Errors
/// Where the store or the file does not answer.
pub async fn publish(app: &App) -> Result<bool, StoreError> {
    use std::io::Write;
    let head = app.store.head().await?;
    if head.seq == 0 || app.store.heads(1).await?.first().is_some_and(|last| last.head.seq >= head.seq) {
        return Ok(false);
    }
    let mut head = PublishedHead { head, at: app.now().timestamp_millis(), signature: Vec::new() };
    head.signature = app.signing_key().sign(signed(&head).text().as_bytes()).to_bytes().to_vec();
    app.store.put_head(&head).await?;
    let line = serde_json::to_string(&signed(&head))?;
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(app.config.data.join("heads.jsonl"))?;
    writeln!(file, "{line}")?;
    Ok(true)
}
