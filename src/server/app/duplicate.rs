//! Likely duplicates: open grievances of the same category and place whose words are similar, in any script.

use super::policy::{self, Wish, may_read};
use super::read::readable;
use super::suggestion;
use crate::failure::Failure;
use crate::state::App;
use model::lifecycle::{ActionKind, Case, open_actions};
use model::likeness;
use model::lodging::Lodging;
use model::wire::AlikeCase;
use model::{Actor, CategoryCode, Language, Lgd, Reference, Time};
use std::collections::HashSet;

/// Open grievances that are compared, newest first.
const COMPARED: u32 = 200;
/// Most words that are shown of those in common.
pub const WORDS: usize = 6;
/// Most likely duplicates that are offered.
const OFFERED: usize = 3;
/// Fewest distinguishing words that a description must have.
const FEWEST_WORDS: usize = 4;

/// What grievances are compared by.
pub struct Asked<'a> {
    /// Leaf category.
    pub category: &'a CategoryCode,
    /// District.
    pub district: Lgd,
    /// Block or town.
    pub place: Option<Lgd>,
    /// The text and the landmark.
    pub words: String,
    /// The case that asks, which is like itself; `None` before it is lodged.
    pub except: Option<Reference>,
}

/// The usual words of a category, by their sound: its names and keywords.
#[must_use]
pub fn usual_words(app: &App, category: &CategoryCode) -> HashSet<String> {
    let leaves = app.facts.tables.reference.categories.iter().flat_map(|group| &group.leaves);
    let leaf = leaves.filter(|leaf| leaf.code == *category);
    leaf.flat_map(|leaf| {
        Language::ALL.map(|language| leaf.name.of(language).to_owned()).into_iter().chain(leaf.keywords.clone())
    })
    .flat_map(|words| likeness::words(&words).into_keys())
    .collect()
}

/// The grievance that a form joins, if it is still one that would be offered.
///
/// # Errors
/// Where the store does not answer.
pub async fn root(app: &App, form: &Lodging) -> Result<Option<Case>, Failure> {
    let (Some(wanted), Some(category), Some(district)) = (&form.same_as, &form.category, form.district) else {
        return Ok(None);
    };
    let words = format!("{} {}", form.text, form.landmark);
    let found = alike(app, &Asked { category, district, place: form.place, words, except: None }).await?;
    Ok(found.into_iter().map(|(case, _)| case).find(|case| token(app, case) == *wanted))
}

/// Open grievances that may be the same, the most similar first, each with the words of the asker's text that it
/// shares.
///
/// # Errors
/// Where the store does not answer.
pub async fn alike(app: &App, asked: &Asked<'_>) -> Result<Vec<(Case, Vec<String>)>, Failure> {
    // Where identities are withheld nobody may learn that anything was lodged; and a few words are no description.
    let shielded = app.facts.rules.categories.get(asked.category).is_none_or(|rule| rule.shielded);
    if shielded || likeness::words(&asked.words).len() < FEWEST_WORDS {
        return Ok(Vec::new());
    }
    let mut open = app.reader().worded(asked.category, asked.district, asked.place, COMPARED).await?;
    open.retain(|worded| Some(worded.case.reference) != asked.except);
    let words: Vec<String> = open.iter().map(|worded| worded.words.clone()).collect();
    let found = likeness::find(&asked.words, &words).into_iter().take(OFFERED);
    Ok(found.filter_map(|found| Some((open.get(found.index)?.case.clone(), found.words))).collect())
}

/// Open cases that may have the same cause as this one, for an actor who may merge it; none for others. Before the desk has
/// named its category, that which the citizen has chosen counts, or the likeliest.
///
/// # Errors
/// 404 where the actor may not see the case; 429 where they read too fast.
pub async fn of_case(app: &App, actor: &Actor, reference: Reference, now: Time) -> Result<Vec<AlikeCase>, Failure> {
    let case = readable(app, actor, reference).await?;
    let actions = open_actions(&case, actor, &app.facts.rules, now);
    let Some(district) = case.district.filter(|_| actions.contains(&ActionKind::Merge)) else {
        return Ok(Vec::new());
    };
    // A case that others follow cannot follow a third.
    if !app.reader().followers(reference).await?.is_empty() {
        return Ok(Vec::new());
    }
    let Some(own) = app.store.searchable(&[reference]).await?.into_iter().next() else { return Ok(Vec::new()) };
    let suggested = || suggestion::of(app, &case, &own.text, &actions)?.likely.into_iter().next();
    let Some(category) = case.category.clone().or_else(|| Some(suggested()?.category)) else { return Ok(Vec::new()) };
    let words = format!("{} {}", own.text, own.landmark);
    let mut found = Vec::new();
    let asked = Asked { category: &category, district, place: case.place, words, except: Some(reference) };
    for (other, mut words) in alike(app, &asked).await?.into_iter().filter(|(other, _)| may_read(actor, other)) {
        let Some(line) = app.reader().lines(&[other.reference]).await?.into_iter().next() else { continue };
        let followers = app.reader().followers(other.reference).await?.len();
        words.truncate(WORDS);
        found.push(AlikeCase { line, people: u32::try_from(followers + 1).unwrap_or(u32::MAX), words });
    }
    policy::read(app, actor, Wish::List(found.len()), now).await?;
    Ok(found)
}

/// A token that identifies the case to the person to whom it was offered; it gives no access.
#[must_use]
pub fn token(app: &App, case: &Case) -> String {
    let keyed = app.keyed("like", &case.reference.as_u64().to_be_bytes());
    hex::encode(keyed.get(..8).unwrap_or_default())
}
