//! Real processes: `kill -9` while 64 connections lodge, five rounds, after which every number that was shown exists
//! once; and a database that is removed from under its server.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

fn serve(data: &Path, port: u16) -> Child {
    Command::new(tests::program())
        .args(["--data", &data.display().to_string(), "--public", &tests::root().join("public").display().to_string()])
        .args(["serve", "--port", &port.to_string(), "--dist", "/nonexistent", "--unlimited"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a server")
}

async fn ready(client: &reqwest::Client, base: &str) {
    for _ in 0..200 {
        if client.get(format!("{base}/readyz")).send().await.is_ok_and(|answer| answer.status().is_success()) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the server does not come up");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_number_that_was_shown_survives_kill_9() {
    let data = tempfile::tempdir().expect("a folder");
    let port = tests::free_port();
    let base = format!("http://127.0.0.1:{port}");
    let acknowledged: Arc<Mutex<Vec<String>>> = Arc::default();
    for round in 0..5u64 {
        let mut server = serve(data.path(), port);
        let client = reqwest::Client::new();
        ready(&client, &base).await;
        let before = acknowledged.lock().expect("a lock").len();
        let lodgers: Vec<_> = (0..64)
            .map(|lodger| {
                let (client, base, acknowledged) = (client.clone(), base.clone(), acknowledged.clone());
                tokio::spawn(async move {
                    for turn in 0.. {
                        let mut form = tests::form(&format!("98{lodger:02}{round:02}{:04}", turn % 10_000));
                        form["text"] = format!("লোক {lodger}, বার {turn}, পর্ব {round}").into();
                        let request = client
                            .post(format!("{base}/api/grievances"))
                            .header("origin", &base)
                            .header("idempotency-key", tests::key())
                            .json(&form);
                        let Ok(answer) = request.send().await else { return };
                        let Ok(receipt) = answer.json::<serde_json::Value>().await else { return };
                        let number = receipt["reference"].as_str().expect("a number").to_owned();
                        acknowledged.lock().expect("a lock").push(number);
                    }
                })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(700 + 137 * round)).await;
        server.kill().expect("kill -9");
        server.wait().expect("dead");
        for lodger in lodgers {
            lodger.await.expect("ended");
        }
        let shown = acknowledged.lock().expect("a lock").len() - before;
        assert!(shown > 50, "round {round}: only {shown} lodgings, which proves little");
    }

    let numbers = acknowledged.lock().expect("a lock").clone();
    let raw = rusqlite::Connection::open(data.path().join("pratikar.db")).expect("the file");
    let mut statement = raw.prepare("SELECT reference FROM grievance").expect("a statement");
    let stored: Vec<String> = statement
        .query_map([], |row| row.get::<_, i64>(0))
        .expect("rows")
        .map(|number| format!("{:012}", number.expect("a number")))
        .collect();
    let unique: BTreeSet<&String> = stored.iter().collect();
    assert_eq!(unique.len(), stored.len(), "each once");
    let lost: Vec<&String> = numbers.iter().filter(|number| !unique.contains(number)).collect();
    assert!(lost.is_empty(), "{} of {} shown numbers are lost", lost.len(), numbers.len());
    let told = "SELECT count(*) FROM outbox WHERE template IN (SELECT id FROM template WHERE name = 'lodged')";
    let messages: u32 = raw.query_row(told, [], |row| row.get(0)).expect("a count");
    assert_eq!(messages as usize, stored.len(), "a message for each, and for no other");
    drop(statement);
    drop(raw);

    let verify = Command::new(tests::program())
        .args([
            "--data",
            &data.path().display().to_string(),
            "--public",
            &tests::root().join("public").display().to_string(),
            "verify",
        ])
        .output()
        .expect("verified");
    assert!(verify.status.success(), "{}", String::from_utf8_lossy(&verify.stdout));
    println!("{} numbers shown, {} stored", numbers.len(), stored.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_database_is_taken_away_ends_and_leaves_nothing_in_its_place() {
    for name in ["pratikar.db", "pratikar.db-wal"] {
        let data = tempfile::tempdir().expect("a folder");
        let port = tests::free_port();
        let base = format!("http://127.0.0.1:{port}");
        let mut server = serve(data.path(), port);
        ready(&reqwest::Client::new(), &base).await;
        // The server looks once a second.
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        std::fs::rename(data.path().join(name), data.path().join("moved")).expect("moved");
        let mut ended = None;
        for _ in 0..200 {
            ended = server.try_wait().expect("a process");
            if ended.is_some() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let _ = server.kill();
        assert!(ended.is_some_and(|status| !status.success()), "{name}: it goes on: {ended:?}");
        assert!(!data.path().join(name).exists(), "{name}: something else lies in its place");
        std::fs::rename(data.path().join("moved"), data.path().join(name)).expect("put back");
        let mut server = serve(data.path(), port);
        ready(&reqwest::Client::new(), &base).await;
        server.kill().expect("ended");
        server.wait().expect("ended");
    }
}
