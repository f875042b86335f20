use super::*;
use crate::{Language, Reference};

fn example(category: &str, language: Language, text: &str) -> Example {
    Example { text: text.into(), category: category.into(), language, kind: kind_of(text, "") }
}

/// A few grievances of three categories, each in five wordings.
fn examples() -> Vec<Example> {
    let (bn, en) = (Language::Bengali, Language::English);
    [
        ("roads.potholes", bn, "রাস্তায় বড় বড় গর্ত, টোটো উল্টে যায়"),
        ("roads.potholes", bn, "পিচ উঠে গেছে, গর্তে জল জমে"),
        ("roads.potholes", bn, "rastay boro gorto, sarachhe na"),
        ("roads.potholes", en, "the road is full of potholes and cycles fall"),
        ("roads.potholes", en, "deep potholes on the main road"),
        ("water.supply", bn, "নলকূপ খারাপ, খাবার জল নেই"),
        ("water.supply", bn, "কলে জল আসে না তিন দিন"),
        ("water.supply", bn, "tubewell kharap, khabar jol nei"),
        ("water.supply", en, "no drinking water, the tube well is broken"),
        ("water.supply", en, "tap is dry for a week"),
        ("power.outage", bn, "বিদ্যুৎ নেই দুই দিন, ট্রান্সফরমার পুড়ে গেছে"),
        ("power.outage", bn, "কারেন্ট থাকে না সন্ধ্যায়"),
        ("power.outage", bn, "current nei, transformer pure gechhe"),
        ("power.outage", en, "no electricity, the transformer is burnt"),
        ("power.outage", en, "power cut every evening"),
    ]
    .map(|(category, language, text)| example(category, language, text))
    .into()
}

fn learned() -> Classifier {
    let mut classifier = train(&[], &examples(), &Topics::default()).expect("categories are known");
    classifier.head.threshold = 0.4;
    classifier
}

#[test]
fn it_suggests_what_it_learned_with_the_words_that_decided() {
    let classifier = learned();
    for (said, category, word) in [
        ("Our road has potholes everywhere", "roads.potholes", "potholes"),
        ("আমাদের পাড়ায় বিদ্যুৎ নেই, ট্রান্সফরমার খারাপ", "power.outage", "ট্রান্সফরমার"),
        ("টিউবওয়েল খারাপ, জল নেই", "water.supply", "জল"),
        ("(Tubewell) kharap hoyeche", "water.supply", "Tubewell"),
    ] {
        let likely = classifier.suggest(said, &Topics::default());
        let first = likely.first().unwrap_or_else(|| panic!("nothing for {said}"));
        assert_eq!(first.category.as_str(), category, "{said}: {likely:?}");
        assert!(first.words.iter().any(|told| told == word), "{said}: {:?}", first.words);
        assert!(likely.len() <= SUGGESTED);
        assert!(likely.is_sorted_by(|one, other| one.probability >= other.probability));
        assert!(likely.iter().all(|one| (LEAST..=1.0).contains(&one.probability)), "{likely:?}");
    }
}

#[test]
fn scripts_meet_by_sound() {
    // Learned in Bengali letters alone, asked in Latin ones.
    let of = |category: &str, text: &str| example(category, Language::Bengali, text);
    let known = [of("water", "টিউবওয়েল খারাপ"), of("power", "ট্রান্সফরমার পুড়ে গেছে")];
    let mut classifier = train(&[], &known, &Topics::default()).expect("two categories");
    classifier.head.threshold = 0.0;
    let likely = classifier.suggest("tubewell kharap", &Topics::default());
    assert_eq!(likely.first().map(|one| one.category.as_str()), Some("water"));
}

#[test]
fn signs_speak_for_a_category_without_an_example() {
    let topics: Topics = serde_json::from_str(r#"{"pension.old_age": ["old|aged pension"]}"#).expect("topics");
    let mut known = examples();
    known.push(example("pension.old_age", Language::English, "old age pension"));
    let mut classifier = train(&[], &known, &topics).expect("categories");
    classifier.head.threshold = 0.0;
    let likely = classifier.suggest("my aged mother waits for her pension", &topics);
    let first = likely.first().expect("something");
    assert_eq!(first.category.as_str(), "pension.old_age");
    assert!(first.words.iter().any(|word| word == "aged" || word == "pension"), "{:?}", first.words);
}

#[test]
fn it_abstains_where_it_does_not_know() {
    let mut classifier = learned();
    classifier.head.threshold = 0.6;
    for said in ["", "    ", "12345 67", "xyzzy", "নমস্কার", "!!!"] {
        assert_eq!(classifier.suggest(said, &Topics::default()), [], "{said}");
    }
    assert!(train(&[], &[], &Topics::default()).is_none(), "no category is known");
}

#[test]
fn one_in_twenty_is_blind_and_stays_so() {
    let numbers = || (1..40_000_u64).map(Reference::from_payload);
    let blind = numbers().filter(|reference| is_blind(*reference)).count();
    let share = blind * 1_000 / numbers().count();
    assert!((45..=55).contains(&share), "{share} in a thousand");
    assert!(numbers().take(100).all(|reference| is_blind(reference) == is_blind(reference)));
}

#[test]
fn texts_of_one_wording_are_of_one_kind() {
    let one = kind_of("The road at Shibtala is broken for 3 months", "Shibtala");
    assert_eq!(one, kind_of("The road at Hatkhola is broken for 7 months", "Hatkhola"));
    assert_ne!(one, kind_of("The drain at Shibtala is broken for 3 months", "Shibtala"));
}

#[test]
fn a_campaign_does_not_drown_the_others() {
    // A thousand copies of one letter, wrongly categorised, against a few that are right.
    let letter = example("power.outage", Language::English, "deep potholes on the main road of the village");
    let mut all = vec![letter; 1_000];
    for variant in 0..30 {
        let text = format!("potholes number{variant} near shop{variant}, the road is broken");
        all.push(example("roads.potholes", Language::English, &text));
    }
    let mut classifier = train(&all, &examples(), &Topics::default()).expect("categories");
    classifier.head.threshold = 0.0;
    let likely = classifier.suggest("potholes near the school, the road is broken", &Topics::default());
    assert_eq!(likely.first().map(|one| one.category.as_str()), Some("roads.potholes"), "{likely:?}");
}

#[test]
fn training_is_the_same_every_time_and_whole() {
    let (one, other) = (learned(), learned());
    assert_eq!(one, other);
    assert!(one.is_whole());
    let mut cut = one.clone();
    cut.weights.pop();
    assert!(!cut.is_whole());
    let mut wrong = one;
    wrong.head.scales = vec![f32::NAN; 3];
    assert!(!wrong.is_whole());
}

#[test]
fn figures_of_an_evaluation_are_those_of_a_count_by_hand() {
    let classifier = learned();
    let judged = [
        example("roads.potholes", Language::English, "potholes on the road"),
        example("roads.potholes", Language::Bengali, "rastay boro gorto"),
        // A wrong label: the words speak for another.
        example("water.supply", Language::English, "power cut, no electricity, the transformer is burnt"),
        example("power.outage", Language::English, "no electricity, power cut"),
    ];
    let evaluation = classifier.judge(&judged, 15, &Topics::default());
    assert_eq!(evaluation.all.all, 4);
    assert_eq!(evaluation.all.first, 3);
    assert_eq!(evaluation.all.among_three, 4, "there are three categories");
    assert_eq!(evaluation.latin, Judged { all: 1, first: 1, among_three: 1 });
    // Potholes: 1. Water: 0. Power: precision 1/2, recall 1, F1 2/3.
    assert!((evaluation.macro_f1 - (1.0 + 0.0 + 2.0 / 3.0) / 3.0).abs() < 1e-9, "{}", evaluation.macro_f1);
    let first = evaluation.confusion.first().expect("an error");
    assert_eq!((first.0.as_str(), first.1.as_str(), first.2), ("water.supply", "power.outage", 1));
    let (_, covered, right) = evaluation.coverage.first().copied().expect("a threshold");
    assert!((covered - 1.0).abs() < 1e-9 && (right - 0.75).abs() < 1e-9);
    assert!((0.0..=1.0).contains(&evaluation.calibration_error));
}
