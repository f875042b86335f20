//! The use cases: what can be done and read, by whichever way a request comes. No HTTP and no SQL here.
//!
//! The API, plain pages and text messages call these functions, which know none of their callers. `scripts/test` checks
//! that.

pub mod absence;
pub mod account;
pub mod act;
pub mod admin;
pub mod alarm;
pub mod attachment;
pub mod audit;
pub mod code;
pub mod comparison;
pub mod decision;
pub mod duplicate;
pub mod earlier;
pub mod inbound;
pub mod lease;
pub mod line;
pub mod lodge;
pub mod message;
pub mod number;
pub mod office;
pub mod pack;
pub mod password;
pub mod phone;
pub mod policy;
pub mod quality;
pub mod read;
pub mod roster;
pub mod search;
pub mod session;
pub mod shutter;
pub mod sight;
pub mod suggestion;
pub mod view;
pub mod views;
pub mod worklist;

/// The result of something that has one effect, however often it is requested.
#[derive(Debug)]
pub enum Once<T> {
    /// It was done now.
    Done(T),
    /// It was done before; this is what was stored of the answer then.
    Before(String),
}
