//! Search over all cases that one may see.

use super::call::{Call, Reply};
use crate::app::search;
use crate::failure::Failure;
use model::wire::{Search, SearchPage};

/// A page of what the words and filters find.
pub async fn page(call: Call<Search>) -> Result<Reply<SearchPage>, Failure> {
    Ok(Reply::ok(search::page(&call.app, call.actor()?, call.body.clone(), call.now).await?))
}
