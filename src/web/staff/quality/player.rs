//! Plays the recording of a call. Each press on play that needs a new link is on record.

use super::silence;
use crate::keys::{KeyCap, Keys};
use leptos::html;
use leptos::prelude::*;
use model::wire::{PlayCall, PlayPurpose, PlayRequest};
use web::api::{Conditions, call};
use web::format::digits;
use web::i18n::{fill, key, t};

/// How fast it can be played.
const SPEEDS: [f64; 4] = [1.0, 1.25, 1.5, 2.0];

/// Minutes and seconds.
pub fn clock(seconds: u32) -> String {
    digits(&format!("{}:{:02}", seconds / 60, seconds % 60))
}

/// The player of a call; `mark` hears the second at which somebody marks something.
#[component]
pub fn Player(
    id: String,
    purpose: PlayPurpose,
    #[prop(optional_no_strip)] mark: Option<Callback<u32>>,
) -> impl IntoView {
    let audio: NodeRef<html::Audio> = NodeRef::new();
    let (link, wrong, speed) = (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(1.0));
    let id = StoredValue::new(id);
    // The second at which it goes on when an older link has ended.
    let resume = StoredValue::new(0.0);
    let fetch = move || {
        wrong.set(String::new());
        leptos::task::spawn_local(async move {
            let asked = PlayCall { id: id.get_value() };
            match call(&asked, &PlayRequest { purpose }, Conditions::default()).await {
                Ok(playing) => drop(link.try_set(playing.path)),
                Err(error) => drop(wrong.try_set(error.message())),
            }
        });
    };
    // The silences of this recording; none until somebody wants them skipped.
    let (skips, silences) = (RwSignal::new(false), RwSignal::new(None::<Vec<(f64, f64)>>));
    let look = move || {
        let path = link.get_untracked();
        if path.is_empty() || silences.with_untracked(Option::is_some) || !skips.get_untracked() {
            return;
        }
        leptos::task::spawn_local(async move {
            match silence::of_recording(&path).await {
                Some(found) => drop(silences.try_set(Some(found))),
                None => {
                    skips.try_set(false);
                    wrong.try_set(t(key::QUALITY_NO_SILENCE));
                }
            }
        });
    };
    let skip = move || {
        skips.update(|skips| *skips = !*skips);
        look();
    };
    let passed = move |_| {
        let Some(audio) = audio.get_untracked().filter(|_| skips.get_untracked()) else { return };
        let at = audio.current_time();
        let end = silences.with_untracked(|silences| {
            silences.iter().flatten().find(|(from, to)| (*from..*to).contains(&at)).map(|(_, to)| *to)
        });
        if let Some(end) = end {
            audio.set_current_time(end);
        }
    };
    let toggle = move || {
        let Some(audio) = audio.get_untracked() else { return };
        if link.with_untracked(String::is_empty) {
            fetch();
        } else if audio.paused() {
            let _ = audio.play();
        } else {
            let _ = audio.pause();
        }
    };
    let ready = move |_| {
        let Some(audio) = audio.get_untracked() else { return };
        audio.set_playback_rate(speed.get_untracked());
        look();
        if resume.get_value() > 0.0 {
            audio.set_current_time(resume.get_value());
            resume.set_value(0.0);
        }
        let _ = audio.play();
    };
    // A link holds for two minutes; a longer recording goes on with another.
    let failed = move |_| {
        let Some(audio) = audio.get_untracked() else { return };
        let at = audio.current_time();
        if at > 0.0 && resume.get_value() < at {
            resume.set_value(at);
            fetch();
        } else if !link.with_untracked(String::is_empty) {
            wrong.set(t(key::QUALITY_NO_SOUND));
            link.set(String::new());
        }
    };
    if let Some(keys) = Keys::of_app() {
        keys.bind_within('P', t(key::QUALITY_PLAY), toggle);
        keys.bind_within('S', t(key::QUALITY_SKIP), skip);
    }
    let marked = move |mark: Callback<u32>| {
        if let Some(audio) = audio.get_untracked() {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            // a time of a call, not before its start
            mark.run(audio.current_time() as u32);
        }
    };
    if let (Some(keys), Some(mark)) = (Keys::of_app(), mark) {
        keys.bind_within('M', t(key::QUALITY_MARK), move || marked(mark));
    }
    let speeds = SPEEDS.map(|one| {
        let words = fill(key::QUALITY_SPEED, &[("n", &digits(&one.to_string()))]);
        let choose = move |_| {
            speed.set(one);
            if let Some(audio) = audio.get_untracked() {
                audio.set_playback_rate(one);
            }
        };
        view! { <button type="button" class="tab" aria-pressed=move || ((speed.get() - one).abs() < 0.01).to_string() on:click=choose>{words}</button> }
    });
    let skipped = move || {
        let found = silences.with(|silences| silences.as_ref().filter(|_| skips.get()).cloned())?;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // seconds of a call
        let seconds = found.iter().map(|(from, to)| to - from).sum::<f64>().max(0.0) as u32;
        if found.is_empty() {
            return Some(t(key::QUALITY_SKIP_NONE));
        }
        Some(fill(key::QUALITY_SKIPPED, &[("n", &digits(&found.len().to_string())), ("time", &clock(seconds))]))
    };
    view! {
        <div class="player">
            <audio node_ref=audio controls preload="auto" src=move || Some(link.get()).filter(|link| !link.is_empty())
                hidden=move || link.with(String::is_empty) on:canplay=ready on:timeupdate=passed on:error=failed></audio>
            <p class="buttons">
                <button type="button" class="button second" id="play" aria-keyshortcuts="P" on:click=move |_| toggle()>{t(key::QUALITY_PLAY)}<KeyCap letter='P'/></button>
                {mark.map(|mark| view! { <button type="button" class="button second" id="mark-moment" aria-keyshortcuts="M" on:click=move |_| marked(mark)>{t(key::QUALITY_MARK)}<KeyCap letter='M'/></button> })}
                {speeds.into_iter().collect_view()}
                <button type="button" class="tab" id="skip-silence" aria-keyshortcuts="S" aria-pressed=move || skips.get().to_string() on:click=move |_| skip()>{t(key::QUALITY_SKIP)}<KeyCap letter='S'/></button>
            </p>
            <p class="hint" role="status">{skipped}</p>
            <p class="error" role="alert">{move || wrong.get()}</p>
        </div>
    }
}
