//! Idempotency-Key (REL-10).

use axum::http::StatusCode;
use serde_json::json;
use tests::{World, form, key};

#[tokio::test]
async fn a_hundred_equal_requests_make_one_grievance() {
    let world = World::new().await;
    let (anon, form, key) = (world.anon(), form("9830012345"), key());
    let mut numbers = std::collections::BTreeSet::new();
    for _ in 0..100 {
        let answer = anon.post_with("/api/grievances", &form, &[("idempotency-key", &key)]).await;
        assert_eq!(answer.status, StatusCode::CREATED);
        numbers.insert(answer.text);
    }
    assert_eq!(numbers.len(), 1, "one answer, to the letter");
    assert_eq!(world.app.store.head().await.expect("a head").seq, 1);
    assert_eq!(world.templates("9830012345").await, ["lodged"]);
}

#[tokio::test]
async fn a_key_is_wanted_and_belongs_to_its_content() {
    let world = World::new().await;
    let anon = world.anon();
    let without = anon.post("/api/grievances", &form("9830012345")).await;
    assert_eq!((without.status, without.code()), (StatusCode::BAD_REQUEST, "key_needed"));
    let short = anon.post_with("/api/grievances", &form("9830012345"), &[("idempotency-key", "x")]).await;
    assert_eq!(short.code(), "key_needed");
    let key = key();
    let first = anon.post_with("/api/grievances", &form("9830012345"), &[("idempotency-key", &key)]).await;
    assert_eq!(first.status, StatusCode::CREATED);
    let other = anon.post_with("/api/grievances", &form("9830054321"), &[("idempotency-key", &key)]).await;
    assert_eq!((other.status, other.code()), (StatusCode::UNPROCESSABLE_ENTITY, "key_reused"));
}

#[tokio::test]
async fn an_action_sent_twice_happens_once() {
    let world = World::new().await;
    let number = super::story::at_office(&world).await;
    let officer = world.staff("officer.phe.bolpur-sriniketan").await;
    let seen = format!("\"{}\"", officer.case(&number).await.version());
    let note = json!({ "note": { "text": "একবার" } });
    let path = format!("/api/grievances/{number}/actions");
    let key = key();
    let headers = [("if-match", seen.as_str()), ("idempotency-key", key.as_str())];
    let first = officer.post_with(&path, &note, &headers).await;
    let again = officer.post_with(&path, &note, &headers).await;
    assert_eq!((first.status, again.status), (StatusCode::OK, StatusCode::OK));
    assert_eq!(first.version(), again.version());
}
