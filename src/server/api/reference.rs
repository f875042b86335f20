//! Tables for both apps, and offices.

use super::call::{Call, Reply};
use crate::failure::Failure;
use crate::state::App;
use crate::tables::ReadyTables;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use model::Language;
use model::wire::{GroundName, Grounds, Office, Offices, PlaceAt, Positions};
use std::sync::{Arc, PoisonError};

/// The tables with names in one language (`?language=ur`), English and Bengali, in which people search. With an `ETag`
/// over the content: downloaded once, then confirmed in 200 bytes.
pub async fn tables(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Result<Response, Failure> {
    let asked = uri.query().and_then(|query| query.strip_prefix("language=")).and_then(Language::from_tag);
    let language = asked.unwrap_or_default();
    let ready = {
        let mut known = app.facts.ready_tables.lock().unwrap_or_else(PoisonError::into_inner);
        match known.get(&language) {
            Some(ready) => ready.clone(),
            None => {
                let made = ReadyTables::of(&app.facts.tables, language).map_err(|error| Failure::internal(&error))?;
                known.entry(language).or_insert(Arc::new(made)).clone()
            }
        }
    };
    let cached = HeaderValue::from_static("public, max-age=300");
    let etag = HeaderValue::try_from(format!("\"{}\"", ready.digest)).map_err(|error| Failure::internal(&error))?;
    let fixed = [(header::ETAG, etag.clone()), (header::CACHE_CONTROL, cached)];
    if headers.get(header::IF_NONE_MATCH) == Some(&etag) {
        return Ok((StatusCode::NOT_MODIFIED, fixed).into_response());
    }
    let json = [(header::CONTENT_TYPE, "application/json; charset=utf-8"), (header::VARY, "accept-encoding")];
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accepted.split(',').any(|coding| coding.trim().starts_with("br")) {
        return Ok((fixed, json, [(header::CONTENT_ENCODING, "br")], ready.brotli.clone()).into_response());
    }
    Ok((fixed, json, ready.json.clone()).into_response())
}

/// Approximate positions of blocks and towns.
pub async fn positions(call: Call<Positions>) -> Result<Reply<Vec<PlaceAt>>, Failure> {
    Ok(Reply::ok(call.app.facts.tables.positions.clone()))
}

/// The grounds that are in use.
pub async fn grounds(call: Call<Grounds>) -> Result<Reply<Vec<GroundName>>, Failure> {
    let grounds = call.app.facts.tables.grounds.iter();
    Ok(Reply::ok(grounds.filter(|(_, in_use)| *in_use).map(|(named, _)| named.clone()).collect()))
}

/// Open offices of a department, those of the district first.
pub async fn offices(call: Call<Offices>) -> Result<Reply<Vec<Office>>, Failure> {
    let district = call.path.district;
    let mut offices: Vec<Office> =
        call.app.facts.offices.values().filter(|office| office.department == call.path.department).cloned().collect();
    offices.retain(|office| !office.closed);
    offices.sort_by_key(|office| (office.district != district, office.name.en.clone(), office.id));
    Ok(Reply::ok(offices))
}
