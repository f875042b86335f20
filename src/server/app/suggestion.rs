//! Likely categories for whoever categorises a grievance, and what they are learned from.

use crate::learned::{Learned, Source};
use crate::state::{App, Facts};
use crate::store::{CasePages, Changed, ReadCases, StoreError};
use crate::tables::Tables;
use model::clock::ist_date;
use model::lifecycle::{ActionKind, Case, EventBody, Holder, Stage};
use model::suggestion::{self, Classifier, Evaluation, Example, Judged, Likely, is_blind, kind_of};
use model::wire::{LikelyCategory, Suggestion};
use model::{Language, Time};
use std::collections::{BTreeMap, HashMap, VecDeque};

/// Most grievances that are kept in memory, the newest: training takes a few of each wording.
const READ: usize = 200_000;

/// The suggestion for a reader who may do these actions; `None` where categorising is none of them, or where nothing was
/// learned yet.
#[must_use]
pub fn of(app: &App, case: &Case, said: &str, actions: &[ActionKind]) -> Option<Suggestion> {
    if !actions.contains(&ActionKind::Categorise) {
        return None;
    }
    let learned = app.learned.learned()?;
    if is_blind(case.reference) {
        return Some(Suggestion { blind: true, likely: Vec::new() });
    }
    let likely = learned.classifier.suggest(said, &app.facts.tables.topics).into_iter();
    // A category that was taken out of the table since is not suggested.
    let likely = likely.filter(|likely| app.facts.rules.categories.contains_key(&likely.category));
    let likely = likely.map(|Likely { category, probability, words }| {
        let percent = percent(probability);
        LikelyCategory { category, percent, words }
    });
    Some(Suggestion { blind: false, likely: likely.collect() })
}

/// In percent; nothing is certain or impossible.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 1 to 99
fn percent(probability: f32) -> u8 {
    (probability * 100.0).round().clamp(1.0, 99.0) as u8
}

/// Grievances to learn from, oldest first: closed ones whose category no suggestion has coloured. These are the ones that
/// were lodged before there were suggestions, those that were categorised without one, and those that a department has sent
/// back to the cell, which then looked again.
///
/// # Errors
/// Where the store does not answer.
pub async fn examples(store: &dyn ReadCases, since: Option<Time>) -> Result<Vec<Example>, StoreError> {
    let (mut pages, mut examples) = (CasePages::new(store), VecDeque::new());
    while let Some(page) = pages.next().await? {
        let mut taken = Vec::new();
        for Changed { case, .. } in page {
            if is_settled(&case) && (is_uncoloured(&case, since) || was_sent_back(store, &case).await?) {
                taken.push(case);
            }
        }
        examples.extend(worded(store, &taken).await?.into_iter().map(|(_, example)| example));
        examples.drain(..examples.len().saturating_sub(READ));
    }
    Ok(examples.into())
}

/// These cases with their words, without those whose words were erased.
async fn worded<'c>(store: &dyn ReadCases, cases: &'c [Case]) -> Result<Vec<(&'c Case, Example)>, StoreError> {
    let references: Vec<_> = cases.iter().map(|case| case.reference).collect();
    let found: HashMap<_, _> =
        store.searchable(&references).await?.into_iter().map(|found| (found.reference, found)).collect();
    let example = |case: &Case| {
        let found = found.get(&case.reference).filter(|found| !found.text.trim().is_empty())?;
        let kind = kind_of(&found.text, &found.landmark);
        Some(Example { text: found.text.clone(), category: case.category.clone()?, language: case.language, kind })
    };
    Ok(cases.iter().filter_map(|case| Some((case, example(case)?))).collect())
}

/// How right what was learned is about grievances that came after it and were categorised without a suggestion, by month
/// of lodging (`2026-11`). Where this falls, what people write has changed: it is time to learn again.
///
/// # Errors
/// Where the store does not answer.
pub async fn blind(
    store: &dyn ReadCases,
    learned: &Learned,
    facts: &Facts,
) -> Result<BTreeMap<String, Judged>, StoreError> {
    let (mut pages, mut months) = (CasePages::new(store), BTreeMap::<String, Vec<Example>>::new());
    while let Some(page) = pages.next().await? {
        let cases: Vec<Case> = page.into_iter().map(|changed| changed.case).collect();
        let later = |case: &Case| case.lodged_at >= learned.source.at && is_blind(case.reference) && is_settled(case);
        let cases: Vec<Case> = cases.into_iter().filter(later).collect();
        for (case, example) in worded(store, &cases).await? {
            months.entry(ist_date(case.lodged_at).format("%Y-%m").to_string()).or_default().push(example);
        }
    }
    let judge = |examples: Vec<Example>| learned.classifier.judge(&examples, 0, &facts.tables.topics).all;
    Ok(months.into_iter().map(|(month, examples)| (month, judge(examples))).collect())
}

/// Whether its category is the one under which it was worked on to the end.
fn is_settled(case: &Case) -> bool {
    matches!(case.stage, Stage::Redressed | Stage::Explained | Stage::ClosedUnconfirmed)
}

fn is_uncoloured(case: &Case, since: Option<Time>) -> bool {
    is_blind(case.reference) || since.is_none_or(|since| case.lodged_at < since)
}

/// Whether a department has sent it back to the cell.
async fn was_sent_back(store: &dyn ReadCases, case: &Case) -> Result<bool, StoreError> {
    // Most were at the desk once, which their row tells.
    if case.holder_clocks.get(&Holder::Desk.key()).is_none_or(|clock| clock.ended.len() < 2) {
        return Ok(false);
    }
    let history = store.history(case.reference).await?;
    Ok(history.iter().any(|stored| matches!(stored.event.body, EventBody::TransferBounced { to_cell: true })))
}

/// The categories with their names and usual words, from which is learned where there are no grievances.
#[must_use]
pub fn known(tables: &Tables) -> Vec<Example> {
    let leaves = tables.reference.categories.iter().flat_map(|group| &group.leaves);
    let texts = leaves.flat_map(|leaf| {
        let names = Language::ALL.map(|language| (language, leaf.name.of(language).to_owned()));
        let keywords = leaf.keywords.iter().map(|word| (Language::Bengali, word.clone()));
        names.into_iter().chain(keywords).map(|(language, text)| (leaf.code.clone(), language, text))
    });
    let examples = texts.map(|(category, language, text)| Example { text, category, language, kind: 0 });
    examples.filter(|example| !example.text.is_empty()).collect()
}

/// Learns from everything that is closed. `before` is what was learned earlier. `None` where there is no category.
///
/// # Errors
/// Where the store does not answer.
pub async fn train(
    store: &dyn ReadCases,
    facts: &Facts,
    before: Option<Source>,
    now: Time,
) -> Result<Option<Learned>, StoreError> {
    let since = before.map_or(now, |before| before.since);
    let examples = examples(store, before.map(|before| before.since)).await?;
    let classifier = suggestion::train(&examples, &known(&facts.tables), &facts.tables.topics);
    let source = Source { since, at: now, examples: examples.len() };
    Ok(classifier.map(|classifier| Learned { source, classifier }))
}

/// One in so many kinds of grievances is judged, the others are learned from.
const JUDGED: u64 = 5;

/// Whether a grievance is one of those that are judged.
#[must_use]
pub fn is_judged(example: &Example) -> bool {
    example.kind.is_multiple_of(JUDGED)
}

/// Learns from four fifths of the kinds, and judges the rest. Answers also what was learned for that.
#[must_use]
pub fn evaluate(examples: &[Example], facts: &Facts) -> Option<(Evaluation, Classifier)> {
    suggestion::evaluate(examples, is_judged, &known(&facts.tables), &facts.tables.topics)
}

/// Replaces so many in a hundred of the categories that are learned from by that of another grievance, as if people had
/// been wrong. The same grievances at each call.
pub fn disturb(examples: &mut [Example], percent: u8) {
    let categories: Vec<_> = examples.iter().map(|example| example.category.clone()).collect();
    let others = categories.iter().rev();
    for (index, (example, other)) in examples.iter_mut().zip(others).enumerate() {
        // 7,919 is prime to 100: every hundredth of the grievances has its turn.
        if !is_judged(example) && index * 7_919 % 100 < usize::from(percent) {
            example.category = other.clone();
        }
    }
}
