//! Scoring calls: who is drawn, what is heard and on record, blind second scores, disputes.

use crate::phone::Remembering;
use crate::telephone::{happens, rings};
use axum::body::Body;
use axum::http::StatusCode;
use chrono::Duration;
use model::quality::{CallKind, Mark};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use tests::{Answer, Person, World, form};

/// A world with this many calls that the tele-caller has taken, the first about a grievance.
async fn called(count: usize) -> World {
    let exchange = Remembering { recordings: true, ..Remembering::default() };
    let world = World::calling(Arc::new(exchange)).await;
    let telecaller = world.staff("telecaller").await;
    for index in 0..count {
        let id = format!("call{index}");
        rings(&world, &id, "9830012345", "telecaller").await;
        happens(&world, &id, "answered").await;
        if index == 0 {
            let number = telecaller.lodge(&form("9830012345")).await.json["reference"].clone();
            let tied = telecaller.post(&format!("/api/line/calls/{id}"), &json!({ "reference": number })).await;
            assert_eq!(tied.status, StatusCode::OK);
        }
        world.pass(Duration::seconds(30));
        happens(&world, &id, "ended").await;
    }
    world
}

async fn next(lead: &Person<'_>) -> Value {
    let answer = lead.post("/api/quality/next", &json!(null)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json
}

fn marks(mark: &str) -> Value {
    CallKind::Intake.criteria().iter().map(|criterion| json!({ "criterion": criterion, "mark": mark })).collect()
}

async fn score(lead: &Person<'_>, call: &Value, marks: &Value) -> Answer {
    let path = format!("/api/quality/calls/{}/score", call.as_str().expect("an id"));
    lead.post(&path, &json!({ "marks": marks, "note": "আস্তে পড়ুন" })).await
}

async fn own(world: &World) -> Vec<Value> {
    world.staff("telecaller").await.get("/api/quality/own").await.json.as_array().expect("scores").clone()
}

#[tokio::test]
async fn a_call_is_handed_to_one_lead_and_scored_once() {
    let world = called(2).await;
    let (lead, other) = (world.staff("quality").await, world.staff("quality2").await);
    let first = next(&lead).await;
    assert_eq!((&first["kind"], &first["seconds"]), (&json!("intake"), &json!(30)));
    assert!(!first.to_string().contains("Tele-caller"), "whose call it is, is told after the score");
    assert_eq!(next(&lead).await["id"], first["id"], "a page that was loaded again goes on with it");
    let second = next(&other).await;
    assert_ne!(second["id"], first["id"]);
    assert_eq!(score(&other, &first["id"], &marks("fully")).await.status, StatusCode::NOT_FOUND, "not handed to them");
    assert_eq!(score(&lead, &first["id"], &json!([])).await.status, StatusCode::BAD_REQUEST);
    let told = score(&lead, &first["id"], &marks("partly")).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.text);
    assert_eq!((&told.json["name"], &told.json["percent"]), (&json!("Tele-caller"), &json!(50)));
    assert_eq!(score(&lead, &first["id"], &marks("fully")).await.status, StatusCode::NOT_FOUND, "once");
    let again = score(&lead, &first["id"], &marks("partly")).await;
    assert_eq!((again.status, &again.json), (StatusCode::OK, &told.json), "whose answer was lost sends it again");
    assert_eq!(lead.get("/api/quality").await.json["scored"], 1);
    // The case of the first call is shown, and its reading is on record.
    let with_case = if first["id"] == "call0" { &first } else { &second };
    assert_eq!(with_case["case"]["text"], form("9830012345")["text"]);
    world.pass(Duration::minutes(31));
    assert_eq!(
        score(&world.staff("quality2").await, &second["id"], &marks("fully")).await.status,
        StatusCode::NOT_FOUND,
        "too late"
    );
    world.pass(Duration::days(8));
    assert_eq!(next(&world.staff("quality").await).await, Value::Null, "calls of a week are drawn");
    assert_eq!(world.audit().await.faults, Vec::<String>::new());
}

#[tokio::test]
async fn a_second_score_is_blind_and_none_of_the_caller_s_business() {
    let world = called(1).await;
    let (lead, other) = (world.staff("quality").await, world.staff("quality2").await);
    let call = next(&lead).await;
    assert_eq!(next(&other).await, Value::Null, "it is being scored");
    score(&lead, &call["id"], &marks("fully")).await;
    assert_eq!(next(&lead).await, Value::Null, "nobody scores a call twice");
    // Where no new call waits, one that another has scored is given, and looks like any other.
    let again = next(&other).await;
    let shape = |call: &Value| call.as_object().expect("a call").keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!((&again["id"], shape(&again)), (&call["id"], shape(&call)));
    assert!(!again.to_string().contains("আস্তে"), "nothing of the first score");
    let told = score(&other, &again["id"], &marks("not")).await;
    assert_eq!(told.json["before"].as_array().map(Vec::len), Some(CallKind::Intake.criteria().len()));
    let own = own(&world).await;
    assert_eq!((own.len(), &own[0]["percent"]), (1, &json!(100)));
    let day = lead.get("/api/quality").await.json;
    assert_eq!((&day["twice"], &day["kappa"]), (&json!(1), &Value::Null), "ten marks say nothing yet");
}

#[tokio::test]
async fn agreement_is_told_from_calls_that_were_scored_twice() {
    let world = called(3).await;
    let (lead, other) = (world.staff("quality").await, world.staff("quality2").await);
    for _ in 0..3 {
        let call = next(&lead).await;
        let mixed: Value = CallKind::Intake
            .criteria()
            .iter()
            .enumerate()
            .map(|(at, criterion)| json!({ "criterion": criterion, "mark": Mark::ALL[at % 3] }))
            .collect();
        assert_eq!(score(&lead, &call["id"], &mixed).await.status, StatusCode::OK);
        let again = next(&other).await;
        assert_eq!(score(&other, &again["id"], &mixed).await.status, StatusCode::OK);
    }
    let day = lead.get("/api/quality").await.json;
    assert_eq!((&day["twice"], &day["kappa"], &day["unclear"]), (&json!(3), &json!(1_000), &json!([])));
}

#[tokio::test]
async fn a_recording_is_played_by_who_scores_within_two_minutes_and_on_record() {
    let world = called(1).await;
    let (lead, other) = (world.staff("quality").await, world.staff("quality2").await);
    let call = next(&lead).await;
    let play = async |who: &Person<'_>, purpose: &str| {
        let path = format!("/api/quality/calls/{}/play", call["id"].as_str().expect("an id"));
        who.post(&path, &json!({ "purpose": purpose })).await
    };
    assert_eq!(play(&other, "score").await.status, StatusCode::NOT_FOUND);
    assert_eq!(play(&other, "dispute").await.status, StatusCode::NOT_FOUND);
    let before = world.app.store.chains().await.expect("chains").readings.seq;
    let playing = play(&lead, "score").await;
    assert_eq!(playing.status, StatusCode::OK, "{}", playing.text);
    assert_eq!(world.app.store.chains().await.expect("chains").readings.seq, before + 1);
    let path = playing.json["path"].as_str().expect("a path").to_owned();
    let sound = lead.get(&path).await;
    assert_eq!((sound.status, sound.text.as_str()), (StatusCode::OK, "the sound of call0"));
    let part = lead.request("GET", &path).header("range", "bytes=4-8").body(Body::empty()).expect("a request");
    let part = lead.send(part).await;
    assert_eq!((part.status, part.text.as_str()), (StatusCode::PARTIAL_CONTENT, "sound"));
    assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND, "the link is for one session");
    assert_eq!(world.anon().get(&path).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(world.staff("telecaller").await.get(&path).await.status, StatusCode::FORBIDDEN);
    assert_eq!(lead.get(&path.replace("call0", "call1")).await.status, StatusCode::NOT_FOUND);
    let later = path.replacen("until=", "until=9", 1);
    assert_eq!(lead.get(&later).await.status, StatusCode::NOT_FOUND);
    world.pass(Duration::seconds(121));
    assert_eq!(lead.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.audit().await.faults, Vec::<String>::new());
}

#[tokio::test]
async fn a_dispute_is_decided_by_another_lead_and_lowers_nothing() {
    let world = called(1).await;
    let (lead, other) = (world.staff("quality").await, world.staff("quality2").await);
    let call = next(&lead).await;
    score(&lead, &call["id"], &marks("partly")).await;
    let scored = own(&world).await;
    let (id, shown) = (scored[0]["id"].as_str().expect("an id").to_owned(), scored[0].clone());
    assert_eq!(
        (&shown["percent"], &shown["note"], &shown["may_dispute"]),
        (&json!(50), &json!("আস্তে পড়ুন"), &json!(true))
    );
    assert!(shown.get("lead").is_none() && !shown.to_string().contains("Quality lead"), "who gave it is not told");
    let dispute = async |who: &str| {
        let path = format!("/api/quality/scores/{id}/dispute");
        world.staff(who).await.post(&path, &json!({ "why": "আমি পড়ে শুনিয়েছি" })).await.status
    };
    assert_eq!(dispute("caller").await, StatusCode::NOT_FOUND, "another's score");
    assert_eq!(dispute("telecaller").await, StatusCode::OK);
    assert_eq!(dispute("telecaller").await, StatusCode::NOT_FOUND, "once");
    assert_eq!(lead.get("/api/quality").await.json["disputes"], json!([]), "not for who gave it");
    let waiting = other.get("/api/quality").await.json["disputes"].clone();
    assert_eq!((&waiting[0]["id"], &waiting[0]["why"]), (&json!(id), &json!("আমি পড়ে শুনিয়েছি")));
    let play = format!("/api/quality/calls/{}/play", call["id"].as_str().expect("an id"));
    assert_eq!(other.post(&play, &json!({ "purpose": "dispute" })).await.status, StatusCode::OK);
    let decide = async |who: &Person<'_>, mark: &str, words: &str| {
        let path = format!("/api/quality/scores/{id}/decision");
        who.post(&path, &json!({ "marks": marks(mark), "words": words })).await.status
    };
    assert_eq!(decide(&lead, "fully", "x").await, StatusCode::NOT_FOUND);
    assert_eq!(decide(&other, "not", "x").await, StatusCode::BAD_REQUEST, "never lower");
    assert_eq!(decide(&other, "fully", " ").await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(decide(&other, "fully", "ঠিক, পড়া হয়েছে").await, StatusCode::OK);
    assert_eq!(decide(&other, "fully", "again").await, StatusCode::NOT_FOUND);
    assert_eq!(next(&other).await, Value::Null, "who has seen the marks gives no blind score");
    let decided = own(&world).await;
    assert_eq!((&decided[0]["percent"], &decided[0]["decision"]), (&json!(100), &json!("ঠিক, পড়া হয়েছে")));
    assert_eq!(other.get("/api/quality").await.json["disputes"], json!([]));
}

#[tokio::test]
async fn a_score_is_disputed_within_five_days() {
    let world = called(1).await;
    let lead = world.staff("quality").await;
    let call = next(&lead).await;
    score(&lead, &call["id"], &marks("partly")).await;
    world.pass(Duration::days(5) + Duration::minutes(1));
    let scored = own(&world).await;
    assert_eq!(scored[0]["may_dispute"], false);
    let path = format!("/api/quality/scores/{}/dispute", scored[0]["id"].as_str().expect("an id"));
    assert_eq!(world.staff("telecaller").await.post(&path, &json!({ "why": "" })).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_call_is_chosen_for_a_reason_and_stands_apart_from_what_is_drawn() {
    let world = called(3).await;
    let (quality, quality2) = (world.staff("quality").await, world.staff("quality2").await);
    // Each caller is of one lead's team.
    let teams = [quality.get("/api/quality/team").await.json, quality2.get("/api/quality/team").await.json];
    let sizes = teams.each_ref().map(|team| team.as_array().expect("a team").len());
    assert_eq!(sizes.iter().sum::<usize>(), 1, "{teams:?}");
    let (lead, other, team) =
        if sizes[0] == 1 { (&quality, &quality2, &teams[0]) } else { (&quality2, &quality, &teams[1]) };
    assert_eq!((&team[0]["name"], &team[0]["calls"], &team[0]["drawn"]), (&json!("Tele-caller"), &json!(3), &json!(0)));
    let calls = format!("/api/quality/team/{}/calls", team[0]["seat"]);
    assert_eq!(other.get(&calls).await.status, StatusCode::NOT_FOUND, "another's team");
    let listed = lead.get(&calls).await.json;
    assert_eq!(listed.as_array().map(Vec::len), Some(3));
    assert_eq!(listed[2]["id"], "call0", "newest first");
    let choose = async |who: &Person<'_>, id: &Value, why: &str| {
        who.post(&format!("/api/quality/calls/{}/choice", id.as_str().expect("an id")), &json!({ "why": why })).await
    };
    // What was drawn stays drawn: nobody takes it out of the sample by choosing it.
    let drawn = next(lead).await;
    assert_eq!(drawn["chosen"], Value::Null);
    assert_eq!(choose(lead, &drawn["id"], "complaint").await.json["chosen"], Value::Null);
    let wanted = listed.as_array().expect("calls").iter().find(|call| call["id"] != drawn["id"]).expect("another");
    assert_eq!(choose(other, &wanted["id"], "complaint").await.status, StatusCode::NOT_FOUND, "another's team");
    assert_eq!(choose(lead, &wanted["id"], "mood").await.status, StatusCode::BAD_REQUEST);
    let chosen = choose(lead, &wanted["id"], "complaint").await;
    assert_eq!((chosen.status, &chosen.json["chosen"]), (StatusCode::OK, &json!("complaint")), "{}", chosen.text);
    let held = json!({ "id": wanted["id"], "why": "complaint" });
    assert_eq!(lead.get("/api/quality").await.json["held"], held, "a page that is loaded again goes on with it");
    assert_eq!(next(lead).await["id"], drawn["id"], "what is chosen is not drawn");
    // One at a time: what is chosen next gives the one before back, also to the draw.
    let third =
        listed.as_array().expect("calls").iter().find(|call| call["id"] != drawn["id"] && call["id"] != wanted["id"]);
    let third = &third.expect("a third")["id"];
    assert_eq!(choose(lead, third, "coaching").await.json["chosen"], "coaching");
    assert_eq!(next(other).await["id"], wanted["id"]);
    assert_eq!(score(other, &wanted["id"], &marks("partly")).await.status, StatusCode::OK);
    let wanted = &json!({ "id": third });
    assert_eq!(choose(lead, third, "complaint").await.json["chosen"], "complaint", "the last reason holds");
    assert_eq!(score(lead, &wanted["id"], &marks("partly")).await.status, StatusCode::OK);
    assert_eq!(choose(lead, &wanted["id"], "complaint").await.status, StatusCode::NOT_FOUND, "it was scored");
    assert_eq!(score(lead, &drawn["id"], &marks("fully")).await.status, StatusCode::OK);
    let team = lead.get("/api/quality/team").await.json;
    assert_eq!((&team[0]["drawn"], &team[0]["chosen"]), (&json!(2), &json!(1)));
    // The caller knows why it was this call.
    let reasons: BTreeSet<String> = own(&world).await.iter().map(|score| score["chosen"].to_string()).collect();
    assert_eq!(reasons, ["\"complaint\"", "null"].map(str::to_owned).into());
    // What was chosen gets no blind second score.
    let again = next(other).await;
    assert_eq!(again["id"], drawn["id"]);
    assert_eq!(score(other, &again["id"], &marks("fully")).await.status, StatusCode::OK);
    assert_eq!(next(other).await, Value::Null);
    assert_eq!(world.audit().await.faults, Vec::<String>::new());
}

#[tokio::test]
async fn a_call_that_somebody_else_scores_is_not_to_be_chosen() {
    let world = called(1).await;
    let (quality, quality2) = (world.staff("quality").await, world.staff("quality2").await);
    let of_first = quality.get("/api/quality/team").await.json.as_array().is_some_and(|team| !team.is_empty());
    let (lead, other) = if of_first { (&quality, &quality2) } else { (&quality2, &quality) };
    // Where their own team has no call, a lead gets one of another's.
    let call = next(other).await;
    assert_eq!(call["id"], "call0");
    let wish = json!({ "why": "asked" });
    assert_eq!(lead.post("/api/quality/calls/call0/choice", &wish).await.status, StatusCode::CONFLICT);
    // A lead who is away has no team.
    let absent = if of_first { "quality" } else { "quality2" };
    let today = model::clock::ist_date(world.now());
    let away = json!({ "seen": null, "away": { "first": today, "last": today } });
    let said = world.staff("manager").await.post(&format!("/api/accounts/{absent}/absence"), &away).await;
    assert_eq!(said.status, StatusCode::OK, "{}", said.text);
    assert_eq!(lead.get("/api/quality/team").await.json, json!([]));
    assert_eq!(other.get("/api/quality/team").await.json.as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_record_is_returned_to_its_caller_who_says_what_was_corrected() {
    let world = called(1).await;
    let (lead, other, caller) =
        (world.staff("quality").await, world.staff("quality2").await, world.staff("telecaller").await);
    let call = next(&lead).await;
    let body = json!({ "marks": marks("partly"), "note": "", "correction": "গ্রামের নাম ভুল লেখা হয়েছে" });
    assert_eq!(lead.post("/api/quality/calls/call0/score", &body).await.status, StatusCode::OK);
    assert_eq!(lead.post("/api/quality/calls/call0/score", &body).await.status, StatusCode::OK, "the answer was lost");
    let waiting = caller.get("/api/quality/corrections").await.json;
    assert_eq!(waiting.as_array().map(Vec::len), Some(1));
    assert_eq!(waiting[0]["what"], "গ্রামের নাম ভুল লেখা হয়েছে");
    assert_eq!((&waiting[0]["done"], &waiting[0]["reference"]), (&Value::Null, &call["case"]["line"]["reference"]));
    assert!(!waiting.to_string().contains("Quality lead"), "who returned it is not told");
    assert_eq!(world.staff("caller").await.get("/api/quality/corrections").await.json, json!([]));
    assert_eq!(lead.get("/api/quality").await.json["corrections"], waiting);
    assert_eq!(other.get("/api/quality").await.json["corrections"], json!([]));
    let path = format!("/api/quality/scores/{}/correction", waiting[0]["id"].as_str().expect("an id"));
    let correct = async |who: &Person<'_>, words: &str| who.post(&path, &json!({ "words": words })).await.status;
    assert_eq!(correct(&world.staff("caller").await, "x").await, StatusCode::NOT_FOUND, "another's record");
    assert_eq!(correct(&lead, "x").await, StatusCode::FORBIDDEN);
    assert_eq!(correct(&caller, "  ").await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(correct(&caller, "গ্রাম ঠিক করেছি").await, StatusCode::OK);
    assert_eq!(correct(&caller, "again").await, StatusCode::NOT_FOUND, "once");
    let done = lead.get("/api/quality").await.json["corrections"].clone();
    assert_eq!(done[0]["words"], "গ্রাম ঠিক করেছি");
    assert!(done[0]["done"].is_string());
    world.pass(Duration::days(8));
    assert_eq!(world.staff("quality").await.get("/api/quality").await.json["corrections"], json!([]), "a week later");
    assert_eq!(world.audit().await.faults, Vec::<String>::new());
}

#[tokio::test]
async fn managers_see_how_much_and_how_well_people_speak_and_how_sure_that_is() {
    let world = called(9).await;
    let (lead, other) = (world.staff("quality").await, world.staff("quality2").await);
    let row = async |part: &str| {
        world.staff("manager").await.get(&format!("/api/roster?part={part}")).await.json["rows"][0].clone()
    };
    let desk = async || world.staff("manager").await.get("/api/desks/calls").await.json[0].clone();
    let before = json!({ "scored": 0, "percent": null, "margin": null, "twice": 0, "apart": null });
    assert_eq!(row("telecaller").await["work"], json!({ "calls": 9, "scores": before }));
    assert_eq!(desk().await, json!({ "kind": "intake", "callers": 1, "calls": 9, "scores": before }));
    // One is chosen, and counts for nothing.
    let team = lead.get("/api/quality/team").await.json;
    let own = if team == json!([]) { &other } else { &lead };
    let seat = own.get("/api/quality/team").await.json[0]["seat"].clone();
    let chosen = own.get(&format!("/api/quality/team/{seat}/calls")).await.json[0]["id"].clone();
    let choice = format!("/api/quality/calls/{}/choice", chosen.as_str().expect("an id"));
    assert_eq!(own.post(&choice, &json!({ "why": "newcomer" })).await.status, StatusCode::OK);
    assert_eq!(score(own, &chosen, &marks("not")).await.status, StatusCode::OK);
    for _ in 0..8 {
        let call = next(&lead).await;
        assert_eq!(score(&lead, &call["id"], &marks("partly")).await.status, StatusCode::OK);
    }
    let scored = row("telecaller").await["work"]["scores"].clone();
    assert_eq!(scored, json!({ "scored": 8, "percent": 50, "margin": 0, "twice": 0, "apart": null }));
    for _ in 0..8 {
        let call = next(&other).await;
        assert_eq!(score(&other, &call["id"], &marks("fully")).await.status, StatusCode::OK);
    }
    // The second score of a call is no score of its caller's, and says how far those who score differ.
    let twice = json!({ "scored": 8, "percent": 50, "margin": 0, "twice": 8, "apart": 50 });
    assert_eq!((&row("telecaller").await["work"]["scores"], &desk().await["scores"]), (&twice, &twice));
    let of_lead = row("quality2").await["work"].clone();
    assert_eq!((&of_lead["scores"]["apart"], &of_lead["scores"]["scored"]), (&json!(50), &json!(0)));
    assert_eq!(row("analyst2").await.get("work"), None, "who makes no calls");
    assert_eq!(world.staff("telecaller").await.get("/api/desks/calls").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_call_in_which_there_was_nothing_to_mark_is_put_away_with_a_word_and_counts_for_nothing() {
    let world = called(1).await;
    let lead = world.staff("quality").await;
    let call = next(&lead).await;
    let nothing: Value =
        CallKind::Intake.criteria().iter().map(|criterion| json!({ "criterion": criterion, "mark": null })).collect();
    let path = format!("/api/quality/calls/{}/score", call["id"].as_str().expect("an id"));
    let put_away = async |note: &str| lead.post(&path, &json!({ "marks": nothing, "note": note })).await.status;
    assert_eq!(put_away(" ").await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(put_away("লাইনে কোনও শব্দ নেই").await, StatusCode::OK);
    let desk = world.staff("manager").await.get("/api/desks/calls").await.json;
    assert_eq!(desk[0]["scores"]["scored"], 0);
}
