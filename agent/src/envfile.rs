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
    let (mut rest, mut number) = (text, 0);
    while !rest.is_empty() {
        number += 1;
        let end = rest.find('\n').map_or(rest.len(), |at| at + 1);
        let line = rest[..end].trim();
        if line.is_empty() || line.starts_with('#') {
            rest = &rest[end..];
            continue;
        }
        let line = rest.trim_start();
        let line = line.strip_prefix("export ").unwrap_or(line);
        let (key, value) = line.split_once('=').ok_or(number)?;
        let key = key.trim_end();
        if key.is_empty() || !key.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b)) {
            return Err(number);
        }
        let (value, after) = literal(value).ok_or(number)?;
        found.insert(key.to_owned(), Text::new(value));
        number += value.matches('\n').count();
        rest = after;
    }
    Ok(found)
}

/// A value as it stands, and what follows its line. In quotes it may go over several lines.
fn literal(text: &str) -> Option<(&str, &str)> {
    let value = text.trim_start_matches([' ', '\t']);
    if let Some(quote @ ('\'' | '"')) = value.chars().next() {
        let inside = &value[1..];
        let end = closing(inside, quote)?;
        let (after, rest) = line_of(&inside[end + 1..]);
        let after = after.trim();
        return (after.is_empty() || after.starts_with('#')).then_some((&inside[..end], rest));
    }
    let (line, rest) = line_of(value);
    let value = line.split_once(" #").map_or(line, |(before, _)| before);
    Some((value.trim(), rest))
}

/// Where the quotes end: behind a backslash they don't.
fn closing(inside: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    inside.char_indices().find_map(|(at, c)| {
        let ends = c == quote && !escaped;
        escaped = c == '\\' && !escaped;
        ends.then_some(at)
    })
}

fn line_of(text: &str) -> (&str, &str) {
    text.split_once('\n').unwrap_or((text, ""))
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
    fn quotes_may_hold_lines_and_escaped_quotes() {
        let text = "A=\"one\ntwo \\\" three\" # note\nB=2\r\nC='x'\r\n\nD=";
        assert_eq!(value(text, "A").as_deref(), Some("one\ntwo \\\" three"));
        assert_eq!(value(text, "B").as_deref(), Some("2"));
        assert_eq!(value(text, "C").as_deref(), Some("x"));
        assert_eq!(value(text, "D").as_deref(), Some(""));
    }

    #[test]
    fn a_line_that_is_no_assignment_is_named() {
        assert_eq!(parse("A=1\nnonsense\n").err(), Some(2));
        assert_eq!(parse("A='open\n").err(), Some(1));
        assert_eq!(parse("A='two\nlines'\nB='open\n").err(), Some(3));
    }
}
