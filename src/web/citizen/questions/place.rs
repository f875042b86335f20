//! Where is it; and whether others have lodged the same there.

use super::{Flow, check, errors_at, part};
use crate::Step;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use model::lifecycle::Position;
use model::wire::{FindDuplicates, FindDuplicatesRequest, PlaceAt, Positions};
use model::{Lgd, text};
use web::api::{Conditions, call};
use web::component::{ErrorSummary, Remote, SubmitButton, Suggest, TextArea};
use web::draft::Draft;
use web::i18n::{key, t};
use web::reference::{self, first_few};
use web::route::set_title;

/// District, block or town, found by name, by sound or by PIN code; the rest in words.
#[component]
pub fn Where(flow: Flow) -> impl IntoView {
    set_title(&t(key::LODGE_WHERE_TITLE));
    let (draft, errors, tables) = (flow.draft, errors_at(Step::Where), flow.tables);
    let chosen =
        RwSignal::new(draft.with_untracked(|draft| draft.form.district.map(|district| (district, draft.form.place))));
    let landmark = part(draft, |draft| draft.form.landmark.clone(), |draft, text| draft.form.landmark = text);
    let choices = Memo::new(move |_| {
        tables.with(|tables| tables.loaded().map(|tables| reference::places(tables)).unwrap_or_default())
    });
    // Stored as it is chosen.
    Effect::new(move |before: Option<()>| {
        let place = chosen.get();
        if before.is_some() && place.is_some() {
            keep(draft, place);
        }
    });
    let unlisted = Memo::new(move |_| tables.with(|tables| matches!(tables, Remote::Failed(_))));
    let looking = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if looking.get_untracked() {
            return;
        }
        let place = chosen.get_untracked();
        // Where the list cannot be loaded, or somebody is in danger, words are enough; the cell's desk completes the
        // place.
        let urgent = flow.is_urgent();
        let listed = choices.with_untracked(|choices| !choices.is_empty()) && !urgent;
        if place.is_none() && (listed || text::is_blank(&landmark.get_untracked())) {
            match listed {
                true => errors.show_one("place", t(key::PROBLEM_PLACE_EMPTY)),
                false => errors.show_one("landmark", t(key::PROBLEM_PLACE_WORDS)),
            }
            return;
        }
        keep(draft, place);
        if !check(flow, Step::Where, errors) {
            return;
        }
        if urgent {
            flow.on(Step::Where);
            return;
        }
        looking.set(true);
        leptos::task::spawn_local(async move {
            look_for_duplicates(flow).await;
            looking.try_set(false);
            flow.on(Step::Where);
        });
    };
    view! {
        <ErrorSummary errors/>
        <h1>{t(key::LODGE_WHERE_TITLE)}</h1>
        <form novalidate on:submit=submit>
            {move || if unlisted.get() {
                // Nothing can be chosen: text typed into the list would be lost.
                view! {
                    <p class="notice">{t(key::LODGE_WHERE_UNLISTED)}</p>
                    <TextArea id="landmark" label=t(key::FORM_PLACE_WORDS) value=landmark errors rows=3 autocomplete="street-address"/>
                }
                .into_any()
            } else {
                view! {
                    <Suggest id="place" label=t(key::LODGE_WHERE_PLACE) hint=t(key::LODGE_WHERE_PLACE_HINT) choices=choices value=chosen errors/>
                    <Here choices chosen/>
                    <TextArea id="landmark" label=format!("{} {}", t(key::LODGE_WHERE_LANDMARK), t(key::OPTIONAL)) value=landmark errors rows=2 autocomplete="street-address"/>
                }
                .into_any()
            }}
            <SubmitButton label=t(key::CONTINUE) busy_label=t(key::LOADING) busy=looking.into()/>
        </form>
    }
}

/// The number of nearby blocks and towns offered.
const NEAR: usize = 3;
/// Kilometres beyond which a place is not nearby.
const FAR: f64 = 40.0;

/// A place to choose.
type Choice = reference::Choice<(Lgd, Option<Lgd>)>;

/// The state of finding the person's position.
#[derive(Debug, Clone, PartialEq)]
enum Found {
    NotAsked,
    Looking,
    /// The phone does not tell, or there is no connection.
    Nothing,
    Near(Vec<Choice>),
}

/// Offers the blocks and towns near the phone. Computed on the phone: its position is not sent anywhere.
#[component]
fn Here(choices: Memo<Vec<Choice>>, chosen: RwSignal<Option<(Lgd, Option<Lgd>)>>) -> impl IntoView {
    let found = RwSignal::new(Found::NotAsked);
    let look = move |_| {
        found.set(Found::Looking);
        web::position::ask(move |at| {
            leptos::task::spawn_local(async move {
                let places = match at {
                    Some(_) => web::api::get(&Positions {}).await.ok(),
                    None => None,
                };
                let near = at.zip(places).map(|(at, places)| nearest(&at, &places)).unwrap_or_default();
                let near: Option<Vec<_>> = choices.try_with_untracked(|choices| {
                    let named = |lgd: &Lgd| choices.iter().find(|choice| choice.value.1 == Some(*lgd)).cloned();
                    near.iter().filter_map(named).collect()
                });
                let near = near.unwrap_or_default();
                found.try_set(if near.is_empty() { Found::Nothing } else { Found::Near(near) });
            });
        });
    };
    let told = move || match found.get() {
        Found::NotAsked => ().into_any(),
        Found::Looking => view! { <p class="hint">{t(key::HERE_LOOKING)}</p> }.into_any(),
        Found::Nothing => view! { <p>{t(key::HERE_NOTHING)}</p> }.into_any(),
        Found::Near(near) => {
            let buttons = near.into_iter().map(|choice| {
                let (value, label) = (choice.value, choice.name.label.clone());
                view! { <li><button type="button" class="link" on:click=move |_| chosen.set(Some(value))>{label}</button></li> }
            });
            view! { <p>{t(key::HERE_NEAR)}</p><ul class="links">{buttons.collect_view()}</ul> }.into_any()
        }
    };
    view! {
        <div class="here">
            <button type="button" class="link" id="here" on:click=look>{t(key::HERE_USE)}</button>
            <p class="hint">{t(key::HERE_HINT)}</p>
            <div role="status">{told}</div>
        </div>
    }
}

/// The codes of the places nearest to a position, nearest first.
fn nearest(at: &Position, places: &[PlaceAt]) -> Vec<Lgd> {
    let (north, east) = (f64::from(at.latitude_micro) / 1e6, f64::from(at.longitude_micro) / 1e6);
    let all: Vec<(f64, Lgd)> = places
        .iter()
        .map(|place| {
            let (up, right) = (f64::from(place.north) / 1e3 - north, f64::from(place.east) / 1e3 - east);
            // A degree is 111 km, and to the east less by the cosine of the latitude.
            let right = right * js_sys::Math::cos(north.to_radians());
            (111.2 * (up * up + right * right).sqrt(), place.lgd)
        })
        .filter(|(distance, _)| *distance < FAR)
        .collect();
    first_few(all, NEAR, |a, b| a.0 < b.0).into_iter().map(|(_, lgd)| lgd).collect()
}

fn keep(draft: RwSignal<Draft>, place: Option<(Lgd, Option<Lgd>)>) {
    draft.update(|draft| {
        draft.form.district = place.map(|(district, _)| district);
        draft.form.place = place.and_then(|(_, place)| place);
    });
}

/// Milliseconds to wait for similar grievances; without a connection they are not asked about.
const LOOKING: u32 = 3_000;

/// Requests similar open grievances, without keeping anybody waiting.
async fn look_for_duplicates(flow: Flow) {
    let form = flow.draft.with_untracked(|draft| draft.form.clone());
    let found = match (form.category, form.district) {
        (Some(category), Some(district)) => {
            let body = FindDuplicatesRequest {
                text: form.text,
                category,
                district,
                place: form.place,
                landmark: form.landmark,
            };
            let with = Conditions { patience: Some(LOOKING), ..Conditions::default() };
            call(&FindDuplicates {}, &body, with).await.unwrap_or_default()
        }
        _ => Vec::new(),
    };
    flow.draft.update(|draft| {
        if !found.iter().any(|like| Some(&like.token) == draft.form.same_as.as_ref()) {
            draft.form.same_as = None;
        }
    });
    flow.duplicates.set(found);
}
