//! The telephones of those who take grievances.

use super::call::{Call, Reply};
use crate::app::line;
use crate::failure::Failure;
use model::wire::{EndLine, GetLine, GetLineDay, LineCall, LineDay, RingBack, TieCall};

/// The call on one's own telephone.
pub async fn line(call: Call<GetLine>) -> Result<Reply<Option<LineCall>>, Failure> {
    Ok(Reply::ok(line::line(&call.app, call.actor()?, call.now).await?))
}

/// Ends it.
pub async fn end(call: Call<EndLine>) -> Result<Reply<()>, Failure> {
    Ok(Reply::ok(line::end(&call.app, call.actor()?, call.now).await?))
}

/// Says which grievance a call was about.
pub async fn tie(call: Call<TieCall>) -> Result<Reply<()>, Failure> {
    Ok(Reply::ok(line::tie(&call.app, call.actor()?, &call.path.id, call.body.reference).await?))
}

/// One's own calls of today, and whom nobody has answered.
pub async fn day(call: Call<GetLineDay>) -> Result<Reply<LineDay>, Failure> {
    Ok(Reply::ok(line::day(&call.app, call.actor()?, call.now).await?))
}

/// Rings back a number that nobody has answered.
pub async fn ring_back(call: Call<RingBack>) -> Result<Reply<LineCall>, Failure> {
    Ok(Reply::ok(line::ring_back(&call.app, call.actor()?, &call.path.id, call.now).await?))
}
