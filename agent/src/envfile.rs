//! An env file's lines, read literally: what stands between the quotes is the value.
//!
//! Docker Compose interpolates and unescapes; a rendered file must not depend on that, so a value is right only if
//! Compose reads the same as this does.

mod fits;
mod lines;

use std::collections::BTreeMap;

use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::secret::Value;

pub use fits::{Misfit, misfit, not_literal};
pub use lines::{Assignment, Kind, Line, Quote, Wrong, lines};

/// A value of an env file or an environment: wiped when dropped, compared in constant time, never shown.
#[derive(Clone)]
pub struct Text(Zeroizing<String>);

impl Text {
    pub fn new(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }

    pub fn same(&self, other: &Text) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }

    pub fn holds(&self, value: &Value) -> bool {
        value.is_in(&self.0)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl ExposeSecret<str> for Text {
    fn expose_secret(&self) -> &str {
        &self.0
    }
}

/// Every key with its literal value. The error is the number of the first line that is none.
pub fn parse(text: &str) -> Result<BTreeMap<String, Text>, usize> {
    let mut found = BTreeMap::new();
    for line in lines(text).map_err(|wrong| wrong.line)? {
        if let Kind::Assignment(a) = line.kind {
            found.insert(text[a.key].to_owned(), Text::new(&text[a.value]));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::disallowed_methods, reason = "a test looks at what it made up")]
    fn value(text: &str, key: &str) -> Option<String> {
        parse(text).ok()?.get(key).map(|t| t.expose_secret().to_owned())
    }

    #[test]
    fn values_are_literal() {
        let text = "# c\n\nA='x$y # \"'\nB=\"p q\" # note\nC=plain # note\nexport D=1\nE=\n";
        assert_eq!(value(text, "A").as_deref(), Some("x$y # \""));
        assert_eq!(value(text, "B").as_deref(), Some("p q"));
        assert_eq!(value(text, "C").as_deref(), Some("plain"));
        assert_eq!(value(text, "D").as_deref(), Some("1"));
        assert_eq!(value(text, "E").as_deref(), Some(""));
    }

    #[test]
    fn a_line_that_is_no_assignment_is_named() {
        assert_eq!(parse("A=1\nnonsense\n").err(), Some(2));
        assert_eq!(parse("A='open\n").err(), Some(1));
    }
}
