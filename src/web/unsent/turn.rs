//! The turn of one tab among all of an app: two tabs that send the same thing at once would be told that one of them failed.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// A turn; over when it is dropped.
pub struct Turn(Option<Function>);

impl Turn {
    /// Takes a turn; `None` where another tab has it. A browser without locks gives it to everybody.
    pub async fn take(name: &str) -> Option<Self> {
        let Some((locks, request)) = manager() else { return Some(Self(None)) };
        let (mut over, mut held) = (None, None);
        let until_over = Promise::new(&mut |resolve, _| over = Some(resolve));
        let given = Promise::new(&mut |resolve, _| held = Some(resolve));
        let (over, held) = (over?, held?);
        // Called with the lock, or with null where another has it; the lock lasts as long as the promise that is answered.
        let hear = Closure::once_into_js(move |lock: JsValue| -> JsValue {
            let _ = held.call1(&JsValue::NULL, &JsValue::from(!lock.is_null()));
            if lock.is_null() { JsValue::UNDEFINED } else { until_over.into() }
        });
        let options = Object::new();
        Reflect::set(&options, &"ifAvailable".into(), &JsValue::TRUE).ok()?;
        request.call3(&locks, &format!("pratikar {name}").into(), &options, &hear).ok()?;
        JsFuture::from(given).await.ok()?.as_bool()?.then_some(Self(Some(over)))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(over) = &self.0 {
            let _ = over.call0(&JsValue::NULL);
        }
    }
}

fn manager() -> Option<(JsValue, Function)> {
    let locks = Reflect::get(&web_sys::window()?.navigator(), &"locks".into()).ok()?;
    let request = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
    Some((locks, request))
}
