//! The API through the real router and the real database. Files mirror the routes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod actions;
mod authorisation;
mod bad_input;
mod codes;
mod counts;
mod deadlines;
mod form;
mod headers;
mod idempotency;
mod messages;
mod photos;
mod story;
