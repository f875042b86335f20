//! The use cases: what can be done and read, whatever the way in. No HTTP here, and no SQL.
//!
//! The API, plain pages and text messages call these; none repeats what stands here, and these know none of them.

pub mod act;
pub mod admin;
pub mod duplicate;
pub mod lodge;
pub mod number;
pub mod policy;
pub mod read;
pub mod view;

/// What became of something that has one effect, however often it is asked for.
#[derive(Debug)]
pub enum Once<T> {
    /// It was done now.
    Done(T),
    /// The same was done before: what was kept of the answer then.
    Before(String),
}
