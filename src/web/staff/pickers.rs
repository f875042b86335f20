//! Choices from the tables and the directory, for the forms of several places of work.

use leptos::prelude::*;
use model::wire::{Office, Offices, ReferenceData};
use model::{DepartmentCode, Lgd, OfficeId};
use web::api;
use web::component::{Errors, Suggest};
use web::hook::use_remote_later;
use web::i18n::{key, language, t};
use web::reference::{Choice, Tables, own_office, use_tables};

/// Choices from the reference tables; none before those are loaded.
pub fn from_tables<T: Send + Sync + 'static>(
    tables: Tables,
    make: fn(&ReferenceData) -> Vec<Choice<T>>,
) -> Signal<Vec<Choice<T>>> {
    Signal::derive(move || tables.with(|tables| tables.loaded().map(|tables| make(tables)).unwrap_or_default()))
}

/// A choice for each office.
pub fn office_choices(offices: &[Office]) -> Vec<Choice<OfficeId>> {
    let choice = |office: &Office| {
        let found_by = format!("{} {}", office.name.en, office.name.bn);
        Choice::new(office.name.of(language()).to_owned(), &found_by, &[], office.id)
    };
    offices.iter().map(choice).collect()
}

/// An office of a department; those of the case's district are one tap away. Choosing another department clears the
/// office.
#[component]
pub fn OfficeField(
    value: RwSignal<Option<OfficeId>>,
    department: Signal<Option<DepartmentCode>>,
    district: Option<Lgd>,
    /// The block or town whose own office is chosen to begin with; its offices are named after it.
    #[prop(optional_no_strip)]
    of_place: Option<Lgd>,
    errors: Errors,
) -> impl IntoView {
    let tables = use_tables();
    let offices = use_remote_later(move || {
        let call = Offices { department: department.get_untracked().unwrap_or_default(), district };
        async move { api::get(&call).await }
    });
    Effect::new(move |before: Option<Option<DepartmentCode>>| {
        let now = department.get();
        if before.is_some_and(|before| before != now) {
            value.set(None);
        }
        match now {
            Some(_) => offices.load(),
            None => offices.forget(),
        }
        now
    });
    let choices = Signal::derive(move || offices.with(|all| office_choices(all)).unwrap_or_default());
    let chosen = StoredValue::new(false);
    Effect::new(move |_| {
        let own = tables.with(|tables| {
            offices.with(|all| tables.loaded().and_then(|tables| own_office(tables, all, district, of_place))).flatten()
        });
        // Once: whoever takes it out means that.
        if let Some(own) = own.filter(|_| !chosen.get_value() && value.get_untracked().is_none()) {
            chosen.set_value(true);
            value.set(Some(own));
        }
    });
    let near = move || {
        offices.with(|all| {
            let near = all.iter().filter(|office| district.is_some() && office.district == district).take(6);
            near.map(|office| {
                // All of one department: the place tells them apart.
                let name = office.name.of(language());
                let (id, words) = (office.id, name.split(',').next().unwrap_or(name).to_owned());
                let pressed = move || (value.get() == Some(id)).to_string();
                view! { <li><button type="button" class="tab" aria-pressed=pressed on:click=move |_| value.set(Some(id))>{words}</button></li> }
            })
            .collect_view()
        })
    };
    view! {
        <Suggest id="office" label=t(key::FIELD_OFFICE) choices value errors/>
        <ul class="near">{near}</ul>
    }
}
