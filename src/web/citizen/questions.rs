//! The questions after the first, and sending: downloaded while the first is being answered.

use super::lodge::{check, complete, go_on, part, place_of, use_draft, words};
use super::{CitizenPage, Step, done};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use model::api::Lodge as LodgeCall;
use model::lifecycle::Gender;
use model::lodging::Problem;
use model::text;
use wasm_split_helpers::wasm_split;
use web::api::{CallError, Conditions, call};
use web::component::{
    ErrorSummary, Errors, Failed, Helpline, Loading, Photos, Radios, Remote, SubmitButton, Suggest, TextField,
};
use web::draft::{Draft, keep_receipt};
use web::format::digits;
use web::i18n::{fill, key, language, name_of, t};
use web::later::{Draw, SplitLoaderError};
use web::reference::{self, use_tables};
use web::route::{href, set_title, use_nav};

/// The pages of this part.
#[wasm_split(questions, fallible)]
pub fn questions() -> Result<Draw<CitizenPage>, SplitLoaderError> {
    Ok(|page| match page {
        CitizenPage::Lodge(Step::Category) => view! { <CategoryQuestion/> }.into_any(),
        CitizenPage::Lodge(Step::Where) => view! { <Where/> }.into_any(),
        CitizenPage::Lodge(Step::Photos) => view! { <PhotosQuestion/> }.into_any(),
        CitizenPage::Lodge(Step::You) => view! { <You/> }.into_any(),
        CitizenPage::Lodge(Step::Check) => view! { <Check/> }.into_any(),
        CitizenPage::Lodge(Step::Gender) => view! { <Last/> }.into_any(),
        CitizenPage::Done(reference) => view! { <done::Done reference/> }.into_any(),
        _ => ().into_any(),
    })
}

#[component]
fn CategoryQuestion() -> impl IntoView {
    set_title(&t(key::LODGE_CATEGORY_TITLE));
    let (draft, nav, errors, tables) = (use_draft(), use_nav::<CitizenPage>(), Errors::new(), use_tables());
    let changing = draft.with_untracked(complete);
    let (answered, chosen) = draft.with_untracked(|draft| (draft.category_answered, draft.form.category.clone()));
    let searched = RwSignal::new(chosen.clone());
    let picked = RwSignal::new(match (&chosen, answered) {
        (Some(code), _) => code.clone(),
        (None, true) => "unknown".to_owned(),
        (None, false) => String::new(),
    });
    // Whatever was chosen last counts: in the list or in the search.
    Effect::new(move |_| {
        if let Some(code) = searched.get() {
            picked.set(code);
        }
    });
    let suggested = move || {
        let text = draft.with_untracked(|draft| draft.form.text.clone());
        let mut options = tables
            .with(|tables| tables.loaded().map(|tables| reference::suggest(&tables.categories, &text)))
            .unwrap_or_default();
        options.push(("unknown".to_owned(), t(key::LODGE_CATEGORY_UNKNOWN)));
        options
    };
    let choices = Signal::derive(move || {
        tables.with(|tables| tables.loaded().map(|tables| reference::category_choices(tables)).unwrap_or_default())
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let code = picked.get_untracked();
        if code.is_empty() {
            errors.show_one("category", t(key::PROBLEM_CATEGORY_EMPTY));
            return;
        }
        draft.update(|draft| {
            draft.form.category = (code != "unknown").then_some(code);
            draft.category_answered = true;
        });
        go_on(nav, Step::Category, changing);
    };
    let retry = Callback::new(move |()| {
        let _ = use_tables();
    });
    let options = Signal::derive(suggested);
    view! {
        <ErrorSummary errors/>
        {move || match tables.get() {
            Remote::Loaded(_) => view! {
                <form novalidate on:submit=submit>
                    <Radios id="category" legend=t(key::LODGE_CATEGORY_TITLE) hint=if options.with_untracked(|options| options.len() > 1) { t(key::LODGE_CATEGORY_HINT) } else { String::new() } options value=picked errors heading=true/>
                    <Suggest id="category-search" label=t(key::LODGE_CATEGORY_SEARCH) hint=t(key::LODGE_CATEGORY_SEARCH_HINT) choices value=searched errors/>
                    <button type="submit" class="button">{t(key::CONTINUE)}</button>
                </form>
            }.into_any(),
            Remote::Failed(error) => view! { <h1>{t(key::LODGE_CATEGORY_TITLE)}</h1><Failed why=error.message() retry/><SkipCategory/> }.into_any(),
            Remote::Idle | Remote::Loading => view! { <h1>{t(key::LODGE_CATEGORY_TITLE)}</h1><Loading/> }.into_any(),
        }}
    }
}

/// Where the list of categories cannot be had, nobody is kept from lodging.
#[component]
fn SkipCategory() -> impl IntoView {
    let (draft, nav) = (use_draft(), use_nav::<CitizenPage>());
    let skip = move |_| {
        draft.update(|draft| draft.category_answered = true);
        go_on(nav, Step::Category, false);
    };
    view! { <p><button type="button" class="button" on:click=skip>{t(key::LODGE_CATEGORY_UNKNOWN)}</button></p> }
}

#[component]
fn Where() -> impl IntoView {
    set_title(&t(key::LODGE_WHERE_TITLE));
    let (draft, nav, errors, tables) = (use_draft(), use_nav::<CitizenPage>(), Errors::new(), use_tables());
    let changing = draft.with_untracked(complete);
    let chosen =
        RwSignal::new(draft.with_untracked(|draft| draft.form.district.map(|district| (district, draft.form.place))));
    let landmark = part(draft, |draft| draft.form.landmark.clone(), |draft, text| draft.form.landmark = text);
    let choices = Signal::derive(move || {
        tables.with(|tables| tables.loaded().map(|tables| reference::places(tables)).unwrap_or_default())
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let place = chosen.get_untracked();
        // Where the list could not be had, the words must do; the cell's desk completes the place.
        let listed = choices.with_untracked(|choices| !choices.is_empty());
        if place.is_none() && (listed || text::is_blank(&landmark.get_untracked())) {
            errors.show_one("place", t(key::PROBLEM_PLACE_EMPTY));
            return;
        }
        draft.update(|draft| {
            draft.form.district = place.map(|(district, _)| district);
            draft.form.place = place.and_then(|(_, place)| place);
        });
        if check(draft, Step::Where, errors) {
            go_on(nav, Step::Where, changing);
        }
    };
    view! {
        <ErrorSummary errors/>
        <h1>{t(key::LODGE_WHERE_TITLE)}</h1>
        <form novalidate on:submit=submit>
            <Suggest id="place" label=t(key::LODGE_WHERE_PLACE) hint=t(key::LODGE_WHERE_PLACE_HINT) choices value=chosen errors/>
            <TextField id="landmark" label=format!("{} {}", t(key::LODGE_WHERE_LANDMARK), t(key::OPTIONAL)) value=landmark errors autocomplete="street-address"/>
            <button type="submit" class="button">{t(key::CONTINUE)}</button>
        </form>
    }
}

#[component]
fn PhotosQuestion() -> impl IntoView {
    set_title(&t(key::LODGE_PHOTOS_TITLE));
    let (draft, nav, errors) = (use_draft(), use_nav::<CitizenPage>(), Errors::new());
    let changing = draft.with_untracked(complete);
    let photos = RwSignal::new(draft.with_untracked(|draft| draft.form.photos.clone()));
    Effect::new(move |first: Option<()>| {
        let photos = photos.get();
        if first.is_some() {
            draft.update(|draft| draft.form.photos = photos);
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if check(draft, Step::Photos, errors) {
            go_on(nav, Step::Photos, changing);
        }
    };
    view! {
        <ErrorSummary errors/>
        <form novalidate on:submit=submit>
            <Photos id="photos" label=t(key::LODGE_PHOTOS_TITLE) hint=t(key::LODGE_PHOTOS_HINT) photos errors heading=true/>
            <button type="submit" class="button">{t(key::CONTINUE)}</button>
        </form>
    }
}

#[component]
fn You() -> impl IntoView {
    set_title(&t(key::LODGE_YOU_TITLE));
    let (draft, nav, errors) = (use_draft(), use_nav::<CitizenPage>(), Errors::new());
    let name = part(draft, |draft| draft.form.name.clone(), |draft, text| draft.form.name = text);
    let mobile = part(draft, |draft| draft.form.mobile.clone(), |draft, text| draft.form.mobile = text);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if check(draft, Step::You, errors) {
            go_on(nav, Step::You, false);
        }
    };
    view! {
        <ErrorSummary errors/>
        <h1>{t(key::LODGE_YOU_TITLE)}</h1>
        <form novalidate on:submit=submit>
            <TextField id="name" label=t(key::LODGE_YOU_NAME) value=name errors autocomplete="name"/>
            <TextField id="mobile" label=t(key::LODGE_YOU_MOBILE) hint=t(key::LODGE_YOU_MOBILE_HINT) value=mobile errors kind="tel" mode="tel" autocomplete="tel"/>
            <button type="submit" class="button">{t(key::CONTINUE)}</button>
        </form>
    }
}

#[component]
fn Check() -> impl IntoView {
    set_title(&t(key::LODGE_CHECK_TITLE));
    let (draft, nav, errors, tables) = (use_draft(), use_nav::<CitizenPage>(), Errors::new(), use_tables());
    let row = move |label: &'static str, value: Signal<String>, step: Step| {
        let name = t(label);
        let shown = move || match value.get() {
            empty if empty.is_empty() => t(key::LODGE_CHECK_NONE),
            value => value,
        };
        view! {
            <div class="row">
                <dt>{name.clone()}</dt>
                <dd dir="auto">{shown}</dd>
                <dd class="change"><a data-nav href=href(&CitizenPage::Lodge(step))>{t(key::LODGE_CHECK_CHANGE)}<span class="unseen">" "{name}</span></a></dd>
            </div>
        }
    };
    let form = move |get: fn(&Draft) -> String| Signal::derive(move || draft.with(get));
    let category = Signal::derive(move || {
        draft.with(|draft| match &draft.form.category {
            Some(code) => tables.with(|tables| {
                tables.loaded().map_or_else(|| code.clone(), |tables| reference::category(tables, code))
            }),
            None if draft.category_answered => t(key::LODGE_CATEGORY_UNKNOWN),
            None => String::new(),
        })
    });
    let place = Signal::derive(move || {
        let (district, place) = draft.with(|draft| (draft.form.district, draft.form.place));
        tables
            .with(|tables| tables.loaded().map(|tables| reference::place(tables, district, place)).unwrap_or_default())
    });
    let photos = Signal::derive(move || match draft.with(|draft| draft.form.photos.len()) {
        0 => String::new(),
        count => fill(key::LODGE_CHECK_PHOTOS, &[("n", &digits(&count.to_string()))]),
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        match draft.with_untracked(|draft| draft.form.problems().first().copied()) {
            Some(problem) => {
                let (step, _) = place_of(problem);
                errors.show_one("check", words(problem));
                // The first unanswered question is asked again.
                nav.go(CitizenPage::Lodge(step));
            }
            None => nav.go(CitizenPage::Lodge(Step::Gender)),
        }
    };
    view! {
        <ErrorSummary errors/>
        <h1>{t(key::LODGE_CHECK_TITLE)}</h1>
        <p class="hint">{t(key::LODGE_CHECK_NOT_YET)}</p>
        <dl class="answers" id="check">
            {row(key::LODGE_CHECK_WHAT, form(|draft| draft.form.text.clone()), Step::What)}
            {row(key::LODGE_CHECK_CATEGORY, category, Step::Category)}
            {row(key::LODGE_CHECK_WHERE, place, Step::Where)}
            {row(key::LODGE_CHECK_LANDMARK, form(|draft| draft.form.landmark.clone()), Step::Where)}
            {row(key::LODGE_CHECK_PHOTO, photos, Step::Photos)}
            {row(key::LODGE_CHECK_NAME, form(|draft| draft.form.name.clone()), Step::You)}
            {row(key::LODGE_CHECK_MOBILE, form(|draft| draft.form.mobile.clone()), Step::You)}
        </dl>
        <form novalidate on:submit=submit>
            <button type="submit" class="button">{t(key::CONTINUE)}</button>
        </form>
    }
}

/// How the sending stands.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Sending {
    Not,
    Now,
    /// The line is dead; it goes by itself when it is back.
    Waiting,
    Refused(String),
}

#[component]
fn Last() -> impl IntoView {
    set_title(&t(key::LODGE_GENDER_TITLE));
    let (draft, nav, errors) = (use_draft(), use_nav::<CitizenPage>(), Errors::new());
    let gender = RwSignal::new(
        draft.with_untracked(|draft| draft.form.gender.map(|gender| web::i18n::code_of(&gender)).unwrap_or_default()),
    );
    let sending = RwSignal::new(Sending::Not);
    let send = move || {
        if sending.get_untracked() == Sending::Now {
            return;
        }
        sending.set(Sending::Now);
        draft.update(|draft| {
            draft.form.gender =
                Gender::ALL.into_iter().find(|known| web::i18n::code_of(known) == gender.get_untracked());
            draft.form.language = language();
        });
        let sent = draft.get_untracked();
        leptos::task::spawn_local(async move {
            match call(&LodgeCall {}, &sent.form, Conditions { key: Some(sent.key), version: None }).await {
                Ok(receipt) => {
                    keep_receipt(&receipt);
                    Draft::delete();
                    draft.set(Draft::load());
                    nav.replace(CitizenPage::Done(receipt.reference));
                }
                Err(CallError::Network) => sending.set(Sending::Waiting),
                Err(CallError::Problem(problem)) => match problem.errors.first() {
                    // Photos that waited too long are gone: everything else stays, and it can be sent again.
                    Some(Problem::PhotoUnknown) => {
                        draft.update(|draft| draft.form.photos.clear());
                        sending.set(Sending::Refused(words(Problem::PhotoUnknown)));
                    }
                    Some(first) => {
                        sending.set(Sending::Not);
                        errors.show_one("gender", words(*first));
                        nav.go(CitizenPage::Lodge(place_of(*first).0));
                    }
                    None => sending.set(Sending::Refused(CallError::Problem(problem).message())),
                },
            }
        });
    };
    let online = window_event_listener(leptos::ev::online, move |_| {
        if sending.get_untracked() == Sending::Waiting {
            send();
        }
    });
    on_cleanup(move || online.remove());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        // Nothing is sent that the server would only send back.
        match draft.with_untracked(|draft| draft.form.problems().first().copied()) {
            Some(problem) => nav.go(CitizenPage::Lodge(place_of(problem).0)),
            None => send(),
        }
    };
    let state = move || match sending.get() {
        Sending::Not | Sending::Now => None,
        Sending::Waiting => Some(t(key::LODGE_OFFLINE)),
        Sending::Refused(why) => Some(why),
    };
    let options = Gender::ALL
        .into_iter()
        .map(|gender| (web::i18n::code_of(&gender), name_of("gender", &gender)))
        .collect::<Vec<_>>();
    view! {
        <ErrorSummary errors/>
        <h1>{t(key::LODGE_GENDER_TITLE)}</h1>
        <form novalidate on:submit=submit>
            <Radios id="gender" legend=format!("{} {}", t(key::LODGE_GENDER_QUESTION), t(key::OPTIONAL)) hint=t(key::LODGE_GENDER_HINT) options value=gender errors/>
            <div class="state" role="status">{move || state().map(|words| view! { <p class="notice">{words}</p> })}</div>
            <SubmitButton label=t(key::LODGE_SEND) busy_label=t(key::LODGE_SENDING) busy=Signal::derive(move || sending.get() == Sending::Now)/>
        </form>
        {move || matches!(sending.get(), Sending::Waiting | Sending::Refused(_)).then(|| view! { <Helpline/> })}
    }
}
