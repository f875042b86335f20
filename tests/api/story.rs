//! The whole way: one grievance from a phone to "redressed", with every role.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tests::{World, bolpur, form, photo};

const MOBILE: &str = "9830012345";

/// Lodges and leads the case to an office; answers its number.
pub async fn at_office(world: &World) -> String {
    at_office_from(world, MOBILE).await
}

/// As [`at_office`], from another number.
pub async fn at_office_from(world: &World, mobile: &str) -> String {
    let lodged = world.citizen(mobile).await.lodge(&form(mobile)).await;
    assert_eq!(lodged.status, StatusCode::CREATED, "{}", lodged.text);
    let number = lodged.json["reference"].as_str().expect("a number").to_owned();
    let categorise = json!({ "categorise": { "category": "water.tubewell", "department": "PHE", "lane": "ordinary" } });
    world.staff("analyst").await.must(&number, &categorise, "with_department").await;
    let forward = json!({ "forward": { "office": bolpur(world) } });
    world.staff("nodal.phe").await.must(&number, &forward, "with_office").await;
    number
}

/// A neighbour's grievance that follows one at an office; answers both numbers.
pub async fn following(world: &World) -> (String, String) {
    let root = at_office(world).await;
    let mut lodging = form("9830054321");
    lodging["text"] = json!("এই পাড়ার কল খারাপ, আমাদেরও জল নেই।");
    let lodged = world.citizen("9830054321").await.lodge(&lodging).await;
    let number = lodged.json["reference"].as_str().expect("a number").to_owned();
    let merge = json!({ "merge": { "root": root, "reason": "একই কল" } });
    world.staff("analyst").await.must(&number, &merge, "merged").await;
    (number, root)
}

/// Contact, report with a photo, accepted.
pub async fn reported(world: &World, number: &str) {
    let officer = world.staff("officer.phe.bolpur-sriniketan").await;
    let contact = json!({ "record_contact": { "means": "phone", "text": "ফোনে কথা হয়েছে, জল নেই।" } });
    officer.must(number, &contact, "with_office").await;
    let photo = officer.upload(photo()).await;
    assert_eq!(photo.status, StatusCode::CREATED, "{}", photo.text);
    let atr = json!({ "submit_atr": {
        "outcome": "done",
        "text": "পাইপ ও ওয়াশার বদলানো হয়েছে, জল আসছে।",
        "photos": [photo.json["id"]],
    } });
    officer.must(number, &atr, "atr_review").await;
    world.staff("nodal.phe").await.must(number, &json!({ "accept_atr": {} }), "verification").await;
}

#[tokio::test]
async fn one_grievance_from_a_phone_to_redressed() {
    let world = World::new().await;
    let number = at_office(&world).await;
    reported(&world, &number).await;

    let caller = world.staff("caller").await;
    let next = caller.post("/api/calls/next", &Value::Null).await;
    assert_eq!(next.json["case"]["line"]["reference"], number.as_str());
    let heard = json!({ "record_call": { "outcome": "disputed", "remark": "জল আসেনি" } });
    let unheard = caller.act(&number, &heard).await;
    assert_eq!(unheard.json["refusal"], "number_not_shown", "nobody can have heard what nobody dialled");
    caller.post(&format!("/api/grievances/{number}/reveal"), &json!({ "reason": "যাচাইয়ের ফোন" })).await;
    caller.must(&number, &heard, "with_department").await;

    let forward = json!({ "forward": { "office": bolpur(&world) } });
    world.staff("nodal.phe").await.must(&number, &forward, "with_office").await;
    reported(&world, &number).await;

    let validator = world.staff("validator.birbhum").await;
    let visits = validator.get("/api/queues/visits").await;
    assert_eq!(visits.json["rows"][0]["reference"], number.as_str(), "a disputed case is visited");
    let visit = validator.visit(&number, "done_citizen_agrees").await;
    validator.must(&number, &visit, "redressed").await;

    let seen = world.citizen(MOBILE).await.case(&number).await;
    assert_eq!(seen.json["line"]["stage"], "redressed");
    let photos =
        seen.json["timeline"].as_array().expect("a thread").iter().find_map(|entry| entry["photos"][0].as_str());
    let photo = world.citizen(MOBILE).await.get(&format!("/api/photos/{}", photos.expect("a photo"))).await;
    assert_eq!(photo.status, StatusCode::OK);
    assert_eq!(photo.headers["content-type"], "image/jpeg");
    let told = world.templates(MOBILE).await;
    let steps: Vec<&str> = told.iter().map(String::as_str).filter(|template| *template != "code").collect();
    assert_eq!(
        steps,
        ["lodged", "with_department", "with_office", "reported", "sent_back", "with_office", "reported", "redressed"]
    );
    let audit = world.audit().await;
    assert_eq!(audit.faults, Vec::<String>::new());
}

#[tokio::test]
async fn she_confirms_it_herself() {
    let world = World::new().await;
    let number = at_office(&world).await;
    reported(&world, &number).await;
    let citizen = world.citizen(MOBILE).await;
    let mine = citizen.get("/api/grievances").await;
    assert_eq!(mine.json[0]["reference"], number.as_str());
    citizen.must(&number, &json!({ "confirm": {} }), "redressed").await;
    citizen.must(&number, &json!({ "reopen": { "reason": "আবার খারাপ হয়েছে" } }), "with_department").await;
}

#[tokio::test]
async fn a_call_that_could_not_be_shown_is_open_to_the_next_caller() {
    let world = World::new().await;
    let number = at_office(&world).await;
    reported(&world, &number).await;
    let caller = world.staff("caller").await;
    let account = world.app.store.account("caller").await.expect("read").expect("an account");
    let staff = account.actor.staff.expect("staff");
    let colleague = model::StaffId::new(staff.get() + 10_000);
    let other = server::store::Account {
        actor: model::Actor { staff: Some(colleague), ..account.actor.clone() },
        username: "caller.2".into(),
        ..account
    };
    world.app.store.put_accounts(vec![other], world.now()).await.expect("an account");
    let other = world.staff("caller.2").await;
    // The first caller has read as much as anybody may.
    let limits = world.app.limits.as_ref().expect("limits");
    while limits.reading(staff, server::store::ReadingOf::Call).await.is_ok() {}
    let next = async |person: &tests::Person<'_>| person.post("/api/calls/next", &Value::Null).await;
    assert_eq!(next(&caller).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(next(&other).await.json["case"]["line"]["reference"], number.as_str(), "it is not leased to nobody");
}
