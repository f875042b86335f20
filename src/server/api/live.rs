//! Server-sent events: figures as they change. Each frame is complete, so after a lost connection the newest is enough.
//! A client that has seen a later entry than the server has, as after a restore, is told to reset.

use super::guard;
use crate::failure::Failure;
use crate::state::App;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use model::Duty;
use model::wire::ProblemCode;
use std::convert::Infallible;
use std::time::Duration;
use tokio_stream::wrappers::ReceiverStream;

/// How often a stream checks that its session is still valid (SEC-07).
const RECHECK: Duration = Duration::from_secs(4);
/// How often a stream sends a beat; without one a browser does not notice a connection that is dead at one end.
const BEAT: Duration = Duration::from_secs(10);
/// Time after which a browser reconnects.
const RETRY: Duration = Duration::from_millis(1_500);

/// The stream, for those who may see the figures.
pub async fn stream(State(app): State<App>, headers: HeaderMap) -> Result<Response, Failure> {
    if !allowed(&app, &headers).await? {
        let somebody = guard::holds_any(&app, &headers, app.now(), |_| true).await?;
        return Err(Failure::of(if somebody { ProblemCode::NotPermitted } else { ProblemCode::SignInNeeded }));
    }
    let seen: Option<u64> = headers.get("last-event-id").and_then(|value| value.to_str().ok()?.parse().ok());
    let (sender, receiver) = tokio::sync::mpsc::channel::<Result<Event, Infallible>>(4);
    tokio::spawn(async move {
        let mut frames = app.frames.clone();
        frames.mark_changed();
        if seen.is_some_and(|seen| seen > frames.borrow().seq)
            && sender.send(Ok(Event::default().event("reset").data("{}"))).await.is_err()
        {
            return;
        }
        let mut stopping = app.stopping.subscribe();
        let mut recheck = tokio::time::interval(RECHECK);
        recheck.tick().await;
        let mut beat = tokio::time::interval(BEAT);
        loop {
            // A reader who sleeps delays neither the look at the session nor the end of the server: only a frame waits for a
            // place, and it is the newest one once there is one.
            let ready = async {
                let place = sender.reserve().await.ok()?;
                frames.changed().await.ok().map(|()| place)
            };
            tokio::select! {
                place = ready => {
                    let Some(place) = place else { return };
                    let frame = frames.borrow_and_update().clone();
                    let data = String::from_utf8_lossy(&frame.data).into_owned();
                    place.send(Ok(Event::default().event("figures").id(frame.seq.to_string()).retry(RETRY).data(data)));
                }
                _ = beat.tick() => {
                    let now = serde_json::to_string(&app.now()).unwrap_or_default();
                    // Whoever has not read the last ones needs no further one.
                    let _ = sender.try_send(Ok(Event::default().event("beat").data(now)));
                }
                _ = recheck.tick() => {
                    if !matches!(allowed(&app, &headers).await, Ok(true)) {
                        // Sent, so that a wall screen does not wait for ever. One that sleeps is told when it comes back.
                        let _ = sender.try_send(Ok(Event::default().event("end").data("{}")));
                        return;
                    }
                }
                () = sender.closed() => return,
                // The browser reconnects, to whichever server is there then.
                () = async { let _ = stopping.wait_for(|stopping| *stopping).await; } => return,
            }
        }
    });
    let mut response = Sse::new(ReceiverStream::new(receiver)).into_response();
    response.headers_mut().insert("x-accel-buffering", axum::http::HeaderValue::from_static("no"));
    response.headers_mut().insert("cache-control", axum::http::HeaderValue::from_static("no-store"));
    Ok(response)
}

async fn allowed(app: &App, headers: &HeaderMap) -> Result<bool, Failure> {
    guard::holds_any(app, headers, app.now(), |role| role.has(Duty::WatchFigures)).await
}
