//! What carries messages to telephones.

use crate::store::Message;
use async_trait::async_trait;

/// Carries messages to telephones.
#[async_trait]
pub trait Gateway: Send + Sync {
    /// Hands one message over.
    ///
    /// # Errors
    /// Why the gateway did not take it; it is tried again.
    async fn send(&self, message: &Message) -> Result<(), String>;
}
