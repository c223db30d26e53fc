//! Whether Compose reads what stands between the quotes as it stands there.

use crate::envfile::Quote;

/// Letters of a value that mean something else to Compose.
pub(super) fn not_literal(quote: Quote, value: &str) -> bool {
    match quote {
        Quote::None => value.contains('$'),
        Quote::Double => value.contains(['$', '\\']),
        Quote::Single => value.contains("\\'") || value.ends_with('\\'),
    }
}
