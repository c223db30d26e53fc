//! A template's actions, looked at without running them.
//!
//! A render shows only the branches that it takes; the paths that are written out after `secret` are found here in
//! all of them, each with its place. The same pass refuses what is nested so deeply that the engine's parser, which is
//! recursive, would run out of stack and end the process.

use super::error::TemplateError;

/// Deeper than anyone writes, and shallow enough for a small stack.
const MAX_PARENTHESES: usize = 24;
const MAX_BLOCKS: usize = 24;

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
    let mut scanner = Scanner { text, at: 0, lines: Lines::of(text), reads: Vec::new(), blocks: Vec::new() };
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
    /// The open blocks; an `else if` is one more inside its block, closed by the same `end`.
    blocks: Vec<usize>,
}

impl Scanner<'_> {
    /// From behind `{{` to behind its `}}`, or to the end.
    fn action(&mut self) -> Result<(), TemplateError> {
        let (start, mut depth, mut after_secret) = (self.at, 0_usize, false);
        let (mut first, mut second) = ("", "");
        while let Some(next) = self.text[self.at..].chars().next() {
            let rest = &self.text[self.at..];
            if rest.starts_with("}}") {
                self.at += 2;
                return self.nest(first, second, start);
            }
            if let Some(comment) = rest.strip_prefix("/*") {
                self.at += comment.find("*/").map_or(rest.len(), |end| end + 4);
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
                        return Err(self.too_deep("parentheses", MAX_PARENTHESES, self.at));
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
                    let word = &rest[..end];
                    after_secret = word == "secret";
                    if first.is_empty() {
                        first = word;
                    } else if second.is_empty() {
                        second = word;
                    }
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

    /// What an action does to the nesting of blocks.
    fn nest(&mut self, first: &str, second: &str, at: usize) -> Result<(), TemplateError> {
        match (first, second) {
            ("if" | "range" | "with" | "block" | "define", _) => self.blocks.push(1),
            ("else", "if" | "range" | "with") => {
                if let Some(open) = self.blocks.last_mut() {
                    *open += 1;
                }
            }
            ("end", _) => {
                self.blocks.pop();
            }
            _ => return Ok(()),
        }
        if self.blocks.iter().sum::<usize>() > MAX_BLOCKS {
            return Err(self.too_deep("blocks", MAX_BLOCKS, at));
        }
        Ok(())
    }

    fn too_deep(&self, what: &str, limit: usize, at: usize) -> TemplateError {
        let (line, column) = self.lines.place(at);
        let what = format!("{what} are nested more than {limit} deep");
        TemplateError::new(what, "use a variable, or split the template").at(line, column)
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
