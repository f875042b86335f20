//! POST /api/grievances/{reference}/lease, and what worklists say of it.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tests::{Person, World, form};

/// A grievance that nobody has categorised.
async fn lodged(world: &World) -> String {
    let answer = world.anon().lodge(&form("9830012345")).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    answer.json["reference"].as_str().expect("a number").to_owned()
}

async fn take(person: &Person<'_>, number: &str, interest: &str) -> Value {
    let answer = person.post(&format!("/api/grievances/{number}/lease"), &json!({ "interest": interest })).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json["other"].clone()
}

async fn with_others(person: &Person<'_>) -> Value {
    person.get("/api/queues/desk").await.json["with_others"].clone()
}

#[tokio::test]
async fn whoever_opens_a_case_first_has_it_until_they_are_done_or_idle() {
    let world = World::new().await;
    let number = lodged(&world).await;
    let (first, second) = (world.staff("analyst").await, world.staff("analyst2").await);
    assert_eq!(take(&first, &number, "reading").await, Value::Null);
    let other = take(&second, &number, "reading").await;
    assert_eq!(other["writing"], false);
    assert!(!other["name"].as_str().expect("a name").is_empty());
    assert_eq!(with_others(&second).await[0][0], json!(number));
    assert_eq!(with_others(&first).await, json!([]), "nobody is told of themselves");
    // Writing is told apart, and renewed; reading again ends it.
    assert_eq!(take(&first, &number, "writing").await, Value::Null);
    assert_eq!(take(&second, &number, "writing").await["writing"], true);
    world.pass(chrono::Duration::seconds(100));
    assert_eq!(take(&first, &number, "reading").await, Value::Null);
    assert_eq!(take(&second, &number, "reading").await["writing"], false);
    // Two minutes without a sign, and it is free.
    world.pass(chrono::Duration::seconds(119));
    assert_ne!(take(&second, &number, "reading").await, Value::Null);
    world.pass(chrono::Duration::seconds(2));
    assert_eq!(take(&second, &number, "reading").await, Value::Null);
    assert_eq!(take(&second, &number, "done").await, Value::Null);
    assert_eq!(take(&first, &number, "reading").await, Value::Null, "given back at once");
}

#[tokio::test]
async fn a_lease_stops_nobody_and_wants_a_case_of_one_s_own() {
    let world = World::new().await;
    let number = lodged(&world).await;
    let (first, second) = (world.staff("analyst").await, world.staff("analyst2").await);
    take(&first, &number, "writing").await;
    let note = json!({ "note": { "text": "দেখা হবে" } });
    second.must(&number, &note, "registered").await;
    let path = format!("/api/grievances/{number}/lease");
    let foreign = world.staff("nodal.phe").await.post(&path, &json!({ "interest": "reading" })).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    let auditor = world.staff("auditor").await.post(&path, &json!({ "interest": "reading" })).await;
    assert_eq!(auditor.status, StatusCode::FORBIDDEN);
}
