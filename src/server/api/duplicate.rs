//! Likely duplicates and suggested categories, for a person who is lodging.

use super::call::{Call, Reply};
use crate::app::duplicate::{self, Asked, WORDS, alike, token, usual_words};
use crate::failure::Failure;
use model::clock::{ist_date, ist_midnight};
use model::likeness;
use model::wire::{AlikeCase, Duplicate, FindDuplicates, GetAlike, ProblemCode, SuggestCategory};
use model::{CategoryCode, text};
use unicode_normalization::UnicodeNormalization;

/// Grievances that may be the same: since when, at which stage, how many people; nothing about who they are. The words
/// shown are the asker's own, and only usual words of the category: a person who guesses names must not learn which of
/// them stand in somebody else's grievance.
pub async fn find(call: Call<FindDuplicates>) -> Result<Reply<Vec<Duplicate>>, Failure> {
    let body = &call.body;
    if let Some(limits) = &call.app.limits {
        limits.look(call.address).await?;
    }
    if text::length(&body.text) > model::lodging::TEXT_LIMIT {
        return Err(Failure::of(ProblemCode::TooLarge));
    }
    let asked = Asked {
        category: &body.category,
        district: body.district,
        place: body.place,
        words: format!("{} {}", body.text, body.landmark),
        except: None,
    };
    let usual = usual_words(&call.app, &body.category);
    let mut duplicates = Vec::new();
    for (case, mut words) in alike(&call.app, &asked).await? {
        words.retain(|word| usual.contains(&likeness::skeleton(word)));
        words.truncate(WORDS);
        let followers = call.app.store.followers(case.reference).await?.len();
        duplicates.push(Duplicate {
            token: token(&call.app, &case),
            // The day is enough to recognise it.
            lodged_at: ist_midnight(ist_date(case.lodged_at)),
            stage: case.stage,
            people: u32::try_from(followers + 1).unwrap_or(u32::MAX),
            words,
        });
    }
    Ok(Reply::ok(duplicates))
}

/// Open cases that may have the same cause as this one.
pub async fn of_case(call: Call<GetAlike>) -> Result<Reply<Vec<AlikeCase>>, Failure> {
    Ok(Reply::ok(duplicate::of_case(&call.app, call.actor()?, call.path.reference, call.now).await?))
}

/// Suggests what a grievance is about. Nothing of the text is kept.
pub async fn suggest(call: Call<SuggestCategory>) -> Result<Reply<Vec<CategoryCode>>, Failure> {
    if let Some(limits) = &call.app.limits {
        limits.look(call.address).await?;
    }
    if model::lodging::is_too_long(&call.body.text) {
        return Err(Failure::of(ProblemCode::TooLarge));
    }
    let tables = &call.app.facts.tables;
    let leaves = tables.reference.categories.iter().flat_map(|group| &group.leaves).map(|leaf| leaf.code.as_str());
    let said: String = call.body.text.nfc().collect();
    Ok(Reply::ok(tables.topics.suggest(&said, leaves).into_iter().map(CategoryCode::from).collect()))
}
