//! Moves a case to an emergency lane, or back to the ordinary one.

use super::field::{ChoiceAndWords, OneOf, Words};
use model::clock::Lane;
use model::lifecycle::Action;
use web::i18n::{key, name_of};

/// An empty form.
#[must_use]
pub fn form() -> ChoiceAndWords<Lane> {
    let lanes = [Lane::Emergency2, Lane::Emergency24, Lane::Ordinary];
    let lanes = OneOf::new(key::FIELD_LANE, lanes.map(|lane| (lane, name_of("lane", &lane))));
    ChoiceAndWords::new(lanes, Words::required(key::FIELD_REASON), |lane, reason| Action::SetEmergency { lane, reason })
}
