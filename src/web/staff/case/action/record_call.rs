//! Records the outcome of a verification call.

use super::field::{ChoiceAndWords, OneOf, Words};
use model::atr::Outcome;
use model::lifecycle::{Action, CallOutcome};
use model::names::code_of;
use model::wire::CaseView;
use web::i18n::{key, t};

/// Suffix of the catalogue keys of the question and its answers: a report that does not say "done" is not asked about
/// as done.
#[must_use]
pub fn ending(outcome: Option<Outcome>) -> &'static str {
    match outcome {
        Some(Outcome::PartlyDone) => ".partly",
        Some(Outcome::CannotBeDone) => ".cannot",
        _ => "",
    }
}

/// An empty form.
#[must_use]
pub fn form(view: &CaseView) -> ChoiceAndWords<CallOutcome> {
    let ending = ending(view.outcome);
    let words = |outcome: CallOutcome| match outcome {
        CallOutcome::NotReached => t(key::CALL_NOT_REACHED),
        _ => t(&format!("call.{}{ending}", code_of(&outcome))),
    };
    let outcomes = [CallOutcome::Confirmed, CallOutcome::Disputed, CallOutcome::NotReached];
    let outcomes = OneOf::new(key::FIELD_CALL, outcomes.map(|outcome| (outcome, words(outcome))));
    ChoiceAndWords::new(outcomes, Words::optional(key::FIELD_REMARK), |outcome, remark| Action::RecordCall {
        outcome,
        remark,
        call_id: String::new(),
    })
}
