//! What is administered at the command line, where no server runs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use tests::{World, root};

/// A data folder with the demo's offices and accounts, which no program uses.
async fn folder() -> tempfile::TempDir {
    let World { app, router, data, .. } = World::new().await;
    app.close().await;
    drop((app, router));
    data
}

/// Runs a command with something on its standard input; answers whether it went well, and what it said.
fn run(data: &Path, args: &[&str], input: &str) -> (bool, String) {
    let mut child = Command::new(tests::program())
        .arg("--data")
        .arg(data)
        .arg("--public")
        .arg(root().join("public"))
        .args(args)
        // As a service manager sets what stands empty in its file: it counts as none.
        .env("DATABASE_URL", "")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a child");
    child.stdin.take().expect("its input").write_all(input.as_bytes()).expect("written");
    let output = child.wait_with_output().expect("an end");
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    (output.status.success(), said.join("\n"))
}

#[tokio::test]
async fn an_account_gets_another_reach_and_none_that_there_is_not() {
    let data = folder().await;
    let account = |args: &[&str]| run(data.path(), &[&["account"], args].concat(), "a password of the tests\n");
    let (done, said) = account(&["add", "new.one", "nodal_officer", "A. Sen", "--department", "PHE"]);
    assert!(done && said.contains("new.one can sign in as nodal_officer"), "{said}");
    assert!(!account(&["add", "New.One", "auditor", "B. Roy"]).0, "the name is taken");
    // Another department; then a role whose reach stays; then one that has none.
    assert!(account(&["role", "new.one", "nodal_officer", "--department", "PRD"]).0);
    let actor = async || {
        let store = server::store::Place::of(data.path(), None).open().expect("a store");
        store.account("new.one").await.expect("read").expect("an account").actor
    };
    assert_eq!(actor().await.scope, model::Scope::Department("PRD".into()));
    assert!(account(&["role", "new.one", "nodal_officer"]).0);
    assert_eq!(actor().await.scope, model::Scope::Department("PRD".into()));
    assert!(account(&["role", "new.one", "field_validator", "--district", "307"]).0);
    assert_eq!(actor().await.scope, model::Scope::District(model::Lgd::new(307)));
    assert!(account(&["role", "new.one", "auditor"]).0);
    for (args, says) in [
        (&["role", "new.one", "nodal_officer", "--department", "NONE"][..], "no department NONE"),
        (&["role", "new.one", "office_officer", "--office", "999999"], "no open office 999999"),
        (&["role", "new.one", "field_validator", "--district", "1"], "no district 1"),
        (&["role", "new.one", "nodal_officer"], "say which"),
        (&["role", "new.one", "citizen"], "no role of an account"),
        (&["role", "new.one", "wizard"], "no role wizard"),
        (&["role", "nobody", "auditor"], "nobody signs in as nobody"),
    ] {
        let (done, said) = account(args);
        assert!(!done && said.contains(says), "{args:?}: {said}");
    }
    assert_eq!(actor().await.scope, model::Scope::State);
}

#[tokio::test]
async fn offices_and_tables_are_tried_changed_and_taken_back() {
    let data = folder().await;
    let run = |args: &[&str]| run(data.path(), args, "");
    let table = data.path().join("rules.json");
    std::fs::write(&table, r#"{"remind_days": 9}"#).expect("written");
    let table = table.display().to_string();
    let import = ["settings", "import", "rules.json", &table, "--why", "order 1"];
    let (done, said) = run(&[&import[..], &["--dry-run"]].concat());
    assert!(done && said.contains("+ {\"remind_days\": 9}") && said.contains("0 open cases"), "{said}");
    assert!(run(&["settings", "history"]).1.trim().is_empty(), "nothing was changed");
    let (done, said) = run(&import);
    assert!(done && said.contains("change 1 holds"), "{said}");
    let (done, said) =
        run(&["office", "add", "PHE", "New office", "নতুন অফিস", "--district", "307", "--why", "order 2"]);
    assert!(done && said.contains("change 2 holds"), "{said}");
    let number = said.lines().find_map(|line| line.strip_prefix("office ")).expect("its number").to_owned();
    let (done, said) = run(&["office", "close", &number, "--why", "order 3"]);
    assert!(done, "{said}");
    let line = format!("{number}\tPHE\t307\tNew office\tনতুন অফিস\tyes\n");
    assert!(run(&["settings", "show", "offices.tsv"]).1.contains(&line));
    let (done, said) = run(&["settings", "undo", "2", "--why", "a mistake"]);
    assert!(!done && said.contains("change 3 is a later one"), "{said}");
    assert!(run(&["settings", "undo", "3", "--why", "a mistake"]).0);
    let (done, said) = run(&["settings", "history"]);
    assert!(done && said.contains("takes back 3") && said.lines().count() >= 4, "{said}");
    assert!(run(&["verify"]).0);
}

#[tokio::test]
async fn a_past_is_made_up_only_where_nobody_works() {
    let data = folder().await;
    let public = root().join("public");
    let refused = seed::write(data.path(), &public, None, 3, 1).await.expect_err("there are accounts");
    assert!(refused.to_string().contains("not made up"), "{refused:#}");
    let store = server::store::Place::of(data.path(), None).open().expect("a store");
    assert_eq!(store.head().await.expect("a head").seq, 0, "nothing was written");
    // One that it has made itself can grow.
    let own = tempfile::tempdir().expect("a folder");
    seed::write(own.path(), &public, None, 3, 1).await.expect("a past");
    seed::write(own.path(), &public, None, 2, 2).await.expect("more of it");
}

#[tokio::test]
async fn a_move_takes_neither_another_kind_of_database_nor_one_at_work() {
    let data = folder().await;
    let from = data.path().to_str().expect("a path");
    let there = tempfile::tempdir().expect("a folder");
    let target = there.path().join("moved");
    let go = |from: &str, to: &str| run(data.path(), &["move", "--from", from, "--to", to], "");
    let (done, said) = go(from, "mysql://x/y");
    assert!(!done && said.contains("mysql:// is no database for this") && !Path::new("mysql:").exists(), "{said}");
    let missing = there.path().join("nowhere");
    let (done, said) = go(missing.to_str().expect("a path"), target.to_str().expect("a path"));
    assert!(!done && said.contains("no database") && !missing.exists(), "{said}");
    // A node that has just taken a turn; a call that somebody makes is no sign of one.
    let store = server::store::Place::of(data.path(), None).open().expect("a store");
    let now = chrono::Utc::now();
    assert!(store.take_turn("publish", "a", now, now + chrono::Duration::minutes(1)).await.expect("a turn"));
    let (done, said) = go(from, target.to_str().expect("a path"));
    assert!(!done && said.contains("a server works on the source"), "{said}");
    assert!(!target.join("secret.key").exists(), "nothing serves from there");
    assert!(store.take_turn("publish", "a", now, now).await.expect("given back"));
    assert!(store.take_turn("call 4312", "staff 7", now, now + chrono::Duration::minutes(10)).await.expect("a call"));
    drop(store);
    let (done, said) = go(from, target.to_str().expect("a path"));
    assert!(done && target.join("secret.key").exists(), "{said}");
}

#[tokio::test]
async fn a_reader_who_has_seen_enough_is_no_fault() {
    let data = folder().await;
    let mut child = Command::new(tests::program())
        .arg("--data")
        .arg(data.path())
        .arg("--public")
        .arg(root().join("public"))
        .args(["settings", "show", "categories.tsv"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a child");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("an end");
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test]
async fn attachments_that_are_not_mounted_are_not_made_anew() {
    let data = folder().await;
    let away = data.path().join("away");
    let (done, said) = run(data.path(), &["--attachments", &away.display().to_string(), "serve", "--port", "0"], "");
    assert!(!done && said.contains("mount it"), "{said}");
    assert!(!away.exists());
}

#[tokio::test]
async fn it_learns_from_a_past_and_says_how_well() {
    let data = tempfile::tempdir().expect("a folder");
    let public = root().join("public");
    seed::write(data.path(), &public, None, 400, 7).await.expect("a past");
    let run = |args: &[&str]| run(data.path(), args, "");
    let (done, said) = run(&["train"]);
    assert!(done && said.contains("learned from") && said.contains("suggests from a probability of 0."), "{said}");
    assert!(data.path().join("suggestions.model").exists());
    let split = data.path().join("split.tsv");
    let (done, said) =
        run(&["evaluate", "--noise", "10", "--split", split.to_str().expect("a path"), "--matrix", "/dev/null"]);
    for words in
        ["other wordings", "Bengali in Latin letters:", "macro F1 0.", "calibration error 0.", "by month of lodging"]
    {
        assert!(done && said.contains(words), "{words}: {said}");
    }
    let split = std::fs::read_to_string(split).expect("the parts");
    assert!(split.lines().all(|line| line.split('\t').count() == 4) && split.contains("judged\t"), "{split}");
    // Where nothing is closed it learns from the names of the categories alone, and cannot judge.
    let empty = folder().await;
    let (done, said) = self::run(empty.path(), &["train"], "");
    assert!(done && said.contains("nothing is closed yet"), "{said}");
    assert!(!self::run(empty.path(), &["evaluate"], "").0);
}
