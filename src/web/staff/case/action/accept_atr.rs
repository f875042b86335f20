//! Accepts a report for verification.

use super::field::{Words, WordsAlone};
use model::lifecycle::Action;
use web::i18n::key;

/// An empty form.
#[must_use]
pub fn form() -> WordsAlone {
    WordsAlone::new(Words::optional(key::FIELD_REMARK), |remark| Action::AcceptAtr { remark })
}
