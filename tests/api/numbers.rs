//! Changing the number: by somebody who proves both, or at a counter and decided by somebody else.

use axum::http::StatusCode;
use serde_json::json;
use tests::{Answer, Person, World, form};

const OLD: &str = "9830012345";
const NEW: &str = "9830067890";

async fn lodged(world: &World) -> (Person<'_>, String) {
    let citizen = world.citizen(OLD).await;
    let number = citizen.lodge(&form(OLD)).await.json["reference"].as_str().expect("a number").to_owned();
    (citizen, number)
}

#[tokio::test]
async fn a_citizen_moves_everything_to_a_number_that_she_proves() {
    let world = World::new().await;
    let (citizen, number) = lodged(&world).await;
    let link = world.link(&number).await;
    let sent = citizen.post("/api/codes", &json!({ "mobile": NEW })).await;
    let body = json!({ "id": sent.json["id"], "code": world.digits(NEW).await });
    assert_eq!(world.anon().post("/api/me/number", &body).await.status, StatusCode::UNAUTHORIZED);
    let moved = citizen.post("/api/me/number", &body).await;
    assert_eq!(moved.status, StatusCode::CREATED, "{}", moved.text);
    assert_eq!(moved.json["name"], "98xxxxxx90");
    let mut new = world.anon();
    new.cookie = Some(tests::cookies(&moved));
    let view = new.case(&number).await.json;
    assert_eq!((&view["mobile"], &view["timeline"][0]["kind"]), (&json!("98xxxxxx90"), &json!("number_changed")));
    assert_eq!(view["number_verified"], true);
    let other_word = json!({ "id": body["id"], "code": body["code"], "once": "a word of another page" });
    assert_eq!(citizen.post("/api/me/number", &other_word).await.status, StatusCode::UNAUTHORIZED, "handed over");
    world.pass(chrono::Duration::minutes(6));
    assert_eq!(citizen.case(&number).await.status, StatusCode::UNAUTHORIZED, "the session of before has ended");
    assert_eq!(world.citizen(OLD).await.case(&number).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.anon().get(&link).await.status, StatusCode::NOT_FOUND, "links at the old number open nothing");
    for mobile in [OLD, NEW] {
        assert!(world.last_message(mobile, "number_changed").await.contains("98xxxxxx90"));
    }
    assert_eq!(world.audit().await.faults, Vec::<String>::new());
}

#[tokio::test]
async fn a_change_whose_answer_is_lost_is_told_when_asked_again() {
    let world = World::new().await;
    let (citizen, number) = lodged(&world).await;
    let sent = citizen.post("/api/codes", &json!({ "mobile": NEW })).await;
    let once = "0123456789abcdef0123456789abcdef";
    let body = json!({ "id": sent.json["id"], "code": world.digits(NEW).await, "once": once });
    assert_eq!(citizen.post("/api/me/number", &body).await.status, StatusCode::CREATED);
    // The cookie of that answer was lost.
    assert_eq!(citizen.get("/api/session").await.json["name"], "98xxxxxx90");
    let again = citizen.post("/api/me/number", &body).await;
    assert_eq!((again.status, &again.json["name"]), (StatusCode::CREATED, &json!("98xxxxxx90")));
    let mut new = world.anon();
    new.cookie = Some(tests::cookies(&again));
    assert_eq!(new.case(&number).await.json["timeline"].as_array().expect("entries").len(), 2, "moved once");
    assert_eq!(world.templates(NEW).await.iter().filter(|template| *template == "number_changed").count(), 1);
    // The code was for this change only, and the previous session begins no other.
    let path = format!("/api/codes/{}", body["id"].as_str().expect("an id"));
    let elsewhere = world.anon().post(&path, &json!({ "code": body["code"], "once": once })).await;
    assert_eq!(elsewhere.status, StatusCode::GONE);
    let third = "9830011111";
    let sent = citizen.post("/api/codes", &json!({ "mobile": third })).await;
    let on = json!({ "id": sent.json["id"], "code": world.digits(third).await });
    assert_eq!(citizen.post("/api/me/number", &on).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(new.case(&number).await.status, StatusCode::OK);
}

#[tokio::test]
async fn whoever_signs_out_after_a_change_ends_the_session_of_before_as_well() {
    let world = World::new().await;
    let (citizen, number) = lodged(&world).await;
    let sent = citizen.post("/api/codes", &json!({ "mobile": NEW })).await;
    let once = "0123456789abcdef0123456789abcdef";
    let body = json!({ "id": sent.json["id"], "code": world.digits(NEW).await, "once": once });
    let mut new = world.anon();
    new.cookie = Some(tests::cookies(&citizen.post("/api/me/number", &body).await));
    assert_eq!((citizen.case(&number).await.status, new.case(&number).await.status), (StatusCode::OK, StatusCode::OK));
    assert_eq!(new.sign_out().await.status, StatusCode::OK);
    for gone in [&citizen, &new] {
        assert_eq!(gone.case(&number).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(gone.post("/api/me/number", &body).await.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn of_two_changes_at_once_one_is_made_and_the_other_is_told() {
    let world = World::new().await;
    let (citizen, number) = lodged(&world).await;
    let mut bodies = Vec::new();
    for to in [NEW, "9830011111"] {
        let sent = citizen.post("/api/codes", &json!({ "mobile": to })).await;
        bodies.push((to, json!({ "id": sent.json["id"], "code": world.digits(to).await })));
    }
    let (first, second) =
        tokio::join!(citizen.post("/api/me/number", &bodies[0].1), citizen.post("/api/me/number", &bodies[1].1));
    let mut statuses = [first.status, second.status];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::CREATED, StatusCode::UNAUTHORIZED], "{} {}", first.text, second.text);
    let (answer, to) = if first.status == StatusCode::CREATED { (first, NEW) } else { (second, bodies[1].0) };
    let mut new = world.anon();
    new.cookie = Some(tests::cookies(&answer));
    assert_eq!(new.get("/api/session").await.json["name"], format!("98xxxxxx{}", &to[8..]));
    assert_eq!(new.case(&number).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_number_that_somebody_has_is_no_new_one() {
    let world = World::new().await;
    let (citizen, number) = lodged(&world).await;
    world.pass(chrono::Duration::minutes(1));
    let sent = citizen.post("/api/codes", &json!({ "mobile": OLD })).await;
    let body = json!({ "id": sent.json["id"], "code": world.digits(OLD).await });
    let refused = citizen.post("/api/me/number", &body).await;
    assert_eq!((refused.status, refused.code()), (StatusCode::UNPROCESSABLE_ENTITY, "same_number"));
    world.pass(chrono::Duration::minutes(6));
    assert_eq!(citizen.case(&number).await.status, StatusCode::OK, "the session goes on");
}

#[tokio::test]
async fn a_link_that_was_open_shows_nothing_once_the_number_has_changed() {
    let world = World::new().await;
    let (citizen, number) = lodged(&world).await;
    let mut holder = world.anon();
    holder.cookie = Some(tests::cookies(&world.anon().get(&world.link(&number).await).await));
    assert_eq!(holder.get("/api/grievances").await.json[0]["reference"], number);
    let sent = citizen.post("/api/codes", &json!({ "mobile": NEW })).await;
    let body = json!({ "id": sent.json["id"], "code": world.digits(NEW).await });
    assert_eq!(citizen.post("/api/me/number", &body).await.status, StatusCode::CREATED);
    assert_eq!(holder.get("/api/grievances").await.json, json!([]));
    assert!(!holder.get("/plain/mine").await.text.contains("টিউবওয়েল"));
}

async fn ask(person: &Person<'_>, number: &str, mobile: &str) -> Answer {
    let body = json!({ "mobile": mobile, "reason": "SIM lost; voter card seen" });
    person.post(&format!("/api/grievances/{number}/number"), &body).await
}

#[tokio::test]
async fn a_counter_asks_and_somebody_else_decides() {
    let world = World::new().await;
    let (_, number) = lodged(&world).await;
    let (counter, analyst, nodal) =
        (world.staff("counter").await, world.staff("analyst").await, world.staff("nodal.phe").await);
    assert_eq!(ask(&counter, "100000000000", NEW).await.status, StatusCode::NOT_FOUND);
    assert_eq!(ask(&counter, &number, "033 2214 5555").await.json["errors"], json!(["mobile_landline"]));
    assert!(!ask(&nodal, &number, NEW).await.status.is_success(), "never a department");
    assert_eq!(ask(&counter, &number, OLD).await.json["refusal"], "number_change_pending", "the same number");
    let asked = ask(&counter, &number, NEW).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.text);
    assert_eq!(ask(&counter, &number, NEW).await.json["refusal"], "number_change_pending");
    for mobile in [OLD, NEW] {
        assert!(world.last_message(mobile, "number_change_asked").await.contains("98xxxxxx90"));
    }
    assert_eq!(analyst.case(&number).await.json["number_change_requested"], true);
    let refused = analyst.act(&number, &json!({ "refuse_number_change": { "reason": "Not the same person" } })).await;
    assert_eq!(refused.json["number_change_requested"], false, "{}", refused.text);
    world.last_message(OLD, "number_kept").await;
    // The person who asks does not decide.
    assert_eq!(ask(&analyst, &number, NEW).await.status, StatusCode::OK);
    let approve = json!({ "approve_number_change": { "reason": "Card compared" } });
    assert_eq!(analyst.act(&number, &approve).await.json["refusal"], "own_request");
    analyst.act(&number, &json!({ "refuse_number_change": { "reason": "again" } })).await;
    let forged = analyst.act(&number, &json!({ "request_number_change": { "to": 1, "reason": "x" } })).await;
    assert_eq!(forged.code(), "wrong_shape", "whose number it is, is not the sender's to say");
}

#[tokio::test]
async fn an_approved_number_has_the_case_and_is_not_proved_by_that() {
    let world = World::new().await;
    let (citizen, number) = lodged(&world).await;
    assert_eq!(ask(&world.staff("counter").await, &number, NEW).await.status, StatusCode::OK);
    let analyst = world.staff("analyst").await;
    let approve = json!({ "approve_number_change": { "reason": "Card compared" } });
    let view = analyst.must(&number, &approve, "registered").await.json;
    assert_eq!((&view["mobile"], &view["number_verified"]), (&json!("98xxxxxx90"), &json!(false)));
    assert_eq!(view["timeline"][0]["text"], "Card compared");
    assert_eq!(citizen.case(&number).await.status, StatusCode::NOT_FOUND);
    let new = world.citizen(NEW).await;
    let seen = new.case(&number).await.json;
    assert_eq!(seen["timeline"][0]["text"], json!(null), "what was seen at the counter is the cell's");
    assert_eq!(world.audit().await.faults, Vec::<String>::new());
}
