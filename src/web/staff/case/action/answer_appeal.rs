//! Answers an appeal for the department: its side, with photos, for the authority and the citizen to read.

use super::field::{PhotosToSend, Words};
use super::{Form, Kept, Problem};
use leptos::prelude::*;
use model::lifecycle::Action;
use web::component::Errors;
use web::i18n::key;

/// The answer.
pub struct AnswerAppeal {
    words: Words,
    photos: PhotosToSend,
}

/// An empty form.
#[must_use]
pub fn form() -> AnswerAppeal {
    AnswerAppeal { words: Words::required(key::FIELD_ANSWER_APPEAL).with_rows(6), photos: PhotosToSend::new("") }
}

impl Form for AnswerAppeal {
    fn fields(&self, errors: Errors) -> AnyView {
        view! { {self.words.field(errors)}{self.photos.field(errors)} }.into_any()
    }

    fn to_action(&self) -> Result<Action, Vec<Problem>> {
        let text = self.words.read().map_err(|problem| vec![problem])?;
        Ok(Action::AnswerAppeal { text, photos: self.photos.ids() })
    }

    fn kept(&self) -> Vec<Kept> {
        vec![self.words.kept(), self.photos.kept()]
    }

    fn typed(&self) -> String {
        self.words.typed()
    }

    fn photos(&self) -> Option<PhotosToSend> {
        Some(self.photos)
    }
}
