//! Texts for people, in every language: complete, in one voice, never blaming (ERR-07, UX-05, UX-07).

#![allow(clippy::expect_used)] // a test fails by panicking

use model::Language;
use model::lodging::Problem;
use model::wire::ProblemCode;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

type Catalogue = BTreeMap<String, String>;

/// Every text that citizens read in a language.
fn words(language: Language) -> Catalogue {
    let mut all = Catalogue::new();
    for name in ["citizen", "later", "mine", "pages"] {
        let path = tests::root().join(format!("public/locales/{name}.{}.json", language.tag()));
        let text = std::fs::read_to_string(&path).expect("a catalogue");
        all.extend(serde_json::from_str::<Catalogue>(&text).expect("texts"));
    }
    all
}

fn code<T: Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).expect("a name")
}

/// Words that blame, apologise or beg, by language; they do not say what to do.
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
        Problem::VoiceUnknown,
        Problem::NameEmpty,
        Problem::NameTooLong,
        Problem::MobileEmpty,
        Problem::MobileLetters,
        Problem::MobileWrongDigits,
        Problem::MobileLandline,
    ];
    // Problems that our browsers never meet have the text `failure.other`.
    let own = [
        ProblemCode::Internal,
        ProblemCode::NotFound,
        ProblemCode::SignInNeeded,
        ProblemCode::NotPermitted,
        ProblemCode::WrongCode,
        ProblemCode::NoCode,
        ProblemCode::SameNumber,
        ProblemCode::ProofNeeded,
        ProblemCode::OtherPerson,
        ProblemCode::WorkNeeded,
        ProblemCode::ExpiredCode,
        ProblemCode::Refused,
        ProblemCode::Stale,
        ProblemCode::TooLarge,
        ProblemCode::NotAnImage,
        ProblemCode::ImageTooLarge,
        ProblemCode::NotAudio,
        ProblemCode::AudioTooLong,
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
            assert!(!text.contains(['.', '।', '۔']), "{key} in {} is more than one sentence", language.tag());
        }
    }
}

#[test]
fn what_is_counted_has_every_form_that_its_language_wants() {
    let mut counted = BTreeSet::new();
    let mut folders = vec![tests::root().join("src/web")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("sources").map(|entry| entry.expect("an entry").path()) {
            match entry.extension().and_then(|ending| ending.to_str()) {
                _ if entry.is_dir() => folders.push(entry),
                Some("rs") => {
                    let source = std::fs::read_to_string(&entry).expect("a source");
                    let uses = source.split("counted(key::").skip(1).filter_map(|rest| rest.split(',').next());
                    counted.extend(uses.map(str::to_lowercase));
                }
                _ => {}
            }
        }
    }
    assert!(counted.len() > 10, "the counted texts are found: {counted:?}");
    for language in Language::CITIZEN {
        let staff = tests::root().join(format!("public/locales/staff.{}.json", language.tag()));
        let mut words = words(language);
        words.extend(
            std::fs::read_to_string(staff)
                .ok()
                .and_then(|text| serde_json::from_str::<Catalogue>(&text).ok())
                .unwrap_or_default(),
        );
        let known: BTreeMap<String, &String> = words.iter().map(|(key, text)| (key.replace('.', "_"), text)).collect();
        for name in &counted {
            // Staff read two languages.
            let Some(text) = known.get(name) else { continue };
            assert!(text.contains("{n}"), "{name} in {} says no number", language.tag());
            for form in language.plurals() {
                let key = format!("{name}{}", form.ending().replace('.', "_"));
                assert!(known.contains_key(&key), "{key} in {}", language.tag());
            }
        }
    }
}

/// Who has reviewed which catalogue: `public/locales/review.tsv`.
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

#[test]
fn places_are_found_in_latin_and_bengali_letters_as_people_spell_them() {
    use model::find::{Key, Query};
    use unicode_normalization::UnicodeNormalization;
    let table = std::fs::read_to_string(tests::root().join("public/reference/places.tsv")).expect("the table");
    let places: Vec<(String, Key)> = table
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            let names: String = format!("{} {}", cells[2], cells[3]).nfc().collect();
            (cells[2].to_owned(), Key::of(&names))
        })
        .collect();
    let found = |typed: &str, wanted: &str| {
        let query = Query::of(&typed.nfc().collect::<String>());
        let mut ranked: Vec<_> = places.iter().filter_map(|(name, key)| Some((query.rank(key)?, name))).collect();
        ranked.sort_by_key(|(rank, _)| *rank);
        ranked.iter().take(10).any(|(_, name)| name.starts_with(wanted))
    };
    // As people type places, and which is meant: old names, other letters, typing errors.
    let spelt = [
        ("Medinipur", "Paschim Medinipur"),
        ("midnapore", "Paschim Medinipur"),
        ("মেদিনীপুর", "Paschim Medinipur"),
        ("মেদিনিপুর", "Paschim Medinipur"),
        ("Burdwan", "Purba Bardhaman"),
        ("bardhman", "Purba Bardhaman"),
        ("বর্দ্ধমান", "Purba Bardhaman"),
        ("Hugli", "Hooghly"),
        ("hoogli", "Hooghly"),
        ("Haora", "Howrah"),
        ("hawrah", "Howrah"),
        ("Calcutta", "Kolkata"),
        ("kolkatta", "Kolkata"),
        ("কোলকাতা", "Kolkata"),
        ("Koch Bihar", "Cooch Behar"),
        ("coochbihar", "Cooch Behar"),
        ("Darjiling", "Darjeeling"),
        ("darjeling", "Darjeeling"),
        ("দার্জিলিঙ", "Darjeeling"),
        ("Jalpaigudi", "Jalpaiguri"),
        ("jolpaiguri", "Jalpaiguri"),
        ("Maldah", "Malda"),
        ("মালদা", "Malda"),
        ("Puruliya", "Purulia"),
        ("purulliya", "Purulia"),
        ("Birbhoom", "Birbhum"),
        ("veerbhum", "Birbhum"),
        ("বীরভুম", "Birbhum"),
        ("Nadiya", "Nadia"),
        ("nodia", "Nadia"),
        ("Bankoora", "Bankura"),
        ("bakura", "Bankura"),
        ("Murshidabaad", "Murshidabad"),
        ("mursidabad", "Murshidabad"),
        ("মুরশিদাবাদ", "Murshidabad"),
        ("Jhargraam", "Jhargram"),
        ("jhadgram", "Jhargram"),
        ("bolpoor", "Bolpur"),
        ("বোলপূর", "Bolpur"),
        ("shilliguri", "Siliguri"),
        ("siligudi", "Siliguri"),
        ("asansole", "Asansol"),
        ("durgapoor", "Durgapur"),
        ("kharagpoor", "Kharagpur"),
        ("khargapur", "Kharagpur"),
    ];
    let missed: Vec<_> = spelt.iter().filter(|(typed, wanted)| !found(typed, wanted)).collect();
    assert!(missed.len() * 10 <= spelt.len(), "recall is below 0.9: {missed:?}");
    for (name, _) in &places {
        assert!(found(name, name), "{name} by its own name");
    }
}

#[test]
fn every_rule_that_is_administered_is_explained_to_operators() {
    let guide = std::fs::read_to_string(tests::root().join("docs/operations.md")).expect("the guide");
    let rules = serde_json::to_value(model::Rules::default()).expect("rules");
    for (key, value) in rules.as_object().expect("an object") {
        if ["version", "calendar", "categories", "departments"].contains(&key.as_str()) {
            continue;
        }
        let row = guide.lines().find(|line| line.starts_with('|') && line.contains(&format!("`{key}`")));
        let default = if value.is_number() { value.to_string() } else { String::new() };
        assert!(
            row.is_some_and(|row| row.contains(&default)),
            "docs/operations.md has no row for {key}, default {value}"
        );
    }
}
