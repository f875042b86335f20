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
    let found = Closure::once_into_js(move |position: web_sys::Position| found_told(Some(measured(&position))));
    let failed = Closure::once_into_js(move |_: web_sys::PositionError| failed_told(None));
    let asked =
        geolocation.get_current_position_with_error_callback(found.unchecked_ref(), Some(failed.unchecked_ref()));
    if asked.is_err() {
        tell(None);
    }
}

/// What the browser has measured.
fn measured(position: &web_sys::Position) -> Position {
    let at = position.coords();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // degrees and metres are small
    Position {
        latitude_micro: (at.latitude() * 1e6) as i32,
        longitude_micro: (at.longitude() * 1e6) as i32,
        accuracy_m: at.accuracy() as u32,
    }
}

/// Follows the position of this device as exactly as it can be had, until it is dropped.
pub struct Watch {
    id: i32,
    _told: Closure<dyn FnMut(web_sys::Position)>,
    _failed: Closure<dyn FnMut(web_sys::PositionError)>,
}

/// Follows the position. `told` hears each, and `None` where the browser does not know it or permission is denied.
pub fn watch(told: impl Fn(Option<Position>) + Clone + 'static) -> Option<Watch> {
    let geolocation = web_sys::window()?.navigator().geolocation().ok()?;
    let options = web_sys::PositionOptions::new();
    options.set_enable_high_accuracy(true);
    let failed = told.clone();
    let told = Closure::new(move |position: web_sys::Position| told(Some(measured(&position))));
    let failed = Closure::new(move |_: web_sys::PositionError| failed(None));
    let (told_by, failed_by) = (told.as_ref().unchecked_ref(), Some(failed.as_ref().unchecked_ref()));
    let id = geolocation.watch_position_with_error_callback_and_options(told_by, failed_by, &options).ok()?;
    Some(Watch { id, _told: told, _failed: failed })
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(geolocation) = web_sys::window().and_then(|window| window.navigator().geolocation().ok()) {
            geolocation.clear_watch(self.id);
        }
    }
}
