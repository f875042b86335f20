//! The newest reports of each office, in memory, for finding near-copies: a report is compared with what the office has
//! filed before, and reading that from the store for each report would cost more than filing it.
//!
//! Advice, not truth: a node learns what other nodes have filed only when it reads an office anew.

use model::{OfficeId, Reference};
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

/// Reports remembered of an office.
pub const REMEMBERED: usize = 30;
/// Offices remembered; then all are forgotten, and read again as they report.
const OFFICES: usize = 2_000;

/// The reports of offices.
#[derive(Debug, Default)]
pub struct Reports(Mutex<HashMap<OfficeId, VecDeque<(Reference, String)>>>);

impl Reports {
    /// What the office has filed about other cases; `None` where that has not been read yet.
    #[must_use]
    pub fn of(&self, office: OfficeId, except: Reference) -> Option<Vec<String>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let reports = known.get(&office)?;
        Some(reports.iter().filter(|(about, _)| *about != except).map(|(_, text)| text.clone()).collect())
    }

    /// Remembers what was read of an office.
    pub fn put(&self, office: OfficeId, reports: impl IntoIterator<Item = (Reference, String)>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= OFFICES {
            known.clear();
        }
        known.insert(office, reports.into_iter().take(REMEMBERED).collect());
    }

    /// The office has filed a report; an office that has not been read stays so.
    pub fn add(&self, office: OfficeId, about: Reference, text: String) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reports) = known.get_mut(&office) {
            reports.push_front((about, text));
            reports.truncate(REMEMBERED);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_office_is_read_once_and_then_followed() {
        let reports = Reports::default();
        let (office, [one, two]) = (OfficeId::new(7), [1, 2].map(Reference::from_payload));
        reports.add(office, one, "before it was read".into());
        assert_eq!(reports.of(office, two), None);
        reports.put(office, (0..40).map(|number| (one, format!("report {number}"))));
        reports.add(office, two, "newest".into());
        let known = reports.of(office, one).expect("read");
        assert_eq!(known, ["newest"], "its own are read with the case");
        assert_eq!(reports.of(office, two).expect("read").len(), REMEMBERED - 1);
    }
}
