//! A press on a button that moves away under the pointer. Parts of a form come late, and where one of them moves the button between
//! press and release, the browser tells neither: the press would be lost. The button hears it all the same, unless the pointer itself
//! was moved, which is how a press is taken back.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// Pixels that a pointer may move between press and release and still means the same place.
const STILL: i32 = 8;

/// Hears such presses from now on, on all pages.
pub fn keep_presses() {
    let pressed = StoredValue::new_local(None::<(HtmlElement, i32, i32)>);
    let down = window_event_listener(ev::pointerdown, move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let button = target.and_then(|target| target.closest("button").ok().flatten());
        let button = button.and_then(|button| button.dyn_into::<HtmlElement>().ok());
        pressed.set_value(button.map(|button| (button, event.client_x(), event.client_y())));
    });
    let click = window_event_listener(ev::click, move |event| {
        let Some((button, x, y)) = pressed.try_update_value(Option::take).flatten() else { return };
        // The path is the one at the time of the click, whatever was drawn anew since. Keys and programs click without a detail.
        let heard = event.detail() == 0 || event.composed_path().includes(&button, 0);
        let still = (event.client_x() - x).abs() <= STILL && (event.client_y() - y).abs() <= STILL;
        if !heard && still && button.is_connected() {
            // Once this listener has ended: it hears that click as well.
            queue_microtask(move || button.click());
        }
    });
    on_cleanup(move || {
        down.remove();
        click.remove();
    });
}
