//! Words: catalogues downloaded one language at a time, numbers and days as the language writes them.

use crate::json;
use model::Language;
use std::cell::RefCell;
use std::collections::HashMap;

/// The keys of the catalogues, made by `build.rs`.
#[allow(missing_docs)]
pub mod key {
    include!(concat!(env!("OUT_DIR"), "/key.rs"));
}

thread_local! {
    static WORDS: RefCell<HashMap<String, String>> = RefCell::default();
    static LOADED: RefCell<Vec<String>> = RefCell::default();
    static LANGUAGE: RefCell<Language> = const { RefCell::new(Language::Bengali) };
}

/// The language that the address asks for: `/en/…` is English, `/ur/…` Urdu, no prefix Bengali.
#[must_use]
pub fn language_of_path() -> Language {
    let path = web_sys::window().and_then(|window| window.location().pathname().ok()).unwrap_or_default();
    Language::of_path(&path).0
}

/// Downloads a catalogue and makes its words known; false where it did not come.
pub async fn load(name: &str, language: Language) -> bool {
    let path = format!("/locales/{name}.{}.json", language.tag());
    let Ok(answer) = gloo_net::http::Request::get(&path).send().await else { return false };
    let Ok(text) = answer.text().await else { return false };
    let Ok(words) = serde_json::from_str::<HashMap<String, String>>(&text) else { return false };
    LANGUAGE.set(language);
    WORDS.with_borrow_mut(|known| known.extend(words));
    LOADED.with_borrow_mut(|loaded| loaded.push(name.to_owned()));
    true
}

/// Downloads a catalogue in the page's language, where it is not here yet; false where it did not come.
pub async fn ensure(name: &str) -> bool {
    let here = LOADED.with_borrow(|loaded| loaded.iter().any(|known| known == name));
    here || load(name, language()).await
}

/// The language of this page.
#[must_use]
pub fn language() -> Language {
    LANGUAGE.with_borrow(|language| *language)
}

/// The tag of the language of what somebody wrote on these pages (A11Y-18).
#[must_use]
pub fn lang_of(text: &str) -> &'static str {
    Language::of_text(text, language()).tag()
}

/// The words of a key; the key itself where there are none.
#[must_use]
pub fn t(key: &str) -> String {
    WORDS.with_borrow(|words| words.get(key).cloned()).unwrap_or_else(|| key.to_owned())
}

/// The words of a key, where there are any.
#[must_use]
pub fn known(key: &str) -> Option<String> {
    WORDS.with_borrow(|words| words.get(key).cloned())
}

/// The words of a key with `{name}` marks filled in.
#[must_use]
pub fn fill(key: &str, marks: &[(&str, &str)]) -> String {
    marks.iter().fold(t(key), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

/// The words of a value of the wire, such as a stage: `prefix` and its name there.
#[must_use]
pub fn name_of<T: serde::Serialize>(prefix: &str, value: &T) -> String {
    t(&format!("{prefix}.{}", code_of(value)))
}

/// The name that a unit value has on the wire.
#[must_use]
pub fn code_of<T: serde::Serialize>(value: &T) -> String {
    json::value(value).as_str().unwrap_or_default().to_owned()
}
