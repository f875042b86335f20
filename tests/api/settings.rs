//! Tables and offices as an administrator changes them over the API.

use crate::story::at_office;
use axum::http::StatusCode;
use chrono::Duration;
use serde_json::{Value, json};
use server::tables::ADMINISTERED;
use tests::{World, bolpur, form, root};

const HOLIDAYS: &str = "/api/settings/tables/holidays.tsv";

/// The table of holidays with one more day.
fn with_holiday(text: &str, day: chrono::NaiveDate) -> String {
    let columns = text.lines().next().expect("a header").split('\t').count();
    format!("{text}{day}{}\n", "\tx".repeat(columns - 1))
}

async fn text(person: &tests::Person<'_>, path: &str) -> String {
    person.get(path).await.json["text"].as_str().expect("a text").to_owned()
}

#[tokio::test]
async fn a_table_is_listed_read_tried_changed_and_taken_back() {
    let world = World::new().await;
    let number = at_office(&world).await;
    let (admin, auditor) = (world.staff("admin").await, world.staff("auditor").await);
    let officer = world.staff("officer.phe.bolpur-sriniketan").await;
    let due = async || officer.get(&format!("/api/grievances/{number}")).await.json["line"]["due"].clone();
    let (before, tomorrow) = (due().await, (world.now() + Duration::days(1)).date_naive());

    let list = auditor.get("/api/settings").await;
    assert_eq!((list.status, &list.json["newest"]), (StatusCode::OK, &json!(0)));
    let names: Vec<&str> = list.json["tables"]
        .as_array()
        .expect("tables")
        .iter()
        .map(|table| table["name"].as_str().expect("a name"))
        .collect();
    assert_eq!(names, ADMINISTERED);
    let delivered = text(&auditor, HOLIDAYS).await;
    assert_eq!(delivered, std::fs::read_to_string(root().join("public/reference/holidays.tsv")).expect("a table"));

    // A trial says what would be, and changes nothing.
    let changed = with_holiday(&delivered, tomorrow);
    let trial = admin.post(&format!("{HOLIDAYS}/trial"), &json!({ "text": changed })).await;
    let lines = json!([format!("+ {}", changed.lines().last().expect("a line"))]);
    assert_eq!(trial.json, json!({ "newest": 0, "lines": lines, "moved": 1 }));
    world.app.follow_facts().await.expect("followed");
    assert_eq!((due().await, text(&admin, HOLIDAYS).await), (before.clone(), delivered.clone()));
    assert_eq!(world.app.store.newest_setting().await.expect("read"), 0);

    let change = json!({ "text": changed, "why": "order 12", "newest": 0 });
    let made = admin.post(HOLIDAYS, &change).await;
    assert_eq!((made.status, &made.json), (StatusCode::CREATED, &json!({ "seq": 1 })));
    world.app.follow_facts().await.expect("followed");
    assert_ne!(due().await, before);
    let table = auditor.get(HOLIDAYS).await.json;
    assert_eq!((&table["newest"], &table["text"]), (&json!(1), &json!(changed)));
    let said = &table["change"];
    assert_eq!((&said["seq"], &said["why"], &said["undoes"]), (&json!(1), &json!("order 12"), &Value::Null));
    assert!(said["who"].as_str().expect("who").contains("Administrator"), "{said}");

    let undone = admin.post("/api/settings/history/1/undo", &json!({ "why": "a mistake", "newest": 1 })).await;
    assert_eq!((undone.status, &undone.json), (StatusCode::CREATED, &json!({ "seq": 2 })));
    world.app.follow_facts().await.expect("followed");
    assert_eq!(due().await, before);
    let page = auditor.get("/api/settings/history?limit=1").await.json;
    let first = &page["changes"][0];
    assert_eq!((&first["seq"], &first["undoes"], &page["next"]), (&json!(2), &json!(1), &json!(2)));
    let page = auditor.get("/api/settings/history?limit=1&cursor=2").await.json;
    assert_eq!((&page["changes"][0]["seq"], &page["next"]), (&json!(1), &Value::Null));
    assert_eq!(world.audit().await.faults, Vec::<String>::new());
}

#[tokio::test]
async fn of_two_administrators_the_later_one_is_told_and_nothing_is_lost() {
    let world = World::new().await;
    let admin = world.staff("admin").await;
    let rules = "/api/settings/tables/rules.json";
    let change = |days: u32, newest: u32| json!({ "text": format!("{{\"remind_days\": {days}}}"), "why": "by order", "newest": newest });
    assert_eq!(admin.post(rules, &change(4, 0)).await.status, StatusCode::CREATED);
    let late = admin.post(rules, &change(5, 0)).await;
    assert_eq!((late.status, late.code(), &late.json["version"]), (StatusCode::CONFLICT, "overtaken", &json!(1)));
    let late = admin.post("/api/settings/history/1/undo", &json!({ "why": "by order", "newest": 0 })).await;
    assert_eq!((late.status, late.code()), (StatusCode::CONFLICT, "overtaken"));
    assert_eq!(text(&admin, rules).await, r#"{"remind_days": 4}"#);
    // Only the last change of a table can be taken back.
    assert_eq!(admin.post(rules, &change(5, 1)).await.status, StatusCode::CREATED);
    let early = admin.post("/api/settings/history/1/undo", &json!({ "why": "by order", "newest": 2 })).await;
    assert_eq!((early.status, early.code()), (StatusCode::CONFLICT, "not_the_latest"));
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_what_to_correct() {
    let world = World::new().await;
    let admin = world.staff("admin").await;
    let path = |name: &str| format!("/api/settings/tables/{name}");
    let body = |text: &str, why: &str| json!({ "text": text, "why": why, "newest": 0 });
    for (name, body, status, code, says) in [
        ("holidays.tsv", body("date\tname_en\tname_bn\nnever\ta\tb\n", "why"), 422, "bad_table", "never"),
        ("reasons.json", body("{}", "why"), 422, "bad_table", "no content"),
        ("reasons.json", body("{\"trees\": []}", "why"), 422, "bad_table", "danger"),
        ("rules.json", body(r#"{"grounds_out_of_use": []}"#, "why"), 422, "bad_table", "no rule"),
        ("rules.json", json!({ "text": null, "why": "why", "newest": 0 }), 422, "bad_table", "so already"),
        (
            "grounds.tsv",
            body("code\tin_use\tname_en\tname_bn\tname_hi\tname_ne\tname_ur\nsuggestion\tyes\ta\tb\tc\td\te\n", "why"),
            422,
            "bad_table",
            "before_court is missing",
        ),
        (
            "offices.tsv",
            body("office\tdepartment\tdistrict\tname_en\tname_bn\tclosed\n", "why"),
            422,
            "bad_table",
            "close it",
        ),
        ("rules.json", body("{}", " "), 422, "why_needed", "say why"),
        ("rules.json", body("{}", &"w".repeat(501)), 422, "why_needed", "500"),
        ("passwd", body("", "why"), 404, "not_found", "no table"),
    ] {
        let answer = admin.post(&path(name), &body).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (status, code), "{name}: {}", answer.text);
        let detail = answer.json["detail"].as_str().expect("a detail");
        assert!(detail.contains(says), "{name}: {detail}");
    }
    for (holidays, says) in [
        ("date\tname_en\n2027-01-26\tDay\n", "name_bn"),
        ("\u{feff}date\tname_en\tname_bn\n2027-01-26\ta\tb\n", "first line"),
        ("date\tname_en\tname_bn\n", "no line"),
        ("date\tname_en\tname_bn\n2027-01-26\tDay\t?????\n", "UTF-8"),
        ("date\tname_en\tname_bn\n2027-01-26\t\"Day\"\tb\n", "quotation"),
        ("date\tname_en\tname_bn\n2027-1-6\tDay\tb\n", "line 2"),
        ("date\tname_en\tname_bn\n-2027-01-26\tDay\tb\n", "write it as"),
        ("date\tname_en\tname_bn\n2027-01-26\tDay\tb\n2027-01-26\tDay\tb\n", "twice"),
        ("date\tname_en\tname_bn\n2027-01-26\t \tb\n", "name_en is empty"),
        ("date\tname_en\tname_bn\n2027-01-26\tDay\u{202E}\tb\n", "nobody sees"),
    ] {
        for path in [HOLIDAYS.to_owned(), format!("{HOLIDAYS}/trial")] {
            let change = if path == HOLIDAYS { body(holidays, "why") } else { json!({ "text": holidays }) };
            let answer = admin.post(&path, &change).await;
            assert_eq!((answer.status.as_u16(), answer.code()), (422, "bad_table"), "{path}: {}", answer.text);
            assert!(answer.json["detail"].as_str().expect("a detail").contains(says), "{}", answer.text);
        }
    }
    let superiors = text(&admin, &path("superiors.tsv")).await;
    let mailed = |address: &str| superiors.replacen("\t\t\n", &format!("\t\t{address}\n"), 1);
    for address in [
        "nobody",
        "a@localhost",
        "a@127.0.0.1",
        "a@[127.0.0.1]",
        "-oX@office.example",
        "=?utf-8?q?x?=@office.example",
        "a@office.example, b@office.example",
        "<a@office.example>",
        "a@office.example\u{200b}",
        "a@office.example\u{2028}Bcc: b@office.example",
        "সু@office.example",
        "a@b_c.example",
    ] {
        let answer = admin.post(&path("superiors.tsv"), &body(&mailed(address), "why")).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (422, "bad_table"), "{address}: {}", answer.text);
    }
    let trial = json!({ "text": mailed("se.phe+cell@office.example") });
    assert_eq!(admin.post(&format!("{}/trial", path("superiors.tsv")), &trial).await.status, StatusCode::OK);
    assert_eq!(admin.get(&path("passwd")).await.status, StatusCode::NOT_FOUND);
    let none = admin.post("/api/settings/history/9/undo", &json!({ "why": "why", "newest": 0 })).await;
    assert_eq!((none.status, none.code()), (StatusCode::NOT_FOUND, "not_found"));
    assert_eq!(world.app.store.newest_setting().await.expect("read"), 0);
}

#[tokio::test]
async fn the_largest_table_goes_through() {
    let world = World::new().await;
    let admin = world.staff("admin").await;
    let path = "/api/settings/tables/reasons.json";
    let longer = format!("{}\n", text(&admin, path).await);
    let made = admin.post(path, &json!({ "text": longer, "why": "one line more", "newest": 0 })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    // Other calls take no such bodies.
    let large = json!({ "username": "x".repeat(300_000) });
    assert_eq!(admin.post("/api/accounts", &large).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn an_office_is_added_renamed_and_closed_once_it_holds_nothing() {
    let world = World::new().await;
    let number = at_office(&world).await;
    let (admin, nodal) = (world.staff("admin").await, world.staff("nodal.phe").await);
    let old = bolpur(&world).get();
    let newest = async || admin.get("/api/settings").await.json["newest"].as_u64().expect("a number");
    let deed = async |deed: Value| {
        let body = json!({ "deed": deed, "why": "order 7", "newest": newest().await });
        admin.post("/api/offices", &body).await
    };
    let names = json!({ "en": "Bolpur East, Public Health Engineering", "bn": "বোলপুর পূর্ব, জনস্বাস্থ্য কারিগরি" });
    let added = deed(json!({ "add": { "department": "PHE", "district": 307, "name": names } })).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
    let new = added.json["office"].as_u64().expect("a number");
    let listed = async || {
        let offices = nodal.get("/api/offices?department=PHE&district=307").await.json;
        offices.as_array().expect("offices").iter().map(|one| one["id"].as_u64().expect("a number")).collect::<Vec<_>>()
    };
    assert!(listed().await.contains(&new));

    // The case that is there keeps it open, whatever its stage, until it has gone elsewhere.
    let close = json!({ "close": { "office": old } });
    let refused = deed(close.clone()).await;
    assert_eq!((refused.status, refused.code()), (StatusCode::CONFLICT, "office_holds_cases"));
    assert!(refused.json["detail"].as_str().expect("a detail").contains("come back to it: 1;"), "{}", refused.text);
    let officer = world.staff("officer.phe.bolpur-sriniketan").await;
    let to = json!({ "department": "PHE", "office": new });
    officer.must(&number, &json!({ "offer_transfer": { "to": to, "reason": "পূর্ব অংশ" } }), "transfer_offered").await;
    assert_eq!(deed(close.clone()).await.code(), "office_holds_cases", "the offer may be refused");
    let reach = json!({ "office": new });
    let role = json!({ "role": "office_officer", "reach": reach });
    assert_eq!(admin.post("/api/accounts/caller/role", &role).await.status, StatusCode::OK);
    let taker = world.staff("caller").await;
    taker.must(&number, &json!("accept_transfer"), "with_office").await;
    assert_eq!(deed(close).await.status, StatusCode::CREATED);
    assert!(!listed().await.contains(&u64::from(old)));
    let other = world.citizen("9830054321").await.lodge(&form("9830054321")).await.json["reference"].clone();
    let other = other.as_str().expect("a number");
    let categorise = json!({ "categorise": { "category": "water.tubewell", "department": "PHE", "lane": "ordinary" } });
    world.staff("analyst").await.must(other, &categorise, "with_department").await;
    let late = nodal.act(other, &json!({ "forward": { "office": old } })).await;
    assert_eq!(late.json["refusal"], "unknown_office");
    nodal.must(other, &json!({ "forward": { "office": new } }), "with_office").await;
    // What it was called stays on what it has done, and nobody new is put there.
    let view = nodal.get(&format!("/api/grievances/{number}")).await.text;
    assert!(view.contains("Bolpur-Sriniketan, Public"), "{view}");
    let role = json!({ "role": "office_officer", "reach": { "office": old } });
    assert_eq!(admin.post("/api/accounts/caller/role", &role).await.code(), "bad_account");

    let renamed = json!({ "rename": { "office": new, "name": { "en": "Bolpur\tEast", "bn": "বোলপুর পূর্ব" } } });
    assert_eq!(deed(renamed).await.status, StatusCode::CREATED);
    let view = nodal.get(&format!("/api/grievances/{number}")).await.json;
    assert_eq!(view["office_name"]["en"], "Bolpur East");
    // An office that was there once stays in the table: cases name it.
    assert_eq!(deed(json!({ "close": { "office": 999_999 } })).await.status, StatusCode::NOT_FOUND);
    let gone = json!({ "text": null, "why": "as before", "newest": newest().await });
    let gone = admin.post("/api/settings/tables/offices.tsv", &gone).await;
    assert_eq!(
        (gone.code(), gone.json["detail"].as_str().is_some_and(|says| says.contains("missing"))),
        ("bad_table", true)
    );
    assert_eq!(world.audit().await.faults, Vec::<String>::new());
}

#[tokio::test]
async fn a_ground_out_of_use_is_chosen_no_more_and_old_cases_still_name_it() {
    let world = World::new().await;
    let (admin, analyst) = (world.staff("admin").await, world.staff("analyst").await);
    let lodge = async |mobile: &str| {
        let lodged = world.citizen(mobile).await.lodge(&form(mobile)).await;
        lodged.json["reference"].as_str().expect("a number").to_owned()
    };
    let (old, new) = (lodge("9830012345").await, lodge("9830054321").await);
    let reject = |ground: &str| json!({ "reject": { "ground": ground, "reason": "মামলা চলছে" } });
    analyst.must(&old, &reject("before_court"), "not_admissible").await;
    let path = "/api/settings/tables/grounds.tsv";
    let table = text(&admin, path).await;
    let changed = table.replace("before_court\tyes\tBefore a court", "before_court\tno\tBefore a court or tribunal");
    assert_ne!(changed, table);
    let trial = admin.post(&format!("{path}/trial"), &json!({ "text": changed })).await;
    assert_eq!((&trial.json["moved"], trial.json["lines"].as_array().map(Vec::len)), (&json!(0), Some(2)));
    let made = admin.post(path, &json!({ "text": changed, "why": "order 3", "newest": 0 })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let refused = analyst.act(&new, &reject("before_court")).await;
    assert_eq!((refused.code(), &refused.json["refusal"]), ("bad_action", &json!("ground_not_in_use")));
    let grounds = analyst.get("/api/grounds").await.json;
    let grounds: Vec<&str> =
        grounds.as_array().expect("grounds").iter().map(|one| one["ground"].as_str().expect("a code")).collect();
    assert_eq!(grounds, ["right_to_information", "service_matter", "state_security", "suggestion"]);
    let entry = &analyst.get(&format!("/api/grievances/{old}")).await.json["timeline"][0];
    assert_eq!(
        (&entry["detail"], &entry["ground"]["en"]),
        (&json!("before_court"), &json!("Before a court or tribunal"))
    );
    analyst.must(&new, &reject("suggestion"), "not_admissible").await;
    // Rows follow from the ledger by these rules as by those.
    world.app.follow_facts().await.expect("followed");
    assert_eq!(world.audit().await.faults, Vec::<String>::new());
}

#[tokio::test]
async fn a_change_is_taken_back_to_a_table_that_would_not_be_taken_today() {
    let world = World::new().await;
    let admin = world.staff("admin").await;
    // Stored before a new table had to have the columns of the delivered one.
    let old = server::store::Setting {
        seq: 0,
        at: world.now(),
        who: "earlier".into(),
        name: "holidays.tsv".into(),
        why: "before".into(),
        text: Some("date\tname_en\n2027-01-26\tRepublic Day\n".into()),
        undoes: None,
    };
    let store = &world.app.store;
    let first = store.put_setting(&old, 0).await.expect("stored").expect("the first");
    let good = std::fs::read_to_string(root().join("public/reference/holidays.tsv")).expect("a table");
    let changed = admin.post(HOLIDAYS, &json!({ "text": good, "why": "in full", "newest": first })).await;
    assert_eq!(changed.status, StatusCode::CREATED, "{}", changed.text);
    let seq = &changed.json["seq"];
    let undone =
        admin.post(&format!("/api/settings/history/{seq}/undo"), &json!({ "why": "wrong", "newest": seq })).await;
    assert_eq!(undone.status, StatusCode::CREATED, "{}", undone.text);
    assert_eq!(admin.get(HOLIDAYS).await.json["text"], json!(old.text));
}
