//! The timeline of a grievance, step by step.

use super::Shown;
use crate::page::plain::link;
use crate::words::Words;
use maud::{Markup, html};
use model::names::code_of;
use model::wire::{TimelineEntry, photo_path};
use model::{AttachmentId, Reference, Role};

/// Every step, newest first.
pub fn timeline(shown: &Shown<'_>, entries: &[TimelineEntry]) -> Markup {
    let class = |entry: &TimelineEntry| match (entry.setback, entry.redresses) {
        (true, _) => "setback",
        (false, true) => "confirmed",
        (false, false) => "",
    };
    html! {
        ol class="thread" { @for entry in entries { li class=(class(entry)) { (knot(shown, entry)) } } }
    }
}

/// The text of a key; the citizen's own actions are worded as "you".
fn say(words: &Words, key: &str) -> String {
    let to_them = format!("you.{key}");
    words.say(if words.has(&to_them) { &to_them } else { key }).to_owned()
}

/// What happened.
pub fn told(words: &Words, entry: &TimelineEntry) -> String {
    let event = say(words, &format!("event.{}", code_of(&entry.kind)));
    let ground = entry.ground.as_ref().map(|ground| ground.of(words.language()).to_owned());
    let detail = ground.or_else(|| entry.detail.as_ref().map(|detail| say(words, &format!("detail.{detail}"))));
    let other = entry.other.map(Reference::grouped);
    let detail: Vec<String> = detail.into_iter().chain(other).collect();
    if detail.is_empty() { event } else { format!("{event} – {}", detail.join(" ")) }
}

/// One step: what, when, by whom, in their words, with photos.
pub fn knot(shown: &Shown<'_>, entry: &TimelineEntry) -> Markup {
    let words = shown.words;
    html! {
        p class="what" { (told(words, entry)) }
        @if let Some(at) = entry.hearing { p { strong { (words.moment(at)) } } }
        p class="hint" { (words.date(entry.at)) @if let Some(by) = by(shown, entry) { " · " (by) } }
        (own_words(words, entry))
        (photos(words, &entry.photos))
    }
}

/// The office, department or role that took a step; `None` for automatic steps.
fn by(shown: &Shown<'_>, entry: &TimelineEntry) -> Option<String> {
    let words = shown.words;
    let unit = entry.to.as_ref().map(|party| &party.department).filter(|code| !code.is_empty());
    let unit = unit.or(entry.department.as_ref()).and_then(|code| shown.app.facts.tables.department(code));
    match (&entry.office_name, unit, entry.role) {
        (Some(office), ..) => Some(office.of(words.language()).to_owned()),
        (None, Some(unit), _) => Some(unit.short.of(words.language()).to_owned()),
        (None, None, Role::System) => None,
        (None, None, role) => Some(say(words, &format!("role.{}", code_of(&role)))),
    }
}

/// What somebody wrote, in its own language.
pub fn own_words(words: &Words, entry: &TimelineEntry) -> Markup {
    let lang = entry.language.tag();
    html! {
        @if let Some(order) = &entry.order { (part(words, "order.found", lang, &order.found)) }
        @if entry.order.is_some() { p class="hint" { (words.say("order.reason")) } }
        @if let Some(text) = &entry.text { p class="said" lang=(lang) dir="auto" { (text) } }
        @if let Some(order) = entry.order.as_ref().filter(|order| !order.ordered.is_empty()) {
            (part(words, "order.ordered", lang, &order.ordered))
        }
        @if let Some(why) = &entry.no_contact {
            p class="hint" { (words.say("report.no_contact")) " " span lang=(lang) dir="auto" { (why) } }
        }
        @if let Some(date) = entry.next_date { p { (words.fill("report.rest", &[("date", &words.day(date))])) } }
    }
}

/// A part of a decision under its name.
fn part(words: &Words, name: &str, lang: &str, text: &str) -> Markup {
    html! { p class="hint" { (words.say(name)) } p class="said" lang=(lang) dir="auto" { (text) } }
}

/// Links to photos.
pub fn photos(words: &Words, photos: &[AttachmentId]) -> Markup {
    let number = |index: usize| words.language().digits(&(index + 1).to_string());
    html! {
        @for (index, id) in photos.iter().enumerate() {
            (link(&photo_path(id), &words.fill("case.photo", &[("n", &number(index))])))
        }
    }
}
