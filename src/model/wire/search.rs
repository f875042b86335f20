//! Search over all cases that the signed-in member of staff may see.

use super::{CaseLine, Due, Endpoint, Method, Office};
use crate::duty::{Duty, Needs};
use crate::lifecycle::Stage;
use crate::names::code_of;
use crate::{CategoryCode, DepartmentCode, Lgd, OfficeId};
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

/// The filters of a search.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SearchFilters {
    /// Only cases in this stage; `None` for all, as for those below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
    /// Only cases whose limit is this near.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Due>,
    /// Only cases of this district.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub district: Option<Lgd>,
    /// Only cases that this department has, or had last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<DepartmentCode>,
    /// Only cases that this office has, had last or is offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office: Option<OfficeId>,
    /// Only cases of this leaf category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryCode>,
}

impl SearchFilters {
    /// The filters of an address: `stage=with_office&district=307`. What cannot be read is left out.
    #[must_use]
    pub fn of_query(query: &str) -> Self {
        let value = |name: &str| {
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.filter(|(known, _)| *known == name).map(|(_, value)| value).next()
        };
        let is_code = |code: &&str| {
            code.len() <= 40
                && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
        };
        Self {
            stage: value("stage").and_then(|code| code.parse().ok()),
            due: value("due").and_then(|code| code.parse().ok()),
            district: value("district").and_then(|lgd| lgd.parse().ok()).map(Lgd::new),
            department: value("department").filter(is_code).map(DepartmentCode::from),
            office: value("office").and_then(|office| office.parse().ok()),
            category: value("category").filter(is_code).map(CategoryCode::from),
        }
    }

    /// The query of an address that has these filters; empty where there are none.
    #[must_use]
    pub fn to_query(&self) -> String {
        let district = self.district.map(|district| district.to_string());
        let office = self.office.map(|office| office.to_string());
        let pairs = [
            ("stage", self.stage.as_ref().map(code_of)),
            ("due", self.due.as_ref().map(code_of)),
            ("district", district.as_deref()),
            ("department", self.department.as_deref()),
            ("office", office.as_deref()),
            ("category", self.category.as_deref()),
        ];
        let pairs = pairs.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?)));
        pairs.collect::<Vec<_>>().join("&")
    }
}

endpoint!(
    /// What a search finds, to be taken away as a table: at most [`SEARCH_TOTAL`] cases, newest first among equals, without
    /// anybody's words. Recorded as a reading of its own, with the purpose and the number of cases.
    ///
    /// Answers as [`Search`], and 422 `bad_action` where no purpose is said, or one of more than 500 letters. 429 `too_many` comes
    /// after ten in a row, and then for five minutes each.
    Export {} Post "/api/search/export", Needs::Duty(Duty::WatchFigures), ExportRequest => Exported
);

/// Body of [`Export`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExportRequest {
    /// What is looked for, as in [`SearchRequest::words`].
    #[serde(default)]
    pub words: String,
    /// Which of them.
    #[serde(default)]
    pub filters: SearchFilters,
    /// For what it is needed; 1 to 500 letters.
    pub reason: String,
}

/// Answer of [`Export`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Exported {
    /// The cases, each without its title.
    pub rows: Vec<CaseLine>,
    /// The offices that are named in them.
    pub offices: Vec<Office>,
    /// Whether there are more cases, which are left out.
    pub capped: bool,
}

/// Most views that somebody saves.
pub const VIEWS: usize = 12;

/// Most letters of the name of a view.
pub const VIEW_NAME: usize = 40;

endpoint!(
    /// The sender's saved views, in the order in which they were saved, with the number of cases of each.
    GetViews {
        /// Whether the cases are counted.
        #[serde(default)]
        counted: bool,
    } Get "/api/views", Needs::Duty(Duty::Search), () => Vec<CountedView>,
    path = |call| if call.counted { "/api/views?counted=true".to_owned() } else { "/api/views".to_owned() }
);

endpoint!(
    /// Saves a view, in the place of the sender's view of the same name, or forgets that. Answers 400 `wrong_query` where the
    /// name is empty or longer than [`VIEW_NAME`] letters, or there are [`VIEWS`] already.
    SaveView {} Post "/api/views", Needs::Duty(Duty::Search), SavedView => Vec<CountedView>
);

/// A view that somebody saves. It has filters and no words: those name people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SavedView {
    /// Its name.
    pub name: String,
    /// Its filters; `None` to forget the view.
    pub filters: Option<SearchFilters>,
}

/// A saved view with what it holds now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CountedView {
    /// Its name.
    pub name: String,
    /// Its filters.
    pub filters: SearchFilters,
    /// Number of its cases: at most [`SEARCH_TOTAL`]. `None` where it was not asked for, and while the index is being made.
    pub total: Option<u32>,
}

/// Body of [`Search`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SearchRequest {
    /// What is looked for, as typed: at most 200 letters. Empty: all cases that the filters leave, newest first.
    #[serde(default)]
    pub words: String,
    /// Which of them.
    #[serde(default)]
    pub filters: SearchFilters,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_stand_in_an_address_and_are_found_in_it() {
        let all = SearchFilters {
            stage: Some(Stage::WithOffice),
            due: Some(Due::Over),
            district: Some(Lgd::new(307)),
            department: Some("PHE".into()),
            office: Some(OfficeId::new(2953)),
            category: Some("water.tubewell".into()),
        };
        let query = "stage=with_office&due=over&district=307&department=PHE&office=2953&category=water.tubewell";
        assert_eq!(all.to_query(), query);
        assert_eq!(SearchFilters::of_query(query), all);
        assert_eq!(SearchFilters::default().to_query(), "");
        for wrong in ["", "stage=nowhere", "due=", "district=x", "office=x", "department=<script>", "stage", "other=1"]
        {
            assert_eq!(SearchFilters::of_query(wrong), SearchFilters::default(), "{wrong}");
        }
    }
}
