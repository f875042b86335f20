//! Offers a case to another department or office.

use super::field::{Words, both, found};
use super::{Form, Kept, Problem, kept};
use crate::pickers::{OfficeField, from_tables};
use leptos::prelude::*;
use model::lifecycle::{Action, Party};
use model::wire::CaseView;
use model::{DepartmentCode, Lgd, OfficeId};
use web::component::{Errors, Suggest};
use web::i18n::{key, t};
use web::reference::{department_choices, use_tables};

/// An offer.
pub struct OfferTransfer {
    department: RwSignal<Option<DepartmentCode>>,
    office: RwSignal<Option<OfficeId>>,
    reason: Words,
    district: Option<Lgd>,
}

/// An empty form.
#[must_use]
pub fn form(view: &CaseView) -> OfferTransfer {
    OfferTransfer {
        department: RwSignal::new(None),
        office: RwSignal::new(None),
        reason: Words::required(key::FIELD_REASON),
        district: view.line.district,
    }
}

impl Form for OfferTransfer {
    fn fields(&self, errors: Errors) -> AnyView {
        let choices = from_tables(use_tables(), department_choices);
        view! {
            <Suggest id="department" label=t(key::FIELD_DEPARTMENT) choices value=self.department errors/>
            <OfficeField value=self.office department=self.department.into() district=self.district errors/>
            {self.reason.field(errors)}
        }
        .into_any()
    }

    fn to_action(&self) -> Result<Action, Vec<Problem>> {
        both(found("department", self.department), self.reason.read()).map(|(department, reason)| {
            Action::OfferTransfer { to: Party { department, office: self.office.get_untracked() }, reason }
        })
    }

    fn kept(&self) -> Vec<Kept> {
        vec![kept("department", self.department), kept("office", self.office), self.reason.kept()]
    }

    fn typed(&self) -> String {
        self.reason.typed()
    }
}
