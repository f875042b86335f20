//! GET /l/{token}: opens one case, signs nobody out by itself, and cannot be used to fill the database.

use axum::body::Body;
use axum::http::StatusCode;
use serde_json::json;
use tests::{Answer, Person, World, form};

const MOBILE: &str = "9830012345";

async fn lodged(world: &World, proved: bool) -> String {
    let lodged = if proved {
        world.citizen(MOBILE).await.lodge(&form(MOBILE)).await
    } else {
        world.anon().lodge(&form(MOBILE)).await
    };
    lodged.json["reference"].as_str().expect("a number").to_owned()
}

async fn follow(person: &Person<'_>, method: &str, path: &str) -> Answer {
    person.send(person.request(method, path).body(Body::empty()).expect("a request")).await
}

#[tokio::test]
async fn a_head_writes_nothing_and_a_token_opens_ten_sessions_at_once_from_one_address() {
    let world = World::new().await;
    let number = lodged(&world, false).await;
    let path = world.link(&number).await;
    for _ in 0..50 {
        let answer = follow(&world.anon(), "HEAD", &path).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert!(!answer.headers.contains_key("set-cookie"));
    }
    let mut opened = Vec::new();
    for _ in 0..12 {
        let answer = follow(&world.anon(), "GET", &path).await;
        if answer.status == StatusCode::SEE_OTHER {
            opened.push(tests::cookies(&answer));
        } else {
            assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
            assert!(
                answer.headers.contains_key("retry-after") && answer.text.contains("<h1>"),
                "a page: {}",
                answer.text
            );
        }
    }
    assert_eq!(opened.len(), 10);
    let mut alive = 0;
    for cookie in opened {
        let mut person = world.anon();
        person.cookie = Some(cookie);
        alive += u32::from(person.case(&number).await.status == StatusCode::OK);
    }
    assert_eq!(alive, 10, "nobody ends another's by opening it, too");
    // Opening it too often at one address does not close it for anybody else.
    let elsewhere = world.anon().get_from(9, &path).await;
    assert_eq!(elsewhere.status, StatusCode::SEE_OTHER);
}

/// Somebody to whom the message was forwarded.
async fn linked<'a>(world: &'a World, number: &str) -> Person<'a> {
    let mut holder = world.anon();
    holder.cookie = Some(tests::cookies(&follow(&holder, "GET", &world.link(number).await).await));
    holder
}

#[tokio::test]
async fn a_link_closes_nothing_and_uses_up_no_right() {
    let world = World::new().await;
    let number = crate::story::at_office(&world).await;
    crate::story::reported(&world, &number).await;
    let holder = linked(&world, &number).await;
    let view = holder.case(&number).await.json;
    assert_eq!(view["line"]["stage"], "verification");
    for action in [
        json!({ "confirm": {} }),
        json!({ "withdraw": { "reason": "" } }),
        json!({ "reopen": { "reason": "আবার" } }),
        json!({ "appeal": { "reason": "আবার" } }),
        json!({ "rate": { "stars": 1 } }),
    ] {
        let refused = holder.act(&number, &action).await;
        assert_eq!(
            (refused.status, &refused.json["refusal"]),
            (StatusCode::FORBIDDEN, &json!("code_needed")),
            "{action}"
        );
        let name = action.as_object().and_then(|action| action.keys().next().cloned()).expect("a name");
        assert!(!view["actions"].as_array().expect("actions").contains(&json!(name)), "{name}");
    }
    let plain = holder.get(&format!("/en/plain/case/{number}")).await.text;
    assert!(!plain.contains("value=\"confirm\"") && plain.contains("/en/plain/sign-in"), "{plain}");
    assert!(plain.contains("Is it really?"), "she is asked all the same");
    // "No" needs no proof, since it closes nothing.
    holder.must(&number, &json!({ "dispute": { "reason": "জল নেই" } }), "with_department").await;
}

#[tokio::test]
async fn a_link_takes_no_number_from_whoever_has_proved_it_and_the_desk_can_give_it_back() {
    let world = World::new().await;
    // Lodged without proof, then read with a code.
    let number = lodged(&world, false).await;
    let owner = world.citizen(MOBILE).await;
    let holder = linked(&world, &number).await;
    assert!(!holder.case(&number).await.text.contains("disown_number"));
    let refused = holder.act(&number, &json!("disown_number")).await;
    assert_eq!((refused.status, &refused.json["refusal"]), (StatusCode::CONFLICT, &json!("number_proved")));
    assert_eq!(owner.case(&number).await.json["limited"], false);
    // Disowned before anybody had proved it: two people at the desk can give it back.
    let world = World::new().await;
    let number = lodged(&world, false).await;
    linked(&world, &number).await.must(&number, &json!("disown_number"), "registered").await;
    let owner = world.citizen(MOBILE).await;
    assert_eq!(owner.case(&number).await.json["limited"], true);
    let body = json!({ "mobile": MOBILE, "reason": "She has her receipt with her" });
    let asked = world.staff("counter").await.post(&format!("/api/grievances/{number}/number"), &body).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.text);
    let approve = json!({ "approve_number_change": { "reason": "Receipt seen" } });
    world.staff("analyst").await.must(&number, &approve, "registered").await;
    assert_eq!(owner.case(&number).await.json["limited"], false);
    assert_eq!(world.audit().await.faults, Vec::<String>::new());
}

#[tokio::test]
async fn a_link_asks_before_it_signs_somebody_out() {
    let world = World::new().await;
    let number = lodged(&world, true).await;
    let path = world.link(&number).await;
    let other = world.citizen("9830012300").await;
    let asked = follow(&other, "GET", &path).await;
    assert_eq!(asked.status, StatusCode::OK);
    assert!(!asked.headers.contains_key("set-cookie"));
    assert!(asked.text.contains("method=\"post\""), "{}", asked.text);
    assert_eq!(other.get("/api/grievances").await.status, StatusCode::OK, "still signed in");
    let opened = follow(&other, "POST", &path).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER);
    assert_eq!(other.get("/api/grievances").await.status, StatusCode::UNAUTHORIZED, "signed out on their word");
    let mut linked = world.anon();
    linked.cookie = Some(tests::cookies(&opened));
    assert_eq!(linked.case(&number).await.status, StatusCode::OK);
    // A request from another site signs nobody out.
    let strange = world.citizen("9830012301").await;
    let request = axum::http::Request::builder().method("POST").uri(&path).header("host", "localhost");
    let request =
        request.header("sec-fetch-site", "cross-site").header("cookie", strange.cookie.as_deref().expect("a cookie"));
    assert_eq!(strange.send(request.body(Body::empty()).expect("a request")).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn no_link_ends_in_a_sign_that_messengers_leave_out() {
    let world = World::new().await;
    let number = lodged(&world, false).await;
    let reference = model::Reference::parse(&number).expect("a number");
    let case = world.app.store.case(reference).await.expect("read").expect("a case");
    let mut extended = 0;
    for payload in 0..2_000 {
        let other = model::lifecycle::Case { reference: model::Reference::from_payload(payload), ..case.clone() };
        let token = server::link::token(&world.app, &other);
        assert!(!token.ends_with(['-', '_']), "{token}");
        extended += u32::from(token.len() == 17);
    }
    assert!(extended > 20, "some would have ended so");
    // One in thirty tokens is such; each lodging comes from another address, since messages to unproved numbers are
    // limited.
    for index in 0..250u8 {
        let lodged = world.anon().lodge_from(index, &form(&format!("98300{index:05}"))).await;
        let path = world.link(lodged.json["reference"].as_str().expect("a number")).await;
        if let Some(before) = path.strip_suffix('x').filter(|_| path.len() == "/l/".len() + 17) {
            assert_eq!(follow(&world.anon(), "GET", &path).await.status, StatusCode::SEE_OTHER);
            assert_eq!(follow(&world.anon(), "HEAD", before).await.status, StatusCode::SEE_OTHER, "links sent before");
            return;
        }
    }
    panic!("no link of 250 was lengthened: nothing was tried");
}

#[tokio::test]
async fn the_link_to_an_unproved_number_shows_the_stage_and_takes_it_off_that_number() {
    let world = World::new().await;
    let number = lodged(&world, false).await;
    let mut stranger = world.anon();
    stranger.cookie = Some(tests::cookies(&follow(&stranger, "GET", &world.link(&number).await).await));
    let view = stranger.case(&number).await;
    assert_eq!(view.json["limited"], true);
    assert!(view.json["line"]["title"].as_str().is_some_and(|title| title.contains(char::is_numeric)));
    assert_eq!(view.json["actions"], json!(["disown_number"]));
    let seen = [
        view.text.clone(),
        stranger.get("/api/grievances").await.text,
        stranger.get(&format!("/en/plain/case/{number}")).await.text,
        stranger.get("/plain/mine").await.text,
    ];
    for text in seen {
        for secret in ["টিউবওয়েল", "রহিমা", "পূর্বপাড়া", "water.tubewell"]
        {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
    // The number stands in the place of the title.
    assert_eq!(stranger.get("/api/grievances").await.json[0]["title"], view.json["line"]["title"]);
    assert!(!stranger.get("/en/plain/mine").await.text.contains("A spoken grievance"));
    assert_eq!(stranger.get(&format!("/api/grievances/{number}/proof")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(stranger.get(&format!("/receipt/{number}")).await.status, StatusCode::FORBIDDEN);
    let withdraw = stranger.act(&number, &json!({ "withdraw": { "reason": "" } })).await;
    assert_eq!(withdraw.status, StatusCode::FORBIDDEN);
    let disowned = stranger.must(&number, &json!("disown_number"), "registered").await;
    assert_eq!(disowned.json["timeline"][0]["kind"], "number_disowned");
    assert_eq!(disowned.json["actions"], json!([]));

    let before = world.templates(MOBILE).await.len();
    let analyst = world.staff("analyst").await;
    assert_eq!(analyst.case(&number).await.json["disowned"], true);
    let categorise = json!({ "categorise": { "category": "water.tubewell", "department": "PHE", "lane": "ordinary" } });
    analyst.must(&number, &categorise, "with_department").await;
    assert_eq!(world.templates(MOBILE).await.len(), before, "nothing more goes there");
    let all = world.app.store.messages(10).await.expect("messages");
    assert!(
        all.iter().all(|message| message.state == server::store::MessageState::Recalled),
        "what waited is taken back"
    );
    // Nor is it on any list of the person who has proved that number.
    let owner = world.citizen(MOBILE).await;
    for path in ["/api/grievances", "/plain/mine", "/api/me"] {
        let list = owner.get(path).await;
        assert!(list.status.is_success() && !list.text.contains("টিউবওয়েল"), "{path}: {}", list.text);
    }
}

#[tokio::test]
async fn a_number_is_proved_for_a_case_by_acting_on_it_and_not_by_signing_in() {
    let world = World::new().await;
    let number = lodged(&world, false).await;
    let citizen = world.citizen(MOBILE).await;
    assert_eq!(citizen.case(&number).await.json["number_verified"], false, "a stranger may have lodged it");
    citizen.must(&number, &json!("remind"), "registered").await;
    assert_eq!(citizen.case(&number).await.json["number_verified"], true);
    let mut linked = world.anon();
    linked.cookie = Some(tests::cookies(&follow(&linked, "GET", &world.link(&number).await).await));
    let view = linked.case(&number).await.json;
    assert_eq!((&view["limited"], &view["name"]), (&json!(false), &json!("রহিমা বিবি")));
    let disown = linked.act(&number, &json!("disown_number")).await;
    assert_eq!(disown.json["refusal"], "number_proved");
    assert_eq!(world.audit().await.faults, Vec::<String>::new());
}
