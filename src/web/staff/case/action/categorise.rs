//! Sets category, department, lane and place; for a grievance about an office also that office.

use super::field::{OneOf, Words, both, found};
use super::{Form, Kept, Problem, kept};
use crate::pickers::{OfficeField, from_tables};
use leptos::prelude::*;
use model::clock::Lane;
use model::lifecycle::{Action, Party};
use model::wire::{CaseView, Leaf, Office, Offices, ReferenceData};
use model::{CategoryCode, DepartmentCode, Lgd, OfficeId};
use wasm_bindgen::JsCast;
use web::api;
use web::component::{Errors, Suggest};
use web::hook::use_remote_later;
use web::i18n::{key, language, name_of, t};
use web::reference::{category, category_choices, department, department_choices, own_office, places, use_tables};
use web::start::element;

/// Id of the field for the place.
const PLACE: &str = "case-place";

/// Whether something stands in a field.
fn is_written(id: &str) -> bool {
    let field = element(id).and_then(|field| field.dyn_into::<web_sys::HtmlInputElement>().ok());
    field.is_some_and(|field| !field.value().trim().is_empty())
}

/// District, and block or town where known.
type Place = Option<(Lgd, Option<Lgd>)>;

/// Categorising.
pub struct Categorise {
    category: RwSignal<Option<CategoryCode>>,
    place: RwSignal<Place>,
    department: RwSignal<Option<DepartmentCode>>,
    lane: OneOf<Lane>,
    remark: Words,
    /// The department and the office complained of, where the grievance is about one.
    accused: RwSignal<Option<DepartmentCode>>,
    accused_office: RwSignal<Option<OfficeId>>,
    about_office: bool,
    /// Category and place for which a department was suggested last, and which: a department chosen instead is kept.
    suggested: StoredValue<Option<((CategoryCode, Place), DepartmentCode)>>,
    /// The place that the case has, which stays where none is chosen.
    known: Place,
}

/// A form with what the case already says.
#[must_use]
pub fn form(view: &CaseView) -> Categorise {
    let line = &view.line;
    let lanes = [Lane::Ordinary, Lane::Emergency24, Lane::Emergency2];
    let lanes = OneOf::new(key::FIELD_LANE, lanes.map(|lane| (lane, name_of("lane", &lane))));
    Categorise {
        category: RwSignal::new(line.category.clone()),
        place: RwSignal::new(line.district.map(|district| (district, line.place))),
        department: RwSignal::new(None),
        lane: lanes.with_id("lane").chosen(&line.lane),
        remark: Words::optional(key::FIELD_REMARK),
        accused: RwSignal::new(None),
        accused_office: RwSignal::new(None),
        about_office: view.about_office,
        suggested: StoredValue::new(None),
        known: line.district.map(|district| (district, line.place)),
    }
}

/// The department usually responsible for a category at a place; towns may have another one.
fn usual_department(tables: &ReferenceData, leaf: &Leaf, place: Place) -> DepartmentCode {
    let urban = place.is_some_and(|(district, place)| {
        let district = tables.districts.iter().find(|known| known.lgd == district);
        // A district of towns alone is one, whichever of them is meant.
        district.is_some_and(|known| match place {
            Some(place) => known.places.iter().any(|known| known.lgd == place && known.urban),
            None => !known.places.is_empty() && known.places.iter().all(|known| known.urban),
        })
    });
    leaf.department_urban.clone().filter(|_| urban).unwrap_or_else(|| leaf.department.clone())
}

impl Categorise {
    /// Suggests department and lane for category and place, once for each pair.
    fn suggest(&self) {
        let tables = use_tables();
        let (category, place, department) = (self.category, self.place, self.department);
        let (lane, suggested) = (self.lane, self.suggested);
        Effect::new(move |_| {
            let Some(pair) = category.get().map(|category| (category, place.get())) else { return };
            tables.with(|tables| {
                let Some(tables) = tables.loaded() else { return };
                let mut leaves = tables.categories.iter().flat_map(|group| &group.leaves);
                let Some(leaf) = leaves.find(|leaf| leaf.code == pair.0) else { return };
                let before = suggested.get_value();
                if before.as_ref().is_some_and(|(of, _)| *of == pair) {
                    return;
                }
                let usual = usual_department(tables, leaf, pair.1);
                let by_hand = untrack(|| department.get()).is_some_and(|now| {
                    before.as_ref().is_some_and(|((code, _), before)| *code == pair.0 && now != *before)
                });
                if !by_hand {
                    department.set(Some(usual.clone()));
                }
                if untrack(|| lane.get()) == Some(Lane::Ordinary) {
                    lane.choose(&leaf.lane);
                }
                suggested.set_value(Some((pair.clone(), usual)));
            });
        });
    }

    /// What is chosen, to stand at the button: on a low screen the fields above it are out of sight.
    fn in_words(&self) -> impl Fn() -> Option<String> + Send + use<> {
        let (tables, chosen, at) = (use_tables(), self.category, self.department);
        let office = self.likely_office();
        move || {
            let (code, at) = (chosen.get()?, at.get()?);
            let words = tables.with(|tables| {
                tables.loaded().map(|tables| format!("{} → {}", category(tables, &code), department(tables, &at)))
            })?;
            Some(office().into_iter().fold(words, |words, office| format!("{words} → {office}")))
        }
    }

    /// The department's own office for the place, to which its desk will most likely forward the case.
    fn likely_office(&self) -> impl Fn() -> Option<String> + Send + use<> {
        let (tables, at, known) = (use_tables(), self.department, self.known);
        let chosen = self.place;
        let place = Memo::new(move |_| chosen.get().or(known));
        let offices = use_remote_later(move || {
            let district = place.with_untracked(|place| place.map(|(district, _)| district));
            let call = Offices { department: at.get_untracked().unwrap_or_default(), district };
            async move { api::get(&call).await }
        });
        Effect::new(move |_| match (at.get(), place.get()) {
            (Some(_), Some((_, Some(_)))) => offices.load(),
            _ => offices.forget(),
        });
        move || {
            let ((district, of_place), at) = (place.get()?, at.get()?);
            let name = |offices: &Vec<Office>| {
                let own = tables.with(|tables| own_office(tables.loaded()?, offices, Some(district), of_place))?;
                // While another department is being asked, those of the one before are still there.
                let own = offices.iter().find(|office| office.id == own && office.department == at)?;
                Some(own.name.of(language()).to_owned())
            };
            offices.with(name).flatten()
        }
    }

    /// The department and office that a grievance about conduct names: the case never goes there.
    fn accused_fields(&self, errors: Errors) -> AnyView {
        let choices = from_tables(use_tables(), department_choices);
        let district = self.place.get_untracked().map(|(district, _)| district);
        view! {
            <p class="notice">{t(key::FIELD_ACCUSED_HINT)}</p>
            <Suggest id="accused" label=t(key::FIELD_ACCUSED) choices value=self.accused errors/>
            <OfficeField value=self.accused_office department=self.accused.into() district errors/>
        }
        .into_any()
    }
}

impl Form for Categorise {
    fn fields(&self, errors: Errors) -> AnyView {
        self.suggest();
        let tables = use_tables();
        view! {
            <Suggest id="category" label=t(key::FIELD_CATEGORY) choices=from_tables(tables, category_choices) value=self.category errors/>
            <Suggest id=PLACE label=t(key::FIELD_PLACE) choices=from_tables(tables, places) value=self.place errors/>
            <Suggest id="department" label=t(key::FIELD_DEPARTMENT) choices=from_tables(tables, department_choices) value=self.department errors/>
            {self.lane.field(errors)}
            {self.about_office.then(|| self.accused_fields(errors))}
            {self.remark.field(errors)}
            <p class="hint chosen">{self.in_words()}</p>
        }
        .into_any()
    }

    fn to_action(&self) -> Result<Action, Vec<Problem>> {
        let (category, department) = both(found("category", self.category), found("department", self.department))?;
        let (lane, remark) = both(self.lane.read(), self.remark.read())?;
        let place = self.place.get_untracked();
        // Something was written that is no place of the list.
        if place.is_none() && is_written(PLACE) {
            return Err(vec![Problem { at: PLACE, says: key::FIELD_CHOOSE }]);
        }
        let complained_of = self.accused.get_untracked();
        let office = self.accused_office.get_untracked();
        Ok(Action::Categorise {
            category,
            department,
            lane,
            district: place.map(|(district, _)| district),
            place: place.and_then(|(_, place)| place),
            complained_of: complained_of.map(|department| Party { department, office }),
            remark,
        })
    }

    fn kept(&self) -> Vec<Kept> {
        vec![
            kept("category", self.category),
            kept(PLACE, self.place),
            kept("department", self.department),
            self.lane.kept(),
            kept("accused", self.accused),
            kept("office", self.accused_office),
            self.remark.kept(),
        ]
    }

    fn typed(&self) -> String {
        self.remark.typed()
    }
}
