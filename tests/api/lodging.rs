//! What the form asks besides the grievance: reasons, danger, hidden names, conduct of an office, likely duplicates.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tests::{World, form};

fn changed(mobile: &str, fields: &Value) -> Value {
    let mut form = form(mobile);
    for (name, value) in fields.as_object().expect("fields") {
        form[name] = value.clone();
    }
    form
}

async fn number(world: &World, form: &Value) -> String {
    let answer = world.anon().lodge(form).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    answer.json["reference"].as_str().expect("a number").to_owned()
}

#[tokio::test]
async fn danger_puts_it_into_the_emergency_lane_and_unknown_answers_are_told() {
    let world = World::new().await;
    let answer = json!([{"question": "danger", "option": "now"}]);
    // A person who says so is believed, whatever words and category say: the question is one tap away on every page.
    let unasked = number(&world, &changed("9830012345", &json!({"reasons": answer}))).await;
    assert_eq!(world.staff("analyst").await.case(&unasked).await.json["line"]["lane"], "emergency2");
    // Place and number are enough; the rest is asked later.
    let short = json!({"reasons": answer, "name": "", "category": null});
    let sent = world.anon().lodge(&changed("9830012345", &short)).await;
    assert_eq!((sent.status, &sent.json["lane"]), (StatusCode::CREATED, &json!("emergency2")), "{}", sent.text);
    let nameless = world.anon().lodge(&changed("9830012345", &json!({"name": ""}))).await;
    assert_eq!(nameless.json["errors"], json!(["name_empty"]));
    let now = json!({"reasons": answer, "text": "বাড়িতে আগুন লেগেছে! তাড়াতাড়ি আসুন।"});
    let reference = number(&world, &changed("9830012345", &now)).await;
    let view = world.staff("analyst").await.case(&reference).await.json;
    assert_eq!(view["line"]["lane"], "emergency2");
    assert_eq!(view["answers"].as_array().map(Vec::len), Some(1));
    assert!(!view["answers"][0]["answer"]["en"].as_str().expect("words").is_empty());
    let never = json!({"reasons": [{"question": "danger", "option": "never"}]});
    let refused = world.anon().lodge(&changed("9830012345", &never)).await;
    assert_eq!(
        (refused.status, &refused.json["errors"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!(["reason_unknown"]))
    );
}

#[tokio::test]
async fn a_hidden_name_stays_hidden_whatever_the_category() {
    let world = World::new().await;
    let reference = number(&world, &changed("9830012345", &json!({"confidential": true, "affected": "group"}))).await;
    let analyst = world.staff("analyst").await;
    let categorise = json!({"categorise": {"category": "water.tubewell", "department": "PHE", "lane": "ordinary"}});
    analyst.must(&reference, &categorise, "with_department").await;
    let view = world.staff("nodal.phe").await.case(&reference).await.json;
    assert_eq!((&view["name"], &view["mobile"], &view["affected"]), (&Value::Null, &Value::Null, &json!("group")));
    assert!(!world.staff("nodal.phe").await.case(&reference).await.text.contains("রহিমা"));
}

#[tokio::test]
async fn what_is_about_an_office_never_goes_there() {
    let world = World::new().await;
    let reference = number(&world, &changed("9830012345", &json!({"about_office": true}))).await;
    let analyst = world.staff("analyst").await;
    let office = tests::bolpur(&world);
    let mut categorise = json!({"categorise": {"category": "water.tubewell", "department": "PHE", "lane": "ordinary"}});
    let refused = analyst.act(&reference, &categorise).await;
    assert_eq!(refused.json["refusal"], "complained_of_missing");
    categorise["categorise"]["complained_of"] = json!({"department": "PHE", "office": office});
    let view = analyst.must(&reference, &categorise, "with_department").await.json;
    assert_eq!(view["shielded"], true, "the department does not learn who it was");
    let forward = json!({"forward": {"office": office}});
    assert_eq!(world.staff("nodal.phe").await.act(&reference, &forward).await.json["refusal"], "complained_of");
    assert_eq!(world.staff("officer.phe.bolpur-sriniketan").await.case(&reference).await.status, StatusCode::NOT_FOUND);
}

fn like(text: &str, place: u32) -> Value {
    json!({"text": text, "category": "water.tubewell", "district": 307, "place": place, "landmark": "পূর্বপাড়া"})
}

#[tokio::test]
async fn likely_duplicates_are_offered_across_scripts_without_telling_who() {
    let world = World::new().await;
    let first = number(&world, &form("9830012345")).await;
    let anon = world.anon();
    let latin = "purbapara r tubewell tin mas dhore kharap, panchayet e janiyechi";
    let found = anon.post("/api/similar", &like(latin, 2827)).await;
    assert_eq!(found.status, StatusCode::OK, "{}", found.text);
    assert_eq!(found.json.as_array().map(Vec::len), Some(1), "{}", found.text);
    assert_eq!((&found.json[0]["people"], &found.json[0]["stage"]), (&json!(1), &json!("registered")));
    assert!(!found.text.contains(&first) && !found.text.contains("টিউবওয়েল") && !found.text.contains("রহিমা"));
    let words = found.json[0]["words"].as_array().expect("words");
    assert!(words.contains(&json!("tubewell")), "the asker's own words: {words:?}");
    for (text, place) in [("রেশন ডিলার দোকান খোলে না", 2827), (latin, 2826)] {
        assert_eq!(anon.post("/api/similar", &like(text, place)).await.json, json!([]), "{text} in {place}");
    }
    // Guessing names reveals none.
    let guessed = "tubewell kharap purbapara panchayet Haripada Rahima";
    let told = anon.post("/api/similar", &like(guessed, 2827)).await.json[0]["words"].clone();
    for name in ["Haripada", "Rahima", "purbapara", "panchayet"] {
        assert!(!told.as_array().expect("words").contains(&json!(name)), "{told}");
    }
    let token = found.json[0]["token"].clone();
    let joining = changed("9830054321", &json!({"text": latin, "same_as": token}));
    let second = number(&world, &joining).await;
    let view = world.citizen("9830054321").await.case(&second).await.json;
    assert_eq!((&view["line"]["stage"], &view["root"]), (&json!("merged"), &json!(first)));
    assert_eq!(anon.post("/api/similar", &like(latin, 2827)).await.json[0]["people"], 2);
    // A grievance that has ended is not joined.
    world.citizen("9830012345").await.must(&first, &json!({"withdraw": {"reason": ""}}), "withdrawn").await;
    let third = number(&world, &changed("9830011111", &json!({"text": latin, "same_as": token}))).await;
    assert_eq!(world.citizen("9830011111").await.case(&third).await.json["line"]["stage"], "registered");
}

#[tokio::test]
async fn shielded_grievances_are_never_offered() {
    let world = World::new().await;
    number(&world, &changed("9830012345", &json!({"confidential": true}))).await;
    let found = world.anon().post("/api/similar", &like("টিউবওয়েল তিন মাস ধরে খারাপ। পঞ্চায়েতে জানিয়েছি।", 2827)).await;
    assert_eq!(found.json, json!([]));
}

#[tokio::test]
async fn a_busy_address_is_asked_for_codes_and_whoever_has_one_goes_on() {
    let world = World::new().await;
    let form_of = |index: u32| {
        let mut form = form(&format!("98311{index:05}"));
        form["text"] = json!(format!("পাড়ার কল {index} খারাপ"));
        form
    };
    let mut taken = 0;
    for index in 0..120 {
        let answer = world.anon().lodge(&form_of(index)).await;
        if answer.status != StatusCode::CREATED {
            assert_eq!((answer.status, answer.code()), (StatusCode::TOO_MANY_REQUESTS, "proof_needed"));
            continue;
        }
        taken += 1;
    }
    assert_eq!(taken, 100);
    assert_eq!(world.citizen("9831190000").await.lodge(&form("9831190000")).await.status, StatusCode::CREATED);
    assert_eq!(
        world.anon().lodge_from(9, &form_of(190)).await.status,
        StatusCode::CREATED,
        "nobody else waits for them"
    );
    let staff = world.staff("counter").await.lodge(&form_of(191)).await;
    assert_eq!(staff.status, StatusCode::CREATED, "{}", staff.text);
}

#[tokio::test]
async fn strangers_who_name_a_number_send_it_few_messages() {
    let world = World::new().await;
    for address in 10..40 {
        let mut form = form("9830012345");
        form["text"] = json!(format!("কল {address} খারাপ, জল নেই"));
        assert_eq!(world.anon().lodge_from(address, &form).await.status, StatusCode::CREATED);
    }
    let told = world.templates("9830012345").await;
    assert_eq!(told.iter().filter(|template| *template == "lodged").count(), 5);
}
