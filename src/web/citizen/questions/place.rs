//! Where it is; and whether others have lodged the same there.

use super::{Way, check, errors_at, part};
use crate::Step;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use model::api::{FindLike, FindLikeRequest};
use model::{Lgd, text};
use web::api::{Conditions, call};
use web::component::{ErrorSummary, SubmitButton, Suggest, TextArea};
use web::draft::Draft;
use web::i18n::{key, t};
use web::reference;
use web::route::set_title;

/// District, block or town, found by name, as it sounds, or by PIN code; and the rest in words.
#[component]
pub fn Where(way: Way) -> impl IntoView {
    set_title(&t(key::LODGE_WHERE_TITLE));
    let (draft, errors, tables) = (way.draft, errors_at(Step::Where), way.tables);
    let chosen =
        RwSignal::new(draft.with_untracked(|draft| draft.form.district.map(|district| (district, draft.form.place))));
    let landmark = part(draft, |draft| draft.form.landmark.clone(), |draft, text| draft.form.landmark = text);
    let choices = Memo::new(move |_| {
        tables.with(|tables| tables.loaded().map(|tables| reference::places(tables)).unwrap_or_default())
    });
    // Kept as it is chosen.
    Effect::new(move |before: Option<()>| {
        let place = chosen.get();
        if before.is_some() && place.is_some() {
            keep(draft, place);
        }
    });
    let looking = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if looking.get_untracked() {
            return;
        }
        let place = chosen.get_untracked();
        // Where the list could not be had, the words must do; the cell's desk completes the place.
        let listed = choices.with_untracked(|choices| !choices.is_empty());
        if place.is_none() && (listed || text::is_blank(&landmark.get_untracked())) {
            errors.show_one("place", t(key::PROBLEM_PLACE_EMPTY));
            return;
        }
        keep(draft, place);
        if !check(draft, Step::Where, errors) {
            return;
        }
        looking.set(true);
        leptos::task::spawn_local(async move {
            look_for_likes(way).await;
            looking.try_set(false);
            way.on(Step::Where);
        });
    };
    view! {
        <ErrorSummary errors/>
        <h1>{t(key::LODGE_WHERE_TITLE)}</h1>
        <form novalidate on:submit=submit>
            <Suggest id="place" label=t(key::LODGE_WHERE_PLACE) hint=t(key::LODGE_WHERE_PLACE_HINT) choices=choices value=chosen errors/>
            <TextArea id="landmark" label=format!("{} {}", t(key::LODGE_WHERE_LANDMARK), t(key::OPTIONAL)) value=landmark errors rows=2 autocomplete="street-address"/>
            <SubmitButton label=t(key::CONTINUE) busy_label=t(key::LOADING) busy=looking.into()/>
        </form>
    }
}

fn keep(draft: RwSignal<Draft>, place: Option<(Lgd, Option<Lgd>)>) {
    draft.update(|draft| {
        draft.form.district = place.map(|(district, _)| district);
        draft.form.place = place.and_then(|(_, place)| place);
    });
}

/// Milliseconds for which somebody waits for likely duplicates; without a line they are not asked.
const LOOKING: u32 = 3_000;

/// Asks for open grievances like this one; nobody is kept waiting for them.
async fn look_for_likes(way: Way) {
    let form = way.draft.with_untracked(|draft| draft.form.clone());
    let found = match (form.category, form.district) {
        (Some(category), Some(district)) => {
            let body =
                FindLikeRequest { text: form.text, category, district, place: form.place, landmark: form.landmark };
            let with = Conditions { patience: Some(LOOKING), ..Conditions::default() };
            call(&FindLike {}, &body, with).await.unwrap_or_default()
        }
        _ => Vec::new(),
    };
    way.draft.update(|draft| {
        if !found.iter().any(|like| Some(&like.token) == draft.form.same_as.as_ref()) {
            draft.form.same_as = None;
        }
    });
    way.likes.set(found);
}
