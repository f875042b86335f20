//! The app's own camera: a photo with the moment, the place and its accuracy at the shutter. What is chosen from the phone
//! proves none of that.

use leptos::prelude::*;
use leptos::{ev, html};
use model::lifecycle::Position;
use serde_json::json;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web::clock;
use web::component::{Album, Dialog, Errors, FieldError};
use web::device::release;
use web::format::number;
use web::i18n::{fill, key, t};
use web::position;
use web::route::{announce, focus_later};
use web_sys::{
    Blob, ImageEncodeOptions, MediaStream, MediaStreamConstraints, OffscreenCanvas, OffscreenCanvasRenderingContext2d,
};

/// Id of the button, to which errors about the photo lead.
pub const CAMERA: &str = "camera";
/// Quality of the photos, 0 to 1, before they are made smaller.
const QUALITY: f64 = 0.9;

/// The camera's picture, or why there is none.
#[derive(Clone)]
enum Picture {
    Coming,
    Here(MediaStream),
    Denied,
}

/// Where the phone is.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Sought,
    Known(Position),
    Unknown,
}

/// A button that opens the camera.
#[component]
pub fn Camera(
    /// The token that goes with each photo.
    shutter: String,
    album: Album,
    errors: Errors,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let shutter = StoredValue::new(shutter);
    // Whether the last photo proves no place.
    let placeless = RwSignal::new(false);
    let taken = Callback::new(move |(photo, at, place): (Blob, i64, Option<Position>)| {
        placeless.set(!place.is_some_and(|place| place.tells_the_place()));
        album.add(photo, shot(at, place, &shutter.get_value()));
        open.set(false);
        errors.clear();
        announce(&t(key::CAMERA_TAKEN));
        focus_later(CAMERA);
    });
    view! {
        <div class="field">
            <FieldError errors id=CAMERA/>
            <button type="button" id=CAMERA class="button second" disabled=move || album.is_full() on:click=move |_| open.set(true)>
                {t(key::CAMERA_OPEN)}
            </button>
            <div role="status">{move || placeless.get().then(|| view! { <p class="notice">{t(key::CAMERA_NO_PLACE)}</p> })}</div>
            <Dialog id="finder" title=t(key::CAMERA_OPEN) open>
                <Finder taken/>
            </Dialog>
        </div>
    }
}

/// What is known of a photo when the shutter is released, as a [`model::visit::Shot`] without the photo's name.
fn shot(at: i64, place: Option<Position>, token: &str) -> String {
    let moment = js_sys::Date::new(&JsValue::from_f64(f64_of(at))).to_iso_string();
    let mut shot = json!({ "at": String::from(moment), "token": token });
    if let (Some(place), Some(shot)) = (place, shot.as_object_mut()) {
        shot.insert("position".into(), web::json::value(&place));
    }
    web::json::text(&shot)
}

fn f64_of(milliseconds: i64) -> f64 {
    #[allow(clippy::cast_precision_loss)] // milliseconds since 1970 are exact
    let milliseconds = milliseconds as f64;
    milliseconds
}

/// The picture, where the phone is, and the shutter.
#[component]
fn Finder(taken: Callback<(Blob, i64, Option<Position>)>) -> impl IntoView {
    let picture: RwSignal<Picture, LocalStorage> = RwSignal::new_local(Picture::Coming);
    let place = RwSignal::new(Place::Sought);
    let video: NodeRef<html::Video> = NodeRef::new();
    leptos::task::spawn_local(async move {
        let stream = camera().await;
        let now = stream.clone().map_or(Picture::Denied, Picture::Here);
        // Closed while the browser asked.
        if let (Some(_), Some(late)) = (picture.try_set(now), stream) {
            release(&late);
        }
    });
    let watch = position::watch(move |found| {
        let known = matches!(place.try_get_untracked(), Some(Place::Known(_)));
        match found {
            Some(found) => drop(place.try_set(Place::Known(found))),
            // A place that was known is not forgotten because the signal is weak for a moment.
            None if !known => drop(place.try_set(Place::Unknown)),
            None => {}
        }
    });
    let watch = StoredValue::new_local(Some(watch));
    on_cleanup(move || {
        drop(watch.try_update_value(Option::take));
        if let Some(Picture::Here(stream)) = picture.try_get_untracked() {
            release(&stream);
        }
    });
    Effect::new(move |_| {
        if let (Some(video), Picture::Here(stream)) = (video.get(), picture.get()) {
            video.set_src_object(Some(&stream));
            let _ = video.play();
        }
    });
    // A stream is there before its first picture.
    let (seen, busy) = (RwSignal::new(false), RwSignal::new(false));
    let release_shutter = move |_: ev::MouseEvent| {
        let Some(video) = video.get_untracked().filter(|_| !busy.get_untracked()) else { return };
        // The moment and the place of the shutter, not of when the picture is packed.
        let (at, here) = (clock::now(), place.get_untracked());
        busy.set(true);
        leptos::task::spawn_local(async move {
            let photo = frame(&video).await;
            busy.try_set(false);
            let here = if let Place::Known(here) = here { Some(here) } else { None };
            match photo {
                Some(photo) => drop(taken.try_run((photo, at, here))),
                None => drop(picture.try_set(Picture::Denied)),
            }
        });
    };
    let ready = move || seen.get() && matches!(picture.get(), Picture::Here(_));
    let told = move || match picture.get() {
        Picture::Coming => t(key::CAMERA_COMING),
        Picture::Denied => t(key::CAMERA_DENIED),
        Picture::Here(_) => match place.get() {
            Place::Sought => t(key::CAMERA_PLACE_SOUGHT),
            Place::Unknown => t(key::CAMERA_PLACE_UNKNOWN),
            Place::Known(here) => fill(key::CAMERA_PLACE, &[("n", &number(here.accuracy_m))]),
        },
    };
    view! {
        <video node_ref=video class="finder" autoplay playsinline prop:muted=true on:playing=move |_| seen.set(true) hidden=move || matches!(picture.get(), Picture::Denied) aria-label=t(key::CAMERA_PICTURE)></video>
        <p role="status">{told}</p>
        <p class="buttons" hidden=move || matches!(picture.get(), Picture::Denied)>
            <button type="button" id="shutter" class="button" disabled=move || !ready() || busy.get() on:click=release_shutter>{t(key::CAMERA_SHUTTER)}</button>
        </p>
    }
}

/// The camera on the back, where there are two.
async fn camera() -> Option<MediaStream> {
    let devices = web_sys::window()?.navigator().media_devices().ok()?;
    let wanted = MediaStreamConstraints::new();
    let video = json!({ "facingMode": "environment", "width": { "ideal": 1600 } });
    wanted.set_video(&js_sys::JSON::parse(&video.to_string()).ok()?);
    JsFuture::from(devices.get_user_media_with_constraints(&wanted).ok()?).await.ok()?.dyn_into().ok()
}

/// What the camera shows now, as a JPEG.
async fn frame(video: &web_sys::HtmlVideoElement) -> Option<Blob> {
    let (width, height) = (video.video_width(), video.video_height());
    let canvas = OffscreenCanvas::new(width, height).ok().filter(|_| width > 0 && height > 0)?;
    let context: OffscreenCanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    context.draw_image_with_html_video_element(video, 0.0, 0.0).ok()?;
    let options = ImageEncodeOptions::new();
    options.set_type("image/jpeg");
    options.set_quality(QUALITY);
    JsFuture::from(canvas.convert_to_blob_with_options(&options).ok()?).await.ok()?.dyn_into().ok()
}
