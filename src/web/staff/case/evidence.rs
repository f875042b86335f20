//! What belongs to an entry of the history besides its words: the superior's level, what the citizen was told of it, and what
//! proves a report or a visit: whom the validator met, what they looked at, and when and where photos were taken.

use leptos::prelude::*;
use model::lifecycle::Position;
use model::visit::Shot;
use model::wire::{TimelineEntry, Told, VisitSeen};
use web::format::{digits, moment, number};
use web::i18n::{fill, key, language, name_of, t};

/// What proves an entry; nothing for most.
pub fn evidence(entry: &TimelineEntry) -> AnyView {
    let visit = entry.visit.as_ref().map(seen);
    let shots = (!entry.shots.is_empty()).then(|| {
        let shots = entry.shots.iter().map(taken).collect_view();
        view! { <ul class="shots hint">{shots}</ul> }
    });
    let level = entry.level.map(|level| {
        let posts = entry.superiors.iter().map(|post| post.of(language())).collect::<Vec<_>>().join("; ");
        let posts = (!posts.is_empty()).then(|| format!(": {posts}"));
        let nobody = entry.unreachable.then(|| view! { <p class="hint">{t(key::THREAD_UNREACHABLE)}</p> });
        view! { <p>{fill(key::THREAD_LEVEL, &[("n", &digits(&level.to_string()))])}{posts}</p>{nobody}}
    });
    let from = entry.from_office.as_ref().map(|office| {
        view! { <p class="hint">{fill(key::THREAD_FROM, &[("office", office.of(language()))])}</p> }
    });
    let told = entry.told.iter().map(told).collect_view();
    view! { {from}{level}{visit}{shots}{told} }.into_any()
}

fn told(told: &Told) -> impl IntoView + use<> {
    let delivery = name_of("delivery", &told.delivery);
    let at = told.sent.map(|sent| format!(" · {}", moment(sent)));
    view! {
        <p class="hint">{t(key::THREAD_TOLD)}" – "{delivery}{at}</p>
        <p class="said" lang=told.language.tag() dir="auto">{told.text.clone()}</p>
    }
}

fn seen(visit: &VisitSeen) -> impl IntoView + use<> {
    let meeting = visit.meeting.map(|meeting| {
        view! { <div><dt>{t(key::FIELD_MEETING)}</dt><dd>{name_of("meeting", &meeting)}</dd></div> }
    });
    let checks = visit.checks.iter().map(|(ask, answer)| {
        view! { <div><dt>{ask.of(language()).to_owned()}</dt><dd>{name_of("check", answer)}</dd></div> }
    });
    view! { <dl class="facts seen">{meeting}{checks.collect_view()}</dl> }
}

fn taken(shot: &Shot) -> impl IntoView + use<> {
    let time = fill(key::SHOT_TAKEN, &[("time", &moment(shot.at))]);
    let place = match shot.position {
        Some(at) => {
            let within = fill(key::SHOT_PLACE, &[("n", &number(at.accuracy_m))]);
            view! { {within}" · "<a href=map(at)>{t(key::SHOT_MAP)}</a> }.into_any()
        }
        None => t(key::SHOT_NO_PLACE).into_any(),
    };
    view! { <li>{time}" · "{place}</li> }
}

/// A link that the phone's own map opens; nobody else learns the place.
fn map(at: Position) -> String {
    let degrees = |micro: i32| f64::from(micro) / 1e6;
    format!("geo:{:.4},{:.4}", degrees(at.latitude_micro), degrees(at.longitude_micro))
}
