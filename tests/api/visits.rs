//! Visits by field validators, and the cases that are taken along.

use super::story::{at_office, at_office_from, reported};
use axum::http::StatusCode;
use chrono::Duration;
use serde_json::{Value, json};
use tests::{Person, World, visit};

/// Leads a case to a visit: the citizen has said that it is not done, and the office reports again.
async fn to_visit(world: &World) -> String {
    let number = at_office(world).await;
    reported(world, &number).await;
    let dispute = json!({ "dispute": { "reason": "জল আসেনি" } });
    world.citizen("9830012345").await.must(&number, &dispute, "with_department").await;
    let forward = json!({ "forward": { "office": tests::bolpur(world) } });
    world.staff("nodal.phe").await.must(&number, &forward, "with_office").await;
    reported(world, &number).await;
    number
}

async fn photo_of(person: &Person<'_>) -> String {
    person.upload(tests::photo()).await.json["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn a_visit_is_proved_by_a_photo_that_was_taken_for_it() {
    let world = World::new().await;
    let number = to_visit(&world).await;
    let validator = world.staff("validator.birbhum").await;
    let case = validator.case(&number).await.json;
    let photo = photo_of(&validator).await;
    let good = visit(&case, &photo, world.now(), "done_citizen_agrees");
    let other_case = at_office_from(&world, "9830054321").await;
    let officer = world.staff("officer.phe.bolpur-sriniketan").await.case(&other_case).await.json;
    let shot = |name: &str, value: Value| {
        let mut visit = good.clone();
        visit["record_visit"]["shots"][0][name] = value;
        visit
    };
    let without = |name: &str| {
        let mut visit = good.clone();
        visit["record_visit"][name] = json!([]);
        visit
    };
    let token = case["shutter"].as_str().expect("a token");
    let forged = format!("{}.{}", token.split('.').next().expect("a moment"), "0".repeat(24));
    let sooner = token.replacen('1', "0", 1);
    for (name, wish) in [
        ("chosen from the phone", without("shots")),
        ("no photo", without("photos")),
        ("no place", shot("position", Value::Null)),
        ("no token", shot("token", json!(""))),
        ("forged", shot("token", json!(forged))),
        ("issued at another moment", shot("token", json!(sooner))),
        ("another's, of another case", shot("token", officer["shutter"].clone())),
        ("older than the token", shot("at", json!(world.now() - Duration::hours(1)))),
        ("of tomorrow", shot("at", json!(world.now() + Duration::days(1)))),
        (
            "nowhere on earth",
            shot("position", json!({ "latitude_micro": 999_000_000, "longitude_micro": 0, "accuracy_m": 9 })),
        ),
        ("at zero", shot("position", json!({ "latitude_micro": 0, "longitude_micro": 0, "accuracy_m": 9 }))),
        (
            "somewhere",
            shot(
                "position",
                json!({ "latitude_micro": 23_666_777, "longitude_micro": 87_687_123, "accuracy_m": 2_001 }),
            ),
        ),
        (
            "in Kolkata",
            shot("position", json!({ "latitude_micro": 22_570_000, "longitude_micro": 88_360_000, "accuracy_m": 9 })),
        ),
        ("of a photo that is not sent", shot("photo", json!("0123456789abcdef0123456789abcdef"))),
    ] {
        let answer = validator.act(&number, &wish).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}: {}", answer.text);
        assert_eq!(answer.json["refusal"], "no_photo_taken_here", "{name}");
    }
    // On the way for 71 hours is not too long, for 73 it is.
    world.pass(Duration::hours(73));
    let validator = world.staff("validator.birbhum").await;
    assert_eq!(validator.act(&number, &good).await.json["refusal"], "no_photo_taken_here");
    let good = validator.visit(&number, "done_citizen_agrees").await;
    world.pass(Duration::hours(71));
    let validator = world.staff("validator.birbhum").await;
    let seen = validator.must(&number, &good, "redressed").await.json;
    let entry = &seen["timeline"][0];
    assert_eq!(entry["kind"], "visit_recorded");
    assert_eq!(entry["shots"][0]["position"]["latitude_micro"], 23_666_700, "to about ten metres");
    assert_eq!(entry["shots"][0].get("token"), None);
    assert_eq!(entry["visit"]["meeting"], "met_there");
    assert_eq!(entry["visit"]["checks"][0][1], "yes");
    let citizen = world.citizen("9830012345").await.case(&number).await.json;
    let entry = citizen["timeline"].as_array().expect("entries").iter().find(|entry| entry["kind"] == "visit_recorded");
    let entry = entry.expect("the visit");
    assert_eq!((&entry["shots"], &entry["visit"]), (&json!([]), &Value::Null), "where staff were is for staff");
    assert!(world.audit().await.faults.is_empty());
}

#[tokio::test]
async fn a_visit_says_whom_the_validator_met_and_answers_the_questions_of_the_category() {
    let world = World::new().await;
    let number = to_visit(&world).await;
    let validator = world.staff("validator.birbhum").await;
    let case = validator.case(&number).await.json;
    let codes: Vec<_> = case["checks"].as_array().expect("checks").iter().map(|check| check["code"].clone()).collect();
    assert_eq!(codes, ["water.flows", "water.drinkable"], "of a tube well: what all water has in common");
    let photo = photo_of(&validator).await;
    let good = visit(&case, &photo, world.now(), "done_citizen_agrees");
    let with = |name: &str, value: Value| {
        let mut visit = good.clone();
        visit["record_visit"][name] = value;
        visit
    };
    for (name, value, refusal) in [
        ("meeting", Value::Null, "meeting_does_not_fit"),
        ("meeting", json!("not_at_home"), "meeting_does_not_fit"),
        ("finding", json!("done_citizen_not_met"), "meeting_does_not_fit"),
        ("checks", json!([]), "checks_unanswered"),
        (
            "checks",
            json!([{ "check": "water.flows", "answer": "no" }, { "check": "water.drinkable", "answer": "yes" }]),
            "checks_contradict",
        ),
        ("checks", json!([{ "check": "water.flows", "answer": "yes" }]), "checks_unanswered"),
        ("text", json!(" "), "text_missing"),
    ] {
        let answer = validator.act(&number, &with(name, value.clone())).await;
        assert_eq!(answer.json["refusal"], refusal, "{name} {value}: {}", answer.text);
    }
    let (path, seen) = (format!("/api/grievances/{number}/preview"), format!("\"{}\"", case["line"]["version"]));
    let preview = validator.post_with(&path, &good, &[("if-match", &seen)]).await;
    assert_eq!(preview.json["stage"], "redressed");
    validator.must(&number, &good, "redressed").await;
}

#[tokio::test]
async fn a_report_keeps_when_and_where_its_photos_were_taken() {
    let world = World::new().await;
    let number = at_office(&world).await;
    let officer = world.staff("officer.phe.bolpur-sriniketan").await;
    let case = officer.case(&number).await.json;
    let (taken, chosen) = (photo_of(&officer).await, photo_of(&officer).await);
    let shots = visit(&case, &taken, world.now(), "not_done")["record_visit"]["shots"].clone();
    let report = json!({ "submit_atr": {
        "outcome": "done",
        "text": "পাইপ ও ওয়াশার বদলানো হয়েছে, জল আসছে।",
        "contact": { "means": "phone", "text": "কথা হয়েছে" },
        "photos": [taken, chosen],
        "shots": [shots[0], { "photo": chosen, "at": world.now(), "token": "1.00" }],
    } });
    let seen = officer.must(&number, &report, "atr_review").await.json;
    let shots = seen["timeline"][0]["shots"].as_array().expect("shots").clone();
    assert_eq!(shots.len(), 1, "what was only claimed is no proof, and no reason to refuse a report");
    assert_eq!(shots[0]["photo"], taken);
}

/// Reports with this picture, taken there or chosen; answers the lapses with which it was filed.
async fn lapses(world: &World, number: &str, picture: Vec<u8>, north: Option<i64>) -> Vec<Value> {
    let officer = world.staff("officer.phe.bolpur-sriniketan").await;
    let case = officer.case(number).await.json;
    let photo = officer.upload(picture).await.json["id"].as_str().expect("an id").to_owned();
    let mut shots = visit(&case, &photo, world.now(), "not_done")["record_visit"]["shots"].clone();
    if let Some(north) = north {
        shots[0]["position"]["latitude_micro"] = json!(north);
    }
    let report = json!({ "submit_atr": {
        "outcome": "done",
        "text": format!("পাইপ ও ওয়াশার {} নম্বর বাড়ির সামনে বদলানো হয়েছে, জল আসছে।", &number[8..]),
        "contact": { "means": "phone", "text": "কথা হয়েছে" },
        "photos": [photo],
        "shots": if north.is_some() { shots } else { json!([]) },
    } });
    let seen = officer.must(number, &report, "atr_review").await.json;
    let mut lapses = seen["timeline"][0]["lapses"].as_array().expect("lapses").clone();
    // All of these reports say nearly the same.
    lapses.retain(|lapse| lapse["finding"] != "near_copy");
    lapses
}

#[tokio::test]
async fn a_photo_that_was_sent_before_is_known_again() {
    let world = World::new().await;
    let (first, second) = (at_office(&world).await, at_office_from(&world, "9830054321").await);
    assert_eq!(lapses(&world, &first, tests::picture(1, 0), None).await, [json!(null); 0], "its own photo");
    let again = lapses(&world, &second, tests::picture(1, 20), None).await;
    assert_eq!(again, [json!({ "finding": "used_before" })], "the other case's number is for the cell");
    let because = |case: &Value| {
        let lapses = case["timeline"][0]["lapses"].as_array().expect("lapses").clone();
        lapses.iter().find(|lapse| lapse["finding"] == "used_before").expect("the finding")["because"].clone()
    };
    let to_cell = world.staff("analyst").await.case(&second).await.json;
    assert_eq!(because(&to_cell), model::Reference::parse(&first).expect("a number").grouped());
    assert_eq!(because(&world.staff("nodal.phe").await.case(&second).await.json), Value::Null);
    // Returned and reported again with the same photo, it is still its own; the citizen's is not.
    world
        .staff("nodal.phe")
        .await
        .must(&first, &json!({ "return_atr": { "reason": "তারিখ লিখুন" } }), "with_office")
        .await;
    let other = at_office_from(&world, "9830065432").await;
    assert_eq!(lapses(&world, &other, tests::picture(2, 0), None).await.len(), 0);
    let citizen = world.citizen("9830012345").await;
    let theirs = citizen.upload(tests::picture(3, 0)).await.json["id"].clone();
    citizen.must(&first, &json!({ "add_information": { "text": "এই অবস্থা", "photos": [theirs] } }), "with_office").await;
    let found = lapses(&world, &first, tests::picture(3, 10), None).await;
    assert_eq!(found[0]["finding"], "used_before", "{found:?}");
}

#[tokio::test]
async fn who_sent_a_photo_first_is_not_told_of_those_who_sent_it_after_or_complained_with_it() {
    let world = World::new().await;
    let first = at_office(&world).await;
    assert_eq!(lapses(&world, &first, tests::picture(1, 0), None).await.len(), 0);
    // A complaint about an office is none of its business, even as a number.
    let citizen = world.citizen("9830054321").await;
    let mut complaint = tests::form("9830054321");
    complaint["about_office"] = json!(true);
    complaint["confidential"] = json!(true);
    complaint["photos"] = json!([
        citizen.upload(tests::picture(2, 0)).await.json["id"],
        citizen.upload(tests::picture(1, 0)).await.json["id"]
    ]);
    assert_eq!(citizen.lodge(&complaint).await.status, StatusCode::CREATED);
    world
        .staff("nodal.phe")
        .await
        .must(&first, &json!({ "return_atr": { "reason": "তারিখ লিখুন" } }), "with_office")
        .await;
    assert_eq!(lapses(&world, &first, tests::picture(1, 10), None).await, [json!(null); 0]);
    let other = at_office_from(&world, "9830065432").await;
    assert_eq!(lapses(&world, &other, tests::picture(2, 10), None).await, [json!(null); 0]);
}

#[tokio::test]
async fn a_validator_takes_a_new_photo_and_each_photo_has_one_shot() {
    let world = World::new().await;
    let number = to_visit(&world).await;
    let validator = world.staff("validator.birbhum").await;
    let case = validator.case(&number).await.json;
    let other = at_office_from(&world, "9830054321").await;
    assert_eq!(lapses(&world, &other, tests::picture(7, 0), None).await.len(), 0);
    let copied = validator.upload(tests::picture(7, 15)).await.json["id"].as_str().expect("an id").to_owned();
    let refused = validator.act(&number, &visit(&case, &copied, world.now(), "not_done")).await;
    assert_eq!(refused.json["refusal"], "no_photo_taken_here", "{}", refused.text);
    let own = photo_of(&validator).await;
    let mut many = visit(&case, &own, world.now(), "not_done");
    let shot = many["record_visit"]["shots"][0].clone();
    let mut elsewhere = shot.clone();
    elsewhere["position"]["latitude_micro"] = json!(22_570_000);
    let mut unnamed = shot.clone();
    unnamed["photo"] = json!(copied);
    many["record_visit"]["shots"] = json!([shot, elsewhere, unnamed, shot]);
    let seen = validator.must(&number, &many, "with_department").await.json;
    assert_eq!(seen["timeline"][0]["shots"].as_array().expect("shots").len(), 1);
}

#[tokio::test]
async fn a_photo_that_was_taken_far_away_is_told() {
    let world = World::new().await;
    let (near, far) = (at_office(&world).await, at_office_from(&world, "9830054321").await);
    assert_eq!(lapses(&world, &near, tests::picture(1, 0), Some(23_700_000)).await, [json!(null); 0]);
    let found = lapses(&world, &far, tests::picture(2, 0), Some(22_570_000)).await;
    assert_eq!(found[0]["finding"], "elsewhere", "{found:?}");
    assert!(found[0]["because"].as_str().is_some_and(|far| far.ends_with(" km")), "{found:?}");
    world.staff("nodal.phe").await.must(&far, &json!({ "accept_atr": {} }), "verification").await;
    assert_eq!(
        world.staff("validator.birbhum").await.get("/api/queues/visits").await.json["rows"][0]["reference"],
        far.as_str()
    );
}

#[tokio::test]
async fn cases_are_taken_along_whole_and_each_reading_is_on_record() {
    let world = World::new().await;
    let number = to_visit(&world).await;
    let at_office = at_office_from(&world, "9830054321").await;
    for (who, expected) in [
        ("validator.birbhum", vec![number.clone()]),
        ("validator.malda", vec![]),
        ("officer.phe.bolpur-sriniketan", vec![at_office.clone()]),
    ] {
        let person = world.staff(who).await;
        let pack = person.post("/api/pack", &Value::Null).await;
        assert_eq!(pack.status, StatusCode::OK, "{who}: {}", pack.text);
        let numbers: Vec<_> = pack.json["cases"]
            .as_array()
            .expect("cases")
            .iter()
            .map(|case| case["line"]["reference"].clone())
            .collect();
        assert_eq!(numbers, expected, "{who}");
        let rows = pack.json["page"]["rows"].as_array().expect("rows").len();
        assert_eq!(rows, expected.len(), "{who}: the list and the cases are the same");
        if let Some(reference) = expected.first() {
            let case = person.case(reference).await.json;
            assert_eq!(pack.json["cases"][0]["text"], case["text"]);
            assert!(
                !pack.json["cases"][0]["shutter"].as_str().expect("a token").is_empty(),
                "photos can be taken on the way"
            );
            let places = pack.json["positions"].as_array().expect("positions");
            assert!(places.iter().any(|place| place["lgd"] == case["line"]["place"]), "{who}: the way there");
            let until: model::Time = pack.json["until"].as_str().expect("a moment").parse().expect("a moment");
            assert_eq!(until, world.now() + Duration::hours(72));
        }
    }
    for who in ["nodal.phe", "analyst", "caller", "cmo", "admin"] {
        assert_eq!(world.staff(who).await.post("/api/pack", &Value::Null).await.status, StatusCode::FORBIDDEN, "{who}");
    }
    let auditor = world.staff("auditor").await;
    let readings = auditor.post("/api/readings", &json!({ "case": at_office })).await;
    let roles: Vec<_> = readings.json["rows"].as_array().expect("rows").iter().map(|row| row["role"].clone()).collect();
    assert!(roles.contains(&json!("office_officer")), "{}", readings.text);
}
