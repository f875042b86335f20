//! The words of a grievance. Where they are in another script than the page, digits, dates and place names can be read above them
//! in the page's: by rules, and beside what was written.

use crate::habits::use_habits;
use leptos::prelude::*;
use model::script::{Name, Piece, pieces};
use model::wire::ReferenceData;
use model::{Language, Lgd};
use std::sync::Arc;
use web::i18n::{key, language, t};
use web::reference::Tables;

/// The words, with the way to read what rules can tell of them.
#[component]
pub fn InScript(
    text: String,
    /// The language of the words.
    written: Language,
    /// The district of the case, whose blocks and towns may be meant.
    district: Option<Lgd>,
    tables: Tables,
) -> impl IntoView {
    let habits = use_habits();
    let whole = text.clone();
    let told = Memo::new(move |_| {
        if written == language() {
            return None;
        }
        let read = |tables: &Arc<ReferenceData>| pieces(&whole, language(), &names(tables, district));
        let pieces = tables.with(|tables| tables.loaded().map(read)).unwrap_or_default();
        pieces.iter().any(|piece| piece.reading.is_some()).then_some(pieces)
    });
    let is_read = Memo::new(move |_| habits.with(|habits| habits.script));
    let words = move || match told.get().filter(|_| is_read.get()) {
        Some(pieces) => pieces.into_iter().map(piece).collect_view().into_any(),
        None => text.clone().into_any(),
    };
    let switch = move || {
        let change = move |_| habits.update(|habits| habits.script = !habits.script);
        told.with(Option::is_some).then(|| {
            view! { <p><button type="button" class="link" aria-pressed=move || is_read.get().to_string() on:click=change>{t(key::SCRIPT_READ)}</button></p> }
        })
    };
    view! {
        <p class="said" lang=written.tag() dir="auto">{words}</p>
        {switch}
    }
}

fn piece(Piece { text, reading }: Piece) -> AnyView {
    match reading {
        Some(reading) => view! { <ruby>{text}<rt lang=language().tag()>{reading}</rt></ruby> }.into_any(),
        None => text.into_any(),
    }
}

/// The districts, and the blocks and towns of one of them, as they are written in the other script and in the page's.
fn names(tables: &ReferenceData, district: Option<Lgd>) -> Vec<Name<'_>> {
    let near = tables.districts.iter().filter(|one| Some(one.lgd) == district).flat_map(|one| &one.places);
    let names = tables.districts.iter().map(|one| &one.name).chain(near.map(|place| &place.name));
    let pairs = names.map(|name| match language() {
        Language::English => (name.bn.as_str(), name.en.as_str()),
        _ => (name.en.as_str(), name.bn.as_str()),
    });
    pairs.filter(|(written, read)| !written.is_empty() && !read.is_empty()).collect()
}
