//! A template's actions, looked at without running them.
//!
//! A render shows only the branches that it takes; the paths that are written out after `secret` are found here in
//! all of them, each with its place. The same pass refuses an action whose parentheses are nested so deeply that the
//! engine's parser would run out of stack.

use super::error::TemplateError;

/// Deeper than anyone writes, and shallow enough for a small stack.
const MAX_PARENTHESES: usize = 24;

/// A `secret "path"` in a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    pub path: String,
    /// Counted from 1.
    pub line: usize,
    /// Of the path, counted from 1, in bytes.
    pub column: usize,
}

pub(super) fn reads(text: &str) -> Result<Vec<Read>, TemplateError> {
    let mut scanner = Scanner { text, at: 0, lines: Lines::of(text), reads: Vec::new() };
    while let Some(start) = text[scanner.at..].find("{{") {
        scanner.at += start + 2;
        scanner.action()?;
    }
    Ok(scanner.reads)
}

struct Scanner<'t> {
    text: &'t str,
    at: usize,
    lines: Lines,
    reads: Vec<Read>,
}

impl Scanner<'_> {
    /// From behind `{{` to behind its `}}`, or to the end.
    fn action(&mut self) -> Result<(), TemplateError> {
        let (mut depth, mut after_secret) = (0_usize, false);
        while let Some(next) = self.text[self.at..].chars().next() {
            let rest = &self.text[self.at..];
            if rest.starts_with("}}") {
                self.at += 2;
                return Ok(());
            }
            if rest.starts_with("/*") {
                self.at += rest.find("*/").map_or(rest.len(), |end| end + 2);
                continue;
            }
            match next {
                '"' | '`' | '\'' => {
                    let start = self.at;
                    let path = self.string(next);
                    if after_secret && next != '\'' {
                        self.note(start, path);
                    }
                    after_secret = false;
                }
                '(' => {
                    depth += 1;
                    if depth > MAX_PARENTHESES {
                        let (line, column) = self.lines.place(self.at);
                        let what = format!("parentheses are nested more than {MAX_PARENTHESES} deep");
                        return Err(TemplateError::new(what, "use a variable").at(line, column));
                    }
                    // `secret ("path")` is the same call.
                    self.at += 1;
                }
                ')' => {
                    depth = depth.saturating_sub(1);
                    self.at += 1;
                }
                c if c.is_alphanumeric() || "_.$".contains(c) => {
                    let end =
                        rest.find(|c: char| !c.is_alphanumeric() && !"_.$".contains(c)).unwrap_or(rest.len());
                    after_secret = &rest[..end] == "secret";
                    self.at += end;
                }
                c => {
                    after_secret &= c.is_whitespace();
                    self.at += c.len_utf8();
                }
            }
        }
        Ok(())
    }

    /// From a string's opening quote to behind its closing one, or to the end of the line or text.
    fn string(&mut self, quote: char) -> String {
        let mut content = String::new();
        let mut chars = self.text[self.at + 1..].char_indices();
        while let Some((i, c)) = chars.next() {
            match c {
                c if c == quote => {
                    self.at += 1 + i + 1;
                    return content;
                }
                '\n' if quote != '`' => {
                    self.at += 1 + i;
                    return content;
                }
                '\\' if quote != '`' => content.extend(chars.next().map(|(_, c)| c)),
                c => content.push(c),
            }
        }
        self.at = self.text.len();
        content
    }

    fn note(&mut self, start: usize, path: String) {
        let (line, column) = self.lines.place(start);
        self.reads.push(Read { path, line, column });
    }
}

/// Where each line starts.
pub(crate) struct Lines(Vec<usize>);

impl Lines {
    pub(crate) fn of(text: &str) -> Self {
        Self(std::iter::once(0).chain(text.match_indices('\n').map(|(i, _)| i + 1)).collect())
    }

    /// Line and column (in bytes) of an offset, both from 1.
    pub(crate) fn place(&self, offset: usize) -> (usize, usize) {
        let line = self.0.partition_point(|start| *start <= offset);
        (line, offset - self.0[line - 1] + 1)
    }

    /// The offset of a line and column, for a text's label.
    pub(crate) fn offset(&self, line: usize, column: usize) -> usize {
        self.0.get(line.saturating_sub(1)).map_or(0, |start| start + column.saturating_sub(1))
    }
}
