//! A policy that is refused: where, what, and what to do.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};

use crate::redact::{escaped, is_unfit, short};
use crate::template::{Lines, TemplateError};

/// Why a policy is refused: the first reason, with the others behind it.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{}{what}", place(.file, *.at, .span.is_some()))]
pub struct Problem {
    what: Box<str>,
    file: Arc<str>,
    /// None when there is no text to point at.
    at: Option<Place>,
    #[source_code]
    source_code: Option<Arc<NamedSource<String>>>,
    #[label]
    span: Option<SourceSpan>,
    #[help]
    help: Box<str>,
    #[related]
    others: Vec<Problem>,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    line: u32,
    column: u32,
}

/// Lines longer than this are not shown: `miette` pads its marks to the column, and panics beyond 65,535.
const MAX_SHOWN: usize = 1_000;

/// What is said at most: a name can be as long as the file.
const MAX_SAID: usize = 400;

/// A sentence that may quote the file, fit to be read.
fn fit(text: &str) -> String {
    short(escaped(text), MAX_SAID)
}

/// Where no text is shown that tells it.
fn place(file: &str, at: Option<Place>, is_shown: bool) -> String {
    match at {
        Some(Place { line, column }) if !is_shown => format!("{file}:{line}:{column}: "),
        _ => String::new(),
    }
}

impl Problem {
    /// A policy that can't be read at all.
    pub fn invalid(what: impl Into<String>) -> Self {
        let help = "name the policy file with --policy FILE or TURNLOCK_POLICY";
        Self::unplaced("", what, help)
    }

    fn unplaced(file: &str, what: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            what: fit(&what.into()).into(),
            file: fit(file).into(),
            at: None,
            source_code: None,
            span: None,
            help: fit(&help.into()).into(),
            others: Vec::new(),
        }
    }

    /// The file that it is in, as the policy calls it; empty if there is none.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Counted from 1.
    pub fn line(&self) -> Option<usize> {
        self.at.map(|at| at.line as usize)
    }

    /// Counted from 1, in bytes.
    pub fn column(&self) -> Option<usize> {
        self.at.map(|at| at.column as usize)
    }

    pub fn what(&self) -> &str {
        &self.what
    }

    /// What to do about it.
    pub fn help(&self) -> &str {
        &self.help
    }

    /// This one and the others behind it.
    pub fn all(&self) -> impl Iterator<Item = &Problem> {
        std::iter::once(self).chain(&self.others)
    }

    /// Several as one, in the order of their places.
    pub(super) fn join(mut problems: Vec<Problem>) -> Option<Self> {
        problems.sort_by(|a, b| (&a.file, a.line(), a.column()).cmp(&(&b.file, b.line(), b.column())));
        if problems.is_empty() {
            return None;
        }
        let others = problems.split_off(1);
        problems.pop().map(|first| Self { others, ..first })
    }
}

/// A text that problems point into.
pub(super) struct Source {
    text: Arc<NamedSource<String>>,
    lines: Lines,
}

impl Source {
    pub(super) fn new(name: &Path, text: String) -> Self {
        let lines = Lines::of(&text);
        Self { text: Arc::new(NamedSource::new(fit(&name.display().to_string()), text)), lines }
    }

    pub(super) fn text(&self) -> &str {
        self.text.inner()
    }

    pub(super) fn problem(
        &self,
        at: Range<usize>,
        what: impl Into<String>,
        help: impl Into<String>,
    ) -> Problem {
        let length = self.text().len();
        let start = at.start.min(length);
        let (line, column) = self.lines.place(start);
        let span = start..at.end.min(length).max(start);
        let is_shown = self.is_fit(&span);
        Problem {
            at: Some(Place { line: line as u32, column: column as u32 }),
            source_code: is_shown.then(|| self.text.clone()),
            span: is_shown.then(|| span.into()),
            ..Problem::unplaced(self.text.name(), what, help)
        }
    }

    /// Whether the lines of a place, and those next to them that are shown with it, have a usual length, and nothing in them that
    /// a terminal would obey or nobody would see.
    fn is_fit(&self, at: &Range<usize>) -> bool {
        let (first, last) = (self.lines.place(at.start).0, self.lines.place(at.end).0);
        let shown = (last - first) + 3;
        self.text()
            .lines()
            .skip(first.saturating_sub(2))
            .take(shown)
            .all(|line| line.len() <= MAX_SHOWN && !line.chars().any(|c| c != '\t' && is_unfit(c)))
    }

    /// A problem of the file as a whole: who may write it, for example.
    pub(super) fn problem_of_file(name: &Path, what: impl Into<String>, help: impl Into<String>) -> Problem {
        Problem::unplaced(&name.display().to_string(), what, help)
    }

    /// A problem in a template, which tells its place as line and column.
    pub(super) fn template_problem(&self, error: &TemplateError) -> Problem {
        let Some(at) = error.at else {
            return Problem::unplaced(self.text.name(), &error.what, &error.help);
        };
        let start = self.lines.offset(at.line, at.column);
        let rest = self.text().get(start..).unwrap_or_default();
        let end = rest.find(['\n', '}', ' ']).map_or(self.text().len(), |i| start + i);
        self.problem(start..end, &error.what, &error.help)
    }
}
