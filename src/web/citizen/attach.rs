//! Photos of the form: made small and kept on the phone at once, sent in the background while the person goes on.

use super::sending::{is_final, push};
use leptos::prelude::*;
use model::api::ProblemCode;
use model::attachment::{AttachmentKind, PHOTO_BYTES};
use model::lodging::PHOTO_LIMIT;
use std::collections::HashMap;
use web::api::CallError;
use web::component::{Errors, FileField};
use web::draft::Draft;
use web::format::digits;
use web::i18n::{fill, key, t};
use web::upload::{self, Held};
use web_sys::File;

/// The photos of a draft.
#[component]
pub fn Attach(draft: RwSignal<Draft>, errors: Errors) -> impl IntoView {
    let percent: RwSignal<HashMap<String, u32>> = RwSignal::new(HashMap::new());
    let busy = RwSignal::new(0u32);
    let send = move |held: Held| {
        leptos::task::spawn_local(async move {
            let local = held.local.clone();
            let shown = local.clone();
            let progress = move |done: u32| {
                percent.try_update(|percent| percent.insert(shown.clone(), done));
            };
            if let Err(problem) = arrive(draft, held, progress).await {
                // It is no photo after all: it goes, and the person is told.
                draft.try_update(|draft| draft.held.retain(|known| known.local != local));
                upload::forget(&local).await;
                errors.show_one("photos", problem.message());
            }
        });
    };
    // What was chosen on an earlier visit goes on.
    draft.with_untracked(|draft| draft.held.clone()).into_iter().filter(|held| !held.sent).for_each(send);
    let online = window_event_listener(leptos::ev::online, move |_| {
        draft.with_untracked(|draft| draft.held.clone()).into_iter().filter(|held| !held.sent).for_each(send);
    });
    on_cleanup(move || online.remove());
    let take = move |file: File| {
        if draft.with_untracked(|draft| draft.held.len()) + busy.get_untracked() as usize >= PHOTO_LIMIT {
            errors.show_one("photos", t(key::PROBLEM_PHOTOS_TOO_MANY));
            return;
        }
        busy.update(|busy| *busy += 1);
        leptos::task::spawn_local(async move {
            let small = upload::shrink(&file).await;
            busy.try_update(|busy| *busy = busy.saturating_sub(1));
            #[allow(clippy::cast_precision_loss)] // ten megabytes are exact
            if small.size() > PHOTO_BYTES as f64 || small.size() == 0.0 {
                let why = if small.size() == 0.0 { key::PROBLEM_PHOTO_EMPTY } else { key::FAILURE_IMAGE_TOO_LARGE };
                errors.show_one("photos", t(why));
                return;
            }
            match upload::keep(AttachmentKind::Photo, &small).await {
                Some(held) => {
                    draft.try_update(|draft| draft.held.push(held.clone()));
                    send(held);
                }
                None => errors.show_one("photos", t(key::QUEUE_FULL)),
            }
        });
    };
    let remove = move |local: String| {
        draft.update(|draft| draft.held.retain(|held| held.local != local));
        leptos::task::spawn_local(async move { upload::forget(&local).await });
    };
    let list = move || {
        let held = draft.with(|draft| draft.held.clone());
        held.into_iter()
            .enumerate()
            .map(|(index, held)| {
                let number = digits(&(index + 1).to_string());
                let name = fill(key::LODGE_PHOTOS_PHOTO, &[("n", &number)]);
                let label = format!("{} {name}", t(key::LODGE_PHOTOS_REMOVE));
                let (local, sent) = (held.local.clone(), held.sent);
                let state = move || match percent.with(|percent| percent.get(&local).copied()) {
                    _ if sent => format!("{name} – {}", t(key::LODGE_PHOTOS_SENT)),
                    Some(done) => {
                        let done = digits(&done.to_string());
                        fill(key::PHOTOS_PROGRESS, &[("n", &number), ("percent", &done)])
                    }
                    None => fill(key::PHOTOS_WAITING, &[("n", &number)]),
                };
                view! {
                    <li class:sent=sent>
                        <span class="tick" aria-hidden="true">{if sent { "✓" } else { "…" }}</span>
                        <span>{state}</span>
                        <button type="button" class="link" aria-label=label on:click=move |_| remove(held.local.clone())>{t(key::LODGE_PHOTOS_REMOVE)}</button>
                    </li>
                }
            })
            .collect_view()
    };
    let status = move || {
        let left = draft.with(|draft| draft.held.iter().any(|held| !held.sent));
        (left || busy.get() > 0).then(|| t(key::PHOTOS_LATER))
    };
    view! {
        <FileField id="photos" label=t(key::LODGE_PHOTOS_TITLE) hint=t(key::LODGE_PHOTOS_HINT) errors heading=true take=Callback::new(take)/>
        <ul class="photo-list">{list}</ul>
        <p class="hint" role="status">{status}</p>
    }
}

/// Tells the server of a photo or a spoken note and sends it, as far as the line goes; what has gone wrong with the line
/// alone is not told, for it goes on by itself.
///
/// # Errors
/// Where the server will not have it.
pub async fn arrive(draft: RwSignal<Draft>, mut held: Held, progress: impl Fn(u32)) -> Result<(), CallError> {
    let change = |held: &Held| {
        draft.try_update(|draft| {
            let mut all = draft.held.iter_mut().chain(&mut draft.voice);
            if let Some(known) = all.find(|known| known.local == held.local) {
                known.clone_from(held);
            }
        });
    };
    if held.id.is_none() {
        held.id = match upload::announce(held.kind, held.length).await {
            Ok(id) => Some(id),
            Err(problem) if is_final(&problem) => return Err(problem),
            Err(_) => return Ok(()),
        };
        change(&held);
    }
    match push(&held, progress).await {
        Ok(()) => {
            held.sent = true;
            change(&held);
            Ok(())
        }
        Err(problem) if problem.code() == Some(ProblemCode::NotFound) => {
            // The server has forgotten it: it is told anew when the grievance goes.
            held.id = None;
            change(&held);
            Ok(())
        }
        Err(problem) if is_final(&problem) => Err(problem),
        // It goes on another time.
        Err(_) => Ok(()),
    }
}
