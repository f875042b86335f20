//! The day's route of a validator: the cases of the list in the order of their places, always the nearest next. The place of a
//! case is that of its block or town.

use super::Worklist;
use crate::along::Along;
use leptos::prelude::*;
use model::lifecycle::Position;
use model::route::{Stop, nearest_next};
use model::wire::Positions;
use model::{Lgd, Reference};
use std::collections::HashMap;
use web::api::{self, CallError};
use web::format::number;
use web::i18n::{fill, key, t};
use web::position;

/// Metres within which two cases are at one place.
const ONE_PLACE: u32 = 100;

/// The order in which cases are visited.
#[derive(Clone, Copy)]
pub(super) struct Route {
    /// Whether the list stands in this order.
    on: RwSignal<bool>,
    /// Where this device is; `None` where it does not know.
    here: RwSignal<Option<Position>>,
    places: RwSignal<HashMap<Lgd, Position>>,
    failed: RwSignal<Option<CallError>>,
    /// Taken up with the page: where a button is pressed, nothing that pages provide can be found.
    along: Option<Along>,
}

impl Route {
    pub(super) fn new() -> Self {
        let (on, here) = (RwSignal::new(false), RwSignal::new(None));
        let (places, failed) = (RwSignal::new(HashMap::new()), RwSignal::new(None));
        Self { on, here, places, failed, along: Along::of_app() }
    }

    /// These cases, each with its block or town, in their order; tracked.
    pub(super) fn through(self, rows: &[(Reference, Option<Lgd>)]) -> Option<Vec<Stop<Reference>>> {
        self.on.get().then(|| {
            let at = self.places.with(|places| {
                let place = |of: Option<Lgd>| of.and_then(|of| places.get(&of).copied());
                rows.iter().map(|(reference, of)| (*reference, place(*of))).collect::<Vec<_>>()
            });
            nearest_next(self.here.get(), &at)
        })
    }

    fn begin(self) {
        self.failed.set(None);
        self.on.set(true);
        position::ask(move |found| {
            self.here.try_set(found);
        });
        leptos::task::spawn_local(async move {
            let answer = api::get(&Positions {}).await;
            let answer = match self.along {
                Some(along) => along.or_along(answer, |pack| Some(pack.positions.clone())),
                None => answer,
            };
            match answer {
                Ok(found) => {
                    drop(self.places.try_set(found.iter().map(|place| (place.lgd, place.position())).collect()));
                }
                Err(error) => {
                    self.on.try_set(false);
                    self.failed.try_set(Some(error));
                }
            }
        });
    }
}

/// How far on a stop is, in words.
pub(super) fn far(metres: u32) -> String {
    if metres < ONE_PLACE {
        return t(key::ROUTE_HERE);
    }
    fill(key::ROUTE_FAR, &[("n", &number(metres.div_ceil(1_000)))])
}

/// The button that orders the list, and what it rests on.
#[component]
pub(super) fn RouteButton(list: Worklist) -> impl IntoView {
    let route = list.route;
    let press = move |_| if route.on.get_untracked() { route.on.set(false) } else { route.begin() };
    let told = move || match (route.failed.get(), route.on.get(), route.here.get()) {
        (Some(error), ..) => Some(error.message()),
        (None, true, None) => Some(t(key::ROUTE_FROM_FIRST)),
        (None, true, Some(_)) => Some(t(key::ROUTE_FROM_HERE)),
        (None, false, _) => None,
    };
    view! {
        <p class="route">
            <button type="button" id="route" class="tab" aria-pressed=move || route.on.get().to_string() on:click=press>{t(key::ROUTE_NEAREST)}</button>
            <span class="hint" role="status">{told}</span>
        </p>
    }
}
