//! Texts that are made on the page and given as files.

use js_sys::Array;
use wasm_bindgen::JsCast;

/// Gives a text as a file.
pub fn save(name: &str, text: &str) {
    let saved = || {
        let blob = web_sys::Blob::new_with_str_sequence(&Array::of1(&text.into())).ok()?;
        let url = web_sys::Url::create_object_url_with_blob(&blob).ok()?;
        let link = web::start::document()?.create_element("a").ok()?.dyn_into::<web_sys::HtmlAnchorElement>().ok()?;
        link.set_href(&url);
        link.set_download(name);
        link.click();
        web_sys::Url::revoke_object_url(&url).ok()
    };
    let _ = saved();
}
