use crate::i18n::{key, t};
use leptos::prelude::*;
use model::AttachmentId;
use model::wire::{CaseLine, voice_path};

/// A player for the spoken note of a case; a hint where the note has not arrived or may not be heard by the reader.
#[component]
pub fn Voice(
    /// Its name, where it has arrived and the reader may hear it.
    voice: Option<AttachmentId>,
    /// Whether the case has a spoken note.
    spoken: bool,
) -> impl IntoView {
    match voice {
        Some(voice) => view! {
            <figure class="voice">
                <figcaption>{t(key::VOICE_TITLE)}</figcaption>
                <audio controls preload="none" src=voice_path(&voice) aria-label=t(key::VOICE_TITLE)></audio>
            </figure>
        }
        .into_any(),
        None => spoken.then(|| view! { <p class="hint">{t(key::VOICE_NOT_HERE)}</p> }).into_any(),
    }
}

/// The title of a case on lists: its first sentence, or that it was spoken.
#[must_use]
pub fn title_of(line: &CaseLine) -> String {
    if line.title.is_empty() { t(key::CASE_SPOKEN) } else { line.title.clone() }
}
