//! The vocabulary and the rulebook of Pratikar.
//!
//! What the server, the two browser apps and the tests must agree on is here: values that cannot be invalid
//! ([`Reference`], [`Mobile`]), the life of a grievance ([`lifecycle`]), permissions ([`role`]), time ([`clock`]), what
//! an administrator may change ([`rules`]) and the types of the API ([`wire`]).
//!
//! The crate is pure: no I/O, no clock of its own, no randomness. Time and random draws are passed in, so that every
//! rule can be tested with a table.
#![warn(missing_docs)]

pub mod answer;
pub mod atr;
pub mod attachment;
pub mod clock;
pub mod code;
pub mod comparison;
pub mod counts;
pub mod date;
pub mod duty;
pub mod find;
pub mod id;
pub mod language;
pub mod ledger;
pub mod lifecycle;
pub mod likeness;
pub mod lodging;
pub mod mask;
pub mod message;
pub mod moment;
pub mod names;
pub mod page;
pub mod phone;
pub mod quality;
pub mod reading;
pub mod reason;
pub mod reference;
pub mod role;
pub mod route;
pub mod rules;
pub mod script;
pub mod sign;
pub mod spreadsheet;
pub mod suggestion;
pub mod text;
pub mod topic;
pub mod visit;
pub mod wire;

pub use duty::Duty;
pub use id::{AttachmentId, CategoryCode, DepartmentCode, Lgd, OfficeId, PersonId, StaffId};
pub use language::Language;
pub use phone::Mobile;
pub use reference::Reference;
pub use role::{Actor, Role, Scope};
pub use rules::Rules;

/// A moment in UTC; screens and deadlines use Asia/Kolkata (see [`clock::ist_date`]).
pub type Time = chrono::DateTime<chrono::Utc>;
