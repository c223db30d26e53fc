//! What went wrong in a template, in our own words.
//!
//! The engine's texts are looked at, to tell one kind of failure from another, but never shown: some print the whole
//! value that they stumbled over. Names taken out of them are checked to be plain words of the template.

use std::fmt;
use std::path::{Path, PathBuf};

use gtmpl_ng::{ExecError, ParseError};
use zeroize::Zeroize;

use super::functions;
use super::reading::Refusal;
use super::scan::Read;

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

/// A failure to parse: nothing was rendered yet, but the text is still not ours.
pub(super) fn of_parsing(error: ParseError) -> TemplateError {
    let ParseError::WithContext(at, message) = error else {
        return match error {
            ParseError::MaxParseDepth(levels) => TemplateError::new(
                format!("the template is nested more than {levels} levels deep"),
                "use fewer blocks inside blocks",
            ),
            _ => TemplateError::new("the template cannot be read", "see Go's text/template for the syntax"),
        };
    };
    let name =
        message.strip_prefix("function ").and_then(|m| m.strip_suffix(" not defined")).filter(|n| is_word(n));
    let error = match name {
        Some(name) => functions::refusal(name),
        None => TemplateError::new(syntax(&message), "see Go's text/template for the syntax"),
    };
    error.at(at.line.max(1), at.col.max(1))
}

/// The usual mistakes, recognised by the engine's words.
fn syntax(message: &str) -> &'static str {
    const KNOWN: &[(&str, &str)] = &[
        ("unexpected EOF", "a block has no `{{ end }}`"),
        ("unclosed action", "an action has no `}}` on its line"),
        ("unclosed comment", "a comment has no end"),
        ("unclosed left paren", "a `(` has no `)`"),
        ("unclosed right paren", "a `(` has no `)`"),
        ("unexpected right paren", "a `)` has no `(`"),
        ("unterminated", "a string has no end"),
        ("undefined variable", "a variable is used that is not declared"),
        ("missing value", "an action has no value"),
        ("empty command", "a pipe has an empty part"),
        ("too many declarations", "too many variables are declared at once"),
        ("multiple definitions", "a template is defined twice"),
        ("outside {{range}}", "`break` and `continue` belong in a `range`"),
        ("unexpected {{end}}", "an `{{ end }}` too many"),
        ("unexpected {{else}}", "an `{{ else }}` too many"),
    ];
    let known = KNOWN.iter().find(|(theirs, _)| message.contains(theirs));
    known.map_or("this is not a template's syntax", |(_, ours)| ours)
}

/// A failure to render. `refusal` is what one of our own functions had to say.
pub(super) fn of_rendering(error: ExecError, refusal: Option<Refusal>, written: &[Read]) -> TemplateError {
    let (at, mut theirs) = match error {
        ExecError::Structured(inner) => (Some((inner.context.line, inner.context.col)), inner.message),
        other => (None, other.to_string()),
    };
    let ours = match refusal {
        Some(refusal) => refusal.into_error(written),
        None => failure(&theirs),
    };
    theirs.zeroize();
    match at {
        Some((line, column)) => ours.at(line.max(1), column.max(1)),
        None => ours,
    }
}

fn failure(theirs: &str) -> TemplateError {
    let field = theirs.strip_prefix("no field `").and_then(|m| m.split('`').next()).filter(|n| is_word(n));
    if let Some(field) = field {
        let what = format!("a secret has no field `{field}`");
        return TemplateError::new(
            what,
            "the value is `.Data.data.value`, and a field of `_passthrough` has to be listed in the file's `passthrough`",
        );
    }
    const LIMITS: &[&str] =
        &["exceeded the maximum", "the render would", "range over", "a function produced"];
    if LIMITS.iter().any(|l| theirs.starts_with(l)) {
        return TemplateError::new("the template asks for more than a render may use", "make it smaller");
    }
    if theirs.starts_with("the render did not finish") {
        return TemplateError::new("the template took too long to render", "make it smaller");
    }
    if theirs.starts_with("only maps and objects have fields") {
        return TemplateError::new(
            "a field is read of something that has none",
            "read fields inside `with secret`",
        );
    }
    TemplateError::new("the template cannot be rendered here", "check what this action is given")
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.len() <= 64 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}
