//! The new text of a replacement, in which `$1` and `${name}` stand for groups, as `regex::Captures::expand` reads it.
//!
//! That function grows a text of its own without bound; here each part goes into a bounded buffer.

use regex::Captures;

use super::super::budget::Budget;
use super::{Buffer, Fault};

pub(super) struct Replacement<'t>(Vec<Part<'t>>);

#[derive(Clone, Copy)]
enum Part<'t> {
    Text(&'t str),
    Number(usize),
    Name(&'t str),
}

impl<'t> Replacement<'t> {
    pub(super) fn literal(text: &'t str) -> Self {
        Self(vec![Part::Text(text)])
    }

    pub(super) fn of(text: &'t str) -> Self {
        let mut parts = Vec::new();
        let last_brace = text.rfind('}').unwrap_or(0);
        let mut at = 0;
        while let Some(dollar) = text[at..].find('$').map(|i| at + i) {
            parts.push(Part::Text(&text[at..dollar]));
            let behind = &text[dollar + 1..];
            let name = match behind.strip_prefix('{') {
                Some(inner) if dollar < last_brace => inner.split('}').next().unwrap_or(""),
                Some(_) => "",
                None => word(behind),
            };
            let braces = if behind.starts_with('{') && dollar < last_brace { 2 } else { 0 };
            at = dollar + 1 + name.len() + braces;
            if behind.starts_with('$') {
                parts.push(Part::Text("$"));
                at = dollar + 2;
            } else if name.is_empty() && braces == 0 {
                parts.push(Part::Text("$"));
            } else {
                parts.push(name.parse().map_or(Part::Name(name), Part::Number));
            }
        }
        parts.push(Part::Text(&text[at..]));
        Self(parts)
    }

    /// A group that isn't there, or that took no part in the match, is nothing.
    pub(super) fn write(
        &self,
        budget: &mut Budget,
        out: &mut Buffer,
        groups: &Captures<'_>,
    ) -> Result<(), Fault> {
        budget.walk(self.0.len())?;
        self.0.iter().try_for_each(|part| match *part {
            Part::Text(text) => out.push(text.as_bytes()),
            Part::Number(i) => out.push(groups.get(i).map_or("", |m| m.as_str()).as_bytes()),
            Part::Name(name) => out.push(groups.name(name).map_or("", |m| m.as_str()).as_bytes()),
        })
    }
}

/// The letters, digits and `_` that a text begins with.
fn word(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::super::buffer;
    use super::*;

    /// The library's own function is the judge.
    #[test]
    fn groups_stand_where_the_library_puts_them() {
        let pattern = regex::Regex::new("(?P<a>x)(y)?(z)").unwrap();
        let groups = pattern.captures("xz").unwrap();
        let pieces = ["$", "$$", "{", "}", "1", "3", "a", "_", "é", " ", "${", "${a}", "$0"];
        let mut compared = 0;
        for i in 0..pieces.len().pow(4) {
            let piece = |n: u32| pieces[i / pieces.len().pow(n) % pieces.len()];
            let text = [piece(0), piece(1), piece(2), piece(3)].concat();
            let mut expanded = String::new();
            groups.expand(&text, &mut expanded);
            let mut out = buffer();
            let wrote = Replacement::of(&text).write(&mut Budget::from_now(), &mut out, &groups);
            assert!(wrote.is_ok() && *out == *expanded.as_bytes(), "{text}");
            compared += 1;
        }
        assert_eq!(compared, 28_561);
    }
}
