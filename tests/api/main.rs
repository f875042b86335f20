//! The API through the real router and the real database. Files mirror the routes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod accounts;
mod actions;
mod admin;
mod appeals;
mod audit;
mod authorisation;
mod bad_input;
mod bucket;
mod codes;
mod counts;
mod deadlines;
mod follow;
mod form;
mod headers;
mod idempotency;
mod leases;
mod lines;
mod links;
mod lodging;
mod marks;
mod matrix;
mod messages;
mod numbers;
mod observe;
mod outcomes;
mod pages;
mod past;
mod phone;
mod photos;
mod plain;
mod privacy;
mod quality;
mod receipt;
mod search;
mod settings;
mod sign_in;
mod story;
mod suggestion;
mod telephone;
mod texts;
mod visits;
mod voices;

/// Runs futures concurrently on this thread.
pub async fn side_by_side<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    use std::future::poll_fn;
    use std::task::Poll;
    let mut running: Vec<_> = futures.map(Box::pin).map(Some).collect();
    let mut done = Vec::new();
    poll_fn(|context| {
        for slot in &mut running {
            if let Some(future) = slot
                && let Poll::Ready(output) = future.as_mut().poll(context)
            {
                done.push(output);
                *slot = None;
            }
        }
        if running.iter().all(Option::is_none) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    done
}
