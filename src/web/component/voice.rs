use crate::i18n::{key, t};
use leptos::prelude::*;
use model::AttachmentId;
use model::wire::{CaseLine, voice_path};

/// The spoken note of a case, to be played; says so where it is on its way or kept from the reader.
#[component]
pub fn Voice(
    /// Its name, where the reader may hear it and it has come.
    voice: Option<AttachmentId>,
    /// Whether there is one at all.
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

/// What a case goes by on lists: its first sentence, or that it was spoken.
#[must_use]
pub fn title_of(line: &CaseLine) -> String {
    if line.title.is_empty() { t(key::CASE_SPOKEN) } else { line.title.clone() }
}
