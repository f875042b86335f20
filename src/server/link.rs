//! The signed link in a message: it opens the case that the message is about, and nothing else of its citizen.

use crate::state::App;
use crate::store::StoreError;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::Reference;
use model::Time;
use model::lifecycle::Case;

/// Bytes of the reference in a token.
const NUMBER: usize = 5;
/// Bytes of the signature: too many to guess over a network, few enough for a text message.
const SIGNATURE: usize = 7;

/// Characters of a token.
const LETTERS: usize = (NUMBER + SIGNATURE) * 4 / 3;
/// Appended to a token that ends in a hyphen or underscore, which messengers would cut off the link.
const END: char = 'x';

/// The signature. It covers the number of changes of number, so that links sent to an old number open nothing.
fn signature(app: &App, number: &[u8], changes: u8) -> Vec<u8> {
    let signed = if changes == 0 { number.to_vec() } else { [number, &[changes]].concat() };
    app.keyed("link", &signed).into_iter().take(SIGNATURE).collect()
}

/// The token of a case.
#[must_use]
pub fn token(app: &App, case: &Case) -> String {
    let number = case.reference.as_u64().to_be_bytes();
    let number = number.get(number.len() - NUMBER..).unwrap_or_default();
    let mut token = URL_SAFE_NO_PAD.encode([number, &signature(app, number, case.number_changes)].concat());
    if token.ends_with(['-', '_']) {
        token.push(END);
    }
    token
}

/// The case that a token opens; `None` where it opens nothing (any more).
///
/// # Errors
/// Where the store does not answer.
pub async fn opens(app: &App, token: &str, now: Time) -> Result<Option<Case>, StoreError> {
    let token = token.strip_suffix(END).filter(|token| token.len() == LETTERS).unwrap_or(token);
    let Some((number, signed)) = parts(token) else { return Ok(None) };
    let reference = Reference::from_stored(number.iter().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte)));
    let case = app.store.case(reference).await?;
    let expected = signature(app, &number, case.as_ref().map_or(0, |case| case.number_changes));
    // Every byte is compared, so that the time taken reveals nothing.
    let differing = expected.iter().zip(&signed).fold(0, |sum, (a, b)| sum | (a ^ b));
    let Some(case) = case.filter(|_| differing == 0) else { return Ok(None) };
    let root = match case.root {
        Some(root) => app.store.case(root).await?,
        None => None,
    };
    Ok(holds(app, &case, root.as_ref(), now).then_some(case))
}

fn parts(token: &str) -> Option<(Vec<u8>, Vec<u8>)> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok().filter(|bytes| bytes.len() == NUMBER + SIGNATURE)?;
    let (number, signed) = bytes.split_at_checked(NUMBER)?;
    Some((number.to_vec(), signed.to_vec()))
}

/// Whether a link is valid: while the case is open, and afterwards as long as it can be reopened or appealed. For a
/// case that follows another (`root`) that one counts.
#[must_use]
pub fn holds(app: &App, case: &Case, root: Option<&Case>, now: Time) -> bool {
    let days = app.facts.rules.reopen_days.max(app.facts.rules.appeal_days);
    root.unwrap_or(case).closed_at.is_none_or(|closed| now <= closed + chrono::Duration::days(days))
}

/// A message without its link, which opens the case to whoever has it.
#[must_use]
pub fn hidden(message: &str) -> String {
    let shown = |word: &str| if word.contains("/l/") { "…".to_owned() } else { word.to_owned() };
    message.split(' ').map(shown).collect::<Vec<_>>().join(" ")
}

/// The link as it is written in a message.
#[must_use]
pub fn address(app: &App, case: &Case) -> String {
    format!("{}/l/{}", app.facts.tables.reference.brand.site, token(app, case))
}
