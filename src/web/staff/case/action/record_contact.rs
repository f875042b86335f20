//! Records that somebody spoke to the citizen.

use super::field::{ChoiceAndWords, OneOf, Words};
use model::lifecycle::{Action, ContactMeans};
use web::i18n::{key, name_of};

/// An empty form.
#[must_use]
pub fn form() -> ChoiceAndWords<ContactMeans> {
    let means = [ContactMeans::Phone, ContactMeans::Visit, ContactMeans::AtOffice];
    let means = OneOf::new(key::FIELD_MEANS, means.map(|means| (means, name_of("means", &means))));
    ChoiceAndWords::new(means, Words::required(key::FIELD_SAID), |means, text| Action::RecordContact { means, text })
}
