//! Search over all cases that one may see.

use super::call::{Call, Reply};
use crate::app::{search, views};
use crate::failure::Failure;
use model::wire::{CountedView, GetViews, SaveView, Search, SearchPage};

/// A page of what the words and filters find.
pub async fn page(call: Call<Search>) -> Result<Reply<SearchPage>, Failure> {
    Ok(Reply::ok(search::page(&call.app, call.actor()?, call.body.clone(), call.now).await?))
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
