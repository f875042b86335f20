//! Pages that the server makes: missing ones, and following a grievance without a script.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use tests::{Answer, Person, World, form};

async fn send(person: &Person<'_>, path: &str, fields: &[(&str, &str)]) -> Answer {
    let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", value.replace(' ', "+"))).collect();
    let request = person.request("POST", path).header("content-type", "application/x-www-form-urlencoded");
    person.send(request.body(Body::from(body.join("&"))).expect("a request")).await
}

/// The text between two marks.
fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    text.split_once(start).and_then(|(_, rest)| rest.split_once(end)).map(|(found, _)| found).expect("it stands there")
}

#[tokio::test]
async fn a_page_that_does_not_exist_says_so_in_its_language() {
    let world = World::new().await;
    for (path, words) in
        [("/nowhere", "এই পাতাটি নেই"), ("/en/nowhere", "There is no such page"), ("/ur/x/y", "dir=\"rtl\"")]
    {
        let answer = world.anon().get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(answer.headers[header::CONTENT_TYPE], "text/html; charset=utf-8");
        assert!(answer.text.contains(words), "{path}: {}", answer.text);
    }
    assert_eq!(world.anon().get("/nowhere.js").await.json["code"], "not_found", "a missing file is no page");
}

#[tokio::test]
async fn a_grievance_is_followed_and_answered_by_plain_pages() {
    let world = World::new().await;
    let mobile = "9830012345";
    let number = world.anon().lodge(&form(mobile)).await.json["reference"].as_str().expect("a number").to_owned();
    let mut citizen = world.anon();
    let wrong = send(&citizen, "/en/plain/sign-in", &[("mobile", "12")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("href=\"#mobile\"") && wrong.text.contains("id=\"mobile-error\""), "{}", wrong.text);
    assert!(wrong.text.contains("<title>Error: ") && wrong.text.contains("aria-invalid"));
    let asked = send(&citizen, "/en/plain/sign-in", &[("mobile", mobile)]).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.text);
    let id = between(&asked.text, "name=\"id\" value=\"", "\"").to_owned();
    let code = world.last_message(mobile, "code").await;
    let digits = model::text::digits(&code).get(..6).expect("six digits").to_owned();
    let refused = send(&citizen, "/en/plain/code", &[("id", &id), ("code", "000000")]).await;
    assert!(refused.text.contains("id=\"code-error\""), "{}", refused.text);
    let entered = send(&citizen, "/en/plain/code", &[("id", &id), ("code", &digits)]).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.text);
    let cookie = entered.headers[header::SET_COOKIE].to_str().expect("text");
    citizen.cookie = Some(cookie.split(';').next().expect("a pair").to_owned());
    let mine = citizen.get("/en/plain/mine").await;
    assert!(mine.text.contains(&format!("/en/plain/case/{number}")), "{}", mine.text);
    let path = format!("/en/plain/case/{number}");
    let case = citizen.get(&path).await;
    let version = between(&case.text, "name=\"version\" value=\"", "\"").to_owned();
    let empty = send(&citizen, &path, &[("act", "add_information"), ("version", &version), ("reason", " ")]).await;
    assert!(empty.text.contains("href=\"#reason-add_information\""), "{}", empty.text);
    assert!(empty.text.contains("id=\"reason-add_information-error\""));
    let fields = [("act", "add_information"), ("version", version.as_str()), ("reason", "still no water")];
    for turn in 1..=2 {
        let done = send(&citizen, &path, &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "turn {turn}: {}", done.text);
    }
    let view = citizen.case(&number).await.json;
    assert_eq!(view["timeline"].as_array().expect("a timeline").len(), 2, "sent twice, added once");
    let others = world.citizen("9830054321").await.get(&path).await;
    assert_eq!(others.status, StatusCode::NOT_FOUND, "another citizen's");
    let cross =
        Request::builder().method("POST").uri(&path).header("host", "localhost").header("sec-fetch-site", "cross-site");
    let cross = cross.header(header::COOKIE, citizen.cookie.clone().expect("a session"));
    let cross = cross.header("content-type", "application/x-www-form-urlencoded");
    let cross = cross.body(Body::from("act=remind")).expect("a request");
    assert_eq!(citizen.send(cross).await.status, StatusCode::FORBIDDEN);
}
