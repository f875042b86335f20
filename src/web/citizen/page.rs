//! The citizen app's pages and their paths.

use model::Reference;
use model::lifecycle::ActionKind;
use web::route::Page;

/// A question of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// What happened?
    What,
    /// What is it about?
    Category,
    /// Where?
    Where,
    /// Photos?
    Photos,
    /// Who, and how to reach?
    You,
    /// All answers at a glance.
    Check,
    /// The question for the shares, and sending.
    Gender,
}

impl Step {
    /// In the order in which they are asked.
    pub const ALL: [Self; 7] =
        [Self::What, Self::Category, Self::Where, Self::Photos, Self::You, Self::Check, Self::Gender];

    fn path(self) -> &'static str {
        match self {
            Self::What => "/lodge",
            Self::Category => "/lodge/category",
            Self::Where => "/lodge/where",
            Self::Photos => "/lodge/photos",
            Self::You => "/lodge/you",
            Self::Check => "/lodge/check",
            Self::Gender => "/lodge/last",
        }
    }

    /// The one before; none before the first.
    #[must_use]
    pub fn before(self) -> Option<Self> {
        let index = Self::ALL.iter().position(|step| *step == self)?;
        Self::ALL.get(index.checked_sub(1)?).copied()
    }

    /// The one after.
    #[must_use]
    pub fn after(self) -> Option<Self> {
        let index = Self::ALL.iter().position(|step| *step == self)?;
        Self::ALL.get(index + 1).copied()
    }
}

/// A page of the citizen app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CitizenPage {
    /// The first page.
    Home,
    /// A question of the form.
    Lodge(Step),
    /// The confirmation.
    Done(Reference),
    /// Asks for the number.
    SignIn,
    /// Asks for the code.
    Code,
    /// All own grievances.
    Mine,
    /// One of them.
    Case(Reference),
    /// Something to be done to it.
    Act(Reference, ActionKind),
    /// How to reach us otherwise.
    Help,
    /// No such page.
    Unknown,
}

const ACTS: [(ActionKind, &str); 5] = [
    (ActionKind::Dispute, "dispute"),
    (ActionKind::Reopen, "reopen"),
    (ActionKind::Appeal, "appeal"),
    (ActionKind::Withdraw, "withdraw"),
    (ActionKind::ProvideInformation, "answer"),
];

impl Page for CitizenPage {
    fn path(&self) -> String {
        match self {
            Self::Home | Self::Unknown => "/".into(),
            Self::Lodge(step) => step.path().into(),
            Self::Done(reference) => format!("/done/{reference}"),
            Self::SignIn => "/sign-in".into(),
            Self::Code => "/sign-in/code".into(),
            Self::Mine => "/mine".into(),
            Self::Case(reference) => format!("/case/{reference}"),
            Self::Act(reference, kind) => {
                let name = ACTS.iter().find(|(known, _)| known == kind).map_or("", |(_, name)| name);
                format!("/case/{reference}/{name}")
            }
            Self::Help => "/help".into(),
        }
    }

    fn of(path: &str) -> Self {
        let path = path.split('?').next().unwrap_or_default();
        if let Some(step) = Step::ALL.into_iter().find(|step| step.path() == path) {
            return Self::Lodge(step);
        }
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        match parts.as_slice() {
            [] => Self::Home,
            ["help"] => Self::Help,
            ["sign-in"] => Self::SignIn,
            ["sign-in", "code"] => Self::Code,
            ["mine"] => Self::Mine,
            ["done", reference] => Reference::parse(reference).map_or(Self::Unknown, Self::Done),
            ["case", reference] => Reference::parse(reference).map_or(Self::Unknown, Self::Case),
            ["case", reference, name] => {
                let kind = ACTS.iter().find(|(_, known)| known == name).map(|(kind, _)| *kind);
                match (Reference::parse(reference), kind) {
                    (Ok(reference), Some(kind)) => Self::Act(reference, kind),
                    _ => Self::Unknown,
                }
            }
            _ => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_finds_itself_by_its_path() {
        let reference = Reference::from_payload(7);
        let mut pages = vec![
            CitizenPage::Home,
            CitizenPage::Done(reference),
            CitizenPage::SignIn,
            CitizenPage::Code,
            CitizenPage::Mine,
            CitizenPage::Case(reference),
            CitizenPage::Help,
        ];
        pages.extend(Step::ALL.map(CitizenPage::Lodge));
        pages.extend(ACTS.map(|(kind, _)| CitizenPage::Act(reference, kind)));
        for page in pages {
            assert_eq!(CitizenPage::of(&page.path()), page);
        }
        assert_eq!(CitizenPage::of("/case/123"), CitizenPage::Unknown);
    }
}
