//! Writes a note and sets who may read it.

use super::field::{OneOf, Words, both};
use super::{Form, Kept, Problem};
use leptos::prelude::*;
use model::Role;
use model::lifecycle::{Action, Side};
use web::component::Errors;
use web::i18n::{key, name_of};

/// A note.
pub struct Note {
    side: OneOf<Side>,
    pub(super) text: Words,
}

/// An empty form: the note is for the writer's own side unless they choose otherwise.
#[must_use]
pub fn form(role: Option<Role>) -> Note {
    let own = if role.is_some_and(Role::is_of_department) { Side::Department } else { Side::Cell };
    let sides = [Side::Cell, Side::Department, Side::Citizen];
    let sides = OneOf::new(key::FIELD_SIDE, sides.map(|side| (side, name_of("side.reads", &side))));
    let side = sides.with_id("side").with_hint(key::FIELD_SIDE_HINT).chosen(&own);
    Note { side, text: Words::required(key::FIELD_NOTE) }
}

impl Form for Note {
    fn fields(&self, errors: Errors) -> AnyView {
        view! { {self.side.field(errors)}{self.text.field(errors)} }.into_any()
    }

    fn to_action(&self) -> Result<Action, Vec<Problem>> {
        both(self.side.read(), self.text.read()).map(|(side, text)| Action::Note { side: Some(side), text })
    }

    fn kept(&self) -> Vec<Kept> {
        vec![self.side.kept(), self.text.kept()]
    }

    fn typed(&self) -> String {
        self.text.typed()
    }

    fn read_by_department(&self) -> String {
        if self.side.get() == Some(Side::Cell) { String::new() } else { self.typed() }
    }
}
