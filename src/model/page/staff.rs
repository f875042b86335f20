//! The staff app's pages.

use super::Page;
use crate::Reference;

/// A page of the staff app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StaffPage {
    /// The first page of the role signed in.
    Home,
    /// The worklist.
    Work,
    /// A case.
    Case(Reference),
    /// Lodging a grievance for a citizen.
    Intake,
    /// What one has lodged for others oneself.
    Own,
    /// The calendar of hearings.
    Hearings,
    /// Verification calls.
    Calls,
    /// Asking for a change of number for a citizen at the counter.
    Number,
    /// Load of the desks.
    Desks,
    /// The tables that are administered, and their changes.
    Settings,
    /// One of these tables, by its name.
    Table(String),
    /// Accounts of the staff.
    Accounts,
    /// Who is at work, and who is away until when.
    Roster,
    /// Who has read what, with what is looked for as a query.
    Readings(String),
    /// Whether the ledger is whole.
    Ledger,
    /// Hearing and scoring calls.
    Quality,
    /// How one's own calls were scored.
    Scores,
    /// The dashboard, with its filter as a query.
    Dashboard(String),
    /// The cases behind a figure, with the filter as a query.
    Cases(String),
    /// The offices of a department beside each other, with department and period as a query.
    Offices(String),
    /// Search over all cases, with the filters as a query; what is looked for stands in no address.
    Search(String),
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

/// Whether it may stand for the name of a table: small letters, and a dash for a dot.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

/// The pages without a parameter.
const PLAIN: [(&str, StaffPage); 14] = [
    ("/staff/", StaffPage::Home),
    ("/staff/work", StaffPage::Work),
    ("/staff/intake", StaffPage::Intake),
    ("/staff/own", StaffPage::Own),
    ("/staff/hearings", StaffPage::Hearings),
    ("/staff/calls", StaffPage::Calls),
    ("/staff/number", StaffPage::Number),
    ("/staff/desks", StaffPage::Desks),
    ("/staff/settings", StaffPage::Settings),
    ("/staff/accounts", StaffPage::Accounts),
    ("/staff/roster", StaffPage::Roster),
    ("/staff/ledger", StaffPage::Ledger),
    ("/staff/quality", StaffPage::Quality),
    ("/staff/scores", StaffPage::Scores),
];

impl Page for StaffPage {
    fn path(&self) -> String {
        match self {
            Self::Case(reference) => format!("/staff/case/{reference}"),
            // What has a dot is a file to the server and to proxies.
            Self::Table(name) => format!("/staff/settings/{}", name.replace('.', "-")),
            Self::Dashboard(query) => with_query("/staff/dashboard", query),
            Self::Cases(query) => with_query("/staff/cases", query),
            Self::Offices(query) => with_query("/staff/offices", query),
            Self::Search(query) => with_query("/staff/search", query),
            Self::Readings(query) => with_query("/staff/readings", query),
            plain => PLAIN.iter().find(|(_, page)| page == plain).map_or("/staff/", |(path, _)| path).to_owned(),
        }
    }

    fn of(path: &str) -> Self {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let plain = path.trim_end_matches('/');
        if let Some((_, page)) = PLAIN.iter().find(|(known, _)| known.trim_end_matches('/') == plain) {
            return page.clone();
        }
        match plain.strip_prefix("/staff/").map(|rest| rest.split_once('/').unwrap_or((rest, ""))) {
            Some(("case", reference)) => Reference::parse(reference).map_or(Self::Unknown, Self::Case),
            Some(("settings", name)) if is_name(name) => Self::Table(name.replace('-', ".")),
            Some(("dashboard", "")) => Self::Dashboard(query.to_owned()),
            Some(("cases", "")) => Self::Cases(query.to_owned()),
            Some(("offices", "")) => Self::Offices(query.to_owned()),
            Some(("search", "")) => Self::Search(query.to_owned()),
            Some(("readings", "")) => Self::Readings(query.to_owned()),
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
            StaffPage::Own,
            StaffPage::Hearings,
            StaffPage::Calls,
            StaffPage::Number,
            StaffPage::Desks,
            StaffPage::Settings,
            StaffPage::Table("holidays.tsv".into()),
            StaffPage::Accounts,
            StaffPage::Roster,
            StaffPage::Readings(String::new()),
            StaffPage::Readings("account=analyst&from=2026-11-05".into()),
            StaffPage::Ledger,
            StaffPage::Quality,
            StaffPage::Scores,
            StaffPage::Dashboard(String::new()),
            StaffPage::Dashboard("days=30&where=district:307".into()),
            StaffPage::Cases("where=department:PHE".into()),
            StaffPage::Offices("days=90&where=department:PHE".into()),
            StaffPage::Search("stage=with_office&district=307".into()),
        ];
        for page in pages {
            assert_eq!(StaffPage::of(&page.path()), page);
        }
        for nowhere in ["/staff/nowhere", "/staff/settings/../me", "/staff/settings/A", "/staff/settings/a/b"] {
            assert_eq!(StaffPage::of(nowhere), StaffPage::Unknown, "{nowhere}");
        }
    }
}
