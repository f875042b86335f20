//! People who send requests, each from a loopback address of their own: citizens and staff, signed in as in the demo.

use anyhow::{Context, Result, ensure};
use reqwest::Client;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::time::Duration;

/// A loopback address that nobody else in this run uses.
pub fn address() -> IpAddr {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let next = NEXT.fetch_add(1, Ordering::Relaxed) % 50_000;
    let [high, low] = [next / 250, next % 250].map(|part| u8::try_from(part).unwrap_or(0));
    Ipv4Addr::new(127, 0, 1 + high, 2 + low).into()
}

/// A mobile number that nobody else in this run has.
pub fn mobile() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("9{:09}", 800_000_000 + NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Somebody who sends requests.
#[derive(Clone)]
pub struct Person {
    client: Client,
    base: String,
    /// Their session's cookie.
    pub cookie: Option<String>,
    staff: bool,
}

/// An answer that has been read.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// The body as JSON; null where it is not JSON.
    pub json: Value,
    /// Its body as text.
    pub text: String,
}

impl Answer {
    /// A header as text; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// A text field of the JSON; empty where there is none.
    pub fn field(&self, name: &str) -> String {
        self.json[name].as_str().unwrap_or_default().to_owned()
    }

    /// Whether it asks to try again later, with a time.
    pub fn is_busy(&self) -> bool {
        matches!(self.status, 429 | 503) && !self.header("retry-after").is_empty()
    }

    /// The cookie that it sets.
    fn cookie(&self) -> Option<String> {
        self.header("set-cookie").split(';').next().filter(|pair| !pair.is_empty()).map(str::to_owned)
    }
}

impl Person {
    /// Somebody who is not signed in.
    pub fn anon(base: &str) -> Result<Self> {
        Self::from(base, address())
    }

    /// As [`Person::anon`], from this address.
    pub fn from(base: &str, address: IpAddr) -> Result<Self> {
        let client = Client::builder()
            .local_address(address)
            .timeout(Duration::from_secs(30))
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self { client, base: base.to_owned(), cookie: None, staff: false })
    }

    /// A staff member, signed in with the demo's password.
    pub async fn staff(base: &str, username: &str) -> Result<Self> {
        let mut person = Self { staff: true, ..Self::anon(base)? };
        let body = json!({ "username": username, "password": ::seed::DEMO_PASSWORD });
        let answer = person.post("/api/session", &body, &[]).await?;
        ensure!(answer.status == 201, "{username} cannot sign in: {} {}", answer.status, answer.text);
        person.cookie = answer.cookie();
        Ok(person)
    }

    /// A citizen, signed in with the code that the demo's outbox shows.
    pub async fn citizen(base: &str, mobile: &str) -> Result<Self> {
        let mut person = Self::anon(base)?;
        let sent = person.post("/api/codes", &json!({ "mobile": mobile }), &[]).await?;
        ensure!(sent.status == 201, "no code: {} {}", sent.status, sent.text);
        let code = person.code_for(mobile).await?;
        let path = format!("/api/codes/{}", sent.field("id"));
        let answer = person.post(&path, &json!({ "code": code }), &[]).await?;
        ensure!(answer.status == 201, "the code is not taken: {} {}", answer.status, answer.text);
        person.cookie = answer.cookie();
        Ok(person)
    }

    /// The newest code that was sent to a number.
    pub async fn code_for(&self, mobile: &str) -> Result<String> {
        let html = self.get("/dev/outbox").await?.text;
        let row = html
            .split("<tr>")
            .find(|row| row.contains(&format!("<td>{mobile}</td>")) && row.contains("<td>code "))
            .context("no code was sent")?;
        let words = row.split(|c: char| !c.is_ascii_digit());
        words.rev().find(|word| word.len() == 6).map(str::to_owned).context("the message has no code")
    }

    /// Sends a request.
    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Result<Answer> {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base) };
        let mut request = self.client.request(method.parse()?, url).header("sec-fetch-site", "same-origin");
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        if self.staff {
            request = request.header("pratikar-app", "staff");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.body(body).send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = String::from_utf8_lossy(&response.bytes().await?).into_owned();
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok(Answer { status, headers, json, text })
    }

    /// Sends a GET.
    pub async fn get(&self, path: &str) -> Result<Answer> {
        self.send("GET", path, &[], Vec::new()).await
    }

    /// Sends JSON by POST.
    pub async fn post(&self, path: &str, body: &Value, headers: &[(&str, &str)]) -> Result<Answer> {
        let typed = [&[("content-type", "application/json")], headers].concat();
        self.send("POST", path, &typed, body.to_string().into_bytes()).await
    }

    /// Sends the fields of a plain form.
    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Result<Answer> {
        let encoded: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", percent(name), percent(value))).collect();
        let typed = [("content-type", "application/x-www-form-urlencoded")];
        self.send("POST", path, &typed, encoded.join("&").into_bytes()).await
    }

    /// Lodges with a key.
    pub async fn lodge(&self, form: &Value, key: &str) -> Result<Answer> {
        self.post("/api/grievances", form, &[("idempotency-key", key)]).await
    }

    /// Acts on a case in its present version, with a key.
    pub async fn act(&self, reference: &str, action: &Value, key: &str) -> Result<Answer> {
        let seen = self.get(&format!("/api/grievances/{reference}")).await?;
        if seen.status != 200 {
            return Ok(seen);
        }
        let version = seen.header("etag").to_owned();
        let path = format!("/api/grievances/{reference}/actions");
        self.post(&path, action, &[("if-match", &version), ("idempotency-key", key)]).await
    }

    /// Sends a whole photo.
    pub async fn photo(&self, bytes: &[u8]) -> Result<Answer> {
        self.send("POST", "/api/uploads", &[("content-type", "application/octet-stream")], bytes.to_vec()).await
    }
}

fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// A form with made-up answers, different from all others.
pub fn form() -> Value {
    let mobile = mobile();
    let mut form = tests::form(&mobile);
    form["text"] = format!("টিউবওয়েল খারাপ, ঘটনা নম্বর {mobile}। পঞ্চায়েতে জানিয়েছি।").into();
    form
}

/// A picture with noise like a cheap camera's, so that it does not compress well.
pub fn grainy(rng: &mut fastrand::Rng, width: u32, height: u32) -> Vec<u8> {
    let mut picture = image::RgbImage::new(width, height);
    rng.fill(&mut picture);
    let mut bytes = std::io::Cursor::new(Vec::new());
    let written = image::DynamicImage::ImageRgb8(picture).write_to(&mut bytes, image::ImageFormat::Png);
    written.expect("a picture in memory is always written");
    bytes.into_inner()
}
