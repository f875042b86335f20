//! Reports that do not say "done": what the citizen is asked, where a yes leads, and what is counted.

use crate::story::at_office;
use serde_json::json;
use tests::World;

const MOBILE: &str = "9830012345";

/// Leads a case to the question about a report with this outcome; answers its number.
pub async fn asked_about(world: &World, outcome: &str) -> String {
    let number = at_office(world).await;
    report(world, &number, outcome).await;
    number
}

pub async fn report(world: &World, number: &str, outcome: &str) {
    let officer = world.staff("officer.phe.bolpur-sriniketan").await;
    let contact = json!({ "record_contact": { "means": "phone", "text": "ফোনে কথা হয়েছে, জল নেই।" } });
    officer.must(number, &contact, "with_office").await;
    let (text, next_date) = match outcome {
        "partly_done" => ("পাইপ বদলানো হয়েছে, পাম্প এখনও বসেনি।", json!("2026-12-01")),
        "cannot_be_done" => ("জমিটি বন দপ্তরের, সেখানে নলকূপ বসানোর অনুমতি নেই।", json!(null)),
        _ => ("পাইপ ও ওয়াশার বদলানো হয়েছে, জল আসছে।", json!(null)),
    };
    let atr = json!({ "submit_atr": { "outcome": outcome, "text": text, "next_date": next_date } });
    officer.must(number, &atr, "atr_review").await;
    world.staff("nodal.phe").await.must(number, &json!({ "accept_atr": {} }), "verification").await;
}

async fn figures(world: &World) -> [u64; 4] {
    let total = world.staff("cmo").await.get("/api/counts").await.json["total"].clone();
    ["confirmed_by_citizens", "partly", "explained", "open"].map(|name| total[name].as_u64().expect("a figure"))
}

#[tokio::test]
async fn a_reason_that_is_accepted_is_no_redress() {
    let world = World::new().await;
    let number = asked_about(&world, "cannot_be_done").await;
    assert!(world.last_message(MOBILE, "reported_cannot").await.contains("দপ্তর বলছে হবে না"));
    let citizen = world.citizen(MOBILE).await;
    assert_eq!(citizen.case(&number).await.json["outcome"], "cannot_be_done");
    let accepted = citizen.must(&number, &json!({ "confirm": {} }), "explained").await;
    assert_eq!(accepted.json["timeline"][0]["kind"], "agreed");
    assert_eq!(accepted.json["timeline"][0]["redresses"], false);
    world.last_message(MOBILE, "explained").await;
    assert_eq!(figures(&world).await, [0, 0, 1, 0]);
    let can = |action: &str| accepted.json["actions"].as_array().expect("actions").contains(&json!(action));
    assert!(can("reopen") && can("appeal") && !can("rate"), "{}", accepted.json["actions"]);
    citizen.must(&number, &json!({ "reopen": { "reason": "জমিটি আমাদের, কাগজ আছে।" } }), "with_department").await;
    assert_eq!(figures(&world).await, [0, 0, 0, 1]);
    assert_eq!(world.audit().await.faults, Vec::<String>::new());
}

#[tokio::test]
async fn part_of_the_work_goes_on_and_is_asked_about_again() {
    let world = World::new().await;
    let number = asked_about(&world, "partly_done").await;
    assert!(world.last_message(MOBILE, "reported_partly").await.contains("মানলে 1, না মানলে 2"));
    world.text(MOBILE, "1").await;
    let citizen = world.citizen(MOBILE).await;
    assert_eq!(citizen.case(&number).await.json["line"]["stage"], "with_office", "the office goes on");
    world.last_message(MOBILE, "rest_awaited").await;
    assert_eq!(figures(&world).await, [0, 1, 0, 1]);
    report(&world, &number, "done").await;
    // The answer to the first question does not answer the second.
    world.text(MOBILE, "1").await;
    assert_eq!(citizen.case(&number).await.json["line"]["stage"], "verification");
    world.text(MOBILE, "3").await;
    assert_eq!(citizen.case(&number).await.json["line"]["stage"], "redressed");
    assert_eq!(figures(&world).await, [1, 0, 0, 0]);
    assert_eq!(world.audit().await.faults, Vec::<String>::new());
}

#[tokio::test]
async fn a_caller_who_hears_yes_to_a_reason_has_heard_of_no_work() {
    let world = World::new().await;
    let number = asked_about(&world, "cannot_be_done").await;
    let caller = world.staff("caller").await;
    caller.post("/api/calls/next", &json!(null)).await;
    caller.post(&format!("/api/grievances/{number}/call"), &json!(null)).await;
    let heard = json!({ "record_call": { "outcome": "confirmed", "remark": "" } });
    assert_eq!(caller.act(&number, &heard).await.status, axum::http::StatusCode::OK);
    let seen = world.citizen(MOBILE).await.case(&number).await.json;
    assert_eq!((&seen["line"]["stage"], &seen["timeline"][0]["detail"]), (&json!("explained"), &json!("agreed")));
}

#[tokio::test]
async fn the_plain_page_asks_what_the_report_says() {
    for (outcome, words) in [("cannot_be_done", "মেনে নিচ্ছেন"), ("partly_done", "কিছু কাজ হয়েছে")]
    {
        let world = World::new().await;
        let number = asked_about(&world, outcome).await;
        let page = world.citizen(MOBILE).await.get(&format!("/plain/case/{number}")).await;
        assert!(page.text.contains(words) && !page.text.contains("সত্যিই কি হয়েছে"), "{outcome}");
    }
}

#[tokio::test]
async fn a_report_keeps_its_date_and_its_excuse_apart_from_its_words() {
    let world = World::new().await;
    let number = at_office(&world).await;
    let officer = world.staff("officer.phe.bolpur-sriniketan").await;
    let words = "পাইপ বদলানো হয়েছে, পাম্প এখনও বসেনি।";
    let atr = json!({ "submit_atr": { "outcome": "partly_done", "text": words, "next_date": "2026-12-05", "no_contact_reason": "ফোন বন্ধ ছিল" } });
    officer.must(&number, &atr, "atr_review").await;
    world.staff("nodal.phe").await.must(&number, &json!({ "accept_atr": {} }), "verification").await;
    let citizen = world.citizen(MOBILE).await;
    let seen = citizen.case(&number).await.json;
    let report = seen["timeline"].as_array().expect("a thread").iter().find(|entry| entry["kind"] == "atr_submitted");
    let report = report.expect("the report");
    assert_eq!(report["text"], words);
    assert_eq!(report["next_date"], "2026-12-05");
    assert_eq!(report["no_contact"], "ফোন বন্ধ ছিল");
    let page = citizen.get(&format!("/plain/case/{number}")).await;
    assert!(page.text.contains("৫ ডিসেম্বর, ২০২৬") && page.text.contains("ফোন বন্ধ ছিল"), "{}", page.text);
    // Once the citizen has agreed, the day is shown at the top of the case.
    assert_eq!(seen["rest_by"], json!(null));
    let agreed = citizen.must(&number, &json!({ "confirm": {} }), "with_office").await;
    assert_eq!(agreed.json["rest_by"], "2026-12-05");
    assert_eq!(world.audit().await.faults, Vec::<String>::new());
}
