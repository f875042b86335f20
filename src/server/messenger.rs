//! Sends messages from the outbox: at least once, retried, given up after a while and then visible as dead.

use crate::gateway::{Gateway, NotTaken};
use crate::seldom::{self, Seldom};
use crate::store::{Message, Outbox, Share, StoreError};
use anyhow::Context;
use async_trait::async_trait;
use chrono::Duration;
use model::Time;
use model::message::Template;
use model::names::code_of;
use reqwest::StatusCode;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use tokio::sync::Semaphore;

/// Attempts before a message is given up; with the pauses below, about a day and a half.
const TRIES: u32 = 16;
/// Messages leased at once.
const BATCH: u32 = 20;
/// Codes that are sent to the gateway at once.
const CODES_AT_ONCE: usize = 16;
/// Seconds after which a gateway or an exchange that does not answer is given up.
const PATIENCE: u64 = 10;
/// Seconds for which messages are leased: as long as a whole batch may take, and a little more.
const LEASE_SECONDS: i64 = 240;

/// Answers that say nothing against a message: too slow or too many now, or a token, credit or an address that is wrong
/// until the operator mends it. Giving up by these would lose every message of that time.
const OPERATORS: [StatusCode; 8] = [
    StatusCode::UNAUTHORIZED,
    StatusCode::PAYMENT_REQUIRED,
    StatusCode::FORBIDDEN,
    StatusCode::NOT_FOUND,
    StatusCode::METHOD_NOT_ALLOWED,
    StatusCode::PROXY_AUTHENTICATION_REQUIRED,
    StatusCode::REQUEST_TIMEOUT,
    StatusCode::TOO_MANY_REQUESTS,
];

/// One line a minute: a gateway that is down refuses thousands.
static NOT_TAKEN: Mutex<Seldom> = Mutex::new(Seldom::new(std::time::Duration::from_secs(60)));

/// The local stand-in: accepts everything; the outbox shows what was sent.
#[derive(Debug, Clone, Copy, Default)]
pub struct LocalGateway;

#[async_trait]
impl Gateway for LocalGateway {
    async fn send(&self, _: &Message) -> Result<(), NotTaken> {
        Ok(())
    }
}

/// A gateway that takes a JSON document over HTTP, as most operators do.
#[derive(Debug, Clone)]
pub struct HttpGateway {
    client: reqwest::Client,
    url: String,
    token: String,
}

impl HttpGateway {
    /// A gateway at this address, with the token by which it knows this server.
    ///
    /// # Errors
    /// Where the address is none, or would send numbers, codes and the token readable over the internet; where no HTTP
    /// client can be made.
    pub fn new(url: String, token: String) -> anyhow::Result<Self> {
        Ok(Self { client: client_for("SMS_URL", &url)?, url, token })
    }
}

/// A client for an address that a setting names.
///
/// # Errors
/// Where the address is none, or what goes there could be read over the internet; where no HTTP client can be made.
pub(crate) fn client_for(setting: &str, url: &str) -> anyhow::Result<reqwest::Client> {
    keeps_secrets(setting, url)?;
    // A redirect would be followed by a GET: its page answers 200 and has taken nothing. And a token goes only to the address
    // that was named.
    let client = reqwest::Client::builder()
        .timeout(std::time::Duration::from_secs(PATIENCE))
        .redirect(reqwest::redirect::Policy::none());
    Ok(client.build()?)
}

/// Whether nobody on the way can read what is sent to this address: by TLS, or because it stays on this machine or in a
/// private network. The address itself may contain a secret, so an error names only the setting.
fn keeps_secrets(setting: &str, url: &str) -> anyhow::Result<()> {
    let url = reqwest::Url::parse(url).with_context(|| format!("{setting} is no address of the form https://…"))?;
    match url.scheme() {
        "https" => return Ok(()),
        "http" => {}
        _ => anyhow::bail!("{setting} must begin with https://"),
    }
    let host = url.host_str().unwrap_or_default();
    let private = match host.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => address.is_loopback() || address.is_private() || address.is_link_local(),
        Ok(IpAddr::V6(address)) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
        // A name without a dot is one of this machine's own network.
        Err(_) => !host.contains('.') || [".localhost", ".internal", ".local"].iter().any(|end| host.ends_with(end)),
    };
    if !private {
        anyhow::bail!(
            "{setting} begins with http:// and its host is not on this machine or in a private network: anybody on the way \
             could read the numbers, the codes and the token. Use https://"
        );
    }
    Ok(())
}

#[async_trait]
impl Gateway for HttpGateway {
    async fn send(&self, message: &Message) -> Result<(), NotTaken> {
        let body = serde_json::json!({
            // With its time, since ids start again in a restored database.
            "id": format!("pratikar-{}-{}", message.created.timestamp_millis(), message.id),
            "to": message.to,
            "template_id": message.registered_id,
            "text": message.body,
            // After this it should be dropped instead of delivered late.
            "expires": message.expires,
        });
        let answer = self.client.post(&self.url).bearer_auth(&self.token).json(&body).send().await;
        match answer {
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(answer) => {
                let status = answer.status();
                let said = format!("the gateway answered {}", status.as_u16());
                let ever = status.is_client_error() && !OPERATORS.contains(&status);
                Err(if ever { NotTaken::Ever(said) } else { NotTaken::Yet(said) })
            }
            // Without the address, which may contain a secret.
            Err(error) => Err(NotTaken::Yet(error.without_url().to_string())),
        }
    }
}

/// Tries to send what is due; answers how many messages were tried.
///
/// # Errors
/// Where the store does not answer.
pub async fn deliver(
    store: &dyn Outbox,
    gateway: &dyn Gateway,
    now: Time,
    keep_codes: bool,
) -> Result<usize, StoreError> {
    deliver_share(store, gateway, Share::All, now, keep_codes).await
}

async fn deliver_share(
    store: &dyn Outbox,
    gateway: &dyn Gateway,
    share: Share,
    now: Time,
    keep_codes: bool,
) -> Result<usize, StoreError> {
    let messages = store.lease(share, now, now + Duration::seconds(LEASE_SECONDS), BATCH).await?;
    for message in &messages {
        hand_over(store, gateway, message, now, keep_codes).await?;
    }
    Ok(messages.len())
}

/// Sends one message, unless it has expired or is not true any more.
async fn hand_over(
    store: &dyn Outbox,
    gateway: &dyn Gateway,
    message: &Message,
    now: Time,
    keep_codes: bool,
) -> Result<(), StoreError> {
    if !store.still_holds(message.id, now).await? {
        return Ok(());
    }
    match gateway.send(message).await {
        Ok(()) => {
            let opens = message.reference.is_some() || message.template == code_of(&Template::Code);
            store.message_sent(message.id, now, opens && !keep_codes).await
        }
        Err(not_taken) => {
            let (why, next) = match not_taken {
                NotTaken::Yet(why) => (why, (message.attempts < TRIES).then(|| now + pause(message.attempts))),
                NotTaken::Ever(why) => (why, None),
            };
            if next.is_none() {
                tracing::error!(message = message.id, why, "a message is given up");
            } else if let Some(left_out) = seldom::say(&NOT_TAKEN) {
                tracing::warn!(why, left_out, "the gateway takes no messages: they wait and are tried again");
            }
            store.message_failed(message.id, &why, next).await
        }
    }
}

/// Pause after a failed attempt: 5 s, doubled each time, at most 8 hours.
fn pause(attempts: u32) -> Duration {
    Duration::seconds((5i64 << attempts.min(14)).min(8 * 3600))
}

/// Sends as long as the program runs. Codes have a sender of their own, since somebody is waiting for each.
pub async fn run(store: Arc<dyn Outbox>, gateway: Arc<dyn Gateway>, clock: crate::clock::Clock, keep_codes: bool) {
    tokio::join!(
        run_others(store.clone(), gateway.clone(), clock.clone(), keep_codes),
        run_codes(store, gateway, clock, keep_codes)
    );
}

async fn run_others(store: Arc<dyn Outbox>, gateway: Arc<dyn Gateway>, clock: crate::clock::Clock, keep_codes: bool) {
    loop {
        let delivered = deliver_share(store.as_ref(), gateway.as_ref(), Share::Others, clock(), keep_codes).await;
        pause_after(delivered).await;
    }
}

/// Sends codes concurrently, so that a gateway that is slow with one does not hold up the others.
async fn run_codes(store: Arc<dyn Outbox>, gateway: Arc<dyn Gateway>, clock: crate::clock::Clock, keep_codes: bool) {
    let places = Arc::new(Semaphore::new(CODES_AT_ONCE));
    loop {
        let now = clock();
        let free = u32::try_from(places.available_permits()).unwrap_or(0).max(1);
        let leased = store.lease(Share::Codes, now, now + Duration::seconds(LEASE_SECONDS), free).await;
        let delivered = match leased {
            Ok(messages) => {
                let count = messages.len();
                for message in messages {
                    let Ok(place) = places.clone().acquire_owned().await else { return };
                    let (store, gateway) = (store.clone(), gateway.clone());
                    tokio::spawn(async move {
                        if let Err(error) = hand_over(store.as_ref(), gateway.as_ref(), &message, now, keep_codes).await
                        {
                            tracing::error!(%error, "what became of a code is not written down");
                        }
                        drop(place);
                    });
                }
                Ok(count)
            }
            Err(error) => Err(error),
        };
        pause_after(delivered).await;
    }
}

async fn pause_after(delivered: Result<usize, StoreError>) {
    match delivered {
        Ok(0) => tokio::time::sleep(std::time::Duration::from_millis(500)).await,
        Ok(_) => {}
        Err(error) => {
            tracing::error!(%error, "the outbox cannot be read");
            tokio::time::sleep(std::time::Duration::from_secs(5)).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_token_go_readable_to_nobody_outside() {
        let taken = |url: &str| HttpGateway::new(url.into(), "secret".into()).is_ok();
        for url in [
            "https://sms.example/send",
            "http://127.0.0.1:9000/sms",
            "http://[::1]:9000/sms",
            "http://localhost:9000",
            "http://sms-relay/send",
            "http://10.0.3.4/sms",
            "http://192.168.1.9/sms",
            "http://[fd00::1]/sms",
        ] {
            assert!(taken(url), "{url}");
        }
        let refused =
            ["http://sms.example/send", "http://8.8.8.8/sms", "http://[2001:db8::1]/sms", "ftp://localhost", "sms"];
        for url in refused {
            assert!(!taken(url), "{url}");
        }
        let error = HttpGateway::new("http://sms.example/?key=geheim".into(), String::new()).expect_err("refused");
        assert!(!format!("{error:#}").contains("geheim"), "the address may contain a secret");
    }
}
