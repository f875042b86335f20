//! The signed link in a message: it opens the one case that the message is about, and nothing else of its citizen.

use crate::app::App;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::Reference;
use model::Time;
use model::lifecycle::Case;

/// Bytes of the number in a token.
const NUMBER: usize = 5;
/// Bytes of the signature: with a limit on tries far beyond guessing, and short enough for a text message.
const SIGNATURE: usize = 7;

fn signature(app: &App, number: &[u8]) -> Vec<u8> {
    app.keyed("link", number).into_iter().take(SIGNATURE).collect()
}

/// The token of a case.
#[must_use]
pub fn token(app: &App, reference: Reference) -> String {
    let number = reference.as_u64().to_be_bytes();
    let number = number.get(number.len() - NUMBER..).unwrap_or_default();
    URL_SAFE_NO_PAD.encode([number, &signature(app, number)].concat())
}

/// The case that a token opens.
#[must_use]
pub fn opens(app: &App, token: &str) -> Option<Reference> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok().filter(|bytes| bytes.len() == NUMBER + SIGNATURE)?;
    let (number, signed) = bytes.split_at_checked(NUMBER)?;
    let expected = signature(app, number);
    // Every byte is looked at, so that time tells nothing.
    let differing = expected.iter().zip(signed).fold(0, |sum, (a, b)| sum | (a ^ b));
    let number = number.iter().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
    (differing == 0).then(|| Reference::from_stored(number))
}

/// Whether a link still opens: while the case is open, and as long after as it may be reopened or appealed. A case that
/// follows another lives as long as that one (`root`).
#[must_use]
pub fn holds(app: &App, case: &Case, root: Option<&Case>, now: Time) -> bool {
    let days = app.rules.reopen_days.max(app.rules.appeal_days);
    root.unwrap_or(case).closed_at.is_none_or(|closed| now <= closed + chrono::Duration::days(days))
}

/// The link as it stands in a message.
#[must_use]
pub fn address(app: &App, reference: Reference) -> String {
    format!("{}/l/{}", app.tables.reference.brand.site, token(app, reference))
}
