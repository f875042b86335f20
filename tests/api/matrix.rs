//! Every role at every operation that is mounted by `api::call::mount`, as the API's own document lists them: none of those can
//! be missing here. What `api.rs` and `page.rs` mount by themselves is not in the document: uploads, photos and voices, the
//! stream, the gateway's messages, the exchange's webhooks, the plain pages and `/api/public/figures.csv`. They have tests of their own.

use axum::body::Body;
use axum::http::StatusCode;
use model::wire::Queue;
use model::{Reference, Role};
use serde_json::{Map, Value};
use tests::{Answer, Person, World, key};

/// An operation of the document.
struct Operation<'d> {
    method: String,
    path: &'d str,
    said: &'d Value,
}

impl Operation<'_> {
    /// The roles that it lets in; none where it is for everybody.
    fn roles(&self) -> Option<Vec<Role>> {
        let roles = self.said.get("x-roles")?;
        Some(serde_json::from_value(roles.clone()).expect("roles"))
    }

    /// Its address, as somebody with this role may ask for it: a number that nobody has, and what else must be said.
    fn address(&self, role: Role) -> String {
        let queue = Queue::of(role).map_or("desk", |queue| model::names::code_of(&queue));
        let path = self
            .path
            .replace("{reference}", &Reference::from_payload(12_345).to_string())
            .replace("{queue}", queue)
            .replace("{name}", "holidays.tsv")
            .replace("{username}", "nobody.of.this.name")
            .replace("{seq}", "1")
            .replace("{department}", "PHE")
            .replace("{id}", "0f0e0d0c0b0a09080706050403020100");
        let parameters = self.said["parameters"].as_array().into_iter().flatten();
        let wanted = parameters.filter(|parameter| parameter["in"] == "query" && parameter["required"] == true);
        let query = wanted.map(|parameter| format!("{}=PHE", parameter["name"].as_str().expect("a name")));
        let query: Vec<String> = query.collect();
        if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
    }

    async fn ask(&self, person: &Person<'_>, role: Role) -> Answer {
        let method = self.method.to_uppercase();
        let request = person.request(&method, &self.address(role)).header("idempotency-key", key());
        let body = if method == "POST" { Body::from("{}") } else { Body::empty() };
        person.send(request.header("content-type", "application/json").body(body).expect("a request")).await
    }
}

fn operations(document: &Value) -> Vec<Operation<'_>> {
    let paths: &Map<String, Value> = document["paths"].as_object().expect("paths");
    paths
        .iter()
        .flat_map(|(path, methods)| {
            methods.as_object().expect("methods").iter().map(move |(method, said)| Operation {
                method: method.clone(),
                path,
                said,
            })
        })
        // The gateway and the exchange have tokens of their own: tests/api/texts.rs, phone.rs.
        .filter(|operation| !["/api/openapi.json", "/api/sms", "/api/exchange"].contains(&operation.path))
        .collect()
}

async fn person<'w>(world: &'w World, role: Role) -> Person<'w> {
    let username = match role {
        Role::Citizen => return world.citizen("9830012345").await,
        Role::CounterOperator => "counter",
        Role::TeleCaller => "telecaller",
        Role::QualityLead => "quality",
        Role::OperationalAnalyst => "analyst",
        Role::NodalOfficer => "nodal.phe",
        Role::OfficeOfficer => "officer.phe.bolpur-sriniketan",
        Role::VerificationCaller => "caller",
        Role::FieldValidator => "validator.birbhum",
        Role::AppellateAuthority => "appellate",
        Role::DataAnalyst => "data",
        Role::AssistantManager => "assistant",
        Role::SeniorManager => "manager",
        Role::PrincipalManager => "principal",
        Role::CmoOfficial => "cmo",
        Role::Administrator => "admin",
        Role::Auditor => "auditor",
        Role::System => unreachable!("nobody signs in as the system"),
    };
    world.staff(username).await
}

#[tokio::test]
async fn every_operation_lets_in_whom_it_says_and_nobody_else() {
    let world = World::new().await;
    let document = world.anon().get("/api/openapi.json").await.json;
    let operations = operations(&document);
    let anon = world.anon();
    for operation in &operations {
        let what = format!("{} {} by nobody", operation.method, operation.path);
        assert!(operation.said["security"].is_array(), "{what}");
        let answer = operation.ask(&anon, Role::Citizen).await;
        if operation.roles().is_some() && operation.method != "head" {
            assert_eq!((answer.status, answer.code()), (StatusCode::UNAUTHORIZED, "sign_in_needed"), "{what}");
        } else if operation.roles().is_none() {
            assert!(!["sign_in_needed", "not_permitted"].contains(&answer.code()), "{what}: {}", answer.text);
        }
    }
    let mut cells = 0;
    for role in Role::ALL.into_iter().filter(|role| *role != Role::System) {
        let person = person(&world, role).await;
        for operation in &operations {
            let Some(roles) = operation.roles() else { continue };
            let what = format!("{} {} by {role:?}", operation.method, operation.path);
            // A stream that lets somebody in has no end.
            if roles.contains(&role) && operation.path == "/api/live" {
                continue;
            }
            let answer = operation.ask(&person, role).await;
            if roles.contains(&role) {
                let refused = ["sign_in_needed", "not_permitted"].contains(&answer.code());
                assert!(!refused, "{what}: {} {}", answer.status, answer.text);
            } else {
                assert_eq!((answer.status, answer.code()), (StatusCode::FORBIDDEN, "not_permitted"), "{what}");
            }
            cells += 1;
        }
    }
    assert!(cells > 17 * 15, "{cells} cells");
}

/// What shows staff nothing of what a case says: who has read it, and what is like it, where nothing is.
const NO_READING: [&str; 2] = ["/api/grievances/{reference}/access", "/api/grievances/{reference}/alike"];

#[tokio::test]
async fn what_is_read_of_a_real_case_is_refused_to_strangers_and_recorded_of_staff() {
    let world = World::new().await;
    let number = crate::story::at_office(&world).await;
    let unknown = Reference::from_payload(12_345).to_string();
    let document = world.anon().get("/api/openapi.json").await.json;
    let strangers = [
        (Role::Citizen, world.citizen("9830054321").await),
        (Role::NodalOfficer, world.staff("nodal.prd").await),
        (Role::CounterOperator, world.staff("counter").await),
    ];
    let analyst = world.staff("analyst").await;
    let readings = async || world.app.store.chains().await.expect("the chains").readings.seq;
    let mut asked = 0;
    for operation in operations(&document) {
        if operation.method != "get" || !operation.path.contains("{reference}") {
            continue;
        }
        let path = |reference: &str| operation.path.replace("{reference}", reference);
        for (role, stranger) in &strangers {
            let (real, none) = (stranger.get(&path(&number)).await, stranger.get(&path(&unknown)).await);
            let what = format!("{} by a stranger, {role:?}", operation.path);
            assert!(real.status.is_client_error(), "{what}: {}", real.text);
            assert_eq!((real.status, real.text), (none.status, none.text), "{what}");
        }
        let before = readings().await;
        let shown = analyst.get(&path(&number)).await;
        if shown.status == StatusCode::OK {
            assert!(!shown.text.contains("9830012345") && !shown.text.contains("/l/"), "{}", operation.path);
            let recorded = readings().await > before;
            assert_eq!(recorded, !NO_READING.contains(&operation.path), "{}", operation.path);
            asked += 1;
        }
    }
    assert!(asked > 0);
}
