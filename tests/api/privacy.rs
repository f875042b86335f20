//! Who reads what about whom, and that it is recorded: cases, lists, callers, photos, notes, withheld names, followers.

use super::story::{at_office, following, reported};
use axum::http::StatusCode;
use chrono::Duration;
use serde_json::{Value, json};
use tests::{World, form, photo};

/// A shielded grievance whose text contains its citizen's name and number, with a photo, at the nodal officer's desk.
async fn shielded(world: &World) -> (String, String) {
    let sent = world.anon().upload(photo()).await;
    let photo = sent.json["id"].as_str().expect("an id").to_owned();
    let mut lodging = form("9830012345");
    lodging["text"] = json!("রহিমা বিবি, ফোন 98300 12345। রহিমার টিউবওয়েল অফিসার ইচ্ছা করে সারাননি।");
    lodging["landmark"] = json!("রহিমা বিবির বাড়ির পাশে");
    lodging["confidential"] = json!(true);
    lodging["photos"] = json!([photo]);
    let lodged = world.citizen("9830012345").await.lodge(&lodging).await;
    assert_eq!(lodged.status, StatusCode::CREATED, "{}", lodged.text);
    let number = lodged.json["reference"].as_str().expect("a number").to_owned();
    let categorise = json!({ "categorise": {
        "category": "water.tubewell", "department": "PHE", "lane": "ordinary",
        "remark": "Rahima Bibi called from 9830012345",
    } });
    world.staff("analyst").await.must(&number, &categorise, "with_department").await;
    (number, photo)
}

#[tokio::test]
async fn a_shielded_name_and_number_reach_the_department_in_no_text() {
    let world = World::new().await;
    let (number, photo) = shielded(&world).await;
    let more = json!({ "add_information": { "text": "আমি রহিমা, ৯৮৩০০-১২৩৪৫ নম্বরে ফোন করুন" } });
    world.citizen("9830012345").await.must(&number, &more, "with_department").await;
    let hides = |text: &str, who: &str| {
        for told in ["রহিমা", "Rahima", "9830012345", "98300 12345", "৯৮৩০০"] {
            assert!(!text.contains(told), "{told} is told to {who}: {text}");
        }
    };
    for who in ["nodal.phe", "data", "cmo", "manager"] {
        let view = world.staff(who).await.case(&number).await;
        assert_eq!(view.status, StatusCode::OK, "{who}");
        assert_eq!((&view.json["name"], &view.json["mobile"]), (&Value::Null, &Value::Null), "{who}");
        hides(&view.text, who);
    }
    let nodal = world.staff("nodal.phe").await;
    hides(&nodal.get("/api/queues/department").await.text, "a worklist");
    hides(&world.staff("cmo").await.get("/api/cases").await.text, "the cases behind a figure");
    assert_eq!(world.staff("data").await.get(&format!("/api/photos/{photo}")).await.status, StatusCode::NOT_FOUND);
    let own = world.citizen("9830012345").await;
    assert!(own.case(&number).await.text.contains("রহিমা বিবি, ফোন 98300 12345"), "her own words are hers");
    assert!(own.get("/api/grievances").await.text.contains("রহিমা"), "on her own list, too");
    let caller = world.staff("telecaller").await.post("/api/callers", &json!({ "mobile": "9830012345" })).await;
    let line = &caller.json["cases"][0];
    assert_eq!((&line["title"], &line["category"]), (&json!(""), &Value::Null), "others may share her telephone");
    assert_eq!(caller.json["people"], json!([]), "nor is she named");
}

#[tokio::test]
async fn figures_have_no_names_and_a_counter_sees_what_it_has_lodged() {
    let world = World::new().await;
    let number = at_office(&world).await;
    for who in ["data", "cmo", "manager", "principal"] {
        let view = world.staff(who).await.case(&number).await;
        assert_eq!((&view.json["name"], &view.json["mobile"]), (&Value::Null, &Value::Null), "{who}");
    }
    let counter = world.staff("counter").await;
    assert_eq!(counter.case(&number).await.status, StatusCode::NOT_FOUND);
    let look = json!({ "mobile": "9830012345" });
    assert_eq!(counter.post("/api/callers", &look).await.json["cases"], json!([]));
    let lodged = counter.lodge(&form("9830012345")).await;
    let own = lodged.json["reference"].as_str().expect("a number").to_owned();
    assert_eq!(counter.case(&own).await.status, StatusCode::OK);
    let known = counter.post("/api/callers", &look).await.json;
    assert_eq!(known["cases"].as_array().expect("lines").len(), 1);
    assert_eq!((&known["people"][0]["name"], &known["people"][0]["cases"]), (&json!("রহিমা বিবি"), &json!(1)));
}

#[tokio::test]
async fn every_reading_is_on_record_and_none_is_faster_than_work() {
    let world = World::new().await;
    let number = at_office(&world).await;
    let analyst = world.staff("analyst").await;
    // An action answers with the whole case, which is a reading as well.
    let seen = world.citizen("9830012345").await.case(&number).await.version();
    let path = format!("/api/grievances/{number}/actions");
    let before = world.app.store.chains().await.expect("chains").readings.seq;
    let headers = [("if-match", format!("\"{seen}\"")), ("idempotency-key", tests::key())];
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(analyst.post_with(&path, &json!({ "note": { "text": "x" } }), &headers).await.status, StatusCode::OK);
    assert_eq!(world.app.store.chains().await.expect("chains").readings.seq, before + 1);

    let telecaller = world.staff("telecaller").await;
    let mut shown = 0;
    let refused = loop {
        let mobile = if shown == 0 { "9830012345".to_owned() } else { format!("98{shown:08}") };
        let answer = telecaller.post("/api/callers", &json!({ "mobile": mobile })).await;
        if answer.status != StatusCode::OK {
            break answer;
        }
        shown += 1;
        assert!(shown < 100, "a number after another, without end");
    };
    assert_eq!((refused.status, refused.code()), (StatusCode::TOO_MANY_REQUESTS, "too_many"));
    let log = world.citizen("9830012345").await.get(&format!("/api/grievances/{number}/access")).await;
    let roles: Vec<&str> =
        log.json.as_array().expect("lines").iter().filter_map(|line| line["role"].as_str()).collect();
    assert!(roles.contains(&"tele_caller") && roles.contains(&"operational_analyst"), "{roles:?}");
    assert_eq!(world.audit().await.faults, Vec::<String>::new());
}

#[tokio::test]
async fn notes_are_read_by_the_side_that_they_are_for() {
    let world = World::new().await;
    let number = at_office(&world).await;
    let analyst = world.staff("analyst").await;
    for side in ["cell", "department", "citizen"] {
        let note = json!({ "note": { "text": format!("for the {side}"), "side": side } });
        analyst.must(&number, &note, "with_office").await;
    }
    let officer = world.staff("officer.phe.bolpur-sriniketan").await;
    officer.must(&number, &json!({ "note": { "text": "among officers", "side": "cell" } }), "with_office").await;
    let own = world.citizen("9830012345").await;
    let reads = async |text: &str| {
        let citizen = own.case(&number).await.text.contains(text);
        let officer = officer.case(&number).await.text.contains(text);
        (analyst.case(&number).await.text.contains(text), officer, citizen)
    };
    assert_eq!(reads("for the cell").await, (true, false, false));
    assert_eq!(reads("for the department").await, (true, true, false));
    assert_eq!(reads("for the citizen").await, (true, true, true));
    assert_eq!(reads("among officers").await, (true, true, false), "nobody writes what their own side may not read");
}

#[tokio::test]
async fn who_follows_sees_the_way_of_the_main_case_and_may_add_remind_and_leave() {
    let world = World::new().await;
    let (number, root) = following(&world).await;
    let citizen = world.citizen("9830054321").await;
    let view = citizen.case(&number).await.json;
    let main = &view["main_case"];
    assert_eq!((main["reference"].as_str(), main["stage"].as_str()), (Some(root.as_str()), Some("with_office")));
    assert!(main["due"].is_string() && main["timeline"].as_array().expect("steps").len() >= 3);
    assert!(!main.to_string().contains("টিউবওয়েল"), "in nobody's words");
    let more = json!({ "add_information": { "text": "স্কুলের কলও বন্ধ" } });
    citizen.must(&number, &more, "merged").await;
    let officer = world.staff("officer.phe.bolpur-sriniketan").await;
    assert!(officer.case(&root).await.text.contains("স্কুলের কলও বন্ধ"), "whoever acts learns of it");
    let of_root = world.staff("analyst").await.case(&root).await.json;
    assert_eq!((&of_root["followers"], &of_root["following"]), (&json!(1), &json!([number])));
    citizen.must(&number, &json!({ "remind": null }), "merged").await;
    // The link in her messages is valid as long as the main case.
    world.pass(Duration::days(45));
    let link = world.link(&number).await;
    assert!(world.anon().get(&link).await.status.is_redirection(), "{link}");
    citizen_again(&world).await.must(&number, &json!({ "withdraw": { "reason": "" } }), "withdrawn").await;
}

async fn citizen_again(world: &World) -> tests::Person<'_> {
    world.citizen("9830054321").await
}

#[tokio::test]
async fn who_follows_is_told_that_a_main_case_is_open_again() {
    let world = World::new().await;
    let (_, root) = following(&world).await;
    reported(&world, &root).await;
    let owner = world.citizen("9830012345").await;
    owner.must(&root, &json!({ "confirm": {} }), "redressed").await;
    let deliver = async || {
        let gateway = server::messenger::LocalGateway;
        while server::messenger::deliver(world.app.store.as_ref(), &gateway, world.now(), true).await.expect("sent") > 0
        {
        }
    };
    deliver().await;
    owner.must(&root, &json!({ "reopen": { "reason": "আবার বন্ধ" } }), "with_department").await;
    deliver().await;
    let all = world.app.store.messages(1_000).await.expect("messages");
    let told = all.iter().find(|message| message.to == "9830054321" && message.template == "sent_back").expect("told");
    assert_eq!(told.state, server::store::MessageState::Sent);
}

#[tokio::test]
async fn the_desk_finds_whose_number_was_disowned() {
    let world = World::new().await;
    let lodged = world.anon().lodge(&form("9830012345")).await;
    let number = lodged.json["reference"].as_str().expect("a number").to_owned();
    let categorise = json!({ "categorise": { "category": "water.tubewell", "department": "PHE", "lane": "ordinary" } });
    world.staff("analyst").await.must(&number, &categorise, "with_department").await;
    let wrong =
        server::app::inbound::Inbound { id: "1".into(), from: "9830012345".into(), text: "wrong number".into() };
    server::app::inbound::take(&world.app, &wrong, world.now()).await.expect("taken");
    let desk = world.staff("analyst").await.get("/api/queues/desk").await.json;
    let rows = desk["rows"].as_array().expect("rows");
    assert!(rows.iter().any(|row| row["reference"] == number.as_str()), "{rows:?}");
    // The holder of the number sees no more of it with a code.
    let stranger = world.citizen("9830012345").await;
    let view = stranger.case(&number).await.json;
    assert_eq!((&view["limited"], &view["text"], &view["actions"]), (&json!(true), &json!(""), &json!([])));
    let withdraw = stranger.act(&number, &json!({ "withdraw": { "reason": "" } })).await;
    assert_eq!(withdraw.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_photo_that_never_came_keeps_neither_verify_nor_backups_from_their_work() {
    let world = World::new().await;
    let request = world.anon().request("POST", "/api/uploads").header("upload-length", "10");
    let opened = world.anon().send(request.body(axum::body::Body::empty()).expect("a request")).await;
    let path = opened.headers["location"].to_str().expect("text").to_owned();
    let mut lodging = form("9830012345");
    lodging["photos"] = json!([path.rsplit('/').next().expect("an id")]);
    assert_eq!(world.anon().lodge(&lodging).await.status, StatusCode::CREATED);
    let request = world.anon().request("PATCH", &path).header("content-type", "application/offset+octet-stream");
    let request = request.header("upload-offset", "0").body("0123456789".into()).expect("a request");
    assert_eq!(world.anon().send(request).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "no photo");
    assert_eq!(world.audit().await.faults, Vec::<String>::new());
    server::published::publish(&world.app).await.expect("published");
    if tests::is_on_postgres() {
        // Backups of PostgreSQL are made by its own tools.
        return;
    }
    let (folder, public) = (tempfile::tempdir().expect("a folder"), tests::root().join("public"));
    let made = server::backup::make(world.data.path(), &public, folder.path(), world.now(), false);
    let (backup, manifest) = made.expect("a backup");
    assert_eq!(manifest.cases, 1);
    let restored = folder.path().join("restored");
    let again = server::backup::Restore { from: &backup, key: None, data: &restored, public: &public, anyway: false };
    let audit = server::backup::restore(again).expect("restored").audit;
    assert_eq!(audit.faults, Vec::<String>::new());
    std::fs::remove_file(restored.join("pratikar.db")).expect("moved away");
    std::fs::write(restored.join("pratikar.db-wal"), b"of another").expect("left behind");
    assert!(server::backup::restore(again).is_err(), "a log of another database");
}

#[tokio::test]
async fn whoever_is_asked_for_a_bribe_is_hidden_from_those_who_ask() {
    let world = World::new().await;
    let mut lodging = form("9830012345");
    lodging["category"] = json!("pension.widow");
    lodging["confidential"] = json!(false);
    lodging["reasons"] = json!([
        { "question": "scheme_state", "option": "asked_money" },
        { "question": "bribe_by", "option": "office_staff" },
    ]);
    let sent = world.citizen("9830012345").await.lodge(&lodging).await;
    assert_eq!((sent.status, &sent.json["hidden"]), (StatusCode::CREATED, &json!(true)), "{}", sent.text);
    let reasons = json!([{ "question": "scheme_state", "option": "no_decision" }]);
    lodging["reasons"] = reasons;
    lodging["text"] = json!("বিধবা ভাতার আবেদন করেছি এক বছর আগে, কোনও উত্তর নেই।");
    let sent = world.citizen("9830012345").await.lodge(&lodging).await;
    assert_eq!(sent.json["hidden"], json!(false), "{}", sent.text);
}
