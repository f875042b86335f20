//! POST /api/codes and /api/codes/{id}: the limits of SEC-20 to SEC-25.

use axum::http::StatusCode;
use chrono::Duration;
use serde_json::json;
use tests::World;

const MOBILE: &str = "9830012345";

async fn ask(world: &World) -> String {
    let sent = world.anon().post("/api/codes", &json!({ "mobile": MOBILE })).await;
    assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.text);
    sent.json["id"].as_str().expect("an id").to_owned()
}

async fn digits(world: &World) -> String {
    let message = world.last_message(MOBILE, "code").await;
    model::text::digits(&message).get(..6).expect("six digits").to_owned()
}

async fn try_code(world: &World, id: &str, code: &str) -> (StatusCode, String) {
    let answer = world.anon().post(&format!("/api/codes/{id}"), &json!({ "code": code })).await;
    (answer.status, answer.code().to_owned())
}

#[tokio::test]
async fn a_code_works_once_in_any_digits_and_for_ten_minutes() {
    let world = World::new().await;
    let id = ask(&world).await;
    let code = digits(&world).await;
    let bengali: String =
        code.chars().map(|c| char::from_u32(0x09E6 + c.to_digit(10).expect("a digit")).expect("a digit")).collect();
    let spaced = format!("{} {}", &bengali[..9], &bengali[9..]);
    assert_eq!(try_code(&world, &id, &spaced).await.0, StatusCode::CREATED);
    assert_eq!(try_code(&world, &id, &code).await, (StatusCode::GONE, "expired_code".into()), "used up");

    world.pass(Duration::minutes(11));
    let id = ask(&world).await;
    let code = digits(&world).await;
    world.pass(Duration::minutes(10) + Duration::seconds(1));
    assert_eq!(try_code(&world, &id, &code).await, (StatusCode::GONE, "expired_code".into()));
}

#[tokio::test]
async fn five_wrong_tries_end_a_code_and_ten_an_hour() {
    let world = World::new().await;
    let id = ask(&world).await;
    let right = digits(&world).await;
    let wrong = if right == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        assert_eq!(try_code(&world, &id, wrong).await, (StatusCode::UNPROCESSABLE_ENTITY, "wrong_code".into()));
    }
    assert_eq!(try_code(&world, &id, &right).await, (StatusCode::GONE, "expired_code".into()));
    let id = ask(&world).await;
    for _ in 0..5 {
        try_code(&world, &id, wrong).await;
    }
    assert_eq!(try_code(&world, &id, &right).await.0, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_late_message_still_works_and_shares_the_counter() {
    let world = World::new().await;
    let first = ask(&world).await;
    let early = digits(&world).await;
    world.pass(Duration::minutes(3));
    let second = ask(&world).await;
    assert_ne!(first, second);
    assert_eq!(try_code(&world, &second, &early).await.0, StatusCode::CREATED, "the first code came late");
}

#[tokio::test]
async fn sending_is_limited_by_number_and_by_address() {
    let world = World::new().await;
    for _ in 0..3 {
        ask(&world).await;
    }
    let fourth = world.anon().post("/api/codes", &json!({ "mobile": MOBILE })).await;
    assert_eq!((fourth.status, fourth.code()), (StatusCode::TOO_MANY_REQUESTS, "too_many"));
    assert_eq!(fourth.headers["retry-after"], "600");
    let mut sent = 3;
    for index in 0..100 {
        let answer = world.anon().post("/api/codes", &json!({ "mobile": format!("98300{index:05}") })).await;
        sent += u32::from(answer.status == StatusCode::CREATED);
    }
    assert_eq!(sent, 20, "an address has twenty an hour");
}

#[tokio::test]
async fn an_unknown_number_is_answered_alike() {
    let world = World::new().await;
    let known = world.anon().lodge(&tests::form(MOBILE)).await;
    assert_eq!(known.status, StatusCode::CREATED);
    let a = world.anon().post("/api/codes", &json!({ "mobile": MOBILE })).await;
    let b = world.anon().post("/api/codes", &json!({ "mobile": "9000000001" })).await;
    assert_eq!((a.status, a.text.len()), (b.status, b.text.len()));
    let letters = world.anon().post("/api/codes", &json!({ "mobile": "abc" })).await;
    assert_eq!(letters.json["errors"], json!(["mobile_letters"]));
}

#[tokio::test]
async fn a_burst_side_by_side_passes_no_limit() {
    let world = World::new().await;
    let asked = (0..20).map(|_| async { world.anon().post("/api/codes", &json!({ "mobile": MOBILE })).await.status });
    let sent = crate::side_by_side(asked).await;
    assert_eq!(sent.iter().filter(|status| **status == StatusCode::CREATED).count(), 3);
    let all = world.app.store.messages(100).await.expect("messages");
    assert_eq!(all.len(), 3);
    world.pass(Duration::minutes(11));
    let id = ask(&world).await;
    let right = digits(&world).await;
    let wrong = if right == "000000" { "000001" } else { "000000" };
    let tries = (0..40).map(|_| try_code(&world, &id, wrong));
    let answers = crate::side_by_side(tries).await;
    let counted = answers.iter().filter(|(status, _)| *status == StatusCode::UNPROCESSABLE_ENTITY).count();
    assert_eq!(counted, 5, "a code bears five wrong tries, however fast they come");
}
