//! A local stand-in for a bucket: as much of S3 as the server uses, in memory. It refuses requests without a valid signature, and
//! bodies that are not what was signed.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

const KEY: &str = "AKIATESTS";
const SECRET: &str = "a secret that is never logged";
/// Keys on one page of a listing, so that there is more than one page.
const PAGE: usize = 3;

/// A bucket.
pub struct S3 {
    endpoint: String,
    bucket: Arc<Bucket>,
}

#[derive(Default)]
struct Bucket {
    objects: Mutex<BTreeMap<String, Object>>,
    down: AtomicBool,
    unsigned: AtomicUsize,
}

#[derive(Clone)]
struct Object {
    bytes: Bytes,
    modified: chrono::DateTime<chrono::Utc>,
}

impl S3 {
    /// An empty bucket at a port of this machine; it is served as long as the runtime lives.
    pub async fn start() -> Self {
        let bucket = Arc::<Bucket>::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let router = Router::new().fallback(answer).with_state(bucket.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.expect("served") });
        Self { endpoint, bucket }
    }

    /// What `--attachments` names.
    #[must_use]
    pub fn name(&self) -> &'static str {
        "s3://grievances/of/tests"
    }

    /// What the environment says of it.
    #[must_use]
    pub fn environment(&self) -> Vec<(String, String)> {
        let pairs = [
            ("AWS_ENDPOINT_URL", self.endpoint.as_str()),
            ("AWS_REGION", "ap-south-1"),
            ("AWS_ACCESS_KEY_ID", KEY),
            ("AWS_SECRET_ACCESS_KEY", SECRET),
        ];
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
    }

    /// The names of all objects, without the prefix.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        let all = self.bucket.objects().keys().cloned().collect::<Vec<_>>();
        all.iter().map(|key| key.strip_prefix("of/tests/").expect("within the prefix").to_owned()).collect()
    }

    /// Makes an object's age.
    pub fn age(&self, key: &str, by: chrono::Duration) {
        let mut objects = self.bucket.objects();
        objects.get_mut(&format!("of/tests/{key}")).expect("it is there").modified -= by;
    }

    /// Changes an object behind the server's back.
    pub fn spoil(&self, key: &str) {
        let mut objects = self.bucket.objects();
        objects.get_mut(&format!("of/tests/{key}")).expect("it is there").bytes = Bytes::from_static(b"spoilt");
    }

    /// Lets it answer 503 to everything, or work again.
    pub fn set_down(&self, down: bool) {
        self.bucket.down.store(down, Ordering::Relaxed);
    }

    /// How many requests were not signed as they should be.
    #[must_use]
    pub fn unsigned(&self) -> usize {
        self.bucket.unsigned.load(Ordering::Relaxed)
    }
}

impl Bucket {
    fn objects(&self) -> MutexGuard<'_, BTreeMap<String, Object>> {
        self.objects.lock().expect("a lock")
    }
}

async fn answer(State(bucket): State<Arc<Bucket>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 32 << 20).await.expect("a body");
    if bucket.down.load(Ordering::Relaxed) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    if !is_signed(&parts, &body) {
        bucket.unsigned.fetch_add(1, Ordering::Relaxed);
        return StatusCode::FORBIDDEN.into_response();
    }
    let path = parts.uri.path().trim_start_matches('/');
    let (name, key) = path.split_once('/').unwrap_or((path, ""));
    if name != "grievances" {
        return (StatusCode::NOT_FOUND, "<Error><Code>NoSuchBucket</Code></Error>").into_response();
    }
    match (&parts.method, key) {
        (&Method::GET, "") => list(&bucket, parts.uri.query().unwrap_or_default()),
        (&Method::PUT, key) => put(&bucket, &parts.headers, key, body),
        (&Method::DELETE, key) => {
            bucket.objects().remove(key);
            StatusCode::NO_CONTENT.into_response()
        }
        (&Method::GET | &Method::HEAD, key) => get(&bucket, &parts.headers, key),
        _ => StatusCode::NOT_IMPLEMENTED.into_response(),
    }
}

fn put(bucket: &Bucket, headers: &HeaderMap, key: &str, bytes: Bytes) -> Response {
    let checksum = STANDARD.encode(Sha256::digest(&bytes));
    if headers.get("x-amz-checksum-sha256").is_none_or(|sent| sent.as_bytes() != checksum.as_bytes()) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let mut objects = bucket.objects();
    if headers.get(header::IF_NONE_MATCH).is_some_and(|only| only == "*") && objects.contains_key(key) {
        return StatusCode::PRECONDITION_FAILED.into_response();
    }
    let etag = etag(&bytes);
    objects.insert(key.to_owned(), Object { bytes, modified: chrono::Utc::now() });
    [(header::ETAG, etag)].into_response()
}

fn etag(bytes: &[u8]) -> String {
    format!("\"{}\"", hex::encode(&Sha256::digest(bytes)[..8]))
}

fn get(bucket: &Bucket, headers: &HeaderMap, key: &str) -> Response {
    let Some(Object { bytes, modified }) = bucket.objects().get(key).cloned() else {
        return (StatusCode::NOT_FOUND, "<Error><Code>NoSuchKey</Code></Error>").into_response();
    };
    let etag = etag(&bytes);
    let about =
        [(header::ETAG, etag), (header::LAST_MODIFIED, modified.format("%a, %d %b %Y %H:%M:%S GMT").to_string())];
    let Some(range) = headers.get(header::RANGE) else { return (about, bytes).into_response() };
    let (from, to) =
        range.to_str().expect("text").strip_prefix("bytes=").expect("bytes").split_once('-').expect("a range");
    let from: usize = from.parse().expect("a number");
    let to = to.parse::<usize>().map_or(bytes.len(), |to| (to + 1).min(bytes.len()));
    if from >= to {
        return StatusCode::RANGE_NOT_SATISFIABLE.into_response();
    }
    let said = [(header::CONTENT_RANGE, format!("bytes {from}-{}/{}", to - 1, bytes.len()))];
    (StatusCode::PARTIAL_CONTENT, about, said, bytes.slice(from..to)).into_response()
}

fn list(bucket: &Bucket, query: &str) -> Response {
    let asked: BTreeMap<String, String> = serde_json::from_value(serde_json::Value::Object(
        pairs(query).into_iter().map(|(name, value)| (decoded(&name), decoded(&value).into())).collect(),
    ))
    .expect("pairs");
    let prefix = asked.get("prefix").cloned().unwrap_or_default();
    let after = asked.get("continuation-token").cloned().unwrap_or_default();
    let objects = bucket.objects();
    let found: Vec<_> = objects.iter().filter(|(key, _)| key.starts_with(&prefix) && **key > after).collect();
    let mut xml = "<ListBucketResult>".to_owned();
    for (key, object) in found.iter().take(PAGE) {
        let modified = object.modified.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        let size = object.bytes.len();
        let _ = write!(
            xml,
            "<Contents><Key>{key}</Key><LastModified>{modified}</LastModified><Size>{size}</Size></Contents>"
        );
    }
    if let (true, Some((last, _))) = (found.len() > PAGE, found.get(PAGE - 1)) {
        let _ = write!(xml, "<NextContinuationToken>{last}</NextContinuationToken>");
    }
    xml.push_str("</ListBucketResult>");
    ([(header::CONTENT_TYPE, "application/xml")], Body::from(xml)).into_response()
}

/// The pairs of a query as they were sent, sorted.
fn pairs(query: &str) -> Vec<(String, String)> {
    let all = query.split('&').filter(|pair| !pair.is_empty());
    let mut all: Vec<_> = all
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    all.sort();
    all
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = match (first, after) {
            (b'%', [high, low, after @ ..]) => {
                bytes.extend(hex::decode([*high, *low]).expect("two digits"));
                after
            }
            _ => {
                bytes.push(*first);
                after
            }
        };
    }
    String::from_utf8(bytes).expect("text")
}

/// Whether a request carries our key's signature (AWS Signature Version 4) over its method, path, query, headers and body.
fn is_signed(parts: &Parts, body: &[u8]) -> bool {
    let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let digest = hex::encode(Sha256::digest(body));
    if text("x-amz-content-sha256") != digest {
        return false;
    }
    let Some(said) = text("authorization").strip_prefix("AWS4-HMAC-SHA256 ") else { return false };
    let said: BTreeMap<&str, &str> = said.split(", ").filter_map(|part| part.split_once('=')).collect();
    let (Some(credential), Some(names), Some(signature)) =
        (said.get("Credential"), said.get("SignedHeaders"), said.get("Signature"))
    else {
        return false;
    };
    let Some((KEY, scope)) = credential.split_once('/') else { return false };
    let headers: String = names.split(';').map(|name| format!("{name}:{}\n", text(name).trim())).collect();
    let query: Vec<_> = pairs(parts.uri.query().unwrap_or_default())
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let (method, path, query) = (&parts.method, parts.uri.path(), query.join("&"));
    let request = format!("{method}\n{path}\n{query}\n{headers}\n{names}\n{digest}");
    let hashed = hex::encode(Sha256::digest(request));
    let signed = format!("AWS4-HMAC-SHA256\n{}\n{scope}\n{hashed}", text("x-amz-date"));
    let mut key = format!("AWS4{SECRET}").into_bytes();
    for part in scope.split('/').chain([signed.as_str()]) {
        key = hmac(&key, part);
    }
    hex::encode(key) == *signature
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}
