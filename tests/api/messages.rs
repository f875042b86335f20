//! The outbox: at least once, retried, given up; every text as registered.

use async_trait::async_trait;
use chrono::Duration;
use model::message::{Template, matches, parts, render};
use model::{Language, Time};
use server::gateway::{Gateway, NotTaken};
use server::messenger::{HttpGateway, deliver};
use server::store::{Message, MessageState};
use std::sync::Mutex;
use tests::{World, form};

/// A gateway that fails as often as told, and counts.
struct Flaky {
    failures: Mutex<u32>,
    sent: Mutex<Vec<i64>>,
}

#[async_trait]
impl Gateway for Flaky {
    async fn send(&self, message: &Message) -> Result<(), NotTaken> {
        let mut failures = self.failures.lock().expect("a lock");
        if *failures > 0 {
            *failures -= 1;
            return Err(NotTaken::Yet("busy".into()));
        }
        self.sent.lock().expect("a lock").push(message.id);
        Ok(())
    }
}

fn flaky(failures: u32) -> Flaky {
    Flaky { failures: Mutex::new(failures), sent: Mutex::new(Vec::new()) }
}

#[tokio::test]
async fn a_message_is_tried_until_it_is_taken() {
    let world = World::new().await;
    world.anon().lodge(&form("9830012345")).await;
    let gateway = flaky(3);
    let store = world.app.store.as_ref();
    for _ in 0..4 {
        deliver(store, &gateway, world.now(), false).await.expect("a round");
        world.pass(Duration::hours(1));
    }
    assert_eq!(gateway.sent.lock().expect("a lock").len(), 1);
    let all = store.messages(10).await.expect("messages");
    assert_eq!((all[0].state, all[0].attempts), (MessageState::Sent, 4));
    deliver(store, &gateway, world.now(), false).await.expect("a round");
    assert_eq!(gateway.sent.lock().expect("a lock").len(), 1, "never again once taken");
}

#[tokio::test]
async fn a_message_that_nobody_takes_is_given_up_and_stays_visible() {
    let world = World::new().await;
    world.anon().lodge(&form("9830012345")).await;
    let gateway = flaky(u32::MAX);
    for _ in 0..20 {
        deliver(world.app.store.as_ref(), &gateway, world.now(), false).await.expect("a round");
        world.pass(Duration::hours(9));
    }
    let all = world.app.store.messages(10).await.expect("messages");
    assert_eq!((all[0].state, all[0].attempts, all[0].error.as_deref()), (MessageState::Dead, 16, Some("busy")));
}

#[tokio::test]
async fn codes_are_forgotten_once_sent() {
    let world = World::new().await;
    world.anon().post("/api/codes", &serde_json::json!({ "mobile": "9830012345" })).await;
    deliver(world.app.store.as_ref(), &flaky(0), world.now(), false).await.expect("a round");
    assert_eq!(world.app.store.messages(1).await.expect("messages")[0].body, "");
}

#[tokio::test]
async fn every_text_fits_its_registration_and_two_parts() {
    let world = World::new().await;
    let mut seen = 0;
    for (template, language, text) in world.app.facts.tables.templates() {
        let names = world.app.facts.tables.reference.departments.iter().map(|found| found.short.of(language));
        let second = match template {
            Template::WithDepartment => names.max_by_key(|name| name.chars().count()).expect("a name").to_owned(),
            // The longest case: the hour by which an emergency is answered, or of a hearing, in November.
            Template::Lodged | Template::HearingByPhone | Template::HearingAtOffice | Template::HearingForOffice => {
                world.app.facts.tables.hour("2026-11-25T10:53:00Z".parse().expect("a moment"), language)
            }
            // The other grievance.
            _ => "4831 9027 5516".to_owned(),
        };
        let link = "pratikar.example/l/AAAAAAAAAAAAAAAAA".to_owned();
        let of = |variables: &[&str]| variables.iter().map(|variable| (*variable).to_owned()).collect::<Vec<_>>();
        let mut variables = match template {
            Template::Reported | Template::ReportedPartly | Template::ReportedCannot => {
                of(&["4831 9027 5516", "97", "98", &link])
            }
            Template::AnswerHow => of(&["4831 9027 5516", "97", "98"]),
            Template::NumberChangeAsked => of(&["4831 9027 5516", "98xxxxxx12", "9137091370"]),
            Template::HearingForOffice => of(&["4831 9027 5516", &second]),
            Template::LimitsPassed => of(&["120", "180"]),
            Template::NumberChanged => of(&["98xxxxxx12", "9137091370"]),
            _ => vec!["4831 9027 5516".to_owned(), second, link],
        };
        let marks = text.pattern.matches("{#var#}").count();
        if marks == 2 && variables.len() == 3 {
            variables.remove(1);
        }
        assert!(marks <= variables.len(), "{}: {marks} variables", model::names::code_of(&template));
        let body = render(&text.pattern, &variables);
        let told = !matches!(
            template,
            Template::Code
                | Template::Overdue
                | Template::Reminded
                | Template::EmergencyOverdue
                | Template::LimitsPassed
                | Template::HearingForOffice
                | Template::AnswerHow
                | Template::NumberChangeAsked
                | Template::NumberChanged
                | Template::NumberKept
        );
        assert_eq!(
            body.ends_with("/l/AAAAAAAAAAAAAAAAA"),
            told,
            "{}: every step has its link",
            model::names::code_of(&template)
        );
        assert!(matches(&text.pattern, &body));
        assert!(
            parts(&body) <= 2,
            "{} in {}: {} parts",
            model::names::code_of(&template),
            language.tag(),
            parts(&body)
        );
        assert_eq!(text.id.len(), 19, "a registered id");
        seen += 1;
    }
    assert_eq!(seen, Template::ALL.len() * Language::CITIZEN.len());
}

#[tokio::test]
async fn the_http_gateway_hands_over_what_an_operator_needs() {
    use axum::routing::post;
    let taken: std::sync::Arc<Mutex<Vec<(String, serde_json::Value)>>> = std::sync::Arc::default();
    let told = taken.clone();
    let router = axum::Router::new().route(
        "/sms",
        post(move |headers: axum::http::HeaderMap, body: String| {
            let told = told.clone();
            async move {
                let token = headers["authorization"].to_str().unwrap_or_default().to_owned();
                let mut told = told.lock().expect("a lock");
                told.push((token, serde_json::from_str(&body).unwrap_or_default()));
                if told.len() == 1 { axum::http::StatusCode::SERVICE_UNAVAILABLE } else { axum::http::StatusCode::OK }
            }
        }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/sms", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, router).await });

    let world = World::new().await;
    world.anon().lodge(&form("9830012345")).await;
    let gateway = HttpGateway::new(url, "secret".into()).expect("a client");
    for _ in 0..2 {
        deliver(world.app.store.as_ref(), &gateway, world.now(), false).await.expect("a round");
        world.pass(Duration::minutes(5));
    }
    let taken = taken.lock().expect("a lock");
    assert_eq!(taken.len(), 2, "refused once, then taken");
    let (token, body) = &taken[1];
    assert_eq!(token, "Bearer secret");
    assert_eq!(body["to"], "9830012345");
    assert!(
        body["text"].as_str().expect("a text").contains("জমা হয়েছে")
            || body["text"].as_str().expect("a text").contains("জমা")
    );
    assert_eq!(taken[0].1["id"], taken[1].1["id"], "one name for one message, so that the operator can tell a repeat");
    let _: Time = world.now();
}

/// A gateway that records what it was given, in order.
#[derive(Default)]
struct Kept(Mutex<Vec<String>>);

#[async_trait]
impl Gateway for Kept {
    async fn send(&self, message: &Message) -> Result<(), NotTaken> {
        self.0.lock().expect("a lock").push(message.template.clone());
        Ok(())
    }
}

impl Kept {
    async fn take(&self, world: &World) -> Vec<String> {
        while deliver(world.app.store.as_ref(), self, world.now(), false).await.expect("a round") > 0 {}
        std::mem::take(&mut *self.0.lock().expect("a lock"))
    }
}

async fn states(world: &World, template: &str) -> Vec<MessageState> {
    let all = world.app.store.messages(1_000).await.expect("messages");
    all.into_iter().filter(|message| message.template == template).map(|message| message.state).collect()
}

#[tokio::test]
async fn codes_go_first_and_not_when_nobody_could_enter_them_any_more() {
    let world = World::new().await;
    for index in 0..30 {
        world.anon().lodge(&form(&format!("98300{index:05}"))).await;
    }
    world.anon().post("/api/codes", &serde_json::json!({ "mobile": "9830012345" })).await;
    let gateway = Kept::default();
    assert_eq!(gateway.take(&world).await.first().map(String::as_str), Some("code"));
    world.anon().post("/api/codes", &serde_json::json!({ "mobile": "9830012345" })).await;
    world.pass(Duration::minutes(15));
    assert_eq!(gateway.take(&world).await, Vec::<String>::new());
    assert_eq!(states(&world, "code").await, [MessageState::Expired, MessageState::Sent]);
    let page = world.anon().get("/dev/outbox").await;
    assert!(page.text.contains("expired"), "the demo's page shows it");
}

#[tokio::test]
async fn messages_about_a_case_keep_their_order_and_are_taken_back_when_it_moves_on() {
    let world = World::new().await;
    let number = crate::story::at_office(&world).await;
    crate::story::reported(&world, &number).await;
    // The first fails, and no other overtakes it.
    deliver(world.app.store.as_ref(), &flaky(1_000), world.now(), false).await.expect("a round");
    let gateway = Kept::default();
    assert_eq!(gateway.take(&world).await, Vec::<String>::new(), "with_department waits behind lodged");
    world.pass(Duration::minutes(5));
    let citizen = world.citizen("9830012345").await;
    citizen.must(&number, &serde_json::json!({ "confirm": {} }), "redressed").await;
    assert_eq!(states(&world, "reported").await, [MessageState::Recalled], "nobody is asked what she has answered");
    let told = gateway.take(&world).await;
    let told: Vec<&str> = told.iter().map(String::as_str).filter(|template| *template != "code").collect();
    assert_eq!(told, ["lodged", "redressed"]);
}

#[tokio::test]
async fn a_question_is_not_sent_once_it_is_answered_though_it_was_on_its_way() {
    let world = World::new().await;
    let number = crate::story::at_office(&world).await;
    let gateway = Kept::default();
    gateway.take(&world).await;
    crate::story::reported(&world, &number).await;
    let store = world.app.store.as_ref();
    let until = world.now() + Duration::minutes(4);
    let leased = store.lease(server::store::Share::Others, world.now(), until, 20).await.expect("messages");
    assert_eq!(leased.len(), 1);
    world.citizen("9830012345").await.must(&number, &serde_json::json!({ "confirm": {} }), "redressed").await;
    assert!(!store.still_holds(leased[0].id, world.now()).await.expect("an answer"));
}

/// A gateway that never answers except for codes.
#[derive(Default)]
struct Hanging(Mutex<Vec<String>>);

#[async_trait]
impl Gateway for Hanging {
    async fn send(&self, message: &Message) -> Result<(), NotTaken> {
        if message.template != "code" {
            std::future::pending::<()>().await;
        }
        self.0.lock().expect("a lock").push(message.template.clone());
        Ok(())
    }
}

#[tokio::test]
async fn a_code_does_not_wait_behind_a_gateway_that_hangs() {
    let world = World::new().await;
    for index in 0..25 {
        world.anon().lodge(&form(&format!("98300{index:05}"))).await;
    }
    let gateway = std::sync::Arc::new(Hanging::default());
    let now = world.now();
    let clock: server::clock::Clock = std::sync::Arc::new(move || now);
    let running = tokio::spawn(server::messenger::run(world.app.store.clone(), gateway.clone(), clock, false));
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    world.anon().post("/api/codes", &serde_json::json!({ "mobile": "9830012345" })).await;
    for _ in 0..50 {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        if !gateway.0.lock().expect("a lock").is_empty() {
            break;
        }
    }
    running.abort();
    assert_eq!(*gateway.0.lock().expect("a lock"), ["code"]);
}

#[tokio::test]
async fn a_message_names_the_day_as_people_write_it() {
    let world = World::new().await;
    let mut typed = form("9830012345");
    world.anon().lodge(&typed).await;
    let told = world.last_message("9830012345", "lodged").await;
    assert!(told.contains("নভেম্বর-এর মধ্যে") || told.contains("ডিসেম্বর-এর মধ্যে"), "{told}");
    typed["reasons"] = serde_json::json!([{"question": "danger", "option": "now"}]);
    typed["mobile"] = serde_json::json!("9830012346");
    world.anon().lodge(&typed).await;
    let told = world.last_message("9830012346", "lodged").await;
    assert!(told.contains("টা"), "an emergency is answered by an hour: {told}");
}

/// A gateway's server that answers each text with a status, and where it sends on, to itself.
async fn answering(status: u16) -> HttpGateway {
    use axum::http::{StatusCode, header};
    use axum::routing::{get, post};
    let status = StatusCode::from_u16(status).expect("a status");
    let router = axum::Router::new()
        .route("/sms", post(async move || (status, [(header::LOCATION, "/login")])))
        .route("/login", get(async || "please sign in").post(async || "please sign in"));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/sms", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    HttpGateway::new(url, "secret".into()).expect("a client")
}

async fn handed_to(status: u16) -> Message {
    let world = World::new().await;
    world.anon().lodge(&form("9830012345")).await;
    let gateway = answering(status).await;
    deliver(world.app.store.as_ref(), &gateway, world.now(), false).await.expect("a round");
    world.app.store.messages(1).await.expect("messages").remove(0)
}

#[tokio::test]
async fn a_gateway_that_sends_elsewhere_has_taken_nothing() {
    for status in [301, 302, 303, 307, 308] {
        let message = handed_to(status).await;
        assert_eq!(message.state, MessageState::Pending, "{status}");
        assert!(!message.body.ends_with("/l/…"), "{status}: the link goes with the next attempt");
        assert_eq!(message.error, Some(format!("the gateway answered {status}")));
    }
}

#[tokio::test]
async fn what_a_gateway_will_never_take_is_given_up_at_once_and_what_it_may_take_is_not() {
    for status in [400, 410, 413, 422] {
        let message = handed_to(status).await;
        assert_eq!((message.state, message.attempts), (MessageState::Dead, 1), "{status}");
        assert_eq!(message.error, Some(format!("the gateway answered {status}")), "visible");
    }
    // A wrong token, no credit, a wrong address: the operator's to mend, and every message waits for that.
    for status in [401, 402, 403, 404, 408, 429, 500, 503] {
        assert_eq!(handed_to(status).await.state, MessageState::Pending, "{status}");
    }
}
