//! What operators meet after an accident: refused starts, backups and restores, accepted losses; on real folders, by
//! the program's own functions.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use model::AttachmentId;
use model::Time;
use rusqlite::Connection;
use server::backup::{self, Manifest, Restore};
use server::published;
use server::state::App;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tests::{World, root};

fn now() -> Time {
    "2026-11-02T05:00:00Z".parse().expect("a moment")
}

fn public() -> PathBuf {
    root().join("public")
}

/// Starts on a folder; the message where it refuses.
async fn start(data: &Path) -> Result<App, String> {
    let config = || tests::config(data, None, Arc::new(now));
    loop {
        match App::open(config()).await.map_err(|error| format!("{error:#}")) {
            // The server that ran here a moment ago is still closing.
            Err(why) if why.contains("another pratikar works") => {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            opened => return opened,
        }
    }
}

/// A data folder after a short life, with its published heads; and its database of an hour before.
struct Past {
    folder: tempfile::TempDir,
}

impl Past {
    async fn new() -> Self {
        let world = World::apart().await;
        let folder = tempfile::tempdir().expect("a folder");
        let citizen = world.anon();
        let photo = citizen.upload(tests::photo()).await.json["id"].clone();
        for lodgings in 0..4 {
            let mut form = tests::form("9830012345");
            if lodgings == 0 {
                form["photos"] = serde_json::json!([photo]);
            }
            assert_eq!(citizen.lodge(&form).await.status, 201);
            if lodgings == 1 {
                server::published::publish(&world.app).await.expect("published");
                world.app.store.checkpoint(true).await.expect("one file");
                copy(world.data.path(), &folder.path().join("older"));
            }
        }
        server::published::publish(&world.app).await.expect("published");
        world.app.close().await;
        copy(world.data.path(), &folder.path().join("good"));
        Self { folder }
    }

    /// The file of the uploaded photo.
    fn photo(data: &Path) -> PathBuf {
        let entries = fs::read_dir(data.join("photos")).expect("photos").flatten().map(|entry| entry.path());
        let folders = entries.filter(|path| path.is_dir() && !path.ends_with("partial"));
        let mut files = folders.flat_map(|folder| fs::read_dir(folder).expect("a folder").flatten());
        files.next().expect("a photo").path()
    }

    /// A copy of the folder, to be damaged.
    fn data(&self, name: &str) -> PathBuf {
        let data = self.folder.path().join(name);
        copy(&self.folder.path().join("good"), &data);
        data
    }

    /// Replaces the database by the one of an hour before.
    fn set_back(&self, data: &Path) {
        fs::copy(self.folder.path().join("older/pratikar.db"), data.join("pratikar.db")).expect("an older database");
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

fn run(data: &Path, sql: &str) {
    let connection = Connection::open(data.join("pratikar.db")).expect("a database");
    connection.execute_batch(&format!("PRAGMA foreign_keys = OFF; {sql}")).expect("changed");
}

fn faults(data: &Path) -> Vec<String> {
    backup::verify(data, &public(), None).expect("an audit").faults
}

/// Removes the last entries of the ledger, as somebody would who wants to hide them.
const CUT: &str = "DROP TRIGGER event_is_not_deleted; DELETE FROM event WHERE seq > 2;
                   CREATE TRIGGER event_is_not_deleted BEFORE DELETE ON event BEGIN \
                   SELECT RAISE(ABORT, 'the ledger is append-only'); END;";

#[tokio::test]
async fn a_start_is_refused_where_it_would_hide_a_loss() {
    let past = Past::new().await;
    let other = Past::new().await;
    type Damage<'a> = &'a dyn Fn(&Path);
    let cases: [(&str, Damage<'_>, &[&str]); 9] = [
        (
            "restore-cut-off",
            &|data| {
                for name in ["pratikar.db", "heads.jsonl", "secret.key"] {
                    fs::remove_file(data.join(name)).expect("gone");
                }
                fs::write(data.join("pratikar.db.part"), b"half").expect("left");
            },
            &["pratikar.db.part of its system", "pratikar restore"],
        ),
        ("lost", &|data| fs::remove_file(data.join("pratikar.db")).expect("gone"), &["missing", "pratikar restore"]),
        ("empty", &|data| fs::write(data.join("pratikar.db"), b"").expect("cut"), &["empty", "pratikar restore"]),
        (
            "key-alone",
            &|data| {
                fs::remove_file(data.join("pratikar.db")).expect("gone");
                fs::remove_file(data.join("heads.jsonl")).expect("gone");
            },
            &["secret.key of its system", "pratikar restore"],
        ),
        ("set-back", &|data| past.set_back(data), &["its end is lost", "pratikar accept-loss"]),
        ("deleted", &|data| run(data, CUT), &["its end is lost", "entries were deleted", "pratikar restore"]),
        (
            "heads-of-another",
            &|data| drop(fs::copy(other.folder.path().join("good/heads.jsonl"), data.join("heads.jsonl"))),
            &["not signed by this system's key", "pratikar verify"],
        ),
        (
            "system-of-another",
            &|data| {
                for name in ["pratikar.db", "secret.key"] {
                    fs::copy(other.folder.path().join("good").join(name), data.join(name)).expect("copied");
                }
            },
            &["not signed by this system's key", "pratikar verify"],
        ),
        (
            "short-key",
            &|data| fs::write(data.join("secret.key"), b"short").expect("cut"),
            &["has not 32 bytes", "pratikar restore"],
        ),
    ];
    for (name, damage, words) in cases {
        let data = past.data(name);
        damage(&data);
        let why = start(&data).await.err().unwrap_or_else(|| panic!("{name}: it started"));
        for word in words {
            assert!(why.contains(word), "{name}: no \"{word}\" in: {why}");
        }
    }
    assert!(start(&past.data("whole")).await.is_ok());
}

#[tokio::test]
async fn a_guard_that_is_gone_is_told_and_put_back() {
    let past = Past::new().await;
    let data = past.data("guards");
    run(&data, "DROP TRIGGER record_is_not_changed; DROP INDEX grievance_by_holder;");
    assert_eq!(
        faults(&data),
        ["the index grievance_by_holder is missing", "the trigger record_is_not_changed is missing"]
    );
    drop(start(&data).await.expect("it starts"));
    assert_eq!(faults(&data), Vec::<String>::new());
    run(&data, "DELETE FROM fact WHERE name = 'secret'");
    assert_eq!(faults(&data), ["the database does not say which key is its own"]);
    let data = past.data("planted");
    run(&data, "CREATE TRIGGER quiet AFTER INSERT ON reading BEGIN SELECT 1; END");
    let why = start(&data).await.err().expect("refused");
    assert!(why.contains("the trigger quiet is none of ours") && why.contains("pratikar verify"), "{why}");
}

#[tokio::test]
async fn a_loss_is_accepted_once_it_is_one_and_stays_on_record() {
    let past = Past::new().await;
    let data = past.data("accepted");
    past.set_back(&data);
    assert_eq!(published::accept_loss(&data, now()).expect("accepted"), (2, 1));
    let app = start(&data).await.expect("it goes on");
    app.close().await;
    drop(app);
    assert_eq!(faults(&data), Vec::<String>::new());
    let connection = Connection::open(data.join("pratikar.db")).expect("a database");
    let sql = "SELECT subject FROM record WHERE seq = (SELECT max(seq) FROM record WHERE digest IS NULL)";
    assert_eq!(connection.query_row(sql, [], |row| row.get::<_, String>(0)).expect("a record"), "3..4");
    assert_eq!(published::accept_loss(&data, now()).expect("nothing more"), (2, 0));

    let data = past.data("cut");
    run(&data, CUT);
    let why = format!("{:#}", published::accept_loss(&data, now()).expect_err("no accident"));
    assert!(why.contains("entries were deleted") && why.contains("pratikar restore"), "{why}");

    let data = past.data("nothing-left");
    run(&data, &CUT.replace("seq > 2;", "seq > 0; DROP TRIGGER head_is_not_deleted; DELETE FROM ledger_head;"));
    let why = format!("{:#}", published::accept_loss(&data, now()).expect_err("nothing left"));
    assert!(why.contains("ends at entry 0") && why.contains("pratikar restore"), "{why}");
    assert!(data.join("heads.jsonl").exists());
}

#[tokio::test]
async fn a_loss_is_accepted_only_where_key_database_and_heads_belong_together() {
    let (past, other) = (Past::new().await, Past::new().await);
    let of_other = |name: &str, data: &Path| {
        fs::copy(other.folder.path().join("good").join(name), data.join(name)).expect("copied");
    };
    type Damage<'a> = &'a dyn Fn(&Path);
    let cases: [(&str, Damage<'_>, &str); 4] = [
        ("no-key", &|data| fs::remove_file(data.join("secret.key")).expect("gone"), "secret.key is missing"),
        ("another-key", &|data| of_other("secret.key", data), "is not the key of"),
        ("another-database", &|data| of_other("pratikar.db", data), "is not the key of"),
        ("other-heads", &|data| of_other("heads.jsonl", data), "is of another system"),
    ];
    for (name, damage, words) in cases {
        let data = past.data(name);
        past.set_back(&data);
        damage(&data);
        let before = fs::read(data.join("heads.jsonl")).expect("heads");
        let why = format!("{:#}", published::accept_loss(&data, now()).expect_err(name));
        assert!(why.contains(words), "{name}: {why}");
        assert_eq!(fs::read(data.join("heads.jsonl")).expect("heads"), before, "{name}");
    }
    // Heads of another system are not ignored even where nothing is lost.
    let data = past.data("whole-with-other-heads");
    of_other("heads.jsonl", &data);
    assert!(published::accept_loss(&data, now()).is_err());
}

#[tokio::test]
async fn a_database_that_is_none_any_more_is_called_damaged() {
    let past = Past::new().await;
    let cut = |data: &Path| {
        let file = data.join("pratikar.db");
        let bytes = fs::read(&file).expect("a database");
        fs::write(&file, &bytes[..bytes.len() / 2]).expect("cut");
    };
    let overwritten = |data: &Path| fs::write(data.join("pratikar.db"), [b'x'; 9_000]).expect("overwritten");
    let emptied = |data: &Path| {
        fs::remove_file(data.join("pratikar.db")).expect("gone");
        Connection::open(data.join("pratikar.db")).and_then(|new| new.execute_batch("VACUUM")).expect("a new one");
    };
    let unreadable =
        |data: &Path| run(data, "DROP TRIGGER event_is_not_changed; UPDATE event SET packed = x'05' WHERE seq = 2");
    let (from, _) = made(&past, &past.data("source"));
    type Damage<'a> = &'a dyn Fn(&Path);
    let cases: [(&str, Damage<'_>); 4] =
        [("cut", &cut), ("overwritten", &overwritten), ("emptied", &emptied), ("unreadable", &unreadable)];
    for (name, damage) in cases {
        let data = past.data(name);
        damage(&data);
        let mut told = vec![
            backup::verify(&data, &public(), None).map(|audit| audit.faults).map_err(|error| format!("{error:#}")),
        ];
        // These two cannot be read at all.
        if name != "unreadable" {
            told.push(published::accept_loss(&data, now()).map(|_| Vec::new()).map_err(|error| format!("{error:#}")));
        }
        if name == "cut" || name == "overwritten" {
            told.push(start(&data).await.map(|_| Vec::new()));
        }
        for told in told {
            let said = told.map_or_else(|why| why, |faults| faults.join(", "));
            assert!(said.contains("damaged"), "{name}: {said}");
        }
        let damaged = past.folder.path().join("damaged").join(name);
        copy(&from, &damaged);
        fs::copy(from.with_extension("key"), damaged.with_extension("key")).expect("a key");
        damage(&damaged);
        let into = past.folder.path().join("into").join(name);
        let why = put_back(&damaged, &into, false).expect_err(name);
        assert!(why.contains("nothing was put in place"), "{name}: {why}");
        assert!(!into.join("pratikar.db").exists() && !into.join("pratikar.db.part").exists(), "{name}");
    }
    // Rules that cannot be read are one fault among others, and `--anyway` accepts it.
    fs::write(from.join("rules.json"), b"{\"cut").expect("cut");
    let into = past.folder.path().join("into/rules");
    let why = put_back(&from, &into, false).expect_err("cut rules");
    assert!(why.contains("rules.json cannot be read"), "{why}");
    assert_eq!(put_back(&from, &into, true).expect("as it is").len(), 1);
    drop(start(&into).await.expect("it serves"));
}

#[tokio::test]
async fn what_an_older_backup_does_not_reach_is_told() {
    let past = Past::new().await;
    let older = past.folder.path().join("older");
    let to = past.folder.path().join("backups");
    let (from, _) = backup::make(&older, &public(), &to, now(), false).expect("a backup");
    let data = past.data("in-earnest");
    let lost = || {
        for name in ["pratikar.db", "pratikar.db-wal", "pratikar.db-shm"] {
            let _ = fs::remove_file(data.join(name));
        }
    };
    lost();
    let public_folder = public();
    let restore = || Restore { from: &from, key: None, data: &data, public: &public_folder, anyway: false };
    let (reach, heads) = backup::restore(restore()).expect("restored").beyond.expect("something is missing");
    assert_eq!(reach, 4);
    let told = backup::verify(&data, &public(), Some(&heads)).expect("an audit").faults.join(", ");
    assert!(told.contains("the head of entry 4 was published"), "{told}");
    // Again, with what the first attempt left: it is still missing.
    lost();
    assert_eq!(backup::restore(restore()).expect("restored").beyond.expect("still missing").0, 4);
    assert_eq!(
        fs::read_dir(&data)
            .expect("a folder")
            .flatten()
            .filter(|entry| { entry.file_name().to_string_lossy().starts_with("heads-before-") })
            .count(),
        2,
        "none takes the place of another"
    );
}

#[tokio::test]
async fn a_line_of_published_heads_that_cannot_be_read_is_no_missing_line() {
    let past = Past::new().await;
    for (name, garbled) in [("letter", "\"hash\":\"Z"), ("cut", "{\"seq\":4,\"ha"), ("nul", "\0\0\0")] {
        let data = past.data(name);
        past.set_back(&data);
        let file = data.join("heads.jsonl");
        let text = fs::read_to_string(&file).expect("heads");
        let (kept, last) = text.trim_end().rsplit_once('\n').expect("two heads");
        let spoiled = if name == "letter" { last.replace("\"hash\":\"", garbled) } else { garbled.to_owned() };
        fs::write(&file, format!("{kept}\n{spoiled}\n")).expect("spoiled");
        let before = fs::read(&file).expect("heads");
        let said = "cannot be read";
        assert!(faults(&data).iter().any(|fault| fault.contains(said)), "{name}: {:?}", faults(&data));
        let why = start(&data).await.err().unwrap_or_else(|| panic!("{name}: it started"));
        assert!(why.contains(said) && why.contains("line 2"), "{name}: {why}");
        let why = format!("{:#}", published::accept_loss(&data, now()).expect_err(name));
        assert!(why.contains(said), "{name}: {why}");
        assert_eq!(fs::read(&file).expect("heads"), before, "{name}: proof was changed");
    }
    // A crash tears the last line, and the head is written again after it.
    let data = past.data("torn");
    let file = data.join("heads.jsonl");
    let text = fs::read_to_string(&file).expect("heads");
    fs::write(&file, &text[..text.len() - 40]).expect("torn");
    drop(start(&data).await.expect("it starts"));
    let whole = fs::read_to_string(&file).expect("heads");
    fs::write(&file, format!("{}\n{}\n", &text[..text.len() - 40], text.trim_end().rsplit_once('\n').expect("two").1))
        .expect("mended");
    drop(start(&data).await.unwrap_or_else(|why| panic!("{why}: {whole}")));
}

#[tokio::test]
async fn nothing_lives_in_a_backup() {
    let past = Past::new().await;
    let (from, _) = made(&past, &past.data("source"));
    for data in [from.clone(), from.join("data"), from.join("photos/../deep/data")] {
        let why = put_back(&from, &data, false).expect_err("in a backup");
        assert!(why.contains("lies in the backup"), "{why}");
    }
    let why = start(&from).await.err().expect("refused");
    assert!(why.contains("lies in the backup"), "{why}");
}

#[tokio::test]
async fn a_backup_without_its_papers_can_be_put_in_place_anyway() {
    let past = Past::new().await;
    let (from, _) = made(&past, &past.data("source"));
    for name in ["manifest.json", "heads.jsonl"] {
        let damaged = past.folder.path().join("damaged").join(name);
        copy(&from, &damaged);
        fs::copy(from.with_extension("key"), past.folder.path().join("damaged.key")).expect("a key");
        fs::remove_file(damaged.join(name)).expect("gone");
        let into = past.folder.path().join("into").join(name);
        let key = past.folder.path().join("damaged.key");
        let (public, restore) = (public(), |anyway| (anyway, into.clone()));
        let put = |(anyway, data): (bool, PathBuf)| {
            let restore = Restore { from: &damaged, key: Some(&key), data: &data, public: &public, anyway };
            backup::restore(restore).map_err(|error| format!("{error:#}"))
        };
        let why = put(restore(false)).expect_err(name);
        assert!(why.contains("nothing was put in place"), "{name}: {why}");
        let told = put(restore(true)).unwrap_or_else(|why| panic!("{name}: {why}")).audit.faults;
        assert!(!told.is_empty(), "{name}");
        drop(start(&into).await.expect("it serves"));
        assert_eq!(faults(&into), Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_restored_copy_leaves_the_backups_of_the_real_one_alone() {
    let past = Past::new().await;
    let to = past.folder.path().join("backups");
    let at = |hour: i64| now() + chrono::Duration::hours(hour);
    let real = past.data("real");
    // Both have served; an hour passes between two backups.
    drop(start(&real).await.expect("it serves"));
    let (from, _) = backup::make(&real, &public(), &to, at(0), true).expect("a backup");
    let drill = past.folder.path().join("drill");
    assert_eq!(put_back(&from, &drill, false), Ok(vec![]));
    let of_drill = backup::make(&drill, &public(), &to, at(1), true).expect("a backup").0;
    backup::forget_old(&drill, &to, 1).expect("deleted");
    assert!(from.exists(), "the drill deleted what is not its own");
    let newer = backup::make(&real, &public(), &to, at(2), true).expect("a backup").0;
    backup::forget_old(&real, &to, 1).expect("deleted");
    assert!(of_drill.exists() && newer.exists() && !from.exists());
}

fn made(past: &Past, data: &Path) -> (PathBuf, Manifest) {
    let to = past.folder.path().join("backups-of").join(data.file_name().expect("a name"));
    backup::make(data, &public(), &to, now(), false).expect("a backup")
}

fn put_back(from: &Path, data: &Path, anyway: bool) -> Result<Vec<String>, String> {
    let restore = Restore { from, key: None, data, public: &public(), anyway };
    backup::restore(restore).map(|restored| restored.audit.faults).map_err(|error| format!("{error:#}"))
}

#[tokio::test]
async fn a_backup_that_is_not_what_it_says_is_not_put_in_place() {
    let past = Past::new().await;
    let (from, manifest) = made(&past, &past.data("source"));
    assert_eq!((manifest.entries, manifest.cases, manifest.attachments), (4, 4, 1));
    let whole = past.folder.path().join("restored");
    assert_eq!(put_back(&from, &whole, false), Ok(vec![]));
    drop(start(&whole).await.expect("it serves"));

    let less = serde_json::to_vec(&Manifest { entries: 3, ..manifest.clone() }).expect("JSON");
    type Damage<'a> = &'a dyn Fn(&Path);
    let cases: [(&str, Damage<'_>, &str); 5] = [
        ("manifest", &|from| fs::write(from.join("manifest.json"), &less).expect("written"), "speaks of 3 entries"),
        ("altered", &|from| run(from, "UPDATE grievance SET stage = 7"), "stage of case"),
        ("photo", &|from| fs::write(Past::photo(from), b"another").expect("written"), "the file of attachment"),
        ("set-back", &|from| past.set_back(from), "was published"),
        (
            "heads-cut",
            &|from| fs::write(from.join("heads.jsonl"), b"").expect("written"),
            "is in the store and not in the file",
        ),
    ];
    for (name, damage, words) in cases {
        let damaged = past.folder.path().join("damaged").join(name);
        copy(&from, &damaged);
        fs::copy(from.with_extension("key"), damaged.with_extension("key")).expect("a key");
        damage(&damaged);
        let data = past.folder.path().join("into").join(name);
        let why = put_back(&damaged, &data, false).expect_err(name);
        assert!(why.contains(words) && why.contains("--anyway"), "{name}: {why}");
        assert!(!data.join("pratikar.db").exists() && !data.join("heads.jsonl").exists(), "{name}: put in place");
        let told = put_back(&damaged, &data, true).expect("put in place as it is");
        assert!(
            told.iter().any(|fault| fault.contains(words)) && data.join("pratikar.db").exists(),
            "{name}: {told:?}"
        );
    }

    let damaged = past.folder.path().join("damaged/half");
    copy(&from, &damaged);
    fs::copy(from.with_extension("key"), damaged.with_extension("key")).expect("a key");
    fs::remove_file(damaged.join("pratikar.db")).expect("lost");
    let data = past.folder.path().join("into/half");
    let why = put_back(&damaged, &data, true).expect_err("no database");
    assert!(why.contains("damaged/half/pratikar.db") && why.contains("No such file"), "{why}");
    assert!(!data.join("pratikar.db.part").exists());

    let none = past.folder.path().join("none");
    let why = put_back(&past.folder.path().join("good"), &none, false).expect_err("no backup");
    assert!(why.contains("is no backup"), "{why}");
    let other = Past::new().await;
    fs::copy(other.folder.path().join("good/secret.key"), from.with_extension("key")).expect("copied");
    let why = put_back(&from, &none, false).expect_err("another key");
    assert!(why.contains("the key is not that of"), "{why}");
    assert!(!none.exists());
}

#[tokio::test]
async fn a_photo_that_is_lost_costs_that_photo_alone() {
    let past = Past::new().await;
    let data = past.data("source");
    let photo = Past::photo(&data);
    fs::remove_file(&photo).expect("lost");
    let (from, manifest) = made(&past, &data);
    let name = photo.file_stem().expect("a name").to_string_lossy();
    assert_eq!(manifest.missing, [AttachmentId::from(&*name)]);
    assert_eq!(manifest.lost, manifest.missing);
    let restored = past.folder.path().join("restored");
    assert_eq!(put_back(&from, &restored, false), Ok(vec![]));
    let told = faults(&restored);
    assert!(matches!(told.as_slice(), [fault] if fault.starts_with("the file of attachment")), "{told:?}");
    // A file that the backup itself has lost was promised by its manifest.
    let (from, _) = made(&past, &past.data("later"));
    fs::remove_file(Past::photo(&from)).expect("lost");
    assert!(put_back(&from, &past.folder.path().join("again"), false).is_err());
}

#[tokio::test]
async fn only_what_the_schedule_made_is_deleted() {
    let (past, other) = (Past::new().await, Past::new().await);
    let to = past.folder.path().join("backups");
    let at = |hour: i64| now() + chrono::Duration::hours(hour);
    let (ours, theirs) = (past.data("ours"), other.data("theirs"));
    let by_hand = backup::make(&ours, &public(), &to, at(0), false).expect("a backup").0;
    let foreign = backup::make(&theirs, &public(), &to, at(1), true).expect("a backup").0;
    let old = backup::make(&ours, &public(), &to, at(2), true).expect("a backup").0;
    let new = backup::make(&ours, &public(), &to, at(3), true).expect("a backup").0;
    let unfinished = to.join("20261102T000000000Z-0badcafe.part");
    fs::create_dir(&unfinished).expect("another system's");
    // Copies that somebody keeps under other names are neither counted nor deleted.
    for name in ["keepme", "20991231T000000000Z"] {
        copy(&new, &to.join(name));
    }
    backup::forget_old(&ours, &to, 1).expect("deleted");
    assert!(to.join("keepme").exists() && to.join("20991231T000000000Z").exists());
    for kept in [&by_hand, &foreign, &new] {
        assert!(kept.exists() && kept.with_extension("key").exists(), "{}", kept.display());
    }
    assert!(!old.exists() && !old.with_extension("key").exists());
    backup::make(&ours, &public(), &to, at(4), true).expect("a backup");
    assert!(unfinished.exists());
}

#[tokio::test]
async fn backups_lie_apart_from_the_data() {
    let past = Past::new().await;
    let data = past.data("data");
    let link = past.folder.path().join("link");
    std::os::unix::fs::symlink(&data, &link).expect("a link");
    for to in [data.clone(), data.join("backups"), data.join("photos/../new/deep"), link.join("backups")] {
        let why = format!("{:#}", backup::make(&data, &public(), &to, now(), false).expect_err("within"));
        assert!(why.contains("lies within the data folder"), "{}: {why}", to.display());
    }
    assert!(backup::lies_apart(&data, &past.folder.path().join("data-backups")).is_ok());
}

/// Only root can give files away; for others this shows only that files stay their own.
#[tokio::test]
async fn what_root_restores_belongs_to_the_owner_of_the_folder() {
    use std::os::unix::fs::{MetadataExt, chown};
    let past = Past::new().await;
    let (from, _) = made(&past, &past.data("source"));
    let data = past.folder.path().join("restored");
    fs::create_dir(&data).expect("a folder");
    let owner =
        if chown(&data, Some(65_534), Some(65_534)).is_ok() { 65_534 } else { fs::metadata(&data).unwrap().uid() };
    assert_eq!(put_back(&from, &data, false), Ok(vec![]));
    for path in [data.clone(), data.join("pratikar.db"), data.join("secret.key"), Past::photo(&data)] {
        assert_eq!(fs::metadata(&path).expect("a file").uid(), owner, "{}", path.display());
    }
}
