//! The staff app's pages and their paths.

use model::Reference;
use web::route::Page;

/// A page of the staff app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StaffPage {
    /// The first page of whoever is signed in.
    Home,
    /// The worklist.
    Work,
    /// A case.
    Case(Reference),
    /// Taking a grievance.
    Intake,
    /// Verification calls.
    Calls,
    /// Asking for another number for a citizen who stands at the counter.
    Number,
    /// Load of the desks.
    Desks,
    /// The dashboard, with its filter as a query.
    Dashboard(String),
    /// The cases behind a figure, with the filter as a query.
    Cases(String),
    /// No such page.
    Unknown,
}

impl StaffPage {
    /// Whether both are the same page, whatever their content.
    #[must_use]
    pub fn same_kind(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

fn with_query(path: &str, query: &str) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

impl Page for StaffPage {
    fn path(&self) -> String {
        match self {
            Self::Home | Self::Unknown => "/staff/".into(),
            Self::Work => "/staff/work".into(),
            Self::Case(reference) => format!("/staff/case/{reference}"),
            Self::Intake => "/staff/intake".into(),
            Self::Calls => "/staff/calls".into(),
            Self::Number => "/staff/number".into(),
            Self::Desks => "/staff/desks".into(),
            Self::Dashboard(query) => with_query("/staff/dashboard", query),
            Self::Cases(query) => with_query("/staff/cases", query),
        }
    }

    fn of(path: &str) -> Self {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        match parts.as_slice() {
            ["staff"] => Self::Home,
            ["staff", "work"] => Self::Work,
            ["staff", "case", reference] => Reference::parse(reference).map_or(Self::Unknown, Self::Case),
            ["staff", "intake"] => Self::Intake,
            ["staff", "calls"] => Self::Calls,
            ["staff", "number"] => Self::Number,
            ["staff", "desks"] => Self::Desks,
            ["staff", "dashboard"] => Self::Dashboard(query.to_owned()),
            ["staff", "cases"] => Self::Cases(query.to_owned()),
            _ => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_finds_itself_by_its_path() {
        let pages = [
            StaffPage::Home,
            StaffPage::Work,
            StaffPage::Case(Reference::from_payload(7)),
            StaffPage::Intake,
            StaffPage::Calls,
            StaffPage::Number,
            StaffPage::Desks,
            StaffPage::Dashboard(String::new()),
            StaffPage::Dashboard("days=30&where=district:307".into()),
            StaffPage::Cases("where=department:PHE".into()),
        ];
        for page in pages {
            assert_eq!(StaffPage::of(&page.path()), page);
        }
        assert_eq!(StaffPage::of("/staff/nowhere"), StaffPage::Unknown);
    }
}
