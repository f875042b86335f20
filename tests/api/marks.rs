//! `pratikar-as`: what a page sends is done for the person for whom it was drawn, or not at all.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tests::{World, form, key};

#[tokio::test]
async fn what_was_drawn_for_somebody_else_is_not_done() {
    let world = World::new().await;
    assert_eq!(world.anon().get("/api/session").await.json["mark"], "");
    let (officer, analyst) = (world.staff("officer.phe.bolpur-sriniketan").await, world.staff("analyst").await);
    let of = async |person: &tests::Person<'_>| {
        person.get("/api/session").await.json["mark"].as_str().expect("text").to_owned()
    };
    let (first, second) = (of(&officer).await, of(&analyst).await);
    assert!(first.len() == 16 && first.bytes().all(|byte| byte.is_ascii_hexdigit()) && first != second, "{first}");
    assert_eq!(first, of(&world.staff("officer.phe.bolpur-sriniketan").await).await, "the same person");

    let number = world.anon().lodge(&form("9830012345")).await.json["reference"].as_str().expect("a number").to_owned();
    let note = json!({ "note": { "text": "Looked at." } });
    let path = format!("/api/grievances/{number}/actions");
    let act = async |mark: &str| {
        let once = key();
        let headers = [("if-match", "\"1\""), ("idempotency-key", once.as_str()), ("pratikar-as", mark)];
        analyst.post_with(&path, &note, &headers).await
    };
    for mark in [first.as_str(), "", "0000000000000000"] {
        let refused = act(mark).await;
        assert_eq!((refused.status, refused.code()), (StatusCode::CONFLICT, "other_person"), "{mark:?}");
    }
    assert_eq!(analyst.case(&number).await.version(), 1, "nothing was done");
    assert_eq!(act(&second).await.status, StatusCode::OK);
    // Nobody is signed in any more.
    let gone = world
        .anon()
        .post_with("/api/grievances", &form("9830012346"), &[("idempotency-key", &key()), ("pratikar-as", &second)])
        .await;
    assert_eq!(gone.code(), "other_person");
    let photo = analyst.request("POST", "/api/uploads").header("pratikar-as", &first).body(tests::photo().into());
    assert_eq!(analyst.send(photo.expect("a request")).await.code(), "other_person");
    // Asking who is signed in is always possible.
    let request = analyst.request("GET", "/api/session").header("pratikar-as", &first).body(axum::body::Body::empty());
    assert_eq!(analyst.send(request.expect("a request")).await.status, StatusCode::OK);
    let out = analyst.post_with("/api/codes", &json!({ "mobile": "9830012345" }), &[("pratikar-as", &first)]).await;
    assert_ne!(out.code(), "other_person");
    let _: Value = out.json;
}
