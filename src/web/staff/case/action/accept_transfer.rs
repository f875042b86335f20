//! Accepts a transfer; nothing is entered.

use super::{Form, Kept, Problem};
use leptos::prelude::*;
use model::lifecycle::Action;
use web::component::Errors;

/// The form, which is only its button.
pub struct AcceptTransfer;

/// The form.
#[must_use]
pub fn form() -> AcceptTransfer {
    AcceptTransfer
}

impl Form for AcceptTransfer {
    fn fields(&self, _: Errors) -> AnyView {
        ().into_any()
    }

    fn to_action(&self) -> Result<Action, Vec<Problem>> {
        Ok(Action::AcceptTransfer)
    }

    fn kept(&self) -> Vec<Kept> {
        Vec::new()
    }

    fn typed(&self) -> String {
        String::new()
    }
}
