//! Proof that a photo is no older than the case that its taker was shown. Every case that somebody may report on or visit comes
//! with a token of that moment; a photo taken in the app goes with it. It proves nothing of what the photo shows.

use crate::state::App;
use chrono::DateTime;
use model::lifecycle::Action;
use model::visit::Shot;
use model::{Actor, AttachmentId, Reference, Time};
use std::fmt::Write as _;

/// Bytes of the keyed hash in a token.
const BYTES: usize = 12;

/// A token for photos that this member of staff takes for this case from now on: the moment, in seconds since 1970, and a keyed
/// hash of it; empty for others.
#[must_use]
pub fn issue(app: &App, actor: &Actor, reference: Reference, now: Time) -> String {
    token(app, actor, reference, now.timestamp()).unwrap_or_default()
}

fn token(app: &App, actor: &Actor, reference: Reference, issued: i64) -> Option<String> {
    let staff = actor.staff?;
    let hash = app.keyed("shutter", format!("{staff} {reference} {issued}").as_bytes());
    let mut token = format!("{issued}.");
    for byte in hash.iter().take(BYTES) {
        let _ = write!(token, "{byte:02x}");
    }
    Some(token)
}

/// Those of an action's shots that were taken for this case by this member of staff, no earlier than their token says and no
/// longer ago than it is good for; one for each photo that the action names.
#[must_use]
pub fn verified(app: &App, actor: &Actor, reference: Reference, action: &Action, now: Time) -> Vec<Shot> {
    let holds = |shot: &&Shot| {
        let issued = shot.token.split_once('.').and_then(|(issued, _)| issued.parse().ok());
        issued.is_some_and(|issued: i64| {
            let moment = DateTime::from_timestamp(issued, 0);
            token(app, actor, reference, issued).as_ref() == Some(&shot.token)
                && moment.is_some_and(|moment| shot.fits(moment, now))
        })
    };
    let shots: Vec<&Shot> = action.shots().iter().filter(holds).collect();
    let of = |photo: &AttachmentId| shots.iter().find(|shot| shot.photo == *photo).map(|shot| (*shot).clone());
    action.photos().iter().filter_map(of).collect()
}
