//! POST /api/sms: an answer names the report that it is about; STOP, START and "wrong number" are heeded.

use axum::http::StatusCode;
use chrono::Duration;
use serde_json::json;
use server::messenger::{LocalGateway, deliver};
use server::store::MessageState;
use tests::{World, form};

const MOBILE: &str = "9830012345";
const OWN: &str = "কলের ভিতরের পাইপ আবার সারানো হয়েছে, এখন ভাল জল উঠছে।";

async fn stage(world: &World, number: &str) -> String {
    world.staff("analyst").await.case(number).await.json["line"]["stage"].as_str().expect("a stage").to_owned()
}

/// Reported, disputed, reported again: answers its number.
async fn twice(world: &World) -> String {
    let number = crate::story::at_office(world).await;
    crate::story::reported(world, &number).await;
    assert!(world.last_message(MOBILE, "reported").await.contains("হলে 1, না হলে 2"));
    world.text(MOBILE, "2 না").await;
    assert_eq!(stage(world, &number).await, "with_department");
    world.pass(Duration::hours(30));
    let own = json!({"submit_atr": {"outcome": "done", "text": OWN, "no_contact_reason": "ফোন বন্ধ ছিল"}});
    world.staff("nodal.phe").await.must(&number, &own, "verification").await;
    assert!(world.last_message(MOBILE, "reported").await.contains("হলে 3, না হলে 4"));
    number
}

#[tokio::test]
async fn a_late_answer_to_an_earlier_report_is_asked_again() {
    let world = World::new().await;
    let number = twice(&world).await;
    for late in ["1", "1 হ্যাঁ", "2", "হ্যাঁ", "yes"] {
        world.text(MOBILE, late).await;
        assert_eq!(stage(&world, &number).await, "verification", "{late}");
    }
    let how = world.last_message(MOBILE, "answer_how").await;
    assert!(how.contains(" 3 ") && how.contains(" 4 "), "{how}");
    let asked = world.templates(MOBILE).await.into_iter().filter(|template| template == "answer_how").count();
    assert_eq!(asked, 1, "one answer a day to what is not understood");
    world.text(MOBILE, "3").await;
    assert_eq!(stage(&world, &number).await, "redressed");
}

#[tokio::test]
async fn a_word_counts_once_the_newest_question_has_been_read() {
    let world = World::new().await;
    let number = twice(&world).await;
    while deliver(world.app.store.as_ref(), &LocalGateway, world.now(), true).await.expect("a round") > 0 {}
    world.pass(Duration::minutes(1));
    world.text(MOBILE, "হ্যাঁ").await;
    assert_eq!(stage(&world, &number).await, "verification", "it may be about the one before");
    world.pass(Duration::minutes(2));
    world.text(MOBILE, "হ্যাঁ, ধন্যবাদ").await;
    assert_eq!(stage(&world, &number).await, "redressed");
}

#[tokio::test]
async fn a_late_answer_to_one_grievance_is_none_to_another() {
    let world = World::new().await;
    let first = crate::story::at_office(&world).await;
    crate::story::reported(&world, &first).await;
    world.deliver().await;
    // Answered on the page; the text message to it is on its way.
    let citizen = world.citizen(MOBILE).await;
    citizen.must(&first, &json!({ "confirm": {} }), "redressed").await;
    let second = crate::story::at_office(&world).await;
    crate::story::reported(&world, &second).await;
    for late in ["1", "1 হ্যাঁ", "2"] {
        world.text(MOBILE, late).await;
        assert_eq!(stage(&world, &second).await, "verification", "{late}");
    }
    let question = world.last_message(MOBILE, "reported").await;
    // "হ্যাঁ হলে 3, না হলে 4"
    let yes: u8 =
        question.split_once("হ্যাঁ হলে ").and_then(|(_, after)| after.split(',').next()?.parse().ok()).expect("a number");
    assert!(yes > 2, "{question}");
    world.text(MOBILE, &yes.to_string()).await;
    assert_eq!(stage(&world, &second).await, "redressed");
}

#[tokio::test]
async fn a_question_that_has_not_gone_out_is_not_answered() {
    let world = World::new().await;
    let number = crate::story::at_office(&world).await;
    world.deliver().await;
    crate::story::reported(&world, &number).await;
    for early in ["1", "হ্যাঁ", "2", &format!("1 {number}")] {
        world.text_at_once(MOBILE, early).await;
        assert_eq!(stage(&world, &number).await, "verification", "{early}");
    }
    world.text(MOBILE, "1").await;
    assert_eq!(stage(&world, &number).await, "redressed");
}

#[tokio::test]
async fn the_same_message_is_handled_once_whatever_it_was() {
    let world = World::new().await;
    crate::story::at_office(&world).await;
    let body = json!({ "id": "m1", "from": MOBILE, "text": "CODE" });
    let token = [("authorization", "Bearer a gateway's token")];
    let before = world.templates(MOBILE).await.len();
    for _ in 0..3 {
        assert_eq!(world.anon().post_with("/api/sms", &body, &token).await.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(world.templates(MOBILE).await.len(), before + 1);
}

#[tokio::test]
async fn stop_is_heeded_until_start_and_codes_asked_for_still_come() {
    let world = World::new().await;
    let number = crate::story::at_office(&world).await;
    world.text(MOBILE, "STOP").await;
    crate::story::reported(&world, &number).await;
    world.text_at_once(MOBILE, "CODE").await;
    let state = async |template: &str| {
        let all = world.app.store.messages(100).await.expect("messages");
        all.into_iter().find(|message| message.template == template).expect("a message").state
    };
    assert_eq!(state("reported").await, MessageState::Silenced);
    assert_eq!(state("code").await, MessageState::Pending);
    world.text_at_once(MOBILE, "start").await;
    world.text_at_once(MOBILE, "2").await;
    assert_eq!(stage(&world, &number).await, "verification", "she was never asked");
    world.citizen(MOBILE).await.must(&number, &json!({ "dispute": { "reason": "জল নেই" } }), "with_department").await;
    assert_eq!(state("sent_back").await, MessageState::Pending);
}

#[tokio::test]
async fn wrong_number_takes_every_unproved_grievance_off_it() {
    let world = World::new().await;
    let proved = crate::story::at_office(&world).await;
    let lodged = world.anon().lodge(&form(MOBILE)).await;
    let other = lodged.json["reference"].as_str().expect("a number").to_owned();
    world.text(MOBILE, "ভুল নম্বর").await;
    let analyst = world.staff("analyst").await;
    assert_eq!(analyst.case(&other).await.json["disowned"], true);
    assert_eq!(analyst.case(&proved).await.json["disowned"], false, "this one is known to be theirs");
}

#[tokio::test]
async fn a_plain_page_answers_the_report_that_it_shows() {
    let world = World::new().await;
    let number = twice(&world).await;
    let citizen = world.citizen(MOBILE).await;
    let path = format!("/en/plain/case/{number}");
    let page = citizen.get(&path).await.text;
    assert!(page.contains("name=\"report\" value=\"2\""), "{page}");
    for stale in [
        "act=confirm&version=1&report=1&sure=1",
        "act=confirm&version=1&sure=1",
        "act=dispute&version=1&report=1&reason=Still+no+water",
    ] {
        let answer = citizen.form(&path, stale).await;
        assert_eq!(answer.status, StatusCode::PRECONDITION_FAILED, "{stale}");
        assert!(answer.text.contains("a new report has come"), "{}", answer.text);
        assert!(!stale.contains("reason") || answer.text.contains("Still no water"), "what was typed stays");
    }
    assert_eq!(stage(&world, &number).await, "verification");
    assert_eq!(citizen.form(&path, "act=confirm&version=9&report=2&sure=1").await.status, StatusCode::SEE_OTHER);
    assert_eq!(stage(&world, &number).await, "redressed");
}

const OTHER: &str = "9830067890";

/// Moves a case to another number, as a counter asks and an analyst decides.
async fn moved(world: &World, number: &str, to: &str) {
    let body = json!({ "mobile": to, "reason": "SIM lost; card seen" });
    let asked = world.staff("counter").await.post(&format!("/api/grievances/{number}/number"), &body).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.text);
    let approve = json!({ "approve_number_change": { "reason": "Card compared" } });
    let decided = world.staff("analyst").await.act(number, &approve).await;
    assert_eq!(decided.status, StatusCode::OK, "{}", decided.text);
}

/// The reply for yes that the newest question to a number offers.
async fn offered(world: &World, mobile: &str) -> String {
    let question = world.last_message(mobile, "reported").await;
    let (_, after) = question.split_once("হ্যাঁ হলে ").expect("a question");
    after.split(',').next().expect("a number").to_owned()
}

#[tokio::test]
async fn a_reply_to_a_grievance_that_has_moved_away_closes_no_other() {
    let world = World::new().await;
    let first = crate::story::at_office(&world).await;
    let second = crate::story::at_office(&world).await;
    crate::story::reported(&world, &first).await;
    assert_eq!(offered(&world, MOBILE).await, "1");
    crate::story::reported(&world, &second).await;
    let reply = offered(&world, MOBILE).await;
    world.deliver().await;
    world.pass(Duration::minutes(5));
    moved(&world, &first, OTHER).await;
    for meant_for_the_first in ["1", "1 হ্যাঁ", "2", "হ্যাঁ"] {
        world.text(MOBILE, meant_for_the_first).await;
        for number in [&first, &second] {
            assert_eq!(stage(&world, number).await, "verification", "{meant_for_the_first}");
        }
    }
    world.text(MOBILE, &reply).await;
    assert_eq!(stage(&world, &second).await, "redressed", "the reply that its own question offered");
    assert_eq!(stage(&world, &first).await, "verification");
}

#[tokio::test]
async fn a_reply_is_not_taken_for_an_older_grievance_that_has_moved_here() {
    let world = World::new().await;
    let older = crate::story::at_office(&world).await;
    let own = crate::story::at_office_from(&world, OTHER).await;
    crate::story::reported(&world, &own).await;
    assert_eq!(offered(&world, OTHER).await, "1");
    world.deliver().await;
    moved(&world, &older, OTHER).await;
    crate::story::reported(&world, &older).await;
    assert_ne!(offered(&world, OTHER).await, "1", "two questions on one telephone share no reply");
    world.text(OTHER, "1").await;
    assert_eq!(stage(&world, &older).await, "verification", "nobody has said that this one is done");
    assert_eq!(stage(&world, &own).await, "redressed");
}

#[tokio::test]
async fn a_question_answers_for_no_later_report_that_was_asked_about_elsewhere() {
    let world = World::new().await;
    let number = crate::story::at_office(&world).await;
    crate::story::reported(&world, &number).await;
    world.text(MOBILE, "2 না").await;
    moved(&world, &number, OTHER).await;
    world.pass(Duration::hours(30));
    let own = json!({"submit_atr": {"outcome": "done", "text": OWN, "no_contact_reason": "ফোন বন্ধ ছিল"}});
    world.staff("nodal.phe").await.must(&number, &own, "verification").await;
    world.deliver().await;
    world.pass(Duration::minutes(5));
    moved(&world, &number, MOBILE).await;
    for early in ["1", "হ্যাঁ", &format!("1 {number}")] {
        world.text(MOBILE, early).await;
        assert_eq!(stage(&world, &number).await, "verification", "{early}");
    }
}
