//! The reference tables, fetched once when first needed.

use crate::api::{self, CallError};
use crate::component::Remote;
use crate::i18n::{key, language, t};
use leptos::prelude::*;
use model::find::Key;
use model::wire::{Category, Names, Office, Place, ReferenceData};
use model::{CategoryCode, DepartmentCode, Lgd, OfficeId};
use std::sync::Arc;

/// Milliseconds after which a page that is shown without the tables requests them.
const LATER: u32 = 400;

/// The tables and the state of fetching them.
pub type Tables = RwSignal<Remote<Arc<ReferenceData>>>;

/// The tables of this app; the first call fetches them.
#[must_use]
pub fn use_tables() -> Tables {
    match use_context::<Tables>() {
        Some(tables) => {
            fetch(tables);
            tables
        }
        None => RwSignal::new(Remote::Failed(CallError::Network)),
    }
}

/// Like [`use_tables`], for pages whose main content does not need the tables: they are requested after the page is
/// shown.
#[must_use]
pub fn use_tables_later() -> Tables {
    let tables = use_context::<Tables>();
    if let Some(tables) = tables {
        gloo_timers::callback::Timeout::new(LATER, move || fetch(tables)).forget();
    }
    tables.unwrap_or_else(|| RwSignal::new(Remote::Failed(CallError::Network)))
}

/// Provides the signal of the tables above all pages.
pub fn provide_tables() {
    provide_context::<Tables>(RwSignal::new(Remote::Idle));
}

fn fetch(tables: Tables) {
    if tables.with_untracked(|tables| matches!(tables, Remote::Idle | Remote::Failed(_))) {
        tables.set(Remote::Loading);
        leptos::task::spawn_local(async move {
            let answer = api::tables().await.map(Arc::new);
            tables.try_set(Remote::from(answer));
        });
    }
}

fn name(names: &Names) -> String {
    names.of(language()).to_owned()
}

/// A name in every language, for searching.
fn every(names: &Names) -> String {
    format!("{} {} {} {} {}", names.en, names.bn, names.hi, names.ne, names.ur)
}

/// The name of a department, or its code.
#[must_use]
pub fn department(tables: &ReferenceData, code: &str) -> String {
    tables
        .departments
        .iter()
        .find(|known| known.code == code)
        .map_or_else(|| code.to_owned(), |known| name(&known.name))
}

/// The short name of a department, or its code.
#[must_use]
pub fn department_short(tables: &ReferenceData, code: &str) -> String {
    tables
        .departments
        .iter()
        .find(|known| known.code == code)
        .map_or_else(|| code.to_owned(), |known| name(&known.short))
}

/// The name of a leaf category, or its code.
#[must_use]
pub fn category(tables: &ReferenceData, code: &str) -> String {
    let leaf = tables.categories.iter().flat_map(|group| &group.leaves).find(|leaf| leaf.code == code);
    leaf.map_or_else(|| code.to_owned(), |leaf| name(&leaf.name))
}

/// The name of a district.
#[must_use]
pub fn district(tables: &ReferenceData, lgd: Lgd) -> String {
    tables.districts.iter().find(|known| known.lgd == lgd).map_or_else(|| lgd.to_string(), |known| name(&known.name))
}

/// Place and district: `Bolpur-Sriniketan, Birbhum`.
#[must_use]
pub fn place(tables: &ReferenceData, of: Option<Lgd>, place: Option<Lgd>) -> String {
    let Some(of) = of else { return String::new() };
    let known = tables.districts.iter().find(|known| known.lgd == of);
    let place = known.and_then(|known| known.places.iter().find(|found| Some(found.lgd) == place));
    match place {
        Some(place) => format!("{}, {}", name(&place.name), district(tables, of)),
        None => district(tables, of),
    }
}

/// The codes of at most three leaf categories whose keywords occur in a text, best first. A fallback for when the
/// server, which knows more words, cannot be asked.
#[must_use]
pub fn suggest(categories: &[Category], text: &str) -> Vec<CategoryCode> {
    let text = format!(" {} ", model::text::search_key(text));
    let scored: Vec<(usize, CategoryCode)> = categories
        .iter()
        .flat_map(|group| &group.leaves)
        .filter_map(|leaf| {
            let score: usize = leaf
                .keywords
                .iter()
                .filter(|word| text.contains(&format!(" {}", model::text::search_key(word))))
                .map(|word| word.chars().count())
                .sum();
            (score > 0).then(|| (score, leaf.code.clone()))
        })
        .collect();
    let best = first_few(scored, model::topic::SUGGESTED, |a, b| (b.0, &a.1) < (a.0, &b.1));
    best.into_iter().map(|(_, code)| code).collect()
}

/// The first `count` items in order. Where few are needed this replaces a sort, which costs three KiB of code for each
/// type.
#[must_use]
pub fn first_few<T>(mut all: Vec<T>, count: usize, is_before: impl Fn(&T, &T) -> bool) -> Vec<T> {
    let mut few = Vec::new();
    while few.len() < count && !all.is_empty() {
        let mut first = 0;
        for (at, one) in all.iter().enumerate() {
            if all.get(first).is_some_and(|known| is_before(one, known)) {
                first = at;
            }
        }
        few.push(all.swap_remove(first));
    }
    few
}

/// All places as choices, found by name, district or PIN code; the value is district and place.
#[must_use]
pub fn places(tables: &ReferenceData) -> Vec<Choice<(Lgd, Option<Lgd>)>> {
    let mut choices = Vec::new();
    for district in &tables.districts {
        let (own, of) = (every(&district.name), name(&district.name));
        let found_by = |place: &Place| format!("{} {} {own} {}", every(&place.name), place.aliases, district.aliases);
        let found_so = format!("{own} {}", district.aliases);
        choices.push(Choice::new(of.clone(), &found_so, &district.pins, (district.lgd, None)));
        for place in &district.places {
            // A block and a town of the same name are told apart.
            let twins = district.places.iter().filter(|other| other.name.en == place.name.en).count();
            let kind = t(if place.urban { key::PLACE_TOWN } else { key::PLACE_BLOCK });
            let kind = if twins > 1 { format!(" ({kind})") } else { String::new() };
            let label = format!("{}{kind}, {of}", name(&place.name));
            choices.push(Choice::new(label, &found_by(place), &district.pins, (district.lgd, Some(place.lgd))));
        }
    }
    choices
}

/// Every leaf category as a choice.
#[must_use]
pub fn category_choices(tables: &ReferenceData) -> Vec<Choice<CategoryCode>> {
    let leaves = tables.categories.iter().flat_map(|group| group.leaves.iter().map(move |leaf| (group, leaf)));
    leaves
        .map(|(group, leaf)| {
            let found_by = format!("{} {} {}", every(&leaf.name), every(&group.name), leaf.keywords.join(" "));
            let label = format!("{} – {}", name(&leaf.name), name(&group.name));
            Choice::new(label, &found_by, &[], leaf.code.clone())
        })
        .collect()
}

/// Every department as a choice.
#[must_use]
pub fn department_choices(tables: &ReferenceData) -> Vec<Choice<DepartmentCode>> {
    tables
        .departments
        .iter()
        .map(|found| {
            let found_by = format!("{} {}", found.code, every(&found.name));
            Choice::new(name(&found.name), &found_by, &[], found.code.clone())
        })
        .collect()
}

/// The label of a choice and what it is found by.
#[derive(Debug, PartialEq, Eq)]
pub struct Named {
    /// The text shown.
    pub label: String,
    /// The search key.
    pub key: Key,
}

/// An option of a list that is searched while typing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice<T> {
    /// Its name; shared, because lists are cloned.
    pub name: Arc<Named>,
    /// The value it stands for.
    pub value: T,
}

impl<T> Choice<T> {
    /// A choice that is found by these words or parts of them, and by these ranges of PIN codes.
    pub fn new(label: String, found_by: &str, pins: &[(u32, u32)], value: T) -> Self {
        let key = Key::of(&normal(found_by)).with_pins(pins);
        Self { name: Arc::new(Named { label, key }), value }
    }
}

/// The office of a block or town among these of a department: offices are named after their places.
#[must_use]
pub fn own_office(
    tables: &ReferenceData,
    offices: &[Office],
    district: Option<Lgd>,
    place: Option<Lgd>,
) -> Option<OfficeId> {
    let known = tables.districts.iter().find(|known| Some(known.lgd) == district)?;
    let name = &known.places.iter().find(|known| Some(known.lgd) == place)?.name.en;
    let is_of = |office: &&Office| office.district == district && office.name.en.split(',').next() == Some(name);
    offices.iter().find(is_of).map(|office| office.id)
}

/// The text in NFC, normalised by the browser, which has the tables already.
#[must_use]
pub fn normal(text: &str) -> String {
    js_sys::JsString::from(text).normalize("NFC").into()
}
