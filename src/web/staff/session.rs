//! Who is signed in; above all pages.

use leptos::prelude::*;
use model::Role;
use model::wire::Me;
use web::component::Remote;

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
