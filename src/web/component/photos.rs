use super::field::described;
use super::{Errors, FieldError};
use crate::format::digits;
use crate::i18n::{fill, key, t};
use crate::upload;
use leptos::prelude::*;
use model::api::photo_path;
use model::lodging::PHOTO_LIMIT;
use wasm_bindgen::JsCast;
use web_sys::{File, HtmlInputElement};

/// Photos in the order in which they were chosen, each with its name at the server once it is received.
type Places = Vec<(u32, Option<String>)>;

/// Chooses photos and sends each at once, while the person goes on; `photos` holds the names of those received.
#[component]
pub fn Photos(
    /// Id of the file input.
    id: &'static str,
    /// What it asks.
    #[prop(into)]
    label: String,
    /// One sentence more.
    #[prop(into)]
    hint: String,
    /// The photos received so far.
    photos: RwSignal<Vec<String>>,
    /// What is wrong.
    errors: Errors,
) -> impl IntoView {
    let places: RwSignal<Places> = RwSignal::new((0..).zip(photos.get_untracked().into_iter().map(Some)).collect());
    let next = StoredValue::new(u32::try_from(places.with_untracked(Vec::len)).unwrap_or(0));
    let change = move |change: &dyn Fn(&mut Places)| {
        if places.try_update(change).is_some() {
            photos.try_set(places.with_untracked(|all| all.iter().filter_map(|(_, name)| name.clone()).collect()));
        }
    };
    let send = move |file: File| {
        if places.with_untracked(Vec::len) >= PHOTO_LIMIT {
            errors.show_one(id, t(key::PROBLEM_PHOTOS_TOO_MANY));
            return;
        }
        let place = next.get_value();
        next.set_value(place + 1);
        places.update(|all| all.push((place, None)));
        leptos::task::spawn_local(async move {
            match upload::send(&file, |_| {}).await {
                Ok(name) => change(&|all| {
                    if let Some((_, known)) = all.iter_mut().find(|(known, _)| *known == place) {
                        *known = Some(name.clone());
                    }
                }),
                Err(error) => {
                    change(&|all| all.retain(|(known, _)| *known != place));
                    errors.show_one(id, error.message());
                }
            }
        });
    };
    let list = move || {
        places
            .get()
            .into_iter()
            .enumerate()
            .map(|(index, (place, received))| {
                let name = fill(key::LODGE_PHOTOS_PHOTO, &[("n", &digits(&(index + 1).to_string()))]);
                let remove = format!("{} {name}", t(key::LODGE_PHOTOS_REMOVE));
                let (sign, state) = match received {
                    Some(_) => ("✓", t(key::LODGE_PHOTOS_SENT)),
                    None => ("…", t(key::LODGE_PHOTOS_SENDING)),
                };
                view! {
                    <li class:sent=received.is_some()>
                        <span class="tick" aria-hidden="true">{sign}</span>
                        <span>{name}" – "{state}</span>
                        <button type="button" class="link" aria-label=remove on:click=move |_| {
                            change(&|all| all.retain(|(known, _)| *known != place));
                        }>{t(key::LODGE_PHOTOS_REMOVE)}</button>
                    </li>
                }
            })
            .collect_view()
    };
    let sending = move || places.with(|all| all.iter().any(|(_, name)| name.is_none()));
    view! {
        <FileField id label hint errors take=Callback::new(send)/>
        <ul class="photo-list">{list}</ul>
        <p class="hint" role="status">{move || sending().then(|| t(key::LODGE_PHOTOS_SENDING))}</p>
    }
}

/// Chooses files and hands each on.
#[component]
pub fn FileField(
    /// Id of the file input.
    id: &'static str,
    /// What it asks.
    #[prop(into)]
    label: String,
    /// One sentence more.
    #[prop(into)]
    hint: String,
    /// What is wrong.
    errors: Errors,
    /// Whether the label is the page's heading.
    #[prop(default = false)]
    heading: bool,
    /// Told each file.
    take: Callback<File>,
) -> impl IntoView {
    let chosen = move |event: web_sys::Event| {
        let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else { return };
        errors.clear();
        if let Some(files) = input.files() {
            (0..files.length()).filter_map(|index| files.get(index)).for_each(|file| take.run(file));
        }
        input.set_value("");
    };
    let label = if heading {
        view! { <h1><label for=id id=format!("{id}-label")>{label}</label></h1> }.into_any()
    } else {
        view! { <label for=id id=format!("{id}-label")>{label}</label> }.into_any()
    };
    // What is seen on the button is part of its name, for those who speak to the phone (A11Y-22).
    let named = format!("{id}-label {id}-choose");
    view! {
        <div class="field" class:wrong=move || errors.of(id).is_some()>
            {label}
            <p class="hint" id=format!("{id}-hint")>{hint}</p>
            <FieldError errors id/>
            <div class="choose">
                <input type="file" id=id accept="image/jpeg,image/png,image/webp" multiple aria-labelledby=named aria-describedby=move || described(errors, id, true) on:change=chosen/>
                <span class="button second" aria-hidden="true" id=format!("{id}-choose")>{t(key::LODGE_PHOTOS_CHOOSE)}</span>
            </div>
        </div>
    }
}

/// Photos of a case, as links to themselves.
#[component]
pub fn PhotoStrip(photos: Vec<String>) -> impl IntoView {
    (!photos.is_empty()).then(|| {
        let pictures = photos.into_iter().enumerate().map(|(index, photo)| {
            let alt = fill(key::CASE_PHOTO, &[("n", &digits(&(index + 1).to_string()))]);
            let (path, source) = (photo_path(&photo), photo_path(&photo));
            view! { <li><a href=path target="_blank" rel="noopener"><img src=source alt=alt loading="lazy" width="96" height="96"/></a></li> }
        });
        view! { <ul class="photos">{pictures.collect_view()}</ul> }
    })
}
