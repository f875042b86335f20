//! Photos of the form: made small and kept on the phone at once, sent in the background while the person goes on.

use super::sending::{is_final, push};
use leptos::prelude::*;
use model::api::ProblemCode;
use model::attachment::{AttachmentKind, PHOTO_BYTES};
use model::lodging::PHOTO_LIMIT;
use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use web::api::CallError;
use web::component::{Errors, FileField};
use web::draft::Draft;
use web::format::digits;
use web::i18n::{fill, key, t};
use web::upload::{self, Held};
use web_sys::File;

thread_local! {
    /// Chosen and not yet made small, the first chosen in front; each with what its page is told.
    static CHOSEN: RefCell<VecDeque<(File, RwSignal<u32>, Errors)>> = const { RefCell::new(VecDeque::new()) };
}

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
        let first = CHOSEN.with_borrow_mut(|chosen| {
            chosen.push_back((file, busy, errors));
            chosen.len() == 1
        });
        if !first {
            // Whoever makes the one before it small goes on with this one.
            return;
        }
        // One after the other: their numbers are those of the choice, and small phones have room for one bitmap.
        leptos::task::spawn_local(async move {
            while let Some((file, busy, errors)) = CHOSEN.with_borrow(|chosen| chosen.front().cloned()) {
                match keep(&file).await {
                    Ok(held) => {
                        draft.try_update(|draft| draft.held.push(held.clone()));
                        send(held);
                    }
                    Err(why) => errors.show_one("photos", t(why)),
                }
                busy.try_update(|busy| *busy = busy.saturating_sub(1));
                CHOSEN.with_borrow_mut(VecDeque::pop_front);
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

/// Makes a photo small and keeps it on the phone.
///
/// # Errors
/// The key of what to say.
async fn keep(file: &File) -> Result<Held, &'static str> {
    let small = upload::shrink(file).await;
    #[allow(clippy::cast_precision_loss)] // ten megabytes are exact
    match small.size() {
        0.0 => Err(key::PROBLEM_PHOTO_EMPTY),
        size if size > PHOTO_BYTES as f64 => Err(key::FAILURE_IMAGE_TOO_LARGE),
        _ => upload::keep(AttachmentKind::Photo, &small).await.ok_or(key::QUEUE_FULL),
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
