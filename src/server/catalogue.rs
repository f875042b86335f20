//! The catalogues in `public/locales`: the texts for citizens, of the apps and of the pages rendered by the server. The
//! name of the service comes from the brand.

use anyhow::{Context, Result};
use model::Language;
use model::atr::Outcome;
use model::wire::Brand;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// The texts of a catalogue.
pub type Catalogue = HashMap<String, String>;

/// Reads the texts for citizens in a language.
///
/// # Errors
/// Names the file.
pub fn catalogue(public: &Path, brand: &Brand, language: Language) -> Result<Catalogue> {
    let mut all = Catalogue::new();
    for name in ["citizen", "later", "mine", "pages"] {
        all.extend(words(public, name, brand, language)?);
    }
    Ok(all)
}

/// Reads the texts of mails to staff in one of their languages, with those of the staff app.
///
/// # Errors
/// Names the file.
pub fn of_mail(public: &Path, brand: &Brand, language: Language) -> Result<Catalogue> {
    let mut all = words(public, "staff", brand, language)?;
    all.extend(words(public, "mail", brand, language)?);
    Ok(all)
}

/// One catalogue, with what the brand configures filled in.
fn words(public: &Path, name: &str, brand: &Brand, language: Language) -> Result<Catalogue> {
    let path = public.join("locales").join(format!("{name}.{}.json", language.tag()));
    let text = std::fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
    let mut words: Catalogue = serde_json::from_str(&text).with_context(|| format!("{}", path.display()))?;
    for (key, names) in [("brand", &brand.name), ("helpline.hours", &brand.helpline_hours)] {
        if let Some(text) = words.get_mut(key) {
            names.of(language).clone_into(text);
        }
    }
    if let Some(owner) = words.get_mut("foot.owner") {
        *owner = owner.replace("{state}", brand.state.of(language));
    }
    Ok(words)
}

/// The catalogues that the apps download in a language, by path; read from their files, so that they can be changed
/// without a build.
///
/// # Errors
/// Names the file.
pub fn served_words(public: &Path, brand: &Brand, language: Language) -> Result<Vec<(String, String)>> {
    let staff: &[&str] = if Language::STAFF.contains(&language) { &["staff"] } else { &[] };
    let names = ["citizen", "later", "mine"].iter().chain(staff);
    names
        .map(|name| {
            let words: BTreeMap<_, _> = words(public, name, brand, language)?.into_iter().collect();
            Ok((format!("/locales/{name}.{}.json", language.tag()), serde_json::to_string(&words)?))
        })
        .collect()
}

/// What a verification caller says, in order, about a report with this outcome.
///
/// # Errors
/// Names the file.
pub fn script(public: &Path, brand: &Brand, language: Language, report: Option<Outcome>) -> Result<Vec<String>> {
    let words = words(public, "pages", brand, language)?;
    let ending = Outcome::ending(report);
    let lines = ["script.hello".to_owned(), format!("script.ask{ending}"), format!("script.no{ending}")];
    Ok(lines.into_iter().filter_map(|key| words.get(&key).cloned()).collect())
}

/// The helpline in groups of digits: `91370 91370`.
#[must_use]
pub fn spoken(number: &str) -> String {
    match number.split_at_checked(5) {
        Some((first, second)) => format!("{first} {second}"),
        None => number.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::wire::Names;

    #[test]
    fn the_brand_stands_in_its_configuration_alone() {
        let public = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../public");
        let names = |name: &str| Names { bn: name.into(), en: name.into(), ..Names::default() };
        let brand = Brand {
            name: names("Sahay"),
            state: names("Somewhere"),
            helpline_hours: names("always"),
            ..Brand::default()
        };
        let words = catalogue(&public, &brand, Language::English).expect("the words");
        assert_eq!((words["brand"].as_str(), words["helpline.hours"].as_str()), ("Sahay", "always"));
        assert!(words["foot.owner"].contains("Somewhere"), "{}", words["foot.owner"]);
    }
}
