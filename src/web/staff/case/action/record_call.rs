//! Records the outcome of a verification call: one key for each, a remark where it is no.

use super::super::actions::focus_in_form;
use super::field::{OneOf, WORDS, Words, both};
use super::{Form, Kept, Problem};
use crate::keys::Keys;
use chrono::{Days, Duration};
use leptos::prelude::*;
use model::Time;
use model::atr::Outcome;
use model::clock::{ist_date, ist_midnight};
use model::lifecycle::{Action, CallOutcome};
use model::names::code_of;
use model::wire::{CallState, CaseView, PhoneCall};
use web::component::Errors;
use web::format::{digits, now};
use web::i18n::{key, t};

/// The call that is being made, where the page makes calls.
#[derive(Clone, Copy)]
pub struct OnLine(pub RwSignal<Option<PhoneCall>>);

/// When to call again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Later {
    Hour,
    Evening,
    Morning,
    TomorrowEvening,
}

impl From<&Later> for &'static str {
    fn from(later: &Later) -> Self {
        match later {
            Later::Hour => "hour",
            Later::Evening => "evening",
            Later::Morning => "morning",
            Later::TomorrowEvening => "tomorrow_evening",
        }
    }
}

impl Later {
    const ALL: [Self; 4] = [Self::Hour, Self::Evening, Self::Morning, Self::TomorrowEvening];

    /// The moment that is meant, said now.
    fn time(self, now: Time) -> Time {
        let (days, hour) = match self {
            Self::Hour => return now + Duration::hours(1),
            Self::Evening => (0, 18),
            Self::Morning => (1, 10),
            Self::TomorrowEvening => (1, 18),
        };
        let at = ist_midnight(ist_date(now) + Days::new(days)) + Duration::hours(hour);
        // This evening has begun already.
        if at > now { at } else { now + Duration::hours(1) }
    }
}

/// The form.
pub struct RecordCall {
    outcomes: OneOf<CallOutcome>,
    /// The outcomes that fit the report, each with its words.
    among: Vec<(CallOutcome, String)>,
    later: OneOf<Later>,
    remark: Words,
    line: Option<OnLine>,
}

/// A form on which nothing is chosen, unless the exchange has heard that nobody answered.
#[must_use]
pub fn form(view: &CaseView) -> RecordCall {
    let ending = Outcome::ending(view.outcome);
    let words = |outcome: CallOutcome| match outcome {
        CallOutcome::Agreed | CallOutcome::Disputed => t(&format!("call.{}{ending}", code_of(&outcome))),
        _ => t(&format!("call.{}", code_of(&outcome))),
    };
    let among = CallOutcome::about(view.outcome).into_iter().map(|outcome| (outcome, words(outcome)));
    let among: Vec<_> = among.collect();
    let numbered =
        among.iter().map(|(outcome, words)| (*outcome, format!("{}. {words}", digits(&outcome.digit().to_string()))));
    let outcomes = OneOf::new(key::FIELD_CALL, numbered);
    let later = Later::ALL.map(|later| (later, t(&format!("later.{}", code_of(&later)))));
    let later = OneOf::new(key::FIELD_LATER, later).with_id("later");
    let line = use_context::<OnLine>();
    if let Some(OnLine(call)) = line {
        Effect::new(move |_| {
            let heard = call.with(|call| match call.as_ref()?.state {
                CallState::Unanswered => Some(CallOutcome::NotReached),
                CallState::Failed => Some(CallOutcome::LineFault),
                _ => None,
            });
            if let Some(heard) = heard.filter(|_| untrack(|| outcomes.get().is_none())) {
                outcomes.choose(&heard);
            }
        });
    }
    RecordCall { outcomes, among, later, remark: Words::optional(key::FIELD_REMARK), line }
}

impl Form for RecordCall {
    fn fields(&self, errors: Errors) -> AnyView {
        let (outcomes, later, remark) = (self.outcomes, self.later, self.remark);
        if let Some(keys) = Keys::of_app() {
            for (outcome, words) in self.among.clone() {
                let Some(digit) = char::from_digit(outcome.digit().into(), 10) else { continue };
                keys.bind_within(digit, words, move || {
                    outcomes.choose(&outcome);
                    focus_in_form(match outcome {
                        CallOutcome::CallLater => "#later",
                        outcome if outcome.is_no() => "textarea",
                        _ => "button[type=submit]",
                    });
                });
            }
        }
        let when = move || (outcomes.get() == Some(CallOutcome::CallLater)).then(|| later.field(errors));
        let is_no = Memo::new(move |_| outcomes.get().is_some_and(CallOutcome::is_no));
        let words =
            move || remark.labelled(if is_no.get() { key::FIELD_NOT_DONE } else { key::FIELD_REMARK }).field(errors);
        view! { {outcomes.field(errors)}{when}{words} }.into_any()
    }

    fn to_action(&self) -> Result<Action, Vec<Problem>> {
        let (outcome, remark) = both(self.outcomes.read(), self.remark.read())?;
        if outcome.is_no() && model::text::is_blank(&remark) {
            return Err(vec![Problem { at: WORDS, says: key::CALL_SAY_WHAT }]);
        }
        let later = match outcome {
            CallOutcome::CallLater => {
                Some(self.later.read().map_err(|problem| vec![problem])?.time(now().unwrap_or_default()))
            }
            _ => None,
        };
        let call = self.line.and_then(|OnLine(call)| call.get_untracked());
        Ok(Action::RecordCall { outcome, remark, call_id: call.map(|call| call.id).unwrap_or_default(), later })
    }

    fn kept(&self) -> Vec<Kept> {
        vec![self.outcomes.kept(), self.later.kept(), self.remark.kept()]
    }

    fn typed(&self) -> String {
        self.remark.typed()
    }
}
