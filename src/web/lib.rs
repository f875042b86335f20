//! What the two single-page apps, `citizen` and `staff`, have in common; each is a binary with a folder of its own.
//!
//! A page is data and composition; markup lives in [`component`]. The wire format is [`model::wire`], texts come from
//! the catalogues through [`i18n`], and [`route`] turns pages into paths.

pub mod api;
pub mod clock;
pub mod component;
pub mod device;
pub mod draft;
pub mod format;
pub mod hook;
pub mod i18n;
pub mod json;
pub mod later;
pub mod live;
pub mod person;
pub mod position;
pub mod reference;
pub mod route;
pub mod start;
pub mod unsent;
pub mod upload;
