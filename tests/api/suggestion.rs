//! Likely categories at the cell's desk, and what they are learned from.

use crate::outcomes::report;
use axum::http::StatusCode;
use chrono::Duration;
use model::Reference;
use model::suggestion::is_blind;
use serde_json::{Value, json};
use server::app::suggestion;
use server::learned::{Learned, Source};
use tests::{Person, World, bolpur, form};

/// Lodges until there is a grievance that is categorised with a suggestion, or without; answers its number and its citizen's.
async fn lodged(world: &World, is_wanted_blind: bool) -> (String, String) {
    for address in 1..=250 {
        // A citizen and an address of their own for each: one may not lodge so often, however long the draw takes.
        let mobile = format!("98{:08}", world.now().timestamp() % 100_000_000);
        let answer = world.anon().lodge_from(address, &form(&mobile)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        let reference = answer.json["reference"].as_str().expect("a number").to_owned();
        world.pass(Duration::minutes(20));
        if is_blind(Reference::parse(&reference).expect("a number")) == is_wanted_blind {
            return (reference, mobile);
        }
    }
    panic!("none of 250 is as wanted")
}

/// Learns what there is to learn in a world, as `pratikar train` does beside it.
async fn train(world: &World, before: Option<Source>) -> Learned {
    let (store, facts) = (world.app.store.as_ref(), &world.app.facts);
    let learned = suggestion::train(store, facts, before, world.now()).await.expect("an answer").expect("categories");
    learned.write(world.data.path()).expect("written");
    learned
}

async fn suggested(person: &Person<'_>, number: &str) -> Value {
    let answer = person.case(number).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json["suggestion"].clone()
}

#[tokio::test]
async fn the_desk_is_told_what_a_grievance_is_probably_about_and_nobody_else() {
    let world = World::new().await;
    train(&world, None).await;
    let (number, _) = lodged(&world, false).await;
    let analyst = world.staff("analyst").await;
    let told = suggested(&analyst, &number).await;
    assert_eq!(told["blind"], false);
    let first = &told["likely"][0];
    assert_eq!(first["category"], "water.tubewell", "{told}");
    assert!(first["percent"].as_u64().is_some_and(|percent| (1..=99).contains(&percent)), "{told}");
    let words = first["words"].as_array().expect("words");
    assert!(words.iter().any(|word| word == "টিউবওয়েল"), "{told}");
    assert!(told["likely"].as_array().is_some_and(|likely| likely.len() <= 3));
    let form: Value = form("9830000000");
    let lodger = world.citizen("9830000000").await;
    let own = lodger.lodge(&form).await.json["reference"].as_str().expect("a number").to_owned();
    assert_eq!(suggested(&lodger, &own).await, Value::Null, "a citizen");
    let action = json!({ "categorise": { "category": "water.tubewell", "department": "PHE", "lane": "ordinary", "district": 307, "place": 2827, "remark": "" } });
    analyst.must(&number, &action, "with_department").await;
    assert_eq!(suggested(&analyst, &number).await, Value::Null, "it is categorised");
    assert_eq!(suggested(&world.staff("nodal.phe").await, &number).await, Value::Null, "a department");
}

#[tokio::test]
async fn one_in_twenty_is_shown_without() {
    let world = World::new().await;
    train(&world, None).await;
    let (number, _) = lodged(&world, true).await;
    let told = suggested(&world.staff("analyst").await, &number).await;
    assert_eq!(told, json!({ "blind": true, "likely": [] }));
}

#[tokio::test]
async fn nothing_is_suggested_before_anything_was_learned() {
    let world = World::new().await;
    let (number, _) = lodged(&world, true).await;
    assert_eq!(suggested(&world.staff("analyst").await, &number).await, Value::Null);
}

/// What a suggestion may have coloured is not learned from: it would teach what was suggested.
#[tokio::test]
async fn it_learns_from_what_no_suggestion_has_coloured() {
    let world = World::new().await;
    closed(&world, false).await;
    let examples = async |since| suggestion::examples(world.app.store.as_ref(), since).await.expect("examples").len();
    assert_eq!(examples(None).await, 1, "nothing was suggested yet");
    let first = train(&world, None).await;
    assert_eq!(first.source.examples, 1);
    world.pass(Duration::minutes(1));

    closed(&world, false).await;
    closed(&world, true).await;
    assert_eq!(examples(Some(first.source.since)).await, 2, "the first and the one that was categorised blind");
    let again = train(&world, Some(first.source)).await;
    assert_eq!((again.source.since, again.source.examples), (first.source.since, 2));
    let months = suggestion::blind(world.app.store.as_ref(), &first, &world.app.facts).await.expect("months");
    let judged: Vec<_> = months.values().map(|judged| (judged.all, judged.first)).collect();
    assert_eq!(judged, [(1, 1)], "one was categorised without a suggestion, and it would have been right");
}

/// A grievance that was worked on to its end, categorised with a suggestion or without.
async fn closed(world: &World, is_wanted_blind: bool) {
    let (number, mobile) = lodged(world, is_wanted_blind).await;
    let categorise = json!({ "category": "water.tubewell", "department": "PHE", "lane": "ordinary", "district": 307, "place": 2827, "remark": "" });
    world.staff("analyst").await.must(&number, &json!({ "categorise": categorise }), "with_department").await;
    let forward = json!({ "forward": { "office": bolpur(world), "remark": "" } });
    world.staff("nodal.phe").await.must(&number, &forward, "with_office").await;
    report(world, &number, "cannot_be_done").await;
    world.citizen(&mobile).await.must(&number, &json!({ "confirm": {} }), "explained").await;
}

#[tokio::test]
async fn the_desk_sees_what_may_have_the_same_cause() {
    let world = World::new().await;
    let root = crate::story::at_office(&world).await;
    let mut lodging = form("9830054321");
    lodging["text"] = json!("আমাদের পাড়ার টিউবওয়েল খারাপ, তিন মাস জল নেই।");
    let lodged = world.citizen("9830054321").await.lodge(&lodging).await;
    let number = lodged.json["reference"].as_str().expect("a number").to_owned();
    let analyst = world.staff("analyst").await;
    let alike = analyst.get(&format!("/api/grievances/{number}/alike")).await;
    assert_eq!(alike.json.as_array().map(Vec::len), Some(1), "{}", alike.text);
    assert_eq!((&alike.json[0]["line"]["reference"], &alike.json[0]["people"]), (&json!(root), &json!(1)));
    assert!(alike.json[0]["words"].as_array().is_some_and(|words| !words.is_empty()), "{}", alike.text);
    // Whoever may not merge is told nothing, and strangers do not learn that it exists.
    for other in ["telecaller", "cmo"] {
        assert_eq!(world.staff(other).await.get(&format!("/api/grievances/{number}/alike")).await.json, json!([]));
    }
    let nodal = world.staff("nodal.phe").await.get(&format!("/api/grievances/{number}/alike")).await;
    assert_eq!(nodal.status, StatusCode::NOT_FOUND);
    // It follows, and nothing is asked any more.
    analyst.must(&number, &json!({ "merge": { "root": root, "reason": "একই কল" } }), "merged").await;
    assert_eq!(analyst.get(&format!("/api/grievances/{number}/alike")).await.json, json!([]));
}
