//! What a command said and how it ended.

use serde_json::Value as Json;

/// The end of one command. Its assertions show what was asked and what was said.
#[derive(Clone, Debug)]
pub struct Output {
    pub command: String,
    pub code: i32,
    pub out: String,
    pub err: String,
    pub took: std::time::Duration,
}

impl Output {
    #[track_caller]
    pub fn ok(&self) -> &Self {
        self.exits(0)
    }

    #[track_caller]
    pub fn exits(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "the exit code of{self}");
        self
    }

    /// Somewhere in what it printed.
    #[track_caller]
    pub fn says(&self, text: &str) -> &Self {
        assert!(self.all().contains(text), "expected to read {text:?} in{self}");
        self
    }

    #[track_caller]
    pub fn says_not(&self, text: &str) -> &Self {
        assert!(!self.all().contains(text), "expected not to read {text:?} in{self}");
        self
    }

    /// One line holds all of these.
    #[track_caller]
    pub fn has_line(&self, parts: &[&str]) -> &Self {
        let found = self.all().lines().any(|line| parts.iter().all(|part| line.contains(part)));
        assert!(found, "expected one line with {parts:?} in{self}");
        self
    }

    /// Standard output, which has to be one JSON document.
    #[track_caller]
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("standard output is no JSON ({e}):{self}"))
    }

    pub fn all(&self) -> String {
        format!("{}{}", self.out, self.err)
    }
}

impl std::fmt::Display for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "\n$ turnlock {}\n{}{}? {}\n", self.command, self.out, self.err, self.code)
    }
}
