//! Appeals from the citizen's reason to the decision: both sides' papers, the calendar of hearings, the parts of the order.

use crate::story::{at_office, reported};
use axum::http::StatusCode;
use chrono::Duration;
use model::clock::{ist_date, ist_midnight};
use serde_json::{Value, json};
use server::store::MessageState;
use tests::{Person, World};

const MOBILE: &str = "9830012345";

/// A grievance that was reported as done and explained away, with its appeal; answers its number.
async fn appealed(world: &World) -> String {
    let number = at_office(world).await;
    reported(world, &number).await;
    let citizen = world.citizen(MOBILE).await;
    citizen.must(&number, &json!({ "confirm": {} }), "redressed").await;
    citizen.must(&number, &json!({ "appeal": { "reason": "পাম্প আবার খারাপ।" } }), "appealed").await;
    number
}

/// A hearing some days from now, at eleven in India.
///
/// The world begins on a Monday.
fn hearing(world: &World, days: i64, means: &str) -> Value {
    let at = ist_midnight(ist_date(world.now() + Duration::days(days))) + Duration::hours(11);
    json!({ "at": at, "means": means })
}

async fn refusal(person: &Person<'_>, number: &str, action: &Value) -> String {
    let version = format!("\"{}\"", person.case(number).await.version());
    let key = tests::key();
    let path = format!("/api/grievances/{number}/actions");
    let answer = person.post_with(&path, action, &[("if-match", &version), ("idempotency-key", &key)]).await;
    assert!(answer.status.is_client_error(), "{}", answer.text);
    answer.json["refusal"].as_str().unwrap_or(answer.code()).to_owned()
}

async fn rows(person: &Person<'_>, queue: &str) -> usize {
    person.get(&format!("/api/queues/{queue}")).await.json["rows"].as_array().expect("rows").len()
}

#[tokio::test]
async fn both_sides_are_heard_and_read_the_order() {
    let world = World::new().await;
    let number = appealed(&world).await;
    let (nodal, authority) = (world.staff("nodal.phe").await, world.staff("appellate").await);
    let citizen = world.citizen(MOBILE).await;

    // The department finds it in its list until it has answered.
    assert_eq!(rows(&nodal, "department").await, 1);
    let photo = nodal.upload(tests::photo()).await.json["id"].clone();
    let answer = json!({ "answer_appeal": { "text": "পাম্পের মোটর বদলানো হয়েছিল।", "photos": [photo] } });
    nodal.must(&number, &answer, "appealed").await;
    assert_eq!(rows(&nodal, "department").await, 0);
    let again = json!({ "answer_appeal": { "text": "আবার" } });
    assert_eq!(refusal(&nodal, &number, &again).await, "answered_already");

    // The citizen adds a paper and reads the other side's.
    citizen.must(&number, &json!({ "add_information": { "text": "মোটর পুরোনো।" } }), "appealed").await;
    let seen = citizen.case(&number).await.json;
    let answered = seen["timeline"].as_array().expect("steps").iter().find(|step| step["kind"] == "appeal_answered");
    assert_eq!(answered.expect("the answer")["text"], "পাম্পের মোটর বদলানো হয়েছিল।");
    assert_eq!(answered.expect("the answer")["photos"].as_array().map(Vec::len), Some(1));

    // Nobody is dismissed unheard.
    let dismissed = json!({ "decide_appeal": { "upheld": false, "reason": "মোটর নতুন।", "found": "মোটর চলছে।" } });
    assert_eq!(refusal(&authority, &number, &dismissed).await, "not_heard");
    assert_eq!(authority.get("/api/hearings").await.json, json!({ "rows": [], "uncalled": 1 }));
    let soon = json!({ "set_hearing": { "hearing": { "at": world.now() + Duration::hours(3), "means": "phone" } } });
    assert_eq!(refusal(&authority, &number, &soon).await, "wrong_hearing");
    let without_place = json!({ "set_hearing": { "hearing": hearing(&world, 3, "at_office") } });
    assert_eq!(refusal(&authority, &number, &without_place).await, "text_missing");
    let called = json!({ "set_hearing": { "hearing": hearing(&world, 3, "at_office"), "text": "জেলা অফিস, ঘর ৪" } });
    authority.must(&number, &called, "appealed").await;
    // The department is called too, and finds it in its list again.
    assert_eq!(rows(&nodal, "department").await, 1);
    let told = world.last_message(MOBILE, "hearing_at_office").await;
    assert!(told.contains("আপিলের শুনানি") && told.contains("সকাল ১১টা"), "{told}");
    // The authority sees what the citizen was told, without the link that opens the case.
    let called = authority.case(&number).await.json["timeline"][0].clone();
    assert_eq!(called["told"][0]["delivery"], "waiting");
    let text = called["told"][0]["text"].as_str().expect("a text");
    assert!(text.contains("সকাল ১১টা") && text.ends_with('…') && !text.contains("/l/"), "{text}");
    assert_eq!(citizen.case(&number).await.json["timeline"][0]["told"], json!([]));
    world.deliver().await;
    let called = authority.case(&number).await.json["timeline"][0].clone();
    assert_eq!(called["told"][0]["delivery"], "sent");
    let moved = json!({ "set_hearing": { "hearing": hearing(&world, 4, "phone") } });
    authority.must(&number, &moved, "appealed").await;
    world.last_message(MOBILE, "hearing_by_phone").await;
    let again = json!({ "set_hearing": { "hearing": hearing(&world, 5, "phone") } });
    authority.must(&number, &again, "appealed").await;
    authority.must(&number, &moved, "appealed").await;
    let calls = world.app.store.messages(1_000).await.expect("messages");
    let of = |template: &str, state| {
        calls.iter().filter(|message| message.template == template && message.state == state).count()
    };
    assert_eq!(of("hearing_by_phone", MessageState::Recalled), 2, "only the last call is true");
    assert_eq!(of("hearing_by_phone", MessageState::Pending), 1);
    assert_eq!(of("hearing_for_office", MessageState::Pending), 1, "the officers are called too");
    let calendar = authority.get("/api/hearings").await.json;
    assert_eq!(calendar["rows"][0]["hearing"], hearing(&world, 4, "phone"));
    assert_eq!((&calendar["rows"][0]["answered"], &calendar["uncalled"]), (&json!(true), &json!(0)));
    assert_eq!(citizen.case(&number).await.json["hearing"], hearing(&world, 4, "phone"));
    let plain = citizen.get(&format!("/plain/case/{number}")).await.text;
    assert!(plain.contains("আপনার আপিলের শুনানি ফোনে"), "{plain}");

    let held = json!({ "record_hearing": { "citizen": true, "office": true, "text": "মোটর তিন দিনে বন্ধ হয়েছে।" } });
    assert_eq!(refusal(&authority, &number, &held).await, "no_hearing");
    world.pass(Duration::days(5));
    let (authority, citizen) = (world.staff("appellate").await, world.citizen(MOBILE).await);
    let upheld = |ordered: &str| {
        json!({ "decide_appeal": {
            "upheld": true, "found": "মোটর বন্ধ।", "reason": "কাজ টেকেনি।", "ordered": ordered } })
    };
    assert_eq!(refusal(&authority, &number, &upheld("৭ দিনে নতুন মোটর")).await, "hearing_pending");
    // Nobody was rung whose number was not shown.
    assert_eq!(refusal(&authority, &number, &held).await, "number_not_shown");
    let shown = authority.post(&format!("/api/grievances/{number}/reveal"), &json!({ "reason": "hearing" })).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
    authority.must(&number, &held, "appealed").await;
    assert_eq!(refusal(&authority, &number, &upheld("")).await, "text_missing");
    authority.must(&number, &upheld("৭ দিনে নতুন মোটর"), "with_department").await;

    let step = citizen.case(&number).await.json["timeline"][0].clone();
    assert_eq!((&step["kind"], &step["detail"]), (&json!("appeal_decided"), &json!("upheld")));
    assert_eq!(step["text"], "কাজ টেকেনি।");
    assert_eq!(step["order"], json!({ "found": "মোটর বন্ধ।", "ordered": "৭ দিনে নতুন মোটর" }));
    let plain = citizen.get(&format!("/plain/case/{number}")).await.text;
    assert!(plain.contains("যা দেখা গেছে:") && plain.contains("৭ দিনে নতুন মোটর"), "{plain}");
    assert_eq!(citizen.case(&number).await.json["hearing"], Value::Null);
    assert_eq!(world.staff("appellate").await.get("/api/hearings").await.json["rows"], json!([]));
    assert_eq!(world.audit().await.faults, Vec::<String>::new());
}

#[tokio::test]
async fn an_appeal_is_dismissed_after_its_hearing_and_only_its_authority_keeps_the_calendar() {
    let world = World::new().await;
    let number = appealed(&world).await;
    let authority = world.staff("appellate").await;
    let call = json!({ "set_hearing": { "hearing": hearing(&world, 2, "at_office"), "text": "ঘর ৪" } });
    authority.must(&number, &call, "appealed").await;
    for other in ["nodal.phe", "analyst", "cmo", "auditor"] {
        let person = world.staff(other).await;
        assert_eq!(person.get("/api/hearings").await.status, StatusCode::FORBIDDEN, "{other}");
        let call = json!({ "set_hearing": { "hearing": hearing(&world, 2, "phone") } });
        assert_eq!(refusal(&person, &number, &call).await, "not_permitted", "{other}");
    }
    world.pass(Duration::days(3));
    let authority = world.staff("appellate").await;
    let held = json!({ "record_hearing": { "citizen": false, "office": true, "text": "ফোন ধরেননি।" } });
    let held = authority.must(&number, &held, "appealed").await;
    assert_eq!(held.json["timeline"][0]["detail"], "office");
    let dismissed = json!({ "decide_appeal": { "upheld": false, "reason": "মোটর নতুন।", "found": "মোটর চলছে।" } });
    authority.must(&number, &dismissed, "redressed").await;
    world.last_message(MOBILE, "appeal_dismissed").await;
    // What was not answered is asked of nobody any more.
    assert_eq!(rows(&world.staff("nodal.phe").await, "department").await, 0);
}

#[tokio::test]
async fn those_who_must_not_know_each_other_are_not_called_into_one_room() {
    let world = World::new().await;
    let mut lodging = tests::form(MOBILE);
    lodging["confidential"] = json!(true);
    let lodged = world.citizen(MOBILE).await.lodge(&lodging).await;
    let number = lodged.json["reference"].as_str().expect("a number").to_owned();
    let reject = json!({ "reject": { "ground": "suggestion", "reason": "পরামর্শ" } });
    world.staff("analyst").await.must(&number, &reject, "not_admissible").await;
    let citizen = world.citizen(MOBILE).await;
    citizen.must(&number, &json!({ "appeal": { "reason": "পরামর্শ নয়।" } }), "appealed").await;
    let authority = world.staff("appellate").await;
    let office = json!({ "set_hearing": { "hearing": hearing(&world, 2, "at_office"), "text": "ঘর ৪" } });
    assert_eq!(refusal(&authority, &number, &office).await, "by_phone_alone");
    authority.must(&number, &json!({ "set_hearing": { "hearing": hearing(&world, 2, "phone") } }), "appealed").await;
}
