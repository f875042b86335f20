//! Tables for both apps, and offices.

use super::call::{Call, Reply};
use super::problem::Failure;
use crate::app::App;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use model::api::{Office, Offices, ProblemCode};
use model::{Language, Lgd};
use sha2::{Digest, Sha256};
use std::io::Write;

/// The tables with the names of one language (`?language=ur`), English and Bengali, by which people search; with an
/// `ETag` over their content: read once, then asked for in 200 bytes.
pub async fn tables(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Result<Response, Failure> {
    let asked = uri.query().and_then(|query| query.strip_prefix("language=")).and_then(Language::from_tag);
    let body = serde_json::to_vec(&app.tables.reference_in(asked.unwrap_or_default()))?;
    let etag = format!("\"{}\"", hex::encode(Sha256::digest(&body)));
    let fixed = [(header::ETAG, etag.clone()), (header::CACHE_CONTROL, "public, max-age=300".to_owned())];
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, fixed).into_response());
    }
    let json = [(header::CONTENT_TYPE, "application/json; charset=utf-8"), (header::VARY, "accept-encoding")];
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accepted.split(',').any(|coding| coding.trim().starts_with("br")) {
        let mut brotli = Vec::new();
        brotli::CompressorWriter::new(&mut brotli, 4096, 6, 22)
            .write_all(&body)
            .map_err(|error| Failure::internal(&error))?;
        return Ok((fixed, json, [(header::CONTENT_ENCODING, "br")], brotli).into_response());
    }
    Ok((fixed, json, body).into_response())
}

/// Offices of a department, those of the district first.
pub async fn offices(call: Call<Offices>) -> Result<Reply<Vec<Office>>, Failure> {
    if call.actor()?.role == model::Role::Citizen {
        return Err(Failure::of(ProblemCode::NotPermitted));
    }
    let district: Option<Lgd> = match call.path.district.as_str() {
        "" => None,
        code => Some(code.parse().map_err(|_| Failure::of(ProblemCode::WrongQuery))?),
    };
    let mut offices: Vec<Office> =
        call.app.offices.values().filter(|office| office.department == call.path.department).cloned().collect();
    offices.sort_by_key(|office| (office.district != district, office.name.en.clone(), office.id));
    Ok(Reply::ok(offices))
}
