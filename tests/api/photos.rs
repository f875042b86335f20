//! POST /api/uploads, GET /api/photos/{id}

use axum::http::StatusCode;
use chrono::Duration;
use serde_json::json;
use tests::{World, form, photo};

#[tokio::test]
async fn a_photo_is_taken_named_by_a_grievance_and_shown_to_its_readers_alone() {
    let world = World::new().await;
    let anon = world.anon();
    let sent = anon.upload(photo()).await;
    assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.text);
    let path = format!("/api/photos/{}", sent.json["id"].as_str().expect("an id"));
    let analyst = world.staff("analyst").await;
    assert_eq!(analyst.get(&path).await.status, StatusCode::NOT_FOUND, "nobody's yet");
    let mut with_photo = form("9830012345");
    with_photo["photos"] = json!([sent.json["id"]]);
    assert_eq!(anon.lodge(&with_photo).await.status, StatusCode::CREATED);
    let shown = analyst.get(&path).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert_eq!(shown.headers["content-security-policy"], "sandbox; default-src 'none'");
    assert_eq!(shown.headers["x-content-type-options"], "nosniff");
    assert_eq!(world.citizen("9830012345").await.get(&path).await.status, StatusCode::OK);
    assert_eq!(anon.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.staff("nodal.prd").await.get(&path).await.status, StatusCode::NOT_FOUND);
    let taken = anon.lodge(&with_photo).await;
    assert_eq!(taken.json["errors"], json!(["photo_unknown"]), "it belongs to the first");
}

#[tokio::test]
async fn what_is_no_photo_or_too_large_is_refused() {
    let world = World::new().await;
    let anon = world.anon();
    for bytes in [b"hello".to_vec(), b"<svg onload=alert(1)>".to_vec(), b"\xFF\xD8\xFF then nothing".to_vec(), vec![]] {
        let answer = anon.upload(bytes).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_an_image"));
    }
    let sixty_megabytes = anon.upload(vec![0xFF; 60 * 1024 * 1024]).await;
    assert_eq!((sixty_megabytes.status, sixty_megabytes.code()), (StatusCode::PAYLOAD_TOO_LARGE, "image_too_large"));
    for id in ["x", "../../secret.key", "0123456789abcdef0123456789abcdef"] {
        assert_eq!(anon.get(&format!("/api/photos/{id}")).await.status, StatusCode::NOT_FOUND, "{id}");
    }
}

#[tokio::test]
async fn what_nothing_names_is_forgotten_and_what_a_case_names_stays() {
    let world = World::new().await;
    let citizen = world.anon();
    let (kept, dropped) = (citizen.upload(photo()).await, citizen.upload(photo()).await);
    let id = |answer: &tests::Answer| answer.json["id"].as_str().expect("an id").to_owned();
    let mut lodging = form("9830012345");
    lodging["photos"] = json!([id(&kept)]);
    assert_eq!(citizen.lodge(&lodging).await.status, StatusCode::CREATED);
    let file = |id: &str| world.data.path().join("photos").join(&id[..2]).join(format!("{id}.jpg"));
    assert!(file(&id(&dropped)).exists());
    world.pass(Duration::days(29));
    assert_eq!(server::app::attachment::sweep(&world.app).await.expect("swept"), 0, "a draft may still name it");
    world.pass(Duration::days(2));
    assert_eq!(server::app::attachment::sweep(&world.app).await.expect("swept"), 1);
    assert!(file(&id(&kept)).exists() && !file(&id(&dropped)).exists());
}

async fn patch(world: &World, path: &str, offset: usize, bytes: &[u8]) -> tests::Answer {
    let request = world.anon().request("PATCH", path).header("content-type", "application/offset+octet-stream");
    let request = request.header("upload-offset", offset.to_string()).header("tus-resumable", "1.0.0");
    world.anon().send(request.body(bytes.to_vec().into()).expect("a request")).await
}

async fn offset(world: &World, path: &str) -> (String, Option<String>) {
    let request = world.anon().request("HEAD", path).body(axum::body::Body::empty()).expect("a request");
    let answer = world.anon().send(request).await;
    assert_eq!(answer.status, StatusCode::OK);
    let text = |name: &str| answer.headers.get(name).map(|value| value.to_str().expect("text").to_owned());
    (text("upload-offset").expect("an offset"), text("repr-digest"))
}

async fn opened(world: &World, length: usize) -> (String, String) {
    let request = world.anon().request("POST", "/api/uploads").header("upload-length", length.to_string());
    let answer = world.anon().send(request.body(axum::body::Body::empty()).expect("a request")).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    let path = answer.headers["location"].to_str().expect("text").to_owned();
    let id = path.rsplit('/').next().expect("an id").to_owned();
    (path, id)
}

#[tokio::test]
async fn an_upload_goes_on_where_it_broke_off_and_every_byte_arrives() {
    let world = World::new().await;
    let bytes = photo();
    let (path, id) = opened(&world, bytes.len()).await;
    assert_eq!(offset(&world, &path).await.0, "0");
    assert_eq!(patch(&world, &path, 0, &bytes[..40]).await.status, StatusCode::NO_CONTENT);
    assert_eq!(patch(&world, &path, 0, &bytes[..40]).await.code(), "wrong_offset", "sent twice, written once");
    assert_eq!(offset(&world, &path).await.0, "40");
    // The grievance does not wait for its photo.
    let mut with_photo = form("9830012345");
    with_photo["photos"] = json!([id]);
    let reference = world.anon().lodge(&with_photo).await.json["reference"].as_str().expect("a number").to_owned();
    let citizen = world.citizen("9830012345").await;
    let view = citizen.case(&reference).await.json;
    assert_eq!((&view["photos"], &view["photos_coming"]), (&json!([]), &json!(1)));
    assert_eq!(citizen.get(&format!("/api/photos/{id}")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(patch(&world, &path, 40, &bytes[40..]).await.status, StatusCode::NO_CONTENT);
    let view = citizen.case(&reference).await.json;
    assert_eq!((&view["photos"], &view["photos_coming"]), (&json!([id]), &json!(0)));
    assert_eq!(citizen.get(&format!("/api/photos/{id}")).await.status, StatusCode::OK);
    use base64::Engine;
    use sha2::Digest;
    let digest = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(&bytes));
    let (at, told) = offset(&world, &path).await;
    assert_eq!((at, told), (bytes.len().to_string(), Some(format!("sha-256=:{digest}:"))));
    // The answer to the last bytes was lost; asking again is harmless.
    assert_eq!(patch(&world, &path, bytes.len(), &[]).await.status, StatusCode::NO_CONTENT);
    assert_eq!(patch(&world, &path, bytes.len(), b"more").await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn what_a_citizen_adds_does_not_wait_for_its_photos_and_a_report_does() {
    let world = World::new().await;
    let (bytes, mobile) = (photo(), "9830012345");
    let reference = world.anon().lodge(&form(mobile)).await.json["reference"].as_str().expect("a number").to_owned();
    let citizen = world.citizen(mobile).await;
    let (path, id) = opened(&world, bytes.len()).await;
    let added = json!({ "add_information": { "text": "ছবি দিলাম।", "photos": [id] } });
    let answer = citizen.act(&reference, &added).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let newest = |view: &serde_json::Value| {
        (view["timeline"][0]["photos"].clone(), view["timeline"][0]["photos_coming"].clone())
    };
    assert_eq!(newest(&answer.json), (json!([]), json!(1)));
    assert_eq!(answer.json["photos_coming"], 0, "it is none of the grievance itself");
    assert_eq!(patch(&world, &path, 0, &bytes).await.status, StatusCode::NO_CONTENT);
    assert_eq!(newest(&citizen.case(&reference).await.json), (json!([id]), json!(0)));
    // Staff can name only what has arrived.
    let (_, coming) = opened(&world, bytes.len()).await;
    let visit = json!({ "submit_atr": { "outcome": "done", "text": "পাইপ বদলানো হয়েছে।", "photos": [coming] } });
    let refused = world.staff("analyst").await.act(&reference, &visit).await;
    assert_eq!(refused.json["errors"], json!(["photo_unknown"]));
}

/// A request that sends so many bytes of its upload and then stays open.
fn stalled(world: &World, path: &str, offset: usize, bytes: &[u8]) -> tokio::task::JoinHandle<StatusCode> {
    use tokio_stream::StreamExt;
    let first = Ok::<_, std::io::Error>(bytes::Bytes::copy_from_slice(bytes));
    let body = axum::body::Body::from_stream(tokio_stream::once(first).chain(tokio_stream::pending()));
    let request = world.anon().request("PATCH", path).header("content-type", "application/offset+octet-stream");
    let request = request.header("upload-offset", offset.to_string()).body(body).expect("a request");
    let router = world.router.clone();
    tokio::spawn(async move { tower::ServiceExt::oneshot(router, request).await.expect("an answer").status() })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_stay_open_on_one_upload_stop_neither_the_server_nor_the_upload() {
    let world = World::new().await;
    let bytes = photo();
    let (path, _) = opened(&world, bytes.len()).await;
    let open: Vec<_> = (0..3).map(|_| stalled(&world, &path, 0, &bytes[..10])).collect();
    // Whichever came last has written its ten bytes.
    let written = async {
        // All three have arrived once two of them were answered; one that comes later would be the newest.
        let answered = || open.iter().filter(|request| request.is_finished()).count();
        while answered() < 2 || offset(&world, &path).await.0 != "10" {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    let patience = std::time::Duration::from_secs(20);
    tokio::time::timeout(patience, written).await.expect("the server lives");
    // The phone returns by another network while the old connections look open.
    let rest = tokio::time::timeout(patience, patch(&world, &path, 10, &bytes[10..])).await.expect("answered");
    assert_eq!(rest.status, StatusCode::NO_CONTENT, "{}", rest.text);
    for request in open {
        assert_eq!(request.await.expect("answered"), StatusCode::CONFLICT, "the newest request counts");
    }
}

#[tokio::test]
async fn whoever_waited_for_the_turn_does_not_begin_an_upload_that_has_come_meanwhile() {
    let world = World::new().await;
    // Large enough that reading it takes a moment.
    let picture = image::RgbImage::from_fn(3_000, 2_400, |x, y| image::Rgb([x as u8, y as u8, (x / 9) as u8]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Jpeg).expect("a photo");
    let bytes = bytes.into_inner();
    let (path, _) = opened(&world, bytes.len()).await;
    let late = async {
        while offset(&world, &path).await.0 != bytes.len().to_string() {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        let late = stalled(&world, &path, 0, &bytes[..10]);
        tokio::time::timeout(std::time::Duration::from_secs(20), late)
            .await
            .expect("it waits for nothing")
            .expect("answered")
    };
    let (whole, late) = tokio::join!(patch(&world, &path, 0, &bytes), late);
    assert_eq!((whole.status, late), (StatusCode::NO_CONTENT, StatusCode::CONFLICT), "{}", whole.text);
}

#[tokio::test]
async fn uploads_that_are_wrong_are_refused_and_leave_nothing() {
    let world = World::new().await;
    let (path, id) = opened(&world, 5).await;
    assert_eq!(patch(&world, &path, 0, b"123456").await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(patch(&world, &path, 0, b"hello").await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "no photo");
    let gone = world.anon().request("HEAD", &path).body(axum::body::Body::empty()).expect("a request");
    assert_eq!(world.anon().send(gone).await.status, StatusCode::NOT_FOUND);
    assert!(!world.data.path().join("photos/partial").join(&id).exists());
    let typed = world.anon().request("PATCH", &path).header("upload-offset", "0").header("content-type", "image/png");
    let answer = world.anon().send(typed.body(vec![1].into()).expect("a request")).await;
    assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    for length in ["0", "10485761", "99999999999999999999"] {
        let request = world.anon().request("POST", "/api/uploads").header("upload-length", length);
        let answer = world.anon().send(request.body(axum::body::Body::empty()).expect("a request")).await;
        assert!(answer.status.is_client_error(), "{length}: {}", answer.status);
    }
}

#[tokio::test]
async fn strangers_who_fill_their_share_leave_room_for_whoever_has_sent_little() {
    let world = World::new().await;
    let announce = async |person: &tests::Person<'_>, address: u8, length: u64| {
        let request = person.request("POST", "/api/uploads").header("upload-length", length);
        let mut request = request.body(axum::body::Body::empty()).expect("a request");
        let address = std::net::SocketAddr::from(([192, 0, 2, address], 4_000));
        request.extensions_mut().insert(axum::extract::ConnectInfo(address));
        person.send(request).await.status
    };
    let (stranger, signed_in) = (world.anon(), world.citizen("9830012345").await);
    let share = 4 * 1024 * 1024 * 1024;
    world.app.unnamed.store(share + 1, std::sync::atomic::Ordering::Relaxed);
    let mut taken = 0;
    while announce(&stranger, 1, 5_000_000).await == StatusCode::CREATED {
        taken += 1;
        assert!(taken < 40, "no end");
    }
    assert!(taken > 0, "whoever has sent little is not turned away");
    assert_eq!(announce(&stranger, 1, 5_000_000).await, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(announce(&stranger, 2, 5_000_000).await, StatusCode::CREATED, "another address has its own");
    world.app.unnamed.store(2 * share + 1, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(announce(&stranger, 3, 1_000).await, StatusCode::SERVICE_UNAVAILABLE, "the reserve has an end");
    assert_eq!(announce(&signed_in, 3, 1_000).await, StatusCode::CREATED, "who is signed in does not wait for them");
}

#[tokio::test]
async fn an_upload_that_was_forgotten_while_it_was_read_has_not_arrived() {
    let world = World::new().await;
    let bytes = photo();
    let (path, id) = opened(&world, bytes.len()).await;
    // Whoever sends the last byte now waits for a turn to be read.
    let turns = world.app.decoding.acquire_many(2).await.expect("turns");
    let sent = patch(&world, &path, 0, &bytes);
    let forgotten = async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        world.app.store.forget_attachment(&id).await.expect("forgotten");
        drop(turns);
    };
    let (answer, ()) = tokio::join!(sent, forgotten);
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.text);
    let file = world.data.path().join("photos").join(&id[..2]).join(format!("{id}.jpg"));
    assert!(!file.exists(), "a file that nothing names is not left behind");
    assert_eq!(world.audit().await.faults, Vec::<String>::new());
}

#[tokio::test]
async fn what_was_announced_and_never_sent_keeps_nobodys_photo_out() {
    let world = World::new().await;
    let unnamed = async || server::app::attachment::unnamed_bytes(&world.app).await.expect("counted");
    let bytes = photo();
    let (path, _) = opened(&world, bytes.len()).await;
    for _ in 0..5 {
        opened(&world, 1_000_000).await;
    }
    assert_eq!(unnamed().await, 5_000_000 + bytes.len() as u64, "a burst of announcements is believed for now");
    assert_eq!(patch(&world, &path, 0, &bytes[..40]).await.status, StatusCode::NO_CONTENT);
    world.pass(Duration::minutes(11));
    assert_eq!(unnamed().await, 40, "what has arrived");
    assert_eq!(patch(&world, &path, 40, &bytes[40..]).await.status, StatusCode::NO_CONTENT, "it goes on all the same");
    assert_eq!(unnamed().await, bytes.len() as u64);
}
