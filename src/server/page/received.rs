//! What a plain form sends: fields, and perhaps a photo.

use crate::api::call::{FORM_WORDS, bounded};
use crate::api::{Arriving, admit};
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

/// Bytes within which the first field of a form has begun.
const FRAME: usize = 4 * 1024;
/// How long a form without a file may take.
const WORDS_TIME: Duration = Duration::from_secs(30);
/// How long one with a photo may take.
const PHOTO_TIME: Duration = Duration::from_secs(240);
/// The field of the photo.
pub const PHOTO: &str = "photo";

/// The fields of a form, as far as they have come.
#[derive(Debug, Clone, Default)]
pub struct Fields {
    values: Vec<(String, String)>,
    /// Whether a photo came along, or tried to: a browser sends it again only when it is chosen again.
    pub photo: bool,
}

impl Fields {
    /// Of an address's query.
    #[must_use]
    pub fn of(values: Vec<(String, String)>) -> Self {
        Self { values, photo: false }
    }

    /// What was typed into a field; nothing where it is missing.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.values.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// All but one of them.
    #[must_use]
    pub fn without(&self, name: &str) -> Self {
        let values = self.values.iter().filter(|(known, _)| known != name).cloned().collect();
        Self { values, photo: self.photo }
    }

    /// Puts something into a field.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.values.retain(|(known, _)| known != name);
        self.values.push((name.to_owned(), value.into()));
    }
}

/// Reads a form into `fields`, so that what has come is kept whatever goes wrong later; answers its photo. Only fields of
/// these `names` are taken.
///
/// # Errors
/// 400 where it is no such form, 413 where it is too large, 408 where it does not come in time.
pub async fn receive<'a>(
    app: &'a App,
    parts: Parts,
    body: Body,
    address: Address,
    names: &[&str],
    fields: &mut Fields,
) -> Result<Option<Arriving<'a>>, Failure> {
    let too_much = Arc::new(AtomicBool::new(false));
    let reading = read(app, parts, body, address, names, fields, too_much.clone());
    match tokio::time::timeout(PHOTO_TIME, reading).await {
        // Whatever broke when the end came: it was the size.
        Ok(Err(_)) if too_much.load(Ordering::Relaxed) => Err(Failure::of(ProblemCode::ImageTooLarge)),
        Ok(received) => received,
        Err(_) => Err(Failure::of(ProblemCode::TooSlow)),
    }
}

/// The body of a multipart form, broken off where it says nothing that a form says: a boundary must come within
/// [`FRAME`] bytes of the start and of its end, and no line of headers may be longer.
fn framed(body: Body, too_much: Arc<AtomicBool>) -> Body {
    use tokio_stream::StreamExt;
    let most = (PHOTO_BYTES + 2 * FORM_WORDS) as u64;
    let (mut sum, mut first) = (0u64, Vec::new());
    let stream = body.into_data_stream().map(move |bytes| {
        let bytes = bytes.map_err(|_| std::io::Error::from(std::io::ErrorKind::UnexpectedEof))?;
        sum += bytes.len() as u64;
        if first.len() < FRAME {
            first.extend(bytes.iter().take(FRAME - first.len()));
            // A form begins with its boundary, and goes on with the headers of its first field.
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
    address: Address,
    names: &[&str],
    fields: &mut Fields,
    too_much: Arc<AtomicBool>,
) -> Result<Option<Arriving<'a>>, Failure> {
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let multipart = kind.starts_with("multipart/form-data");
    let wrong = || Failure::of(ProblemCode::WrongShape);
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
    // What stands before and between the fields is held in memory until it ends: it ends soon, or the form is refused.
    let _slot = app.bodies.take(address).ok_or_else(|| Failure::unavailable(5))?;
    let request = Request::from_parts(parts, framed(body, too_much));
    let mut sent = Multipart::from_request(request, &()).await.map_err(|_| wrong())?;
    let (mut photo, mut words) = (None, 0);
    while let Some(mut field) = sent.next_field().await.map_err(|_| wrong())? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == PHOTO {
            // A field without a file has a name all the same.
            if field.file_name().is_none_or(str::is_empty) {
                continue;
            }
            fields.photo = true;
            admit(app, address, 1024 * 1024, false).await?;
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
