//! What a browser has only on some pages and devices.

use wasm_bindgen::JsCast;
use web_sys::{MediaStream, MediaStreamTrack, ServiceWorkerContainer};

/// The service workers of this address; `None` where the page was not loaded over HTTPS or from localhost.
#[must_use]
pub fn service_workers() -> Option<ServiceWorkerContainer> {
    let navigator = web_sys::window()?.navigator();
    js_sys::Reflect::has(&navigator, &"serviceWorker".into()).ok()?.then(|| navigator.service_worker())
}

/// Releases a microphone or camera.
pub fn release(stream: &MediaStream) {
    for track in stream.get_tracks().iter().filter_map(|track| track.dyn_into::<MediaStreamTrack>().ok()) {
        track.stop();
    }
}
