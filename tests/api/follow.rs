//! What citizens do besides confirming: reminding, adding, rating, answering by text message, opening a link, taking
//! their data, checking the ledger.

use axum::http::StatusCode;
use chrono::Duration;
use ed25519_dalek::{Signature, Verifier, VerifyingKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tests::{World, bolpur, form};

const MOBILE: &str = "9830012345";

async fn lodged(world: &World) -> String {
    let answer = world.anon().lodge(&form(MOBILE)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    answer.json["reference"].as_str().expect("a number").to_owned()
}

/// Leads a case to the question whether the work is done.
async fn reported(world: &World, reference: &str) {
    let analyst = world.staff("analyst").await;
    let categorise = json!({"categorise": {"category": "water.tubewell", "department": "PHE", "lane": "ordinary"}});
    analyst.must(reference, &categorise, "with_department").await;
    let nodal = world.staff("nodal.phe").await;
    nodal.must(reference, &json!({"forward": {"office": bolpur(world)}}), "with_office").await;
    let officer = world.staff("officer.phe.bolpur-sriniketan").await;
    officer.must(reference, &json!({"record_contact": {"means": "phone", "text": "কথা হয়েছে"}}), "with_office").await;
    let report = json!({"submit_atr": {"outcome": "done", "text": "নলকূপের মাথা ও ওয়াশার বদলানো হয়েছে, জল উঠছে।"}});
    officer.must(reference, &report, "atr_review").await;
    nodal.must(reference, &json!({"accept_atr": {}}), "verification").await;
}

fn link(message: &str) -> String {
    let at = message.find("/l/").expect("a link in the message");
    message[at..].split_whitespace().next().expect("a link").to_owned()
}

#[tokio::test]
async fn a_citizen_reminds_once_in_three_days_and_the_office_is_told() {
    let world = World::new().await;
    let reference = lodged(&world).await;
    let citizen = world.citizen(MOBILE).await;
    citizen.must(&reference, &json!("remind"), "registered").await;
    let again = citizen.act(&reference, &json!("remind")).await;
    assert_eq!((again.status, again.json["refusal"].as_str()), (StatusCode::CONFLICT, Some("reminded_already")));
    world.pass(Duration::days(3));
    let citizen = world.citizen(MOBILE).await;
    citizen.must(&reference, &json!("remind"), "registered").await;
    citizen.must(&reference, &json!({"add_information": {"text": "এখন পাশের কলও খারাপ।"}}), "registered").await;
    let view = citizen.case(&reference).await.json;
    assert_eq!(view["timeline"][0]["kind"], "information_added");
    assert_eq!(view["timeline"][0]["text"], "এখন পাশের কলও খারাপ।");
    let early = citizen.act(&reference, &json!({"rate": {"stars": 5}})).await;
    assert_eq!(early.json["refusal"], "wrong_stage");
}

#[tokio::test]
async fn partly_goes_back_and_a_rating_counts_once() {
    let world = World::new().await;
    let reference = lodged(&world).await;
    reported(&world, &reference).await;
    let citizen = world.citizen(MOBILE).await;
    let partly = json!({"dispute": {"reason": "জল আসে, কিন্তু হাতল নেই", "partly": true}});
    let view = citizen.must(&reference, &partly, "with_department").await.json;
    assert_eq!(view["timeline"][0]["detail"], "partly");
    let nodal = world.staff("nodal.phe").await;
    let own = json!({"submit_atr": {"outcome": "done", "text": "কলে নতুন হাতল লাগানো হয়েছে, এখন জল উঠছে, পাড়ার সবাই জল নিচ্ছেন।", "no_contact_reason": "ফোন বন্ধ ছিল"}});
    nodal.must(&reference, &own, "verification").await;
    citizen.must(&reference, &json!({"confirm": {}}), "redressed").await;
    let odd = citizen.act(&reference, &json!({"rate": {"stars": 6}})).await;
    assert_eq!((odd.status, odd.json["refusal"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("wrong_rating")));
    assert_eq!(citizen.must(&reference, &json!({"rate": {"stars": 4}}), "redressed").await.json["rating"], 4);
    assert_eq!(citizen.act(&reference, &json!({"rate": {"stars": 1}})).await.json["refusal"], "rated_already");
}

async fn text_message(world: &World, token: &str, id: &str, from: &str, text: &str) -> StatusCode {
    world.deliver().await;
    let request = world.anon().request("POST", "/api/sms").header("authorization", format!("Bearer {token}"));
    let body = json!({"id": id, "from": from, "text": text}).to_string();
    let request = request.header("content-type", "application/json").body(body.into()).expect("a request");
    world.anon().send(request).await.status
}

#[tokio::test]
async fn a_text_message_confirms_or_disputes_and_only_the_gateway_may_hand_it_over() {
    let world = World::new().await;
    let reference = lodged(&world).await;
    reported(&world, &reference).await;
    let token = "a gateway's token";
    assert_eq!(text_message(&world, "a guess", "m0", MOBILE, "1").await, StatusCode::FORBIDDEN);
    assert_eq!(text_message(&world, token, "m1", "9830099999", "1").await, StatusCode::NO_CONTENT, "a stranger");
    assert_eq!(text_message(&world, token, "m2", MOBILE, "কী?").await, StatusCode::NO_CONTENT);
    assert!(world.last_message(MOBILE, "answer_how").await.contains(" 1"));
    assert_eq!(text_message(&world, token, "m3", MOBILE, "২").await, StatusCode::NO_CONTENT);
    let citizen = world.citizen(MOBILE).await;
    assert_eq!(citizen.case(&reference).await.json["line"]["stage"], "with_department");
    world.last_message(MOBILE, "sent_back").await;
    let own = json!({"submit_atr": {"outcome": "done", "text": "কলের ভিতরের পাইপ আবার সারানো হয়েছে, এখন ভাল জল উঠছে।", "no_contact_reason": "ফোন বন্ধ ছিল"}});
    world.staff("nodal.phe").await.must(&reference, &own, "verification").await;
    // The gateway delivers an earlier message again; it was answered, and does not count twice.
    assert_eq!(text_message(&world, token, "m3", MOBILE, "২").await, StatusCode::NO_CONTENT);
    assert_eq!(citizen.case(&reference).await.json["line"]["stage"], "verification");
    assert_eq!(text_message(&world, token, "m4", MOBILE, "3, ধন্যবাদ").await, StatusCode::NO_CONTENT);
    assert_eq!(citizen.case(&reference).await.json["line"]["stage"], "redressed");
}

#[tokio::test]
async fn the_link_in_a_message_opens_that_case_alone() {
    let world = World::new().await;
    let (reference, other) = (lodged(&world).await, {
        let mut form = form(MOBILE);
        form["text"] = json!("রেশন কার্ড পাইনি।");
        world.anon().lodge(&form).await.json["reference"].as_str().expect("a number").to_owned()
    });
    let messages = world.app.store.messages(20).await.expect("messages");
    let message = messages.iter().find(|message| message.reference.is_some_and(|of| of.to_string() == reference));
    let path = link(&message.expect("a message").body);
    let opened = world.anon().get(&path).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER);
    assert_eq!(opened.headers["location"], format!("/case/{reference}").as_str());
    let cookie = opened.headers["set-cookie"].to_str().expect("a cookie").split(';').next().expect("a pair").to_owned();
    let read = async |path: String| {
        let request = world.anon().request("GET", &path).header("cookie", &cookie);
        world.anon().send(request.body(axum::body::Body::empty()).expect("a request")).await
    };
    assert_eq!(read(format!("/api/grievances/{reference}")).await.status, StatusCode::OK);
    assert_eq!(read(format!("/api/grievances/{other}")).await.status, StatusCode::NOT_FOUND);
    let mine = read("/api/grievances".into()).await.json;
    assert_eq!(mine.as_array().map(Vec::len), Some(1));
    assert_eq!(read("/api/me".into()).await.status, StatusCode::FORBIDDEN, "not everything about the citizen");
    let forged = format!("{}{}", &path[..path.len() - 1], if path.ends_with('A') { 'B' } else { 'A' });
    for wrong in [forged.as_str(), "/l/", "/l/AAAAAAAAAAAAAAAA", "/l/%F0%9F%98%80"] {
        let answer = world.anon().get(wrong).await;
        assert!(!answer.headers.contains_key("set-cookie"), "{wrong}");
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{wrong}");
    }
    // It expires when the time for reopening and appeal is over.
    world.citizen(MOBILE).await.must(&reference, &json!({"withdraw": {"reason": ""}}), "withdrawn").await;
    world.pass(Duration::days(31));
    assert_eq!(world.anon().get(&path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_citizen_takes_everything_along_and_nobody_else_does() {
    let world = World::new().await;
    let reference = lodged(&world).await;
    world.staff("analyst").await.case(&reference).await;
    assert_eq!(world.anon().get("/api/me").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(world.staff("analyst").await.get("/api/me").await.status, StatusCode::FORBIDDEN);
    let data = world.citizen(MOBILE).await.get("/api/me").await;
    assert!(data.headers["content-disposition"].to_str().expect("text").starts_with("attachment"));
    assert_eq!(data.json["mobile"], MOBILE);
    assert_eq!(data.json["cases"][0]["line"]["reference"], reference.as_str());
    assert_eq!(data.json["readings"][0]["readers"][0]["role"], "operational_analyst");
    let texts: Vec<&str> =
        data.json["messages"].as_array().expect("messages").iter().filter_map(|sent| sent["text"].as_str()).collect();
    assert!(texts.iter().any(|text| text.contains("/l/")) && texts.contains(&""), "a code is not given: {texts:?}");
}

fn bytes(hex: &Value) -> Vec<u8> {
    hex::decode(hex.as_str().expect("text")).expect("hexadecimal")
}

fn sized(part: &[u8]) -> Vec<u8> {
    [&(part.len() as u64).to_be_bytes()[..], part].concat()
}

/// The check as the documents describe it, written independently.
fn proves(proof: &Value, key: &[u8]) -> bool {
    let text = |name: &str| proof[name].as_str().expect("text").as_bytes().to_vec();
    let number = |name: &str| proof[name].as_u64().expect("a number");
    let commitment = Sha256::digest([bytes(&proof["salt"]), text("statement")].concat());
    let reference: u64 = proof["reference"].as_str().expect("text").parse().expect("digits");
    let mut entry = number("seq").to_be_bytes().to_vec();
    entry.extend(reference.to_be_bytes());
    entry.extend(u32::try_from(number("version")).expect("a version").to_be_bytes());
    entry.extend(number("at").to_be_bytes());
    for part in [text("by"), text("body"), commitment.to_vec()] {
        entry.extend(sized(&part));
    }
    let next = |head: Vec<u8>, digest: Vec<u8>| Sha256::digest([head, digest].concat()).to_vec();
    let mut head = next(bytes(&proof["before"]), Sha256::digest(&entry).to_vec());
    for digest in proof["after"].as_array().expect("digests") {
        head = next(head, bytes(digest));
    }
    let published = &proof["head"];
    let signed =
        format!("pratikar head {} {} {}", published["seq"], published["hash"].as_str().expect("text"), published["at"]);
    let key = VerifyingKey::from_bytes(key.try_into().expect("32 bytes")).expect("a key");
    let signature = Signature::from_slice(&bytes(&published["signature"])).expect("a signature");
    head == bytes(&published["hash"]) && key.verify(signed.as_bytes(), &signature).is_ok()
}

#[tokio::test]
async fn a_citizen_can_check_the_case_against_the_published_head() {
    let world = World::new().await;
    let reference = lodged(&world).await;
    for n in 0..5 {
        world.anon().lodge(&form(&format!("983001230{n}"))).await;
    }
    let citizen = world.citizen(MOBILE).await;
    let path = format!("/api/grievances/{reference}/proof");
    assert_eq!(citizen.get(&path).await.json["head"], Value::Null, "not published yet");
    assert!(server::published::publish(&world.app).await.expect("published"));
    assert!(!server::published::publish(&world.app).await.expect("asked"), "nothing new");
    let proof = citizen.get(&path).await.json;
    let heads = world.anon().get("/api/ledger").await.json;
    let key = bytes(&heads["key"]);
    assert_eq!(heads["heads"][0], proof["head"]);
    assert_eq!(proof["after"].as_array().map(Vec::len), Some(5));
    assert!(proves(&proof, &key));
    for (name, value) in
        [("statement", json!("{}")), ("body", json!("{}")), ("at", json!(7)), ("reference", json!("1"))]
    {
        let mut changed = proof.clone();
        changed[name] = value;
        assert!(!proves(&changed, &key), "{name} was changed and still fits");
    }
    assert_eq!(world.citizen("9830012301").await.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.staff("analyst").await.get(&path).await.status, StatusCode::FORBIDDEN);
    let kept = std::fs::read_to_string(world.data.path().join("heads.jsonl")).expect("the file of heads");
    assert_eq!(kept.lines().count(), 1);
}

#[tokio::test]
async fn what_another_node_has_published_is_written_down_here_too() {
    let world = World::new().await;
    world.anon().lodge(&form("9830012345")).await;
    let file = world.data.path().join(server::published::FILE);
    let written =
        || server::published::read(&file).expect("heads").iter().map(|head| head.head.seq).collect::<Vec<_>>();
    assert!(server::published::publish(&world.app).await.expect("published"));
    let first = world.app.store.heads(1).await.expect("heads").remove(0);
    // As another node would, which has a file of its own.
    world.anon().lodge(&form("9830054321")).await;
    let head = world.app.store.head().await.expect("a head");
    let second = server::ledger::PublishedHead { head, ..first.clone() };
    world.app.store.put_head(&second).await.expect("published elsewhere");
    assert_eq!(written(), [first.head.seq]);
    server::published::follow(&world.app).await.expect("followed");
    assert_eq!(written(), [first.head.seq, second.head.seq]);
    server::published::follow(&world.app).await.expect("followed again, which adds nothing");
    assert_eq!(written().len(), 2);
}
