//! What the two single-page apps, `citizen` and `staff`, have in common; each is a binary in a folder of its own.
//!
//! A page is data and composition; markup lives in [`component`]. What crosses the wire comes from
//! [`model::wire`]; words come from the catalogues through [`i18n`]; page paths from [`route`] alone.

pub mod api;
pub mod clock;
pub mod component;
pub mod draft;
pub mod format;
pub mod hook;
pub mod i18n;
pub mod json;
pub mod later;
pub mod live;
pub mod outbox;
pub mod person;
pub mod position;
pub mod reference;
pub mod route;
pub mod start;
pub mod upload;
