//! POST /api/session: guessing is slow, nobody is locked out, and an existing name cannot be told from another.

use axum::http::StatusCode;
use chrono::Duration;
use serde_json::json;
use tests::{Answer, World};

async fn guess(world: &World, address: u8, name: &str) -> Answer {
    world.anon().post_from(address, "/api/session", &json!({ "username": name, "password": "guess" })).await
}

#[tokio::test]
async fn wrong_passwords_are_delayed_alike_whether_or_not_there_is_the_name() {
    let world = World::new().await;
    for name in ["analyst", "nobody.at.all"] {
        let mut told = Vec::new();
        for _ in 0..7 {
            let answer = guess(&world, 1, name).await;
            let wait = answer.headers.get("retry-after").map(|wait| wait.to_str().expect("text").to_owned());
            told.push((answer.status.as_u16(), wait));
        }
        let expected =
            [401, 401, 401, 401, 401, 429, 429].map(|status| (status, (status == 429).then(|| "8".to_owned())));
        assert_eq!(told, expected, "{name}");
    }
}

#[tokio::test]
async fn strangers_do_not_keep_an_officer_out() {
    let world = World::new().await;
    let officer = world.staff("analyst").await;
    world.pass(Duration::hours(1));
    // From many addresses, over and over.
    for address in 10..60 {
        for _ in 0..3 {
            guess(&world, address, "analyst").await;
        }
    }
    let body = json!({ "username": "analyst", "password": seed::DEMO_PASSWORD });
    let mut known = officer.clone();
    let desk = officer.cookie.as_deref().expect("cookies").split("; ").find(|pair| pair.starts_with("__Host-desk="));
    known.cookie = desk.map(str::to_owned);
    let answer = known.post("/api/session", &body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "her own desk: {}", answer.text);
    let elsewhere = world.anon().post_from(200, "/api/session", &body).await;
    let wait: i64 = elsewhere.headers["retry-after"].to_str().expect("text").parse().expect("a number");
    assert!((1..=60).contains(&wait), "at a new desk she waits a minute at the most: {wait}");
    world.pass(Duration::seconds(wait));
    assert_eq!(world.anon().post_from(200, "/api/session", &body).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_burst_of_guesses_passes_no_limit_and_a_good_password_ends_the_count() {
    let world = World::new().await;
    let tried = crate::side_by_side((0..20).map(|_| guess(&world, 3, "analyst"))).await;
    assert_eq!(tried.iter().filter(|answer| answer.status == StatusCode::UNAUTHORIZED).count(), 5);
    world.pass(Duration::minutes(1));
    let body = json!({ "username": "analyst", "password": seed::DEMO_PASSWORD });
    assert_eq!(world.anon().post_from(3, "/api/session", &body).await.status, StatusCode::CREATED);
    for _ in 0..5 {
        assert_eq!(guess(&world, 3, "analyst").await.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn a_sign_in_under_way_does_not_outlive_a_change_of_the_password() {
    let world = World::new().await;
    let store = &world.app.store;
    // Whoever signs in now waits for a turn to hash.
    let turns = world.app.hashing.acquire_many(2).await.expect("turns");
    let body = json!({ "username": "analyst", "password": seed::DEMO_PASSWORD });
    let anon = world.anon();
    let under_way = anon.post("/api/session", &body);
    let changed = async {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        let account = store.account("analyst").await.expect("read").expect("an account");
        let password = server::app::password::hash("another long password").expect("a hash");
        let staff = account.actor.staff.expect("staff");
        store.put_accounts(vec![server::store::Account { password, ..account }], world.now()).await.expect("changed");
        store.end_sessions_of(staff).await.expect("ended");
        drop(turns);
    };
    let (answer, ()) = tokio::join!(under_way, changed);
    assert_eq!((answer.status, answer.code()), (StatusCode::UNAUTHORIZED, "wrong_password"), "{}", answer.text);
}
