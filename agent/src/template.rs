//! Vault Agent templates (Go's `text/template`), rendered without any I/O.
//!
//! A template is parsed once and rendered often: with the current values, with pending ones, with placeholders. It may
//! read only the secrets that its file lists, its functions are a closed table (`functions`), and what it may
//! consume is bounded. What the engine itself says about a failure can hold values, so it is never shown: see
//! `error`.
//!
//! The engine keeps copies of what it prints in plain strings, which are freed but not wiped; the rendered text and
//! the values given to it are wiped.

mod error;
mod functions;
mod reading;
mod scan;

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::time::Duration;

use gtmpl_ng::{Context, Limits};
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use crate::policy::{Paths, RenderedFile};
use crate::secret::{Name, Passed, Value, Values};

pub use error::{Position, TemplateError};
pub use reading::{PASSTHROUGH, Place, resolve};
pub(crate) use reading::{not_listed, not_ours, not_passed};
pub(crate) use scan::Lines;
pub use scan::Read;

/// More text than any template that a person wrote; the parser's time and stack grow with it.
const MAX_SOURCE: usize = 1 << 20;
const MAX_OUTPUT: usize = 8 << 20;
/// Of one function, in characters.
const MAX_FUNCTION_OUTPUT: usize = 256 << 10;
const MAX_ITERATIONS: usize = 100_000;
const DEADLINE: Duration = Duration::from_secs(5);

/// What a render asks for, one after the other: all that its file lists.
#[derive(Clone, Copy, Debug)]
pub enum Asked<'a> {
    Secret(&'a Name),
    /// A field of the passthrough entry.
    Passed(&'a str),
}

/// A parsed template.
pub struct Template {
    engine: gtmpl_ng::Template,
    reads: Vec<Read>,
    size: usize,
}

impl Template {
    /// Parses a template; an error names the place, and a function that isn't there.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        if text.len() > MAX_SOURCE {
            let what =
                format!("the template is {} bytes long, more than the {MAX_SOURCE} allowed", text.len());
            return Err(TemplateError::new(what, "split it into several files"));
        }
        let reads = scan::reads(text)?;
        let limits = Limits::default()
            .with_output_bytes(MAX_OUTPUT)
            .with_function_output(MAX_FUNCTION_OUTPUT)
            .with_total_iterations(MAX_ITERATIONS)
            .with_deadline(DEADLINE);
        let mut engine = gtmpl_ng::Template::with_limits(limits);
        engine.add_funcs(functions::TABLE);
        engine.parse(text).map_err(error::of_parsing)?;
        Ok(Self { engine, reads, size: text.len() })
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
        let scope = reading::Scope::enter(paths, readable);
        let mut out = Wiped::with_capacity(self.size * 2);
        let result = self.engine.execute(&mut out, &Context::empty());
        let done = scope.leave();
        result.map_err(|e| in_file(error::of_rendering(e, done.refusal, &self.reads)))?;
        let text = out.into_text().ok_or_else(|| {
            in_file(TemplateError::new(
                "the rendered text is not UTF-8",
                "print text, not parts of characters",
            ))
        })?;
        Ok(Rendered { text, reads: done.read })
    }

    /// Renders with real values.
    pub fn render_values(
        &self,
        file: &RenderedFile,
        paths: &Paths,
        values: &Values,
        passed: &Passed,
    ) -> Result<Rendered, TemplateError> {
        self.render(file, paths, &mut |asked| match asked {
            Asked::Secret(name) => values.get(name).map(|v| clear(&v.value)),
            Asked::Passed(field) => passed.get(field).map(clear),
        })
    }
}

/// A rendered text: a secret, wiped when dropped, without `Debug`, `Display` or `Serialize`.
pub struct Rendered {
    text: Zeroizing<String>,
    reads: BTreeSet<Name>,
}

impl Rendered {
    /// The secrets that this render read.
    pub fn reads(&self) -> &BTreeSet<Name> {
        &self.reads
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

/// A buffer that leaves nothing behind when it grows.
struct Wiped(Zeroizing<Vec<u8>>);

impl Wiped {
    fn with_capacity(bytes: usize) -> Self {
        Self(Zeroizing::new(Vec::with_capacity(bytes)))
    }

    fn into_text(mut self) -> Option<Zeroizing<String>> {
        match String::from_utf8(std::mem::take(&mut *self.0)) {
            Ok(text) => Some(Zeroizing::new(text)),
            Err(e) => {
                drop(Zeroizing::new(e.into_bytes()));
                None
            }
        }
    }
}

impl Write for Wiped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let needed = self.0.len() + bytes.len();
        if needed > self.0.capacity() {
            let mut larger = Self::with_capacity(needed * 2);
            larger.0.extend_from_slice(&self.0);
            *self = larger;
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
