//! What photos give away: that one was sent before, by the citizen or with another case, and that one was taken far from the place.

use crate::failure::Failure;
use crate::print::{Prints, are_same, turned};
use crate::state::App;
use crate::store::StoredEvent;
use image::RgbImage;
use model::atr::PhotoFacts;
use model::attachment::AttachmentKind;
use model::lifecycle::{Action, Case, Position};
use model::route::metres;
use model::visit::Shot;
use model::{AttachmentId, Reference, Role};

/// Photos that look like one of a report, of which is looked up where they belong.
const LOOKED_INTO: usize = 20;
/// Prints that are read at once.
const PAGE: u32 = 5_000;

/// What is known of the photos of a report or a visit, and of those that were taken with the app's camera.
///
/// # Errors
/// Where the store does not answer.
pub async fn facts(app: &App, case: &Case, action: &Action, shots: &[Shot]) -> Result<PhotoFacts, Failure> {
    Ok(PhotoFacts { used_in: used_in(app, case, action).await?, metres: farthest(app, case, shots) })
}

/// Metres from the case's block or town to the farthest shot; `None` where either place is not known.
fn farthest(app: &App, case: &Case, shots: &[Shot]) -> Option<u32> {
    let place = app.facts.tables.positions.iter().find(|at| Some(at.lgd) == case.place)?;
    let known = shots.iter().filter_map(|shot| shot.position).filter(Position::is_possible);
    known.map(|at| metres(at, place.position())).max()
}

/// Whether one of these photos was sent before, and with which other case. An office may send its own photo of this case once
/// more; a validator takes a new one.
async fn used_in(app: &App, case: &Case, action: &Action) -> Result<Option<Option<Reference>>, Failure> {
    let photos = action.photos();
    if photos.is_empty() {
        return Ok(None);
    }
    loop {
        let read = app.store.prints(app.prints.read_up_to(), PAGE).await?;
        let more = read.len() == PAGE as usize;
        app.prints.add(read);
        if !more {
            break;
        }
    }
    let again = matches!(action, Action::SubmitAtr(_));
    let citizens = citizens(&app.store.history(case.reference).await?);
    for photo in photos {
        let Some(picture) = picture(app, photo).await else { continue };
        // At a million photos this takes half a second of a processor.
        let (known, named) = (app.clone(), photos.to_vec());
        let looked = tokio::task::spawn_blocking(move || {
            let ways = turned(&picture);
            let prints: Vec<Prints> = ways.iter().filter_map(Prints::of).collect();
            (known.prints.like(&prints, &named), ways)
        });
        let Ok((alike, ways)) = looked.await else { continue };
        // The first that was sent is whose it is.
        for like in alike.into_iter().take(LOOKED_INTO) {
            let Some(of) = app.store.attachment(&like).await?.and_then(|like| like.reference) else { continue };
            let own = of == case.reference;
            if !own && is_about_somebody(app, of).await? {
                continue;
            }
            let Some(other) = self::picture(app, &like).await else { continue };
            let ways = ways.clone();
            let same = tokio::task::spawn_blocking(move || ways.iter().any(|way| are_same(way, &other)));
            if !same.await.unwrap_or(false) {
                continue;
            }
            if own && again && !citizens.contains(&like) {
                break;
            }
            return Ok(Some((!own).then_some(of)));
        }
    }
    Ok(None)
}

/// Whether a case is none of an office's business even as a number: it complains of somebody, or its citizen is to be kept from
/// departments.
async fn is_about_somebody(app: &App, of: Reference) -> Result<bool, Failure> {
    Ok(app.store.case(of).await?.is_none_or(|case| case.shielded || case.about_office))
}

/// A photo as it was encoded anew by this program; `None` where it is not there.
async fn picture(app: &App, photo: &AttachmentId) -> Option<RgbImage> {
    let bytes = app.config.attachments.get(AttachmentKind::Photo, photo.as_str()).await.ok()?;
    let read = tokio::task::spawn_blocking(move || image::load_from_memory(&bytes).ok().map(|read| read.into_rgb8()));
    read.await.ok().flatten()
}

/// Photos that a citizen has sent.
fn citizens(history: &[StoredEvent]) -> Vec<AttachmentId> {
    let theirs = history.iter().map(|stored| &stored.event).filter(|event| event.by.role == Role::Citizen);
    theirs.flat_map(|event| event.body.photos().to_vec()).collect()
}
