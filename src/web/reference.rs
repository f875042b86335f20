//! The reference tables, fetched once when first needed.

use crate::api::{self, CallError};
use crate::component::Remote;
use crate::i18n::{key, language, t};
use leptos::prelude::*;
use model::find::Key;
use model::wire::{Category, Names, Place, ReferenceData};
use model::{CategoryCode, DepartmentCode, Lgd};
use std::sync::Arc;

/// Milliseconds after which a page that stands without the tables asks for them.
const LATER: u32 = 400;

/// The tables as they arrive.
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

/// As [`use_tables`], for pages that say what matters without them: they come once the page stands.
#[must_use]
pub fn use_tables_later() -> Tables {
    let tables = use_context::<Tables>();
    if let Some(tables) = tables {
        gloo_timers::callback::Timeout::new(LATER, move || fetch(tables)).forget();
    }
    tables.unwrap_or_else(|| RwSignal::new(Remote::Failed(CallError::Network)))
}

/// Makes room for the tables above all pages.
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

/// A name in every language by which people search for it.
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

/// The codes of leaf categories whose keywords stand in a text, best first; at most three. For where the server, which knows
/// more words, cannot be asked.
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

/// The first few of many, in order. Where few are wanted, a sort only costs bytes: three KiB for each type.
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

/// Everything that can be chosen as a place, found by name, district or PIN code; value: district and place.
#[must_use]
pub fn places(tables: &ReferenceData) -> Vec<Choice<(Lgd, Option<Lgd>)>> {
    let mut choices = Vec::new();
    for district in &tables.districts {
        let (own, of) = (every(&district.name), name(&district.name));
        let found_by = |place: &Place| format!("{} {} {own} {}", every(&place.name), place.also, district.also);
        let found_so = format!("{own} {}", district.also);
        choices.push(Choice::new(of.clone(), &found_so, &district.pins, (district.lgd, None)));
        for place in &district.places {
            // A block and a town of one name are told apart.
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

/// What is shown of a choice, and by what it is found.
#[derive(Debug, PartialEq, Eq)]
pub struct Named {
    /// What is shown.
    pub label: String,
    /// By what it is found.
    pub key: Key,
}

/// Something to choose from a list that is searched while typing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice<T> {
    /// Its name; shared, for lists are handed on.
    pub name: Arc<Named>,
    /// What is chosen.
    pub value: T,
}

impl<T> Choice<T> {
    /// A choice that is found by these words as well as by parts of them.
    pub fn new(label: String, found_by: &str, pins: &[(u32, u32)], value: T) -> Self {
        let key = Key::of(&normal(found_by)).with_pins(pins);
        Self { name: Arc::new(Named { label, key }), value }
    }
}

/// In NFC: the browser normalises, for its tables are there already.
#[must_use]
pub fn normal(text: &str) -> String {
    js_sys::JsString::from(text).normalize("NFC").into()
}
