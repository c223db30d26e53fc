//! `docs/faults.md`: what each fault of the world makes of a command, as the tests saw it.
//!
//! A test collects one part of the page, a [`FaultPart`], and compares it with what is written there; `SNAPSHOTS=overwrite`
//! writes it instead. So a test alone can be run, and the page can never tell what no test has seen.

use std::fmt::Write;
use std::fs::File;

use crate::steady::{replace, steady};
use crate::{Output, Stack, repository};

/// Every part of the page, in its order.
const PARTS: [&str; 7] = [
    "Vault",
    "The audit log",
    "PostgreSQL",
    "Files",
    "Containers and the engine",
    "The clock",
    "The collector of telemetry",
];

const HEAD: &str = "# Faults

What Turnlock says and does when something of the world fails. Made by tests (`tests/e2e/faults/`) with real servers, each
fault brought about for real; a test fails when one of these ends otherwise. Written anew by `SNAPSHOTS=overwrite ./tests/run
faults::`.

Exit codes: 0 done; 1 failed, and everything is as it was; 2 wrong usage or policy; 3 stuck, a person is needed; 4 something
differs, or a clean-up is left; 5 refused, nothing begun.
";

const COLUMNS: &str = "| fault | what is printed | exit | what stands afterwards |\n|---|---|---|---|\n";

/// One part of the page, as a test saw it.
pub struct FaultPart {
    name: &'static str,
    rows: String,
}

impl FaultPart {
    pub fn new(name: &'static str) -> Self {
        assert!(PARTS.contains(&name), "{name} is no part of docs/faults.md");
        Self { name, rows: String::new() }
    }

    /// One fault: how a command ended with it, and what the test has just proven to stand afterwards.
    #[track_caller]
    pub fn row(&mut self, stack: &Stack, fault: &str, output: &Output, stands: &str) {
        let told = told(stack, output);
        assert!(!told.is_empty(), "a fault needs a sentence:{output}");
        assert!(!self.rows.contains(&format!("| {fault} |")), "{fault} is there twice");
        let code = output.code;
        let _ = writeln!(self.rows, "| {fault} | {told} | {code} | {stands} |");
    }

    /// Compares with the page, or writes it.
    #[track_caller]
    pub fn is_as_written(self) {
        let file = repository().join("docs/faults.md");
        let part = format!("\n## {}\n\n{COLUMNS}{}", self.name, self.rows);
        println!("{part}");
        let lock = File::open(repository().join("Cargo.toml")).expect("readable");
        lock.lock().expect("lockable");
        let page = std::fs::read_to_string(&file).unwrap_or_else(|_| HEAD.to_owned());
        if std::env::var("SNAPSHOTS").is_ok_and(|s| s == "overwrite") {
            let parts = PARTS.iter().filter_map(|name| match *name == self.name {
                true => Some(part.clone()),
                false => part_of(&page, name),
            });
            std::fs::write(&file, HEAD.to_owned() + &parts.collect::<String>()).expect("writable");
        } else {
            let kept = part_of(&page, self.name).unwrap_or_default();
            snapbox::Assert::new().eq(part, kept);
        }
    }
}

/// A part as it stands in the page.
fn part_of(page: &str, name: &str) -> Option<String> {
    let begin = page.find(&format!("\n## {name}\n"))?;
    let end = page[begin + 1..].find("\n## ").map_or(page.len(), |at| begin + 1 + at);
    Some(page[begin..end].to_owned())
}

/// The sentences by which a command says how it ended, without what differs from run to run.
fn told(stack: &Stack, output: &Output) -> String {
    const BEGIN: [&str; 13] = [
        "×", "error:", "warning:", "why:", "stands:", "help:", "Failed", "STUCK", "Done", "Refused",
        "In doubt", "WARN ", "ERROR ",
    ];
    // A long sentence about a policy goes on in the next line.
    let all = output.all().replace("\n  │ ", " ");
    let all = all.replace(&*stack.root.to_string_lossy(), "[ROOT]").replace(&stack.project, "[PROJECT]");
    let lines = all.lines().map(|line| logged(line.trim()));
    let lines = lines.filter(|l| BEGIN.iter().any(|b| l.starts_with(b)));
    let mut lines: Vec<String> = lines.map(steady).collect();
    // A program that goes on says some things more than once.
    lines.dedup();
    let mut told = lines.join("<br>");
    for (pattern, name) in
        [("*.*.*.*:*", "[ADDRESS]"), ("*.*.*.*", "[ADDRESS]"), ("ffffffffffff", "[ID]"), ("pid *", "pid [N]")]
    {
        told = replace(&told, pattern, name);
    }
    // In a table of Markdown.
    told.replace('|', "\\|")
}

/// A line of the program's own log without time and trace; any other as it is.
fn logged(line: &str) -> &str {
    let level = ["WARN ", "ERROR "].iter().find_map(|level| line.find(&format!("Z {level}")));
    let line = level.map_or(line, |at| &line[at + 2..]);
    line.split_once(" trace_id=").map_or(line, |(line, _)| line)
}

#[test]
fn a_part_is_found_in_its_page() {
    let page = "# Faults\n\n## Vault\n\na\n\n## Files\n\nb\n";
    assert_eq!(part_of(page, "Vault").as_deref(), Some("\n## Vault\n\na\n"));
    assert_eq!(part_of(page, "Files").as_deref(), Some("\n## Files\n\nb\n"));
    assert_eq!(part_of(page, "Vau"), None);
}

#[test]
fn the_page_has_every_part() {
    let page = std::fs::read_to_string(repository().join("docs/faults.md")).unwrap_or_default();
    let missing: Vec<_> = PARTS.iter().filter(|name| part_of(&page, name).is_none()).collect();
    assert!(missing.is_empty(), "docs/faults.md lacks {missing:?}: SNAPSHOTS=overwrite ./tests/run faults::");
}
