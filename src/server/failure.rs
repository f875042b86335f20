//! What went wrong, as the caller sees it: RFC 9457 with a stable code. How it becomes an answer is the API's.

use crate::seldom::{self, Seldom};
use crate::store::StoreError;
use model::lifecycle::Refusal;
use model::lodging::Problem as FieldProblem;
use model::wire::{Problem, ProblemCode};
use std::sync::Mutex;
use std::time::Duration;

/// An overload says the same thousands of times: it is said once a second.
static UNAVAILABLE: Mutex<Seldom> = Mutex::new(Seldom::new(Duration::from_secs(1)));

/// A problem on its way to the caller.
#[derive(Debug, Clone)]
pub struct Failure(pub Box<Problem>);

impl Failure {
    /// A problem with nothing but its code.
    #[must_use]
    pub fn of(code: ProblemCode) -> Self {
        Self(Box::new(Problem::new(code)))
    }

    /// Answers that have problems, all of them.
    #[must_use]
    pub fn fields(errors: Vec<FieldProblem>) -> Self {
        Self(Box::new(Problem { errors, ..Problem::new(ProblemCode::Fields) }))
    }

    /// Somebody else was faster.
    #[must_use]
    pub fn stale(version: u32) -> Self {
        Self(Box::new(Problem { version: Some(version), ..Problem::new(ProblemCode::Stale) }))
    }

    /// To be tried again later.
    #[must_use]
    pub fn too_many(seconds: u32) -> Self {
        Self(Box::new(Problem { retry_after: Some(seconds), ..Problem::new(ProblemCode::TooMany) }))
    }

    /// We cannot do this just now; to be tried again in so many seconds.
    #[must_use]
    pub fn unavailable(seconds: u32) -> Self {
        Self(Box::new(Problem { retry_after: Some(seconds), ..Problem::new(ProblemCode::Unavailable) }))
    }

    /// The disk did not do its part: we could not save it.
    #[must_use]
    pub fn disk(error: &std::io::Error) -> Self {
        if let Some(left_out) = seldom::say(&UNAVAILABLE) {
            tracing::error!(%error, left_out, "a file cannot be written or read");
        }
        Self::unavailable(30)
    }

    /// An error that nobody expected: logged once, here, and shown as an incident number.
    #[must_use]
    pub fn internal(error: &dyn std::fmt::Display) -> Self {
        let incident = crate::state::random_hex::<4>().unwrap_or_else(|_| "00000000".into());
        tracing::error!(%incident, %error, "a request failed");
        Self(Box::new(Problem { incident: Some(incident), ..Problem::new(ProblemCode::Internal) }))
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Stale { version } => Self::stale(version),
            StoreError::AttachmentTaken => Self::fields(vec![FieldProblem::PhotoUnknown]),
            StoreError::KeyReused => Self::of(ProblemCode::KeyReused),
            StoreError::Unavailable(_) | StoreError::Damaged(_) => {
                if let Some(left_out) = seldom::say(&UNAVAILABLE) {
                    tracing::error!(left_out, "{error}");
                }
                Self::unavailable(5)
            }
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let code = match &refusal {
            // Answered like a case that does not exist (SEC-05).
            Refusal::OutOfScope => return Self::of(ProblemCode::NotFound),
            Refusal::NotPermitted | Refusal::CodeNeeded => ProblemCode::NotPermitted,
            Refusal::WrongStage
            | Refusal::FollowsRoot
            | Refusal::TooLate
            | Refusal::TooOften
            | Refusal::AskedAlready
            | Refusal::CallInstead
            | Refusal::NumberNotShown
            | Refusal::NotYet
            | Refusal::RemindedAlready
            | Refusal::RatedAlready
            | Refusal::LaneLowered
            | Refusal::VisitOrderedAlready
            | Refusal::NoVisitOrdered
            | Refusal::NumberProved
            | Refusal::NumberChangePending
            | Refusal::NoNumberChange
            | Refusal::OwnRequest => ProblemCode::Refused,
            Refusal::TextMissing
            | Refusal::TextTooLong
            | Refusal::TooManyPhotos
            | Refusal::UnknownCategory
            | Refusal::UnknownDepartment
            | Refusal::UnknownOffice
            | Refusal::ComplainedOf
            | Refusal::ComplainedOfMissing
            | Refusal::WrongRating
            | Refusal::SameParty
            | Refusal::UnfitRoot
            | Refusal::ReportLapses(_) => ProblemCode::BadAction,
        };
        Self(Box::new(Problem { refusal: Some(refusal), ..Problem::new(code) }))
    }
}

impl From<getrandom::Error> for Failure {
    fn from(error: getrandom::Error) -> Self {
        Self::internal(&error)
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(&error)
    }
}
