//! The stream of figures: one frame for all subscribers, at most four a second, made only when a figure has changed, by
//! a commit or by the clock (a limit passes, the day ends).

use super::Feed;
use super::cube::{Cube, Slice};
use bytes::Bytes;
use model::Time;
use model::clock::ist_date;
use model::counts::{Dimension, Filter};
use model::wire::LiveFrame;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Shortest time between two frames.
const PACE: Duration = Duration::from_millis(250);

/// How often figures are compared without a commit, since the clock alone may change them.
const LOOK: Duration = Duration::from_secs(10);

/// A frame, serialised once for all subscribers.
#[derive(Debug, Clone, Default)]
pub struct Frame {
    /// The figures.
    figures: LiveFrame,
    /// Its event id: number of the last ledger entry that it includes.
    pub seq: u64,
    /// The figures as JSON on one line.
    pub data: Bytes,
}

/// The figures that every live dashboard shows.
#[must_use]
pub fn figures(cube: &Cube, now: Time) -> LiveFrame {
    let today = ist_date(now);
    let month = today.checked_sub_days(chrono::Days::new(29));
    let lodged_today = Slice { filter: Filter::default().and(Dimension::Day, today.to_string()), since: None };
    LiveFrame {
        seq: cube.seq(),
        as_of: Some(now),
        lodged_today: cube.count(&lodged_today, None, now).total.lodged,
        total: cube.count(&Slice::default(), None, now).total,
        month: cube.count(&Slice { since: month, ..Slice::default() }, None, now).total,
    }
}

fn frame(feed: &Feed, now: Time) -> Frame {
    let figures = figures(&feed.cube(), now);
    Frame { seq: figures.seq, data: serde_json::to_vec(&figures).unwrap_or_default().into(), figures }
}

/// Whether two frames have the same figures, whenever they were made.
fn is_same(a: &LiveFrame, b: &LiveFrame) -> bool {
    LiveFrame { as_of: None, ..a.clone() } == LiveFrame { as_of: None, ..b.clone() }
}

/// Starts the task that makes frames; it ends with the feed.
pub fn start(feed: Feed, clock: Arc<dyn Fn() -> Time + Send + Sync>) -> watch::Receiver<Frame> {
    let (frames, receiver) = watch::channel(frame(&feed, clock()));
    let mut reached = feed.reached();
    tokio::spawn(async move {
        loop {
            match tokio::time::timeout(LOOK, reached.changed()).await {
                Ok(Ok(())) => {
                    frames.send_replace(frame(&feed, clock()));
                }
                Ok(Err(_)) => return,
                Err(_) => {
                    let newest = frame(&feed, clock());
                    frames.send_if_modified(|shown| {
                        let moved = !is_same(&shown.figures, &newest.figures);
                        if moved {
                            *shown = newest;
                        }
                        moved
                    });
                }
            }
            tokio::time::sleep(PACE).await;
        }
    });
    receiver
}
