//! Asks the citizen for missing information.

use super::field::{Words, WordsAlone};
use model::lifecycle::Action;
use web::i18n::key;

/// An empty form.
#[must_use]
pub fn form() -> WordsAlone {
    WordsAlone::new(Words::required(key::FIELD_MISSING), |missing| Action::RequestInformation { missing })
}
