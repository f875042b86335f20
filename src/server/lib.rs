//! The thin JSON backend of Pratikar: authenticate, parse, decide, append, answer; with the views, the messenger
//! and the deadlines beside it.
//!
//! ```text
//! api ──▶ model::lifecycle::decide ──▶ store (ledger + case row + outbox, one transaction)
//!                                        └─▶ view::counts ──▶ view::live ──▶ dashboards
//! ```

pub mod api;
pub mod app;
pub mod deadlines;
pub mod decoder;
pub mod ledger;
pub mod limits;
pub mod link;
pub mod messenger;
pub mod page;
pub mod photo;
pub mod receipt;
pub mod seed;
pub mod store;
pub mod tables;
pub mod view;
pub mod voice;
