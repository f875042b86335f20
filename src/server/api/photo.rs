//! Photos: taken in, looked at, handed out safely.

use super::call::{Reply, bounded};
use super::guard;
use super::problem::Failure;
use crate::app::{App, random_hex};
use crate::photo::NotTaken;
use crate::store::Photo;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use model::api::{ProblemCode, Uploaded};
use model::lodging::PHOTO_BYTES;
use model::role::sees;
use std::time::Duration;

/// How long an upload may take: 10 MB at 400 kbit/s.
const UPLOAD_TIME: Duration = Duration::from_secs(240);

/// Days for which a photo waits for the grievance or report that names it: longer than a draft that nobody opens.
const UNNAMED_DAYS: i64 = 30;

/// Takes a photo: judged by its content, written anew, kept until something names it.
pub async fn upload(State(app): State<App>, request: Request) -> Result<Response, Failure> {
    let now = app.now();
    let (parts, body) = request.into_parts();
    guard::same_site(&parts)?;
    if let Some(limits) = &app.limits {
        limits.upload(guard::address(&app, &parts))?;
    }
    let bytes = bounded(&parts, body, PHOTO_BYTES, UPLOAD_TIME).await.map_err(|failure| match failure.0.code {
        ProblemCode::TooLarge => Failure::of(ProblemCode::ImageTooLarge),
        _ => failure,
    })?;
    let turn = app.decoding.acquire().await.map_err(|error| Failure::internal(&error))?;
    let clean = app.config.decoder.read(bytes.to_vec()).await.map_err(|why| match why {
        NotTaken::NotAnImage => Failure::of(ProblemCode::NotAnImage),
        NotTaken::TooLarge => Failure::of(ProblemCode::ImageTooLarge),
        NotTaken::Unavailable => Failure::of(ProblemCode::Unavailable),
    })?;
    drop(turn);
    let id = random_hex::<16>()?;
    let path = path(&app, &id);
    tokio::task::spawn_blocking(move || store(&path, &clean.jpeg))
        .await
        .map_err(|error| Failure::internal(&error))?
        .map_err(|error| Failure::internal(&error))?;
    let photo = Photo { id: id.clone(), reference: None, width: clean.width, height: clean.height };
    if let Err(error) = app.store.put_photo(&photo, now).await {
        // Nothing knows the file: it goes at once.
        if let Err(error) = tokio::fs::remove_file(self::path(&app, &photo.id)).await {
            tracing::warn!(%error, "the file of a photo that was not kept is left");
        }
        return Err(error.into());
    }
    Ok(Reply::created(Uploaded { id, width: photo.width, height: photo.height }).into_response())
}

/// Deletes photos that nothing has named for longer than a draft lives; answers how many.
///
/// # Errors
/// Where the store does not answer.
pub async fn sweep(app: &App) -> Result<usize, crate::store::StoreError> {
    let forgotten = app.store.forget_photos(app.now() - chrono::Duration::days(UNNAMED_DAYS)).await?;
    for id in &forgotten {
        if let Err(error) = tokio::fs::remove_file(path(app, id)).await {
            tracing::warn!(id, %error, "a forgotten photo's file is left");
        }
    }
    Ok(forgotten.len())
}

fn path(app: &App, id: &str) -> std::path::PathBuf {
    let folder = id.get(..2).unwrap_or("00");
    app.config.data.join("photos").join(folder).join(format!("{id}.jpg"))
}

/// Writes a file so that it survives a power cut: file and folder are on disk before anybody is told.
fn store(path: &std::path::Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder)?;
    let mut file = std::fs::File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::File::open(folder)?.sync_all()?;
    // The folder itself may be new.
    std::fs::File::open(folder.parent().unwrap_or(folder))?.sync_all()
}

/// Shows a photo to whoever may read its case; any other is answered like one that does not exist.
pub async fn show(State(app): State<App>, Path(id): Path<String>, headers: HeaderMap) -> Result<Response, Failure> {
    let missing = || Failure::of(ProblemCode::NotFound);
    if id.len() != 32 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(missing());
    }
    let photo = app.store.photo(&id).await?.ok_or_else(missing)?;
    let reference = photo.reference.ok_or_else(missing)?;
    let case = app.store.case(reference).await?.ok_or_else(missing)?;
    let sessions = guard::any_session(&app, &headers, app.now()).await?;
    if !sessions.iter().any(|session| sees(session.actor.role, session.actor.standing(&case))) {
        return Err(missing());
    }
    let bytes = tokio::fs::read(path(&app, &photo.id)).await.map_err(|error| Failure::internal(&error))?;
    let headers = [
        (header::CONTENT_TYPE, "image/jpeg"),
        (header::CACHE_CONTROL, "private, no-store"),
        (header::CONTENT_DISPOSITION, "inline; filename=\"photo.jpg\""),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"),
    ];
    Ok((headers, bytes).into_response())
}
