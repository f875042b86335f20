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
    assert_eq!(server::api::sweep_photos(&world.app).await.expect("swept"), 0, "a draft may still name it");
    world.pass(Duration::days(2));
    assert_eq!(server::api::sweep_photos(&world.app).await.expect("swept"), 1);
    assert!(file(&id(&kept)).exists() && !file(&id(&dropped)).exists());
}
