//! Which typed words find which cases. The rows are cases of an index in memory.

use super::document::{document, schema};
use super::places::Places;
use super::{Found, found, query};
use crate::store::{Changed, Searchable};
use model::lifecycle::{Case, Channel, Details, Gender, Lodged, Statement, lodge};
use model::wire::{District, Names, Place, SearchRequest};
use model::{Actor, Language, Lgd, Mobile, PersonId, Reference, Role, Rules, Scope, StaffId, Time};
use tantivy::{Index, IndexWriter, ReloadPolicy};

/// What a citizen has written.
#[derive(Clone, Default)]
struct Written {
    text: &'static str,
    name: &'static str,
    mobile: &'static str,
    shielded: bool,
    disowned: bool,
    place: Option<u32>,
}

fn case(payload: u64, written: &Written) -> Case {
    let now: Time = "2026-11-23T06:00:00Z".parse().expect("a moment");
    let lodged = Lodged {
        reference: Reference::from_payload(payload),
        citizen: PersonId::new(1),
        number_verified: true,
        channel: Channel::Web,
        language: Language::Bengali,
        gender: Gender::Unstated,
        category: None,
        district: Some(Lgd::new(307)),
        place: written.place.map(Lgd::new),
        urban: None,
        photos: vec![],
        details: Details::default(),
        statement: Statement::new(String::new(), Language::Bengali),
    };
    let event = lodge(lodged, &Actor::citizen(PersonId::new(1)), &Rules::default(), now).expect("lodged");
    let mut case = Case::open(&event).expect("a case");
    case.shielded = written.shielded;
    case.disowned = written.disowned;
    case.department = Some("PHE".into());
    case
}

/// An index of cases, the first with ordinal and payload 1.
fn index(all: &[Written]) -> Index {
    let (schema, fields) = schema();
    let index = Index::create_in_ram(schema);
    let mut writer: IndexWriter = index.writer_with_num_threads(1, 15_000_000).expect("a writer");
    for (written, ordinal) in all.iter().zip(1..) {
        let case = case(ordinal, written);
        let found = Searchable {
            reference: case.reference,
            name: written.name.into(),
            mobile: Mobile::parse(written.mobile).ok(),
            landmark: String::new(),
            text: written.text.into(),
        };
        let changed = Changed { seq: ordinal, ordinal, case, due: None, deadline: None };
        writer.add_document(document(&fields, &changed, &found)).expect("added");
    }
    writer.commit().expect("committed");
    index
}

fn wanted(words: &str) -> SearchRequest {
    SearchRequest { words: words.into(), ..SearchRequest::default() }
}

fn staff(role: Role, scope: Scope) -> Actor {
    Actor::of_staff(StaffId::new(1), role, scope)
}

fn search(index: &Index, words: &str, reader: &Actor, places: &Places) -> Found {
    let builder = index.reader_builder().reload_policy(ReloadPolicy::Manual);
    let searcher = builder.try_into().expect("a reader").searcher();
    let query = query::query(&schema().1, &wanted(words), reader, places);
    found(&searcher, query.as_ref(), (0, 100), &|_| true).expect("an answer")
}

/// The places in the list of cases, from 1 on, of those that an analyst of the cell finds.
fn ordinals(index: &Index, words: &str) -> Vec<u64> {
    ordinals_of(index, words, &staff(Role::OperationalAnalyst, Scope::State))
}

fn ordinals_of(index: &Index, words: &str, reader: &Actor) -> Vec<u64> {
    let hits = search(index, words, reader, &Places::default()).hits;
    hits.into_iter().map(|hit| hit.reference.as_u64() / 10).collect()
}

#[test]
fn words_find_the_texts_they_should() {
    let table = [
        ("নলকূপ", "আমাদের নলকূপ খারাপ", true),
        ("নলকূ", "আমাদের নলকূপ খারাপ", true),
        ("লকূপ", "আমাদের নলকূপ খারাপ", false),
        ("খারাপ নলকূপ", "নলকূপ খারাপ", true),
        ("নলকূপ রাস্তা", "নলকূপ খারাপ", false),
        ("নলকূপ।", "নলকূপ খারাপ", true),
        ("  ", "নলকূপ খারাপ", true),
        ("জল", "জলের চাপ কম", true),
        ("চাপ জল", "জলের চাপ কম", true),
        // Only the last word may be a beginning.
        ("জল চাপ", "জলের চাপ কম", false),
        ("জেলা", "জল নেই", false),
        ("উৎসব", "উত্\u{200D}সব ভাতা পাইনি", true),
        ("র্যাশন", "র\u{200D}্যাশন কার্ড", true),
        ("ৰাস্তা", "রাস্তা ভাঙা", true),
        ("বাড়ি", "বা\u{9DC}ি ভেঙেছে", true),
        // In another script, by what is heard.
        ("tubewell", "টিউবওয়েল খারাপ", true),
        ("tubewel kharap", "টিউবওয়েল খারাপ", true),
        ("টিউবওয়েল", "tubewell kharap", true),
        ("ट्यूबवेल", "টিউবওয়েল খারাপ", true),
        ("খারাপ", "tubewell kharap", true),
        ("rasta", "রাস্তায় বড় গর্ত", true),
        ("रास्ता", "রাস্তা ভাঙা", true),
        ("rasta", "Rashtra", false),
        ("خراب", "نل خراب ہے", true),
        ("سڑك", "سڑک ٹوٹی ہے", true),
        // Two consonants are too few to go by in a text.
        ("paani", "পানি নেই", false),
        ("ROAD", "The road is broken", true),
        ("road", "Roads are broken", true),
        ("roads", "The road is broken", false),
        ("pump house", "Pump।HOUSE", true),
        ("house pump", "The pump-house is locked", true),
        ("oad", "The road is broken", false),
        ("broken road bridge", "The road is broken", false),
        // Digits of any script.
        ("১২৩৪", "ward 1234", true),
        ("1234", "ওয়ার্ড ১২৩৪", true),
        ("२०२६", "since 2026", true),
        ("202", "since 2026", true),
        ("026", "since 2026", false),
        ("12", "Ward 12, road", true),
        ("ward 12 road", "Ward 12, road", true),
        ("731204", "PIN 731204", true),
        ("731205", "PIN 731204", false),
        ("NH34", "beside NH34", true),
    ];
    let index = index(&table.map(|(_, text, _)| Written { text, ..Written::default() }));
    for ((typed, text, should), ordinal) in table.into_iter().zip(1..) {
        assert_eq!(ordinals(&index, typed).contains(&ordinal), should, "{typed} in {text}");
    }
}

#[test]
fn names_are_found_in_every_script() {
    let table = [
        ("রহমান", "রহমান", true),
        ("Rahman", "রহমান", true),
        ("Rehman", "রহমান", true),
        ("रहमान", "রহমান", true),
        ("رحمان", "রহমান", true),
        ("রহমান", "Md. Rehman", true),
        ("रहमान", "Rahman Sk", true),
        ("abdul rahman", "আব্দুল রহমান", true),
        ("rahman abdul", "আব্দুল রহমান", true),
        ("রহমা", "রহমান", true),
        ("রহিমা", "রহমান", false),
        ("Rahim", "রহিমা বিবি", true),
        ("das", "দাস", true),
        ("Mondal", "মণ্ডল", true),
        ("Mandal", "মণ্ডল", true),
        ("Ghosh", "ঘোষ", true),
        ("Khatun", "খাতুন", true),
        ("Fatema", "ফাতেমা", true),
        ("sk", "শেখ", true),
        ("Mondal", "Mandi", false),
        ("Roy", "রায়", true),
        ("Rahima Bibi", "রহিমা বিবি", true),
        ("Roy", "রহিমা বিবি", false),
    ];
    let index = index(&table.map(|(_, name, _)| Written { name, ..Written::default() }));
    for ((typed, name, should), ordinal) in table.into_iter().zip(1..) {
        assert_eq!(ordinals(&index, typed).contains(&ordinal), should, "{typed} of {name}");
    }
}

#[test]
fn numbers_are_found_whole_and_in_part() {
    let index = index(&[Written { mobile: "9830012345", ..Written::default() }]);
    let number = format!("{:012}", Reference::from_payload(1).as_u64());
    assert_eq!(ordinals(&index, &number), [1]);
    assert_eq!(ordinals(&index, &Reference::from_payload(1).grouped()), [1]);
    for length in 4..12 {
        for part in (0..=12 - length).filter_map(|at| number.get(at..at + length)) {
            assert_eq!(ordinals(&index, part), [1], "{part} of {number}");
        }
    }
    for typed in
        ["9830012345", "98300 12345", "+91 98300-12345", "(+91)9830012345", "০৯৮৩০০১২৩৪৫", "12345", "2345", "0012345"]
    {
        assert_eq!(ordinals(&index, typed), [1], "{typed}");
    }
    for typed in ["9830012346", "98300", "345", "7777", "9830012345 9830012346"] {
        assert_eq!(ordinals(&index, typed), [0_u64; 0], "{typed}");
    }
}

#[test]
fn identities_are_found_by_whom_they_are_shown() {
    let open = Written {
        text: "নলকূপ খারাপ", name: "রহিমা বিবি", mobile: "9830012345", ..Written::default()
    };
    let shielded = Written {
        shielded: true, text: "রহিমার নলকূপ খারাপ, ফোন 98300 12345", ..open.clone()
    };
    let disowned = Written { disowned: true, ..open.clone() };
    let index = index(&[open, shielded, disowned]);
    let sorted = |words: &str, reader: &Actor| {
        let mut found = ordinals_of(&index, words, reader);
        found.sort_unstable();
        found
    };
    let cell = staff(Role::OperationalAnalyst, Scope::State);
    let nodal = staff(Role::NodalOfficer, Scope::Department("PHE".into()));
    let figures = staff(Role::DataAnalyst, Scope::State);
    let auditor = staff(Role::Auditor, Scope::State);
    for words in ["রহিমা", "Rahima", "रहीमा"] {
        assert_eq!(sorted(words, &cell), [1, 2, 3], "{words}");
        assert_eq!(sorted(words, &nodal), [1, 3], "{words}");
        assert_eq!(sorted(words, &auditor), [1, 2, 3], "{words}");
        assert_eq!(sorted(words, &figures), [0_u64; 0], "{words}");
    }
    for words in ["9830012345", "12345"] {
        assert_eq!(sorted(words, &cell), [1, 2], "{words}: a disowned number is somebody else's");
        assert_eq!(sorted(words, &nodal), [1], "{words}");
        assert_eq!(sorted(words, &figures), [0_u64; 0], "{words}");
    }
    assert_eq!(sorted("9830012345", &auditor), [0_u64; 0], "auditors have no whole number shown");
    assert_eq!(sorted("12345", &auditor), [2], "but what is written in a text");
    for reader in [&cell, &nodal, &figures, &auditor] {
        assert_eq!(sorted("নলকূপ", reader), [1, 2, 3], "{reader:?}");
    }
    assert_eq!(sorted("", &staff(Role::NodalOfficer, Scope::Department("PRD".into()))), [0_u64; 0]);
    assert_eq!(sorted("", &staff(Role::FieldValidator, Scope::District(Lgd::new(307)))), [1, 2, 3]);
    assert_eq!(sorted("", &staff(Role::FieldValidator, Scope::District(Lgd::new(1)))), [0_u64; 0]);
    assert_eq!(sorted("", &Actor::citizen(PersonId::new(1))), [0_u64; 0], "a citizen searches nothing");
}

#[test]
fn numbers_come_first_then_telephones_names_and_words_and_of_equals_the_newest() {
    let number = "2345";
    let written = [
        Written { text: "Rahman 2345 2345 2345", ..Written::default() },
        Written { name: "Rahman", ..Written::default() },
        Written { mobile: "9830012345", ..Written::default() },
        Written { name: "Rahman", ..Written::default() },
    ];
    let index = index(&written);
    assert_eq!(ordinals(&index, "rahman"), [4, 2, 1]);
    assert_eq!(ordinals(&index, number), [3, 1]);
    assert_eq!(ordinals(&index, ""), [4, 3, 2, 1]);
}

#[test]
fn a_place_is_found_by_its_name_in_any_language() {
    let names = |en: &str, bn: &str| Names { en: en.into(), bn: bn.into(), ..Names::default() };
    let place =
        Place { lgd: Lgd::new(2_829), name: names("Illambazar", "ইলামবাজার"), ..Place::default() };
    let district = District {
        lgd: Lgd::new(307),
        name: names("Birbhum", "বীরভূম"),
        places: vec![place],
        pins: vec![],
        aliases: String::new(),
    };
    let places = Places::of(&[district]);
    let here = Written { text: "নলকূপ", name: "Rahman", place: Some(2_829), ..Written::default() };
    let index = index(&[here, Written { text: "নলকূপ", ..Written::default() }]);
    let cell = staff(Role::OperationalAnalyst, Scope::State);
    let total = |words: &str| search(&index, words, &cell, &places).total;
    for words in ["Birbhum", "বীরভূম", "birbhoom", "বীরভূ"] {
        assert_eq!(total(words), 2, "{words}");
    }
    for words in ["Illambazar", "ইলামবাজার", "Ilambazar", "Rahman Illambazar নলকূপ", "Birbhum Illam"]
    {
        assert_eq!(total(words), 1, "{words}");
    }
    assert_eq!(total("Illambazar রাস্তা"), 0);
}
