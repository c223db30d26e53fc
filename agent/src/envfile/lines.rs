//! An env file's lines without losing a byte: all of them put together are the text again.
//!
//! By the rules of Compose's reader (`compose-go/dotenv`): quotes of both kinds may hold line breaks, and a quote behind
//! a backslash does not end them. Two things that it allows are refused, because a template could not keep them apart
//! from a mistake: `KEY: value`, and a variable without any value.

use std::fmt;
use std::ops::Range;

/// One line, or several if a quoted value goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where it begins, counted from 1.
    pub number: usize,
    /// Without the line's end.
    pub text: Range<usize>,
    /// `\n`, `\r\n`, or nothing at the file's end.
    pub end: Range<usize>,
    pub kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Blank,
    Comment,
    Assignment(Assignment),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    pub key: Range<usize>,
    /// All that stands behind the `=`: blanks, quotes, value, a comment.
    pub raw: Range<usize>,
    /// What stands between the quotes, or would.
    pub value: Range<usize>,
    pub quote: Quote,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quote {
    None,
    Single,
    Double,
}

/// Why a line is none, with its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wrong {
    pub line: usize,
    pub why: Why,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    NoAssignment,
    OpenQuote,
    BehindQuote,
    ByteOrderMark,
    Nul,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Why::NoAssignment => "is not KEY=VALUE",
            Why::OpenQuote => "opens a quote that is never closed",
            Why::BehindQuote => "has something behind the closing quote",
            Why::ByteOrderMark => "begins with a byte order mark",
            Why::Nul => "has a NUL in it",
        })
    }
}

pub fn lines(text: &str) -> Result<Vec<Line>, Wrong> {
    if text.starts_with('\u{feff}') {
        return Err(Wrong { line: 1, why: Why::ByteOrderMark });
    }
    let (mut found, mut at, mut number) = (Vec::new(), 0, 1);
    while at < text.len() {
        let line = line(text, at, number)?;
        number += text[line.text.start..line.end.end].matches('\n').count();
        at = line.end.end;
        found.push(line);
    }
    Ok(found)
}

fn line(text: &str, start: usize, number: usize) -> Result<Line, Wrong> {
    let wrong = |why| Wrong { line: number, why };
    let (stop, end) = end_of_line(text, start);
    let whole = &text[start..stop];
    if whole.contains('\0') {
        return Err(wrong(Why::Nul));
    }
    let trimmed = whole.trim();
    let kind = match trimmed.chars().next() {
        None => Kind::Blank,
        Some('#') => Kind::Comment,
        Some(_) => {
            let (assignment, end) = assignment(text, start, stop).map_err(wrong)?;
            let (text, end) = (start..assignment.raw.end, end);
            return Ok(Line { number, text, end, kind: Kind::Assignment(assignment) });
        }
    };
    Ok(Line { number, text: start..stop, end: stop..end, kind })
}

/// Where the line's text stops, and where the next line begins.
fn end_of_line(text: &str, from: usize) -> (usize, usize) {
    match text[from..].find('\n') {
        None => (text.len(), text.len()),
        Some(i) if text[from..from + i].ends_with('\r') => (from + i - 1, from + i + 1),
        Some(i) => (from + i, from + i + 1),
    }
}

fn assignment(text: &str, start: usize, stop: usize) -> Result<(Assignment, Range<usize>), Why> {
    let equals = start + text[start..stop].find('=').ok_or(Why::NoAssignment)?;
    let key = key(text, start, equals).ok_or(Why::NoAssignment)?;
    let raw = equals + 1;
    let first = raw + blanks(&text[raw..stop]);
    let quote = match text[first..stop].chars().next() {
        Some('\'') => Quote::Single,
        Some('"') => Quote::Double,
        _ => {
            let value = unquoted(text, first, stop);
            let next = end_of_line(text, start).1;
            return Ok((Assignment { key, raw: raw..stop, value, quote: Quote::None }, stop..next));
        }
    };
    let close = closing(text, first).ok_or(Why::OpenQuote)?;
    let (stop, next) = end_of_line(text, close + 1);
    let behind = text[close + 1..stop].trim();
    if text[raw..stop].contains('\0') {
        return Err(Why::Nul);
    }
    if !behind.is_empty() && !behind.starts_with('#') {
        return Err(Why::BehindQuote);
    }
    Ok((Assignment { key, raw: raw..stop, value: first + 1..close, quote }, stop..next))
}

fn key(text: &str, start: usize, equals: usize) -> Option<Range<usize>> {
    let before = &text[start..equals];
    let mut from = start + blanks(before);
    if let Some(rest) = text[from..equals].strip_prefix("export ") {
        from = equals - rest.len() + blanks(rest);
    }
    let key = text[from..equals].trim_end();
    let legal = |b: u8| b.is_ascii_alphanumeric() || b"_.-".contains(&b);
    (!key.is_empty() && key.bytes().all(legal)).then(|| from..from + key.len())
}

fn blanks(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

fn unquoted(text: &str, first: usize, stop: usize) -> Range<usize> {
    let rest = text[first..stop].trim_end();
    let value = rest.split_once(" #").map_or(rest, |(before, _)| before.trim_end());
    first..first + value.len()
}

/// The quote that ends what the one at `first` begins; behind a backslash it does not.
fn closing(text: &str, first: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut escaped = false;
    (first + 1..bytes.len()).find(|&at| {
        let ends = bytes[at] == bytes[first] && !escaped;
        escaped = bytes[at] == b'\\' && !escaped;
        ends
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NASTY: &str =
        "# c\r\n\n  export  A = 'x$y # \"' # note\t\nB=\"p\nC=q\" \nD=plain # n\n\tE=\nF=a b  \nG='it\\'s'";

    #[test]
    fn nothing_is_lost() {
        let all: String = lines(NASTY).unwrap().iter().map(|l| &NASTY[l.text.start..l.end.end]).collect();
        assert_eq!(all, NASTY);
    }

    #[test]
    fn values_keys_and_numbers() {
        let found = lines(NASTY).unwrap();
        let assigned = found.iter().filter_map(|l| match &l.kind {
            Kind::Assignment(a) => Some((l.number, &NASTY[a.key.clone()], &NASTY[a.value.clone()])),
            _ => None,
        });
        let expected = [
            (3, "A", "x$y # \""),
            (4, "B", "p\nC=q"),
            (6, "D", "plain"),
            (7, "E", ""),
            (8, "F", "a b"),
            (9, "G", "it\\'s"),
        ];
        assert_eq!(assigned.collect::<Vec<_>>(), expected);
        assert_eq!(found[0].end.len(), 2, "CR LF is one end");
        assert!(found.last().unwrap().end.is_empty());
    }

    #[test]
    fn what_is_no_line_is_named() {
        let wrong = |text: &str| lines(text).map(drop).unwrap_err();
        assert_eq!(wrong("A=1\nnonsense\n"), Wrong { line: 2, why: Why::NoAssignment });
        assert_eq!(wrong("A: 1\n"), Wrong { line: 1, why: Why::NoAssignment });
        assert_eq!(wrong("A b=1\n"), Wrong { line: 1, why: Why::NoAssignment });
        assert_eq!(wrong("\n\nA='open\nB=1\n"), Wrong { line: 3, why: Why::OpenQuote });
        assert_eq!(wrong("A='x'y\n"), Wrong { line: 1, why: Why::BehindQuote });
        assert_eq!(wrong("A=x\0\n"), Wrong { line: 1, why: Why::Nul });
        assert_eq!(wrong("A='x\n\0'\n"), Wrong { line: 1, why: Why::Nul });
        assert_eq!(wrong("\u{feff}A=1\n"), Wrong { line: 1, why: Why::ByteOrderMark });
    }
}
