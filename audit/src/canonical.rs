//! Canonical JSON (RFC 8785): one sequence of bytes for one document, so that it can be hashed.

use serde::Serialize;

/// The canonical bytes of a value: keys sorted by their UTF-16 code units, no white space, numbers as
/// ECMAScript writes them, only the escapes that are necessary.
///
/// # Errors
/// A map whose keys aren't strings or come twice, and numbers that JSON doesn't have (NaN, infinity).
pub fn to_vec<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, serde_json::Error> {
    serde_json_canonicalizer::to_vec(&value)
}
