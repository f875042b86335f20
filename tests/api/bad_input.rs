//! Wrong input gets the right status, is told what to do, and changes nothing.

use axum::body::Body;
use axum::http::StatusCode;
use serde_json::{Value, json};
use tests::{Person, World, form, key};

async fn raw(person: &Person<'_>, path: &str, body: impl Into<Body>, kind: &str) -> tests::Answer {
    let request = person.request("POST", path).header("content-type", kind).header("idempotency-key", key());
    person.send(request.body(body.into()).expect("a request")).await
}

#[tokio::test]
async fn every_wrong_answer_of_the_form_is_named_at_once() {
    let world = World::new().await;
    let anon = world.anon();
    let bad =
        json!({ "text": " \u{200b}\n", "category": "x.y", "district": 307, "place": 1, "name": "", "mobile": "12" });
    let answer = anon.lodge(&bad).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::UNPROCESSABLE_ENTITY, "fields"));
    assert_eq!(
        answer.json["errors"],
        json!(["text_empty", "name_empty", "mobile_wrong_digits", "category_unknown", "place_unknown"])
    );
    let change: [(&str, Value, &str); 6] = [
        ("text", json!("ক্ষ".repeat(4_001)), "text_too_long"),
        ("text", json!("\u{7}\u{202e}"), "text_empty"),
        ("mobile", json!("নম্বর"), "mobile_letters"),
        ("name", json!("ন".repeat(101)), "name_too_long"),
        ("landmark", json!("x".repeat(201)), "landmark_too_long"),
        ("photos", json!(["0123456789abcdef0123456789abcdef"]), "photo_unknown"),
    ];
    for (field, value, expected) in change {
        let mut form = form("9830012345");
        form[field] = value;
        let answer = anon.lodge(&form).await;
        assert_eq!(answer.json["errors"], json!([expected]), "{field}");
    }
    assert_eq!(world.app.store.head().await.expect("a head").seq, 0, "nothing was written");
}

#[tokio::test]
async fn bodies_that_are_no_good_json_are_told_apart() {
    let world = World::new().await;
    let anon = world.anon();
    let path = "/api/grievances";
    let table: [(&[u8], &str, StatusCode, &str); 6] = [
        (b"{\"text\":", "application/json", StatusCode::BAD_REQUEST, "not_json"),
        (b"\xff\xfe", "application/json", StatusCode::BAD_REQUEST, "not_json"),
        (b"{\"text\":7}", "application/json", StatusCode::BAD_REQUEST, "wrong_shape"),
        (b"{\"text\":\"x\",\"admin\":true}", "application/json", StatusCode::BAD_REQUEST, "wrong_shape"),
        (b"text=x", "application/x-www-form-urlencoded", StatusCode::UNSUPPORTED_MEDIA_TYPE, "wrong_type"),
        (b"{}", "text/plain", StatusCode::UNSUPPORTED_MEDIA_TYPE, "wrong_type"),
    ];
    for (body, kind, status, code) in table {
        let answer = raw(&anon, path, body.to_vec(), kind).await;
        assert_eq!((answer.status, answer.code()), (status, code), "{:?}", String::from_utf8_lossy(body));
        assert!(!answer.json["title"].as_str().unwrap_or_default().is_empty(), "it says what to do");
    }
    let large = raw(&anon, path, format!("{{\"text\":\"{}\"}}", "x".repeat(200_000)), "application/json").await;
    assert_eq!((large.status, large.code()), (StatusCode::PAYLOAD_TOO_LARGE, "too_large"));
    assert_eq!(world.app.store.head().await.expect("a head").seq, 0);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_never_ends_is_given_up() {
    let world = World::new().await;
    let anon = world.anon();
    let request = anon
        .request("POST", "/api/grievances")
        .header("content-type", "application/json")
        .header("idempotency-key", key());
    let answer = anon.send(request.body(endless()).expect("a request")).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::REQUEST_TIMEOUT, "too_slow"));
}

/// A body that never arrives.
fn endless() -> Body {
    Body::from_stream(tokio_stream::pending::<Result<bytes::Bytes, std::io::Error>>())
}

#[tokio::test]
async fn unknown_paths_methods_and_queries_are_refused() {
    let world = World::new().await;
    let anon = world.anon();
    assert_eq!(anon.get("/api/nothing/here").await.status, StatusCode::NOT_FOUND);
    assert_eq!(anon.get("/missing-asset.js").await.status, StatusCode::NOT_FOUND);
    let request = anon.request("PUT", "/api/session").body(Body::empty()).expect("a request");
    let put = anon.send(request).await;
    assert_eq!((put.status, put.code()), (StatusCode::METHOD_NOT_ALLOWED, "wrong_method"));
    let cmo = world.staff("cmo").await;
    for path in [
        "/api/counts?by=colour",
        "/api/counts?where=x",
        "/api/counts?days=-1",
        "/api/counts?extra=1",
        "/api/cases?cursor=x",
    ] {
        let answer = cmo.get(path).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::BAD_REQUEST, "wrong_query"), "{path}");
    }
    let caller = world.staff("caller").await;
    for number in ["1", "123456789012", "abc", "%00"] {
        assert_eq!(caller.case(number).await.status, StatusCode::NOT_FOUND, "{number}");
    }
}

#[tokio::test]
async fn a_panic_is_an_incident_and_the_server_lives() {
    let world = World::new().await;
    let router =
        world.router.clone().route("/panic", axum::routing::get(async || -> &'static str { panic!("on purpose") }));
    let router = router.layer(server::page::catch_panics());
    let request = axum::http::Request::builder().uri("/panic").body(Body::empty()).expect("a request");
    let answer = tower::ServiceExt::oneshot(router, request).await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let body = axum::body::to_bytes(answer.into_body(), 10_000).await.expect("a body");
    let problem: Value = serde_json::from_slice(&body).expect("a problem");
    assert_eq!(problem["code"], "internal");
    assert_eq!(problem["incident"].as_str().map(str::len), Some(8));
    assert_eq!(world.anon().get("/livez").await.status, StatusCode::OK);
}

#[tokio::test]
async fn one_number_is_not_flooded_and_a_repeated_request_is_still_answered() {
    let world = World::new().await;
    let anon = world.anon();
    let once = key();
    let headers = [("idempotency-key", once.as_str())];
    let first = anon.post_with("/api/grievances", &form("9830012345"), &headers).await;
    assert_eq!(first.status, StatusCode::CREATED);
    let mut refused = 0;
    for _ in 0..12 {
        let answer = anon.lodge(&form("9830012345")).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            assert!(answer.json["retry_after"].as_u64().is_some_and(|seconds| seconds > 60), "{}", answer.text);
            refused += 1;
        }
    }
    assert_eq!(refused, 3, "ten at once, with the first");
    let again = anon.post_with("/api/grievances", &form("9830012345"), &headers).await;
    assert_eq!((again.status, &again.json["reference"]), (StatusCode::CREATED, &first.json["reference"]));
    assert_eq!(anon.lodge(&form("9830054321")).await.status, StatusCode::CREATED, "others are not touched");
    // Nor is the number's holder affected, at another address.
    let at_home = anon.lodge_from(77, &form("9830012345")).await;
    assert_eq!(at_home.status, StatusCode::CREATED, "{}", at_home.text);
}
