//! Who is signed in; above all pages.

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use model::Role;
use model::wire::{Me, SignOut};
use web::api::{self, CallError};
use web::component::Remote;
use web::person;

/// The session of this app.
pub type Session = RwSignal<Remote<Me>>;

/// The session of this app.
#[must_use]
pub fn use_session() -> Session {
    use_context().unwrap_or_else(|| RwSignal::new(Remote::Loading))
}

/// The role that is signed in.
#[must_use]
pub fn role(session: Session) -> Option<Role> {
    session.with(|session| session.loaded().and_then(|me| me.actor.as_ref()).map(|actor| actor.role))
}

/// Where the device remembers that somebody has left and the server could not be told.
const LEFT: &str = "pratikar.staff.left";
/// Milliseconds between two attempts to tell it.
const AGAIN: u32 = 5_000;

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

/// Signs out. Without a line the server is told as soon as there is one, and until then nobody is shown what the session may
/// read: the device may be shared.
pub async fn sign_out() {
    if person::sign_out().await {
        return;
    }
    if let Some(storage) = storage() {
        let _ = storage.set_item(LEFT, "1");
    }
    leptos::task::spawn_local(async {
        while finish_leaving().await.is_err() {
            TimeoutFuture::new(AGAIN).await;
        }
    });
}

/// Tells the server what it could not be told when somebody left.
///
/// # Errors
/// Where it still cannot be.
pub async fn finish_leaving() -> Result<(), CallError> {
    let left = storage().filter(|storage| storage.get_item(LEFT).ok().flatten().is_some());
    if let Some(storage) = left {
        if api::get(&SignOut {}).await == Err(CallError::Network) {
            return Err(CallError::Network);
        }
        let _ = storage.remove_item(LEFT);
    }
    Ok(())
}

/// Somebody has signed in: their session has taken the place of the one that was left.
pub fn arrived() {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(LEFT);
    }
}
