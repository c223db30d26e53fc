//! `${OTHER}` in an env file's value: Compose puts another variable there.
//!
//! A reference to a variable of the stack is no value, and it has to stay readable: it is how Turnlock sees that one
//! variable is made of another. What only looks like one is a password with a `$` in it.

use std::ops::Range;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    Text(Range<usize>),
    /// `$NAME`, `${NAME}`, or the frame around a default: `${NAME:-` and `}`.
    Reference(Range<usize>),
}

/// A text in parts; all of them are the text again. `known`: the variables that there are.
pub fn parts(text: &str, known: &dyn Fn(&str) -> bool) -> Vec<Part> {
    let mut found = Vec::new();
    scan(text, 0..text.len(), known, &mut found);
    found
}

/// The variables that a text refers to.
pub fn names<'t>(text: &'t str, known: &dyn Fn(&str) -> bool) -> Vec<&'t str> {
    let name = |part: Part| match part {
        Part::Reference(at) => Some(name_of(&text[at])).filter(|name| !name.is_empty()),
        Part::Text(_) => None,
    };
    parts(text, known).into_iter().filter_map(name).collect()
}

fn name_of(reference: &str) -> &str {
    let text = reference.trim_start_matches(['$', '{']);
    &text[..text.find(|c: char| !is_name(c)).unwrap_or(text.len())]
}

fn scan(text: &str, within: Range<usize>, known: &dyn Fn(&str) -> bool, found: &mut Vec<Part>) {
    let (mut at, mut begun) = (within.start, within.start);
    while at < within.end {
        match reference(text, at, within.end).filter(|(frame, _)| known(name_of(&text[frame.clone()]))) {
            None => at += text[at..].chars().next().map_or(1, char::len_utf8),
            Some((frame, inside)) => {
                push(found, Part::Text, begun..at);
                match inside {
                    None => push(found, Part::Reference, frame.clone()),
                    Some(inside) => {
                        push(found, Part::Reference, frame.start..inside.start);
                        scan(text, inside.clone(), known, found);
                        push(found, Part::Reference, inside.end..frame.end);
                    }
                }
                (at, begun) = (frame.end, frame.end);
            }
        }
    }
    push(found, Part::Text, begun..within.end);
}

fn push(found: &mut Vec<Part>, part: fn(Range<usize>) -> Part, at: Range<usize>) {
    if !at.is_empty() {
        found.push(part(at));
    }
}

/// A reference that begins here: all of it, and its default if it has one.
fn reference(text: &str, at: usize, end: usize) -> Option<(Range<usize>, Option<Range<usize>>)> {
    let escaped = text[..at].ends_with(['\\', '$']);
    let rest = text[at..end].strip_prefix('$').filter(|_| !escaped)?;
    let braces = rest.strip_prefix('{');
    let inner = braces.unwrap_or(rest);
    let length = inner.find(|c: char| !is_name(c)).unwrap_or(inner.len());
    if length == 0 || inner.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let behind = end - inner.len() + length;
    if braces.is_none() {
        return Some((at..behind, None));
    }
    let operator = [":-", ":?", ":+", "-", "?", "+"].iter().find(|o| text[behind..end].starts_with(**o));
    match operator {
        None => text[behind..end].starts_with('}').then(|| (at..behind + 1, None)),
        Some(operator) => {
            let from = behind + operator.len();
            let close = from + closing(&text[from..end])?;
            Some((at..close + 1, Some(from..close)))
        }
    }
}

fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    text.char_indices().find_map(|(i, c)| match c {
        '{' => {
            depth += 1;
            None
        }
        '}' if depth == 0 => Some(i),
        '}' => {
            depth -= 1;
            None
        }
        _ => None,
    })
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let found = parts(text, &|name| name != "UNKNOWN");
        let all: String = found
            .iter()
            .map(|p| match p {
                Part::Text(r) | Part::Reference(r) => &text[r.clone()],
            })
            .collect();
        assert_eq!(all, text);
        found
            .into_iter()
            .map(|p| match p {
                Part::Text(r) => text[r].to_owned(),
                Part::Reference(r) => format!("<{}>", &text[r]),
            })
            .collect()
    }

    #[test]
    fn references_stand_apart() {
        assert_eq!(shown("p://u:${PW}@$HOST:1"), ["p://u:", "<${PW}>", "@", "<$HOST>", ":1"]);
        assert_eq!(shown("${A:-hunter2}"), ["<${A:->", "hunter2", "<}>"]);
        assert_eq!(shown("${A:-x${B}y}z"), ["<${A:->", "x", "<${B}>", "y", "<}>", "z"]);
        assert_eq!(shown("$$A $1 ${} \\$B $"), ["$$A $1 ${} \\$B $"]);
        assert_eq!(shown("a$UNKNOWN"), ["a$UNKNOWN"]);
        assert_eq!(names("${A:-x${B}y} $C", &|_| true), ["A", "B", "C"]);
    }
}
