//! What people are told, in every language: complete, in the same voice, never blaming (ERR-07, UX-05, UX-07).

#![allow(clippy::expect_used)] // a test fails by panicking

use model::Language;
use model::api::ProblemCode;
use model::lodging::Problem;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

type Catalogue = BTreeMap<String, String>;

/// Every text that citizens read in a language.
fn words(language: Language) -> Catalogue {
    let mut all = Catalogue::new();
    for name in ["citizen", "later", "pages"] {
        let path = tests::root().join(format!("public/locales/{name}.{}.json", language.tag()));
        let text = std::fs::read_to_string(&path).expect("a catalogue");
        all.extend(serde_json::from_str::<Catalogue>(&text).expect("texts"));
    }
    all
}

fn code<T: Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).expect("a name")
}

/// Words that blame, apologise or beg, by language: they say nothing of what to do.
fn banned(language: Language) -> &'static [&'static str] {
    match language {
        Language::English => {
            &["valid", "invalid", "please", "sorry", "oops", "forbidden", "illegal", "required", "error code"]
        }
        Language::Bengali => &["দুঃখিত", "অনুগ্রহ", "দয়া করে", "অবৈধ", "নিষিদ্ধ", "বাধ্যতামূলক", "ত্রুটি কোড"],
        Language::Hindi => &["क्षमा", "कृपया", "अमान्य", "अवैध", "निषिद्ध", "अनिवार्य", "माफ़"],
        Language::Nepali => &["माफ", "कृपया", "अमान्य", "अवैध", "निषेध", "अनिवार्य"],
        Language::Urdu => &["معذرت", "براہ کرم", "براہِ کرم", "غیر قانونی", "ممنوع", "لازمی", "معاف"],
        Language::BengaliLatin | Language::Santali => &[],
    }
}

#[test]
fn every_problem_has_its_words_in_every_language_and_none_blames() {
    let problems = [
        Problem::TextEmpty,
        Problem::TextTooLong,
        Problem::CategoryUnknown,
        Problem::ReasonUnknown,
        Problem::PlaceUnknown,
        Problem::LandmarkTooLong,
        Problem::PhotosTooMany,
        Problem::PhotoUnknown,
        Problem::NameEmpty,
        Problem::NameTooLong,
        Problem::MobileEmpty,
        Problem::MobileLetters,
        Problem::MobileWrongDigits,
    ];
    // What a browser of ours never meets is told by `failure.other`.
    let own = [
        ProblemCode::Internal,
        ProblemCode::NotFound,
        ProblemCode::SignInNeeded,
        ProblemCode::NotPermitted,
        ProblemCode::WrongCode,
        ProblemCode::ExpiredCode,
        ProblemCode::Refused,
        ProblemCode::Stale,
        ProblemCode::TooLarge,
        ProblemCode::NotAnImage,
        ProblemCode::ImageTooLarge,
        ProblemCode::TooMany,
        ProblemCode::Unavailable,
    ];
    for language in Language::CITIZEN {
        let words = words(language);
        for problem in problems {
            assert!(words.contains_key(&format!("problem.{}", code(&problem))), "{problem:?} in {}", language.tag());
        }
        for failure in own {
            assert!(words.contains_key(&format!("failure.{}", code(&failure))), "{failure:?} in {}", language.tag());
        }
        assert!(words.contains_key("failure.other"));
        let told = words.iter().filter(|(key, _)| {
            ["problem.", "failure.", "refusal.", "queue."].iter().any(|prefix| key.starts_with(prefix))
        });
        for (key, text) in told {
            let lower = format!(" {} ", text.to_lowercase().replace(['.', ',', '।', '۔', '!'], " "));
            for word in banned(language) {
                assert!(!lower.contains(&format!(" {word} ")), "{key} in {}: {text} ({word})", language.tag());
            }
            assert!(!text.contains('!'), "{key} in {} shouts", language.tag());
        }
    }
}

#[test]
fn no_two_pages_share_a_heading() {
    for language in Language::CITIZEN {
        let mut seen = BTreeSet::new();
        for (key, text) in
            words(language).iter().filter(|(key, _)| key.ends_with(".title") && !key.starts_with("helpline"))
        {
            assert!(seen.insert(text.clone()), "{key} in {}: {text}", language.tag());
        }
    }
}

#[test]
fn hints_are_one_short_sentence() {
    for language in Language::CITIZEN {
        for (key, text) in words(language).iter().filter(|(key, _)| key.ends_with(".hint")) {
            assert!(model::text::length(text) <= 120, "{key} in {} is too long", language.tag());
            assert!(!text.ends_with(['.', '।', '۔']), "{key} in {} ends with a full stop", language.tag());
        }
    }
}

/// Which catalogues somebody has read who speaks the language: `public/locales/review.tsv`.
fn reviews() -> BTreeMap<String, [String; 3]> {
    let text = std::fs::read_to_string(tests::root().join("public/locales/review.tsv")).expect("the table");
    let rows = text.lines().skip(1).filter(|line| !line.is_empty()).map(|line| {
        let cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
        let [language, state, reviewer, day] = cells.try_into().expect("four columns");
        (language, [state, reviewer, day])
    });
    rows.collect()
}

#[test]
fn a_language_is_offered_only_with_its_state_of_review_told_and_santali_waits_for_its_own() {
    let reviews = reviews();
    for language in Language::CITIZEN {
        let [state, ..] = reviews.get(language.tag()).expect("a row for every language that is offered");
        assert!(["master", "complete", "reviewed"].contains(&state.as_str()), "{}: {state}", language.tag());
    }
    for (language, [state, reviewer, day]) in &reviews {
        if state == "reviewed" {
            assert!(!reviewer.is_empty() && day.parse::<chrono::NaiveDate>().is_ok(), "{language} names its reviewer");
        }
    }
    let santali = &reviews[Language::Santali.tag()][0];
    assert!(santali == "reviewed" || !Language::CITIZEN.contains(&Language::Santali), "Santali is {santali}");
    assert_eq!(Language::Santali.digits("2026"), "᱒᱐᱒᱖");
}

#[test]
fn text_pages_say_the_same_in_every_language() {
    let folder = tests::root().join("public/pages");
    let list = std::fs::read_to_string(folder.join("pages.tsv")).expect("the list");
    for name in list.lines().skip(1).filter_map(|line| line.split('\t').next()) {
        let shape = |language: Language| {
            let text = std::fs::read_to_string(folder.join(format!("{name}.{}.md", language.tag()))).expect("a page");
            let of = |start: &str| text.lines().filter(|line| line.starts_with(start)).count();
            (of("## "), of("- "), text.matches("](/").count())
        };
        for language in Language::CITIZEN {
            assert_eq!(shape(language), shape(Language::Bengali), "{name} in {}", language.tag());
        }
    }
}
