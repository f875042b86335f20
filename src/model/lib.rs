//! The vocabulary and the rulebook of Pratikar.
//!
//! Everything that the server, the two browser apps and the tests must agree on stands here: values that cannot
//! hold a wrong content ([`Reference`], [`Mobile`]), the life of a grievance ([`lifecycle`]), who may do what
//! ([`role`]), how time is counted ([`clock`]), what an administrator may change ([`rules`]) and the types that
//! cross the wire ([`api`]).
//!
//! It is pure: no I/O, no clock of its own, no randomness. Time and draws are handed in, so every rule can be
//! tested with a table.
#![warn(missing_docs)]

pub mod answer;
pub mod api;
pub mod atr;
pub mod attachment;
pub mod clock;
pub mod code;
pub mod counts;
pub mod find;
pub mod language;
pub mod ledger;
pub mod lifecycle;
pub mod likeness;
pub mod lodging;
pub mod mask;
pub mod message;
pub mod moment;
pub mod phone;
pub mod reason;
pub mod reference;
pub mod role;
pub mod rules;
mod sign;
pub mod text;
pub mod topic;

pub use language::Language;
pub use phone::Mobile;
pub use reference::Reference;
pub use role::{Actor, Role, Scope};
pub use rules::Rules;

/// A moment, always UTC; screens and deadlines use Asia/Kolkata (see [`clock::ist_date`]).
pub type Time = chrono::DateTime<chrono::Utc>;

/// Code of a department, such as `PHE`; the list is data (`public/reference/departments.tsv`).
pub type DepartmentCode = String;
/// Code of a leaf category, such as `water.tubewell`.
pub type CategoryCode = String;
/// Number of an office (sub-office of a department).
pub type OfficeId = u32;
/// Number of a staff account.
pub type StaffId = u32;
/// Number of the holder of one mobile number; random, so that it says nothing about the person.
pub type PersonId = u64;
/// Random name of a stored photo or spoken note, 32 hexadecimal digits.
pub type AttachmentId = String;
/// Local Government Directory code of a district, block or town.
pub type Lgd = u32;
