//! The JSON backend of Pratikar: authenticate, parse, decide, append, answer; with views, messenger and deadlines
//! beside it.
//!
//! ```text
//! api, page, sms ──▶ app (use cases) ──▶ model::lifecycle::decide
//!                      └─▶ store (ledger + case row + outbox, one transaction)
//!                            ├─▶ feed::cube ──▶ feed::live ──▶ dashboards
//!                            └─▶ feed::search
//! ```

pub mod api;
pub mod app;
pub mod attachments;
pub mod backup;
mod catalogue;
pub mod clock;
pub mod deadlines;
pub mod decoder;
pub mod digest;
pub mod disk;
mod drain;
pub mod exchange;
pub mod failure;
pub mod feed;
pub mod files;
pub mod gateway;
pub mod health;
pub mod learned;
pub mod ledger;
pub mod limits;
pub mod link;
pub mod listen;
pub mod mail;
pub mod mailing;
pub mod media;
pub mod messenger;
pub mod observe;
pub mod page;
pub mod photo;
pub mod print;
pub mod published;
pub mod receipt;
pub mod reports;
pub mod secret;
pub mod security;
pub mod seldom;
pub mod slots;
pub mod start;
pub mod starting;
pub mod state;
pub mod store;
pub mod tables;
mod task;
pub mod upload_lock;
pub mod voice;
pub mod words;
pub mod work;
