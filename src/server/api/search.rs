//! Search over all cases that one may see.

use super::call::{Call, Reply, short_text};
use crate::app::{search, views};
use crate::failure::Failure;
use model::lifecycle::Refusal;
use model::wire::{
    CountedView, Export, ExportRequest, Exported, GetViews, SaveView, Search, SearchPage, SearchRequest,
};

/// A page of what the words and filters find.
pub async fn page(call: Call<Search>) -> Result<Reply<SearchPage>, Failure> {
    Ok(Reply::ok(search::page(&call.app, call.actor()?, call.body.clone(), call.now).await?))
}

/// What the words and filters find, as a table.
pub async fn export(call: Call<Export>) -> Result<Reply<Exported>, Failure> {
    let ExportRequest { words, filters, reason } = call.body.clone();
    let Some(reason) = short_text(&reason) else { return Err(Refusal::TextMissing.into()) };
    let wanted = SearchRequest { words, filters, cursor: String::new() };
    Ok(Reply::ok(search::export(&call.app, call.actor()?, wanted, &reason, call.now).await?))
}

/// The sender's saved views with the number of cases of each.
pub async fn views(call: Call<GetViews>) -> Result<Reply<Vec<CountedView>>, Failure> {
    Ok(Reply::ok(views::of(&call.app, call.actor()?, call.path.counted, call.now).await?))
}

/// Saves or forgets a view.
pub async fn save_view(call: Call<SaveView>) -> Result<Reply<Vec<CountedView>>, Failure> {
    let actor = call.actor()?;
    views::save(&call.app, actor, &call.body).await?;
    Ok(Reply::ok(views::of(&call.app, actor, true, call.now).await?))
}
