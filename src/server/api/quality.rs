//! Scoring calls.

use super::attachment::in_range;
use super::call::{Call, Reply};
use super::guard::{self, Client};
use crate::app::quality;
use crate::failure::Failure;
use crate::state::App;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use model::Duty;
use model::wire::{
    CallDesk, CallDesks, CallLine, CallToScore, CallsOfSeat, ChooseCall, CorrectRecord, Correction, DecideDispute,
    DisputeScore, GetCorrections, GetOwnScores, GetQuality, GetTeam, NextScore, OwnScore, PlayCall, Playing,
    ProblemCode, QualityDay, ScoreCall, Scored, TeamCaller,
};
use serde::Deserialize;

/// The next call to hear and score.
pub async fn next(call: Call<NextScore>) -> Result<Reply<Option<CallToScore>>, Failure> {
    Ok(Reply::ok(quality::next(&call.app, call.actor()?, call.now).await?))
}

/// The callers of a lead's team.
pub async fn team(call: Call<GetTeam>) -> Result<Reply<Vec<TeamCaller>>, Failure> {
    Ok(Reply::ok(quality::team(&call.app, call.actor()?, call.now).await?))
}

/// Calls of one of them.
pub async fn calls_of(call: Call<CallsOfSeat>) -> Result<Reply<Vec<CallLine>>, Failure> {
    Ok(Reply::ok(quality::calls_of(&call.app, call.actor()?, call.path.seat, call.now).await?))
}

/// Takes one that was chosen.
pub async fn choose(call: Call<ChooseCall>) -> Result<Reply<CallToScore>, Failure> {
    let why = call.body.why;
    Ok(Reply::ok(quality::choose(&call.app, call.actor()?, &call.path.id, why, call.now).await?))
}

/// A link to a recording.
pub async fn play(call: Call<PlayCall>) -> Result<Reply<Playing>, Failure> {
    let purpose = call.body.purpose;
    Ok(Reply::ok(quality::play(&call.app, call.actor()?, &call.path.id, purpose, call.now).await?))
}

/// Scores a call.
pub async fn score(call: Call<ScoreCall>) -> Result<Reply<Scored>, Failure> {
    let wish = call.body.clone();
    Ok(Reply::ok(quality::score(&call.app, call.actor()?, &call.path.id, wish, call.now).await?))
}

/// The day of a lead.
pub async fn day(call: Call<GetQuality>) -> Result<Reply<QualityDay>, Failure> {
    Ok(Reply::ok(quality::day(&call.app, call.actor()?, call.now).await?))
}

/// Decides a dispute.
pub async fn decide(call: Call<DecideDispute>) -> Result<Reply<()>, Failure> {
    let (marks, words) = (call.body.marks.clone(), &call.body.words);
    Ok(Reply::ok(quality::decide(&call.app, call.actor()?, &call.path.id, marks, words, call.now).await?))
}

/// The scores of one's own calls.
pub async fn own(call: Call<GetOwnScores>) -> Result<Reply<Vec<OwnScore>>, Failure> {
    Ok(Reply::ok(quality::own(&call.app, call.actor()?, call.now).await?))
}

/// How much is spoken on the telephones, and how well.
pub async fn desks(call: Call<CallDesks>) -> Result<Reply<Vec<CallDesk>>, Failure> {
    Ok(Reply::ok(quality::Told::read(&call.app, call.now).await?.desks()))
}

/// One's own records to correct.
pub async fn corrections(call: Call<GetCorrections>) -> Result<Reply<Vec<Correction>>, Failure> {
    Ok(Reply::ok(quality::own_corrections(&call.app, call.actor()?, call.now).await?))
}

/// One of them is corrected.
pub async fn correct(call: Call<CorrectRecord>) -> Result<Reply<()>, Failure> {
    Ok(Reply::ok(quality::correct(&call.app, call.actor()?, &call.path.id, &call.body.words, call.now).await?))
}

/// Disputes one of them.
pub async fn dispute(call: Call<DisputeScore>) -> Result<Reply<()>, Failure> {
    Ok(Reply::ok(quality::dispute(&call.app, call.actor()?, &call.path.id, &call.body.why, call.now).await?))
}

/// What a link carries; a link without it holds for nobody.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Link {
    until: i64,
    key: String,
}

/// The sound of a call, for whoever was given the link, and no longer than it holds.
pub async fn recording(
    State(app): State<App>,
    Path(id): Path<String>,
    link: Result<Query<Link>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let session = guard::session_of(&app, &headers, Client::Staff, app.now()).await?;
    let Some(session) = session.filter(|session| session.actor.role.has(Duty::ScoreCalls)) else {
        let somebody = guard::holds_any(&app, &headers, app.now(), |_| true).await?;
        return Err(Failure::of(if somebody { ProblemCode::NotPermitted } else { ProblemCode::SignInNeeded }));
    };
    let link = link.map(|Query(link)| link).unwrap_or_default();
    if !quality::is_link(&app, &session.actor, &id, link.until, &link.key, app.now()) {
        return Err(Failure::of(ProblemCode::NotFound));
    }
    let exchange = app.config.exchange.as_ref().ok_or_else(|| Failure::of(ProblemCode::NotFound))?;
    let found = exchange.recording(&id).await.map_err(|error| {
        tracing::warn!(%error, "the exchange has not given a recording");
        Failure::of(ProblemCode::Unavailable)
    })?;
    let recording = found.ok_or_else(|| Failure::of(ProblemCode::NotFound))?;
    let mut response = in_range(&headers, recording.bytes);
    let media = HeaderValue::from_str(&recording.media).map_err(|error| Failure::internal(&error))?;
    for (name, value) in [
        (header::CONTENT_TYPE, media),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("inline")),
    ] {
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}
