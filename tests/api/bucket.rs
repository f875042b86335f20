//! Attachments in a bucket, which a local stand-in plays.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use model::attachment::AttachmentKind;
use serde_json::json;
use server::attachments::Attachments;
use server::backup::{self, Home, Restore};
use server::page;
use server::state::App;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tests::s3::S3;
use tests::{Answer, World, form, is_on_postgres, photo, spoken};
use tower::ServiceExt;

fn bucket(s3: &S3) -> Attachments {
    Attachments::at(s3.name(), s3.environment().into_iter()).expect("a bucket")
}

/// A photo of several pieces.
fn large_photo() -> Vec<u8> {
    let mut rng = fastrand::Rng::with_seed(4);
    let image = image::RgbImage::from_fn(400, 300, |_, _| image::Rgb([rng.u8(..), rng.u8(..), rng.u8(..)]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Jpeg).expect("encoded");
    bytes.into_inner()
}

/// A phone that uploads by way of a node.
struct Phone<'a>(&'a Router);

impl Phone<'_> {
    async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("host", "localhost");
        for (name, value) in headers.iter().chain(&[("sec-fetch-site", "same-origin")]) {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_vec())).expect("a request");
        let answer = self.0.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = answer.into_parts();
        let bytes = axum::body::to_bytes(body, 64 << 20).await.expect("a body");
        let json = serde_json::from_slice(&bytes).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status, headers: parts.headers, json, text, bytes }
    }

    /// Announces an upload; answers its path and its name.
    async fn open(&self, kind: AttachmentKind, length: usize) -> (String, String) {
        let headers = [("upload-length", &*length.to_string()), ("upload-metadata", kind.metadata())];
        let answer = self.send("POST", "/api/uploads", &headers, &[]).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        let path = answer.headers["location"].to_str().expect("text").to_owned();
        let id = path.rsplit('/').next().expect("an id").to_owned();
        (path, id)
    }

    async fn patch(&self, path: &str, offset: usize, bytes: &[u8]) -> Answer {
        let kind = ("content-type", "application/offset+octet-stream");
        self.send("PATCH", path, &[kind, ("upload-offset", &offset.to_string())], bytes).await
    }

    async fn offset(&self, path: &str) -> usize {
        let answer = self.send("HEAD", path, &[], &[]).await;
        assert_eq!(answer.status, StatusCode::OK);
        answer.headers["upload-offset"].to_str().expect("text").parse().expect("a number")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn attachments_are_uploaded_read_played_and_swept() {
    let s3 = S3::start().await;
    let world = World::storing(bucket(&s3)).await;
    let phone = Phone(&world.router);
    let bytes = large_photo();
    let half = bytes.len() / 2;
    let (path, id) = phone.open(AttachmentKind::Photo, bytes.len()).await;
    assert_eq!(phone.patch(&path, 0, &bytes[..half / 2]).await.status, StatusCode::NO_CONTENT);
    assert_eq!(phone.patch(&path, half / 2, &bytes[half / 2..half]).await.status, StatusCode::NO_CONTENT);
    assert_eq!(s3.keys().len(), 3, "two pieces and the probe: {:?}", s3.keys());
    // While the bucket does not answer, the phone is told to come again; then it continues where it was.
    s3.set_down(true);
    assert_eq!(phone.patch(&path, half, &bytes[half..]).await.status, StatusCode::SERVICE_UNAVAILABLE);
    s3.set_down(false);
    let at = phone.offset(&path).await;
    assert_eq!(at, half);
    let finished = phone.patch(&path, at, &bytes[at..]).await;
    assert_eq!(finished.status, StatusCode::NO_CONTENT, "{}", finished.text);
    let (spoken_path, voice) = phone.open(AttachmentKind::Voice, spoken(150).len()).await;
    assert_eq!(phone.patch(&spoken_path, 0, &spoken(150)).await.status, StatusCode::NO_CONTENT);
    let at_once = world.anon().upload(photo()).await;
    let dropped = at_once.json["id"].as_str().expect("an id").to_owned();
    let names = |id: &str| s3.keys().into_iter().filter(|key| key.contains(id)).collect::<Vec<_>>();
    assert_eq!(names(&id), [format!("photos/{}/{id}.jpg", &id[..2])], "nothing is left of the pieces");

    let mut lodging = form("9830012345");
    (lodging["photos"], lodging["voice"]) = (json!([id]), json!(voice));
    assert_eq!(world.anon().lodge(&lodging).await.status, StatusCode::CREATED);
    let citizen = world.citizen("9830012345").await;
    assert!(citizen.get(&format!("/api/photos/{id}")).await.bytes.starts_with(&[0xFF, 0xD8]));
    let played = citizen.get(&format!("/api/voices/{voice}")).await;
    let whole = played.bytes.len();
    assert_eq!((played.status, &played.headers["accept-ranges"]), (StatusCode::OK, &"bytes".parse().unwrap()));
    for (range, status, part) in [
        ("bytes=0-3", StatusCode::PARTIAL_CONTENT, 0..4),
        ("bytes=4-", StatusCode::PARTIAL_CONTENT, 4..whole),
        ("bytes=-5", StatusCode::PARTIAL_CONTENT, whole - 5..whole),
        ("bytes=10-999999", StatusCode::PARTIAL_CONTENT, 10..whole),
        ("bytes=999999-", StatusCode::RANGE_NOT_SATISFIABLE, 0..0),
        ("bytes=0-1,4-5", StatusCode::OK, 0..whole),
    ] {
        let request = citizen.request("GET", &format!("/api/voices/{voice}")).header("range", range);
        let answer = citizen.send(request.body(Body::empty()).expect("a request")).await;
        assert_eq!((answer.status, &answer.bytes), (status, &played.bytes.slice(part)), "{range}");
    }

    // Pieces that belong to nothing are deleted after a day, unnamed attachments after a month.
    let (open, unfinished) = phone.open(AttachmentKind::Photo, bytes.len()).await;
    phone.patch(&open, 0, &bytes[..100]).await;
    world.app.store.forget_attachment(&unfinished).await.expect("forgotten");
    server::app::attachment::sweep(&world.app).await.expect("swept");
    assert_eq!(names(&unfinished).len(), 1, "it may still be arriving");
    s3.age(&names(&unfinished)[0], chrono::Duration::hours(25));
    world.pass(chrono::Duration::days(31));
    assert_eq!(names(&dropped).len(), 1);
    assert_eq!(server::app::attachment::sweep(&world.app).await.expect("swept"), 1);
    assert_eq!((names(&unfinished).len(), names(&dropped).len(), names(&id).len()), (0, 0, 1));
    assert_eq!(s3.unsigned(), 0, "every request was signed");
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_backup_and_restore_include_the_bucket() {
    let (s3, other) = (S3::start().await, S3::start().await);
    let world = World::storing(bucket(&s3)).await;
    let id = world.anon().upload(photo()).await.json["id"].as_str().expect("an id").to_owned();
    let key = format!("photos/{}/{id}.jpg", &id[..2]);
    let (data, public) = (world.data.path(), tests::root().join("public"));
    let home = |attachments: &S3| Home { data: data.to_owned(), attachments: bucket(attachments) };
    let faults = async || match is_on_postgres() {
        true => backup::verify_on(world.app.store.as_ref(), home(&s3), &public, None).await,
        false => backup::verify(home(&s3), &public, None),
    };
    assert_eq!(faults().await.expect("an audit").faults, Vec::<String>::new());
    if !is_on_postgres() {
        let folder = tempfile::tempdir().expect("a folder");
        let (to, again) = (folder.path().join("backups"), folder.path().join("again"));
        let (from, manifest) = backup::make(home(&s3), &public, &to, world.now(), false).expect("a backup");
        assert_eq!((manifest.attachments, from.join(&key).exists()), (1, true));
        // The next one links what this one has, and does not fetch it again.
        let (next, _) = backup::make(home(&s3), &public, &to, world.now(), false).expect("a backup");
        use std::os::unix::fs::MetadataExt;
        assert_eq!(next.join(&key).metadata().expect("a file").nlink(), 2);
        let restore = Restore { from: &from, key: None, data: &again, public: &public, anyway: false };
        let restored = backup::restore_with(restore, &bucket(&other)).expect("restored");
        assert_eq!((restored.audit.faults, other.keys()), (Vec::new(), vec![key.clone()]));
        assert!(!again.join("photos").exists(), "it is in the bucket alone");
    }
    s3.spoil(&key);
    assert!(faults().await.expect("an audit").faults[0].contains(&id));
    s3.set_down(true);
    assert!(faults().await.expect("an audit").faults[0].contains(&id), "what cannot be read is no proof");
}

/// A node of a deployment on one database and one bucket.
async fn node(data: &Path, url: &str, s3: &S3) -> (App, Router) {
    let config = tests::config(data, Some(url.to_owned()), Arc::new(chrono::Utc::now));
    let app = App::open(server::state::Config { attachments: bucket(s3), ..config }).await.expect("a node");
    let router = page::router(app.clone()).expect("routes");
    (app, router)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_continues_at_another_node() {
    let (s3, url, folder) = (S3::start().await, tests::postgres::database(), tempfile::tempdir().expect("a folder"));
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    let (a, at_a) = node(&one, &url, &s3).await;
    std::fs::create_dir_all(&two).expect("a folder");
    std::fs::copy(one.join("secret.key"), two.join("secret.key")).expect("a copy");
    let (b, at_b) = node(&two, &url, &s3).await;
    let (here, there) = (Phone(&at_a), Phone(&at_b));
    let bytes = large_photo();
    let (path, id) = here.open(AttachmentKind::Photo, bytes.len()).await;
    here.patch(&path, 0, &bytes[..70_000]).await;
    assert_eq!(there.offset(&path).await, 70_000);
    assert_eq!(there.patch(&path, 0, &bytes[..70_000]).await.code(), "wrong_offset", "it is told to ask");

    // A connection that the phone has left still has some bytes in memory when the phone continues at the other node.
    let id = id.as_str().into();
    let mut left = a.config.attachments.resume(&id, 70_000).await.expect("resumed").expect("free");
    left.write(&bytes[70_000..70_500]).await.expect("taken");
    assert_eq!(there.patch(&path, 70_000, &bytes[70_000..71_000]).await.status, StatusCode::NO_CONTENT);
    assert_eq!(left.flush().await.expect_err("overtaken").kind(), ErrorKind::AlreadyExists);
    // The other way about: the phone's request fails, it asks, and continues after what the left connection has stored.
    let mut left = a.config.attachments.resume(&id, 71_000).await.expect("resumed").expect("free");
    left.write(&bytes[71_000..72_000]).await.expect("taken");
    let slow = tokio::spawn({
        let (router, path, part) = (at_b.clone(), path.clone(), bytes[71_000..73_000].to_vec());
        async move { Phone(&router).patch(&path, 71_000, &part).await }
    });
    left.flush().await.ok();
    let answer = slow.await.expect("answered");
    let at = there.offset(&path).await;
    assert!(
        (answer.code(), at) == ("wrong_offset", 72_000) || (answer.status, at) == (StatusCode::NO_CONTENT, 73_000),
        "{} and {at}",
        answer.text
    );
    let finished = there.patch(&path, at, &bytes[at..]).await;
    assert_eq!(finished.status, StatusCode::NO_CONTENT, "{}", finished.text);
    assert_eq!(here.offset(&path).await, bytes.len());
    // Every byte is the phone's.
    let stored = b.store.attachment(&id).await.expect("read").expect("listed");
    use sha2::Digest;
    assert_eq!(stored.digest, Some(sha2::Sha256::digest(&bytes).into()));
    assert_eq!(s3.keys().len(), 2, "the attachment and the probe: {:?}", s3.keys());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_stops_the_start_and_is_not_repeated() {
    let s3 = S3::start().await;
    let secret = "another secret";
    let wrong = s3.environment().into_iter().map(|(name, value)| match name.as_str() {
        "AWS_SECRET_ACCESS_KEY" => (name, secret.to_owned()),
        _ => (name, value),
    });
    let bucket = Attachments::at(s3.name(), wrong).expect("a bucket");
    let refused = tokio::time::timeout(Duration::from_secs(20), bucket.ready()).await.expect("in time");
    let said = format!("{:#}", refused.expect_err("refused"));
    assert!(said.contains("AWS_") && !said.contains(secret), "{said}");
    assert!(s3.unsigned() > 0);
}
