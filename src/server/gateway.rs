//! What carries messages to telephones.

use crate::store::Message;
use async_trait::async_trait;

/// Carries messages to telephones.
#[async_trait]
pub trait Gateway: Send + Sync {
    /// Hands one message over.
    ///
    /// # Errors
    /// Why the gateway did not take it.
    async fn send(&self, message: &Message) -> Result<(), NotTaken>;
}

/// Why a gateway did not take a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotTaken {
    /// It may take it later: it is tried again.
    Yet(String),
    /// It will never take it as it is: it is given up, and somebody must look.
    Ever(String),
}
