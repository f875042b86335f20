//! Decide an appeal.

use super::field::{ChoiceAndWords, OneOf, Words};
use model::lifecycle::Action;
use web::i18n::{key, name_of};

/// The decisions of an appellate authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Decision {
    /// The appeal is upheld: the case is reopened.
    Upheld,
    /// The appeal is dismissed.
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
