//! The names of values in the wire format.

use serde::Serialize;

/// The name of a unit variant; empty for any other value.
#[must_use]
pub fn code_of<T: Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
