//! POST /api/uploads of a spoken note, GET /api/voices/{id}

use axum::body::Body;
use axum::http::{StatusCode, header};
use model::attachment::AttachmentKind;
use serde_json::{Value, json};
use tests::{World, form, photo, spoken};

/// Announces an attachment of a kind and sends all of it.
async fn sent(world: &World, kind: AttachmentKind, bytes: &[u8]) -> (String, tests::Answer) {
    let anon = world.anon();
    let request = anon.request("POST", "/api/uploads").header("upload-length", bytes.len().to_string());
    let request = request.header("upload-metadata", kind.metadata());
    let opened = anon.send(request.body(Body::empty()).expect("a request")).await;
    assert_eq!(opened.status, StatusCode::CREATED, "{}", opened.text);
    let path = opened.headers["location"].to_str().expect("text").to_owned();
    let request = anon.request("PATCH", &path).header("content-type", "application/offset+octet-stream");
    let request = request.header("upload-offset", "0").body(bytes.to_vec().into()).expect("a request");
    (path.rsplit('/').next().expect("an id").to_owned(), anon.send(request).await)
}

fn form_spoken(mobile: &str, voice: &str) -> Value {
    let mut form = form(mobile);
    (form["text"], form["voice"]) = (json!(""), json!(voice));
    form
}

#[tokio::test]
async fn a_grievance_may_be_spoken_and_is_played_to_its_readers_alone() {
    let world = World::new().await;
    let (voice, arrived) = sent(&world, AttachmentKind::Voice, &spoken(150)).await;
    assert_eq!(arrived.status, StatusCode::NO_CONTENT, "{}", arrived.text);
    let lodged = world.anon().lodge(&form_spoken("9830012345", &voice)).await;
    assert_eq!(lodged.status, StatusCode::CREATED, "{}", lodged.text);
    let number = lodged.json["reference"].as_str().expect("a number");
    let citizen = world.citizen("9830012345").await;
    let view = citizen.case(number).await.json;
    assert_eq!((&view["voice"], &view["spoken"], &view["photos"]), (&json!(voice), &json!(true), &json!([])));
    let path = format!("/api/voices/{voice}");
    let played = citizen.get(&path).await;
    assert_eq!((played.status, &played.headers[header::CONTENT_TYPE]), (StatusCode::OK, &"audio/ogg".parse().unwrap()));
    assert_eq!(played.headers["content-security-policy"], "sandbox; default-src 'none'");
    assert_eq!(played.headers["cache-control"], "private, no-store");
    assert!(played.bytes.starts_with(b"OggS"));
    let part = citizen.request("GET", &path).header("range", "bytes=0-3").body(Body::empty()).expect("a request");
    let part = citizen.send(part).await;
    assert_eq!((part.status, &part.bytes[..]), (StatusCode::PARTIAL_CONTENT, &b"OggS"[..]));
    assert_eq!(world.staff("analyst").await.get(&path).await.status, StatusCode::OK);
    for other in [world.anon(), world.citizen("9830054321").await, world.staff("nodal.prd").await] {
        assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(citizen.get(&format!("/api/photos/{voice}")).await.status, StatusCode::NOT_FOUND, "it is no photo");
}

#[tokio::test]
async fn a_voice_is_kept_from_a_department_that_must_not_know_who_speaks() {
    let world = World::new().await;
    let (voice, _) = sent(&world, AttachmentKind::Voice, &spoken(60)).await;
    let mut hidden = form_spoken("9830012345", &voice);
    hidden["confidential"] = json!(true);
    let number = world.anon().lodge(&hidden).await.json["reference"].as_str().expect("a number").to_owned();
    let analyst = world.staff("analyst").await;
    let categorise = json!({ "categorise": { "category": "water.tubewell", "department": "PHE", "lane": "ordinary" } });
    analyst.must(&number, &categorise, "with_department").await;
    let nodal = world.staff("nodal.phe").await;
    let view = nodal.case(&number).await.json;
    assert_eq!((&view["voice"], &view["spoken"]), (&Value::Null, &json!(true)), "that there is one is no secret");
    let path = format!("/api/voices/{voice}");
    assert_eq!(nodal.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(analyst.get(&path).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_grievance_does_not_wait_for_its_voice() {
    let world = World::new().await;
    let anon = world.anon();
    let bytes = spoken(60);
    let request = anon.request("POST", "/api/uploads").header("upload-length", bytes.len().to_string());
    let request = request.header("upload-metadata", AttachmentKind::Voice.metadata());
    let opened = anon.send(request.body(Body::empty()).expect("a request")).await;
    let path = opened.headers["location"].to_str().expect("text").to_owned();
    let voice = path.rsplit('/').next().expect("an id");
    let number =
        anon.lodge(&form_spoken("9830012345", voice)).await.json["reference"].as_str().expect("one").to_owned();
    let citizen = world.citizen("9830012345").await;
    let view = citizen.case(&number).await.json;
    assert_eq!((&view["voice"], &view["spoken"], &view["photos_coming"]), (&Value::Null, &json!(true), &json!(0)));
    let request = anon.request("PATCH", &path).header("content-type", "application/offset+octet-stream");
    anon.send(request.header("upload-offset", "0").body(bytes.into()).expect("a request")).await;
    assert_eq!(citizen.case(&number).await.json["voice"], json!(voice));
}

#[tokio::test]
async fn a_note_that_nothing_names_waits_as_long_as_a_draft_lives() {
    let world = World::new().await;
    let (voice, _) = sent(&world, AttachmentKind::Voice, &spoken(60)).await;
    let file = world.data.path().join("voices").join(&voice[..2]).join(format!("{voice}.audio"));
    for (days, gone) in [(2, 0), (27, 0), (2, 1)] {
        world.pass(chrono::Duration::days(days));
        assert_eq!(server::app::attachment::sweep(&world.app).await.expect("swept"), gone);
        assert_eq!(file.exists(), gone == 0);
    }
}

#[tokio::test]
async fn what_is_no_speech_too_long_or_of_another_kind_is_refused() {
    let world = World::new().await;
    let (_, answer) = sent(&world, AttachmentKind::Voice, &photo()).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_audio"));
    let (_, answer) = sent(&world, AttachmentKind::Voice, &spoken(200 * 50)).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::PAYLOAD_TOO_LARGE, "audio_too_long"));
    let (_, answer) = sent(&world, AttachmentKind::Photo, &spoken(50)).await;
    assert_eq!(answer.code(), "not_an_image");
    let huge = world.anon().request("POST", "/api/uploads").header("upload-length", "2097153");
    let huge = huge.header("upload-metadata", AttachmentKind::Voice.metadata()).body(Body::empty()).expect("a request");
    assert_eq!(world.anon().send(huge).await.code(), "audio_too_long");
    // Neither is taken for the other.
    let (voice, _) = sent(&world, AttachmentKind::Voice, &spoken(50)).await;
    let mut mixed = form("9830012345");
    mixed["photos"] = json!([voice]);
    assert_eq!(world.anon().lodge(&mixed).await.json["errors"], json!(["photo_unknown"]));
    let taken = world.anon().upload(photo()).await.json["id"].as_str().expect("an id").to_owned();
    for wrong in [taken.as_str(), "0123456789abcdef0123456789abcdef", ""] {
        let answer = world.anon().lodge(&form_spoken("9830012345", wrong)).await;
        assert_eq!(answer.json["errors"], json!(["voice_unknown"]), "{wrong}");
    }
    let mut nothing = form("9830012345");
    nothing["text"] = json!(" ");
    assert_eq!(world.anon().lodge(&nothing).await.json["errors"], json!(["text_empty"]));
}
