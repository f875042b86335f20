//! The deadlines task.

use super::story::at_office;
use chrono::Duration;
use model::clock::{ist_date, ist_midnight};
use serde_json::json;
use tests::{World, form};

#[tokio::test]
async fn superiors_are_told_level_by_level_and_officers_get_a_message() {
    let world = World::new().await;
    let number = at_office(&world).await;
    assert_eq!(server::deadlines::round(&world.app).await.expect("a round"), 0);
    world.pass(Duration::days(7));
    assert_eq!(server::deadlines::round(&world.app).await.expect("a round"), 1);
    let seen = world.citizen("9830012345").await.case(&number).await;
    assert_eq!(seen.json["timeline"][0]["kind"], "escalated");
    assert_eq!(seen.json["timeline"][0]["setback"], true);
    let told = world.app.store.messages(100).await.expect("messages");
    assert!(told.iter().any(|message| message.template == "overdue"));
    assert_eq!(server::deadlines::round(&world.app).await.expect("a round"), 0, "each level once");
}

#[tokio::test]
async fn an_unanswered_transfer_goes_to_the_cells_desk() {
    let world = World::new().await;
    let number = at_office(&world).await;
    let offer = json!({ "offer_transfer": { "to": { "department": "PRD" }, "reason": "পঞ্চায়েতের কাজ" } });
    let officer = world.staff("officer.phe.bolpur-sriniketan").await;
    officer.must(&number, &offer, "transfer_offered").await;
    let queue = world.staff("nodal.prd").await.get("/api/queues/department").await;
    assert_eq!(queue.json["rows"][0]["reference"], number.as_str(), "the receiving side sees it");
    world.pass(Duration::days(3));
    server::deadlines::round(&world.app).await.expect("a round");
    let desk = world.staff("analyst").await.get("/api/queues/desk").await;
    assert_eq!(desk.json["rows"][0]["reference"], number.as_str());
}

#[tokio::test]
async fn a_citizen_who_does_not_answer_is_asked_again_then_called_then_not_waited_for() {
    let world = World::new().await;
    let lodged = world.anon().lodge(&form("9830012345")).await;
    let number = lodged.json["reference"].as_str().expect("a number");
    let ask = json!({ "request_information": { "missing": "কোন পাড়া?" } });
    world.staff("analyst").await.must(number, &ask, "needs_information").await;
    let round = async || server::deadlines::round(&world.app).await.expect("a round");
    let to_call = async || world.staff("telecaller").await.get("/api/queues/answers").await.json["rows"].clone();

    world.pass(Duration::days(3));
    assert_eq!((round().await, round().await), (1, 0), "asked again once");
    assert_eq!(world.templates("9830012345").await, ["lodged", "asked", "asked"]);
    assert_eq!(to_call().await, json!([]));

    world.pass(Duration::days(4));
    assert_eq!(to_call().await[0]["reference"], number);
    assert_eq!(round().await, 0);

    world.pass(Duration::days(7));
    assert_eq!(round().await, 1);
    assert_eq!(to_call().await, json!([]));
    let seen = world.staff("analyst").await.case(number).await;
    assert_eq!(seen.json["line"]["stage"], "registered", "back to who asked");
    assert!(seen.json["line"]["due"].is_string(), "the citizen's clock runs again");
    assert_eq!(seen.json["timeline"][0]["kind"], "information_overdue");
}

#[tokio::test]
async fn an_emergency_on_the_third_day_brings_no_burst_and_only_the_cell_takes_it_back() {
    let world = World::new().await;
    let number = at_office(&world).await;
    world.pass(Duration::days(3));
    let lane = |lane: &str| json!({ "set_emergency": { "lane": lane, "reason": "আগুন" } });
    let nodal = world.staff("nodal.phe").await;
    let declared = nodal.must(&number, &lane("emergency24"), "with_office").await;
    assert_eq!(server::deadlines::round(&world.app).await.expect("a round"), 0);
    let version = format!("\"{}\"", nodal.case(&number).await.version());
    let path = format!("/api/grievances/{number}/actions");
    let lowered =
        nodal.post_with(&path, &lane("ordinary"), &[("if-match", &version), ("idempotency-key", "12345678")]).await;
    assert_eq!((lowered.code(), &lowered.json["refusal"]), ("refused", &json!("lane_lowered")));
    let ordinary = world.staff("analyst").await.must(&number, &lane("ordinary"), "with_office").await;
    assert_ne!(declared.json["line"]["due"], ordinary.json["line"]["due"]);
}

#[tokio::test]
async fn a_case_that_cannot_be_written_stands_in_nobodys_way_and_is_not_lost() {
    if tests::is_on_postgres() {
        return;
    }
    let world = World::new().await;
    let number = at_office(&world).await;
    world.pass(Duration::days(7));
    let beside = rusqlite::Connection::open(world.data.path().join("pratikar.db")).expect("a database");
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let refuses = format!(
        "CREATE TRIGGER refuses BEFORE INSERT ON event WHEN NEW.reference = {digits}
         BEGIN SELECT RAISE(ABORT, 'no'); END"
    );
    beside.execute_batch(&refuses).expect("a trigger");
    assert_eq!(server::deadlines::round(&world.app).await.expect("a round"), 0);
    let due = async || world.app.store.deadlines(world.now(), 500).await.expect("read").len();
    assert_eq!(due().await, 0, "it takes no place of the next round");
    beside.execute_batch("DROP TRIGGER refuses").expect("no trigger");
    world.pass(Duration::hours(1));
    assert_eq!(due().await, 1);
    assert_eq!(server::deadlines::round(&world.app).await.expect("a round"), 1);
}

/// Numbers of superiors: none is delivered with the program.
async fn name_superiors(world: &World) {
    let admin = world.staff("admin").await;
    let path = "/api/settings/tables/superiors.tsv";
    let text = admin.get(path).await.json["text"].as_str().expect("a table").to_owned();
    let numbered = text.lines().enumerate().map(|(at, line)| match at {
        0 => format!("{line}\n"),
        _ => format!("{line}60000000{:02}\n", at + 10),
    });
    let body = json!({ "text": numbered.collect::<String>(), "why": "numbers", "newest": 0 });
    let changed = admin.post(path, &body).await;
    assert_eq!(changed.status.as_u16(), 201, "{}", changed.text);
    world.app.follow_facts().await.expect("new facts");
}

/// Acts on what falls due, as often as something does.
async fn play(world: &World) {
    while server::deadlines::round(&world.app.current()).await.expect("a round") > 0 {}
}

#[tokio::test]
async fn superiors_are_told_once_a_working_day_of_what_has_passed_at_their_level() {
    let world = World::new().await;
    name_superiors(&world).await;
    let told = async || server::digest::round(&world.app.current()).await.expect("a round");
    at_office(&world).await;
    assert_eq!(told().await, 0, "a system begins with nothing to tell");
    // Beyond the limit, up to the second level.
    let mut days = 0;
    while !escalated(&world, 2).await {
        world.pass(Duration::hours(12));
        play(&world).await;
        days += 1;
        assert!(days < 100, "nothing escalates");
    }
    // In the night nobody is told, at ten the superior of the department is, and once.
    let midnight = ist_midnight(ist_date(world.now()));
    let mut messages = 0;
    for hour in 1..=72 {
        world.pass(midnight + Duration::hours(hour) - world.now());
        let now = told().await;
        let inside = (10..17).contains(&(hour % 24));
        assert!(now == 0 || inside, "{hour}");
        messages += now;
        if messages == 1 && now == 1 {
            let text = world.last_message("6000000014", "limits_passed").await;
            assert!(text.contains("1টি অভিযোগের"), "{text}");
        }
    }
    assert_eq!(messages, 1, "it has passed once");
    assert!(world.templates("6000000011").await.is_empty(), "the department names its own");
    assert_eq!(world.audit().await.faults, Vec::<String>::new());
}

/// Whether the only case has been escalated to this level.
async fn escalated(world: &World, level: u8) -> bool {
    let page = world.app.store.changes_since(0, 10).await.expect("cases");
    page.iter().any(|changed| changed.case.escalation >= level)
}

#[tokio::test]
async fn the_superior_of_an_emergency_is_told_at_once_in_the_night() {
    let world = World::new().await;
    name_superiors(&world).await;
    let number = at_office(&world).await;
    let lane = json!({ "set_emergency": { "lane": "emergency24", "reason": "আগুন" } });
    world.staff("nodal.phe").await.must(&number, &lane, "with_office").await;
    for _ in 0..60 {
        world.pass(Duration::hours(1));
        play(&world).await;
        if world.templates("6000000014").await.contains(&"emergency_overdue".to_owned()) {
            return;
        }
    }
    panic!("nobody was told");
}
