//! Decides an appeal: what was found, why that decides it, and what must be done now.

use super::field::{OneOf, Words};
use super::{Form, Kept, Problem};
use leptos::prelude::*;
use model::lifecycle::Action;
use web::component::Errors;
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

/// A decision with its parts.
#[derive(Clone, Copy)]
pub struct DecideAppeal {
    decision: OneOf<Decision>,
    found: Words,
    reason: Words,
    ordered: Words,
}

/// An empty form.
#[must_use]
pub fn form() -> DecideAppeal {
    let both = [Decision::Upheld, Decision::Dismissed].map(|decision| (decision, name_of("decision", &decision)));
    DecideAppeal {
        decision: OneOf::new(key::FIELD_DECISION, both),
        found: Words::required(key::FIELD_FOUND).with_id("found"),
        reason: Words::required(key::FIELD_DECISION_REASON),
        ordered: Words::required(key::FIELD_ORDERED).with_id("ordered"),
    }
}

impl Form for DecideAppeal {
    fn fields(&self, errors: Errors) -> AnyView {
        let form = *self;
        let upheld = Memo::new(move |_| form.decision.get() == Some(Decision::Upheld));
        view! {
            {form.decision.field(errors)}
            {form.found.field(errors)}
            {form.reason.field(errors)}
            {move || upheld.get().then(|| form.ordered.field(errors))}
        }
        .into_any()
    }

    fn to_action(&self) -> Result<Action, Vec<Problem>> {
        let upheld = untrack(|| self.decision.get()) == Some(Decision::Upheld);
        let ordered = if upheld { self.ordered.read() } else { Ok(String::new()) };
        match (self.decision.read(), self.found.read(), self.reason.read(), ordered) {
            (Ok(_), Ok(found), Ok(reason), Ok(ordered)) => Ok(Action::DecideAppeal { upheld, reason, found, ordered }),
            (decision, found, reason, ordered) => {
                Err([decision.err(), found.err(), reason.err(), ordered.err()].into_iter().flatten().collect())
            }
        }
    }

    fn kept(&self) -> Vec<Kept> {
        vec![self.decision.kept(), self.found.kept(), self.reason.kept(), self.ordered.kept()]
    }

    fn typed(&self) -> String {
        format!("{} {} {}", self.found.typed(), self.reason.typed(), self.ordered.typed())
    }
}
