//! POST /api/grievances/{reference}/actions

use super::story::{at_office, following, reported};
use axum::http::StatusCode;
use chrono::Duration;
use serde_json::{Value, json};
use tests::{World, form, key};

#[tokio::test]
async fn a_version_is_wanted_and_a_stale_one_changes_nothing() {
    let world = World::new().await;
    let number = at_office(&world).await;
    let officer = world.staff("officer.phe.bolpur-sriniketan").await;
    let path = format!("/api/grievances/{number}/actions");
    let note = json!({ "note": { "text": "দেখা হবে" } });
    let without = officer.post_with(&path, &note, &[("idempotency-key", &key())]).await;
    assert_eq!((without.status, without.code()), (StatusCode::PRECONDITION_REQUIRED, "version_needed"));

    let version = officer.case(&number).await.version();
    let urgent = json!({ "set_emergency": { "lane": "emergency24", "reason": "হাসপাতালের জল" } });
    world.staff("nodal.phe").await.must(&number, &urgent, "with_office").await;
    let seen = format!("\"{version}\"");
    let stale = officer.post_with(&path, &note, &[("if-match", &seen), ("idempotency-key", &key())]).await;
    assert_eq!((stale.status, stale.code()), (StatusCode::PRECONDITION_FAILED, "stale"));
    assert_eq!(stale.json["version"], version + 1);
    assert_eq!(officer.case(&number).await.version(), version + 1);
}

#[tokio::test]
async fn a_colleague_s_note_alone_makes_nothing_stale() {
    let world = World::new().await;
    let number = at_office(&world).await;
    let officer = world.staff("officer.phe.bolpur-sriniketan").await;
    let path = format!("/api/grievances/{number}/actions");
    let seen = format!("\"{}\"", officer.case(&number).await.version());
    let note = json!({ "note": { "text": "আবার দেখুন" } });
    world.staff("nodal.phe").await.must(&number, &note, "with_office").await;
    world.staff("nodal.phe").await.must(&number, &note, "with_office").await;
    let contact = json!({ "record_contact": { "means": "phone", "text": "কথা হয়েছে" } });
    let done = officer.post_with(&path, &contact, &[("if-match", &seen), ("idempotency-key", &key())]).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    // The contact itself is more than a note.
    let again = officer.post_with(&path, &contact, &[("if-match", &seen), ("idempotency-key", &key())]).await;
    assert_eq!((again.status, again.code()), (StatusCode::PRECONDITION_FAILED, "stale"));
    // A version that has not been is no earlier one.
    let ahead = format!("\"{}\"", done.version() + 5);
    let never = officer.post_with(&path, &contact, &[("if-match", &ahead), ("idempotency-key", &key())]).await;
    assert_eq!(never.code(), "stale");
}

#[tokio::test]
async fn notes_of_many_at_one_moment_are_all_kept() {
    let world = World::new().await;
    let number = at_office(&world).await;
    let officer = world.staff("officer.phe.bolpur-sriniketan").await;
    let seen = format!("\"{}\"", officer.case(&number).await.version());
    let path = format!("/api/grievances/{number}/actions");
    let writers = (0..16).map(|index| {
        let (officer, path, seen) = (&officer, &path, &seen);
        async move {
            let note = json!({ "note": { "text": format!("নোট {index}") } });
            officer.post_with(path, &note, &[("if-match", seen), ("idempotency-key", &key())]).await.status
        }
    });
    let answers = crate::side_by_side(writers).await;
    assert_eq!(answers, [StatusCode::OK; 16]);
    let timeline = officer.case(&number).await.json["timeline"].as_array().expect("a timeline").clone();
    let notes = timeline.iter().filter(|entry| entry["text"].as_str().is_some_and(|text| text.starts_with("নোট")));
    assert_eq!(notes.count(), 16);
}

#[tokio::test]
async fn a_preview_says_what_would_be_told_and_changes_nothing() {
    let world = World::new().await;
    let number = at_office(&world).await;
    let officer = world.staff("officer.phe.bolpur-sriniketan").await;
    let before = officer.case(&number).await;
    let path = format!("/api/grievances/{number}/preview");
    let seen = format!("\"{}\"", before.version());
    let ask = json!({ "request_information": { "missing": "কোন পাম্প?" } });
    assert_eq!(officer.post(&path, &ask).await.code(), "version_needed");
    let would = officer.post_with(&path, &ask, &[("if-match", &seen)]).await;
    assert_eq!(would.status, StatusCode::OK, "{}", would.text);
    assert_eq!(
        (&would.json["stage"], would.json["told"].as_array().map(Vec::len)),
        (&json!("needs_information"), Some(1))
    );
    assert_eq!(officer.case(&number).await.json["line"], before.json["line"], "nothing is done");
    let done = officer.must(&number, &ask, "needs_information").await;
    assert_eq!(done.status, StatusCode::OK);
    let sent = world.last_message("9830012345", "asked").await;
    let bare = |text: &str| text.split("http").next().unwrap_or_default().to_owned();
    assert_eq!(bare(&sent), bare(would.json["told"][0].as_str().expect("a text")), "what was announced is what went");
    // What would be refused is refused, and a case of others is not there.
    let refused = officer
        .post_with(&path, &json!({ "accept_atr": {} }), &[("if-match", &format!("\"{}\"", done.version()))])
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let other = world.staff("nodal.prd").await;
    assert_eq!(other.post_with(&path, &ask, &[("if-match", &seen)]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_rulebook_answers_with_its_reason() {
    let world = World::new().await;
    let number = at_office(&world).await;
    let officer = world.staff("officer.phe.bolpur-sriniketan").await;
    let atr = |text: &str| json!({ "submit_atr": { "outcome": "done", "text": text } });
    let lapses = officer.act(&number, &atr("cccccccccccccccccccccc")).await;
    assert_eq!((lapses.status, lapses.code()), (StatusCode::UNPROCESSABLE_ENTITY, "bad_action"));
    assert_eq!(lapses.json["refusal"], json!({ "report_lapses": ["blank"] }));
    let wrong = world.citizen("9830012345").await.act(&number, &json!({ "confirm": {} })).await;
    assert_eq!((wrong.status, &wrong.json["refusal"]), (StatusCode::CONFLICT, &json!("wrong_stage")));
    let not_permitted = officer.act(&number, &json!({ "accept_atr": {} })).await;
    assert_eq!((not_permitted.status, not_permitted.code()), (StatusCode::FORBIDDEN, "not_permitted"));
    let unknown = world.staff("nodal.phe").await.act(&number, &json!({ "note": { "text": " \u{200b} " } })).await;
    assert_eq!(unknown.json["refusal"], "text_missing");
}

#[tokio::test]
async fn a_finding_stands_on_the_case_with_its_answer_for_staff_alone() {
    let world = World::new().await;
    let number = at_office(&world).await;
    let officer = world.staff("officer.phe.bolpur-sriniketan").await;
    let report = json!({ "submit_atr": {
        "outcome": "done",
        "text": "এটি এই দপ্তরের নয়, অন্যত্র জানান।",
        "no_contact_reason": "ফোন বন্ধ ছিল",
        "answers": [{ "finding": "not_ours", "text": "রাস্তাটি রেলের" }],
    } });
    officer.must(&number, &report, "atr_review").await;
    let lapses = |case: &serde_json::Value| case["timeline"][0]["lapses"].clone();
    let expected = json!([
        { "finding": "not_ours", "because": "এটি এই দপ্তরের নয়, অন্যত্র জানান", "answer": "রাস্তাটি রেলের" },
        { "finding": "no_photo" },
    ]);
    assert_eq!(lapses(&world.staff("nodal.phe").await.case(&number).await.json), expected);
    assert_eq!(lapses(&world.citizen("9830012345").await.case(&number).await.json), json!([]));
    world
        .staff("nodal.phe")
        .await
        .must(&number, &json!({ "return_atr": { "reason": "স্থানান্তর করুন" } }), "with_office")
        .await;
    officer.must(&number, &report, "atr_review").await;
    let again = lapses(&officer.case(&number).await.json);
    assert!(again.as_array().is_some_and(|all| all.iter().any(|lapse| lapse["finding"] == "near_copy")), "{again}");
}

#[tokio::test]
async fn an_action_that_ends_ones_own_standing_has_the_same_answer_again() {
    let world = World::new().await;
    let number = at_office(&world).await;
    let offer = json!({ "offer_transfer": { "to": { "department": "PRD" }, "reason": "পঞ্চায়েতের কাজ" } });
    world.staff("officer.phe.bolpur-sriniketan").await.must(&number, &offer, "transfer_offered").await;
    let other = world.staff("nodal.prd").await;
    let path = format!("/api/grievances/{number}/actions");
    let (seen, once) = (format!("\"{}\"", other.case(&number).await.version()), key());
    let headers = [("if-match", seen.as_str()), ("idempotency-key", once.as_str())];
    let refuse = json!({ "refuse_transfer": { "reason": "জল আমাদের নয়" } });
    let first = other.post_with(&path, &refuse, &headers).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text);
    assert_eq!(other.case(&number).await.status, StatusCode::NOT_FOUND, "it is no longer theirs");
    let again = other.post_with(&path, &refuse, &headers).await;
    assert_eq!((again.status, again.version()), (StatusCode::OK, first.version()));
    let note = json!({ "note": { "text": "দেখা হবে" } });
    assert_eq!(world.staff("nodal.phe").await.act(&number, &note).await.status, StatusCode::OK);
    assert_eq!(other.post_with(&path, &refuse, &headers).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn fifty_writers_of_one_version_make_one_change() {
    let world = World::new().await;
    let number = at_office(&world).await;
    let officer = world.staff("officer.phe.bolpur-sriniketan").await;
    let seen = format!("\"{}\"", officer.case(&number).await.version());
    let path = format!("/api/grievances/{number}/actions");
    let mut done = 0;
    let mut stale = 0;
    let writers = (0..50).map(|index| {
        let (officer, path, seen) = (&officer, &path, &seen);
        async move {
            let contact = json!({ "record_contact": { "means": "phone", "text": format!("কথা {index}") } });
            officer.post_with(path, &contact, &[("if-match", seen), ("idempotency-key", &key())]).await.status
        }
    });
    for status in crate::side_by_side(writers).await {
        match status {
            StatusCode::OK => done += 1,
            StatusCode::PRECONDITION_FAILED => stale += 1,
            other => panic!("{other}"),
        }
    }
    assert_eq!((done, stale), (1, 49));
}

#[tokio::test]
async fn a_merged_case_hears_what_became_of_its_root() {
    let world = World::new().await;
    let (_, root) = following(&world).await;
    reported(&world, &root).await;
    world.citizen("9830012345").await.must(&root, &json!({ "confirm": {} }), "redressed").await;
    assert_eq!(world.templates("9830054321").await, ["code", "lodged", "merged", "redressed_with"]);
}

#[tokio::test]
async fn information_is_asked_for_and_given_by_a_tele_caller_too() {
    let world = World::new().await;
    let lodged = world.anon().lodge(&form("9830012345")).await;
    let number = lodged.json["reference"].as_str().expect("a number");
    let ask = json!({ "request_information": { "missing": "কোন পাড়া?" } });
    let asked = world.staff("analyst").await.must(number, &ask, "needs_information").await;
    assert!(asked.json["line"]["due"].is_null(), "the citizen's clock waits");
    let tell = json!({ "provide_information": { "text": "পূর্বপাড়া" } });
    world.staff("telecaller").await.must(number, &tell, "registered").await;
}

#[tokio::test]
async fn a_root_that_ends_without_redress_leaves_nobody_behind() {
    let world = World::new().await;
    let (number, root) = following(&world).await;
    let analyst = world.staff("analyst").await;
    let chain = world.anon().lodge(&form("9830067890")).await;
    let third = chain.json["reference"].as_str().expect("a number").to_owned();
    let under = analyst.act(&root, &json!({ "merge": { "root": third, "reason": "একই কল" } })).await;
    assert_eq!(under.json["refusal"], "unfit_root", "a root does not follow a third");
    world.citizen("9830012345").await.must(&root, &json!({ "withdraw": { "reason": "" } }), "withdrawn").await;
    assert_eq!(analyst.case(&number).await.json["line"]["stage"], "registered");
    assert_eq!(world.templates("9830054321").await, ["code", "lodged", "merged", "unmerged"]);
}

#[tokio::test]
async fn whoever_follows_a_redressed_root_may_say_that_it_is_not_done() {
    let world = World::new().await;
    let (number, root) = following(&world).await;
    reported(&world, &root).await;
    world.citizen("9830012345").await.must(&root, &json!({ "confirm": {} }), "redressed").await;
    let follower = world.citizen("9830054321").await;
    let seen = follower.case(&number).await;
    assert_eq!(seen.json["actions"], json!(["add_information", "remind", "dispute", "unmerge", "withdraw"]));
    follower.must(&number, &json!({ "dispute": { "reason": "আমার কলে জল নেই" } }), "registered").await;
}

#[tokio::test]
async fn whoever_joined_another_may_leave_it_without_a_reason() {
    let world = World::new().await;
    let (number, root) = following(&world).await;
    let follower = world.citizen("9830054321").await;
    follower.must(&number, &json!({ "unmerge": { "reason": "" } }), "registered").await;
    assert_eq!(follower.case(&number).await.json["main_case"], json!(null));
    let analyst = world.staff("analyst").await;
    assert_ne!(analyst.case(&root).await.json["line"]["stage"], "merged", "the other goes on");
}

#[tokio::test]
async fn a_part_that_is_about_something_else_becomes_a_case_of_its_own() {
    let world = World::new().await;
    let number = at_office(&world).await;
    world.pass(Duration::days(9));
    let analyst = world.staff("analyst").await;
    let invented = analyst.act(&number, &json!({ "split": { "text": "অফিসের লোক গালি দেয়" } })).await;
    assert_eq!(invented.json["refusal"], "not_their_words", "nobody puts words into their mouth");
    world
        .citizen("9830012345")
        .await
        .must(&number, &json!({ "add_information": { "text": "অফিসের লোক টাকা চায়।" } }), "with_office")
        .await;
    let before = world.templates("9830012345").await;
    let seen = analyst.case(&number).await;
    let split = json!({ "split": { "text": "অফিসের  লোক\nটাকা চায়!" } });
    let version = format!("\"{}\"", seen.version());
    let path = format!("/api/grievances/{number}");
    let preview = analyst.post_with(&format!("{path}/preview"), &split, &[("if-match", &version)]).await;
    let told = preview.json["told"][0].as_str().expect("a message");
    assert!(told.contains('…') && told.contains(&number[..4]), "no number that is not drawn yet: {told}");

    // Sent twice, for a line that broke: one case.
    let once = key();
    let headers = [("if-match", version.as_str()), ("idempotency-key", once.as_str())];
    let (first, again) = (
        analyst.post_with(&format!("{path}/actions"), &split, &headers).await,
        analyst.post_with(&format!("{path}/actions"), &split, &headers).await,
    );
    assert_eq!((first.status, again.status), (StatusCode::OK, StatusCode::OK), "{} {}", first.text, again.text);
    let post = analyst.case(&number).await.json["timeline"][0].clone();
    assert_eq!((&post["kind"], &post["text"]), (&json!("split"), &json!("অফিসের  লোক\nটাকা চায়!")));
    let part = post["other"].as_str().expect("a number").to_owned();
    assert_eq!(analyst.act(&number, &split).await.json["refusal"], "split_already");

    let citizen = world.citizen("9830012345").await;
    let lines = citizen.get("/api/grievances").await.json;
    assert_eq!(lines.as_array().map(Vec::len), Some(2), "{lines}");
    let own = citizen.case(&part).await.json;
    assert_eq!((&own["line"]["stage"], &own["text"]), (&json!("registered"), &json!("অফিসের  লোক\nটাকা চায়!")));
    assert_eq!((&own["timeline"][0]["other"], &own["timeline"][0]["detail"]), (&json!(number), &json!("split_off")));
    // What lodged without a category on that first day has as its limit: they have waited since then.
    let alone = json!("2026-11-10T18:29:59Z");
    assert_eq!((&own["line"]["due"], &own["line"]["lodged_at"]), (&alone, &json!("2026-11-11T04:30:00Z")));
    assert_eq!(world.templates("9830012345").await, [before.as_slice(), &["split".into(), "code".into()]].concat());

    // The office goes on with its part, and does not read what is said of it elsewhere.
    let officer = world.staff("officer.phe.bolpur-sriniketan").await;
    let at_work = officer.case(&number).await.json;
    assert_eq!(at_work["line"]["stage"], "with_office");
    let posts = at_work["timeline"].as_array().expect("a timeline").iter();
    let split: Vec<Value> = posts.filter(|post| post["kind"] == "split").cloned().collect();
    assert_eq!(split.len(), 1);
    assert_eq!((&split[0]["text"], &split[0]["other"]), (&Value::Null, &Value::Null), "what is said of them elsewhere");
    assert!(!at_work.to_string().contains(&part), "by its number they would find it: {at_work}");
    assert!(!at_work.to_string().contains(&model::Reference::parse(&part).expect("a number").grouped()), "{at_work}");
    assert_eq!(officer.case(&part).await.status, StatusCode::NOT_FOUND);

    // Any day it can go back, and come away again.
    world.pass(Duration::days(3));
    let analyst = world.staff("analyst").await;
    let merge = json!({ "merge": { "root": number, "reason": "একই কথা" } });
    analyst.must(&part, &merge, "merged").await;
    analyst.must(&part, &json!({ "unmerge": { "reason": "আলাদা কথা" } }), "registered").await;
    assert_eq!(world.audit().await.faults, Vec::<String>::new());
}
