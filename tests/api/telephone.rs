//! The telephones of those who take grievances: who rings, who they may be, what a call was about, and ringing back whom nobody
//! has answered.

use crate::phone::Remembering;
use axum::http::StatusCode;
use chrono::Duration;
use serde_json::{Value, json};
use server::exchange::{LocalExchange, signature};
use std::sync::Arc;
use tests::{Answer, Person, World, form};

async fn world() -> (World, Arc<Remembering>) {
    let exchange = Arc::new(Remembering::default());
    (World::calling(exchange.clone()).await, exchange)
}

async fn tell(world: &World, body: &Value) -> Answer {
    let mut body = body.clone();
    body["at"] = json!(world.now());
    let signed = signature("an exchange's token", world.now(), body.to_string().as_bytes());
    let answer = world.anon().post_with("/api/exchange", &body, &[("pratikar-signature", &signed)]).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text);
    answer
}

async fn staff_id(world: &World, username: &str) -> Value {
    let account = world.app.store.account(username).await.expect("read").expect("an account");
    json!(account.actor.staff)
}

/// Somebody rings this person's telephone.
pub async fn rings(world: &World, call: &str, from: &str, to: &str) {
    let agent = staff_id(world, to).await;
    tell(world, &json!({ "call_id": call, "event": "arriving", "from": from, "agent": agent })).await;
}

pub async fn happens(world: &World, call: &str, event: &str) {
    tell(world, &json!({ "call_id": call, "event": event })).await;
}

async fn line(person: &Person<'_>) -> Value {
    let answer = person.get("/api/line").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json
}

async fn missed(person: &Person<'_>) -> Vec<Value> {
    person.get("/api/line/day").await.json["missed"].as_array().expect("a list").clone()
}

/// Somebody rings and hangs up before anybody has answered.
async fn rings_in_vain(world: &World, call: &str, from: &str) {
    rings(world, call, from, "telecaller").await;
    world.pass(Duration::seconds(40));
    happens(world, call, "ended").await;
}

#[tokio::test]
async fn a_call_is_on_the_telephone_that_it_rings() {
    let (world, exchange) = world().await;
    let (telecaller, other) = (world.staff("telecaller").await, world.staff("counter").await);
    assert_eq!(line(&telecaller).await, Value::Null);
    rings(&world, "one", "+91 98300 12345", "telecaller").await;
    let ringing = line(&telecaller).await;
    assert_eq!((&ringing["mobile"], &ringing["state"]), (&json!("9830012345"), &json!("ringing")));
    assert_eq!(line(&other).await, Value::Null, "it is nobody else's");
    happens(&world, "one", "answered").await;
    assert_eq!(line(&telecaller).await["state"], "speaking");
    assert_eq!(telecaller.post("/api/line/end", &json!(null)).await.status, StatusCode::OK);
    assert_eq!(*exchange.ended.lock().expect("calls"), ["one"]);
    happens(&world, "one", "ended").await;
    assert_eq!(line(&telecaller).await, Value::Null);
    assert_eq!(telecaller.post("/api/line/end", &json!(null)).await.status, StatusCode::NOT_FOUND);

    // Hidden, or none of a mobile telephone: it rings all the same.
    for (call, from) in [("two", ""), ("three", "033 2214 5555")] {
        rings(&world, call, from, "telecaller").await;
        let ringing = line(&telecaller).await;
        assert_eq!((&ringing["id"], &ringing["mobile"]), (&json!(call), &Value::Null));
        happens(&world, call, "ended").await;
    }
    assert_eq!(missed(&telecaller).await, Vec::<Value>::new(), "nobody can be rung back without a number");
    // Moved on to another telephone.
    rings(&world, "four", "9830012345", "telecaller").await;
    rings(&world, "four", "9830012345", "counter").await;
    assert_eq!((line(&telecaller).await, &line(&other).await["id"]), (Value::Null, &json!("four")));
}

#[tokio::test]
async fn a_call_of_which_the_end_was_never_told_does_not_go_on_for_ever() {
    let (world, _) = world().await;
    let telecaller = world.staff("telecaller").await;
    rings(&world, "one", "9830012345", "telecaller").await;
    world.pass(Duration::minutes(3) + Duration::seconds(1));
    assert_eq!(line(&telecaller).await, Value::Null, "it does not ring any more");
    happens(&world, "one", "answered").await;
    assert_eq!(line(&telecaller).await["state"], "speaking", "told late");
    world.pass(Duration::hours(2));
    assert_eq!(line(&world.staff("telecaller").await).await, Value::Null);
}

#[tokio::test]
async fn a_call_is_tied_to_what_it_was_about() {
    let (world, _) = world().await;
    let telecaller = world.staff("telecaller").await;
    rings(&world, "one", "9830012345", "telecaller").await;
    happens(&world, "one", "answered").await;
    let number = telecaller.lodge(&form("9830012345")).await.json["reference"].clone();
    let about = json!({ "reference": number });
    let tie = async |who: &str, call: &str, about: &Value| {
        world.staff(who).await.post(&format!("/api/line/calls/{call}"), about).await.status
    };
    assert_eq!(tie("analyst", "one", &about).await, StatusCode::NOT_FOUND, "another's call");
    assert_eq!(tie("telecaller", "0123", &about).await, StatusCode::NOT_FOUND);
    assert_eq!(
        tie("telecaller", "one", &json!({ "reference": model::Reference::from_payload(12_345) })).await,
        StatusCode::NOT_FOUND
    );
    let day = async || {
        let day = telecaller.get("/api/line/day").await.json;
        (day["answered"].clone(), day["about"].clone())
    };
    assert_eq!(day().await, (json!(1), json!(0)));
    assert_eq!(tie("telecaller", "one", &about).await, StatusCode::OK);
    assert_eq!(day().await, (json!(1), json!(1)));
    let kept = world.app.store.line_call("one").await.expect("read").expect("a call");
    assert_eq!(json!(kept.reference), number);
    world.pass(Duration::days(1));
    let day = world.staff("telecaller").await.get("/api/line/day").await.json;
    assert_eq!(day["answered"], 0, "of today");
}

#[tokio::test]
async fn whoever_shares_a_telephone_is_named_apart() {
    let (world, _) = world().await;
    let telecaller = world.staff("telecaller").await;
    let lodged = async |name: &str, gender: &str, about_office: bool| {
        let mut form = form("9830012345");
        (form["name"], form["gender"], form["about_office"]) = (json!(name), json!(gender), json!(about_office));
        assert_eq!(telecaller.lodge(&form).await.status, StatusCode::CREATED);
        world.pass(Duration::minutes(1));
    };
    lodged("রহিমা বিবি", "woman", false).await;
    lodged("করিম শেখ", "man", false).await;
    lodged("রহিমা  বিবি", "woman", false).await;
    lodged("সালমা খাতুন", "woman", true).await;
    let known = telecaller.post("/api/callers", &json!({ "mobile": "98300 12345" })).await.json;
    let people: Vec<(&Value, &Value, &Value)> = known["people"]
        .as_array()
        .expect("people")
        .iter()
        .map(|person| (&person["name"], &person["gender"], &person["cases"]))
        .collect();
    let (rahima, karim) = (json!("রহিমা বিবি"), json!("করিম শেখ"));
    assert_eq!(people, [(&rahima, &json!("woman"), &json!(2)), (&karim, &json!("man"), &json!(1))]);
    assert!(!known.to_string().contains("সালমা"), "who complained of an office is not named to who shares her telephone");
    assert_eq!(known["cases"].as_array().map(Vec::len), Some(4));
}

#[tokio::test]
async fn whom_nobody_has_answered_is_rung_back() {
    let (world, exchange) = world().await;
    let telecaller = world.staff("telecaller").await;
    rings_in_vain(&world, "one", "9830012345").await;
    rings_in_vain(&world, "two", "9830054321").await;
    rings_in_vain(&world, "three", "9830012345").await;
    let waiting = missed(&telecaller).await;
    let shown: Vec<_> = waiting.iter().map(|one| (one["ends"].clone(), one["times"].clone())).collect();
    assert_eq!(shown, [(json!("4321"), json!(1)), (json!("2345"), json!(2))], "the longest wait first");
    assert!(!json!(waiting).to_string().contains("98300"), "the whole number is for who rings it");

    let back = async |who: &str, id: &Value| {
        world.staff(who).await.post(&format!("/api/line/missed/{}", id.as_str().expect("an id")), &json!(null)).await
    };
    let second = &waiting[1]["id"];
    let ringing = back("telecaller", second).await;
    assert_eq!(ringing.status, StatusCode::OK, "{}", ringing.text);
    assert_eq!((&ringing.json["mobile"], &ringing.json["state"]), (&json!("9830012345"), &json!("dialling")));
    let dialled = exchange.dialled.lock().expect("calls").clone();
    assert_eq!((dialled.len(), dialled[0].to.as_str()), (1, "+919830012345"));
    // Nobody else rings the same person at the same time, and nobody rings two.
    assert_eq!(missed(&world.staff("analyst").await).await.len(), 1);
    assert_eq!(back("analyst", second).await.status, StatusCode::NOT_FOUND);
    assert_eq!(back("telecaller", &waiting[0]["id"]).await.status, StatusCode::NOT_FOUND, "they are on the telephone");
    let call = dialled[0].call_id.clone();
    happens(&world, &call, "ringing").await;
    assert_eq!(line(&telecaller).await["state"], "ringing");
    happens(&world, &call, "answered").await;
    let speaking = line(&telecaller).await;
    assert_eq!((&speaking["state"], &speaking["back"]), (&json!("speaking"), &json!(true)));
    happens(&world, &call, "ended").await;
    world.pass(Duration::minutes(11));
    let ends = |waiting: &[Value]| waiting.iter().map(|one| one["ends"].clone()).collect::<Vec<_>>();
    assert_eq!(ends(&missed(&telecaller).await), [json!("4321")], "who was spoken with waits no more");

    // Whoever rings again and is answered needs not be rung back either; a new call in vain counts again.
    rings(&world, "four", "9830054321", "telecaller").await;
    happens(&world, "four", "answered").await;
    happens(&world, "four", "ended").await;
    assert_eq!(missed(&telecaller).await, Vec::<Value>::new());
    rings_in_vain(&world, "five", "9830012345").await;
    assert_eq!(ends(&missed(&telecaller).await), [json!("2345")]);
    assert_eq!(world.audit().await.faults, Vec::<String>::new());
}

#[tokio::test]
async fn of_many_requests_at_once_one_rings() {
    let (world, exchange) = world().await;
    for (call, from) in [("one", "9830012345"), ("two", "9830054321"), ("three", "9830011111")] {
        rings_in_vain(&world, call, from).await;
    }
    let (telecaller, counter) = (world.staff("telecaller").await, world.staff("counter").await);
    let ids: Vec<String> =
        missed(&telecaller).await.iter().map(|one| one["id"].as_str().expect("an id").into()).collect();
    let back =
        async |who: &Person<'_>, id: &str| who.post(&format!("/api/line/missed/{id}"), &json!(null)).await.status;
    // Twice each number by one person, and one of them by another.
    let (a, b, c, d, e, f, g) = tokio::join!(
        back(&telecaller, &ids[0]),
        back(&telecaller, &ids[0]),
        back(&telecaller, &ids[1]),
        back(&telecaller, &ids[1]),
        back(&telecaller, &ids[2]),
        back(&counter, &ids[2]),
        back(&counter, &ids[2]),
    );
    let rung = |answers: &[StatusCode]| answers.iter().filter(|status| **status == StatusCode::OK).count();
    assert!(rung(&[a, b, c, d, e]) == 1 && rung(&[f, g]) <= 1, "{:?}", [a, b, c, d, e, f, g]);
    let mut dialled: Vec<String> = exchange.dialled.lock().expect("calls").iter().map(|dial| dial.to.clone()).collect();
    let count = dialled.len();
    dialled.sort();
    dialled.dedup();
    assert_eq!(dialled.len(), count, "nobody is rung by two");
}

#[tokio::test]
async fn ringing_back_ends_after_three_tries_or_two_days() {
    let (world, exchange) = world().await;
    rings_in_vain(&world, "one", "9830012345").await;
    rings_in_vain(&world, "two", "9830054321").await;
    for tries in 0..3 {
        let telecaller = world.staff("telecaller").await;
        let waiting = missed(&telecaller).await;
        let one = waiting.iter().find(|one| one["ends"] == "2345").expect("they wait");
        assert_eq!(one["tries"], tries);
        let path = format!("/api/line/missed/{}", one["id"].as_str().expect("an id"));
        assert_eq!(telecaller.post(&path, &json!(null)).await.status, StatusCode::OK);
        let call = exchange.dialled.lock().expect("calls").last().expect("a call").call_id.clone();
        happens(&world, &call, "ringing").await;
        happens(&world, &call, "ended").await;
        // At once: nobody has been reached.
        assert_eq!(missed(&telecaller).await.len(), if tries < 2 { 2 } else { 1 });
        world.pass(Duration::minutes(11));
    }
    let telecaller = world.staff("telecaller").await;
    assert_eq!(missed(&telecaller).await.len(), 1, "the other waits on");
    world.pass(Duration::days(2));
    assert_eq!(missed(&world.staff("telecaller").await).await, Vec::<Value>::new());
}

#[tokio::test]
async fn the_stand_in_rings_and_is_answered_or_not() {
    let exchange = LocalExchange::default();
    let mut told = exchange.listen().expect("what it tells");
    let (from, agent) = (model::Mobile::parse("9830012345").expect("a number"), model::StaffId::new(4));
    tokio::time::pause();
    for (away, last) in [(false, "answered"), (true, "ended")] {
        exchange.arrives(&from, agent, away).expect("rung");
        let first = told.recv().await.expect("a call");
        let said = (first.event, first.from.as_deref(), first.agent);
        assert_eq!(said, (server::exchange::Happened::Arriving, Some("+919830012345"), Some(agent)));
        let then = told.recv().await.expect("more");
        assert_eq!((json!(then.event), &then.call_id), (json!(last), &first.call_id));
    }
}
