//! How answers look: tables on a terminal, plain columns in a pipe, JSON when asked for; errors in pairs, what happened
//! and what to do.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::OnceLock;

use comfy_table::{ColumnConstraint, Table, Width, presets};
use owo_colors::OwoColorize;
use serde_json::{Value as Json, json};
use turnlock_audit::LogError;

use super::Global;
use crate::lock::LockError;
use crate::plan::Refusal;
use crate::policy::Problem;
use crate::recover::FindError;
use crate::redact::{LONGEST, escaped, escaped_json, escaped_lines, short};
use crate::rotation::RunError;
use crate::vault::VaultError;
use crate::world::WorldError;

/// The exit codes, each with its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    Done = 0,
    /// Failed; everything was taken back, or nothing was begun.
    Failed = 1,
    Usage = 2,
    /// Stuck or in doubt.
    Stuck = 3,
    /// Drift, retire pending, or verification failed.
    Differs = 4,
    /// Not approved, conflict, or the world has changed.
    Refused = 5,
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> Self {
        ExitCode::from(code as u8)
    }
}

/// An ending that a person has to read.
#[derive(Debug)]
pub enum Error {
    /// Points at a line of the policy.
    Policy(Box<Problem>),
    Plain {
        code: Code,
        what: String,
        help: Option<String>,
    },
}

impl Error {
    pub fn new(code: Code, what: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Plain { code, what: what.into(), help: Some(help.into()) }
    }

    pub fn failed(what: impl std::fmt::Display) -> Self {
        Self::Plain { code: Code::Failed, what: what.to_string(), help: None }
    }

    /// In a word, for spans.
    pub fn kind(&self) -> &'static str {
        match self {
            Error::Policy(_) | Error::Plain { code: Code::Usage, .. } => "usage",
            Error::Plain { code: Code::Refused, .. } => "refused",
            Error::Plain { code: Code::Stuck, .. } => "stuck",
            Error::Plain { code: Code::Differs, .. } => "differs",
            Error::Plain { code: Code::Failed | Code::Done, .. } => "failed",
        }
    }

    /// What happened, in one sentence.
    pub fn what(&self) -> String {
        match self {
            Error::Policy(problem) => problem.to_string(),
            Error::Plain { what, .. } => what.clone(),
        }
    }

    pub fn show(self, global: &Global) -> ExitCode {
        let (code, what, help) = match self {
            Error::Policy(problem) => {
                match global.json {
                    true => print_json(&super::policy::problem_json(&problem)),
                    false => complain(&format!("{:?}", miette::Report::new(*problem))),
                }
                return Code::Usage.into();
            }
            Error::Plain { code, what, help } => (code, short(what, LONGEST), help),
        };
        if global.json {
            print_json(&json!({ "error": what, "help": help, "exit_code": code as u8 }));
        } else {
            complain(&format!("{} {}", "error:".red().bold(), escaped(&what)));
            if let Some(help) = help {
                complain(&format!("{} {}", " help:".cyan(), escaped_lines(&help)));
            }
        }
        code.into()
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Error::Policy(Box::new(problem))
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Error::new(Code::Refused, refusal.what, refusal.help)
    }
}

impl From<VaultError> for Error {
    fn from(e: VaultError) -> Self {
        match e {
            VaultError::Foreign { .. } => {
                Error::Plain { code: Code::Refused, what: e.to_string(), help: None }
            }
            VaultError::Settings(_) => Error::Plain { code: Code::Usage, what: e.to_string(), help: None },
            e => Error::failed(e),
        }
    }
}

impl From<WorldError> for Error {
    fn from(e: WorldError) -> Self {
        match e {
            WorldError::Vault(e) => e.into(),
            WorldError::Target(e) => Error::failed(e),
        }
    }
}

impl From<LogError> for Error {
    fn from(e: LogError) -> Self {
        match e {
            LogError::LeaseLost(_) => overtaken(&e),
            LogError::Held(_) => Error::Plain { code: Code::Refused, what: e.to_string(), help: None },
            e => Error::failed(e),
        }
    }
}

impl From<LockError> for Error {
    fn from(e: LockError) -> Self {
        match e {
            LockError::Refused(refusal) => refusal.into(),
            LockError::Log(e) => e.into(),
        }
    }
}

/// It may do nothing more: where it was, another goes on.
fn overtaken(e: &LogError) -> Error {
    Error::new(
        Code::Refused,
        format!("stopped, and nothing more was done: {e}"),
        "see `turnlock status`: what was cut short is taken up by `turnlock recover`, if no other process has done so",
    )
}

impl From<FindError> for Error {
    fn from(e: FindError) -> Self {
        Error::new(Code::Stuck, e.to_string(), "check the log with `turnlock audit verify`")
    }
}

impl From<RunError> for Error {
    fn from(e: RunError) -> Self {
        use LogError::{LeaseLost, Stale};
        match e {
            RunError::NotBegun(e @ LeaseLost(_)) | RunError::Stopped(e @ LeaseLost(_)) => overtaken(&e),
            RunError::Left => Error::new(
                Code::Stuck,
                "left half-way, as asked: targets hold either side",
                "`turnlock recover` takes it up, and so does every command that acts; `turnlock status` shows how far it came",
            ),
            RunError::NotBegun(Stale { .. }) => Error::new(
                Code::Refused,
                "another process has begun a change since this one looked; nothing was done",
                "see `turnlock audit show last`, then run it again",
            ),
            RunError::Stopped(Stale { .. }) => Error::new(
                Code::Refused,
                e.to_string(),
                "the other process goes on with the rotation; see `turnlock audit show last`",
            ),
            RunError::NotBegun(_) => Error::failed(e),
            RunError::Stopped(_) => Error::new(
                Code::Stuck,
                e.to_string(),
                "make the log writable, then go on with `turnlock recover`",
            ),
        }
    }
}

pub(super) fn print_json(value: &Json) {
    print(&format!("{}\n", escaped_json(&format!("{value:#}"))));
}

/// A reader that goes away (`| head`) is no error. Anything else is told at the end: what is done is done all the same.
pub(super) fn print(text: &str) {
    if let Err(e) = anstream::stdout().write_all(text.as_bytes()).and_then(|()| std::io::stdout().flush())
        && e.kind() != std::io::ErrorKind::BrokenPipe
    {
        let _ = UNWRITTEN.set(e.kind());
    }
}

/// Why not everything could be written to standard output.
static UNWRITTEN: OnceLock<std::io::ErrorKind> = OnceLock::new();

/// How the program ends. An answer that is not whole must not look like one that is.
pub fn end(result: Result<Code, Error>, global: &Global) -> ExitCode {
    match (result, UNWRITTEN.get()) {
        (Err(error), _) => error.show(global),
        (Ok(Code::Done), Some(why)) => unwritten(*why).show(global),
        (Ok(code), _) => code.into(),
    }
}

pub(super) fn unwritten(why: std::io::ErrorKind) -> Error {
    let what = format!("the answer could not be written: {why}");
    Error::new(Code::Failed, what, "what was written so far is not all of it; make room, and ask again")
}

pub(super) fn complain(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Asks a person; anything but `yes` is no.
pub(super) fn confirm(question: &str) -> bool {
    print(question);
    let _ = std::io::stdout().flush();
    let mut answer = String::new();
    let _ = std::io::stdin().read_line(&mut answer);
    answer.trim() == "yes"
}

pub(super) fn on_terminal() -> bool {
    std::io::stdout().is_terminal()
}

/// Columns, as `docker ps` and `kubectl get` show them, in a pipe and on a terminal alike.
pub(super) fn table(header: &[&str], rows: Vec<Vec<String>>) {
    print(&columns(header, rows));
}

pub(super) fn columns(header: &[&str], rows: Vec<Vec<String>>) -> String {
    Columns::new(header).page(rows)
}

/// A table that is printed a page at a time: a column never gets narrower than it was.
pub(super) struct Columns {
    header: Option<Vec<String>>,
    widths: Vec<u16>,
}

impl Columns {
    pub(super) fn new(header: &[&str]) -> Self {
        Self { header: Some(header.iter().map(ToString::to_string).collect()), widths: vec![0; header.len()] }
    }

    /// The next rows as text; the first time, below the header.
    pub(super) fn page(&mut self, rows: Vec<Vec<String>>) -> String {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        let header = self.header.take();
        if let Some(header) = &header {
            table.set_header(header.clone());
        }
        for row in rows {
            table.add_row(row.iter().map(|cell| escaped(cell)).collect::<Vec<_>>());
        }
        for (width, now) in self.widths.iter_mut().zip(table.column_max_content_widths()) {
            *width = now.max(*width);
        }
        for (column, width) in table.column_iter_mut().zip(&self.widths) {
            // With a blank on both sides.
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(width.saturating_add(2))));
        }
        let lines = table.to_string();
        let lines = lines.lines().map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end());
        let bold = |n: usize, line: &str| match header.is_some() && n == 0 && on_terminal() {
            true => format!("{}\n", line.bold()),
            false => format!("{line}\n"),
        };
        lines.enumerate().map(|(n, line)| bold(n, line)).collect()
    }
}

/// A moment as people and machines read it alike.
pub(super) fn moment(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

pub(super) fn day(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}
