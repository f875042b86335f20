//! Texts of the page: catalogues are downloaded one language at a time; numbers and days follow the language.

use model::Language;
use model::names::code_of;
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

/// The language of the address: `/en/…` is English, `/ur/…` Urdu, no prefix Bengali.
#[must_use]
pub fn language_of_path() -> Language {
    let path = web_sys::window().and_then(|window| window.location().pathname().ok()).unwrap_or_default();
    Language::of_path(&path).0
}

/// Downloads a catalogue and adds its texts; false where that fails.
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

/// Downloads a catalogue in the page's language unless it is loaded; false where that fails.
pub async fn ensure(name: &str) -> bool {
    let here = LOADED.with_borrow(|loaded| loaded.iter().any(|known| known == name));
    here || load(name, language()).await
}

/// The language of this page.
#[must_use]
pub fn language() -> Language {
    LANGUAGE.with_borrow(|language| *language)
}

/// The language tag for text that a person wrote on these pages (A11Y-18).
#[must_use]
pub fn lang_of(text: &str) -> &'static str {
    Language::of_text(text, language()).tag()
}

/// The text of a key; the key itself where there is none.
#[must_use]
pub fn t(key: &str) -> String {
    WORDS.with_borrow(|words| words.get(key).cloned()).unwrap_or_else(|| key.to_owned())
}

/// The text of a key, if there is one.
#[must_use]
pub fn known(key: &str) -> Option<String> {
    WORDS.with_borrow(|words| words.get(key).cloned())
}

/// The text of a key with its `{name}` placeholders filled in.
#[must_use]
pub fn fill(key: &str, marks: &[(&str, &str)]) -> String {
    marks.iter().fold(t(key), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

/// The text for a value of the wire format, such as a stage: `prefix` followed by its name there.
#[must_use]
pub fn name_of<'v, T>(prefix: &str, value: &'v T) -> String
where
    &'static str: From<&'v T>,
{
    t(&format!("{prefix}.{}", code_of(value)))
}
