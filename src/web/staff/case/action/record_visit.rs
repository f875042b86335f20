//! Records a visit: what was seen at the place.

use super::field::{OneOf, PhotosToSend, Words, both};
use super::{Form, Kept, Problem, kept};
use leptos::prelude::*;
use model::atr::Outcome;
use model::lifecycle::{Action, Position, VisitFinding};
use model::names::code_of;
use model::wire::CaseView;
use web::component::{Errors, FieldError};
use web::format::number;
use web::i18n::{fill, key, t};

/// A visit.
pub struct RecordVisit {
    finding: OneOf<VisitFinding>,
    text: Words,
    position: RwSignal<Option<Position>>,
    photos: PhotosToSend,
}

/// An empty form.
#[must_use]
pub fn form(view: &CaseView) -> RecordVisit {
    let ending = Outcome::ending(view.outcome);
    let findings = [VisitFinding::DoneCitizenAgrees, VisitFinding::DoneCitizenNotMet, VisitFinding::NotDone];
    let words = |finding: VisitFinding| t(&format!("finding.{}{ending}", code_of(&finding)));
    RecordVisit {
        finding: OneOf::new(key::FIELD_FINDING, findings.map(|finding| (finding, words(finding)))),
        text: Words::required(key::FIELD_FINDINGS),
        position: RwSignal::new(None),
        photos: PhotosToSend::new(),
    }
}

impl Form for RecordVisit {
    fn fields(&self, errors: Errors) -> AnyView {
        view! {
            {self.finding.field(errors)}
            {self.text.field(errors)}
            <PositionField position=self.position errors/>
            {self.photos.field(errors)}
        }
        .into_any()
    }

    fn to_action(&self) -> Result<Action, Vec<Problem>> {
        both(self.finding.read(), self.text.read()).map(|(finding, text)| Action::RecordVisit {
            finding,
            text,
            position: self.position.get_untracked(),
            photos: self.photos.ids(),
        })
    }

    fn kept(&self) -> Vec<Kept> {
        vec![self.finding.kept(), self.text.kept(), kept("position", self.position), self.photos.kept()]
    }

    fn typed(&self) -> String {
        self.text.typed()
    }

    fn photos(&self) -> Option<PhotosToSend> {
        Some(self.photos)
    }
}

/// Asks the browser for the position, once, on request.
#[component]
fn PositionField(position: RwSignal<Option<Position>>, errors: Errors) -> impl IntoView {
    let have = |found: &Position| fill(key::POSITION_HAVE, &[("n", &number(found.accuracy_m))]);
    let told = RwSignal::new(position.with_untracked(|known| known.as_ref().map(have)).unwrap_or_default());
    let ask = move |_| {
        web::position::ask(move |found| {
            told.try_set(found.as_ref().map_or_else(|| t(key::POSITION_NONE), have));
            if found.is_some() {
                position.try_set(found);
            }
        });
    };
    view! {
        <div class="field">
            <FieldError errors id="position"/>
            <button type="button" class="button second" on:click=ask>{t(key::FIELD_POSITION)}</button>
            <p class="hint" role="status">{move || told.get()}</p>
        </div>
    }
}
