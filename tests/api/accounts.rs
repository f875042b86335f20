//! Accounts of the staff, as an administrator changes them.

use crate::story::at_office;
use axum::http::StatusCode;
use serde_json::{Value, json};
use tests::{World, bolpur};

const PASSWORD: &str = "twelve letters or more";

#[tokio::test]
async fn accounts_are_listed_page_by_page_without_their_passwords() {
    let world = World::new().await;
    let auditor = world.staff("auditor").await;
    let (mut seen, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let page = auditor.get(&format!("/api/accounts?department=PHE&cursor={cursor}")).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        assert!(!page.text.contains("argon2"), "a hash goes to nobody");
        pages += 1;
        let rows = page.json["rows"].as_array().expect("rows").clone();
        assert!(rows.iter().all(|row| row["reach"]["department"] == "PHE"));
        seen.extend(rows.iter().map(|row| row["username"].as_str().expect("a name").to_owned()));
        match page.json["next"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => break,
        }
    }
    assert!(pages > 2 && seen.contains(&"nodal.phe".to_owned()), "{pages} pages, {seen:?}");
    assert!(seen.is_sorted(), "{seen:?}");
    let one = auditor.get("/api/accounts?prefix=Nodal.ph&role=nodal_officer").await.json;
    let row = json!({
        "username": "nodal.phe",
        "name": "Nodal officer, PHE",
        "role": "nodal_officer",
        "reach": { "department": "PHE", "office": null, "district": null },
        "disabled": false,
    });
    assert_eq!(one, json!({ "rows": [row], "next": null }));
}

#[tokio::test]
async fn an_account_is_added_signs_in_gets_another_password_and_is_disabled() {
    let world = World::new().await;
    let admin = world.staff("admin").await;
    let sign_in = async |password: &str| {
        world.anon().post("/api/session", &json!({ "username": "nodal.phe.2", "password": password })).await
    };
    let new = json!({
        "username": "Nodal.PHE.2", "name": "A. Sen", "role": "nodal_officer", "reach": { "department": "PHE" },
        "password": PASSWORD,
    });
    let added = admin.post("/api/accounts", &new).await;
    assert_eq!((added.status, &added.json["username"]), (StatusCode::CREATED, &json!("nodal.phe.2")));
    assert_eq!(sign_in(PASSWORD).await.status, StatusCode::CREATED);
    let again = admin.post("/api/accounts", &new).await;
    assert_eq!((again.status, again.code()), (StatusCode::CONFLICT, "name_taken"));
    let path = "/api/accounts/nodal.phe.2";
    let short = admin.post(&format!("{path}/password"), &json!({ "password": "short" })).await;
    assert_eq!((short.status, short.code()), (StatusCode::UNPROCESSABLE_ENTITY, "bad_account"));
    for guessed in [
        "nodal.phe.2 12",
        "aaaaaaaaaaaaaa",
        "123456789012",
        "password1234",
        "passwordpassword",
        "iloveyou1234",
        "          ....  ",
    ] {
        let refused = admin.post(&format!("{path}/password"), &json!({ "password": guessed })).await;
        assert_eq!(refused.code(), "bad_account", "{guessed}: {}", refused.text);
    }
    let other = "another one of twelve letters";
    let set = admin.post(&format!("{path}/password"), &json!({ "password": other })).await;
    assert_eq!(set.status, StatusCode::OK);
    assert!(!set.text.contains(other) && !set.text.contains("argon2"), "{}", set.text);
    assert_eq!((sign_in(PASSWORD).await.code(), sign_in(other).await.status), ("wrong_password", StatusCode::CREATED));
    let disabled = admin.post(&format!("{path}/disable"), &Value::Null).await;
    assert_eq!((disabled.status, &disabled.json["disabled"]), (StatusCode::OK, &json!(true)));
    assert_eq!(sign_in(other).await.code(), "wrong_password");
    let reset = admin.post(&format!("{path}/password"), &json!({ "password": other })).await;
    assert_eq!((reset.status, reset.code()), (StatusCode::UNPROCESSABLE_ENTITY, "bad_account"), "{}", reset.text);
    assert_eq!(sign_in(other).await.code(), "wrong_password", "a password lets nobody back in");
    let enabled = admin.post(&format!("{path}/password"), &json!({ "password": PASSWORD, "enable": true })).await;
    assert_eq!((enabled.status, &enabled.json["disabled"]), (StatusCode::OK, &json!(false)));
    assert_eq!(sign_in(PASSWORD).await.status, StatusCode::CREATED);
    let nobody = admin.post("/api/accounts/nobody/disable", &Value::Null).await;
    assert_eq!((nobody.status, nobody.code()), (StatusCode::NOT_FOUND, "not_found"));
    assert_eq!(world.audit().await.faults, Vec::<String>::new());
}

#[tokio::test]
async fn another_reach_holds_at_once_in_an_open_session() {
    let world = World::new().await;
    let number = at_office(&world).await;
    let admin = world.staff("admin").await;
    // One who is signed in while the account moves to another department, and back.
    let nodal = world.staff("nodal.prd").await;
    let case = format!("/api/grievances/{number}");
    assert_eq!(nodal.get(&case).await.status, StatusCode::NOT_FOUND);
    let moved = async |body: Value| admin.post("/api/accounts/nodal.prd/role", &body).await;
    let answer = moved(json!({ "role": "nodal_officer", "reach": { "department": "PHE" } })).await;
    assert_eq!((answer.status, &answer.json["reach"]["department"]), (StatusCode::OK, &json!("PHE")));
    assert_eq!(nodal.get(&case).await.status, StatusCode::OK);
    let office = json!({ "role": "office_officer", "reach": { "office": bolpur(&world) } });
    assert_eq!(moved(office).await.json["reach"]["department"], "PHE", "that of its office");
    assert_eq!(nodal.get("/api/queues/office").await.json["rows"][0]["reference"], number.as_str());
    let district = json!({ "role": "field_validator", "reach": { "district": 307 } });
    assert_eq!(moved(district).await.status, StatusCode::OK);
    assert_eq!(nodal.get("/api/queues/office").await.status, StatusCode::FORBIDDEN);
    for (role, reach) in [
        ("nodal_officer", json!({ "department": "NONE" })),
        ("nodal_officer", json!({})),
        ("nodal_officer", json!({ "department": "PHE", "district": 307 })),
        ("office_officer", json!({ "office": 999_999 })),
        ("office_officer", json!({ "office": bolpur(&world), "department": "PRD" })),
        ("field_validator", json!({ "district": 1 })),
        ("auditor", json!({ "department": "PHE" })),
        ("citizen", json!({})),
        ("system", json!({})),
    ] {
        let answer = moved(json!({ "role": role, "reach": reach })).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (422, "bad_account"), "{role} {reach}: {}", answer.text);
        assert!(answer.json["detail"].is_string(), "{}", answer.text);
    }
    assert_eq!(nodal.get("/api/queues/visits").await.status, StatusCode::OK, "it is what it was");
}

#[tokio::test]
async fn an_administrator_cannot_lock_themselves_out() {
    let world = World::new().await;
    let admin = world.staff("admin").await;
    let own = "/api/accounts/admin";
    for (deed, body) in [("disable", Value::Null), ("role", json!({ "role": "auditor" }))] {
        let answer = admin.post(&format!("{own}/{deed}"), &body).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::CONFLICT, "own_account"), "{deed}");
    }
    assert_eq!(admin.get("/api/settings").await.status, StatusCode::OK);
    // Another administrator can, and one's own password is one's own affair.
    let second = json!({ "username": "admin.2", "name": "B. Roy", "role": "administrator", "password": PASSWORD });
    assert_eq!(admin.post("/api/accounts", &second).await.status, StatusCode::CREATED);
    assert_eq!(admin.post("/api/accounts/admin.2/disable", &Value::Null).await.status, StatusCode::OK);
    let set = admin.post(&format!("{own}/password"), &json!({ "password": PASSWORD })).await;
    assert_eq!(set.status, StatusCode::OK, "{}", set.text);
    assert_eq!(admin.get("/api/settings").await.status, StatusCode::UNAUTHORIZED, "its sessions have ended");
}

#[tokio::test]
async fn who_keeps_a_roster_says_who_is_away_and_their_office_is_told_of_as_empty() {
    let world = World::new().await;
    at_office(&world).await;
    let nodal = world.staff("nodal.phe").await;
    let officer = "officer.phe.bolpur-sriniketan";
    let row = async || {
        let rows = nodal.get("/api/roster?part=BOLPUR").await.json["rows"].as_array().expect("rows").clone();
        assert!(rows.iter().all(|row| row["account"]["reach"]["department"] == "PHE"), "{rows:?}");
        rows.into_iter().find(|row| row["account"]["username"] == officer)
    };
    let attended = async || nodal.get("/api/departments/PHE/offices").await.json["offices"][0]["attended"].clone();
    let path = format!("/api/accounts/{officer}/absence");
    let away = |first: &str, last: &str| json!({ "seen": null, "away": { "first": first, "last": last } });
    // The world begins on 2 November 2026.
    let begun = row().await.expect("the officer");
    assert_eq!((&begun["open"], begun.get("away")), (&json!(1), None));
    for (first, last) in [
        ("2026-11-05", "2026-11-04"),
        ("2026-10-20", "2026-11-01"),
        ("2026-11-02", "2027-11-03"),
        ("2028-01-01", "2028-01-02"),
        ("-0001-01-01", "2026-11-05"),
    ] {
        let wrong = nodal.post(&path, &away(first, last)).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{first} {last}: {}", wrong.text);
    }
    assert_eq!(nodal.post(&path, &away("2026-02-30", "2026-11-05")).await.status, StatusCode::BAD_REQUEST);
    let empty = nodal.post(&path, &json!({ "seen": null })).await;
    assert_eq!((empty.status, empty.code()), (StatusCode::BAD_REQUEST, "wrong_shape"), "it ends nobody's absence");
    let later = nodal.post(&path, &away("2026-11-03", "2026-11-04")).await;
    assert_eq!((later.status, &later.json["open"]), (StatusCode::OK, &json!(1)), "{}", later.text);
    assert_eq!(attended().await, true, "not yet");
    world.pass(chrono::Duration::days(1));
    let nodal = world.staff("nodal.phe").await;
    assert_eq!(nodal.get("/api/departments/PHE/offices").await.json["offices"][0]["attended"], false);
    world.pass(chrono::Duration::days(2));
    let nodal = world.staff("nodal.phe").await;
    assert_eq!(nodal.get("/api/departments/PHE/offices").await.json["offices"][0]["attended"], true, "it is over");
    let away_now = async || nodal.get("/api/roster?away=true").await.json["rows"].as_array().map(Vec::len);
    assert_eq!(away_now().await, Some(0));
    // Somebody else has not seen it, and does not overwrite it.
    assert_eq!(nodal.post(&path, &away("2026-11-05", "2026-11-20")).await.status, StatusCode::OK);
    let unseen = nodal.post(&path, &away("2026-11-06", "2026-11-07")).await;
    assert_eq!((unseen.status, unseen.code()), (StatusCode::CONFLICT, "overtaken"));
    let unseen = nodal.post(&path, &json!({ "seen": null, "away": null })).await;
    assert_eq!((unseen.status, unseen.code()), (StatusCode::CONFLICT, "overtaken"));
    assert_eq!(away_now().await, Some(1));
    // Found by words of the office in any language, by its number, in any order.
    let found = async |part: &str| {
        let part: String = part.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let rows = nodal.get(&format!("/api/roster?part={part}")).await.json["rows"].clone();
        rows.as_array().expect("rows").iter().any(|row| row["account"]["username"] == officer)
    };
    for part in ["বোলপুর", "srin bolpur", "Bolpur Public", &bolpur(&world).to_string(), " "] {
        assert!(found(part).await || part == " ", "{part}");
    }
    assert!(!found("bolpur nowhere").await);
    assert_eq!(nodal.get("/api/roster?part=%25").await.json["rows"][0]["account"]["role"], "office_officer");
    let back = json!({ "seen": { "first": "2026-11-05", "last": "2026-11-20" }, "away": null });
    assert_eq!(nodal.post(&path, &back).await.status, StatusCode::OK);
    assert_eq!(nodal.post(&path, &json!({ "seen": null, "away": null })).await.status, StatusCode::OK, "back twice");
    assert_eq!(nodal.get("/api/departments/PHE/offices").await.json["offices"][0]["attended"], true);
    assert_eq!(world.audit().await.faults, Vec::<String>::new());
}

#[tokio::test]
async fn nobody_keeps_the_roster_of_another_department_or_of_a_rank_that_is_not_theirs() {
    let world = World::new().await;
    let body = json!({ "seen": null, "away": { "first": "2026-11-02", "last": "2026-11-04" } });
    let set = async |by: &str, of: &str| {
        world.staff(by).await.post(&format!("/api/accounts/{of}/absence"), &body).await.status
    };
    for (by, of, expected) in [
        ("nodal.prd", "officer.phe.bolpur-sriniketan", StatusCode::NOT_FOUND),
        ("nodal.phe", "nodal.phe", StatusCode::NOT_FOUND),
        ("nodal.phe", "telecaller", StatusCode::NOT_FOUND),
        ("assistant", "telecaller", StatusCode::OK),
        ("assistant", "analyst", StatusCode::NOT_FOUND),
        ("manager", "analyst", StatusCode::OK),
        ("manager", "manager", StatusCode::NOT_FOUND),
        ("principal", "manager", StatusCode::OK),
        ("principal", "officer.phe.bolpur-sriniketan", StatusCode::NOT_FOUND),
        ("admin", "officer.phe.bolpur-sriniketan", StatusCode::OK),
        ("nodal.phe", "officer.phe.bolpur-sriniketan", StatusCode::CONFLICT),
        ("admin", "nobody.of.this.name", StatusCode::NOT_FOUND),
        ("analyst", "telecaller", StatusCode::FORBIDDEN),
        ("cmo", "telecaller", StatusCode::FORBIDDEN),
    ] {
        assert_eq!(set(by, of).await, expected, "{by} of {of}");
    }
    // Whether there is such an account is told to nobody who does not keep its roster.
    let nodal = world.staff("nodal.phe").await;
    let text = async |of: &str| nodal.post(&format!("/api/accounts/{of}/absence"), &body).await.text;
    assert_eq!(text("nobody.of.this.name").await, text("nodal.prd").await);
    // Another role is other work.
    let admin = world.staff("admin").await;
    let path = "/api/accounts/officer.phe.bolpur-sriniketan/role";
    let moved = admin.post(path, &json!({ "role": "tele_caller", "reach": {} })).await;
    assert_eq!(moved.status, StatusCode::OK, "{}", moved.text);
    let callers = world.staff("assistant").await.get("/api/roster?part=bolpur-sriniketan").await.json;
    assert_eq!(callers["rows"][0].get("away"), None, "{callers}");
    // A page has those alone whose roster one keeps; pages follow each other.
    let roles = |page: &Value| {
        let rows = page["rows"].as_array().expect("rows").iter();
        rows.map(|row| row["account"]["role"].as_str().expect("a role").to_owned())
            .collect::<std::collections::BTreeSet<_>>()
    };
    let assistant = world.staff("assistant").await.get("/api/roster").await.json;
    assert_eq!(roles(&assistant).into_iter().collect::<Vec<_>>(), ["counter_operator", "tele_caller"]);
    let analysts = world.staff("manager").await.get("/api/roster?role=operational_analyst").await.json;
    assert_eq!(roles(&analysts).into_iter().collect::<Vec<_>>(), ["operational_analyst"]);
    let none = world.staff("assistant").await.get("/api/roster?role=operational_analyst").await.json;
    assert_eq!(none, json!({ "rows": [], "next": null }));
    let nodal = world.staff("nodal.phe").await;
    let first = nodal.get("/api/roster").await.json;
    let cursor = first["next"].as_str().expect("a department has more than 50 offices");
    let second = nodal.get(&format!("/api/roster?cursor={cursor}")).await.json;
    assert!(second["rows"][0]["account"]["username"].as_str() > Some(cursor), "{second}");
    // Who is disabled works nowhere.
    world.staff("admin").await.post("/api/accounts/telecaller/disable", &Value::Null).await;
    let assistant = world.staff("assistant").await.get("/api/roster?role=tele_caller").await.json;
    assert!(!assistant.to_string().contains("\"telecaller\""), "{assistant}");
}
