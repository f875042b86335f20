//! The position of this device, asked of the browser only when the person wants it.

use model::lifecycle::Position;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

/// Asks the browser once; `None` where it does not know the position or permission is denied.
pub fn ask(told: impl FnOnce(Option<Position>) + 'static) {
    let told = std::rc::Rc::new(std::cell::Cell::new(Some(told)));
    let tell = move |position| {
        if let Some(told) = told.take() {
            told(position);
        }
    };
    let Some(geolocation) = web_sys::window().and_then(|window| window.navigator().geolocation().ok()) else {
        tell(None);
        return;
    };
    let (found_told, failed_told) = (tell.clone(), tell.clone());
    let found = Closure::once_into_js(move |position: web_sys::Position| {
        let at = position.coords();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // degrees and metres are small
        let position = Position {
            latitude_micro: (at.latitude() * 1e6) as i32,
            longitude_micro: (at.longitude() * 1e6) as i32,
            accuracy_m: at.accuracy() as u32,
        };
        found_told(Some(position));
    });
    let failed = Closure::once_into_js(move |_: web_sys::PositionError| failed_told(None));
    let asked =
        geolocation.get_current_position_with_error_callback(found.unchecked_ref(), Some(failed.unchecked_ref()));
    if asked.is_err() {
        tell(None);
    }
}
