//! Attachments over HTTP: resumable uploads (tus 1.0), photos as one body, and what is handed out again.

use super::call::Reply;
use super::guard;
use crate::app::attachment::{self, Arriving, Progress};
use crate::attachments::Attachments;
use crate::failure::Failure;
use crate::files;
use crate::state::App;
use crate::store::Attachment;
use axum::body::HttpBody;
use axum::extract::{Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::attachment::{AttachmentKind, PHOTO_BYTES};
use model::wire::{AS_HEADER, ProblemCode, upload_path};
use tower::ServiceExt;
use tower_http::services::ServeFile;

/// Opens a resumable upload (`Upload-Length`, no body; tus 1.0 with creation; `Upload-Metadata` for a spoken note), or
/// takes a whole photo as the body.
pub async fn upload(State(app): State<App>, request: Request) -> Result<Response, Failure> {
    let now = app.now();
    let (parts, body) = request.into_parts();
    guard::same_site(&parts)?;
    same_person(&app, &parts).await?;
    let address = guard::address(&app, &parts);
    let known = !guard::any_session(&app, &parts.headers, now).await?.is_empty();
    if let Some(length) = number(&parts.headers, "upload-length") {
        let metadata = parts.headers.get("upload-metadata").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let kind = AttachmentKind::of_metadata(metadata);
        let id = attachment::announce(&app, kind, length, address, known, now).await?;
        let location = [(header::LOCATION, upload_path(&id))];
        return Ok((StatusCode::CREATED, location, resumable(0, length)).into_response());
    }
    let declared = number(&parts.headers, header::CONTENT_LENGTH.as_str());
    if declared.is_some_and(|length| length > PHOTO_BYTES as u64) {
        return Err(attachment::too_large(AttachmentKind::Photo));
    }
    attachment::admit(&app, address, declared.unwrap_or(PHOTO_BYTES as u64), known).await?;
    let mut arriving = Arriving::new(&app, address)?;
    arriving.receive(body.into_data_stream()).await?;
    Ok(Reply::created(arriving.take(now).await?).into_response())
}

/// Refuses a photo that a page sends for somebody else than who is signed in now.
async fn same_person(app: &App, parts: &Parts) -> Result<(), Failure> {
    if !parts.headers.contains_key(AS_HEADER) {
        return Ok(());
    }
    let session = guard::session(app, parts, guard::Client::of(parts), app.now()).await?;
    guard::same_person(app, &parts.headers, session.as_ref())
}

/// Answers how many bytes of an upload have arrived.
pub async fn offset(State(app): State<App>, Path(id): Path<String>) -> Result<Response, Failure> {
    let progress = attachment::progress(&app, &id).await?;
    let mut response = (StatusCode::OK, resumable(progress.offset, progress.length)).into_response();
    let digest = progress.digest.map(|digest| format!("sha-256=:{}:", STANDARD.encode(digest)));
    if let Some(digest) = digest.and_then(|digest| HeaderValue::from_str(&digest).ok()) {
        response.headers_mut().insert("repr-digest", digest);
    }
    Ok(response)
}

/// Takes the next bytes of an upload.
pub async fn append(State(app): State<App>, Path(id): Path<String>, request: Request) -> Result<Response, Failure> {
    let (parts, body) = request.into_parts();
    guard::same_site(&parts)?;
    same_person(&app, &parts).await?;
    if parts.headers.get(header::CONTENT_TYPE).is_none_or(|kind| kind != "application/offset+octet-stream") {
        return Err(Failure::of(ProblemCode::WrongType));
    }
    let wanted = number(&parts.headers, "upload-offset").ok_or_else(|| Failure::of(ProblemCode::WrongOffset))?;
    let (more, address) = (!body.is_end_stream(), guard::address(&app, &parts));
    let Progress { offset, length, .. } =
        attachment::append(&app, &id, wanted, more, body.into_data_stream(), address).await?;
    Ok((StatusCode::NO_CONTENT, resumable(offset, length)).into_response())
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.parse().ok()
}

fn resumable(offset: u64, length: u64) -> [(HeaderName, String); 4] {
    [
        (HeaderName::from_static("tus-resumable"), "1.0.0".to_owned()),
        (HeaderName::from_static("upload-offset"), offset.to_string()),
        (HeaderName::from_static("upload-length"), length.to_string()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ]
}

/// A photo, for those who may read its case; any other is answered as if it did not exist.
pub async fn photo(State(app): State<App>, Path(id): Path<String>, headers: HeaderMap) -> Result<Response, Failure> {
    let photo = readable(&app, &id, AttachmentKind::Photo, &headers).await?;
    let bytes = app.config.attachments.get(photo.kind, &photo.id).await.map_err(|error| not_read(&error))?;
    Ok((handed_out(photo.media, "inline; filename=\"photo.jpg\""), bytes).into_response())
}

/// A spoken note, for those who may read its case and know the citizen; in ranges, as players ask for it.
pub async fn voice(State(app): State<App>, Path(id): Path<String>, request: Request) -> Result<Response, Failure> {
    let voice = readable(&app, &id, AttachmentKind::Voice, request.headers()).await?;
    let mut response = match &app.config.attachments {
        Attachments::Folder(folder) => {
            let file = ServeFile::new(files::path(folder, voice.kind, &voice.id));
            file.oneshot(request).await.map_err(|error| Failure::internal(&error))?.into_response()
        }
        // It has two megabytes at the most.
        Attachments::Bucket(_) => {
            let bytes = app.config.attachments.get(voice.kind, &voice.id).await.map_err(|error| not_read(&error))?;
            in_range(request.headers(), bytes)
        }
    };
    for (name, value) in handed_out(voice.media, "inline; filename=\"voice\"") {
        let value = HeaderValue::from_str(&value).map_err(|error| Failure::internal(&error))?;
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

/// A lost file is nobody's mistake but ours; a bucket that does not answer will do so again.
fn not_read(error: &std::io::Error) -> Failure {
    if error.kind() == std::io::ErrorKind::NotFound { Failure::internal(error) } else { Failure::disk(error) }
}

/// The part that the `Range` header asks for; everything where it asks for none, or for several.
pub(super) fn in_range(headers: &HeaderMap, bytes: bytes::Bytes) -> Response {
    let all = bytes.len();
    let accepts = (header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    let Some(range) =
        headers.get(header::RANGE).and_then(|range| range.to_str().ok()).and_then(|range| part(range, all))
    else {
        return ([accepts], bytes).into_response();
    };
    if range.is_empty() {
        let said = (header::CONTENT_RANGE, format!("bytes */{all}"));
        return (StatusCode::RANGE_NOT_SATISFIABLE, [said]).into_response();
    }
    let said = (header::CONTENT_RANGE, format!("bytes {}-{}/{all}", range.start, range.end - 1));
    (StatusCode::PARTIAL_CONTENT, [accepts], [said], bytes.slice(range)).into_response()
}

/// The bytes of `bytes=from-to`, `bytes=from-` or `bytes=-last`, of so many; empty where there are none, `None` where the
/// header is something else.
fn part(range: &str, all: usize) -> Option<std::ops::Range<usize>> {
    let (from, to) = range.strip_prefix("bytes=")?.split_once('-')?;
    let (from, to) = (from.trim(), to.trim());
    if from.is_empty() {
        return Some(all.saturating_sub(to.parse().ok()?)..all);
    }
    let from: usize = from.parse().ok()?;
    let end = if to.is_empty() { all } else { to.parse::<usize>().ok()?.saturating_add(1).min(all) };
    Some(from.min(end)..end)
}

fn handed_out(media: String, disposition: &str) -> [(HeaderName, String); 4] {
    [
        (header::CONTENT_TYPE, media),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
        (header::CONTENT_DISPOSITION, disposition.to_owned()),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'".to_owned()),
    ]
}

async fn readable(app: &App, id: &str, kind: AttachmentKind, headers: &HeaderMap) -> Result<Attachment, Failure> {
    let sessions = guard::any_session(app, headers, app.now()).await?;
    attachment::readable(app, id, kind, &sessions, app.now()).await
}
