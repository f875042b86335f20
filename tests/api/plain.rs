//! The plain pages: everything that a citizen can do, without a script and from browsers that send few headers.

use crate::story::{at_office, reported};
use axum::body::Body;
use axum::http::{StatusCode, header};
use model::Reference;
use serde_json::{Value, json};
use tests::{Answer, Person, World, form, photo};

const MOBILE: &str = "9830012345";

/// The text between two marks.
fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    text.split_once(start).and_then(|(_, rest)| rest.split_once(end)).map(|(found, _)| found).expect("it stands there")
}

/// Sends a form like a browser that does not say where it comes from.
async fn silently(person: &Person<'_>, path: &str, body: &str) -> Answer {
    let mut request = axum::http::Request::builder()
        .method("POST")
        .uri(path)
        .header("host", "localhost")
        .header("content-type", "application/x-www-form-urlencoded");
    if let Some(cookie) = &person.cookie {
        request = request.header(header::COOKIE, cookie);
    }
    person.send(request.body(Body::from(body.to_owned())).expect("a request")).await
}

/// Sends a form with a photo.
async fn with_photo(person: &Person<'_>, path: &str, fields: &[(&str, &str)], photo: &[u8]) -> Answer {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    let head =
        "--b\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n";
    body.extend(head.bytes());
    body.extend(photo);
    body.extend(b"\r\n--b--\r\n");
    let request = person.request("POST", path).header("content-type", "multipart/form-data; boundary=b");
    // In pieces, as a connection delivers it.
    let pieces: Vec<_> = body.chunks(32 * 1024).map(|piece| Ok::<_, std::io::Error>(piece.to_vec())).collect();
    let body = Body::from_stream(tokio_stream::iter(pieces));
    person.send(request.body(body).expect("a request")).await
}

/// The newest code that was sent.
async fn code(world: &World) -> String {
    let message = world.last_message(MOBILE, "code").await;
    model::text::digits(&message).get(..6).expect("six digits").to_owned()
}

async fn lane(world: &World, answer: &Answer) -> Value {
    let number = model::text::digits(between(&answer.text, "<p class=\"number\">", "</p>"));
    world.staff("analyst").await.case(&number).await.json["line"]["lane"].clone()
}

#[tokio::test]
async fn whoever_is_in_danger_gives_a_place_and_a_number() {
    let world = World::new().await;
    let page = world.anon().get("/en/plain/danger").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(page.text.contains("href=\"tel:112\"") && page.text.contains("name=\"danger\" value=\"now\""));
    let short = "danger=now&place=Bolpur%2C+beside+the+bus+stand&mobile=98300+12345";
    let sent = world.anon().form("/en/lodge", short).await;
    assert_eq!(sent.status, StatusCode::OK, "{}", sent.text);
    assert!(sent.text.contains(" today") && sent.text.contains("tel:112"), "{}", sent.text);
    assert_eq!(lane(&world, &sent).await, "emergency2");
    // An ordinary grievance has a name.
    let nameless = world.anon().form("/en/lodge", "text=No+water&mobile=98300+12345").await;
    assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn words_of_danger_are_asked_about_and_the_answer_counts() {
    let world = World::new().await;
    let said = "text=My+house+is+burning&place=Bolpur&name=Rahima+Bibi&mobile=98300+12345";
    let asked = world.anon().form("/en/lodge", said).await;
    assert_eq!(asked.status, StatusCode::OK);
    assert!(asked.text.contains("Is somebody in danger right now?") && asked.text.contains("My house is burning"));
    assert_eq!(world.app.store.head().await.expect("a head").seq, 0, "it is asked first");
    assert!(asked.text.contains("tel:112") && !asked.text.contains("error-summary"), "{}", asked.text);
    let silent = world.anon().form("/en/lodge", &format!("{said}&asked=1")).await;
    assert!(silent.text.contains("href=\"#danger-0\""), "it wants an answer: {}", silent.text);
    let now = world.anon().form("/en/lodge", &format!("{said}&danger=now")).await;
    assert_eq!(lane(&world, &now).await, "emergency2");
    let no = world.anon().form("/en/lodge", &format!("{said}&danger=no")).await;
    assert_eq!(lane(&world, &no).await, "ordinary");
}

#[tokio::test]
async fn a_browser_that_does_not_say_where_it_comes_from_lodges_and_loses_nothing() {
    let world = World::new().await;
    let good = "text=The+tube+well+is+broken.&place=Bolpur&name=Rahima+Bibi&mobile=98300+12345";
    let citizen = world.citizen(MOBILE).await;
    let sent = silently(&citizen, "/en/lodge", good).await;
    assert_eq!(sent.status, StatusCode::OK, "{}", sent.text);
    let number = model::text::digits(between(&sent.text, "<p class=\"number\">", "</p>"));
    let view = world.staff("analyst").await.case(&number).await.json;
    assert_eq!(view["number_verified"], false, "the session is not believed: another site may have sent it");
    // A form of another site is refused, with what was typed.
    let request = axum::http::Request::builder().method("POST").uri("/en/lodge").header("host", "localhost");
    let request = request.header("origin", "https://elsewhere.example");
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let other = world.anon().send(request.body(Body::from(good)).expect("a request")).await;
    assert_eq!(other.status, StatusCode::FORBIDDEN);
    assert!(other.text.contains("The tube well is broken.") && other.text.contains("value=\"Rahima Bibi\""));
    // An action needs the key that our own page carries.
    let path = format!("/en/plain/case/{number}");
    let page = citizen.get(&path).await.text;
    let key = between(&page, "name=\"key\" value=\"", "\"").to_owned();
    let act = "act=add_information&version=1&reason=still+no+water";
    let refused = silently(&citizen, &path, act).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.text.contains("still no water</textarea>"), "{}", refused.text);
    let done = silently(&citizen, &path, &format!("{act}&key={key}")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
}

#[tokio::test]
async fn the_same_words_about_another_place_are_another_grievance() {
    let world = World::new().await;
    let number = |answer: &Answer| model::text::digits(between(&answer.text, "<p class=\"number\">", "</p>"));
    let at =
        |place: &str, name: &str| format!("text=The+tube+well+is+broken.&place={place}&name={name}&mobile=98300+12345");
    let mut numbers = Vec::new();
    for (place, name) in [("Bolpur", "Rahima"), ("Suri", "Rahima"), ("Bolpur", "Karim"), ("Bolpur", "Rahima")] {
        let answer = world.anon().form("/en/lodge", &at(place, name)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        numbers.push(number(&answer));
    }
    assert_eq!(numbers[0], numbers[3], "sent twice");
    assert!(numbers[0] != numbers[1] && numbers[0] != numbers[2] && numbers[1] != numbers[2]);
}

#[tokio::test]
async fn what_ends_a_grievance_is_asked_once_more() {
    let world = World::new().await;
    let number = at_office(&world).await;
    reported(&world, &number).await;
    let citizen = world.citizen(MOBILE).await;
    let path = format!("/en/plain/case/{number}");
    let page = citizen.get(&path).await.text;
    let version = between(&page, "name=\"version\" value=\"", "\"").to_owned();
    for (act, asks) in
        [("confirm&report=1", "Is all of it done?"), ("withdraw&reason=moved", "Do you want to withdraw")]
    {
        let mut asked = citizen.form(&path, &format!("act={act}&version={version}")).await;
        if asked.status == StatusCode::SEE_OTHER {
            // At an address of its own, so that Back leads to a page and not to a form that is sent again.
            asked = citizen.get(asked.headers[header::LOCATION].to_str().expect("text")).await;
        }
        assert_eq!(asked.status, StatusCode::OK, "{}", asked.text);
        assert!(asked.text.contains(asks) && asked.text.contains("name=\"sure\""), "{act}: {}", asked.text);
        assert_eq!(citizen.case(&number).await.json["line"]["stage"], "verification", "{act}");
    }
    let sure = citizen.form(&path, &format!("act=confirm&report=1&version={version}&sure=1")).await;
    assert_eq!(sure.status, StatusCode::SEE_OTHER, "{}", sure.text);
    assert_eq!(citizen.case(&number).await.json["line"]["stage"], "redressed");
    let done = citizen.get(sure.headers[header::LOCATION].to_str().expect("text")).await;
    let told = between(&done.text, "role=\"status\">✓ ", "</p>");
    assert!(told.starts_with("You "), "what was done is said first: {told}");
    assert!(!citizen.get(&path).await.text.contains("role=\"status\">✓"), "once");
}

#[tokio::test]
async fn a_yes_to_an_older_report_is_told_before_it_is_asked_about() {
    let world = World::new().await;
    let number = at_office(&world).await;
    reported(&world, &number).await;
    let citizen = world.citizen(MOBILE).await;
    let path = format!("/en/plain/case/{number}");
    let asked = citizen.form(&path, "act=confirm&version=1&report=7").await;
    let told = citizen.get(asked.headers[header::LOCATION].to_str().expect("text")).await;
    assert_eq!(told.status, StatusCode::PRECONDITION_FAILED, "{}", told.text);
    assert!(!told.text.contains("Your text is below"), "nothing was typed");
    assert!(told.text.contains("Something has changed") && !told.text.contains("name=\"sure\""));
}

#[tokio::test]
async fn only_partly_is_said_with_a_photo() {
    let world = World::new().await;
    let number = at_office(&world).await;
    reported(&world, &number).await;
    let citizen = world.citizen(MOBILE).await;
    let path = format!("/en/plain/case/{number}");
    let page = citizen.get(&path).await.text;
    assert!(page.contains("name=\"partly\"") && page.contains("The department says it is done"));
    let version = between(&page, "name=\"version\" value=\"", "\"").to_owned();
    let said = |reason| {
        vec![("act", "dispute"), ("partly", "1"), ("version", version.as_str()), ("report", "1"), ("reason", reason)]
    };
    let bad = with_photo(&citizen, &path, &said("the second pipe"), b"no photo").await;
    assert_eq!(bad.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert!(bad.text.contains("the second pipe</textarea>"), "what was typed stays: {}", bad.text);
    let done = with_photo(&citizen, &path, &said("the second pipe"), &photo()).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let entry = citizen.case(&number).await.json["timeline"][0].clone();
    assert_eq!((&entry["kind"], &entry["detail"]), (&json!("disputed"), &json!("partly")));
    assert_eq!(entry["photos"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_photo_that_is_too_large_costs_no_word() {
    let world = World::new().await;
    let fields =
        [("text", "The tube well is broken"), ("place", "Bolpur"), ("name", "Rahima Bibi"), ("mobile", MOBILE)];
    let answer = with_photo(&world.anon(), "/en/lodge", &fields, &vec![7; 11 << 20]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(
        answer.text.contains("The tube well is broken</textarea>") && answer.text.contains("value=\"Rahima Bibi\"")
    );
}

#[tokio::test]
async fn what_was_typed_when_the_session_ended_stands_there_after_the_sign_in() {
    let world = World::new().await;
    let number = world.anon().lodge(&form(MOBILE)).await.json["reference"].as_str().expect("a number").to_owned();
    let citizen = world.citizen(MOBILE).await;
    let path = format!("/en/plain/case/{number}");
    let out = citizen.form("/en/plain/sign-out", "").await;
    assert_eq!(out.status, StatusCode::SEE_OTHER);
    assert_eq!(citizen.get(&path).await.headers[header::LOCATION], format!("/en/plain/sign-in?case={number}"));
    let kept = citizen.form(&path, "act=add_information&version=1&reason=still+no+water").await;
    assert_eq!(kept.status, StatusCode::UNAUTHORIZED);
    assert!(kept.text.contains("name=\"reason\" value=\"still no water\""), "{}", kept.text);
    let fields = [("act", "add_information"), ("version", "1"), ("reason", "still no water")];
    let pictured = with_photo(&citizen, &path, &fields, &photo()).await;
    assert!(
        pictured.text.contains("One photo is missing here"),
        "a photo is not dropped in silence: {}",
        pictured.text
    );
    let carried = format!("case={number}&act=add_information&reason=still+no+water&again=photo");
    let asked = world.anon().form("/en/plain/sign-in", &format!("mobile={MOBILE}&{carried}")).await;
    assert!(asked.text.contains("name=\"reason\" value=\"still no water\""), "{}", asked.text);
    let id = between(&asked.text, "name=\"id\" value=\"", "\"").to_owned();
    let digits = code(&world).await;
    let entered = world.anon().form("/en/plain/code", &format!("id={id}&code={digits}&{carried}")).await;
    assert_eq!(entered.status, StatusCode::OK, "{}", entered.text);
    assert!(entered.text.contains("still no water</textarea>"), "{}", entered.text);
    assert!(entered.text.contains("One photo is missing here"), "{}", entered.text);
    assert!(entered.headers.contains_key(header::SET_COOKIE));
    // Signed in with another number: the words wait for the right one.
    let other = "9830054321";
    let asked = world.anon().form("/en/plain/sign-in", &format!("mobile={other}&{carried}")).await;
    let id = between(&asked.text, "name=\"id\" value=\"", "\"").to_owned();
    let message = world.last_message(other, "code").await;
    let digits = model::text::digits(&message).get(..6).expect("six digits").to_owned();
    let entered = world.anon().form("/en/plain/code", &format!("id={id}&code={digits}&{carried}")).await;
    assert_eq!(entered.status, StatusCode::NOT_FOUND);
    assert!(entered.text.contains("under another number"), "{}", entered.text);
    assert!(entered.text.contains("name=\"reason\" value=\"still no water\""), "{}", entered.text);
}

#[tokio::test]
async fn a_link_to_a_receipt_leads_whoever_is_signed_out_to_the_sign_in() {
    let world = World::new().await;
    let anon = world.anon();
    let number = anon.lodge(&form(MOBILE)).await.json["reference"].as_str().expect("a number").to_owned();
    let receipt = format!("/en/receipt/{number}");
    let from_page = anon.request("GET", &receipt).header("accept", "text/html,*/*");
    let answer = anon.send(from_page.body(Body::empty()).expect("a request")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let to = answer.headers[header::LOCATION].to_str().expect("text").to_owned();
    assert_eq!(to, format!("/en/plain/sign-in?case={number}"));
    let page = anon.get(&to).await;
    assert!(page.text.contains(&format!("name=\"case\" value=\"{number}\"")), "{}", page.text);
    assert_eq!(anon.get(&receipt).await.code(), "sign_in_needed");
}

#[tokio::test]
async fn nobody_is_signed_in_by_a_form_that_they_were_not_shown() {
    let world = World::new().await;
    world.anon().lodge(&form(MOBILE)).await;
    let mut anon = world.anon();
    let asked = silently(&anon, "/en/plain/sign-in", &format!("mobile={MOBILE}")).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.text);
    let (id, once) =
        (between(&asked.text, "name=\"id\" value=\"", "\""), between(&asked.text, "name=\"once\" value=\"", "\""));
    let digits = code(&world).await;
    let body = format!("id={id}&once={once}&code={digits}");
    assert_eq!(silently(&anon, "/en/plain/code", &body).await.status, StatusCode::FORBIDDEN);
    let cookie = asked.headers[header::SET_COOKIE].to_str().expect("text");
    anon.cookie = Some(cookie.split(';').next().expect("a pair").to_owned());
    assert_eq!(silently(&anon, "/en/plain/code", &body).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_number_on_the_paper_opens_its_page() {
    let world = World::new().await;
    let number = world.anon().lodge(&form(MOBILE)).await.json["reference"].as_str().expect("a number").to_owned();
    let bengali: String = number.bytes().map(|digit| format!("%E0%A7%{:X}", 0xA6 + digit - b'0')).collect();
    for typed in [number.clone(), format!("{}+{}", &number[..4], &number[4..]), bengali] {
        let answer = world.anon().get(&format!("/plain/find?number={typed}")).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{typed}");
        assert_eq!(answer.headers[header::LOCATION], format!("/plain/case/{number}"), "{typed}");
    }
    let wrong = world.anon().get("/en/plain/find?number=123").await;
    assert!(wrong.text.contains("id=\"number-error\"") && wrong.text.contains("value=\"123\""), "{}", wrong.text);
}

#[tokio::test]
async fn words_for_a_step_that_is_over_are_shown_and_offered_as_information() {
    let world = World::new().await;
    let number = at_office(&world).await;
    reported(&world, &number).await;
    let citizen = world.citizen(MOBILE).await;
    let path = format!("/en/plain/case/{number}");
    citizen.must(&number, &json!({ "dispute": { "reason": "no water" } }), "with_department").await;
    let late = citizen.form(&path, "act=dispute&version=1&report=1&reason=the+pipe+as+well").await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);
    assert_eq!(
        late.text.matches("the pipe as well").count(),
        2,
        "to read, and in the form for information: {}",
        late.text
    );
}

#[tokio::test]
async fn a_page_of_the_app_leads_to_the_same_one_without() {
    let world = World::new().await;
    let number = Reference::from_payload(7).to_string();
    for (path, to) in [
        (format!("/en/case/{number}?plain"), format!("/en/plain/case/{number}")),
        ("/mine?plain".into(), "/plain/mine".into()),
        ("/ur/lodge/danger?plain".into(), "/ur/plain/danger".into()),
        ("/lodge/where?plain".into(), "/lodge".into()),
        (format!("/done/{number}?plain"), format!("/plain/sign-in?case={number}")),
        // Its check digit is wrong: no grievance has this number.
        ("/case/483190275501?plain".into(), "/".into()),
    ] {
        let answer = world.anon().get(&path).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
        assert_eq!(answer.headers[header::LOCATION], to, "{path}");
    }
}

#[tokio::test]
async fn what_is_none_of_whoever_is_signed_in_is_said_so_and_no_word_is_lost() {
    let world = World::new().await;
    let number = world.anon().lodge(&form(MOBILE)).await.json["reference"].as_str().expect("a number").to_owned();
    // Somebody else signed in on the same phone while this was written.
    let other = world.citizen("9830054321").await;
    let path = format!("/en/plain/case/{number}");
    let sent = other.form(&path, "act=add_information&version=1&reason=still+no+water").await;
    assert_eq!(sent.status, StatusCode::NOT_FOUND);
    assert!(sent.text.contains("name=\"reason\" value=\"still no water\""), "{}", sent.text);
    assert!(sent.text.contains("under another number") && sent.text.contains("/en/plain/sign-in"), "{}", sent.text);
    // A valid number that is not theirs leads to the sign-in; one that does not exist is answered alike.
    let unknown = model::Reference::from_payload(4_711);
    for wanted in [number, unknown.to_string()] {
        let seen = other.get(&format!("/en/plain/case/{wanted}")).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND);
        assert!(seen.text.contains("not among those of the mobile number"), "{}", seen.text);
        assert!(seen.text.contains(&format!("name=\"case\" value=\"{wanted}\"")), "{}", seen.text);
    }
}
