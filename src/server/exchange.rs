//! The telephone exchange: rings citizens for the callers, and tells what becomes of each call.
//!
//! The exchange is asked over HTTP ([`HttpExchange`]) and answers by webhooks, signed with a token that both know
//! ([`signature`]). The demo has a stand-in ([`LocalExchange`]) whose telephones are on the page `/dev/exchange`.

use crate::messenger::client_for;
use crate::secret::random_hex;
use anyhow::{Context, Result};
use async_trait::async_trait;
use chrono::Duration;
use hmac::{Hmac, KeyInit, Mac};
use model::{Mobile, StaffId, Time};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration as Pause;
use tokio::sync::mpsc;

/// Minutes that the time in a signature may differ from ours; an older webhook may be a repeated one.
const SIGNED_MINUTES: i64 = 5;
/// Name of the header with the signature of a webhook.
pub const SIGNATURE: &str = "pratikar-signature";

/// A call to be made.
#[derive(Debug, Clone, Serialize)]
pub struct Dial {
    /// Our id of the call, by which the exchange tells of it.
    pub call_id: String,
    /// The caller, whose own telephone is connected: the number of the account.
    pub agent: StaffId,
    /// The citizen's number, with +91.
    pub to: String,
}

impl Dial {
    /// A call from a member of staff to a citizen.
    #[must_use]
    pub fn new(call_id: String, agent: StaffId, to: &Mobile) -> Self {
        Self { call_id, agent, to: to.e164() }
    }
}

/// The recording of a call, which stays with the exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// Its media type, such as `audio/wav`.
    pub media: String,
    /// The sound.
    pub bytes: bytes::Bytes,
}

/// Most bytes of a recording: an hour of telephone sound.
const RECORDING: u64 = 64 * 1024 * 1024;

/// Makes calls.
#[async_trait]
pub trait Exchange: Send + Sync {
    /// Rings the citizen and connects the caller.
    ///
    /// # Errors
    /// Where the exchange does not take it; the call has then not been made.
    async fn dial(&self, call: &Dial) -> Result<()>;
    /// Ends a call.
    ///
    /// # Errors
    /// Where the exchange does not take it.
    async fn hang_up(&self, call_id: &str) -> Result<()>;
    /// The recording of a call; `None` where there is none.
    ///
    /// # Errors
    /// Where the exchange does not answer.
    async fn recording(&self, call_id: &str) -> Result<Option<Recording>>;
    /// Whether citizens are really rung. Then an outcome must name its call.
    fn is_real(&self) -> bool {
        true
    }
    /// The stand-in behind it, for its page.
    fn local(&self) -> Option<&LocalExchange> {
        None
    }
}

/// What a webhook tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Our id of the call.
    pub call_id: String,
    /// What has happened to it.
    pub event: Happened,
    /// When.
    pub at: Time,
    /// Who rings us, where somebody does and shows it: any spelling of a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// On whose telephone it rings, where somebody rings us: the number of the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<StaffId>,
}

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Happened {
    /// Somebody rings us; told again where it moves on to another telephone.
    Arriving,
    /// It rings at the citizen's.
    Ringing,
    /// They speak.
    Answered,
    /// It is over, whether anybody answered or not.
    Ended,
    /// It could not be connected.
    Failed,
}

/// The signature of a webhook: `t=<seconds since 1970>,v1=<hexadecimal HMAC-SHA-256 of "<seconds>.<body>">`.
#[must_use]
pub fn signature(token: &str, at: Time, body: &[u8]) -> String {
    format!("t={},v1={}", at.timestamp(), hex::encode(mac(token, at.timestamp(), body).finalize().into_bytes()))
}

/// Whether a signature is of this body, by this token, and of about now.
#[must_use]
pub fn is_signed(token: &str, header: &str, body: &[u8], now: Time) -> bool {
    let part = |name: &str| header.split(',').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='));
    let (Some(at), Some(given)) = (part("t").and_then(|at| at.parse::<i64>().ok()), part("v1")) else { return false };
    let (Some(time), Ok(given)) = (Time::from_timestamp(at, 0), hex::decode(given)) else { return false };
    let recent = (now - time).abs() <= Duration::minutes(SIGNED_MINUTES);
    recent && mac(token, at, body).verify_slice(&given).is_ok()
}

fn mac(token: &str, at: i64, body: &[u8]) -> Hmac<Sha256> {
    // A key of any length will do.
    let mut mac = Hmac::<Sha256>::new_from_slice(token.as_bytes()).unwrap_or_else(|_| unreachable!("any key will do"));
    mac.update(format!("{at}.").as_bytes());
    mac.update(body);
    mac
}

/// An exchange that takes JSON documents over HTTP: `POST <url>/calls`, `POST <url>/calls/<id>/end`.
#[derive(Debug, Clone)]
pub struct HttpExchange {
    client: reqwest::Client,
    url: String,
    token: String,
}

impl HttpExchange {
    /// An exchange at this address, with the token by which it knows this server.
    ///
    /// # Errors
    /// Where the address is none, or would send numbers and the token readable over the internet; where no HTTP client can be
    /// made.
    pub fn new(url: &str, token: String) -> Result<Self> {
        Ok(Self { client: client_for("EXCHANGE_URL", url)?, url: url.trim_end_matches('/').to_owned(), token })
    }

    async fn ask(&self, path: &str, body: &impl Serialize) -> Result<()> {
        let request = self.client.post(format!("{}{path}", self.url)).bearer_auth(&self.token).json(body);
        // The address may contain a secret.
        request.send().await.and_then(reqwest::Response::error_for_status).map_err(reqwest::Error::without_url)?;
        Ok(())
    }
}

#[async_trait]
impl Exchange for HttpExchange {
    async fn dial(&self, call: &Dial) -> Result<()> {
        self.ask("/calls", call).await
    }

    async fn hang_up(&self, call_id: &str) -> Result<()> {
        self.ask(&format!("/calls/{call_id}/end"), &serde_json::json!({})).await
    }

    async fn recording(&self, call_id: &str) -> Result<Option<Recording>> {
        let request = self.client.get(format!("{}/calls/{call_id}/recording", self.url)).bearer_auth(&self.token);
        let answer = request.send().await.map_err(reqwest::Error::without_url)?;
        if answer.status() == reqwest::StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let answer = answer.error_for_status().map_err(reqwest::Error::without_url)?;
        let media = answer.headers().get(reqwest::header::CONTENT_TYPE).and_then(|media| media.to_str().ok());
        // Nothing but sound is handed on: a page in its place could act in the name of who hears it.
        let media =
            media.filter(|media| media.starts_with("audio/")).context("the exchange gives no sound")?.to_owned();
        anyhow::ensure!(answer.content_length().is_some_and(|length| length <= RECORDING), "the recording is too long");
        let bytes = answer.bytes().await.map_err(reqwest::Error::without_url)?;
        Ok(Some(Recording { media, bytes }))
    }
}

impl Told {
    /// What happens to a call that is known.
    #[must_use]
    pub fn of(call_id: String, event: Happened, at: Time) -> Self {
        Self { call_id, event, at, from: None, agent: None }
    }
}

/// What the citizens of the stand-in do when it rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Habit {
    /// They answer after two seconds.
    #[default]
    Answer,
    /// They do not answer.
    LetRing,
    /// Their telephones are switched off.
    Off,
}

/// How long the stand-in rings, and how long until its citizens answer.
const RINGS: Pause = Pause::from_secs(8);
const ANSWERS: Pause = Pause::from_secs(2);
/// How long it takes until it rings.
const CONNECTS: Pause = Pause::from_millis(400);
/// Calls that its page shows.
const SHOWN: usize = 50;

/// A call of the stand-in.
#[derive(Debug, Clone)]
pub struct LocalCall {
    /// The call.
    pub dial: Dial,
    /// Whether the citizen rings us.
    pub arrives: bool,
    /// The last that happened; `None` while it connects.
    pub last: Option<Happened>,
}

/// The stand-in: telephones that ring in this program.
#[derive(Clone)]
pub struct LocalExchange {
    shared: Arc<Shared>,
    webhooks: mpsc::UnboundedSender<Told>,
}

struct Shared {
    habit: Mutex<Habit>,
    calls: Mutex<Vec<LocalCall>>,
    /// Where its webhooks arrive, until somebody listens.
    told: Mutex<Option<mpsc::UnboundedReceiver<Told>>>,
}

impl Default for LocalExchange {
    fn default() -> Self {
        let (webhooks, told) = mpsc::unbounded_channel();
        let shared = Shared { habit: Mutex::default(), calls: Mutex::default(), told: Mutex::new(Some(told)) };
        Self { shared: Arc::new(shared), webhooks }
    }
}

impl LocalExchange {
    /// What it tells; `None` where somebody listens already.
    #[must_use]
    pub fn listen(&self) -> Option<mpsc::UnboundedReceiver<Told>> {
        self.shared.told.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The newest calls, newest first.
    #[must_use]
    pub fn calls(&self) -> Vec<LocalCall> {
        let calls = self.shared.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.iter().rev().cloned().collect()
    }

    /// What the citizens do when it rings.
    #[must_use]
    pub fn habit(&self) -> Habit {
        *self.shared.habit.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what the citizens do from the next call on.
    pub fn set_habit(&self, habit: Habit) {
        *self.shared.habit.lock().unwrap_or_else(PoisonError::into_inner) = habit;
    }

    /// Something happens to a call. Nothing happens to one that is over.
    pub fn happens(&self, call_id: &str, event: Happened) {
        let mut calls = self.shared.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(call) = calls.iter_mut().find(|call| call.dial.call_id == call_id) else { return };
        if matches!(call.last, Some(Happened::Ended | Happened::Failed)) || call.last == Some(event) {
            return;
        }
        call.last = Some(event);
        // Nobody listens any more: the server stops.
        let _ = self.webhooks.send(Told::of(call_id.to_owned(), event, chrono::Utc::now()));
    }

    /// A citizen rings this telephone; whoever sits there takes it after two seconds, unless they are away.
    ///
    /// # Errors
    /// Where the system has no random numbers.
    pub fn arrives(&self, from: &Mobile, agent: StaffId, away: bool) -> Result<()> {
        let dial = Dial::new(random_hex::<16>()?, agent, from);
        let (id, from) = (dial.call_id.clone(), Some(dial.to.clone()));
        self.remember(LocalCall { dial, arrives: true, last: Some(Happened::Arriving) });
        let told = Told { from, agent: Some(agent), ..Told::of(id.clone(), Happened::Arriving, chrono::Utc::now()) };
        let _ = self.webhooks.send(told);
        let exchange = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(if away { RINGS } else { ANSWERS }).await;
            exchange.happens(&id, if away { Happened::Ended } else { Happened::Answered });
        });
        Ok(())
    }

    fn remember(&self, call: LocalCall) {
        let mut calls = self.shared.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.push(call);
        let over = calls.len().saturating_sub(SHOWN);
        calls.drain(..over);
    }
}

#[async_trait]
impl Exchange for LocalExchange {
    async fn dial(&self, dial: &Dial) -> Result<()> {
        self.remember(LocalCall { dial: dial.clone(), arrives: false, last: None });
        let (exchange, id, habit) = (self.clone(), dial.call_id.clone(), self.habit());
        tokio::spawn(async move {
            tokio::time::sleep(CONNECTS).await;
            if habit == Habit::Off {
                return exchange.happens(&id, Happened::Failed);
            }
            exchange.happens(&id, Happened::Ringing);
            if habit == Habit::Answer {
                tokio::time::sleep(ANSWERS).await;
                return exchange.happens(&id, Happened::Answered);
            }
            tokio::time::sleep(RINGS).await;
            if exchange.calls().iter().any(|call| call.dial.call_id == id && call.last == Some(Happened::Ringing)) {
                exchange.happens(&id, Happened::Ended);
            }
        });
        Ok(())
    }

    async fn hang_up(&self, call_id: &str) -> Result<()> {
        self.happens(call_id, Happened::Ended);
        Ok(())
    }

    async fn recording(&self, call_id: &str) -> Result<Option<Recording>> {
        Ok(Some(Recording { media: "audio/wav".to_owned(), bytes: made_up(call_id).into() }))
    }

    fn is_real(&self) -> bool {
        false
    }

    fn local(&self) -> Option<&LocalExchange> {
        Some(self)
    }
}

/// Samples of made-up sound in a second, as on a telephone.
const RATE: u32 = 8_000;
/// Seconds of made-up sound.
const LASTS: u32 = 24;
/// Seconds in the middle in which nobody speaks, as where somebody looks for a paper.
const SILENT: std::ops::Range<u32> = 9..13;

/// The sound of a made-up call, as a WAV file of 8 bits: two that speak in turn, a high and a low tone, with pauses. It
/// follows from the call's id.
fn made_up(call_id: &str) -> Vec<u8> {
    let seed = call_id.bytes().fold(7u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    let count = RATE * LASTS;
    let mut wav = Vec::with_capacity(44 + count as usize);
    wav.extend(b"RIFF");
    wav.extend((36 + count).to_le_bytes());
    wav.extend(b"WAVEfmt ");
    wav.extend(16u32.to_le_bytes());
    // One channel of plain samples, one byte each.
    for number in [1u16, 1] {
        wav.extend(number.to_le_bytes());
    }
    for number in [RATE, RATE] {
        wav.extend(number.to_le_bytes());
    }
    for number in [1u16, 8] {
        wav.extend(number.to_le_bytes());
    }
    wav.extend(b"data");
    wav.extend(count.to_le_bytes());
    let samples = (0..count).map(|at| {
        let second = at / RATE;
        let period = match (second + seed) % 5 {
            _ if SILENT.contains(&second) => return 128,
            0 | 1 => 32,
            2 | 3 => 20,
            _ => return 128,
        };
        // Syllables: four in a second.
        let loud = at % (RATE / 4) < RATE / 6;
        if loud && at % period < period / 2 { 150 } else { 118 + u8::from(!loud) * 10 }
    });
    wav.extend(samples);
    wav
}

#[cfg(test)]
mod tests {
    use super::{is_signed, signature};
    use chrono::Duration;

    #[test]
    fn only_a_fresh_signature_of_this_body_by_this_token_holds() {
        let now = "2026-11-29T10:00:00Z".parse().expect("a time");
        let signed = signature("a token", now, b"body");
        assert!(is_signed("a token", &signed, b"body", now + Duration::minutes(4)));
        assert!(!is_signed("a token", &signed, b"body", now + Duration::minutes(6)), "repeated later");
        assert!(!is_signed("a token", &signed, b"body", now - Duration::minutes(6)), "from the future");
        assert!(!is_signed("a token", &signed, b"other", now));
        assert!(!is_signed("another", &signed, b"body", now));
        let later = signed.replace(&now.timestamp().to_string(), &(now.timestamp() + 1).to_string());
        assert!(!is_signed("a token", &later, b"body", now), "the time is signed too");
        for broken in ["", "t=1", "v1=00", "t=x,v1=00", "t=1,v1=zz"] {
            assert!(!is_signed("a token", broken, b"body", now), "{broken}");
        }
    }
}
