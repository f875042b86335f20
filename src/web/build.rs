//! Turns the catalogues into constants. A key that no catalogue has does not compile, nor does a catalogue that lacks a
//! key of another language (L10N-05).

#![allow(clippy::panic, clippy::expect_used)] // a build script fails by panicking

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

/// The languages of the citizen's screens, the same as in `model::Language`.
const CITIZEN: &[&str] = &["bn", "en", "hi", "ne", "ur"];
/// Each catalogue with its languages: the citizen app's first pages, its later questions, its pages behind sign-in, the
/// pages made by the server, and the staff app.
const CATALOGUES: [(&str, &[&str]); 5] =
    [("citizen", CITIZEN), ("later", CITIZEN), ("mine", CITIZEN), ("pages", CITIZEN), ("staff", &["bn", "en"])];

fn catalogue(app: &str, language: &str) -> BTreeMap<String, String> {
    let path = Path::new("../../public/locales").join(format!("{app}.{language}.json"));
    println!("cargo::rerun-if-changed={}", path.display());
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn marks(text: &str) -> Vec<&str> {
    let mut marks: Vec<&str> = text.split('{').skip(1).filter_map(|part| part.split('}').next()).collect();
    marks.sort_unstable();
    marks.dedup();
    marks
}

fn main() {
    let mut code = String::new();
    let mut seen = BTreeSet::new();
    for (app, languages) in CATALOGUES {
        let first = catalogue(app, "bn");
        for language in languages {
            let other = catalogue(app, language);
            for key in first.keys().chain(other.keys()) {
                match (first.get(key), other.get(key)) {
                    (Some(a), Some(b)) => {
                        assert!(marks(a) == marks(b), "{app}.{language}: {key} has other marks than in bn");
                        assert!(!a.trim().is_empty() && !b.trim().is_empty(), "{app}: {key} is empty");
                    }
                    _ => panic!("{app}: {key} is not in every language"),
                }
            }
        }
        for key in first.keys() {
            assert!(seen.insert(key.clone()), "{app}: {key} stands in another catalogue already");
            let name = key.replace('.', "_").to_uppercase();
            writeln!(code, "pub const {name}: &str = {key:?};").unwrap_or_default();
        }
    }
    let out = std::env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    std::fs::write(Path::new(&out).join("key.rs"), code).expect("the build folder can be written");
}
