//! Forwards a case to an office of its department, or gives it from one to another.

use super::field::{Words, both, found};
use super::{Form, Kept, Problem, kept};
use crate::pickers::OfficeField;
use leptos::prelude::*;
use model::lifecycle::{Action, Stage};
use model::wire::CaseView;
use model::{DepartmentCode, Lgd, OfficeId};
use web::component::Errors;
use web::i18n::key;

/// Forwarding.
pub struct Forward {
    office: RwSignal<Option<OfficeId>>,
    remark: Words,
    department: DepartmentCode,
    district: Option<Lgd>,
    place: Option<Lgd>,
}

/// An empty form.
#[must_use]
pub fn form(view: &CaseView) -> Forward {
    let line = &view.line;
    let (department, district) = (line.department.clone().unwrap_or_default(), line.district);
    // An office from which a case is taken is told why.
    let again = line.stage == Stage::WithOffice;
    let remark = if again { Words::required(key::FIELD_REASON) } else { Words::optional(key::FIELD_REMARK) };
    // The block's own office is that which has it.
    let place = line.place.filter(|_| !again);
    Forward { office: RwSignal::new(None), remark, department, district, place }
}

impl Form for Forward {
    fn fields(&self, errors: Errors) -> AnyView {
        let department = Signal::stored(Some(self.department.clone()));
        view! {
            <OfficeField value=self.office department district=self.district of_place=self.place errors/>
            {self.remark.field(errors)}
        }
        .into_any()
    }

    fn to_action(&self) -> Result<Action, Vec<Problem>> {
        both(found("office", self.office), self.remark.read())
            .map(|(office, remark)| Action::Forward { office, remark })
    }

    fn kept(&self) -> Vec<Kept> {
        vec![kept("office", self.office), self.remark.kept()]
    }

    fn typed(&self) -> String {
        self.remark.typed()
    }
}
