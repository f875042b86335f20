//! Deny by default: who is refused what, and that strangers learn nothing. `matrix.rs` tries every role at every operation.

use super::story::at_office;
use axum::http::StatusCode;
use model::{Mobile, Reference};
use serde_json::{Value, json};
use server::store::Account;
use tests::{Person, World, form};

#[tokio::test]
async fn each_role_has_its_own_worklist() {
    let world = World::new().await;
    at_office(&world).await;
    // Who may: everybody else is refused.
    let doors: [(&str, &[&str]); 7] = [
        ("/api/queues/desk", &["analyst"]),
        ("/api/queues/department", &["nodal.phe"]),
        ("/api/queues/office", &["officer.phe.bolpur-sriniketan"]),
        ("/api/queues/verification", &["caller"]),
        ("/api/queues/visits", &["validator.birbhum"]),
        ("/api/queues/appeals", &["appellate"]),
        ("/api/queues/answers", &["telecaller"]),
    ];
    let everybody = [
        "telecaller",
        "analyst",
        "nodal.phe",
        "officer.phe.bolpur-sriniketan",
        "caller",
        "validator.birbhum",
        "appellate",
        "manager",
        "cmo",
        "auditor",
        "data",
        "admin",
        "quality",
    ];
    for username in everybody {
        let person = world.staff(username).await;
        for (path, may) in doors {
            let expected = if may.contains(&username) { StatusCode::OK } else { StatusCode::FORBIDDEN };
            assert_eq!(person.get(path).await.status, expected, "{username} at {path}");
        }
    }
}

#[tokio::test]
async fn another_office_citizen_or_district_sees_no_case() {
    let world = World::new().await;
    let number = at_office(&world).await;
    let unknown = Reference::from_payload(12_345).to_string();
    let strangers = ["nodal.prd", "officer.phe.labpur", "officer.prd.bolpur-sriniketan", "validator.malda", "admin"];
    let note = json!({ "note": { "text": "x" } });
    for username in strangers {
        let person = world.staff(username).await;
        let foreign = person.case(&number).await;
        let missing = person.case(&unknown).await;
        assert_eq!((foreign.status, &foreign.text), (missing.status, &missing.text), "{username}");
        assert_eq!(foreign.status, StatusCode::NOT_FOUND, "{username}");
        let path = format!("/api/grievances/{number}/actions");
        let acted = person.post_with(&path, &note, &[("if-match", "\"3\""), ("idempotency-key", "12345678")]).await;
        assert_eq!(acted.status, StatusCode::NOT_FOUND, "{username}");
    }
    let other = world.citizen("9830099999").await;
    assert_eq!(other.case(&number).await.status, StatusCode::NOT_FOUND);
    assert_eq!(other.get("/api/grievances").await.json, json!([]));
}

#[tokio::test]
async fn nobody_of_the_staff_sees_their_own_grievance_but_as_a_citizen() {
    let world = World::new().await;
    let number = at_office(&world).await;
    let has_number = async |username: &str, mobile: &str| {
        let account = world.app.store.account(username).await.expect("read").expect("an account");
        let mobile = Mobile::parse(mobile).ok();
        world.app.store.put_accounts(vec![Account { mobile, ..account }], world.now()).await.expect("an account");
    };
    let officer = world.staff("officer.phe.bolpur-sriniketan").await;
    let listed = async |person: &Person<'_>, queue: &str| {
        let page = person.get(&format!("/api/queues/{queue}")).await.json;
        let count: u64 = page["by_due"].as_array().expect("counts").iter().filter_map(Value::as_u64).sum();
        (page["rows"].as_array().expect("rows").len(), count)
    };
    let found = async |person: &Person<'_>| {
        let answer = person.post("/api/search", &json!({ "words": number })).await;
        answer.json["rows"].as_array().map_or(0, Vec::len)
    };
    assert_eq!((officer.case(&number).await.status, found(&officer).await), (StatusCode::OK, 1));
    assert_eq!(listed(&officer, "office").await, (1, 1));
    // At once, also in a session that is open.
    has_number("officer.phe.bolpur-sriniketan", "9830012345").await;
    assert_eq!((officer.case(&number).await.status, found(&officer).await), (StatusCode::NOT_FOUND, 0));
    assert_eq!(listed(&officer, "office").await, (0, 0));
    let path = format!("/api/grievances/{number}/actions");
    let headers = [("if-match", "\"3\""), ("idempotency-key", "12345678")];
    let acted = officer.post_with(&path, &json!({ "note": { "text": "x" } }), &headers).await;
    assert_eq!(acted.status, StatusCode::NOT_FOUND);
    assert!(officer.post("/api/pack", &Value::Null).await.json["cases"].as_array().expect("cases").is_empty());
    let nodal = world.staff("nodal.phe").await;
    assert_eq!(nodal.case(&number).await.status, StatusCode::OK);
    has_number("officer.phe.bolpur-sriniketan", "9830054321").await;
    crate::story::reported(&world, &number).await;
    // Nor does a caller verify what they have lodged.
    has_number("caller", "9830012345").await;
    let caller = world.staff("caller").await;
    assert_eq!(listed(&caller, "verification").await, (0, 0));
    assert!(caller.post("/api/calls/next", &Value::Null).await.json.is_null());
    let citizen = world.citizen("9830012345").await;
    assert_eq!(citizen.case(&number).await.status, StatusCode::OK);
    // Taking one down for oneself is no secret.
    let telecaller = world.staff("telecaller").await;
    has_number("telecaller", "9830012345").await;
    let lodged = telecaller.lodge(&form("9830012345")).await;
    assert_eq!(lodged.status, StatusCode::CREATED, "{}", lodged.text);
}

#[tokio::test]
async fn numbers_are_masked_until_revealed_and_readings_are_on_record() {
    let world = World::new().await;
    let number = at_office(&world).await;
    let officer = world.staff("officer.phe.bolpur-sriniketan").await;
    let seen = officer.case(&number).await;
    assert_eq!(seen.json["mobile"], "98xxxxxx45");
    assert!(!seen.text.contains("9830012345"));
    assert!(!officer.get("/api/queues/office").await.text.contains("9830012345"));
    let path = format!("/api/grievances/{number}/reveal");
    let silent = officer.post(&path, &json!({ "reason": " " })).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    let revealed = officer.post(&path, &json!({ "reason": "নাগরিককে ফোন" })).await;
    assert_eq!(revealed.json["mobile"], "9830012345");
    let log = world.citizen("9830012345").await.get(&format!("/api/grievances/{number}/access")).await;
    assert_eq!(log.json[0]["role"], "office_officer");
    assert_eq!(log.json[0]["revealed"], true);
    assert_eq!(log.json[0]["department"], "PHE");
    let auditor = world.staff("auditor").await.post(&path, &json!({ "reason": "x" })).await;
    assert_eq!(auditor.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_shielded_identity_never_reaches_the_department() {
    let world = World::new().await;
    let mut police = form("9830012345");
    police["category"] = json!("police.inaction");
    let lodged = world.anon().lodge(&police).await;
    let number = lodged.json["reference"].as_str().expect("a number");
    let categorise =
        json!({ "categorise": { "category": "police.inaction", "department": "HHA", "lane": "ordinary" } });
    world.staff("analyst").await.must(number, &categorise, "with_department").await;
    let nodal = world.staff("nodal.hha").await;
    let seen = nodal.case(number).await;
    assert_eq!(
        (&seen.json["name"], &seen.json["mobile"], &seen.json["shielded"]),
        (&Value::Null, &Value::Null, &json!(true))
    );
    assert!(!seen.text.contains("রহিমা"));
    let reveal = nodal.post(&format!("/api/grievances/{number}/reveal"), &json!({ "reason": "x" })).await;
    assert_eq!(reveal.status, StatusCode::FORBIDDEN);
    assert_eq!(world.staff("caller").await.case(number).await.json["mobile"], "98xxxxxx45");
}

#[tokio::test]
async fn sessions_end_when_idle_when_old_and_when_told() {
    let world = World::new().await;
    let idle = world.staff("analyst").await;
    world.pass(chrono::Duration::minutes(29));
    assert_eq!(idle.get("/api/queues/desk").await.status, StatusCode::OK);
    world.pass(chrono::Duration::minutes(31));
    assert_eq!(idle.get("/api/queues/desk").await.status, StatusCode::UNAUTHORIZED);

    let busy = world.staff("analyst").await;
    for _ in 0..30 {
        world.pass(chrono::Duration::minutes(25));
        busy.get("/api/session").await;
    }
    assert_eq!(busy.get("/api/queues/desk").await.status, StatusCode::UNAUTHORIZED, "twelve hours are over");

    let told = world.staff("analyst").await;
    assert_eq!(told.sign_out().await.status, StatusCode::OK);
    assert_eq!(told.get("/api/queues/desk").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn wrong_passwords_are_delayed_and_names_are_not_told() {
    let world = World::new().await;
    let anon = world.anon();
    let try_it = |username: &'static str, password: &'static str| {
        let anon = anon.clone();
        async move { anon.post("/api/session", &json!({ "username": username, "password": password })).await }
    };
    let wrong = try_it("analyst", "wrong").await;
    let nobody = try_it("nobody", "wrong").await;
    assert_eq!((wrong.status, &wrong.text), (nobody.status, &nobody.text));
    for _ in 0..4 {
        try_it("analyst", "wrong").await;
    }
    let delayed = try_it("analyst", "wrong").await;
    assert_eq!((delayed.status, delayed.code()), (StatusCode::TOO_MANY_REQUESTS, "too_many"));
    world.pass(chrono::Duration::minutes(20));
    world.staff("analyst").await;
}
