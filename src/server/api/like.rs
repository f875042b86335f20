//! Likely duplicates: open grievances of the same category and place whose words are alike, in any script.

use super::call::{Call, Reply};
use super::problem::Failure;
use crate::app::App;
use model::clock::{ist_date, ist_midnight};
use model::lifecycle::Case;
use model::likeness;
use model::lodging::Lodging;
use model::wire::{FindLike, Like, ProblemCode, SuggestCategory};
use model::{CategoryCode, Language, Lgd, text};
use std::collections::HashSet;
use unicode_normalization::UnicodeNormalization;

/// Open grievances that are compared, newest first.
const COMPARED: u32 = 200;
/// Likely duplicates that are offered.
const OFFERED: usize = 3;
/// Telling words that a description must have.
const FEWEST_WORDS: usize = 4;
/// Words that are shown of those in common.
const WORDS: usize = 6;

/// What a grievance is compared by.
pub struct Asked<'a> {
    /// What it is about.
    pub category: &'a CategoryCode,
    /// Where.
    pub district: Lgd,
    /// Where in it.
    pub place: Option<Lgd>,
    /// What happened, and where in words.
    pub words: String,
}

/// Grievances that may be the same: what they are about, since when, how many people; nothing of who they are. The
/// words shown are the asker's own, and of those only what any grievance of the category says: whoever guesses names must
/// not learn which of them stand in somebody else's.
pub async fn find(call: Call<FindLike>) -> Result<Reply<Vec<Like>>, Failure> {
    let body = &call.body;
    if let Some(limits) = &call.app.limits {
        limits.look(call.address)?;
    }
    if text::length(&body.text) > model::lodging::TEXT_LIMIT {
        return Err(Failure::of(ProblemCode::TooLarge));
    }
    let asked = Asked {
        category: &body.category,
        district: body.district,
        place: body.place,
        words: format!("{} {}", body.text, body.landmark),
    };
    let usual = usual_words(&call.app, &body.category);
    let mut likes = Vec::new();
    for (case, mut words) in alike(&call.app, &asked).await? {
        words.retain(|word| usual.contains(&likeness::skeleton(word)));
        words.truncate(WORDS);
        let followers = call.app.store.followers(case.reference).await?.len();
        likes.push(Like {
            token: token(&call.app, &case),
            // The day is enough to know it by.
            lodged_at: ist_midnight(ist_date(case.lodged_at)),
            stage: case.stage,
            people: u32::try_from(followers + 1).unwrap_or(u32::MAX),
            words,
        });
    }
    Ok(Reply::ok(likes))
}

/// What a grievance may be about. Nothing of what is asked is kept.
pub async fn suggest(call: Call<SuggestCategory>) -> Result<Reply<Vec<CategoryCode>>, Failure> {
    if let Some(limits) = &call.app.limits {
        limits.look(call.address)?;
    }
    if model::lodging::is_too_long(&call.body.text) {
        return Err(Failure::of(ProblemCode::TooLarge));
    }
    let tables = &call.app.tables;
    let leaves = tables.reference.categories.iter().flat_map(|group| &group.leaves).map(|leaf| leaf.code.as_str());
    let said: String = call.body.text.nfc().collect();
    Ok(Reply::ok(tables.topics.suggest(&said, leaves).into_iter().map(CategoryCode::from).collect()))
}

/// The words of a category, by their sound: its name and what it is suggested by.
fn usual_words(app: &App, category: &CategoryCode) -> HashSet<String> {
    let leaves = app.tables.reference.categories.iter().flat_map(|group| &group.leaves);
    let leaf = leaves.filter(|leaf| leaf.code == *category);
    leaf.flat_map(|leaf| {
        Language::ALL.map(|language| leaf.name.of(language).to_owned()).into_iter().chain(leaf.keywords.clone())
    })
    .flat_map(|words| likeness::words(&words).into_keys())
    .collect()
}

/// The grievance that a form adds itself to, where it is still one of those that would be offered.
pub async fn root(app: &App, form: &Lodging) -> Result<Option<Case>, Failure> {
    let (Some(wanted), Some(category), Some(district)) = (&form.same_as, &form.category, form.district) else {
        return Ok(None);
    };
    let words = format!("{} {}", form.text, form.landmark);
    let found = alike(app, &Asked { category, district, place: form.place, words }).await?;
    Ok(found.into_iter().map(|(case, _)| case).find(|case| token(app, case) == *wanted))
}

/// Open grievances that may be the same, the most alike first, each with the asker's words that it has too.
///
/// # Errors
/// Where the store does not answer.
pub async fn alike(app: &App, asked: &Asked<'_>) -> Result<Vec<(Case, Vec<String>)>, Failure> {
    // Where identities are shielded nobody learns that anything was lodged; and a few words are no description.
    let shielded = app.rules.categories.get(asked.category).is_none_or(|rule| rule.shielded);
    if shielded || likeness::words(&asked.words).len() < FEWEST_WORDS {
        return Ok(Vec::new());
    }
    let open = app.store.worded(asked.category, asked.district, asked.place, COMPARED).await?;
    let words: Vec<String> = open.iter().map(|worded| worded.words.clone()).collect();
    let found = likeness::find(&asked.words, &words).into_iter().take(OFFERED);
    Ok(found.filter_map(|found| Some((open.get(found.index)?.case.clone(), found.words))).collect())
}

/// Names a case to whoever was offered it, and opens nothing.
fn token(app: &App, case: &Case) -> String {
    let keyed = app.keyed("like", &case.reference.as_u64().to_be_bytes());
    hex::encode(keyed.get(..8).unwrap_or_default())
}
