//! Rejects a case on a legal ground. Which grounds are in use, and their names, is administered.

use super::field::{Words, both};
use super::{Form, Kept, Problem, kept};
use leptos::prelude::*;
use model::lifecycle::{Action, Ground};
use model::names::code_of;
use model::wire::{GroundName, Grounds};
use web::api;
use web::component::{Errors, Radios};
use web::hook::use_remote;
use web::i18n::{key, language, t};

/// Id of the choice.
const GROUND: &str = "choice";

/// Rejecting.
pub struct Reject {
    /// The name of the ground in the wire format.
    ground: RwSignal<String>,
    words: Words,
}

/// An empty form.
#[must_use]
pub fn form() -> Reject {
    Reject { ground: RwSignal::new(String::new()), words: Words::required(key::FIELD_REASON) }
}

impl Form for Reject {
    fn fields(&self, errors: Errors) -> AnyView {
        let (ground, words) = (self.ground, self.words);
        let grounds = use_remote(|| async { api::get(&Grounds {}).await });
        let radios = grounds.draw(move |grounds| {
            let name = |named: &GroundName| (code_of(&named.ground).to_owned(), named.name.of(language()).to_owned());
            let options: Vec<_> = grounds.iter().map(name).collect();
            view! { <Radios id=GROUND legend=t(key::FIELD_GROUND) options value=ground errors/> }
        });
        view! { {radios}{words.field(errors)} }.into_any()
    }

    fn to_action(&self) -> Result<Action, Vec<Problem>> {
        let code = self.ground.get_untracked();
        let ground = Ground::ALL.into_iter().find(|ground| code_of(ground) == code);
        let ground = ground.ok_or(Problem { at: GROUND, says: key::FIELD_CHOOSE });
        both(ground, self.words.read()).map(|(ground, reason)| Action::Reject { ground, reason })
    }

    fn kept(&self) -> Vec<Kept> {
        vec![kept(GROUND, self.ground), self.words.kept()]
    }

    fn typed(&self) -> String {
        self.words.typed()
    }
}
