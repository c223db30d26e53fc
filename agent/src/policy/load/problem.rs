//! A policy that is refused: where, what, and what to do.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};

use crate::template::{Lines, TemplateError};

/// Why a policy is refused: the first reason, with the others behind it.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{what}")]
#[diagnostic(code(policy))]
pub struct Problem {
    what: String,
    file: String,
    /// None when there is no text to point at.
    at: Option<(usize, usize)>,
    #[source_code]
    source_code: Option<NamedSource<Arc<String>>>,
    #[label("here")]
    span: Option<SourceSpan>,
    #[help]
    help: String,
    #[related]
    others: Vec<Problem>,
}

impl Problem {
    /// A policy that can't be read at all.
    pub fn invalid(what: impl Into<String>) -> Self {
        let help = "name the policy file with --policy FILE or TURNLOCK_POLICY";
        Self::unplaced("", what, help)
    }

    fn unplaced(file: &str, what: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            file: file.to_owned(),
            at: None,
            source_code: None,
            span: None,
            help: help.into(),
            others: Vec::new(),
        }
    }

    /// The file that it is in, as the policy calls it; empty if there is none.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Counted from 1.
    pub fn line(&self) -> Option<usize> {
        self.at.map(|(line, _)| line)
    }

    /// Counted from 1, in bytes.
    pub fn column(&self) -> Option<usize> {
        self.at.map(|(_, column)| column)
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

    /// Several as one, in the order in which they were found.
    pub(super) fn join(mut problems: Vec<Problem>) -> Option<Self> {
        if problems.is_empty() {
            return None;
        }
        let others = problems.split_off(1);
        problems.pop().map(|first| Self { others, ..first })
    }
}

/// A text that problems point into.
pub(super) struct Source {
    name: String,
    text: Arc<String>,
    lines: Lines,
}

impl Source {
    pub(super) fn new(name: &Path, text: String) -> Self {
        Self { name: name.display().to_string(), lines: Lines::of(&text), text: Arc::new(text) }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn problem(
        &self,
        at: Range<usize>,
        what: impl Into<String>,
        help: impl Into<String>,
    ) -> Problem {
        let start = at.start.min(self.text.len());
        Problem {
            at: Some(self.lines.place(start)),
            source_code: Some(NamedSource::new(&self.name, self.text.clone())),
            span: Some((start, at.end.min(self.text.len()).saturating_sub(start)).into()),
            ..Problem::unplaced(&self.name, what, help)
        }
    }

    /// A problem of the file as a whole: who may write it, for example.
    pub(super) fn problem_of_file(name: &Path, what: impl Into<String>, help: impl Into<String>) -> Problem {
        Problem::unplaced(&name.display().to_string(), what, help)
    }

    /// A problem in a template, which tells its place as line and column.
    pub(super) fn template_problem(&self, error: &TemplateError) -> Problem {
        let Some(at) = error.at else {
            return Problem::unplaced(&self.name, &error.what, &error.help);
        };
        let start = self.lines.offset(at.line, at.column);
        let rest = self.text.get(start..).unwrap_or_default();
        let end = rest.find(['\n', '}', ' ']).map_or(self.text.len(), |i| start + i);
        self.problem(start..end, &error.what, &error.help)
    }
}
