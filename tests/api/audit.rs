//! What an auditor reads: who has read what, and whether the ledger is whole.

use axum::http::StatusCode;
use chrono::Duration;
use serde_json::{Value, json};
use tests::{Person, World, form, photo};

async fn rows(auditor: &Person<'_>, asked: Value) -> Vec<Value> {
    let answer = auditor.post("/api/readings", &asked).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json["rows"].as_array().expect("rows").clone()
}

/// What of each row, in order.
fn each<'r>(rows: &'r [Value], name: &str) -> Vec<&'r str> {
    rows.iter().map(|row| row[name].as_str().unwrap_or_default()).collect()
}

#[tokio::test]
async fn readings_are_found_by_person_case_department_office_and_day() {
    let world = World::new().await;
    let number = crate::story::at_office(&world).await;
    world.pass(Duration::days(20));
    world.staff("analyst").await.case(&number).await;
    world.pass(Duration::days(2));
    let officer = world.staff("officer.phe.bolpur-sriniketan").await;
    let auditor = world.staff("auditor").await;
    officer.case(&number).await;
    officer.get("/api/queues/office").await;
    let reason = "He asked to be rung back";
    let revealed = officer.post(&format!("/api/grievances/{number}/reveal"), &json!({ "reason": reason })).await;
    assert_eq!(revealed.status, StatusCode::OK, "{}", revealed.text);

    let shown = rows(&auditor, json!({ "case": number, "account": " Analyst " })).await;
    assert!(each(&shown, "account").iter().all(|account| *account == "analyst"));
    assert_eq!((&shown[0]["name"], &shown[0]["role"]), (&json!("Operational analyst"), &json!("operational_analyst")));
    assert_eq!((&shown[0]["what"], &shown[0]["case"], &shown[0]["count"]), (&json!("case"), &json!(number), &json!(1)));
    let times = each(&shown, "at");
    assert!(times.len() > 1 && times.is_sorted_by(|a, b| a >= b), "newest first: {times:?}");

    let of_office = rows(&auditor, json!({ "office": tests::bolpur(&world) })).await;
    assert_eq!(each(&of_office, "what"), ["number", "list", "case"]);
    assert_eq!(of_office[0]["reason"], json!(reason));
    assert_eq!(rows(&auditor, json!({ "department": "PHE", "what": "list" })).await.len(), 1);
    assert_eq!(rows(&auditor, json!({ "department": "PRD" })).await, Vec::<Value>::new());
    assert_eq!(rows(&auditor, json!({ "office": 1 })).await.len(), 0, "another office");

    // Days in India: yesterday's last minute is not today.
    let today = world.now().date_naive().to_string();
    let before = (world.now() - Duration::days(2)).date_naive().to_string();
    let of_day = rows(&auditor, json!({ "from": before, "to": before, "what": "case" })).await;
    assert_eq!(each(&of_day, "account"), ["analyst"]);
    let of_day = rows(&auditor, json!({ "from": today, "what": "case" })).await;
    assert_eq!(each(&of_day, "account"), ["officer.phe.bolpur-sriniketan"]);
    // Nothing said: the last seven days, so that what is older does not count.
    let week = rows(&auditor, json!({})).await;
    assert!(week.iter().all(|row| row["at"].as_str().expect("a time") > before.as_str()), "{week:?}");
}

#[tokio::test]
async fn who_looks_at_readings_is_on_record_too_and_the_citizen_sees_it() {
    let world = World::new().await;
    let number = crate::story::at_office(&world).await;
    let auditor = world.staff("auditor").await;
    rows(&auditor, json!({ "case": number })).await;
    let again = rows(&auditor, json!({ "account": "auditor" })).await;
    assert_eq!((&again[0]["what"], &again[0]["case"]), (&json!("readings"), &json!(number)));
    let citizen = world.citizen("9830012345").await;
    let access = citizen.get(&format!("/api/grievances/{number}/access")).await.json;
    assert!(access.as_array().expect("readers").iter().any(|line| line["role"] == "auditor"), "{access}");
    // That nobody has read anything is knowledge too.
    assert_eq!(rows(&auditor, json!({ "department": "PRD", "from": "2026-10-20" })).await.len(), 0);
    let again = rows(&auditor, json!({ "account": "auditor" })).await;
    assert_eq!((&again[0]["count"], &again[0]["reason"]), (&json!(0), &json!("department=PRD from=2026-10-20")));
}

#[tokio::test]
async fn pages_of_readings_follow_each_other_without_gaps_though_new_ones_come() {
    let world = World::new().await;
    let number = crate::story::at_office(&world).await;
    let (analyst, auditor) = (world.staff("analyst").await, world.staff("auditor").await);
    for index in 0..60 {
        // Several in the same millisecond.
        if index % 3 == 0 {
            world.pass(Duration::seconds(20));
        }
        assert_eq!(analyst.case(&number).await.status, StatusCode::OK);
    }
    let asked = |cursor: &str| json!({ "account": "analyst", "cursor": cursor });
    let first = auditor.post("/api/readings", &asked("")).await.json;
    analyst.case(&number).await;
    let second = auditor.post("/api/readings", &asked(first["next"].as_str().expect("more"))).await.json;
    assert!(second["next"].is_null());
    let seqs: Vec<u64> = [&first, &second]
        .iter()
        .flat_map(|page| page["rows"].as_array().expect("rows"))
        .map(|row| row["seq"].as_u64().expect("a number"))
        .collect();
    assert_eq!(first["rows"].as_array().expect("rows").len(), 50);
    let mut sorted = seqs.clone();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    sorted.dedup();
    assert_eq!(seqs, sorted);
    let all = rows(&auditor, json!({ "account": "analyst", "case": number })).await;
    assert!(seqs.len() > all.len(), "{} and {}", seqs.len(), all.len());
}

#[tokio::test]
async fn what_somebody_did_is_found_by_person_case_department_office_and_day() {
    let world = World::new().await;
    let number = crate::story::at_office(&world).await;
    world.pass(Duration::days(2));
    let other = crate::story::at_office(&world).await;
    let auditor = world.staff("auditor").await;
    let done = async |asked: Value| {
        let mut all = asked;
        all["done"] = json!(true);
        rows(&auditor, all).await
    };
    let by = done(json!({ "account": "analyst" })).await;
    assert_eq!(each(&by, "what"), ["categorised", "categorised"]);
    assert_eq!(each(&by, "case"), [other.as_str(), &number], "newest first");
    assert_eq!((&by[0]["name"], &by[0]["role"]), (&json!("Operational analyst"), &json!("operational_analyst")));
    // Whoever lodged it is no staff.
    assert_eq!(each(&done(json!({ "case": number })).await, "what"), ["forwarded", "categorised"]);
    assert_eq!(each(&done(json!({ "case": number, "account": "nodal.phe" })).await, "what"), ["forwarded"]);
    assert_eq!(done(json!({ "department": "PHE" })).await.len(), 2);
    assert_eq!(done(json!({ "department": "PRD" })).await.len(), 0);
    let office = tests::bolpur(&world);
    assert_eq!(done(json!({ "office": office })).await.len(), 0, "a nodal officer acts for the department");
    let day = world.now().date_naive();
    let (today, before) = (day.to_string(), (day - Duration::days(2)).to_string());
    assert_eq!(each(&done(json!({ "from": today })).await, "case"), [other.as_str(); 2]);
    assert_eq!(each(&done(json!({ "from": before, "to": before })).await, "case"), [number.as_str(); 2]);
    assert_eq!(done(json!({ "from": "2026-01-01", "to": "2026-01-02" })).await.len(), 0);
    let looked = rows(&auditor, json!({ "account": "auditor" })).await;
    assert!(each(&looked, "reason").contains(&"account=analyst done=yes"), "{looked:?}");
    let long =
        auditor.post("/api/readings", &json!({ "done": true, "account": "analyst", "from": "2020-01-01" })).await;
    assert_eq!((long.status.as_u16(), long.code()), (400, "wrong_query"));
}

#[tokio::test]
async fn what_cannot_be_looked_for_is_said() {
    let world = World::new().await;
    let auditor = world.staff("auditor").await;
    let refused = async |asked: Value| {
        let answer = auditor.post("/api/readings", &asked).await;
        (
            answer.status.as_u16(),
            answer.code().to_owned(),
            answer.json["detail"].as_str().unwrap_or_default().to_owned(),
        )
    };
    assert_eq!(refused(json!({ "account": "nobody.here" })).await.1, "not_found");
    let (status, code, why) = refused(json!({ "from": "2020-01-01", "to": "2020-02-01" })).await;
    assert_eq!((status, code.as_str()), (400, "wrong_query"));
    assert!(why.contains("31 days"), "{why}");
    assert_eq!(refused(json!({ "department": "x".repeat(9_000) })).await.1, "wrong_query");
    assert_eq!(refused(json!({ "office": 999_999 })).await.1, "wrong_query");
    assert_eq!(refused(json!({ "from": "2020-02-02", "to": "2020-02-01" })).await.1, "wrong_query");
    for cursor in ["x", "1", "1.", ".1", "1.2.3", "99999999999999999999.1"] {
        assert_eq!(refused(json!({ "cursor": cursor })).await.1, "wrong_query", "{cursor}");
    }
    // With an account any number of days will do.
    assert_eq!(rows(&auditor, json!({ "account": "auditor", "from": "2020-01-01" })).await, Vec::<Value>::new());
    // The first and the last day that can be written.
    for far in [json!({ "from": "-262143-01-01" }), json!({ "to": "+262142-12-31" })] {
        assert_eq!(refused(far.clone()).await.1, "wrong_query", "{far}");
    }
}

/// The state of the check once it has ended.
async fn ended(auditor: &Person<'_>) -> Value {
    for _ in 0..600 {
        let state = auditor.get("/api/ledger/check").await.json;
        if state["running"].is_null() {
            return state;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the check does not end");
}

#[tokio::test]
async fn the_ledger_is_checked_on_a_page_and_a_fault_raises_an_alarm() {
    let world = World::new().await;
    let auditor = world.staff("auditor").await;
    let state = auditor.get("/api/ledger/check").await.json;
    assert!(state["running"].is_null() && state["last"].is_null(), "{state}");

    let uploaded = world.anon().upload(photo()).await.json["id"].clone();
    let mut asked = form("9830012345");
    asked["photos"] = json!([uploaded]);
    let lodged = world.anon().lodge(&asked).await;
    assert_eq!(lodged.status, StatusCode::CREATED, "{}", lodged.text);
    // Two who ask at once begin one check.
    let (one, two) =
        tokio::join!(auditor.post("/api/ledger/check", &json!(null)), auditor.post("/api/ledger/check", &json!(null)));
    assert_eq!((one.status, two.status), (StatusCode::OK, StatusCode::OK));
    let whole = ended(&auditor).await["last"].clone();
    assert_eq!((&whole["wrong"], &whole["broken_off"], &whole["cases"]), (&json!(0), &json!(false), &json!(1)));
    assert_eq!(whole["by"], json!("Auditor"));
    assert!(!auditor.get("/api/health").await.text.contains("ledger_not_whole"));

    let id = uploaded.as_str().expect("an id");
    let folder = world.data.path();
    let files = walk(folder).into_iter().filter(|file| file.to_string_lossy().contains(id)).collect::<Vec<_>>();
    assert!(!files.is_empty());
    for file in files {
        std::fs::remove_file(file).expect("removed");
    }
    auditor.post("/api/ledger/check", &json!(null)).await;
    let wrong = ended(&auditor).await["last"].clone();
    assert_eq!((&wrong["wrong"], &wrong["broken_off"]), (&json!(1), &json!(false)), "{wrong}");
    assert!(wrong["faults"][0].as_str().expect("a fault").contains(id), "{wrong}");
    assert!(auditor.get("/api/health").await.text.contains("ledger_not_whole"));
}

/// All files below a folder.
fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}
