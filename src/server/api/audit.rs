//! What an auditor reads.

use super::call::{Call, Reply};
use crate::app::audit;
use crate::failure::Failure;
use model::wire::{CheckLedger, GetLedgerCheck, LedgerCheck, ListReadings, ReadingPage};

/// A page of readings.
pub async fn readings(call: Call<ListReadings>) -> Result<Reply<ReadingPage>, Failure> {
    let actor = call.actor()?.clone();
    Ok(Reply::ok(audit::readings(&call.app, &actor, call.body, call.now).await?))
}

/// How the ledger was found last.
pub async fn ledger_check(call: Call<GetLedgerCheck>) -> Result<Reply<LedgerCheck>, Failure> {
    Ok(Reply::ok(audit::ledger_check(&call.app, call.now).await?))
}

/// Begins to check the ledger.
pub async fn check_ledger(call: Call<CheckLedger>) -> Result<Reply<LedgerCheck>, Failure> {
    Ok(Reply::ok(audit::check_ledger(&call.app, call.actor()?, call.now).await?))
}
