//! The pages of the two apps and their paths: the apps draw them, and the server knows by them which app answers a path, and which
//! paths are none.

mod citizen;
mod staff;

pub use citizen::{CitizenPage, Step};
pub use staff::StaffPage;

/// A page of an app, converted to its path and back.
pub trait Page: Clone + PartialEq + Send + Sync + 'static {
    /// The path without the language's prefix, with the query where the page has one.
    fn path(&self) -> String;
    /// The page of such a path. Every path has one; unknown paths give the "no such page" page.
    fn of(path: &str) -> Self;
}
