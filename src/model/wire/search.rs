//! Search over all cases that the signed-in member of staff may see.

use super::{CaseLine, Due, Endpoint, Method};
use crate::duty::{Duty, Needs};
use crate::lifecycle::Stage;
use crate::{CategoryCode, DepartmentCode, Lgd};
use serde::{Deserialize, Serialize};

/// Most letters of [`SearchRequest::words`].
pub const SEARCH_WORDS: usize = 200;

/// Rows on a page of a search.
pub const SEARCH_ROWS: usize = 20;

/// Most cases that a search counts, and that its pages lead through.
pub const SEARCH_TOTAL: u32 = 10_000;

endpoint!(
    /// Cases that have every one of the words, best first: those with the number, then with the telephone, then of the
    /// name, then of the words; the newest first among equals. Recorded as a reading, with the number of cases shown.
    ///
    /// A word is found in names, texts and places, in any script and by its sound (রহমান, Rahman, Rehman); the last word
    /// also as the beginning of a longer one. Digits are found in grievance numbers (any four or more that stand together)
    /// and in mobile numbers (the whole number however it is written, or its last four or more digits). Names and mobile
    /// numbers are found only by those who are shown them.
    ///
    /// A POST, although it changes nothing: addresses are written into logs and histories, and these words name people.
    ///
    /// Answers 400 `wrong_query` where the words are longer than 200 letters or the cursor cannot be read, 429 `too_many`
    /// where somebody searches too fast, and 503 `starting` with `Retry-After` while the index is being made.
    Search {} Post "/api/search", Needs::Duty(Duty::Search), SearchRequest => SearchPage
);

/// Body of [`Search`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SearchRequest {
    /// What is looked for, as typed: at most 200 letters. Empty: all cases that the filters leave, newest first.
    #[serde(default)]
    pub words: String,
    /// Only cases in this stage; `None` for all.
    #[serde(default)]
    pub stage: Option<Stage>,
    /// Only cases whose limit is this near; `None` for all.
    #[serde(default)]
    pub due: Option<Due>,
    /// Only cases of this district; `None` for all.
    #[serde(default)]
    pub district: Option<Lgd>,
    /// Only cases that this department has, or had last; `None` for all.
    #[serde(default)]
    pub department: Option<DepartmentCode>,
    /// Only cases of this leaf category; `None` for all.
    #[serde(default)]
    pub category: Option<CategoryCode>,
    /// Where the page begins, from [`SearchPage::next`]; empty for the first page.
    #[serde(default)]
    pub cursor: String,
}

/// A page of what was found.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SearchPage {
    /// At most 20 cases.
    pub rows: Vec<CaseLine>,
    /// Cursor of the next page; `None` on the last.
    pub next: Option<String>,
    /// Number of cases on all pages: at most 10,000.
    pub total: u32,
    /// Whether there are more cases than `total`, which were not counted. Narrower words or a filter find them.
    pub capped: bool,
}
