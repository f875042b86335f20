//! POST /lodge: the plain form.

use axum::body::Body;
use axum::http::StatusCode;
use tests::{Answer, World};

async fn post(world: &World, path: &str, body: &str) -> Answer {
    let request = world.anon().request("POST", path).header("content-type", "application/x-www-form-urlencoded");
    world.anon().send(request.body(Body::from(body.to_owned())).expect("a request")).await
}

const GOOD: &str = "text=The+tube+well+is+broken.&place=Bolpur%2C+Birbhum&name=Rahima+Bibi&mobile=98300+12345";

#[tokio::test]
async fn it_lodges_without_a_script_and_once_however_often_it_is_sent() {
    let world = World::new().await;
    let first = post(&world, "/en/lodge", GOOD).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text);
    assert!(first.text.contains("Your grievance is registered"));
    let again = post(&world, "/en/lodge", GOOD).await;
    assert_eq!(again.text, first.text, "the same number");
    assert_eq!(world.app.store.head().await.expect("a head").seq, 1);
    assert_eq!(world.templates("9830012345").await, ["lodged"]);
    let desk = world.staff("analyst").await.get("/api/queues/desk").await;
    assert_eq!(desk.json["rows"][0]["title"], "The tube well is broken");
}

#[tokio::test]
async fn it_says_what_to_mend_and_keeps_what_was_typed() {
    let world = World::new().await;
    let answer = post(&world, "/lodge", "text=%3Cb%3E&place=x&name=Rahima&mobile=12").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text.contains("<title>সমস্যা: "));
    assert_eq!(answer.text.matches("১০ সংখ্যার মোবাইল নম্বর লিখুন").count(), 2, "in the summary and beside the field");
    assert!(answer.text.contains("value=\"Rahima\"") && answer.text.contains("value=\"12\""));
    assert!(answer.text.contains("&lt;b&gt;") && !answer.text.contains("<b>"));
    assert_eq!(world.app.store.head().await.expect("a head").seq, 0);
}

#[tokio::test]
async fn what_no_field_can_mend_is_said_on_a_page_that_keeps_what_was_typed() {
    let world = World::new().await;
    let flood = |index: u32| format!("text=Grievance+{index}&place=Bolpur&name=Rahima+Bibi&mobile=98300+12345");
    for index in 0..10 {
        assert_eq!(post(&world, "/en/lodge", &flood(index)).await.status, StatusCode::OK);
    }
    let refused = post(&world, "/en/lodge", &flood(10)).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.text.contains("Sign in with a code") && refused.text.contains("value=\"Rahima Bibi\""));
    assert!(refused.text.contains("href=\"/en/plain/sign-in\""));
    // A person who has proved the number can continue, by the same form.
    let proved = world.citizen("9830012345").await;
    assert_eq!(proved.form("/en/lodge", &flood(10)).await.status, StatusCode::OK);
    let shapeless = post(&world, "/lodge", "colour=red").await;
    assert_eq!(shapeless.status, StatusCode::BAD_REQUEST, "{}", shapeless.text);
    assert!(shapeless.text.contains("<form method=\"post\"") && shapeless.text.contains("পাঠানো"));
}

#[tokio::test]
async fn another_sites_form_is_refused() {
    let world = World::new().await;
    let request = axum::http::Request::builder()
        .method("POST")
        .uri("/lodge")
        .header("host", "localhost")
        .header("sec-fetch-site", "cross-site")
        .header("content-type", "application/x-www-form-urlencoded");
    let answer = world.anon().send(request.body(Body::from(GOOD)).expect("a request")).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_form_sent_again_just_after_midnight_is_the_same_grievance() {
    let world = World::new().await;
    // 23:59:50 in India.
    world.pass(chrono::Duration::seconds(13 * 3_600 + 59 * 60 + 50));
    let first = post(&world, "/en/lodge", GOOD).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text);
    world.pass(chrono::Duration::seconds(20));
    let again = post(&world, "/en/lodge", GOOD).await;
    assert_eq!(again.status, StatusCode::OK, "{}", again.text);
    assert_eq!(world.app.store.head().await.expect("a head").seq, 1, "one grievance");
    // On the evening of that day it may be a new one.
    world.pass(chrono::Duration::hours(20));
    post(&world, "/en/lodge", GOOD).await;
    assert_eq!(world.app.store.head().await.expect("a head").seq, 2);
}

/// A form with a photo, as a browser without a script sends it.
async fn with_photo(person: &tests::Person<'_>, photo: &[u8]) -> Answer {
    let mut body = Vec::new();
    for (name, value) in
        [("text", "The tube well is broken."), ("place", "Bolpur"), ("name", "Rahima Bibi"), ("mobile", "9830012345")]
    {
        body.extend(format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    body.extend(b"--x\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.png\"\r\n\r\n");
    body.extend(photo);
    body.extend(b"\r\n--x--\r\n");
    let request = person.request("POST", "/en/lodge").header("content-type", "multipart/form-data; boundary=x");
    let request = request.header("content-length", body.len());
    person.send(request.body(Body::from(body)).expect("a request")).await
}

#[tokio::test]
async fn a_signed_in_senders_photo_does_not_wait_for_strangers_photos() {
    let world = World::new().await;
    let (stranger, citizen) = (world.anon(), world.citizen("9830012345").await);
    let share = world.app.disk.strangers();
    world.app.unnamed.store(2 * share + 1, std::sync::atomic::Ordering::Relaxed);
    let refused = with_photo(&stranger, &tests::photo()).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{}", refused.text);
    let taken = with_photo(&citizen, &tests::photo()).await;
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.text);
}

#[tokio::test]
async fn a_photo_of_a_plain_form_counts_with_what_it_has() {
    let world = World::new().await;
    let bytes = vec![0xFF; 9 * 1024 * 1024];
    // None of these is a photo: each is refused, and its bytes have come all the same.
    let mut arrived = 0;
    loop {
        let answer = with_photo(&world.anon(), &bytes).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            break;
        }
        arrived += bytes.len();
        assert!(arrived < 300 * 1024 * 1024, "{arrived} bytes from one address: {}", answer.status);
    }
}
