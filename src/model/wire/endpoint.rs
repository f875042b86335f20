//! What an API call consists of: method, path, request and response.

use crate::duty::Needs;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// HTTP methods in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads only.
    Get,
    /// Creates or changes.
    Post,
    /// Ends.
    Delete,
}

/// An API call. The value holds the parameters of path and query.
pub trait Endpoint: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// JSON body of the request; `()` for none.
    type Request: Serialize + DeserializeOwned + Send + 'static;
    /// JSON body of the answer; `()` for none.
    type Response: Serialize + DeserializeOwned + Send + 'static;
    /// HTTP method.
    const METHOD: Method;
    /// Path with `{names}`, as the router expects it.
    const PATTERN: &'static str;
    /// What is required of the caller; checked before the body is read.
    const NEEDS: Needs;
    /// Whether it creates something and therefore needs an `Idempotency-Key`.
    const CREATES: bool = false;
    /// Whether it needs no signed-in person to be named (header `pratikar-as`), because it asks who that is or changes
    /// it.
    const ANYBODY: bool = false;
    /// Largest body of its request, in bytes (REL-15): the longest text of a grievance, and room for everything else.
    const BODY: usize = 2 * crate::lodging::TEXT_BYTES;
    /// Path and query of this call.
    fn path(&self) -> String {
        Self::PATTERN.to_owned()
    }
}

macro_rules! endpoint {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident : $type:ty),* $(,)? }
     $method:ident $pattern:literal, $needs:expr, $request:ty => $response:ty $(, creates = $creates:literal)? $(, anybody = $anybody:literal)? $(, body = $body:expr)? $(, path = $path:expr)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($(#[$field_doc])* pub $field: $type),* }
        impl Endpoint for $name {
            type Request = $request;
            type Response = $response;
            const METHOD: Method = Method::$method;
            const PATTERN: &'static str = $pattern;
            const NEEDS: $crate::duty::Needs = $needs;
            $(const CREATES: bool = $creates;)?
            $(const ANYBODY: bool = $anybody;)?
            $(const BODY: usize = $body;)?
            $(fn path(&self) -> String { let make: fn(&Self) -> String = $path; make(self) })?
        }
    };
}

/// `?a=1&b=2` from the pairs that have a value; values are percent-encoded. Empty where no pair has a value.
pub(super) fn query<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut out = String::new();
    for (name, value) in pairs {
        if value.is_empty() {
            continue;
        }
        out.push(if out.is_empty() { '?' } else { '&' });
        out.push_str(name);
        out.push('=');
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || b"-_.:,".contains(&byte) {
                out.push(char::from(byte));
            } else {
                out.push('%');
                for digit in [byte >> 4, byte & 15] {
                    out.push(char::from_digit(u32::from(digit), 16).unwrap_or('0').to_ascii_uppercase());
                }
            }
        }
    }
    out
}
