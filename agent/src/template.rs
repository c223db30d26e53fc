//! Vault Agent templates (Go's `text/template`), rendered without any I/O.
//!
//! A template is parsed once and rendered often: with the current values, with pending ones, with placeholders. It may
//! read only the secrets that its file lists, its functions are a closed table (`functions`), and what it may
//! consume is bounded. A failure is said without any value.
//!
//! The way is text, `lex`, `parse`, `tree`, `run`; `value` is what flows through the last. Values are kept as Go keeps
//! them and wiped when they are let go. That `bao agent` makes the same bytes of the same template is shown by
//! `tests/e2e/templates.rs`.

mod budget;
mod buffer;
mod error;
mod fault;
mod functions;
mod lex;
mod lines;
mod literal;
mod parse;
mod print;
mod printf;
mod reading;
mod run;
mod tree;
mod value;
mod written;

use std::collections::BTreeSet;
use std::ops::Range;
use std::time::Duration;

use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use crate::envfile::{Misfit, misfit};
use crate::policy::{Format, Paths, RenderedFile};
use crate::secret::{Name, Passed, Value, Values};

pub use error::{Position, TemplateError};
pub(crate) use lines::Lines;
pub use reading::{PASSTHROUGH, Place, resolve};
pub(crate) use reading::{not_listed, not_ours, not_passed};
pub use written::Read;

/// More text than any template that a person wrote; the parser's time and stack grow with it.
const MAX_SOURCE: usize = 1 << 20;
const MAX_OUTPUT: usize = 8 << 20;
/// Of one function, in bytes.
const MAX_FUNCTION_OUTPUT: usize = 256 << 10;
/// Of all functions of one render together, in bytes: what they make can be kept in variables.
const MAX_PRODUCED: usize = 64 << 20;
const MAX_ITERATIONS: usize = 100_000;
/// Of all walks through values, and comparisons.
const MAX_STEPS: usize = 4_000_000;
const DEADLINE: Duration = Duration::from_secs(5);

/// Stands for a value whose letters are not to matter.
const STAND_IN: &str = "turnlock";

/// What a render asks for, one after the other: all that its file lists.
#[derive(Clone, Copy, Debug)]
pub enum Asked<'a> {
    Secret(&'a Name),
    /// A field of the passthrough entry.
    Passed(&'a str),
}

/// A parsed template.
pub struct Template {
    parsed: parse::Parsed,
    lines: Lines,
    reads: Vec<Read>,
}

impl Template {
    /// Parses a template; an error names the place, and a function that isn't there.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        if text.len() > MAX_SOURCE {
            let what =
                format!("the template is {} bytes long, more than the {MAX_SOURCE} allowed", text.len());
            return Err(TemplateError::new(what, "split it into several files"));
        }
        let lines = Lines::of(text);
        let parsed = parse::parse(text, &lines)?;
        let reads = written::reads(std::iter::once(&parsed.main).chain(parsed.defined.values()), &lines);
        Ok(Self { parsed, lines, reads })
    }

    /// Every `secret "…"` whose path is written out, also in branches that no render takes.
    pub fn reads(&self) -> &[Read] {
        &self.reads
    }

    /// Renders with whatever text `value_of` gives. It is asked for everything that the file lists; `None` is an error
    /// only if the template reads that.
    pub fn render(
        &self,
        file: &RenderedFile,
        paths: &Paths,
        value_of: &mut dyn FnMut(Asked<'_>) -> Option<Zeroizing<String>>,
    ) -> Result<Rendered, TemplateError> {
        let in_file = |e: TemplateError| e.in_file(&file.template_file);
        let readable = reading::Readable {
            secrets: file.reads.iter().map(|n| (n.clone(), value_of(Asked::Secret(n)))).collect(),
            passed: file.passthrough.iter().map(|f| (f.clone(), value_of(Asked::Passed(f)))).collect(),
        };
        let mut reading = reading::Reading::new(paths, readable);
        let template = run::Template { parsed: &self.parsed, lines: &self.lines, written: &self.reads };
        let (out, printed) = run::run(&template, &mut reading).map_err(in_file)?;
        let text = out.into_utf8().ok_or_else(|| {
            in_file(TemplateError::new(
                "the rendered text is not UTF-8",
                "print text, not parts of characters",
            ))
        })?;
        Ok(Rendered { text, printed, reads: reading.into_read() })
    }

    /// Renders with real values. In an env file each has to mean what it is.
    pub fn render_values(
        &self,
        file: &RenderedFile,
        paths: &Paths,
        values: &Values,
        passed: &Passed,
    ) -> Result<Rendered, TemplateError> {
        let rendered = self.render(file, paths, &mut |asked| match asked {
            Asked::Secret(name) => values.get(name).map(|v| clear(&v.value)),
            Asked::Passed(field) => passed.get(field).map(clear),
        })?;
        if file.format == Format::Env && rendered.misfit(|_| true).is_some() {
            // Only now is it worth a second render: what is printed with other values too is the template's own business.
            let stands_in = self.render(file, paths, &mut |asked| match asked {
                Asked::Secret(name) => values.get(name).map(|_| Zeroizing::new(STAND_IN.into())),
                Asked::Passed(field) => passed.get(field).map(clear),
            })?;
            if let Some(misfit) = rendered.misfit(|index| rendered.differs(&stands_in, index)) {
                return Err(
                    TemplateError::new(misfit.to_string(), misfit.help()).in_file(&file.template_file)
                );
            }
        }
        Ok(rendered)
    }
}

/// A rendered text: a secret, wiped when dropped, without `Debug`, `Display` or `Serialize`.
pub struct Rendered {
    text: Zeroizing<String>,
    /// Which parts of it actions have printed, in order.
    printed: Vec<Range<usize>>,
    reads: BTreeSet<Name>,
}

impl Rendered {
    /// The secrets that this render read.
    pub fn reads(&self) -> &BTreeSet<Name> {
        &self.reads
    }

    /// One of the parts that actions have printed.
    pub(crate) fn printed(&self, index: usize) -> &str {
        &self.text[self.printed[index].clone()]
    }

    /// The first printed part, of those that are asked for, that an env file would read as something else.
    pub(crate) fn misfit(&self, asked_for: impl Fn(usize) -> bool) -> Option<Misfit> {
        let asked_for = self.printed.iter().enumerate().filter(|(index, _)| asked_for(*index));
        misfit(&self.text, asked_for.map(|(_, at)| at.clone()))
    }

    /// Whether a printed part is another one in another render.
    pub(crate) fn differs(&self, other: &Rendered, index: usize) -> bool {
        self.printed.len() != other.printed.len() || self.printed(index) != other.printed(index)
    }
}

impl ExposeSecret<str> for Rendered {
    fn expose_secret(&self) -> &str {
        &self.text
    }
}

#[expect(clippy::disallowed_methods, reason = "a value goes into the template engine")]
fn clear(value: &Value) -> Zeroizing<String> {
    Zeroizing::new(value.expose_secret().to_owned())
}

#[cfg(test)]
mod tests;
