//! The citizen app's pages and their paths.

use super::Page;
use crate::Reference;
use crate::lifecycle::ActionKind;

/// A question of the form. Which of them are asked, and in which order, depends on the answers: see
/// `questions::order`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// What happened?
    What,
    /// Is somebody in danger?
    Danger,
    /// What is it about?
    Category,
    /// What the category asks, one question each.
    Reason(u8),
    /// Where?
    Where,
    /// Is it one of these?
    Duplicate,
    /// Photos?
    Photos,
    /// Whom does it concern?
    Affected,
    /// Is it about an officer or office?
    Conduct,
    /// May the department see the name?
    Privacy,
    /// Name and mobile number.
    You,
    /// All answers, to be checked.
    Check,
    /// Gender, asked for the statistics, and the button that sends.
    Gender,
}

/// The paths of the questions that have one page each.
const STEPS: [(Step, &str); 12] = [
    (Step::What, "/lodge"),
    (Step::Danger, "/lodge/danger"),
    (Step::Category, "/lodge/category"),
    (Step::Where, "/lodge/where"),
    (Step::Duplicate, "/lodge/duplicate"),
    (Step::Photos, "/lodge/photos"),
    (Step::Affected, "/lodge/whom"),
    (Step::Conduct, "/lodge/conduct"),
    (Step::Privacy, "/lodge/privacy"),
    (Step::You, "/lodge/you"),
    (Step::Check, "/lodge/check"),
    (Step::Gender, "/lodge/last"),
];

impl Step {
    fn path(self) -> String {
        match (self, STEPS.iter().find(|(step, _)| *step == self)) {
            (Self::Reason(index), _) => format!("/lodge/more/{}", index + 1),
            (_, Some((_, path))) => (*path).to_owned(),
            (_, None) => "/lodge".to_owned(),
        }
    }

    fn of(path: &str) -> Option<Self> {
        if let Some(number) = path.strip_prefix("/lodge/more/") {
            return number.parse::<u8>().ok()?.checked_sub(1).map(Self::Reason);
        }
        STEPS.iter().find(|(_, known)| *known == path).map(|(step, _)| *step)
    }
}

/// A page of the citizen app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CitizenPage {
    /// The first page.
    Home,
    /// A question of the form.
    Lodge(Step),
    /// The confirmation of a grievance lodged.
    Done(Reference),
    /// Sign-in: asks for the mobile number.
    SignIn,
    /// Sign-in: asks for the code.
    Code,
    /// All grievances of the person signed in.
    Mine,
    /// Asks for the number of a grievance.
    Find,
    /// All data stored about the person signed in.
    Everything,
    /// Change of the mobile number.
    Number,
    /// One grievance.
    Case(Reference),
    /// Answers a report: only a part of it is done.
    Partly(Reference),
    /// The session has ended.
    Ended,
    /// An action on a grievance.
    Act(Reference, ActionKind),
    /// Checks a case against the published ledger.
    Proof(Reference),
    /// From the first question to the next one.
    Next,
    /// The queue; drawn above other pages, not a page of its own.
    Queue,
    /// The receipts on this phone; drawn within the first page, not a page of its own.
    Receipts,
    /// The spoken note; drawn within the first question, not a page of its own.
    Voice,
    /// No such page.
    Unknown,
}

const ACTS: [(ActionKind, &str); 7] = [
    (ActionKind::Unmerge, "leave"),
    (ActionKind::Dispute, "dispute"),
    (ActionKind::Reopen, "reopen"),
    (ActionKind::Appeal, "appeal"),
    (ActionKind::Withdraw, "withdraw"),
    (ActionKind::ProvideInformation, "answer"),
    (ActionKind::AddInformation, "add"),
];

impl CitizenPage {
    /// The first parts of all paths but that of the first page.
    pub const STARTS: [&str; 8] = ["lodge", "done", "sign-in", "signed-out", "mine", "find", "case", "check"];

    /// Whether it shows data of one person. On all other pages nobody is shown as signed in: anybody can lodge a
    /// grievance, and the server then acts in nobody's name.
    #[must_use]
    pub fn is_of_somebody(&self) -> bool {
        match self {
            Self::Mine
            | Self::Everything
            | Self::Number
            | Self::Case(_)
            | Self::Partly(_)
            | Self::Act(..)
            | Self::Proof(_) => true,
            Self::Home
            | Self::Lodge(_)
            | Self::Next
            | Self::Done(_)
            | Self::SignIn
            | Self::Code
            | Self::Ended
            | Self::Find
            | Self::Queue
            | Self::Receipts
            | Self::Voice
            | Self::Unknown => false,
        }
    }

    /// The page to return to after signing in from this one; `None` for the sign-in itself.
    #[must_use]
    pub fn after_sign_in(&self) -> Option<Self> {
        match self {
            Self::SignIn | Self::Code | Self::Ended => None,
            Self::Done(reference) => Some(Self::Case(*reference)),
            Self::Home | Self::Unknown | Self::Find => Some(Self::Mine),
            page => Some(page.clone()),
        }
    }
}

impl Page for CitizenPage {
    fn path(&self) -> String {
        match self {
            Self::Home | Self::Queue | Self::Receipts | Self::Voice | Self::Unknown => "/".into(),
            Self::Next => "/lodge/next".into(),
            Self::Lodge(step) => step.path(),
            Self::Done(reference) => format!("/done/{reference}"),
            Self::SignIn => "/sign-in".into(),
            Self::Code => "/sign-in/code".into(),
            Self::Mine => "/mine".into(),
            Self::Find => "/find".into(),
            Self::Everything => "/mine/everything".into(),
            Self::Number => "/mine/number".into(),
            Self::Case(reference) => format!("/case/{reference}"),
            Self::Act(reference, kind) => {
                let name = ACTS.iter().find(|(known, _)| known == kind).map_or("", |(_, name)| name);
                format!("/case/{reference}/{name}")
            }
            Self::Partly(reference) => format!("/case/{reference}/partly"),
            Self::Ended => "/signed-out".into(),
            Self::Proof(reference) => format!("/check/{reference}"),
        }
    }

    fn of(path: &str) -> Self {
        let path = path.split('?').next().unwrap_or_default();
        if let Some(step) = Step::of(path) {
            return Self::Lodge(step);
        }
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        match parts.as_slice() {
            [] => Self::Home,
            ["sign-in"] => Self::SignIn,
            ["sign-in", "code"] => Self::Code,
            ["lodge", "next"] => Self::Next,
            ["mine"] | ["check"] => Self::Mine,
            ["find"] => Self::Find,
            ["mine", "everything"] => Self::Everything,
            ["mine", "number"] => Self::Number,
            ["signed-out"] => Self::Ended,
            ["case", reference, "partly"] => Reference::parse(reference).map_or(Self::Unknown, Self::Partly),
            ["check", reference] => Reference::parse(reference).map_or(Self::Unknown, Self::Proof),
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
            CitizenPage::Number,
            CitizenPage::Find,
            CitizenPage::Everything,
            CitizenPage::Mine,
            CitizenPage::Case(reference),
            CitizenPage::Proof(reference),
            CitizenPage::Partly(reference),
            CitizenPage::Ended,
            CitizenPage::Next,
        ];
        pages.extend(STEPS.map(|(step, _)| CitizenPage::Lodge(step)));
        pages.extend([0, 1, 3].map(|index| CitizenPage::Lodge(Step::Reason(index))));
        pages.extend(ACTS.map(|(kind, _)| CitizenPage::Act(reference, kind)));
        for page in pages {
            assert_eq!(CitizenPage::of(&page.path()), page);
            let path = page.path();
            let start = path.split('/').nth(1).unwrap_or_default();
            assert!(start.is_empty() || CitizenPage::STARTS.contains(&start), "{path}");
        }
        assert_eq!(CitizenPage::of("/case/123"), CitizenPage::Unknown);
    }
}
