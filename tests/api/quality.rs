//! Scoring calls: who is drawn, what is heard and on record, blind second scores, disputes.

use crate::phone::Remembering;
use crate::telephone::{happens, rings};
use axum::body::Body;
use axum::http::StatusCode;
use chrono::Duration;
use model::quality::{CallKind, Mark};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use tests::{Answer, Person, World, form};

/// A world with this many calls that the tele-caller has taken, the first about a grievance.
async fn called(count: usize) -> World {
    let exchange = Remembering { recordings: true, ..Remembering::default() };
    let world = World::calling(Arc::new(exchange)).await;
    let telecaller = world.staff("telecaller").await;
    for index in 0..count {
        let id = format!("call{index}");
        rings(&world, &id, "9830012345", "telecaller").await;
        happens(&world, &id, "answered").await;
        if index == 0 {
            let number = telecaller.lodge(&form("9830012345")).await.json["reference"].clone();
            let tied = telecaller.post(&format!("/api/line/calls/{id}"), &json!({ "reference": number })).await;
            assert_eq!(tied.status, StatusCode::OK);
        }
        world.pass(Duration::seconds(30));
        happens(&world, &id, "ended").await;
    }
    world
}

async fn next(lead: &Person<'_>) -> Value {
    let answer = lead.post("/api/quality/next", &json!(null)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json
}

fn marks(mark: &str) -> Value {
    CallKind::Intake.criteria().iter().map(|criterion| json!({ "criterion": criterion, "mark": mark })).collect()
}

async fn score(lead: &Person<'_>, call: &Value, marks: &Value) -> Answer {
    let path = format!("/api/quality/calls/{}/score", call.as_str().expect("an id"));
    lead.post(&path, &json!({ "marks": marks, "note": "আস্তে পড়ুন" })).await
}

async fn own(world: &World) -> Vec<Value> {
    world.staff("telecaller").await.get("/api/quality/own").await.json.as_array().expect("scores").clone()
}

#[tokio::test]
async fn a_call_is_handed_to_one_lead_and_scored_once() {
    let world = called(2).await;
    let (lead, other) = (world.staff("quality").await, world.staff("quality2").await);
    let first = next(&lead).await;
    assert_eq!((&first["kind"], &first["seconds"]), (&json!("intake"), &json!(30)));
    assert!(!first.to_string().contains("Tele-caller"), "whose call it is, is told after the score");
    assert_eq!(next(&lead).await["id"], first["id"], "a page that was loaded again goes on with it");
    let second = next(&other).await;
    assert_ne!(second["id"], first["id"]);
    assert_eq!(score(&other, &first["id"], &marks("fully")).await.status, StatusCode::NOT_FOUND, "not handed to them");
    assert_eq!(score(&lead, &first["id"], &json!([])).await.status, StatusCode::BAD_REQUEST);
    let told = score(&lead, &first["id"], &marks("partly")).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.text);
    assert_eq!((&told.json["name"], &told.json["percent"]), (&json!("Tele-caller"), &json!(50)));
    assert_eq!(score(&lead, &first["id"], &marks("fully")).await.status, StatusCode::NOT_FOUND, "once");
    let again = score(&lead, &first["id"], &marks("partly")).await;
    assert_eq!((again.status, &again.json), (StatusCode::OK, &told.json), "whose answer was lost sends it again");
    assert_eq!(lead.get("/api/quality").await.json["scored"], 1);
    // The case of the first call is shown, and its reading is on record.
    let with_case = if first["id"] == "call0" { &first } else { &second };
    assert_eq!(with_case["case"]["text"], form("9830012345")["text"]);
    world.pass(Duration::minutes(31));
    assert_eq!(
        score(&world.staff("quality2").await, &second["id"], &marks("fully")).await.status,
        StatusCode::NOT_FOUND,
        "too late"
    );
    world.pass(Duration::days(8));
    assert_eq!(next(&world.staff("quality").await).await, Value::Null, "calls of a week are drawn");
    assert_eq!(world.audit().await.faults, Vec::<String>::new());
}

#[tokio::test]
async fn a_second_score_is_blind_and_none_of_the_caller_s_business() {
    let world = called(1).await;
    let (lead, other) = (world.staff("quality").await, world.staff("quality2").await);
    let call = next(&lead).await;
    assert_eq!(next(&other).await, Value::Null, "it is being scored");
    score(&lead, &call["id"], &marks("fully")).await;
    assert_eq!(next(&lead).await, Value::Null, "nobody scores a call twice");
    // Where no new call waits, one that another has scored is given, and looks like any other.
    let again = next(&other).await;
    let shape = |call: &Value| call.as_object().expect("a call").keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!((&again["id"], shape(&again)), (&call["id"], shape(&call)));
    assert!(!again.to_string().contains("আস্তে"), "nothing of the first score");
    let told = score(&other, &again["id"], &marks("not")).await;
    assert_eq!(told.json["before"].as_array().map(Vec::len), Some(CallKind::Intake.criteria().len()));
    let own = own(&world).await;
    assert_eq!((own.len(), &own[0]["percent"]), (1, &json!(100)));
    let day = lead.get("/api/quality").await.json;
    assert_eq!((&day["twice"], &day["kappa"]), (&json!(1), &Value::Null), "ten marks say nothing yet");
}

#[tokio::test]
async fn agreement_is_told_from_calls_that_were_scored_twice() {
    let world = called(3).await;
    let (lead, other) = (world.staff("quality").await, world.staff("quality2").await);
    for _ in 0..3 {
        let call = next(&lead).await;
        let mixed: Value = CallKind::Intake
            .criteria()
            .iter()
            .enumerate()
            .map(|(at, criterion)| json!({ "criterion": criterion, "mark": Mark::ALL[at % 3] }))
            .collect();
        assert_eq!(score(&lead, &call["id"], &mixed).await.status, StatusCode::OK);
        let again = next(&other).await;
        assert_eq!(score(&other, &again["id"], &mixed).await.status, StatusCode::OK);
    }
    let day = lead.get("/api/quality").await.json;
    assert_eq!((&day["twice"], &day["kappa"], &day["unclear"]), (&json!(3), &json!(1_000), &json!([])));
}

#[tokio::test]
async fn a_recording_is_played_by_who_scores_within_two_minutes_and_on_record() {
    let world = called(1).await;
    let (lead, other) = (world.staff("quality").await, world.staff("quality2").await);
    let call = next(&lead).await;
    let play = async |who: &Person<'_>, purpose: &str| {
        let path = format!("/api/quality/calls/{}/play", call["id"].as_str().expect("an id"));
        who.post(&path, &json!({ "purpose": purpose })).await
    };
    assert_eq!(play(&other, "score").await.status, StatusCode::NOT_FOUND);
    assert_eq!(play(&other, "dispute").await.status, StatusCode::NOT_FOUND);
    let before = world.app.store.chains().await.expect("chains").readings.seq;
    let playing = play(&lead, "score").await;
    assert_eq!(playing.status, StatusCode::OK, "{}", playing.text);
    assert_eq!(world.app.store.chains().await.expect("chains").readings.seq, before + 1);
    let path = playing.json["path"].as_str().expect("a path").to_owned();
    let sound = lead.get(&path).await;
    assert_eq!((sound.status, sound.text.as_str()), (StatusCode::OK, "the sound of call0"));
    let part = lead.request("GET", &path).header("range", "bytes=4-8").body(Body::empty()).expect("a request");
    let part = lead.send(part).await;
    assert_eq!((part.status, part.text.as_str()), (StatusCode::PARTIAL_CONTENT, "sound"));
    assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND, "the link is for one session");
    assert_eq!(world.anon().get(&path).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(world.staff("telecaller").await.get(&path).await.status, StatusCode::FORBIDDEN);
    assert_eq!(lead.get(&path.replace("call0", "call1")).await.status, StatusCode::NOT_FOUND);
    let later = path.replacen("until=", "until=9", 1);
    assert_eq!(lead.get(&later).await.status, StatusCode::NOT_FOUND);
    world.pass(Duration::seconds(121));
    assert_eq!(lead.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.audit().await.faults, Vec::<String>::new());
}

#[tokio::test]
async fn a_dispute_is_decided_by_another_lead_and_lowers_nothing() {
    let world = called(1).await;
    let (lead, other) = (world.staff("quality").await, world.staff("quality2").await);
    let call = next(&lead).await;
    score(&lead, &call["id"], &marks("partly")).await;
    let scored = own(&world).await;
    let (id, shown) = (scored[0]["id"].as_str().expect("an id").to_owned(), scored[0].clone());
    assert_eq!(
        (&shown["percent"], &shown["note"], &shown["may_dispute"]),
        (&json!(50), &json!("আস্তে পড়ুন"), &json!(true))
    );
    assert!(shown.get("lead").is_none() && !shown.to_string().contains("Quality lead"), "who gave it is not told");
    let dispute = async |who: &str| {
        let path = format!("/api/quality/scores/{id}/dispute");
        world.staff(who).await.post(&path, &json!({ "why": "আমি পড়ে শুনিয়েছি" })).await.status
    };
    assert_eq!(dispute("caller").await, StatusCode::NOT_FOUND, "another's score");
    assert_eq!(dispute("telecaller").await, StatusCode::OK);
    assert_eq!(dispute("telecaller").await, StatusCode::NOT_FOUND, "once");
    assert_eq!(lead.get("/api/quality").await.json["disputes"], json!([]), "not for who gave it");
    let waiting = other.get("/api/quality").await.json["disputes"].clone();
    assert_eq!((&waiting[0]["id"], &waiting[0]["why"]), (&json!(id), &json!("আমি পড়ে শুনিয়েছি")));
    let play = format!("/api/quality/calls/{}/play", call["id"].as_str().expect("an id"));
    assert_eq!(other.post(&play, &json!({ "purpose": "dispute" })).await.status, StatusCode::OK);
    let decide = async |who: &Person<'_>, mark: &str, words: &str| {
        let path = format!("/api/quality/scores/{id}/decision");
        who.post(&path, &json!({ "marks": marks(mark), "words": words })).await.status
    };
    assert_eq!(decide(&lead, "fully", "x").await, StatusCode::NOT_FOUND);
    assert_eq!(decide(&other, "not", "x").await, StatusCode::BAD_REQUEST, "never lower");
    assert_eq!(decide(&other, "fully", " ").await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(decide(&other, "fully", "ঠিক, পড়া হয়েছে").await, StatusCode::OK);
    assert_eq!(decide(&other, "fully", "again").await, StatusCode::NOT_FOUND);
    assert_eq!(next(&other).await, Value::Null, "who has seen the marks gives no blind score");
    let decided = own(&world).await;
    assert_eq!((&decided[0]["percent"], &decided[0]["decision"]), (&json!(100), &json!("ঠিক, পড়া হয়েছে")));
    assert_eq!(other.get("/api/quality").await.json["disputes"], json!([]));
}

#[tokio::test]
async fn a_score_is_disputed_within_five_days() {
    let world = called(1).await;
    let lead = world.staff("quality").await;
    let call = next(&lead).await;
    score(&lead, &call["id"], &marks("partly")).await;
    world.pass(Duration::days(5) + Duration::minutes(1));
    let scored = own(&world).await;
    assert_eq!(scored[0]["may_dispute"], false);
    let path = format!("/api/quality/scores/{}/dispute", scored[0]["id"].as_str().expect("an id"));
    assert_eq!(world.staff("telecaller").await.post(&path, &json!({ "why": "" })).await.status, StatusCode::NOT_FOUND);
}
