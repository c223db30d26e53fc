//! An env file's lines, read literally: what stands between the quotes is the value.
//!
//! Docker Compose interpolates and unescapes; a rendered file must not depend on that, so a value is right only if
//! Compose reads the same as this does.

use std::collections::BTreeMap;

use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

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
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let line = line.strip_prefix("export ").unwrap_or(line);
        let (key, value) = line.split_once('=').ok_or(number + 1)?;
        let key = key.trim_end();
        if key.is_empty() || !key.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b)) {
            return Err(number + 1);
        }
        found.insert(key.to_owned(), Text::new(literal(value.trim()).ok_or(number + 1)?));
    }
    Ok(found)
}

fn literal(value: &str) -> Option<&str> {
    for quote in ['\'', '"'] {
        if let Some(rest) = value.strip_prefix(quote) {
            let (inside, after) = rest.split_once(quote)?;
            let after = after.trim();
            return (after.is_empty() || after.starts_with('#')).then_some(inside);
        }
    }
    Some(value.split_once(" #").map_or(value, |(before, _)| before.trim_end()))
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
