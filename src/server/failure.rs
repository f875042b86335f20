//! Failures as the caller sees them: RFC 9457 with a stable code. The API turns them into HTTP answers.

use crate::seldom::{self, Seldom};
use crate::store::StoreError;
use model::lifecycle::Refusal;
use model::lodging::Problem as FieldProblem;
use model::wire::{Problem, ProblemCode};
use std::sync::Mutex;
use std::time::Duration;

/// An overload causes thousands of equal log lines; one a second is written.
static UNAVAILABLE: Mutex<Seldom> = Mutex::new(Seldom::new(Duration::from_secs(1)));

/// A problem to be answered.
#[derive(Debug, Clone)]
pub struct Failure(pub Box<Problem>);

impl Failure {
    /// A problem with only a code.
    #[must_use]
    pub fn of(code: ProblemCode) -> Self {
        Self(Box::new(Problem::new(code)))
    }

    /// All problems of a form's answers.
    #[must_use]
    pub fn fields(errors: Vec<FieldProblem>) -> Self {
        Self(Box::new(Problem { errors, ..Problem::new(ProblemCode::Fields) }))
    }

    /// Somebody else was faster; `version` is the present one.
    #[must_use]
    pub fn stale(version: u32) -> Self {
        Self(Box::new(Problem { version: Some(version), ..Problem::new(ProblemCode::Stale) }))
    }

    /// Too many attempts; seconds to wait.
    #[must_use]
    pub fn too_many(seconds: u32) -> Self {
        Self(Box::new(Problem { retry_after: Some(seconds), ..Problem::new(ProblemCode::TooMany) }))
    }

    /// Not possible now; seconds to wait.
    #[must_use]
    pub fn unavailable(seconds: u32) -> Self {
        Self(Box::new(Problem { retry_after: Some(seconds), ..Problem::new(ProblemCode::Unavailable) }))
    }

    /// What is asked for is being made ready; seconds to wait.
    #[must_use]
    pub fn starting(seconds: u32) -> Self {
        Self(Box::new(Problem { retry_after: Some(seconds), ..Problem::new(ProblemCode::Starting) }))
    }

    /// The disk has failed, so nothing was saved.
    #[must_use]
    pub fn disk(error: &std::io::Error) -> Self {
        if let Some(left_out) = seldom::say(&UNAVAILABLE) {
            tracing::error!(%error, left_out, "a file cannot be written or read");
        }
        Self::unavailable(30)
    }

    /// An unexpected error: logged here once, and shown as an incident number.
    #[must_use]
    pub fn internal(error: &dyn std::fmt::Display) -> Self {
        let incident = crate::secret::random_hex::<4>().unwrap_or_else(|_| "00000000".into());
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
            | Refusal::NotHandedOut
            | Refusal::NotCalled
            | Refusal::NotAsHeard
            | Refusal::NumberDisowned
            | Refusal::NotYet
            | Refusal::NoHearing
            | Refusal::HearingPending
            | Refusal::NotHeard
            | Refusal::AnsweredAlready
            | Refusal::RemindedAlready
            | Refusal::RatedAlready
            | Refusal::LaneLowered
            | Refusal::VisitOrderedAlready
            | Refusal::NoVisitOrdered
            | Refusal::NumberProved
            | Refusal::NumberChangePending
            | Refusal::NoNumberChange
            | Refusal::OwnRequest => ProblemCode::Refused,
            Refusal::NoPhotoTakenHere
            | Refusal::MeetingDoesNotFit
            | Refusal::ChecksUnanswered
            | Refusal::ChecksContradict
            | Refusal::TextMissing
            | Refusal::TextTooLong
            | Refusal::TooManyPhotos
            | Refusal::UnknownCategory
            | Refusal::UnknownDepartment
            | Refusal::UnknownOffice
            | Refusal::GroundNotInUse
            | Refusal::ComplainedOf
            | Refusal::ComplainedOfMissing
            | Refusal::WrongRating
            | Refusal::WrongTime
            | Refusal::WrongHearing
            | Refusal::ByPhoneAlone
            | Refusal::SameParty
            | Refusal::UnfitRoot
            | Refusal::NotTheirWords
            | Refusal::SplitAlready
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
