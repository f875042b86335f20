//! Two real server processes on one PostgreSQL database, which must behave as one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A deployment of two nodes: one database, one folder of attachments, one secret.
struct Deployment {
    folder: tempfile::TempDir,
    url: String,
    client: reqwest::Client,
}

struct Node {
    process: Child,
    base: String,
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Deployment {
    /// With the demo's offices and accounts, and enough grievances that several wait for a call at any hour.
    async fn new() -> Self {
        let new = Self {
            folder: tempfile::tempdir().expect("a folder"),
            url: tests::postgres::database(),
            client: reqwest::Client::new(),
        };
        seed::write(&new.folder.path().join("a"), &public(), Some(&new.url), 500, 1).await.expect("seeded");
        for folder in ["b", "attachments"] {
            std::fs::create_dir_all(new.folder.path().join(folder)).expect("a folder");
        }
        // Both derive ids, codes and signatures from one secret.
        std::fs::copy(new.folder.path().join("a/secret.key"), new.folder.path().join("b/secret.key")).expect("a copy");
        new
    }

    fn command(&self, node: &str) -> Command {
        let path = |name: &str| self.folder.path().join(name).display().to_string();
        let mut command = Command::new(tests::program());
        command.args(["--data", &path(node), "--attachments", &path("attachments"), "--database-url", &self.url]);
        command.args(["--public", &public().display().to_string()]);
        command
    }

    async fn start(&self, node: &str) -> Node {
        let port = tests::free_port();
        let base = format!("http://127.0.0.1:{port}");
        let process = self
            .command(node)
            .args(["serve", "--demo", "--unlimited", "--port", &port.to_string(), "--dist", "/nonexistent"])
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(self.folder.path().join(format!("{node}.log"))).expect("a log"))
            .spawn()
            .expect("a server");
        let node = Node { process, base };
        for _ in 0..600 {
            let ready = self.client.get(format!("{}/readyz", node.base)).send().await;
            if ready.is_ok_and(|answer| answer.status().is_success()) {
                return node;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("a node does not come up: {}", log(self.folder.path()));
    }

    async fn post(&self, node: &Node, path: &str, cookie: Option<&str>, body: &Value) -> (u16, Value, Vec<String>) {
        let mut request = self
            .client
            .post(format!("{}{path}", node.base))
            .header("origin", &node.base)
            .header("idempotency-key", tests::key())
            .json(body);
        if let Some(cookie) = cookie {
            request = request.header("cookie", cookie).header("pratikar-app", "staff");
        }
        let answer = request.send().await.expect("an answer");
        let set = answer.headers().get_all("set-cookie").iter();
        let cookies = set.filter_map(|value| value.to_str().ok()?.split(';').next().map(str::to_owned)).collect();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or(Value::Null), cookies)
    }

    async fn signed_in(&self, node: &Node, username: &str) -> String {
        let body = json!({ "username": username, "password": if username == "caller2" { PASSWORD } else { seed::DEMO_PASSWORD } });
        let (status, answer, cookies) = self.post(node, "/api/session", None, &body).await;
        assert_eq!(status, 201, "{username}: {answer}");
        cookies.join("; ")
    }

    async fn lodge(&self, node: &Node, mobile: &str) -> String {
        let (status, answer, _) = self.post(node, "/api/grievances", None, &tests::form(mobile)).await;
        assert_eq!(status, 201, "{answer}");
        answer["reference"].as_str().expect("a number").to_owned()
    }
}

fn public() -> PathBuf {
    tests::root().join("public")
}

fn log(folder: &Path) -> String {
    ["a.log", "b.log"].map(|name| std::fs::read_to_string(folder.join(name)).unwrap_or_default()).join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_asked_for_at_one_node_opens_the_other() {
    let deployment = Deployment::new().await;
    let (a, b) = (deployment.start("a").await, deployment.start("b").await);
    let number = deployment.lodge(&a, "9830012345").await;
    let (status, sent, _) = deployment.post(&a, "/api/codes", None, &json!({ "mobile": "9830012345" })).await;
    assert_eq!(status, 201, "{sent}");
    let packed = "SELECT encode(packed, 'hex') FROM outbox WHERE template IN
                      (SELECT id FROM template WHERE name = 'code') ORDER BY id DESC LIMIT 1";
    let packed = tests::postgres::query(&deployment.url, packed).expect("a message").remove(0).remove(0);
    let body = server::store::pack::unpack_message(None, &hex::decode(packed).expect("bytes")).expect("a text");
    let code = model::text::digits(&body).get(..6).expect("six digits").to_owned();
    let path = format!("/api/codes/{}", sent["id"].as_str().expect("an id"));
    let (status, answer, cookies) = deployment.post(&b, &path, None, &json!({ "code": code })).await;
    assert_eq!(status, 201, "{answer}");
    // A session begun at one node is valid at the other, which has lodged nothing itself.
    for node in [&b, &a] {
        let request = deployment.client.get(format!("{}/api/grievances/{number}", node.base));
        let answer = request.header("cookie", cookies.join("; ")).send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_at_one_node_shows_on_the_live_figures_of_the_other() {
    let deployment = Deployment::new().await;
    let (a, b) = (deployment.start("a").await, deployment.start("b").await);
    // Signed in at one, watching at the other.
    let cookie = deployment.signed_in(&b, "cmo").await;
    let request = deployment.client.get(format!("{}/api/live", a.base)).header("cookie", &cookie);
    let mut stream = request.send().await.expect("a stream");
    let mut text = String::new();
    let mut lodged = |chunk: &[u8]| -> Option<u64> {
        text.push_str(&String::from_utf8_lossy(chunk));
        let data = text.lines().rev().find_map(|line| line.strip_prefix("data:"))?;
        serde_json::from_str::<Value>(data).ok()?["total"]["lodged"].as_u64()
    };
    let mut seen = None;
    while seen.is_none() {
        seen = lodged(&stream.chunk().await.expect("a frame").expect("bytes"));
    }
    let before = seen.expect("figures");
    let began = Instant::now();
    deployment.lodge(&b, "9830054321").await;
    let mut now = before;
    while now == before {
        assert!(began.elapsed() < Duration::from_secs(5), "the other node's figures stand still");
        let next = tokio::time::timeout(Duration::from_secs(5), stream.chunk()).await.expect("a frame");
        now = lodged(&next.expect("a frame").expect("bytes")).unwrap_or(now);
    }
    assert_eq!(now, before + 1);
    // A read after a write sees it, at either node.
    let number = deployment.lodge(&a, "9830054322").await;
    let request = deployment.client.get(format!("{}/api/counts", b.base)).header("cookie", &cookie);
    let request = request.header("pratikar-app", "staff");
    let counts: Value = request.send().await.expect("an answer").json().await.expect("figures");
    assert_eq!(counts["total"]["lodged"].as_u64(), Some(before + 2), "{number}: {counts}");
}

/// The password of the account that these tests add: that of the demo is too easy to guess.
const PASSWORD: &str = "several words of the second caller";

#[tokio::test(flavor = "multi_thread")]
async fn two_callers_at_two_nodes_are_given_two_cases() {
    let deployment = Deployment::new().await;
    let mut added = deployment
        .command("b")
        .args(["account", "add", "caller2", "verification_caller", "Second caller"])
        .stdin(Stdio::piped())
        .spawn()
        .expect("a command");
    let password = format!("{PASSWORD}\n");
    std::io::Write::write_all(&mut added.stdin.take().expect("its input"), password.as_bytes()).expect("a password");
    assert!(added.wait().expect("it ended").success());
    let (a, b) = (deployment.start("a").await, deployment.start("b").await);
    let sql = "SELECT count(*) FROM grievance WHERE holder = 'verification'";
    let waiting: usize =
        tests::postgres::query(&deployment.url, sql).expect("a count")[0][0].parse().expect("a number");
    assert!(waiting >= 2, "only {waiting} of the seeded grievances wait for a call");
    let mut given = BTreeSet::new();
    for (node, username) in [(&a, "caller"), (&b, "caller2")] {
        let cookie = deployment.signed_in(node, username).await;
        let (status, case, _) = deployment.post(node, "/api/calls/next", Some(&cookie), &Value::Null).await;
        assert_eq!(status, 200, "{case}");
        given.insert(case["case"]["line"]["reference"].as_str().expect("a case").to_owned());
    }
    assert_eq!(given.len(), 2, "both were given {given:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_of_either_node_loses_nothing_and_doubles_nothing() {
    let deployment = Arc::new(Deployment::new().await);
    let acknowledged: Arc<Mutex<Vec<String>>> = Arc::default();
    let mut nodes = [deployment.start("a").await, deployment.start("b").await];
    for round in 0..4usize {
        let bases = [nodes[0].base.clone(), nodes[1].base.clone()];
        let before = acknowledged.lock().expect("a lock").len();
        let lodgers: Vec<_> = (0..24usize)
            .map(|lodger| {
                let (client, bases, acknowledged) = (deployment.client.clone(), bases.clone(), acknowledged.clone());
                tokio::spawn(async move {
                    for turn in 0..10_000usize {
                        let mut form = tests::form(&format!("97{lodger:02}{round:02}{turn:04}"));
                        form["text"] = format!("লোক {lodger}, বার {turn}, পর্ব {round}").into();
                        // Sent again with the same key to the other node, as a load balancer would when one does not
                        // answer.
                        let key = tests::key();
                        let mut receipt = None;
                        for attempt in 0..2 {
                            let base = &bases[(lodger + attempt) % 2];
                            let request = client
                                .post(format!("{base}/api/grievances"))
                                .header("origin", base)
                                .header("idempotency-key", &key)
                                .timeout(Duration::from_secs(20))
                                .json(&form);
                            let Ok(answer) = request.send().await else { continue };
                            if !answer.status().is_success() {
                                continue;
                            }
                            receipt = answer.json::<Value>().await.ok();
                            break;
                        }
                        let Some(receipt) = receipt else { return };
                        let number = receipt["reference"].as_str().expect("a number").to_owned();
                        acknowledged.lock().expect("a lock").push(number);
                        if turn > 5 && acknowledged.lock().expect("a lock").len() > before + 400 {
                            return;
                        }
                    }
                })
            })
            .collect();
        let began = Instant::now();
        while acknowledged.lock().expect("a lock").len() < before + 100 && began.elapsed() < Duration::from_secs(20) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let killed = round % 2;
        nodes[killed].process.kill().expect("kill -9");
        nodes[killed].process.wait().expect("dead");
        for lodger in lodgers {
            lodger.await.expect("ended");
        }
        nodes[killed] = deployment.start(["a", "b"][killed]).await;
        let shown = acknowledged.lock().expect("a lock").len() - before;
        assert!(shown > 100, "round {round}: only {shown} lodgings, which proves little");
    }
    let numbers = acknowledged.lock().expect("a lock").clone();
    assert_eq!(numbers.iter().collect::<BTreeSet<_>>().len(), numbers.len(), "a number was given twice");
    let rows = tests::postgres::query(&deployment.url, "SELECT reference FROM grievance").expect("rows");
    let stored: BTreeSet<String> = rows.iter().map(|row| format!("{:0>12}", row[0])).collect();
    let lost: Vec<&String> = numbers.iter().filter(|number| !stored.contains(*number)).collect();
    assert!(lost.is_empty(), "{} of {} shown numbers are lost", lost.len(), numbers.len());
    let twice = "SELECT count(*) FROM (SELECT citizen FROM grievance WHERE lodged_at > 0 AND citizen IN
                     (SELECT id FROM person WHERE mobile LIKE '97%') GROUP BY citizen HAVING count(*) > 1) doubled";
    assert_eq!(tests::postgres::query(&deployment.url, twice).expect("a count")[0][0], "0", "lodged twice");
    let told = "SELECT count(*) - count(DISTINCT reference) FROM outbox
                WHERE template IN (SELECT id FROM template WHERE name = 'lodged')";
    assert_eq!(tests::postgres::query(&deployment.url, told).expect("a count")[0][0], "0", "told twice");
    drop(nodes);
    let verify = deployment.command("a").arg("verify").output().expect("verified");
    assert!(verify.status.success(), "{}", String::from_utf8_lossy(&verify.stdout));
    println!("{} numbers shown, {} stored", numbers.len(), stored.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_moves_to_postgres_and_back_also_when_it_is_cut_off() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = tests::postgres::database();
    let (file, back) = (folder.path().join("file"), folder.path().join("back"));
    let public = public().display().to_string();
    let pratikar = |arguments: &[&str]| {
        let mut command = Command::new(tests::program());
        command.args(["--data", &file.display().to_string(), "--public", &public]).args(arguments);
        command
    };
    let done = |arguments: &[&str]| {
        let output = pratikar(arguments).output().expect("a command");
        let said = [output.stdout, output.stderr].concat();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&said));
    };
    seed::write(&file, Path::new(&public), None, 600, 5).await.expect("seeded");
    let (from, to) = (file.display().to_string(), back.display().to_string());
    let there = ["move", "--from", &from, "--to", &url];
    for _ in 0..3 {
        let mut cut_off = pratikar(&there).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("a command");
        tokio::time::sleep(Duration::from_millis(150)).await;
        cut_off.kill().expect("kill -9");
        cut_off.wait().expect("dead");
    }
    let begun = tests::postgres::query(&url, "SELECT count(*) FROM fact WHERE name = 'moving'").unwrap_or_default();
    if begun.first().is_some_and(|row| row[0] == "1") {
        let early = seed::write(&file, Path::new(&public), Some(&url), 1, 1).await.expect_err("half a system");
        assert!(format!("{early:#}").contains("is not at its end"), "{early:#}");
    }
    done(&there);
    done(&["--database-url", &url, "verify"]);
    // It continues there: new messages get ids after those that were copied.
    seed::write(&file, Path::new(&public), Some(&url), 5, 6).await.expect("seeded");
    assert!(!pratikar(&there).output().expect("a command").status.success(), "the target is not empty");
    done(&["move", "--from", &url, "--to", &to]);
    let verified =
        Command::new(tests::program()).args(["--data", &to, "--public", &public, "verify"]).output().expect("verified");
    let said = String::from_utf8_lossy(&verified.stdout).into_owned();
    assert!(verified.status.success() && said.contains("605 cases"), "{said}");
}
