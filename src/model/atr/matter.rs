//! Whether a report is about the grievance at all. Where that is in doubt, nothing is said.

use crate::likeness;
use crate::topic::Topics;

/// Weight of the signs of another group of categories from which a report is clearly about that: one sign of two parts,
/// or several.
const CLEAR: u32 = 5;

/// What a report should be about.
#[derive(Debug, Clone, Copy)]
pub struct Matter<'a> {
    /// The grievance in the citizen's words.
    pub said: &'a str,
    /// Its category; `None` where it has none.
    pub category: Option<&'a str>,
    /// The signs of categories.
    pub topics: &'a Topics,
}

impl Matter<'_> {
    /// Whether the report is clearly about something else, and touches nothing of the grievance.
    pub(super) fn is_missed_by(&self, report: &str) -> bool {
        let (told, mut asked) = (self.topics.groups(report), self.topics.groups(self.said));
        if let Some(group) = self.category.and_then(|category| category.split('.').next()) {
            asked.entry(group).or_insert(0);
        }
        let own = likeness::words(self.said);
        told.values().any(|weight| *weight >= CLEAR)
            && !asked.is_empty()
            && !told.keys().any(|group| asked.contains_key(group))
            && !likeness::words(report).keys().any(|word| own.contains_key(word))
    }
}
