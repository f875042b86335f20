//! The two single-page apps: `citizen` and `staff`, over one set of components.
//!
//! A page is data and composition; markup lives in [`component`]. What crosses the wire comes from
//! [`model::api`]; words come from the catalogues through [`i18n`]; page paths from [`route`] alone.

pub mod api;
#[path = "citizen/app.rs"]
pub mod citizen;
pub mod component;
pub mod draft;
pub mod format;
pub mod i18n;
pub mod live;
pub mod reference;
pub mod route;
#[path = "staff/app.rs"]
pub mod staff;
pub mod start;
