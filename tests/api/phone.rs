//! Verification calls: whom the queue hands out, ringing through an exchange, and what its webhooks allow to be recorded.

use crate::outcomes::asked_about;
use async_trait::async_trait;
use axum::http::StatusCode;
use chrono::Duration;
use serde_json::{Value, json};
use server::exchange::{Dial, Exchange, Habit, HttpExchange, LocalExchange, Recording, signature};
use std::sync::{Arc, Mutex};
use tests::{Answer, Person, World};

/// An exchange that only remembers what it was asked.
#[derive(Default)]
pub struct Remembering {
    pub dialled: Mutex<Vec<Dial>>,
    pub ended: Mutex<Vec<String>>,
    /// Whether it has recordings.
    pub recordings: bool,
    /// Whether it is only a stand-in.
    pub stands_in: bool,
}

#[async_trait]
impl Exchange for Remembering {
    async fn dial(&self, call: &Dial) -> anyhow::Result<()> {
        self.dialled.lock().expect("calls").push(call.clone());
        Ok(())
    }

    async fn hang_up(&self, call_id: &str) -> anyhow::Result<()> {
        self.ended.lock().expect("calls").push(call_id.to_owned());
        Ok(())
    }

    async fn recording(&self, call_id: &str) -> anyhow::Result<Option<Recording>> {
        let bytes = self.recordings.then(|| format!("the sound of {call_id}").into());
        Ok(bytes.map(|bytes| Recording { media: "audio/wav".into(), bytes }))
    }

    fn is_real(&self) -> bool {
        !self.stands_in
    }
}

async fn next(caller: &Person<'_>) -> Value {
    let answer = caller.post("/api/calls/next", &json!(null)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json
}

async fn ring(caller: &Person<'_>, number: &str) -> Answer {
    caller.post(&format!("/api/grievances/{number}/call"), &json!(null)).await
}

async fn record(caller: &Person<'_>, number: &str, outcome: &str, call_id: &str) -> Answer {
    let action = json!({ "record_call": { "outcome": outcome, "remark": "জল আসেনি", "call_id": call_id } });
    caller.act(number, &action).await
}

async fn tell(world: &World, call_id: &str, event: &str) -> Answer {
    let body = json!({ "call_id": call_id, "event": event, "at": world.now() });
    let signed = signature("an exchange's token", world.now(), body.to_string().as_bytes());
    world.anon().post_with("/api/exchange", &body, &[("pratikar-signature", &signed)]).await
}

/// Who calls in a world with a real exchange.
async fn through_exchange() -> (World, Arc<Remembering>) {
    let exchange = Arc::new(Remembering::default());
    (World::calling(exchange.clone()).await, exchange)
}

#[tokio::test]
async fn a_caller_rings_whom_the_queue_has_handed_out() {
    let (world, exchange) = through_exchange().await;
    let number = asked_about(&world, "done").await;
    let caller = world.staff("caller").await;
    let refused = ring(&caller, &number).await;
    assert_eq!((refused.status, &refused.json["refusal"]), (StatusCode::CONFLICT, &json!("not_handed_out")));
    assert!(exchange.dialled.lock().expect("calls").is_empty());

    let handed = next(&caller).await;
    assert_eq!(handed["case"]["line"]["reference"], json!(number));
    assert_eq!((&handed["language"], &handed["tries"]), (&json!("bn"), &json!(0)));
    assert_eq!(handed["script"].as_array().map(Vec::len), Some(3));
    let ringing = ring(&caller, &number).await;
    assert_eq!(ringing.status, StatusCode::OK, "{}", ringing.text);
    assert_eq!((&ringing.json["mobile"], &ringing.json["call"]["state"]), (&json!("9830012345"), &json!("dialling")));
    let dialled = exchange.dialled.lock().expect("calls").clone();
    assert_eq!((dialled.len(), dialled[0].to.as_str()), (1, "+919830012345"));
    // The reading of the number is on record, and the citizen sees it.
    let access = world.citizen("9830012345").await.get(&format!("/api/grievances/{number}/access")).await;
    assert!(
        access.json.as_array().expect("readings").iter().any(|reading| reading["revealed"] == true),
        "{}",
        access.text
    );

    // Ten minutes later it is free for others.
    let id = ringing.json["call"]["id"].as_str().expect("an id").to_owned();
    tell(&world, &id, "failed").await;
    assert_eq!(record(&caller, &number, "line_fault", &id).await.status, StatusCode::OK);
    assert_eq!(next(&caller).await, Value::Null, "not within the hour");
    world.pass(Duration::minutes(61));
    let caller = world.staff("caller").await;
    assert_eq!(next(&caller).await["case"]["line"]["reference"], json!(number));
    world.pass(Duration::minutes(11));
    assert_eq!(ring(&caller, &number).await.json["refusal"], "not_handed_out", "they were handed it too long ago");
}

#[tokio::test]
async fn what_is_recorded_is_what_the_exchange_heard() {
    let (world, _) = through_exchange().await;
    let number = asked_about(&world, "done").await;
    let caller = world.staff("caller").await;
    next(&caller).await;
    let id = ring(&caller, &number).await.json["call"]["id"].as_str().expect("an id").to_owned();
    let refusal = async |outcome: &str, id: &str| record(&caller, &number, outcome, id).await.json["refusal"].clone();
    assert_eq!(refusal("confirmed", "").await, "not_as_heard", "the newest call is meant");
    assert_eq!(refusal("confirmed", "0123").await, "not_called");
    assert_eq!(refusal("not_reached", &id).await, "not_as_heard", "it has not rung yet");
    assert_eq!(refusal("confirmed", &id).await, "not_as_heard", "nobody has answered");
    tell(&world, &id, "ringing").await;
    assert_eq!(refusal("confirmed", &id).await, "not_as_heard", "it rings");

    // Told twice and in disorder, as webhooks are.
    for event in ["ringing", "answered", "ringing"] {
        assert_eq!(tell(&world, &id, event).await.status, StatusCode::NO_CONTENT);
        world.pass(Duration::seconds(20));
    }
    assert_eq!(caller.get(&format!("/api/calls/{id}")).await.json["state"], "speaking");
    tell(&world, &id, "ended").await;
    let heard = caller.get(&format!("/api/calls/{id}")).await.json;
    assert_eq!((&heard["state"], &heard["seconds"]), (&json!("ended"), &json!(40)));
    assert_eq!(refusal("line_fault", &id).await, "not_as_heard");
    let done = record(&caller, &number, "confirmed", &id).await;
    assert_eq!((done.status, &done.json["line"]["stage"]), (StatusCode::OK, &json!("redressed")));
    let own = caller.get("/api/calls").await.json;
    assert_eq!(own, json!({ "calls": 1, "yes": 1, "no": 0, "unanswered": 0 }));
    world.pass(Duration::days(1));
    assert_eq!(world.staff("caller").await.get("/api/calls").await.json["calls"], 0, "of today");
    assert_eq!(world.audit().await.faults, Vec::<String>::new());
}

#[tokio::test]
async fn a_page_that_was_loaded_again_goes_on_with_its_call_and_no_line_stays_open() {
    // A stand-in asks for no call, but where there was one, its outcome must fit.
    let exchange = Arc::new(Remembering { stands_in: true, ..Remembering::default() });
    let world = World::calling(exchange.clone()).await;
    let number = asked_about(&world, "done").await;
    let caller = world.staff("caller").await;
    assert_eq!(next(&caller).await["call"], Value::Null);
    let begin = async || ring(&caller, &number).await.json["call"]["id"].as_str().expect("an id").to_owned();
    let first = begin().await;
    tell(&world, &first, "ringing").await;
    assert_eq!(next(&caller).await["call"]["state"], "ringing", "the page was loaded again");
    assert_eq!(record(&caller, &number, "confirmed", "").await.json["refusal"], "not_as_heard");
    // Nobody listens to two citizens at once.
    world.pass(Duration::milliseconds(1));
    let second = begin().await;
    assert_eq!(*exchange.ended.lock().expect("calls"), std::slice::from_ref(&first));
    tell(&world, &first, "ended").await;
    tell(&world, &second, "answered").await;
    assert_eq!(next(&caller).await["call"]["id"], json!(second));
    let done = record(&caller, &number, "confirmed", "").await;
    assert_eq!((done.status, &done.json["line"]["stage"]), (StatusCode::OK, &json!("redressed")));
    assert_eq!(*exchange.ended.lock().expect("calls"), [first, second], "an outcome ends the call");
    assert_eq!(caller.get("/api/calls").await.json["yes"], 1, "and counts");
}

#[tokio::test]
async fn nobody_sees_or_uses_another_s_call_and_strangers_tell_nothing() {
    let (world, exchange) = through_exchange().await;
    let number = asked_about(&world, "done").await;
    let caller = world.staff("caller").await;
    next(&caller).await;
    let id = ring(&caller, &number).await.json["call"]["id"].as_str().expect("an id").to_owned();
    let path = format!("/api/calls/{id}");
    for other in ["analyst", "cmo", "nodal.phe"] {
        assert_eq!(world.staff(other).await.get(&path).await.status, StatusCode::FORBIDDEN, "{other}");
    }
    assert_eq!(world.anon().get(&path).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(caller.get("/api/calls/0123").await.status, StatusCode::NOT_FOUND);
    let body = json!({ "call_id": id, "event": "answered", "at": world.now() });
    for signed in ["", "t=1,v1=00", &signature("another token", world.now(), body.to_string().as_bytes())] {
        let answer = world.anon().post_with("/api/exchange", &body, &[("pratikar-signature", signed)]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{signed}");
    }
    assert_eq!(caller.get(&path).await.json["state"], "dialling");
    assert_eq!(tell(&world, "unknown", "ended").await.status, StatusCode::NO_CONTENT);
    caller.post(&format!("{path}/end"), &json!(null)).await;
    assert_eq!(*exchange.ended.lock().expect("calls"), [id]);
}

#[tokio::test]
async fn tries_go_on_other_days_in_other_parts_of_the_day_and_then_close_without_confirmation() {
    let world = World::new().await;
    let number = asked_about(&world, "done").await;
    // A report without a photo is visited, and a visit that is due keeps the case open.
    let validator = world.staff("validator.birbhum").await;
    let visit = validator.visit(&number, "done_citizen_not_met").await;
    validator.must(&number, &visit, "verification").await;
    // From ten in the morning: the next day at ten it is the same part of the day.
    for (hours, handed) in [(0, true), (3, false), (21, false), (3, true), (3, false), (19, true)] {
        world.pass(Duration::hours(hours));
        let caller = world.staff("caller").await;
        let found = next(&caller).await;
        assert_eq!(found != Value::Null, handed, "{hours} hours later");
        if handed {
            assert_eq!(ring(&caller, &number).await.json["call"]["state"], "by_hand");
            assert_eq!(record(&caller, &number, "not_reached", "").await.status, StatusCode::OK);
        }
    }
    assert_eq!(world.citizen("9830012345").await.case(&number).await.json["line"]["stage"], "closed_unconfirmed");
    let figures = world.staff("cmo").await.get("/api/counts").await.json["total"].clone();
    assert_eq!(figures["confirmed_by_citizens"], 0);
}

#[tokio::test]
async fn the_script_asks_what_the_report_says() {
    for (outcome, words) in [("done", "কাজ হয়ে গেছে"), ("partly_done", "কিছুটা হয়েছে"), ("cannot_be_done", "করা যাবে না")]
    {
        let world = World::new().await;
        asked_about(&world, outcome).await;
        let handed = next(&world.staff("caller").await).await;
        let asks = handed["script"][1].as_str().expect("a line").to_owned();
        assert!(asks.contains(words), "{outcome}: {asks}");
    }
}

#[tokio::test]
async fn a_wrong_number_goes_to_the_desk_and_is_not_called_again() {
    let world = World::new().await;
    let number = asked_about(&world, "done").await;
    for _ in 0..2 {
        // A session does not outlive the night.
        let caller = world.staff("caller").await;
        assert_eq!(next(&caller).await["case"]["line"]["reference"], json!(number));
        ring(&caller, &number).await;
        assert_eq!(record(&caller, &number, "wrong_number", "").await.status, StatusCode::OK);
        assert_eq!(next(&caller).await, Value::Null);
        world.pass(Duration::days(1));
    }
    assert_eq!(next(&world.staff("caller").await).await, Value::Null);
    let desk = world.staff("analyst").await.get("/api/queues/desk").await.json;
    assert_eq!(desk["rows"][0]["reference"], json!(number), "the citizen must be found in another way");
}

#[tokio::test]
async fn a_citizen_who_wants_to_be_called_later_is_called_then() {
    let world = World::new().await;
    let number = asked_about(&world, "done").await;
    let caller = world.staff("caller").await;
    next(&caller).await;
    ring(&caller, &number).await;
    let later = |at: Value| json!({ "record_call": { "outcome": "call_later", "later": at } });
    for wrong in [json!(null), json!(world.now()), json!(world.now() + Duration::days(8))] {
        let refused = caller.act(&number, &later(wrong.clone())).await;
        assert_eq!(
            (refused.status, &refused.json["refusal"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("wrong_time")),
            "{wrong}"
        );
    }
    caller.must(&number, &later(json!(world.now() + Duration::hours(8))), "verification").await;
    world.pass(Duration::minutes(479));
    let caller = world.staff("caller").await;
    assert_eq!(next(&caller).await, Value::Null);
    world.pass(Duration::minutes(1));
    assert_eq!(next(&caller).await["case"]["line"]["reference"], json!(number), "although that is the same day");
}

/// What a stand-in for an exchange has been asked: path, authorisation, body.
type Asked = Arc<Mutex<Vec<(String, String, Value)>>>;

#[tokio::test]
async fn an_exchange_is_asked_over_http_and_a_call_that_it_does_not_take_is_none() {
    let asked = Asked::default();
    let (heard, takes) = (asked.clone(), Arc::new(Mutex::new(true)));
    let answers = takes.clone();
    let router = axum::Router::new().fallback(async move |request: axum::extract::Request| {
        let (parts, body) = request.into_parts();
        let body = axum::body::to_bytes(body, 10_000).await.expect("a body");
        let token = parts.headers["authorization"].to_str().expect("text").to_owned();
        let json = serde_json::from_slice(&body).expect("JSON");
        heard.lock().expect("asked").push((parts.uri.path().to_owned(), token, json));
        if *answers.lock().expect("whether") { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/v1/", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, router).await });

    let world = World::calling(Arc::new(HttpExchange::new(&url, "its token".into()).expect("a client"))).await;
    let number = asked_about(&world, "done").await;
    let caller = world.staff("caller").await;
    next(&caller).await;
    let id = ring(&caller, &number).await.json["call"]["id"].as_str().expect("an id").to_owned();
    caller.post(&format!("/api/calls/{id}/end"), &json!(null)).await;
    {
        let asked = asked.lock().expect("asked");
        assert_eq!((asked[0].0.as_str(), asked[0].1.as_str()), ("/v1/calls", "Bearer its token"));
        assert_eq!((&asked[0].2["call_id"], &asked[0].2["to"]), (&json!(id), &json!("+919830012345")));
        assert_eq!(asked[1].0, format!("/v1/calls/{id}/end"));
    }
    *takes.lock().expect("whether") = false;
    let failed = ring(&caller, &number).await;
    assert_eq!((failed.status, failed.code()), (StatusCode::SERVICE_UNAVAILABLE, "unavailable"));
    let error =
        HttpExchange::new("http://exchange.example/", String::new()).expect_err("readable on the way").to_string();
    assert!(error.contains("EXCHANGE_URL") && !error.contains("exchange.example"), "{error}");
}

#[tokio::test]
async fn the_stand_in_rings_answers_and_hangs_up() {
    let exchange = LocalExchange::default();
    let mut told = exchange.listen().expect("nobody listens yet");
    assert!(exchange.listen().is_none());
    let dial = |id: &str| Dial { call_id: id.into(), agent: model::StaffId::new(1), to: "+919830012345".into() };
    exchange.dial(&dial("a")).await.expect("taken");
    exchange.set_habit(Habit::Off);
    exchange.dial(&dial("b")).await.expect("taken");
    let mut heard = Vec::new();
    while heard.len() < 3 {
        let told = told.recv().await.expect("told");
        heard.push(format!("{} {:?}", told.call_id, told.event));
    }
    heard.sort();
    assert_eq!(heard, ["a Answered", "a Ringing", "b Failed"]);
    exchange.hang_up("a").await.expect("taken");
    exchange.hang_up("a").await.expect("taken");
    exchange.hang_up("b").await.expect("taken");
    assert_eq!(told.recv().await.expect("told").call_id, "a");
    assert!(told.try_recv().is_err(), "once, and nothing of what was over");
}
