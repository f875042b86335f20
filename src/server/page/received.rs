//! Reads what a plain HTML form sends: fields, and perhaps a photo.

use crate::api::call::{FORM_WORDS, bounded};
use crate::app::attachment::{Arriving, admit};
use crate::failure::Failure;
use crate::limits::Address;
use crate::state::App;
use axum::body::Body;
use axum::extract::{Form, FromRequest, Multipart, Request};
use axum::http::header;
use axum::http::request::Parts;
use model::attachment::PHOTO_BYTES;
use model::wire::ProblemCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Bytes from the start within which the first field of a form must begin.
const FRAME: usize = 4 * 1024;
/// Time limit for a form without a file.
const WORDS_TIME: Duration = Duration::from_secs(30);
/// Time limit for a form with a photo.
const PHOTO_TIME: Duration = Duration::from_secs(240);
/// Name of the photo's field.
pub const PHOTO: &str = "photo";

/// The fields of a form, as far as they have been received.
#[derive(Debug, Clone, Default)]
pub struct Fields {
    values: Vec<(String, String)>,
    /// Whether a photo was sent, complete or not: after an error the person has to choose it again, and is told so.
    pub photo: bool,
}

impl Fields {
    /// The fields of an address's query.
    #[must_use]
    pub fn of(values: Vec<(String, String)>) -> Self {
        Self { values, photo: false }
    }

    /// The text of a field; empty where it is missing.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.values.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// All fields but one.
    #[must_use]
    pub fn without(&self, name: &str) -> Self {
        let values = self.values.iter().filter(|(known, _)| known != name).cloned().collect();
        Self { values, photo: self.photo }
    }

    /// Sets a field.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.values.retain(|(known, _)| known != name);
        self.values.push((name.to_owned(), value.into()));
    }
}

/// Who sends a form.
#[derive(Debug, Clone, Copy)]
pub struct Origin {
    /// The address.
    pub address: Address,
    /// Whether somebody is signed in there, whose photos do not wait for strangers'.
    pub known: bool,
}

/// Reads a form into `fields`, so that what was received is kept whatever fails later; returns its photo. Fields with
/// other names than `names` are ignored.
///
/// # Errors
/// 400 where it is no multipart form, 413 where it is too large, 408 where it does not arrive in time.
pub async fn receive<'a>(
    app: &'a App,
    parts: Parts,
    body: Body,
    from: Origin,
    names: &[&str],
    fields: &mut Fields,
) -> Result<Option<Arriving<'a>>, Failure> {
    let too_much = Arc::new(AtomicBool::new(false));
    let reading = read(app, parts, body, from, names, fields, too_much.clone());
    match tokio::time::timeout(PHOTO_TIME, reading).await {
        // Whatever failed once the limit was passed: the cause is the size.
        Ok(Err(_)) if too_much.load(Ordering::Relaxed) => Err(Failure::of(ProblemCode::ImageTooLarge)),
        Ok(received) => received,
        Err(_) => Err(Failure::of(ProblemCode::TooSlow)),
    }
}

/// The body of a multipart form, cut off where it is not one: a boundary must come within [`FRAME`] bytes of the start
/// and of its end, and no line of headers may be longer.
fn framed(body: Body, too_much: Arc<AtomicBool>) -> Body {
    use tokio_stream::StreamExt;
    let most = (PHOTO_BYTES + 2 * FORM_WORDS) as u64;
    let (mut sum, mut first) = (0u64, Vec::new());
    let stream = body.into_data_stream().map(move |bytes| {
        let bytes = bytes.map_err(|_| std::io::Error::from(std::io::ErrorKind::UnexpectedEof))?;
        sum += bytes.len() as u64;
        if first.len() < FRAME {
            first.extend(bytes.iter().take(FRAME - first.len()));
            // A form begins with its boundary, followed by the headers of its first field.
            let begins = first.starts_with(b"--") || first.starts_with(b"\r\n--") || first.len() < 4;
            let headed = first.len() < FRAME || first.windows(4).any(|four| four == b"\r\n\r\n");
            if !begins || !headed {
                return Err(std::io::Error::from(std::io::ErrorKind::InvalidData));
            }
        }
        if sum > most {
            too_much.store(true, Ordering::Relaxed);
            return Err(std::io::Error::from(std::io::ErrorKind::InvalidData));
        }
        Ok(bytes)
    });
    Body::from_stream(stream)
}

async fn read<'a>(
    app: &'a App,
    parts: Parts,
    body: Body,
    from: Origin,
    names: &[&str],
    fields: &mut Fields,
    too_much: Arc<AtomicBool>,
) -> Result<Option<Arriving<'a>>, Failure> {
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let multipart = kind.starts_with("multipart/form-data");
    let wrong = || Failure::of(ProblemCode::WrongShape);
    let Origin { address, known } = from;
    // The photo has nearly all bytes of a form; where the browser does not say how many come, it may be as large as any.
    let declared = parts.headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    let coming = declared.unwrap_or(u64::MAX).min(PHOTO_BYTES as u64);
    if !multipart {
        let bytes = bounded(&parts, body, FORM_WORDS, WORDS_TIME).await?;
        let request = Request::from_parts(parts, Body::from(bytes));
        let Form(sent) = Form::<Vec<(String, String)>>::from_request(request, &()).await.map_err(|_| wrong())?;
        if sent.iter().any(|(name, _)| !names.contains(&name.as_str())) {
            return Err(wrong());
        }
        fields.values = sent;
        return Ok(None);
    }
    // What is before and between the fields is held in memory. That is short, or the form is refused.
    let _slot = app.bodies.take(address).ok_or_else(|| Failure::unavailable(5))?;
    let request = Request::from_parts(parts, framed(body, too_much));
    let mut sent = Multipart::from_request(request, &()).await.map_err(|_| wrong())?;
    let (mut photo, mut words) = (None, 0);
    while let Some(mut field) = sent.next_field().await.map_err(|_| wrong())? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == PHOTO {
            // A file field without a file still has an (empty) file name.
            if field.file_name().is_none_or(str::is_empty) {
                continue;
            }
            fields.photo = true;
            admit(app, address, coming, known).await?;
            let mut arriving = Arriving::new(app, address)?;
            arriving.receive(&mut field).await?;
            photo = Some(arriving).filter(|arriving| !arriving.is_empty());
            fields.photo = photo.is_some();
            continue;
        }
        if !names.contains(&name.as_str()) {
            return Err(wrong());
        }
        let mut value = Vec::new();
        while let Some(bytes) = field.chunk().await.map_err(|_| wrong())? {
            words += bytes.len();
            if words > FORM_WORDS {
                return Err(Failure::of(ProblemCode::TooLarge));
            }
            value.extend_from_slice(&bytes);
        }
        fields.set(&name, String::from_utf8(value).map_err(|_| wrong())?);
    }
    Ok(photo)
}
