//! Administered facts: a change takes effect at once, due dates follow, and it can be undone.

use crate::story::at_office;
use axum::http::StatusCode;
use chrono::Duration;
use serde_json::json;
use server::app::admin::{self, Wanted};
use tests::{World, form, root};

fn wanted(name: &str, text: Option<String>) -> Wanted {
    let (who, why) = ("administrator".into(), "by order 12".into());
    Wanted { who, name: name.into(), why, text, undoes: None, newest: None }
}

fn file(name: &str) -> String {
    std::fs::read_to_string(root().join("public/reference").join(name)).expect("a table")
}

async fn change(world: &World, name: &str, text: Option<String>) -> Result<u64, String> {
    let public = root().join("public");
    let changed = admin::change(world.app.store.as_ref(), &public, wanted(name, text), world.now()).await;
    changed.map_err(|error| format!("{error:#}"))
}

#[tokio::test]
async fn a_holiday_moves_what_is_due_and_taking_it_back_moves_it_again() {
    let world = World::new().await;
    let number = at_office(&world).await;
    let officer = world.staff("officer.phe.bolpur-sriniketan").await;
    let due = async || officer.get(&format!("/api/grievances/{number}")).await.json["line"]["due"].clone();
    let (before, tomorrow) = (due().await, (world.now() + Duration::days(1)).date_naive());
    let text = file("holidays.tsv");
    let columns = text.lines().next().expect("a header").split('\t').count();
    let row = format!("{tomorrow}{}\n", "\tx".repeat(columns - 1));
    let seq = change(&world, "holidays.tsv", Some(text + &row)).await.expect("changed");
    world.app.follow_facts().await.expect("followed");
    let after = due().await;
    assert_ne!(before, after);
    // The worklist and the figures show the same day as the page.
    let list = officer.get("/api/queues/office").await.json;
    assert_eq!(list["rows"][0]["due"], after);
    let derived = admin::derived(world.app.store.as_ref()).await.expect("derived");
    assert_eq!((derived.version, derived.moved), (seq, 1));
    assert_eq!(world.audit().await.faults, Vec::<String>::new());
    let public = root().join("public");
    let undone = admin::undo(world.app.store.as_ref(), &public, seq, "administrator", "a mistake", None, world.now())
        .await
        .expect("undone");
    world.app.follow_facts().await.expect("followed");
    assert_eq!(due().await, before);
    let history = world.app.store.setting_history(u64::MAX, 9).await.expect("read");
    assert_eq!(history.iter().map(|one| (one.seq, one.undoes)).collect::<Vec<_>>(), [(undone, Some(seq)), (seq, None)]);
    assert_eq!(world.audit().await.faults, Vec::<String>::new());
}

#[tokio::test]
async fn a_new_limit_holds_for_the_next_grievance_and_the_event_names_the_version() {
    let world = World::new().await;
    let seq = change(&world, "rules.json", Some(r#"{"remind_days": 9, "visit_floor_per_mille": 1000}"#.into())).await;
    let seq = seq.expect("changed");
    world.app.follow_facts().await.expect("followed");
    let facts = world.app.current().facts;
    assert_eq!((facts.rules.remind_days, facts.rules.visit_floor_per_mille, facts.version), (9, 1000, seq));
    let lodged = world.anon().lodge(&form("9830012345")).await;
    let number = model::Reference::parse(lodged.json["reference"].as_str().expect("a number")).expect("a number");
    let case = world.app.store.case(number).await.expect("read").expect("a case");
    assert_eq!(case.rules_version, facts.rules.version);
    // A request keeps the facts that were in force when it came.
    assert_eq!(world.app.facts.rules.remind_days, 3);
}

#[tokio::test]
async fn what_the_program_cannot_go_by_is_refused_with_its_line() {
    let world = World::new().await;
    // A spreadsheet keeps fifteen digits of a number, and writes it as it likes.
    let texts = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../public/reference/templates.tsv"))
        .expect("texts");
    for (rounded, says) in [("1.10717E+18", "19 digits"), ("1107170000000000000", "stands twice")] {
        let spoilt = texts.replace("1107170000000000001", rounded);
        let why = change(&world, "templates.tsv", Some(spoilt)).await.expect_err("refused");
        assert!(why.contains(says), "{rounded}: {why}");
    }
    for (name, text, says) in [
        ("holidays.tsv", "date\tname_en\tname_bn\nnever\ta\tb\n", "never"),
        ("categories.tsv", "code\tparent\nx\n", "columns"),
        ("rules.json", r#"{"no_such_rule": 1}"#, "no_such_rule"),
        ("rules.json", r#"{"remind_days": "soon"}"#, "rules.json"),
        ("rules.json", r#"{"calendar": {}}"#, "calendar"),
        ("answers.json", "{", "answers.json"),
        ("/etc/passwd", "", "no table"),
    ] {
        let refused = change(&world, name, Some(text.into())).await.expect_err(name);
        assert!(refused.contains(says), "{name}: {refused}");
    }
    let unsaid = Wanted { why: " ".into(), ..wanted("rules.json", Some("{}".into())) };
    let refused = admin::change(world.app.store.as_ref(), &root().join("public"), unsaid, world.now()).await;
    assert!(refused.expect_err("no reason").to_string().contains("why"));
    assert!(change(&world, "rules.json", None).await.expect_err("nothing changes").contains("so already"));
    assert_eq!(world.app.store.newest_setting().await.expect("read"), 0);
}

#[tokio::test]
async fn a_disabled_account_is_signed_out_everywhere_and_a_new_role_holds_at_once() {
    let world = World::new().await;
    let analyst = world.staff("analyst").await;
    assert_eq!(analyst.get("/api/queues/desk").await.status, StatusCode::OK);
    let account = world.app.store.account("analyst").await.expect("read").expect("an account");
    let mut other = account.clone();
    other.actor.role = model::Role::Auditor;
    world.app.store.put_accounts(vec![other.clone()], world.now()).await.expect("changed");
    assert_eq!(analyst.get("/api/queues/desk").await.status, StatusCode::FORBIDDEN, "no analyst any more");
    let disabled = server::store::Account { password: String::new(), ..other };
    world.app.store.put_accounts(vec![disabled], world.now()).await.expect("disabled");
    assert_eq!(analyst.get("/api/queues/desk").await.status, StatusCode::UNAUTHORIZED);
    let body = json!({ "username": "analyst", "password": seed::DEMO_PASSWORD });
    let answer = world.anon().post("/api/session", &body).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::UNAUTHORIZED, "wrong_password"));
    let empty = world.anon().post("/api/session", &json!({ "username": "analyst", "password": "" })).await;
    assert!(!empty.status.is_success());
    world.app.store.put_accounts(vec![account.clone()], world.now()).await.expect("enabled");
    let analyst = world.staff("analyst").await;
    world.app.store.end_sessions_of(account.actor.staff.expect("a number")).await.expect("ended");
    assert_eq!(analyst.get("/api/queues/desk").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn due_dates_that_another_node_has_derived_are_counted_and_never_go_back() {
    let world = World::new().await;
    let store = world.app.store.as_ref();
    let number = at_office(&world).await;
    let reference = model::Reference::parse(&number).expect("a number");
    let cmo = world.staff("cmo").await;
    let overdue = async || cmo.get("/api/counts").await.json["total"]["overdue"].clone();
    world.app.follow_facts().await.expect("followed");
    assert_eq!(overdue().await, 0);
    // As another node does it, by the facts that hold here as well.
    let case = store.case(reference).await.expect("read").expect("a case");
    store.put_due(reference, case.version, Some(world.now() - Duration::hours(1)), None).await.expect("derived");
    let before = admin::derived(store).await.expect("read");
    admin::put_derived(store, admin::Derived { moved: 1, ..before }).await.expect("recorded");
    world.app.follow_facts().await.expect("followed");
    assert_eq!(overdue().await, 1, "the dashboards show what the worklists show");
    let seq = change(&world, "rules.json", Some(r#"{"remind_days": 9}"#.into())).await.expect("changed");
    world.app.follow_facts().await.expect("followed");
    // A node that was slow comes to its end with older facts.
    admin::put_derived(store, before).await.expect("recorded");
    assert_eq!(admin::derived(store).await.expect("read").version, seq);
}
