//! What carries mail: to superiors each working day, and the report on offices each week (see [`crate::mailing`]).
//!
//! A deployment names its mail server ([`SmtpMailer`]). The demo has a stand-in ([`LocalMailer`]), whose mails are on the page
//! `/dev/mail`.

use anyhow::{Context, Result};
use async_trait::async_trait;
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How long the mail server may take to accept a mail.
const PATIENCE: Duration = Duration::from_secs(20);
/// Mails that the stand-in keeps.
const KEPT: usize = 100;

/// A mail, once as plain text and once as a page; mail programs show what they can.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Whom it is for.
    pub to: Address,
    /// Its subject, on one line.
    pub subject: String,
    /// What it says, as plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

/// Carries mail.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands a mail over.
    ///
    /// # Errors
    /// Why it was not taken; it is tried again.
    async fn send(&self, mail: &Mail) -> Result<()>;

    /// The stand-in, where this is one.
    fn local(&self) -> Option<&LocalMailer> {
        None
    }
}

/// A mail server that speaks SMTP.
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl SmtpMailer {
    /// A mail server at a URL (`smtps://user:password@host`, or `smtp://host:port?tls=required`), for mails from this sender
    /// (`Name <address>`).
    ///
    /// # Errors
    /// Where the URL or the sender cannot be read.
    pub fn new(url: &str, from: &str) -> Result<Self> {
        // The URL holds a password: it is not repeated.
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| anyhow::anyhow!("MAIL_URL is no address of a mail server: smtps://user:password@host"))?;
        let from = from.parse().with_context(|| format!("MAIL_FROM is no sender: {from}"))?;
        Ok(Self { transport: transport.timeout(Some(PATIENCE)).build(), from })
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: &Mail) -> Result<()> {
        let body = MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone());
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, mail.to.clone()))
            .subject(mail.subject.clone())
            .multipart(body)?;
        self.transport.send(message).await?;
        Ok(())
    }
}

/// Takes every mail and keeps the newest, for the demo and for tests.
#[derive(Debug, Default)]
pub struct LocalMailer {
    kept: Mutex<VecDeque<Mail>>,
}

impl LocalMailer {
    /// What was sent, newest first.
    #[must_use]
    pub fn sent(&self) -> Vec<Mail> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

#[async_trait]
impl Mailer for LocalMailer {
    async fn send(&self, mail: &Mail) -> Result<()> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_front(mail.clone());
        kept.truncate(KEPT);
        Ok(())
    }

    fn local(&self) -> Option<&LocalMailer> {
        Some(self)
    }
}
