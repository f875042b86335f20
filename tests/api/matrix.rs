//! Every role at every operation that is mounted by `api::call::mount`, as the API's own document lists them: none of those can
//! be missing here. What `api.rs` and `page.rs` mount by themselves is not in the document: uploads, photos and voices, the
//! stream, the gateway's messages, the exchange's webhooks, the plain pages and `/api/public/figures.csv`. They have tests of their own.

use axum::body::Body;
use axum::http::StatusCode;
use model::lifecycle::{Action, ActionKind};
use model::names::code_of;
use model::role::{allows, sees};
use model::wire::Queue;
use model::{Actor, Reference, Role};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
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
        let queue = Queue::of(role).map_or("desk", |queue| code_of(&queue));
        let path = self
            .path
            .replace("{reference}", &Reference::from_payload(12_345).to_string())
            .replace("{queue}", queue)
            .replace("{name}", "holidays.tsv")
            .replace("{username}", "nobody.of.this.name")
            .replace("{seat}", "999999")
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

/// Somebody of the staff with this role.
fn username(role: Role) -> &'static str {
    match role {
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
        Role::System | Role::Citizen => unreachable!("neither is staff"),
    }
}

async fn person<'w>(world: &'w World, role: Role) -> Person<'w> {
    match role {
        Role::Citizen => world.citizen("9830012345").await,
        role => world.staff(username(role)).await,
    }
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

/// An action of this kind, complete, so that it is refused for who asks and not for what it says.
fn example(kind: ActionKind) -> Option<Value> {
    use ActionKind as A;
    let reason = json!({ "reason": "কারণ" });
    let of = match kind {
        // Lodging is no action on a case; the number changes at its own address.
        A::Lodge | A::RequestNumberChange => return None,
        A::RemindInformation
        | A::ReturnUnanswered
        | A::Remind
        | A::AcceptTransfer
        | A::BounceTransfer
        | A::DisownNumber => return Some(json!(code_of(&kind))),
        A::RequestInformation => json!({ "missing": "কোন পাড়া?" }),
        A::ProvideInformation | A::AddInformation | A::AnswerAppeal => json!({ "text": "কথা" }),
        A::Categorise => json!({ "category": "water.tubewell", "department": "PWD", "lane": "ordinary" }),
        A::Forward => json!({ "office": 1, "remark": "কারণ" }),
        A::OfferTransfer => json!({ "to": { "department": "PWD" }, "reason": "কারণ" }),
        A::RecordContact => json!({ "means": "phone", "text": "কথা" }),
        A::SubmitAtr => {
            json!({ "outcome": "done", "text": "নলকূপ ২ নভেম্বর সারানো হয়েছে, জল আসছে", "no_contact_reason": "ফোন বন্ধ" })
        }
        A::RecordCall => json!({ "outcome": "confirmed", "remark": "কথা" }),
        A::RecordVisit => json!({ "finding": "done_citizen_agrees", "text": "দেখা হয়েছে", "photos": [], "shots": [] }),
        A::AcceptAtr | A::Confirm => json!({}),
        A::Reject => json!({ "ground": "service_matter", "reason": "কারণ" }),
        A::Split => json!({ "text": "রাস্তাও ভাঙা" }),
        A::Merge => json!({ "root": Reference::from_payload(12_345).to_string(), "reason": "কারণ" }),
        A::SetHearing => json!({ "hearing": { "at": "2026-11-20T05:30:00Z", "means": "phone" } }),
        A::RecordHearing => json!({ "citizen": true, "office": true, "text": "কথা" }),
        A::DecideAppeal => json!({ "upheld": true, "reason": "কারণ", "found": "কথা", "ordered": "কাজ" }),
        A::SetEmergency => json!({ "lane": "emergency24", "reason": "আগুন" }),
        A::Escalate => json!({ "lane": "ordinary", "level": 1 }),
        A::Rate => json!({ "stars": 4 }),
        A::Note => json!({ "text": "কথা" }),
        _ => reason,
    };
    Some(json!({ code_of(&kind): of }))
}

/// Cases to which somebody stands in every way that there is, each with what it is.
async fn cases(world: &World) -> Vec<(&'static str, Reference)> {
    use crate::story::{at_office, at_office_from, reported};
    let lodged = async |mobile: &str, more: Value| {
        let mut lodging = tests::form(mobile);
        lodging.as_object_mut().expect("fields").extend(more.as_object().expect("fields").clone());
        let lodged = world.citizen(mobile).await.lodge(&lodging).await;
        assert_eq!(lodged.status, StatusCode::CREATED, "{}", lodged.text);
        lodged.json["reference"].as_str().expect("a number").to_owned()
    };
    let categorise = async |number: &str, department: &str, complained_of: Value| {
        let action = json!({ "categorise": { "category": "water.tubewell", "department": department, "lane": "ordinary",
            "complained_of": complained_of, "remark": "কারণ" } });
        world.staff("analyst").await.must(number, &action, "with_department").await;
    };
    let own = at_office(world).await;
    let desk = lodged("9830012346", json!({})).await;
    let foreign = lodged("9830012347", json!({})).await;
    categorise(&foreign, "PRD", Value::Null).await;
    let shielded = lodged("9830012348", json!({ "confidential": true })).await;
    categorise(&shielded, "PHE", Value::Null).await;
    let complained = lodged("9830012349", json!({ "about_office": true })).await;
    categorise(&complained, "PRD", json!({ "department": "PHE", "office": null })).await;
    let offered = at_office_from(world, "9830012350").await;
    let offer = json!({ "offer_transfer": { "to": { "department": "PRD" }, "reason": "পঞ্চায়েতের কাজ" } });
    world.staff("officer.phe.bolpur-sriniketan").await.must(&offered, &offer, "transfer_offered").await;
    let verified = at_office_from(world, "9830012351").await;
    reported(world, &verified).await;
    let all = [
        ("own and at an office", own),
        ("at the desk", desk),
        ("of another department", foreign),
        ("shielded", shielded),
        ("complained of", complained),
        ("offered", offered),
        ("being verified", verified),
    ];
    all.map(|(what, number)| (what, Reference::parse(&number).expect("a number"))).into()
}

#[tokio::test]
async fn no_action_gets_through_where_the_table_refuses_it_whatever_their_standing() {
    let unread: Vec<_> = ActionKind::ALL
        .into_iter()
        .filter_map(|kind| Some((kind, example(kind)?)))
        .filter(|(kind, said)| {
            !serde_json::from_value::<Action>(said.clone()).is_ok_and(|action| action.kind() == *kind)
        })
        .collect();
    assert!(unread.is_empty(), "no complete action: {unread:?}");
    let world = World::new().await;
    let cases = cases(&world).await;
    let stored = async |reference: &Reference| world.app.store.case(*reference).await.expect("read").expect("a case");
    let mut before = Vec::new();
    for (_, reference) in &cases {
        before.push(stored(reference).await);
    }
    let staff = Role::ALL.into_iter().filter(|role| !matches!(role, Role::System | Role::Citizen));
    let mut people: Vec<(String, Actor, Person<'_>)> = Vec::new();
    for name in staff.map(username).chain(["nodal.prd", "validator.alipurduar"]) {
        let account = world.app.store.account(name).await.expect("read").expect("an account");
        people.push((name.to_owned(), account.actor, world.staff(name).await));
    }
    let citizen = Actor::citizen(before[0].citizen);
    people.push(("the citizen of the first".to_owned(), citizen, world.citizen("9830012345").await));
    let (mut cells, mut refused) = (0, 0);
    let mut standings = BTreeSet::new();
    for (name, actor, person) in &people {
        for ((what, reference), case) in cases.iter().zip(&before) {
            let standing = actor.standing(case);
            let sees = sees(actor.role, standing);
            standings.insert(format!("{standing:?}"));
            let read = person.case(&reference.to_string()).await;
            let expected = if sees { StatusCode::OK } else { StatusCode::NOT_FOUND };
            assert_eq!(read.status, expected, "{name} reads a case {what}: {}", read.text);
            for kind in ActionKind::ALL {
                let Some(action) = example(kind) else { continue };
                cells += 1;
                if sees && allows(actor.role, kind, standing) {
                    continue;
                }
                let path = format!("/api/grievances/{reference}/actions");
                let version = format!("\"{}\"", case.version);
                let answer =
                    person.post_with(&path, &action, &[("if-match", &version), ("idempotency-key", &key())]).await;
                let expected = if sees { StatusCode::FORBIDDEN } else { StatusCode::NOT_FOUND };
                assert_eq!(
                    answer.status, expected,
                    "{name}: {action} on a case {what} ({standing:?}): {}",
                    answer.text
                );
                refused += 1;
            }
        }
    }
    for ((what, reference), case) in cases.iter().zip(&before) {
        assert_eq!(stored(reference).await.version, case.version, "the case {what} was changed");
    }
    assert_eq!(standings.len(), 6, "every standing: {standings:?}");
    println!("{cells} cells of role, standing and action; {refused} of them refused by the running server");
}
