//! The service worker stores the staff app itself, for where there is no line.

use gloo_timers::callback::Timeout;
use js_sys::Promise;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web::device::service_workers;
use web::i18n::language;
use web_sys::{MessageChannel, MessageEvent, ServiceWorkerRegistration};

/// Milliseconds within which the app must be stored: 700 KiB at 50 kbit/s.
const PATIENCE: u32 = 150_000;

/// Stores everything that the app needs; false where the browser cannot.
pub async fn take_along() -> bool {
    stored().await == Some(true)
}

async fn stored() -> Option<bool> {
    let container = service_workers()?;
    // The citizen app may have registered it in its own language; this one serves both.
    let known = JsFuture::from(container.get_registration()).await.ok()?;
    if known.is_undefined() {
        let path = format!("/sw.js?language={}", language().tag());
        JsFuture::from(container.register(&path)).await.ok()?;
    } else if let Ok(known) = known.dyn_into::<ServiceWorkerRegistration>()
        && let Ok(newest) = known.update()
    {
        let _ = JsFuture::from(newest).await;
    }
    let ready: ServiceWorkerRegistration = JsFuture::from(container.ready().ok()?).await.ok()?.dyn_into().ok()?;
    let worker = ready.active()?;
    let channel = MessageChannel::new().ok()?;
    let answer = Promise::new(&mut |resolve, _| {
        let late = resolve.clone();
        let give_up = Timeout::new(PATIENCE, move || drop(late.call1(&JsValue::NULL, &JsValue::FALSE)));
        give_up.forget();
        let told = Closure::once_into_js(move |event: MessageEvent| {
            let _ = resolve.call1(&JsValue::NULL, &event.data());
        });
        channel.port1().set_onmessage(Some(told.unchecked_ref()));
    });
    worker.post_message_with_transferable(&"staff".into(), &js_sys::Array::of1(&channel.port2())).ok()?;
    JsFuture::from(answer).await.ok()?.as_bool()
}
