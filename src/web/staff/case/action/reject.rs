//! Rejects a case on a legal ground.

use super::field::{ChoiceAndWords, OneOf, Words};
use model::lifecycle::{Action, Ground};
use web::i18n::{key, name_of};

/// An empty form.
#[must_use]
pub fn form() -> ChoiceAndWords<Ground> {
    let grounds = OneOf::new(key::FIELD_GROUND, Ground::ALL.map(|ground| (ground, name_of("ground", &ground))));
    ChoiceAndWords::new(grounds, Words::required(key::FIELD_REASON), |ground, reason| Action::Reject { ground, reason })
}
