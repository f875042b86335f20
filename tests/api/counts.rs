//! GET /api/counts, /api/cases, /api/live

use super::story::{at_office, reported};
use axum::body::Body;
use axum::http::StatusCode;
use serde_json::json;
use tests::{World, bolpur};
use tower::ServiceExt;

#[tokio::test]
async fn every_step_moves_the_figures_it_should() {
    let world = World::new().await;
    let cmo = world.staff("cmo").await;
    let read = || async { cmo.get("/api/counts?where=department:PHE,district:307").await.json["total"].clone() };
    let number = at_office(&world).await;
    let open = read().await;
    assert_eq!((&open["lodged"], &open["open"], &open["closed_by_offices"]), (&json!(1), &json!(1), &json!(0)));
    reported(&world, &number).await;
    let claimed = read().await;
    assert_eq!((&claimed["closed_by_offices"], &claimed["confirmed_by_citizens"]), (&json!(1), &json!(0)));
    world.citizen("9830012345").await.must(&number, &json!({ "confirm": {} }), "redressed").await;
    let confirmed = read().await;
    assert_eq!((&confirmed["confirmed_by_citizens"], &confirmed["open"]), (&json!(1), &json!(0)));
    assert_eq!(
        (&confirmed["women"], &confirmed["rural"], &confirmed["median_days"]),
        (&json!(1), &json!(1), &json!(0))
    );
    let by = cmo.get("/api/counts?by=department&days=30").await;
    assert_eq!(by.json["groups"][0]["key"], "PHE");
    let behind = cmo.get("/api/cases?where=department:PHE").await;
    assert_eq!(behind.json["rows"][0]["reference"], number.as_str());
    assert_eq!(behind.json["total"], 1);
    assert_eq!(cmo.get("/api/counts?where=department:PRD").await.json["total"]["lodged"], 0);
}

#[tokio::test]
async fn the_offices_of_a_department_are_compared_by_what_citizens_said_first() {
    let world = World::new().await;
    let read = async || {
        let answer = world.staff("nodal.phe").await.get("/api/departments/PHE/offices?days=30").await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.json
    };
    assert_eq!(read().await["offices"], json!([]));
    let number = at_office(&world).await;
    let waiting = read().await;
    assert_eq!(waiting["offices"][0]["figures"]["waiting"], json!([1, 0, 0, 0]));
    assert_eq!(waiting["total"]["waiting"], json!([1, 0, 0, 0]));
    world.pass(chrono::Duration::days(8));
    assert_eq!(read().await["offices"][0]["figures"]["waiting"], json!([0, 1, 0, 0]));
    reported(&world, &number).await;
    let citizen = world.citizen("9830012345").await;
    let no = json!({ "dispute": { "reason": "এখনও জল আসছে না।" } });
    citizen.must(&number, &no, "with_department").await;
    let no = read().await["offices"][0]["figures"].clone();
    assert_eq!(
        (&no["waiting"], &no["answers"]["answered"]),
        (&json!([0, 0, 0, 0]), &json!(1)),
        "it is at the desk, the no stays"
    );
    let forward = json!({ "forward": { "office": bolpur(&world) } });
    world.staff("nodal.phe").await.must(&number, &forward, "with_office").await;
    reported(&world, &number).await;
    citizen.must(&number, &json!({ "confirm": {} }), "redressed").await;
    let done = read().await;
    let office = &done["offices"][0];
    assert_eq!(office["figures"]["answers"], json!({ "answered": 1, "agreed": 0, "unreached": 0 }), "the first answer");
    assert_eq!((&office["figures"]["reported"], &office["verdict"]), (&json!(1), &json!("too_few")));
    assert_eq!(done["peers"], json!(null));
    let nodal = world.staff("nodal.phe").await;
    // What was lodged before the period does not count in it.
    let week = nodal.get("/api/departments/PHE/offices?days=7").await.json;
    assert_eq!((&week["offices"], &week["total"]["answers"]["answered"]), (&json!([]), &json!(0)));
    // Their own department alone; who watches the state reads any.
    assert_eq!(nodal.get("/api/departments/PRD/offices").await.status, StatusCode::NOT_FOUND);
    let cmo = world.staff("cmo").await;
    assert_eq!(cmo.get("/api/departments/PRD/offices").await.status, StatusCode::OK);
    assert_eq!(cmo.get("/api/departments/XYZ/offices").await.status, StatusCode::NOT_FOUND);
    assert_eq!(cmo.get("/api/departments/PHE/offices?days=0").await.status, StatusCode::BAD_REQUEST);
    let officer = world.staff("officer.phe.bolpur-sriniketan").await;
    assert_eq!(officer.get("/api/departments/PHE/offices").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_case_at_an_office_without_anybody_is_named_and_given_to_another() {
    let world = World::new().await;
    let number = at_office(&world).await;
    let nodal = world.staff("nodal.phe").await;
    let attended = async || nodal.get("/api/departments/PHE/offices").await.json["offices"][0]["attended"].clone();
    assert_eq!(attended().await, true);
    let officer = world.staff("officer.phe.bolpur-sriniketan").await;
    let away = "/api/accounts/officer.phe.bolpur-sriniketan/disable";
    let disabled = world.staff("admin").await.post(away, &serde_json::Value::Null).await;
    assert_eq!(disabled.status, StatusCode::OK, "{}", disabled.text);
    assert_eq!(attended().await, false);
    assert_eq!(officer.case(&number).await.status, StatusCode::UNAUTHORIZED);
    let offices = nodal.get("/api/offices?department=PHE&district=307").await.json;
    let mut others = offices.as_array().expect("offices").iter().map(|office| office["id"].clone());
    let other = others.find(|id| *id != json!(bolpur(&world))).expect("another office");
    let silent = nodal.act(&number, &json!({ "forward": { "office": other } })).await;
    assert_eq!(silent.json["refusal"], "text_missing", "{}", silent.text);
    let why = json!({ "forward": { "office": other, "remark": "অফিসার নেই" } });
    nodal.must(&number, &why, "with_office").await;
    let newest = nodal.case(&number).await.json["timeline"][0].clone();
    assert!(newest["from_office"]["en"].as_str().is_some_and(|name| name.starts_with("Bolpur-Sriniketan")), "{newest}");
    assert_eq!(world.citizen("9830012345").await.case(&number).await.json["timeline"][0]["from_office"], json!(null));
    let compared = nodal.get("/api/departments/PHE/offices").await.json;
    assert_eq!(compared["offices"].as_array().map(Vec::len), Some(1));
    assert_eq!((&compared["offices"][0]["office"], &compared["offices"][0]["attended"]), (&other, &json!(true)));
    world.last_message("9830012345", "with_office").await;
}

#[tokio::test]
async fn what_is_late_is_overdue_and_what_waits_for_the_citizen_is_not() {
    let world = World::new().await;
    at_office(&world).await;
    let overdue = || async { world.staff("cmo").await.get("/api/counts").await.json["total"]["overdue"].clone() };
    assert_eq!(overdue().await, 0);
    world.pass(chrono::Duration::days(20));
    assert_eq!(overdue().await, 1);
}

#[tokio::test]
async fn the_stream_tells_each_commit_with_its_seq() {
    let world = World::new().await;
    let cmo = world.staff("cmo").await;
    let request =
        cmo.request("GET", "/api/live").header("last-event-id", "999999").body(Body::empty()).expect("a request");
    let response = world.router.clone().oneshot(request).await.expect("an answer");
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut body = response.into_body().into_data_stream();
    let mut next = async || {
        let chunk = tokio_stream::StreamExt::next(&mut body).await.expect("a frame").expect("bytes");
        String::from_utf8_lossy(&chunk).into_owned()
    };
    assert!(next().await.contains("event: reset"), "a ledger that is behind the client's tells it so");
    assert!(next().await.contains("\"lodged_today\":0"));
    at_office(&world).await;
    loop {
        let frame = next().await;
        if frame.contains("\"lodged_today\":1") {
            assert!(frame.contains("event: figures") && frame.contains("id: "));
            break;
        }
    }
}

#[tokio::test]
async fn a_cursor_beyond_all_numbers_is_a_wrong_query() {
    let world = World::new().await;
    let cmo = world.staff("cmo").await;
    for cursor in ["18446744073709551615", "18446744073709551600", "-1", "x"] {
        let answer = cmo.get(&format!("/api/cases?cursor={cursor}")).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::BAD_REQUEST, "wrong_query"), "{cursor}");
    }
    assert_eq!(cmo.get("/api/cases?cursor=50").await.json["rows"], json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_counts_go_on_while_a_slow_disk_takes_them() {
    let world = World::new().await;
    world.app.feed.until(world.app.store.head().await.expect("a head").seq).await;
    // Opening this for writing waits until somebody reads from it, as a disk waits that does not answer.
    let part = world.data.path().join(server::feed::COUNTS).with_extension("part");
    let made = std::process::Command::new("mkfifo").arg(&part).status().expect("mkfifo");
    assert!(made.success());
    let (feed, store) = (world.app.feed.clone(), world.app.store.clone());
    let keeping = tokio::spawn(async move { feed.keep(store.as_ref()).await.map_err(|error| error.to_string()) });
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert!(!keeping.is_finished(), "the disk does not answer");
    let lodged = world.anon().lodge(&tests::form("9830012345")).await;
    assert_eq!(lodged.status, StatusCode::CREATED, "{}", lodged.text);
    let seq = world.app.store.head().await.expect("a head").seq;
    let mut reached = world.app.feed.reached();
    let patience = std::time::Duration::from_secs(5);
    let counted = tokio::time::timeout(patience, reached.wait_for(|reached| *reached >= seq)).await.is_ok();
    // The disk answers, so that nothing of this test stays behind.
    let read = tokio::task::spawn_blocking(move || std::fs::read(part));
    let _ = tokio::time::timeout(patience, keeping).await;
    drop(read);
    assert!(counted, "dashboards do not wait for the disk");
}

#[tokio::test]
async fn a_stream_whose_reader_sleeps_does_not_outlive_the_server() {
    let world = World::new().await;
    let cmo = world.staff("cmo").await;
    let before = world.app.stopping.receiver_count();
    let request = cmo.request("GET", "/api/live").body(Body::empty()).expect("a request");
    let response = world.router.clone().oneshot(request).await.expect("an answer");
    assert_eq!(response.status(), StatusCode::OK);
    for person in 0..8 {
        world.anon().lodge_from(person, &tests::form(&format!("983001234{person}"))).await;
        tokio::time::sleep(std::time::Duration::from_millis(350)).await;
    }
    assert_eq!(world.app.stopping.receiver_count(), before + 1);
    world.app.stopping.send_replace(true);
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    assert_eq!(world.app.stopping.receiver_count(), before, "nobody reads, and it ends all the same");
    drop(response);
}
