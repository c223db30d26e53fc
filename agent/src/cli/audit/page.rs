//! Lines for a person. What goes in may come from anybody: it is made harmless here, in one place.

use std::fmt::Write;

use owo_colors::OwoColorize;

use crate::redact::escaped;

#[derive(Default)]
pub(super) struct Page(String);

impl Page {
    pub(super) fn title(&mut self, text: &str) {
        let _ = writeln!(self.0, "{}", escaped(text).bold());
    }

    pub(super) fn heading(&mut self, text: &str) {
        let _ = writeln!(self.0, "\n{}", escaped(text).bold());
    }

    /// A line with its name in front; none if there is nothing to say.
    pub(super) fn field(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            self.line(2, &format!("{name:<10} {text}"));
        }
    }

    pub(super) fn line(&mut self, indent: usize, text: &str) {
        let _ = writeln!(self.0, "{:indent$}{}", "", escaped(text));
    }

    pub(super) fn text(self) -> String {
        self.0
    }
}
