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
async fn an_answer_lost_on_the_line_is_given_again_to_the_page_that_asked() {
    let world = World::new().await;
    let id = ask(&world).await;
    let code = digits(&world).await;
    let (path, once) = (format!("/api/codes/{id}"), "0123456789abcdef0123456789abcdef");
    let try_with = |code: &str, once: &str| json!({ "code": code, "once": once });
    let name = async |person: &tests::Person<'_>| person.get("/api/session").await.json["name"].clone();
    let mut before: Option<tests::Person<'_>> = None;
    for _ in 0..3 {
        let mut person = world.anon();
        let answer = person.post(&path, &try_with(&code, once)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        person.cookie = Some(tests::cookies(&answer));
        assert_eq!(name(&person).await, "98xxxxxx45");
        if let Some(before) = before.replace(person) {
            assert_eq!(name(&before).await, "", "another has taken its place");
        }
    }
    // The cookie arrived and the rest of the answer did not: asked with that cookie, the code is accepted again.
    let last = before.expect("a session");
    assert_eq!(last.post(&path, &try_with(&code, once)).await.status, StatusCode::CREATED);
    let refused = [(&*code, "another word of at least 16"), (&*code, ""), (&*code, "short"), (wrong(&code), once)];
    for (code, once) in refused {
        let answer = world.anon().post(&path, &try_with(code, once)).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::GONE, "expired_code"), "{code} {once}");
    }
    world.pass(Duration::minutes(10) + Duration::seconds(1));
    assert_eq!(world.anon().post(&path, &try_with(&code, once)).await.status, StatusCode::GONE);
    // A page cannot sign somebody in again after they have signed out.
    let id = ask(&world).await;
    let (path, code) = (format!("/api/codes/{id}"), digits(&world).await);
    let mut person = world.anon();
    person.cookie = Some(tests::cookies(&person.post(&path, &try_with(&code, once)).await));
    assert_eq!(person.sign_out().await.status, StatusCode::OK);
    assert_eq!(world.anon().post(&path, &try_with(&code, once)).await.status, StatusCode::GONE);
    // A page text that could be guessed is ignored.
    let id = ask(&world).await;
    let code = digits(&world).await;
    let path = format!("/api/codes/{id}");
    assert_eq!(world.anon().post(&path, &try_with(&code, "short")).await.status, StatusCode::CREATED);
    assert_eq!(world.anon().post(&path, &try_with(&code, "short")).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn five_wrong_tries_end_a_code_and_no_other() {
    let world = World::new().await;
    let id = ask(&world).await;
    let right = digits(&world).await;
    let wrong = wrong(&right);
    for _ in 0..5 {
        assert_eq!(try_code(&world, &id, wrong).await, (StatusCode::UNPROCESSABLE_ENTITY, "wrong_code".into()));
    }
    assert_eq!(try_code(&world, &id, &right).await, (StatusCode::GONE, "expired_code".into()));
    let id = ask(&world).await;
    let right = digits(&world).await;
    assert_eq!(try_code(&world, &id, &right).await.0, StatusCode::CREATED, "ten wrong tries an hour would end it");
}

fn wrong(right: &str) -> &'static str {
    if right == "000000" { "000001" } else { "000000" }
}

#[tokio::test]
async fn a_strangers_guesses_do_not_end_the_owners_code() {
    let world = World::new().await;
    let own = world.anon().post_from(1, "/api/codes", &json!({ "mobile": MOBILE })).await;
    let right = digits(&world).await;
    for _ in 0..2 {
        let strange = world.anon().post_from(2, "/api/codes", &json!({ "mobile": MOBILE })).await;
        assert_eq!(strange.status, StatusCode::CREATED);
        let id = strange.json["id"].as_str().expect("an id");
        for _ in 0..5 {
            try_code(&world, id, wrong(&right)).await;
        }
        assert_eq!(try_code(&world, id, &right).await.1, "expired_code");
    }
    let id = own.json["id"].as_str().expect("an id");
    assert_eq!(try_code(&world, id, &right).await.0, StatusCode::CREATED);
}

#[tokio::test]
async fn a_late_message_still_works_where_the_same_address_asked_for_it() {
    let world = World::new().await;
    let ask = async |address: u8| {
        let sent = world.anon().post_from(address, "/api/codes", &json!({ "mobile": MOBILE })).await;
        (sent.json["id"].as_str().expect("an id").to_owned(), digits(&world).await)
    };
    let (first, early) = ask(1).await;
    let (strange, _) = ask(2).await;
    world.pass(Duration::minutes(3));
    let (second, _) = ask(1).await;
    assert_ne!(first, second);
    assert_eq!(try_code(&world, &strange, &early).await.1, "wrong_code", "another address asked for this one");
    assert_eq!(try_code(&world, &second, &early).await.0, StatusCode::CREATED, "the first code came late");
    assert_eq!(try_code(&world, &second, &early).await.1, "expired_code", "the page is used up with it");
}

#[tokio::test]
async fn what_holds_no_code_is_no_try_and_a_whole_message_is_one() {
    let world = World::new().await;
    let id = ask(&world).await;
    for typed in ["", "abc", "12345", "1234567", "111111 222222"] {
        for _ in 0..2 {
            assert_eq!(
                try_code(&world, &id, typed).await,
                (StatusCode::UNPROCESSABLE_ENTITY, "no_code".into()),
                "{typed}"
            );
        }
    }
    let message = world.last_message(MOBILE, "code").await;
    assert_eq!(try_code(&world, &id, &message).await.0, StatusCode::CREATED, "{message}");
}

#[tokio::test]
async fn sending_is_limited_by_number_and_the_wait_told_is_the_true_one() {
    let world = World::new().await;
    for _ in 0..3 {
        ask(&world).await;
        world.pass(Duration::minutes(1));
    }
    world.pass(Duration::minutes(1));
    let fourth = world.anon().post("/api/codes", &json!({ "mobile": MOBILE })).await;
    assert_eq!((fourth.status, fourth.code()), (StatusCode::TOO_MANY_REQUESTS, "too_many"));
    assert_eq!(fourth.headers["retry-after"], "360", "four of ten minutes are over");
    world.pass(Duration::minutes(6));
    ask(&world).await;
    world.pass(Duration::minutes(9));
    ask(&world).await;
    world.pass(Duration::hours(3));
    let sixth = world.anon().post("/api/codes", &json!({ "mobile": MOBILE })).await;
    assert_eq!(sixth.headers["retry-after"], (24 * 3600 - (19 + 180) * 60).to_string().as_str(), "five a day");
}

#[tokio::test]
async fn strangers_use_up_nothing_of_the_owners() {
    let world = World::new().await;
    let mut owner = world.citizen(MOBILE).await;
    world.pass(Duration::hours(25));
    let mut sent = 0;
    for address in 10..40 {
        let answer = world.anon().post_from(address, "/api/codes", &json!({ "mobile": MOBILE })).await;
        sent += u32::from(answer.status == StatusCode::CREATED);
        world.pass(Duration::minutes(11));
    }
    assert_eq!(sent, 8, "all strangers together have eight a day");
    let device = owner.cookie.take().expect("cookies");
    owner.cookie = device.split("; ").find(|pair| pair.starts_with("__Host-device=")).map(str::to_owned);
    for _ in 0..3 {
        let answer = owner.post("/api/codes", &json!({ "mobile": MOBILE })).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    }
    assert_eq!(owner.post("/api/codes", &json!({ "mobile": MOBILE })).await.headers["retry-after"], "600");
    let forged = format!("{}f", owner.cookie.as_deref().expect("a cookie").trim_end_matches(|c: char| c.is_ascii()));
    owner.cookie = Some(format!("__Host-device={forged:0>32}"));
    assert_eq!(owner.post_from(50, "/api/codes", &json!({ "mobile": MOBILE })).await.code(), "too_many", "forged");
}

#[tokio::test]
async fn a_code_asked_for_by_text_message_opens_any_open_page() {
    let world = World::new().await;
    let id = ask(&world).await;
    for address in 10..30 {
        world.anon().post_from(address, "/api/codes", &json!({ "mobile": MOBILE })).await;
    }
    world.pass(Duration::minutes(12));
    for word in ["CODE", "কোড", "kod"] {
        world.text(MOBILE, word).await;
    }
    let code = digits(&world).await;
    world.text(MOBILE, "कोड").await;
    assert_eq!(digits(&world).await, code, "three in ten minutes");
    assert_eq!(try_code(&world, &id, &code).await.0, StatusCode::CREATED);
}

#[tokio::test]
async fn an_owner_at_a_new_browser_comes_in_though_strangers_used_up_the_day() {
    let world = World::new().await;
    for address in 10..30 {
        world.anon().post_from(address, "/api/codes", &json!({ "mobile": MOBILE })).await;
        world.pass(Duration::minutes(11));
    }
    let refused = world.anon().post_from(1, "/api/codes", &json!({ "mobile": MOBILE })).await;
    assert_eq!(refused.code(), "too_many");
    let page = refused.json["code_page"].as_str().expect("a page").to_owned();
    let again = world.anon().post_from(1, "/api/codes", &json!({ "mobile": MOBILE })).await;
    // A person with the same address and number uses up the attempts of a page of their own.
    let theirs = again.json["code_page"].as_str().expect("a page").to_owned();
    assert_ne!(theirs, page);
    assert_eq!(try_code(&world, &page, "123456").await.1, "expired_code", "no code was asked for");
    world.text(MOBILE, "CODE").await;
    for _ in 0..6 {
        try_code(&world, &theirs, "000000").await;
    }
    let plain = world.anon().form("/en/plain/sign-in", &format!("mobile={MOBILE}")).await;
    assert!(plain.status == StatusCode::TOO_MANY_REQUESTS && plain.text.contains("name=\"code\""), "{}", plain.text);
    assert_eq!(try_code(&world, &page, &digits(&world).await).await.0, StatusCode::CREATED);
}

#[tokio::test]
async fn guesses_at_a_stranger_s_address_leave_the_telephone_s_code_alone() {
    let world = World::new().await;
    for address in 10..30 {
        world.anon().post_from(address, "/api/codes", &json!({ "mobile": MOBILE })).await;
        world.pass(Duration::minutes(11));
    }
    let page = async |address: u8| {
        let answer = world.anon().post_from(address, "/api/codes", &json!({ "mobile": MOBILE })).await;
        answer.json["code_page"].as_str().expect("a page").to_owned()
    };
    let own = page(1).await;
    world.text(MOBILE, "CODE").await;
    let code = digits(&world).await;
    for address in 2..8 {
        for _ in 0..40 {
            let theirs = page(address).await;
            for _ in 0..5 {
                try_code(&world, &theirs, wrong(&code)).await;
            }
        }
        // By now not even the right code opens anything there.
        assert_eq!(try_code(&world, &page(address).await, &code).await.0, StatusCode::GONE);
    }
    assert_eq!(try_code(&world, &own, &code).await.0, StatusCode::CREATED);
}

#[tokio::test]
async fn a_busy_address_works_for_each_code_and_nobody_is_shut_out() {
    use sha2::{Digest, Sha256};
    let world = World::new().await;
    let ask = async |index: u32, work: serde_json::Value| {
        let mut body = json!({ "mobile": format!("98300{index:05}") });
        if !work.is_null() {
            body["work"] = work;
        }
        world.anon().post("/api/codes", &body).await
    };
    for index in 0..20 {
        assert_eq!(ask(index, json!(null)).await.status, StatusCode::CREATED);
    }
    let solve = |answer: &tests::Answer| {
        assert_eq!((answer.status, answer.code()), (StatusCode::TOO_MANY_REQUESTS, "work_needed"), "{}", answer.text);
        let challenge = answer.json["work"]["challenge"].as_str().expect("a challenge");
        let bits = answer.json["work"]["bits"].as_u64().expect("bits");
        assert_eq!(bits, 14);
        let fits = |text: &String| {
            let hash = Sha256::digest(text.as_bytes());
            u64::from(u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]).leading_zeros()) >= bits
        };
        (0u32..).map(|counter| format!("{challenge}:{counter}")).find(fits).expect("a counter")
    };
    let worked = solve(&ask(21, json!(null)).await);
    assert_eq!(ask(21, json!(format!("{worked}0"))).await.code(), "work_needed", "another sum");
    assert_eq!(ask(21, json!(&worked)).await.status, StatusCode::CREATED);
    let again = ask(22, json!(&worked)).await;
    assert_eq!(again.code(), "work_needed", "each sum counts once");
    let late = solve(&again);
    world.pass(Duration::minutes(11));
    assert_eq!(ask(22, json!(late)).await.code(), "work_needed", "ten minutes old");
    let elsewhere = world.anon().post_from(9, "/api/codes", &json!({ "mobile": "9830099999" })).await;
    assert_eq!(elsewhere.status, StatusCode::CREATED);
    // A plain page cannot do the work: it has twenty codes of its own, then waits.
    let plain =
        async |index: u32| world.anon().form("/en/plain/sign-in", &format!("mobile=98301{index:05}")).await.status;
    for index in 0..20 {
        assert_eq!(plain(index).await, StatusCode::OK);
    }
    assert_eq!(plain(20).await, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_strangers_number_is_not_made_to_ring() {
    let world = World::new().await;
    for index in 0..6 {
        let mut form = tests::form(MOBILE);
        form["text"] = json!(format!("রাস্তা ভাঙা, {index} মাস।"));
        assert_eq!(world.anon().lodge(&form).await.status, StatusCode::CREATED, "it is taken all the same");
    }
    let all = world.app.store.messages(100).await.expect("messages");
    let going = all.iter().filter(|message| message.state == server::store::MessageState::Pending).count();
    assert_eq!(going, 3, "three texts in ten minutes");
    // What strangers lodge under a number costs its owner no code.
    ask(&world).await;
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

#[tokio::test]
async fn more_pages_bring_no_more_guesses_at_a_code() {
    let world = World::new().await;
    for _ in 0..3 {
        ask(&world).await;
    }
    let code = digits(&world).await;
    let mut heard = 0;
    let mut last = String::new();
    for _ in 0..20 {
        let refused = world.anon().post("/api/codes", &json!({ "mobile": MOBILE })).await;
        last = refused.json["code_page"].as_str().expect("a page").to_owned();
        for _ in 0..5 {
            heard += u32::from(try_code(&world, &last, wrong(&code)).await.1 == "wrong_code");
        }
    }
    assert!(heard <= 15, "{heard} guesses");
    assert_eq!(try_code(&world, &last, &code).await.0, StatusCode::GONE, "not even the right one opens by such a page");
}
