//! What a report is compared with: the grievance, and earlier reports of the same office.

use crate::feed::cube::Slice;
use crate::state::App;
use crate::store::{StoreError, StoredEvent};
use model::atr::Matter;
use model::counts::{Dimension, Filter};
use model::lifecycle::{Case, EventKind, Statement};
use model::topic::Topics;

/// Cases of the office that are looked into, those lodged last.
const CASES: usize = crate::reports::REMEMBERED;

/// What was written before a report.
#[derive(Debug, Default)]
pub struct Earlier {
    /// The grievance in the citizen's words; `None` where it was spoken or its words were erased.
    said: Option<String>,
    /// Texts of reports: all of this case, and those of the office's newest cases.
    pub reports: Vec<String>,
}

impl Earlier {
    /// What the report should be about.
    #[must_use]
    pub fn matter<'a>(&'a self, case: &'a Case, topics: &'a Topics) -> Option<Matter<'a>> {
        let said = self.said.as_deref()?;
        Some(Matter { said, category: case.category.as_deref(), topics })
    }
}

/// Looks up what a report on this case is compared with. The office's cases are taken from the views in memory, which
/// may be behind by a moment: they only say where to look.
///
/// # Errors
/// Where the store does not answer.
pub async fn look_up(app: &App, case: &Case) -> Result<Earlier, StoreError> {
    let history = app.reader().history(case.reference).await?;
    let said = history.first().and_then(|stored| stored.event.statement.as_ref()).map(|first| first.text.clone());
    let mut reports: Vec<String> = reports(&history).collect();
    let Some(office) = case.office else {
        return Ok(Earlier { said: said.filter(|said| !said.is_empty()), reports });
    };
    if let Some(known) = app.reports.of(office, case.reference) {
        reports.extend(known);
    } else {
        let filter = Filter::default().and(Dimension::Office, office.to_string());
        let slice = Slice { filter, since: None };
        let feed = app.feed.clone();
        let found = tokio::task::spawn_blocking(move || feed.cube().ordinals(&slice, 0, CASES).0).await;
        let mut read = Vec::new();
        for reference in app.reader().references(&found.unwrap_or_default()).await? {
            let history = app.reader().history(reference).await?;
            read.extend(self::reports(&history).map(|text| (reference, text)));
        }
        reports.extend(read.iter().filter(|(about, _)| *about != case.reference).map(|(_, text)| text.clone()));
        app.reports.put(office, read);
    }
    Ok(Earlier { said: said.filter(|said| !said.is_empty()), reports })
}

/// The texts of a case's reports.
fn reports(history: &[StoredEvent]) -> impl Iterator<Item = String> {
    let filed = history.iter().map(|stored| &stored.event);
    let filed = filed.filter(|event| event.body.kind() == EventKind::AtrSubmitted);
    filed.filter_map(|event| event.statement.as_ref()).map(|Statement { text, .. }| text.clone())
}
