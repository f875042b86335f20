//! P11: the search, on cases that `pratikar-seed` has written. Makes the index, then measures top 20 for one to three words
//! of random cases, and compares what is found with a plain scan of all texts. `scripts/bench` runs it beside PostgreSQL's
//! full-text search on the same texts; it is not a test.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_precision_loss
)]

use fastrand::Rng;
use model::text::search_key;
use model::wire::{SEARCH_ROWS, SEARCH_TOTAL, SearchRequest as Wanted};
use model::{Actor, Reference, Role, Scope, StaffId};
use server::app::search;
use server::clock::Guarded;
use server::decoder::Decoder;
use server::feed::search::FOLDER;
use server::state::{App, Config};
use server::store::CasePages;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Searches of each kind.
const OF_EACH: usize = 40;
/// Words that are compared with a plain scan.
const SCANNED: usize = 50;

/// A search and its kind.
struct Asked {
    kind: &'static str,
    words: String,
}

async fn open_app(data: &Path) -> App {
    let guarded = Guarded::of_machine();
    let config = Config {
        database: None,
        data: data.to_owned(),
        attachments: data.to_owned().into(),
        public: tests::root().join("public"),
        dist: None,
        demo: false,
        reserve: 0,
        limited: false,
        worker: false,
        behind_proxy: false,
        clock: std::sync::Arc::new(move || guarded.read().0),
        guarded: None,
        trust_clock: true,
        backup: None,
        gateway: None,
        mailer: None,
        sms_token: None,
        exchange: None,
        exchange_token: None,
        decoder: Decoder::InProcess,
    };
    App::open(config).await.expect("a store")
}

fn wanted(words: &str) -> Wanted {
    Wanted { words: words.to_owned(), ..Wanted::default() }
}

/// Every case with the key of its name, text and landmark.
async fn texts(app: &App) -> Vec<(Reference, String)> {
    let (mut all, mut pages) = (Vec::new(), CasePages::new(app.store.as_ref()));
    while let Some(page) = pages.next().await.expect("cases") {
        let references: Vec<Reference> = page.iter().map(|changed| changed.case.reference).collect();
        for found in app.store.searchable(&references).await.expect("words") {
            all.push((found.reference, search_key(&format!("{} {} {}", found.name, found.text, found.landmark))));
        }
    }
    all
}

/// Searches for one to three words of random cases: Bengali, English, and both.
fn asked(texts: &[(Reference, String)], rng: &mut Rng) -> Vec<Asked> {
    let is_latin = |word: &str| word.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_bengali = |word: &str| word.chars().all(|c| ('\u{0980}'..'\u{0A00}').contains(&c));
    let mut made: BTreeMap<&str, Vec<Asked>> = BTreeMap::new();
    for _ in 0..1_000_000 {
        let (_, key) = &texts[rng.usize(..texts.len())];
        let count = rng.usize(1..=3);
        let words: Vec<&str> = key.split(' ').filter(|word| word.chars().count() >= 3).collect();
        if words.len() < 3 {
            continue;
        }
        let mut chosen: Vec<&str> = (0..count).map(|_| words[rng.usize(..words.len())]).collect();
        chosen.dedup();
        let (latin, bengali) = (chosen.iter().any(|word| is_latin(word)), chosen.iter().any(|word| is_bengali(word)));
        let kind = match (chosen.len(), latin, bengali) {
            (1, true, false) => "1 English",
            (1, false, true) => "1 Bengali",
            (2, true, false) => "2 English",
            (2, false, true) => "2 Bengali",
            (3, true, false) => "3 English",
            (3, false, true) => "3 Bengali",
            (_, true, true) => "mixed",
            _ => continue,
        };
        let of_kind = made.entry(kind).or_default();
        if of_kind.len() < OF_EACH {
            of_kind.push(Asked { kind, words: chosen.join(" ") });
        }
        if made.len() == 7 && made.values().all(|of_kind| of_kind.len() == OF_EACH) {
            break;
        }
    }
    made.into_values().flatten().collect()
}

/// Share of the cases with a word, as a plain scan finds them, that the search finds; 0 to 1.
async fn recall(app: &App, reader: &Actor, texts: &[(Reference, String)], rng: &mut Rng) -> f64 {
    let (mut expected, mut found, mut scanned) = (0_usize, 0_usize, 0);
    while scanned < SCANNED {
        let words: Vec<&str> = texts[rng.usize(..texts.len())].1.split(' ').collect();
        let word = words[rng.usize(..words.len())];
        let having = texts.iter().filter(|(_, key)| key.split(' ').any(|other| other == word));
        let having: BTreeSet<Reference> = having.map(|(reference, _)| *reference).collect();
        // What is beyond the last page cannot be compared. A word that names nothing is left out.
        if having.is_empty() || having.len() > SEARCH_TOTAL as usize / 2 {
            continue;
        }
        scanned += 1;
        let places = app.facts.places();
        let all = (0, texts.len());
        let hits =
            app.search.find(wanted(word), reader.clone(), places, all, 0, |_| true).await.expect("an index").hits;
        expected += having.len();
        found += hits.iter().filter(|hit| having.contains(&hit.reference)).count();
    }
    found as f64 / expected as f64
}

fn bytes(folder: &Path) -> u64 {
    let files = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry"));
    files.map(|file| file.metadata().expect("metadata").len()).sum()
}

/// `search DATA OUT`: writes `OUT/texts.tsv` and `OUT/asked.tsv` for the reference; prints median, 95th and 99th percentile
/// in milliseconds, recall, seconds in which the index was made, and its bytes for each case.
#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1).map(PathBuf::from);
    let (data, out) = (arguments.next().expect("a data folder"), arguments.next().expect("a folder"));
    let app = open_app(&data).await;
    let reader = Actor::of_staff(StaffId::new(1), Role::OperationalAnalyst, Scope::State);
    let head = app.store.head().await.expect("a head").seq;
    let began = Instant::now();
    let made = async || {
        let places = app.facts.places();
        app.search.find(wanted(""), reader.clone(), places, (0, SEARCH_ROWS), head, |_| true).await
    };
    while made().await.is_err() {}
    let seconds = began.elapsed().as_secs_f64();
    let mut rng = Rng::with_seed(11);
    let texts = texts(&app).await;
    let asked = asked(&texts, &mut rng);
    let file = |name: &str| std::io::BufWriter::new(std::fs::File::create(out.join(name)).expect("a file"));
    let mut written = file("texts.tsv");
    for (reference, key) in &texts {
        writeln!(written, "{}\t{key}", reference.as_u64()).expect("written");
    }
    written.flush().expect("written");
    let mut written = file("asked.tsv");
    for one in &asked {
        writeln!(written, "{}\t{}", one.kind, one.words).expect("written");
    }
    written.flush().expect("written");
    let mut times = Vec::new();
    // The first round warms up.
    for round in 0..3 {
        for one in &asked {
            let started = Instant::now();
            let page = search::page(&app, &reader, wanted(&one.words), app.now()).await;
            let elapsed = started.elapsed();
            let page = page.unwrap_or_else(|failure| panic!("{:?}", failure.0));
            assert!(page.total > 0, "{} {}: nothing", one.kind, one.words);
            if round > 0 {
                times.push(elapsed);
            }
        }
    }
    times.sort();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)].as_secs_f64() * 1000.0;
    let recall = recall(&app, &reader, &texts, &mut rng).await;
    let each = bytes(&data.join(FOLDER)) as f64 / texts.len() as f64;
    println!("{:.2} {:.2} {:.2} {recall:.4} {seconds:.1} {each:.0}", at(50), at(95), at(99));
}
