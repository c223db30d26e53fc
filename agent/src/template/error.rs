//! What went wrong in a template, and where.

use std::fmt;
use std::path::{Path, PathBuf};

/// A place in a template, both counted from 1; the column in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

/// Where, what, and what to do. Holds no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateError {
    pub file: Option<PathBuf>,
    pub at: Option<Position>,
    pub what: String,
    pub help: String,
}

impl std::error::Error for TemplateError {}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{}", file.display())?;
            match self.at {
                Some(at) => write!(f, ":{}:{}: ", at.line, at.column)?,
                None => f.write_str(": ")?,
            }
        } else if let Some(at) = self.at {
            write!(f, "line {}, column {}: ", at.line, at.column)?;
        }
        write!(f, "{} ({})", self.what, self.help)
    }
}

impl TemplateError {
    pub(crate) fn new(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { file: None, at: None, what: what.into(), help: help.into() }
    }

    pub(crate) fn at(mut self, line: usize, column: usize) -> Self {
        self.at = Some(Position { line, column });
        self
    }

    pub(super) fn in_file(mut self, file: &Path) -> Self {
        self.file = Some(file.to_owned());
        self
    }
}
