//! The spoken note of the first question: recorded, played back, kept on the phone and uploaded like a photo. Shown
//! where the browser can record.

use super::lodge::pressed_to_speak;
use gloo_timers::callback::Interval;
use js_sys::Array;
use leptos::prelude::*;
use model::attachment::{AttachmentKind, VOICE_SECONDS};
use std::cell::Cell;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web::api::new_key;
use web::component::{Errors, FieldError};
use web::device::release;
use web::draft::{Draft, use_draft};
use web::format::{counted, digits};
use web::i18n::{fill, key, t};
use web::route::{announce, focus_later};
use web::upload::{self, PendingUpload, Unfit};
use web_sys::{
    Blob, BlobEvent, BlobPropertyBag, MediaRecorder, MediaRecorderOptions, MediaStream, MediaStreamConstraints, Url,
};

/// Bits a second: enough for intelligible speech; three minutes take half a megabyte.
const BITS: u32 = 24_000;
/// Milliseconds between the chunks that the recorder delivers.
const SLICE: i32 = 1_000;
/// Recording formats of browsers, best first; the server accepts all of them.
const FORMATS: [&str; 3] = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];

thread_local! {
    /// Whether a recording has ended and is not stored yet: the page may be left and opened again meanwhile.
    static HANDED_OVER: Cell<bool> = const { Cell::new(false) };
}

/// A recording in progress.
struct Recording {
    recorder: MediaRecorder,
    /// Counts the seconds.
    _clock: Interval,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Ready,
    /// The browser asks for permission.
    Asking,
    Recording,
}

/// The state of the recording for the recorder's callbacks, which outlive the page.
#[derive(Clone, Copy)]
struct Speaking {
    draft: RwSignal<Draft>,
    spoken: RwSignal<bool>,
    state: RwSignal<State>,
    seconds: RwSignal<u32>,
    errors: Errors,
    recording: StoredValue<Option<Recording>, LocalStorage>,
}

/// Records a spoken note, plays it back and deletes it on request.
#[component]
pub fn Voice() -> impl IntoView {
    let handle = use_draft();
    let speaking = Speaking {
        draft: handle.all(),
        spoken: handle.spoken,
        state: RwSignal::new(State::Ready),
        seconds: RwSignal::new(0),
        errors: Errors::new(),
        recording: StoredValue::new_local(None),
    };
    // An earlier visit may have ended in the middle of a recording: then there is no note. A recording that is just
    // being stored is not lost.
    if !HANDED_OVER.get() {
        speaking.spoken.set(speaking.draft.with_untracked(|draft| draft.voice.is_some()));
    }
    // Going on while recording keeps what was said so far; leaving the site asks first.
    on_cleanup(move || speaking.stop());
    let leaving = window_event_listener(leptos::ev::beforeunload, move |event| {
        if speaking.state.try_get_untracked() == Some(State::Recording) {
            event.prevent_default();
        }
    });
    on_cleanup(move || leaving.remove());
    // A note from an earlier visit is uploaded.
    if let Some(pending) = speaking.draft.with_untracked(|draft| draft.voice.clone()).filter(|pending| !pending.sent) {
        speaking.send(pending);
    }
    // Unchanged by the upload: the player stays.
    let kept = Memo::new(move |_| {
        speaking.draft.with(|draft| {
            draft.voice.as_ref().map(|pending| PendingUpload { id: None, sent: false, ..pending.clone() })
        })
    });
    let body = move || match (kept.get(), speaking.state.get()) {
        (_, State::Recording) => view! { <Under speaking/> }.into_any(),
        (Some(pending), _) => view! { <Heard pending speaking/> }.into_any(),
        (None, state) => {
            let words = t(if state == State::Asking { key::VOICE_ASKING } else { key::VOICE_RECORD });
            view! {
                <button type="button" id="voice" class="button second" aria-describedby="voice-hint" on:click=move |_| speaking.start()>
                    <span class="dot" aria-hidden="true"></span>{words}
                </button>
                <p class="hint" id="voice-hint">{t(key::VOICE_HINT)}</p>
            }
            .into_any()
        }
    };
    if pressed_to_speak() {
        focus_later("voice");
        speaking.start();
    }
    view! { <FieldError errors=speaking.errors id="voice"/>{body} }
}

/// Shown while recording.
#[component]
fn Under(speaking: Speaking) -> impl IntoView {
    let clock = move || {
        let seconds = speaking.seconds.get();
        digits(&format!("{}:{:02}", seconds / 60, seconds % 60))
    };
    view! {
        <p class="recording"><span class="dot" aria-hidden="true"></span>{t(key::VOICE_RECORDING)}" "<bdi class="count">{clock}</bdi></p>
        <button type="button" id="voice-stop" class="button second" on:click=move |_| speaking.stop()>{t(key::VOICE_STOP)}</button>
    }
}

/// The recorded note with a player.
#[component]
fn Heard(pending: PendingUpload, speaking: Speaking) -> impl IntoView {
    let source: RwSignal<Option<String>> = RwSignal::new(None);
    let length = counted(key::VOICE_SECONDS, pending.seconds);
    let state = move || {
        let sent = speaking.draft.with(|draft| draft.voice.as_ref().is_some_and(|pending| pending.sent));
        t(if sent { key::LODGE_PHOTOS_SENT } else { key::QUEUE_SAVED })
    };
    let local = pending.local.clone();
    leptos::task::spawn_local(async move {
        let blob = upload::load(&pending).await;
        let url = blob.and_then(|blob| Url::create_object_url_with_blob(&blob).ok());
        source.try_set(url);
    });
    on_cleanup(move || {
        if let Some(url) = source.try_get_untracked().flatten() {
            let _ = Url::revoke_object_url(&url);
        }
    });
    let delete = move |_| {
        speaking.draft.update(|draft| (draft.voice, draft.form.voice) = (None, None));
        speaking.spoken.set(false);
        announce(&t(key::VOICE_DELETED));
        let local = local.clone();
        leptos::task::spawn_local(async move { upload::forget(&local).await });
    };
    view! {
        <figure class="voice">
            <figcaption><span class="tick" aria-hidden="true">"✓ "</span>{t(key::VOICE_TITLE)}", "{length}" – "{state}</figcaption>
            {move || source.get().map(|url| view! { <audio controls src=url aria-label=t(key::VOICE_TITLE)></audio> })}
            <button type="button" class="link" on:click=delete>{t(key::VOICE_DELETE)}</button>
        </figure>
    }
}

impl Speaking {
    /// Asks for the microphone and starts recording.
    fn start(self) {
        if self.state.get_untracked() != State::Ready {
            return;
        }
        self.errors.clear();
        self.state.set(State::Asking);
        leptos::task::spawn_local(async move {
            let Some(stream) = microphone().await else {
                self.state.try_set(State::Ready);
                self.errors.show_one("voice", t(key::VOICE_DENIED));
                return;
            };
            if self.state.try_get_untracked() != Some(State::Asking) {
                // The page was left while the browser asked for permission: nobody could stop the recording.
                release(&stream);
                return;
            }
            match self.record(&stream) {
                Some(recording) => {
                    self.seconds.try_set(0);
                    self.spoken.set(true);
                    self.recording.try_set_value(Some(recording));
                    self.state.try_set(State::Recording);
                    announce(&t(key::VOICE_RECORDING));
                }
                None => {
                    release(&stream);
                    self.state.try_set(State::Ready);
                    self.errors.show_one("voice", t(key::VOICE_FAILED));
                }
            }
        });
    }

    fn record(self, stream: &MediaStream) -> Option<Recording> {
        let options = MediaRecorderOptions::new();
        options.set_audio_bits_per_second(BITS);
        if let Some(format) = FORMATS.into_iter().find(|format| MediaRecorder::is_type_supported(format)) {
            options.set_mime_type(format);
        }
        let recorder = MediaRecorder::new_with_media_stream_and_media_recorder_options(stream, &options).ok()?;
        let (parts, since) = (Array::new(), js_sys::Date::now());
        let take = Closure::<dyn FnMut(BlobEvent)>::new({
            let parts = parts.clone();
            move |event: BlobEvent| {
                if let Some(part) = event.data().filter(|part| part.size() > 0.0) {
                    parts.push(&part);
                }
            }
        });
        recorder.set_ondataavailable(Some(take.as_ref().unchecked_ref()));
        let stopped = Closure::<dyn FnMut()>::new({
            let (recorder, stream) = (recorder.clone(), stream.clone());
            move || {
                release(&stream);
                self.keep(&parts, &recorder.mime_type(), since);
            }
        });
        recorder.set_onstop(Some(stopped.as_ref().unchecked_ref()));
        // The callbacks may be called after the page was left.
        take.forget();
        stopped.forget();
        recorder.start_with_time_slice(SLICE).ok()?;
        // By the clock: timers of a page in the background are late.
        let clock = Interval::new(1_000, move || {
            self.seconds.try_set(since_seconds(since));
            if self.seconds.try_get_untracked().is_some_and(|seconds| seconds >= VOICE_SECONDS) {
                self.stop();
            }
        });
        Some(Recording { recorder, _clock: clock })
    }

    /// Stops the recording; what was said is kept.
    fn stop(self) {
        if let Some(Some(recording)) = self.recording.try_update_value(Option::take) {
            HANDED_OVER.set(recording.recorder.stop().is_ok());
        }
    }

    /// Stores the recording on the phone and uploads it.
    fn keep(self, parts: &Array, format: &str, since: f64) {
        let seconds = since_seconds(since).clamp(1, VOICE_SECONDS);
        // Deleted while being recorded: nothing is stored.
        if !self.spoken.get_untracked() {
            HANDED_OVER.set(false);
            self.state.try_set(State::Ready);
            return;
        }
        let options = BlobPropertyBag::new();
        options.set_type(format);
        let blob = Blob::new_with_blob_sequence_and_options(parts, &options).ok();
        leptos::task::spawn_local(async move {
            let kept = match blob.filter(|blob| blob.size() > 0.0) {
                Some(blob) => {
                    let local = new_key();
                    if !upload::keep(&local, &blob).await {
                        announce(&t(key::QUEUE_FULL));
                    }
                    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // at most ten megabytes
                    let length = blob.size() as u64;
                    Ok(PendingUpload {
                        kind: AttachmentKind::Voice,
                        seconds,
                        local,
                        length,
                        ..PendingUpload::default()
                    })
                }
                None => Err(key::VOICE_FAILED),
            };
            self.state.try_set(State::Ready);
            match kept {
                Ok(pending) if !self.spoken.get_untracked() => upload::forget(&pending.local).await,
                Ok(pending) => {
                    self.draft.update(|draft| {
                        draft.form.voice = Some(pending.local.as_str().into());
                        draft.voice = Some(pending.clone());
                    });
                    announce(&fill(key::VOICE_KEPT, &[("length", &counted(key::VOICE_SECONDS, seconds))]));
                    self.send(pending);
                }
                Err(why) => {
                    self.spoken.set(false);
                    self.errors.show_one("voice", t(why));
                }
            }
            HANDED_OVER.set(false);
        });
    }

    fn send(self, pending: PendingUpload) {
        leptos::task::spawn_local(async move {
            let local = pending.local.clone();
            let changed = |pending: &PendingUpload| {
                self.draft.try_update(|draft| {
                    if let Some(known) = draft.voice.as_mut().filter(|known| known.local == pending.local) {
                        known.clone_from(pending);
                    }
                });
            };
            if let Err(unfit) = upload::arrive(pending, changed, |_| {}).await {
                // The server does not accept it as sound: it is removed, and the person is told.
                self.draft.try_update(|draft| (draft.voice, draft.form.voice) = (None, None));
                self.spoken.set(false);
                upload::forget(&local).await;
                let why = if unfit == Unfit::TooLarge { key::FAILURE_AUDIO_TOO_LONG } else { key::FAILURE_NOT_AUDIO };
                self.errors.show_one("voice", t(why));
            }
        });
    }
}

fn since_seconds(since: f64) -> u32 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // minutes at most
    let seconds = ((js_sys::Date::now() - since) / 1000.0) as u32;
    seconds
}

async fn microphone() -> Option<MediaStream> {
    let devices = web_sys::window()?.navigator().media_devices().ok()?;
    let wanted = MediaStreamConstraints::new();
    wanted.set_audio(&JsValue::TRUE);
    JsFuture::from(devices.get_user_media_with_constraints(&wanted).ok()?).await.ok()?.dyn_into().ok()
}
