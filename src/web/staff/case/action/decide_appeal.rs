//! Decide an appeal.

use super::field::{ChoiceAndWords, OneOf, Words};
use model::lifecycle::Action;
use serde::Serialize;
use web::i18n::{key, name_of};

/// What an appellate authority may decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The citizen is right: the case is taken up again.
    Upheld,
    /// It stays as it is.
    Dismissed,
}

/// An empty form.
#[must_use]
pub fn form() -> ChoiceAndWords<Decision> {
    let both = [Decision::Upheld, Decision::Dismissed];
    let both = OneOf::new(key::FIELD_DECISION, both.map(|decision| (decision, name_of("decision", &decision))));
    ChoiceAndWords::new(both, Words::required(key::FIELD_REASON), |decision, reason| Action::DecideAppeal {
        upheld: decision == Decision::Upheld,
        reason,
    })
}
