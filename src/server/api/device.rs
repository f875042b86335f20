//! Marks (cookies) by which a browser is recognised: that a number was proved in it, or that a staff member signed in
//! on it. They give no access. A person who has one is counted separately, so that strangers can neither use up the
//! owner's codes nor keep an officer from signing in (SEC-21, SEC-22).

use super::guard::cookie_of;
use crate::state::Inner;
use axum::http::HeaderMap;
use model::{PersonId, StaffId};

/// Marks that a browser keeps: several people share a phone or a desk.
const KEPT: usize = 8;

/// A kind of mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// The number of this person was proved here.
    Number(PersonId),
    /// This staff member signed in here.
    Desk(StaffId),
}

impl Mark {
    fn cookie(self) -> &'static str {
        match self {
            Self::Number(_) => "__Host-device",
            Self::Desk(_) => "__Host-desk",
        }
    }

    fn token(self, app: &Inner) -> String {
        let keyed = match self {
            Self::Number(person) => app.keyed("device", &person.get().to_be_bytes()),
            Self::Desk(staff) => app.keyed("desk", &staff.get().to_be_bytes()),
        };
        hex::encode(keyed.get(..16).unwrap_or_default())
    }

    /// Seconds for which it is kept.
    fn age(self) -> u32 {
        match self {
            Self::Number(_) => 365 * 86_400,
            Self::Desk(_) => 180 * 86_400,
        }
    }
}

fn tokens(mark: Mark, headers: &HeaderMap) -> impl Iterator<Item = &str> {
    cookie_of(headers, mark.cookie()).unwrap_or_default().split('.').filter(|token| token.len() == 32)
}

/// Whether the browser that sent these headers has the mark.
#[must_use]
pub fn has(app: &Inner, headers: &HeaderMap, mark: Mark) -> bool {
    let token = mark.token(app);
    tokens(mark, headers).any(|known| known == token)
}

/// `Set-Cookie` header that adds the mark to those that the browser has; only the newest are kept.
#[must_use]
pub fn add(app: &Inner, headers: &HeaderMap, mark: Mark) -> String {
    let token = mark.token(app);
    let kept: Vec<&str> = std::iter::once(token.as_str())
        .chain(tokens(mark, headers).filter(|known| *known != token))
        .take(KEPT)
        .collect();
    format!("{}={}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={}", mark.cookie(), kept.join("."), mark.age())
}
