//! P12: likely duplicates while lodging. Writes open grievances of known causes into a server, asks for each cause
//! again in other words, script or spelling, and measures how often the right ones are offered and how long it takes.
//! `scripts/bench` runs it beside PostgreSQL's pg_trgm on the same texts; it is not a test.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_precision_loss
)]

use fastrand::Rng;
use model::likeness;
use model::{CategoryCode, Lgd};
use serde_json::json;
use server::app::duplicate::{Asked, alike};
use server::clock::Guarded;
use server::decoder::Decoder;
use server::state::{App, Config};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Hamlets of a block, each with a trouble of its own.
const HAMLETS: usize = 20;
/// People who have lodged the same cause.
const PEOPLE: usize = 5;
/// Blocks.
const BLOCKS: usize = 10;
/// Categories.
const CATEGORIES: usize = 10;
/// How often each cause is asked for.
const ASKED: usize = 1;

/// A grievance and its cause.
struct Made {
    district: Lgd,
    place: Lgd,
    category: CategoryCode,
    /// The same for grievances of the same block, category and hamlet.
    cause: usize,
    text: String,
}

fn table(path: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(tests::root().join(path)).expect("a table");
    text.lines().skip(1).map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

/// The first word of a name, without numbers.
fn plain(name: &str) -> String {
    name.split(['-', ' ', '–']).next().unwrap_or_default().to_owned()
}

/// A typing error in about one text of three.
fn slip(text: &str, rng: &mut Rng) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    for _ in 0..rng.usize(0..3) {
        let at = rng.usize(0..letters.len());
        match rng.u8(0..3) {
            0 => drop(letters.remove(at)),
            1 => letters.insert(at, letters[at]),
            _ if at > 0 => letters.swap(at, at - 1),
            _ => {}
        }
    }
    letters.into_iter().collect()
}

/// Open grievances and, for each cause, questions with the same meaning.
fn make() -> (Vec<Made>, Vec<Made>) {
    let mut rng = Rng::with_seed(12);
    let places = table("public/reference/places.tsv");
    let blocks: Vec<&Vec<String>> = places.iter().filter(|row| row[1] == "block").collect();
    // Hamlets must not sound alike: no text tells two hamlets of one name apart.
    let mut heard = std::collections::BTreeSet::new();
    let named = blocks.iter().map(|row| (plain(&row[2]), plain(&row[3])));
    let hamlets: Vec<(String, String)> = named
        .filter(|(latin, _)| likeness::skeleton(latin).len() > 2 && heard.insert(likeness::skeleton(latin)))
        .collect();
    let mut wordings: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for row in table("src/seed/texts.tsv") {
        // Bengali, Bengali in Latin letters, English and Hindi are what nearly everybody writes.
        if ["bn", "bn-Latn", "hi"].contains(&row[1].as_str()) {
            wordings.entry(row[0].clone()).or_default().push((row[1].clone(), row[3].clone()));
        }
    }
    let categories: Vec<_> = wordings
        .iter()
        .filter(|(code, texts)| {
            texts.len() > 3 && ["roads", "water", "power", "sanitation"].iter().any(|group| code.starts_with(group))
        })
        .take(CATEGORIES)
        .collect();
    let (mut open, mut asked) = (Vec::new(), Vec::new());
    for block in blocks.iter().step_by(17).take(BLOCKS) {
        for (category, texts) in &categories {
            for _ in 0..HAMLETS {
                let cause = (open.len() / PEOPLE) + 1;
                let (latin, bengali) = &hamlets[(cause * 7) % hamlets.len()];
                let mut say = || {
                    let (language, text) = &texts[rng.usize(0..texts.len())];
                    let name = if language == "bn" { bengali } else { latin };
                    let text = text.replace("{place}", name).replace("{months}", &rng.u8(2..9).to_string());
                    let text = slip(&text.replace("{n}", &rng.u8(10..60).to_string()), &mut rng);
                    Made {
                        district: block[4].parse().expect("a code"),
                        place: block[0].parse().expect("a code"),
                        category: category.as_str().into(),
                        cause,
                        text,
                    }
                };
                open.extend((0..PEOPLE).map(|_| say()));
                asked.extend((0..ASKED).map(|_| say()));
            }
        }
    }
    (open, asked)
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

/// `duplicates FOLDER`: writes `FOLDER/open.tsv` and `FOLDER/asked.tsv` for the reference, prints median and 99th percentile in
/// milliseconds, recall and precision.
#[tokio::main]
async fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).expect("a folder"));
    let (open, asked) = make();
    for (name, all) in [("open", &open), ("asked", &asked)] {
        let mut file =
            std::io::BufWriter::new(std::fs::File::create(folder.join(format!("{name}.tsv"))).expect("a file"));
        for one in all {
            writeln!(file, "{}\t{}\t{}\t{}\t{}", one.district, one.place, one.category, one.cause, one.text)
                .expect("written");
        }
    }
    let app = open_app(&folder.join("data")).await;
    let mut causes = BTreeMap::new();
    for (index, one) in open.iter().enumerate() {
        let mobile = format!("98{index:08}");
        let form = serde_json::from_value(json!({
            "text": one.text, "category": one.category, "district": one.district, "place": one.place,
            "name": "রহিমা বিবি", "mobile": mobile, "language": "bn",
        }))
        .expect("a form");
        let sender = server::app::lodge::Sender {
            staff: None,
            proved: None,
            address: [0; 32],
            channel: model::lifecycle::Channel::Web,
        };
        let lodged = server::app::lodge::lodge(&app, &form, sender, None, app.now()).await;
        let receipt = match lodged.unwrap_or_else(|failure| panic!("{:?}", failure.0)) {
            server::app::Once::Done(receipt) => receipt,
            server::app::Once::Before(answer) => panic!("lodged before: {answer}"),
        };
        causes.insert(receipt.reference, one.cause);
    }
    let (mut times, mut found, mut offered, mut right) = (Vec::new(), 0u32, 0u32, 0u32);
    for one in &asked {
        let question = Asked {
            category: &one.category,
            district: one.district,
            place: Some(one.place),
            words: one.text.clone(),
            except: None,
        };
        let started = Instant::now();
        let duplicates = alike(&app, &question).await.expect("duplicates");
        times.push(started.elapsed());
        let good = duplicates.iter().filter(|(case, _)| causes.get(&case.reference) == Some(&one.cause)).count();
        found += u32::from(good > 0);
        right += u32::try_from(good).expect("three at most");
        offered += u32::try_from(duplicates.len()).expect("three at most");
    }
    times.sort();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)].as_secs_f64() * 1000.0;
    println!(
        "{:.2} {:.2} {:.3} {:.3}",
        at(50),
        at(99),
        f64::from(found) / asked.len() as f64,
        f64::from(right) / f64::from(offered.max(1))
    );
}
