//! A whole server for black-box tests: the real router over the real database, with a clock that moves only when told.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::missing_panics_doc)]

pub mod postgres;
pub mod s3;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use model::{OfficeId, Time};
use serde_json::{Value, json};
use server::attachments::Attachments;
use server::clock::Clock;
use server::decoder::Decoder;
use server::exchange::Exchange;
use server::mail::{LocalMailer, Mailer};
use server::messenger::LocalGateway;
use server::page;
use server::state::{App, Config};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};
use tower::ServiceExt;

/// The project's root.
#[must_use]
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the root").to_owned()
}

/// The program under test, built beside these tests.
#[must_use]
pub fn program() -> PathBuf {
    let mut path = std::env::current_exe().expect("this program");
    while path.file_name().is_some_and(|name| name != "debug" && name != "release") {
        path.pop();
    }
    let program = path.join("pratikar");
    assert!(program.exists(), "build it first: cargo build -p server ({})", program.display());
    program
}

/// A port on which nobody listens.
#[must_use]
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port()
}

/// Whether worlds keep their data in PostgreSQL.
#[must_use]
pub fn is_on_postgres() -> bool {
    std::env::var("TEST_ENGINE").is_ok_and(|engine| engine == "postgres")
}

/// A server in this process, with its data and clock.
pub struct World {
    /// The application, for what has no route.
    pub app: App,
    /// The routes.
    pub router: Router,
    /// The data folder, deleted with the world.
    pub data: tempfile::TempDir,
    now: Arc<Mutex<Time>>,
}

/// An answer that has been read.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: axum::http::HeaderMap,
    /// The body as JSON; null where it is not JSON.
    pub json: Value,
    /// The body as text.
    pub text: String,
    /// The body.
    pub bytes: bytes::Bytes,
}

impl Answer {
    /// The problem's code; empty where it is not a problem.
    #[must_use]
    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }

    /// The case's version, from its ETag.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.headers[header::ETAG].to_str().expect("text").trim_matches('"').parse().expect("a number")
    }
}

/// A Monday morning in India.
fn morning() -> Time {
    "2026-11-02T04:30:00Z".parse().expect("a moment")
}

/// The configuration of a world.
#[must_use]
pub fn config(data: &Path, database: Option<String>, clock: Clock) -> Config {
    Config {
        data: data.to_owned(),
        attachments: data.to_owned().into(),
        public: root().join("public"),
        database,
        dist: None,
        demo: true,
        reserve: 0,
        limited: true,
        worker: true,
        behind_proxy: false,
        clock,
        guarded: None,
        trust_clock: true,
        backup: None,
        gateway: Some(Arc::new(LocalGateway)),
        mailer: Some(Arc::new(LocalMailer::default())),
        sms_token: Some("a gateway's token".into()),
        exchange: None,
        exchange_token: Some("an exchange's token".into()),
        decoder: Decoder::InProcess,
    }
}

/// A world with offices and accounts, made once in this process; all others are copies.
struct First {
    /// Files of its data folder.
    files: Vec<(String, Vec<u8>)>,
    /// URL of its database, where that is not a file.
    database: Option<String>,
}

impl First {
    fn made() -> &'static Self {
        static FIRST: OnceLock<First> = OnceLock::new();
        // In a runtime of its own, so that nothing of it runs afterwards.
        FIRST.get_or_init(|| {
            std::thread::spawn(|| tokio::runtime::Runtime::new().expect("a runtime").block_on(Self::make()))
                .join()
                .expect("a world")
        })
    }

    async fn make() -> Self {
        let database = is_on_postgres().then(postgres::database);
        let data = tempfile::tempdir().expect("a folder");
        let app = App::open(config(data.path(), database.clone(), Arc::new(morning))).await.expect("a store");
        seed::write_world(&app).await.expect("offices and accounts");
        app.close().await;
        let entries = std::fs::read_dir(data.path()).expect("a folder").map(|entry| entry.expect("an entry").path());
        let files = entries.filter(|path| path.is_file()).map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read(&path).expect("a file"))
        });
        Self { files: files.collect(), database }
    }
}

impl World {
    /// A server with offices and accounts but no grievances, on a Monday morning in India.
    ///
    /// Its database is a file, or, where `TEST_ENGINE` is `postgres`, in a PostgreSQL server of this process.
    pub async fn new() -> Self {
        Self::copy(First::made()).await
    }

    /// As [`World::new`], with a key of its own.
    pub async fn apart() -> Self {
        Self::copy(&First::make().await).await
    }

    /// As [`World::new`], with attachments stored elsewhere than in its data folder.
    pub async fn storing(attachments: Attachments) -> Self {
        Self::copy_with(First::made(), |config| Config { attachments, ..config }).await
    }

    /// As [`World::new`], with something that carries mail.
    pub async fn mailing(mailer: Arc<dyn Mailer>) -> Self {
        Self::copy_with(First::made(), |config| Config { mailer: Some(mailer), ..config }).await
    }

    /// As [`World::new`], with a telephone exchange.
    pub async fn calling(exchange: Arc<dyn Exchange>) -> Self {
        Self::copy_with(First::made(), |config| Config { exchange: Some(exchange), ..config }).await
    }

    async fn copy(first: &First) -> Self {
        Self::copy_with(first, |config| config).await
    }

    async fn copy_with(first: &First, change: impl FnOnce(Config) -> Config) -> Self {
        let database = first.database.as_deref().map(postgres::copy_of);
        let data = tempfile::tempdir().expect("a folder");
        for (name, bytes) in &first.files {
            std::fs::write(data.path().join(name), bytes).expect("a copy");
        }
        let now = Arc::new(Mutex::new(morning()));
        let held = now.clone();
        let clock: Clock = Arc::new(move || *held.lock().expect("the clock"));
        let app = App::open(change(config(data.path(), database, clock))).await.expect("a store");
        let router = page::router(app.clone()).expect("routes");
        Self { app, router, data, now }
    }

    /// The present time of this world.
    #[must_use]
    pub fn now(&self) -> Time {
        *self.now.lock().expect("the clock")
    }

    /// Lets time pass.
    pub fn pass(&self, time: chrono::Duration) {
        *self.now.lock().expect("the clock") += time;
    }

    /// Checks everything that is stored, beside the server.
    pub async fn audit(&self) -> server::store::Audit {
        let (data, public) = (self.data.path(), root().join("public"));
        match is_on_postgres() {
            true => server::backup::verify_on(self.app.store.as_ref(), data, &public, None).await.expect("an audit"),
            false => server::backup::verify(data, &public, None).expect("an audit"),
        }
    }

    /// Somebody who is not signed in.
    #[must_use]
    pub fn anon(&self) -> Person<'_> {
        Person { world: self, cookie: None, staff: false }
    }

    /// A staff member, signed in with the demo's password.
    pub async fn staff(&self, username: &str) -> Person<'_> {
        let mut person = Person { world: self, cookie: None, staff: true };
        let body = json!({ "username": username, "password": seed::DEMO_PASSWORD });
        let answer = person.post("/api/session", &body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{username}: {}", answer.text);
        person.cookie = Some(cookies(&answer));
        person
    }

    /// A citizen, signed in with the code that was sent.
    pub async fn citizen(&self, mobile: &str) -> Person<'_> {
        let mut person = self.anon();
        let sent = person.post("/api/codes", &json!({ "mobile": mobile })).await;
        assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.text);
        let code = self.last_message(mobile, "code").await;
        let digits = model::text::digits(&code).get(..6).expect("six digits").to_owned();
        let path = format!("/api/codes/{}", sent.json["id"].as_str().expect("an id"));
        let answer = person.post(&path, &json!({ "code": digits })).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        person.cookie = Some(cookies(&answer));
        person
    }

    /// Delivers a text message from somebody, after sending what waits.
    pub async fn text(&self, from: &str, text: &str) {
        self.deliver().await;
        self.text_at_once(from, text).await;
    }

    /// Sends every message that waits.
    pub async fn deliver(&self) {
        while server::messenger::deliver(self.app.store.as_ref(), &LocalGateway, self.now(), true)
            .await
            .expect("a round")
            > 0
        {}
    }

    /// As [`World::text`], without sending what waits before.
    pub async fn text_at_once(&self, from: &str, text: &str) {
        let body = json!({ "id": key(), "from": from, "text": text });
        let token = [("authorization", "Bearer a gateway's token")];
        let answer = self.anon().post_with("/api/sms", &body, &token).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text);
    }

    /// The digits of the newest code to a number.
    pub async fn digits(&self, mobile: &str) -> String {
        let message = self.last_message(mobile, "code").await;
        model::text::digits(&message).get(..6).expect("six digits").to_owned()
    }

    /// The link in the newest message about a case.
    pub async fn link(&self, reference: &str) -> String {
        let all = self.app.store.messages(1_000).await.expect("messages");
        let message = all.iter().find(|message| {
            message.reference.is_some_and(|of| of.to_string() == reference) && message.body.contains("/l/")
        });
        let body = &message.expect("a message").body;
        body[body.find("/l/").expect("a link")..].split_whitespace().next().expect("a link").to_owned()
    }

    /// The newest message of a template to a number.
    pub async fn last_message(&self, mobile: &str, template: &str) -> String {
        let all = self.app.store.messages(1_000).await.expect("messages");
        let found = all.into_iter().find(|message| message.to == mobile && message.template == template);
        found.unwrap_or_else(|| panic!("no {template} to {mobile}")).body
    }

    /// The templates of all messages to a number, oldest first.
    pub async fn templates(&self, mobile: &str) -> Vec<String> {
        let all = self.app.store.messages(1_000).await.expect("messages");
        all.into_iter().rev().filter(|message| message.to == mobile).map(|message| message.template).collect()
    }
}

/// Every cookie that an answer sets, as the browser sends them back.
#[must_use]
pub fn cookies(answer: &Answer) -> String {
    let set = answer.headers.get_all(header::SET_COOKIE).iter();
    let pairs: Vec<&str> = set.map(|value| value.to_str().expect("text").split(';').next().expect("a pair")).collect();
    pairs.join("; ")
}

/// Somebody who sends requests from a browser.
#[derive(Clone)]
pub struct Person<'a> {
    world: &'a World,
    /// The cookies of their session.
    pub cookie: Option<String>,
    staff: bool,
}

impl Person<'_> {
    /// A request as this person's browser would make it.
    #[must_use]
    pub fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "localhost")
            .header("sec-fetch-site", "same-origin");
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        if self.staff {
            request = request.header("pratikar-app", "staff");
        }
        request
    }

    /// Sends a request.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.world.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 64 * 1024 * 1024).await.expect("a body");
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer {
            status: parts.status,
            headers: parts.headers,
            json,
            text: String::from_utf8_lossy(&bytes).into_owned(),
            bytes,
        }
    }

    /// Sends a GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path).body(Body::empty()).expect("a request")).await
    }

    /// Sends JSON by POST.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_with(path, body, &[]).await
    }

    /// Signs out.
    pub async fn sign_out(&self) -> Answer {
        self.send(self.request("DELETE", "/api/session").body(Body::empty()).expect("a request")).await
    }

    /// Sends JSON by POST, with headers.
    pub async fn post_with(&self, path: &str, body: &Value, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.request("POST", path).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body.to_string())).expect("a request")).await
    }

    /// Lodges with a new key.
    pub async fn lodge(&self, form: &Value) -> Answer {
        self.post_with("/api/grievances", form, &[("idempotency-key", &key())]).await
    }

    /// Reads a case.
    pub async fn case(&self, reference: &str) -> Answer {
        self.get(&format!("/api/grievances/{reference}")).await
    }

    /// Acts on a case in its present version.
    pub async fn act(&self, reference: &str, action: &Value) -> Answer {
        let seen = self.case(reference).await;
        if seen.status != StatusCode::OK {
            return seen;
        }
        let version = format!("\"{}\"", seen.version());
        let path = format!("/api/grievances/{reference}/actions");
        self.post_with(&path, action, &[("if-match", &version), ("idempotency-key", &key())]).await
    }

    /// Acts, and expects the case to reach a stage.
    pub async fn must(&self, reference: &str, action: &Value, stage: &str) -> Answer {
        let answer = self.act(reference, action).await;
        assert_eq!(answer.status, StatusCode::OK, "{action}: {}", answer.text);
        assert_eq!(answer.json["line"]["stage"], stage, "after {action}");
        answer
    }

    /// A visit by this validator, with a photo taken there and then.
    pub async fn visit(&self, reference: &str, finding: &str) -> Value {
        let photo = self.upload(photo()).await;
        assert_eq!(photo.status, StatusCode::CREATED, "{}", photo.text);
        let case = self.case(reference).await;
        visit(&case.json, photo.json["id"].as_str().expect("an id"), self.world.now(), finding)
    }

    /// Sends JSON by POST from another address.
    pub async fn post_from(&self, address: u8, path: &str, body: &Value) -> Answer {
        let request = self.request("POST", path).header("content-type", "application/json");
        let mut request = request.body(Body::from(body.to_string())).expect("a request");
        let address = std::net::SocketAddr::from(([192, 0, 2, address], 4_000));
        request.extensions_mut().insert(axum::extract::ConnectInfo(address));
        self.send(request).await
    }

    /// Sends a GET from another address.
    pub async fn get_from(&self, address: u8, path: &str) -> Answer {
        let mut request = self.request("GET", path).body(Body::empty()).expect("a request");
        let address = std::net::SocketAddr::from(([192, 0, 2, address], 4_000));
        request.extensions_mut().insert(axum::extract::ConnectInfo(address));
        self.send(request).await
    }

    /// Lodges from another address.
    pub async fn lodge_from(&self, address: u8, form: &Value) -> Answer {
        let request = self.request("POST", "/api/grievances").header("content-type", "application/json");
        let request = request.header("idempotency-key", key());
        let mut request = request.body(Body::from(form.to_string())).expect("a request");
        let address = std::net::SocketAddr::from(([192, 0, 2, address], 4_000));
        request.extensions_mut().insert(axum::extract::ConnectInfo(address));
        self.send(request).await
    }

    /// Sends a plain form.
    pub async fn form(&self, path: &str, body: &str) -> Answer {
        let request = self.request("POST", path).header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body.to_owned())).expect("a request")).await
    }

    /// Sends a photo.
    pub async fn upload(&self, bytes: Vec<u8>) -> Answer {
        let request = self.request("POST", "/api/uploads").header("content-type", "application/octet-stream");
        self.send(request.body(Body::from(bytes)).expect("a request")).await
    }
}

/// A new idempotency key.
#[must_use]
pub fn key() -> String {
    server::secret::random_hex::<16>().expect("random")
}

/// A grievance form without problems.
#[must_use]
pub fn form(mobile: &str) -> Value {
    json!({
        "text": "টিউবওয়েল তিন মাস ধরে খারাপ। পঞ্চায়েতে জানিয়েছি।",
        "category": "water.tubewell",
        "district": 307,
        "place": 2827,
        "landmark": "পূর্বপাড়া",
        "name": "রহিমা বিবি",
        "mobile": mobile,
        "gender": "woman",
        "language": "bn",
    })
}

/// A small photo.
#[must_use]
pub fn photo() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(64, 48).write_to(&mut bytes, image::ImageFormat::Png).expect("encoded");
    bytes.into_inner()
}

/// A visit of a case as its validator sees it, with this photo taken there now and every question answered by yes.
#[must_use]
pub fn visit(case: &Value, photo: &str, taken: Time, finding: &str) -> Value {
    let checks = case["checks"].as_array().cloned().unwrap_or_default();
    let checks: Vec<Value> = checks.iter().map(|check| json!({ "check": check["code"], "answer": "yes" })).collect();
    let position = json!({ "latitude_micro": 23_666_777, "longitude_micro": 87_687_123, "accuracy_m": 12 });
    let meeting = if finding == "done_citizen_not_met" { "not_at_home" } else { "met_there" };
    json!({ "record_visit": {
        "finding": finding,
        "text": "কল থেকে জল পড়ছে, রহিমা বিবি সামনে ছিলেন।",
        "meeting": meeting,
        "checks": checks,
        "photos": [photo],
        "shots": [{ "photo": photo, "at": taken, "position": position, "token": case["shutter"] }],
    } })
}

/// A photo that looks like no other of another seed: squares of many shades. `cut` pixels are missing at each edge.
#[must_use]
pub fn picture(seed: u64, cut: u32) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(seed);
    let shades: Vec<u8> = std::iter::repeat_with(|| random.u8(..)).take(10 * 8).collect();
    let whole = image::GrayImage::from_fn(400, 320, |x, y| image::Luma([shades[(y / 40 * 10 + x / 40) as usize]]));
    let part = image::imageops::crop_imm(&whole, cut, cut, 400 - 2 * cut, 320 - 2 * cut).to_image();
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::DynamicImage::ImageLuma8(part).into_rgb8().write_to(&mut bytes, image::ImageFormat::Jpeg).expect("encoded");
    bytes.into_inner()
}

/// A spoken note as a browser records it: so many packets of 20 ms of silence.
#[must_use]
pub fn spoken(packets: u64) -> Vec<u8> {
    use ogg::writing::{PacketWriteEndInfo as End, PacketWriter};
    let mut writer = PacketWriter::new(Vec::new());
    writer
        .write_packet(&b"OpusHead\x01\x01\x00\x0f\x80\xbb\x00\x00\x00\x00\x00"[..], 1, End::EndPage, 0)
        .expect("written");
    writer.write_packet(&b"OpusTags\x00\x00\x00\x00\x00\x00\x00\x00"[..], 1, End::EndPage, 0).expect("written");
    for packet in 1..=packets {
        let end = if packet == packets { End::EndStream } else { End::NormalPacket };
        writer.write_packet(&b"\xf8\xff\xfe"[..], 1, end, packet * 960).expect("written");
    }
    writer.into_inner()
}

/// The office of PHE in Bolpur-Sriniketan.
#[must_use]
pub fn bolpur(world: &World) -> OfficeId {
    let office =
        world.app.facts.offices.values().find(|office| office.name.en.starts_with("Bolpur-Sriniketan, Public"));
    office.expect("the office").id
}
