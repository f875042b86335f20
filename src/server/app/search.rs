//! Searching all cases that one may see.

use super::policy::{self, Wish, may_read};
use crate::failure::Failure;
use crate::feed::search::{Found, Hit, Starting};
use crate::state::App;
use crate::store::Reading;
use model::lifecycle::Case;
use model::text::length;
use model::wire::{
    CaseLine, Exported, ProblemCode, SEARCH_ROWS, SEARCH_TOTAL, SEARCH_WORDS, SearchFilters, SearchPage, SearchRequest,
};
use model::{Actor, Duty, Time};
use std::collections::BTreeSet;

/// Seconds after which to ask again while the index is being made.
const AGAIN: u32 = 5;

/// Cases of an export that are read one after the other.
const PIECE: usize = 200;

impl From<Starting> for Failure {
    fn from(_: Starting) -> Self {
        Self::starting(AGAIN)
    }
}

/// A page of the cases that this actor may see and that have all the words.
///
/// # Errors
/// 400 where the words are too long or the cursor is none, 429 where they read too fast, 503 while the index is being
/// made.
pub async fn page(app: &App, actor: &Actor, wanted: SearchRequest, now: Time) -> Result<SearchPage, Failure> {
    let wrong = || Failure::of(ProblemCode::WrongQuery);
    if length(&wanted.words) > SEARCH_WORDS {
        return Err(wrong());
    }
    let from: usize = match wanted.cursor.as_str() {
        "" => 0,
        cursor => cursor.parse().ok().filter(|from| *from <= SEARCH_TOTAL as usize).ok_or_else(wrong)?,
    };
    let seq = app.reader().head().await?.seq;
    let found = find(app, actor, wanted, (from, SEARCH_ROWS), seq, now).await?;
    let rows = lines(app, actor, &found.hits).await?;
    policy::read(app, actor, Wish::Search(rows.len()), now).await?;
    let until = from + SEARCH_ROWS;
    let next = (until < found.total as usize).then(|| until.to_string());
    Ok(SearchPage { rows, next, total: found.total, capped: found.capped })
}

/// What a search finds, to be taken away as a table for this purpose, without anybody's words. The cursor plays no part.
///
/// # Errors
/// As [`page`].
pub async fn export(
    app: &App,
    actor: &Actor,
    wanted: SearchRequest,
    reason: &str,
    now: Time,
) -> Result<Exported, Failure> {
    if length(&wanted.words) > SEARCH_WORDS {
        return Err(Failure::of(ProblemCode::WrongQuery));
    }
    let seq = app.reader().head().await?.seq;
    let found = find(app, actor, wanted, (0, SEARCH_TOTAL as usize), seq, now).await?;
    // Before anything is read: whoever asks too often costs nothing more.
    let reading = policy::permit(app, actor, Wish::Export(found.hits.len(), reason), now).await?;
    let mut rows = Vec::with_capacity(found.hits.len());
    // In pieces, so that others read in between.
    for hits in found.hits.chunks(PIECE) {
        let lines = lines(app, actor, hits).await?;
        rows.extend(lines.into_iter().map(|line| CaseLine { title: String::new(), ..line }));
    }
    if let Some(reading) = reading {
        let cases = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        app.store.record_reading(Reading { cases, ..reading }).await?;
    }
    let named: BTreeSet<_> = rows.iter().filter_map(|row| row.office).collect();
    let offices = named.iter().filter_map(|office| app.facts.offices.get(office)).cloned().collect();
    Ok(Exported { rows, offices, capped: found.capped })
}

/// The cases that were found, without those that this actor may not see.
async fn lines(app: &App, actor: &Actor, hits: &[Hit]) -> Result<Vec<CaseLine>, Failure> {
    let mut readable = Vec::with_capacity(hits.len());
    for hit in hits {
        let case = app.reader().case(hit.reference).await?.filter(|case| may_read(actor, case));
        // What the index was told before an identity was withheld must not tell it now.
        let shown = case.is_some_and(|case| case.version == hit.version || !withholds(&case, actor));
        if shown {
            readable.push(hit.reference);
        }
    }
    Ok(app.reader().lines(&readable).await?)
}

/// How many cases that this actor may see the filters leave, at most [`SEARCH_TOTAL`]; `None` while the index is being made.
///
/// # Errors
/// Where the store does not answer.
pub async fn total(app: &App, actor: &Actor, filters: &SearchFilters, now: Time) -> Result<Option<u32>, Failure> {
    let wanted = SearchRequest { filters: filters.clone(), ..SearchRequest::default() };
    let seq = app.reader().head().await?.seq;
    Ok(find(app, actor, wanted, (0, 0), seq, now).await.ok().map(|found| found.total))
}

/// Looks in the index as it is after an entry of the ledger.
async fn find(
    app: &App,
    actor: &Actor,
    wanted: SearchRequest,
    rows: (usize, usize),
    seq: u64,
    now: Time,
) -> Result<Found, Starting> {
    let due = wanted.filters.due.map(|due| due.span(now));
    if due.is_some() {
        app.feed.until(seq).await;
    }
    // Limits pass with the clock and move with the rules, without an entry: the counts know them.
    let feed = app.feed.clone();
    let keep = move |ordinal| due.is_none_or(|due| feed.cube().is_due(ordinal, due));
    app.search.find(wanted, actor.clone(), app.facts.places(), rows, seq, keep).await
}

/// Whether the citizen's identity is withheld from this actor.
fn withholds(case: &Case, actor: &Actor) -> bool {
    case.hides_citizen_from(actor.role) || (case.shielded && !actor.role.has(Duty::SeeIdentity))
}
