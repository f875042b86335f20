//! Makes a case of its own of a part that is about something else.

use super::field::Words;
use super::{Form, Kept, Problem};
use leptos::prelude::*;
use model::lifecycle::Action;
use web::component::Errors;
use web::i18n::{key, t};
use web::start::document;

/// Splitting.
pub struct Split {
    part: Words,
}

/// A form with what is selected in the citizen's words, if anything is.
#[must_use]
pub fn form() -> Split {
    let part = Words::required(key::SPLIT_WHAT);
    part.put(selected().unwrap_or_default());
    Split { part }
}

/// What is selected within the words of a case.
fn selected() -> Option<String> {
    let selection = document()?.get_selection().ok().flatten()?;
    let within = selection.anchor_node()?.parent_element()?.closest(".said").ok().flatten()?;
    let ends = selection.focus_node()?;
    within.contains(Some(&ends)).then(|| String::from(selection.to_string()).trim().to_owned())
}

impl Form for Split {
    fn fields(&self, errors: Errors) -> AnyView {
        view! { <p class="hint">{t(key::SPLIT_HINT)}</p>{self.part.field(errors)} }.into_any()
    }

    fn to_action(&self) -> Result<Action, Vec<Problem>> {
        self.part.read().map(|text| Action::Split { text }).map_err(|problem| vec![problem])
    }

    fn kept(&self) -> Vec<Kept> {
        vec![self.part.kept()]
    }

    fn typed(&self) -> String {
        self.part.typed()
    }
}
